//! Rows 3 and 5: no room, and a disk that fails, at each operation of a piece of a hall's life.

use super::disk::{Chance, Disk, Fault};
use super::life::Life;
use super::torture::Row;

/// Commits of the piece: with openings and copies from the log about four hundred operations.
const COMMITS: u64 = 16;

/// A hall that starts for the first time, works, stops, and works again on its file.
fn piece(seed: u64, faulty: impl FnOnce(&Disk)) -> Life {
    let mut life = Life::begin(seed);
    faulty(&life.disk);
    for step in 0..COMMITS {
        if step == COMMITS / 2 {
            life.close();
        }
        if life.try_open() {
            life.append();
        }
        if step % 5 == 4 {
            life.copy_from_the_log();
        }
    }
    life
}

/// The fault strikes at the first operation, at the second, and so on, until there are no more.
fn at_each_operation(row: &mut Row, fault: impl Fn(&mut Chance) -> Fault) {
    let mut points = 0;
    while let Some(seed) = row.next_seed() {
        for after in 0.. {
            let fault = fault(&mut Chance::new(seed ^ after));
            let mut life = piece(seed, |disk| disk.plan(after, fault));
            if !life.disk.has_struck() {
                break;
            }
            goes_on(&mut life);
            points += 1;
        }
        row.passed(1);
    }
    row.measured(format!("{points} operations"));
}

/// The disk is well again: the same running hall goes on, and what it told everybody is true.
fn goes_on(life: &mut Life) {
    life.disk.heal();
    let before = life.confirmed();
    life.open().expect("it opens when the fault is over");
    life.append();
    assert!(life.confirmed() > before, "it goes on without a restart");
    life.end();
}

#[test]
fn a_full_disk_at_each_write_is_said_and_outlived() {
    let mut row = Row::begin("3", "no room at each write, for a moment or long", 1);
    at_each_operation(&mut row, |chance| {
        Fault::Full(*chance.one_of(&[1, 2, 10, 1_000]))
    });
}

#[test]
fn a_disk_that_fails_at_each_operation_is_said_and_outlived() {
    let mut row = Row::begin(
        "5",
        "an error of the disk at each operation, for a moment or long",
        1,
    );
    at_each_operation(&mut row, |chance| {
        Fault::Failing(*chance.one_of(&[1, 2, 10, 1_000]))
    });
}

#[test]
fn a_disk_that_turns_read_only_at_each_change_is_said_and_outlived() {
    let mut row = Row::begin("5", "the file system turns read-only at each change", 1);
    at_each_operation(&mut row, |chance| {
        Fault::ReadOnly(*chance.one_of(&[1, 10, 1_000]))
    });
}
