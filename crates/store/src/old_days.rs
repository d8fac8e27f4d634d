//! Days that are older than a hall must keep are deleted, a few at a time. The chain then begins behind
//! them, at an anchor: the hash of the last entry that is gone. An entry says which days went, when, by
//! which rule, and up to which hash; without it the anchor is not believed.

use queue::{Date, Moment};
use rusqlite::{Connection, params};
use serde_json::json;

use crate::append::{not_stored, write_record};
use crate::chain::Hash;
use crate::open::read_head;
use crate::record::{DaysDeletedRecord, LossRecord, Record};
use crate::replay::record_of;
use crate::request::{self, RequestRow, hex};
use crate::salvage::proved_hash;
use crate::{AppendError, Store, trusted, vouch};

/// A day is measured against the oldest of so many days at the journal's end, and not against the clock:
/// a clock that is wrong must have turned as many days before anything goes.
const SURE_DAYS: usize = 30;

/// For each year that is kept so many days must stay in the journal, which no clock can invent. A hall
/// that opens less than twice a week keeps its days for longer.
const LEAST_DAYS_PER_YEAR: usize = 100;

/// So many days go on one day at most: somebody can notice, and nobody waits for it.
const MOST_DAYS_AT_ONCE: usize = 5;

/// Whole old days that were deleted: the last time that some were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldDays {
    /// The first day that went then.
    pub first: Date,
    /// The last day that went; all before it are gone too.
    pub last: Date,
    /// How many days went then.
    pub days: u64,
    /// Their entries.
    pub entries: u64,
    /// Outcomes of requests that went with them.
    pub requests: u64,
    /// The rule: so many years are kept.
    pub years: u32,
    /// The last entry that is gone. All before it are gone too.
    pub up_to_seq: u64,
    /// Its hash, in hexadecimal digits, from which the chain goes on.
    pub hash: String,
    /// The entry that says so.
    pub said_by_seq: u64,
}

impl OldDays {
    pub(crate) fn new(record: &DaysDeletedRecord, said_by_seq: u64) -> Self {
        Self {
            first: Date::from_yyyymmdd(record.first_day),
            last: Date::from_yyyymmdd(record.last_day),
            days: record.days,
            entries: record.entries,
            requests: record.requests,
            years: record.years,
            up_to_seq: record.up_to_seq,
            hash: record.hash.clone(),
            said_by_seq,
        }
    }
}

impl DaysDeletedRecord {
    /// What readers of the journal are told.
    pub(crate) fn to_note(&self) -> String {
        let day = |number| Date::from_yyyymmdd(number).to_string();
        json!({
            "kind": "days_deleted",
            "first": day(self.first_day),
            "last": day(self.last_day),
            "days": self.days,
            "entries": self.entries,
            "requests": self.requests,
            "years": self.years,
            "up_to_seq": self.up_to_seq,
            "hash": self.hash,
        })
        .to_string()
    }
}

/// Where the chain begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Anchor {
    /// The last entry that is gone; 0 if the journal is whole.
    pub(crate) seq: u64,
    /// Its hash.
    pub(crate) hash: Hash,
    /// The entry that says so.
    pub(crate) by: u64,
}

impl Anchor {
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let select = "SELECT anchor_seq, anchor_hash, anchor_by FROM mark";
        connection.query_row(select, [], |row| {
            Ok(Self {
                seq: row.get(0)?,
                hash: row.get(1)?,
                by: row.get(2)?,
            })
        })
    }

    pub(crate) fn mark(&self, connection: &Connection) -> rusqlite::Result<()> {
        let update = "UPDATE mark SET anchor_seq = ?1, anchor_hash = ?2, anchor_by = ?3";
        connection.execute(update, params![self.seq, self.hash, self.by])?;
        Ok(())
    }

    /// What an entry has to say to vouch for it: what the one of `source` says, or that all before is lost
    /// where that one is.
    pub(crate) fn said(&self, source: &Connection) -> Record {
        match self.record(source) {
            Some(record) => Record::DaysDeleted(record),
            None => Record::Loss(self.loss()),
        }
    }

    fn loss(&self) -> LossRecord {
        LossRecord {
            first_seq: 1,
            last_seq: self.seq,
            hash: hex(&self.hash),
            days: Vec::new(),
        }
    }

    fn is_proved(&self, connection: &Connection) -> bool {
        match record_of(connection, self.by) {
            Ok(Record::DaysDeleted(record)) => self.is_of(&record),
            Ok(Record::Loss(loss)) => loss == self.loss(),
            _ => false,
        }
    }

    /// What the entry says that vouches for it, if days were deleted there.
    pub(crate) fn record(&self, connection: &Connection) -> Option<DaysDeletedRecord> {
        match record_of(connection, self.by) {
            Ok(Record::DaysDeleted(record)) => Some(record).filter(|record| self.is_of(record)),
            _ => None,
        }
    }

    fn is_of(&self, record: &DaysDeletedRecord) -> bool {
        (record.up_to_seq, &record.hash) == (self.seq, &hex(&self.hash))
    }

    /// What is wrong with it, in words.
    pub(crate) fn fault(&self, connection: &Connection) -> rusqlite::Result<Option<String>> {
        if self.seq == 0 {
            let fault = "an entry is named that deleted old days, and none are gone";
            return Ok((self.by > 0).then(|| fault.to_owned()));
        }
        if !self.is_proved(connection) {
            return Ok(Some(format!(
                "entries 1 to {} are gone, and no entry says that they were deleted",
                self.seq
            )));
        }
        let select = "SELECT count(*) FROM journal WHERE seq <= ?1";
        let left: u64 = connection.query_row(select, [self.seq], |row| row.get(0))?;
        let fault = format!("{left} entries are there that were deleted with their days");
        Ok((left > 0).then_some(fault))
    }
}

/// What the last deletion took away; nothing if the journal is whole, or what is said is not proved.
pub(crate) fn last_deleted(connection: &Connection) -> rusqlite::Result<Option<OldDays>> {
    let anchor = Anchor::read(connection)?;
    let record = anchor.record(connection);
    Ok(record.map(|it| OldDays::new(&it, anchor.by)))
}

impl Store {
    /// Deletes the oldest days, of which a hall that keeps `years` years need keep no more: a few of them, once
    /// on each business day. What is measured is how far the journal's own days are apart, for a clock
    /// can jump. Gives what went, if something did. What is damaged is not deleted.
    ///
    /// # Errors
    /// If the file cannot be written; none is deleted then.
    pub fn delete_old_days(
        &mut self,
        years: u32,
        at: Moment,
    ) -> Result<Option<OldDays>, AppendError> {
        let deleted = self.delete_days(years, at).map_err(not_stored)?;
        if deleted.is_some() {
            self.empty_write_ahead().map_err(not_stored)?;
        }
        Ok(deleted)
    }

    fn delete_days(&mut self, years: u32, at: Moment) -> rusqlite::Result<Option<OldDays>> {
        let transaction = self.connection.transaction()?;
        let (mut head, before) = (read_head(&transaction)?, Anchor::read(&transaction)?);
        let select = "SELECT day_seq FROM mark";
        let day_seq: u64 = transaction.query_row(select, [], |row| row.get(0))?;
        let days = listed(&transaction)?;
        let count = outlived(&days, years);
        if count == 0 || before.by >= day_seq {
            return Ok(None);
        }
        let up_to_seq = days[count].1 - 1;
        let Some(hash) = proved_hash(&transaction, up_to_seq)? else {
            return Ok(None);
        };
        let requests = delete_requests(&transaction, up_to_seq, &mut head.requests)?;
        let entries = transaction.execute("DELETE FROM journal WHERE seq <= ?1", [up_to_seq])?;
        for delete in [
            "DELETE FROM day WHERE first_seq <= ?1",
            "DELETE FROM appointment WHERE booked_seq <= ?1",
            "DELETE FROM note WHERE seq <= ?1",
        ] {
            transaction.execute(delete, [up_to_seq])?;
        }
        let record = DaysDeletedRecord {
            first_day: days[0].0.yyyymmdd(),
            last_day: days[count - 1].0.yyyymmdd(),
            days: count as u64,
            entries: entries as u64,
            requests,
            years,
            up_to_seq,
            hash: hex(&hash),
        };
        let said = Record::DaysDeleted(record.clone());
        head = write_record(&transaction, head, ("hall", at), &said)?;
        let (seq, by) = (up_to_seq, head.seq);
        Anchor { seq, hash, by }.mark(&transaction)?;
        if (1..=up_to_seq).contains(&trusted::oldest_seq(&transaction)?.min(head.trusted_seq)) {
            head = vouch::vouch(&transaction, head, at, &trusted::rows(&transaction)?)?;
        }
        head.mark(&transaction)?;
        transaction.commit()?;
        self.head.set(head);
        Ok(Some(OldDays::new(&record, by)))
    }
}

/// The days with their first entries, in the order of the journal.
fn listed(connection: &Connection) -> rusqlite::Result<Vec<(Date, u64)>> {
    let mut select = connection.prepare("SELECT date, first_seq FROM day ORDER BY first_seq")?;
    let days = select.query_map([], |row| {
        Ok((Date::from_yyyymmdd(row.get(0)?), row.get(1)?))
    })?;
    days.collect()
}

/// How many of the first days may go.
fn outlived(days: &[(Date, u64)], years: u32) -> usize {
    let Some(first_sure) = days.len().checked_sub(SURE_DAYS).filter(|_| years > 0) else {
        return 0;
    };
    let sure = days[first_sure..].iter().map(|(day, _)| day.yyyymmdd());
    let kept_from = sure
        .min()
        .unwrap_or(0)
        .saturating_sub(years.saturating_mul(10_000));
    let least = LEAST_DAYS_PER_YEAR.saturating_mul(years as usize);
    let most = days
        .len()
        .saturating_sub(least.max(SURE_DAYS))
        .min(MOST_DAYS_AT_ONCE);
    let old = days
        .iter()
        .take(most)
        .take_while(|(day, _)| day.yyyymmdd() < kept_from);
    old.count()
}

/// Deletes the outcomes that were given up to an entry, and takes them out of the sum of all.
fn delete_requests(
    connection: &Connection,
    up_to_seq: u64,
    all: &mut request::Sum,
) -> rusqlite::Result<u64> {
    let select = "SELECT id, act, outcome, seq, sum FROM request WHERE seq <= ?1";
    let mut select = connection.prepare(select)?;
    let mut rows = select.query([up_to_seq])?;
    while let Some(row) = rows.next()? {
        request::add(all, &RequestRow::read(row)?);
    }
    let delete = "DELETE FROM request WHERE seq <= ?1";
    Ok(connection.execute(delete, [up_to_seq])? as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many days from a year on, each month with 28.
    fn days(year: u32, count: u32) -> Vec<(Date, u64)> {
        let day = |day: u32| {
            let date = (year + day / 336) * 10_000 + (day / 28 % 12 + 1) * 100 + day % 28 + 1;
            (Date::from_yyyymmdd(date), u64::from(day) * 10 + 1)
        };
        (0..count).map(day).collect()
    }

    #[test]
    fn days_go_when_the_journal_itself_shows_that_they_are_old_and_a_few_at_a_time() {
        for (years, count, gone) in [
            (10, 336 * 10 + 29, 0),
            (10, 336 * 10 + 30, 0),
            (10, 336 * 10 + 31, 1),
            (10, 336 * 10 + 33, 3),
            (10, 336 * 12, 5),
            (1, 336 * 12, 5),
            (0, 336 * 12, 0),
            (50, 336 * 12, 0),
        ] {
            assert_eq!(outlived(&days(2010, count), years), gone, "{years} {count}");
        }
    }

    #[test]
    fn a_clock_that_jumps_deletes_nothing() {
        let mut journal = days(2026, 336);
        journal.extend(days(2126, 1));
        assert_eq!(outlived(&journal, 1), 0, "one day of the next century");
        journal.extend(days(2127, 28));
        assert_eq!(outlived(&journal, 1), 0, "nearly a month of it");
        journal.extend(days(2128, 1));
        assert_eq!(
            outlived(&journal, 3),
            5,
            "it turned thirty days by that clock"
        );
        assert_eq!(
            outlived(&journal, 4),
            0,
            "there are less than four years of days"
        );
        assert_eq!(outlived(&journal, u32::MAX), 0);
    }

    #[test]
    fn a_hall_that_opens_once_a_month_keeps_its_days() {
        let month = |month: u32| {
            let date = (2000 + month / 12) * 10_000 + (month % 12 + 1) * 100 + 1;
            (Date::from_yyyymmdd(date), u64::from(month) + 1)
        };
        let days: Vec<_> = (0..300).map(month).collect();
        assert_eq!(outlived(&days, 3), 0);
        assert_eq!(outlived(&days, 2), 5);
    }
}
