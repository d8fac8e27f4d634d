//! Where pages cannot be copied a memory is brought back entry by entry, with all that stands beside the
//! journal.

use queue::Date;
use rusqlite::Connection;
use store::{Archive, FILE_NAME, Restored, Store, Verdict, restore};
use tempfile::TempDir;

use crate::sample::{
    DAY, behind_the_back, day_opened, entry, event, held, issued, replayed, request, three_days,
};

/// Nobody can say where the journal ends: then no page is copied.
const NO_PAGES: &str = "UPDATE mark SET head_hash = zeroblob(32)";

/// On each of three days, behind its opening.
const TEXTS: u32 = 4;

/// Three days with texts, of which those of the first are deleted.
fn with_texts() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    for day in 0..3 {
        let opened = event(day_opened(DAY + day));
        let texts = (1..=TEXTS).map(|serial| event(held(serial, &format!("{day} {serial}"))));
        let day: Vec<_> = [opened].into_iter().chain(texts).collect();
        store.append(store.seq(), &[entry(day)]).expect("room");
    }
    let date = |day| Date::from_yyyymmdd(DAY + day);
    store.forget_notes_before(date(1), date(2)).expect("room");
    folder
}

fn verdict(folder: &TempDir) -> Verdict {
    let archive = Archive::open(folder.path()).expect("readable");
    archive.verify(|_| {}).expect("it says something")
}

fn brought_back(folder: &TempDir, damage: &str) -> (TempDir, Restored) {
    behind_the_back(folder.path())
        .execute_batch(damage)
        .expect("a change");
    let new = TempDir::new().expect("a folder");
    let restored = restore(&folder.path().join(FILE_NAME), new.path(), None);
    (new, restored.expect("something is good"))
}

#[test]
fn texts_come_along_and_so_does_what_says_that_others_were_deleted() {
    let folder = with_texts();
    let was = verdict(&folder);
    assert!(was.deletion.is_some() && was.is_good());
    let read = replayed(&Store::open(folder.path()).expect("the file"));
    let (new, restored) = brought_back(&folder, NO_PAGES);
    assert_eq!((restored.entries, restored.notes_lost), (15, 0));
    let is = verdict(&new);
    assert!(is.is_good(), "{:?}", is.bad);
    assert_eq!(
        (is.notes, is.notes_deleted, is.deletion),
        (was.notes, was.notes_deleted, was.deletion)
    );
    assert_eq!((is.notes, is.notes_deleted), (8, 4));
    let store = Store::open(new.path()).expect("a hall starts on it");
    assert_eq!(replayed(&store), read, "texts and all");
}

#[test]
fn texts_that_are_gone_are_counted() {
    let folder = with_texts();
    let damage = format!("{NO_PAGES}; DELETE FROM note WHERE seq IN (8, 9, 13)");
    let (new, restored) = brought_back(&folder, &damage);
    assert_eq!((restored.entries, restored.notes_lost), (15, 3));
    assert_eq!(verdict(&new).notes, 5);
}

#[test]
fn the_days_and_the_last_moment_are_told_either_way() {
    for damage in ["", NO_PAGES] {
        let folder = TempDir::new().expect("a folder");
        three_days(folder.path(), 3);
        let store = Store::open(folder.path()).expect("the file");
        let last = store.last_moment().expect("readable");
        drop(store);
        let (_new, restored) = brought_back(&folder, damage);
        let day = Date::from_yyyymmdd(DAY + 2);
        assert_eq!(
            (restored.days, restored.last_day, restored.last),
            (3, Some(day), Some(last))
        );
    }
}

/// What stands in no table of a hall comes along only with the pages, so it shows which way was taken.
#[test]
fn a_memory_of_many_pages_is_copied_page_by_page() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let ticket = |serial| event(issued(serial, "A", serial, "ordinary"));
    // Each day has a request, the last one also behind where it is cut.
    for (day, tickets) in [(0, 1), (1, 4_000)] {
        let opened = event(day_opened(DAY + day));
        let first = request(day as u8, vec![opened, ticket(1)]);
        let rest = (2..=tickets).map(ticket).collect();
        store.append(store.seq(), &[first]).expect("room");
        let rest = request(day as u8 + 100, rest);
        store.append(store.seq(), &[rest]).expect("room");
    }
    drop(store);
    // Also where the end of the open day is cut off.
    for (damage, entries, requests) in [
        ("CREATE TABLE other (a)", 4_003, 4),
        ("UPDATE journal SET wall_ms = 0 WHERE seq = 3000", 2_999, 3),
    ] {
        let (new, restored) = brought_back(&folder, damage);
        assert_eq!((restored.entries, restored.requests), (entries, requests));
        let file = Connection::open(new.path().join(FILE_NAME)).expect("a database");
        assert!(file.table_exists(None, "other").expect("readable"));
    }
}
