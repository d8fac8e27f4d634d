//! The hall's memory: one SQLite file, one writer. Synchronous.
//!
//! A [`Store`] holds the journal, an endless list of [`queue::Event`]s of which each carries the
//! hash of the one before it, and the outcome of every request id. [`Store::append`] writes a
//! batch in one transaction and returns when it is on disk; [`Store::replay`] gives the open
//! day back. Nothing else ever changes the journal. An [`Archive`] reads any day of it, also while
//! the hall runs.

mod append;
mod appointment;
mod archive;
mod backup;
mod before;
mod belonging;
mod chain;
mod copy;
mod day_key;
mod file;
mod lock;
mod lost;
mod note;
mod old_days;
mod open;
mod record;
mod replay;
mod request;
mod reserve;
mod restore;
mod salvage;
mod schema;
mod trial;
mod trim;
mod trusted;
mod verify;
mod vouch;
mod watch;

pub use append::{AppendError, Entry};
pub use appointment::Appointment;
pub use archive::{Archive, ArchiveError, DayError, Extent};
pub use backup::{BackedUp, BackupError, BackupPlan};
pub use before::delete_put_aside;
pub use day_key::DayKey;
pub use lock::is_in_use;
pub use note::Deletion;
pub use old_days::OldDays;
pub use open::OpenError;
pub use replay::{Recorded, ReplayError};
pub use request::{Answered, RequestId};
pub use reserve::{RESERVE_BYTES, is_kept as is_reserve_kept, keep as keep_reserve};
pub use restore::{Lost, RestoreError, Restored, restore, restore_with};
pub use trial::Trial;
pub use trusted::{Change, Device, Person, Trusted};
pub use verify::{Bad, Verdict};
pub use watch::{Checked, Looked};

use std::cell::Cell;
use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use chain::Hash;
use request::Sum;

/// The file in a hall's data folder.
pub const FILE_NAME: &str = "hall.sqlite";

/// The SQLite that is built in, such as `3.54.0`.
#[must_use]
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// The schema that this version of the hall writes.
pub const SCHEMA: usize = schema::KNOWN;

/// The journal and the outcomes of a hall, open for its one writer.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// Read again where a failed disk left it open what is in the file.
    head: Cell<Head>,
    /// Held until the connection above is closed.
    lock: File,
}

/// Where the journal ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Head {
    seq: u64,
    hash: Hash,
    /// Of all requests together.
    requests: Sum,
    /// Of those of the open day.
    day_requests: Sum,
    /// The last entry that vouches for whom the hall knows.
    trusted_seq: u64,
}

impl Head {
    /// Where nobody can say where it ends: behind every entry that there can be.
    const UNKNOWN: Self = Self {
        seq: i64::MAX.unsigned_abs(),
        hash: chain::GENESIS,
        requests: [0; 16],
        day_requests: [0; 16],
        trusted_seq: 0,
    };

    /// Writes it down as the journal's end.
    fn mark(&self, connection: &Connection) -> rusqlite::Result<()> {
        let update = "UPDATE mark SET head_seq = ?1, head_hash = ?2, requests = ?3, day_requests = ?4, trusted_seq = ?5";
        connection.prepare_cached(update)?.execute(params![
            self.seq,
            self.hash,
            self.requests,
            self.day_requests,
            self.trusted_seq
        ])?;
        Ok(())
    }
}

impl Store {
    /// The sequence number of the last entry; 0 of an empty journal.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.head.get().seq
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
