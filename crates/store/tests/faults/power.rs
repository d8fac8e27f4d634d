//! Rows 1 and 2: the program is killed, and the power goes, at any operation of the disk.

use super::disk::Fault;
use super::life::{Kept, Life};
use super::torture::Row;

/// Cuts in the life of one disk: enough for a file that has seen some, few enough to look at all of it.
const CUTS_OF_A_LIFE: u64 = 25;

/// Changes of the disk until the next cut at most: an opening, some commits and a checkpoint.
const MOST_CHANGES: u64 = 60;

fn lives(mut row: Row, fault: Fault) {
    while let Some(seed) = row.next_seed() {
        let mut life = Life::begin(seed);
        for _ in 0..CUTS_OF_A_LIFE {
            let after = life.chance.below(MOST_CHANGES);
            life.disk.plan(after, fault);
            while !life.disk.is_down() {
                life.live();
            }
            life.restart();
        }
        life.end();
        row.passed(CUTS_OF_A_LIFE);
    }
}

#[test]
fn the_power_is_cut_at_any_operation_of_the_disk() {
    lives(
        Row::begin("2a", "power cut, un-synced sectors lost or torn", 1_000),
        Fault::PowerCut,
    );
}

#[test]
fn the_program_is_killed_at_any_operation_of_the_disk() {
    lives(
        Row::begin("1", "killed at any operation of the disk", 500),
        Fault::Killed,
    );
}

#[test]
fn a_disk_that_lies_is_found_out_or_does_no_harm() {
    let mut row = Row::begin("2c", "power cut on a disk that lies about sync", 200);
    let (mut found, mut less, mut all) = (0, 0, 0);
    while let Some(seed) = row.next_seed() {
        let mut life = Life::begin(seed);
        let honest_until = life.chance.below(100);
        life.disk
            .plan(life.chance.below(3 * MOST_CHANGES), Fault::PowerCut);
        while !life.disk.is_down() {
            if life.disk.operations() >= honest_until {
                life.disk.lie(50 + seed % 51);
            }
            life.live();
        }
        match life.restart_after_lies() {
            Err(_) => found += 1,
            Ok(Kept::Less) => less += 1,
            Ok(Kept::All) => all += 1,
        }
        row.passed(1);
    }
    row.measured(format!(
        "{found} found at start, {less} sound but shorter, {all} unharmed"
    ));
}
