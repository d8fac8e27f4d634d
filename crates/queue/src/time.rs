//! Time as the rules see it: given from outside, in two clocks.

use std::fmt;

/// A point in time, by both clocks of the hall.
///
/// Waits are differences of the steady clock, which never goes back; the wall clock is for
/// people to read and may jump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds of a clock that never goes back, also not across a restart of the hall.
    pub steady_ms: u64,
    /// Milliseconds since 1970, UTC, by the clock on the wall.
    pub wall_ms: i64,
}

impl Moment {
    /// Milliseconds from `earlier` to this moment by the steady clock; 0 if it was later.
    #[must_use]
    pub fn since_ms(self, earlier: Self) -> u64 {
        self.steady_ms.saturating_sub(earlier.steady_ms)
    }
}

/// The present, with what only the calendar knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The present.
    pub at: Moment,
    /// The business day that the calendar shows.
    pub today: Date,
    /// When the calendar will show the next one, by the steady clock, in milliseconds.
    pub tomorrow_steady_ms: u64,
}

/// A business day, ordered as in the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    yyyymmdd: u32,
}

impl Date {
    /// From the year, month and day of the calendar.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Self {
        Self {
            yyyymmdd: u32::from(year) * 10_000 + u32::from(month) * 100 + u32::from(day),
        }
    }

    /// From a number like 20261122.
    #[must_use]
    pub fn from_yyyymmdd(yyyymmdd: u32) -> Self {
        Self { yyyymmdd }
    }

    /// As a number like 20261122.
    #[must_use]
    pub fn yyyymmdd(self) -> u32 {
        self.yyyymmdd
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, rest) = (self.yyyymmdd / 10_000, self.yyyymmdd % 10_000);
        write!(f, "{year:04}-{:02}-{:02}", rest / 100, rest % 100)
    }
}
