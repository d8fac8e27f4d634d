//! What comes of a request: what the answer must say, or `None` where it must be refused.

use protocol::{
    Act, MAX_HOLD_MIN, MAX_NAME_CHARS, MAX_REASON_CHARS, PlaceInLine, Role, Secret, TransferTo,
};

use super::roll::OffRoll;
use super::{Call, Desk, Paper, Place, Reference, Said, Seat, State, Ticket};
use crate::clocks::{Clocks, MINUTE_MS, Present, SECOND_MS};
use crate::town::{OUTCOMES, WALK_IN};

impl Reference {
    /// Does what somebody asks, and says what the answer must be.
    pub fn act(&mut self, now: &Present, role: Role, act: &Act, clocks: &Clocks) -> Option<Said> {
        let of_appointments = matches!(act, Act::Book { .. } | Act::CheckIn { .. });
        if !act.may_be_asked_by(role) || of_appointments && self.town.appointments.is_none() {
            return None;
        }
        match act {
            Act::Take {
                service,
                class,
                then,
                phone,
            } => {
                let services: Vec<&str> = std::iter::once(service)
                    .chain(then)
                    .map(String::as_str)
                    .collect();
                self.take(now, &services, class, phone.as_deref())
            }
            Act::Book {
                service,
                class,
                slot,
            } => self.book(now, service, class, slot, clocks),
            Act::CheckIn { code } => self.check_in(now, code),
            Act::SignIn { counter, clerk, .. } => self.sign_in(*counter, clerk),
            Act::Report {} => Some(Said::Report),
            Act::BeginRoll { first } => self.begin_roll(*first),
            Act::EndRoll {} => self.end_roll(),
            // Nobody says who he is: that is other halls' matter.
            Act::Identify { .. } | Act::Leave {} => None,
            Act::Printed { .. }
            | Act::NotPrinted { .. }
            | Act::Reprint { .. }
            | Act::Void { .. }
            | Act::Cancel { .. }
            | Act::Return { .. }
            | Act::SetClass { .. } => self.of_ticket(now, role, act),
            Act::SignOut { counter }
            | Act::ServeWithout { counter, .. }
            | Act::UndoNoShow { counter, .. }
            | Act::ResumeHeld { counter, .. } => self.at_free_counter(now, *counter, act),
            Act::CallNext { counter }
            | Act::CallNumber { counter, .. }
            | Act::AwaitNext { counter } => self.call_somebody(now, *counter, act),
            Act::StopAwaiting { counter }
            | Act::Pause { counter, .. }
            | Act::Resume { counter } => self.at_open_counter(*counter, act),
            Act::Recall { counter }
            | Act::Arrive { counter }
            | Act::NoShow { counter }
            | Act::Finish { counter, .. }
            | Act::Hold { counter, .. }
            | Act::PutBack { counter, .. }
            | Act::Transfer { counter, .. } => {
                let place = self.in_hand(*counter)?;
                self.with_ticket_in_hand(now, *counter, place, act)
            }
        }
    }

    fn of_ticket(&mut self, now: &Present, role: Role, act: &Act) -> Option<Said> {
        let place = match act {
            Act::Printed { ticket, .. } | Act::NotPrinted { ticket, .. } | Act::Void { ticket } => {
                self.of_id(*ticket)?
            }
            Act::Reprint { number }
            | Act::Cancel { number, .. }
            | Act::Return { number, .. }
            | Act::SetClass { number, .. } => self.of_number(number)?,
            _ => return None,
        };
        if role == Role::Phone && !self.has_slip(place, act) {
            return None;
        }
        let town = self.town.clone();
        let ticket = &mut self.tickets[place];
        let may_come = ticket.is_open() || ticket.state == State::NoShow;
        match act {
            Act::Printed { copies, .. } => {
                // Of two counts of copies the greater one is true.
                (ticket.paper, ticket.copies) = (Paper::Printed, ticket.copies.max(*copies));
            }
            Act::NotPrinted { .. } if ticket.paper == Paper::Printed => return None,
            Act::NotPrinted { reason, .. } => ticket.paper = Paper::Missing(*reason),
            Act::Reprint { .. } if may_come => {
                let said = ticket.slip(ticket.copies + 1);
                (ticket.paper, ticket.copies) = (Paper::Unknown, ticket.copies + 1);
                return Some(said);
            }
            Act::Void { .. } | Act::Cancel { .. } => {
                let is_void = matches!(act, Act::Void { .. });
                match ticket.state {
                    State::Waiting | State::Cancelled => {}
                    State::Held | State::NoShow if !is_void => {}
                    _ => return None,
                }
                ticket.state = State::Cancelled;
            }
            Act::SetClass {
                class, verified, ..
            } if may_come && town.class(class).is_some() => {
                if ticket.state == State::Waiting && ticket.class != *class {
                    (ticket.near, ticket.over) = (false, false);
                }
                ticket.class.clone_from(class);
                ticket.verified = *verified;
            }
            Act::Return { .. } => return self.come_back(now, place),
            _ => return None,
        }
        Some(Said::Done)
    }

    /// Whether a telephone that asks for a ticket has its slip before it.
    fn has_slip(&self, place: usize, act: &Act) -> bool {
        let (Act::Cancel { token, .. } | Act::Return { token, .. }) = act else {
            return true;
        };
        let said = token.as_ref().map(Secret::reveal);
        said.is_some_and(|said| self.token_of(self.tickets[place].id) == Some(said))
    }

    fn come_back(&mut self, now: &Present, place: usize) -> Option<Said> {
        let ticket = &self.tickets[place];
        if ticket.state != State::NoShow {
            return None;
        }
        let rule = self.town.missed.clone()?;
        let calls = self.calls_for(ticket.service());
        let by_time = rule
            .within_min
            .map(|within| now.steady_ms - ticket.missed_ms <= within * MINUTE_MS);
        let by_calls = rule
            .within_calls
            .map(|within| calls - ticket.calls_when_missed <= within);
        let tolerated = match (by_time, by_calls) {
            (None, None) => true,
            limits => limits.0 == Some(true) || limits.1 == Some(true),
        };
        let may = ticket.missed < rule.most && tolerated;
        if !may || !self.phone_is_free(ticket) {
            return None;
        }
        let (number, from_ms) = (ticket.number(), ticket.keeps_from_ms(now.steady_ms));
        self.line_up(
            place,
            Place::AfterCalls(calls + rule.back_after_calls),
            from_ms,
        );
        Some(Said::Returned {
            number,
            after_calls: rule.back_after_calls,
        })
    }

    fn phone_is_free(&self, ticket: &Ticket) -> bool {
        let phone = ticket.phone.as_deref().filter(|_| self.town.one_per_phone);
        !phone.is_some_and(|phone| self.phone_has_ticket(phone, Some(ticket.id)))
    }

    fn sign_in(&mut self, counter: u16, clerk: &str) -> Option<Said> {
        let clerk = good_text(clerk, MAX_NAME_CHARS)?;
        self.town.counter(counter)?;
        let here = self.seats.get(&counter).map(|seat| seat.clerk == clerk);
        let sits = self.seats.values().any(|seat| seat.clerk == clerk);
        match here {
            Some(true) => {}
            None if !sits => {
                let seat = Seat {
                    clerk: clerk.to_owned(),
                    paused: None,
                    awaiting_since_ms: None,
                };
                self.seats.insert(counter, seat);
            }
            _ => return None,
        }
        Some(Said::Done)
    }

    fn at_open_counter(&mut self, counter: u16, act: &Act) -> Option<Said> {
        let seat = self.seats.get_mut(&counter)?;
        match act {
            Act::StopAwaiting { .. } => seat.awaiting_since_ms = None,
            Act::Pause { reason, .. } => {
                let reason = good_text(reason, MAX_REASON_CHARS)?;
                // The same pause again is nothing new, and neither is it an end of awaiting.
                if seat.paused.as_deref() != Some(reason) {
                    (seat.paused, seat.awaiting_since_ms) = (Some(reason.to_owned()), None);
                }
            }
            _ => {
                seat.paused.take()?;
            }
        }
        Some(Said::Done)
    }

    fn at_free_counter(&mut self, now: &Present, counter: u16, act: &Act) -> Option<Said> {
        if !self.seats.contains_key(&counter) || self.in_hand(counter).is_some() {
            return None;
        }
        match act {
            Act::SignOut { .. } => self.close(counter),
            Act::ServeWithout { service, class, .. } => {
                self.serve_without(now, counter, service, class)?
            }
            Act::UndoNoShow { number, .. } => {
                let place = self.of_number(number)?;
                let ticket = &self.tickets[place];
                let here = ticket.call.is_some_and(|call| call.counter == counter);
                if ticket.state != State::NoShow || !here || !self.phone_is_free(ticket) {
                    return None;
                }
                let ticket = &mut self.tickets[place];
                (ticket.state, ticket.missed) = (State::Called, ticket.missed - 1);
                ticket.call.as_mut()?.last_ms = now.steady_ms;
                self.stop_awaiting(counter);
            }
            Act::ResumeHeld { number, .. } => {
                let place = self.of_number(number)?;
                let ticket = &mut self.tickets[place];
                if ticket.state != State::Held {
                    return None;
                }
                let call = ticket.call.as_mut()?;
                (ticket.state, ticket.until_ms, call.counter) = (State::Serving, None, counter);
                call.arrived_ms.get_or_insert(now.steady_ms);
                self.stop_awaiting(counter);
            }
            _ => return None,
        }
        Some(Said::Done)
    }

    fn serve_without(
        &mut self,
        now: &Present,
        counter: u16,
        service: &str,
        class: &str,
    ) -> Option<()> {
        if !self.knows(service, class) {
            return None;
        }
        let number = self.next_number(WALK_IN)?;
        self.calls += 1;
        let id = self.serial_base() + self.calls;
        let call = Call {
            arrived_ms: Some(now.steady_ms),
            ..Call::new(id, counter, now.steady_ms)
        };
        let ticket = Ticket {
            state: State::Serving,
            call: Some(call),
            in_order: false,
            ..self.new_ticket(number, &[service], class, now.steady_ms)
        };
        self.join(ticket);
        self.stop_awaiting(counter);
        Some(())
    }

    fn call_somebody(&mut self, now: &Present, counter: u16, act: &Act) -> Option<Said> {
        let seat = self.seats.get(&counter)?;
        let in_hand = self.in_hand(counter);
        let expects = in_hand.is_some_and(|place| self.tickets[place].state == State::Called);
        let may_choose = self.town.may_choose || !matches!(act, Act::CallNumber { .. });
        if seat.paused.is_some() || expects || !may_choose {
            return None;
        }
        let stays = in_hand.is_some_and(|place| self.goes_on_with(place, counter).is_some());
        let next = match act {
            Act::CallNumber { number, .. } => {
                let place = self.of_number(number)?;
                if self.tickets[place].state != State::Waiting || stays {
                    return None;
                }
                Some((place, self.chosen(place, counter)?))
            }
            _ => self.next_for(counter, now.steady_ms),
        };
        let off_roll = match next {
            None if !stays => self.next_off_roll(now, counter),
            _ => OffRoll::Nobody,
        };
        let calls_nobody = next.is_none() && !stays && matches!(act, Act::CallNext { .. });
        match off_roll {
            OffRoll::UsedUp => return None,
            OffRoll::Nobody if calls_nobody => return None,
            OffRoll::Next(ticket) => {
                if let Some(place) = in_hand {
                    self.finish(place, counter, now.steady_ms);
                }
                return Some(self.call_off_roll(now, counter, *ticket));
            }
            OffRoll::Nobody => {}
        }
        let goes_on = in_hand.and_then(|place| self.finish(place, counter, now.steady_ms));
        if goes_on.is_some() {
            return goes_on;
        }
        match next {
            Some((place, errand)) => Some(self.call(place, errand, counter, now.steady_ms)),
            None => {
                self.seats
                    .get_mut(&counter)?
                    .awaiting_since_ms
                    .get_or_insert(now.steady_ms);
                Some(Said::Done)
            }
        }
    }

    fn with_ticket_in_hand(
        &mut self,
        now: &Present,
        counter: u16,
        place: usize,
        act: &Act,
    ) -> Option<Said> {
        let now_ms = now.steady_ms;
        let ticket = &self.tickets[place];
        let is_expected = ticket.state == State::Called;
        match act {
            Act::Arrive { .. } if is_expected => {
                let ticket = &mut self.tickets[place];
                ticket.state = State::Serving;
                ticket.call.as_mut()?.arrived_ms = Some(now_ms);
            }
            Act::NoShow { .. } if is_expected => self.miss(place, now_ms),
            Act::Recall { .. } if is_expected => {
                let rule = self.town.recall.clone();
                let call = self.tickets[place].call.as_mut()?;
                let since_ms = now_ms - call.last_ms;
                if call.recalls >= rule.most || since_ms < rule.least_interval_s * SECOND_MS {
                    return None;
                }
                (call.recalls, call.last_ms) = (call.recalls + 1, now_ms);
            }
            Act::Finish { outcome, .. } => {
                if outcome
                    .as_ref()
                    .is_some_and(|code| !OUTCOMES.contains(&code.as_str()))
                {
                    return None;
                }
                return Some(self.finish(place, counter, now_ms).unwrap_or(Said::Done));
            }
            Act::Hold {
                reason, minutes, ..
            } => {
                good_text(reason, MAX_REASON_CHARS)?;
                if minutes.is_some_and(|minutes| !(1..=MAX_HOLD_MIN).contains(&minutes)) {
                    return None;
                }
                let ticket = &mut self.tickets[place];
                ticket.until_ms = minutes.map(|minutes| now_ms + u64::from(minutes) * MINUTE_MS);
                ticket.state = State::Held;
            }
            Act::PutBack { place: stands, .. } => {
                let keeps_ms = ticket.keeps_from_ms(now_ms);
                let (stands, from_ms) = match stands {
                    PlaceInLine::First => (Place::First(now_ms), keeps_ms),
                    PlaceInLine::ByTime => (Place::ByScore, keeps_ms),
                    PlaceInLine::Last => (Place::ByScore, now_ms),
                };
                self.line_up(place, stands, from_ms);
            }
            Act::Transfer {
                to,
                note,
                keep_time,
                come_back,
                ..
            } => {
                if !note.trim().is_empty() {
                    good_text(note, MAX_REASON_CHARS)?;
                }
                let to = self.desk_of(place, counter, to)?;
                let from_ms = if *keep_time {
                    ticket.keeps_from_ms(now_ms)
                } else {
                    now_ms
                };
                self.tickets[place].hand_over(&to, come_back.then_some(counter));
                self.line_up(place, Place::ByScore, from_ms);
            }
            _ => return None,
        }
        Some(Said::Done)
    }

    /// To whom somebody is handed over, if there is somebody, and somebody else.
    fn desk_of(&self, place: usize, counter: u16, to: &TransferTo) -> Option<Desk> {
        match to {
            TransferTo::Service { service } => {
                self.town.service(service)?;
                (self.tickets[place].service() != service).then(|| Desk::Service(service.clone()))
            }
            TransferTo::Counter { number } => (self.seats.contains_key(number)
                && *number != counter)
                .then_some(Desk::Counter(*number)),
            TransferTo::Clerk { clerk } => {
                let clerk = clerk.trim();
                let seat = self.seats.iter().find(|(_, seat)| seat.clerk == clerk);
                seat.filter(|(there, _)| **there != counter)
                    .map(|_| Desk::Clerk(clerk.to_owned()))
            }
        }
    }
}

fn good_text(text: &str, most_chars: usize) -> Option<&str> {
    let text = text.trim();
    let good =
        !text.is_empty() && text.chars().count() <= most_chars && !text.contains(char::is_control);
    good.then_some(text)
}
