//! The whole journal held against its chain, from the first entry to the marked end, and what stands
//! beside it against what the entries say. It reads on behind a bad place, so that all are found.

mod beside;
mod walk;

use std::fmt;
use std::thread;

use queue::Date;
use rusqlite::Connection;

use crate::archive;
use crate::note::Deletion;
use crate::{Archive, OldDays, ReplayError};
pub(crate) use walk::{Place, Walk, days_listed, is_held_against_something};

/// Bad places that are named. A file with more of them is not mended by reading the list.
const MOST_NAMED: usize = 1_000;

/// What a whole journal is worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that are what was written.
    pub entries: u64,
    /// Entries that an earlier restore could not bring back: that they are lost stands in their places, and
    /// an entry at what was the end then says so.
    pub entries_lost: u64,
    /// The days that begin with a good entry, in order.
    pub days: Vec<Date>,
    /// Requests whose outcome is what was written.
    pub requests: u64,
    /// Requests of the first halls, which wrote no checksum: nobody can say.
    pub requests_unknown: u64,
    /// Texts that are what was written.
    pub notes: u64,
    /// Entries whose text was deleted.
    pub notes_deleted: u64,
    /// The last deletion of texts.
    pub deletion: Option<Deletion>,
    /// The last deletion of old days, by its entry.
    pub old_days: Option<OldDays>,
    /// Entries of halls before schema 4 in which typed texts stand: those cannot be deleted without
    /// their day.
    pub texts_in_entries: u64,
    /// The bad places, in the order in which they were found; the first thousand.
    pub bad: Vec<Bad>,
    /// Bad places that are not named.
    pub more_bad: u64,
    /// The first entry at which the chain itself breaks, and why.
    pub(crate) breaks_at: Option<(u64, String)>,
    /// The first of them in the day that is open, or beside it: what a hall does next would stand on it.
    pub in_open_day: Option<Bad>,
}

/// A bad place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The first and the last journal entry; `None` of what is beside the journal.
    pub entries: Option<(u64, u64)>,
    /// The day in which they stand, if it is known.
    pub day: Option<Date>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entries {
            None => write!(f, "beside the journal")?,
            Some((first, last)) if first == last => write!(f, "entry {first}")?,
            Some((first, last)) => write!(f, "entries {first} to {last}")?,
        }
        if let Some(day) = self.day {
            write!(f, " of {day}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.bad.is_empty() && self.more_bad == 0
    }

    fn names(&self, seq: u64) -> bool {
        let places = self.bad.iter().filter_map(|bad| bad.entries);
        places
            .into_iter()
            .any(|(first, last)| (first..=last).contains(&seq))
    }

    /// Entries next to each other with the same fault are one place.
    fn note(&mut self, bad: Bad) {
        if let (Some(last), Some((first_seq, last_seq))) = (self.bad.last_mut(), bad.entries)
            && let Some((_, end)) = &mut last.entries
            && *end + 1 == first_seq
            && (last.day, &last.what) == (bad.day, &bad.what)
        {
            *end = last_seq;
        } else if self.bad.len() < MOST_NAMED {
            self.bad.push(bad);
        } else {
            self.more_bad += 1;
        }
    }

    fn note_beside(&mut self, what: String) {
        let (entries, day) = (None, None);
        self.note(Bad { entries, day, what });
    }

    /// What the open day stands on too.
    fn note_beside_today(&mut self, what: String) {
        let (entries, day) = (None, None);
        let bad = Bad { entries, day, what };
        self.in_open_day.get_or_insert_with(|| bad.clone());
        self.note(bad);
    }

    /// Takes in what was found beside the journal.
    pub(crate) fn add(&mut self, beside: Self) {
        self.requests += beside.requests;
        self.requests_unknown += beside.requests_unknown;
        self.in_open_day = self.in_open_day.take().or(beside.in_open_day);
        beside.bad.into_iter().for_each(|bad| self.note(bad));
        self.more_bad += beside.more_bad;
    }
}

impl Archive {
    /// Reads everything and says what is wrong with it. `seen` is told of every entry.
    ///
    /// # Errors
    /// If the file says nothing at all.
    pub fn verify(&self, mut seen: impl FnMut(u64)) -> Result<Verdict, ReplayError> {
        // All is of the same instant, whatever the hall writes meanwhile.
        let snapshot = self.connection().unchecked_transaction()?;
        let mut verdict = journal_of(&snapshot, &mut seen)?;
        verdict.add(requests_of(&snapshot));
        Ok(verdict)
    }

    /// [`Archive::verify`] with two processors: the requests are read at the same time, on a
    /// connection of their own, and then the pages are held against each other. What stands in them
    /// can be good and still not be found by its key.
    ///
    /// # Errors
    /// If the file says nothing at all.
    pub fn verify_by_two(&self, mut seen: impl FnMut(u64)) -> Result<Verdict, ReplayError> {
        let other = archive::open(self.path());
        thread::scope(|scope| {
            let beside = other.ok().map(|(other, _)| {
                scope.spawn(move || {
                    let snapshot = other.unchecked_transaction();
                    snapshot.map(|snapshot| {
                        let mut verdict = requests_of(&snapshot);
                        beside::check_pages(&snapshot, &mut verdict);
                        verdict
                    })
                })
            });
            let snapshot = self.connection().unchecked_transaction()?;
            let mut verdict = journal_of(&snapshot, &mut seen)?;
            let beside = beside.and_then(|beside| beside.join().ok()?.ok());
            verdict.add(beside.unwrap_or_else(|| requests_of(&snapshot)));
            Ok(verdict)
        })
    }
}

fn journal_of(snapshot: &Connection, seen: &mut impl FnMut(u64)) -> Result<Verdict, ReplayError> {
    let mut walk = Walk::new(snapshot)?;
    walk.all(seen);
    let mut verdict = walk.into_verdict();
    beside::check_notes(snapshot, &mut verdict);
    Ok(verdict)
}

/// What the requests of a file are worth.
pub(crate) fn requests_of(connection: &Connection) -> Verdict {
    let mut verdict = Verdict::default();
    if let Err(error) = beside::check_requests(connection, &mut verdict) {
        verdict.note_beside(format!("the requests cannot be read to the end: {error}"));
    }
    verdict
}
