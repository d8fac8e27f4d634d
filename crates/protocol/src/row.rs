//! Rows: what a client keeps of the hall, keyed and stamped.

use serde::{Deserialize, Serialize};

use crate::{CounterRow, NotPrintedReason, SlipRow, Text, WaitRange};

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

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
    /// A counter. Seen by staff whole, by walls without its desk.
    Counter(CounterRow),
    /// An open ticket that is on no paper, so that staff know of it. Seen by staff.
    Ticket(TicketRow),
    /// One of the last calls. Seen by walls.
    Call(CallRow),
    /// A line for everybody. Seen by customers and walls.
    Notice(NoticeRow),
    /// A connected program. Seen by staff.
    Device(DeviceRow),
    /// An alarm that stands. Seen by staff.
    Alarm(AlarmRow),
    /// How slips look, where they are not the standard ones; there is at most one. Seen by
    /// customers and staff.
    Slip(Box<SlipRow>),
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
    /// An alarm.
    Alarm {
        /// Of what.
        alarm: AlarmKind,
        /// Code of its service; absent if it is of the whole hall.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
    },
    /// How slips look.
    Slip,
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
            Self::Alarm(row) => Key::Alarm {
                alarm: row.alarm,
                service: row.service.clone(),
            },
            Self::Slip(_) => Key::Slip,
        }
    }
}

/// The hall: its name, its classes, its day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whether numbers are given out now.
    #[serde(default, skip_serializing_if = "is_default")]
    pub doors: Doors,
    /// What may come of an errand, for the clerk to choose from.
    #[serde(default, skip_serializing_if = "is_default")]
    pub outcomes: Vec<OutcomeRow>,
    /// Whether clerks may call a certain number.
    #[serde(default, skip_serializing_if = "is_default")]
    pub may_choose: bool,
    /// Whether a customer is asked for a telephone number.
    #[serde(default, skip_serializing_if = "is_default")]
    pub asks_phone: AsksPhone,
    /// Whether the hall has appointments, so that a kiosk offers to check in.
    #[serde(default, skip_serializing_if = "is_default")]
    pub appointments: bool,
    /// Whether a customer who missed a call may come back by himself at a kiosk.
    #[serde(default, skip_serializing_if = "is_default")]
    pub returns: bool,
    /// The letters of all series of numbers that a customer may hold.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prefixes: Vec<String>,
    /// The pre-printed roll that stands in when no printer works, if the hall has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll: Option<RollRow>,
    /// Whether the hall believes every program on its own machine: it is being tried out, and must not serve
    /// customers.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trial: bool,
    /// Whether people sign in with a PIN.
    #[serde(default, skip_serializing_if = "is_default")]
    pub asks_pin: bool,
}

/// The pre-printed roll.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RollRow {
    /// The letters before its numbers.
    pub prefix: String,
    /// The number that is called next, without the letters, while the roll stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// Whether numbers are given out now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Doors {
    /// Whether, and why not.
    pub state: DoorState,
    /// When the doors open next today, local time `13:30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<String>,
    /// When they close, local time `17:30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<String>,
}

/// Whether numbers are given out now, and why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DoorState {
    /// They are.
    #[default]
    Open,
    /// The hall is open, but too close to its closing time.
    CutOff,
    /// It is closed at this hour.
    Closed,
    /// The quota of this part of the day is used up.
    QuotaUsedUp,
    /// No printer works, and numbers are torn off a roll at the guide desk.
    Roll,
    /// The hall's record is damaged, and nothing is changed until it was brought back.
    ReadOnly,
}

/// Whether a customer is asked for a telephone number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AsksPhone {
    /// No.
    #[default]
    No,
    /// Yes, and without one there is no ticket.
    Always,
}

/// What may come of an errand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomeRow {
    /// Its code, such as `done` or `papers_missing`.
    pub code: String,
    /// Its label.
    pub label: Text,
}

/// A customer class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What the clerk asks to see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Text>,
}

/// A service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whether numbers are given out for it now.
    #[serde(default, skip_serializing_if = "is_default")]
    pub doors: Doors,
    /// Within how many minutes it is to be done (限时办结).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_min: Option<u32>,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// The customer is expected at the counter.
    #[default]
    Called,
    /// The customer stands at the counter.
    Serving,
    /// Done.
    Finished,
    /// The customer did not come.
    NoShow,
    /// The customer is not expected there any more: sent back, put aside or handed over.
    Left,
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

/// An alarm that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AlarmRow {
    /// Of what.
    pub alarm: AlarmKind,
    /// Code of its service; absent if it is of the whole hall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The level that was passed: people, or minutes; 0 of an alarm that has none.
    pub level: u32,
    /// Since when, in milliseconds since 1970 by the hall's clock.
    pub since_ms: i64,
}

/// What an alarm is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// More people wait than the level says.
    PeopleWaiting,
    /// Somebody waits longer than the level says.
    LongestWait,
    /// The hall's record of today is damaged: every act is refused until it was brought back.
    ReadOnly,
    /// The hall's record of an earlier day is damaged. Today goes on.
    RecordDamaged,
    /// The hall's disk is full or fails: acts are refused until it is well again.
    NotStored,
    /// The hall's disk is nearly full.
    RoomShort,
    /// The last backup failed.
    NoBackup,
    /// So many names and devices take no PIN, for too many wrong ones were typed.
    PinsLocked,
}
