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
