//! Entries that a restore could not bring back. In the place of each stands that it is lost, with the hash
//! that it had where somebody has to go on from it, so that the chain is whole. An entry at the end of what was
//! brought back says which they are; without that one nobody believes that there was a loss.

use queue::{Date, Moment};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use crate::Head;
use crate::append::write_record;
use crate::chain::{GENESIS, Hash, Link};
use crate::record::{LossRecord, Record};
use crate::replay::record_of;
use crate::request::hex;

/// Who wrote what stands in the place of a lost entry.
const ACTOR: &str = "hall";

/// How the body begins of what stands there, and of the entry that says so.
const LOST: &str = r#"{"event":"lost""#;
const LOSS: &str = r#"{"event":"loss""#;

/// What is wrong with one of which no entry says that it is.
pub(crate) const UNPROVED: &str = "it stands there as lost, and no entry says that it is";

/// Lost entries that stand next to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    /// That of the last of them, behind which the next was written.
    pub(crate) hash: Hash,
    /// When the next was written: when they were, nobody knows.
    pub(crate) at: Moment,
    /// Those that opened a day, by the list of days.
    pub(crate) days: Vec<(u64, Date)>,
}

impl Gap {
    /// Takes in the one that stands behind it. Whether it does.
    pub(crate) fn goes_on_with(&mut self, next: &Self) -> bool {
        let joins = self.last_seq + 1 == next.first_seq;
        if joins {
            (self.last_seq, self.hash) = (next.last_seq, next.hash);
            self.days.extend(&next.days);
        }
        joins
    }

    pub(crate) fn has(&self, seq: u64) -> bool {
        (self.first_seq..=self.last_seq).contains(&seq)
    }

    /// Fills the places of the lost entries. What says so is not there yet.
    pub(crate) fn fill(&self, target: &Connection) -> rusqlite::Result<()> {
        let Moment { steady_ms, wall_ms } = self.at;
        let body = Record::Lost { by: 0 }.to_json();
        for seq in self.first_seq..=self.last_seq {
            let hash = if seq == self.last_seq {
                self.hash
            } else {
                GENESIS
            };
            let link = Link {
                seq,
                steady_ms,
                wall_ms,
                actor: ACTOR,
                body: &body,
            };
            link.insert(target, &hash)?;
        }
        Ok(())
    }

    /// Writes the entry that says so.
    pub(crate) fn vouch(
        &self,
        target: &Connection,
        head: Head,
        at: Moment,
    ) -> rusqlite::Result<Head> {
        let record = LossRecord {
            first_seq: self.first_seq,
            last_seq: self.last_seq,
            hash: hex(&self.hash),
            days: self
                .days
                .iter()
                .map(|(seq, day)| (*seq, day.yyyymmdd()))
                .collect(),
        };
        let head = write_record(target, head, (ACTOR, at), &Record::Loss(record))?;
        let body = Record::Lost { by: head.seq }.to_json();
        let update = "UPDATE journal SET body = ?1 WHERE seq BETWEEN ?2 AND ?3";
        target.execute(update, params![body, self.first_seq, self.last_seq])?;
        Ok(head)
    }
}

/// Whether an entry only says that one is lost.
pub(crate) fn is_lost(body: &str) -> bool {
    body.starts_with(LOST)
}

/// What another entry says of this one, which has the hash `stored`, if it says that it is lost.
pub(crate) fn proof(connection: &Connection, lost: &Link<'_>, stored: &Hash) -> Option<LossRecord> {
    loss_of(connection, lost).filter(|loss| {
        let between = (loss.first_seq..loss.last_seq).contains(&lost.seq);
        between || lost.seq == loss.last_seq && hex(stored) == loss.hash
    })
}

fn loss_of(connection: &Connection, lost: &Link<'_>) -> Option<LossRecord> {
    let Ok(Record::Lost { by }) = Record::from_json(lost.body) else {
        return None;
    };
    // So that nobody is led from one lost entry to the next without end.
    let select = "SELECT body FROM journal WHERE seq = ?1";
    let body: Option<String> = connection
        .query_row(select, [by], |row| row.get(0))
        .optional()
        .ok()?;
    if !body?.starts_with(LOSS) {
        return None;
    }
    match record_of(connection, by) {
        Ok(Record::Loss(loss)) => Some(loss),
        _ => None,
    }
}

impl LossRecord {
    /// The day that an entry opened.
    pub(crate) fn opened(&self, seq: u64) -> Option<Date> {
        let opened = self.days.iter().find(|(first, _)| *first == seq);
        opened.map(|(_, day)| Date::from_yyyymmdd(*day))
    }

    /// What readers of the journal are told.
    pub(crate) fn to_note(&self) -> String {
        json!({
            "kind": "entries_lost",
            "first_seq": self.first_seq,
            "last_seq": self.last_seq,
        })
        .to_string()
    }
}

/// What readers of the journal are told in the place of a lost entry.
pub(crate) fn note_of_lost(by: u64) -> String {
    json!({ "kind": "entry_lost", "by": by }).to_string()
}
