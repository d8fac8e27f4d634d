//! When the hall deletes what people typed: once a day, again after a minute if somebody held it up, and never
//! while its record cannot be trusted.

use hall::engine::{Input, Memory};
use protocol::Outcome;
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
