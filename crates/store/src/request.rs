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
    let sum = row.sum.unwrap_or_default();
    all.iter_mut().zip(sum).for_each(|(all, one)| *all ^= one);
}

/// An id as people write it.
pub(crate) fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
