//! The memory written into a new file: page by page, as fast as the disk is, or entry by entry, where
//! some of it is damaged and the good is to be told from the bad.

use std::ops::ControlFlow;
use std::path::Path;
use std::thread;
use std::time::Duration;

use queue::{Date, Happening, Moment};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::append::list;
use crate::note::{Left, deletions};
use crate::replay::{Recorded, ReplayError, Stopped, Written, walk_from};
use crate::request::{self, RequestRow};
use crate::{Head, note, schema};

/// How long to wait for a program that opens or closes the file at the same instant, and how often.
const WAIT: Duration = Duration::from_millis(20);
const WAITS: u32 = 250;

/// Tables that are copied with the entries to which they belong, or not at all.
const OWN_WAY: [&str; 8] = [
    "journal",
    "request",
    "mark",
    "day",
    "appointment",
    "day_key",
    "note",
    "deletion",
];

/// Copies every page of `source`, which has schema `found`, into the empty file `target`, and
/// brings that up to date. All is of one instant. Whether it is good is not looked at. The keys of
/// the days are left out: they are to be deleted when a day has turned, and nobody would find them
/// here; and so are the texts of all days before `forget.0`.
pub(crate) fn copy_pages(
    source: &Connection,
    found: usize,
    target: &Path,
    forget: Option<(Date, Date)>,
) -> rusqlite::Result<()> {
    let mut copy = Connection::open(target)?;
    loose(&copy)?;
    step_through(&Backup::new(source, &mut copy)?)?;
    drop(copy);
    let mut copy = Connection::open(target)?;
    loose(&copy)?;
    copy.pragma_update(None, "secure_delete", true)?;
    schema::migrate(&mut copy, found)?;
    copy.execute("DELETE FROM day_key", [])?;
    if let Some(forget) = forget {
        note::delete(&mut copy, forget)?;
    }
    copy.close().map_err(|(_, error)| error)
}

/// A copy that is not finished is thrown away, so nothing needs to be safe on the way.
fn loose(copy: &Connection) -> rusqlite::Result<()> {
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
    pub(crate) last: Option<Moment>,
    /// The last day of which something was copied.
    pub(crate) day: Option<Date>,
    pub(crate) days: u64,
    pub(crate) requests: u64,
    pub(crate) requests_lost: u64,
    /// Texts that are not what their entries commit to.
    pub(crate) notes_lost: u64,
    /// Tables that could not be copied to their end.
    pub(crate) tables_stopped: Vec<String>,
    /// Why the journal could not be copied further.
    pub(crate) stopped: Option<ReplayError>,
    /// Why the requests could not be copied further.
    pub(crate) requests_stopped: Option<String>,
}

/// Copies what is good of `source`, which has schema `found` and ends at `head`, into the empty
/// file `target`: each entry is checked before it is written, and hashes stay what they were. The
/// keys of the days are left out as they are by [`copy_pages`].
pub(crate) fn copy(
    source: &Connection,
    (found, head): (usize, Head),
    target: &Path,
) -> rusqlite::Result<Copied> {
    let mut target = Connection::open(target)?;
    loose(&target)?;
    schema::migrate(&mut target, 0)?;
    let transaction = target.transaction()?;
    let mut copied = Copied::default();
    let walked = walk_from(source, 1, head, |recorded, written| {
        copied.take_note(source, &transaction, (recorded.seq, written))?;
        copied.take(&transaction, recorded, written)?;
        Ok(ControlFlow::Continue(()))
    });
    match walked {
        Ok(()) => {}
        Err(Stopped::Journal(error)) => copied.stopped = Some(error),
        Err(Stopped::Taker(error)) => return Err(error),
    }
    copied.take_requests(source, found, &transaction)?;
    if found >= schema::WITH_NOTES {
        for deletion in deletions(source).unwrap_or_default().into_iter().flatten() {
            deletion.insert(&transaction)?;
        }
    }
    copied.take_other_tables(source, &transaction)?;
    let Head {
        seq,
        hash,
        requests,
    } = copied.head;
    transaction.execute(
        "UPDATE mark SET head_seq = ?1, head_hash = ?2, requests = ?3",
        params![seq, hash, requests],
    )?;
    transaction.commit()?;
    target.close().map_err(|(_, error)| error)?;
    Ok(copied)
}

impl Copied {
    fn take(
        &mut self,
        target: &Connection,
        recorded: Recorded,
        written: &Written,
    ) -> rusqlite::Result<()> {
        let Recorded { seq, actor, event } = recorded;
        let insert = "INSERT INTO journal (seq, steady_ms, wall_ms, actor, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        target.prepare_cached(insert)?.execute(params![
            seq,
            event.at.steady_ms,
            event.at.wall_ms,
            actor,
            written.body,
            written.hash
        ])?;
        list(target, seq, &event.what)?;
        if let Happening::DayOpened { day, .. } = event.what {
            self.day = Some(day);
            self.days += 1;
        }
        (self.head.seq, self.head.hash) = (seq, written.hash);
        self.last = Some(event.at);
        Ok(())
    }

    fn take_note(
        &mut self,
        source: &Connection,
        target: &Connection,
        (seq, written): (u64, &Written),
    ) -> rusqlite::Result<()> {
        let Some(commitment) = &written.commitment else {
            return Ok(());
        };
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
        source: &Connection,
        found: usize,
        target: &Connection,
    ) -> rusqlite::Result<()> {
        let columns = if found < schema::WITH_SUMS {
            "NULL, NULL"
        } else {
            "seq, sum"
        };
        let select = format!("SELECT id, act, outcome, {columns} FROM request");
        let read = source.prepare(&select).map_err(|error| error.to_string());
        let mut statement = match read {
            Ok(statement) => statement,
            Err(why) => {
                self.requests_stopped = Some(why);
                return Ok(());
            }
        };
        let mut rows = statement.query([])?;
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(()),
                Err(error) => {
                    self.requests_stopped = Some(error.to_string());
                    return Ok(());
                }
            };
            match RequestRow::read(row) {
                Ok(row) if row.is_good() && row.seq.is_none_or(|seq| seq <= self.head.seq) => {
                    row.insert(target)?;
                    request::add(&mut self.head.requests, &row);
                    self.requests += 1;
                }
                _ => self.requests_lost += 1,
            }
        }
    }
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
