//! Days that a hall need keep no longer go by themselves, and what is left proves what went.

use std::fs;
use std::path::Path;

use queue::{Date, Happening, Moment};
use rusqlite::Connection;
use store::{
    Archive, Change, Checked, DayError, Entry, FILE_NAME, OldDays, Store, Verdict, restore,
};
use tempfile::TempDir;

use crate::sample::{
    behind_the_back, day_opened, entry, event, held, issued, replayed, request, wang,
};

/// Days in the journal, from 2020-01-01 on, each month with 28.
const DAYS: u32 = 500;

/// Entries of each.
const OF_A_DAY: u64 = 3;

const NOW: Moment = Moment {
    steady_ms: 2_000,
    wall_ms: 1_795_312_900_000,
};

fn date(day: u32) -> u32 {
    (2020 + day / 336) * 10_000 + (day / 28 % 12 + 1) * 100 + day % 28 + 1
}

/// On the first day a person is added, whom no later entry names.
fn written(folder: &Path) -> Store {
    let mut store = Store::open(folder).expect("a new file");
    let batch: Vec<Entry> = (0..DAYS).flat_map(day).collect();
    store.append(0, &batch).expect("room");
    store
}

fn day(day: u32) -> Vec<Entry> {
    let mut id = request(0, vec![event(issued(1, "A", 1, "ordinary"))]);
    if let Some(request) = &mut id.request {
        request.id[..4].copy_from_slice(&day.to_be_bytes());
    }
    let last = if day == 0 {
        let note = r#"{"kind":"person_added"}"#.to_owned();
        Entry {
            changes: vec![Change::PutPerson(wang())],
            ..entry(vec![event(Happening::Noted { note })])
        }
    } else {
        entry(vec![event(held(1, "复印"))])
    };
    vec![entry(vec![event(day_opened(date(day)))]), id, last]
}

fn verdict(folder: &Path) -> Verdict {
    let archive = Archive::open(folder).expect("readable");
    archive.verify(|_| {}).expect("readable")
}

fn is_sound(folder: &Path) -> Verdict {
    let store = Store::open(folder).expect("it opens");
    store.replay(|_| {}).expect("the open day is sound");
    store.look_beside().expect("and what is beside it");
    drop(store);
    let verdict = verdict(folder);
    assert!(verdict.is_good(), "{:?}", verdict.bad);
    verdict
}

fn gone(store: &mut Store) -> OldDays {
    let gone = store.delete_old_days(1, NOW).expect("room");
    gone.expect("some are old enough")
}

#[test]
fn the_oldest_days_go_a_few_each_day_and_an_entry_proves_which() {
    let folder = TempDir::new().expect("a folder");
    let mut store = written(folder.path());
    let entries = u64::from(DAYS) * OF_A_DAY;
    let first = gone(&mut store);
    let expected = (
        Date::new(2020, 1, 1),
        Date::new(2020, 1, 5),
        5,
        15,
        5,
        1,
        15,
    );
    let found = (
        first.first,
        first.last,
        first.days,
        first.entries,
        first.requests,
        first.years,
        first.up_to_seq,
    );
    assert_eq!(found, expected);
    assert_eq!(first.said_by_seq, entries + 1);
    let again = store.delete_old_days(1, NOW).expect("room");
    assert_eq!(again, None, "not again on the same day");
    let told = replayed(&store).into_iter().any(|event| {
        let Happening::Noted { note } = event.what else {
            return false;
        };
        let parts = [
            r#""kind":"days_deleted""#,
            r#""up_to_seq":15"#,
            r#""years":1"#,
        ];
        parts.iter().all(|part| note.contains(part))
    });
    assert!(told, "whoever reads the record is told");
    drop(store);

    let verdict = is_sound(folder.path());
    assert_eq!(verdict.old_days.as_ref(), Some(&first));
    // The entry that says so, and the one that vouches for the person anew.
    assert_eq!(verdict.entries, entries - 15 + 2);
    assert_eq!(verdict.days.first(), Some(&Date::new(2020, 1, 6)));
    assert_eq!(verdict.requests, u64::from(DAYS) - 5);

    let archive = Archive::open(folder.path()).expect("readable");
    let extent = archive.extent().expect("readable");
    assert_eq!(
        (extent.entries, extent.old_days),
        (verdict.entries, Some(first))
    );
    let asked = archive.replay_day(Date::new(2020, 1, 3), None, |_| {});
    let told = asked.expect_err("it is gone");
    assert!(matches!(told, DayError::Deleted { .. }), "{told}");
    assert!(
        told.to_string()
            .contains("by the rule to keep 1 years. Entry 1501"),
        "{told}"
    );
    archive
        .replay_day(Date::new(2020, 1, 6), None, |_| {})
        .expect("the first that is left");

    let mut store = Store::open(folder.path()).expect("the file");
    store.append(store.seq(), &day(DAYS)).expect("room");
    assert_eq!(
        gone(&mut store).first,
        Date::new(2020, 1, 6),
        "and on the next day more"
    );
    drop(store);
    let verdict = is_sound(folder.path());
    let left = Connection::open(folder.path().join(FILE_NAME)).expect("the file");
    let count = |table: &str, column: &str| -> u64 {
        let select = format!("SELECT count(*) FROM {table} WHERE {column} <= 30");
        left.query_row(&select, [], |row| row.get(0))
            .expect("a count")
    };
    let counts = [
        count("journal", "seq"),
        count("request", "seq"),
        count("day", "first_seq"),
    ];
    assert_eq!(counts, [0, 0, 0]);
    assert_eq!(verdict.days.len(), 501 - 10);
    // Nobody is vouched for anew: the entry that does is left.
    assert_eq!(verdict.entries, entries - 15 + 2 + OF_A_DAY - 15 + 1);
}

#[test]
fn a_backup_of_what_is_left_comes_back_whole_and_in_pieces() {
    let (folder, backups) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let mut store = written(folder.path());
    let said = gone(&mut store);
    drop(store);
    let file = backups.path().join("one.sqlite");
    let archive = Archive::open(folder.path()).expect("readable");
    archive.back_up(&file).expect("room");
    let whole = TempDir::new().expect("a folder");
    let back = restore(&file, whole.path(), None).expect("room");
    assert_eq!((back.entries, back.wrong), (1_487, None));
    let whole_old_days = is_sound(whole.path()).old_days;
    assert_eq!(whole_old_days, Some(said));

    // Of a day that is over an entry is lost alone.
    let damaged = Connection::open(&file).expect("the file");
    let change = "UPDATE journal SET wall_ms = 0 WHERE seq = 1000";
    damaged.execute(change, []).expect("a change");
    drop(damaged);
    let part = TempDir::new().expect("a folder");
    let back = restore(&file, part.path(), None).expect("room");
    assert_eq!((back.entries, back.lost.len()), (1_486, 1));
    let verdict = is_sound(part.path());
    assert_eq!(verdict.old_days.as_ref(), whole_old_days.as_ref());

    // An entry of the open day is bad, and the one that says what was deleted comes after it.
    let change = "UPDATE journal SET wall_ms = 0 WHERE seq = 1500";
    let damaged = Connection::open(&file).expect("the file");
    damaged.execute(change, []).expect("a change");
    drop(damaged);
    let part = TempDir::new().expect("a folder");
    let back = restore(&file, part.path(), None).expect("room");
    let lost = back
        .lost
        .iter()
        .map(|lost| lost.last_seq - lost.first_seq + 1);
    assert_eq!(lost.sum::<u64>(), 1 + 3);
    let verdict = is_sound(part.path());
    let old = verdict.old_days.expect("it is said again");
    assert_eq!((old.up_to_seq, old.last), (15, Date::new(2020, 1, 5)));
    // With what says that days were deleted, and that an entry is lost.
    assert_eq!(verdict.entries, back.entries + 2);
}

#[test]
fn where_the_entry_that_says_so_is_damaged_the_rest_comes_back_all_the_same() {
    let folder = TempDir::new().expect("a folder");
    let mut store = written(folder.path());
    let said = gone(&mut store);
    drop(store);
    let change = "UPDATE journal SET wall_ms = 0 WHERE seq = ?1";
    let file = behind_the_back(folder.path());
    file.execute(change, [said.said_by_seq]).expect("a change");
    drop(file);
    let new = TempDir::new().expect("a folder");
    let back = restore(&folder.path().join(FILE_NAME), new.path(), None).expect("room");
    assert_eq!(back.entries, said.said_by_seq - 1 - said.up_to_seq);
    let verdict = is_sound(new.path());
    assert_eq!((verdict.old_days, verdict.days.len()), (None, 495));
    drop(Store::open(new.path()).expect("a hall starts on it"));
}

#[test]
fn a_beginning_that_somebody_took_away_is_not_taken_for_a_deletion() {
    let before = TempDir::new().expect("a folder");
    let mut store = written(before.path());
    gone(&mut store);
    drop(store);
    let cut = "DELETE FROM journal WHERE seq <= 30; DELETE FROM day WHERE first_seq <= 30;";
    let hash = "(SELECT hash FROM journal WHERE seq = 30)";
    for (change, expected) in [
        (cut.to_owned(), "it is missing"),
        (
            format!("UPDATE mark SET anchor_seq = 30, anchor_hash = {hash}; {cut}"),
            "no entry says that they were deleted",
        ),
        ("UPDATE mark SET anchor_hash = zeroblob(32)".to_owned(), "its hash is not that"),
        ("UPDATE mark SET anchor_seq = 0, anchor_by = 0".to_owned(), "it is missing"),
        ("UPDATE mark SET anchor_by = 1502".to_owned(), "no entry says that they were deleted"),
        (
            "INSERT INTO journal SELECT 9, steady_ms, wall_ms, actor, body, hash FROM journal WHERE seq = 20".to_owned(),
            "1 entries are there that were deleted",
        ),
    ] {
        let folder = TempDir::new().expect("a folder");
        fs::copy(before.path().join(FILE_NAME), folder.path().join(FILE_NAME)).expect("room");
        behind_the_back(folder.path()).execute_batch(&change).expect("a change");
        let bad = verdict(folder.path()).bad;
        let said: Vec<String> = bad.iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|bad| bad.contains(expected)), "{change}: {said:?}");
    }
}

#[test]
fn days_that_somebody_put_back_with_their_mark_are_found() {
    let (folder, other) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let mut store = written(folder.path());
    gone(&mut store);
    drop(store);
    let before = other.path().join(FILE_NAME);
    fs::copy(folder.path().join(FILE_NAME), &before).expect("room");
    let mut store = Store::open(folder.path()).expect("the file");
    store.append(store.seq(), &day(DAYS)).expect("room");
    let last = gone(&mut store);
    drop(store);
    let back = "INSERT INTO journal SELECT * FROM before.journal WHERE seq <= 30;
        INSERT INTO day SELECT * FROM before.day WHERE first_seq <= 30;
        INSERT INTO request SELECT * FROM before.request WHERE seq <= 30;
        INSERT INTO note SELECT * FROM before.note WHERE seq <= 30;
        UPDATE mark SET (anchor_seq, anchor_hash, anchor_by) =
            (SELECT anchor_seq, anchor_hash, anchor_by FROM before.mark);";
    let file = behind_the_back(folder.path());
    let attach = "ATTACH ?1 AS before";
    file.execute(attach, [before.to_string_lossy()])
        .expect("the file");
    file.execute_batch(back).expect("a change");
    drop(file);
    let said: Vec<String> = verdict(folder.path())
        .bad
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = format!(
        "beside the journal: a mark leads behind entry {}, which vouches for what is there now",
        last.said_by_seq
    );
    assert!(said.contains(&expected), "{said:?}");
}

#[test]
fn a_look_that_is_on_its_way_while_days_go_finds_nothing_bad() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    // Many enough for the look to rest on its way through days that go meanwhile.
    let old = (0..1_500).map(|_| event(issued(1, "A", 1, "ordinary")));
    for day in 0..DAYS {
        let opened = event(day_opened(date(day)));
        let more = old.clone().take(if day < 5 { 1_500 } else { 0 });
        let events = [opened].into_iter().chain(more).collect();
        store.append(store.seq(), &[entry(events)]).expect("room");
    }
    let archive = Archive::open(folder.path()).expect("readable");
    let mut rests = 0;
    let mut deleted = None;
    let looked = archive.look(None::<&Checked>, 0, || {
        rests += 1;
        if rests == 1 {
            deleted = store.delete_old_days(1, NOW).expect("room");
        }
        true
    });
    let looked = looked.expect("readable").expect("it went to the end");
    assert_eq!(deleted.expect("they are old enough").days, 5);
    assert!(looked.verdict.is_good(), "{:?}", looked.verdict.bad);
}

#[test]
fn days_that_are_damaged_where_the_chain_would_go_on_are_not_deleted() {
    let folder = TempDir::new().expect("a folder");
    drop(written(folder.path()));
    behind_the_back(folder.path())
        .execute("UPDATE journal SET hash = zeroblob(32) WHERE seq = 15", [])
        .expect("a change");
    let mut store = Store::open(folder.path()).expect("the file");
    assert_eq!(store.delete_old_days(1, NOW).expect("readable"), None);
    assert_eq!(
        verdict(folder.path()).entries,
        u64::from(DAYS) * OF_A_DAY - 1
    );
}
