//! What the pretended hall does when it is asked.

use protocol::{
    Act, CallReason, CallState, CallWhy, Called, CounterRow, CounterState, Done, HeldTicket,
    InHand, MissedTicket, NextInLine, Outcome, PassedOver, PlaceInLine, Refusal, Returned,
    TransferTo,
};

use super::papers::day_report;
use super::{LIMIT_MIN, MockHall, Waiting, desk, target_ms, waited_ms};
use crate::controller::clerk_of;

/// Those who missed a call come back after so many more.
const AFTER_CALLS: u32 = 3;

impl MockHall {
    /// Does what a clerk asks at `now_ms`, or says why not.
    pub fn ask(&mut self, act: &Act, now_ms: i64) -> Outcome {
        match self.done(act, now_ms) {
            Ok(done) => Outcome::Done(done),
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    fn done(&mut self, act: &Act, now_ms: i64) -> Result<Done, Refusal> {
        match act {
            Act::SignIn {
                counter,
                clerk,
                pin,
            } => {
                self.knows(pin.as_ref())?;
                self.sign_in(*counter, clerk)?;
            }
            Act::SignOut { counter } => self.sign_out(*counter)?,
            Act::Pause { counter, reason } => self.pause(*counter, reason)?,
            Act::Resume { counter } => self.resume(*counter)?,
            Act::CallNext { counter } => return self.call_next(*counter, now_ms),
            Act::CallNumber { counter, number } => {
                return self.call_number(*counter, number, now_ms);
            }
            Act::AwaitNext { counter } => return self.await_next(*counter, now_ms),
            Act::StopAwaiting { counter } => desk(self.counter(*counter)?).awaiting = false,
            Act::ServeWithout {
                counter,
                service,
                class,
            } => self.serve_without(*counter, (service, class), now_ms)?,
            Act::Recall { counter } => self.in_hand(*counter)?.recalls += 1,
            Act::Arrive { counter } => begin(self.in_hand(*counter)?, now_ms),
            Act::Finish { counter, .. } => return self.finish(*counter, now_ms),
            Act::NoShow { counter } => self.no_show(*counter, now_ms)?,
            Act::UndoNoShow { counter, number } => self.undo_no_show(*counter, number, now_ms)?,
            Act::Hold {
                counter,
                reason,
                minutes,
            } => self.hold(
                *counter,
                reason,
                minutes.map(|min| now_ms + i64::from(min) * 60_000),
            )?,
            Act::ResumeHeld { counter, number } => self.resume_held(*counter, number, now_ms)?,
            Act::PutBack { counter, place } => self.put_back(*counter, *place, now_ms)?,
            Act::Transfer {
                counter,
                to,
                note,
                keep_time,
                ..
            } => self.transfer(*counter, to, note, *keep_time, now_ms)?,
            Act::SetClass {
                number,
                class,
                verified,
            } => self.set_class(number, class, *verified)?,
            Act::Cancel { number, .. } => self.cancel(number)?,
            Act::Return { number, .. } => return self.comes_back(number, now_ms),
            Act::Printed { ticket, .. } => self.without_paper.retain(|row| row.ticket != *ticket),
            Act::Reprint { number } => return self.reprint(number),
            Act::Report {} => return Ok(Done::Report(Box::new(day_report()))),
            Act::BeginRoll { first } => self.roll_next = Some(*first),
            Act::EndRoll {} => {
                self.roll_next.take().ok_or(Refusal::RollNotInUse)?;
            }
            Act::Take { .. }
            | Act::Book { .. }
            | Act::CheckIn { .. }
            | Act::NotPrinted { .. }
            | Act::Void { .. }
            | Act::Identify { .. }
            | Act::Leave {} => return Err(Refusal::NotAllowed),
        }
        Ok(Done::Done)
    }

    fn counter(&mut self, number: u16) -> Result<&mut CounterRow, Refusal> {
        let row = self.counters.iter_mut().find(|row| row.number == number);
        row.ok_or(Refusal::UnknownCounter)
    }

    fn in_hand(&mut self, counter: u16) -> Result<&mut InHand, Refusal> {
        let desk = desk(self.counter(counter)?);
        desk.in_hand.as_mut().ok_or(Refusal::NothingInHand)
    }

    fn take_from_hand(&mut self, counter: u16) -> Result<InHand, Refusal> {
        let desk = desk(self.counter(counter)?);
        desk.in_hand.take().ok_or(Refusal::NothingInHand)
    }

    /// The counter has room for somebody.
    fn free(&mut self, counter: u16) -> Result<(), Refusal> {
        match &desk(self.counter(counter)?).in_hand {
            Some(in_hand) => Err(Refusal::StillInHand {
                number: in_hand.number.clone(),
            }),
            None => Ok(()),
        }
    }

    fn sign_in(&mut self, counter: u16, clerk: &str) -> Result<(), Refusal> {
        let elsewhere = self
            .counters
            .iter()
            .filter(|row| row.number != counter)
            .find(|row| clerk_of(row).is_some_and(|seated| seated == clerk));
        if let Some(row) = elsewhere {
            let counter = row.number;
            return Err(Refusal::ClerkElsewhere { counter });
        }
        let row = self.counter(counter)?;
        let seated = &mut desk(row).clerk;
        if let Some(clerk) = seated.take_if(|seated| seated != clerk) {
            *seated = Some(clerk.clone());
            return Err(Refusal::CounterTaken { clerk });
        }
        *seated = Some(clerk.to_owned());
        row.state = CounterState::Open;
        Ok(())
    }

    fn sign_out(&mut self, counter: u16) -> Result<(), Refusal> {
        self.free(counter)?;
        let row = self.counter(counter)?;
        row.state = CounterState::Closed;
        desk(row).clerk = None;
        Ok(())
    }

    fn pause(&mut self, counter: u16, reason: &str) -> Result<(), Refusal> {
        let row = self.counter(counter)?;
        row.state = CounterState::Paused;
        desk(row).pause_reason = Some(reason.to_owned());
        desk(row).awaiting = false;
        Ok(())
    }

    fn resume(&mut self, counter: u16) -> Result<(), Refusal> {
        let row = self.counter(counter)?;
        row.state = CounterState::Open;
        desk(row).pause_reason = None;
        Ok(())
    }

    fn call_next(&mut self, counter: u16, now_ms: i64) -> Result<Done, Refusal> {
        let row = self.counter(counter)?.clone();
        let first = self.next_of(&row).next().map(|waiting| waiting.line.ticket);
        let from_roll = || self.tear_off(&row, now_ms);
        let ticket = first.or_else(from_roll).ok_or(Refusal::NobodyWaits)?;
        self.call(counter, ticket, CallWhy::Score, now_ms)
    }

    fn call_number(&mut self, counter: u16, number: &str, now_ms: i64) -> Result<Done, Refusal> {
        let services = self.counter(counter)?.services.clone();
        let of_number = |waiting: &&Waiting| waiting.line.number == number;
        let waiting = self.waiting.iter().find(of_number);
        let line = &waiting.ok_or(Refusal::UnknownTicket)?.line;
        if !services.contains(&line.service) {
            return Err(Refusal::NotServedHere);
        }
        self.call(counter, line.ticket, CallWhy::Chosen, now_ms)
    }

    fn await_next(&mut self, counter: u16, now_ms: i64) -> Result<Done, Refusal> {
        match self.call_next(counter, now_ms) {
            Err(Refusal::NobodyWaits) => {
                self.finish_whoever_is_served(counter)?;
                desk(self.counter(counter)?).awaiting = true;
                Ok(Done::Done)
            }
            called => called,
        }
    }

    pub(super) fn call_for_those_who_await(&mut self, now_ms: i64) {
        let awaits = |row: &CounterRow| row.desk.as_ref().is_some_and(|desk| desk.awaiting);
        let rows = self.counters.iter().filter(|row| awaits(row));
        for counter in rows.map(|row| row.number).collect::<Vec<_>>() {
            // Whoever came may be for another counter.
            let _ = self.call_next(counter, now_ms);
        }
    }

    fn call(
        &mut self,
        counter: u16,
        ticket: u64,
        why: CallWhy,
        now_ms: i64,
    ) -> Result<Done, Refusal> {
        self.finish_whoever_is_served(counter)?;
        let row = self.counter(counter)?.clone();
        let passed_over = passed_over(self.next_of(&row), ticket, now_ms);
        let place = self
            .waiting
            .iter()
            .position(|waiting| waiting.line.ticket == ticket);
        let waiting = place.and_then(|place| self.waiting.remove(place));
        let waiting = waiting.ok_or(Refusal::NotWaiting)?;
        let in_hand = called(&waiting, why, passed_over, now_ms);
        let done = Done::Called(Called {
            call: 20_261_122_000_000 + self.seq,
            ticket,
            number: waiting.line.number,
            service: waiting.line.service,
            class: waiting.line.class,
            waited_ms: in_hand.waited_ms,
        });
        let desk = desk(self.counter(counter)?);
        desk.in_hand = Some(in_hand);
        desk.awaiting = false;
        Ok(done)
    }

    fn finish_whoever_is_served(&mut self, counter: u16) -> Result<(), Refusal> {
        let desk = desk(self.counter(counter)?);
        match desk.in_hand.take() {
            Some(in_hand) if in_hand.state == CallState::Called => {
                let number = in_hand.number.clone();
                desk.in_hand = Some(in_hand);
                Err(Refusal::StillCalled { number })
            }
            in_hand => {
                desk.finished += u32::from(in_hand.is_some());
                Ok(())
            }
        }
    }

    fn serve_without(
        &mut self,
        counter: u16,
        (service, class): (&str, &str),
        now_ms: i64,
    ) -> Result<(), Refusal> {
        self.free(counter)?;
        self.comes(service, now_ms);
        let mut waiting = self.waiting.pop_back().ok_or(Refusal::NobodyWaits)?;
        waiting.line.class = class.to_owned();
        let mut in_hand = called(&waiting, CallWhy::Alone, Vec::new(), now_ms);
        begin(&mut in_hand, now_ms);
        desk(self.counter(counter)?).in_hand = Some(in_hand);
        Ok(())
    }

    /// The next errand of the ticket is done at the same counter if that serves it.
    fn finish(&mut self, counter: u16, now_ms: i64) -> Result<Done, Refusal> {
        let services = self.counter(counter)?.services.clone();
        let in_hand = self.in_hand(counter)?;
        let here = in_hand
            .then
            .iter()
            .position(|service| services.contains(service));
        if let Some(place) = here {
            in_hand.service = in_hand.then.remove(place);
            begin(in_hand, now_ms);
            return Ok(Done::Continued(protocol::Continued {
                ticket: in_hand.ticket,
                number: in_hand.number.clone(),
                service: in_hand.service.clone(),
            }));
        }
        let desk = desk(self.counter(counter)?);
        desk.in_hand = None;
        desk.finished += 1;
        Ok(Done::Done)
    }

    fn no_show(&mut self, counter: u16, now_ms: i64) -> Result<(), Refusal> {
        let in_hand = self.take_from_hand(counter)?;
        desk(self.counter(counter)?).missed.insert(
            0,
            MissedTicket {
                ticket: in_hand.ticket,
                number: in_hand.number,
                service: in_hand.service,
                missed_at_ms: now_ms,
            },
        );
        Ok(())
    }

    fn undo_no_show(&mut self, counter: u16, number: &str, now_ms: i64) -> Result<(), Refusal> {
        self.free(counter)?;
        let desk = desk(self.counter(counter)?);
        let place = desk.missed.iter().position(|row| row.number == number);
        let row = desk.missed.remove(place.ok_or(Refusal::NotNoShow)?);
        desk.in_hand = Some(plain(row.ticket, row.number, row.service, now_ms));
        Ok(())
    }

    fn hold(&mut self, counter: u16, reason: &str, until_ms: Option<i64>) -> Result<(), Refusal> {
        let in_hand = self.take_from_hand(counter)?;
        desk(self.counter(counter)?).held.push(HeldTicket {
            ticket: in_hand.ticket,
            number: in_hand.number,
            service: in_hand.service,
            reason: reason.to_owned(),
            until_ms,
        });
        Ok(())
    }

    fn resume_held(&mut self, counter: u16, number: &str, now_ms: i64) -> Result<(), Refusal> {
        self.free(counter)?;
        let desk = desk(self.counter(counter)?);
        let place = desk.held.iter().position(|row| row.number == number);
        let row = desk.held.remove(place.ok_or(Refusal::NotOnHold)?);
        let mut in_hand = plain(row.ticket, row.number, row.service, now_ms);
        begin(&mut in_hand, now_ms);
        desk.in_hand = Some(in_hand);
        Ok(())
    }

    pub(super) fn put_back_whose_hold_is_over(&mut self, now_ms: i64) {
        for row in &mut self.counters {
            let is_over = |held: &mut HeldTicket| held.until_ms.is_some_and(|at| at <= now_ms);
            for held in desk(row).held.extract_if(.., is_over) {
                let in_hand = plain(held.ticket, held.number, held.service, now_ms);
                self.waiting.push_back(in_line(in_hand, now_ms));
            }
        }
    }

    fn put_back(&mut self, counter: u16, place: PlaceInLine, now_ms: i64) -> Result<(), Refusal> {
        let in_hand = self.take_from_hand(counter)?;
        let since_ms = in_hand.called_at_ms - in_hand.waited_ms as i64;
        match place {
            PlaceInLine::First => self.waiting.push_front(in_line(in_hand, since_ms)),
            PlaceInLine::Last => self.waiting.push_back(in_line(in_hand, now_ms)),
            PlaceInLine::ByTime => self.line_up(in_line(in_hand, since_ms)),
        }
        Ok(())
    }

    fn line_up(&mut self, waiting: Waiting) {
        let earlier = |other: &Waiting| other.line.issued_at_ms <= waiting.line.issued_at_ms;
        let place = self.waiting.partition_point(earlier);
        self.waiting.insert(place, waiting);
    }

    /// A line of one counter or clerk is more than this hall has: whoever takes the service may
    /// call the customer.
    fn transfer(
        &mut self,
        counter: u16,
        to: &TransferTo,
        note: &str,
        keep_time: bool,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        if let TransferTo::Counter { number } = to
            && self.counter(*number)?.state == CounterState::Closed
        {
            return Err(Refusal::CounterClosed);
        }
        let mut in_hand = self.take_from_hand(counter)?;
        if let TransferTo::Service { service } = to {
            in_hand.service = service.clone();
        }
        in_hand.note = (!note.is_empty()).then(|| note.to_owned());
        let since_ms = match keep_time {
            true => in_hand.called_at_ms - in_hand.waited_ms as i64,
            false => now_ms,
        };
        self.line_up(in_line(in_hand, since_ms));
        Ok(())
    }

    fn set_class(&mut self, number: &str, class: &str, verified: bool) -> Result<(), Refusal> {
        let in_hand = self
            .counters
            .iter_mut()
            .filter_map(|row| desk(row).in_hand.as_mut())
            .find(|in_hand| in_hand.number == number);
        let in_hand = in_hand.ok_or(Refusal::UnknownTicket)?;
        in_hand.class = class.to_owned();
        in_hand.verified = verified;
        Ok(())
    }

    fn cancel(&mut self, number: &str) -> Result<(), Refusal> {
        let before = self.waiting.len();
        self.waiting.retain(|row| row.line.number != number);
        let mut found = self.waiting.len() < before;
        for row in &mut self.counters {
            let desk = desk(row);
            let aside = desk.held.len() + desk.missed.len();
            desk.held.retain(|row| row.number != number);
            desk.missed.retain(|row| row.number != number);
            found |= desk.held.len() + desk.missed.len() < aside;
        }
        found.then_some(()).ok_or(Refusal::NotWaiting)
    }

    fn comes_back(&mut self, number: &str, now_ms: i64) -> Result<Done, Refusal> {
        for row in &mut self.counters {
            let missed = &mut desk(row).missed;
            let Some(place) = missed.iter().position(|row| row.number == number) else {
                continue;
            };
            let row = missed.remove(place);
            let ticket = row.ticket;
            let in_hand = plain(ticket, row.number, row.service, now_ms);
            self.waiting.push_back(in_line(in_hand, now_ms));
            return Ok(Done::Returned(Returned {
                ticket,
                number: number.to_owned(),
                after_calls: AFTER_CALLS,
            }));
        }
        Err(Refusal::UnknownTicket)
    }
}

/// Service begins.
fn begin(in_hand: &mut InHand, now_ms: i64) {
    in_hand.state = CallState::Serving;
    in_hand.arrived_at_ms = Some(now_ms);
    in_hand.limit_at_ms = Some(now_ms + LIMIT_MIN * 60_000);
}

fn passed_over<'a>(
    line: impl Iterator<Item = &'a Waiting>,
    ticket: u64,
    now_ms: i64,
) -> Vec<PassedOver> {
    line.map(|waiting| &waiting.line)
        .take_while(|line| line.ticket != ticket)
        .map(|line| PassedOver {
            ticket: line.ticket,
            number: line.number.clone(),
            waited_ms: waited_ms(line, now_ms),
            target_ms: target_ms(&line.class),
        })
        .collect()
}

fn called(
    waiting: &Waiting,
    why: CallWhy,
    mut passed_over: Vec<PassedOver>,
    now_ms: i64,
) -> InHand {
    let line = &waiting.line;
    let (waited_ms, target_ms) = (waited_ms(line, now_ms), target_ms(&line.class));
    let overtook = passed_over.len() as u32;
    passed_over.truncate(3);
    InHand {
        waited_ms,
        score_milli: waited_ms * 1000 / target_ms,
        overtook,
        reason: Some(CallReason {
            why,
            target_ms,
            head_start_ms: 0,
            passed_over,
        }),
        class: line.class.clone(),
        verified: waiting.verified,
        then: waiting.then.clone(),
        note: waiting.note.clone(),
        ..plain(
            line.ticket,
            line.number.clone(),
            line.service.clone(),
            now_ms,
        )
    }
}

/// Somebody called now, of whom no more is known than a list tells.
fn plain(ticket: u64, number: String, service: String, now_ms: i64) -> InHand {
    InHand {
        ticket,
        number,
        service,
        class: super::CLASSES[0].0.to_owned(),
        called_at_ms: now_ms,
        ..InHand::default()
    }
}

/// Back in line, as if come at `since_ms`.
fn in_line(in_hand: InHand, since_ms: i64) -> Waiting {
    Waiting {
        line: NextInLine {
            ticket: in_hand.ticket,
            number: in_hand.number,
            service: in_hand.service,
            class: in_hand.class,
            issued_at_ms: since_ms,
            ..NextInLine::default()
        },
        verified: in_hand.verified,
        note: in_hand.note,
        then: in_hand.then,
    }
}
