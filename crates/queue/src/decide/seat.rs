//! Who sits where: opening, pausing and closing a counter.

use super::Decision;
use crate::{CounterNumber, Happening, Queue, Refusal};

impl Queue {
    pub(super) fn sign_in(&self, number: CounterNumber, clerk: &str) -> Decision {
        if !self.settings.counters.contains_key(&number) {
            return Err(Refusal::UnknownCounter);
        }
        match (self.day.counter(number), self.day.seat_of(clerk)) {
            (Some(counter), _) if counter.clerk == clerk => Ok(Vec::new()),
            (Some(counter), _) => Err(Refusal::CounterTaken(counter.clerk.clone())),
            (None, Some(elsewhere)) => Err(Refusal::ClerkElsewhere(elsewhere)),
            (None, None) => Ok(vec![Happening::SignedIn {
                counter: number,
                clerk: clerk.to_owned(),
            }]),
        }
    }

    pub(super) fn sign_out(&self, counter: CounterNumber) -> Decision {
        self.free(counter)?;
        Ok(vec![Happening::SignedOut { counter }])
    }

    pub(super) fn pause(&self, counter: CounterNumber, reason: &str) -> Decision {
        match &self.open(counter)?.paused {
            Some(known) if known == reason => Ok(Vec::new()),
            _ => Ok(vec![Happening::Paused {
                counter,
                reason: reason.to_owned(),
            }]),
        }
    }

    pub(super) fn resume(&self, counter: CounterNumber) -> Decision {
        match self.open(counter)?.paused {
            Some(_) => Ok(vec![Happening::Resumed { counter }]),
            None => Err(Refusal::CounterNotPaused),
        }
    }
}
