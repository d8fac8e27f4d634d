//! What somebody typed can be deleted, is in no file then, and the chain holds.

use std::fs;
use std::path::Path;

use queue::{Date, Event, Happening};
use store::{Archive, BackupPlan, FILE_NAME, Recorded, Store, Verdict, restore};
use tempfile::TempDir;

use crate::sample::{DAY, behind_the_back, day_opened, entry, event, held, replayed};

/// What every typed text of the tests begins with.
const NAME: &str = "王小明的身份证";

/// Texts of each day, short ones and such as take pages of their own.
const TEXTS: u32 = 300;

fn text(day: u32, serial: u32) -> String {
    let more = "补".repeat((serial * 37 % 5_000) as usize);
    format!("{NAME} {day} {serial} {more}")
}

fn day(offset: u32) -> Date {
    Date::from_yyyymmdd(DAY + offset)
}

/// A journal of three days with many typed texts on each, still open.
fn three_days(folder: &Path) -> Store {
    let mut store = Store::open(folder).expect("a new file");
    for day in 0..3 {
        let opened = entry(vec![event(day_opened(DAY + day))]);
        store.append(store.seq(), &[opened]).expect("room");
        for serial in 1..=TEXTS {
            let aside = entry(vec![event(held(serial, &text(day, serial)))]);
            store.append(store.seq(), &[aside]).expect("room");
        }
    }
    store
}

fn verdict(folder: &Path) -> Verdict {
    let archive = Archive::open(folder).expect("readable");
    archive.verify(|_| {}).expect("it says something")
}

fn reasons(folder: &Path, offset: u32) -> Vec<String> {
    let archive = Archive::open(folder).expect("readable");
    let mut reasons = Vec::new();
    let take = |recorded: Recorded| {
        if let Happening::Held { reason, .. } = recorded.event.what {
            reasons.push(reason);
        }
    };
    archive.replay_day(day(offset), None, take).expect("sound");
    reasons
}

/// Which files of a folder hold a text.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for file in fs::read_dir(folder).expect("a folder") {
        let file = file.expect("a file");
        let bytes = fs::read(file.path()).expect("readable");
        if bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
        {
            names.push(file.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    names
}

#[test]
fn a_text_comes_back_whole_and_its_entry_only_commits_to_it() {
    let folder = TempDir::new().expect("a folder");
    let store = three_days(folder.path());
    let read: Vec<Event> = replayed(&store);
    assert_eq!(read[7], event(held(7, &text(2, 7))));
    assert_eq!(verdict(folder.path()).notes, u64::from(3 * TEXTS));
    drop(store);
    let file = behind_the_back(folder.path());
    let count = "SELECT count(*) FROM journal WHERE body LIKE '%王小明%'";
    let plain: u64 = file
        .query_row(count, [], |row| row.get(0))
        .expect("a count");
    assert_eq!(plain, 0);
}

#[test]
fn a_deleted_text_is_in_no_file_and_the_deletion_can_be_proved() {
    let folder = TempDir::new().expect("a folder");
    let mut store = three_days(folder.path());
    let of = |day: u32| format!("{NAME} {day} ");
    assert!(
        !files_with(folder.path(), &of(0)).is_empty(),
        "the test can fail"
    );
    let forgotten = store.forget_notes_before(day(2), day(2)).expect("room");
    assert_eq!(forgotten, (u64::from(2 * TEXTS), true));
    let backup = folder.path().join("backup.sqlite");
    let archive = Archive::open(folder.path()).expect("readable");
    archive.back_up(&backup).expect("room");
    drop(archive);
    for gone in [0, 1] {
        assert_eq!(files_with(folder.path(), &of(gone)), [""; 0], "day {gone}");
    }
    assert_eq!(
        files_with(folder.path(), &of(2)),
        ["backup.sqlite", FILE_NAME]
    );

    let found = verdict(folder.path());
    assert!(found.is_good(), "{:?}", found.bad);
    let counts = (found.notes, found.notes_deleted);
    assert_eq!(counts, (u64::from(TEXTS), u64::from(2 * TEXTS)));
    let deletion = found.deletion.expect("it is noted");
    assert_eq!(
        (deletion.before, deletion.notes),
        (day(2), u64::from(2 * TEXTS))
    );
    assert_eq!(
        reasons(folder.path(), 0),
        vec!["(deleted on 2026-11-24)"; TEXTS as usize]
    );
    assert_eq!(
        reasons(folder.path(), 2)[6],
        text(2, 7),
        "the open day keeps its own"
    );

    assert_eq!(
        store.forget_notes_before(day(2), day(2)).expect("room"),
        (0, true)
    );
    drop(store);
    let new = TempDir::new().expect("a folder");
    let restored = restore(&backup, new.path(), None).expect("it is whole");
    assert_eq!((restored.wrong, restored.notes_lost), (None, 0));
    assert_eq!(
        verdict(new.path()),
        found,
        "and what is restored proves the same"
    );
}

#[test]
fn while_somebody_reads_the_next_call_takes_the_texts_out_of_the_write_ahead_file() {
    let folder = TempDir::new().expect("a folder");
    let mut store = three_days(folder.path());
    let reader = behind_the_back(folder.path());
    reader
        .execute_batch("BEGIN; SELECT * FROM mark")
        .expect("a reader");
    let (notes, gone) = store.forget_notes_before(day(2), day(2)).expect("room");
    assert_eq!((notes, gone), (u64::from(2 * TEXTS), false));
    reader.execute_batch("COMMIT").expect("it has read");
    assert_eq!(
        store.forget_notes_before(day(2), day(2)).expect("room"),
        (0, true)
    );
    assert_eq!(files_with(folder.path(), &format!("{NAME} 0 ")), [""; 0]);
}

#[test]
fn a_backup_that_is_kept_longer_leaves_old_texts_out() {
    let folder = TempDir::new().expect("a folder");
    let store = three_days(folder.path());
    let backups = TempDir::new().expect("a folder");
    let file = backups.path().join("backup.sqlite");
    let archive = Archive::open(folder.path()).expect("readable");
    let plan = BackupPlan {
        forget: Some((day(1), day(2))),
        ..BackupPlan::default()
    };
    archive.back_up_as(&file, &plan).expect("room");
    assert_eq!(files_with(backups.path(), &format!("{NAME} 0 ")), [""; 0]);
    assert_eq!(files_with(backups.path(), &format!("{NAME} 1 ")).len(), 1);
    assert_eq!(
        verdict(folder.path()).notes_deleted,
        0,
        "the memory keeps them"
    );
    drop(store);
}

#[test]
fn a_text_that_is_not_the_one_is_never_taken_for_it_and_stops_nobody() {
    for (change, read, said) in [
        (
            "UPDATE note SET text = '李四' WHERE seq = 610",
            "(damaged)",
            "the text of entry 610 is damaged",
        ),
        (
            "UPDATE note SET salt = zeroblob(16) WHERE seq = 610",
            "(damaged)",
            "the text of entry 610 is damaged",
        ),
        (
            "DELETE FROM note WHERE seq = 610",
            "(lost)",
            "the text of entry 610 is missing, and was not deleted",
        ),
    ] {
        let folder = TempDir::new().expect("a folder");
        drop(three_days(folder.path()));
        behind_the_back(folder.path())
            .execute(change, [])
            .expect("a change");
        let store = Store::open(folder.path()).expect("the file");
        let Happening::Held { reason, .. } = &replayed(&store)[7].what else {
            panic!("somebody who was put aside");
        };
        assert_eq!(reason, read, "{change}");
        let found = verdict(folder.path());
        let whats: Vec<&str> = found.bad.iter().map(|bad| bad.what.as_str()).collect();
        assert_eq!(whats, [said], "{change}");
        assert_eq!(found.in_open_day, None, "a hall goes on");
    }
}

#[test]
fn a_deletion_that_was_not_or_not_so_is_found() {
    for (change, said) in [
        (
            "UPDATE deletion SET notes = 1",
            "a note of deleted texts is damaged",
        ),
        (
            "UPDATE deletion SET before = 20991122",
            "a note of deleted texts is damaged",
        ),
        ("DELETE FROM deletion", "was not deleted"),
        (
            "INSERT INTO note VALUES (3, zeroblob(16), '王小明')",
            "texts are there that were deleted: 1",
        ),
        (
            "INSERT INTO note SELECT value, zeroblob(16), '王小明' FROM json_each('[99998, 99999]')",
            "texts are there that belong to no good entry: 2",
        ),
    ] {
        let folder = TempDir::new().expect("a folder");
        let mut store = three_days(folder.path());
        store.forget_notes_before(day(2), day(2)).expect("room");
        drop(store);
        behind_the_back(folder.path())
            .execute(change, [])
            .expect("a change");
        let found = verdict(folder.path());
        assert!(
            found.bad.iter().any(|bad| bad.what.contains(said)),
            "{change}: {:?}",
            found.bad
        );
    }
}

#[test]
fn a_text_that_was_gone_before_the_others_were_deleted_is_not_taken_for_deleted() {
    let folder = TempDir::new().expect("a folder");
    drop(three_days(folder.path()));
    behind_the_back(folder.path())
        .execute("DELETE FROM note WHERE seq = 3", [])
        .expect("a change");
    let mut store = Store::open(folder.path()).expect("the file");
    store.forget_notes_before(day(2), day(2)).expect("room");
    drop(store);
    let said: Vec<String> = verdict(folder.path())
        .bad
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        said,
        ["beside the journal: texts are gone that nobody deleted: 1"]
    );
}
