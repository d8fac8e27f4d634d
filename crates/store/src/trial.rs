//! A backup brought back on trial: into a folder of its own beside it, opened there as a hall opens its
//! memory, and taken away again. A file that can be read through need not be one that a hall can go on with.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::backup::Held;
use crate::file::if_there;
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
    store
        .replay(|_| {})
        .map_err(|error| wrong(error.to_string()))?;
    store
        .look_beside()
        .map_err(|error| wrong(error.to_string()))?;
    let moment = store
        .last_moment()
        .map_err(|error| wrong(error.to_string()))?;
    let same = store.head.get() == held.head && held.last.is_none_or(|last| last == moment);
    if !same {
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
        if_there(fs::remove_dir_all(self.data()))?;
        Ok(())
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
    use queue::{Date, Event, Happening, Moment};
    use tempfile::TempDir;

    use super::*;
    use crate::{Entry, FILE_NAME, Head};

    /// What stays free for others, in bytes.
    const SPARE: u64 = 67_108_864;

    /// A closed memory, and what is in it.
    fn hall() -> (TempDir, PathBuf, Held) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let at = Moment {
            steady_ms: 7,
            wall_ms: 1_795_312_800_000,
        };
        let opened = Happening::DayOpened {
            day: Date::new(2026, 11, 22),
            turns_at_steady_ms: 86_400_000,
        };
        let entry = Entry {
            actor: "hall".to_owned(),
            events: vec![Event { at, what: opened }],
            changes: Vec::new(),
            request: None,
        };
        store.append(0, &[entry]).unwrap();
        let held = Held {
            head: store.head.get(),
            last: Some(at),
            belongings: 0,
        };
        let part = folder.path().join(FILE_NAME);
        (folder, part, held)
    }

    /// What a trial takes on the disk, in bytes: the file, its journal, and what others need.
    fn needed(part: &Path) -> u64 {
        let bytes = fs::metadata(part).unwrap().len();
        bytes + bytes / 16 + SPARE
    }

    #[test]
    fn without_room_nothing_is_brought_back() {
        let (_folder, part, _) = hall();
        let needed_bytes = needed(&part);
        let none = Trial::NoRoom {
            needed: needed_bytes,
            free: needed_bytes - 1,
        };
        let one_short = |folder: &Path| Some(needed(&folder.join(FILE_NAME)) - 1);
        let just_enough = |folder: &Path| Some(needed(&folder.join(FILE_NAME)));
        assert_eq!(choose(&part, Some(one_short)), Ok(none));
        assert_eq!(choose(&part, Some(just_enough)), Ok(Trial::BroughtBack));
        assert_eq!(choose(&part, None), Ok(Trial::ReadThrough));
        assert_eq!(choose(&part, Some(|_| None)), Ok(Trial::BroughtBack));
    }

    #[test]
    fn the_disk_that_is_asked_is_that_of_the_backup() {
        let here = |folder: &Path| u64::from(folder == Path::new(".")).checked_sub(1);
        let src = |folder: &Path| u64::from(folder == Path::new("src")).checked_sub(1);
        for (part, is_asked) in [("Cargo.toml", here as fn(&Path) -> _), ("src/lib.rs", src)] {
            let chosen = choose(Path::new(part), Some(is_asked));
            assert!(
                matches!(chosen, Ok(Trial::NoRoom { free: 0, .. })),
                "{chosen:?}"
            );
        }
    }

    #[test]
    fn a_backup_that_holds_something_else_than_was_copied_is_refused() {
        let (_folder, part, held) = hall();
        let ground = Ground::claim(&part).unwrap();
        let back = |head, last| {
            ground.clear().unwrap();
            let belongings = held.belongings;
            bring_back(
                &part,
                &ground,
                &Held {
                    head,
                    last,
                    belongings,
                },
            )
        };
        assert_eq!(back(held.head, held.last).map(|it| it.entries), Ok(1));
        let other = "brought back on trial, it is not what was copied";
        assert_eq!(back(Head::UNKNOWN, held.last), Err(other.to_owned()));
        assert_eq!(
            back(held.head, Some(Moment::default())),
            Err(other.to_owned())
        );
    }

    #[test]
    fn a_ground_is_for_one_and_what_a_killed_one_left_is_cleared() {
        let (folder, part, held) = hall();
        let left = folder.path().join(FOLDER_NAME).join("data");
        fs::create_dir_all(&left).unwrap();
        fs::write(left.join("half"), "half").unwrap();
        let ground = Ground::claim(&part).unwrap();
        assert!(!left.exists());
        let other = go(&part, &held, Some(|_| None)).unwrap();
        assert_eq!((other.trial, other.verdict.entries), (Trial::Busy, 1));
        drop(ground);
        assert!(!folder.path().join(FOLDER_NAME).exists());
    }

    #[test]
    fn where_there_is_no_ground_nothing_is_proved() {
        let (folder, part, held) = hall();
        let ground = folder.path().join(FOLDER_NAME);
        let refused = || {
            let tried = go(&part, &held, Some(|_| None));
            tried.map(|it| it.trial).expect_err("a file is in the way")
        };
        fs::write(&ground, "a file").unwrap();
        assert!(refused().starts_with("it cannot be brought back on trial: "));
        fs::remove_file(&ground).unwrap();
        fs::create_dir(&ground).unwrap();
        fs::write(ground.join("data"), "a file").unwrap();
        assert!(refused().starts_with("it cannot be brought back on trial: "));
    }
}
