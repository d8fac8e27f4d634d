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
    /// What was asked for when the disk failed, since the last time that it did not: after a restart
    /// one of them may be there, wholly, or none.
    doubtful: Vec<Vec<Entry>>,
}

/// What a sound memory still knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// All that was confirmed.
    All,
    /// What was confirmed up to some moment.
    Less,
}

/// So many events and outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Extent {
    events: usize,
    day_starts: usize,
    answered: usize,
}

/// What was confirmed.
#[derive(Clone, Default)]
struct Known {
    events: Vec<Event>,
    /// Where the open day begins.
    day_starts: usize,
    answered: Vec<Answered>,
    /// Ids of requests that were refused and cannot come to be there any more.
    refused: Vec<RequestId>,
    /// What was there after each batch.
    batches: Vec<Extent>,
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
        self.batches.push(Extent {
            events: self.events.len(),
            day_starts: self.day_starts,
            answered: self.answered.len(),
        });
    }

    /// The moment at which exactly this was known.
    fn up_to(&self, open_day: &[Event], answered: &[bool]) -> Option<Extent> {
        let number = answered.iter().filter(|answered| **answered).count();
        let in_order = answered[..number].iter().all(|answered| *answered);
        let empty = Extent::default();
        let mut extents = self.batches.iter().chain([&empty]).copied();
        extents.find(|extent| {
            let same_day = self.events[extent.day_starts..extent.events] == *open_day;
            in_order && extent.answered == number && same_day
        })
    }

    fn refuse(&mut self, batches: &[Vec<Entry>]) {
        let entries = batches.iter().flatten();
        let requests = entries.filter_map(|entry| entry.request.as_ref());
        self.refused.extend(requests.map(|request| request.id));
    }

    fn entries(&self) -> u64 {
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
            doubtful: Vec::new(),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join(FILE_NAME)
    }

    /// Opens it if it is closed.
    pub fn open(&mut self) -> Result<(), OpenError> {
        if self.store.is_none() {
            self.store = Some(Store::open(self.folder.path())?);
            self.settle_doubts();
        }
        Ok(())
    }

    /// Opens it if the disk lets it, and says so.
    pub fn try_open(&mut self) -> bool {
        match self.open() {
            Ok(()) => true,
            Err(error) => {
                assert!(self.disk.has_struck(), "{error}");
                false
            }
        }
    }

    /// How much was confirmed.
    pub fn confirmed(&self) -> usize {
        self.known.answered.len()
    }

    pub fn close(&mut self) {
        self.store = None;
    }

    /// Something that a hall does. A failure of the disk is none of the store, as long as it says so.
    pub fn live(&mut self) {
        if !self.try_open() {
            return;
        }
        match self.chance.below(100) {
            0..=4 => self.close(),
            5..=9 => self.copy_from_the_log(),
            _ => self.append(),
        }
    }

    /// What SQLite does by itself after a thousand pages, and a backup program may do.
    pub fn copy_from_the_log(&self) {
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
                self.nothing_is_doubtful();
            }
            Err(AppendError::NotStored(why)) => {
                assert!(self.disk.has_struck(), "{why}");
                self.doubtful.push(batch);
            }
            Err(conflict) => panic!("{conflict}"),
        }
    }

    /// What was refused before is written over.
    fn nothing_is_doubtful(&mut self) {
        let batches = std::mem::take(&mut self.doubtful);
        self.known.refuse(&batches);
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

    /// Of what was refused, the last may be there after all when the file was opened anew.
    fn settle_doubts(&mut self) {
        let store = self.store.as_ref().expect("it is open");
        let happened = |batch: &Vec<Entry>| {
            let mut requests = batch.iter().filter_map(|entry| entry.request.as_ref());
            let request = requests.next().expect("a request");
            store.answered(&request.id).expect("readable").is_some()
        };
        let doubtful = std::mem::take(&mut self.doubtful).into_iter();
        let (happened, others): (Vec<_>, Vec<_>) = doubtful.partition(happened);
        assert!(happened.len() <= 1, "one stands where the other would");
        happened.iter().for_each(|batch| self.known.take(batch));
        self.known.refuse(&others);
    }

    /// The machine starts again after a disk that lied: says what is wrong, or that the hall knows
    /// all that it once knew, up to some batch. Anything else is a fault that nobody sees.
    pub fn restart_after_lies(&mut self) -> Result<Kept, String> {
        self.close();
        self.disk.lie(0);
        self.disk.restart();
        let mut more = self.known.clone();
        self.doubtful.iter().for_each(|batch| more.take(batch));
        let (events, there) = self.believed(&more)?;
        match more.up_to(&events, &there) {
            Some(extent) if extent.answered >= self.known.answered.len() => Ok(Kept::All),
            Some(_) => Ok(Kept::Less),
            None => Err(self.found_by_a_look()),
        }
    }

    /// The open day as a hall that starts believes it, and which requests it says were answered.
    fn believed(&self, more: &Known) -> Result<(Vec<Event>, Vec<bool>), String> {
        let store = Store::open(self.folder.path()).map_err(|error| error.to_string())?;
        let mut events = Vec::new();
        let replayed = store.replay(|event| events.push(event));
        replayed.map_err(|error| error.to_string())?;
        store.look_beside().map_err(|error| error.to_string())?;
        let there = more.answered.iter().map(|request| {
            let found = store.answered(&request.id);
            let found = found.map_err(|error| error.to_string())?;
            let same = found.as_ref().is_none_or(|found| found == request);
            assert!(same, "another outcome is given out");
            Ok(found.is_some())
        });
        Ok((events, there.collect::<Result<_, String>>()?))
    }

    /// What the look at the whole file finds, which follows every start.
    fn found_by_a_look(&self) -> String {
        let archive = Archive::open_file(&self.path()).expect("readable");
        let verdict = archive.verify(|_| {}).expect("readable");
        assert!(!verdict.is_good(), "nobody sees that something is missing");
        format!("{:?}", verdict.bad)
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
