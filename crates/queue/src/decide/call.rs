//! Calling: who comes to a counter, and whether he does.

use super::Decision;
use crate::{
    ClassCode, CounterNumber, Happening, Now, Pick, Queue, Refusal, ServiceCode, State, Then,
    TicketId,
};

impl Queue {
    /// Finishes the one being served. If another errand of the same ticket is done here, that
    /// goes on, and nobody is called.
    pub(super) fn call_next(&self, now: Now, counter: CounterNumber) -> Decision {
        let finished = self.make_free(now, counter)?;
        if stays(&finished) {
            return Ok(finished);
        }
        let pick = self.next_for(counter, now.at);
        let pick = pick.ok_or(Refusal::NobodyWaits)?;
        Ok(self.and_call(now, counter, finished, pick))
    }

    pub(super) fn call_chosen(
        &self,
        now: Now,
        counter: CounterNumber,
        ticket: TicketId,
    ) -> Decision {
        if !self.settings.may_choose {
            return Err(Refusal::MayNotChoose);
        }
        let finished = self.make_free(now, counter)?;
        if self.known(ticket)?.state != State::Waiting {
            return Err(Refusal::NotWaiting);
        }
        if stays(&finished) {
            return Ok(finished);
        }
        let pick = self.chosen(counter, ticket, now.at);
        let pick = pick.ok_or(Refusal::NotServedHere)?;
        Ok(self.and_call(now, counter, finished, pick))
    }

    pub(super) fn await_next(&self, now: Now, counter: CounterNumber) -> Decision {
        let mut happenings = self.make_free(now, counter)?;
        if stays(&happenings) {
            return Ok(happenings);
        }
        if let Some(pick) = self.next_for(counter, now.at) {
            return Ok(self.and_call(now, counter, happenings, pick));
        }
        if self.open(counter)?.awaiting.is_none() {
            happenings.push(Happening::Awaiting { counter });
        }
        Ok(happenings)
    }

    pub(super) fn stop_awaiting(&self, counter: CounterNumber) -> Decision {
        let awaiting = self.open(counter)?.awaiting.is_some();
        Ok(Vec::from_iter(
            awaiting.then_some(Happening::StoppedAwaiting { counter }),
        ))
    }

    pub(super) fn serve_without(
        &self,
        now: Now,
        counter: CounterNumber,
        service: &ServiceCode,
        class: &ClassCode,
    ) -> Decision {
        self.known_business(service, class)?;
        self.free(counter)?;
        let series = self.settings.walk_in_series.as_ref();
        let number = self.next_number(series.ok_or(Refusal::NumbersUsedUp)?)?;
        Ok(vec![Happening::ServedWithout {
            call: self.day.next_call(self.date(now)),
            ticket: self.day.next_ticket(self.date(now)),
            number,
            service: service.clone(),
            class: class.clone(),
            counter,
        }])
    }

    pub(super) fn recall(&self, now: Now, counter: CounterNumber) -> Decision {
        let ticket = self.called(counter)?;
        let rule = self.settings.recall;
        let call = ticket.call.as_ref().ok_or(Refusal::NothingInHand)?;
        if call.recalls >= rule.most {
            return Err(Refusal::RecallsUsedUp);
        }
        let wait_ms = rule
            .least_interval_ms
            .saturating_sub(now.at.since_ms(call.last));
        if wait_ms > 0 {
            return Err(Refusal::RecallTooSoon { wait_ms });
        }
        let ticket = ticket.id;
        Ok(vec![Happening::Recalled { ticket, counter }])
    }

    pub(super) fn arrive(&self, counter: CounterNumber) -> Decision {
        let ticket = self.called(counter)?.id;
        Ok(vec![Happening::Arrived { ticket, counter }])
    }

    pub(super) fn no_show(&self, counter: CounterNumber) -> Decision {
        let ticket = self.called(counter)?.id;
        Ok(vec![Happening::NoShow { ticket, counter }])
    }

    pub(super) fn undo_no_show(&self, counter: CounterNumber, ticket: TicketId) -> Decision {
        self.free(counter)?;
        let known = self.known(ticket)?;
        let called_here = known
            .call
            .as_ref()
            .is_some_and(|call| call.counter == counter);
        if known.state != State::NoShow || !called_here {
            return Err(Refusal::NotNoShow);
        }
        self.holder_has_no_other(known)?;
        Ok(vec![Happening::NoShowUndone { ticket, counter }])
    }

    pub(super) fn and_call(
        &self,
        now: Now,
        counter: CounterNumber,
        mut before: Vec<Happening>,
        pick: Pick,
    ) -> Vec<Happening> {
        before.push(Happening::Called {
            call: self.day.next_call(self.date(now)),
            ticket: pick.ticket,
            errand: pick.errand,
            counter,
            reason: pick.reason,
        });
        before
    }

    /// What has to happen before a counter calls: whoever is served there is done.
    fn make_free(&self, now: Now, counter: CounterNumber) -> Decision {
        if self.open(counter)?.paused.is_some() {
            return Err(Refusal::CounterPaused);
        }
        match self.day.in_hand(counter) {
            None => Ok(Vec::new()),
            Some(ticket) if ticket.state == State::Called => {
                Err(Refusal::StillCalled(ticket.number.clone()))
            }
            Some(_) => self.finish(now, counter, None),
        }
    }
}

/// Whether the customer in hand stays for another errand.
fn stays(finished: &[Happening]) -> bool {
    let here = |what: &Happening| {
        matches!(
            what,
            Happening::Finished {
                then: Then::Here(_),
                ..
            }
        )
    };
    finished.iter().any(here)
}
