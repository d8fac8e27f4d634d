//! How the file is found and read by those who do not own it.

use std::fs;
use std::path::Path;

use store::{Archive, FILE_NAME, Store, is_in_use};
use tempfile::TempDir;

use crate::sample::three_days;

#[test]
fn a_hall_is_in_its_folder_while_it_holds_the_file() {
    let folder = TempDir::new().expect("a folder");
    assert!(!is_in_use(folder.path()), "nobody was ever there");
    let store = Store::open(folder.path()).expect("a new file");
    assert!(is_in_use(folder.path()));
    drop(store);
    assert!(!is_in_use(folder.path()), "what it left behind is no hall");
}

/// As in a folder that the reader may not write: SQLite finds no place for its index.
fn without_place_for_an_index(folder: &Path) {
    fs::create_dir(folder.join(format!("{FILE_NAME}-shm"))).expect("room");
}

#[test]
fn where_nothing_can_be_written_a_file_is_read_that_nobody_writes() {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), 2);
    without_place_for_an_index(folder.path());
    let archive = Archive::open(folder.path()).expect("nobody writes it");
    assert_eq!(archive.days().expect("readable").len(), 3);
    assert!(archive.verify(|_| {}).expect("readable").is_good());
}

/// Versions from 3.7.0 to 3.51.2 can damage a database when its write-ahead file is begun anew while
/// another connection reads (sqlite.org, "WAL-reset bug").
#[test]
fn the_sqlite_that_is_built_in_is_none_of_those_that_damage_a_write_ahead_file() {
    let said = store::sqlite_version();
    let version: Vec<u32> = said
        .split('.')
        .map(|part| part.parse().expect(said))
        .collect();
    assert!(version > vec![3, 51, 2], "{said}");
}
