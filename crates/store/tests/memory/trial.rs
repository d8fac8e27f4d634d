//! A backup is proved by bringing it back, and with it comes all that a hall on a new machine needs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rusqlite::Connection;
use store::{Archive, BackedUp, BackupError, BackupPlan, FILE_NAME, Store, Trial, restore};
use tempfile::TempDir;

use crate::sample::{behind_the_back, three_days};

const KEY: &str = "tls/key.pem";
const CERTIFICATE: &str = "tls/certificate.pem";

const PLAN: BackupPlan = BackupPlan {
    forget: None,
    belongings: &[CERTIFICATE, KEY, "tls/none.pem"],
    room: Some(|_| Some(u64::MAX)),
};

/// A hall's data folder with its certificate.
fn hall() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), 20);
    fs::create_dir(folder.path().join("tls")).expect("room");
    fs::write(folder.path().join(KEY), "the key").expect("room");
    fs::write(folder.path().join(CERTIFICATE), "the certificate").expect("room");
    folder
}

fn back_up(data: &Path, file: &Path, plan: &BackupPlan<'_>) -> Result<BackedUp, BackupError> {
    let archive = Archive::open(data).expect("readable");
    archive.back_up_as(file, plan)
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).expect("a folder").count()
}

fn mode(path: &Path) -> u32 {
    let about = fs::metadata(path).expect("it is there");
    about.permissions().mode() & 0o777
}

#[test]
fn a_backup_is_brought_back_beside_itself_and_nothing_of_it_stays() {
    let (data, backups) = (hall(), TempDir::new().expect("a folder"));
    let file = backups.path().join("one.sqlite");
    let made = back_up(data.path(), &file, &PLAN).expect("room");
    assert_eq!(
        (made.trial, made.entries, made.requests),
        (Trial::BroughtBack, 63, 60)
    );
    assert_eq!(files(backups.path()), 1);
    assert_eq!(mode(&file), 0o600, "the hall's key is in it");

    let little = BackupPlan {
        room: Some(|_| Some(1_000)),
        ..PLAN
    };
    let made = back_up(data.path(), &file, &little).expect("it is read through all the same");
    assert!(
        matches!(made.trial, Trial::NoRoom { free: 1_000, .. }),
        "{made:?}"
    );
    assert_eq!(made.entries, 63);
}

#[test]
fn what_cannot_be_brought_back_gets_no_name() {
    let (data, backups) = (hall(), TempDir::new().expect("a folder"));
    let file = backups.path().join("one.sqlite");
    // Read through it is good; but no hall can go on with a table that takes nothing any more.
    behind_the_back(data.path())
        .execute_batch("ALTER TABLE mark RENAME COLUMN trusted_seq TO other")
        .expect("a change");
    let refused = back_up(data.path(), &file, &PLAN).expect_err("it is no hall's memory");
    assert!(matches!(refused, BackupError::Damaged(_)), "{refused}");
    assert_eq!(files(backups.path()), 0);
}

#[test]
fn on_a_new_machine_devices_find_the_certificate_that_they_know() {
    let (data, backups) = (hall(), TempDir::new().expect("a folder"));
    let file = backups.path().join("one.sqlite");
    back_up(data.path(), &file, &PLAN).expect("room");
    let new = TempDir::new().expect("a folder");
    // Somebody started a hall there before, which made a certificate of its own.
    fs::create_dir(new.path().join("tls")).expect("room");
    fs::write(new.path().join(KEY), "another").expect("room");
    let back = restore(&file, new.path(), Some("yesterday")).expect("room");
    assert_eq!(back.belongings, [CERTIFICATE, KEY]);
    let read = |name: &str| fs::read_to_string(new.path().join(name)).expect("a file");
    assert_eq!(
        (read(KEY), read(CERTIFICATE)),
        ("the key".to_owned(), "the certificate".to_owned())
    );
    assert_eq!(read("tls/key.pem.before-yesterday"), "another");
    assert_eq!(mode(&new.path().join(KEY)), 0o600);
    let held = behind_the_back(new.path()).query_row("SELECT count(*) FROM belonging", [], |row| {
        row.get::<_, u64>(0)
    });
    assert_eq!(
        held.expect("a count"),
        0,
        "the memory itself has no key in it"
    );
    let bytes = fs::read(new.path().join(FILE_NAME)).expect("the file");
    assert!(!bytes.windows(7).any(|window| window == b"the key"));
}

#[test]
fn a_damaged_key_is_not_brought_back_and_said() {
    let (data, backups) = (hall(), TempDir::new().expect("a folder"));
    let file = backups.path().join("one.sqlite");
    back_up(data.path(), &file, &PLAN).expect("room");
    let other = Connection::open(&file).expect("the file");
    other
        .execute(
            "UPDATE belonging SET content = x'00' WHERE name = ?1",
            [KEY],
        )
        .expect("a change");
    other
        .execute("UPDATE journal SET wall_ms = 0 WHERE seq = 60", [])
        .expect("a change");
    drop(other);
    let new = TempDir::new().expect("a folder");
    let back = restore(&file, new.path(), None).expect("the rest is good");
    assert_eq!(
        (back.entries, back.belongings, back.belongings_lost),
        (59, vec![CERTIFICATE.to_owned()], vec![KEY.to_owned()])
    );
    assert!(!new.path().join(KEY).exists());
    Store::open(new.path()).expect("a hall goes on with it");
}
