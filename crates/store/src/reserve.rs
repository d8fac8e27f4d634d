//! A file that is there to be deleted. On a full disk SQLite can do nothing any more; with the room
//! of this file the hall goes on, and staff have the rest of the day to free more.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::file::{sync_folder, with_suffix};

/// Its size, in bytes: some tens of thousands of entries, which is more than a day of most halls.
pub const RESERVE_BYTES: u64 = 32 * 1024 * 1024;

/// Its name in the data folder.
const RESERVE_NAME: &str = "hall.reserve";

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

/// Written out, for a file with holes in it takes no room; and with noise, which no file system can pack.
fn fill(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    let noise = File::open("/dev/urandom")?;
    io::copy(&mut noise.take(RESERVE_BYTES), &mut file)?;
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;
    use crate::FILE_NAME;

    #[test]
    fn a_reserve_takes_the_room_that_it_gives_back() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = folder.path().join(RESERVE_NAME);
        fs::write(&reserve, "what a killed program left").unwrap();
        assert!(!is_kept(folder.path()));
        keep(folder.path()).unwrap();
        let about = fs::metadata(&reserve).unwrap();
        assert_eq!(about.len(), 33_554_432);
        // In blocks of 512 bytes, whatever the disk's own are.
        assert!(about.blocks() * 512 >= about.len(), "there are holes in it");
        assert!(is_kept(folder.path()));

        // One that is there is not written again.
        keep(folder.path()).unwrap();
        assert_eq!(fs::metadata(&reserve).unwrap().ino(), about.ino());

        let database = folder.path().join(FILE_NAME);
        assert!(give_up(&database));
        assert!(!is_kept(folder.path()) && !give_up(&database));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn half_a_reserve_is_not_left_there() {
        let folder = tempfile::tempdir().unwrap();
        // Its name is taken by what no file can replace.
        fs::create_dir(folder.path().join(RESERVE_NAME)).unwrap();
        assert!(keep(folder.path()).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
