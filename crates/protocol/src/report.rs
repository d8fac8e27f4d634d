//! The figures of the day, for whoever answers for them.

use serde::{Deserialize, Serialize};

/// What the open day amounts to so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DayReport {
    /// The business day, `2026-11-22`.
    pub day: String,
    /// Local date and time up to which it was counted, `2026-11-22 17:30`.
    pub until: String,
    /// The whole hall.
    pub hall: Figures,
    /// Each service of which something was counted.
    pub services: Vec<ServiceFigures>,
    /// Each counter of which something was counted.
    pub counters: Vec<CounterFigures>,
    /// Each clerk of whom something was counted, at whatever counters.
    pub clerks: Vec<ClerkFigures>,
}

/// The figures of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceFigures {
    /// Its code.
    pub service: String,
    /// Its figures.
    pub figures: Figures,
}

/// The figures of a counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CounterFigures {
    /// Its number.
    pub counter: u16,
    /// Its figures.
    pub figures: Figures,
}

/// The figures of a clerk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClerkFigures {
    /// The name.
    pub clerk: String,
    /// The figures.
    pub figures: Figures,
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// Tickets given out; 0 of a counter and a clerk.
    pub issued: u32,
    /// Errands that were finished.
    pub served: u32,
    /// Calls in vain that were not undone.
    pub no_shows: u32,
    /// Tickets that were given up, and numbers that nobody held.
    pub cancelled: u32,
    /// Tickets left over at the end of the day.
    pub expired: u32,
    /// Waits longer than their targets.
    pub waits_over_target: u32,
    /// Errands that took longer than their limit.
    pub handled_over_limit: u32,
    /// Tickets on no paper.
    pub on_no_paper: u32,
    /// How long people waited for their calls.
    pub waits: Spread,
    /// How long errands took from the customer's arrival.
    pub handling: Spread,
}

/// A number of times, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Spread {
    /// How many.
    pub count: u32,
    /// Their mean.
    pub mean_s: u32,
    /// The time that nine of ten are not longer than.
    pub ninth_tenth_s: u32,
    /// The longest.
    pub longest_s: u32,
}
