//! The whole journal is looked through, and every bad place is found and named.

use std::fs;
use std::ops::Range;
use std::path::Path;

use queue::{AppointmentCode, ClassCode, Date, Happening, ServiceCode};
use rusqlite::Connection;
use store::{Archive, Bad, FILE_NAME, Store, Verdict};
use tempfile::TempDir;

use crate::sample::{
    self, DAY, all_days, behind_the_back, entry, event, one_of_each, one_of_each_that_came_later,
    three_days,
};

/// On each of the three days.
const TICKETS: u32 = 20;
const ENTRIES: u64 = 3 * (TICKETS as u64 + 1);

fn verdict(folder: &Path) -> Verdict {
    let archive = Archive::open(folder).expect("readable");
    archive.verify(|_| {}).expect("it says something")
}

/// What is found after a change by another hand.
fn after(change: &str) -> Verdict {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), TICKETS);
    let file = behind_the_back(folder.path());
    file.execute_batch(change).expect("a change");
    verdict(folder.path())
}

fn places(verdict: &Verdict) -> Vec<(u64, u64)> {
    verdict.bad.iter().filter_map(|bad| bad.entries).collect()
}

#[test]
fn a_sound_journal_is_good_from_the_first_entry_to_the_last() {
    let folder = TempDir::new().expect("a folder");
    drop(Store::open(folder.path()).expect("a new file"));
    assert_eq!(verdict(folder.path()), Verdict::default(), "empty");
    let mut store = Store::open(folder.path()).expect("the file");
    let mut events = one_of_each();
    events.extend(one_of_each_that_came_later());
    let events: Vec<_> = events.into_iter().map(event).collect();
    let all = store.append(0, &[entry(events)]).expect("room");
    let found = verdict(folder.path());
    assert!(found.is_good(), "{found:?}");
    assert_eq!(
        (found.entries, found.days.len()),
        (all, 1),
        "while it is open"
    );

    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), TICKETS);
    let mut seen = Vec::new();
    let archive = Archive::open(folder.path()).expect("readable");
    let found = archive.verify(|seq| seen.push(seq)).expect("readable");
    assert!(
        found.is_good() && seen.into_iter().eq(1..=ENTRIES),
        "{found:?}"
    );
    let days: Vec<u32> = found.days.iter().map(|day| day.yyyymmdd()).collect();
    assert_eq!(
        (found.entries, days, found.requests, found.requests_unknown),
        (ENTRIES, vec![DAY, DAY + 1, DAY + 2], 60, 0)
    );
}

#[test]
fn a_changed_entry_is_named_alone_and_all_others_are_good() {
    for column in [
        "steady_ms = steady_ms + 1",
        "wall_ms = wall_ms + 1",
        "actor = 'kiosk:kiosk-2'",
        "body = replace(body, 'ordinary', 'elderly')",
        "hash = zeroblob(32)",
        "hash = zeroblob(31)",
    ] {
        let found = after(&format!("UPDATE journal SET {column} WHERE seq = 30"));
        // Of a hash that is too short nobody can say what stands behind it.
        let bad = if column.contains("31") {
            vec![(30, 30), (31, 31)]
        } else {
            vec![(30, 30)]
        };
        assert_eq!(places(&found), bad, "{column}");
        assert_eq!(found.bad[0].day, Some(Date::from_yyyymmdd(DAY + 1)));
        assert_eq!(found.entries, ENTRIES - bad.len() as u64, "{column}");
    }
}

#[test]
fn all_bad_places_are_found_and_the_days_behind_them_are_still_told() {
    let found = after(
        "UPDATE journal SET body = 'x' WHERE seq IN (5, 22, 30, 31, 60);
         DELETE FROM journal WHERE seq BETWEEN 40 AND 42;",
    );
    assert_eq!(
        places(&found),
        [(5, 5), (22, 22), (30, 31), (40, 42), (43, 43), (60, 60)]
    );
    assert_eq!(found.bad[3].what, "it is missing");
    assert!(found.bad[4].what.contains("cannot be proved"), "{found:?}");
    assert_eq!((found.entries, found.days.len()), (ENTRIES - 9, 1));
}

#[test]
fn a_bad_place_says_where_it_is_and_what_is_wrong() {
    let found = after(
        "UPDATE journal SET actor = 'x' WHERE seq = 30;
         DELETE FROM journal WHERE seq BETWEEN 40 AND 42;
         UPDATE request SET act = x'00' WHERE outcome = 'outcome 7'",
    );
    let said: Vec<String> = found.bad.iter().map(ToString::to_string).collect();
    let request = "07".repeat(16);
    assert_eq!(
        said,
        [
            "entry 30 of 2026-11-23: its hash is not that of what it says".to_owned(),
            "entries 40 to 42 of 2026-11-23: it is missing".to_owned(),
            "entry 43 of 2026-11-24: it cannot be proved, for the one before it is not there"
                .to_owned(),
            format!("beside the journal: the outcome of request {request} is damaged"),
        ]
    );
}

#[test]
fn outcomes_of_the_first_halls_are_counted_by_themselves() {
    let found = after("UPDATE request SET seq = NULL, sum = NULL WHERE outcome LIKE 'outcome 4%'");
    assert_eq!((found.requests, found.requests_unknown), (49, 11));
}

#[test]
fn an_end_that_is_not_the_marked_one_is_found() {
    for (change, bad) in [
        ("DELETE FROM journal WHERE seq > 60", (61, 63)),
        ("DELETE FROM journal", (1, 63)),
        ("UPDATE mark SET head_seq = 61", (62, 63)),
        ("UPDATE mark SET head_seq = 70", (64, 70)),
        ("UPDATE mark SET head_hash = zeroblob(32)", (63, 63)),
    ] {
        let found = after(change);
        assert_eq!(places(&found).first(), Some(&bad), "{change}: {found:?}");
    }
}

#[test]
fn what_stands_beside_the_journal_is_held_against_it() {
    for (change, expected) in [
        (
            "UPDATE day SET first_seq = 23 WHERE first_seq = 22",
            "begins with entry 23",
        ),
        ("DELETE FROM day WHERE first_seq = 22", "begins nowhere"),
        (
            "INSERT INTO day (date, first_seq) VALUES (20990101, 9)",
            "2099-01-01 begins here, and it does not",
        ),
        (
            "UPDATE mark SET day_seq = 22",
            "the mark of the open day is wrong",
        ),
        (
            "UPDATE request SET outcome = 'done' WHERE outcome = 'outcome 7'",
            "the outcome of request 0707",
        ),
        (
            "UPDATE request SET act = x'00' WHERE outcome = 'outcome 7'",
            "the outcome of request 0707",
        ),
        (
            "UPDATE request SET sum = NULL WHERE outcome = 'outcome 7'",
            "the outcome of request 0707",
        ),
        (
            "UPDATE request SET seq = NULL, sum = NULL WHERE outcome = 'outcome 7'",
            "outcomes of requests are missing",
        ),
        (
            "DELETE FROM request WHERE outcome = 'outcome 7'",
            "outcomes of requests are missing",
        ),
    ] {
        let found = after(change);
        let said: Vec<&str> = found.bad.iter().map(|bad| bad.what.as_str()).collect();
        assert!(
            said.iter().any(|what| what.contains(expected)),
            "{change}: {said:?}"
        );
    }
}

#[test]
fn a_booking_that_is_listed_otherwise_is_found() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let booked = |slot_wall_ms| {
        event(Happening::Booked {
            appointment: AppointmentCode::new("307111"),
            service: ServiceCode::new("A"),
            class: ClassCode::new("ordinary"),
            slot_wall_ms,
        })
    };
    let opened = event(sample::day_opened(DAY));
    let batch = [entry(vec![opened, booked(1_000), booked(2_000)])];
    store.append(0, &batch).expect("room");
    drop(store);
    assert!(verdict(folder.path()).is_good(), "the last booking counts");
    for change in [
        "slot_wall_ms = 1000",
        "service = 'B'",
        "booked_seq = 2",
        "code = '0'",
    ] {
        let update = format!("UPDATE appointment SET {change}");
        let copy = TempDir::new().expect("a folder");
        fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("room");
        behind_the_back(copy.path())
            .execute(&update, [])
            .expect("an update");
        let found = verdict(copy.path());
        assert!(
            places(&found).iter().any(|place| place.1 == 3),
            "{change}: {found:?}"
        );
    }
}

#[test]
fn more_bad_places_than_anybody_reads_are_counted() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let taken = (1..=2_400).map(|serial| event(sample::issued(serial, "A", serial, "ordinary")));
    let events = [event(sample::day_opened(DAY))]
        .into_iter()
        .chain(taken)
        .collect();
    store.append(0, &[entry(events)]).expect("room");
    drop(store);
    behind_the_back(folder.path())
        .execute("UPDATE journal SET actor = 'x' WHERE seq % 2 = 0", [])
        .expect("an update");
    let found = verdict(folder.path());
    assert_eq!((found.bad.len(), found.more_bad), (1_000, 200));
    assert_eq!(found.entries, 1_201);
}

#[test]
fn more_bad_outcomes_than_anybody_reads_are_counted() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let pressed = |place: u32| {
        let mut pressed = sample::request(0, Vec::new());
        let request = pressed.request.as_mut().expect("it is one");
        request.id[..4].copy_from_slice(&place.to_be_bytes());
        pressed
    };
    let opened = entry(vec![event(sample::day_opened(DAY))]);
    let batch: Vec<_> = [opened]
        .into_iter()
        .chain((0..1_100).map(pressed))
        .collect();
    store.append(0, &batch).expect("room");
    drop(store);
    behind_the_back(folder.path())
        .execute("UPDATE request SET outcome = 'x'", [])
        .expect("an update");
    let found = verdict(folder.path());
    assert_eq!(
        (found.bad.len(), found.more_bad, found.requests),
        (1_000, 100, 0)
    );
}

#[test]
fn a_damaged_outcome_is_never_given_out_and_the_others_are() {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), TICKETS);
    behind_the_back(folder.path())
        .execute(
            "UPDATE request SET outcome = 'outcome 8' WHERE outcome = 'outcome 7'",
            [],
        )
        .expect("an update");
    let store = Store::open(folder.path()).expect("the file");
    let refused = store
        .answered(&[7; 16])
        .expect_err("it is damaged")
        .to_string();
    assert!(
        refused.contains("the outcome of request 07070707") && refused.contains("hall restore"),
        "{refused}"
    );
    let others = store
        .answered(&[8; 16])
        .expect("readable")
        .expect("answered");
    assert_eq!(others.outcome, "outcome 8");
}

fn pages(file: &Connection, which: &str) -> Vec<usize> {
    let select = format!("SELECT pageno FROM dbstat WHERE {which} ORDER BY path");
    let mut select = file.prepare(&select).expect("dbstat is built in");
    select
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("page numbers")
}

/// With its hash it is what was written. A version that knows it wrote it.
#[test]
fn an_entry_need_not_be_understood_to_be_good() {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), TICKETS);
    let file = behind_the_back(folder.path());
    let before = file.query_row("SELECT head_hash FROM mark", [], |row| row.get(0));
    let body = r#"{"event":"of_a_later_version","what":"nobody knows"}"#;
    let hash = sample::write_entry(&file, ENTRIES as i64 + 1, body, before.expect("a hash"));
    file.execute(
        "UPDATE mark SET head_seq = head_seq + 1, head_hash = ?1",
        [hash],
    )
    .expect("a change");
    let found = verdict(folder.path());
    assert!(found.is_good(), "{:?}", found.bad);
    assert_eq!(found.entries, ENTRIES + 1);
}

/// No hall does that, and the journal would still be what was written.
#[test]
fn a_day_that_was_opened_again_is_not_bad() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    for day in [DAY, DAY + 1, DAY, DAY] {
        let opened = entry(vec![event(sample::day_opened(day))]);
        store.append(store.seq(), &[opened]).expect("room");
    }
    let found = verdict(folder.path());
    assert!(found.is_good(), "{:?}", found.bad);
    let days = [DAY, DAY + 1, DAY].map(Date::from_yyyymmdd);
    assert_eq!((found.days, found.entries), (days.to_vec(), 4));
}

/// A day with so many tickets, and the pages from one tenth of its journal to another empty.
fn with_empty_pages(tickets: u32, tenths: Range<usize>) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let taken = (1..=tickets).map(|serial| event(sample::issued(serial, "A", serial, "ordinary")));
    let events = [event(sample::day_opened(DAY))].into_iter().chain(taken);
    store.append(0, &[entry(events.collect())]).expect("room");
    drop(store);
    let file = behind_the_back(folder.path());
    let leaves = pages(&file, "name = 'journal' AND pagetype = 'leaf'");
    drop(file);
    let mut bytes = fs::read(folder.path().join(FILE_NAME)).expect("the file");
    let tenth = |tenth: usize| leaves.len() * tenth / 10;
    for page in &leaves[tenth(tenths.start)..tenth(tenths.end)] {
        bytes[(page - 1) * 4_096..page * 4_096].fill(0);
    }
    fs::write(folder.path().join(FILE_NAME), bytes).expect("room");
    folder
}

/// The first and the last entry that SQLite does not give.
fn unreadable(folder: &Path, last: u64) -> (u64, u64) {
    let file = behind_the_back(folder);
    let mut select = file
        .prepare("SELECT body FROM journal WHERE seq = ?1")
        .expect("it is a journal");
    let mut is_unreadable = |seq: &u64| {
        let read: Result<String, _> = select.query_row([seq], |row| row.get(0));
        read.is_err()
    };
    let places: Vec<u64> = (1..=last).filter(|seq| is_unreadable(seq)).collect();
    (places[0], places[places.len() - 1])
}

/// What stood in pages that the disk gives back empty is named, and nothing else.
#[test]
fn behind_pages_that_cannot_be_read_it_is_read_on() {
    let folder = with_empty_pages(3_000, 8..9);
    let (first, last) = unreadable(folder.path(), 3_001);
    assert!(first > 2_100 && last < 3_001, "{first} to {last}");
    let found = verdict(folder.path());
    assert_eq!(places(&found), [(first, last), (last + 1, last + 1)]);
    assert!(found.bad[0].what.starts_with("it cannot be read: "));
    assert!(found.bad[1].what.starts_with("it cannot be proved, "));
    assert_eq!(found.entries, 3_001 - (last - first + 2));
}

/// Behind thousands not each is tried.
#[test]
fn behind_very_many_pages_that_cannot_be_read_it_is_read_on_further_behind() {
    let folder = with_empty_pages(9_000, 1..7);
    let (first, last) = unreadable(folder.path(), 9_001);
    assert!(last - first > 5_000, "{first} to {last}");
    let found = verdict(folder.path());
    let (from, to) = places(&found)[0];
    assert_eq!(from, first);
    assert!((last..9_000).contains(&to), "{to}");
    assert_eq!(found.entries, 9_001 - (to - from + 2));
}

#[test]
fn a_flipped_bit_anywhere_is_found_or_changes_nothing() {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), TICKETS);
    let before = all_days(folder.path());
    let file = behind_the_back(folder.path());
    let pages = pages(&file, "name IN ('journal', 'request', 'day', 'mark')");
    drop(file);
    let sound = fs::read(folder.path().join(FILE_NAME)).expect("the file");
    let copy = TempDir::new().expect("a folder");
    let (mut found, mut harmless) = (0, 0);
    for start in pages.into_iter().map(|page| (page - 1) * 4_096) {
        for place in (start..start + 48).chain((start + 48..start + 4_096).step_by(23)) {
            let mut damaged = sound.clone();
            damaged[place] ^= 1 << (place % 8);
            fs::write(copy.path().join(FILE_NAME), damaged).expect("room");
            let said = Archive::open(copy.path())
                .map_err(|error| error.to_string())
                .and_then(|archive| archive.verify(|_| {}).map_err(|error| error.to_string()));
            match said {
                Ok(verdict) if verdict.is_good() => {
                    assert_eq!(all_days(copy.path()), before, "byte {place}");
                    harmless += 1;
                }
                Ok(Verdict { bad, .. }) => {
                    assert!(bad.iter().all(|Bad { what, .. }| !what.is_empty()));
                    found += 1;
                }
                Err(_) => found += 1,
            }
        }
    }
    eprintln!("{found} flipped bits found, {harmless} harmless");
    assert!(
        found > 200 && harmless > 0,
        "{found} found, {harmless} harmless"
    );
}
