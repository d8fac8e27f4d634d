//! The threads of the hall. tokio 1.54 waits for ever where the system gives it some of its threads and not all:
//! the pool is dropped while the threads that it has are still parked. So it is seen first whether there is
//! room, and a hall that cannot start ends, says why, and is started again.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Context;
use tokio::runtime::Runtime;

/// Besides one for each processor: the writer, the caretaker, and what is read and hashed aside.
const MORE: usize = 8;

/// The runtime in which the hall lives.
///
/// # Errors
/// If the system has no room for its threads.
pub(super) fn runtime() -> anyhow::Result<Runtime> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    try_threads(processors + MORE)
        .and_then(|()| Runtime::new())
        .context("the system has no room for the hall's threads. Give the machine more memory, or the hall more of it (MemoryMax, TasksMax, ulimit)")
}

/// Starts so many threads, all at once, and lets them end.
fn try_threads(count: usize) -> io::Result<()> {
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
    let mut started = Vec::with_capacity(count);
    let mut failed = None;
    for _ in 0..count {
        let gate = Arc::clone(&gate);
        match thread::Builder::new().spawn(move || drop(gate.lock())) {
            Ok(thread) => started.push(thread),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    drop(closed);
    for thread in started {
        // It does nothing that could fail.
        let _ = thread.join();
    }
    failed.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_threads_are_there_at_once_and_end() {
        try_threads(20).unwrap();
        runtime().unwrap().block_on(async {});
    }
}
