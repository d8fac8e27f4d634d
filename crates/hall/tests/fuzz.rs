//! Settings and recorded days that are nearly right: the hall says yes, or says what is wrong and where.
//!
//! `cargo test` replays what is kept in `__fuzz__`; `cargo xtask torture --row fuzz` searches for more.

use std::path::Path;

use hall::HallSettings;
use hall::rehearsal::{Day, recorded};
use jiff::civil::Date;
use queue::Queue;

/// Bytes without a plan are refused early: a few of them show that nothing is wrong with that.
const WITHOUT_A_PLAN: usize = 200;

#[test]
fn settings_are_read_or_their_mistakes_are_named() {
    let settings = bolero::check!().with_iterations(WITHOUT_A_PLAN);
    settings.for_each(|input: &[u8]| {
        match HallSettings::parse("hall.toml", &String::from_utf8_lossy(input)) {
            Ok(settings) => is_sound(&settings),
            Err(error) => assert!(error.to_string().contains("hall.toml"), "{error}"),
        }
    });
}

#[test]
fn recorded_days_are_read_or_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("day.csv");
    let days = bolero::check!().with_iterations(WITHOUT_A_PLAN);
    days.for_each(|input: &[u8]| {
        std::fs::write(&path, input).expect("room");
        match read(&path) {
            Ok(day) => is_sound(&day.settings),
            Err(error) => assert!(error.contains("day.csv"), "{error}"),
        }
    });
}

fn read(path: &Path) -> Result<Day, String> {
    recorded(path, "X", Date::constant(2020, 1, 13), 1).map_err(|error| error.to_string())
}

fn is_sound(settings: &HallSettings) {
    Queue::new(settings.rules())
        .check()
        .expect("an empty hall is a sound one");
}
