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
        match self.next_for(counter, now.at) {
            Some(pick) => Ok(self.and_call(now, counter, finished, pick)),
            None => self.call_from_roll(now, counter, finished),
        }
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
        // Another was asked for, so nobody is to be surprised by who stays.
        if let (true, Some(in_hand)) = (stays(&finished), self.day.in_hand(counter)) {
            return Err(Refusal::StillInHand(in_hand.number.clone()));
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
        match self.call_from_roll(now, counter, happenings.clone()) {
            Err(Refusal::NobodyWaits) => {}
            of_roll => return of_roll,
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
            ticket: self.day.next_ticket(self.date(now))?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{
        Hall, MINUTE_MS, ONE, SECOND_MS, THREE, TWO, class, service, settings,
    };
    use crate::{Command, RecallRule, Settings, Why};

    fn recall_rule(no_show_after_ms: Option<u64>) -> Settings {
        let recall = RecallRule {
            most: 2,
            least_interval_ms: 20 * SECOND_MS,
            no_show_after_ms,
        };
        Settings {
            recall,
            ..settings()
        }
    }

    #[test]
    fn a_call_is_repeated_as_often_as_the_rule_says_and_not_too_soon() {
        let mut hall = Hall::staffed(recall_rule(None));
        hall.take("A", "ordinary");
        hall.call(ONE);
        hall.wait(5 * SECOND_MS);
        let wait_ms = 15 * SECOND_MS;
        let recall = Command::Recall(ONE);
        assert_eq!(
            hall.refusal(&recall),
            Some(Refusal::RecallTooSoon { wait_ms })
        );
        for _ in 0..2 {
            hall.wait(20 * SECOND_MS);
            hall.act(&recall);
        }
        hall.wait(MINUTE_MS);
        assert_eq!(hall.refusal(&recall), Some(Refusal::RecallsUsedUp));
        hall.act(&Command::Arrive(ONE));
        assert_eq!(hall.refusal(&recall), Some(Refusal::AlreadyArrived));
    }

    #[test]
    fn the_last_call_is_given_up_by_itself_after_its_time_and_no_earlier_one_is() {
        let mut hall = Hall::staffed(recall_rule(Some(MINUTE_MS)));
        let ticket = hall.take("A", "ordinary");
        hall.call(ONE);
        hall.wait(10 * MINUTE_MS);
        hall.act(&Command::Recall(ONE));
        hall.wait(10 * MINUTE_MS);
        assert_eq!(hall.state(ticket), State::Called);
        hall.act(&Command::Recall(ONE));
        hall.wait(MINUTE_MS - 1);
        assert_eq!(hall.state(ticket), State::Called);
        hall.wait(1);
        assert_eq!(hall.state(ticket), State::NoShow);
        assert!(
            hall.queue.day().in_hand(ONE).is_none(),
            "the counter is free"
        );
    }

    #[test]
    fn a_no_show_is_undone_where_it_was_called_while_the_counter_is_free() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.take("A", "ordinary");
        hall.call(ONE);
        let undo = |counter| Command::UndoNoShow(counter, ticket);
        hall.act(&Command::NoShow(ONE));
        assert!(hall.queue.day().missed_at(ONE).eq([hall.ticket(ticket)]));
        assert_eq!(hall.refusal(&undo(TWO)), Some(Refusal::NotNoShow));
        hall.call(ONE);
        assert!(matches!(
            hall.refusal(&undo(ONE)),
            Some(Refusal::StillInHand(_))
        ));
        hall.act(&Command::NoShow(ONE));
        hall.act(&undo(ONE));
        assert_eq!(hall.state(ticket), State::Called);
        assert_eq!(
            hall.ticket(ticket).missed.count,
            0,
            "as if it had not been missed"
        );
    }

    #[test]
    fn choosing_is_a_right_that_can_be_withheld_and_is_on_record() {
        let mut hall = Hall::staffed(settings());
        let (first, second) = (hall.take("A", "ordinary"), hall.take("A", "ordinary"));
        let choose = |ticket| Command::CallChosen(ONE, ticket);
        assert_eq!(hall.refusal(&choose(second)), Some(Refusal::MayNotChoose));
        hall.queue.settings.may_choose = true;
        hall.act(&choose(second));
        let reason = hall.ticket(second).call.clone().unwrap().reason.unwrap();
        assert_eq!((reason.why, reason.overtook), (Why::Chosen, 1));
        assert_eq!(reason.passed_over[0].ticket, first);
        hall.finish(ONE);
        assert_eq!(hall.refusal(&choose(second)), Some(Refusal::NotWaiting));
        let other = hall.take("B", "ordinary");
        assert_eq!(hall.refusal(&choose(other)), Some(Refusal::NotServedHere));
    }

    #[test]
    fn calling_finishes_who_is_served_and_waits_for_who_is_called() {
        let mut hall = Hall::staffed(settings());
        let first = hall.take("A", "ordinary");
        hall.take("A", "ordinary");
        hall.call(ONE);
        let refusal = hall.refusal(&Command::CallNext(ONE));
        assert!(matches!(refusal, Some(Refusal::StillCalled(number)) if number.value == 1));
        hall.act(&Command::Arrive(ONE));
        hall.call(ONE);
        assert_eq!(hall.state(first), State::Finished);
    }

    #[test]
    fn a_counter_that_finds_nobody_keeps_whom_it_serves() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.serve(ONE);
        assert_eq!(
            hall.refusal(&Command::CallNext(ONE)),
            Some(Refusal::NobodyWaits)
        );
        assert_eq!(hall.state(ticket), State::Serving);
    }

    #[test]
    fn whoever_comes_is_called_in_the_same_breath_by_the_counter_that_waited_longest() {
        let mut hall = Hall::staffed(settings());
        hall.act(&Command::AwaitNext(TWO));
        hall.wait(MINUTE_MS);
        hall.act(&Command::AwaitNext(ONE));
        let first = hall.take("A", "ordinary");
        let second = hall.take("A", "ordinary");
        let third = hall.take("A", "ordinary");
        assert_eq!(hall.queue.day().in_hand(TWO).unwrap().id, first);
        assert_eq!(hall.queue.day().in_hand(ONE).unwrap().id, second);
        assert_eq!(hall.state(third), State::Waiting, "each counter calls once");
        assert_eq!(
            hall.ticket(first).call.as_ref().unwrap().first,
            hall.ticket(first).issued
        );
    }

    #[test]
    fn who_waits_is_called_at_once_and_a_counter_may_stop_awaiting() {
        let mut hall = Hall::staffed(settings());
        hall.act(&Command::AwaitNext(ONE));
        hall.act(&Command::StopAwaiting(ONE));
        let ticket = hall.take("A", "ordinary");
        assert_eq!(hall.state(ticket), State::Waiting);
        hall.act(&Command::AwaitNext(ONE));
        assert_eq!(hall.state(ticket), State::Called);
    }

    #[test]
    fn a_paused_counter_calls_nobody_and_takes_nobody_who_comes() {
        let mut hall = Hall::staffed(settings());
        hall.act(&Command::AwaitNext(ONE));
        let (counter, reason) = (ONE, "午餐".to_owned());
        hall.act(&Command::Pause { counter, reason });
        let ticket = hall.take("A", "ordinary");
        assert_eq!(hall.state(ticket), State::Waiting);
        for command in [Command::CallNext(ONE), Command::AwaitNext(ONE)] {
            assert_eq!(hall.refusal(&command), Some(Refusal::CounterPaused));
        }
    }

    #[test]
    fn who_comes_without_a_ticket_is_served_with_a_number_for_the_record() {
        let mut hall = Hall::staffed(settings());
        let serve = Command::ServeWithout {
            counter: THREE,
            service: service("B"),
            class: class("ordinary"),
        };
        hall.act(&serve);
        let ticket = hall.queue.day().in_hand(THREE).unwrap();
        assert_eq!(
            (ticket.number.to_string().as_str(), ticket.state),
            ("W001", State::Serving)
        );
        assert_eq!(
            hall.queue.day().calls_for(&service("B")),
            0,
            "nobody was called"
        );
        assert_eq!(hall.queue.day().last_calls().count(), 0);
        assert!(matches!(
            hall.refusal(&serve),
            Some(Refusal::StillInHand(_))
        ));
        hall.finish(THREE);
        hall.queue.settings.walk_in_series = None;
        assert_eq!(hall.refusal(&serve), Some(Refusal::NumbersUsedUp));
    }

    /// (4 + 7) / 20 against 10 / 20: the head start of seven minutes counts like seven minutes more.
    #[test]
    fn a_head_start_counts_like_time_waited() {
        for (head_start_min, first) in [(7, 1), (6, 0)] {
            let mut hall = Hall::open();
            hall.sit(1, "王芳");
            let of_elderly = hall
                .queue
                .settings
                .classes
                .get_mut(&class("elderly"))
                .unwrap();
            of_elderly.target_wait_ms = 20 * MINUTE_MS;
            of_elderly.head_start_ms = head_start_min * MINUTE_MS;
            let ordinary = hall.take("A", "ordinary");
            hall.wait(6 * MINUTE_MS);
            let elderly = hall.take("A", "elderly");
            hall.wait(4 * MINUTE_MS);
            assert_eq!(
                hall.call(ONE),
                [ordinary, elderly][first],
                "{head_start_min}"
            );
        }
    }
}
