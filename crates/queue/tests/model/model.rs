//! The hall as a list of tickets.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use queue::{
    Alarm, AppointmentCode, ClassCode, CounterNumber, Desk, Holder, Number, Paper, Place, Queue,
    Raised, ServiceCode, Settings, State, TicketId,
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
    /// The next number of the roll, while it stands in.
    pub roll: Option<u32>,
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
    pub copies: u32,
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
            roll: None,
        }
    }

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
        prop_assert_eq!(day.roll(), self.roll);
        let alarms: BTreeMap<&Alarm, &Raised> = day.alarms().collect();
        prop_assert!(alarms.into_keys().eq(&self.alarms));
        Ok(())
    }
}

impl Ticket {
    /// A ticket that waits for these services.
    pub fn new(
        id: TicketId,
        number: &Number,
        (class, services): (&ClassCode, &[ServiceCode]),
        from_ms: u64,
    ) -> Self {
        let errand = |service: &ServiceCode| Errand {
            service: service.clone(),
            desk: Desk::Service(service.clone()),
            done: false,
        };
        Self {
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
            copies: 0,
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

    pub fn is_in_hand_of(&self, counter: CounterNumber) -> bool {
        self.counter == Some(counter) && self.state.is_in_hand()
    }

    /// From when on it waits if it is in line again and keeps what it had waited when it was called.
    pub fn keeps_time_from_ms(&self, now_ms: u64) -> u64 {
        now_ms - self.first_called_ms.saturating_sub(self.from_ms)
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
            (self.from_ms, self.paper, self.copies),
            (other.waits_from_ms, other.paper, other.copies)
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
