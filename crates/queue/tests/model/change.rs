//! What an event does to the list. Each is held against what may happen to the ticket that it names.

use std::slice;

use proptest::prelude::*;
use queue::{
    CancelWhy, Channel, CounterNumber, Desk, Event, Happening, Issued, Paper, Place, Reason,
    Requeue, ServiceCode, State, Then, TicketId,
};

use crate::model::{Errand, Held, Model, Seat, Ticket};

impl Model {
    pub fn evolve(&mut self, event: &Event) -> Held {
        let now_ms = event.at.steady_ms;
        match &event.what {
            Happening::DayOpened { .. } => self.open_day()?,
            Happening::DayClosed { .. } | Happening::Booked { .. } => {}
            Happening::Issued(issued) => self.issue(issued)?,
            Happening::RollBegun { next } => self.begin_roll(*next)?,
            Happening::RollEnded => {
                prop_assert!(self.roll.take().is_some(), "a roll that stands in is ended");
            }
            Happening::AlarmRaised { alarm, .. } => {
                prop_assert!(self.alarms.insert(alarm.clone()), "an alarm is raised once");
            }
            Happening::AlarmCleared { alarm } => {
                prop_assert!(self.alarms.remove(alarm), "an alarm that stands is cleared");
            }
            Happening::Noted { .. } => prop_assert!(false, "the rules note nothing"),
            what @ (Happening::SignedIn { .. }
            | Happening::SignedOut { .. }
            | Happening::Paused { .. }
            | Happening::Resumed { .. }
            | Happening::Awaiting { .. }
            | Happening::StoppedAwaiting { .. }) => self.of_seat(what)?,
            what @ (Happening::Printed { .. }
            | Happening::NotPrinted { .. }
            | Happening::Reprinted { .. }
            | Happening::ClassSet { .. }
            | Happening::WaitNear { .. }
            | Happening::WaitOver { .. }
            | Happening::HandlingNear { .. }
            | Happening::HandlingOver { .. }) => self.note(what)?,
            what @ (Happening::Cancelled { .. }
            | Happening::Expired { .. }
            | Happening::Requeued { .. }
            | Happening::Transferred { .. }) => self.leave_or_line_up(what, now_ms)?,
            what => self.at_counter(what, now_ms)?,
        }
        Ok(())
    }

    fn of_seat(&mut self, what: &Happening) -> Held {
        match what {
            Happening::SignedIn { counter, clerk } => {
                let seat = Seat {
                    clerk: clerk.clone(),
                    paused: None,
                    awaiting: false,
                };
                let sits = self.seats.values().any(|seat| seat.clerk == *clerk);
                prop_assert!(!sits, "a clerk sits at one counter");
                let before = self.seats.insert(*counter, seat);
                prop_assert!(before.is_none(), "one clerk at a counter");
            }
            Happening::SignedOut { counter } => self.close(*counter)?,
            Happening::Paused { counter, reason } => {
                let seat = self.seat(*counter)?;
                seat.paused = Some(reason.clone());
                seat.awaiting = false;
            }
            Happening::Resumed { counter } => self.seat(*counter)?.paused = None,
            Happening::Awaiting { counter } => self.seat(*counter)?.awaiting = true,
            Happening::StoppedAwaiting { counter } => self.seat(*counter)?.awaiting = false,
            what => return unknown(what),
        }
        Ok(())
    }

    /// What is noted of a ticket and leaves it where it is.
    fn note(&mut self, what: &Happening) -> Held {
        match what {
            Happening::Printed { ticket, copies } => {
                let ticket = self.ticket(*ticket)?;
                prop_assert!(*copies >= ticket.copies, "no two copies bear the same");
                (ticket.paper, ticket.copies) = (Paper::Printed, *copies);
            }
            Happening::NotPrinted { ticket, why } => {
                self.ticket(*ticket)?.paper = Paper::Missing(*why);
            }
            Happening::Reprinted { ticket } => {
                let ticket = self.ticket(*ticket)?;
                ticket.paper = Paper::Unknown;
                ticket.copies += 1;
            }
            Happening::ClassSet { ticket, class, .. } => {
                let ticket = self.ticket(*ticket)?;
                if ticket.state == State::Waiting && ticket.class != *class {
                    ticket.wait_told = (false, false);
                }
                ticket.class = class.clone();
            }
            Happening::WaitNear { ticket } => self.ticket(*ticket)?.wait_told.0 = true,
            Happening::WaitOver { ticket } => self.ticket(*ticket)?.wait_told.1 = true,
            Happening::HandlingNear { ticket } => self.ticket(*ticket)?.handling_told.0 = true,
            Happening::HandlingOver { ticket } => self.ticket(*ticket)?.handling_told.1 = true,
            what => return unknown(what),
        }
        Ok(())
    }

    fn leave_or_line_up(&mut self, what: &Happening, now_ms: u64) -> Held {
        match what {
            Happening::Cancelled { ticket, why } => {
                let from: &[State] = match why {
                    CancelWhy::HeldByNobody => &[State::Waiting],
                    _ => &[State::Waiting, State::Held, State::NoShow],
                };
                self.change(*ticket, from, State::Cancelled)?;
            }
            Happening::Expired { ticket } => {
                let open = [State::Waiting, State::Called, State::Serving, State::Held];
                self.change(*ticket, &open, State::Expired)?;
            }
            Happening::Requeued {
                ticket,
                why,
                place,
                waits_from_ms,
            } => {
                let known = self.ticket(*ticket)?;
                let keeps = *waits_from_ms == known.keeps_time_from_ms(now_ms);
                let anew = *why == Requeue::PutBack && *waits_from_ms == now_ms;
                prop_assert!(
                    keeps || anew,
                    "time is kept, unless a clerk wants otherwise"
                );
                self.line_up(*ticket, *place, *waits_from_ms)?;
            }
            Happening::Transferred {
                ticket,
                counter,
                to,
                waits_from_ms,
                come_back,
                ..
            } => {
                let known = self.ticket(*ticket)?;
                let times = [known.keeps_time_from_ms(now_ms), now_ms];
                prop_assert!(times.contains(waits_from_ms), "kept or begun anew");
                hand_over(known, to, come_back.then_some(*counter));
                self.line_up(*ticket, Place::ByScore, *waits_from_ms)?;
            }
            what => return unknown(what),
        }
        Ok(())
    }

    fn at_counter(&mut self, what: &Happening, now_ms: u64) -> Held {
        match what {
            Happening::Called {
                ticket,
                errand,
                counter,
                reason,
                ..
            } => self.call((*ticket, *errand), *counter, reason, now_ms),
            Happening::ServedWithout { .. } => self.serve_without(what, now_ms),
            Happening::Recalled { ticket, .. } => {
                let ticket = self.change(*ticket, &[State::Called], State::Called)?;
                ticket.last_called_ms = now_ms;
                ticket.recalls += 1;
                Ok(())
            }
            Happening::Arrived { ticket, .. } => {
                let ticket = self.change(*ticket, &[State::Called], State::Serving)?;
                ticket.arrived_ms = Some(now_ms);
                Ok(())
            }
            Happening::Finished { ticket, then, .. } => self.finish(*ticket, *then, now_ms),
            Happening::NoShow { ticket, .. } => self.miss(*ticket, now_ms),
            Happening::NoShowUndone { ticket, counter } => {
                let ticket = self.change(*ticket, &[State::NoShow], State::Called)?;
                prop_assert_eq!(
                    ticket.counter,
                    Some(*counter),
                    "the call stands where it was"
                );
                ticket.missed -= 1;
                ticket.last_called_ms = now_ms;
                self.is_busy(*counter)
            }
            Happening::Held { ticket, until, .. } => {
                let in_hand = [State::Called, State::Serving];
                let until_ms = until.map(|until| until.steady_ms);
                self.change(*ticket, &in_hand, State::Held)?.until_ms = until_ms;
                Ok(())
            }
            Happening::HoldResumed { ticket, counter } => {
                let ticket = self.change(*ticket, &[State::Held], State::Serving)?;
                ticket.counter = Some(*counter);
                ticket.arrived_ms.get_or_insert(now_ms);
                self.is_busy(*counter)
            }
            what => unknown(what),
        }
    }

    fn serve_without(&mut self, what: &Happening, now_ms: u64) -> Held {
        let Happening::ServedWithout {
            ticket,
            number,
            service,
            class,
            counter,
            ..
        } = what
        else {
            return unknown(what);
        };
        let services = slice::from_ref(service);
        self.join(Ticket {
            state: State::Serving,
            counter: Some(*counter),
            first_called_ms: now_ms,
            arrived_ms: Some(now_ms),
            ..Ticket::new(*ticket, number, (class, services), now_ms)
        })?;
        self.is_busy(*counter)
    }

    fn open_day(&mut self) -> Held {
        let left = self.tickets.iter().find(|ticket| ticket.state.is_open());
        prop_assert!(left.is_none(), "nobody is left over: {:?}", left);
        prop_assert!(self.seats.is_empty(), "everybody went home");
        *self = Self::new(self.settings.clone());
        Ok(())
    }

    fn begin_roll(&mut self, next: u32) -> Held {
        let rule = self.settings.roll.clone();
        let Some(rule) = rule else {
            return Err(TestCaseError::fail("the hall has no roll"));
        };
        let called = self.last_number(&rule.series);
        prop_assert!(called.is_none_or(|last| next > last), "called once a day");
        self.roll = Some(next);
        Ok(())
    }

    fn issue(&mut self, issued: &Issued) -> Held {
        let minute = |service: &ServiceCode| (service.clone(), issued.minute);
        self.given.extend(issued.errands.iter().map(minute));
        self.checked_in.extend(issued.appointment.clone());
        let (number, class) = (&issued.number, &issued.class);
        let torn_off = issued.channel == Channel::Roll;
        let mut paper = Paper::Unknown;
        if torn_off {
            prop_assert_eq!(self.roll, Some(number.value), "the roll is called in order");
            self.roll = Some(number.value + 1);
            paper = Paper::Printed;
        } else {
            prop_assert_eq!(self.roll, None, "beside the roll nobody gets a number");
        }
        self.join(Ticket {
            paper,
            in_order: issued.in_order,
            holder: issued.holder,
            ..Ticket::new(
                issued.ticket,
                number,
                (class, &issued.errands),
                issued.waits_from_ms,
            )
        })
    }

    /// An id is given once, and the numbers of a series are given one after the other.
    fn join(&mut self, ticket: Ticket) -> Held {
        let known = self.tickets.iter().any(|known| known.id == ticket.id);
        prop_assert!(!known, "{} is given once", ticket.id);
        let series = &ticket.number.series;
        let last = self.last_number(series);
        let first = self.settings.series[series].first;
        let next = last.map_or(first, |last| last + 1);
        let roll = self.settings.roll.as_ref();
        if roll.is_some_and(|roll| roll.series == *series) {
            prop_assert!(ticket.number.value >= next, "another piece of the roll");
        } else {
            prop_assert_eq!(ticket.number.value, next);
        }
        prop_assert!(ticket.number.value <= self.settings.series[series].last);
        self.tickets.push(ticket);
        Ok(())
    }

    fn call(
        &mut self,
        (id, errand): (TicketId, usize),
        counter: CounterNumber,
        reason: &Reason,
        now_ms: u64,
    ) -> Held {
        self.names_the_next((id, errand), counter, reason, now_ms)?;
        let ticket = self.change(id, &[State::Waiting], State::Called)?;
        ticket.current = errand;
        ticket.place = Place::ByScore;
        ticket.counter = Some(counter);
        ticket.recalls = 0;
        (ticket.first_called_ms, ticket.last_called_ms) = (now_ms, now_ms);
        ticket.arrived_ms = None;
        ticket.handling_told = (false, false);
        let service = ticket.errands[errand].service.clone();
        self.calls.push(service);
        self.is_busy(counter)
    }

    fn finish(&mut self, id: TicketId, then: Then, now_ms: u64) -> Held {
        let expected = self.then(id);
        let ticket = self.change(id, &[State::Called, State::Serving], State::Finished)?;
        ticket.errands[ticket.current].done = true;
        match then {
            Then::Done => prop_assert!(ticket.errands.iter().all(|errand| errand.done)),
            Then::Here(errand) => {
                prop_assert!(!ticket.errands[errand].done);
                ticket.state = State::Serving;
                ticket.current = errand;
                ticket.arrived_ms = Some(now_ms);
                ticket.handling_told = (false, false);
            }
            Then::InLine { waits_from_ms } => {
                let keeps_from_ms = ticket.keeps_time_from_ms(now_ms);
                prop_assert_eq!(waits_from_ms, keeps_from_ms, "keeps its time");
                self.line_up(id, Place::ByScore, waits_from_ms)?;
            }
        }
        let stays = matches!(then, Then::Here(_));
        prop_assert_eq!(
            stays,
            expected,
            "what can be done at the same counter is done there"
        );
        Ok(())
    }

    fn miss(&mut self, id: TicketId, now_ms: u64) -> Held {
        let ticket = self.change(id, &[State::Called], State::NoShow)?;
        ticket.missed += 1;
        ticket.missed_ms = now_ms;
        let service = ticket.errands[ticket.current].service.clone();
        let calls = self.calls_for(&service);
        self.ticket(id)?.calls_when_missed = calls;
        Ok(())
    }

    /// Who waits for somebody who has left waits for the service.
    fn line_up(&mut self, id: TicketId, place: Place, from_ms: u64) -> Held {
        let model = self.clone();
        let ticket = self.ticket(id)?;
        for errand in ticket.errands.iter_mut().filter(|errand| !errand.done) {
            errand.desk = model.present_desk(errand);
        }
        let first_open = ticket.errands.iter().position(|errand| !errand.done);
        if ticket.errands[ticket.current].done {
            ticket.current = first_open.unwrap_or_default();
        }
        ticket.place = place;
        ticket.from_ms = from_ms;
        ticket.wait_told = (false, false);
        ticket.until_ms = None;
        ticket.state = State::Waiting;
        Ok(())
    }

    fn close(&mut self, counter: CounterNumber) -> Held {
        prop_assert!(
            self.in_hand(counter).is_none(),
            "a counter closes with nobody in hand"
        );
        let seat = self.seats.remove(&counter);
        let clerk = seat.map(|seat| seat.clerk).unwrap_or_default();
        let left = [Desk::Counter(counter), Desk::Clerk(clerk)];
        for ticket in self
            .tickets
            .iter_mut()
            .filter(|ticket| ticket.state == State::Waiting)
        {
            let callable = ticket.callable();
            let bound = |desk: &&Desk| {
                callable
                    .iter()
                    .any(|place| ticket.errands[*place].desk == **desk)
            };
            let bound: Vec<_> = left.iter().filter(bound).collect();
            for errand in &mut ticket.errands {
                if !errand.done && bound.contains(&&errand.desk) {
                    errand.desk = Desk::Service(errand.service.clone());
                }
            }
        }
        Ok(())
    }

    fn ticket(&mut self, id: TicketId) -> Result<&mut Ticket, TestCaseError> {
        let mut tickets = self.tickets.iter_mut();
        let lost = || TestCaseError::fail(format!("{id} was never issued"));
        tickets.find(|ticket| ticket.id == id).ok_or_else(lost)
    }

    fn change(
        &mut self,
        id: TicketId,
        from: &[State],
        to: State,
    ) -> Result<&mut Ticket, TestCaseError> {
        let ticket = self.ticket(id)?;
        prop_assert!(
            from.contains(&ticket.state),
            "{:?} does not become {:?}",
            ticket,
            to
        );
        ticket.state = to;
        Ok(ticket)
    }

    fn seat(&mut self, counter: CounterNumber) -> Result<&mut Seat, TestCaseError> {
        let closed = || TestCaseError::fail(format!("counter {counter} is closed"));
        self.seats.get_mut(&counter).ok_or_else(closed)
    }

    /// A counter has just got somebody: one, and it waits for nobody any more.
    fn is_busy(&mut self, counter: CounterNumber) -> Held {
        let in_hand = self
            .tickets
            .iter()
            .filter(|ticket| ticket.is_in_hand_of(counter));
        prop_assert_eq!(in_hand.count(), 1, "one hand, one ticket");
        self.seat(counter)?.awaiting = false;
        Ok(())
    }
}

fn unknown(what: &Happening) -> Held {
    Err(TestCaseError::fail(format!(
        "the model does not know {what:?}"
    )))
}

/// The errand goes to somebody else. Who comes back has it twice: there, and then here again.
fn hand_over(ticket: &mut Ticket, to: &Desk, back_to: Option<CounterNumber>) {
    if let Some(counter) = back_to {
        let begun = ticket.errands.remove(ticket.current);
        let again = Errand {
            desk: Desk::Counter(counter),
            ..begun.clone()
        };
        let open = ticket.errands.iter().position(|errand| !errand.done);
        ticket.current = open.unwrap_or(ticket.errands.len());
        ticket
            .errands
            .splice(ticket.current..ticket.current, [begun, again]);
        ticket.in_order = true;
    }
    let errand = &mut ticket.errands[ticket.current];
    errand.desk = to.clone();
    if let Desk::Service(service) = to {
        errand.service = service.clone();
    }
}
