//! What a restore cannot bring back of days that are over is lost alone: in its place stands that it is, the
//! chain goes on behind it, and an entry says so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use queue::{Date, Event, Happening, Moment};
use rusqlite::{Connection, params};
use store::{Archive, FILE_NAME, Lost, Recorded, Restored, Store, Verdict, restore, restore_with};
use tempfile::TempDir;

use crate::sample::{
    DAY, all_days, all_that_is_back, behind_the_back, day_opened, entry, event, issued, three_days,
};

/// On each of the three days.
const TICKETS: u32 = 20;
const OF_A_DAY: u64 = TICKETS as u64 + 1;
const ENTRIES: u64 = 3 * OF_A_DAY;

/// The last day, with which a hall goes on.
const OPEN_DAY: u64 = 2 * OF_A_DAY + 1;

fn hall() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), TICKETS);
    folder
}

fn change(folder: &Path, change: &str) {
    let file = behind_the_back(folder);
    file.execute_batch(change).expect("a change");
}

fn brought_back(folder: &Path) -> (TempDir, Restored) {
    let new = TempDir::new().expect("a folder");
    let restored = restore(&folder.join(FILE_NAME), new.path(), None);
    (new, restored.expect("something is good"))
}

fn verdict(folder: &Path) -> Verdict {
    let archive = Archive::open(folder).expect("readable");
    archive.verify_by_two(|_| {}).expect("readable")
}

fn lost_seqs(restored: &Restored) -> BTreeSet<u64> {
    let lost = restored.lost.iter();
    lost.flat_map(|lost| lost.first_seq..=lost.last_seq)
        .collect()
}

/// It is sound, says all of `whole` but what is lost, and a hall goes on with it as with any other.
fn is_sound_without(whole: &Path, folder: &Path, lost: &BTreeSet<u64>) {
    let verdict = verdict(folder);
    assert!(verdict.is_good(), "{:?}", verdict.bad);
    let last = (1..=ENTRIES).rfind(|seq| !lost.contains(seq));
    let before_others = lost.range(..last.unwrap_or(0)).count() as u64;
    assert_eq!(verdict.entries_lost, before_others);
    let mut expected = all_days(whole);
    expected.retain(|recorded| !lost.contains(&recorded.seq));
    assert_eq!(all_that_is_back(folder), expected);
    let mut store = Store::open(folder).expect("a hall starts on it");
    store.look_beside().expect("nothing is missing beside it");
    let mut open_day = Vec::new();
    store.replay(|event| open_day.push(event)).expect("its day");
    assert!(matches!(open_day[0].what, Happening::DayOpened { .. }));
    let next = entry(vec![event(day_opened(DAY + 3))]);
    store.append(store.seq(), &[next]).expect("room");
    drop(store);
    assert!(self::verdict(folder).is_good());
}

#[test]
fn a_bad_entry_of_a_day_that_is_over_is_lost_alone() {
    let folder = hall();
    for seq in 1..OPEN_DAY {
        let damaged = hall();
        change(
            damaged.path(),
            &format!("UPDATE journal SET wall_ms = 0 WHERE seq = {seq}"),
        );
        let (new, restored) = brought_back(damaged.path());
        let day = DAY + u32::try_from((seq - 1) / OF_A_DAY).expect("a day");
        let lost = Lost {
            day: Some(Date::from_yyyymmdd(day)),
            first_seq: seq,
            last_seq: seq,
        };
        assert_eq!(restored.lost, [lost], "{seq}");
        assert_eq!((restored.entries, restored.days), (ENTRIES - 1, 3), "{seq}");
        let said = restored.wrong.unwrap_or_default();
        assert!(said.starts_with(&format!("entry {seq}: ")), "{said}");
        is_sound_without(folder.path(), new.path(), &BTreeSet::from([seq]));
    }
}

#[test]
fn what_is_damaged_is_lost_and_nothing_else() {
    let folder = hall();
    for (damage, lost) in [
        // Behind what is missing nobody can say whether the next is what was written.
        (
            "DELETE FROM journal WHERE seq BETWEEN 5 AND 9",
            vec![5..=10],
        ),
        ("DELETE FROM journal WHERE seq IN (5, 7)", vec![5..=8]),
        (
            "UPDATE journal SET body = CAST(x'ff' AS TEXT), hash = zeroblob(32) WHERE seq = 5",
            vec![5..=6],
        ),
        (
            "UPDATE journal SET actor = 'x', hash = zeroblob(31) WHERE seq IN (5, 6)",
            vec![5..=7],
        ),
        (
            "UPDATE journal SET actor = 1.5 WHERE seq IN (2, 3, 30)",
            vec![2..=3, 30..=30],
        ),
        // A day is over when the opening of a later one is good.
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq IN (1, 22)",
            vec![1..=1, 22..=22],
        ),
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq IN (5, 43)",
            vec![5..=5, 43..=63],
        ),
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq IN (5, 22, 43)",
            vec![5..=63],
        ),
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq IN (20, 50)",
            vec![20..=20, 50..=63],
        ),
        (
            "DELETE FROM journal WHERE seq BETWEEN 40 AND 45",
            vec![40..=63],
        ),
    ] {
        let damaged = hall();
        change(damaged.path(), damage);
        let (new, restored) = brought_back(damaged.path());
        let lost: BTreeSet<u64> = lost.into_iter().flatten().collect();
        assert_eq!(lost_seqs(&restored), lost, "{damage}");
        is_sound_without(folder.path(), new.path(), &lost);
    }
}

/// When lost entries were written nobody knows; it was not after the next.
#[test]
fn what_stands_for_lost_entries_has_the_time_of_the_next() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let at = |steady_ms: u64, what| {
        let wall_ms = 1_000 * steady_ms as i64;
        let at = Moment { steady_ms, wall_ms };
        entry(vec![Event { at, what }])
    };
    let tickets = (1..=5).map(|serial| issued(serial, "A", serial, "ordinary"));
    let day = [day_opened(DAY)].into_iter().chain(tickets);
    let entries = day.chain([day_opened(DAY + 1)]);
    for (seq, what) in (1..).zip(entries) {
        store.append(store.seq(), &[at(seq, what)]).expect("room");
    }
    drop(store);
    change(
        folder.path(),
        "UPDATE journal SET wall_ms = 0, steady_ms = 0 WHERE seq IN (3, 4)",
    );
    let (new, restored) = brought_back(folder.path());
    assert_eq!(lost_seqs(&restored), BTreeSet::from([3, 4]));
    let all = all_days(new.path()).into_iter();
    let times: Vec<u64> = all.map(|it| it.event.at.steady_ms).collect();
    // The last is that of the entry that says so.
    assert_eq!(times, [1, 2, 5, 5, 5, 6, 7, 7]);
}

/// Where no list says where a day begins, its opening does.
#[test]
fn what_is_lost_is_told_by_its_day() {
    let damaged = hall();
    change(
        damaged.path(),
        "UPDATE journal SET wall_ms = 0 WHERE seq = 30; UPDATE mark SET day_seq = 22;
         DELETE FROM day WHERE first_seq = 43",
    );
    let (_new, restored) = brought_back(damaged.path());
    let lost = |day, first_seq, last_seq| Lost {
        day: Some(Date::from_yyyymmdd(DAY + day)),
        first_seq,
        last_seq,
    };
    assert_eq!(restored.lost, [lost(1, 30, 42), lost(2, 43, 63)]);
}

#[test]
fn an_entry_whose_hash_alone_is_damaged_is_not_lost() {
    let folder = hall();
    for seq in 1..=ENTRIES {
        let damaged = hall();
        change(
            damaged.path(),
            &format!("UPDATE journal SET hash = zeroblob(32) WHERE seq = {seq}"),
        );
        let (new, restored) = brought_back(damaged.path());
        assert_eq!((restored.entries, restored.entries_proved), (ENTRIES, 1));
        assert_eq!((restored.wrong, restored.lost), (None, Vec::new()), "{seq}");
        is_sound_without(folder.path(), new.path(), &BTreeSet::new());
    }
}

#[test]
fn the_outcome_of_a_lost_entry_is_not_given_out() {
    let damaged = hall();
    change(
        damaged.path(),
        "UPDATE journal SET wall_ms = 0 WHERE seq = 30",
    );
    let (new, restored) = brought_back(damaged.path());
    assert_eq!((restored.requests, restored.requests_lost), (59, 1));
    let store = Store::open(new.path()).expect("the file");
    // Each ticket has a request, and each day an opening before them.
    let answered = |id: u8| store.answered(&[id; 16]).expect("readable").is_some();
    assert_eq!(
        (1..=60).filter(|id| !answered(*id)).collect::<Vec<_>>(),
        [28]
    );
}

/// Every entry that stands as lost is proved anew, for what proved it may be lost itself.
#[test]
fn a_memory_that_was_restored_is_backed_up_and_restored_like_any_other() {
    let folder = hall();
    let damaged = hall();
    change(
        damaged.path(),
        "UPDATE journal SET wall_ms = 0 WHERE seq IN (5, 22)",
    );
    let (new, _) = brought_back(damaged.path());
    let file = new.path().join("backup.sqlite");
    let archive = Archive::open(new.path()).expect("readable");
    let backed_up = archive.back_up(&file).expect("it is sound");
    assert_eq!(backed_up.entries, ENTRIES - 2 + 2);
    for (damage, said) in [
        ("UPDATE journal SET wall_ms = 0 WHERE seq IN (6, 30)", 2 + 3),
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq IN (6, 30); DELETE FROM journal WHERE seq = 64",
            3,
        ),
    ] {
        let copy = new.path().join("copy.sqlite");
        fs::copy(&file, &copy).expect("room");
        let other = Connection::open(&copy).expect("a database");
        other.execute_batch(damage).expect("a change");
        drop(other);
        let again = TempDir::new().expect("a folder");
        let restored = restore(&copy, again.path(), None).expect("something is good");
        let lost = lost_seqs(&restored);
        assert!(
            lost.is_superset(&BTreeSet::from([5, 6, 22, 30])),
            "{lost:?}"
        );
        assert!(lost.range(..=ENTRIES).count() == 4, "{lost:?}");
        let losses = all_days(again.path()).into_iter().filter(|recorded| {
            matches!(&recorded.event.what, Happening::Noted { note } if note.contains("entries_lost"))
        });
        assert_eq!(
            losses.count(),
            said,
            "those next to each other are said once"
        );
        let lost = lost.into_iter().filter(|seq| *seq <= ENTRIES).collect();
        is_sound_without(folder.path(), again.path(), &lost);
    }
}

#[test]
fn with_a_backup_only_what_both_have_damaged_is_lost() {
    let (folder, damaged) = (hall(), hall());
    let file = folder.path().join("backup.sqlite");
    let archive = Archive::open(folder.path()).expect("readable");
    archive.back_up(&file).expect("room");
    let other = Connection::open(&file).expect("a database");
    let both = "UPDATE journal SET wall_ms = 0 WHERE seq IN (9, 10)";
    other.execute_batch(both).expect("a change");
    drop(other);
    change(
        damaged.path(),
        "UPDATE journal SET wall_ms = 0 WHERE seq IN (8, 9, 50)",
    );
    let new = TempDir::new().expect("a folder");
    let from = damaged.path().join(FILE_NAME);
    let restored = restore_with(&from, Some(&file), new.path(), None).expect("room");
    assert_eq!(
        (restored.entries, restored.entries_mended),
        (ENTRIES - 1, 2)
    );
    is_sound_without(folder.path(), new.path(), &BTreeSet::from([9]));

    // Also of the day that is open.
    let damaged = hall();
    change(
        damaged.path(),
        "UPDATE journal SET wall_ms = 0 WHERE seq = 50",
    );
    let new = TempDir::new().expect("a folder");
    let from = damaged.path().join(FILE_NAME);
    let restored = restore_with(&from, Some(&file), new.path(), None).expect("room");
    assert_eq!((restored.entries, restored.lost), (ENTRIES, Vec::new()));
}

/// Whoever only says that an entry is lost is not believed.
#[test]
fn what_no_entry_calls_lost_is_damage() {
    let damaged = hall();
    change(
        damaged.path(),
        "UPDATE journal SET wall_ms = 0 WHERE seq IN (5, 7)",
    );
    let (new, _) = brought_back(damaged.path());
    let sound = fs::read(new.path().join(FILE_NAME)).expect("the file");
    let by = |seq: u64| format!(r#"{{"event":"lost","by":{seq}}}"#);
    for (seq, body) in [
        // Another entry, behind the journal's end, before itself, of another loss, and no lost one at all.
        (8, by(64)),
        (8, by(8)),
        (8, by(7)),
        (5, by(30)),
        (5, by(99)),
        (5, by(65)),
        (5, by(7)),
        (5, r#"{"event":"lost"}"#.to_owned()),
    ] {
        fs::write(new.path().join(FILE_NAME), &sound).expect("room");
        let file = behind_the_back(new.path());
        let update = "UPDATE journal SET body = ?1 WHERE seq = ?2";
        file.execute(update, params![body, seq]).expect("a change");
        drop(file);
        let verdict = verdict(new.path());
        assert_eq!(verdict.bad[0].entries, Some((seq, seq)), "{body}");
        let archive = Archive::open(new.path()).expect("readable");
        let read = archive.replay_day(Date::from_yyyymmdd(DAY), None, |_| {});
        let said = read.expect_err("it is not believed").to_string();
        assert!(said.contains(&format!("entry {seq} is damaged")), "{said}");
    }
    fs::write(new.path().join(FILE_NAME), &sound).expect("room");
    change(
        new.path(),
        "UPDATE journal SET hash = zeroblob(32) WHERE seq = 5",
    );
    assert_eq!(verdict(new.path()).bad[0].entries, Some((5, 5)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_damaged_what_comes_back_was_written_and_is_sound(
        bad in prop::collection::btree_map(1..=ENTRIES, 0..4_usize, 1..12),
    ) {
        let (folder, damaged) = (hall(), hall());
        let file = behind_the_back(damaged.path());
        for (seq, how) in &bad {
            let damage = [
                "UPDATE journal SET wall_ms = wall_ms + 1 WHERE seq = ?1",
                "DELETE FROM journal WHERE seq = ?1",
                "UPDATE journal SET hash = randomblob(32) WHERE seq = ?1",
                "UPDATE journal SET body = CAST(x'ff' AS TEXT) WHERE seq = ?1",
            ];
            file.execute(damage[*how], [seq]).expect("a change");
        }
        drop(file);
        let new = TempDir::new().expect("a folder");
        let restored = restore(&damaged.path().join(FILE_NAME), new.path(), None);
        let Ok(restored) = restored else { return Ok(()) };
        let lost = lost_seqs(&restored);
        let mut expected = all_days(folder.path());
        expected.retain(|recorded| !lost.contains(&recorded.seq));
        let back = all_that_is_back(new.path());
        let seqs = |all: &[Recorded]| all.iter().map(|it| it.seq).collect::<Vec<_>>();
        prop_assert_eq!(seqs(&back), seqs(&expected));
        prop_assert_eq!(back, expected);
        let verdict = verdict(new.path());
        prop_assert!(verdict.is_good(), "{:?}", verdict.bad);
        // At most what was damaged, and the one behind each, as long as its day is over.
        let cut = lost.iter().find(|seq| **seq >= OPEN_DAY).copied().unwrap_or(u64::MAX);
        for seq in lost.iter().filter(|seq| **seq < cut.min(OPEN_DAY)) {
            let near = bad.keys().any(|bad| bad == seq || bad + 1 == *seq);
            let opening_is_bad = bad.keys().any(|seq| (OPEN_DAY - 1..=OPEN_DAY).contains(seq));
            prop_assert!(near || opening_is_bad, "{seq} of {bad:?}");
        }
    }
}
