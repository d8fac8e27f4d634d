//! What looks after the hall's memory while the hall serves.

mod morning;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hall::caretaker::Rounds;
use hall::engine::Memory;
use hall::settings::BackupSettings;
use hall::{HallSettings, backups};
use morning::{Morning, TEN_WALL_MS, write_a_morning};
use queue::{Date, Moment, Now};
use rusqlite::Connection;
use store::{Archive, Checked, FILE_NAME, Store};
use tempfile::TempDir;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

/// A caretaker, and what it said in its last round.
struct Caretaker {
    rounds: Rounds,
    said: Vec<Memory>,
}

impl Caretaker {
    fn new(settings: HallSettings, data: &Path) -> Self {
        Self {
            rounds: Rounds::new(settings, data),
            said: Vec::new(),
        }
    }

    /// A round so many hours after ten o'clock.
    fn round(&mut self, hours: u64) {
        let ms = hours * HOUR_MS;
        let now = Now {
            at: Moment {
                steady_ms: ms,
                wall_ms: TEN_WALL_MS + ms as i64,
            },
            today: Date::new(2020, 11, 20 + ((10 + hours) / 24) as u8),
            tomorrow_steady_ms: u64::MAX,
            time_of_day_ms: 0,
        };
        self.said.clear();
        let said = &mut self.said;
        let goes_on = |_: Duration| true;
        self.rounds
            .go(now, &goes_on, &mut |memory| said.push(memory));
        self.said
            .retain(|memory| !matches!(memory, Memory::Room { .. }));
    }
}

fn looked(bad: Option<&str>) -> Memory {
    let bad = bad.map(str::to_owned);
    Memory::Looked { bad }
}

fn change(data: &Path, change: &str) {
    let file = Connection::open(data.join(FILE_NAME)).expect("a database");
    file.execute_batch(change).expect("a change");
}

#[test]
fn the_record_is_looked_at_every_hour_and_from_the_first_entry_on_every_day() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    let mut caretaker = Caretaker::new(HallSettings::default_hall(), folder.path());
    caretaker.round(0);
    assert_eq!(caretaker.said, [looked(None)]);
    let first = Checked::read(folder.path()).expect("it is noted");
    assert_eq!(
        (first.at_wall_ms, first.whole_at_wall_ms),
        (TEN_WALL_MS, TEN_WALL_MS)
    );

    caretaker.round(0);
    assert_eq!(caretaker.said, [], "not again in the same hour");
    caretaker.round(1);
    let second = Checked::read(folder.path()).expect("it is noted");
    assert!(second.at_wall_ms > first.at_wall_ms);
    assert_eq!(
        (second.whole_at_wall_ms, second.seq),
        (TEN_WALL_MS, first.seq)
    );

    let mut caretaker = Caretaker::new(HallSettings::default_hall(), folder.path());
    caretaker.round(2);
    let third = Checked::read(folder.path()).expect("it is noted");
    assert_eq!(
        third.whole_at_wall_ms, TEN_WALL_MS,
        "a start goes on from there"
    );
    caretaker.round(24);
    let next_day = Checked::read(folder.path()).expect("it is noted");
    assert_eq!(
        next_day.whole_at_wall_ms, next_day.at_wall_ms,
        "all of it again"
    );
}

#[test]
fn damage_today_and_damage_before_are_told_apart_and_stay_noted() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    change(
        folder.path(),
        "UPDATE journal SET wall_ms = 0 WHERE seq = 9",
    );
    let mut caretaker = Caretaker::new(HallSettings::default_hall(), folder.path());
    caretaker.round(0);
    let what = "entry 9 of 2020-11-20: its hash is not that of what it says";
    let bad = format!("{what}.");
    assert_eq!(caretaker.said, [looked(None), Memory::DamagedToday { bad }]);

    let mut store = Store::open(folder.path()).expect("the file");
    let opened = queue::Event {
        at: Moment::default(),
        what: queue::Happening::DayOpened {
            day: Date::new(2020, 11, 21),
            turns_at_steady_ms: u64::MAX >> 1,
        },
    };
    let entry = store::Entry {
        events: vec![opened],
        ..store::Entry::default()
    };
    store.append(store.seq(), &[entry]).expect("room");
    caretaker.round(1);
    assert_eq!(caretaker.said, [looked(Some(what))], "it was yesterday");
    let noted = Checked::read(folder.path()).expect("it is noted");
    assert_eq!(noted.bad, [what]);
    caretaker.round(2);
    assert_eq!(caretaker.said, [looked(Some(what))], "and does not go away");
}

fn with_backups(folder: &Path) -> HallSettings {
    let mut settings = HallSettings::default_hall();
    settings.backup = Some(BackupSettings {
        folder: folder.to_owned(),
        at: "12:30".parse().expect("a time"),
        keep: 2,
    });
    settings
}

fn names(folder: &Path) -> Vec<String> {
    let all = backups::list(folder).expect("readable").into_iter();
    let name = |file: PathBuf| {
        file.file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned()
    };
    all.map(name).collect()
}

#[test]
fn a_backup_is_made_each_day_at_its_time_and_the_oldest_goes() {
    let (folder, place) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let place = place.path().join("backups");
    write_a_morning(folder.path());
    let mut caretaker = Caretaker::new(with_backups(&place), folder.path());
    let made = Memory::BackedUp { failed: None };
    caretaker.round(0);
    assert!(
        caretaker.said.contains(&made),
        "there was none from yesterday"
    );
    for (hours, expected) in [
        (2, vec!["hall-2020-11-20T100000.sqlite"]),
        (
            3,
            vec![
                "hall-2020-11-20T100000.sqlite",
                "hall-2020-11-20T130000.sqlite",
            ],
        ),
        (
            26,
            vec![
                "hall-2020-11-20T100000.sqlite",
                "hall-2020-11-20T130000.sqlite",
            ],
        ),
        (
            27,
            vec![
                "hall-2020-11-20T130000.sqlite",
                "hall-2020-11-21T130000.sqlite",
            ],
        ),
        // The hall stood still for a day.
        (
            75,
            vec![
                "hall-2020-11-21T130000.sqlite",
                "hall-2020-11-23T130000.sqlite",
            ],
        ),
    ] {
        caretaker.round(hours);
        assert_eq!(names(&place), expected, "after {hours} hours");
    }
    let new = TempDir::new().expect("a folder");
    let newest = place.join("hall-2020-11-23T130000.sqlite");
    let restored = store::restore(&newest, new.path(), None).expect("it is whole");
    let all = Archive::open(folder.path())
        .expect("readable")
        .extent()
        .expect("readable");
    assert_eq!((restored.entries, restored.wrong), (all.entries, None));
}

#[test]
fn a_backup_that_fails_is_told_and_tried_again() {
    let (folder, place) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let morning = Morning::begin(folder.path());
    let backups = place.path().join("backups");
    fs::write(&backups, "a file where the folder should be").expect("room");
    let mut caretaker = Caretaker::new(with_backups(&backups), folder.path());
    let failed = |caretaker: &Caretaker| {
        let mut said = caretaker.said.iter();
        said.find_map(|memory| match memory {
            Memory::BackedUp { failed } => Some(failed.clone()),
            _ => None,
        })
    };
    caretaker.round(0);
    let why = failed(&caretaker).flatten().expect("it failed");
    assert!(why.contains(&backups.display().to_string()), "{why}");
    fs::remove_file(&backups).expect("ours");
    caretaker.round(0);
    assert_eq!(failed(&caretaker), None, "not at once");
    caretaker.round(1);
    assert_eq!(failed(&caretaker), Some(None));
    assert_eq!(names(&backups).len(), 1);
    drop(morning);
}

#[test]
fn there_is_a_reserve_while_there_is_room_for_it() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    assert!(!store::is_reserve_kept(folder.path()));
    Caretaker::new(HallSettings::default_hall(), folder.path()).round(0);
    // Where this is tested there may be none.
    let disk = rustix::fs::statfs(folder.path()).expect("a disk");
    let free = disk.f_bavail * disk.f_bsize as u64;
    let enough = free > 8 * store::RESERVE_BYTES;
    assert_eq!(store::is_reserve_kept(folder.path()), enough);
}
