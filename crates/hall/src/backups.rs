//! Backups: how one is made and proved, what they are called, how many are kept, and what is remembered of
//! the last.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use queue::Date;
use serde::{Deserialize, Serialize};
use store::{Archive, BackedUp, BackupError, BackupPlan, Trial};

use crate::server::BELONGINGS;
use crate::settings::HallSettings;
use crate::wording;

/// In the data folder: what became of the last backup.
const LAST_NAME: &str = "hall.backup";

/// What became of the last backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Last {
    /// The file.
    pub file: PathBuf,
    /// When, in milliseconds since 1970.
    pub at_wall_ms: i64,
    /// How it was proved, in words; why it failed, if it did.
    pub said: String,
    /// Whether there is a new backup.
    pub made: bool,
    /// Whether it was brought back on trial.
    pub brought_back: bool,
}

impl Last {
    /// A backup that was made or not.
    #[must_use]
    pub fn new(file: &Path, at_wall_ms: i64, made: &Result<BackedUp, BackupError>) -> Self {
        Self {
            file: file.to_owned(),
            at_wall_ms,
            said: match made {
                Ok(made) => proved(made),
                Err(error) => error.to_string(),
            },
            made: made.is_ok(),
            brought_back: matches!(made, Ok(made) if made.trial == Trial::BroughtBack),
        }
    }

    /// What is noted in a data folder; `None` if there was none, or nobody can say.
    #[must_use]
    pub fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join(LAST_NAME)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Notes it in a data folder.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write(&self, data: &Path) -> io::Result<()> {
        let part = data.join(format!("{LAST_NAME}.part"));
        fs::write(&part, serde_json::to_string(self)?)?;
        fs::rename(part, data.join(LAST_NAME))
    }
}

/// Makes a backup with everything that a hall on a new machine needs, and brings it back on trial.
///
/// # Errors
/// See [`BackupError`].
pub fn make(
    archive: &Archive,
    file: &Path,
    settings: &HallSettings,
    today: Date,
) -> Result<BackedUp, BackupError> {
    let plan = BackupPlan {
        forget: Some((settings.notes_backed_up_from(today), today)),
        belongings: &BELONGINGS,
        room: Some(room),
    };
    archive.back_up_as(file, &plan)
}

/// Room for users in a folder, in bytes.
fn room(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// How a backup was proved.
#[must_use]
pub fn proved(made: &BackedUp) -> String {
    let mb = |bytes: u64| bytes / 1_000_000;
    match made.trial {
        Trial::BroughtBack => {
            "it was brought back on trial, opened as a hall opens its memory, and is good"
                .to_owned()
        }
        Trial::ReadThrough => "it was read through, and is good".to_owned(),
        Trial::NoRoom { needed, free } => format!(
            "it was read through, and is good; to bring it back on trial takes {} MB beside it, and {} MB are free",
            mb(needed),
            mb(free)
        ),
        Trial::Busy => {
            "it was read through, and is good; another one was just on trial in the same folder"
                .to_owned()
        }
    }
}

/// Between these a backup's name has the time at which it was made.
const BEFORE: &str = "hall-";
const BEHIND: &str = ".sqlite";

/// The name of a backup that is made at a moment, in local time: `hall-2026-11-22T104207.sqlite`.
/// Names are in the order of time.
#[must_use]
pub fn name(zone: &TimeZone, wall_ms: i64) -> String {
    let shown = wording::date_and_time(zone, wall_ms);
    let stamp = shown.replace(' ', "T").replace(':', "");
    format!("{BEFORE}{stamp}{BEHIND}")
}

/// Makes the folder, for nobody else to look into.
///
/// # Errors
/// If it cannot be made.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).recursive(true).create(folder)
}

/// The backups of a folder that have their names from here, the oldest first.
///
/// # Errors
/// If the folder cannot be read.
pub fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stamp = name
            .strip_prefix(BEFORE)
            .and_then(|name| name.strip_suffix(BEHIND));
        if stamp.is_some_and(is_stamp) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Deletes the oldest backups beyond `keep`, and gives their names. The one that was just made is
/// kept whatever its name says, for clocks are set back.
///
/// # Errors
/// If the folder cannot be read or a file not be deleted.
pub fn prune(folder: &Path, made: &Path, keep: usize) -> io::Result<Vec<PathBuf>> {
    let mut old = list(folder)?;
    old.retain(|file| file != made);
    let gone = old.len().saturating_sub(keep.saturating_sub(1));
    old.truncate(gone);
    for file in &old {
        fs::remove_file(file)?;
    }
    Ok(old)
}

/// Whether it looks like `2026-11-22T104207`.
fn is_stamp(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|sign| if sign.is_ascii_digit() { '0' } else { sign })
        .collect();
    shape == "0000-00-00T000000"
}
