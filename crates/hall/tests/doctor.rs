//! What the person reads who is asked whether the hall is well.

mod morning;

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;

use morning::{Running, hall, write_a_morning};
use queue::{Date, Event, Happening, Moment};
use rusqlite::Connection;
use store::{Entry, FILE_NAME, Store};
use tempfile::TempDir;

/// The default hall on a port that is free just now.
fn settings(folder: &Path) -> PathBuf {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    settings_on(folder, free.local_addr().expect("an address").port())
}

fn settings_on(folder: &Path, port: u16) -> PathBuf {
    let text = include_str!("../../../assets/hall.toml");
    let file = folder.join("hall.toml");
    let text = text.replace("127.0.0.1:7410", &format!("127.0.0.1:{port}"));
    fs::write(&file, text).expect("room");
    file
}

/// What is said, and the exit code.
fn doctor(data: &Path, settings: &Path, more: &[&str]) -> (String, i32) {
    let settings = settings.to_str().expect("text");
    let output = hall(&[&["doctor", "--settings", settings], more].concat(), data);
    let text = String::from_utf8(output.stdout).expect("text");
    (text, output.status.code().expect("it ended by itself"))
}

fn private(folder: &Path) {
    fs::set_permissions(folder, Permissions::from_mode(0o700)).expect("ours");
}

/// Lines that say that something is not good.
fn marked(text: &str) -> Vec<&str> {
    let is_marked = |line: &&str| line.starts_with("LOOK") || line.starts_with("BROKEN");
    text.lines().filter(is_marked).collect()
}

#[test]
fn a_hall_that_is_well_is_said_to_be_well() {
    let (folder, place) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    write_a_morning(folder.path());
    private(folder.path());
    let (text, _) = doctor(folder.path(), &settings(place.path()), &[]);
    println!("{text}");
    // A disk may be slow or nearly full where this is tested, and temporary folders in memory.
    let marked: Vec<&str> = marked(&text)
        .into_iter()
        .filter(|line| !line.contains("room") && !line.contains(" disk "))
        .collect();
    assert!(marked.is_empty(), "{text}");
    for good in [
        &format!("schema {}, SQLite 3.", store::SCHEMA),
        "15 entries of 1 day; the last, 2020-11-20, with 5 tickets",
        "it does not run; 127.0.0.1:",
        "the last open day was 2020-11-20",
    ] {
        assert!(text.contains(good), "{good}: {text}");
    }
}

#[test]
fn a_running_hall_is_asked_and_a_port_that_another_has_is_named() {
    let (folder, place) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    write_a_morning(folder.path());
    private(folder.path());
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    let (text, code) = doctor(folder.path(), &settings_on(place.path(), port), &[]);
    assert!(
        text.contains("BROKEN  hall") && text.contains("it does not run, and cannot listen on"),
        "{text}"
    );
    assert_eq!(code, 2);
    drop(taken);

    let running = Running::start(folder.path());
    let port = running.port();
    let (text, _) = doctor(folder.path(), &settings_on(place.path(), port), &[]);
    assert!(
        text.contains(&format!("it runs, and answers on 127.0.0.1:{port}")),
        "{text}"
    );
    let (text, code) = doctor(folder.path(), &settings(place.path()), &[]);
    assert!(
        text.contains("LOOK    hall") && text.contains("nothing answers on"),
        "{text}"
    );
    assert!(code >= 1);
    let by_tls = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = by_tls.local_addr().expect("an address").port();
    let answering = thread::spawn(move || {
        let (mut stream, _) = by_tls.accept().expect("it is asked");
        assert!(stream.read(&mut [0; 512]).expect("it asks") > 0);
        let answered = stream.write_all(b"HTTP/1.1 426 Upgrade Required\r\n\r\n");
        answered.expect("it listens");
    });
    let (text, _) = doctor(folder.path(), &settings_on(place.path(), port), &[]);
    assert!(
        text.contains("good    hall        it runs, and asks for TLS"),
        "{text}"
    );
    answering.join().expect("no panic");
}

#[test]
fn each_trouble_is_said_with_its_mend() {
    let place = TempDir::new().expect("a folder");
    let file = settings(place.path());
    let broken = place.path().join("broken.toml");
    fs::write(&broken, "name = 7").expect("room");
    let folder = TempDir::new().expect("a folder");
    let (text, code) = doctor(folder.path(), &file, &[]);
    assert!(
        text.contains("there is no hall's memory in") && code == 2,
        "{text}"
    );

    write_a_morning(folder.path());
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("ours");
    fs::set_permissions(folder.path().join(FILE_NAME), Permissions::from_mode(0o644))
        .expect("ours");
    let (text, code) = doctor(
        folder.path(),
        &broken,
        &["--backups", place.path().to_str().expect("text")],
    );
    for trouble in [
        "BROKEN  settings",
        "LOOK    rights",
        "What to do: Say chmod 700",
        "LOOK    backup      there is none in",
    ] {
        assert!(text.contains(trouble), "{trouble}: {text}");
    }
    assert_eq!(code, 2);

    let change = "UPDATE journal SET actor = 'x' WHERE seq = 12";
    let other = Connection::open(folder.path().join(FILE_NAME)).expect("the file");
    other.execute(change, []).expect("a change");
    drop(other);
    let (text, code) = doctor(folder.path(), &file, &[]);
    assert!(
        text.contains("BROKEN  memory      journal entry 12 is damaged")
            && text.contains("hall restore"),
        "{text}"
    );
    assert_eq!(code, 2);
}

#[test]
fn a_device_that_was_edited_and_a_backup_that_failed_are_named() {
    let (folder, place) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    write_a_morning(folder.path());
    let file = settings(place.path());
    let backups = place.path().join("backups");
    let to = ["--to", backups.to_str().expect("text")];
    hall(&[&["backup"], &to[..]].concat(), folder.path());
    let (text, _) = doctor(folder.path(), &file, &[]);
    let proved = "it was brought back on trial, opened as a hall opens its memory, and is good";
    for good in [
        proved,
        "days are kept for 30 years, and none was deleted yet",
    ] {
        assert!(text.contains(good), "{good}: {text}");
    }

    let edit = "INSERT INTO device VALUES ('desk-9', 'supervisor', NULL, zeroblob(32), 0, 3)";
    let other = Connection::open(folder.path().join(FILE_NAME)).expect("the file");
    other.execute(edit, []).expect("a change");
    drop(other);
    hall(&[&["backup"], &to[..]].concat(), folder.path());
    let (text, code) = doctor(folder.path(), &file, &[]);
    for bad in [
        "BROKEN  memory      no entry says that the hall knows the device desk-9",
        "BROKEN  backup",
        "no backup was made, for the hall's memory is damaged",
    ] {
        assert!(text.contains(bad), "{bad}: {text}");
    }
    assert_eq!(code, 2);
}

#[test]
fn a_clock_that_was_set_back_is_seen() {
    let (folder, place) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let mut store = Store::open(folder.path()).expect("a new file");
    // In the year 2100.
    let at = Moment {
        steady_ms: 1,
        wall_ms: 4_102_444_800_000,
    };
    let what = Happening::DayOpened {
        day: Date::new(2100, 1, 1),
        turns_at_steady_ms: u64::MAX >> 1,
    };
    let events = vec![Event { at, what }];
    let entry = Entry {
        events,
        ..Entry::default()
    };
    store.append(0, &[entry]).expect("room");
    drop(store);
    let (text, code) = doctor(folder.path(), &settings(place.path()), &[]);
    assert!(
        text.contains("it was set back by") && text.contains("the day 2100-01-01 is open already"),
        "{text}"
    );
    assert!(text.contains("timedatectl") && code >= 1, "{text}");
}
