//! Writing down what happened: one batch, one transaction, one fsync.

use queue::{Date, Event, Happening};
use rusqlite::{Connection, params};

use crate::appointment::book;
use crate::chain::Link;
use crate::open::read_head;
use crate::record::Record;
use crate::request::{self, RequestRow};
use crate::{Answered, Appointment, Head, Store};

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

pub(crate) fn not_stored(error: rusqlite::Error) -> AppendError {
    AppendError::NotStored(error.to_string())
}

fn write(connection: &mut Connection, mut head: Head, batch: &[Entry]) -> rusqlite::Result<Head> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for entry in batch {
        for event in &entry.events {
            head = write_event(&transaction, head, &entry.actor, event)?;
        }
        if let Some(answered) = &entry.request {
            let row = RequestRow::new(answered.clone(), head.seq);
            row.insert(&transaction)?;
            request::add(&mut head.requests, &row);
        }
    }
    transaction
        .prepare_cached("UPDATE mark SET head_seq = ?1, head_hash = ?2, requests = ?3")?
        .execute(params![head.seq, head.hash, head.requests])?;
    transaction.commit()?;
    Ok(head)
}

fn write_event(
    connection: &Connection,
    head: Head,
    actor: &str,
    event: &Event,
) -> rusqlite::Result<Head> {
    let body = Record::from(event).to_json();
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
    note(connection, seq, &event.what)?;
    Ok(Head { seq, hash, ..head })
}

/// Notes what is looked up beside the journal.
pub(crate) fn note(connection: &Connection, seq: u64, what: &Happening) -> rusqlite::Result<()> {
    match what {
        Happening::DayOpened { day, .. } => open_day(connection, seq, *day)?,
        Happening::Booked {
            appointment,
            service,
            class,
            slot_wall_ms,
        } => book(
            connection,
            &Appointment {
                code: appointment.to_string(),
                service: service.clone(),
                class: class.clone(),
                slot_wall_ms: *slot_wall_ms,
                booked_seq: seq,
            },
        )?,
        _ => {}
    }
    Ok(())
}

/// Notes where a day begins. A day is opened once; were it opened again, its first opening stays
/// the place where it is found.
fn open_day(connection: &Connection, seq: u64, day: Date) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE mark SET day_seq = ?1")?
        .execute([seq])?;
    connection
        .prepare_cached("INSERT OR IGNORE INTO day (date, first_seq) VALUES (?1, ?2)")?
        .execute(params![day.yyyymmdd(), seq])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::{CounterNumber, Moment};

    fn entry(id: u8, clerk: &str) -> Entry {
        let what = Happening::SignedIn {
            counter: CounterNumber(1),
            clerk: clerk.to_owned(),
        };
        let at = Moment {
            steady_ms: 1,
            wall_ms: 1,
        };
        Entry {
            actor: "counter:desk-1".to_owned(),
            events: vec![Event { at, what }],
            request: Some(Answered {
                id: [id; 16],
                act: b"sign in".to_vec(),
                outcome: "done".to_owned(),
            }),
        }
    }

    fn allow_pages(store: &Store, pages: u32) {
        let allowed =
            store
                .connection
                .pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, u32>(0));
        allowed.unwrap();
    }

    #[test]
    fn on_a_full_disk_nothing_is_left_behind_and_with_room_it_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        store.append(0, &[entry(1, "王芳")]).unwrap();
        allow_pages(&store, 1);
        let batch = [entry(2, "李强"), entry(3, &"长".repeat(20_000))];
        let refused = store.append(1, &batch).unwrap_err();
        assert!(
            matches!(&refused, AppendError::NotStored(why) if why.contains("full")),
            "{refused}"
        );
        assert_eq!((store.seq(), store.answered(&[2; 16]).unwrap()), (1, None));

        allow_pages(&store, u32::MAX);
        assert_eq!(store.append(1, &batch).unwrap(), 3);
        assert_eq!(store.answered(&[3; 16]).unwrap(), batch[1].request);
    }
}
