//! The disk of these tests loses what a real one may lose.

use rusqlite::Connection;

use super::disk::{Chance, Disk, Fault};

const ROUNDS: u64 = 200;

/// Rounds of a SQLite that syncs as it is told, in which the power cut took a confirmed row.
fn rounds_with_a_loss(synchronous: &str) -> u64 {
    let mut lost = 0;
    for seed in 0..ROUNDS {
        let disk = Disk::mount(seed);
        let open = || {
            let file = Connection::open("/hall.sqlite").expect("a file");
            let set = format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}");
            file.execute_batch(&set).expect("it is set");
            file
        };
        let file = open();
        file.execute("CREATE TABLE number (value INTEGER)", [])
            .expect("a table");
        // Where it stands is safe now, whatever happens later.
        file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .expect("copied");
        disk.plan(10 + Chance::new(seed).below(100), Fault::PowerCut);
        let mut confirmed = 0;
        while file.execute("INSERT INTO number VALUES (1)", []).is_ok() {
            confirmed += 1;
        }
        drop(file);
        disk.restart();
        let there: u64 = open()
            .query_row("SELECT count(*) FROM number", [], |row| row.get(0))
            .expect("readable");
        lost += u64::from(there < confirmed);
    }
    lost
}

/// Had the store another setting, the rows of the power cut would show it.
#[test]
fn a_power_cut_takes_what_was_not_synced_and_nothing_else() {
    assert_eq!(rounds_with_a_loss("FULL"), 0);
    let lost = rounds_with_a_loss("NORMAL");
    assert!(lost > ROUNDS / 2, "{lost} of {ROUNDS}");
}

#[test]
fn a_thread_without_a_disk_has_the_files_of_the_machine() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("real.sqlite");
    let disk = Disk::mount(1);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            Connection::open(&path).and_then(|file| file.execute_batch("CREATE TABLE real (value)"))
        });
        other
            .join()
            .expect("it ends")
            .expect("a file of the machine");
    });
    assert!(path.exists() && disk.files().is_empty());
}
