//! The clocks of a simulated hall, told twice: by the hall's own calendar, and by an arithmetic of
//! our own that knows two time zones and nothing else.

use std::cell::Cell;

use hall::Clock;
use hall::engine::Calendar;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use queue::{Now, Slot};

use crate::plant::{self, Plant};

pub const SECOND_MS: u64 = 1_000;
pub const MINUTE_MS: u64 = 60 * SECOND_MS;
pub const HOUR_MS: u64 = 60 * MINUTE_MS;
pub const DAY_MS: u64 = 24 * HOUR_MS;

/// Where the hall stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The same all year.
    Shanghai,
    /// An hour ahead from the last Sunday of March to the last of October.
    Warsaw,
}

impl Zone {
    pub fn name(self) -> &'static str {
        match self {
            Self::Shanghai => "Asia/Shanghai",
            Self::Warsaw => "Europe/Warsaw",
        }
    }

    /// What local time is ahead of UTC, in milliseconds.
    pub fn ahead_ms(self, wall_ms: i64) -> i64 {
        const HOUR: i64 = HOUR_MS as i64;
        match self {
            Self::Shanghai => 8 * HOUR,
            Self::Warsaw => {
                let (year, ..) = civil(wall_ms.div_euclid(DAY_MS as i64));
                // European summer time changes at 01:00 UTC (directive 2000/84/EC).
                let changes = [3, 10].map(|month| last_sunday(year, month) * DAY_MS as i64 + HOUR);
                let summer = (changes[0]..changes[1]).contains(&wall_ms);
                if summer { 2 * HOUR } else { HOUR }
            }
        }
    }
}

/// The present as the reference sees it.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    pub steady_ms: u64,
    pub wall_ms: i64,
    /// The business day, as 20261122.
    pub today: u32,
    /// Since the midnight that began the business day, as the clock shows it.
    pub time_of_day_ms: u32,
    /// Until the day turns, if the clock on the wall goes on as it does.
    pub until_turn_ms: u64,
}

/// The hall's two clocks. Only the one on the wall can be wrong.
pub struct Clocks {
    zone: Zone,
    turns_at_h: i8,
    began_wall_ms: i64,
    /// What the clock on the wall is ahead of the truth.
    pub wrong_ms: i64,
    /// What the steady clock showed when the hall was started last, and when that was.
    steady_start: (u64, u64),
    time_zone: TimeZone,
    /// What was shown last, and when: it is asked several times in one step.
    shown: Cell<Option<(u64, i64, Now)>>,
}

impl Clocks {
    pub fn new(zone: Zone, turns_at_h: i8, began_wall_ms: i64) -> Self {
        Self {
            zone,
            turns_at_h,
            began_wall_ms,
            wrong_ms: 0,
            steady_start: (0, 0),
            time_zone: TimeZone::get(zone.name()).expect("a zone of the bundled database"),
            shown: Cell::new(None),
        }
    }

    pub fn wall_ms(&self, at_ms: u64) -> i64 {
        self.began_wall_ms + at_ms as i64 + self.wrong_ms
    }

    pub fn steady_ms(&self, at_ms: u64) -> u64 {
        self.steady_start.0 + (at_ms - self.steady_start.1)
    }

    /// A hall is started: its steady clock goes on where the journal ends, by what the wall shows to
    /// have passed since, and never back.
    pub fn start(&mut self, at_ms: u64, last: queue::Moment) {
        let asleep_ms = u64::try_from(self.wall_ms(at_ms) - last.wall_ms).unwrap_or(0);
        let first = last == queue::Moment::default();
        let steady_ms = if first { 0 } else { last.steady_ms + asleep_ms };
        self.steady_start = (steady_ms, at_ms);
    }

    /// The present as the hall's own clock works it out.
    pub fn now(&self, at_ms: u64) -> Now {
        let wall_ms = self.wall_ms(at_ms);
        if let Some((_, _, now)) = self.shown.get().filter(|(of_ms, of_wall_ms, now)| {
            let steady_ms = now.at.steady_ms;
            (*of_ms, *of_wall_ms, steady_ms) == (at_ms, wall_ms, self.steady_ms(at_ms))
        }) {
            return now;
        }
        let now = self.work_out(at_ms, wall_ms);
        self.shown.set(Some((at_ms, wall_ms, now)));
        now
    }

    fn work_out(&self, at_ms: u64, wall_ms: i64) -> Now {
        let shown_ms = match plant::is(Plant::ZoneTwice) {
            true => wall_ms + self.zone.ahead_ms(wall_ms),
            false => wall_ms,
        };
        let turns_at_h = if plant::is(Plant::DayMinusElevenHours) {
            11
        } else {
            self.turns_at_h
        };
        loop {
            let mut now = self.clock(shown_ms, turns_at_h).now();
            // The clock of a rehearsal runs with the machine's; it is read before it moves.
            if now.at.steady_ms == 0 {
                now.at.wall_ms = wall_ms;
                now.at.steady_ms = self.steady_ms(at_ms);
                now.tomorrow_steady_ms += now.at.steady_ms;
                return now;
            }
        }
    }

    fn clock(&self, wall_ms: i64, turns_at_h: i8) -> Clock {
        let turns_at = Time::constant(turns_at_h, 0, 0, 0);
        Clock::fast(self.time_zone.clone(), turns_at, wall_ms, 1)
    }

    /// The same by our own arithmetic.
    pub fn present(&self, at_ms: u64) -> Present {
        let wall_ms = self.wall_ms(at_ms);
        let (today, time_of_day_ms) = self.day_of(wall_ms);
        let midnight_ms = wall_ms + self.zone.ahead_ms(wall_ms) - i64::from(time_of_day_ms);
        let turn_ms = midnight_ms + (DAY_MS + self.turns_at_h as u64 * HOUR_MS) as i64;
        let turn_wall_ms = self.wall_of_local(turn_ms);
        Present {
            until_turn_ms: (turn_wall_ms - wall_ms) as u64,
            steady_ms: self.steady_ms(at_ms),
            wall_ms,
            today,
            time_of_day_ms,
        }
    }

    /// The business day of a moment, and the time since its midnight.
    pub fn day_of(&self, wall_ms: i64) -> (u32, u32) {
        let local_ms = wall_ms + self.zone.ahead_ms(wall_ms);
        let turned_ms = local_ms - i64::from(self.turns_at_h) * HOUR_MS as i64;
        let day = turned_ms.div_euclid(DAY_MS as i64);
        let since_ms = local_ms - day * DAY_MS as i64;
        (yyyymmdd(day), since_ms as u32)
    }

    /// Local date and time as people write it.
    pub fn text(&self, wall_ms: i64) -> String {
        let local_ms = wall_ms + self.zone.ahead_ms(wall_ms);
        let (year, month, day) = civil(local_ms.div_euclid(DAY_MS as i64));
        let minutes = local_ms.rem_euclid(DAY_MS as i64) / MINUTE_MS as i64;
        format!(
            "{year:04}-{month:02}-{day:02} {:02}:{:02}",
            minutes / 60,
            minutes % 60
        )
    }

    /// The moment at which the clock on the wall shows a local date and time.
    pub fn wall_of(&self, text: &str) -> Option<i64> {
        let mut parts = text
            .split(['-', ' ', ':'])
            .map(|part| part.parse::<i64>().ok());
        let mut part = || parts.next().flatten();
        let day = day_number(part()?, part()?, part()?);
        let minutes = part()? * 60 + part()?;
        Some(self.wall_of_local(day * DAY_MS as i64 + minutes * MINUTE_MS as i64))
    }

    fn wall_of_local(&self, local_ms: i64) -> i64 {
        let guess_ms = local_ms - self.zone.ahead_ms(local_ms);
        let wall_ms = local_ms - self.zone.ahead_ms(guess_ms);
        // Of an hour that the clock shows twice the first is meant (seed 31).
        let earlier_ms = wall_ms - HOUR_MS as i64;
        match earlier_ms + self.zone.ahead_ms(earlier_ms) == local_ms {
            true => earlier_ms,
            false => wall_ms,
        }
    }
}

impl Calendar for Clocks {
    fn local_text(&self, wall_ms: i64) -> String {
        self.clock(wall_ms, self.turns_at_h).local_text(wall_ms)
    }

    fn slot(&self, local_text: &str) -> Option<Slot> {
        self.clock(0, self.turns_at_h).slot(local_text)
    }
}

/// The day of the calendar, counted from 1 January 1970 (Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms").
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day number of a date.
pub fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The last day of a month of 31 days that is a Sunday.
fn last_sunday(year: i64, month: i64) -> i64 {
    let last = day_number(year, month, 31);
    // The first of January 1970 was a Thursday.
    last - (last + 4).rem_euclid(7)
}

fn yyyymmdd(day: i64) -> u32 {
    let (year, month, day) = civil(day);
    (year * 10_000 + month * 100 + day) as u32
}
