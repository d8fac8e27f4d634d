//! One owner at a time. The lock is the system's and ends with the program that holds it: a lock
//! file that a killed hall left behind means nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The file whose lock says that a hall runs on this data folder. It stays empty.
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

/// Whether a hall runs on a data folder. To find out, the lock is taken for an instant where it is
/// free; a hall that starts at this very instant is refused, and can be started again.
#[must_use]
pub fn is_in_use(folder: &Path) -> bool {
    let lock = File::open(folder.join(LOCK_NAME));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}
