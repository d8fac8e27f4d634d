//! The hall as a list of tickets, worked out from what is asked and from the settings alone. It names
//! nothing of the package `queue`, so that a mistake there is not made here too; `compare.rs` alone
//! looks at both.
//!
//! * `act`: what comes of a request. `due`: what happens by itself. `next`: who is next.
//! * `desk`: how a ticket moves. `take`: how it comes about, `roll`: also off the roll. `compare`: both are the same.

mod act;
mod compare;
mod desk;
mod due;
mod next;
mod roll;
mod take;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use protocol::NotPrintedReason;

use crate::town::Town;

#[derive(Clone)]
pub struct Reference {
    town: Rc<Town>,
    /// The open day, as 20261122.
    pub date: Option<u32>,
    /// When it is over, by the steady clock.
    turns_at_steady_ms: u64,
    pub tickets: Vec<Ticket>,
    seats: BTreeMap<u16, Seat>,
    /// Calls of the day, with those who were served without a ticket.
    calls: u64,
    calls_for: BTreeMap<String, u32>,
    /// The service and the minute of each number given out.
    given: Vec<(String, u32)>,
    last: BTreeMap<String, u32>,
    checked_in: BTreeSet<String>,
    alarms: BTreeSet<(AlarmOf, Option<String>)>,
    /// The number of the roll that is called next, while it stands in.
    roll: Option<u32>,
    /// What stands in the code of each slip.
    tokens: BTreeMap<u64, String>,
    /// Of all days.
    pub appointments: BTreeMap<String, Appointment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum AlarmOf {
    People,
    LongestWait,
}

#[derive(Clone)]
struct Seat {
    clerk: String,
    paused: Option<String>,
    awaiting_since_ms: Option<u64>,
}

#[derive(Clone)]
pub struct Appointment {
    pub service: String,
    pub class: String,
    pub slot_wall_ms: i64,
}

#[derive(Clone, Debug)]
pub struct Ticket {
    pub id: u64,
    pub letters: String,
    pub value: u32,
    class: String,
    verified: bool,
    errands: Vec<Errand>,
    in_order: bool,
    current: usize,
    pub state: State,
    place: Place,
    from_ms: u64,
    phone: Option<String>,
    pub paper: Paper,
    copies: u32,
    call: Option<Call>,
    until_ms: Option<u64>,
    missed: u32,
    missed_ms: u64,
    calls_when_missed: u32,
    near: bool,
    over: bool,
    /// It was torn off the roll.
    pub of_roll: bool,
}

#[derive(Clone, Copy, Debug)]
struct Call {
    id: u64,
    counter: u16,
    first_ms: u64,
    last_ms: u64,
    recalls: u32,
    arrived_ms: Option<u64>,
    near: bool,
    over: bool,
}

#[derive(Clone, Debug)]
struct Errand {
    service: String,
    desk: Desk,
    done: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Desk {
    Service(String),
    Counter(u16),
    Clerk(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Waiting,
    Called,
    Serving,
    Held,
    Finished,
    NoShow,
    Cancelled,
    Expired,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    First(u64),
    ByScore,
    AfterCalls(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    Unknown,
    Printed,
    Missing(NotPrintedReason),
}

/// What an answer must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Slip {
        ticket: u64,
        number: String,
        services: Vec<String>,
        class: String,
        copy: u32,
    },
    Called {
        call: u64,
        ticket: u64,
        number: String,
        service: String,
        waited_ms: u64,
    },
    Continued {
        number: String,
        service: String,
    },
    Booked {
        service: String,
        slot: String,
    },
    Returned {
        number: String,
        after_calls: u32,
    },
    Report,
    Done,
}

impl Reference {
    pub fn new(town: Rc<Town>) -> Self {
        Self {
            town,
            date: None,
            turns_at_steady_ms: 0,
            tickets: Vec::new(),
            seats: BTreeMap::new(),
            calls: 0,
            calls_for: BTreeMap::new(),
            given: Vec::new(),
            last: BTreeMap::new(),
            checked_in: BTreeSet::new(),
            alarms: BTreeSet::new(),
            roll: None,
            tokens: BTreeMap::new(),
            appointments: BTreeMap::new(),
        }
    }

    /// A slip was given out, with this in its code.
    pub fn slip_says(&mut self, ticket: u64, token: &str) {
        self.tokens.insert(ticket, token.to_owned());
    }

    /// What stands on the slip of a ticket.
    pub fn token_of(&self, ticket: u64) -> Option<&str> {
        self.tokens.get(&ticket).map(String::as_str)
    }

    fn serial_base(&self) -> u64 {
        u64::from(self.date.unwrap_or_default()) * 1_000_000
    }

    fn in_hand(&self, counter: u16) -> Option<usize> {
        self.tickets
            .iter()
            .position(|ticket| ticket.is_in_hand_of(counter))
    }

    fn waiting(&self) -> usize {
        self.tickets
            .iter()
            .filter(|ticket| ticket.state == State::Waiting)
            .count()
    }

    fn waiting_for(&self, service: &str) -> usize {
        let waits = |ticket: &&Ticket| ticket.waits_for(service);
        self.tickets.iter().filter(waits).count()
    }

    fn calls_for(&self, service: &str) -> u32 {
        self.calls_for.get(service).copied().unwrap_or(0)
    }

    pub fn of_id(&self, id: u64) -> Option<usize> {
        self.tickets.iter().position(|ticket| ticket.id == id)
    }

    /// A ticket by its number as somebody typed it.
    fn of_number(&self, typed: &str) -> Option<usize> {
        let typed: String = typed.split_whitespace().collect::<String>().to_uppercase();
        let digits = typed.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
        let letters = typed.strip_suffix(digits)?;
        let value: u32 = digits.parse().ok()?;
        let is_it = |ticket: &Ticket| ticket.value == value && ticket.letters == letters;
        self.tickets.iter().position(is_it)
    }
}

impl Ticket {
    pub fn number(&self) -> String {
        format!("{}{:03}", self.letters, self.value)
    }

    fn service(&self) -> &str {
        &self.errands[self.current].service
    }

    fn is_in_hand_of(&self, counter: u16) -> bool {
        let in_hand = matches!(self.state, State::Called | State::Serving);
        in_hand && self.call.is_some_and(|call| call.counter == counter)
    }

    fn is_open(&self) -> bool {
        matches!(
            self.state,
            State::Waiting | State::Called | State::Serving | State::Held
        )
    }

    /// The places of the errands for which it may be called.
    fn callable(&self) -> impl Iterator<Item = usize> {
        let open = (0..self.errands.len()).filter(|place| !self.errands[*place].done);
        let first = open.clone().next();
        let only = match self.place {
            Place::AfterCalls(_) => Some(self.current),
            _ if self.in_order => first,
            _ => None,
        };
        open.filter(move |place| only.is_none_or(|only| only == *place))
    }

    fn waits_for(&self, service: &str) -> bool {
        let for_it =
            |place: usize| matches!(&self.errands[place].desk, Desk::Service(of) if of == service);
        self.state == State::Waiting && self.callable().any(for_it)
    }

    /// From when on it waits if it goes back in line now and keeps what it had waited.
    fn keeps_from_ms(&self, now_ms: u64) -> u64 {
        let waited = self
            .call
            .map_or(0, |call| call.first_ms.saturating_sub(self.from_ms));
        now_ms.saturating_sub(waited)
    }
}
