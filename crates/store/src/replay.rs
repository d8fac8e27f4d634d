//! Reading a day back.

use std::convert::Infallible;
use std::ops::ControlFlow;

use queue::{Event, Happening, Moment};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::chain::{GENESIS, Hash, Link};
use crate::record::Record;
use crate::{Head, Store};

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

/// An entry of the journal, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the journal, counted from 1.
    pub seq: u64,
    /// Who did it, such as `counter:desk-3`.
    pub actor: String,
    /// What happened, and when.
    pub event: Event,
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
            .query_row("SELECT day_seq FROM mark", [], |row| row.get(0))?;
        replay_from(&self.connection, first, self.head, |recorded| {
            take(recorded.event);
            ControlFlow::Continue(())
        })
    }

    /// When the last entry was written; the zero moment of an empty journal.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn last_moment(&self) -> Result<Moment, ReplayError> {
        if self.head.seq == 0 {
            return Ok(Moment::default());
        }
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
        last.ok_or_else(|| damaged(self.head.seq, "it is missing"))
    }
}

/// Gives the entries from `first`, which opens a day, to `take` until it breaks or the journal
/// ends at `head`. Each has been checked when it is given.
pub(crate) fn replay_from(
    connection: &Connection,
    first: u64,
    head: Head,
    mut take: impl FnMut(Recorded) -> ControlFlow<()>,
) -> Result<(), ReplayError> {
    let taken = walk_from(connection, first, head, |recorded, _| {
        Ok::<_, Infallible>(take(recorded))
    });
    taken.map_err(|stopped| match stopped {
        Stopped::Journal(error) => error,
        Stopped::Taker(never) => match never {},
    })
}

/// What stands in the table beside what it says.
pub(crate) struct Written {
    pub(crate) body: String,
    pub(crate) hash: Hash,
}

/// Why a walk through the journal ended before its end.
pub(crate) enum Stopped<E> {
    /// The journal cannot be believed.
    Journal(ReplayError),
    /// Who took the entries could not go on.
    Taker(E),
}

impl<E> From<ReplayError> for Stopped<E> {
    fn from(error: ReplayError) -> Self {
        Self::Journal(error)
    }
}

impl<E> From<rusqlite::Error> for Stopped<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Journal(error.into())
    }
}

/// [`replay_from`] for who needs the entries as they are written, and may fail with them.
pub(crate) fn walk_from<E>(
    connection: &Connection,
    first: u64,
    head: Head,
    mut take: impl FnMut(Recorded, &Written) -> Result<ControlFlow<()>, E>,
) -> Result<(), Stopped<E>> {
    let mut before = hash_before(connection, first)?;
    let mut expected = first;
    let select = "SELECT seq, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq >= ?1 ORDER BY seq";
    let mut statement = connection.prepare(select)?;
    let mut rows = statement.query([first])?;
    while let Some(row) = rows.next()? {
        let (recorded, written) = read(row, expected, &before)?;
        let opens = matches!(recorded.event.what, Happening::DayOpened { .. });
        if expected == first && !opens {
            return Err(damaged(first, "no day begins there").into());
        }
        if take(recorded, &written).map_err(Stopped::Taker)?.is_break() {
            return Ok(());
        }
        before = written.hash;
        expected += 1;
    }
    let empty = head.seq == 0 && first == 1;
    let whole = expected == head.seq + 1 && before == head.hash;
    if whole && (empty || first <= head.seq) {
        Ok(())
    } else {
        Err(damaged(expected, "it is missing").into())
    }
}

fn hash_before(connection: &Connection, seq: u64) -> Result<Hash, ReplayError> {
    let seq = seq
        .checked_sub(1)
        .ok_or_else(|| damaged(seq, "no day begins there"))?;
    if seq == 0 {
        return Ok(GENESIS);
    }
    let select = "SELECT hash FROM journal WHERE seq = ?1";
    let hash = connection
        .query_row(select, [seq], |row| row.get(0))
        .optional()?;
    hash.ok_or_else(|| damaged(seq, "it is missing"))
}

pub(crate) fn damaged(seq: u64, why: &str) -> ReplayError {
    ReplayError::Damaged {
        seq,
        why: why.to_owned(),
    }
}

fn read(row: &Row<'_>, expected: u64, before: &Hash) -> Result<(Recorded, Written), ReplayError> {
    let seq: u64 = row.get(0)?;
    if seq != expected {
        return Err(damaged(expected, "it is missing"));
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
        return Err(damaged(expected, "its hash is not that of what it says"));
    }
    let record = Record::from_json(&body).map_err(|error| damaged(expected, &error.to_string()))?;
    let event = record.into_event(at);
    Ok((Recorded { seq, actor, event }, Written { body, hash }))
}

impl From<rusqlite::Error> for ReplayError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}
