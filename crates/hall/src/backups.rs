//! The folder of backups: what they are called, and how many are kept.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::wording;

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
