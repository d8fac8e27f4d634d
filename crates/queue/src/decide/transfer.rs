//! Handing a customer over (内转外不转): the matter moves on, and the ticket stays.

use super::Decision;
use crate::{Counter, CounterNumber, Desk, Happening, Now, Queue, Refusal, Ticket};

impl Queue {
    pub(super) fn transfer(
        &self,
        now: Now,
        counter: CounterNumber,
        to: &Desk,
        (note, keep_time, come_back): (Option<String>, bool, bool),
    ) -> Decision {
        let ticket = self.held(counter)?;
        self.is_elsewhere((counter, self.open(counter)?), ticket, to)?;
        Ok(vec![Happening::Transferred {
            ticket: ticket.id,
            counter,
            to: to.clone(),
            note,
            waits_from_ms: if keep_time {
                ticket.keeps_time_from_ms(now.at)
            } else {
                now.at.steady_ms
            },
            come_back,
        }])
    }

    /// Somebody is there to hand over to, and it is somebody else.
    fn is_elsewhere(
        &self,
        (number, counter): (CounterNumber, &Counter),
        ticket: &Ticket,
        to: &Desk,
    ) -> Result<(), Refusal> {
        let there = match to {
            Desk::Service(service) => {
                let known = self.settings.services.get(service);
                known.ok_or(Refusal::UnknownService)?;
                ticket.service() == service
            }
            Desk::Counter(other) => {
                self.open(*other)?;
                *other == number
            }
            Desk::Clerk(clerk) => {
                self.day.seat_of(clerk).ok_or(Refusal::ClerkAway)?;
                counter.clerk == *clerk
            }
        };
        if there {
            Err(Refusal::AlreadyThere)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, MINUTE_MS, ONE, THREE, TWO, class, service, settings};
    use crate::{Command, Refusal, Reserved, State};

    fn to(desk: Desk, keep_time: bool, come_back: bool) -> Command {
        Command::Transfer {
            counter: ONE,
            to: desk,
            note: Some("缺身份证复印件".to_owned()),
            keep_time,
            come_back,
        }
    }

    #[test]
    fn to_a_service_goes_with_a_note_and_with_the_time_waited_or_without() {
        for (keep_time, waited_ms) in [(true, 4 * MINUTE_MS), (false, 0)] {
            let mut hall = Hall::staffed(settings());
            let ticket = hall.take("A", "ordinary");
            hall.wait(4 * MINUTE_MS);
            hall.serve(ONE);
            hall.wait(MINUTE_MS);
            hall.act(&to(Desk::Service(service("B")), keep_time, false));
            let moved = hall.ticket(ticket);
            assert_eq!(moved.note.as_deref(), Some("缺身份证复印件"));
            assert_eq!(moved.waited_ms(hall.now().at), waited_ms);
            assert_eq!(
                (moved.number.to_string(), moved.service()),
                ("A001".to_owned(), &service("B"))
            );
            assert_eq!(hall.call(THREE), ticket);
        }
    }

    #[test]
    fn to_a_counter_or_clerk_is_called_there_alone_and_before_its_services() {
        for desk in [Desk::Counter(THREE), Desk::Clerk("张敏".to_owned())] {
            let mut hall = Hall::staffed(settings());
            hall.take("B", "elderly");
            let ticket = hall.take("A", "ordinary");
            hall.serve(ONE);
            hall.act(&to(desk, false, false));
            assert_eq!(
                hall.refusal(&Command::CallNext(ONE)),
                Some(Refusal::NobodyWaits)
            );
            hall.wait(MINUTE_MS);
            assert_eq!(hall.call(THREE), ticket, "which does not serve A otherwise");
        }
    }

    #[test]
    fn who_is_to_come_back_comes_back_to_the_same_counter() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.serve(ONE);
        hall.act(&to(Desk::Service(service("B")), true, true));
        hall.serve(THREE);
        hall.finish(THREE);
        assert_eq!(hall.state(ticket), State::Waiting);
        assert_eq!(
            hall.refusal(&Command::CallNext(TWO)),
            Some(Refusal::NobodyWaits)
        );
        assert_eq!(hall.call(ONE), ticket);
        assert_eq!(
            hall.ticket(ticket).service(),
            &service("A"),
            "the first errand goes on"
        );
        hall.finish(ONE);
        assert_eq!(hall.state(ticket), State::Finished);
    }

    #[test]
    fn if_the_counter_closes_meanwhile_any_counter_of_the_service_will_do() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.serve(ONE);
        hall.act(&to(Desk::Service(service("B")), true, true));
        hall.serve(THREE);
        hall.act(&Command::SignOut(ONE));
        hall.finish(THREE);
        assert_eq!(hall.call(TWO), ticket);
    }

    #[test]
    fn if_the_counter_closes_and_the_colleague_serves_it_too_it_goes_on_there() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.serve(ONE);
        hall.act(&to(Desk::Counter(TWO), true, true));
        hall.serve(TWO);
        hall.act(&Command::SignOut(ONE));
        assert_eq!(hall.call(TWO), ticket);
        assert_eq!(hall.state(ticket), State::Serving);
    }

    #[test]
    fn who_waits_for_a_colleague_who_leaves_waits_for_the_service() {
        for desk in [Desk::Counter(TWO), Desk::Clerk("李强".to_owned())] {
            let mut hall = Hall::staffed(settings());
            let ticket = hall.take("A", "ordinary");
            hall.serve(ONE);
            hall.act(&to(desk, true, false));
            hall.act(&Command::SignOut(TWO));
            assert_eq!(hall.call(ONE), ticket);
        }
    }

    #[test]
    fn what_was_handed_over_is_served_whatever_the_counter_is_reserved_for() {
        let mut settings = settings();
        let plan = settings.counters.get_mut(&THREE).unwrap();
        plan.reserved = Reserved::Only([class("elderly")].into());
        let mut hall = Hall::staffed(settings);
        let ticket = hall.take("A", "ordinary");
        hall.take("B", "ordinary");
        hall.serve(ONE);
        hall.act(&to(Desk::Counter(THREE), true, false));
        assert_eq!(hall.serve(THREE), ticket);
        assert_eq!(
            hall.refusal(&Command::CallNext(THREE)),
            Some(Refusal::NobodyWaits)
        );
    }

    #[test]
    fn nobody_is_handed_over_to_nowhere_or_to_where_he_is() {
        let mut hall = Hall::staffed(settings());
        let clerk = |name: &str| Desk::Clerk(name.to_owned());
        let b = Desk::Service(service("B"));
        assert_eq!(
            hall.refusal(&to(b, true, false)),
            Some(Refusal::NothingInHand)
        );
        hall.take("A", "ordinary");
        hall.serve(ONE);
        hall.act(&Command::SignOut(TWO));
        for (desk, refusal) in [
            (Desk::Service(service("X")), Refusal::UnknownService),
            (Desk::Service(service("A")), Refusal::AlreadyThere),
            (Desk::Counter(CounterNumber(9)), Refusal::UnknownCounter),
            (Desk::Counter(TWO), Refusal::CounterClosed),
            (Desk::Counter(ONE), Refusal::AlreadyThere),
            (clerk("李强"), Refusal::ClerkAway),
            (clerk("王芳"), Refusal::AlreadyThere),
        ] {
            assert_eq!(hall.refusal(&to(desk, true, false)), Some(refusal));
        }
    }

    #[test]
    fn who_comes_back_to_a_counter_does_so_also_when_the_colleague_in_between_left() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.serve(ONE);
        hall.act(&to(Desk::Counter(TWO), true, true));
        hall.act(&Command::SignOut(TWO));
        let desks: Vec<_> = hall
            .ticket(ticket)
            .errands
            .iter()
            .map(|errand| &errand.desk)
            .collect();
        assert_eq!(desks, [&Desk::Service(service("A")), &Desk::Counter(ONE)]);
    }
}
