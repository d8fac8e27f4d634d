//! Rows 1 and 2: the program is killed, and the power goes, at any operation of the disk.

use super::disk::Fault;
use super::life::Life;
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
        Row::begin("1a", "killed at any operation of the disk", 500),
        Fault::Killed,
    );
}
