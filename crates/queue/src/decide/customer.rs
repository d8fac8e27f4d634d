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

    /// Where a telephone number has one open ticket, it has one also when an old one would come
    /// back to life.
    pub(super) fn holder_has_no_other(&self, ticket: &Ticket) -> Result<(), Refusal> {
        let holder = ticket.holder.filter(|_| self.settings.one_ticket_per_phone);
        let mut tickets = holder
            .into_iter()
            .flat_map(|holder| self.day.tickets_of(holder));
        match tickets.find(|other| other.id != ticket.id) {
            Some(other) => Err(Refusal::PhoneHasTicket(other.number.clone())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, MINUTE_MS, ONE, TWO, class, settings};
    use crate::{Channel, Command, Holder, MissedRule, ServiceCode, Settings, Why};

    /// Ten minutes or three calls; back after two calls; the second miss ends it.
    fn missed_rule() -> Settings {
        Settings {
            missed: Some(MissedRule {
                within_ms: Some(10 * MINUTE_MS),
                within_calls: Some(3),
                back_after_calls: 2,
                most: 2,
            }),
            ..settings()
        }
    }

    /// A ticket whose first call was missed.
    fn missed(hall: &mut Hall) -> TicketId {
        let ticket = hall.take("A", "ordinary");
        assert_eq!(hall.call(ONE), ticket);
        hall.act(&Command::NoShow(ONE));
        ticket
    }

    fn serve_others(hall: &mut Hall, count: u32) {
        for _ in 0..count {
            hall.take("A", "ordinary");
            hall.serve(TWO);
            hall.finish(TWO);
        }
    }

    #[test]
    fn who_missed_a_call_comes_back_after_so_many_further_calls_and_before_everybody() {
        let mut hall = Hall::staffed(missed_rule());
        let ticket = missed(&mut hall);
        hall.take("A", "ordinary");
        let others: Vec<_> = (0..3).map(|_| hall.take("A", "elderly")).collect();
        hall.act(&Command::Return(ticket));
        hall.wait(MINUTE_MS);
        let called: Vec<_> = (0..3).map(|_| hall.serve(ONE)).collect();
        assert_eq!(called, [others[0], others[1], ticket]);
        let reason = hall.ticket(ticket).call.clone().unwrap().reason.unwrap();
        assert_eq!(reason.why, Why::Returned);
    }

    #[test]
    fn who_is_not_due_yet_is_called_when_nobody_else_waits() {
        let mut hall = Hall::staffed(missed_rule());
        let ticket = missed(&mut hall);
        hall.act(&Command::Return(ticket));
        assert_eq!(hall.call(ONE), ticket);
    }

    #[test]
    fn the_second_miss_ends_it() {
        let mut hall = Hall::staffed(missed_rule());
        let ticket = missed(&mut hall);
        hall.act(&Command::Return(ticket));
        hall.call(ONE);
        hall.act(&Command::NoShow(ONE));
        let refusal = hall.refusal(&Command::Return(ticket));
        assert_eq!(refusal, Some(Refusal::MissedTooOften));
    }

    #[test]
    fn the_tolerance_is_over_when_both_time_and_calls_are() {
        let mut hall = Hall::staffed(missed_rule());
        let ticket = missed(&mut hall);
        serve_others(&mut hall, 4);
        assert_eq!(hall.refusal(&Command::Return(ticket)), None, "in time");
        hall.wait(10 * MINUTE_MS + 1);
        let refusal = hall.refusal(&Command::Return(ticket));
        assert_eq!(refusal, Some(Refusal::TooLateToReturn));

        let mut hall = Hall::staffed(missed_rule());
        let ticket = missed(&mut hall);
        hall.wait(60 * MINUTE_MS);
        serve_others(&mut hall, 3);
        assert_eq!(
            hall.refusal(&Command::Return(ticket)),
            None,
            "within the calls"
        );
    }

    #[test]
    fn without_a_rule_nobody_comes_back_and_who_waits_need_not() {
        let mut hall = Hall::staffed(settings());
        let ticket = missed(&mut hall);
        let refusal = hall.refusal(&Command::Return(ticket));
        assert_eq!(refusal, Some(Refusal::TooLateToReturn));
        let waiting = hall.take("A", "ordinary");
        assert_eq!(
            hall.refusal(&Command::Return(waiting)),
            Some(Refusal::NotNoShow)
        );
    }

    #[test]
    fn a_ticket_is_given_up_while_it_is_in_nobodys_hand() {
        let mut hall = Hall::staffed(settings());
        let missed = missed(&mut hall);
        let ticket = hall.take("A", "ordinary");
        let cancel = |why| Command::Cancel(ticket, why);
        hall.serve(ONE);
        let refusal = hall.refusal(&cancel(CancelWhy::Staff));
        assert_eq!(refusal, Some(Refusal::NotWaiting));
        hall.finish(ONE);
        assert_eq!(
            hall.refusal(&cancel(CancelWhy::Customer)),
            Some(Refusal::NotWaiting)
        );
        let by_nobody = Command::Cancel(missed, CancelWhy::HeldByNobody);
        assert_eq!(
            hall.refusal(&by_nobody),
            Some(Refusal::NotWaiting),
            "it was called"
        );
        hall.act(&Command::Cancel(missed, CancelWhy::Customer));
        assert_eq!(hall.state(missed), State::Cancelled);
        let waiting = hall.take("A", "ordinary");
        hall.act(&Command::Cancel(waiting, CancelWhy::HeldByNobody));
        assert_eq!(
            hall.refusal(&Command::CallNext(ONE)),
            Some(Refusal::NobodyWaits)
        );
    }

    fn of_class(ticket: TicketId, code: &str, verified: bool) -> Command {
        Command::SetClass {
            ticket,
            class: class(code),
            verified,
        }
    }

    #[test]
    fn another_class_changes_the_place_in_line() {
        let mut hall = Hall::staffed(settings());
        let (first, second) = (hall.take("A", "ordinary"), hall.take("A", "ordinary"));
        hall.act(&of_class(second, "elderly", true));
        assert!(hall.ticket(second).verified);
        hall.wait(MINUTE_MS);
        assert_eq!([hall.serve(ONE), hall.serve(ONE)], [second, first]);
    }

    #[test]
    fn of_a_wait_under_another_target_everything_is_said_anew() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "elderly");
        hall.wait(6 * MINUTE_MS);
        assert!(hall.ticket(ticket).wait_told.over, "5 minutes");
        hall.act(&of_class(ticket, "ordinary", false));
        assert!(!hall.ticket(ticket).wait_told.over, "20 minutes");
        hall.wait(14 * MINUTE_MS);
        assert!(hall.ticket(ticket).wait_told.over);
    }

    #[test]
    fn a_class_is_known_and_its_ticket_is_not_over() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        let refusal = hall.refusal(&of_class(ticket, "unknown", true));
        assert_eq!(refusal, Some(Refusal::UnknownClass));
        hall.act(&Command::Cancel(ticket, CancelWhy::Customer));
        let refusal = hall.refusal(&of_class(ticket, "elderly", true));
        assert_eq!(refusal, Some(Refusal::TicketEnded));
    }

    #[test]
    fn an_old_ticket_does_not_come_back_beside_a_new_one_of_the_same_phone() {
        let mut hall = Hall::staffed(Settings {
            one_ticket_per_phone: true,
            ..missed_rule()
        });
        let take = Command::Take {
            errands: vec![ServiceCode::new("A")],
            class: class("ordinary"),
            channel: Channel::Kiosk,
            holder: Some(Holder(7)),
        };
        hall.act(&take);
        let old = hall.call(ONE);
        hall.act(&Command::NoShow(ONE));
        hall.act(&take);
        for command in [Command::Return(old), Command::UndoNoShow(ONE, old)] {
            let refusal = hall.refusal(&command);
            assert!(matches!(refusal, Some(Refusal::PhoneHasTicket(number)) if number.value == 2));
        }
    }

    #[test]
    fn what_is_so_already_is_done_without_being_written_down_again() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        let set = |verified| Command::SetClass {
            ticket,
            class: class("elderly"),
            verified,
        };
        let cancel = Command::Cancel(ticket, CancelWhy::Staff);
        for (command, events) in [
            (set(false), 1),
            (set(false), 0),
            (set(true), 1),
            (set(true), 0),
            (cancel.clone(), 1),
            (cancel, 0),
        ] {
            let before = hall.journal.len();
            hall.act(&command);
            assert_eq!(hall.journal.len() - before, events, "{command:?}");
        }
    }

    #[test]
    fn of_a_class_that_was_only_verified_nothing_is_said_anew() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.wait(16 * MINUTE_MS);
        let near = |hall: &Hall| {
            let near = |event: &&crate::Event| matches!(event.what, Happening::WaitNear { .. });
            hall.journal.iter().filter(near).count()
        };
        for (class_now, verified, said) in [
            ("ordinary", true, 1),
            ("elderly", true, 2),
            ("elderly", false, 2),
        ] {
            hall.act(&Command::SetClass {
                ticket,
                class: class(class_now),
                verified,
            });
            assert_eq!(near(&hall), said, "{class_now}, verified: {verified}");
        }
    }
}
