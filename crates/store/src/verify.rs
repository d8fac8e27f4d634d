//! The whole journal held against its chain, from the first entry to the marked end, and the
//! requests against their checksums. It reads on behind a bad place, so that all are found.

use std::collections::BTreeMap;

use queue::{Date, Event, Happening, Moment};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::chain::{GENESIS, Hash, Link};
use crate::open::read_head;
use crate::record::Record;
use crate::request::{self, RequestRow, Sum, hex};
use crate::{Archive, Head, ReplayError};

/// Bad places that are named. A file with more of them is not mended by reading the list.
const MOST_NAMED: usize = 1_000;

/// Places behind a page that cannot be read which are tried one by one; then the steps double.
const TRIED_ONE_BY_ONE: u64 = 4_096;

/// What a whole journal is worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that are what was written.
    pub entries: u64,
    /// The days that begin with a good entry, in order.
    pub days: Vec<Date>,
    /// Requests whose outcome is what was written.
    pub requests: u64,
    /// Requests of the first halls, which wrote no checksum: nobody can say.
    pub requests_unknown: u64,
    /// The bad places, in the order in which they were found; the first thousand.
    pub bad: Vec<Bad>,
    /// Bad places that are not named.
    pub more_bad: u64,
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
}

impl Archive {
    /// Reads everything and says what is wrong with it. `seen` is told of every entry.
    ///
    /// # Errors
    /// If the file says nothing at all.
    pub fn verify(&self, mut seen: impl FnMut(u64)) -> Result<Verdict, ReplayError> {
        // All is of the same instant, whatever the hall writes meanwhile.
        let snapshot = self.connection().unchecked_transaction()?;
        let head = read_head(&snapshot)?;
        let mut walk = Walk::new(&snapshot, head)?;
        walk.all(&mut seen);
        let mut verdict = walk.verdict;
        if let Err(error) = check_requests(&snapshot, head, &mut verdict) {
            verdict.note_beside(format!("the requests cannot be read to the end: {error}"));
        }
        Ok(verdict)
    }
}

/// The hash that the next entry has before it: as it stands, and as it should.
struct Before {
    stored: Hash,
    computed: Hash,
}

impl Before {
    fn of(hash: Hash) -> Self {
        let (stored, computed) = (hash, hash);
        Self { stored, computed }
    }
}

struct Walk<'a> {
    connection: &'a Connection,
    head: Head,
    expected: u64,
    before: Option<Before>,
    day: Option<Date>,
    day_seq: u64,
    /// Where the days begin by the list of days, less those that were found there.
    days_listed: BTreeMap<Date, u64>,
    verdict: Verdict,
}

impl<'a> Walk<'a> {
    fn new(connection: &'a Connection, head: Head) -> rusqlite::Result<Self> {
        let mut walk = Self {
            connection,
            head,
            expected: 1,
            before: Some(Before::of(GENESIS)),
            day: None,
            day_seq: 1,
            days_listed: BTreeMap::new(),
            verdict: Verdict::default(),
        };
        match days_listed(connection) {
            Ok(listed) => walk.days_listed = listed,
            Err(error) => walk
                .verdict
                .note_beside(format!("the list of days cannot be read: {error}")),
        }
        Ok(walk)
    }

    fn all(&mut self, seen: &mut impl FnMut(u64)) {
        while let Err(error) = self.read_on(seen) {
            let from = self.expected;
            if from > self.head.seq {
                break;
            }
            let next = self.next_readable(from);
            let what = format!("it cannot be read: {error}");
            self.bad(from, next - 1, what);
            self.expected = next;
            self.before = None;
        }
        self.end();
    }

    fn read_on(&mut self, seen: &mut impl FnMut(u64)) -> rusqlite::Result<()> {
        let select = "SELECT seq, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq >= ?1 ORDER BY seq";
        let mut statement = self.connection.prepare(select)?;
        let mut rows = statement.query([self.expected])?;
        while let Some(row) = rows.next()? {
            let seq: u64 = row.get(0)?;
            if seq >= self.expected {
                self.take(seq, row);
                seen(seq);
            } else {
                self.bad(seq, seq, "it stands in a wrong place".to_owned());
            }
        }
        Ok(())
    }

    /// The place from which on the file can be read again; one behind the marked end if it cannot.
    fn next_readable(&self, from: u64) -> u64 {
        let (mut next, mut step) = (from + 1, 1);
        while next <= self.head.seq {
            let select = "SELECT hash FROM journal WHERE seq >= ?1 ORDER BY seq LIMIT 1";
            let read = self
                .connection
                .query_row(select, [next], |row| row.get::<_, Hash>(0));
            if read.is_ok() {
                return next;
            }
            if next - from > TRIED_ONE_BY_ONE {
                step *= 2;
            }
            next += step;
        }
        from.max(self.head.seq) + 1
    }

    fn take(&mut self, seq: u64, row: &Row<'_>) {
        if seq > self.expected {
            self.missing(self.expected, seq - 1);
        }
        self.expected = seq + 1;
        if seq > self.head.seq {
            self.bad(
                seq,
                seq,
                "it stands behind the marked end of the journal".to_owned(),
            );
            return;
        }
        match self.check(seq, row) {
            Ok(event) => {
                self.verdict.entries += 1;
                self.follow(seq, &event);
            }
            Err(what) => {
                let listed = self.days_listed.iter().find(|(_, first)| **first == seq);
                self.day = listed.map(|(day, _)| *day).or(self.day);
                self.bad(seq, seq, what);
            }
        }
    }

    /// Whether an entry is the one that was written behind the one before it.
    fn check(&mut self, seq: u64, row: &Row<'_>) -> Result<Event, String> {
        let before = self.before.take();
        let unreadable = |error: rusqlite::Error| format!("it cannot be read: {error}");
        let at = Moment {
            steady_ms: row.get(1).map_err(unreadable)?,
            wall_ms: row.get(2).map_err(unreadable)?,
        };
        let actor: String = row.get(3).map_err(unreadable)?;
        let body: String = row.get(4).map_err(unreadable)?;
        let stored: Hash = row.get(5).map_err(unreadable)?;
        let link = Link {
            seq,
            steady_ms: at.steady_ms,
            wall_ms: at.wall_ms,
            actor: &actor,
            body: &body,
        };
        let Some(before) = before else {
            self.before = Some(Before::of(stored));
            return Err("it cannot be proved, for the one before it is not there".to_owned());
        };
        let computed = link.hash(&before.stored);
        // Where it is the hash of the entry before that is damaged, this one need not be.
        let good = stored == computed || stored == link.hash(&before.computed);
        let computed = if good { stored } else { computed };
        self.before = Some(Before { stored, computed });
        if !good {
            return Err("its hash is not that of what it says".to_owned());
        }
        let record = Record::from_json(&body);
        record
            .map(|record| record.into_event(at))
            .map_err(|error| format!("it is not understood: {error}"))
    }

    /// What stands beside the journal must say the same.
    fn follow(&mut self, seq: u64, event: &Event) {
        match &event.what {
            Happening::DayOpened { day, .. } => {
                (self.day, self.day_seq) = (Some(*day), seq);
                if self.verdict.days.last() != Some(day) {
                    self.verdict.days.push(*day);
                }
                match self.days_listed.remove(day) {
                    Some(listed) if listed == seq => {}
                    // Were a day opened again, its first opening stays in the list.
                    None if self.verdict.days[..self.verdict.days.len() - 1].contains(day) => {}
                    listed => self.day_elsewhere(*day, seq, listed),
                }
            }
            Happening::Booked { appointment, .. } => {
                self.check_booking(seq, event, appointment.as_str());
            }
            _ => {}
        }
    }

    fn day_elsewhere(&mut self, day: Date, seq: u64, listed: Option<u64>) {
        let listed = listed.map_or("nowhere".to_owned(), |seq| format!("with entry {seq}"));
        let what = format!("by the list of days {day} begins {listed}, and it begins here");
        self.bad(seq, seq, what);
    }

    fn check_booking(&mut self, seq: u64, event: &Event, code: &str) {
        let select = "SELECT booked_seq FROM appointment WHERE code = ?1";
        let booked = self
            .connection
            .query_row(select, [code], |row| row.get::<_, u64>(0))
            .optional();
        let what = match booked {
            Ok(Some(booked)) if booked > seq => return,
            Ok(Some(booked)) if booked == seq && self.is_booked_so(event, code) => return,
            Ok(_) => "the list of appointments does not have this booking as it is here".to_owned(),
            Err(error) => format!("the list of appointments cannot be read: {error}"),
        };
        self.bad(seq, seq, what);
    }

    fn is_booked_so(&self, event: &Event, code: &str) -> bool {
        let Happening::Booked {
            service,
            class,
            slot_wall_ms,
            ..
        } = &event.what
        else {
            return false;
        };
        let select = "SELECT 1 FROM appointment WHERE code = ?1 AND service = ?2 AND class = ?3 AND slot_wall_ms = ?4";
        let columns = rusqlite::params![code, service.as_str(), class.as_str(), slot_wall_ms];
        self.connection
            .query_row(select, columns, |_| Ok(()))
            .is_ok()
    }

    fn end(&mut self) {
        let last = self.expected - 1;
        if last < self.head.seq {
            self.missing(self.expected, self.head.seq);
        } else if last == self.head.seq {
            let hashes = self.before.as_ref();
            let marked =
                hashes.is_none_or(|end| [end.stored, end.computed].contains(&self.head.hash));
            if !marked {
                let what = "the mark of the journal's end names another hash".to_owned();
                self.bad(last, last, what);
            }
        }
        let day_seq = self
            .connection
            .query_row("SELECT day_seq FROM mark", [], |row| row.get(0));
        if self.verdict.is_good() && day_seq.as_ref().ok() != Some(&self.day_seq) {
            let begins = self.day_seq;
            self.verdict.note_beside(format!(
                "the mark of the open day is wrong: it begins with entry {begins}"
            ));
        }
        for (day, seq) in std::mem::take(&mut self.days_listed) {
            if self.verdict.names(seq) {
                continue;
            }
            let what = format!("by the list of days {day} begins here, and it does not");
            self.verdict.note(Bad {
                entries: Some((seq, seq)),
                day: Some(day),
                what,
            });
        }
    }

    fn missing(&mut self, first: u64, last: u64) {
        self.before = None;
        self.bad(first, last, "it is missing".to_owned());
    }

    fn bad(&mut self, first: u64, last: u64, what: String) {
        self.verdict.note(Bad {
            entries: Some((first, last)),
            day: self.day,
            what,
        });
    }
}

/// Where each day begins by the list of days.
pub(crate) fn days_listed(connection: &Connection) -> rusqlite::Result<BTreeMap<Date, u64>> {
    let mut select = connection.prepare("SELECT date, first_seq FROM day")?;
    let listed = select.query_map([], |row| {
        Ok((Date::from_yyyymmdd(row.get(0)?), row.get(1)?))
    })?;
    listed.collect()
}

fn check_requests(
    connection: &Connection,
    head: Head,
    verdict: &mut Verdict,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT id, act, outcome, seq, sum FROM request")?;
    let mut rows = statement.query([])?;
    let mut all = Sum::default();
    while let Some(row) = rows.next()? {
        let id: Vec<u8> = row.get(0)?;
        let Ok(row) = RequestRow::read(row) else {
            verdict.note_beside(format!("the request {} cannot be read", hex(&id)));
            continue;
        };
        request::add(&mut all, &row);
        if !row.is_good() || row.seq.is_some_and(|seq| seq > head.seq) {
            verdict.note_beside(format!("the outcome of request {} is damaged", hex(&id)));
        } else if row.sum.is_some() {
            verdict.requests += 1;
        } else {
            verdict.requests_unknown += 1;
        }
    }
    if all != head.requests {
        verdict.note_beside("outcomes of requests are missing, or were added".to_owned());
    }
    Ok(())
}
