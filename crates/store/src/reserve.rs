//! A file that is there to be deleted. On a full disk SQLite can do nothing any more; with the room
//! of this file the hall goes on, and staff have the rest of the day to free more.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::backup::{sync_folder, with_suffix};

/// Its size, in bytes: some tens of thousands of entries, which is more than a day of most halls.
pub const RESERVE_BYTES: u64 = 32 * 1024 * 1024;

/// Its name in the data folder.
const RESERVE_NAME: &str = "hall.reserve";

const CHUNK_BYTES: usize = 1024 * 1024;

/// Whether a data folder has its reserve.
#[must_use]
pub fn is_kept(folder: &Path) -> bool {
    fs::metadata(folder.join(RESERVE_NAME)).is_ok_and(|about| about.len() == RESERVE_BYTES)
}

/// Makes the reserve of a data folder if it is not there. Whoever calls this sees to it that there
/// is more room than that, for a disk that the reserve itself fills has none.
///
/// # Errors
/// If there is no room for it, or the folder cannot be written.
pub fn keep(folder: &Path) -> io::Result<()> {
    if is_kept(folder) {
        return Ok(());
    }
    let path = folder.join(RESERVE_NAME);
    let part = with_suffix(&path, ".part");
    let made = fill(&part).and_then(|()| fs::rename(&part, &path));
    if made.is_err() {
        // Half a reserve would fill the disk for nothing.
        let _ = fs::remove_file(&part);
    }
    made
}

/// Written out, for a file with holes in it takes no room.
fn fill(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    let chunk = vec![0x5a; CHUNK_BYTES];
    for _ in 0..RESERVE_BYTES / CHUNK_BYTES as u64 {
        file.write_all(&chunk)?;
    }
    file.sync_all()
}

/// Deletes the reserve beside a database; whether there was one.
pub(crate) fn give_up(database: &Path) -> bool {
    let reserve: PathBuf = database.with_file_name(RESERVE_NAME);
    let deleted = fs::remove_file(&reserve).is_ok();
    if deleted {
        // The room is free for this program also where the folder cannot be synced.
        let _ = sync_folder(&reserve);
    }
    deleted
}
