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
            .find(|(_, errand)| self.does(counter, ticket, errand));
        match here {
            Some((errand, _)) => Then::Here(errand),
            None if others().next().is_some() => Then::InLine {
                waits_from_ms: ticket.keeps_time_from_ms(now.at),
            },
            None => Then::Done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, MINUTE_MS, ONE, THREE, TWO, service, settings};
    use crate::{Command, Settings, State};

    #[test]
    fn errands_stand_in_all_their_lines_and_are_done_where_a_counter_is_free() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take_all(&["A", "B"], "ordinary");
        hall.wait(2 * MINUTE_MS);
        let waiting =
            |hall: &Hall| ["A", "B"].map(|code| hall.queue.day().waiting_for(&service(code)));
        assert_eq!((waiting(&hall), hall.queue.day().waiting()), ([1, 1], 1));
        assert_eq!(hall.serve(THREE), ticket, "B first");
        assert_eq!(waiting(&hall), [0, 0], "in one hand at a time");
        hall.finish(THREE);
        assert_eq!(waiting(&hall), [1, 0]);
        assert_eq!(hall.ticket(ticket).waited_ms(hall.now().at), 2 * MINUTE_MS);
        assert_eq!(hall.serve(ONE), ticket);
        hall.finish(ONE);
        assert_eq!(hall.state(ticket), State::Finished);
    }

    #[test]
    fn what_the_same_counter_does_goes_on_there_and_nobody_else_is_called() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take_all(&["A", "B"], "ordinary");
        let other = hall.take("A", "ordinary");
        hall.serve(TWO);
        assert_eq!(hall.call(TWO), ticket, "the other errand");
        assert_eq!(
            (hall.state(ticket), hall.state(other)),
            (State::Serving, State::Waiting)
        );
        assert_eq!(hall.ticket(ticket).service(), &service("B"));
        assert_eq!(hall.call(TWO), other);
        assert_eq!(hall.state(ticket), State::Finished);
    }

    #[test]
    fn where_the_order_is_set_the_second_errand_waits_for_the_first() {
        let mut hall = Hall::staffed(Settings {
            errands_in_order: true,
            ..settings()
        });
        let ticket = hall.take_all(&["A", "B"], "ordinary");
        assert_eq!(
            hall.refusal(&Command::CallNext(THREE)),
            Some(Refusal::NobodyWaits)
        );
        hall.serve(ONE);
        hall.finish(ONE);
        assert_eq!(hall.serve(THREE), ticket);
    }

    #[test]
    fn an_errand_ends_with_an_outcome_that_the_hall_knows() {
        let outcome = OutcomeCode::new("papers_missing");
        let mut hall = Hall::staffed(Settings {
            outcomes: [outcome.clone()].into(),
            ..settings()
        });
        let ticket = hall.take("A", "ordinary");
        let finish = |code: &str| Command::Finish {
            counter: ONE,
            outcome: Some(OutcomeCode::new(code)),
        };
        assert_eq!(
            hall.refusal(&finish("papers_missing")),
            Some(Refusal::NothingInHand)
        );
        hall.serve(ONE);
        assert_eq!(
            hall.refusal(&finish("unknown")),
            Some(Refusal::UnknownOutcome)
        );
        hall.act(&finish("papers_missing"));
        let done = hall.ticket(ticket).errand().done.as_ref().unwrap();
        assert_eq!((done.counter, &done.outcome), (ONE, &Some(outcome)));
        assert_eq!(hall.queue.day().finished_at(ONE), 1);
    }
}
