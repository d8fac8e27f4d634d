//! When the hall deletes what people typed: once a day, again after a minute if somebody held it up, and never
//! while its record cannot be trusted.

use hall::HallSettings;
use hall::engine::{Input, Journal, Memory};
use protocol::Outcome;
use queue::{Date, Event, Happening, Moment};
use store::{Archive, Entry, Store};
use tempfile::TempDir;

use super::desk::{DAY_MS, Desk, Fault, take};

const MINUTE_MS: u64 = 60_000;

/// How often it was told to delete since the last time, after so long.
fn told_after(desk: &mut Desk, ms: u64) -> u32 {
    desk.forgotten.set(0);
    desk.wait(ms);
    desk.handle(Vec::new());
    desk.forgotten.get()
}

#[test]
fn texts_are_deleted_after_a_start_and_at_each_turn_of_the_day() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    assert_eq!(told_after(&mut desk, 0), 1);
    assert_eq!(told_after(&mut desk, 10 * MINUTE_MS), 0);
    assert_eq!(told_after(&mut desk, DAY_MS), 1);
    assert_eq!(told_after(&mut desk, MINUTE_MS), 0);
}

#[test]
fn what_a_reader_holds_up_is_tried_again_after_a_minute() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.fault.set(Fault::Reader);
    assert_eq!(told_after(&mut desk, 0), 1);
    assert_eq!(told_after(&mut desk, MINUTE_MS - 1), 0);
    assert_eq!(told_after(&mut desk, 1), 1);
    desk.fault.set(Fault::None);
    assert_eq!(told_after(&mut desk, MINUTE_MS), 1);
    assert_eq!(told_after(&mut desk, MINUTE_MS), 0);
}

#[test]
fn of_a_record_that_is_damaged_or_cannot_be_read_nothing_is_deleted() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.fault.set(Fault::Reader);
    assert_eq!(told_after(&mut desk, 0), 1);
    desk.fault.set(Fault::Silent);
    assert!(matches!(
        desk.ask(take("A", "ordinary")),
        Outcome::Refused(_)
    ));
    assert_eq!(told_after(&mut desk, MINUTE_MS), 0);
    desk.fault.set(Fault::None);
    assert_eq!(told_after(&mut desk, MINUTE_MS), 1);

    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.fault.set(Fault::Reader);
    assert_eq!(told_after(&mut desk, 0), 1);
    let bad = "entry 1 of 2026-11-01: it is missing.".to_owned();
    desk.handle(vec![Input::Memory(Memory::DamagedToday { bad })]);
    assert_eq!(told_after(&mut desk, MINUTE_MS), 0);
}

/// How often it was told to delete days since the last time, after so long.
fn days_after(desk: &mut Desk, ms: u64) -> u32 {
    desk.deleted_days.set(0);
    desk.wait(ms);
    desk.handle(Vec::new());
    desk.deleted_days.get()
}

fn keeps(folder: &TempDir, years: u32) -> Desk {
    let mut settings = HallSettings::default_hall();
    settings.journal_years = years;
    Desk::start(folder.path(), settings, 1_000)
}

/// 520 days, each month with 28.
#[test]
fn the_store_itself_deletes_what_a_hall_need_keep_no_longer() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let at = Moment {
        steady_ms: 1_000,
        wall_ms: 1_795_312_800_000,
    };
    let opened = |day: u32| {
        let date = Date::new(
            2025 + (day / 336) as u16,
            (day / 28 % 12 + 1) as u8,
            (day % 28 + 1) as u8,
        );
        let what = Happening::DayOpened {
            day: date,
            turns_at_steady_ms: DAY_MS,
        };
        Event { at, what }
    };
    let days = Entry {
        actor: "hall".to_owned(),
        events: (0..520).map(opened).collect(),
        changes: Vec::new(),
        request: None,
    };
    store.append(0, &[days]).expect("room");
    Journal::delete_old_days(&mut store, 1, at).expect("room");
    drop(store);
    let archive = Archive::open(folder.path()).expect("readable");
    let gone = archive.extent().expect("readable").old_days;
    assert_eq!(
        gone.map(|gone| (gone.first, gone.years, gone.said_by_seq)),
        Some((Date::new(2025, 1, 1), 1, 521))
    );
}

#[test]
fn days_are_deleted_after_a_start_and_at_each_turn_where_the_hall_keeps_so_many_years() {
    for (years, told) in [(0, 0), (5, 1)] {
        let folder = TempDir::new().expect("a folder");
        let mut desk = keeps(&folder, years);
        assert_eq!(days_after(&mut desk, 0), told);
        assert_eq!(days_after(&mut desk, 10 * MINUTE_MS), 0);
        assert_eq!(days_after(&mut desk, DAY_MS), told);
    }
}

#[test]
fn days_that_could_not_be_deleted_are_tried_again_after_a_minute() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = keeps(&folder, 5);
    desk.fault.set(Fault::Reader);
    assert_eq!(days_after(&mut desk, 0), 1);
    assert_eq!(days_after(&mut desk, MINUTE_MS - 1), 0);
    assert_eq!(days_after(&mut desk, 1), 1);
    desk.fault.set(Fault::None);
    assert_eq!(days_after(&mut desk, MINUTE_MS), 1);
    assert_eq!(days_after(&mut desk, MINUTE_MS), 0);
}

#[test]
fn no_day_of_a_record_that_is_damaged_anywhere_is_deleted() {
    let bad = || "entry 1 of 2026-10-30: it is missing.".to_owned();
    let looked = Memory::Looked { bad: Some(bad()) };
    for memory in [looked, Memory::DamagedToday { bad: bad() }] {
        let folder = TempDir::new().expect("a folder");
        let mut desk = keeps(&folder, 5);
        desk.fault.set(Fault::Reader);
        assert_eq!(days_after(&mut desk, 0), 1);
        desk.handle(vec![Input::Memory(memory)]);
        assert_eq!(days_after(&mut desk, MINUTE_MS), 0);
    }
    let folder = TempDir::new().expect("a folder");
    let mut desk = keeps(&folder, 5);
    desk.fault.set(Fault::Reader);
    assert_eq!(days_after(&mut desk, 0), 1);
    desk.fault.set(Fault::Silent);
    desk.ask(take("A", "ordinary"));
    assert_eq!(days_after(&mut desk, MINUTE_MS), 0, "it cannot be read");
}
