//! What must come of a command: whether it is refused, and if so by whom or what.

use std::collections::BTreeSet;

use proptest::prelude::*;
use queue::{
    CancelWhy, ClassCode, Command, CounterNumber, Desk, Doors, Event, Happening, Now, Paper,
    Refusal, SeriesCode, ServiceCode, State, TicketId,
};

use crate::model::{Held, Model, Ticket};

impl Model {
    /// Holds a decision against what the model says must come of the command.
    pub fn expect(
        &self,
        now: Now,
        command: &Command,
        decision: &Result<Vec<Event>, Refusal>,
    ) -> Held {
        let allowed = self.allows(now, command);
        prop_assert_eq!(
            decision.is_ok(),
            allowed,
            "{:?} gives {:?}",
            command,
            decision
        );
        if let Command::AwaitNext(counter) = command {
            let called = |event: &Event| matches!(event.what, Happening::Called { .. });
            let calls = decision.iter().flatten().any(called);
            let somebody = !self.stays(*counter)
                && (self.somebody_waits(*counter, now) || self.roll_comes_to(*counter));
            prop_assert_eq!(
                calls,
                somebody && allowed,
                "who may be served is called at once"
            );
        }
        if *decision == Err(Refusal::NobodyWaits) {
            let Command::CallNext(counter) = command else {
                return Err(TestCaseError::fail("only who calls finds nobody"));
            };
            prop_assert!(!self.somebody_waits(*counter, now), "no counter idles");
            prop_assert!(!self.roll_comes_to(*counter), "nor while there is a roll");
        }
        Ok(())
    }

    fn allows(&self, now: Now, command: &Command) -> bool {
        match command {
            Command::Take {
                errands,
                class,
                holder,
                ..
            } => {
                let different: BTreeSet<_> = errands.iter().collect();
                let open = |service: &ServiceCode| {
                    self.knows(service, class)
                        && self.doors_are_open(now, service)
                        && self.has_quota(now, service)
                };
                let has_ticket =
                    |ticket: &Ticket| ticket.state.is_open() && ticket.holder == *holder;
                let phone = !self.settings.one_ticket_per_phone
                    || holder.is_some() && !self.tickets.iter().any(has_ticket);
                self.roll.is_none()
                    && !errands.is_empty()
                    && different.len() == errands.len()
                    && errands.iter().all(open)
                    && phone
                    && self.has_room_and_number(&errands[0], class)
            }
            Command::Book {
                service,
                class,
                slot,
                ..
            } => {
                self.knows(service, class)
                    && slot.wall_ms >= now.at.wall_ms
                    && self.doors_are_open(now, service)
            }
            Command::CheckIn {
                appointment,
                service,
                class,
                slot_wall_ms,
                ..
            } => {
                let rule = self.settings.appointments;
                let late_ms = now.at.wall_ms - slot_wall_ms;
                self.knows(service, class)
                    && self.roll.is_none()
                    && !self.checked_in.contains(appointment)
                    && (-(rule.early_ms as i64)..=rule.late_ms as i64).contains(&late_ms)
                    && self.has_room_and_number(service, class)
            }
            Command::ServeWithout {
                counter,
                service,
                class,
            } => {
                let series = self.settings.walk_in_series.as_ref();
                self.knows(service, class)
                    && self.is_free(*counter)
                    && series.is_some_and(|series| self.has_number(series))
            }
            Command::BeginRoll { first } => self.settings.roll.as_ref().is_some_and(|roll| {
                let series = &self.settings.series[&roll.series];
                let last = self.last_number(&roll.series);
                let from = last.map_or(series.first, |last| last + 1);
                (from..=series.last).contains(first)
            }),
            Command::EndRoll => self.roll.is_some(),
            Command::SignIn { counter, clerk } => self.may_sit(*counter, clerk),
            Command::SignOut(counter) => self.is_free(*counter),
            Command::Pause { counter, .. } | Command::StopAwaiting(counter) => {
                self.seats.contains_key(counter)
            }
            Command::Resume(counter) => self
                .seats
                .get(counter)
                .is_some_and(|seat| seat.paused.is_some()),
            command => self.allows_of_ticket(now, command),
        }
    }

    fn allows_of_ticket(&self, now: Now, command: &Command) -> bool {
        let state = |id: &TicketId| self.known(*id).map(|ticket| ticket.state);
        let hand = |counter: &CounterNumber| self.in_hand(*counter).map(|ticket| ticket.state);
        match command {
            Command::Printed { ticket, .. } => state(ticket).is_some(),
            Command::NotPrinted(id, _) => self
                .known(*id)
                .is_some_and(|ticket| ticket.paper != Paper::Printed),
            Command::Reprint(id) => state(id).is_some_and(may_come),
            Command::SetClass { ticket, class, .. } => {
                self.settings.classes.contains_key(class) && state(ticket).is_some_and(may_come)
            }
            Command::Cancel(id, why) => match state(id) {
                Some(State::Waiting | State::Cancelled) => true,
                Some(State::Held | State::NoShow) => *why != CancelWhy::HeldByNobody,
                _ => false,
            },
            Command::Return(id) => self
                .known(*id)
                .is_some_and(|ticket| self.may_return(now, ticket)),
            Command::UndoNoShow(counter, id) => self.known(*id).is_some_and(|ticket| {
                self.is_free(*counter)
                    && (ticket.state, ticket.counter) == (State::NoShow, Some(*counter))
                    && self.phone_is_free(ticket)
            }),
            Command::CallNext(counter) => {
                self.may_call(*counter)
                    && (self.stays(*counter)
                        || self.somebody_waits(*counter, now)
                        || self.has_roll_for(*counter))
            }
            Command::AwaitNext(counter) => {
                self.may_call(*counter)
                    && (!self.roll_comes_to(*counter)
                        || self.stays(*counter)
                        || self.somebody_waits(*counter, now)
                        || self.has_roll_for(*counter))
            }
            Command::CallChosen(counter, id) => {
                let now_ms = now.at.steady_ms;
                let may = || !self.stays(*counter) && self.may_be_called(*id, *counter, now_ms);
                self.settings.may_choose
                    && self.may_call(*counter)
                    && state(id) == Some(State::Waiting)
                    && may()
            }
            Command::Recall(counter) => {
                let rule = self.settings.recall;
                hand(counter) == Some(State::Called)
                    && self.in_hand(*counter).is_some_and(|ticket| {
                        let since_ms = now.at.steady_ms - ticket.last_called_ms;
                        ticket.recalls < rule.most && since_ms >= rule.least_interval_ms
                    })
            }
            Command::Arrive(counter) | Command::NoShow(counter) => {
                hand(counter) == Some(State::Called)
            }
            Command::Finish { counter, outcome } => {
                let outcomes = &self.settings.outcomes;
                hand(counter).is_some()
                    && outcome.as_ref().is_none_or(|code| outcomes.contains(code))
            }
            Command::Hold { counter, .. } | Command::PutBack(counter, _) => hand(counter).is_some(),
            Command::ResumeHeld(counter, id) => {
                self.is_free(*counter) && state(id) == Some(State::Held)
            }
            Command::Transfer { counter, to, .. } => self
                .in_hand(*counter)
                .is_some_and(|ticket| self.may_hand_over(*counter, ticket, to)),
            _ => false,
        }
    }

    fn knows(&self, service: &ServiceCode, class: &ClassCode) -> bool {
        self.settings.services.contains_key(service) && self.settings.classes.contains_key(class)
    }

    fn doors_are_open(&self, now: Now, service: &ServiceCode) -> bool {
        let of_service = self.settings.services[service].hours.as_ref();
        let mut hours = self.settings.hours.iter().chain(of_service);
        hours.all(|hours| {
            matches!(
                hours.doors(now.today, now.time_of_day_ms),
                Doors::Open { .. }
            )
        })
    }

    fn has_quota(&self, now: Now, service: &ServiceCode) -> bool {
        let mut quotas = self.settings.services[service].quotas.iter();
        quotas.all(|quota| {
            let of_period = |(given, minute): &&(ServiceCode, u16)| {
                given == service && quota.period.contains(u32::from(*minute) * 60_000)
            };
            !quota.period.contains(now.time_of_day_ms)
                || self.given.iter().filter(of_period).count() < quota.most as usize
        })
    }

    fn has_room_and_number(&self, service: &ServiceCode, class: &ClassCode) -> bool {
        let own = self.settings.classes[class].series.as_ref();
        let series = own.unwrap_or(&self.settings.services[service].series);
        self.waiting().count() < self.settings.max_waiting as usize && self.has_number(series)
    }

    /// In the series, or in one that goes on.
    fn has_number(&self, series: &SeriesCode) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = Some(series);
        while let Some(series) = next.filter(|series| seen.insert(*series)) {
            let known = &self.settings.series[series];
            if self
                .last_number(series)
                .is_none_or(|last| last < known.last)
            {
                return true;
            }
            next = known.then.as_ref();
        }
        false
    }

    fn may_sit(&self, counter: CounterNumber, clerk: &str) -> bool {
        let seats = self.seats.iter();
        let mut taken =
            seats.filter(|(number, seat)| (**number == counter) != (seat.clerk == clerk));
        self.settings.counters.contains_key(&counter) && taken.next().is_none()
    }

    fn is_free(&self, counter: CounterNumber) -> bool {
        self.seats.contains_key(&counter) && self.in_hand(counter).is_none()
    }

    fn may_call(&self, counter: CounterNumber) -> bool {
        let called = self
            .in_hand(counter)
            .is_some_and(|ticket| ticket.state == State::Called);
        let calls = self
            .seats
            .get(&counter)
            .is_some_and(|seat| seat.paused.is_none());
        calls && !called
    }

    fn stays(&self, counter: CounterNumber) -> bool {
        self.in_hand(counter)
            .is_some_and(|ticket| self.then(ticket.id))
    }

    fn somebody_waits(&self, counter: CounterNumber, now: Now) -> bool {
        !self.candidates(counter, now.at.steady_ms).is_empty()
    }

    /// Whether the roll stands in and this counter may take somebody of it.
    fn roll_comes_to(&self, counter: CounterNumber) -> bool {
        let rule = self.settings.roll.as_ref().filter(|_| self.roll.is_some());
        let Some((rule, seat)) = rule.zip(self.seats.get(&counter)) else {
            return false;
        };
        let plan = &self.settings.counters[&counter];
        let knows = |service| self.settings.knows(&seat.clerk, service);
        plan.reserved.allows(&rule.class) && plan.services().any(knows)
    }

    /// The same, and there is paper left on it.
    fn has_roll_for(&self, counter: CounterNumber) -> bool {
        let rule = self.settings.roll.as_ref();
        let last = rule.map(|rule| self.settings.series[&rule.series].last);
        self.roll_comes_to(counter) && self.roll <= last
    }

    fn phone_is_free(&self, ticket: &Ticket) -> bool {
        let taken = |other: &Ticket| {
            other.state.is_open() && other.holder.is_some() && other.holder == ticket.holder
        };
        !self.settings.one_ticket_per_phone || !self.tickets.iter().any(taken)
    }

    fn may_return(&self, now: Now, ticket: &Ticket) -> bool {
        let rule = self
            .settings
            .missed
            .filter(|_| ticket.state == State::NoShow);
        let Some(rule) = rule else {
            return false;
        };
        let calls = self.calls_for(&ticket.errands[ticket.current].service);
        let in_time = rule
            .within_ms
            .map(|within_ms| now.at.steady_ms - ticket.missed_ms <= within_ms);
        let in_calls = rule
            .within_calls
            .map(|within| calls - ticket.calls_when_missed <= within);
        let tolerated = match (in_time, in_calls) {
            (None, None) => true,
            (by_time, by_calls) => by_time == Some(true) || by_calls == Some(true),
        };
        ticket.missed < rule.most && tolerated && self.phone_is_free(ticket)
    }

    fn may_hand_over(&self, counter: CounterNumber, ticket: &Ticket, to: &Desk) -> bool {
        let seat = |clerk: &str| self.seats.iter().find(|(_, seat)| seat.clerk == clerk);
        match to {
            Desk::Service(service) => {
                self.settings.services.contains_key(service)
                    && ticket.errands[ticket.current].service != *service
            }
            Desk::Counter(other) => self.seats.contains_key(other) && *other != counter,
            Desk::Clerk(clerk) => seat(clerk).is_some_and(|(other, _)| *other != counter),
        }
    }
}

/// Whether a ticket in this state is, or may yet be, good for something.
fn may_come(state: State) -> bool {
    state.is_open() || state == State::NoShow
}
