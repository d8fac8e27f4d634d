//! All that is good of a journal, written into a new file. Each entry is checked before it is
//! written, and hashes stay what they were. Backup and restore both go this way.

use std::ops::ControlFlow;
use std::path::Path;

use queue::{Date, Happening, Moment};
use rusqlite::{Connection, params};

use crate::append::note;
use crate::replay::{Recorded, ReplayError, Stopped, Written, walk_from};
use crate::request::{self, RequestRow};
use crate::{Head, schema};

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
    /// Why the journal could not be copied further.
    pub(crate) stopped: Option<ReplayError>,
    /// Why the requests could not be copied further.
    pub(crate) requests_stopped: Option<String>,
}

/// Copies what is good of `source`, which has schema `found` and ends at `head`, into the empty
/// file `target`. The keys of the days are left out: they are to be deleted when a day has turned,
/// and nobody would find them here.
pub(crate) fn copy(
    source: &Connection,
    (found, head): (usize, Head),
    target: &Path,
) -> rusqlite::Result<Copied> {
    let mut target = Connection::open(target)?;
    // A copy that is not finished is thrown away, so nothing needs to be safe on the way.
    target.pragma_update(None, "journal_mode", "OFF")?;
    target.pragma_update(None, "synchronous", "OFF")?;
    schema::migrate(&mut target, 0)?;
    let transaction = target.transaction()?;
    let mut copied = Copied::default();
    let walked = walk_from(source, 1, head, |recorded, written| {
        copied.take(&transaction, recorded, written)?;
        Ok(ControlFlow::Continue(()))
    });
    match walked {
        Ok(()) => {}
        Err(Stopped::Journal(error)) => copied.stopped = Some(error),
        Err(Stopped::Taker(error)) => return Err(error),
    }
    copied.take_requests(source, found, &transaction)?;
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
        note(target, seq, &event.what)?;
        if let Happening::DayOpened { day, .. } = event.what {
            self.day = Some(day);
            self.days += 1;
        }
        (self.head.seq, self.head.hash) = (seq, written.hash);
        self.last = Some(event.at);
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
