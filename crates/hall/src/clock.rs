//! The hall's two clocks and its calendar. The only place that asks the machine for the time.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use jiff::civil::{DateTime, Time as TimeOfDay};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use protocol::Time;
use queue::{Date, Moment, Now, Slot};

use crate::engine::Calendar;

/// The clocks of a running hall.
///
/// The steady one starts where the journal ends and follows the machine's monotonic clock, so
/// waits are right whatever happens to the clock on the wall.
#[derive(Clone, Debug)]
pub struct Clock {
    time_zone: TimeZone,
    day_turns_at: TimeOfDay,
    started: Instant,
    steady_start_ms: u64,
    wall: Wall,
}

/// Where the time on the wall comes from.
#[derive(Clone, Copy, Debug)]
enum Wall {
    /// From the machine, and it may jump.
    Machine,
    /// A rehearsal: from a start, running faster.
    Fast { start_ms: i64, speed: u32 },
}

impl Clock {
    /// A clock that goes on where the journal ends.
    #[must_use]
    pub fn new(time_zone: TimeZone, day_turns_at: TimeOfDay, last: Moment) -> Self {
        let asleep_ms = u64::try_from(machine_wall_ms() - last.wall_ms).unwrap_or(0);
        let steady_start_ms = if last == Moment::default() {
            0
        } else {
            last.steady_ms + asleep_ms
        };
        Self {
            time_zone,
            day_turns_at,
            started: Instant::now(),
            steady_start_ms,
            wall: Wall::Machine,
        }
    }

    /// The clock of a rehearsal: it shows `start_ms` (since 1970) now and runs `speed` times as fast.
    #[must_use]
    pub fn fast(time_zone: TimeZone, day_turns_at: TimeOfDay, start_ms: i64, speed: u32) -> Self {
        let wall = Wall::Fast { start_ms, speed };
        Self {
            time_zone,
            day_turns_at,
            started: Instant::now(),
            steady_start_ms: 0,
            wall,
        }
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Now {
        let at = self.moment();
        let turned = self.local(at.wall_ms) - since_midnight(self.day_turns_at);
        let today = turned.date();
        let turns_ms = today
            .tomorrow()
            .and_then(|tomorrow| {
                tomorrow
                    .to_datetime(self.day_turns_at)
                    .to_zoned(self.time_zone.clone())
            })
            .map_or(at.wall_ms, |turn| turn.timestamp().as_millisecond());
        let left_ms = u64::try_from(turns_ms - at.wall_ms).unwrap_or(0);
        Now {
            at,
            today: date(today),
            tomorrow_steady_ms: at.steady_ms + left_ms,
            time_of_day_ms: time_of_day_ms(today, self.local(at.wall_ms)),
        }
    }

    /// The time on the wall, for clients.
    #[must_use]
    pub fn wall(&self) -> Time {
        let unix_ms = self.moment().wall_ms;
        Time {
            unix_ms,
            offset_min: self.time_zone.to_offset(timestamp(unix_ms)).seconds() / 60,
        }
    }

    /// How long to wait, in milliseconds of the machine, until the steady clock shows `steady_ms`.
    #[must_use]
    pub fn until_ms(&self, steady_ms: u64) -> u64 {
        steady_ms.saturating_sub(self.moment().steady_ms) / u64::from(self.speed())
    }

    fn moment(&self) -> Moment {
        let elapsed_ms = self.started.elapsed().as_millis() as u64 * u64::from(self.speed());
        let wall_ms = match self.wall {
            Wall::Machine => machine_wall_ms(),
            Wall::Fast { start_ms, .. } => start_ms + elapsed_ms as i64,
        };
        Moment {
            steady_ms: self.steady_start_ms + elapsed_ms,
            wall_ms,
        }
    }

    fn speed(&self) -> u32 {
        match self.wall {
            Wall::Machine => 1,
            Wall::Fast { speed, .. } => speed.max(1),
        }
    }

    fn local(&self, wall_ms: i64) -> DateTime {
        timestamp(wall_ms)
            .to_zoned(self.time_zone.clone())
            .datetime()
    }
}

impl Calendar for Clock {
    fn local_text(&self, wall_ms: i64) -> String {
        self.local(wall_ms).strftime("%Y-%m-%d %H:%M").to_string()
    }

    fn slot(&self, local_text: &str) -> Option<Slot> {
        let local: DateTime = local_text.parse().ok()?;
        let zoned = local.to_zoned(self.time_zone.clone()).ok()?;
        let business_day = (local - since_midnight(self.day_turns_at)).date();
        Some(Slot {
            wall_ms: zoned.timestamp().as_millisecond(),
            date: date(business_day),
            time_of_day_ms: time_of_day_ms(business_day, local),
        })
    }
}

fn date(date: jiff::civil::Date) -> Date {
    Date::new(date.year() as u16, date.month() as u8, date.day() as u8)
}

/// What the clock shows, counted from the midnight that began the business day.
fn time_of_day_ms(business_day: jiff::civil::Date, local: DateTime) -> u32 {
    let midnight = business_day.to_datetime(TimeOfDay::midnight());
    let since_ms = midnight.duration_until(local).as_millis();
    u32::try_from(since_ms).unwrap_or(0)
}

fn machine_wall_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}

fn timestamp(unix_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(unix_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn since_midnight(time: TimeOfDay) -> SignedDuration {
    TimeOfDay::midnight().duration_until(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(local: &str, day_turns_at: &str) -> Now {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let start: DateTime = local.parse().unwrap();
        let start_ms = start
            .to_zoned(zone.clone())
            .unwrap()
            .timestamp()
            .as_millisecond();
        Clock::fast(zone, day_turns_at.parse().unwrap(), start_ms, 1).now()
    }

    #[test]
    fn the_business_day_lasts_into_the_night() {
        assert_eq!(
            at("2026-11-22T02:59:00", "03:00").today,
            Date::new(2026, 11, 21)
        );
        let morning = at("2026-11-22T03:00:00", "03:00");
        assert_eq!(morning.today, Date::new(2026, 11, 22));
        assert!(morning.tomorrow_steady_ms.abs_diff(24 * 3_600_000) < 5_000);
    }

    #[test]
    fn the_time_of_day_counts_from_the_midnight_of_the_business_day() {
        const HOUR_MS: u32 = 3_600_000;
        let shown = |local| at(local, "03:00").time_of_day_ms / HOUR_MS;
        assert_eq!(shown("2026-11-22T10:30:00"), 10);
        assert_eq!(
            shown("2026-11-23T01:30:00"),
            25,
            "after midnight, before the turn"
        );
        assert_eq!(shown("2026-11-23T03:30:00"), 3);
    }

    #[test]
    fn on_the_night_of_summer_time_the_clock_is_read_as_it_shows() {
        let zone = TimeZone::get("Europe/Warsaw").unwrap();
        let before = "2026-03-29T01:59:00+01:00[Europe/Warsaw]";
        let zoned: jiff::Zoned = before.parse().unwrap();
        let start_ms = zoned.timestamp().as_millisecond();
        let midnight = TimeOfDay::midnight();
        let shown = |minutes: i64| {
            let clock = Clock::fast(zone.clone(), midnight, start_ms + minutes * 60_000, 1);
            clock.now().minute()
        };
        assert_eq!(
            (shown(0), shown(2)),
            (119, 181),
            "02:00 to 03:00 is not there"
        );
    }

    #[test]
    fn a_slot_is_read_as_local_time_and_belongs_to_its_business_day() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let clock = Clock::fast(zone, "03:00".parse().unwrap(), 0, 1);
        let slot = clock.slot("2026-11-23 10:00").unwrap();
        assert_eq!(slot.date, Date::new(2026, 11, 23));
        assert_eq!(slot.time_of_day_ms, 10 * 3_600_000);
        assert_eq!(clock.local_text(slot.wall_ms), "2026-11-23 10:00");
        let night = clock.slot("2026-11-24 01:00").unwrap();
        assert_eq!(night.date, Date::new(2026, 11, 23));
        assert_eq!(clock.slot("tomorrow at ten"), None);
    }

    #[test]
    fn after_a_stop_the_steady_clock_goes_on_and_never_back() {
        let zone = TimeZone::UTC;
        let last = Moment {
            steady_ms: 5_000,
            wall_ms: machine_wall_ms() - 60_000,
        };
        let clock = Clock::new(zone.clone(), TimeOfDay::midnight(), last);
        assert!((65_000..70_000).contains(&clock.now().at.steady_ms));
        let set_back = Moment {
            steady_ms: 5_000,
            wall_ms: machine_wall_ms() + 3_600_000,
        };
        assert!(
            (5_000..10_000).contains(
                &Clock::new(zone, TimeOfDay::midnight(), set_back)
                    .now()
                    .at
                    .steady_ms
            )
        );
    }
}
