use std::fmt;
use std::time::Instant;

use protocol::Time;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// The hall's clock: its last word, carried on by this machine's steady clock. This machine's own
/// date may be wrong, and nobody in the hall sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct HallClock {
    heard: Option<(Time, Instant)>,
}

impl HallClock {
    /// The hall said its time, in [`link::LinkEvent::Up`] or [`link::LinkEvent::Beat`].
    pub fn hear(&mut self, time: Time, now: Instant) {
        self.heard = Some((time, now));
    }

    /// The hall's time now. `None` if it has never been heard.
    #[must_use]
    pub fn time(&self, now: Instant) -> Option<Time> {
        let (time, heard_at) = self.heard?;
        let since_ms = now.saturating_duration_since(heard_at).as_millis();
        Some(Time {
            unix_ms: time
                .unix_ms
                .saturating_add(i64::try_from(since_ms).unwrap_or(i64::MAX)),
            ..time
        })
    }

    /// The time on the hall's wall now.
    #[must_use]
    pub fn local(&self, now: Instant) -> Option<LocalTime> {
        self.time(now).map(LocalTime::from)
    }

    /// An instant that a row gives in milliseconds since 1970, on the hall's wall.
    #[must_use]
    pub fn local_of(&self, unix_ms: i64) -> Option<LocalTime> {
        let (time, _) = self.heard?;
        Some(LocalTime::from(Time { unix_ms, ..time }))
    }
}

/// A date and time as on the wall of the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime {
    /// Year.
    pub year: i64,
    /// Month, from 1.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
    /// Second.
    pub second: u8,
    /// Day of the week: Monday is 1, Sunday is 7, as in ISO 8601.
    pub weekday: u8,
}

impl LocalTime {
    /// `10:42`.
    #[must_use]
    pub fn hour_and_minute(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// `2026-11-22`.
    #[must_use]
    pub fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// `2026-11-22 10:42:07`.
impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.date(), self.hour_and_minute());
        write!(f, "{date} {time}:{:02}", self.second)
    }
}

impl From<Time> for LocalTime {
    fn from(time: Time) -> Self {
        let local_ms = time
            .unix_ms
            .saturating_add(i64::from(time.offset_min) * MINUTE_MS);
        let (days, of_day_ms) = (local_ms.div_euclid(DAY_MS), local_ms.rem_euclid(DAY_MS));
        let (year, month, day) = civil_from_days(days);
        Self {
            year,
            month,
            day,
            hour: small(of_day_ms / (60 * MINUTE_MS)),
            minute: small(of_day_ms / MINUTE_MS % 60),
            second: small(of_day_ms / 1_000 % 60),
            // 1 January 1970 was a Thursday.
            weekday: small((days + 3).rem_euclid(7) + 1),
        }
    }
}

/// Year, month and day of a number of days since 1 January 1970
/// (Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, small(month), small(day))
}

/// A part of a date, which is far below 256.
fn small(part: i64) -> u8 {
    u8::try_from(part).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn local(unix_ms: i64, offset_min: i32) -> LocalTime {
        LocalTime::from(Time {
            unix_ms,
            offset_min,
        })
    }

    #[test]
    fn the_clock_goes_on_between_two_beats() {
        let start = Instant::now();
        let mut clock = HallClock::default();
        assert_eq!(clock.local(start), None);
        // 2026-11-22 02:42:59 UTC is 10:42:59 in Beijing.
        clock.hear(
            Time {
                unix_ms: 1_795_315_379_000,
                offset_min: 480,
            },
            start,
        );
        let later = clock.local(start + Duration::from_millis(1_500)).unwrap();
        assert_eq!(later.to_string(), "2026-11-22 10:43:00");
        assert_eq!(
            (later.weekday, later.hour_and_minute().as_str()),
            (7, "10:43")
        );
    }

    #[test]
    fn dates_agree_with_the_calendar() {
        // Counted with `date -u -d @SECONDS`.
        for (seconds, offset_min, text, weekday) in [
            (0, 0, "1970-01-01 00:00:00", 4),
            (-1, 0, "1969-12-31 23:59:59", 3),
            (951_782_400, 0, "2000-02-29 00:00:00", 2),
            (1_709_164_800, 0, "2024-02-29 00:00:00", 4),
            (4_107_542_399, 0, "2100-02-28 23:59:59", 7),
            (4_107_542_400, 0, "2100-03-01 00:00:00", 1),
            (1_767_225_599, 480, "2026-01-01 07:59:59", 4),
            (1_767_225_600, -90, "2025-12-31 22:30:00", 3),
        ] {
            let time = local(seconds * 1_000, offset_min);
            assert_eq!((time.to_string().as_str(), time.weekday), (text, weekday));
        }
    }
}
