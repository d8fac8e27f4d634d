//! A backup is whole or not there, and what is good of a damaged one comes back.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use store::{Archive, BackupError, FILE_NAME, Lost, RestoreError, Restored, Store, restore};
use tempfile::TempDir;

use crate::sample::{
    DAY, all_days, all_that_is_back, behind_the_back, day_opened, entry, event, issued, replayed,
    request, three_days,
};

const TICKETS: u32 = 20;
const ENTRIES: u64 = 63;

fn back_up(folder: &Path, file: &Path) -> u64 {
    let archive = Archive::open(folder).expect("readable");
    archive.back_up(file).expect("room").entries
}

/// A folder with three days, and their backup.
fn backed_up() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), TICKETS);
    let file = folder.path().join("backup.sqlite");
    assert_eq!(back_up(folder.path(), &file), ENTRIES);
    (folder, file)
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("a folder");
    let name = |file: std::io::Result<fs::DirEntry>| file.expect("a file").file_name();
    let mut names: Vec<String> = files
        .map(|file| name(file).to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_restored_says_what_was_backed_up() {
    let (folder, file) = backed_up();
    let new = TempDir::new().expect("a folder");
    let Restored {
        entries,
        days,
        requests,
        requests_lost,
        wrong,
        lost,
        old,
        ..
    } = restore(&file, new.path(), None).expect("it is whole");
    assert_eq!(
        (entries, days, requests, requests_lost),
        (ENTRIES, 3, 60, 0)
    );
    assert_eq!((wrong, lost, old), (None, vec![], None));
    let kept = names(new.path());
    assert_eq!(kept, ["hall.lock", "hall.sqlite"], "nothing was put aside");
    assert_eq!(all_days(new.path()), all_days(folder.path()));
    let (restored, was) = (Store::open(new.path()), Store::open(folder.path()));
    let (mut restored, was) = (restored.expect("the file"), was.expect("the file"));
    assert_eq!(replayed(&restored), replayed(&was));
    for id in 1..=60 {
        assert_eq!(
            restored.answered(&[id; 16]).expect("readable"),
            was.answered(&[id; 16]).expect("readable")
        );
    }
    let more = [request(99, vec![event(issued(21, "A", 21, "elderly"))])];
    restored.append(ENTRIES, &more).expect("it goes on");
    let archive = Archive::open(new.path()).expect("readable");
    assert!(archive.verify(|_| {}).expect("readable").is_good());
}

#[test]
fn a_backup_taken_under_load_is_a_whole_piece_of_the_journal() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    store
        .append(0, &[entry(vec![event(day_opened(DAY))])])
        .expect("room");
    let (stop, started) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        let owner = scope.spawn(|| {
            let mut serial = 0;
            while !stop.load(Ordering::Relaxed) {
                // Two events of one request: no backup may have the one without the other.
                let pair =
                    [1, 2].map(|step| event(issued(serial + step, "A", serial + step, "ordinary")));
                serial += 2;
                store
                    .append(store.seq(), &[entry(pair.to_vec())])
                    .expect("room");
                started.store(true, Ordering::Relaxed);
            }
            store
        });
        while !started.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        let backups = TempDir::new().expect("a folder");
        let mut sizes = Vec::new();
        for round in 0..8 {
            let file = backups.path().join(format!("{round}.sqlite"));
            sizes.push(back_up(folder.path(), &file));
        }
        stop.store(true, Ordering::Relaxed);
        let store = owner.join().expect("the owner is never in the way");
        let all = replayed(&store);
        assert!(
            sizes.is_sorted() && sizes.last() <= Some(&store.seq()),
            "{sizes:?}"
        );
        for (round, size) in sizes.iter().enumerate() {
            assert_eq!(size % 2, 1, "a day and pairs of tickets");
            let new = TempDir::new().expect("a folder");
            let file = backups.path().join(format!("{round}.sqlite"));
            let restored = restore(&file, new.path(), None).expect("it is whole");
            assert_eq!((restored.entries, restored.wrong), (*size, None));
            let again = replayed(&Store::open(new.path()).expect("the file"));
            assert_eq!(again[..], all[..*size as usize]);
        }
    });
}

#[test]
fn a_damaged_memory_is_not_backed_up_and_the_backup_before_stays() {
    let (folder, file) = backed_up();
    let before = fs::read(&file).expect("the backup");
    for change in [
        "UPDATE journal SET wall_ms = 0 WHERE seq = 30",
        "UPDATE request SET outcome = 'done' WHERE outcome = 'outcome 7'",
    ] {
        behind_the_back(folder.path())
            .execute(change, [])
            .expect("an update");
        let archive = Archive::open(folder.path()).expect("readable");
        let refused = archive.back_up(&file).expect_err("it is damaged");
        assert!(matches!(refused, BackupError::Damaged(_)), "{refused}");
        assert!(
            refused.to_string().contains("hall audit verify"),
            "{refused}"
        );
        assert_eq!(fs::read(&file).expect("the backup"), before);
        assert!(!names(folder.path()).contains(&"backup.sqlite.part".to_owned()));
    }
}

#[test]
fn pages_that_do_not_fit_together_are_not_backed_up_and_come_back_in_order() {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), 80);
    let path = folder.path().join(FILE_NAME);
    let whole = all_days(folder.path());
    let file = behind_the_back(folder.path());
    let root: usize = file
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'journal'",
            [],
            |row| row.get(0),
        )
        .expect("the table");
    drop(file);
    let mut bytes = fs::read(&path).expect("the file");
    let page = (root - 1) * 4_096;
    assert_eq!(
        bytes[page], 5,
        "an inner page, whose keys lead to the others"
    );
    let cell = page + usize::from(u16::from_be_bytes([bytes[page + 12], bytes[page + 13]]));
    // The key behind the four bytes of the page that it leads to.
    bytes[cell + 4] ^= 1;
    fs::write(&path, bytes).expect("room");
    let archive = Archive::open(folder.path()).expect("readable");
    let verdict = archive.verify_by_two(|_| {}).expect("readable");
    let bad = verdict.bad.first().expect("it is found");
    assert!(bad.what.contains("do not fit together"), "{bad}");
    let refused = archive.back_up(&folder.path().join("backup.sqlite"));
    assert!(
        matches!(refused, Err(BackupError::Damaged(_))),
        "{refused:?}"
    );
    let new = TempDir::new().expect("a folder");
    let restored = restore(&path, new.path(), None).expect("all of it can be read");
    assert_eq!((restored.entries, restored.wrong), (243, None));
    assert_eq!(all_days(new.path()), whole);
}

#[test]
fn half_a_file_that_a_killed_backup_left_is_written_over() {
    let (folder, file) = backed_up();
    let part = folder.path().join("backup.sqlite.part");
    fs::write(&part, "床前明月光").expect("room");
    assert_eq!(back_up(folder.path(), &file), ENTRIES);
    assert!(!part.exists());
    let other = fs::File::create(&part).expect("room");
    other.try_lock().expect("nobody else is there");
    let archive = Archive::open(folder.path()).expect("readable");
    let refused = archive.back_up(&file).expect_err("another one is at it");
    assert!(matches!(refused, BackupError::InProgress(_)), "{refused}");
}

#[test]
fn a_backup_that_cannot_be_written_says_what_to_do() {
    let (folder, _) = backed_up();
    let archive = Archive::open(folder.path()).expect("readable");
    let refused = archive
        .back_up(&folder.path().join("nowhere/backup.sqlite"))
        .expect_err("no folder");
    assert!(refused.to_string().contains("--to"), "{refused}");
}

#[test]
fn no_key_of_a_day_is_in_a_backup() {
    let (folder, file) = backed_up();
    let store = Store::open(folder.path()).expect("the file");
    let key = store
        .day_key(queue::Date::from_yyyymmdd(DAY))
        .expect("room");
    back_up(folder.path(), &file);
    let bytes = fs::read(&file).expect("the backup");
    assert!(!bytes.windows(key.len()).any(|window| window == key));
    drop(store);
    let live = fs::read(folder.path().join(FILE_NAME)).expect("the file");
    assert!(
        live.windows(key.len()).any(|window| window == key),
        "the test can fail"
    );
}

#[test]
fn a_memory_that_is_there_is_put_aside_only_when_that_is_said() {
    let (folder, file) = backed_up();
    let other = TempDir::new().expect("a folder");
    let mut store = Store::open(other.path()).expect("a new file");
    store
        .append(0, &[entry(vec![event(day_opened(DAY))])])
        .expect("room");
    let refused = restore(&file, other.path(), Some("old")).expect_err("a hall runs");
    assert!(matches!(refused, RestoreError::InUse(_)), "{refused}");
    drop(store);
    let refused = restore(&file, other.path(), None).expect_err("it is there");
    assert!(
        matches!(&refused, RestoreError::Exists(_)) && refused.to_string().contains("--replace"),
        "{refused}"
    );
    let old = restore(&file, other.path(), Some("old"))
        .expect("it is whole")
        .old;
    assert_eq!(old, Some(other.path().join("hall.sqlite.before-old")));
    assert_eq!(all_days(other.path()), all_days(folder.path()));
    let aside = Archive::open_file(&other.path().join("hall.sqlite.before-old")).expect("readable");
    assert_eq!(aside.extent().expect("readable").entries, 1);
}

/// Texts that people typed are in it, and nobody else would ever delete them.
#[test]
fn what_was_put_aside_is_deleted_after_its_days_with_all_that_belongs_to_it() {
    let (folder, file) = backed_up();
    let before = all_days(folder.path());
    let old = restore(&file, folder.path(), Some("old")).expect("it is whole");
    let old = old.old.expect("there was one");
    let write_ahead = folder.path().join("hall.sqlite.before-old-wal");
    fs::write(&write_ahead, "of a killed hall").expect("room");
    // It was written last long ago, and put aside just now.
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
    let handle = File::options().write(true).open(&old);
    let dated = handle.and_then(|file| file.set_modified(long_ago));
    dated.expect("it is ours");
    let gone = |age| {
        let gone = store::delete_put_aside(folder.path(), age);
        BTreeSet::from_iter(gone.expect("readable"))
    };
    assert_eq!(gone(Duration::from_secs(3_600)), BTreeSet::new());
    assert_eq!(
        gone(Duration::ZERO),
        BTreeSet::from([old.clone(), write_ahead])
    );
    assert!(!old.exists());
    assert_eq!(all_days(folder.path()), before);
}

#[test]
fn a_write_ahead_file_of_the_old_memory_does_not_get_into_the_new_one() {
    let (folder, file) = backed_up();
    let live = TempDir::new().expect("a folder");
    let mut store = Store::open(live.path()).expect("a new file");
    let tickets = (1..=50).map(|serial| event(issued(serial, "A", serial, "elderly")));
    let events = [event(day_opened(DAY))]
        .into_iter()
        .chain(tickets)
        .collect();
    store.append(0, &[entry(events)]).expect("room");
    // As a killed hall leaves them: nearly all is in the write-ahead file.
    let killed = TempDir::new().expect("a folder");
    for name in [FILE_NAME, "hall.sqlite-wal"] {
        fs::copy(live.path().join(name), killed.path().join(name)).expect("room");
    }
    restore(&file, killed.path(), Some("old")).expect("it is whole");
    assert_eq!(all_days(killed.path()), all_days(folder.path()));
    let aside =
        Archive::open_file(&killed.path().join("hall.sqlite.before-old")).expect("readable");
    assert_eq!(
        aside.extent().expect("readable").entries,
        51,
        "the old one is whole"
    );
}

#[test]
fn of_a_damaged_backup_all_that_is_good_comes_back() {
    let (folder, file) = backed_up();
    let whole = all_days(folder.path());
    let day = |day| Some(queue::Date::from_yyyymmdd(DAY + day));
    let lost = |day, first_seq, last_seq| Lost {
        day,
        first_seq,
        last_seq,
    };
    for (change, entries, expected) in [
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq = 30",
            62,
            vec![lost(day(1), 30, 30)],
        ),
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq IN (30, 50)",
            48,
            vec![lost(day(1), 30, 30), lost(day(2), 50, 63)],
        ),
        (
            "DELETE FROM journal WHERE seq = 63",
            62,
            vec![lost(day(2), 63, 63)],
        ),
        (
            "DELETE FROM journal WHERE seq > 43",
            43,
            vec![lost(day(2), 44, 63)],
        ),
        (
            "UPDATE journal SET body = 'x' WHERE seq = 43",
            42,
            vec![lost(day(2), 43, 63)],
        ),
        ("UPDATE mark SET head_hash = zeroblob(32)", 63, vec![]),
        ("DELETE FROM mark", 63, vec![]),
        ("DELETE FROM day", 63, vec![]),
    ] {
        let damaged = folder.path().join("damaged.sqlite");
        fs::copy(&file, &damaged).expect("room");
        let other = rusqlite::Connection::open(&damaged).expect("a database");
        other.execute_batch(change).expect("a change");
        drop(other);
        let new = TempDir::new().expect("a folder");
        let restored = restore(&damaged, new.path(), None).expect("something is good");
        assert_eq!(
            (restored.entries, &restored.lost),
            (entries, &expected),
            "{change}"
        );
        assert_eq!(
            restored.wrong.is_some(),
            !change.contains("day"),
            "{change}"
        );
        let is_back = |seq| !expected.iter().any(|lost| lost.has(seq));
        let good: Vec<_> = whole.iter().filter(|it| is_back(it.seq)).cloned().collect();
        assert_eq!(all_that_is_back(new.path()), good, "{change}");
        let store = Store::open(new.path()).expect("the file");
        store.replay(|_| {}).expect("a hall starts on it");
        // The outcome of what did not come back did not come back either.
        let last = |id: u8| store.answered(&[id; 16]).expect("readable").is_some();
        let kept = (1..=60).filter(|id| last(*id)).count() as u64;
        assert_eq!(kept, restored.requests, "{change}");
        assert_eq!(kept + restored.requests_lost, 60, "{change}");
        assert_eq!(last(60), is_back(ENTRIES), "{change}");
    }
}

#[test]
fn whatever_bit_flips_in_a_backup_only_what_was_written_comes_back() {
    let (folder, file) = backed_up();
    let whole = all_days(folder.path());
    let sound = fs::read(&file).expect("the backup");
    let damaged = folder.path().join("damaged.sqlite");
    let (mut all, mut part, mut refused) = (0, 0, 0);
    for place in (0..sound.len()).step_by(131) {
        let mut bytes = sound.clone();
        bytes[place] ^= 1 << (place % 8);
        fs::write(&damaged, bytes).expect("room");
        let new = TempDir::new().expect("a folder");
        match restore(&damaged, new.path(), None) {
            Ok(restored) => {
                let is_back = |seq| !restored.lost.iter().any(|lost| lost.has(seq));
                let good: Vec<_> = whole.iter().filter(|it| is_back(it.seq)).cloned().collect();
                assert_eq!(all_that_is_back(new.path()), good, "byte {place}");
                assert_eq!(restored.entries, good.len() as u64, "byte {place}");
                let harmless = restored.entries_proved > 0 || restored.requests_lost > 0;
                let named = restored.wrong.is_some() || harmless;
                assert!(good.len() == whole.len() || named, "byte {place}");
                if named { part += 1 } else { all += 1 }
            }
            Err(error) => {
                assert!(error.to_string().contains("--from"), "{error}");
                assert_eq!(names(new.path()), ["hall.lock"], "byte {place}");
                refused += 1;
            }
        }
    }
    eprintln!("{all} came back whole, {part} in part, {refused} not at all");
    assert!(
        part > 50 && all > 0,
        "{all} whole, {part} in part, {refused} refused"
    );
}

#[test]
fn what_is_no_backup_is_refused_and_leaves_nothing() {
    let (folder, file) = backed_up();
    let poem = folder.path().join("poem");
    fs::write(&poem, "床前明月光").expect("room");
    let newer = folder.path().join("newer.sqlite");
    fs::copy(&file, &newer).expect("room");
    let change = rusqlite::Connection::open(&newer).expect("a database");
    change
        .pragma_update(None, "user_version", 99)
        .expect("room");
    drop(change);
    let empty = folder.path().join("empty.sqlite");
    fs::write(&empty, "").expect("room");
    for (from, expected) in [
        (poem, "not a database"),
        (newer, "newer version"),
        (empty, "no hall's memory"),
        (folder.path().join("nowhere"), "No such file"),
    ] {
        let new = TempDir::new().expect("a folder");
        let refused = restore(&from, new.path(), None)
            .expect_err("it is no backup")
            .to_string();
        assert!(refused.contains(expected), "{refused}");
        assert_eq!(names(new.path()), ["hall.lock"]);
    }
}
