//! Reading a day back.

use std::convert::Infallible;
use std::ops::ControlFlow;

use queue::{Event, Happening, Moment};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::chain::{GENESIS, Hash, Link};
use crate::note::Left;
use crate::open::{is_damage, marked_head};
use crate::record::Record;
use crate::{Head, Store};

/// Why the journal cannot be believed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The disk does not give the file, or not now.
    #[error(
        "the journal cannot be read: {0}. Look after the disk; if it is broken, restore the file from a backup."
    )]
    Unreadable(String),
    /// The file is damaged where it is not an entry.
    #[error("the journal cannot be read: {0}. Restore the file from a backup.")]
    Broken(String),
    /// An entry is not what was written.
    #[error("journal entry {seq} is damaged: {why}. Restore the file from a backup.")]
    Damaged {
        /// The entry.
        seq: u64,
        /// What is wrong with it.
        why: String,
    },
}

impl ReplayError {
    /// Whether the file is damaged. What only cannot be read may be there again in a moment.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        !matches!(self, Self::Unreadable(_))
    }
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
        // A disk that failed may have left it open what is in the file.
        let head = marked_head(&self.connection)?;
        self.head.set(head);
        replay_from(&self.connection, self.first_of_day()?, head, |recorded| {
            take(recorded.event);
            ControlFlow::Continue(())
        })
    }

    /// Where the open day begins, by its mark; if that cannot be read, by the list of days.
    fn first_of_day(&self) -> rusqlite::Result<u64> {
        let marked = self
            .connection
            .query_row("SELECT day_seq FROM mark", [], |row| row.get(0));
        match marked {
            Err(error) if is_damage(&error) => {
                let select = "SELECT coalesce(max(first_seq), 1) FROM day";
                self.connection.query_row(select, [], |row| row.get(0))
            }
            read => read,
        }
    }

    /// When the last entry was written; the zero moment of an empty journal. Where the file is
    /// damaged it is the last that can be read, or none: its replay says what is wrong.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn last_moment(&self) -> Result<Moment, ReplayError> {
        let select =
            "SELECT steady_ms, wall_ms FROM journal WHERE seq <= ?1 ORDER BY seq DESC LIMIT 1";
        let read = |row: &Row<'_>| {
            Ok(Moment {
                steady_ms: row.get(0)?,
                wall_ms: row.get(1)?,
            })
        };
        match self.connection.query_row(select, [self.seq()], read) {
            Err(error) if is_damage(&error) => Ok(Moment::default()),
            read => Ok(read?),
        }
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
    /// What it says in place of a text that somebody typed.
    pub(crate) commitment: Option<String>,
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
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => return Err(unreadable(expected, &error).into()),
        };
        let mut taken = read(connection, row, expected, &before);
        // It may be the hash of the day before that is damaged, which is none of this day.
        if taken.is_err()
            && expected == first
            && let Some(other) = recomputed(connection, first.saturating_sub(1))?
        {
            taken = read(connection, row, expected, &other);
        }
        let (recorded, written) = taken?;
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
        let why = if head == Head::UNKNOWN {
            "the mark of the journal's end cannot be read"
        } else {
            "it is missing"
        };
        Err(damaged(expected, why).into())
    }
}

/// One entry, if it is the one that was written.
pub(crate) fn entry(connection: &Connection, seq: u64) -> Result<Recorded, ReplayError> {
    let before = hash_before(connection, seq)?;
    let select = "SELECT seq, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq = ?1";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query([seq])?;
    let row = rows.next().map_err(|error| unreadable(seq, &error))?;
    let row = row.ok_or_else(|| damaged(seq, "it is missing"))?;
    read(connection, row, seq, &before).map(|(recorded, _)| recorded)
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
        .optional()
        .map_err(|error| unreadable(seq, &error))?;
    hash.ok_or_else(|| damaged(seq, "it is missing"))
}

/// The hash that an entry should have, by what it says and by the hash of the one before it.
pub(crate) fn recomputed(connection: &Connection, seq: u64) -> rusqlite::Result<Option<Hash>> {
    let select = "SELECT j.steady_ms, j.wall_ms, j.actor, j.body, coalesce(b.hash, zeroblob(32)) FROM journal j LEFT JOIN journal b ON b.seq = j.seq - 1 WHERE j.seq = ?1";
    let hash = connection.query_row(select, [seq], |row| {
        let (actor, body): (String, String) = (row.get(2)?, row.get(3)?);
        let link = Link {
            seq,
            steady_ms: row.get(0)?,
            wall_ms: row.get(1)?,
            actor: &actor,
            body: &body,
        };
        Ok(link.hash(&row.get(4)?))
    });
    match hash.optional() {
        Err(error) if is_damage(&error) => Ok(None),
        read => read,
    }
}

pub(crate) fn damaged(seq: u64, why: &str) -> ReplayError {
    ReplayError::Damaged {
        seq,
        why: why.to_owned(),
    }
}

/// A damaged page is damage of the entry that it should have held.
fn unreadable(seq: u64, error: &rusqlite::Error) -> ReplayError {
    if is_damage(error) {
        damaged(seq, &format!("it cannot be read: {error}"))
    } else {
        ReplayError::Unreadable(error.to_string())
    }
}

fn read(
    connection: &Connection,
    row: &Row<'_>,
    expected: u64,
    before: &Hash,
) -> Result<(Recorded, Written), ReplayError> {
    let failed = |error: rusqlite::Error| unreadable(expected, &error);
    let seq: u64 = row.get(0).map_err(failed)?;
    if seq != expected {
        return Err(damaged(expected, "it is missing"));
    }
    let at = Moment {
        steady_ms: row.get(1).map_err(failed)?,
        wall_ms: row.get(2).map_err(failed)?,
    };
    let actor: String = row.get(3).map_err(failed)?;
    let body: String = row.get(4).map_err(failed)?;
    let stored: Hash = row.get(5).map_err(failed)?;
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
    let left = |commitment: &str| Left::of(connection, seq, commitment).into_text();
    let (event, commitment) = record.into_event_with(at, left);
    let written = Written {
        body,
        hash,
        commitment,
    };
    Ok((Recorded { seq, actor, event }, written))
}

impl From<rusqlite::Error> for ReplayError {
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) {
            Self::Broken(error.to_string())
        } else {
            Self::Unreadable(error.to_string())
        }
    }
}
