//! Looks after the hall's memory while the hall serves: the chain, the backups, the room on the disk.
//! It has a thread of its own at low priority and only reads what the writer writes, so that nobody
//! waits for it.

mod rounds;

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::Clock;
use crate::engine::Memory;
pub use rounds::Rounds;

/// Between two rounds. What is due less often is done in some of them.
const ROUND: Duration = Duration::from_secs(60);

/// The lowest priority of Linux is 19.
const NICE: i32 = 15;

/// A caretaker at work. It ends when this is dropped, or with the program.
#[derive(Debug)]
pub struct Caretaker {
    _until: mpsc::Sender<()>,
}

impl Caretaker {
    /// Begins with a round at once; `tell` hears what is found.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        mut rounds: Rounds,
        clock: Clock,
        mut tell: impl FnMut(Memory) + Send + 'static,
    ) -> io::Result<Self> {
        let (until, ended) = mpsc::channel::<()>();
        let waits = move |time| {
            let waited = ended.recv_timeout(time);
            matches!(waited, Err(RecvTimeoutError::Timeout) | Ok(()))
        };
        let work = move || {
            // On Linux a thread has a priority of its own. With the usual one it works as well.
            let _ = rustix::process::setpriority_process(None, NICE);
            loop {
                rounds.go(clock.now(), &waits, &mut tell);
                if !waits(ROUND) {
                    return;
                }
            }
        };
        thread::Builder::new()
            .name("caretaker".to_owned())
            .spawn(work)?;
        Ok(Self { _until: until })
    }
}
