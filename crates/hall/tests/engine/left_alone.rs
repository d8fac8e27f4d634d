//! A disk that refused is left alone for a second: by people, by the clock and by the administrator. What was
//! found out about it stays true until it is found out anew.

use hall::HallSettings;
use hall::admin::{Answer, Order};
use hall::engine::{Input, Memory, Output};
use hall::trust::PersonRole;
use protocol::{Act, AlarmKind, Key, Outcome, Refusal, Role, Row};
use queue::Date;
use tempfile::TempDir;
use uuid::Uuid;

use super::desk::{DAY_MS, Desk, Fault, sign_in, take};
use super::life::row;

const NOT_STORED: Outcome = Outcome::Refused(Refusal::NotStored);

/// A hall whose disk has just refused, and would take something again.
fn refused(folder: &TempDir, steady_ms: u64) -> Desk {
    let mut desk = Desk::start(folder.path(), HallSettings::default_hall(), steady_ms);
    desk.ask(take("A", "ordinary"));
    desk.fault.set(Fault::Full);
    assert_eq!(desk.ask(take("A", "ordinary")), NOT_STORED);
    desk.fault.set(Fault::None);
    desk
}

fn add_person(desk: &mut Desk, person: &str) -> Answer {
    let outputs = desk.handle(vec![Input::Order {
        order: 1,
        actor: "admin".to_owned(),
        what: Order::AddPerson {
            person: person.to_owned(),
            role: PersonRole::Clerk,
            pin: "what argon2id made of it".to_owned(),
        },
    }]);
    let told = outputs.into_iter().find_map(|output| match output {
        Output::Told { answer, .. } => Some(answer),
        _ => None,
    });
    told.expect("an answer")
}

#[test]
fn for_a_second_nobody_gets_anything_and_then_everybody_does() {
    for (wait_ms, stored) in [(0, false), (999, false), (1_000, true)] {
        let folder = TempDir::new().expect("a folder");
        let mut desk = refused(&folder, 1_000);
        desk.wait(wait_ms);
        let answer = add_person(&mut desk, "王芳");
        assert_eq!(answer == Answer::Done {}, stored, "{wait_ms}");
        let taken = desk.ask(take("A", "ordinary"));
        assert_eq!(taken != NOT_STORED, stored, "{wait_ms}");
    }
}

#[test]
fn for_a_second_nothing_happens_by_itself_and_then_what_is_due_does() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = refused(&folder, DAY_MS - 500);
    desk.wait(999);
    let seq = desk.engine.journal_seq();
    desk.handle(Vec::new());
    let first = Date::new(2026, 11, 1);
    assert_eq!(desk.engine.queue().day().date(), Some(first));
    assert_eq!(desk.engine.journal_seq(), seq);
    desk.wait(1);
    desk.handle(Vec::new());
    let second = Date::new(2026, 11, 2);
    assert_eq!(desk.engine.queue().day().date(), Some(second));
    assert!(desk.engine.journal_seq() > seq, "and it is on the record");
}

#[test]
fn a_hall_wakes_for_what_is_due_or_for_its_disk_or_not_at_all() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(take("A", "ordinary"));
    assert_eq!(
        desk.engine.next_deadline(),
        desk.engine.queue().next_deadline()
    );
    desk.fault.set(Fault::Silent);
    desk.ask(take("A", "ordinary"));
    let again_ms = desk.steady_ms + 1_000;
    assert_eq!(desk.engine.next_deadline(), Some(again_ms));

    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(take("A", "ordinary"));
    let bad = "entry 2 of 2026-11-01: it is missing.".to_owned();
    desk.handle(vec![Input::Memory(Memory::DamagedToday { bad })]);
    assert_eq!(desk.engine.next_deadline(), None, "until a restore");
    assert!(matches!(
        add_person(&mut desk, "王芳"),
        Answer::Refused { .. }
    ));
}

/// The alarm that staff see, if it stands.
fn stands(desk: &mut Desk, alarm: AlarmKind) -> bool {
    let key = Key::Alarm {
        alarm,
        service: None,
    };
    row(desk, Role::Supervisor, &key).is_some()
}

#[test]
fn what_turns_out_to_be_damaged_when_it_is_read_back_is_read_only() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(take("A", "ordinary"));
    desk.fault.set(Fault::Damaged);
    assert_eq!(desk.ask(take("A", "ordinary")), NOT_STORED);
    assert!(stands(&mut desk, AlarmKind::ReadOnly));
    desk.fault.set(Fault::None);
    desk.wait(5_000);
    let read_only = Outcome::Refused(Refusal::ReadOnly);
    assert_eq!(desk.ask(take("A", "ordinary")), read_only);
}

#[test]
fn a_hall_whose_disk_gave_nothing_from_the_first_moment_on_shows_itself_all_the_same() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.fault.set(Fault::Silent);
    let Some(Row::Hall(hall)) = row(&mut desk, Role::Kiosk, &Key::Hall) else {
        panic!("a kiosk sees a hall");
    };
    assert_eq!((hall.issued, hall.day.as_str()), (0, ""));
}

#[test]
fn the_same_press_with_a_telephone_number_is_one_ticket() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let pressed = Uuid::now_v7();
    let with_phone = Act::Take {
        service: "A".to_owned(),
        class: "ordinary".to_owned(),
        then: Vec::new(),
        phone: Some("13800138000".to_owned()),
    };
    let done = desk.ask_as(pressed, with_phone.clone());
    assert!(matches!(done, Outcome::Done(_)));
    assert_eq!(desk.ask_as(pressed, with_phone), done);
    assert_eq!(desk.engine.queue().day().tickets().len(), 1);
}

#[test]
fn the_place_in_the_record_and_the_life_of_the_tables_are_those_of_this_start() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    assert_eq!(desk.engine.journal_seq(), 0);
    desk.ask(sign_in(1, "王芳"));
    assert_eq!(desk.engine.journal_seq(), 2, "the day was opened before");
    let (settings, epoch) = (desk.engine.settings().clone(), desk.engine.epoch());
    drop(desk);
    let desk = Desk::start(folder.path(), settings, 2_000);
    assert_eq!(desk.engine.journal_seq(), 2);
    assert_ne!(desk.engine.epoch(), epoch);
}
