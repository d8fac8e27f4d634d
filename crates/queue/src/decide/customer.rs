//! What a customer may want of a ticket that is not at a counter: to give it up, to come back
//! after a missed call, to be of another class.

use super::Decision;
use crate::{
    CancelWhy, ClassCode, Happening, Now, Place, Queue, Refusal, Requeue, State, Ticket, TicketId,
};

impl Queue {
    /// Ends a ticket that waits or is put aside. Who is called or served is finished by the counter.
    pub(super) fn cancel(&self, ticket: TicketId, why: CancelWhy) -> Decision {
        match (self.known(ticket)?.state, why) {
            (State::Waiting, _)
            | (State::Held | State::NoShow, CancelWhy::Customer | CancelWhy::Staff) => {
                Ok(vec![Happening::Cancelled { ticket, why }])
            }
            (State::Cancelled, _) => Ok(Vec::new()),
            _ => Err(Refusal::NotWaiting),
        }
    }

    /// Lets a customer who missed a call back in, to be called after the calls that the rule says.
    pub(super) fn come_back(&self, now: Now, id: TicketId) -> Decision {
        let ticket = self.known(id)?;
        if ticket.state != State::NoShow {
            return Err(Refusal::NotNoShow);
        }
        let rule = self.settings.missed.ok_or(Refusal::TooLateToReturn)?;
        if ticket.missed.count >= rule.most {
            return Err(Refusal::MissedTooOften);
        }
        self.holder_has_no_other(ticket)?;
        let calls = self.day.calls_for(ticket.service());
        let since_calls = calls.saturating_sub(ticket.missed.calls);
        let since_ms = now.at.since_ms(ticket.missed.at);
        let by_time = rule.within_ms.map(|within_ms| since_ms <= within_ms);
        let by_calls = rule.within_calls.map(|within| since_calls <= within);
        let limits: Vec<bool> = by_time.into_iter().chain(by_calls).collect();
        if !limits.is_empty() && !limits.contains(&true) {
            return Err(Refusal::TooLateToReturn);
        }
        Ok(vec![Happening::Requeued {
            ticket: id,
            why: Requeue::Returned,
            place: Place::AfterCalls(calls.saturating_add(rule.back_after_calls)),
            waits_from_ms: ticket.keeps_time_from_ms(now.at),
        }])
    }

    pub(super) fn set_class(&self, id: TicketId, class: &ClassCode, verified: bool) -> Decision {
        let ticket = self.known(id)?;
        if !self.settings.classes.contains_key(class) {
            return Err(Refusal::UnknownClass);
        }
        if !ticket.state.is_open() && ticket.state != State::NoShow {
            return Err(Refusal::TicketEnded);
        }
        if ticket.class == *class && ticket.verified == verified {
            return Ok(Vec::new());
        }
        Ok(vec![Happening::ClassSet {
            ticket: id,
            class: class.clone(),
            verified,
        }])
    }

    /// A telephone number has one open ticket, also when an old one would come back to life.
    pub(super) fn holder_has_no_other(&self, ticket: &Ticket) -> Result<(), Refusal> {
        let other = ticket.holder.and_then(|holder| self.day.ticket_of(holder));
        match other.filter(|other| other.id != ticket.id) {
            Some(other) => Err(Refusal::PhoneHasTicket(other.number.clone())),
            None => Ok(()),
        }
    }
}
