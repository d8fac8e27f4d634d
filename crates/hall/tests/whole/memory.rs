//! The hall's memory as it is, over the disk in memory; and what reads it from elsewhere.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use hall::engine::Journal;
use queue::{Date, Event, Moment};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};
use store::{
    Answered, AppendError, Appointment, DayKey, Entry, FILE_NAME, ReplayError, RequestId, Store,
    Trusted,
};

use crate::plant::{self, Plant};

/// The store itself, with three bugs that can be planted in front of it.
pub struct Memory {
    store: Store,
    held_back: Vec<Entry>,
    keys: Rc<Keys>,
}

/// The keys that were used: a day has one, whoever stops and starts.
#[derive(Debug, Default)]
pub struct Keys {
    used: RefCell<BTreeMap<Date, DayKey>>,
    changed: Cell<Option<Date>>,
}

impl Keys {
    fn used(&self, date: Date, key: DayKey) {
        if *self.used.borrow_mut().entry(date).or_insert(key) != key {
            self.changed.set(Some(date));
        }
    }

    fn forget_before(&self, date: Date) {
        self.used.borrow_mut().retain(|of, _| *of >= date);
    }

    /// What was made with the first key of a day must not be lost.
    pub fn are_kept(&self) -> Result<(), String> {
        match self.changed.get() {
            Some(date) => Err(format!("{date} has another key than the one that was used")),
            None => Ok(()),
        }
    }
}

impl Memory {
    pub fn new(store: Store, keys: Rc<Keys>) -> Self {
        Self {
            store,
            held_back: Vec::new(),
            keys,
        }
    }
}

impl Journal for Memory {
    fn append(&mut self, expected_seq: u64, batch: &[Entry]) -> Result<u64, AppendError> {
        if plant::is(Plant::AnswerBeforeCommit) {
            let late = std::mem::replace(&mut self.held_back, batch.to_vec());
            return self
                .store
                .append(self.store.seq(), &late)
                .map(|_| expected_seq);
        }
        let mut batch = batch.to_vec();
        if plant::is(Plant::OutcomeNotStored) {
            batch.iter_mut().for_each(|entry| entry.request = None);
        }
        if plant::is(Plant::HalfABatch) && batch.len() > 1 {
            batch.truncate(batch.len() / 2);
        }
        self.store.append(expected_seq, &batch)
    }

    fn answered(&self, id: &RequestId) -> Result<Option<Answered>, AppendError> {
        self.store.answered(id)
    }

    fn appointment(&self, code: &str) -> Result<Option<Appointment>, AppendError> {
        self.store.appointment(code)
    }

    /// The store draws a key by chance. It must stay the same; what is handed on is drawn from the date, so
    /// that one seed has one history to the last byte.
    fn day_key(&self, date: Date) -> Result<DayKey, AppendError> {
        let key = self.store.day_key(date)?;
        self.keys.used(date, key);
        Ok(Sha256::digest(date.yyyymmdd().to_le_bytes()).into())
    }

    fn forget_keys_before(&mut self, date: Date) -> Result<(), AppendError> {
        self.keys.forget_before(date);
        self.store.forget_keys_before(date).map(|_| ())
    }

    fn forget_notes_before(&mut self, before: Date, today: Date) -> Result<bool, AppendError> {
        Journal::forget_notes_before(&mut self.store, before, today)
    }

    fn replay(&self, take: &mut dyn FnMut(Event)) -> Result<(), ReplayError> {
        self.store.replay(take)
    }

    fn trusted(&self) -> Result<Trusted, AppendError> {
        Journal::trusted(&self.store)
    }

    fn look_beside(&self) -> Result<(), ReplayError> {
        Journal::look_beside(&self.store)
    }

    fn delete_old_days(&mut self, years: u32, at: Moment) -> Result<(), AppendError> {
        Journal::delete_old_days(&mut self.store, years, at)
    }

    fn seq(&self) -> u64 {
        self.store.seq()
    }
}

/// Somebody who takes the record away as it is written, through a connection of his own: what he
/// has once read must stay true, entry for entry.
pub struct Elsewhere {
    connection: Connection,
}

/// How far he got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Read {
    pub seq: u64,
    pub hash: [u8; 32],
}

impl Elsewhere {
    pub fn open(folder: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = Connection::open_with_flags(folder.join(FILE_NAME), flags)?;
        Ok(Self { connection })
    }

    /// Reads on, and says where the record is no chain of hashes without a gap.
    pub fn read_on(&self, read: &mut Read) -> Result<(), String> {
        let select = "SELECT seq, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq > ?1 ORDER BY seq";
        let mut statement = self.connection.prepare_cached(select).map_err(in_words)?;
        let mut rows = statement.query([read.seq]).map_err(in_words)?;
        while let Some(row) = rows.next().map_err(in_words)? {
            let link = |row: &rusqlite::Row<'_>| -> rusqlite::Result<(u64, [u8; 32], [u8; 32])> {
                let (actor, body): (String, String) = (row.get(3)?, row.get(4)?);
                let (seq, steady_ms, wall_ms): (u64, u64, i64) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                let mut hash = Sha256::new();
                hash.update(read.hash);
                hash.update(seq.to_le_bytes());
                hash.update(steady_ms.to_le_bytes());
                hash.update(wall_ms.to_le_bytes());
                for text in [&actor, &body] {
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text);
                }
                Ok((seq, hash.finalize().into(), row.get(5)?))
            };
            let (seq, computed, stored) = link(row).map_err(in_words)?;
            if seq != read.seq + 1 {
                return Err(format!(
                    "I6: entry {seq} follows entry {} in the record",
                    read.seq
                ));
            }
            if computed != stored {
                return Err(format!(
                    "I4: entry {seq} does not carry the hash of the one before it"
                ));
            }
            *read = Read { seq, hash: stored };
        }
        Ok(())
    }

    /// What was read before a stop is still there.
    pub fn still_has(&self, read: Read) -> Result<(), String> {
        if read.seq == 0 {
            return Ok(());
        }
        let select = "SELECT hash FROM journal WHERE seq = ?1";
        let hash = self
            .connection
            .query_row(select, [read.seq], |row| row.get::<_, [u8; 32]>(0));
        match hash {
            Ok(hash) if hash == read.hash => Ok(()),
            _ => Err(format!(
                "I6: entry {} was read from the record and is not there any more",
                read.seq
            )),
        }
    }

    /// The outcome that is kept of a request.
    pub fn outcome(&self, id: uuid::Uuid) -> Option<String> {
        let select = "SELECT outcome FROM request WHERE id = ?1";
        let id = id.into_bytes();
        self.connection
            .query_row(select, [&id[..]], |row| row.get(0))
            .ok()
    }
}

fn in_words(error: rusqlite::Error) -> String {
    format!("the record cannot be read from elsewhere: {error}")
}
