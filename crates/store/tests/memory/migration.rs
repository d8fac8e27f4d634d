//! A file of every schema that a hall has written, made by hand, as those halls left it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use queue::{Date, Happening};
use rusqlite::Connection;
use store::{Archive, FILE_NAME, OpenError, Store};
use tempfile::TempDir;

use crate::sample;

const SCHEMA_1: &str = "
    CREATE TABLE journal (
        seq INTEGER PRIMARY KEY, steady_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
        actor TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE request (id BLOB PRIMARY KEY, act BLOB NOT NULL, outcome TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE mark (
        one INTEGER PRIMARY KEY CHECK (one = 1), day_seq INTEGER NOT NULL,
        head_seq INTEGER NOT NULL, head_hash BLOB NOT NULL
    ) STRICT;
    PRAGMA user_version = 1;";

/// What the second and the third one changed. The last one is written by the hall itself.
const LATER: [&str; 4] = [
    "
    CREATE TABLE day (date INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL) STRICT;
    INSERT INTO day VALUES (20261120, 1), (20261122, 5);
    CREATE TABLE appointment (
        code TEXT PRIMARY KEY, service TEXT NOT NULL, class TEXT NOT NULL,
        slot_wall_ms INTEGER NOT NULL, booked_seq INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE day_key (date INTEGER PRIMARY KEY, key BLOB NOT NULL CHECK (length(key) = 32)) STRICT;
    PRAGMA user_version = 2;",
    "
    ALTER TABLE request ADD COLUMN seq INTEGER;
    ALTER TABLE request ADD COLUMN sum BLOB;
    ALTER TABLE mark ADD COLUMN requests BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';
    PRAGMA user_version = 3;",
    "
    CREATE TABLE note (
        seq INTEGER PRIMARY KEY, salt BLOB NOT NULL CHECK (length(salt) = 16), text TEXT NOT NULL
    ) STRICT;
    CREATE TABLE deletion (
        up_to_seq INTEGER PRIMARY KEY, before INTEGER NOT NULL, made_on INTEGER NOT NULL,
        notes INTEGER NOT NULL, sum BLOB NOT NULL
    ) STRICT;
    PRAGMA user_version = 4;",
    "
    CREATE TABLE device (
        name TEXT PRIMARY KEY, role TEXT NOT NULL, counter INTEGER,
        key_sum BLOB NOT NULL CHECK (length(key_sum) = 32), paired_wall_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE person (
        name TEXT PRIMARY KEY, role TEXT NOT NULL, pin TEXT NOT NULL, failures INTEGER NOT NULL,
        locks INTEGER NOT NULL, locked_until_ms INTEGER NOT NULL, created_wall_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO device VALUES ('kiosk-1', 'kiosk', NULL, zeroblob(32), 5);
    INSERT INTO person VALUES ('王芳', 'clerk', '$argon2id$', 0, 0, 0, 5);
    PRAGMA user_version = 5;",
];

/// The first schema that knows devices and people, for whom an entry vouches from the upgrade on.
const WITH_DEVICES: usize = 5;

const BODIES: [&str; 7] = [
    r#"{"event":"day_opened","day":20261120,"turns_at_steady_ms":86400000}"#,
    r#"{"event":"signed_in","counter":1,"clerk":"{\"event\":\"day_opened\",\"day\":1}"}"#,
    r#"{"event":"signed_out","counter":1}"#,
    r#"{"event":"day_closed","day":20261120}"#,
    r#"{"event":"day_opened","day":20261122,"turns_at_steady_ms":172800000}"#,
    r#"{"event":"signed_in","counter":2,"clerk":"王芳"}"#,
    r#"{"event":"paused","counter":2,"reason":"午餐"}"#,
];

fn write_by_hand(folder: &Path) {
    let file = Connection::open(folder.join(FILE_NAME)).expect("room");
    file.execute_batch(SCHEMA_1).expect("the tables");
    let mut hash = [0; 32];
    for (place, body) in BODIES.iter().enumerate() {
        let seq = place as i64 + 1;
        hash = sample::write_entry(&file, seq, body, hash);
    }
    let insert = "INSERT INTO mark VALUES (1, 5, 7, ?1)";
    file.execute(insert, [&hash[..]]).expect("room");
}

/// A closed file of a schema.
fn of_schema(schema: usize) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    write_by_hand(folder.path());
    let file = Connection::open(folder.path().join(FILE_NAME)).expect("the file");
    for change in &LATER[..schema - 1] {
        file.execute_batch(change).expect("the tables");
    }
    folder
}

fn kept_beside(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("a folder");
    let paths = files.map(|file| file.expect("a file").path());
    let kept = |path: &PathBuf| {
        let name = path.to_string_lossy();
        name.contains(".schema-") && name.ends_with('Z')
    };
    paths.filter(kept).collect()
}

fn schema_of(path: &Path) -> usize {
    let file = Connection::open(path).expect("a database");
    let version = file.pragma_query_value(None, "user_version", |row| row.get(0));
    version.expect("a number")
}

#[test]
fn a_file_of_every_schema_is_brought_up_to_date_after_a_copy_of_it_was_kept() {
    for schema in 1..=LATER.len() + 1 {
        let folder = of_schema(schema);
        let path = folder.path().join(FILE_NAME);
        let before = fs::read(&path).expect("the file");
        let mut store = Store::open(folder.path()).expect("it is brought up to date");
        let mut open_day = 0;
        store.replay(|_| open_day += 1).expect("it can be believed");
        let vouches = u64::from(schema >= WITH_DEVICES);
        let last = 7 + vouches;
        assert_eq!(
            (store.seq(), open_day),
            (last, 3 + vouches),
            "schema {schema}"
        );
        let kept = kept_beside(folder.path());
        let name = format!("hall.sqlite.schema-{schema}.20");
        assert!(
            kept.len() == 1 && kept[0].to_string_lossy().contains(&name),
            "{kept:?}"
        );
        assert_eq!(schema_of(&kept[0]), schema);
        let same = fs::read(&kept[0]).expect("the copy");
        // The hall sets the write-ahead mode, in the head of the first page, before it copies.
        assert!(before[100..] == same[100..], "byte for byte");
        let paused = sample::event(sample::day_opened(20_261_123));
        let more = sample::entry(vec![paused]);
        assert_eq!(store.append(last, &[more]).expect("it goes on"), last + 1);
        drop(store);
        assert_eq!(schema_of(&path), store::SCHEMA);
        let archive = Archive::open(folder.path()).expect("readable");
        let verdict = archive.verify(|_| {}).expect("readable");
        assert!(verdict.is_good(), "{:?}", verdict.bad);
        drop(Store::open(folder.path()).expect("the file"));
        assert_eq!(kept_beside(folder.path()).len(), 1, "once");

        let new = TempDir::new().expect("a folder");
        let restored = store::restore(&kept[0], new.path(), None).expect("it is a backup");
        assert_eq!((restored.entries, restored.wrong), (last, None));
        store::delete_put_aside(folder.path(), Duration::from_secs(3_600)).expect("readable");
        assert_eq!(kept_beside(folder.path()).len(), 1, "it is young");
        store::delete_put_aside(folder.path(), Duration::ZERO).expect("readable");
        assert_eq!(kept_beside(folder.path()).len(), 0);
    }
}

/// Its pages cannot be copied, for nobody can say where the journal ends.
#[test]
fn a_damaged_file_of_every_schema_comes_back_entry_by_entry() {
    for schema in 1..=LATER.len() + 1 {
        let folder = of_schema(schema);
        let path = folder.path().join(FILE_NAME);
        let file = Connection::open(&path).expect("the file");
        let insert =
            "INSERT INTO request (id, act, outcome) VALUES (zeroblob(16), x'7b7d', 'outcome')";
        file.execute_batch(insert).expect("room");
        let with_sum = "INSERT INTO request VALUES (x'00000000000000000000000000000001', x'7b7d', 'outcome', 7, zeroblob(16))";
        let wrong_sums = u64::from(schema >= 3);
        if wrong_sums > 0 {
            file.execute_batch(with_sum).expect("room");
        }
        let damage = "UPDATE mark SET head_hash = zeroblob(32)";
        file.execute_batch(damage).expect("a change");
        drop(file);
        let new = TempDir::new().expect("a folder");
        let restored = store::restore(&path, new.path(), None).expect("something is good");
        assert_eq!(
            (restored.entries, restored.requests, restored.requests_lost),
            (7, 1, wrong_sums),
            "schema {schema}"
        );
        let none: Vec<String> = Vec::new();
        assert_eq!(restored.belongings_lost, none, "schema {schema}");
        let archive = Archive::open(new.path()).expect("readable");
        let verdict = archive.verify(|_| {}).expect("readable");
        assert!(verdict.is_good(), "{:?}", verdict.bad);
        assert_eq!((verdict.requests, verdict.requests_unknown), (0, 1));
        let file = new.path().join("backup.sqlite");
        let backed_up = archive.back_up(&file).expect("it is sound");
        let vouches = u64::from(schema >= WITH_DEVICES);
        assert_eq!((backed_up.entries, backed_up.requests), (7 + vouches, 1));
        let trusted = archive.trusted().expect("readable");
        let known = trusted.devices.len() + trusted.people.len();
        assert_eq!(known as u64, 2 * vouches);
        let store = Store::open(new.path()).expect("a hall starts on it");
        store.replay(|_| {}).expect("its day");
        store.look_beside().expect("and who is let in");
        let known = store.answered(&[0; 16]).expect("readable");
        assert_eq!(known.expect("it was answered").outcome, "outcome");
    }
}

#[test]
fn a_file_that_cannot_be_copied_is_not_changed() {
    let folder = of_schema(3);
    let path = folder.path().join(FILE_NAME);
    let reader = Connection::open(&path).expect("the file");
    reader
        .execute_batch("PRAGMA journal_mode = WAL; BEGIN; SELECT * FROM mark")
        .expect("a reader");
    let other = Connection::open(&path).expect("the file");
    other
        .execute("UPDATE mark SET day_seq = 5", [])
        .expect("room");
    let refused = Store::open(folder.path()).expect_err("there is no copy");
    let said = refused.to_string();
    assert!(
        matches!(refused, OpenError::NotKept { found: 3, .. }),
        "{said}"
    );
    assert!(
        said.contains("reads it just now") && said.ends_with("nothing was changed."),
        "{said}"
    );
    drop((reader, other));
    assert_eq!((schema_of(&path), kept_beside(folder.path()).len()), (3, 0));
    drop(Store::open(folder.path()).expect("now there is one"));
    assert_eq!(
        (schema_of(&path), kept_beside(folder.path()).len()),
        (store::SCHEMA, 1)
    );
}

fn day(archive: &Archive, day: u8) -> Vec<(u64, Happening)> {
    let mut entries = Vec::new();
    archive
        .replay_day(Date::new(2026, 11, day), None, |recorded| {
            entries.push((recorded.seq, recorded.event.what));
        })
        .expect("the day can be believed");
    entries
}

#[test]
fn a_file_of_the_first_schema_gets_its_days() {
    let folder = TempDir::new().expect("a folder");
    write_by_hand(folder.path());
    let refused = Archive::open(folder.path())
        .expect_err("a reader changes nothing")
        .to_string();
    assert!(refused.contains("an older version"), "{refused}");

    let store = Store::open(folder.path()).expect("it is brought up to date");
    let mut open_day = Vec::new();
    store
        .replay(|event| open_day.push(event.what))
        .expect("it can be believed");
    assert_eq!((store.seq(), open_day.len()), (7, 3));
    let archive = Archive::open(folder.path()).expect("readable now");
    let dates: Vec<String> = archive
        .days()
        .expect("readable")
        .iter()
        .map(Date::to_string)
        .collect();
    assert_eq!(dates, ["2026-11-20", "2026-11-22"]);
    let seqs =
        |entries: &[(u64, Happening)]| entries.iter().map(|(seq, _)| *seq).collect::<Vec<_>>();
    assert_eq!(seqs(&day(&archive, 20)), [1, 2, 3, 4]);
    assert_eq!(seqs(&day(&archive, 22)), [5, 6, 7]);
    assert!(
        day(&archive, 22)
            .into_iter()
            .map(|(_, what)| what)
            .eq(open_day)
    );
    let verdict = archive.verify(|_| {}).expect("readable");
    assert_eq!(verdict.texts_in_entries, 1, "it stands in its entry");
}

#[test]
fn outcomes_from_before_the_checksum_are_given_out_and_counted_as_unknown() {
    let folder = TempDir::new().expect("a folder");
    write_by_hand(folder.path());
    let file = Connection::open(folder.path().join(FILE_NAME)).expect("the file");
    let insert = "INSERT INTO request VALUES (?1, x'00', 'done')";
    file.execute(insert, [&[7; 16][..]]).expect("room");
    drop(file);
    let new = TempDir::new().expect("a folder");
    let restored = store::restore(&folder.path().join(FILE_NAME), new.path(), None);
    let restored = restored.expect("an old file is also a backup");
    assert_eq!((restored.entries, restored.requests), (7, 1));
    drop(Store::open(folder.path()).expect("it is brought up to date"));
    for folder in [&folder, &new] {
        let store = Store::open(folder.path()).expect("the file");
        let known = store.answered(&[7; 16]).expect("readable");
        assert_eq!(known.map(|known| known.outcome), Some("done".to_owned()));
        let archive = Archive::open(folder.path()).expect("readable");
        let verdict = archive.verify(|_| {}).expect("readable");
        assert!(verdict.is_good(), "{verdict:?}");
        assert_eq!((verdict.requests, verdict.requests_unknown), (0, 1));
    }
}

#[test]
fn a_damaged_opening_does_not_keep_the_hall_from_the_open_day() {
    let folder = TempDir::new().expect("a folder");
    write_by_hand(folder.path());
    let file = Connection::open(folder.path().join(FILE_NAME)).expect("the file");
    file.execute(
        "UPDATE journal SET body = replace(body, '2026', 'x') WHERE seq = 1",
        [],
    )
    .expect("an update");
    drop(file);
    let store = Store::open(folder.path()).expect("it is brought up to date");
    store.replay(|_| {}).expect("the open day is sound");
    let archive = Archive::open(folder.path()).expect("readable");
    assert_eq!(archive.days().expect("readable"), [Date::new(2026, 11, 22)]);
}
