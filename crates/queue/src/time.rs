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
    /// What the hall's clock shows, in milliseconds since the midnight that began the business
    /// day. After the next midnight it counts on beyond 24 hours until the day turns. It is
    /// read off the clock, so on a day when the clocks change it jumps with them.
    pub time_of_day_ms: u32,
}

impl Now {
    /// The minute of the business day, counted from its midnight.
    #[must_use]
    pub fn minute(self) -> u16 {
        (self.time_of_day_ms / 60_000).min(u32::from(u16::MAX)) as u16
    }

    /// The steady clock's reading when the clock on the wall shows, or showed, `wall_ms`.
    pub(crate) fn steady_at(self, wall_ms: i64) -> u64 {
        let ahead_ms = wall_ms.saturating_sub(self.at.wall_ms);
        self.at.steady_ms.saturating_add_signed(ahead_ms)
    }
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

    /// The day of the week: Monday is 0, Sunday is 6 (Sakamoto's method, 1993).
    #[must_use]
    pub fn weekday(self) -> usize {
        const MONTH_SHIFT: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let (month, day) = (self.yyyymmdd / 100 % 100, self.yyyymmdd % 100);
        let year = self.yyyymmdd / 10_000 - u32::from(month < 3);
        let shift = MONTH_SHIFT[(month.clamp(1, 12) - 1) as usize];
        let from_sunday = year + year / 4 - year / 100 + year / 400 + shift + day;
        (from_sunday as usize + 6) % 7
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, rest) = (self.yyyymmdd / 10_000, self.yyyymmdd % 10_000);
        write!(f, "{year:04}-{:02}-{:02}", rest / 100, rest % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_with_all_its_zeros_and_is_read_back_from_its_number() {
        let date = Date::new(2026, 1, 9);
        assert_eq!(date.to_string(), "2026-01-09");
        assert_eq!(date.yyyymmdd(), 20_260_109);
        assert_eq!(Date::from_yyyymmdd(20_261_231).to_string(), "2026-12-31");
    }

    #[test]
    fn days_of_the_week_are_those_of_the_calendar() {
        for (date, weekday) in [
            (Date::new(2026, 11, 22), 6),
            (Date::new(2026, 11, 23), 0),
            (Date::new(2024, 2, 29), 3),
            (Date::new(2000, 1, 1), 5),
            (Date::new(2100, 3, 1), 0),
        ] {
            assert_eq!(date.weekday(), weekday, "{date}");
        }
    }
}
