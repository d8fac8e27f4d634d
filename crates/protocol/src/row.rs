//! Rows: what a client keeps of the hall, keyed and stamped.

use serde::{Deserialize, Serialize};

use crate::{NotPrintedReason, Text, WaitRange};

/// A row with the sequence number that last changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stamped {
    /// Sequence number of the table, in which this row last changed.
    pub seq: u64,
    /// The row.
    #[serde(flatten)]
    pub row: Row,
}

/// One row. Which kinds a client sees, and how much of them, depends on its role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Row {
    /// The hall itself; there is one. Seen by all.
    Hall(HallRow),
    /// A service. Seen by all.
    Service(ServiceRow),
    /// A counter. Seen by counters whole, by walls without its desk.
    Counter(CounterRow),
    /// An open ticket that is on no paper, so that staff know of it. Seen by counters.
    Ticket(TicketRow),
    /// One of the last calls. Seen by walls.
    Call(CallRow),
    /// A line for everybody. Seen by kiosks and walls.
    Notice(NoticeRow),
    /// A connected program. Seen by counters.
    Device(DeviceRow),
}

/// What tells a row from all others.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Key {
    /// The hall.
    Hall,
    /// A service.
    Service {
        /// Its code.
        code: String,
    },
    /// A counter.
    Counter {
        /// Its number.
        number: u16,
    },
    /// A ticket.
    Ticket {
        /// Its id.
        ticket: u64,
    },
    /// A call.
    Call {
        /// Its id.
        call: u64,
    },
    /// A notice.
    Notice {
        /// Its place among the notices.
        notice: u32,
    },
    /// A connected program.
    Device {
        /// Its name.
        name: String,
    },
}

impl Row {
    /// The key of this row.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Hall(_) => Key::Hall,
            Self::Service(row) => Key::Service {
                code: row.code.clone(),
            },
            Self::Counter(row) => Key::Counter { number: row.number },
            Self::Ticket(row) => Key::Ticket { ticket: row.ticket },
            Self::Call(row) => Key::Call { call: row.call },
            Self::Notice(row) => Key::Notice { notice: row.notice },
            Self::Device(row) => Key::Device {
                name: row.name.clone(),
            },
        }
    }
}

/// The hall: its name, its classes, its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HallRow {
    /// The name over the door.
    pub name: Text,
    /// The open business day, `2026-11-22`.
    pub day: String,
    /// The customer classes, the ordinary one first.
    pub classes: Vec<ClassRow>,
    /// What happens to a customer who misses a call, for the slip.
    pub missed_call_rule: Text,
    /// Tickets issued today.
    pub issued: u32,
    /// Tickets waiting now.
    pub waiting: u32,
}

/// A customer class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClassRow {
    /// Its code, such as `ordinary` or `elderly`.
    pub code: String,
    /// Its label.
    pub label: Text,
    /// How a customer says it at the kiosk, such as "I am 60 or older".
    pub claim: Text,
    /// Whether the hall favours it.
    pub favoured: bool,
    /// Whether a kiosk offers it.
    pub at_kiosk: bool,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceRow {
    /// Its code, which is also the letter of its numbers.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Where to walk: the zone sign.
    pub zone: Text,
    /// The papers that it needs (一次性告知).
    pub papers: Vec<Text>,
    /// Numbers of the counters that serve it.
    pub counters: Vec<u16>,
    /// How many of those are open and not paused.
    pub open_counters: u32,
    /// Whether a kiosk offers it.
    pub at_kiosk: bool,
    /// People waiting for it.
    pub waiting: u32,
    /// The wait that an ordinary customer who comes now has to expect, if the hall can tell.
    pub wait: Option<WaitRange>,
}

/// A counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CounterRow {
    /// Its number, as on its sign.
    pub number: u16,
    /// Its name, such as 综合业务 General business.
    pub name: Text,
    /// Codes of the services that it takes.
    pub services: Vec<String>,
    /// Whether it is open.
    pub state: CounterState,
    /// What only staff see. Absent in a wall's row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<Desk>,
}

/// Whether a counter calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CounterState {
    /// Nobody has signed in.
    Closed,
    /// Somebody sits there and calls.
    Open,
    /// Somebody sits there and does not call for now (暂停服务).
    Paused,
}

/// The clerk's side of a counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Desk {
    /// Who has signed in.
    pub clerk: Option<String>,
    /// Why it is paused.
    pub pause_reason: Option<String>,
    /// Who is in hand.
    pub in_hand: Option<InHand>,
    /// Who comes next and after that, as it stands now.
    pub next: Vec<NextInLine>,
    /// Customers whom this counter finished today.
    pub finished: u32,
}

/// The ticket that a counter has in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InHand {
    /// Ticket id.
    pub ticket: u64,
    /// Its number.
    pub number: String,
    /// Code of its service.
    pub service: String,
    /// Code of its class.
    pub class: String,
    /// Called, or being served.
    pub state: CallState,
    /// When it was called, in milliseconds since 1970 by the hall's clock.
    pub called_at_ms: i64,
    /// When service began, in milliseconds since 1970 by the hall's clock.
    pub arrived_at_ms: Option<i64>,
    /// How long it waited before the call, in milliseconds.
    pub waited_ms: u64,
    /// How often it was called again.
    pub recalls: u32,
    /// Why it was this one: its score (waited + head start) / target, in thousandths.
    pub score_milli: u64,
    /// How many who came earlier it went before.
    pub overtook: u32,
}

/// One of those who come next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NextInLine {
    /// Ticket id.
    pub ticket: u64,
    /// Its number.
    pub number: String,
    /// Code of its service.
    pub service: String,
    /// Code of its class.
    pub class: String,
    /// When it was issued, in milliseconds since 1970 by the hall's clock.
    pub issued_at_ms: i64,
}

/// An open ticket that is on no paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TicketRow {
    /// Ticket id.
    pub ticket: u64,
    /// Its number.
    pub number: String,
    /// Code of its service.
    pub service: String,
    /// Why there is no paper.
    pub not_printed: NotPrintedReason,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallRow {
    /// Call id. A later call has a greater one.
    pub call: u64,
    /// The number called.
    pub number: String,
    /// The counter to go to.
    pub counter: u16,
    /// Code of the service.
    pub service: String,
    /// What became of it.
    pub state: CallState,
    /// How often it was called again. Each change is to be shown and spoken anew.
    pub recalls: u32,
    /// When it was called last, in milliseconds since 1970 by the hall's clock.
    pub called_at_ms: i64,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// The customer is expected at the counter.
    Called,
    /// The customer stands at the counter.
    Serving,
    /// Done.
    Finished,
    /// The customer did not come.
    NoShow,
}

/// A line for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NoticeRow {
    /// Its place among the notices.
    pub notice: u32,
    /// What it says.
    pub text: Text,
}

/// A program that is or was connected since the hall started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeviceRow {
    /// Its name, as it said in its hello.
    pub name: String,
    /// Its role.
    pub role: crate::Role,
    /// Whether it is connected now.
    pub connected: bool,
    /// Since when, in milliseconds since 1970 by the hall's clock.
    pub since_ms: i64,
}
