//! The memory written into a new file: page by page, as fast as the disk is, or entry by entry, where
//! some of it is damaged and the good is to be told from the bad.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::thread;
use std::time::Duration;

use queue::{Date, Happening, Moment};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::append::{list, write_record};
use crate::lost::{Gap, is_lost};
use crate::note::{Left, deletions};
use crate::old_days::Anchor;
use crate::open::read_head;
use crate::record::Record;
use crate::replay::{ReplayError, Stopped, Written, walk_behind};
use crate::request::{self, RequestId, RequestRow, Sum, is_answered, last_days};
use crate::salvage::{Good, days_of, last_opening};
use crate::verify::{days_listed, is_held_against_something};
use crate::{Head, schema, vouch};

/// How long to wait for a program that opens or closes the file at the same instant, and how often.
const WAIT: Duration = Duration::from_millis(20);
const WAITS: u32 = 250;

/// Tables that are copied with the entries to which they belong, or not at all.
const OWN_WAY: [&str; 9] = [
    "journal",
    "request",
    "mark",
    "day",
    "appointment",
    "day_key",
    "note",
    "deletion",
    "belonging",
];

/// Pages that SQLite keeps of a file in memory while entries are written one by one, 64 MiB; less is read back
/// again and again.
const CACHE_PAGES: i64 = 16_384;

/// Copies every page of `source`, which has schema `found`, into the empty file `target`, brings that
/// up to date, and lets `finish` have it. All is of one instant. Whether it is good is not looked at.
/// The keys of the days are left out: they are to be deleted when a day has turned, and nobody would
/// find them here.
pub(crate) fn copy_pages<T>(
    source: &Connection,
    found: usize,
    target: &Path,
    finish: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let mut copy = Connection::open(target)?;
    loose(&copy)?;
    step_through(&Backup::new(source, &mut copy)?)?;
    drop(copy);
    let mut copy = Connection::open(target)?;
    loose(&copy)?;
    copy.pragma_update(None, "secure_delete", true)?;
    schema::migrate(&mut copy, found)?;
    copy.execute("DELETE FROM day_key", [])?;
    let finished = finish(&mut copy)?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(finished)
}

/// A copy that is not finished is thrown away, so nothing needs to be safe on the way.
pub(crate) fn loose(copy: &Connection) -> rusqlite::Result<()> {
    copy.pragma_update(None, "journal_mode", "OFF")?;
    copy.pragma_update(None, "synchronous", "OFF")
}

/// In one go, for between two the file could change; a reader of a write-ahead file is in
/// nobody's way.
fn step_through(backup: &Backup<'_, '_>) -> rusqlite::Result<()> {
    for _ in 0..WAITS {
        if backup.step(-1)? == StepResult::Done {
            return Ok(());
        }
        thread::sleep(WAIT);
    }
    let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    Err(rusqlite::Error::SqliteFailure(busy, None))
}

/// What was copied.
#[derive(Debug, Default)]
pub(crate) struct Copied {
    pub(crate) head: Head,
    /// Journal entries.
    pub(crate) entries: u64,
    /// Those of them that the other file had.
    pub(crate) entries_mended: u64,
    /// Those of them whose hash alone was damaged.
    pub(crate) entries_proved: u64,
    /// Entries that nobody has, of days that are over.
    pub(crate) gaps: Vec<Gap>,
    /// What is wrong with the first of them.
    pub(crate) first_wrong: Option<ReplayError>,
    /// Where days begin by the source's list of days.
    pub(crate) days_listed: BTreeMap<Date, u64>,
    /// The last that was copied; behind it, up to the head, stands what vouches for the rest.
    pub(crate) last_seq: u64,
    pub(crate) last: Option<Moment>,
    /// The last day of which something was copied.
    pub(crate) day: Option<Date>,
    pub(crate) days: u64,
    pub(crate) requests: u64,
    pub(crate) requests_lost: u64,
    /// Texts that are not what their entries commit to.
    pub(crate) notes_lost: u64,
    /// Devices and people for whom no entry vouches that was copied.
    pub(crate) trusted_lost: Vec<String>,
    /// Tables that could not be copied to their end.
    pub(crate) tables_stopped: Vec<String>,
    /// Why the journal could not be copied further.
    pub(crate) stopped: Option<ReplayError>,
    /// Why the requests could not be copied further.
    pub(crate) requests_stopped: Option<String>,
}

/// Copies what is good of `source`, which has schema `found` and ends at `head`, into the empty
/// file `target`: each entry is checked before it is written, and hashes stay what they were. What is
/// not good comes from the `other` file of the same hall, with its schema, if it is good there. Else
/// it is lost: alone, if its day is over, and with all that stands behind it in the day that is open, for a
/// hall goes on with what that day came to. The keys of the days are left out as they are by [`copy_pages`].
pub(crate) fn copy(
    source: &Connection,
    (found, head): (usize, Head),
    other: Option<(&Connection, usize)>,
    target: &Path,
) -> rusqlite::Result<Copied> {
    let mut target = Connection::open(target)?;
    loose(&target)?;
    target.pragma_update(None, "cache_size", CACHE_PAGES)?;
    schema::migrate(&mut target, 0)?;
    let transaction = target.transaction()?;
    let mut copied = Copied::default();
    // In a file from before nothing is gone.
    let anchor = Anchor::read(source).unwrap_or_default();
    copied.head.hash = anchor.hash;
    copied.head.seq = anchor.seq;
    copied.days_listed = days_listed(source).unwrap_or_default();
    let other_file = other.map(|(other, _)| other);
    match copied.take_journal((source, head), other_file, &transaction) {
        Ok(()) => {}
        Err(Stopped::Journal(error) | Stopped::Taker(NotTaken::Journal(error))) => {
            copied.stopped = Some(error);
        }
        Err(Stopped::Taker(NotTaken::Target(error))) => return Err(error),
    }
    copied.take_requests((source, found), other, &transaction)?;
    if found >= schema::WITH_NOTES {
        for deletion in deletions(source).unwrap_or_default().into_iter().flatten() {
            deletion.insert(&transaction)?;
        }
    }
    copied.take_other_tables(source, &transaction)?;
    copied.head.mark(&transaction)?;
    copied.vouch(source, anchor, found, &transaction)?;
    transaction.commit()?;
    target.close().map_err(|(_, error)| error)?;
    Ok(copied)
}

/// Why an entry was not copied.
enum NotTaken {
    /// It cannot be believed.
    Journal(ReplayError),
    /// The new file cannot be written.
    Target(rusqlite::Error),
}

impl From<rusqlite::Error> for NotTaken {
    fn from(error: rusqlite::Error) -> Self {
        Self::Target(error)
    }
}

impl Copied {
    /// Takes the entries up to the marked end, or as far as there is a way on.
    fn take_journal(
        &mut self,
        (source, head): (&Connection, Head),
        other: Option<&Connection>,
        target: &Connection,
    ) -> Result<(), Stopped<NotTaken>> {
        let open_day = last_opening(source);
        loop {
            let begin = (self.head.seq, self.head.hash);
            let walked = walk_behind(source, begin, head, |written| {
                self.take(source, target, &written)?;
                Ok(ControlFlow::Continue(()))
            });
            let Err(Stopped::Journal(why)) = walked else {
                return walked;
            };
            let (seq, hash) = (self.head.seq, self.head.hash);
            let good = Good { seq, hash };
            if self.take_of_other(&good, (source, other), target)? {
                continue;
            }
            let proved =
                good.next_without_hash(source, head, |written| self.take(source, target, written));
            match proved {
                Ok(true) => {
                    self.entries_proved += 1;
                    continue;
                }
                Ok(false) | Err(Stopped::Journal(_)) => {}
                Err(stopped) => return Err(stopped),
            }
            let Some(gap) = good.gap(source, (&self.days_listed, open_day))? else {
                return Err(Stopped::Journal(why));
            };
            self.first_wrong.get_or_insert(why);
            self.take_gap(gap, target).map_err(taker)?;
        }
    }

    /// Whether the other file has the next entry.
    fn take_of_other(
        &mut self,
        good: &Good,
        (source, other): (&Connection, Option<&Connection>),
        target: &Connection,
    ) -> Result<bool, Stopped<NotTaken>> {
        let Some(other) = other else {
            return Ok(false);
        };
        match good.next(other, |written| self.take(source, target, written)) {
            Ok(()) => {
                self.entries_mended += 1;
                Ok(true)
            }
            // What is wrong with the damaged one is what somebody wants to know.
            Err(Stopped::Journal(_)) => Ok(false),
            Err(stopped) => Err(stopped),
        }
    }

    fn take_gap(&mut self, gap: Gap, target: &Connection) -> rusqlite::Result<()> {
        gap.fill(target)?;
        (self.head.seq, self.head.hash) = (gap.last_seq, gap.hash);
        self.last_seq = gap.last_seq;
        for (seq, day) in &gap.days {
            let opened = Happening::DayOpened {
                day: *day,
                turns_at_steady_ms: 0,
            };
            self.opens(*day);
            list(target, *seq, &opened, &mut self.head.day_requests)?;
        }
        let joins = self
            .gaps
            .last_mut()
            .is_some_and(|last| last.goes_on_with(&gap));
        if !joins {
            self.gaps.push(gap);
        }
        Ok(())
    }

    fn opens(&mut self, day: Date) {
        self.day = Some(day);
        self.days += 1;
    }

    fn take(
        &mut self,
        source: &Connection,
        target: &Connection,
        written: &Written<'_>,
    ) -> Result<(), NotTaken> {
        let Written { link, hash } = written;
        if is_lost(link.body) {
            let gap = Gap {
                first_seq: link.seq,
                last_seq: link.seq,
                hash: *hash,
                at: written.at(),
                days: days_of(&self.days_listed, link.seq..=link.seq),
            };
            return Ok(self.take_gap(gap, target)?);
        }
        // With its hash an entry is what was written, and need not be understood.
        let record = is_held_against_something(link.body).then(|| written.record());
        let record = record.transpose().map_err(NotTaken::Journal)?;
        link.insert(target, hash)?;
        (self.head.seq, self.head.hash) = (link.seq, *hash);
        self.last_seq = link.seq;
        self.entries += 1;
        self.last = Some(written.at());
        if let Some(record) = record {
            self.take_beside(source, target, (link.seq, written.at(), record))?;
        }
        Ok(())
    }

    /// What stands beside the journal by an entry.
    fn take_beside(
        &mut self,
        source: &Connection,
        target: &Connection,
        (seq, at, record): (u64, Moment, Record),
    ) -> rusqlite::Result<()> {
        if vouch::vouches(&record) {
            self.head.trusted_seq = seq;
        }
        let (event, commitment) = record.into_event_with(at, |_| String::new());
        if let Some(commitment) = commitment {
            self.take_note(source, target, (seq, &commitment))?;
        }
        if let Happening::DayOpened { day, .. } = event.what {
            self.opens(day);
        }
        list(target, seq, &event.what, &mut self.head.day_requests)
    }

    fn take_note(
        &mut self,
        source: &Connection,
        target: &Connection,
        (seq, commitment): (u64, &str),
    ) -> rusqlite::Result<()> {
        match Left::of(source, seq, commitment) {
            Left::Note(note) => note.insert(target, seq)?,
            Left::Deleted(_) => {}
            Left::Damaged | Left::Nothing => self.notes_lost += 1,
        }
        Ok(())
    }

    /// What belongs to no entry is copied as it stands, as far as it can be read.
    fn take_other_tables(
        &mut self,
        source: &Connection,
        target: &Connection,
    ) -> rusqlite::Result<()> {
        let select =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let mut statement = target.prepare(select)?;
        let names = statement.query_map([], |row| row.get(0))?;
        let names: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
        for name in names {
            if OWN_WAY.contains(&name.as_str()) {
                continue;
            }
            if let Err(error) = take_table(source, target, &name) {
                self.tables_stopped.push(format!("{name}: {error}"));
            }
        }
        Ok(())
    }

    /// An outcome of what is not in the journal any more would be a lie.
    fn take_requests(
        &mut self,
        source: (&Connection, usize),
        other: Option<(&Connection, usize)>,
        target: &Connection,
    ) -> rusqlite::Result<()> {
        // To sort once is quicker than to find each its place.
        target.execute_batch("DROP INDEX request_by_seq")?;
        let days = last_days(target)?;
        let mut sums = [Sum::default(); 2];
        let mut taken = |row: &RequestRow| {
            let of_days = days.iter().zip(&mut sums);
            let of_days = of_days.filter(|(day, _)| row.seq.is_some_and(|seq| day.has(seq)));
            of_days.for_each(|(_, sum)| request::add(sum, row));
        };
        let mut bad = BTreeSet::new();
        let read = self.read_requests(source, target, &mut bad, &mut taken)?;
        self.requests_stopped = read.err();
        if let Some(other) = other {
            let mut bad_there = BTreeSet::new();
            let lost = self.requests_lost;
            // What it cannot give either is counted already.
            let _ = self.read_requests(other, target, &mut bad_there, &mut taken)?;
            let still_bad = bad.iter().filter(|id| !is_answered(target, id));
            self.requests_lost = lost - (bad.len() - still_bad.count()) as u64;
        }
        target.execute_batch("CREATE INDEX request_by_seq ON request (seq)")?;
        let [last, open] = sums;
        self.head.day_requests = open;
        target.execute("UPDATE mark SET last_day_requests = ?1", [last])?;
        Ok(())
    }

    /// Whether an entry of the source was copied.
    fn has(&self, seq: u64) -> bool {
        seq <= self.last_seq && !self.gaps.iter().any(|gap| gap.has(seq))
    }

    /// Takes those that are not there yet. Gives why they could not be read to the end, if they could not.
    fn read_requests(
        &mut self,
        (source, found): (&Connection, usize),
        target: &Connection,
        bad: &mut BTreeSet<RequestId>,
        taken: &mut impl FnMut(&RequestRow),
    ) -> rusqlite::Result<Result<(), String>> {
        let columns = if found < schema::WITH_SUMS {
            "NULL, NULL"
        } else {
            "seq, sum"
        };
        let select = format!("SELECT id, act, outcome, {columns} FROM request");
        let mut statement = match source.prepare(&select) {
            Ok(statement) => statement,
            Err(why) => return Ok(Err(why.to_string())),
        };
        let mut rows = statement.query([])?;
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error.to_string())),
            };
            match RequestRow::read(row) {
                Ok(row) if row.is_good() && row.seq.is_none_or(|seq| self.has(seq)) => {
                    if row.insert_if_new(target)? {
                        request::add(&mut self.head.requests, &row);
                        taken(&row);
                        self.requests += 1;
                    }
                }
                read => {
                    self.requests_lost += 1;
                    bad.extend(read.ok().map(|row| row.answered.id));
                }
            }
        }
    }

    /// Sees to it that entries which are there vouch for where the journal begins and for whom the hall
    /// knows. Who is known by an entry that was not copied is left out.
    pub(crate) fn vouch(
        &mut self,
        source: &Connection,
        mut anchor: Anchor,
        found: usize,
        target: &Connection,
    ) -> rusqlite::Result<()> {
        let at = self.last.unwrap_or_default();
        self.last_seq = self.head.seq;
        for gap in &self.gaps {
            self.head = gap.vouch(target, self.head, at)?;
        }
        // Where nothing is gone the mark names no entry.
        if !self.has(anchor.by) {
            let said = anchor.said(source);
            self.head = write_record(target, self.head, ("hall", at), &said)?;
            anchor.by = self.head.seq;
        }
        anchor.mark(target)?;
        self.head.mark(target)?;
        if found < schema::WITH_ANCHOR {
            vouch::for_all(target)?;
            self.head = read_head(target)?;
        } else {
            let taken = vouch::take_out_unproved(target, self.head, at)?;
            (self.head, self.trusted_lost) = taken;
            self.head.mark(target)?;
        }
        Ok(())
    }
}

fn taker(error: rusqlite::Error) -> Stopped<NotTaken> {
    Stopped::Taker(NotTaken::Target(error))
}

/// A table that an older source does not have stays empty.
fn take_table(source: &Connection, target: &Connection, name: &str) -> rusqlite::Result<()> {
    if !source.table_exists(None, name)? {
        return Ok(());
    }
    let mut select = source.prepare(&format!("SELECT * FROM {name}"))?;
    let columns: Vec<&str> = select.column_names().collect();
    let columns = columns.join(", ");
    let count = select.column_count();
    let places = vec!["?"; count].join(", ");
    let mut insert = target.prepare(&format!(
        "INSERT OR IGNORE INTO {name} ({columns}) VALUES ({places})"
    ))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let values = (0..count).map(|place| row.get(place));
        let values: Vec<Value> = values.collect::<rusqlite::Result<_>>()?;
        insert.execute(params_from_iter(values))?;
    }
    Ok(())
}
