//! A record that is damaged, and a disk that gives nothing: the screens stay, and nothing false is said.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use hall::engine::{Input, Memory, Output};
use protocol::{Act, AlarmKind, DoorState, Outcome, Refusal, Role, Row};
use store::FILE_NAME;
use tempfile::TempDir;
use uuid::Uuid;

use super::desk::{DAY_MS, Desk, Fault, changed, join, number, request, sign_in, take};

const READ_ONLY: Outcome = Outcome::Refused(Refusal::ReadOnly);
const NOT_STORED: Outcome = Outcome::Refused(Refusal::NotStored);

/// The alarms that a clerk sees who joins now, and the tickets that wait.
fn seen(desk: &mut Desk) -> (Vec<AlarmKind>, u32) {
    let outputs = desk.handle(vec![join(77, Role::Counter, "desk-7", None)]);
    let rows = outputs.iter().find_map(|output| match output {
        Output::Rows { session: 77, rows } => Some(rows),
        _ => None,
    });
    let rows = &rows.expect("who joins gets the rows").rows;
    let alarms = rows.iter().filter_map(|row| match &row.row {
        Row::Alarm(row) => Some(row.alarm),
        _ => None,
    });
    let waiting = rows.iter().find_map(|row| match &row.row {
        Row::Hall(row) => Some(row.waiting),
        _ => None,
    });
    (alarms.collect(), waiting.expect("the hall has a row"))
}

/// What a kiosk hears that joins now: one that offers numbers would have each customer press in vain.
fn doors_at_the_kiosk(desk: &mut Desk) -> DoorState {
    let outputs = desk.handle(vec![join(78, Role::Kiosk, "kiosk-7", None)]);
    let rows = outputs.iter().find_map(|output| match output {
        Output::Rows { session: 78, rows } => Some(&rows.rows),
        _ => None,
    });
    let states = rows
        .expect("who joins gets the rows")
        .iter()
        .filter_map(|row| match &row.row {
            Row::Hall(row) => Some(row.doors.state),
            Row::Service(row) => Some(row.doors.state),
            _ => None,
        });
    let states: HashSet<DoorState> = states.collect();
    assert_eq!(states.len(), 1, "{states:?}");
    states.into_iter().next().expect("one")
}

fn tell(desk: &mut Desk, memory: Memory) {
    desk.handle(vec![Input::Memory(memory)]);
}

/// Changes a closed file where a text stands in it for the last time.
fn damage(folder: &Path, text: &str) {
    let path = folder.join(FILE_NAME);
    let mut bytes = fs::read(&path).expect("the file");
    let places = bytes.windows(text.len());
    let place = places
        .into_iter()
        .rposition(|window| window == text.as_bytes());
    bytes[place.expect("it is there")] ^= 1;
    fs::write(&path, bytes).expect("room");
}

#[test]
fn a_hall_that_starts_on_a_damaged_day_shows_what_is_good_and_refuses_every_act() {
    let folder = TempDir::new().expect("a folder");
    let pressed = Uuid::now_v7();
    let mut desk = Desk::open(folder.path());
    let first = desk.ask_as(pressed, take("A", "ordinary"));
    for _ in 0..3 {
        desk.ask(take("A", "ordinary"));
    }
    drop(desk);
    damage(folder.path(), r#""event":"issued","ticket":20261101000003"#);

    let mut desk = Desk::open(folder.path());
    assert_eq!(
        seen(&mut desk),
        (vec![AlarmKind::ReadOnly], 2),
        "the good prefix"
    );
    assert_eq!(doors_at_the_kiosk(&mut desk), DoorState::ReadOnly);
    let seq = desk.engine.journal_seq();
    for act in [take("A", "ordinary"), sign_in(1, "王芳"), Act::Report {}] {
        assert_eq!(desk.ask(act.clone()), READ_ONLY, "{act:?}");
    }
    assert_eq!(
        desk.ask_as(pressed, take("A", "ordinary")),
        first,
        "it was confirmed"
    );
    desk.wait(2 * DAY_MS);
    desk.handle(Vec::new());
    assert_eq!(
        desk.engine.journal_seq(),
        seq,
        "and nothing happens by itself"
    );
    assert_eq!(seen(&mut desk), (vec![AlarmKind::ReadOnly], 2));
    drop(desk);

    let new = TempDir::new().expect("a folder");
    let restored = store::restore(&folder.path().join(FILE_NAME), new.path(), None);
    let restored = restored.expect("something is good");
    assert_eq!(
        restored.entries, 3,
        "the opening of the day and two tickets"
    );
    let mut desk = Desk::open(new.path());
    assert_eq!(seen(&mut desk), (vec![], 2));
    assert_eq!(doors_at_the_kiosk(&mut desk), DoorState::Open);
    assert_eq!(number(&desk.ask(take("A", "ordinary"))), "A003");
    assert_eq!(desk.ask_as(pressed, take("A", "ordinary")), first);
}

#[test]
fn a_day_that_is_found_damaged_while_it_runs_goes_on_read_only() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let pressed = Uuid::now_v7();
    let first = desk.ask_as(pressed, take("A", "ordinary"));
    let seq = desk.engine.journal_seq();
    let bad = "entry 2 of 2026-11-01: its hash is not that of what it says.".to_owned();
    tell(&mut desk, Memory::DamagedToday { bad });
    assert_eq!(seen(&mut desk), (vec![AlarmKind::ReadOnly], 1));
    assert_eq!(desk.ask(take("A", "ordinary")), READ_ONLY);
    assert_eq!(desk.ask_as(pressed, take("A", "ordinary")), first);
    tell(&mut desk, Memory::Looked { bad: None });
    assert_eq!(
        desk.ask(take("A", "ordinary")),
        READ_ONLY,
        "until a restore"
    );
    assert_eq!(desk.engine.journal_seq(), seq);
}

#[test]
fn damage_before_today_and_other_troubles_are_told_and_the_day_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let why = || Some("entry 7 of 2026-10-30: it is missing".to_owned());
    for (begins, ends, alarm) in [
        (
            Memory::Looked { bad: why() },
            Memory::Looked { bad: None },
            AlarmKind::RecordDamaged,
        ),
        (
            Memory::BackedUp { failed: why() },
            Memory::BackedUp { failed: None },
            AlarmKind::NoBackup,
        ),
        (
            Memory::Room { short: true },
            Memory::Room { short: false },
            AlarmKind::RoomShort,
        ),
    ] {
        tell(&mut desk, begins);
        assert_eq!(seen(&mut desk).0, [alarm]);
        assert!(matches!(desk.ask(take("A", "ordinary")), Outcome::Done(_)));
        tell(&mut desk, ends);
        assert_eq!(seen(&mut desk).0, []);
    }
}

#[test]
fn a_full_disk_is_an_alarm_until_something_is_stored_again() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(take("A", "ordinary"));
    desk.fault.set(Fault::Full);
    assert_eq!(desk.ask(take("A", "ordinary")), NOT_STORED);
    assert_eq!(seen(&mut desk), (vec![AlarmKind::NotStored], 1));
    desk.fault.set(Fault::None);
    desk.wait(5_000);
    assert_eq!(number(&desk.ask(take("A", "ordinary"))), "A002");
    assert_eq!(seen(&mut desk), (vec![], 2));
}

#[test]
fn while_the_disk_gives_nothing_the_screens_stay_and_nothing_is_confirmed() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    desk.ask(take("A", "ordinary"));
    assert!(!desk.engine.is_adrift());
    desk.fault.set(Fault::Silent);
    let outputs = desk.handle(vec![request(Uuid::now_v7(), Act::CallNext { counter: 1 })]);
    assert!(desk.engine.is_adrift());
    assert_eq!(
        changed(&outputs, Role::Wall),
        None,
        "no call is on the wall"
    );
    for _ in 0..3 {
        assert_eq!(desk.ask(take("A", "ordinary")), NOT_STORED);
        assert_eq!(seen(&mut desk), (vec![AlarmKind::NotStored], 1));
        desk.wait(2_000);
    }
    assert!(
        desk.engine.next_deadline().is_some(),
        "it is tried again by itself"
    );
    desk.fault.set(Fault::None);
    desk.wait(5_000);
    desk.handle(Vec::new());
    assert!(!desk.engine.is_adrift());
    assert_eq!(
        desk.engine.queue().day().tickets().len(),
        1,
        "it is read back"
    );
    desk.wait(5_000);
    assert_eq!(number(&desk.ask(Act::CallNext { counter: 1 })), "A001");
    assert_eq!(seen(&mut desk).0, []);
}

/// Of the queue the screens keep the last that is sure; of the memory they show what is so now.
#[test]
fn a_trouble_that_is_over_goes_while_the_disk_gives_nothing() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(take("A", "ordinary"));
    tell(&mut desk, Memory::Room { short: true });
    assert_eq!(seen(&mut desk), (vec![AlarmKind::RoomShort], 1));
    desk.fault.set(Fault::Silent);
    assert_eq!(desk.ask(take("A", "ordinary")), NOT_STORED);
    assert_eq!(seen(&mut desk).0.len(), 2);
    tell(&mut desk, Memory::Room { short: false });
    assert_eq!(seen(&mut desk), (vec![AlarmKind::NotStored], 1));
}

/// Whether a text stands in any file of a folder.
fn is_anywhere(folder: &Path, text: &str) -> bool {
    let files = fs::read_dir(folder).expect("a folder");
    let mut files = files.map(|file| fs::read(file.expect("a file").path()).expect("readable"));
    files.any(|bytes| {
        let mut places = bytes.windows(text.len());
        places.any(|window| window == text.as_bytes())
    })
}

#[test]
fn what_is_typed_is_forgotten_after_its_days_and_never_stands_in_a_request() {
    const WHY: &str = "王小明忘带身份证";
    let folder = TempDir::new().expect("a folder");
    let mut settings = hall::HallSettings::default_hall();
    settings.notes_days = 3;
    let mut desk = Desk::start(folder.path(), settings, 1_000);
    desk.ask(sign_in(1, "王芳"));
    let pause = Act::Pause {
        counter: 1,
        reason: WHY.to_owned(),
    };
    assert!(matches!(desk.ask(pause), Outcome::Done(_)));
    for day in 1..=3 {
        desk.wait(DAY_MS);
        desk.handle(Vec::new());
        assert!(
            is_anywhere(folder.path(), WHY),
            "after {day} days it is kept"
        );
    }
    desk.wait(DAY_MS);
    desk.handle(Vec::new());
    assert!(!is_anywhere(folder.path(), WHY), "in no file");
    let archive = store::Archive::open(folder.path()).expect("readable");
    let verdict = archive.verify(|_| {}).expect("readable");
    assert!(verdict.is_good(), "{:?}", verdict.bad);
    assert_eq!((verdict.notes, verdict.notes_deleted), (0, 1));
}

#[test]
fn a_hall_whose_list_of_devices_was_edited_starts_read_only() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = super::trust::strict(&folder);
    super::trust::at_work(&mut desk);
    drop(desk);
    let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("a database");
    file.execute("UPDATE device SET role = 'supervisor'", [])
        .expect("an edit");
    drop(file);
    let desk = super::trust::strict(&folder);
    assert!(desk.engine.is_read_only());
}
