//! How a damaged journal goes on behind a bad place: with the entry as an older backup has it, with what the
//! entry itself says if only its hash is damaged, or behind a gap. An entry is the same wherever it stands, and the
//! chain says whether it is the one that was written.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use queue::{Date, Moment};
use rusqlite::{Connection, OptionalExtension};

use crate::Head;
use crate::chain::Hash;
use crate::lost::Gap;
use crate::open::is_damage;
use crate::replay::{
    OPENS_DAY, ReplayError, Stopped, Written, hash_before, link_in, recomputed, with_entry_behind,
    with_row,
};

/// Up to where a journal is good.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Good {
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
}

impl Good {
    /// Up to the entry before this one, by the hash that stands there.
    pub(crate) fn before(connection: &Connection, seq: u64) -> Result<Self, ReplayError> {
        let hash = hash_before(connection, seq)?;
        Ok(Self { seq: seq - 1, hash })
    }

    /// Gives the next entry to `take`, if it is good in this file.
    pub(crate) fn next<E>(
        &self,
        connection: &Connection,
        take: impl FnOnce(&Written<'_>) -> Result<(), E>,
    ) -> Result<(), Stopped<E>> {
        let behind = (self.seq + 1, &self.hash);
        let taken = with_entry_behind(connection, behind, |written| Ok(take(&written)))?;
        taken.map_err(Stopped::Taker)
    }

    /// Gives the next entry to `take`, if the one behind it proves what it says, or the mark of the
    /// journal's end does: then its own hash is damaged alone. Whether that is so.
    pub(crate) fn next_without_hash<E>(
        &self,
        connection: &Connection,
        head: Head,
        take: impl FnOnce(&Written<'_>) -> Result<(), E>,
    ) -> Result<bool, Stopped<E>> {
        let seq = self.seq + 1;
        let proved = with_row(connection, seq, |row| {
            let link = link_in(row, seq)?;
            let hash = link.hash(&self.hash);
            let proved = match seq == head.seq {
                true => hash == head.hash,
                false => Self { seq, hash }
                    .next(connection, |_| Ok::<_, ()>(()))
                    .is_ok(),
            };
            Ok(proved.then(|| take(&Written { link, hash })))
        })?;
        let taken = proved.transpose().map_err(Stopped::Taker)?;
        Ok(taken.is_some())
    }

    /// The shortest gap behind which the journal goes on, if it lies before entry `open_day`.
    pub(crate) fn gap(
        &self,
        connection: &Connection,
        (days, open_day): (&BTreeMap<Date, u64>, u64),
    ) -> rusqlite::Result<Option<Gap>> {
        let first_seq = self.seq + 1;
        for last_seq in first_seq..open_day {
            if let Some(hash) = proved_hash(connection, last_seq)? {
                return Ok(Some(Gap {
                    first_seq,
                    last_seq,
                    hash,
                    at: written_at(connection, last_seq + 1)?,
                    days: days_of(days, first_seq..=last_seq),
                }));
            }
        }
        Ok(None)
    }
}

/// The days that begin with one of these entries, by the list of days.
pub(crate) fn days_of(days: &BTreeMap<Date, u64>, seqs: RangeInclusive<u64>) -> Vec<(u64, Date)> {
    let begun = days.iter().filter(|(_, first)| seqs.contains(first));
    begun.map(|(day, first)| (*first, *day)).collect()
}

fn written_at(connection: &Connection, seq: u64) -> rusqlite::Result<Moment> {
    let select = "SELECT steady_ms, wall_ms FROM journal WHERE seq = ?1";
    connection.query_row(select, [seq], |row| {
        Ok(Moment {
            steady_ms: row.get(0)?,
            wall_ms: row.get(1)?,
        })
    })
}

/// The hash of an entry as it stands, if the next one was written behind it.
pub(crate) fn proved_hash(connection: &Connection, seq: u64) -> rusqlite::Result<Option<Hash>> {
    let (this, next) = (stored(connection, seq)?, stored(connection, seq + 1)?);
    let proved = next.is_some() && recomputed(connection, seq + 1)? == next;
    Ok(this.filter(|_| proved))
}

fn stored(connection: &Connection, seq: u64) -> rusqlite::Result<Option<Hash>> {
    let select = "SELECT hash FROM journal WHERE seq = ?1";
    let hash = connection
        .prepare_cached(select)?
        .query_row([seq], |row| row.get(0))
        .optional();
    match hash {
        Err(error) if is_damage(&error) => Ok(None),
        read => read,
    }
}

/// The first entry of the last day whose opening is good: that day comes back, so what stands before is of days
/// that are over, on which no hall goes on. 0 if there is none.
pub(crate) fn last_opening(connection: &Connection) -> u64 {
    let select = "SELECT first_seq FROM day UNION SELECT day_seq FROM mark ORDER BY 1 DESC";
    let listed = connection.prepare(select).and_then(|mut select| {
        let listed = select.query_map([], |row| row.get(0))?;
        listed.collect::<rusqlite::Result<Vec<u64>>>()
    });
    let opens = |seq: &u64| {
        let select = "SELECT body FROM journal WHERE seq = ?1";
        let body = connection.query_row(select, [seq], |row| row.get::<_, String>(0));
        let is_good = || matches!((recomputed(connection, *seq), stored(connection, *seq)), (Ok(is), Ok(was)) if is == was);
        body.is_ok_and(|body| body.starts_with(OPENS_DAY)) && is_good()
    };
    let mut listed = listed.unwrap_or_default().into_iter();
    listed.find(opens).unwrap_or(0)
}
