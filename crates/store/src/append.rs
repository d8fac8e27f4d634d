//! Writing down what happened: one batch, one transaction, one fsync.

use queue::{Event, Happening};
use rusqlite::{Connection, OptionalExtension, params};

use crate::chain::Link;
use crate::open::read_head;
use crate::record::Record;
use crate::{Head, Store};

/// A request id, as the sixteen bytes of its UUID.
pub type RequestId = [u8; 16];

/// What one request, or the turn of the day, led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Who did it, such as `counter:desk-3`.
    pub actor: String,
    /// What happened; empty if it was refused.
    pub events: Vec<Event>,
    /// The request and its outcome; `None` for what the hall does by itself.
    pub request: Option<Answered>,
}

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

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The journal has moved: the caller's state is not that of the file.
    #[error("the journal stands at {head}, and not at {expected}")]
    Conflict {
        /// Where the caller thought it stood.
        expected: u64,
        /// Where it stands.
        head: u64,
    },
    /// The disk is full or fails. The file is as it was before.
    #[error("it could not be written down: {0}")]
    NotStored(String),
}

impl Store {
    /// Appends a batch behind entry `expected_seq`, in one transaction that is on disk when this
    /// returns, and gives the new end of the journal.
    ///
    /// # Errors
    /// See [`AppendError`]; none of the batch is stored then.
    pub fn append(&mut self, expected_seq: u64, batch: &[Entry]) -> Result<u64, AppendError> {
        if expected_seq != self.head.seq {
            return Err(AppendError::Conflict {
                expected: expected_seq,
                head: self.head.seq,
            });
        }
        match write(&mut self.connection, self.head, batch) {
            Ok(head) => {
                self.head = head;
                Ok(head.seq)
            }
            Err(error) => self.settle(expected_seq, batch, &error),
        }
    }

    /// The outcome of a request id and the act that it was for, if it has been answered.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn answered(&self, id: &RequestId) -> Result<Option<Answered>, AppendError> {
        let find = "SELECT act, outcome FROM request WHERE id = ?1";
        let found = self
            .connection
            .prepare_cached(find)
            .and_then(|mut statement| {
                let read = |row: &rusqlite::Row<'_>| {
                    Ok(Answered {
                        id: *id,
                        act: row.get(0)?,
                        outcome: row.get(1)?,
                    })
                };
                statement.query_row([&id[..]], read).optional()
            });
        found.map_err(|error| AppendError::NotStored(error.to_string()))
    }

    /// After a failed commit it is the file that says whether the batch is in it.
    fn settle(
        &mut self,
        expected: u64,
        batch: &[Entry],
        error: &rusqlite::Error,
    ) -> Result<u64, AppendError> {
        let reason = error.to_string();
        let head = read_head(&self.connection)
            .map_err(|again| AppendError::NotStored(format!("{reason}; {again}")))?;
        let written: usize = batch.iter().map(|entry| entry.events.len()).sum();
        let done = written > 0 && head.seq == expected + written as u64;
        self.head = head;
        if done {
            Ok(head.seq)
        } else {
            Err(AppendError::NotStored(reason))
        }
    }
}

fn write(connection: &mut Connection, mut head: Head, batch: &[Entry]) -> rusqlite::Result<Head> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for entry in batch {
        for event in &entry.events {
            head = write_event(&transaction, head, &entry.actor, event)?;
        }
        if let Some(answered) = &entry.request {
            let insert = "INSERT INTO request (id, act, outcome) VALUES (?1, ?2, ?3)";
            let mut statement = transaction.prepare_cached(insert)?;
            statement.execute(params![&answered.id[..], answered.act, answered.outcome])?;
        }
    }
    transaction.commit()?;
    Ok(head)
}

fn write_event(
    connection: &Connection,
    head: Head,
    actor: &str,
    event: &Event,
) -> rusqlite::Result<Head> {
    let body = Record::from(&event.what).to_json();
    let seq = head.seq + 1;
    let (steady_ms, wall_ms) = (event.at.steady_ms, event.at.wall_ms);
    let hash = Link {
        seq,
        steady_ms,
        wall_ms,
        actor,
        body: &body,
    }
    .hash(&head.hash);
    let insert = "INSERT INTO journal (seq, steady_ms, wall_ms, actor, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(insert)?.execute(params![
        seq,
        steady_ms,
        wall_ms,
        actor,
        body,
        &hash[..]
    ])?;
    if matches!(event.what, Happening::DayOpened { .. }) {
        connection
            .prepare_cached("UPDATE open_day SET seq = ?1")?
            .execute([seq])?;
    }
    Ok(Head { seq, hash })
}
