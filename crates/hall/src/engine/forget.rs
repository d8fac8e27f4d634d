//! What the hall must not keep.

use protocol::AlarmKind;
use queue::{Happening, Now};

use super::{Draft, Engine, FORGET_AGAIN_MS, Journal};

impl<J: Journal> Engine<J> {
    /// Deletes what people typed on days that are long over: after a start and when a day turns.
    pub(super) fn forget_texts(&mut self, now: Now) {
        let Some(today) = self.queue.day().date() else {
            return;
        };
        let is_sound = !self.adrift && !self.is_read_only();
        if now.at.steady_ms < self.forget_steady_ms || !is_sound {
            return;
        }
        let before = self.settings.notes_kept_from(today);
        let again_ms = now.at.steady_ms + FORGET_AGAIN_MS;
        self.forget_steady_ms = match self.journal.forget_notes_before(before, today) {
            Ok(true) => u64::MAX,
            Ok(false) => again_ms,
            Err(error) => {
                tracing::warn!(
                    "what was typed before {before} could not be deleted: {error}. It is tried again."
                );
                again_ms
            }
        };
    }

    /// Deletes days that are older than the hall keeps them: after a start and when a day turns. The memory
    /// itself sees to it that no clock that jumps makes a day old. Of a damaged record nothing is deleted.
    pub(super) fn delete_old_days(&mut self, now: Now) {
        let is_sound =
            !self.adrift && !self.is_read_only() && !self.troubles.stands(AlarmKind::RecordDamaged);
        let years = self.settings.journal_years;
        if years == 0 || now.at.steady_ms < self.delete_days_steady_ms || !is_sound {
            return;
        }
        self.delete_days_steady_ms = match self.journal.delete_old_days(years, now.at) {
            Ok(()) => u64::MAX,
            Err(error) => {
                tracing::warn!(
                    "days that are older than {years} years could not be deleted: {error}. It is tried again."
                );
                now.at.steady_ms + FORGET_AGAIN_MS
            }
        };
    }

    /// When a day has turned, nothing leads back any more to whose telephone numbers the day
    /// before had.
    pub(super) fn forget_persons(&mut self, draft: &Draft) {
        let mut events = draft.entries.iter().flat_map(|entry| &entry.events);
        let opened = events.find_map(|event| match event.what {
            Happening::DayOpened { day, .. } => Some(day),
            _ => None,
        });
        let Some(date) = opened else { return };
        self.forget_steady_ms = 0;
        self.delete_days_steady_ms = 0;
        if let Err(error) = self.journal.forget_keys_before(date) {
            tracing::warn!(
                "the key to yesterday's telephone numbers could not be deleted: {error}. It is tried again when the next day begins."
            );
        }
    }
}
