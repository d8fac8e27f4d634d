//! Backup and restore as they are typed.

mod morning;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use hall::server::Certificate;
use morning::{Running, complaint, hall, said, write_a_morning};
use queue::{CounterNumber, Date, Event, Happening, Moment};
use rusqlite::Connection;
use store::{Archive, Entry, FILE_NAME, Store};
use tempfile::TempDir;

const REPLAY: [&str; 5] = ["replay", "--day", "2020-11-20", "--at", "10:50"];

fn back_up(data: &Path, to: &Path, more: &[&str]) -> String {
    let to = to.to_str().expect("text");
    said(&[&["backup", "--to", to], more].concat(), data)
}

fn restore(from: &Path, data: &Path, more: &[&str]) -> Output {
    let from = from.to_str().expect("text");
    hall(&[&["restore", "--from", from], more].concat(), data)
}

fn restored(from: &Path, data: &Path, more: &[&str]) -> String {
    let output = restore(from, data, more);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// A data folder with a morning in it, and a folder for backups.
fn a_morning() -> (TempDir, TempDir) {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    (folder, TempDir::new().expect("a folder"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    files
}

#[test]
fn a_backup_of_a_running_hall_brings_back_the_same_picture() {
    let (folder, backups) = a_morning();
    let running = Running::start(folder.path());
    let text = back_up(folder.path(), backups.path(), &[]);
    assert!(text.contains("it was brought back on trial"), "{text}");
    drop(running);
    let made = files(backups.path());
    let name = made[0].file_name().expect("a name").to_string_lossy();
    assert!(
        made.len() == 1 && name.starts_with("hall-20") && name.ends_with(".sqlite"),
        "{made:?}"
    );

    let new = TempDir::new().expect("a folder");
    let text = restored(&made[0], &new.path().join("data"), &[]);
    assert!(
        text.contains("good from the first entry to the last"),
        "{text}"
    );
    let data = new.path().join("data");
    assert_eq!(said(&REPLAY, &data), said(&REPLAY, folder.path()));
    assert!(text.contains("paired devices will know it again"), "{text}");
    let fingerprint = |data: &Path| {
        let found = Certificate::find(data).expect("readable");
        found.expect("the hall made one").fingerprint()
    };
    assert_eq!(fingerprint(&data), fingerprint(folder.path()));
    drop(Running::start(&data));
    assert!(said(&["audit", "verify"], &data).starts_with("Good: "));
}

#[test]
fn the_last_n_are_kept_and_other_files_are_left_alone() {
    let (folder, backups) = a_morning();
    let old = [
        "hall-2019-01-01T000000.sqlite",
        "hall-2020-01-01T000000.sqlite",
        "hall-2099-01-01T000000.sqlite",
    ];
    for name in old.into_iter().chain(["hall-notes.sqlite", "notes.txt"]) {
        fs::write(backups.path().join(name), "").expect("room");
    }
    let text = back_up(folder.path(), backups.path(), &["--keep", "2"]);
    assert_eq!(text.matches("Deleted the older").count(), 2, "{text}");
    let left: Vec<String> = files(backups.path())
        .iter()
        .map(|file| {
            file.file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(left.iter().any(|name| name == old[2]), "the newest by name");
    assert!(
        left.iter()
            .any(|name| name.starts_with("hall-202") || name.starts_with("hall-203")),
        "the one just made: {left:?}"
    );
}

#[test]
fn restore_refuses_a_running_hall_and_a_memory_that_is_there() {
    let (folder, backups) = a_morning();
    let file = backups.path().join("one.sqlite");
    back_up(folder.path(), &file, &[]);
    let running = Running::start(folder.path());
    let refused = |more: &[&str]| {
        let output = restore(&file, folder.path(), more);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).expect("text")
    };
    assert!(refused(&["--replace"]).contains("a hall runs on"));
    drop(running);
    assert!(refused(&[]).contains("With --replace it is put aside"));
    let text = restored(&file, folder.path(), &["--replace"]);
    assert!(text.contains("The memory that was there is now"), "{text}");
    let aside = files(folder.path())
        .into_iter()
        .find(|file| file.to_string_lossy().contains(".before-20"));
    let aside = Archive::open_file(&aside.expect("it is beside")).expect("readable");
    let kept = aside.extent().expect("readable");
    assert!(kept.entries >= 15, "{kept:?}");
}

#[test]
fn a_damaged_backup_brings_back_what_is_good_and_says_what_is_not() {
    let (folder, backups) = a_morning();
    let file = backups.path().join("one.sqlite");
    back_up(folder.path(), &file, &[]);
    let change = "UPDATE journal SET actor = 'x' WHERE seq = 12";
    Connection::open(&file)
        .expect("the file")
        .execute(change, [])
        .expect("a change");
    let new = TempDir::new().expect("a folder");
    let text = restored(&file, new.path(), &[]);
    assert!(
        text.starts_with("Brought back: 11 entries of 1 day, the last of 2020-11-20 10:32:00"),
        "{text}"
    );
    assert!(
        text.contains("The backup is damaged: entry 12: its hash is not that of what it says\n"),
        "{text}"
    );
    assert!(
        text.contains("who was shut out since is let in again"),
        "{text}"
    );
    assert!(
        text.contains("  4 entries of 2020-11-20: 12 to 15\n"),
        "{text}"
    );
    assert!(said(&REPLAY, new.path()).contains("After journal entry 11,"));
    let mend = complaint(&["backup", "--to", "/dev/null/nowhere"], new.path());
    assert!(mend.contains("--to"), "{mend}");
}

/// Of a day that is over an entry is lost alone, and everybody who reads the record is told.
#[test]
fn what_cannot_be_brought_back_of_a_day_that_is_over_is_said_in_its_place() {
    let (folder, backups) = a_morning();
    let mut store = Store::open(folder.path()).expect("the file");
    let opened = Happening::DayOpened {
        day: Date::new(2020, 11, 21),
        turns_at_steady_ms: u64::MAX >> 1,
    };
    let entry = Entry {
        events: vec![Event {
            at: store.last_moment().expect("an entry"),
            what: opened,
        }],
        ..Entry::default()
    };
    store.append(store.seq(), &[entry]).expect("room");
    drop(store);
    let memory = folder.path().join(FILE_NAME);
    for seq in 1..=15 {
        let damaged = backups.path().join("damaged.sqlite");
        fs::copy(&memory, &damaged).expect("room");
        let file = Connection::open(&damaged).expect("a database");
        let change = "UPDATE journal SET wall_ms = 0 WHERE seq = ?1";
        file.execute(change, [seq]).expect("a change");
        drop(file);
        let new = TempDir::new().expect("a folder");
        let text = restored(&damaged, new.path(), &[]);
        let back = text.starts_with("Brought back: 15 entries of 2 days");
        assert!(back, "{text}");
        let lost = format!("  1 entry of 2020-11-20: {seq} to {seq}\n");
        assert!(text.contains(&lost), "{text}");
        let text = said(&["audit", "verify"], new.path());
        assert!(
            text.contains("1 entry lost at an earlier restore"),
            "{text}"
        );
        // Whoever reads the day is told, and what is missing confuses nobody.
        let show = ["audit", "show", "--day", "2020-11-20", "--language"];
        let text = said(&[&show[..], &["en"]].concat(), new.path());
        assert!(text.contains("was damaged and is lost; entry 17"), "{text}");
        let text = said(&[&show[..], &["zh"]].concat(), new.path());
        assert!(text.contains("此处的记录已损坏，未能恢复"), "{text}");
        assert!(text.contains("营业日 2020-11-20\n"), "{text}");
        let replayed = said(&REPLAY, new.path());
        let told = ["A003", "B001"].map(|number| replayed.contains(number));
        assert_ne!(told, [false, false], "{seq}: {replayed}");
        drop(Running::start(new.path()));
    }
}

#[test]
fn a_damaged_memory_and_an_older_backup_give_the_whole_morning_back() {
    let (folder, backups) = a_morning();
    back_up(folder.path(), backups.path(), &[]);
    let picture = said(&REPLAY, folder.path());
    let memory = folder.path().join(FILE_NAME);
    let file = Connection::open(&memory).expect("a database");
    let change = "UPDATE journal SET wall_ms = 0 WHERE seq = 4";
    assert_eq!(file.execute(change, []).expect("a change"), 1);
    drop(file);

    let made = files(backups.path());
    let backup = made[0].to_str().expect("text");
    let text = restored(&memory, folder.path(), &["--with", backup, "--replace"]);
    assert!(
        text.contains("1 entry damaged, and taken from the older backup"),
        "{text}"
    );
    assert!(!text.contains("Not brought back"), "{text}");
    assert_eq!(said(&REPLAY, folder.path()), picture);
    said(&["audit", "verify"], folder.path());
}

/// Enough for a copy to take a while.
fn write_many(data: &Path) {
    let mut store = Store::open(data).expect("a new file");
    let event = |what| Event {
        at: Moment::default(),
        what,
    };
    let opened = Happening::DayOpened {
        day: Date::new(2020, 11, 20),
        turns_at_steady_ms: u64::MAX >> 1,
    };
    let counter = CounterNumber(1);
    let pauses = (0..40_000).map(|_| event(Happening::Resumed { counter }));
    let events = [event(opened)].into_iter().chain(pauses).collect();
    let entry = Entry {
        events,
        ..Entry::default()
    };
    store.append(0, &[entry]).expect("room");
}

#[test]
fn a_backup_that_is_killed_leaves_no_half_file_and_the_next_one_is_whole() {
    let (folder, backups) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    write_many(folder.path());
    let file = backups.path().join("one.sqlite");
    let part = backups.path().join("one.sqlite.part");
    let mut killed = 0;
    for pages in [0, 1, 20, 100, 400] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hall"))
            .args(["backup", "--to"])
            .arg(&file)
            .arg("--data")
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("the hall is built");
        let size = || fs::metadata(&part).map_or(0, |part| part.len());
        while child.try_wait().expect("a child").is_none()
            && (!part.exists() || size() < pages * 4_096)
        {
            thread::yield_now();
        }
        // SIGKILL, which leaves it no time for anything.
        let _ = child.kill();
        let ended = child.wait().expect("a child");
        killed += u32::from(!ended.success());
        if file.exists() {
            let whole = Archive::open_file(&file).expect("readable");
            assert_eq!(whole.verify(|_| {}).expect("readable").entries, 40_001);
        }
    }
    assert!(killed >= 3, "{killed} were killed on the way");
    back_up(folder.path(), &file, &[]);
    assert!(!part.exists());
    let new = TempDir::new().expect("a folder");
    assert!(restored(&file, new.path(), &[]).starts_with("Brought back: 40001 entries"));
    assert!(new.path().join(FILE_NAME).exists());
}
