//! A copy of the memory while the hall runs. Under its final name stands a whole copy or none.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use queue::{Date, Moment};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::archive::Archive;
use crate::belonging::Belonging;
use crate::copy::{Copied, copy_pages};
use crate::file::{sync_folder, with_suffix};
use crate::open::{is_damage, read_head};
use crate::trial::{self, Trial};
use crate::{Head, Verdict, note, schema};

/// A backup that was made and looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// Journal entries.
    pub entries: u64,
    /// Days.
    pub days: u64,
    /// Outcomes of requests.
    pub requests: u64,
    /// When the last entry was written.
    pub last: Option<Moment>,
    /// The size of the file.
    pub bytes: u64,
    /// Whether it was brought back on trial before it got its name.
    pub trial: Trial,
}

/// What goes into a backup, and how it is proved.
#[derive(Clone, Copy, Debug, Default)]
pub struct BackupPlan<'a> {
    /// The texts of all days before the first date are left out, so that a backup that is kept for
    /// some days keeps no text for longer than the hall does; the second is today.
    pub forget: Option<(Date, Date)>,
    /// Files of the data folder that belong to the memory, by their paths in it.
    pub belongings: &'a [&'a str],
    /// Room for others in a folder, in bytes, where that can be said: with it the backup is brought
    /// back on trial beside itself if there is room, and only read through if there is none.
    pub room: Option<fn(&Path) -> Option<u64>>,
}

/// Why there is no new backup. Older ones are as they were.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// What is to be copied is damaged.
    #[error(
        "no backup was made, for the hall's memory is damaged: {0} Say hall audit verify to see all of it; the backups that there are stay."
    )]
    Damaged(String),
    /// Another backup is on its way to the same file.
    #[error("another backup is just being written to {}. Wait until it is done.", .0.display())]
    InProgress(PathBuf),
    /// It cannot be written, or is not what was written when it is read again.
    #[error("the backup {} cannot be written: {reason}. Free room there, mend its rights, or name another place with --to.", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl Archive {
    /// Copies the memory as it is now to a file, and reads the copy through before the file gets
    /// its name. A file of that name is replaced. The keys of the days stay behind.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn back_up(&self, file: &Path) -> Result<BackedUp, BackupError> {
        self.back_up_as(file, &BackupPlan::default())
    }

    /// [`Archive::back_up`] with a plan: if there is room the copy is brought back on trial, as a hall
    /// would need it.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn back_up_as(&self, file: &Path, plan: &BackupPlan<'_>) -> Result<BackedUp, BackupError> {
        let not_written = |reason: String| {
            let path = file.to_owned();
            BackupError::NotWritten { path, reason }
        };
        let part = Part::claim(file).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => BackupError::InProgress(file.to_owned()),
            _ => not_written(error.to_string()),
        })?;
        let data = self.path().parent().unwrap_or(Path::new("."));
        let belongings = Belonging::find(data, plan.belongings).map_err(|error| {
            BackupError::Damaged(format!(
                "the certificate beside it cannot be read: {error}."
            ))
        })?;
        let fill = |copy: &mut Connection| fill(copy, plan, &belongings);
        let copied = copy_pages(self.connection(), schema::KNOWN, &part.path, fill);
        let copied = copied.map_err(|error| {
            if is_damage(&error) {
                BackupError::Damaged(format!("{error}."))
            } else {
                not_written(error.to_string())
            }
        })?;
        let tried = trial::go(&part.path, &copied, plan.room)
            .map_err(|why| self.whose_fault(why, not_written))?;
        if let Some(bad) = tried.verdict.bad.first() {
            return Err(self.whose_fault(distrust(&bad.to_string()), not_written));
        }
        let bytes = part
            .finish(file)
            .map_err(|error| not_written(error.to_string()))?;
        Ok(BackedUp {
            entries: tried.verdict.entries,
            days: tried.verdict.days.len() as u64,
            requests: tried.verdict.requests + tried.verdict.requests_unknown,
            last: copied.last,
            bytes,
            trial: tried.trial,
        })
    }

    /// What is bad in the copy was so before, or the disk of the copy is not to be trusted.
    fn whose_fault(&self, why: String, not_written: impl Fn(String) -> BackupError) -> BackupError {
        match self.verify_by_two(|_| {}) {
            Ok(verdict) => match verdict.bad.first() {
                Some(bad) => BackupError::Damaged(format!("{bad}.")),
                None => not_written(why),
            },
            Err(error) => BackupError::Damaged(error.to_string()),
        }
    }
}

/// What a copy holds, by its own marks.
pub(crate) struct Held {
    pub(crate) head: Head,
    pub(crate) last: Option<Moment>,
    pub(crate) belongings: usize,
}

/// Makes a copy a backup.
fn fill(
    copy: &mut Connection,
    plan: &BackupPlan<'_>,
    belongings: &[Belonging],
) -> rusqlite::Result<Held> {
    if let Some(forget) = plan.forget {
        note::delete(copy, forget)?;
    }
    for belonging in belongings {
        belonging.insert(copy)?;
    }
    Ok(Held {
        head: read_head(copy)?,
        last: last_moment(copy)?,
        belongings: belongings.len(),
    })
}

/// A file on its way. What is not finished is taken away; what a killed program left behind is
/// written over by the next one.
pub(crate) struct Part {
    pub(crate) path: PathBuf,
    /// Locked, so that two programs do not write the same.
    file: File,
    finished: bool,
}

impl Part {
    /// The empty file beside `file` which is to become it.
    pub(crate) fn claim(file: &Path) -> io::Result<Self> {
        let path = with_suffix(file, ".part");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        file.try_lock().map_err(io::Error::from)?;
        file.set_len(0)?;
        let finished = false;
        Ok(Self {
            path,
            file,
            finished,
        })
    }

    /// Reads it through.
    pub(crate) fn verify(&self) -> Result<Verdict, String> {
        let copy = Archive::open_file(&self.path).map_err(|error| error.to_string())?;
        copy.verify_by_two(|_| {})
            .map_err(|error| error.to_string())
    }

    /// Reads it through, and holds it against what was to be written.
    pub(crate) fn check(&self, copied: &Copied) -> Result<Verdict, String> {
        let verdict = self.verify()?;
        let requests = verdict.requests + verdict.requests_unknown;
        let mut bad = verdict.bad.iter();
        // A text that was lost on the way here is missing, which is said elsewhere.
        let bad = if copied.notes_lost > 0 {
            bad.find(|bad| bad.entries.is_some())
        } else {
            bad.next()
        };
        if let Some(bad) = bad {
            return Err(distrust(&bad.to_string()));
        }
        let entries = copied.entries + (copied.head.seq - copied.last_seq);
        if (verdict.entries, requests) != (entries, copied.requests) {
            return Err(distrust("there is less of it"));
        }
        Ok(verdict)
    }

    /// Throws away what was written so far.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.file.set_len(0)
    }

    /// Gives it its name once it is on disk, and says its size.
    pub(crate) fn finish(mut self, file: &Path) -> io::Result<u64> {
        self.file.sync_all()?;
        let bytes = self.file.metadata()?.len();
        fs::rename(&self.path, file)?;
        self.finished = true;
        sync_folder(file)?;
        Ok(bytes)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            // It is written over the next time anyway.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn distrust(why: &str) -> String {
    format!("what was written is not what is read again ({why}): the disk is not to be trusted")
}

/// When the last entry of a file was written.
pub(crate) fn last_moment(connection: &Connection) -> rusqlite::Result<Option<Moment>> {
    let select = "SELECT steady_ms, wall_ms FROM journal ORDER BY seq DESC LIMIT 1";
    let read = |row: &Row<'_>| {
        Ok(Moment {
            steady_ms: row.get(0)?,
            wall_ms: row.get(1)?,
        })
    };
    connection.query_row(select, [], read).optional()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(entries: u64, notes_lost: u64) -> Copied {
        Copied {
            entries,
            notes_lost,
            ..Copied::default()
        }
    }

    /// What was written is held against what is read again.
    #[test]
    fn a_copy_that_is_not_what_was_to_be_written_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let part = Part::claim(&folder.path().join("backup")).unwrap();
        let mut file = Connection::open(&part.path).unwrap();
        crate::schema::migrate(&mut file, 0).unwrap();
        assert_eq!(part.check(&copied(0, 0)).unwrap().entries, 0);
        let less = part.check(&copied(1, 0)).unwrap_err();
        assert!(
            less.contains("there is less of it") && less.contains("disk"),
            "{less}"
        );
        // Of what was lost on the way here only the journal is looked at again.
        let bad = "UPDATE mark SET trusted_seq = 5";
        file.execute_batch(bad).unwrap();
        let said = part.check(&copied(0, 0)).unwrap_err();
        assert!(said.contains("beside the journal"), "{said}");
        assert!(part.check(&copied(0, 1)).is_ok());
        let requests = Copied {
            requests: 1,
            ..Copied::default()
        };
        file.execute_batch("UPDATE mark SET trusted_seq = 0")
            .unwrap();
        assert!(part.check(&requests).is_err());
    }
}
