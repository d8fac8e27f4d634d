//! What must hold after each step of the loop, after each start and at the end.

use protocol::Outcome;
use store::Archive;

use crate::machine::RETRY_STORING_MS;
use crate::world::{Held, World};

/// So often the rules check everything that can be looked up about their tickets.
const CHECKED_EVERY: u64 = 32;

impl World {
    /// I2 to I4 and I6, and the comparison with the reference.
    pub fn check_step(&mut self) -> Held {
        let Some(running) = &self.machine.running else {
            return Ok(());
        };
        self.machine.keys.are_kept()?;
        if running.engine.is_adrift() {
            // Of what it could not read back it says nothing yet; in a second it must have it.
            return self.is_not_adrift_for_long();
        }
        self.machine.adrift_since_ms = None;
        self.reference.is(running.engine.queue().day())?;
        running.elsewhere.read_on(&mut self.machine.elsewhere)?;
        if self.machine.elsewhere.seq != running.engine.journal_seq() {
            return Err(format!(
                "the record ends at {}, and the hall at {}",
                self.machine.elsewhere.seq,
                running.engine.journal_seq()
            ));
        }
        self.machine.steps += 1;
        if self.machine.steps.is_multiple_of(CHECKED_EVERY) {
            running
                .engine
                .queue()
                .check()
                .map_err(|broken| broken.to_string())?;
        }
        Ok(())
    }

    fn is_not_adrift_for_long(&mut self) -> Held {
        let since_ms = *self.machine.adrift_since_ms.get_or_insert(self.at_ms);
        self.count("steps without a state");
        if self.at_ms > since_ms + 2 * RETRY_STORING_MS {
            return Err(format!(
                "the disk can be read, and the hall has no state since {} ms",
                self.at_ms - since_ms
            ));
        }
        Ok(())
    }

    /// I4 from end to end, as `hall audit verify` sees it.
    pub fn whole_record_is_sound(&mut self) -> Held {
        let archive = Archive::open(&self.folder).map_err(|error| error.to_string())?;
        let verdict = archive.verify(|_| {}).map_err(|error| error.to_string())?;
        match verdict.bad.first() {
            None => Ok(()),
            Some(bad) => Err(format!("I4: {bad:?}")),
        }
    }

    /// What the hall remembers of every confirmed request is what was confirmed.
    pub fn outcomes_are_kept(&mut self) -> Held {
        let Some(running) = &self.machine.running else {
            return Ok(());
        };
        for (id, (act, outcome)) in &self.machine.confirmed {
            let kept = running.elsewhere.outcome(*id);
            let kept: Option<Outcome> = kept.and_then(|kept| serde_json::from_str(&kept).ok());
            if kept.as_ref() != Some(outcome) {
                return Err(format!(
                    "I1: {act:?} was confirmed as {outcome:?}, and {kept:?} is remembered"
                ));
            }
        }
        Ok(())
    }
}
