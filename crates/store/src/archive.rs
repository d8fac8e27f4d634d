//! The journal for those who only read: any day of it, while the hall runs and when it has stopped.

use std::cmp::Ordering;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use queue::{Date, Happening};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use crate::old_days::{Anchor, last_deleted};
use crate::open::read_head;
use crate::replay::{Recorded, beside_open_day, damaged, replay_from};
use crate::{FILE_NAME, OldDays, ReplayError, Trusted, schema, trusted};

/// How long a reader waits for a hall that opens or closes the file at the same instant.
const WAIT_FOR_OWNER: Duration = Duration::from_secs(5);

/// A hall's journal, open to be read. What the hall wrote is not changed by it; where this user may
/// write, SQLite can leave its two side files behind, empty, and the next hall takes them away.
#[derive(Debug)]
pub struct Archive {
    connection: Connection,
    /// The file itself, with no link on the way.
    path: PathBuf,
}

/// How far a journal goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Entries.
    pub entries: u64,
    /// Days on which the hall was open, in order.
    pub days: Vec<Date>,
    /// When the last entry was written, in milliseconds since 1970, UTC.
    pub last_wall_ms: Option<i64>,
    /// The last deletion of days that were older than the hall keeps them.
    pub old_days: Option<OldDays>,
}

/// Why a journal cannot be opened to be read. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// No hall has kept its memory here.
    #[error("there is no hall's memory in {}: it has no file {FILE_NAME}. Name the data folder with --data.", folder.display())]
    Absent {
        /// The folder.
        folder: PathBuf,
    },
    /// This user may not read it, or not all of it.
    #[error("{} cannot be read by this user, or is held by another program. Do this as the user that the hall runs as.", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
    },
    /// An older hall wrote the file, and a reader changes nothing.
    #[error("{} was written by an older version of the hall (schema {found}, this one knows {known}). Start the hall once, which brings it up to date.", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: usize,
        /// The schema that this version reads.
        known: usize,
    },
    /// A newer hall wrote the file.
    #[error("{} was written by a newer version of the hall (schema {found}, this one knows {known}). Use that version.", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: usize,
        /// The schema that this version reads.
        known: usize,
    },
    /// The file is no hall's, or broken.
    #[error("{} cannot be read: {reason}. Restore it from a backup.", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
}

/// Why a day cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DayError {
    /// The hall was never open on that day.
    #[error("the journal has no day {day}. {}", in_words(days))]
    NoSuchDay {
        /// The day.
        day: Date,
        /// The days that there are, in order.
        days: Vec<Date>,
    },
    /// It was deleted, as the hall's settings say.
    #[error("the day {day} was deleted with all before {} by the rule to keep {} years. Entry {} of the journal says so.", deleted.last, deleted.years, deleted.said_by_seq)]
    Deleted {
        /// The day.
        day: Date,
        /// The last deletion.
        deleted: OldDays,
    },
    /// The journal cannot be believed.
    #[error(transparent)]
    Journal(#[from] ReplayError),
}

impl Archive {
    /// Opens the memory in a hall's data folder to be read.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn open(folder: &Path) -> Result<Self, ArchiveError> {
        let path = folder.join(FILE_NAME);
        if matches!(path.try_exists(), Ok(false)) {
            let folder = folder.to_owned();
            return Err(ArchiveError::Absent { folder });
        }
        Self::open_file(&path)
    }

    /// Opens a file of another name, such as a backup, to be read.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn open_file(path: &Path) -> Result<Self, ArchiveError> {
        let path = path.to_owned();
        // Without a link on the way the files beside it are found, and no path looks like an address.
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let (connection, found) = open(&real).map_err(|error| explain(&error, &path))?;
        let known = schema::KNOWN;
        match found.cmp(&known) {
            Ordering::Equal => Ok(Self {
                connection,
                path: real,
            }),
            Ordering::Less => Err(ArchiveError::Older { path, found, known }),
            Ordering::Greater => Err(ArchiveError::Newer { path, found, known }),
        }
    }

    /// The days on which the hall was open, in order.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn days(&self) -> Result<Vec<Date>, ReplayError> {
        let mut select = self
            .connection
            .prepare("SELECT date FROM day ORDER BY date")?;
        let days = select.query_map([], |row| row.get(0).map(Date::from_yyyymmdd))?;
        Ok(days.collect::<rusqlite::Result<_>>()?)
    }

    /// Gives every entry of a day to `take`, in order, and checks on the way that each is the one
    /// that was written and that none is missing. It ends before the first entry that was written
    /// when the clock on the wall showed more than `until_wall_ms`.
    ///
    /// # Errors
    /// See [`DayError`]; `take` may have been called before.
    pub fn replay_day(
        &self,
        day: Date,
        until_wall_ms: Option<i64>,
        mut take: impl FnMut(Recorded),
    ) -> Result<(), DayError> {
        // Place, head and entries are of the same instant, whatever the hall writes meanwhile.
        let snapshot = self
            .connection
            .unchecked_transaction()
            .map_err(ReplayError::from)?;
        let Some(first) = self.first_seq(day)? else {
            if let Some(deleted) = last_deleted(&snapshot).map_err(ReplayError::from)?
                && day <= deleted.last
            {
                return Err(DayError::Deleted { day, deleted });
            }
            let days = self.days()?;
            return Err(DayError::NoSuchDay { day, days });
        };
        let head = read_head(&snapshot).map_err(ReplayError::from)?;
        // An opening that is lost does not say that it is one.
        let next = self.first_seq_behind(first)?.unwrap_or(u64::MAX);
        let mut found = false;
        replay_from(&snapshot, first, head, |recorded| {
            if recorded.seq >= next {
                return ControlFlow::Break(());
            }
            match recorded.event.what {
                Happening::DayOpened { day: opened, .. } if opened != day => {
                    return ControlFlow::Break(());
                }
                _ => found = true,
            }
            if until_wall_ms.is_some_and(|until| recorded.event.at.wall_ms > until) {
                return ControlFlow::Break(());
            }
            take(recorded);
            ControlFlow::Continue(())
        })?;
        if found {
            Ok(())
        } else {
            Err(damaged(first, "no day begins there").into())
        }
    }

    /// How far the journal goes, by its mark and its list of days.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn extent(&self) -> Result<Extent, ReplayError> {
        let head = read_head(&self.connection)?;
        let select = "SELECT wall_ms FROM journal WHERE seq = ?1";
        let last_wall_ms = self
            .connection
            .query_row(select, [head.seq], |row| row.get(0))
            .optional()?;
        Ok(Extent {
            entries: head.seq - Anchor::read(&self.connection)?.seq,
            days: self.days()?,
            old_days: last_deleted(&self.connection)?,
            last_wall_ms,
        })
    }

    /// What is wrong beside the journal that a hall stands on today, in words: outcomes that are missing,
    /// devices or people who were edited, a beginning that nothing proves.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn look_beside(&self) -> Result<Vec<String>, ReplayError> {
        let snapshot = self.connection.unchecked_transaction()?;
        Ok(beside_open_day(&snapshot)?)
    }

    /// Everybody whom the hall knows.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn trusted(&self) -> Result<Trusted, ReplayError> {
        Ok(trusted::read(&self.connection)?)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn first_seq_behind(&self, first: u64) -> Result<Option<u64>, ReplayError> {
        let select = "SELECT min(first_seq) FROM day WHERE first_seq > ?1";
        let next = self.connection.query_row(select, [first], |row| row.get(0));
        Ok(next?)
    }

    fn first_seq(&self, day: Date) -> Result<Option<u64>, ReplayError> {
        let select = "SELECT first_seq FROM day WHERE date = ?1";
        let found = self
            .connection
            .query_row(select, [day.yyyymmdd()], |row| row.get(0))
            .optional()?;
        Ok(found)
    }
}

/// A connection that reads, and the schema of its file.
pub(crate) fn open(path: &Path) -> rusqlite::Result<(Connection, usize)> {
    let opened = connect(path, "mode=ro");
    // In a folder that this user may not write SQLite finds no room for its index of the
    // write-ahead file. While a hall is in it that file is there; without it nobody writes.
    if opened.is_err() && !is_in_use(path) {
        return connect(path, "immutable=1");
    }
    opened
}

/// [`open`] for a file that nobody else knows of: no side files are looked for or left behind.
pub(crate) fn open_alone(path: &Path) -> rusqlite::Result<(Connection, usize)> {
    connect(path, "immutable=1")
}

fn connect(path: &Path, how: &str) -> rusqlite::Result<(Connection, usize)> {
    let path = path.to_string_lossy();
    let escaped = path
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(format!("file:{escaped}?{how}"), flags)?;
    connection.busy_timeout(WAIT_FOR_OWNER)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    let found = schema::found(&connection)?;
    Ok((connection, found))
}

/// Whether a write-ahead file lies beside the database. If nobody may say, there may be one.
fn is_in_use(path: &Path) -> bool {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let there: io::Result<bool> = Path::new(&wal).try_exists();
    there.unwrap_or(true)
}

fn explain(error: &rusqlite::Error, path: &Path) -> ArchiveError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked,
        ) => ArchiveError::Refused { path },
        _ => ArchiveError::Broken {
            path,
            reason: error.to_string(),
        },
    }
}

fn in_words(days: &[Date]) -> String {
    match days {
        [] => "It has no day yet.".to_owned(),
        [only] => format!("It has one, {only}."),
        [first, .., last] => format!("It has {} days, from {first} to {last}.", days.len()),
    }
}
