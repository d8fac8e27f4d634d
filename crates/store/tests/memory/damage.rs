//! What a disk does to a file behind everybody's back is found before it is used.

use std::fs;
use std::path::Path;

use queue::Event;
use rusqlite::Connection;
use store::{Archive, FILE_NAME, Store};
use tempfile::TempDir;

use crate::sample::{DAY, behind_the_back, day_opened, entry, event, issued, one_of_each, request};

/// A closed journal of one day with some pages, and what it says.
fn written(folder: &Path) -> Vec<Event> {
    let mut store = Store::open(folder).expect("a new file");
    let mut events: Vec<Event> = one_of_each().into_iter().map(event).collect();
    let batch = |events: &[Event]| entry(events.to_vec());
    store.append(0, &[batch(&events)]).expect("room");
    for serial in 3..=60 {
        let taken = event(issued(serial, "A", serial, "ordinary"));
        let seq = store.seq();
        store
            .append(seq, &[request(serial as u8, vec![taken.clone()])])
            .expect("room");
        events.push(taken);
    }
    events
}

/// What a hall that starts on this folder takes for true, or that it says that it cannot.
fn believed(folder: &Path) -> Result<Vec<Event>, String> {
    let store = Store::open(folder).map_err(|error| error.to_string())?;
    let mut events = Vec::new();
    store
        .replay(|event| events.push(event))
        .map_err(|error| error.to_string())?;
    store.last_moment().map_err(|error| error.to_string())?;
    Ok(events)
}

fn pages_of(file: &Connection, table: &str) -> Vec<usize> {
    let mut select = file
        .prepare("SELECT pageno FROM dbstat WHERE name = ?1")
        .expect("dbstat is built in");
    select
        .query_map([table], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("page numbers")
}

#[test]
fn a_flipped_bit_in_any_page_of_the_journal_is_found_or_harmless() {
    let folder = TempDir::new().expect("a folder");
    let written = written(folder.path());
    let file = behind_the_back(folder.path());
    let page_bytes: usize = file
        .pragma_query_value(None, "page_size", |row| row.get(0))
        .expect("a size");
    let mut pages = pages_of(&file, "journal");
    assert!(pages.len() > 3, "the table has inner and outer pages");
    pages.extend(pages_of(&file, "mark"));
    drop(file);

    let sound = fs::read(folder.path().join(FILE_NAME)).expect("the file");
    let copy = TempDir::new().expect("a folder");
    let (mut found, mut harmless) = (0, 0);
    for page in pages {
        let start = (page - 1) * page_bytes;
        // The head of a page, byte by byte, for it says where everything is; of the rest a part.
        let head = start..start + 40;
        let rest = (start + 40..start + page_bytes).step_by(11);
        for place in head.chain(rest) {
            let mut damaged = sound.clone();
            damaged[place] ^= 1 << (place % 8);
            fs::write(copy.path().join(FILE_NAME), damaged).expect("room");
            match believed(copy.path()) {
                Err(message) => {
                    assert!(message.contains("backup"), "what to do: {message}");
                    found += 1;
                }
                Ok(events) => {
                    assert!(
                        events == written,
                        "byte {place} of page {page} changed the day"
                    );
                    harmless += 1;
                }
            }
        }
    }
    assert!(found > harmless, "{found} found, {harmless} harmless");
}

#[test]
fn a_changed_value_in_any_column_is_found() {
    for change in [
        "steady_ms = steady_ms + 1",
        "wall_ms = wall_ms + 1",
        "actor = 'kiosk:kiosk-2'",
        "body = replace(body, 'elderly', 'ordinary')",
        "hash = zeroblob(32)",
        "hash = zeroblob(31)",
    ] {
        let folder = TempDir::new().expect("a folder");
        written(folder.path());
        let update = format!("UPDATE journal SET {change} WHERE seq = 2");
        behind_the_back(folder.path())
            .execute(&update, [])
            .expect("an update");
        let found = believed(folder.path()).expect_err(change);
        assert!(
            found.contains("journal entry 2 is damaged") || found.contains("cannot be read"),
            "{found}"
        );
    }
}

#[test]
fn a_missing_entry_is_found_wherever_it_is() {
    for (missing, named) in [("1", 1), ("2", 2), ("40", 40), ("75", 75)] {
        let folder = TempDir::new().expect("a folder");
        let written = written(folder.path());
        assert_eq!(written.len(), 75);
        behind_the_back(folder.path())
            .execute("DELETE FROM journal WHERE seq = ?1", [missing])
            .expect("a deletion");
        let found = believed(folder.path()).expect_err("it is missing");
        let expected = format!("journal entry {named} is damaged: it is missing.");
        assert!(found.starts_with(&expected), "{found}");
    }
}

#[test]
fn two_entries_that_changed_places_are_found() {
    let folder = TempDir::new().expect("a folder");
    written(folder.path());
    behind_the_back(folder.path())
        .execute_batch(
            "UPDATE journal SET seq = 1000 WHERE seq = 20;
             UPDATE journal SET seq = 20 WHERE seq = 21;
             UPDATE journal SET seq = 21 WHERE seq = 1000;",
        )
        .expect("an update");
    let found = believed(folder.path()).expect_err("the order is another");
    assert!(found.contains("journal entry 20 is damaged"), "{found}");
}

#[test]
fn a_mark_that_points_elsewhere_is_found() {
    for (change, expected) in [
        ("day_seq = 0", "no day begins there"),
        ("day_seq = 2", "no day begins there"),
        ("day_seq = 76", "it is missing"),
        ("day_seq = 1000", "it is missing"),
        ("head_seq = 74", "it is missing"),
        ("head_seq = 0", "it is missing"),
        ("head_hash = zeroblob(32)", "it is missing"),
    ] {
        let folder = TempDir::new().expect("a folder");
        written(folder.path());
        behind_the_back(folder.path())
            .execute(&format!("UPDATE mark SET {change}"), [])
            .expect("an update");
        let found = believed(folder.path()).expect_err(change);
        assert!(found.contains(expected), "{change}: {found}");
    }
}

#[test]
fn a_damaged_hash_at_the_end_of_the_day_before_is_none_of_the_open_day() {
    let folder = TempDir::new().expect("a folder");
    let last = written(folder.path()).len() as u64;
    let mut store = Store::open(folder.path()).expect("the file");
    let tomorrow = event(day_opened(DAY + 1));
    store
        .append(last, &[entry(vec![tomorrow.clone()])])
        .expect("room");
    drop(store);
    let change = |what: &str| {
        let update = format!("UPDATE journal SET {what} WHERE seq = {last}");
        let file = behind_the_back(folder.path());
        file.execute(&update, []).expect("an update");
    };
    change("hash = zeroblob(32)");
    assert_eq!(believed(folder.path()), Ok(vec![tomorrow]));
    let archive = Archive::open(folder.path()).expect("readable");
    let verdict = archive.verify(|_| {}).expect("readable");
    assert_eq!(verdict.bad[0].entries, Some((last, last)), "it is found");
    assert_eq!(verdict.in_open_day, None);
    change("wall_ms = 0");
    let found = believed(folder.path()).expect_err("now nothing proves the day");
    assert!(
        found.contains(&format!("journal entry {} is damaged", last + 1)),
        "{found}"
    );
}

#[test]
fn the_days_before_are_not_read_at_every_start() {
    let folder = TempDir::new().expect("a folder");
    written(folder.path());
    let mut store = Store::open(folder.path()).expect("the file");
    let tomorrow = event(day_opened(DAY + 1));
    let seq = store.seq();
    store
        .append(seq, &[entry(vec![tomorrow.clone()])])
        .expect("room");
    drop(store);
    assert_eq!(believed(folder.path()), Ok(vec![tomorrow]));
}
