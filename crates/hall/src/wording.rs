//! How the record says times, spans and names to people.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use queue::{ClassCode, CounterNumber, ServiceCode, State};

use crate::settings::HallSettings;

/// A moment of the wall clock in the hall's time zone, to the second: `2026-11-22 10:42:07`.
#[must_use]
pub fn date_and_time(zone: &TimeZone, wall_ms: i64) -> String {
    let moment = Timestamp::from_millisecond(wall_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let local = moment.to_zoned(zone.clone());
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The same without the date: `10:42:07`.
#[must_use]
pub fn time(zone: &TimeZone, wall_ms: i64) -> String {
    let both = date_and_time(zone, wall_ms);
    both.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// How long something took: `42 s`, `18 min 32 s`, `1 h 05 min`.
#[must_use]
pub fn span(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60),
    }
}

/// So many of something, of which one is called `one`: `1 day`, `7 days`, `2 entries`.
#[must_use]
pub fn count(number: u64, one: &str) -> String {
    match (number, one.strip_suffix('y')) {
        (1, _) => format!("1 {one}"),
        (_, Some(stem)) if !one.ends_with("ay") => format!("{number} {stem}ies"),
        _ => format!("{number} {one}s"),
    }
}

/// A service by its code and Chinese name; the code alone once it has left the settings.
#[must_use]
pub fn service(settings: &HallSettings, code: &ServiceCode) -> String {
    let named = settings
        .services
        .iter()
        .find(|service| service.code == *code);
    named.map_or_else(
        || code.to_string(),
        |service| format!("{code} {}", service.name.zh),
    )
}

/// A class by its Chinese label; by its code once it has left the settings.
#[must_use]
pub fn class(settings: &HallSettings, code: &ClassCode) -> String {
    let named = settings.class(code);
    named.map_or_else(|| code.to_string(), |class| class.label.zh.clone())
}

/// A counter by its number and Chinese name; the number alone once it has left the settings.
#[must_use]
pub fn counter(settings: &HallSettings, number: CounterNumber) -> String {
    let named = settings.counters.get(&number);
    named.map_or_else(
        || number.to_string(),
        |counter| format!("{number} {}", counter.name.zh),
    )
}

/// Where an errand stands.
#[must_use]
pub fn state(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Called => "called",
        State::Serving => "serving",
        State::Held => "on hold",
        State::Finished => "finished",
        State::NoShow => "no-show",
        State::Cancelled => "cancelled",
        State::Expired => "expired",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_as_exactly_as_anybody_needs() {
        let said = [
            0, 59_999, 60_000, 1_112_000, 3_600_000, 3_900_000, 90_000_000,
        ]
        .map(span);
        let expected = [
            "0 s",
            "59 s",
            "1 min 00 s",
            "18 min 32 s",
            "1 h 00 min",
            "1 h 05 min",
            "25 h 00 min",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn one_of_something_is_not_many() {
        let said = [
            (1, "entry"),
            (0, "entry"),
            (1, "day"),
            (30, "day"),
            (2, "outcome"),
        ];
        let said = said.map(|(number, one)| count(number, one));
        let expected = ["1 entry", "0 entries", "1 day", "30 days", "2 outcomes"];
        assert_eq!(said, expected);
    }

    #[test]
    fn a_moment_is_said_in_the_time_of_the_hall() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        // 2026-11-22 02:42:07 UTC.
        assert_eq!(
            date_and_time(&zone, 1_795_315_327_000),
            "2026-11-22 10:42:07"
        );
        assert_eq!(time(&zone, 1_795_315_327_000), "10:42:07");
    }

    #[test]
    fn what_has_left_the_settings_keeps_its_code() {
        let settings = HallSettings::default_hall();
        assert_eq!(service(&settings, &ServiceCode::new("A")), "A 电费缴纳");
        assert_eq!(service(&settings, &ServiceCode::new("Q")), "Q");
        assert_eq!(class(&settings, &ClassCode::new("gone")), "gone");
        assert_eq!(counter(&settings, CounterNumber(99)), "99");
    }
}
