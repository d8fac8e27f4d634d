//! Reading a day back.

use std::ops::ControlFlow;

use queue::{Event, Moment};
use rusqlite::types::FromSqlError;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::chain::{GENESIS, Hash, Link};
use crate::note::Left;
use crate::old_days::Anchor;
use crate::open::{is_damage, marked_head};
use crate::record::Record;
use crate::{Head, Store, lost, request, vouch};

/// How an entry begins that opens a day.
pub(crate) const OPENS_DAY: &str = r#"{"event":"day_opened""#;

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
    /// What belongs to the open day and stands beside the journal is damaged.
    #[error("the hall's memory is damaged: {0}. Restore the file from a backup.")]
    Beside(String),
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

    /// Looks whether what stands beside the open day is whole: the outcomes that people may ask for again,
    /// whom the hall knows, and where the journal begins. A disk that lied about what it wrote can have
    /// lost them and nothing else.
    ///
    /// # Errors
    /// See [`ReplayError`].
    pub fn look_beside(&self) -> Result<(), ReplayError> {
        match beside_open_day(&self.connection)?.pop() {
            Some(fault) => Err(ReplayError::Beside(fault)),
            None => Ok(()),
        }
    }

    /// Where the open day begins, by its mark; if that cannot be read, by the list of days.
    fn first_of_day(&self) -> rusqlite::Result<u64> {
        let first = |select: &str| self.connection.query_row(select, [], |row| row.get(0));
        first("SELECT day_seq FROM mark")
            .or_else(|_| first("SELECT coalesce(max(first_seq), 1) FROM day"))
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

/// What is wrong beside the journal that a hall stands on today, in words.
pub(crate) fn beside_open_day(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut faults = request::faults_of_last_days(connection)?;
    faults.extend(vouch::faults(connection)?);
    faults.extend(Anchor::read(connection)?.fault(connection)?);
    Ok(faults)
}

/// Gives the entries from `first`, which opens a day, to `take` until it breaks or the journal
/// ends at `head`. Each has been checked when it is given.
pub(crate) fn replay_from(
    connection: &Connection,
    first: u64,
    head: Head,
    mut take: impl FnMut(Recorded) -> ControlFlow<()>,
) -> Result<(), ReplayError> {
    let walked = walk_written(connection, first, head, |written| {
        Ok(take(written.recorded(connection)?))
    });
    walked.map_err(|stopped| match stopped {
        Stopped::Journal(error) | Stopped::Taker(error) => error,
    })
}

/// An entry as it stands in the table, after its hash was found to be right.
pub(crate) struct Written<'a> {
    pub(crate) link: Link<'a>,
    pub(crate) hash: Hash,
}

impl Written<'_> {
    /// What it says.
    pub(crate) fn record(&self) -> Result<Record, ReplayError> {
        Record::from_json(self.link.body)
            .map_err(|error| damaged(self.link.seq, &error.to_string()))
    }

    pub(crate) fn at(&self) -> Moment {
        Moment {
            steady_ms: self.link.steady_ms,
            wall_ms: self.link.wall_ms,
        }
    }

    fn recorded(&self, connection: &Connection) -> Result<Recorded, ReplayError> {
        let seq = self.link.seq;
        let left = |commitment: &str| Left::of(connection, seq, commitment).into_text();
        let (event, _) = self.record()?.into_event_with(self.at(), left);
        let actor = self.link.actor.to_owned();
        Ok(Recorded { seq, actor, event })
    }
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
pub(crate) fn walk_written<E>(
    connection: &Connection,
    first: u64,
    head: Head,
    take: impl FnMut(Written<'_>) -> Result<ControlFlow<()>, E>,
) -> Result<(), Stopped<E>> {
    let empty = head.seq == 0 && first == 1;
    let before = match empty {
        true => GENESIS,
        false => hash_before_day(connection, first)?,
    };
    walk_behind(connection, (first - 1, before), head, take)
}

/// The hash of the entry before the one that opens a day.
fn hash_before_day(connection: &Connection, first: u64) -> Result<Hash, ReplayError> {
    let opens_day = |before: &Hash| {
        with_entry_behind(connection, (first, before), |written| {
            let body = written.link.body;
            Ok(body.starts_with(OPENS_DAY) || lost::is_lost(body))
        })
    };
    let mut before = hash_before(connection, first)?;
    let mut opens = opens_day(&before);
    // It may be the hash of the day before that is damaged, which is none of this day.
    if opens.is_err()
        && let Some(other) = recomputed(connection, first - 1)?
    {
        before = other;
        opens = opens_day(&before);
    }
    match opens? {
        true => Ok(before),
        false => Err(damaged(first, "no day begins there")),
    }
}

/// The same behind an entry, with its hash, wherever that stands.
pub(crate) fn walk_behind<E>(
    connection: &Connection,
    (last, mut before): (u64, Hash),
    head: Head,
    mut take: impl FnMut(Written<'_>) -> Result<ControlFlow<()>, E>,
) -> Result<(), Stopped<E>> {
    let mut expected = last + 1;
    let select = "SELECT seq, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq >= ?1 ORDER BY seq";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query([expected])?;
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => return Err(unreadable(expected, &error).into()),
        };
        let written = checked(connection, row, expected, &before)?;
        before = written.hash;
        if take(written).map_err(Stopped::Taker)?.is_break() {
            return Ok(());
        }
        expected += 1;
    }
    if expected == head.seq + 1 && before == head.hash {
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
    with_entry(connection, seq, |written| written.recorded(connection))
}

/// What an entry says, if it is the one that was written.
pub(crate) fn record_of(connection: &Connection, seq: u64) -> Result<Record, ReplayError> {
    with_entry(connection, seq, |written| written.record())
}

fn with_entry<T>(
    connection: &Connection,
    seq: u64,
    take: impl FnOnce(Written<'_>) -> Result<T, ReplayError>,
) -> Result<T, ReplayError> {
    let before = hash_before(connection, seq)?;
    with_entry_behind(connection, (seq, &before), take)
}

pub(crate) fn with_entry_behind<T>(
    connection: &Connection,
    (seq, before): (u64, &Hash),
    take: impl FnOnce(Written<'_>) -> Result<T, ReplayError>,
) -> Result<T, ReplayError> {
    with_row(connection, seq, |row| {
        take(checked(connection, row, seq, before)?)
    })
}

/// Gives the row of an entry to `take`, as it stands in the file.
pub(crate) fn with_row<T>(
    connection: &Connection,
    seq: u64,
    take: impl FnOnce(&Row<'_>) -> Result<T, ReplayError>,
) -> Result<T, ReplayError> {
    let select = "SELECT seq, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq = ?1";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query([seq])?;
    let row = rows.next().map_err(|error| unreadable(seq, &error))?;
    take(row.ok_or_else(|| damaged(seq, "it is missing"))?)
}

pub(crate) fn hash_before(connection: &Connection, seq: u64) -> Result<Hash, ReplayError> {
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
    let anchor = || {
        let anchor = Anchor::read(connection).ok();
        anchor.filter(|anchor| anchor.seq == seq)
    };
    let hash = hash.or_else(|| anchor().map(|anchor| anchor.hash));
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
pub(crate) fn unreadable(seq: u64, error: &rusqlite::Error) -> ReplayError {
    if is_damage(error) {
        damaged(seq, &format!("it cannot be read: {error}"))
    } else {
        ReplayError::Unreadable(error.to_string())
    }
}

/// The entry in a row, if its hash is right behind the one with the hash `before`; or what stands for a
/// lost one, if another entry says that it is.
pub(crate) fn checked<'a>(
    connection: &Connection,
    row: &'a Row<'_>,
    expected: u64,
    before: &Hash,
) -> Result<Written<'a>, ReplayError> {
    let link = link_in(row, expected)?;
    let failed = |error: rusqlite::Error| unreadable(expected, &error);
    let stored: Hash = row.get(5).map_err(failed)?;
    if lost::is_lost(link.body) {
        let hash = stored;
        return match lost::proof(connection, &link, &hash) {
            Some(_) => Ok(Written { link, hash }),
            None => Err(damaged(expected, lost::UNPROVED)),
        };
    }
    let hash = link.hash(before);
    if hash != stored {
        return Err(damaged(expected, "its hash is not that of what it says"));
    }
    Ok(Written { link, hash })
}

/// The entry in a row without its hash.
pub(crate) fn link_in<'a>(row: &'a Row<'_>, expected: u64) -> Result<Link<'a>, ReplayError> {
    let failed = |error: rusqlite::Error| unreadable(expected, &error);
    let unread = |error: FromSqlError| damaged(expected, &format!("it cannot be read: {error}"));
    let seq: u64 = row.get(0).map_err(failed)?;
    if seq != expected {
        return Err(damaged(expected, "it is missing"));
    }
    Ok(Link {
        seq,
        steady_ms: row.get(1).map_err(failed)?,
        wall_ms: row.get(2).map_err(failed)?,
        actor: row.get_ref(3).map_err(failed)?.as_str().map_err(unread)?,
        body: row.get_ref(4).map_err(failed)?.as_str().map_err(unread)?,
    })
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

#[cfg(test)]
mod tests {
    use queue::{Date, Happening};

    use super::*;
    use crate::{Entry, salvage};

    /// A memory with two entries.
    fn hall(folder: &std::path::Path) -> Store {
        let mut store = Store::open(folder).unwrap();
        let opened = Happening::DayOpened {
            day: Date::new(2026, 11, 22),
            turns_at_steady_ms: 86_400_000,
        };
        let events = [opened, Happening::RollEnded].map(|what| Event {
            at: Moment {
                steady_ms: 1,
                wall_ms: 2,
            },
            what,
        });
        let entry = Entry {
            actor: "hall".to_owned(),
            events: events.to_vec(),
            changes: Vec::new(),
            request: None,
        };
        store.append(0, &[entry]).unwrap();
        store
    }

    /// What is there is good, and nobody may say otherwise for it.
    #[test]
    fn a_file_that_cannot_be_read_just_now_is_not_taken_for_a_damaged_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = hall(folder.path());
        let connection = &store.connection;
        assert_eq!(store.last_moment().unwrap().wall_ms, 2);
        // What is asked here once is asked again without being prepared.
        assert!(salvage::proved_hash(connection, 1).unwrap().is_some());
        // While one statement is not at its end, all that begin are interrupted with it.
        let mut select = connection.prepare("SELECT seq FROM journal").unwrap();
        let mut rows = select.query([]).unwrap();
        rows.next().unwrap();
        connection.get_interrupt_handle().interrupt();

        let passing = |error: ReplayError| !error.is_damage();
        assert!(store.last_moment().is_err_and(passing));
        assert!(store.replay(|_| {}).is_err_and(passing));
        assert!(store.look_beside().is_err_and(passing));
        assert!(entry(connection, 1).is_err_and(passing));
        let passing = |error: rusqlite::Error| !is_damage(&error);
        assert!(marked_head(connection).is_err_and(passing));
        assert!(recomputed(connection, 1).is_err_and(passing));
        assert!(salvage::proved_hash(connection, 1).is_err_and(passing));
    }
}
