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
mod chain;
mod day_key;
mod lock;
mod open;
mod record;
mod replay;
mod schema;

pub use append::{Answered, AppendError, Entry, RequestId};
pub use appointment::Appointment;
pub use archive::{Archive, ArchiveError, DayError};
pub use day_key::DayKey;
pub use open::OpenError;
pub use replay::{Recorded, ReplayError};

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use chain::Hash;

/// The file in a hall's data folder.
pub const FILE_NAME: &str = "hall.sqlite";

/// The journal and the outcomes of a hall, open for its one writer.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    head: Head,
    /// Held until the connection above is closed.
    _lock: File,
}

/// Where the journal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    seq: u64,
    hash: Hash,
}

impl Store {
    /// The sequence number of the last entry; 0 of an empty journal.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.head.seq
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
