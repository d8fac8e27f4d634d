//! The hall's memory: one SQLite file, one writer. Synchronous.
//!
//! A [`Store`] holds the journal, an endless list of [`queue::Event`]s of which each carries the
//! hash of the one before it, and the outcome of every request id. [`Store::append`] writes a
//! batch in one transaction and returns when it is on disk; [`Store::replay`] gives the open
//! day back. Nothing else ever changes the journal.

mod append;
mod chain;
mod open;
mod record;
mod replay;

pub use append::{Answered, AppendError, Entry, RequestId};
pub use open::OpenError;
pub use replay::ReplayError;

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
