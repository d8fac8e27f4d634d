//! What is damaged in the memory and whole in an older backup is not lost: both together give all of it.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use store::{Archive, FILE_NAME, Restored, Store, restore, restore_with};
use tempfile::TempDir;

use crate::sample::{
    DAY, all_days, behind_the_back, day_opened, entry, event, issued, request, three_days,
};

const TICKETS: u32 = 20;

/// Of three days with their openings.
const BACKED_UP: u64 = 63;

/// With a fourth day behind the backup.
const ALL: u64 = BACKED_UP + 4;

/// A folder with four days, and a backup from the end of the third.
fn days_and_backup() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), TICKETS);
    let backup = folder.path().join("backup.sqlite");
    let archive = Archive::open(folder.path()).expect("readable");
    assert_eq!(archive.back_up(&backup).expect("room").entries, BACKED_UP);
    let mut store = Store::open(folder.path()).expect("the file");
    let opened = entry(vec![event(day_opened(DAY + 3))]);
    store.append(store.seq(), &[opened]).expect("room");
    for serial in 1..=3 {
        let taken = request(
            100 + serial as u8,
            vec![event(issued(serial, "A", serial, "ordinary"))],
        );
        store.append(store.seq(), &[taken]).expect("room");
    }
    (folder, backup)
}

fn mended(folder: &Path, backup: &Path) -> (TempDir, Restored) {
    let new = TempDir::new().expect("a folder");
    let from = folder.join(FILE_NAME);
    let restored = restore_with(&from, Some(backup), new.path(), None);
    (new, restored.expect("something is good"))
}

#[test]
fn what_one_of_both_has_comes_back() {
    for (change, entries, from_backup) in [
        ("UPDATE journal SET wall_ms = 0 WHERE seq = 30", ALL, 1),
        ("UPDATE journal SET body = 'x' WHERE seq = 43", ALL, 1),
        (
            "UPDATE journal SET hash = zeroblob(32) WHERE seq = 63",
            ALL,
            1,
        ),
        ("DELETE FROM journal WHERE seq BETWEEN 20 AND 50", ALL, 31),
        (
            "UPDATE journal SET actor = 1.5 WHERE seq IN (2, 40, 62)",
            ALL,
            3,
        ),
        // What neither has is not there, and what stood on it is not either.
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq IN (30, 66)",
            65,
            1,
        ),
    ] {
        let (folder, backup) = days_and_backup();
        let whole = all_days(folder.path());
        assert_eq!(whole.len() as u64, ALL);
        let file = behind_the_back(folder.path());
        file.execute_batch(change).expect("a change");
        drop(file);
        let (new, restored) = mended(folder.path(), &backup);
        assert_eq!(
            (restored.entries, restored.entries_mended),
            (entries, from_backup),
            "{change}"
        );
        assert_eq!(restored.wrong.is_some(), entries < ALL, "{change}");
        assert_eq!(restored.lost.is_empty(), entries == ALL, "{change}");
        assert_eq!(all_days(new.path()), whole[..entries as usize], "{change}");
        let store = Store::open(new.path()).expect("the file");
        store.replay(|_| {}).expect("a hall starts on it");
        let verdict = Archive::open(new.path()).expect("readable");
        let verdict = verdict.verify(|_| {}).expect("readable");
        assert!(verdict.is_good(), "{change}: {:?}", verdict.bad);
    }
}

#[test]
fn a_damaged_outcome_comes_from_the_backup_too() {
    let (folder, backup) = days_and_backup();
    let file = behind_the_back(folder.path());
    // One that the backup has and one that is younger.
    let change = "UPDATE request SET outcome = 'x' WHERE id IN (?1, ?2)";
    let changed = file.execute(change, [&[7; 16][..], &[102; 16][..]]);
    assert_eq!(changed.expect("a change"), 2);
    drop(file);
    let (new, restored) = mended(folder.path(), &backup);
    assert_eq!((restored.entries, restored.requests_lost), (ALL, 1));
    let store = Store::open(new.path()).expect("the file");
    let outcome = |id: u8| store.answered(&[id; 16]).expect("readable");
    let given = outcome(7).map(|answered| answered.outcome);
    assert_eq!(given.as_deref(), Some("outcome 7"));
    assert!(outcome(102).is_none(), "nobody says what is not known");

    let file = Connection::open(&backup).expect("a database");
    let change = "UPDATE request SET outcome = 'x' WHERE id IN (?1, ?2)";
    let changed = file.execute(change, [&[7; 16][..], &[8; 16][..]]);
    assert_eq!(changed.expect("a change"), 2);
    drop(file);
    let (_new, restored) = mended(folder.path(), &backup);
    assert_eq!(restored.requests_lost, 2, "those that neither has");
}

#[test]
fn without_the_backup_the_bad_entry_is_lost() {
    let (folder, _) = days_and_backup();
    let file = behind_the_back(folder.path());
    let change = "UPDATE journal SET wall_ms = 0 WHERE seq = 30";
    file.execute_batch(change).expect("a change");
    drop(file);
    let new = TempDir::new().expect("a folder");
    let restored = restore(&folder.path().join(FILE_NAME), new.path(), None);
    let restored = restored.expect("something is good");
    assert_eq!((restored.entries, restored.entries_mended), (ALL - 1, 0));
    assert!(restored.wrong.is_some());
}

/// A backup of another hall fits nowhere, so nothing of it gets in.
#[test]
fn nothing_of_another_hall_gets_in() {
    let (folder, _) = days_and_backup();
    let other = TempDir::new().expect("a folder");
    three_days(other.path(), TICKETS - 1);
    let file = behind_the_back(folder.path());
    let change = "UPDATE journal SET wall_ms = 0 WHERE seq = 30";
    file.execute_batch(change).expect("a change");
    drop(file);
    let copy = folder.path().join("other.sqlite");
    fs::copy(other.path().join(FILE_NAME), &copy).expect("room");
    let (_new, restored) = mended(folder.path(), &copy);
    assert_eq!((restored.entries, restored.entries_mended), (ALL - 1, 0));
    assert!(restored.wrong.is_some());
}
