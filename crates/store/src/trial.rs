//! A backup brought back on trial: into a folder of its own beside it, opened there as a hall opens its
//! memory, and taken away again. A file that can be read through need not be one that a hall can go on with.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::backup::Held;
use crate::lock::own;
use crate::{Archive, Store, Verdict, restore};

/// The folder beside a backup; what a killed program left of it goes when the next one comes.
const FOLDER_NAME: &str = "hall.trial";

/// What is left free on the disk of the backups, in bytes: others write there, too.
const SPARE_BYTES: u64 = 64 * 1024 * 1024;

/// How a backup was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// It was brought back into a folder of its own, opened as a hall opens its memory, and is good.
    BroughtBack,
    /// It was read through and is good; to bring it back nobody asked.
    ReadThrough,
    /// It was read through and is good; to bring it back there was no room.
    NoRoom {
        /// What it takes, in bytes.
        needed: u64,
        /// What is free, in bytes.
        free: u64,
    },
    /// It was read through and is good; another backup was just on trial in the same place.
    Busy,
}

/// What a trial found.
pub(crate) struct Tried {
    pub(crate) trial: Trial,
    pub(crate) verdict: Verdict,
}

/// Proves the backup `part`, which should hold `held`.
///
/// # Errors
/// In words, if it cannot be brought back, or is another one then.
pub(crate) fn go(
    part: &Path,
    held: &Held,
    room: Option<fn(&Path) -> Option<u64>>,
) -> Result<Tried, String> {
    let trial = match choose(part, room)? {
        Trial::BroughtBack => match Ground::claim(part) {
            Ok(ground) => {
                let verdict = bring_back(part, &ground, held)?;
                return Ok(Tried {
                    trial: Trial::BroughtBack,
                    verdict,
                });
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Trial::Busy,
            Err(error) => return Err(format!("it cannot be brought back on trial: {error}")),
        },
        other => other,
    };
    let verdict = Archive::open_file(part)
        .map_err(|error| error.to_string())?
        .verify_by_two(|_| {})
        .map_err(|error| error.to_string())?;
    Ok(Tried { trial, verdict })
}

fn choose(part: &Path, room: Option<fn(&Path) -> Option<u64>>) -> Result<Trial, String> {
    let Some(room) = room else {
        return Ok(Trial::ReadThrough);
    };
    let about = fs::metadata(part).map_err(|error| error.to_string())?;
    let needed = about.len() + about.len() / 16 + SPARE_BYTES;
    let folder = part.parent().filter(|it| !it.as_os_str().is_empty());
    match room(folder.unwrap_or(Path::new("."))) {
        Some(free) if free < needed => Ok(Trial::NoRoom { needed, free }),
        _ => Ok(Trial::BroughtBack),
    }
}

/// The way that somebody goes who has lost the hall's machine.
fn bring_back(part: &Path, ground: &Ground, held: &Held) -> Result<Verdict, String> {
    let wrong = |what: String| format!("brought back on trial, {what}");
    let folder = ground.data();
    let restored = restore(part, &folder, None).map_err(|error| wrong(error.to_string()))?;
    if let Some(bad) = restored.wrong {
        return Err(wrong(format!("it is damaged: {bad}")));
    }
    if restored.belongings.len() != held.belongings {
        return Err(wrong("the hall's certificate is not with it".to_owned()));
    }
    let store = Store::open(&folder).map_err(|error| wrong(error.to_string()))?;
    let mut events = 0_u64;
    let replayed = store.replay(|_| events += 1);
    replayed.map_err(|error| wrong(error.to_string()))?;
    store
        .look_beside()
        .map_err(|error| wrong(error.to_string()))?;
    let moment = store
        .last_moment()
        .map_err(|error| wrong(error.to_string()))?;
    let same = store.head.get() == held.head && held.last.is_none_or(|last| last == moment);
    if !same || (events == 0 && held.head.seq > 0) {
        return Err(wrong("it is not what was copied".to_owned()));
    }
    // As it was looked through when it was brought back, entry by entry and table by table.
    Ok(restored.verdict)
}

/// A folder that is nobody else's while this is kept, and gone afterwards.
struct Ground {
    folder: PathBuf,
    /// Held until the folder is gone.
    _lock: File,
}

impl Ground {
    fn claim(part: &Path) -> io::Result<Self> {
        let folder = part.with_file_name(FOLDER_NAME);
        crate::open::make(&folder)?;
        let lock = own(&folder).map_err(io::Error::from)?;
        let ground = Self {
            folder,
            _lock: lock,
        };
        ground.clear()?;
        Ok(ground)
    }

    /// The data folder on trial. Its own lock is another one.
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn clear(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.data()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // What stays behind is cleared by the next one.
        let _ = self.clear().and_then(|()| fs::remove_dir_all(&self.folder));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FILE_NAME;
    use crate::backup::with_suffix;

    fn little(_: &Path) -> Option<u64> {
        Some(1_000)
    }

    #[test]
    fn without_room_nothing_is_brought_back() {
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(folder.path()).unwrap());
        let part = folder.path().join(FILE_NAME);
        let bytes = fs::metadata(&part).unwrap().len();
        let needed = bytes + bytes / 16 + SPARE_BYTES;
        let free = 1_000;
        assert_eq!(
            choose(&part, Some(little)),
            Ok(Trial::NoRoom { needed, free })
        );
        assert_eq!(choose(&part, None), Ok(Trial::ReadThrough));
        assert_eq!(choose(&part, Some(|_| None)), Ok(Trial::BroughtBack));
    }

    #[test]
    fn a_ground_is_for_one_and_what_a_killed_one_left_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let part = with_suffix(&folder.path().join(FILE_NAME), ".part");
        let left = folder.path().join(FOLDER_NAME).join("data");
        fs::create_dir_all(&left).unwrap();
        fs::write(left.join("half"), "half").unwrap();
        let ground = Ground::claim(&part).unwrap();
        assert!(!left.exists());
        let other = Ground::claim(&part).err().map(|error| error.kind());
        assert_eq!(other, Some(io::ErrorKind::WouldBlock));
        drop(ground);
        assert!(!folder.path().join(FOLDER_NAME).exists());
    }
}
