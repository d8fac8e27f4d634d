//! The outcome of every request id. Each row carries a checksum, for no chain goes through this
//! table: a flipped bit would otherwise be given out as an answer.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::append::not_stored;
use crate::{AppendError, Store};

/// A request id, as the sixteen bytes of its UUID.
pub type RequestId = [u8; 16];

/// A request with its one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its id.
    pub id: RequestId,
    /// What was asked, so that an id that comes again with another act is seen. Opaque here.
    pub act: Vec<u8>,
    /// The answer. Opaque here.
    pub outcome: String,
}

/// The first half of the SHA-256 of a row: what is to be found is an accident.
pub(crate) type Sum = [u8; 16];

/// A row as it stands in the table.
pub(crate) struct RequestRow {
    pub(crate) answered: Answered,
    /// The end of the journal when it was answered. The first halls did not note it.
    pub(crate) seq: Option<u64>,
    pub(crate) sum: Option<Sum>,
}

impl RequestRow {
    pub(crate) fn new(answered: Answered, seq: u64) -> Self {
        let sum = Some(sum(&answered, seq));
        let seq = Some(seq);
        Self { answered, seq, sum }
    }

    /// From the columns id, act, outcome, seq and sum.
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            answered: Answered {
                id: row.get(0)?,
                act: row.get(1)?,
                outcome: row.get(2)?,
            },
            seq: row.get(3)?,
            sum: row.get(4)?,
        })
    }

    /// Whether it is what was written. Of rows older than the checksum nobody can say otherwise.
    pub(crate) fn is_good(&self) -> bool {
        match (self.seq, self.sum) {
            (None, None) => true,
            (Some(seq), Some(written)) => written == sum(&self.answered, seq),
            _ => false,
        }
    }

    /// Whether it was not there yet.
    pub(crate) fn insert_if_new(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let is_new = !is_answered(connection, &self.answered.id);
        if is_new {
            self.insert(connection)?;
        }
        Ok(is_new)
    }

    pub(crate) fn insert(&self, connection: &Connection) -> rusqlite::Result<()> {
        let Answered { id, act, outcome } = &self.answered;
        let insert = "INSERT INTO request (id, act, outcome, seq, sum) VALUES (?1, ?2, ?3, ?4, ?5)";
        connection.prepare_cached(insert)?.execute(params![
            &id[..],
            act,
            outcome,
            self.seq,
            self.sum
        ])?;
        Ok(())
    }
}

impl Store {
    /// The outcome of a request id and the act that it was for, if it has been answered.
    ///
    /// # Errors
    /// If the file cannot be read, or the outcome is not the one that was written. Nothing is
    /// answered then: a false "done" would be believed. The hall need not stop for it, for what
    /// happened stands in the journal; who asks again is told that it is not known to be stored.
    pub fn answered(&self, id: &RequestId) -> Result<Option<Answered>, AppendError> {
        let found = find(&self.connection, id).map_err(not_stored)?;
        match found {
            Some(row) if row.is_good() => Ok(Some(row.answered)),
            Some(_) => Err(AppendError::NotStored(format!(
                "the outcome of request {} is damaged. Bring the file back with hall restore",
                hex(id)
            ))),
            None => Ok(None),
        }
    }
}

/// Whether there is an outcome of a request id, whatever it is worth.
pub(crate) fn is_answered(connection: &Connection, id: &RequestId) -> bool {
    let select = connection.prepare_cached("SELECT 1 FROM request WHERE id = ?1");
    select.is_ok_and(|mut select| select.exists([&id[..]]).unwrap_or(false))
}

fn find(connection: &Connection, id: &RequestId) -> rusqlite::Result<Option<RequestRow>> {
    connection
        .prepare_cached("SELECT id, act, outcome, seq, sum FROM request WHERE id = ?1")?
        .query_row([&id[..]], RequestRow::read)
        .optional()
}

/// Lengths stand before texts, so that no two rows hash the same bytes.
fn sum(answered: &Answered, seq: u64) -> Sum {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(answered.id)
        .chain_update(seq.to_le_bytes())
        .chain_update((answered.act.len() as u64).to_le_bytes())
        .chain_update(&answered.act)
        .chain_update((answered.outcome.len() as u64).to_le_bytes())
        .chain_update(&answered.outcome)
        .finalize()
        .into();
    let mut sum = Sum::default();
    sum.copy_from_slice(&hash[..16]);
    sum
}

/// Takes a row into the sum of all, or out of it: without it a missing row would be seen by nobody.
pub(crate) fn add(all: &mut Sum, row: &RequestRow) {
    add_sum(all, row.sum.unwrap_or_default());
}

/// Where the open day begins; what was asked before the first one was opened belongs to it.
const DAY_SEQ: &str = "CASE WHEN EXISTS (SELECT 1 FROM day) THEN day_seq ELSE 0 END";

/// The requests of the open day, or of the one before it: of those somebody asks again.
pub(crate) struct LastDay {
    name: &'static str,
    pub(crate) first_seq: u64,
    /// Where the next day begins.
    pub(crate) end_seq: u64,
    /// What they sum up to.
    pub(crate) sum: Sum,
}

impl LastDay {
    /// Whether an outcome that was given at entry `seq` belongs to it.
    pub(crate) fn has(&self, seq: u64) -> bool {
        (self.first_seq..self.end_seq).contains(&seq)
    }

    /// What is wrong if they sum up to something else.
    pub(crate) fn fault(&self) -> String {
        let name = self.name;
        format!("outcomes of requests of {name} are missing, or were added")
    }
}

/// The last two days by the marks.
pub(crate) fn last_days(connection: &Connection) -> rusqlite::Result<[LastDay; 2]> {
    let select =
        format!("SELECT last_day_seq, last_day_requests, {DAY_SEQ}, day_requests FROM mark");
    connection.query_row(&select, [], |row| {
        let before = LastDay {
            name: "the day before the open one",
            first_seq: row.get(0)?,
            sum: row.get(1)?,
            end_seq: row.get(2)?,
        };
        let open = LastDay {
            name: "the open day",
            first_seq: row.get(2)?,
            sum: row.get(3)?,
            end_seq: u64::MAX >> 1,
        };
        Ok([before, open])
    })
}

/// Which of the last days misses outcomes, in words.
pub(crate) fn faults_of_last_days(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare("SELECT sum FROM request WHERE seq >= ?1 AND seq < ?2")?;
    let mut faults = Vec::new();
    for day in last_days(connection)? {
        let mut all = Sum::default();
        let mut rows = select.query([day.first_seq, day.end_seq])?;
        while let Some(row) = rows.next()? {
            // One without a sum is damaged, and said to be so when it is used.
            add_sum(&mut all, row.get(0).unwrap_or_default());
        }
        if day.sum != all && all_good(connection, &day)? {
            faults.push(day.fault());
        }
    }
    Ok(faults)
}

/// Whether all outcomes of a day that are there are what was written.
fn all_good(connection: &Connection, day: &LastDay) -> rusqlite::Result<bool> {
    let select = "SELECT id, act, outcome, seq, sum FROM request WHERE seq >= ?1 AND seq < ?2";
    let mut select = connection.prepare(select)?;
    let mut rows = select.query([day.first_seq, day.end_seq])?;
    while let Some(row) = rows.next()? {
        if !RequestRow::read(row).is_ok_and(|row| row.is_good()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A day ends with requests that sum up to `sum`: it is the one before the open one now.
pub(crate) fn close_day(connection: &Connection, sum: Sum) -> rusqlite::Result<()> {
    let update = format!("UPDATE mark SET last_day_seq = {DAY_SEQ}, last_day_requests = ?1");
    connection.prepare_cached(&update)?.execute([sum])?;
    Ok(())
}

/// For a file from before these sums: of the day before the open one nothing is known.
pub(crate) fn sum_up_open_day(connection: &Connection) -> rusqlite::Result<()> {
    let mut all = Sum::default();
    let select = "SELECT sum FROM request WHERE seq >= (SELECT day_seq FROM mark)";
    let mut select = connection.prepare(select)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        add_sum(&mut all, row.get(0).unwrap_or_default());
    }
    let update = "UPDATE mark SET day_requests = ?1, last_day_seq = day_seq";
    connection.execute(update, [all])?;
    Ok(())
}

pub(crate) fn add_sum(all: &mut Sum, sum: Sum) {
    all.iter_mut().zip(sum).for_each(|(all, one)| *all ^= one);
}

/// An id as people write it.
pub(crate) fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
