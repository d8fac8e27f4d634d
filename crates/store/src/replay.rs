//! Reading the open day back.

use queue::{Event, Moment};
use rusqlite::{OptionalExtension, Row};

use crate::Store;
use crate::chain::{GENESIS, Hash, Link};
use crate::record::Record;

/// Why the journal cannot be believed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("the journal cannot be read: {0}. Restore it from a backup.")]
    Unreadable(String),
    /// An entry is not what was written.
    #[error("journal entry {seq} is damaged: {why}. Restore the file from a backup.")]
    Damaged {
        /// The entry.
        seq: u64,
        /// What is wrong with it.
        why: String,
    },
}

impl Store {
    /// Gives every event of the open day to `take`, in order, and checks on the way that each
    /// entry is the one that was written and that none is missing.
    ///
    /// # Errors
    /// See [`ReplayError`]; `take` may have been called before.
    pub fn replay(&self, mut take: impl FnMut(Event)) -> Result<(), ReplayError> {
        let first: u64 = self
            .connection
            .query_row("SELECT seq FROM open_day", [], |row| row.get(0))?;
        let mut before = self.hash_of(first - 1)?;
        let mut expected = first;
        let select = "SELECT seq, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq >= ?1 ORDER BY seq";
        let mut statement = self.connection.prepare(select)?;
        let mut rows = statement.query([first])?;
        while let Some(row) = rows.next()? {
            let (event, hash) = read(row, expected, &before)?;
            take(event);
            before = hash;
            expected += 1;
        }
        if expected == self.head.seq + 1 {
            Ok(())
        } else {
            Err(ReplayError::Damaged {
                seq: expected,
                why: "it is missing".to_owned(),
            })
        }
    }

    /// When the last entry was written; the zero moment of an empty journal.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn last_moment(&self) -> Result<Moment, ReplayError> {
        let select = "SELECT steady_ms, wall_ms FROM journal WHERE seq = ?1";
        let read = |row: &Row<'_>| {
            Ok(Moment {
                steady_ms: row.get(0)?,
                wall_ms: row.get(1)?,
            })
        };
        let last = self
            .connection
            .query_row(select, [self.head.seq], read)
            .optional()?;
        Ok(last.unwrap_or_default())
    }

    fn hash_of(&self, seq: u64) -> Result<Hash, ReplayError> {
        if seq == 0 {
            return Ok(GENESIS);
        }
        let select = "SELECT hash FROM journal WHERE seq = ?1";
        let hash = self
            .connection
            .query_row(select, [seq], |row| row.get(0))
            .optional()?;
        hash.ok_or(ReplayError::Damaged {
            seq,
            why: "it is missing".to_owned(),
        })
    }
}

fn read(row: &Row<'_>, expected: u64, before: &Hash) -> Result<(Event, Hash), ReplayError> {
    let damaged = |why: String| ReplayError::Damaged { seq: expected, why };
    let seq: u64 = row.get(0)?;
    if seq != expected {
        return Err(damaged("it is missing".to_owned()));
    }
    let at = Moment {
        steady_ms: row.get(1)?,
        wall_ms: row.get(2)?,
    };
    let (actor, body): (String, String) = (row.get(3)?, row.get(4)?);
    let stored: Hash = row.get(5)?;
    let hash = Link {
        seq,
        steady_ms: at.steady_ms,
        wall_ms: at.wall_ms,
        actor: &actor,
        body: &body,
    }
    .hash(before);
    if hash != stored {
        return Err(damaged("its hash is not that of what it says".to_owned()));
    }
    let record = Record::from_json(&body).map_err(|error| damaged(error.to_string()))?;
    Ok((
        Event {
            at,
            what: record.into(),
        },
        hash,
    ))
}

impl From<rusqlite::Error> for ReplayError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}
