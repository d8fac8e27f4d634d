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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;
    use crate::invariants::sample::{Hall, MINUTE_MS, ONE, TWO, settings};

    fn hold(for_ms: Option<u64>) -> Command {
        Command::Hold {
            counter: ONE,
            reason: "填表".to_owned(),
            for_ms,
        }
    }

    #[test]
    fn who_is_put_aside_frees_the_counter_and_any_counter_goes_on() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.serve(ONE);
        hall.act(&hold(None));
        hall.wait(600 * MINUTE_MS);
        assert_eq!(hall.state(ticket), State::Held, "without an end it lasts");
        assert!(hall.queue.day().held_at(ONE).eq([hall.ticket(ticket)]));
        hall.act(&Command::ResumeHeld(TWO, ticket));
        assert_eq!(hall.queue.day().in_hand(TWO).unwrap().id, ticket);
        assert_eq!(hall.state(ticket), State::Serving);
    }

    #[test]
    fn a_hold_with_an_end_is_back_in_line_then_with_the_time_that_it_had_waited() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.wait(3 * MINUTE_MS);
        hall.serve(ONE);
        hall.act(&hold(Some(5 * MINUTE_MS)));
        hall.wait(5 * MINUTE_MS - 1);
        assert_eq!(hall.state(ticket), State::Held);
        hall.wait(1);
        assert_eq!(hall.state(ticket), State::Waiting);
        assert_eq!(hall.ticket(ticket).waited_ms(hall.now().at), 3 * MINUTE_MS);
    }

    #[test]
    fn who_was_put_aside_before_he_came_has_come_when_the_counter_goes_on() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.call(ONE);
        hall.act(&hold(None));
        hall.wait(MINUTE_MS);
        hall.act(&Command::ResumeHeld(ONE, ticket));
        let arrived = hall.ticket(ticket).call.as_ref().unwrap().arrived;
        assert_eq!(arrived, Some(hall.now().at), "handling counts from here");
    }

    #[test]
    fn nobody_is_put_aside_twice_and_a_busy_counter_does_not_go_on() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        assert_eq!(hall.refusal(&hold(None)), Some(Refusal::NothingInHand));
        let resume = Command::ResumeHeld(ONE, ticket);
        assert_eq!(hall.refusal(&resume), Some(Refusal::NotOnHold));
        hall.serve(ONE);
        hall.act(&hold(None));
        hall.take("A", "ordinary");
        hall.serve(ONE);
        assert!(matches!(
            hall.refusal(&resume),
            Some(Refusal::StillInHand(_))
        ));
    }

    /// Two wait; the first is called and put back after two minutes. Who is next?
    fn next_after(place: PutBack) -> bool {
        let mut hall = Hall::staffed(settings());
        hall.take("A", "elderly");
        let ticket = hall.take("A", "ordinary");
        hall.serve(TWO);
        hall.take("A", "ordinary");
        assert_eq!(hall.serve(ONE), ticket);
        hall.wait(2 * MINUTE_MS);
        hall.take("A", "elderly");
        hall.act(&Command::PutBack(ONE, place));
        hall.wait(MINUTE_MS);
        hall.call(ONE) == ticket
    }

    #[test]
    fn who_is_put_back_first_is_next_and_others_by_time_or_last() {
        assert!(next_after(PutBack::First));
        assert!(!next_after(PutBack::ByTime));
        assert!(!next_after(PutBack::Last));
    }

    #[test]
    fn back_by_time_keeps_what_was_waited_and_last_begins_anew() {
        for (place, waited_ms) in [
            (PutBack::First, 4 * MINUTE_MS),
            (PutBack::ByTime, 4 * MINUTE_MS),
            (PutBack::Last, 0),
        ] {
            let mut hall = Hall::staffed(settings());
            let ticket = hall.take("A", "ordinary");
            hall.wait(4 * MINUTE_MS);
            hall.serve(ONE);
            hall.wait(9 * MINUTE_MS);
            hall.act(&Command::PutBack(ONE, place));
            assert_eq!(hall.ticket(ticket).waited_ms(hall.now().at), waited_ms);
        }
    }
}
