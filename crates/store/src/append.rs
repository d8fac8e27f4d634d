//! Writing down what happened: one batch, one transaction, one fsync.

use queue::{Date, Event, Happening, Moment};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, params};

use crate::appointment::book;
use crate::chain::Link;
use crate::note::Note;
use crate::open::read_head;
use crate::record::{Record, TextRecord, TrustedRecord};
use crate::request::{self, RequestRow, Sum};
use crate::{Answered, Appointment, Change, Head, Store, reserve, vouch};

/// What one request, or the turn of the day, led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Who did it, such as `counter:desk-3`.
    pub actor: String,
    /// What happened; empty if it was refused.
    pub events: Vec<Event>,
    /// Whom the hall knows from now on, and whom no more; an event says so.
    pub changes: Vec<Change>,
    /// The request and its outcome; `None` for what the hall does by itself.
    pub request: Option<Answered>,
}

impl Entry {
    /// The event that says what changed about whom the hall knows.
    fn says(&self) -> Option<usize> {
        let is_note = |event: &Event| matches!(event.what, Happening::Noted { .. });
        self.events.iter().rposition(is_note)
    }
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
    /// The disk is full or fails. The file is as it was before; where even that cannot be read,
    /// what is in it shows when it is read back.
    #[error("it could not be written down: {0}")]
    NotStored(String),
}

/// A transaction that failed.
struct Failed {
    error: rusqlite::Error,
    /// Where the journal stands if it was committed all the same; `None` if it never got so far.
    intended: Option<Head>,
}

impl From<rusqlite::Error> for Box<Failed> {
    fn from(error: rusqlite::Error) -> Self {
        let intended = None;
        Self::new(Failed { error, intended })
    }
}

impl Store {
    /// Appends a batch behind entry `expected_seq`, in one transaction that is on disk when this
    /// returns, and gives the new end of the journal. On a full disk the reserve is given up for it.
    ///
    /// # Errors
    /// See [`AppendError`]; none of the batch is stored then.
    pub fn append(&mut self, expected_seq: u64, batch: &[Entry]) -> Result<u64, AppendError> {
        let head = self.head.get();
        if expected_seq != head.seq {
            return Err(AppendError::Conflict {
                expected: expected_seq,
                head: head.seq,
            });
        }
        let unsaid = batch
            .iter()
            .any(|entry| !entry.changes.is_empty() && entry.says().is_none());
        if unsaid {
            let why = "whom the hall knows changes with an event that says so, and there is none";
            return Err(AppendError::NotStored(why.to_owned()));
        }
        let mut written = self.write(head, batch);
        if matches!(&written, Err(failed) if is_full(&failed.error)) && reserve::give_up(&self.path)
        {
            written = self.write(head, batch);
        }
        match written {
            Ok(head) => {
                self.head.set(head);
                Ok(head.seq)
            }
            Err(failed) => self.settle(&failed),
        }
    }

    fn write(&mut self, head: Head, batch: &[Entry]) -> Result<Head, Box<Failed>> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let head = fill(&transaction, head, batch)?;
        match transaction.commit() {
            Ok(()) => Ok(head),
            Err(error) => Err(Box::new(Failed {
                error,
                intended: Some(head),
            })),
        }
    }

    /// After a failed commit it is the file that says whether the batch is in it.
    fn settle(&self, failed: &Failed) -> Result<u64, AppendError> {
        let reason = failed.error.to_string();
        let head = read_head(&self.connection)
            .map_err(|again| AppendError::NotStored(format!("{reason}; {again}")))?;
        self.head.set(head);
        if failed.intended == Some(head) {
            Ok(head.seq)
        } else {
            Err(AppendError::NotStored(reason))
        }
    }
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

pub(crate) fn not_stored(error: rusqlite::Error) -> AppendError {
    AppendError::NotStored(error.to_string())
}

/// Writes a batch and the new end of the journal into a transaction.
fn fill(transaction: &Transaction<'_>, mut head: Head, batch: &[Entry]) -> rusqlite::Result<Head> {
    for entry in batch {
        let mut said = says(transaction, head, entry)?;
        for (place, event) in entry.events.iter().enumerate() {
            let mut record = Record::from(event);
            if let (Record::Noted { trusted, .. }, Some((says, _))) = (&mut record, &said)
                && *says == place
            {
                *trusted = said.take().map(|(_, said)| said);
                head.trusted_seq = head.seq + 1;
            }
            seal(transaction, head.seq + 1, &mut record)?;
            list(
                transaction,
                head.seq + 1,
                &event.what,
                &mut head.day_requests,
            )?;
            head = write_record(transaction, head, (&entry.actor, event.at), &record)?;
        }
        if let Some(answered) = &entry.request {
            let row = RequestRow::new(answered.clone(), head.seq);
            row.insert(transaction)?;
            request::add(&mut head.requests, &row);
            request::add(&mut head.day_requests, &row);
        }
    }
    head.mark(transaction)?;
    Ok(head)
}

/// Makes the changes of an entry, and gives which of its events has to say what of them.
fn says(
    connection: &Connection,
    head: Head,
    entry: &Entry,
) -> rusqlite::Result<Option<(usize, TrustedRecord)>> {
    let Some(place) = entry.says().filter(|_| !entry.changes.is_empty()) else {
        return Ok(None);
    };
    let seq = head.seq + 1 + place as u64;
    Ok(Some((place, vouch::take(connection, &entry.changes, seq)?)))
}

/// Writes the next entry of the journal.
pub(crate) fn write_record(
    connection: &Connection,
    head: Head,
    (actor, at): (&str, Moment),
    record: &Record,
) -> rusqlite::Result<Head> {
    let seq = head.seq + 1;
    let body = record.to_json();
    let (steady_ms, wall_ms) = (at.steady_ms, at.wall_ms);
    let link = Link {
        seq,
        steady_ms,
        wall_ms,
        actor,
        body: &body,
    };
    let hash = link.hash(&head.hash);
    link.insert(connection, &hash)?;
    Ok(Head { seq, hash, ..head })
}

/// Puts the text that somebody typed beside the journal, and into the entry what it commits to.
fn seal(connection: &Connection, seq: u64, record: &mut Record) -> rusqlite::Result<()> {
    if let Some(text) = record.text()
        && let TextRecord::Plain(plain) = text
        && !plain.is_empty()
    {
        let note = Note::new(connection, std::mem::take(plain))?;
        note.insert(connection, seq)?;
        let sealed = note.commitment();
        *text = TextRecord::Sealed { sealed };
    }
    Ok(())
}

/// Lists what is looked up beside the journal. `day_requests` is the sum of the open day's requests, which
/// begins anew with a day.
pub(crate) fn list(
    connection: &Connection,
    seq: u64,
    what: &Happening,
    day_requests: &mut Sum,
) -> rusqlite::Result<()> {
    match what {
        Happening::DayOpened { day, .. } => {
            request::close_day(connection, std::mem::take(day_requests))?;
            open_day(connection, seq, *day)?;
        }
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
    use queue::CounterNumber;

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
            changes: Vec::new(),
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

    #[test]
    fn a_full_disk_takes_the_reserve_and_nothing_but_a_full_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        reserve::keep(folder.path()).unwrap();
        assert!(reserve::is_kept(folder.path()));
        store.append(0, &[entry(1, "王芳")]).unwrap();
        let taken = store.append(1, &[entry(1, "李强")]).unwrap_err();
        assert!(matches!(taken, AppendError::NotStored(_)), "{taken}");
        assert!(reserve::is_kept(folder.path()), "the id was used before");
        allow_pages(&store, 1);
        let long = [entry(2, &"长".repeat(20_000))];
        store.append(1, &long).unwrap_err();
        assert!(!reserve::is_kept(folder.path()));
        assert_eq!(store.seq(), 1);
    }
}
