//! The journal as its one writer meets it.

use store::{AppendError, Store};
use tempfile::TempDir;

use crate::sample::{DAY, day_opened, entry, event, issued, replayed, request};

fn opened(folder: &TempDir) -> Store {
    let mut store = Store::open(folder.path()).expect("a new file");
    store
        .append(0, &[entry(vec![event(day_opened(DAY))])])
        .expect("room on the disk");
    store
}

fn take(id: u8) -> store::Entry {
    let number = u32::from(id);
    request(id, vec![event(issued(number, "A", number, "ordinary"))])
}

#[test]
fn an_outcome_is_found_by_its_request_id_also_after_reopening() {
    let folder = TempDir::new().expect("a folder");
    let mut store = opened(&folder);
    let refused = request(9, Vec::new());
    store.append(1, &[take(1), refused.clone()]).expect("room");
    drop(store);
    let store = Store::open(folder.path()).expect("the same file");
    assert_eq!(store.seq(), 2, "a refusal is no event");
    assert_eq!(store.answered(&[1; 16]).expect("readable"), take(1).request);
    assert_eq!(store.answered(&[9; 16]).expect("readable"), refused.request);
    assert_eq!(store.answered(&[2; 16]).expect("readable"), None);
    assert_eq!(
        store.last_moment().expect("readable"),
        event(day_opened(DAY)).at
    );
}

#[test]
fn a_batch_is_stored_whole_or_not_at_all() {
    let folder = TempDir::new().expect("a folder");
    let mut store = opened(&folder);
    store.append(1, &[take(1)]).expect("room");
    let before = replayed(&store);
    // The last one of the batch cannot be stored, for its id is taken.
    let failed = store.append(2, &[take(2), take(3), take(1)]);
    assert!(
        matches!(failed, Err(AppendError::NotStored(_))),
        "{failed:?}"
    );
    assert_eq!((store.seq(), replayed(&store)), (2, before.clone()));
    assert_eq!(store.answered(&[2; 16]).expect("readable"), None);
    drop(store);

    let mut store = Store::open(folder.path()).expect("the same file");
    assert_eq!(replayed(&store), before, "nothing of it is on disk");
    assert_eq!(
        store.append(2, &[take(2), take(3)]).expect("room"),
        4,
        "and the next one works"
    );
    assert_eq!(replayed(&store).len(), 4);
}

#[test]
fn who_thinks_that_the_journal_ends_elsewhere_is_told() {
    let folder = TempDir::new().expect("a folder");
    let mut store = opened(&folder);
    for wrong in [0, 2] {
        let conflict = store.append(wrong, &[take(1)]).expect_err("a conflict");
        assert_eq!(
            conflict.to_string(),
            format!("the journal stands at 1, and not at {wrong}")
        );
    }
    assert_eq!(replayed(&store).len(), 1);
}

#[test]
fn a_replay_starts_at_the_open_day() {
    let folder = TempDir::new().expect("a folder");
    let mut store = opened(&folder);
    store.append(1, &[take(1)]).expect("room");
    let tomorrow = event(day_opened(DAY + 1));
    store
        .append(2, &[entry(vec![tomorrow.clone()])])
        .expect("room");
    assert_eq!(replayed(&store), std::slice::from_ref(&tomorrow));
    drop(store);
    assert_eq!(
        replayed(&Store::open(folder.path()).expect("the same file")),
        [tomorrow]
    );
}

#[test]
fn an_empty_journal_is_replayed_as_nothing() {
    let folder = TempDir::new().expect("a folder");
    let store = Store::open(folder.path()).expect("a new file");
    assert_eq!((store.seq(), replayed(&store).len()), (0, 0));
    assert_eq!(store.last_moment().expect("readable"), Default::default());
}
