//! A store that is written to while its disk fails, and what it must know afterwards.

use std::path::PathBuf;

use queue::Event;
use rusqlite::Connection;
use store::{Answered, AppendError, Archive, Entry, FILE_NAME, OpenError, RequestId, Store};
use tempfile::TempDir;

use super::disk::{Chance, Disk};
use super::sample::{DAY, day_opened, event, issued};

/// One life of a disk, with everything that was confirmed.
pub struct Life {
    pub disk: Disk,
    folder: TempDir,
    pub chance: Chance,
    store: Option<Store>,
    known: Known,
    /// What was asked for when the disk failed: it happened wholly or not at all.
    doubtful: Option<Vec<Entry>>,
}

/// What was confirmed.
#[derive(Clone, Default)]
pub struct Known {
    events: Vec<Event>,
    /// Where the open day begins.
    day_starts: usize,
    answered: Vec<Answered>,
    /// Ids that were told that nothing was stored.
    refused: Vec<RequestId>,
    last_id: u64,
    last_day: u32,
}

impl Known {
    fn take(&mut self, batch: &[Entry]) {
        for entry in batch {
            for event in &entry.events {
                if matches!(event.what, queue::Happening::DayOpened { .. }) {
                    self.day_starts = self.events.len();
                }
                self.events.push(event.clone());
            }
            self.answered.extend(entry.request.clone());
        }
    }

    pub fn entries(&self) -> u64 {
        self.events.len() as u64
    }
}

impl Life {
    pub fn begin(seed: u64) -> Self {
        Self {
            disk: Disk::mount(seed),
            folder: TempDir::new().expect("a folder"),
            chance: Chance::new(!seed),
            store: None,
            known: Known::default(),
            doubtful: None,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join(FILE_NAME)
    }

    /// Opens it if it is closed.
    pub fn open(&mut self) -> Result<(), OpenError> {
        if self.store.is_none() {
            self.store = Some(Store::open(self.folder.path())?);
        }
        Ok(())
    }

    pub fn close(&mut self) {
        self.store = None;
    }

    /// Something that a hall does. A failure of the disk is none of the store, as long as it says so.
    pub fn live(&mut self) {
        if let Err(error) = self.open() {
            assert!(self.disk.has_struck(), "{error}");
            return;
        }
        match self.chance.below(100) {
            0..=4 => self.close(),
            5..=9 => self.copy_from_the_log(),
            _ => self.append(),
        }
    }

    /// What SQLite does by itself after a thousand pages, and a backup program may do.
    fn copy_from_the_log(&self) {
        let how = if self.chance.clone().percent(50) {
            "PASSIVE"
        } else {
            "TRUNCATE"
        };
        let done = Connection::open(self.path()).and_then(|other| {
            other.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(()))
        });
        if let Err(error) = done {
            assert!(self.disk.has_struck(), "{error}");
        }
    }

    pub fn append(&mut self) {
        let batch = self.batch();
        let store = self.store.as_mut().expect("it is open");
        assert_eq!(store.seq(), self.known.entries());
        match store.append(store.seq(), &batch) {
            Ok(seq) => {
                self.known.take(&batch);
                assert_eq!(seq, self.known.entries());
            }
            Err(AppendError::NotStored(why)) => {
                assert!(self.disk.has_struck(), "{why}");
                self.not_stored(batch);
            }
            Err(conflict) => panic!("{conflict}"),
        }
    }

    /// A living hall says to its clients that it did not happen, so it must not have.
    fn not_stored(&mut self, batch: Vec<Entry>) {
        if self.disk.is_down() {
            self.doubtful = Some(batch);
            return;
        }
        let ids = batch.iter().filter_map(|entry| entry.request.as_ref());
        self.known.refused.extend(ids.map(|request| request.id));
    }

    /// One to four requests with what they lead to; now and then a day turns.
    fn batch(&mut self) -> Vec<Entry> {
        let turn = self.known.events.is_empty() || self.chance.percent(4);
        let mut batch = Vec::new();
        if turn {
            self.known.last_day += 1;
            let opened = event(day_opened(DAY + self.known.last_day % 9));
            batch.push(super::sample::entry(vec![opened]));
        }
        let requests = 1 + self.chance.below(4);
        batch.extend((0..requests).map(|_| self.request()));
        batch
    }

    fn request(&mut self) -> Entry {
        self.known.last_id += 1;
        let number = self.known.last_id;
        let events = (0..self.chance.below(4))
            .map(|_| event(issued(number as u32, "A", number as u32, "ordinary")));
        let mut id = RequestId::default();
        id[..8].copy_from_slice(&number.to_be_bytes());
        let act = vec![number as u8; self.chance.below(200) as usize];
        let outcome = format!("outcome {number}");
        Entry {
            actor: "kiosk:kiosk-1".to_owned(),
            events: events.collect(),
            changes: Vec::new(),
            request: Some(Answered { id, act, outcome }),
        }
    }

    /// The machine starts again; what was confirmed must be there, and what was not wholly or not
    /// at all.
    pub fn restart(&mut self) {
        self.close();
        self.disk.restart();
        self.look();
    }

    /// Opens it and holds what it knows against what was confirmed.
    pub fn look(&mut self) {
        self.open().expect("it opens after any fault that is over");
        let store = self.store.as_ref().expect("it is open");
        if let Some(batch) = self.doubtful.take() {
            let mut more = self.known.clone();
            more.take(&batch);
            let first = batch
                .iter()
                .find_map(|entry| entry.request.as_ref())
                .expect("a request");
            let happened = store.answered(&first.id).expect("readable").is_some();
            if happened {
                self.known = more;
            } else {
                let ids = batch.iter().filter_map(|entry| entry.request.as_ref());
                self.known.refused.extend(ids.map(|request| request.id));
            }
        }
        assert_eq!(
            store.seq(),
            self.known.entries(),
            "nothing is lost, nothing is half there"
        );
        let replayed = super::sample::replayed(store);
        assert_eq!(
            replayed,
            self.known.events[self.known.day_starts..],
            "the open day"
        );
        self.the_last_requests_are_known();
    }

    fn the_last_requests_are_known(&self) {
        let store = self.store.as_ref().expect("it is open");
        for request in self.known.answered.iter().rev().take(8) {
            let found = store.answered(&request.id).expect("readable");
            assert_eq!(
                found.as_ref(),
                Some(request),
                "a confirmed request has its outcome"
            );
        }
        for id in self.known.refused.iter().rev().take(8) {
            let found = store.answered(id).expect("readable");
            assert_eq!(found, None, "what was refused can be asked again");
        }
    }

    /// Everything, from the first entry to the last, through other eyes.
    pub fn end(&mut self) {
        self.look();
        self.close();
        let file = Connection::open(self.path()).expect("a database");
        let sound: String = file
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("readable");
        assert_eq!(sound, "ok");
        let archive = Archive::open_file(&self.path()).expect("readable");
        let verdict = archive.verify(|_| {}).expect("readable");
        assert!(verdict.is_good(), "{verdict:?}");
        assert_eq!(verdict.entries, self.known.entries());
        assert_eq!(verdict.requests, self.known.answered.len() as u64);
        for request in &self.known.answered {
            let found: String = file
                .query_row(
                    "SELECT outcome FROM request WHERE id = ?1",
                    [&request.id[..]],
                    |row| row.get(0),
                )
                .expect("each confirmed request is there");
            assert_eq!(found, request.outcome);
        }
    }
}
