//! What a disk that lied about what it wrote has lost is found when the hall starts.

use std::fs;

use store::{Archive, Checked, ReplayError, Store};
use tempfile::TempDir;

use crate::sample::{behind_the_back, entry, event, issued, three_days};

fn looked_beside(folder: &TempDir) -> Result<(), ReplayError> {
    Store::open(folder.path()).expect("it opens").look_beside()
}

#[test]
fn an_outcome_of_the_last_two_days_that_is_gone_is_found_at_start() {
    for (change, expected) in [
        (
            "DELETE FROM request WHERE outcome = 'outcome 60'",
            Some("of the open day are missing"),
        ),
        (
            "DELETE FROM request WHERE outcome = 'outcome 41'",
            Some("of the open day are missing"),
        ),
        (
            "DELETE FROM request WHERE outcome = 'outcome 40'",
            Some("of the day before the open one are missing"),
        ),
        ("DELETE FROM request WHERE seq > 21", Some("are missing")),
        // The look at the whole file finds those.
        ("DELETE FROM request WHERE outcome = 'outcome 20'", None),
        // It is there, and given out to nobody.
        (
            "UPDATE request SET outcome = 'other' WHERE outcome = 'outcome 60'",
            None,
        ),
        (
            "UPDATE request SET sum = zeroblob(16) WHERE outcome = 'outcome 60'",
            None,
        ),
    ] {
        let folder = TempDir::new().expect("a folder");
        three_days(folder.path(), 20);
        looked_beside(&folder).expect("it is sound");
        behind_the_back(folder.path())
            .execute_batch(change)
            .expect("a change");
        let said = looked_beside(&folder).map_err(|error| {
            assert!(error.is_damage());
            error.to_string()
        });
        match expected {
            None => assert_eq!(said, Ok(()), "{change}"),
            Some(expected) => {
                let said = said.expect_err(change);
                assert!(
                    said.contains(expected) && said.contains("backup"),
                    "{change}: {said}"
                );
            }
        }
        let archive = Archive::open(folder.path()).expect("readable");
        let verdict = archive.verify(|_| {}).expect("readable");
        assert!(!verdict.is_good(), "{change}");
        assert_eq!(
            verdict.in_open_day.is_some(),
            expected.is_some(),
            "{change}"
        );
    }
}

#[test]
fn without_its_marks_the_open_day_is_still_read_and_what_is_wrong_said() {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), 3);
    let store = Store::open(folder.path()).expect("it opens");
    behind_the_back(folder.path())
        .execute("DELETE FROM mark", [])
        .expect("a change");
    let mut read = 0;
    let said = store.replay(|_| read += 1).expect_err("it has no end");
    assert!(
        said.is_damage() && said.to_string().contains("mark"),
        "{said}"
    );
    assert_eq!(read, 4);
    let passing = ReplayError::Unreadable("the disk does not answer".to_owned());
    assert!(!passing.is_damage());
}

#[test]
fn a_journal_that_begins_without_a_day_is_not_replayed() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    store.replay(|_| {}).expect("nothing is there yet");
    let ticket = entry(vec![event(issued(1, "A", 1, "ordinary"))]);
    store.append(0, &[ticket]).expect("room");
    let said = store
        .replay(|_| {})
        .expect_err("no day is open")
        .to_string();
    assert!(said.contains("no day begins there"), "{said}");
}

#[test]
fn a_mark_that_names_a_deletion_where_nothing_is_gone_is_found_at_start() {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), 3);
    let change = "UPDATE mark SET anchor_by = 3";
    behind_the_back(folder.path())
        .execute(change, [])
        .expect("a change");
    let said = looked_beside(&folder).expect_err("it is found").to_string();
    assert!(said.contains("and none are gone"), "{said}");
}

#[test]
fn after_a_stop_that_was_none_the_next_look_begins_with_the_first_entry() {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), 20);
    let look = || {
        let archive = Archive::open(folder.path()).expect("readable");
        let looked = archive.look(None, 1, || true).expect("readable");
        let checked = looked.expect("to its end").checked;
        checked.write(folder.path()).expect("room");
    };
    look();
    drop(Store::open(folder.path()).expect("it was closed"));
    assert!(Checked::read(folder.path()).is_some(), "it is believed");

    let lock = folder.path().join("hall.lock");
    let read = || fs::read_to_string(&lock).expect("how it was left");
    let running = Store::open(folder.path()).expect("it was closed");
    assert!(read().starts_with("open "), "{}", read());
    drop(running);
    let closed = read();
    assert!(closed.starts_with("closed "), "{closed}");
    for left in ["", "open now", "closed on another day"] {
        fs::write(&lock, left).expect("room");
        drop(Store::open(folder.path()).expect("the file"));
        assert!(Checked::read(folder.path()).is_none(), "{left}");
        assert_eq!(fs::read_to_string(&lock).expect("how it was left"), closed);
        look();
    }
}
