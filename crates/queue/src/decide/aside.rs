//! Putting the customer in hand aside, and going on; sending one back to the queue.

use super::Decision;
use crate::{
    CounterNumber, Happening, Moment, Now, Place, PutBack, Queue, Refusal, Requeue, State, TicketId,
};

impl Queue {
    pub(super) fn hold(
        &self,
        now: Now,
        counter: CounterNumber,
        reason: &str,
        for_ms: Option<u64>,
    ) -> Decision {
        let ticket = self.held(counter)?;
        let until = for_ms.map(|for_ms| Moment {
            steady_ms: now.at.steady_ms.saturating_add(for_ms),
            wall_ms: now.at.wall_ms.saturating_add_unsigned(for_ms),
        });
        Ok(vec![Happening::Held {
            ticket: ticket.id,
            counter,
            reason: reason.to_owned(),
            until,
        }])
    }

    /// Any counter may go on, for clerks stand in for each other.
    pub(super) fn resume_held(&self, counter: CounterNumber, ticket: TicketId) -> Decision {
        self.free(counter)?;
        if self.known(ticket)?.state != State::Held {
            return Err(Refusal::NotOnHold);
        }
        Ok(vec![Happening::HoldResumed { ticket, counter }])
    }

    pub(super) fn put_back(&self, now: Now, counter: CounterNumber, place: PutBack) -> Decision {
        let ticket = self.held(counter)?;
        let since_ms = now.at.steady_ms;
        let keeps_from_ms = ticket.keeps_time_from_ms(now.at);
        let (place, waits_from_ms) = match place {
            PutBack::First => (Place::First { since_ms }, keeps_from_ms),
            PutBack::ByTime => (Place::ByScore, keeps_from_ms),
            PutBack::Last => (Place::ByScore, since_ms),
        };
        Ok(vec![Happening::Requeued {
            ticket: ticket.id,
            why: Requeue::PutBack,
            place,
            waits_from_ms,
        }])
    }
}
