//! The only change. It cannot fail: what it is given has happened.

use crate::{
    Call, CallId, CancelWhy, Channel, ClassCode, Counter, CounterNumber, Day, Desk, Errand,
    ErrandDone, Event, Happening, Hold, Issued, Moment, Number, OutcomeCode, Paper, Place, Queue,
    Raised, Reason, ServiceCode, Settings, State, Then, Ticket, TicketId, Told,
};

/// Weight of the newest handling time in the running mean is one in this many: about the last
/// ten customers of a service count.
const HANDLING_MEMORY: u64 = 10;

impl Queue {
    /// Takes in something that happened.
    pub fn evolve(&mut self, event: &Event) {
        let mut change = Change {
            settings: &self.settings,
            day: &mut self.day,
            at: event.at,
        };
        change.take_in(&event.what);
    }
}

/// One event on its way into the day.
struct Change<'a> {
    settings: &'a Settings,
    day: &'a mut Day,
    at: Moment,
}

impl Change<'_> {
    fn take_in(&mut self, what: &Happening) {
        match what {
            Happening::DayOpened {
                day,
                turns_at_steady_ms,
            } => {
                *self.day = Day {
                    date: Some(*day),
                    turns_at_steady_ms: Some(*turns_at_steady_ms),
                    ..Day::default()
                };
            }
            Happening::DayClosed { .. } | Happening::Booked { .. } => {}
            Happening::Issued(issued) => self.issue(issued),
            Happening::Printed { ticket, copies } => self.ticket(*ticket, |ticket| {
                ticket.paper = Paper::Printed;
                ticket.copies = *copies;
            }),
            Happening::NotPrinted { ticket, why } => {
                self.set_paper(*ticket, Paper::Missing(*why));
            }
            Happening::Reprinted { ticket } => self.ticket(*ticket, |ticket| {
                ticket.copies += 1;
                ticket.paper = Paper::Unknown;
            }),
            Happening::Cancelled {
                ticket,
                why: CancelWhy::HeldByNobody | CancelWhy::Customer | CancelWhy::Staff,
            } => self.ticket(*ticket, |ticket| ticket.state = State::Cancelled),
            Happening::Expired { ticket } => {
                self.ticket(*ticket, |ticket| ticket.state = State::Expired);
            }
            Happening::ClassSet {
                ticket,
                class,
                verified,
            } => self.ticket(*ticket, |ticket| set_class(ticket, class, *verified)),
            Happening::SignedIn { counter, clerk } => self.open_counter(*counter, clerk),
            Happening::SignedOut { counter } => self.close_counter(*counter),
            Happening::Paused { counter, reason } => self.counter(*counter, |counter| {
                counter.paused = Some(reason.clone());
                counter.awaiting = None;
            }),
            Happening::Resumed { counter } => {
                self.counter(*counter, |counter| counter.paused = None);
            }
            Happening::Awaiting { counter } => {
                let at = self.at;
                self.counter(*counter, |counter| counter.awaiting = Some(at));
            }
            Happening::StoppedAwaiting { counter } => {
                self.counter(*counter, |counter| counter.awaiting = None);
            }
            Happening::Called {
                call,
                ticket,
                errand,
                counter,
                reason,
            } => self.call(*call, *ticket, *errand, (*counter, reason)),
            Happening::ServedWithout {
                call,
                ticket,
                number,
                service,
                class,
                counter,
            } => self.serve_without((*ticket, number), (service, class), (*call, *counter)),
            Happening::Recalled { ticket, .. } => {
                let at = self.at;
                self.call_of(*ticket, |call| {
                    call.last = at;
                    call.recalls += 1;
                });
            }
            Happening::Arrived { ticket, .. } => {
                let at = self.at;
                self.ticket(*ticket, |ticket| ticket.state = State::Serving);
                self.call_of(*ticket, |call| call.arrived = Some(at));
            }
            Happening::Finished {
                ticket,
                counter,
                outcome,
                then,
            } => self.finish(*ticket, *counter, outcome.as_ref(), *then),
            Happening::NoShow { ticket, .. } => self.miss(*ticket),
            Happening::NoShowUndone { ticket, counter } => {
                let at = self.at;
                self.ticket(*ticket, |ticket| {
                    ticket.state = State::Called;
                    ticket.missed.count -= 1;
                });
                self.call_of(*ticket, |call| call.last = at);
                self.counter(*counter, |counter| counter.awaiting = None);
            }
            Happening::Held {
                ticket,
                reason,
                until,
                ..
            } => self.ticket(*ticket, |ticket| {
                ticket.state = State::Held;
                ticket.hold = Some(Hold {
                    reason: reason.clone(),
                    until: *until,
                });
            }),
            Happening::HoldResumed { ticket, counter } => self.go_on(*ticket, *counter),
            Happening::Requeued {
                ticket,
                place,
                waits_from_ms,
                ..
            } => self.line_up(*ticket, *place, *waits_from_ms, |ticket| ticket.hold = None),
            Happening::Transferred {
                ticket,
                counter,
                to,
                note,
                waits_from_ms,
                come_back,
            } => self.line_up(*ticket, Place::ByScore, *waits_from_ms, |ticket| {
                ticket.note.clone_from(note);
                hand_over(ticket, to, come_back.then_some(*counter));
            }),
            Happening::WaitNear { ticket } => {
                self.ticket(*ticket, |ticket| ticket.wait_told.near = true);
            }
            Happening::WaitOver { ticket } => {
                self.ticket(*ticket, |ticket| ticket.wait_told.over = true);
            }
            Happening::HandlingNear { ticket } => {
                self.call_of(*ticket, |call| call.handling_told.near = true);
            }
            Happening::HandlingOver { ticket } => {
                self.call_of(*ticket, |call| call.handling_told.over = true);
            }
            Happening::RollBegun { next } => self.day.roll = Some(*next),
            Happening::RollEnded => self.day.roll = None,
            Happening::AlarmRaised { alarm, level } => {
                let raised = Raised {
                    level: *level,
                    at: self.at,
                };
                self.day.alarms.insert(alarm.clone(), raised);
            }
            Happening::AlarmCleared { alarm } => {
                self.day.alarms.remove(alarm);
            }
            Happening::Noted { .. } => {}
        }
    }

    fn issue(&mut self, issued: &Issued) {
        for service in &issued.errands {
            let minute = (service.clone(), issued.minute);
            *self.day.issued_in.entry(minute).or_default() += 1;
        }
        self.day.checked_in.extend(issued.appointment.clone());
        let torn_off = issued.channel == Channel::Roll;
        if torn_off {
            self.day.roll = Some(issued.number.value + 1);
        }
        let ticket = Ticket {
            paper: if torn_off {
                Paper::Printed
            } else {
                Paper::Unknown
            },
            errands: issued.errands.iter().map(errand).collect(),
            in_order: issued.in_order,
            waits_from_ms: issued.waits_from_ms,
            channel: issued.channel,
            holder: issued.holder,
            appointment: issued.appointment.clone(),
            ..new_ticket((issued.ticket, &issued.number), &issued.class, self.at)
        };
        self.day.join(self.settings, ticket);
    }

    fn serve_without(
        &mut self,
        (id, number): (TicketId, &Number),
        (service, class): (&ServiceCode, &ClassCode),
        (call, counter): (CallId, CounterNumber),
    ) {
        let ticket = Ticket {
            errands: vec![errand(service)],
            channel: Channel::WalkIn,
            state: State::Serving,
            call: Some(Call {
                arrived: Some(self.at),
                ..new_call(call, counter, self.at, None)
            }),
            ..new_ticket((id, number), class, self.at)
        };
        self.day.called.push((call, id));
        self.day.join(self.settings, ticket);
        self.counter(counter, |counter| counter.awaiting = None);
    }

    fn call(
        &mut self,
        call: CallId,
        id: TicketId,
        errand: usize,
        (counter, reason): (CounterNumber, &Reason),
    ) {
        let at = self.at;
        self.day.called.push((call, id));
        self.ticket(id, |ticket| {
            ticket.state = State::Called;
            ticket.current = errand.min(ticket.errands.len() - 1);
            ticket.place = Place::ByScore;
            ticket.call = Some(new_call(call, counter, at, Some(reason.clone())));
        });
        if let Some(ticket) = self.day.ticket(id) {
            let service = ticket.service().clone();
            *self.day.calls_for.entry(service).or_default() += 1;
        }
        self.counter(counter, |counter| counter.awaiting = None);
    }

    fn finish(
        &mut self,
        id: TicketId,
        counter: CounterNumber,
        outcome: Option<&OutcomeCode>,
        then: Then,
    ) {
        self.measure(id);
        *self.day.finished.entry(counter).or_default() += 1;
        let at = self.at;
        let done = |ticket: &mut Ticket| {
            let outcome = outcome.cloned();
            ticket.errands[ticket.current].done = Some(ErrandDone { counter, outcome });
        };
        match then {
            Then::Done => self.ticket(id, |ticket| {
                done(ticket);
                ticket.state = State::Finished;
            }),
            Then::Here(errand) => self.ticket(id, |ticket| {
                done(ticket);
                ticket.state = State::Serving;
                ticket.current = errand.min(ticket.errands.len() - 1);
                if let Some(call) = &mut ticket.call {
                    call.arrived = Some(at);
                    call.handling_told = Told::default();
                }
            }),
            Then::InLine { waits_from_ms } => {
                self.line_up(id, Place::ByScore, waits_from_ms, done);
            }
        }
    }

    /// Puts a ticket in line, after a change. The errand that it waits for is the present one or, if
    /// that is done, the first that is not; who would wait for somebody who has left waits for
    /// the service.
    fn line_up(
        &mut self,
        id: TicketId,
        place: Place,
        waits_from_ms: u64,
        change: impl FnOnce(&mut Ticket),
    ) {
        let away = self.desks_away(id);
        self.ticket(id, |ticket| {
            change(ticket);
            away.iter().for_each(|desk| release(ticket, desk));
            ticket.state = State::Waiting;
            ticket.place = place;
            ticket.waits_from_ms = waits_from_ms;
            ticket.wait_told = Told::default();
            let first_open = ticket.open_errands().next().map(|(errand, _)| errand);
            if ticket.errand().done.is_some() {
                ticket.current = first_open.unwrap_or(ticket.current);
            }
        });
    }

    /// The desks of a ticket's errands at which nobody sits any more.
    fn desks_away(&self, id: TicketId) -> Vec<Desk> {
        let errands = self
            .day
            .ticket(id)
            .into_iter()
            .flat_map(Ticket::open_errands);
        errands
            .map(|(_, errand)| errand.desk.clone())
            .filter(|desk| self.day.is_away(desk))
            .collect()
    }

    /// Takes the handling time of a ticket into the running mean of its service.
    fn measure(&mut self, id: TicketId) {
        let Some(ticket) = self.day.ticket(id) else {
            return;
        };
        let Some(call) = &ticket.call else { return };
        let took_ms = self.at.since_ms(call.arrived.unwrap_or(call.first));
        let service = ticket.service().clone();
        let typical_ms = self.settings.services.get(&service);
        let typical_ms = typical_ms.map_or(0, |service| service.typical_handling_ms);
        let mean_ms = self.day.handling_ms.entry(service).or_insert(typical_ms);
        *mean_ms = (*mean_ms * (HANDLING_MEMORY - 1) + took_ms) / HANDLING_MEMORY;
    }

    fn miss(&mut self, id: TicketId) {
        let Some(ticket) = self.day.ticket(id) else {
            return;
        };
        let calls = self.day.calls_for(ticket.service());
        let at = self.at;
        self.ticket(id, |ticket| {
            ticket.state = State::NoShow;
            ticket.missed.count += 1;
            ticket.missed.at = at;
            ticket.missed.calls = calls;
        });
    }

    fn go_on(&mut self, id: TicketId, counter: CounterNumber) {
        let at = self.at;
        self.ticket(id, |ticket| {
            ticket.state = State::Serving;
            ticket.hold = None;
            if let Some(call) = &mut ticket.call {
                call.counter = counter;
                call.arrived.get_or_insert(at);
            }
        });
        self.counter(counter, |counter| counter.awaiting = None);
    }

    fn open_counter(&mut self, number: CounterNumber, clerk: &str) {
        let counter = Counter {
            clerk: clerk.to_owned(),
            paused: None,
            awaiting: None,
        };
        self.day.counters.insert(number, counter);
    }

    /// Closes a counter, and lets everybody who waits for it or its clerk alone wait for the service.
    fn close_counter(&mut self, number: CounterNumber) {
        let Some(counter) = self.day.counters.remove(&number) else {
            return;
        };
        for desk in [Desk::Counter(number), Desk::Clerk(counter.clerk)] {
            let line = self.day.index.lines.get(&desk);
            let bound: Vec<TicketId> = line
                .map(|line| line.tickets().collect())
                .unwrap_or_default();
            for id in bound {
                self.ticket(id, |ticket| release(ticket, &desk));
            }
        }
    }

    fn set_paper(&mut self, id: TicketId, paper: Paper) {
        self.ticket(id, |ticket| ticket.paper = paper);
    }

    fn ticket(&mut self, id: TicketId, change: impl FnOnce(&mut Ticket)) {
        self.day.change(self.settings, id, change);
    }

    fn call_of(&mut self, id: TicketId, change: impl FnOnce(&mut Call)) {
        self.ticket(id, |ticket| {
            if let Some(call) = &mut ticket.call {
                change(call);
            }
        });
    }

    fn counter(&mut self, number: CounterNumber, change: impl FnOnce(&mut Counter)) {
        if let Some(counter) = self.day.counters.get_mut(&number) {
            change(counter);
        }
    }
}

fn new_ticket((id, number): (TicketId, &Number), class: &ClassCode, at: Moment) -> Ticket {
    Ticket {
        id,
        number: number.clone(),
        class: class.clone(),
        verified: false,
        errands: Vec::new(),
        in_order: false,
        current: 0,
        state: State::Waiting,
        place: Place::ByScore,
        waits_from_ms: at.steady_ms,
        issued: at,
        channel: Channel::Kiosk,
        holder: None,
        appointment: None,
        paper: Paper::Unknown,
        copies: 0,
        call: None,
        missed: Default::default(),
        wait_told: Told::default(),
        note: None,
        hold: None,
    }
}

fn new_call(id: CallId, counter: CounterNumber, at: Moment, reason: Option<Reason>) -> Call {
    Call {
        id,
        counter,
        first: at,
        last: at,
        recalls: 0,
        arrived: None,
        reason,
        handling_told: Told::default(),
    }
}

fn errand(service: &ServiceCode) -> Errand {
    Errand {
        service: service.clone(),
        desk: Desk::Service(service.clone()),
        done: None,
    }
}

/// Gives the present errand to somebody else. Who comes back has one errand more: the present
/// one is begun elsewhere, and goes on at the counter afterwards.
fn hand_over(ticket: &mut Ticket, to: &Desk, back_to: Option<CounterNumber>) {
    if let Some(counter) = back_to {
        let errand = ticket.errands.remove(ticket.current);
        let first_open = ticket
            .errands
            .iter()
            .position(|errand| errand.done.is_none());
        ticket.current = first_open.unwrap_or(ticket.errands.len());
        let again = Errand {
            desk: Desk::Counter(counter),
            ..errand.clone()
        };
        ticket.errands.insert(ticket.current, again);
        ticket.errands.insert(ticket.current, errand);
        ticket.in_order = true;
    }
    let errand = &mut ticket.errands[ticket.current];
    if let Desk::Service(service) = to {
        errand.service = service.clone();
    }
    errand.desk = to.clone();
}

/// Another class has another target, so of a wait that goes on everything is said anew.
fn set_class(ticket: &mut Ticket, class: &ClassCode, verified: bool) {
    if ticket.state == State::Waiting && ticket.class != *class {
        ticket.wait_told = Told::default();
    }
    ticket.class = class.clone();
    ticket.verified = verified;
}

fn release(ticket: &mut Ticket, desk: &Desk) {
    let bound = |errand: &&mut Errand| errand.done.is_none() && errand.desk == *desk;
    for errand in ticket.errands.iter_mut().filter(bound) {
        errand.desk = Desk::Service(errand.service.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, ONE, settings};
    use crate::{Date, Why};

    /// What has happened is taken in, also when an older hall wrote it or a disk changed it: of an
    /// errand that a ticket has not, its last one is meant.
    #[test]
    fn an_event_that_names_an_errand_that_is_not_there_stops_nobody() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take_all(&["A", "B"], "ordinary");
        let reason = Reason {
            why: Why::Alone,
            waited_ms: 0,
            head_start_ms: 0,
            target_ms: 1,
            overtook: 0,
            passed_over: Vec::new(),
        };
        let called = Happening::Called {
            call: CallId::of_day(Date::new(2026, 11, 1), 1),
            ticket,
            errand: 2,
            counter: ONE,
            reason,
        };
        let finished = Happening::Finished {
            ticket,
            counter: ONE,
            outcome: None,
            then: Then::Here(2),
        };
        for what in [called, finished] {
            let at = hall.now().at;
            hall.queue.evolve(&Event { at, what });
            assert_eq!(hall.ticket(ticket).current, 1);
        }
    }
}
