//! Any day of the journal, for those who only read.

use std::fs::{self, Permissions};
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use proptest::prelude::*;
use queue::{Date, Event, Happening, Moment};
use store::{Archive, ArchiveError, Change, DayError, Entry, FILE_NAME, Recorded, Store};
use tempfile::TempDir;

use crate::sample::{
    DAY, behind_the_back, day_opened, device, entry, event, issued, replayed, request, three_days,
};

#[test]
fn whoever_only_reads_is_told_what_is_wrong_beside_the_journal_and_whom_the_hall_knows() {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), 3);
    let mut store = Store::open(folder.path()).expect("the file");
    let note = r#"{"kind":"paired"}"#.to_owned();
    let device = device("kiosk-1", "kiosk");
    let paired = Entry {
        changes: vec![Change::PutDevice(device.clone())],
        ..entry(vec![event(Happening::Noted { note })])
    };
    store.append(store.seq(), &[paired]).expect("room");
    drop(store);
    let archive = Archive::open(folder.path()).expect("readable");
    assert_eq!(archive.trusted().expect("readable").devices, [device]);
    let wrong = || archive.look_beside().expect("readable");
    assert_eq!(wrong(), Vec::<String>::new());
    behind_the_back(folder.path())
        .execute("DELETE FROM request WHERE outcome = 'outcome 9'", [])
        .expect("a change");
    let wrong = wrong();
    assert!(
        wrong.len() == 1 && wrong[0].contains("of the open day are missing"),
        "{wrong:?}"
    );
}

#[test]
fn what_cannot_be_opened_is_not_called_broken() {
    let folder = TempDir::new().expect("a folder");
    let refused = Archive::open_file(&folder.path().join("none.sqlite")).expect_err("none");
    assert!(
        matches!(refused, ArchiveError::Refused { .. }),
        "{refused:?}"
    );
}

fn read(archive: &Archive, yyyymmdd: u32, until_wall_ms: Option<i64>) -> Vec<Recorded> {
    let mut entries = Vec::new();
    archive
        .replay_day(Date::from_yyyymmdd(yyyymmdd), until_wall_ms, |recorded| {
            entries.push(recorded);
        })
        .expect("the day can be believed");
    entries
}

fn events(entries: Vec<Recorded>) -> Vec<Event> {
    entries.into_iter().map(|recorded| recorded.event).collect()
}

/// A journal with these tickets on each day, from [`DAY`] on.
fn days(store: &mut Store, tickets_by_day: &[u32]) {
    for (place, tickets) in tickets_by_day.iter().enumerate() {
        let opened = entry(vec![event(day_opened(DAY + place as u32))]);
        let taken = (1..=*tickets)
            .map(|serial| entry(vec![event(issued(serial, "A", serial, "ordinary"))]));
        let batch: Vec<_> = [opened].into_iter().chain(taken).collect();
        store.append(store.seq(), &batch).expect("room");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_day_read_by_its_date_is_what_it_was_while_it_was_open(tickets_by_day in prop::collection::vec(0..20u32, 1..6)) {
        let folder = TempDir::new().expect("a folder");
        let mut store = Store::open(folder.path()).expect("a new file");
        let mut while_open = Vec::new();
        for (place, tickets) in tickets_by_day.iter().enumerate() {
            let date = DAY + place as u32;
            let opened = entry(vec![event(day_opened(date))]);
            let taken = (1..=*tickets).map(|serial| entry(vec![event(issued(serial, "A", serial, "ordinary"))]));
            let batch: Vec<_> = [opened].into_iter().chain(taken).collect();
            store.append(store.seq(), &batch).expect("room");
            while_open.push((date, replayed(&store)));
        }
        let archive = Archive::open(folder.path()).expect("readers are let in");
        drop(store);
        let stopped = Archive::open(folder.path()).expect("and when the hall has stopped");
        for archive in [&archive, &stopped] {
            let dates: Vec<u32> = archive.days().expect("readable").into_iter().map(Date::yyyymmdd).collect();
            prop_assert!(dates.iter().eq(while_open.iter().map(|(date, _)| date)));
            for (date, expected) in &while_open {
                prop_assert_eq!(&events(read(archive, *date, None)), expected);
            }
        }
    }
}

#[test]
fn each_entry_comes_with_its_place_and_who_did_it() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    days(&mut store, &[3]);
    let batch = [
        entry(vec![event(day_opened(DAY + 1))]),
        request(1, vec![event(issued(1, "A", 1, "elderly"))]),
    ];
    store.append(4, &batch).expect("room");
    let archive = Archive::open(folder.path()).expect("readers are let in");
    let told: Vec<(u64, String)> = read(&archive, DAY + 1, None)
        .into_iter()
        .map(|recorded| (recorded.seq, recorded.actor))
        .collect();
    assert_eq!(
        told,
        [(5, "hall".to_owned()), (6, "kiosk:kiosk-1".to_owned())]
    );
}

#[test]
fn a_day_can_be_read_up_to_a_moment() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let at = |wall_ms: i64, what: Happening| Event {
        at: Moment {
            steady_ms: 0,
            wall_ms,
        },
        what,
    };
    let batch = [
        at(1_000, day_opened(DAY)),
        at(2_000, issued(1, "A", 1, "ordinary")),
        at(3_000, issued(2, "A", 2, "ordinary")),
    ];
    store.append(0, &[entry(batch.to_vec())]).expect("room");
    let archive = Archive::open(folder.path()).expect("readers are let in");
    let counts = [999, 1_000, 2_999, 3_000].map(|until| read(&archive, DAY, Some(until)).len());
    assert_eq!(counts, [0, 1, 2, 3]);
}

#[test]
fn a_day_that_is_not_there_says_which_days_are() {
    for (tickets_by_day, expected) in [
        (&[][..], "It has no day yet."),
        (&[1], "It has one, 2026-11-22."),
        (&[1, 0, 2], "It has 3 days, from 2026-11-22 to 2026-11-24."),
    ] {
        let folder = TempDir::new().expect("a folder");
        days(
            &mut Store::open(folder.path()).expect("a new file"),
            tickets_by_day,
        );
        let archive = Archive::open(folder.path()).expect("readable");
        let error = archive.replay_day(Date::new(2026, 1, 1), None, |_| {});
        let said = error.expect_err("no such day").to_string();
        assert_eq!(
            said,
            format!("the journal has no day 2026-01-01. {expected}")
        );
    }
}

#[test]
fn readers_see_whole_batches_while_the_owner_writes() {
    const BATCH: Range<u32> = 0..7;
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    days(&mut store, &[0]);
    let (began, begun) = mpsc::channel();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let archive = Archive::open(folder.path()).expect("readers are let in");
            let (mut lengths, mut last) = (Vec::new(), false);
            while !last {
                last = done.load(Ordering::Acquire);
                lengths.push(read(&archive, DAY, None).len());
                began.send(()).expect("the test listens");
            }
            lengths
        });
        begun.recv().expect("the reader reads");
        for round in 0..100 {
            let taken = BATCH.map(|place| round * BATCH.end + place + 1);
            let batch = taken.map(|serial| event(issued(serial, "A", serial, "ordinary")));
            store
                .append(store.seq(), &[entry(batch.collect())])
                .expect("no reader is in the way");
        }
        done.store(true, Ordering::Release);
        let lengths = reader.join().expect("every read could be believed");
        assert!(lengths.iter().all(|length| (length - 1) % BATCH.len() == 0));
        assert!(lengths.is_sorted());
        assert_eq!(lengths.last(), Some(&701));
    });
}

#[test]
fn what_a_killed_hall_left_in_its_write_ahead_file_is_read() {
    let (folder, killed) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let mut store = Store::open(folder.path()).expect("a new file");
    days(&mut store, &[5]);
    // A copy of the files of a running hall is what a kill leaves; the index may be lost.
    for name in [FILE_NAME.to_owned(), format!("{FILE_NAME}-wal")] {
        fs::copy(folder.path().join(&name), killed.path().join(&name)).expect("room");
    }
    drop(store);
    let archive = Archive::open(killed.path()).expect("readable");
    assert_eq!(read(&archive, DAY, None).len(), 6);
    drop(archive);
    assert_eq!(
        Store::open(killed.path()).expect("it starts again").seq(),
        6
    );
}

/// Where the rights do not bind, as with root, the folder is an ordinary one.
#[test]
fn a_folder_that_may_not_be_written_is_read_while_the_hall_runs_and_when_it_has_stopped() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    days(&mut store, &[5]);
    let allow = |mode| fs::set_permissions(folder.path(), Permissions::from_mode(mode));
    for name in ["hall.sqlite", "hall.sqlite-wal", "hall.sqlite-shm"] {
        let readable = Permissions::from_mode(0o444);
        fs::set_permissions(folder.path().join(name), readable).expect("its owner may");
    }
    allow(0o555).expect("its owner may");
    let running = Archive::open(folder.path()).map(|archive| read(&archive, DAY, None).len());
    allow(0o755).expect("its owner may");
    drop(store);
    allow(0o555).expect("its owner may");
    let stopped = Archive::open(folder.path()).map(|archive| read(&archive, DAY, None).len());
    allow(0o755).expect("its owner may");
    assert_eq!(running.expect("readable"), 6);
    assert_eq!(stopped.expect("readable"), 6);
}

#[test]
fn damage_of_an_old_day_is_found_when_it_is_read_and_not_before() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    days(&mut store, &[5, 5]);
    drop(store);
    for change in [
        "UPDATE journal SET wall_ms = wall_ms + 1 WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 5",
        "UPDATE day SET first_seq = 2 WHERE date = 20261122",
        "UPDATE day SET first_seq = 7 WHERE date = 20261122",
        "UPDATE day SET first_seq = 90 WHERE date = 20261122",
    ] {
        let copy = TempDir::new().expect("a folder");
        fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("room");
        behind_the_back(copy.path())
            .execute(change, [])
            .expect(change);
        let archive = Archive::open(copy.path()).expect("readable");
        let old = archive.replay_day(Date::from_yyyymmdd(DAY), None, |_| {});
        assert!(
            matches!(old, Err(DayError::Journal(_))),
            "{change}: {old:?}"
        );
        assert_eq!(read(&archive, DAY + 1, None).len(), 6, "{change}");
    }
}

#[test]
fn a_reader_says_what_is_wrong_with_the_folder() {
    let folder = TempDir::new().expect("a folder");
    let said = || {
        Archive::open(folder.path())
            .expect_err("not to be read")
            .to_string()
    };
    assert!(
        said().starts_with("there is no hall's memory in "),
        "{}",
        said()
    );
    assert!(
        said().ends_with("Name the data folder with --data."),
        "{}",
        said()
    );
    drop(Store::open(folder.path()).expect("a new file"));
    for (schema, expected) in [
        (
            1,
            "was written by an older version of the hall (schema 1, this one knows KNOWN). Start the hall once, which brings it up to date.",
        ),
        (
            99,
            "was written by a newer version of the hall (schema 99, this one knows KNOWN). Use that version.",
        ),
    ] {
        let file = behind_the_back(folder.path());
        file.pragma_update(None, "user_version", schema)
            .expect("room");
        drop(file);
        let expected = expected.replace("KNOWN", &store::SCHEMA.to_string());
        assert!(said().ends_with(&expected), "{}", said());
    }
    fs::write(folder.path().join(FILE_NAME), "床前明月光".repeat(100)).expect("room");
    assert!(said().ends_with("Restore it from a backup."), "{}", said());
}
