//! A counter, and what its clerk sees: who is in hand and why, who comes next, who was put aside.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::row::{CallState, is_default};

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Errands that this counter finished today.
    pub finished: u32,
    /// Whether it calls whoever comes next by itself.
    #[serde(default, skip_serializing_if = "is_default")]
    pub awaiting: bool,
    /// Customers whom this counter has put aside.
    #[serde(default, skip_serializing_if = "is_default")]
    pub held: Vec<HeldTicket>,
    /// Customers who missed this counter's last calls.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missed: Vec<MissedTicket>,
}

/// A customer who was put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeldTicket {
    /// Ticket id.
    pub ticket: u64,
    /// Its number.
    pub number: String,
    /// Code of its service.
    pub service: String,
    /// Why.
    pub reason: String,
    /// When it is back in line by itself, in milliseconds since 1970 by the hall's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
}

/// A customer who missed a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MissedTicket {
    /// Ticket id.
    pub ticket: u64,
    /// Its number.
    pub number: String,
    /// Code of its service.
    pub service: String,
    /// When it was given up, in milliseconds since 1970 by the hall's clock.
    pub missed_at_ms: i64,
}

/// The ticket that a counter has in hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Why it was this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CallReason>,
    /// Whether staff saw the proof of its class.
    #[serde(default, skip_serializing_if = "is_default")]
    pub verified: bool,
    /// The other services of the ticket that are still to be done.
    #[serde(default, skip_serializing_if = "is_default")]
    pub then: Vec<String>,
    /// A colleague's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How the handling stands against its limit.
    #[serde(default, skip_serializing_if = "is_default")]
    pub limit: Limit,
    /// When the limit runs out, in milliseconds since 1970 by the hall's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_at_ms: Option<i64>,
}

/// How a time stands against its limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Well within.
    #[default]
    Within,
    /// Close to it.
    Near,
    /// Past it.
    Over,
}

/// Why a ticket was called and no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallReason {
    /// By which rule.
    pub why: CallWhy,
    /// The wait that its class is promised, in milliseconds.
    pub target_ms: u64,
    /// The head start of its class, in milliseconds.
    pub head_start_ms: u64,
    /// The first of those who came earlier and were passed over.
    pub passed_over: Vec<PassedOver>,
}

/// By which rule a ticket was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallWhy {
    /// It had the greatest score.
    Score,
    /// The counter serves its class before others.
    Reserved,
    /// It is of a service that the counter takes before others.
    Rank,
    /// Staff had put it first.
    PutFirst,
    /// Its customer missed a call and came back, and it was its turn.
    Returned,
    /// Nobody else waited.
    Alone,
    /// The clerk chose it.
    Chosen,
}

/// Somebody who came earlier and was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PassedOver {
    /// Ticket id.
    pub ticket: u64,
    /// Its number.
    pub number: String,
    /// How long it had waited, in milliseconds.
    pub waited_ms: u64,
    /// The wait that its class is promised, in milliseconds.
    pub target_ms: u64,
}

/// One of those who come next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How its wait stands against its target.
    #[serde(default, skip_serializing_if = "is_default")]
    pub limit: Limit,
}
