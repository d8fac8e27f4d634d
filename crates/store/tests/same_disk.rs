//! A seed replays what happened to a disk, byte for byte.
//!
//! The test is alone in its program. SQLite draws the salts of its write-ahead log from one chance for
//! the whole process: a disk begins that chance anew, but a thread beside it would draw from it too.
//! `cargo xtask torture` runs each row in a process of its own for the same reason.

mod disk;

use rusqlite::Connection;

use disk::{Disk, Fault};

#[test]
fn a_seed_gives_the_same_disk_again() {
    let after = |seed| {
        let disk = Disk::mount(seed);
        let file = Connection::open("/hall.sqlite").expect("a file");
        disk.plan(seed % 12, Fault::PowerCut);
        let made = file.execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE number (value INTEGER); INSERT INTO number VALUES (1), (2);",
        );
        assert_eq!(made.is_err(), disk.is_down());
        drop(file);
        disk.cut_power_now();
        let files = disk.files().into_iter();
        files
            .map(|name| (disk.read(&name), name))
            .collect::<Vec<_>>()
    };
    let all = || (0..24).map(after).collect::<Vec<_>>();
    assert!(all() == all());
}
