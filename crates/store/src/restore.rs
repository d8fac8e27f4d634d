//! Bringing the memory back from a backup: all that is good of it, and a list of what is not.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use queue::{Date, Moment};
use rusqlite::Connection;

use crate::archive::{self, ArchiveError};
use crate::backup::{self, Part};
use crate::belonging::Belonging;
use crate::copy::{Copied, copy, copy_pages};
use crate::file::{if_there, sync_folder, with_suffix};
use crate::lock::own;
use crate::lost::Gap;
use crate::open::make;
use crate::record::Record;
use crate::salvage::{Good, last_opening};
use crate::trim::trim;
use crate::verify::days_listed;
use crate::{FILE_NAME, Head, ReplayError, Verdict, schema};

/// Between these the name of a memory that was put aside says which restore did that.
pub(crate) const BEFORE: &str = ".before-";

/// What was brought back, and what was not.
#[derive(Debug)]
pub struct Restored {
    /// Journal entries that are back.
    pub entries: u64,
    /// Those of them that were damaged, and that the other file had as they were written.
    pub entries_mended: u64,
    /// Those of them whose hash alone was damaged: the entry behind them proves what they say.
    pub entries_proved: u64,
    /// Days that are back.
    pub days: u64,
    /// The last of them, which may not be back to its end.
    pub last_day: Option<Date>,
    /// When the last entry that is back was written.
    pub last: Option<Moment>,
    /// Outcomes of requests that are back.
    pub requests: u64,
    /// Outcomes that are not: damaged, or of entries that are not back.
    pub requests_lost: u64,
    /// Texts of entries that are not: damaged, or missing.
    pub notes_lost: u64,
    /// Devices and people that are not, such as `device kiosk-1`: by what is back nobody let them in.
    pub trusted_lost: Vec<String>,
    /// Files that are back beside the memory, such as the hall's certificate.
    pub belongings: Vec<String>,
    /// Those that are damaged.
    pub belongings_lost: Vec<String>,
    /// What is back, looked through.
    pub verdict: Verdict,
    /// The first thing that is wrong with the backup.
    pub wrong: Option<String>,
    /// The entries that are not back, by day.
    pub lost: Vec<Lost>,
    /// Where the memory is now that was there before.
    pub old: Option<PathBuf>,
}

/// Entries that were not brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Their day, if that can be told.
    pub day: Option<Date>,
    /// The first.
    pub first_seq: u64,
    /// The last.
    pub last_seq: u64,
}

/// Why nothing was brought back. The memory in the folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A hall runs there.
    #[error("a hall runs on {}. Stop it first.", .0.display())]
    InUse(PathBuf),
    /// There is a memory already.
    #[error("{} is there already. With --replace it is put aside, and the backup takes its place.", .0.display())]
    Exists(PathBuf),
    /// The backup cannot be read.
    #[error("{} is no backup that can be brought back: {reason}. Name another with --from.", path.display())]
    Backup {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The folder cannot be written.
    #[error("{} cannot be written: {reason}. Free room there, mend its rights, or name another folder with --data.", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// Brings back what is good of the file `from` into a data folder. A memory that is there is put
/// aside under its name with `.before-` and `aside` behind it, until [`crate::delete_put_aside`]; without
/// `aside` it is left alone and this fails.
///
/// # Errors
/// See [`RestoreError`].
pub fn restore(from: &Path, folder: &Path, aside: Option<&str>) -> Result<Restored, RestoreError> {
    restore_with(from, None, folder, aside)
}

/// [`restore`], with another file of the same hall, such as an older backup, from which is taken what is
/// damaged in `from`: then nothing is lost that one of the two has.
///
/// # Errors
/// See [`RestoreError`].
pub fn restore_with(
    from: &Path,
    other: Option<&Path>,
    folder: &Path,
    aside: Option<&str>,
) -> Result<Restored, RestoreError> {
    let path = folder.join(FILE_NAME);
    let beside = format!("{BEFORE}{}", aside.unwrap_or("restore"));
    let not_written = |reason: String| {
        let path = path.clone();
        RestoreError::NotWritten { path, reason }
    };
    let failed = |error: io::Error| not_written(error.to_string());
    make(folder).map_err(failed)?;
    let _lock = owned(folder, &path)?;
    if path.exists() && aside.is_none() {
        return Err(RestoreError::Exists(path));
    }
    let source = Source::open(from)?;
    let other = other.map(Source::open).transpose()?;
    let part = Part::claim(&path).map_err(failed)?;
    let back = match source.pages(&part, other.is_none()) {
        Some(restored) => restored,
        None => source.what_is_good(other.as_ref(), &part, &not_written)?,
    };
    let (belongings, lost) = source.belongings();
    drop((source, other));
    for belonging in &belongings {
        belonging.put(folder, &beside).map_err(failed)?;
    }
    let old = match aside {
        Some(_) if path.exists() => Some(put_aside(&path, &beside).map_err(failed)?),
        _ => None,
    };
    part.finish(&path).map_err(failed)?;
    Ok(Restored {
        old,
        belongings: belongings.into_iter().map(|it| it.name).collect(),
        belongings_lost: lost,
        ..back
    })
}

fn owned(folder: &Path, path: &Path) -> Result<File, RestoreError> {
    own(folder).map_err(|error| match error {
        TryLockError::WouldBlock => RestoreError::InUse(folder.to_owned()),
        TryLockError::Error(error) => RestoreError::NotWritten {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    })
}

fn report(copied: Copied, verdict: Verdict, lost: Vec<Lost>) -> Restored {
    let Copied {
        entries,
        entries_mended,
        entries_proved,
        first_wrong,
        last,
        day,
        days,
        requests,
        requests_lost,
        notes_lost,
        trusted_lost,
        tables_stopped,
        stopped,
        requests_stopped,
        ..
    } = copied;
    let unread = requests_stopped
        .map(|error| format!("the outcomes of requests cannot all be read: {error}"))
        .or_else(|| Some(format!("{} cannot all be read", tables_stopped.first()?)))
        .or_else(|| {
            Some(format!(
                "the {} is not what the journal says",
                trusted_lost.first()?
            ))
        });
    Restored {
        entries,
        entries_mended,
        entries_proved,
        days,
        last_day: day,
        last,
        requests,
        requests_lost,
        notes_lost,
        trusted_lost,
        belongings: Vec::new(),
        belongings_lost: Vec::new(),
        verdict,
        wrong: first_wrong.or(stopped).map(in_words).or(unread),
        lost,
        old: None,
    }
}

impl Lost {
    /// Whether an entry is among them.
    #[must_use]
    pub fn has(&self, seq: u64) -> bool {
        (self.first_seq..=self.last_seq).contains(&seq)
    }
}

/// Without the advice to restore a backup, for that is being done.
fn in_words(error: ReplayError) -> String {
    match error {
        ReplayError::Damaged { seq, why } => format!("entry {seq}: {why}"),
        ReplayError::Unreadable(why) | ReplayError::Broken(why) => {
            format!("it cannot be read further: {why}")
        }
        ReplayError::Beside(why) => why,
    }
}

/// The file that is brought back. It may be damaged anywhere.
struct Source {
    path: PathBuf,
    connection: Connection,
    schema: usize,
    /// Where the journal should end, if that can be read.
    head: Option<Head>,
}

impl Source {
    fn open(path: &Path) -> Result<Self, RestoreError> {
        let refuse = |reason: String| RestoreError::Backup {
            path: path.to_owned(),
            reason,
        };
        let real = path
            .canonicalize()
            .map_err(|error| refuse(error.to_string()))?;
        let (connection, found) =
            archive::open(&real).map_err(|error| refuse(error.to_string()))?;
        let known = schema::KNOWN;
        let path = path.to_owned();
        if found > known {
            let newer = ArchiveError::Newer { path, found, known };
            return Err(refuse(newer.to_string()));
        }
        if found == 0 {
            return Err(refuse("it is no hall's memory".to_owned()));
        }
        // Sums and what else an end has are made anew.
        let select = "SELECT head_seq, head_hash FROM mark";
        let head = connection.query_row(select, [], |row| {
            Ok(Head {
                seq: row.get(0)?,
                hash: row.get(1)?,
                ..Head::default()
            })
        });
        Ok(Self {
            path,
            connection,
            schema: found,
            head: head.ok(),
        })
    }

    fn refuse(&self, reason: String) -> RestoreError {
        let path = self.path.clone();
        RestoreError::Backup { path, reason }
    }

    /// All of it, if all of it is good, or all before the place at which its chain breaks, if that is in the
    /// day that is open, all else is good and nobody has what stands behind.
    fn pages(&self, part: &Part, may_trim: bool) -> Option<Restored> {
        let live = |copy: &mut Connection| {
            // They go where they belong; a memory holds no key of the hall.
            copy.execute("DELETE FROM belonging", [])
        };
        copy_pages(&self.connection, self.schema, &part.path, live).ok()?;
        let verdict = part.verify().ok()?;
        if verdict.is_good() {
            return self.whole(verdict);
        }
        let (from, why) = verdict.breaks_at.filter(|_| may_trim)?;
        let goes_on = from < last_opening(&self.connection) || self.is_proved(from);
        if goes_on {
            return None;
        }
        let of = (&self.connection, self.schema);
        let trimmed = trim(&part.path, of, (from, &why)).ok()?;
        let verdict = part.check(&trimmed).ok()?;
        let lost = self.lost(trimmed.last_seq, trimmed.day);
        Some(report(trimmed, verdict, lost))
    }

    /// Whether of a bad entry the hash alone is damaged.
    fn is_proved(&self, seq: u64) -> bool {
        let good = Good::before(&self.connection, seq);
        let head = self.head.unwrap_or(Head::UNKNOWN);
        let proved =
            good.map(|good| good.next_without_hash(&self.connection, head, |_| Ok::<_, ()>(())));
        matches!(proved, Ok(Ok(true)))
    }

    fn whole(&self, verdict: Verdict) -> Option<Restored> {
        let last = backup::last_moment(&self.connection).ok()?;
        Some(Restored {
            entries: verdict.entries,
            entries_mended: 0,
            entries_proved: 0,
            days: verdict.days.len() as u64,
            last_day: verdict.days.last().copied(),
            last,
            requests: verdict.requests + verdict.requests_unknown,
            requests_lost: 0,
            notes_lost: 0,
            trusted_lost: Vec::new(),
            belongings: Vec::new(),
            belongings_lost: Vec::new(),
            verdict,
            wrong: None,
            lost: Vec::new(),
            old: None,
        })
    }

    /// What is good of it or of the other, entry by entry, and what is not.
    fn what_is_good(
        &self,
        other: Option<&Self>,
        part: &Part,
        not_written: &impl Fn(String) -> RestoreError,
    ) -> Result<Restored, RestoreError> {
        part.clear()
            .map_err(|error| not_written(error.to_string()))?;
        let head = self.head.unwrap_or(Head::UNKNOWN);
        let other = other.map(|other| (&other.connection, other.schema));
        let copied = copy(&self.connection, (self.schema, head), other, &part.path)
            .map_err(|error| not_written(error.to_string()))?;
        if copied.entries == 0
            && let Some(wrong) = copied.stopped
        {
            return Err(self.refuse(in_words(wrong)));
        }
        let verdict = part.check(&copied).map_err(not_written)?;
        let mut lost = self.gaps(&copied.gaps);
        lost.extend(self.lost(copied.last_seq, copied.day));
        Ok(report(copied, verdict, lost))
    }

    /// The files that it holds for beside a memory, and the names of those that are damaged.
    fn belongings(&self) -> (Vec<Belonging>, Vec<String>) {
        if self.schema < schema::WITH_ANCHOR {
            return Default::default();
        }
        let unreadable = |error: rusqlite::Error| (Vec::new(), vec![error.to_string()]);
        Belonging::all(&self.connection).unwrap_or_else(unreadable)
    }

    fn gaps(&self, gaps: &[Gap]) -> Vec<Lost> {
        let listed = days_listed(&self.connection).unwrap_or_default();
        let lost = |gap: &Gap| {
            let days = listed.iter().filter(|(_, first)| **first <= gap.first_seq);
            Lost {
                day: days.max_by_key(|(_, first)| **first).map(|(day, _)| *day),
                first_seq: gap.first_seq,
                last_seq: gap.last_seq,
            }
        };
        gaps.iter().map(lost).collect()
    }

    /// What stands behind entry `last`, which is of `day`, as far as it can be read.
    fn lost(&self, last: u64, day: Option<Date>) -> Vec<Lost> {
        let mut lost = vec![Lost {
            day,
            first_seq: last + 1,
            last_seq: last,
        }];
        // Where the file ends to be readable the mark says how much more there was.
        let _ = self.follow(&mut lost);
        let marked = self.head.map_or(0, |head| head.seq);
        if let Some(end) = lost.last_mut() {
            end.last_seq = end.last_seq.max(marked);
        }
        lost.retain(|lost| lost.first_seq <= lost.last_seq);
        lost
    }

    fn follow(&self, lost: &mut Vec<Lost>) -> rusqlite::Result<()> {
        // A damaged opening says no more which day it opens; the list of days may.
        let listed = days_listed(&self.connection).unwrap_or_default();
        let listed: BTreeMap<u64, Date> = listed.into_iter().map(|(day, seq)| (seq, day)).collect();
        let select = "SELECT seq, body FROM journal WHERE seq >= ?1 ORDER BY seq";
        let mut statement = self.connection.prepare(select)?;
        let first = lost[0].first_seq;
        let mut rows = statement.query([first])?;
        while let Some(row) = rows.next()? {
            let (seq, body): (u64, rusqlite::Result<String>) = (row.get(0)?, row.get(1));
            let opened = listed.get(&seq).copied();
            if let Some(day) = opened.or_else(|| opened_by(&body.ok()?)) {
                // Also those that are not there any more.
                if let Some(end) = lost.last_mut() {
                    end.last_seq = seq - 1;
                }
                lost.push(Lost {
                    day: Some(day),
                    first_seq: seq,
                    last_seq: seq,
                });
            }
            if let Some(end) = lost.last_mut() {
                end.last_seq = seq;
            }
        }
        Ok(())
    }
}

fn opened_by(body: &str) -> Option<Date> {
    match Record::from_json(body) {
        Ok(Record::DayOpened { day, .. }) => Some(Date::from_yyyymmdd(day)),
        _ => None,
    }
}

/// Gives the old memory another name. Until the new one takes its place it keeps the old name too,
/// for a hall that finds no memory begins a new one.
fn put_aside(path: &Path, beside: &str) -> io::Result<PathBuf> {
    let old = with_suffix(path, beside);
    if fs::hard_link(path, &old).is_err() {
        fs::copy(path, &old)?;
    }
    // What is in the write-ahead file belongs to the old memory and must not get into the new one.
    let write_ahead = with_suffix(path, "-wal");
    if_there(fs::rename(write_ahead, with_suffix(&old, "-wal")))?;
    if_there(fs::remove_file(with_suffix(path, "-shm")))?;
    sync_folder(path)?;
    Ok(old)
}
