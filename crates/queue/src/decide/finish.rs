//! The end of an errand, and how its ticket goes on.

use super::Decision;
use crate::{CounterNumber, Happening, Now, OutcomeCode, Queue, Refusal, Then, Ticket};

impl Queue {
    pub(super) fn finish(
        &self,
        now: Now,
        counter: CounterNumber,
        outcome: Option<&OutcomeCode>,
    ) -> Decision {
        let ticket = self.held(counter)?;
        let known = |outcome: &OutcomeCode| self.settings.outcomes.contains(outcome);
        if !outcome.is_none_or(known) {
            return Err(Refusal::UnknownOutcome);
        }
        Ok(vec![Happening::Finished {
            ticket: ticket.id,
            counter,
            outcome: outcome.cloned(),
            then: self.then(now, counter, ticket),
        }])
    }

    /// An errand at a counter that serves it, too, is done there.
    fn then(&self, now: Now, counter: CounterNumber, ticket: &Ticket) -> Then {
        let others = || {
            ticket
                .open_errands()
                .filter(|(errand, _)| *errand != ticket.current)
        };
        let next = if ticket.in_order { 1 } else { usize::MAX };
        let here = others()
            .take(next)
            .find(|(_, errand)| self.does(counter, errand));
        match here {
            Some((errand, _)) => Then::Here(errand),
            None if others().next().is_some() => Then::InLine {
                waits_from_ms: ticket.keeps_time_from_ms(now.at),
            },
            None => Then::Done,
        }
    }
}
