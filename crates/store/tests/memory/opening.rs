//! What a person reads when the memory of a hall cannot be opened.

use std::fs;

use store::{FILE_NAME, OpenError, Store};
use tempfile::TempDir;

use crate::sample::{self, behind_the_back, replayed};

fn refusal(folder: &std::path::Path) -> OpenError {
    Store::open(folder).expect_err("it cannot be opened")
}

#[test]
fn a_second_hall_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let mut first = Store::open(folder.path()).expect("a new file");
    let refused = refusal(folder.path());
    assert!(matches!(refused, OpenError::InUse { .. }), "{refused:?}");
    let said = refused.to_string();
    assert!(
        said.contains("is in use") && said.ends_with("Stop it first."),
        "{said}"
    );
    let opened = sample::entry(vec![sample::event(sample::day_opened(sample::DAY))]);
    assert_eq!(first.append(0, &[opened]).expect("room"), 1);
    drop(first);
    assert_eq!(
        replayed(&Store::open(folder.path()).expect("it is free now")).len(),
        1
    );
}

/// Such as a tool with which somebody looks after it.
#[test]
fn a_file_that_another_program_holds_is_in_use_and_not_broken() {
    let folder = TempDir::new().expect("a folder");
    drop(Store::open(folder.path()).expect("a new file"));
    let tool = behind_the_back(folder.path());
    tool.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        .expect("nobody else has it");
    let refused = refusal(folder.path());
    assert!(matches!(refused, OpenError::InUse { .. }), "{refused:?}");
}

#[test]
fn a_lock_file_that_a_killed_hall_left_behind_means_nothing() {
    let folder = TempDir::new().expect("a folder");
    drop(Store::open(folder.path()).expect("a new file"));
    assert!(folder.path().join("hall.lock").exists(), "it stays");
    drop(Store::open(folder.path()).expect("nobody holds it"));
}

#[test]
fn a_file_where_the_folder_should_be() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("data");
    fs::write(&file, "a file").expect("room");
    let said = refusal(&file).to_string();
    assert!(
        said.contains("cannot be made") && said.contains("Name another with --data"),
        "{said}"
    );
}

#[test]
fn a_folder_where_the_file_should_be() {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join(FILE_NAME)).expect("room");
    let said = refusal(folder.path()).to_string();
    assert!(
        said.contains("cannot be written") && said.contains("Name another with --data"),
        "{said}"
    );
}

#[test]
fn a_file_of_a_newer_hall_is_left_as_it_is() {
    let folder = TempDir::new().expect("a folder");
    drop(Store::open(folder.path()).expect("a new file"));
    let file = behind_the_back(folder.path());
    file.pragma_update(None, "user_version", 99).expect("room");
    drop(file);
    let before = fs::read(folder.path().join(FILE_NAME)).expect("the file");
    let refused = refusal(folder.path());
    assert!(
        matches!(refused, OpenError::Newer { found: 99, .. }),
        "{refused:?}"
    );
    assert!(
        refused.to_string().ends_with("Install that version."),
        "{refused}"
    );
    assert!(before == fs::read(folder.path().join(FILE_NAME)).expect("the file"));
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let folder = TempDir::new().expect("a folder");
    let poem = "床前明月光,疑是地上霜。".repeat(100);
    fs::write(folder.path().join(FILE_NAME), &poem).expect("room");
    let refused = refusal(folder.path());
    assert!(matches!(refused, OpenError::Broken { .. }), "{refused:?}");
    assert!(
        refused.to_string().ends_with("Restore it from a backup."),
        "{refused}"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join(FILE_NAME)).expect("the file"),
        poem
    );
}
