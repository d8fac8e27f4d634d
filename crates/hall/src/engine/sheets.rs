//! What goes out to everybody, from time to time.

use std::borrow::Cow;

use protocol::Audience;
use queue::Now;

use super::rows::{Sheets, View};
use super::trouble::{is_of_memory, shut};
use super::{Engine, Journal, Output};

impl<J: Journal> Engine<J> {
    /// Brings the tables up to date and gives what changed since the last time. When to do so is
    /// up to the caller: rows may wait a moment for each other, answers may not.
    pub fn publish(&mut self, now: Now) -> Vec<Output> {
        let next_seq = self.seq + 1;
        let mut changes = Vec::new();
        let Sheets { shared, own } = self.sheets(now);
        for (audience, own) in Audience::ALL.into_iter().zip(own) {
            let rows = shared.iter().map(Cow::Borrowed);
            let rows = rows.chain(own.into_iter().map(Cow::Owned));
            let changed = self.tables[audience as usize].set(next_seq, rows);
            changes.extend(changed.map(|rows| Output::Changed { audience, rows }));
        }
        if !changes.is_empty() {
            self.seq = next_seq;
        }
        changes
    }

    /// What each audience is to see now.
    fn sheets(&mut self, now: Now) -> Sheets {
        let troubles = self.troubles.rows(now.at.wall_ms);
        // Without a table yet there is nothing better than the state as far as it was read.
        let mut sheets = if self.adrift && self.seq > 0 {
            self.sheets_as_they_were()
        } else {
            let devices = self.devices.rows();
            let view = View {
                settings: &self.settings,
                queue: &self.queue,
                devices: &devices,
                slip: self.slip.as_ref(),
                trust: &self.trust,
                now,
            };
            view.sheets()
        };
        if self.is_read_only() {
            let own = sheets.own.iter_mut().flatten();
            sheets.shared.iter_mut().chain(own).for_each(shut);
        }
        sheets.own[Audience::Staff as usize].extend(troubles);
        sheets
    }

    fn sheets_as_they_were(&self) -> Sheets {
        let rows = |audience: Audience| {
            let rows = self.tables[audience as usize].rows();
            let rows = rows.filter(|row| !is_of_memory(&row.key()));
            rows.cloned().collect()
        };
        Sheets {
            shared: Vec::new(),
            own: Audience::ALL.map(rows),
        }
    }
}
