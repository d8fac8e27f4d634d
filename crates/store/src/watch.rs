//! The chain looked after while the hall runs: in small pieces, from where the last look ended, and
//! once a day from the first entry on.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::backup::Part;
use crate::chain::Hash;
use crate::file::if_there;
use crate::request::hex;
use crate::verify::{Place, Walk, requests_of};
use crate::{Archive, ReplayError, Verdict};

/// The file's name in the data folder.
const CHECKED_NAME: &str = "hall.checked";

/// Entries that are checked in one look into the file. While one lasts, what the hall writes stays in
/// the write-ahead file.
const PIECE: u64 = 4_000;

/// What the last look at the chain found. It stands in a file beside the memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// The last entry that was checked and found good, with all before it.
    pub seq: u64,
    /// Its hash, in hexadecimal digits.
    hash: String,
    /// When that was, in milliseconds since 1970.
    pub at_wall_ms: i64,
    /// When it was last checked from the first entry on.
    pub whole_at_wall_ms: i64,
    /// What is bad, in words.
    pub bad: Vec<String>,
    /// Typed texts that stand in entries of halls before schema 4, as the last look from the first
    /// entry on found them.
    #[serde(default)]
    pub texts_in_entries: u64,
}

impl Checked {
    /// What the last look at a data folder found; `None` if there was none, or nobody can say.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(folder.join(CHECKED_NAME)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Writes it beside the memory.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let path = folder.join(CHECKED_NAME);
        let part = Part::claim(&path)?;
        fs::write(&part.path, serde_json::to_string(self)?)?;
        part.finish(&path).map(|_| ())
    }

    fn place(&self) -> Option<Place> {
        let mut hash = Hash::default();
        let digits = self.hash.as_bytes();
        // There is none where something was bad.
        if digits.len() != hash.len() * 2 {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let seq = self.seq;
        Some(Place { seq, hash })
    }
}

/// Takes away what was noted, so that the next look begins with the first entry.
pub(crate) fn forget(folder: &Path) -> io::Result<()> {
    if_there(fs::remove_file(folder.join(CHECKED_NAME)))?;
    Ok(())
}

/// How a look at the chain ended.
#[derive(Debug)]
pub struct Looked {
    /// What it found, of the entries that it read.
    pub verdict: Verdict,
    /// Whether it began with the first entry.
    pub whole: bool,
    /// To be written for the next look.
    pub checked: Checked,
}

impl Archive {
    /// Checks the journal from where `last` ended, or from the first entry on if it is `None` or
    /// does not fit any more; then the requests too. It reads in pieces and calls `rest` after each,
    /// which may take its time; when it says no, the look ends with `Ok(None)`.
    ///
    /// # Errors
    /// If the file says nothing at all.
    pub fn look(
        &self,
        last: Option<&Checked>,
        now_wall_ms: i64,
        mut rest: impl FnMut() -> bool,
    ) -> Result<Option<Looked>, ReplayError> {
        let mut place = last.and_then(Checked::place);
        let mut walk = match place {
            Some(place) => Walk::behind(self.connection(), place)?,
            None => None,
        };
        if walk.is_none() {
            place = None;
        }
        let mut walk = match walk.take() {
            Some(walk) => walk,
            None => Walk::new(self.connection())?,
        };
        loop {
            let snapshot = self.connection().unchecked_transaction()?;
            walk.look_up()?;
            if walk.some(PIECE, &mut |_| {}) {
                walk.end();
                break;
            }
            drop(snapshot);
            if !rest() {
                return Ok(None);
            }
        }
        let whole = place.is_none();
        let end = walk.place();
        let mut verdict = walk.into_verdict();
        if whole {
            let snapshot = self.connection().unchecked_transaction()?;
            verdict.add(requests_of(&snapshot));
        }
        let end = end.or(place).filter(|_| verdict.is_good());
        let checked = Checked {
            seq: end.map_or(0, |end| end.seq),
            hash: end.map(|end| hex(&end.hash)).unwrap_or_default(),
            at_wall_ms: now_wall_ms,
            whole_at_wall_ms: match last {
                Some(last) if !whole => last.whole_at_wall_ms,
                _ => now_wall_ms,
            },
            bad: verdict.bad.iter().map(ToString::to_string).collect(),
            texts_in_entries: match last {
                Some(last) if !whole => last.texts_in_entries,
                _ => verdict.texts_in_entries,
            },
        };
        Ok(Some(Looked {
            verdict,
            whole,
            checked,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_forgotten_or_somebody_hears_of_it() {
        let folder = tempfile::tempdir().unwrap();
        forget(folder.path()).expect("there is nothing to forget");
        Checked::default().write(folder.path()).unwrap();
        assert_eq!(Checked::read(folder.path()), Some(Checked::default()));
        forget(folder.path()).expect("it is ours");
        assert_eq!(Checked::read(folder.path()), None);
        fs::create_dir(folder.path().join(CHECKED_NAME)).unwrap();
        forget(folder.path()).expect_err("it is no file");
    }
}
