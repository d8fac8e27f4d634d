//! Whom the hall knows is what its journal says: a row that was edited quietly is found and named.

use std::fs;
use std::path::Path;

use queue::{Event, Happening};
use store::{Archive, Change, Entry, FILE_NAME, Store, restore};
use tempfile::TempDir;

use crate::sample::{
    DAY, all_days, behind_the_back, day_opened, device, entry, event, issued, request, wang,
};

fn noted(changes: Vec<Change>) -> Entry {
    let note = r#"{"kind":"paired"}"#.to_owned();
    let said: Event = event(Happening::Noted { note });
    Entry {
        changes,
        ..entry(vec![said])
    }
}

/// Entries: 1 opens the day, 2 and 3 pair two devices, 4 adds a person, 5 revokes the first device,
/// 6 is a ticket.
fn written(folder: &Path) {
    let mut store = Store::open(folder).expect("a new file");
    let put = |device| noted(vec![Change::PutDevice(device)]);
    for entry in [
        entry(vec![event(day_opened(DAY))]),
        put(device("kiosk-1", "kiosk")),
        put(device("kiosk-2", "kiosk")),
        noted(vec![Change::PutPerson(wang())]),
        noted(vec![Change::RemoveDevice("kiosk-1".to_owned())]),
        request(1, vec![event(issued(1, "A", 1, "ordinary"))]),
    ] {
        store.append(store.seq(), &[entry]).expect("room");
    }
}

/// What a look at the whole file says first, and what a start says.
fn said(folder: &Path) -> (Option<String>, Result<(), String>) {
    let store = Store::open(folder).expect("it opens");
    let start = store.look_beside().map_err(|error| error.to_string());
    let archive = Archive::open(folder).expect("readable");
    let verdict = archive.verify(|_| {}).expect("readable");
    let today = verdict.in_open_day.as_ref();
    assert_eq!(today, verdict.bad.first(), "nothing may stand on it");
    (verdict.bad.first().map(ToString::to_string), start)
}

#[test]
fn a_row_that_was_edited_quietly_is_found_at_start_and_by_the_look_and_named() {
    let before = TempDir::new().expect("a folder");
    written(before.path());
    assert_eq!(said(before.path()), (None, Ok(())));
    let pairs = "name, role, counter, key_sum, paired_wall_ms, seq";
    for (edit, expected) in [
        (
            "UPDATE device SET role = 'supervisor'".to_owned(),
            "the device kiosk-2 is not what entry 3 says of it",
        ),
        (
            "UPDATE device SET key_sum = zeroblob(32)".to_owned(),
            "the device kiosk-2 is not what entry 3",
        ),
        (
            "UPDATE device SET counter = 3".to_owned(),
            "the device kiosk-2 is not what entry 3",
        ),
        (
            "UPDATE device SET name = 'desk-1'".to_owned(),
            "the device desk-1 is not what entry 3",
        ),
        ("UPDATE device SET seq = 2".to_owned(), ""),
        (
            "UPDATE person SET role = 'supervisor'".to_owned(),
            "the person 王芳 is not what entry 4 says of it",
        ),
        (
            "UPDATE person SET pin = '$argon2id$other'".to_owned(),
            "the person 王芳 is not what entry 4",
        ),
        (
            "UPDATE person SET failures = 1".to_owned(),
            "the person 王芳 is not what entry 4",
        ),
        (
            "DELETE FROM person".to_owned(),
            "since entry 5 one is missing",
        ),
        // As it was before it was let in no more.
        (
            format!(
                "INSERT INTO device ({pairs}) VALUES ('kiosk-1', 'kiosk', NULL, x'{}', 5, 2)",
                "07".repeat(32)
            ),
            "or one is back that was let in no more",
        ),
        (
            "UPDATE mark SET trusted_seq = 4".to_owned(),
            "since entry 4 one is missing",
        ),
        (
            "UPDATE mark SET trusted_seq = 0".to_owned(),
            "no entry says that the hall knows the device kiosk-2",
        ),
        (
            "UPDATE mark SET trusted_seq = 6".to_owned(),
            "entry 6 says whom the hall knows, and it does not",
        ),
    ] {
        let folder = TempDir::new().expect("a folder");
        fs::copy(before.path().join(FILE_NAME), folder.path().join(FILE_NAME)).expect("room");
        behind_the_back(folder.path())
            .execute_batch(&edit)
            .expect("an edit");
        let (look, start) = said(folder.path());
        if expected.is_empty() {
            assert_eq!(
                (look, start),
                (None, Ok(())),
                "{edit}: it changes nobody's rights"
            );
            continue;
        }
        let look = look.expect(&edit);
        let start = start.expect_err(&edit);
        assert!(look.contains(expected), "{edit}: {look}");
        assert!(
            start.contains("Restore the file from a backup"),
            "{edit}: {start}"
        );
    }
}

#[test]
fn a_change_that_no_event_tells_of_is_not_stored() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let silent = Entry {
        changes: vec![Change::PutPerson(wang())],
        ..entry(vec![event(day_opened(DAY))])
    };
    let refused = store.append(0, &[silent]).expect_err("nobody is told");
    assert!(
        refused.to_string().contains("an event that says so"),
        "{refused}"
    );
    assert_eq!(
        (store.seq(), store.trusted().expect("readable").people.len()),
        (0, 0)
    );
}

#[test]
fn a_restore_leaves_out_whom_nothing_vouches_for_and_says_who() {
    let folder = TempDir::new().expect("a folder");
    written(folder.path());
    for (damage, lost, devices) in [
        (
            "UPDATE device SET role = 'supervisor'",
            vec!["device kiosk-2"],
            0,
        ),
        // What was written behind the damage is not back, and the person was added there.
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq = 4",
            vec!["person 王芳"],
            1,
        ),
        ("UPDATE journal SET wall_ms = 0 WHERE seq = 6", vec![], 1),
    ] {
        let (copy, new) = (
            TempDir::new().expect("a folder"),
            TempDir::new().expect("a folder"),
        );
        fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("room");
        behind_the_back(copy.path())
            .execute_batch(damage)
            .expect("an edit");
        let restored = restore(&copy.path().join(FILE_NAME), new.path(), None).expect("room");
        assert_eq!(restored.trusted_lost, lost, "{damage}");
        assert!(restored.wrong.is_some(), "{damage}");
        assert_eq!(said(new.path()), (None, Ok(())), "{damage}");
        let store = Store::open(new.path()).expect("the file");
        assert_eq!(
            store.trusted().expect("readable").devices.len(),
            devices,
            "{damage}"
        );
    }
}

#[test]
fn where_nobody_is_left_an_entry_says_that() {
    let (folder, new) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let mut store = Store::open(folder.path()).expect("a new file");
    let paired = noted(vec![Change::PutDevice(device("kiosk-1", "kiosk"))]);
    for entry in [entry(vec![event(day_opened(DAY))]), paired] {
        store.append(store.seq(), &[entry]).expect("room");
    }
    drop(store);
    behind_the_back(folder.path())
        .execute("UPDATE device SET role = 'supervisor'", [])
        .expect("an edit");
    let restored = restore(&folder.path().join(FILE_NAME), new.path(), None).expect("room");
    assert_eq!(restored.trusted_lost, ["device kiosk-1"]);
    assert_eq!(said(new.path()), (None, Ok(())));
    let last = all_days(new.path()).pop().expect("the entry that vouches");
    let note = r#"{"kind":"vouched","devices":0,"people":0}"#.to_owned();
    assert_eq!(last.event.what, Happening::Noted { note });
}

#[test]
fn who_was_known_before_the_journal_vouched_is_vouched_for_at_the_upgrade() {
    let folder = TempDir::new().expect("a folder");
    written(folder.path());
    let older = behind_the_back(folder.path());
    // As the schema before had it, with the same people in it.
    older
        .execute_batch(
            "DROP INDEX request_by_seq; DROP TABLE belonging;
             ALTER TABLE device DROP COLUMN seq; ALTER TABLE person DROP COLUMN seq;
             ALTER TABLE mark DROP COLUMN day_requests; ALTER TABLE mark DROP COLUMN last_day_seq;
             ALTER TABLE mark DROP COLUMN last_day_requests; ALTER TABLE mark DROP COLUMN trusted_seq;
             ALTER TABLE mark DROP COLUMN anchor_seq; ALTER TABLE mark DROP COLUMN anchor_hash;
             ALTER TABLE mark DROP COLUMN anchor_by;
             PRAGMA user_version = 5;",
        )
        .expect("the older form");
    drop(older);
    let copy = TempDir::new().expect("a folder");
    let back = restore(&folder.path().join(FILE_NAME), copy.path(), None).expect("it is a backup");
    assert_eq!(
        (back.entries, back.wrong),
        (7, None),
        "and the entry that vouches"
    );
    for folder in [folder.path(), copy.path()] {
        assert_eq!(said(folder), (None, Ok(())));
        let last = all_days(folder).pop().expect("the entry that vouches");
        let note = r#"{"kind":"vouched","devices":1,"people":1}"#.to_owned();
        assert_eq!(last.event.what, Happening::Noted { note });
        behind_the_back(folder)
            .execute_batch("UPDATE device SET role = 'supervisor'")
            .expect("an edit");
        let (look, _) = said(folder);
        assert_eq!(
            look.as_deref(),
            Some("beside the journal: the device kiosk-2 is not what entry 7 says of it")
        );
    }
}

#[test]
fn where_the_entry_that_vouches_is_damaged_nobody_is_known() {
    let folder = TempDir::new().expect("a folder");
    written(folder.path());
    behind_the_back(folder.path())
        .execute("UPDATE journal SET wall_ms = 0 WHERE seq = 5", [])
        .expect("a change");
    let (_, start) = said(folder.path());
    assert_eq!(
        start.expect_err("it cannot be proved"),
        "the hall's memory is damaged: whom the hall knows cannot be proved: entry 5 is damaged: \
         its hash is not that of what it says. Restore the file from a backup."
    );
}

/// A start sees nothing of that: all is as it was. Whoever reads the whole journal does.
#[test]
fn a_table_that_was_set_back_with_its_mark_is_found_by_the_look() {
    let folder = TempDir::new().expect("a folder");
    written(folder.path());
    let again = format!(
        "INSERT INTO device (name, role, counter, key_sum, paired_wall_ms, seq)
             VALUES ('kiosk-1', 'kiosk', NULL, x'{}', 5, 2);
         UPDATE mark SET trusted_seq = 4",
        "07".repeat(32)
    );
    behind_the_back(folder.path())
        .execute_batch(&again)
        .expect("an edit");
    let (look, start) = said(folder.path());
    let found =
        "beside the journal: a mark leads behind entry 5, which vouches for what is there now";
    assert_eq!((look.as_deref(), start), (Some(found), Ok(())));
}

/// A clerk sits down, and his device is said to be in his hand, in one entry.
#[test]
fn the_event_that_says_it_need_not_be_the_first_of_its_entry() {
    let folder = TempDir::new().expect("a folder");
    written(folder.path());
    let mut store = Store::open(folder.path()).expect("it opens");
    let mut both = noted(vec![Change::PutDevice(device("desk-1", "counter"))]);
    both.events.insert(0, event(issued(2, "A", 2, "ordinary")));
    store.append(store.seq(), &[both]).expect("room");
    drop(store);
    assert_eq!(said(folder.path()), (None, Ok(())));
    let file = behind_the_back(folder.path());
    file.execute("UPDATE device SET role = 'wall' WHERE name = 'desk-1'", [])
        .expect("a change");
    drop(file);
    let (bad, _) = said(folder.path());
    let bad = bad.unwrap_or_default();
    assert!(
        bad.contains("the device desk-1 is not what entry 8"),
        "{bad}"
    );
}
