//! One owner at a time. The lock is the system's and ends with the program that holds it: a lock
//! file that a killed hall left behind means nothing.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The file whose lock says that a hall runs on this data folder. What stands in it says how the last one
/// stopped.
pub(crate) const LOCK_NAME: &str = "hall.lock";

/// Takes the lock of a data folder. It is held for as long as the file is kept.
pub(crate) fn own(folder: &Path) -> Result<File, TryLockError> {
    let path = folder.join(LOCK_NAME);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}

/// How the memory was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// It was closed, and the machine has not been off since.
    Closed,
    /// The program was killed, or the machine was off: the disk may not have kept what it confirmed.
    Open,
}

/// Notes in the lock that the memory is open, and gives how it was left.
pub(crate) fn mark_open(lock: &File, folder: &Path) -> io::Result<Left> {
    let was = fs::read_to_string(folder.join(LOCK_NAME)).unwrap_or_default();
    write(lock, &text("open"))?;
    Ok(if was == text("closed") {
        Left::Closed
    } else {
        Left::Open
    })
}

/// Notes in the lock that the memory is closed.
pub(crate) fn mark_closed(lock: &File) -> io::Result<()> {
    write(lock, &text("closed"))
}

fn write(lock: &File, text: &str) -> io::Result<()> {
    lock.set_len(0)?;
    lock.write_all_at(text.as_bytes(), 0)
}

/// The machine has another id each time that it starts.
fn text(how: &str) -> String {
    let started = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    format!("{how} {}\n", started.trim())
}

/// Whether a hall runs on a data folder. To find out, the lock is taken for an instant where it is
/// free; a hall that starts at this very instant is refused, and can be started again.
#[must_use]
pub fn is_in_use(folder: &Path) -> bool {
    let lock = File::open(folder.join(LOCK_NAME));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}
