//! What comes back for an act.

use serde::{Deserialize, Serialize};

use crate::{DayReport, Refusal, Secret};

/// The one outcome of a request id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It happened and is on disk.
    Done(Done),
    /// It did not happen.
    Refused(Refusal),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Done {
    /// A ticket was issued.
    Issued(Issued),
    /// A ticket was called.
    Called(Called),
    /// The customer in hand stays: the next errand of the ticket is done here, too.
    Continued(Continued),
    /// An appointment was made.
    Booked(Booked),
    /// A customer who missed a call is back in the queue.
    Returned(Returned),
    /// The slip is to be printed again, with its mark as a reprint.
    Reprint(Issued),
    /// The figures of the day.
    Report(Box<DayReport>),
    /// The act was done and has nothing to tell beyond the rows.
    Done,
}

/// A new ticket: what a slip must say and no row tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Issued {
    /// Ticket id: the business day as yyyymmdd, then six digits of the day's serial number.
    pub ticket: u64,
    /// The number on paper, on the wall and in the voice, such as `A012`.
    pub number: String,
    /// Code of the service.
    pub service: String,
    /// Code of the class.
    pub class: String,
    /// Whether the class is favoured, which the slip shows as 优先.
    pub favoured: bool,
    /// People who, as it stands, are called before this ticket.
    pub ahead: u32,
    /// The wait to expect, if the hall can tell.
    pub wait: Option<WaitRange>,
    /// Local date and time of issue, `2026-11-22 10:42`.
    pub issued_at: String,
    /// The business day on which it is valid, `2026-11-22`.
    pub day: String,
    /// Codes of the further services of the ticket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
    /// Local time of its appointment, `10:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// Which copy of the slip this is; 0 is the first slip, and the others are marked 补打 REPRINT.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub copy: u32,
    /// What the customer's telephone has to say to cancel or to come back, so that a number that was seen on
    /// the wall is not enough. It belongs into the code on the slip, and is worthless tomorrow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A wait to expect, as an interval that holds about eight times in ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WaitRange {
    /// Lower end in minutes.
    pub low_min: u32,
    /// Upper end in minutes, at least the lower end.
    pub high_min: u32,
}

/// A ticket that a counter has just called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Called {
    /// Call id: the day's calls counted from 1, prefixed like a ticket id.
    pub call: u64,
    /// Ticket id.
    pub ticket: u64,
    /// The number called.
    pub number: String,
    /// Code of the service.
    pub service: String,
    /// Code of the class.
    pub class: String,
    /// How long it waited, in milliseconds of the hall's steady clock.
    pub waited_ms: u64,
}

/// A customer whose next errand is done at the same counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Continued {
    /// Ticket id.
    pub ticket: u64,
    /// The number.
    pub number: String,
    /// Code of the service that comes now.
    pub service: String,
}

/// A new appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Booked {
    /// What the customer says or types at the hall.
    pub code: String,
    /// Code of the service.
    pub service: String,
    /// Local date and time, `2026-11-23 10:00`.
    pub slot: String,
}

/// A customer who is back in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Returned {
    /// Ticket id.
    pub ticket: u64,
    /// The number.
    pub number: String,
    /// After how many further calls for the service it is called.
    pub after_calls: u32,
}
