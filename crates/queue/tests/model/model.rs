//! The hall as a list of tickets, and what an event does to it. Each event is held against what may
//! happen to the ticket that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use proptest::prelude::*;
use queue::{
    Alarm, AppointmentCode, CancelWhy, ClassCode, CounterNumber, Desk, Event, Happening, Holder,
    Issued, Number, Paper, Place, Queue, Raised, ServiceCode, Settings, State, Then, TicketId, Why,
};

pub type Held = Result<(), TestCaseError>;

#[derive(Clone)]
pub struct Model {
    pub settings: Settings,
    pub tickets: Vec<Ticket>,
    pub seats: BTreeMap<CounterNumber, Seat>,
    /// The service of each call, in order.
    pub calls: Vec<ServiceCode>,
    /// The service and minute of each number given out.
    pub given: Vec<(ServiceCode, u16)>,
    pub checked_in: Vec<AppointmentCode>,
    pub alarms: BTreeSet<Alarm>,
}

#[derive(Clone)]
pub struct Seat {
    pub clerk: String,
    pub paused: Option<String>,
    pub awaiting: bool,
}

#[derive(Clone, Debug)]
pub struct Ticket {
    pub id: TicketId,
    pub number: Number,
    pub class: ClassCode,
    pub errands: Vec<Errand>,
    pub in_order: bool,
    pub current: usize,
    pub state: State,
    pub place: Place,
    pub from_ms: u64,
    pub holder: Option<Holder>,
    pub paper: Paper,
    pub counter: Option<CounterNumber>,
    pub recalls: u32,
    pub first_called_ms: u64,
    pub last_called_ms: u64,
    pub arrived_ms: Option<u64>,
    pub until_ms: Option<u64>,
    pub missed: u32,
    pub missed_ms: u64,
    pub calls_when_missed: u32,
    pub wait_told: (bool, bool),
    pub handling_told: (bool, bool),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    pub service: ServiceCode,
    pub desk: Desk,
    pub done: bool,
}

impl Model {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            tickets: Vec::new(),
            seats: BTreeMap::new(),
            calls: Vec::new(),
            given: Vec::new(),
            checked_in: Vec::new(),
            alarms: BTreeSet::new(),
        }
    }

    pub fn evolve(&mut self, event: &Event) -> Held {
        let now_ms = event.at.steady_ms;
        match &event.what {
            Happening::DayOpened { .. } => self.open_day()?,
            Happening::DayClosed { .. } | Happening::Booked { .. } => {}
            Happening::Issued(issued) => self.issue(issued)?,
            Happening::Called {
                ticket,
                errand,
                counter,
                reason,
                ..
            } => self.call((*ticket, *errand), *counter, reason.why, now_ms)?,
            Happening::ServedWithout {
                ticket,
                number,
                service,
                class,
                counter,
                ..
            } => {
                let walk_in = new_ticket(*ticket, number, class, slice::from_ref(service), now_ms);
                self.join(Ticket {
                    state: State::Serving,
                    counter: Some(*counter),
                    first_called_ms: now_ms,
                    arrived_ms: Some(now_ms),
                    ..walk_in
                })?;
                self.is_busy(*counter)?;
            }
            Happening::SignedIn { counter, clerk } => {
                let seat = Seat {
                    clerk: clerk.clone(),
                    paused: None,
                    awaiting: false,
                };
                let sits = self.seats.values().any(|seat| seat.clerk == *clerk);
                prop_assert!(!sits, "a clerk sits at one counter");
                prop_assert!(
                    self.seats.insert(*counter, seat).is_none(),
                    "one clerk at a counter"
                );
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
            Happening::AlarmRaised { alarm, .. } => {
                prop_assert!(self.alarms.insert(alarm.clone()), "an alarm is raised once");
            }
            Happening::AlarmCleared { alarm } => {
                prop_assert!(self.alarms.remove(alarm), "an alarm that stands is cleared");
            }
            what => self.of_ticket(what, now_ms)?,
        }
        Ok(())
    }

    /// What changes one ticket only.
    fn of_ticket(&mut self, what: &Happening, now_ms: u64) -> Held {
        match what {
            Happening::Printed { ticket } => self.ticket(*ticket)?.paper = Paper::Printed,
            Happening::NotPrinted { ticket, why } => {
                self.ticket(*ticket)?.paper = Paper::Missing(*why);
            }
            Happening::Reprinted { ticket } => self.ticket(*ticket)?.paper = Paper::Unknown,
            Happening::Cancelled { ticket, why } => {
                let waiting: &[State] = &[State::Waiting];
                let aside: &[State] = &[State::Waiting, State::Held, State::NoShow];
                let from = if *why == CancelWhy::HeldByNobody {
                    waiting
                } else {
                    aside
                };
                self.change(*ticket, from, State::Cancelled)?;
            }
            Happening::Expired { ticket } => {
                let open = [State::Waiting, State::Called, State::Serving, State::Held];
                self.change(*ticket, &open, State::Expired)?;
            }
            Happening::ClassSet { ticket, class, .. } => {
                let ticket = self.ticket(*ticket)?;
                if ticket.state == State::Waiting && ticket.class != *class {
                    ticket.wait_told = (false, false);
                }
                ticket.class = class.clone();
            }
            Happening::Recalled { ticket, .. } => {
                let ticket = self.change(*ticket, &[State::Called], State::Called)?;
                ticket.last_called_ms = now_ms;
                ticket.recalls += 1;
            }
            Happening::Arrived { ticket, .. } => {
                self.change(*ticket, &[State::Called], State::Serving)?
                    .arrived_ms = Some(now_ms);
            }
            Happening::Finished { ticket, then, .. } => self.finish(*ticket, *then, now_ms)?,
            Happening::NoShow { ticket, .. } => self.miss(*ticket, now_ms)?,
            Happening::NoShowUndone { ticket, counter } => {
                let ticket = self.change(*ticket, &[State::NoShow], State::Called)?;
                prop_assert_eq!(
                    ticket.counter,
                    Some(*counter),
                    "the call stands again where it was"
                );
                ticket.missed -= 1;
                ticket.last_called_ms = now_ms;
                self.is_busy(*counter)?;
            }
            Happening::Held { ticket, until, .. } => {
                let in_hand = [State::Called, State::Serving];
                let until_ms = until.map(|until| until.steady_ms);
                self.change(*ticket, &in_hand, State::Held)?.until_ms = until_ms;
            }
            Happening::HoldResumed { ticket, counter } => {
                let ticket = self.change(*ticket, &[State::Held], State::Serving)?;
                ticket.counter = Some(*counter);
                ticket.arrived_ms.get_or_insert(now_ms);
                self.is_busy(*counter)?;
            }
            Happening::Requeued {
                ticket,
                place,
                waits_from_ms,
                ..
            } => {
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
                hand_over(self.ticket(*ticket)?, to, come_back.then_some(*counter));
                self.line_up(*ticket, Place::ByScore, *waits_from_ms)?;
            }
            Happening::WaitNear { ticket } => self.ticket(*ticket)?.wait_told.0 = true,
            Happening::WaitOver { ticket } => self.ticket(*ticket)?.wait_told.1 = true,
            Happening::HandlingNear { ticket } => self.ticket(*ticket)?.handling_told.0 = true,
            Happening::HandlingOver { ticket } => self.ticket(*ticket)?.handling_told.1 = true,
            what => {
                return Err(TestCaseError::fail(format!(
                    "the model does not know {what:?}"
                )));
            }
        }
        Ok(())
    }

    fn open_day(&mut self) -> Held {
        let left = self.tickets.iter().find(|ticket| ticket.state.is_open());
        prop_assert!(left.is_none(), "nobody is left over: {:?}", left);
        prop_assert!(self.seats.is_empty(), "everybody went home");
        *self = Self::new(self.settings.clone());
        Ok(())
    }

    fn issue(&mut self, issued: &Issued) -> Held {
        let minute = |service: &ServiceCode| (service.clone(), issued.minute);
        self.given.extend(issued.errands.iter().map(minute));
        self.checked_in.extend(issued.appointment.clone());
        let (number, class) = (&issued.number, &issued.class);
        self.join(Ticket {
            in_order: issued.in_order,
            holder: issued.holder,
            ..new_ticket(
                issued.ticket,
                number,
                class,
                &issued.errands,
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
        prop_assert_eq!(ticket.number.value, last.map_or(first, |last| last + 1));
        prop_assert!(ticket.number.value <= self.settings.series[series].last);
        self.tickets.push(ticket);
        Ok(())
    }

    fn call(
        &mut self,
        (id, errand): (TicketId, usize),
        counter: CounterNumber,
        why: Why,
        now_ms: u64,
    ) -> Held {
        self.names_the_next((id, errand), counter, why, now_ms)?;
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
                let had_waited_ms = ticket.first_called_ms.saturating_sub(ticket.from_ms);
                prop_assert_eq!(waits_from_ms, now_ms - had_waited_ms, "keeps its time");
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
                if bound.contains(&&errand.desk) {
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

impl Model {
    pub fn in_hand(&self, counter: CounterNumber) -> Option<&Ticket> {
        self.tickets
            .iter()
            .find(|ticket| ticket.is_in_hand_of(counter))
    }

    pub fn known(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.iter().find(|ticket| ticket.id == id)
    }

    pub fn waiting(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets
            .iter()
            .filter(|ticket| ticket.state == State::Waiting)
    }

    pub fn last_number(&self, series: &queue::SeriesCode) -> Option<u32> {
        let of_series = self.tickets.iter().map(|ticket| &ticket.number);
        of_series
            .filter(|number| number.series == *series)
            .map(|number| number.value)
            .max()
    }

    pub fn calls_for(&self, service: &ServiceCode) -> u32 {
        self.calls
            .iter()
            .filter(|called| *called == service)
            .count() as u32
    }

    /// The list is what the hall says.
    pub fn is_the_same_as(&self, queue: &Queue) -> Held {
        let day = queue.day();
        prop_assert_eq!(day.tickets().len(), self.tickets.len(), "no ticket is lost");
        prop_assert_eq!(day.waiting() as usize, self.waiting().count());
        for (mine, theirs) in self.tickets.iter().zip(day.tickets()) {
            mine.is_the_same_as(theirs)?;
            prop_assert_eq!(day.ticket(mine.id).map(|ticket| ticket.id), Some(mine.id));
            prop_assert_eq!(
                day.numbered(&mine.number).map(|ticket| ticket.id),
                Some(mine.id)
            );
        }
        for counter in self.settings.counters.keys() {
            let hand = day.in_hand(*counter).map(|ticket| ticket.id);
            prop_assert_eq!(hand, self.in_hand(*counter).map(|ticket| ticket.id));
            let seat = day
                .counter(*counter)
                .map(|seat| (&seat.clerk, &seat.paused, seat.awaiting.is_some()));
            let mine = self
                .seats
                .get(counter)
                .map(|seat| (&seat.clerk, &seat.paused, seat.awaiting));
            prop_assert_eq!(seat, mine);
        }
        let alarms: BTreeMap<&Alarm, &Raised> = day.alarms().collect();
        prop_assert!(alarms.into_keys().eq(&self.alarms));
        Ok(())
    }
}

impl Ticket {
    pub fn is_in_hand_of(&self, counter: CounterNumber) -> bool {
        self.counter == Some(counter) && self.state.is_in_hand()
    }

    /// The places of the errands for which it may be called.
    pub fn callable(&self) -> Vec<usize> {
        let open = (0..self.errands.len()).filter(|place| !self.errands[*place].done);
        match self.place {
            Place::AfterCalls(_) => vec![self.current],
            _ if self.in_order => open.take(1).collect(),
            _ => open.collect(),
        }
    }

    fn is_the_same_as(&self, other: &queue::Ticket) -> Held {
        prop_assert_eq!(
            (self.id, &self.number, &self.class),
            (other.id, &other.number, &other.class)
        );
        prop_assert_eq!(
            (self.state, self.place),
            (other.state, other.place),
            "{}",
            self.id
        );
        prop_assert_eq!(
            (self.current, self.in_order),
            (other.current, other.in_order)
        );
        prop_assert_eq!(
            (self.from_ms, self.paper),
            (other.waits_from_ms, other.paper)
        );
        prop_assert_eq!(self.missed, other.missed.count);
        prop_assert_eq!(self.counter, other.call.as_ref().map(|call| call.counter));
        let errand = |errand: &queue::Errand| Errand {
            service: errand.service.clone(),
            desk: errand.desk.clone(),
            done: errand.done.is_some(),
        };
        let errands: Vec<_> = other.errands.iter().map(errand).collect();
        prop_assert_eq!(&self.errands, &errands);
        Ok(())
    }
}

fn new_ticket(
    id: TicketId,
    number: &Number,
    class: &ClassCode,
    services: &[ServiceCode],
    from_ms: u64,
) -> Ticket {
    let errand = |service: &ServiceCode| Errand {
        service: service.clone(),
        desk: Desk::Service(service.clone()),
        done: false,
    };
    Ticket {
        id,
        number: number.clone(),
        class: class.clone(),
        errands: services.iter().map(errand).collect(),
        in_order: false,
        current: 0,
        state: State::Waiting,
        place: Place::ByScore,
        from_ms,
        holder: None,
        paper: Paper::Unknown,
        counter: None,
        recalls: 0,
        first_called_ms: 0,
        last_called_ms: 0,
        arrived_ms: None,
        until_ms: None,
        missed: 0,
        missed_ms: 0,
        calls_when_missed: 0,
        wait_told: (false, false),
        handling_told: (false, false),
    }
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
