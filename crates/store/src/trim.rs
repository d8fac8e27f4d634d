//! What is good of a copy whose chain breaks somewhere and which is sound otherwise: what stands behind
//! the break is taken away. That is quicker than to write every entry anew.

use std::path::Path;

use queue::{Date, Moment};
use rusqlite::{Connection, OptionalExtension, params};

use crate::copy::{Copied, loose};
use crate::old_days::Anchor;
use crate::replay::damaged;
use crate::request::{self, Sum, last_days};

/// Takes away everything behind the entry before `from`, which does not fit, of the copy `target` of
/// `source`, which has schema `found`.
pub(crate) fn trim(
    target: &Path,
    (source, found): (&Connection, usize),
    (from, why): (u64, &str),
) -> rusqlite::Result<Copied> {
    let mut target = Connection::open(target)?;
    loose(&target)?;
    target.pragma_update(None, "secure_delete", true)?;
    let transaction = target.transaction()?;
    let mut copied = Copied {
        stopped: Some(damaged(from, why)),
        ..Copied::default()
    };
    let anchor = Anchor::read(&transaction)?;
    let last_seq = from - 1;
    copied.requests_lost = delete(&transaction, last_seq)?;
    copied.take_end(&transaction, last_seq)?;
    copied.entries = last_seq.saturating_sub(anchor.seq);
    copied.sum_up(&transaction)?;
    copied.vouch(source, anchor, found, &transaction)?;
    transaction.commit()?;
    target.close().map_err(|(_, error)| error)?;
    Ok(copied)
}

/// Gives how many outcomes of requests went with the entries.
fn delete(target: &Connection, last_seq: u64) -> rusqlite::Result<u64> {
    for delete in [
        "DELETE FROM journal WHERE seq > ?1",
        "DELETE FROM day WHERE first_seq > ?1",
        "DELETE FROM appointment WHERE booked_seq > ?1",
        "DELETE FROM note WHERE seq > ?1",
    ] {
        target.execute(delete, [last_seq])?;
    }
    let select = "SELECT coalesce(max(first_seq), 1) FROM day";
    let day_seq: u64 = target.query_row(select, [], |row| row.get(0))?;
    let select = "SELECT coalesce(max(first_seq), 0) FROM day WHERE first_seq < ?1";
    let before: u64 = target.query_row(select, [day_seq], |row| row.get(0))?;
    let update = "UPDATE mark SET day_seq = ?1, last_day_seq = ?2";
    target.execute(update, params![day_seq, before])?;
    let lost = target.execute("DELETE FROM request WHERE seq > ?1", [last_seq])?;
    Ok(lost as u64)
}

impl Copied {
    /// Reads where the journal ends now.
    fn take_end(&mut self, target: &Connection, last_seq: u64) -> rusqlite::Result<()> {
        let select = "SELECT hash, steady_ms, wall_ms FROM journal WHERE seq = ?1";
        let (hash, at) = target.query_row(select, [last_seq], |row| {
            let at = Moment {
                steady_ms: row.get(1)?,
                wall_ms: row.get(2)?,
            };
            Ok((row.get(0)?, at))
        })?;
        (self.head.seq, self.head.hash, self.last) = (last_seq, hash, Some(at));
        // In a text of an entry these quotes would stand behind a backslash.
        let select = r#"SELECT seq FROM journal WHERE body LIKE '{"event":"noted",%"trusted":{%' ORDER BY seq DESC LIMIT 1"#;
        let vouches = target.query_row(select, [], |row| row.get(0)).optional()?;
        self.head.trusted_seq = vouches.unwrap_or(0);
        let select = "SELECT date FROM day ORDER BY first_seq DESC LIMIT 1";
        let day = target.query_row(select, [], |row| row.get(0)).optional()?;
        self.day = day.map(Date::from_yyyymmdd);
        self.days = target.query_row("SELECT count(*) FROM day", [], |row| row.get(0))?;
        Ok(())
    }

    /// Counts the requests that are left, and what they sum up to.
    fn sum_up(&mut self, target: &Connection) -> rusqlite::Result<()> {
        let days = last_days(target)?;
        let mut sums = [Sum::default(); 2];
        let mut select = target.prepare("SELECT seq, sum FROM request")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (seq, sum): (Option<u64>, Option<Sum>) = (row.get(0)?, row.get(1)?);
            let sum = sum.unwrap_or_default();
            self.requests += 1;
            request::add_sum(&mut self.head.requests, sum);
            let of_days = days.iter().zip(&mut sums);
            let of_days = of_days.filter(|(day, _)| seq.is_some_and(|seq| day.has(seq)));
            of_days.for_each(|(_, all)| request::add_sum(all, sum));
        }
        let [last, open] = sums;
        self.head.day_requests = open;
        target.execute("UPDATE mark SET last_day_requests = ?1", [last])?;
        Ok(())
    }
}
