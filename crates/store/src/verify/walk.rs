//! The journal held against its chain, entry by entry. It reads on behind a bad place.

use std::collections::BTreeMap;

use queue::{Date, Event, Happening, Moment};
use rusqlite::{Connection, OptionalExtension, Row};

use super::{Bad, Verdict};
use crate::chain::{GENESIS, Hash, Link};
use crate::note::Left;
use crate::old_days::Anchor;
use crate::open::read_head;
use crate::record::{Record, TextRecord};
use crate::replay::recomputed;
use crate::{Head, OldDays, lost, vouch};

/// Places behind a page that cannot be read which are tried one by one; then the steps double.
const TRIED_ONE_BY_ONE: u64 = 4_096;

/// How the message begins of a text that is not what its entry commits to.
pub(super) const TEXT_IS_DAMAGED: &str = "the text of entry ";

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

/// Where a walk stands, from which another can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
}

/// What stands in a place of the journal.
enum Found {
    /// That its entry is lost, and which day that opened.
    Lost(Option<Date>),
    /// An entry, and what it says where that is held against something.
    Entry(Option<Event>),
}

/// A walk along the chain.
pub(crate) struct Walk<'a> {
    connection: &'a Connection,
    head: Head,
    expected: u64,
    before: Option<Before>,
    day: Option<Date>,
    day_seq: u64,
    /// Where the open day begins by the mark.
    open_day_seq: u64,
    /// Where the days begin by the list of days, less those that were found there.
    days_listed: BTreeMap<Date, u64>,
    /// The last entry so far that vouches for whom the hall knows.
    trusted_seq: u64,
    verdict: Verdict,
}

impl<'a> Walk<'a> {
    /// A walk from the first entry on.
    pub(crate) fn new(connection: &'a Connection) -> rusqlite::Result<Self> {
        let mut walk = Self {
            connection,
            head: Head::default(),
            expected: 1,
            before: Some(Before::of(GENESIS)),
            day: None,
            day_seq: 1,
            open_day_seq: 1,
            days_listed: BTreeMap::new(),
            trusted_seq: 0,
            verdict: Verdict::default(),
        };
        walk.look_up()?;
        Ok(walk)
    }

    /// A walk that goes on where another one ended, if that entry is still what it was.
    pub(crate) fn behind(
        connection: &'a Connection,
        place: Place,
    ) -> rusqlite::Result<Option<Self>> {
        let mut walk = Self::new(connection)?;
        if recomputed(connection, place.seq)? != Some(place.hash) {
            return Ok(None);
        }
        walk.expected = place.seq + 1;
        walk.before = Some(Before::of(place.hash));
        walk.days_listed.retain(|day, first| {
            let behind = *first > place.seq;
            if !behind {
                (walk.day, walk.day_seq) = (Some(*day), *first);
            }
            behind
        });
        Ok(Some(walk))
    }

    /// Reads the marks and lists that the entries are held against, as they are by now.
    pub(crate) fn look_up(&mut self) -> rusqlite::Result<()> {
        self.head = read_head(self.connection)?;
        let anchor = Anchor::read(self.connection)?;
        if anchor.seq >= self.expected {
            self.expected = anchor.seq + 1;
            self.day_seq = self.expected;
            self.before = Some(Before::of(anchor.hash));
            // They are read again.
            self.days_listed.clear();
        }
        let passed = self.expected;
        match days_listed(self.connection) {
            Ok(listed) => {
                let marked = self.marked_day();
                let last = listed.values().max().copied();
                self.open_day_seq = marked.or(last).unwrap_or(1);
                let not_found = std::mem::take(&mut self.days_listed);
                let ahead = listed.into_iter().filter(|(_, first)| *first >= passed);
                self.days_listed = not_found.into_iter().chain(ahead).collect();
            }
            Err(error) => self
                .verdict
                .note_beside(format!("the list of days cannot be read: {error}")),
        }
        Ok(())
    }

    fn marked_day(&self) -> Option<u64> {
        let select = "SELECT day_seq FROM mark";
        let read = self.connection.query_row(select, [], |row| row.get(0));
        read.ok()
    }

    /// Walks to the end.
    pub(crate) fn all(&mut self, seen: &mut impl FnMut(u64)) {
        self.some(u64::MAX >> 1, seen);
        self.end();
    }

    /// Walks over so many entries at most; whether the end is reached.
    pub(crate) fn some(&mut self, most: u64, seen: &mut impl FnMut(u64)) -> bool {
        loop {
            let error = match self.read_on(most, seen) {
                Ok(read) => return read < most,
                Err(error) => error,
            };
            let from = self.expected;
            if from > self.head.seq {
                return true;
            }
            let next = self.next_readable(from);
            let what = format!("it cannot be read: {error}");
            self.breaks(from, next - 1, what);
            self.expected = next;
            self.before = None;
        }
    }

    /// Where it stands, if all is good so far.
    pub(crate) fn place(&self) -> Option<Place> {
        let hash = self.before.as_ref()?.stored;
        let seq = self.expected - 1;
        self.verdict.is_good().then_some(Place { seq, hash })
    }

    pub(crate) fn into_verdict(self) -> Verdict {
        self.verdict
    }

    /// Gives how many entries there were to be read, at most `most`.
    fn read_on(&mut self, most: u64, seen: &mut impl FnMut(u64)) -> rusqlite::Result<u64> {
        let select = "SELECT seq, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq >= ?1 ORDER BY seq LIMIT ?2";
        let mut statement = self.connection.prepare_cached(select)?;
        let mut rows = statement.query([self.expected, most])?;
        let mut read = 0;
        while let Some(row) = rows.next()? {
            read += 1;
            let seq: u64 = row.get(0)?;
            if seq >= self.expected {
                self.take(seq, row);
                seen(seq);
            } else {
                self.bad(seq, seq, "it stands in a wrong place".to_owned());
            }
        }
        Ok(read)
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
            Ok(Found::Lost(opened)) => {
                self.verdict.entries_lost += 1;
                if let Some(day) = opened {
                    self.follow_opening(seq, day);
                }
            }
            Ok(Found::Entry(event)) => {
                self.verdict.entries += 1;
                if let Some(event) = event {
                    self.follow(seq, &event);
                }
            }
            Err(what) => {
                let listed = self.days_listed.iter().find(|(_, first)| **first == seq);
                self.day = listed.map(|(day, _)| *day).or(self.day);
                self.breaks(seq, seq, what);
            }
        }
    }

    /// Whether an entry is the one that was written behind the one before it; gives what it says
    /// where that is held against something.
    fn check(&mut self, seq: u64, row: &Row<'_>) -> Result<Found, String> {
        let before = self.before.take();
        let unreadable = |error: rusqlite::Error| format!("it cannot be read: {error}");
        let at = Moment {
            steady_ms: row.get(1).map_err(unreadable)?,
            wall_ms: row.get(2).map_err(unreadable)?,
        };
        let stored: Hash = row.get(5).map_err(unreadable)?;
        let actor = text(row, 3)?;
        let body = text(row, 4)?;
        let link = Link {
            seq,
            steady_ms: at.steady_ms,
            wall_ms: at.wall_ms,
            actor,
            body,
        };
        if lost::is_lost(body) {
            self.before = Some(Before::of(stored));
            let proof = lost::proof(self.connection, &link, &stored);
            let proof = proof.ok_or_else(|| lost::UNPROVED.to_owned())?;
            return Ok(Found::Lost(proof.opened(seq)));
        }
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
        if !is_held_against_something(body) {
            return Ok(Found::Entry(None));
        }
        let record = Record::from_json(body);
        let mut record = record.map_err(|error| format!("it is not understood: {error}"))?;
        self.note_vouching(seq, &record);
        if let Some(TextRecord::Plain(text)) = record.text() {
            self.verdict.texts_in_entries += u64::from(!text.is_empty());
        }
        let (event, commitment) = record.into_event_with(at, |_| String::new());
        if let Some(commitment) = commitment {
            self.check_text(seq, &commitment);
        }
        Ok(Found::Entry(Some(event)))
    }

    fn note_vouching(&mut self, seq: u64, record: &Record) {
        if vouch::vouches(record) {
            self.trusted_seq = seq;
        }
        if let Record::DaysDeleted(record) = record {
            self.verdict.old_days = Some(OldDays::new(record, seq));
        }
    }

    fn check_text(&mut self, seq: u64, commitment: &str) {
        let wrong = match Left::of(self.connection, seq, commitment) {
            Left::Note(_) => {
                self.verdict.notes += 1;
                return;
            }
            Left::Deleted(_) => {
                self.verdict.notes_deleted += 1;
                return;
            }
            Left::Damaged => "is damaged",
            Left::Nothing => "is missing, and was not deleted",
        };
        self.verdict
            .note_beside(format!("{TEXT_IS_DAMAGED}{seq} {wrong}"));
    }

    /// What stands beside the journal must say the same.
    fn follow(&mut self, seq: u64, event: &Event) {
        match &event.what {
            Happening::DayOpened { day, .. } => self.follow_opening(seq, *day),
            Happening::Booked { appointment, .. } => {
                self.check_booking(seq, event, appointment.as_str());
            }
            _ => {}
        }
    }

    fn follow_opening(&mut self, seq: u64, day: Date) {
        (self.day, self.day_seq) = (Some(day), seq);
        let is_again = self.verdict.days.contains(&day);
        if self.verdict.days.last() != Some(&day) {
            self.verdict.days.push(day);
        }
        match self.days_listed.remove(&day) {
            Some(listed) if listed == seq => {}
            // Were a day opened again, its first opening stays in the list.
            None if is_again => {}
            listed => self.day_elsewhere(day, seq, listed),
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

    /// Holds the end against the marks.
    pub(crate) fn end(&mut self) {
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
        self.end_of_vouching();
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

    /// Holds what the entries vouch for against what is there. That a mark leads to an older entry than
    /// the last that vouches is seen here alone.
    fn end_of_vouching(&mut self) {
        let faults = vouch::faults(self.connection).and_then(|mut faults| {
            let anchor = Anchor::read(self.connection)?;
            faults.extend(anchor.fault(self.connection)?);
            let later = (self.trusted_seq > self.head.trusted_seq).then_some(self.trusted_seq);
            let deleted = self.verdict.old_days.as_ref().map(|it| it.said_by_seq);
            let later = later.or(deleted.filter(|by| *by > anchor.by));
            faults.extend(later.map(|seq| {
                format!("a mark leads behind entry {seq}, which vouches for what is there now")
            }));
            Ok(faults)
        });
        for what in faults.unwrap_or_else(|error| vec![format!("a mark cannot be read: {error}")]) {
            self.verdict.note_beside_today(what);
        }
    }

    fn missing(&mut self, first: u64, last: u64) {
        self.before = None;
        self.breaks(first, last, "it is missing".to_owned());
    }

    /// The chain breaks.
    fn breaks(&mut self, first: u64, last: u64, what: String) {
        let breaks_at = &mut self.verdict.breaks_at;
        breaks_at.get_or_insert_with(|| (first, what.clone()));
        self.bad(first, last, what);
    }

    fn bad(&mut self, first: u64, last: u64, what: String) {
        let bad = Bad {
            entries: Some((first, last)),
            day: self.day,
            what,
        };
        if last >= self.open_day_seq && self.verdict.in_open_day.is_none() {
            self.verdict.in_open_day = Some(bad.clone());
        }
        self.verdict.note(bad);
    }
}

/// A text as it stands in the file, for copying each would take longer than checking it.
fn text<'a>(row: &'a Row<'_>, place: usize) -> Result<&'a str, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("it cannot be read: {error}");
    let value = row.get_ref(place).map_err(|error| unreadable(&error))?;
    value.as_str().map_err(|error| unreadable(&error))
}

/// Whether what an entry says is also said elsewhere. Of all others the hash says enough: with it
/// an entry is what was written, and need not be understood.
pub(crate) fn is_held_against_something(body: &str) -> bool {
    let kind = body
        .strip_prefix(r#"{"event":""#)
        .and_then(|rest| rest.split('"').next());
    matches!(
        kind,
        None | Some("day_opened" | "booked" | "held" | "paused" | "transferred" | "noted")
            | Some("days_deleted")
    )
}

/// Where each day begins by the list of days.
pub(crate) fn days_listed(connection: &Connection) -> rusqlite::Result<BTreeMap<Date, u64>> {
    let mut select = connection.prepare("SELECT date, first_seq FROM day")?;
    let listed = select.query_map([], |row| {
        Ok((Date::from_yyyymmdd(row.get(0)?), row.get(1)?))
    })?;
    listed.collect()
}
