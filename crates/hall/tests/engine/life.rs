//! The whole life of a ticket, as the programs ask for it and see it.

use std::path::Path;

use hall::HallSettings;
use hall::engine::Output;
use protocol::{
    Act, AlarmKind, CallWhy, Desk as DeskRow, Done, DoorState, InHand, Key, Limit, Outcome,
    PlaceInLine, Refusal, Role, Row, TransferTo,
};
use queue::{Date, State};
use rusqlite::Connection;
use store::{FILE_NAME, Store};
use tempfile::TempDir;
use uuid::Uuid;

use super::desk::{DAY_MS, Desk, START_WALL_MS, answers, join, number, request, sign_in, take};

const MINUTE_MS: u64 = 60_000;

/// The default hall with a change to its file.
pub fn hall(folder: &Path, from: &str, to: &str) -> Desk {
    let file = include_str!("../../../../assets/hall.toml");
    assert!(file.contains(from), "the default hall has {from:?}");
    let settings = HallSettings::parse("hall.toml", &file.replacen(from, to, 1));
    Desk::start(
        folder,
        settings.expect("sound settings"),
        10 * 60 * MINUTE_MS,
    )
}

pub fn done(desk: &mut Desk, act: Act) -> Done {
    match desk.ask(act.clone()) {
        Outcome::Done(done) => done,
        Outcome::Refused(refusal) => panic!("{act:?}: {refusal:?}"),
    }
}

pub fn refused(desk: &mut Desk, act: Act) -> Refusal {
    match desk.ask(act.clone()) {
        Outcome::Refused(refusal) => refusal,
        Outcome::Done(done) => panic!("{act:?}: {done:?}"),
    }
}

/// The row that a newcomer of this role sees under a key.
pub fn row(desk: &mut Desk, role: Role, key: &Key) -> Option<Row> {
    let outputs = desk.handle(vec![join(99, role, "newcomer", None)]);
    let rows = outputs.into_iter().find_map(|output| match output {
        Output::Rows { rows, .. } => Some(rows.rows),
        _ => None,
    });
    let mut rows = rows.expect("the whole table").into_iter();
    rows.find(|stamped| stamped.row.key() == *key)
        .map(|stamped| stamped.row)
}

fn desk_of(desk: &mut Desk, counter: u16) -> DeskRow {
    let key = Key::Counter { number: counter };
    match row(desk, Role::Counter, &key) {
        Some(Row::Counter(row)) => row.desk.expect("staff see it"),
        other => panic!("no counter: {other:?}"),
    }
}

fn in_hand(desk: &mut Desk, counter: u16) -> InHand {
    desk_of(desk, counter).in_hand.expect("somebody in hand")
}

#[test]
fn several_errands_are_done_where_the_counter_serves_them_and_the_rest_elsewhere() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    desk.ask(sign_in(5, "李强"));
    let visit = Act::Take {
        service: "A".to_owned(),
        class: "ordinary".to_owned(),
        then: vec!["B".to_owned(), "F".to_owned()],
        phone: None,
    };
    let Done::Issued(issued) = done(&mut desk, visit) else {
        panic!("a ticket");
    };
    assert_eq!(issued.then, ["B", "F"]);
    done(&mut desk, Act::CallNext { counter: 1 });
    done(&mut desk, Act::Arrive { counter: 1 });
    assert_eq!(in_hand(&mut desk, 1).then, ["B", "F"]);
    let Done::Continued(next) = done(&mut desk, Act::CallNext { counter: 1 }) else {
        panic!("the same customer stays");
    };
    assert_eq!((next.number.as_str(), next.service.as_str()), ("A001", "F"));
    done(&mut desk, Act::finish(1));
    assert!(desk_of(&mut desk, 1).in_hand.is_none());
    let Done::Called(called) = done(&mut desk, Act::CallNext { counter: 5 }) else {
        panic!("a call");
    };
    assert_eq!(
        (called.number.as_str(), called.service.as_str()),
        ("A001", "B")
    );
}

#[test]
fn a_customer_is_put_aside_handed_over_and_sent_back_and_stays_the_same_ticket() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    desk.ask(sign_in(4, "李强"));
    desk.ask(take("A", "ordinary"));
    done(&mut desk, Act::CallNext { counter: 1 });
    done(&mut desk, Act::Arrive { counter: 1 });
    let hold = Act::Hold {
        counter: 1,
        reason: "复印".to_owned(),
        minutes: Some(10),
    };
    done(&mut desk, hold);
    let held = desk_of(&mut desk, 1).held;
    assert_eq!(
        (held[0].number.as_str(), held[0].reason.as_str()),
        ("A001", "复印")
    );
    let resume = Act::ResumeHeld {
        counter: 1,
        number: "a1".to_owned(),
    };
    done(&mut desk, resume);
    let transfer = Act::Transfer {
        counter: 1,
        to: TransferTo::Clerk {
            clerk: "李强".to_owned(),
        },
        note: "要复印件".to_owned(),
        keep_time: true,
        come_back: true,
    };
    done(&mut desk, transfer);
    done(&mut desk, Act::CallNext { counter: 4 });
    assert_eq!(in_hand(&mut desk, 4).note.as_deref(), Some("要复印件"));
    done(&mut desk, Act::finish(4));
    let Done::Called(back) = done(&mut desk, Act::CallNext { counter: 1 }) else {
        panic!("back at the counter where it began");
    };
    assert_eq!(back.number, "A001");
    let put_back = Act::PutBack {
        counter: 1,
        place: PlaceInLine::First,
    };
    done(&mut desk, put_back);
    done(&mut desk, Act::CallNext { counter: 1 });
    let reason = in_hand(&mut desk, 1).reason.expect("a reason");
    assert_eq!(reason.why, CallWhy::PutFirst);
}

#[test]
fn who_missed_a_call_comes_back_after_three_more_and_a_second_miss_ends_it() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    for _ in 0..6 {
        desk.ask(take("A", "ordinary"));
    }
    done(&mut desk, Act::CallNext { counter: 1 });
    done(&mut desk, Act::NoShow { counter: 1 });
    assert_eq!(desk_of(&mut desk, 1).missed[0].number, "A001");
    let back = Act::comes_back("A001");
    let Done::Returned(returned) = done(&mut desk, back.clone()) else {
        panic!("a return");
    };
    assert_eq!(returned.after_calls, 3);
    let mut called = Vec::new();
    for _ in 0..4 {
        called.push(number(&desk.ask(Act::CallNext { counter: 1 })).to_owned());
        desk.ask(Act::Arrive { counter: 1 });
    }
    assert_eq!(called, ["A002", "A003", "A004", "A001"]);
    done(
        &mut desk,
        Act::PutBack {
            counter: 1,
            place: PlaceInLine::First,
        },
    );
    done(&mut desk, Act::CallNext { counter: 1 });
    done(&mut desk, Act::NoShow { counter: 1 });
    assert_eq!(refused(&mut desk, back), Refusal::MissedTooOften);
}

#[test]
fn a_counter_that_awaits_the_next_is_called_in_the_same_breath_as_the_take() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    assert_eq!(
        refused(&mut desk, Act::CallNext { counter: 1 }),
        Refusal::NobodyWaits
    );
    done(&mut desk, Act::AwaitNext { counter: 1 });
    assert!(desk_of(&mut desk, 1).awaiting);
    desk.ask(take("A", "ordinary"));
    let hand = in_hand(&mut desk, 1);
    assert_eq!(
        (hand.number.as_str(), hand.reason.map(|reason| reason.why)),
        ("A001", Some(CallWhy::Alone))
    );
    assert!(!desk_of(&mut desk, 1).awaiting);
}

#[test]
fn limits_and_alarms_show_when_they_are_near_and_over() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = hall(folder.path(), "people = 60", "people = 2");
    desk.ask(sign_in(1, "王芳"));
    desk.ask(take("A", "ordinary"));
    desk.wait(16 * MINUTE_MS);
    assert_eq!(desk_of(&mut desk, 1).next[0].limit, Limit::Near);
    desk.wait(4 * MINUTE_MS);
    assert_eq!(desk_of(&mut desk, 1).next[0].limit, Limit::Over);
    let key = Key::Alarm {
        alarm: AlarmKind::PeopleWaiting,
        service: None,
    };
    assert_eq!(row(&mut desk, Role::Counter, &key), None);
    desk.ask(take("A", "ordinary"));
    assert!(row(&mut desk, Role::Supervisor, &key).is_some());
    assert_eq!(
        row(&mut desk, Role::Wall, &key),
        None,
        "it is not for the room"
    );
    done(&mut desk, Act::CallNext { counter: 1 });
    done(&mut desk, Act::Arrive { counter: 1 });
    assert_eq!(in_hand(&mut desk, 1).limit, Limit::Within);
    desk.wait(3 * MINUTE_MS);
    assert_eq!(in_hand(&mut desk, 1).limit, Limit::Over);
    assert_eq!(row(&mut desk, Role::Counter, &key), None, "one waits");
}

#[test]
fn an_appointment_is_booked_and_waits_from_its_slot() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let slot_ms = 60 * MINUTE_MS;
    let book = |ahead_ms: i64| Act::Book {
        service: "B".to_owned(),
        class: "ordinary".to_owned(),
        slot: (START_WALL_MS + ahead_ms).to_string(),
    };
    assert_eq!(refused(&mut desk, book(0)), Refusal::TooLate);
    let Done::Booked(booked) = done(&mut desk, book(slot_ms as i64)) else {
        panic!("an appointment");
    };
    let check_in = Act::CheckIn { code: booked.code };
    assert!(matches!(
        refused(&mut desk, check_in.clone()),
        Refusal::TooEarly { .. }
    ));
    desk.wait(slot_ms - 10 * MINUTE_MS);
    let Done::Issued(issued) = done(&mut desk, check_in.clone()) else {
        panic!("a ticket");
    };
    assert!(issued.slot.is_some());
    assert_eq!(refused(&mut desk, check_in), Refusal::AppointmentUsed);
    desk.ask(take("B", "ordinary"));
    desk.ask(sign_in(5, "李强"));
    // Ten minutes before its slot it has not waited yet, so who came later goes first.
    assert_eq!(number(&desk.ask(Act::CallNext { counter: 5 })), "B002");
    let unknown = Act::CheckIn {
        code: "no such".to_owned(),
    };
    assert_eq!(refused(&mut desk, unknown), Refusal::UnknownAppointment);
}

/// Clients make the ids from which codes are drawn. Two that draw the same get two appointments all the same, also
/// when both wait for the same commit: the second would have taken the place of the first.
#[test]
fn two_who_draw_the_same_code_at_once_have_two_appointments() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let book = |id: u64| {
        let slot = (START_WALL_MS + 60 * MINUTE_MS as i64).to_string();
        let (service, class) = ("B".to_owned(), "ordinary".to_owned());
        let act = Act::Book {
            service,
            class,
            slot,
        };
        request(Uuid::from_u64_pair(id, 0x8000_0000_0000_0007), act)
    };
    let answers = answers(desk.handle(vec![book(1), book(2)]));
    let codes = answers.into_iter().map(|(_, outcome)| match outcome {
        Outcome::Done(Done::Booked(booked)) => booked.code,
        other => panic!("an appointment: {other:?}"),
    });
    let codes: Vec<String> = codes.collect();
    assert_ne!(codes[0], codes[1]);
}

#[test]
fn a_telephone_number_has_one_open_ticket_and_stands_in_no_file() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = hall(
        folder.path(),
        "clerks_may_choose = true",
        "one_ticket_per_phone = true",
    );
    let with = |phone: Option<&str>| Act::Take {
        service: "A".to_owned(),
        class: "ordinary".to_owned(),
        then: Vec::new(),
        phone: phone.map(str::to_owned),
    };
    assert_eq!(refused(&mut desk, with(None)), Refusal::PhoneNeeded);
    done(&mut desk, with(Some("138 0013 8000")));
    let again = refused(&mut desk, with(Some("13800138000")));
    assert_eq!(
        again,
        Refusal::PhoneHasTicket {
            number: "A001".to_owned()
        }
    );
    done(&mut desk, with(Some("13900139000")));
    done(&mut desk, Act::cancel("A001"));
    done(&mut desk, with(Some("13800138000")));

    let today = desk.now().today;
    desk.wait(DAY_MS);
    desk.handle(Vec::new());
    drop(desk);
    for file in std::fs::read_dir(folder.path()).expect("the folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("readable");
        for phone in ["13800138000", "138 0013 8000", "13900139000"] {
            let found = bytes
                .windows(phone.len())
                .any(|part| part == phone.as_bytes());
            assert!(!found, "{phone} stands in a file");
        }
    }
    assert_eq!(
        keys_of(folder.path(), today),
        0,
        "and the key of the day is gone"
    );
}

fn keys_of(folder: &Path, date: Date) -> u32 {
    let file = Connection::open(folder.join(FILE_NAME)).expect("a database");
    let count = "SELECT count(*) FROM day_key WHERE date = ?1";
    file.query_row(count, [date.yyyymmdd()], |row| row.get(0))
        .expect("the table")
}

#[test]
fn the_doors_are_shown_and_hold() {
    let folder = TempDir::new().expect("a folder");
    let hours = "[hours]\nsunday = [\"10:00-12:00\"]\ncut_off_min = 10\n\n[alarm]";
    let file = include_str!("../../../../assets/hall.toml");
    let file = file.replacen("[alarm]", hours, 1);
    let settings = HallSettings::parse("hall.toml", &file).expect("sound settings");
    // The first day of the tests, 1 November 2026, is a Sunday.
    let mut desk = Desk::start(folder.path(), settings, 9 * 60 * MINUTE_MS);
    let doors = |desk: &mut Desk| match row(desk, Role::Kiosk, &Key::Hall) {
        Some(Row::Hall(hall)) => hall.doors,
        other => panic!("no hall: {other:?}"),
    };
    let closed = doors(&mut desk);
    assert_eq!(
        (closed.state, closed.opens_at.as_deref()),
        (DoorState::Closed, Some("10:00"))
    );
    let not_open = Refusal::NotOpen {
        opens_at: Some("10:00".to_owned()),
    };
    assert_eq!(refused(&mut desk, take("A", "ordinary")), not_open);
    desk.wait(60 * MINUTE_MS);
    assert_eq!(doors(&mut desk).state, DoorState::Open);
    desk.ask(take("A", "ordinary"));
    desk.wait(110 * MINUTE_MS);
    assert_eq!(doors(&mut desk).state, DoorState::CutOff);
    assert_eq!(refused(&mut desk, take("A", "ordinary")), Refusal::CutOff);
    desk.wait(30 * MINUTE_MS);
    desk.ask(sign_in(1, "王芳"));
    assert_eq!(
        number(&desk.ask(Act::CallNext { counter: 1 })),
        "A001",
        "who waits is served"
    );
}

#[test]
fn who_has_no_ticket_is_served_and_is_on_the_record_but_not_on_the_wall() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    let serve = Act::ServeWithout {
        counter: 1,
        service: "A".to_owned(),
        class: "ordinary".to_owned(),
    };
    done(&mut desk, serve);
    assert_eq!(in_hand(&mut desk, 1).number, "W001");
    assert_eq!(desk.engine.queue().day().count(State::Serving), 1);
    let call = Key::Call {
        call: 20_261_101_000_001,
    };
    assert_eq!(row(&mut desk, Role::Wall, &call), None);
    done(&mut desk, Act::finish(1));
    drop(desk);
    let store = Store::open(folder.path()).expect("the file");
    assert!(store.seq() > 3);
}

#[test]
fn a_certain_number_is_called_where_the_hall_allows_it_and_is_recorded_as_chosen() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    desk.ask(take("A", "ordinary"));
    desk.ask(take("A", "ordinary"));
    let choose = Act::CallNumber {
        counter: 1,
        number: "A002".to_owned(),
    };
    done(&mut desk, choose.clone());
    let hand = in_hand(&mut desk, 1);
    assert_eq!(hand.overtook, 1);
    let reason = hand.reason.expect("a reason");
    assert_eq!(
        (reason.why, reason.passed_over[0].number.as_str()),
        (CallWhy::Chosen, "A001")
    );

    let folder = TempDir::new().expect("a folder");
    let mut strict = hall(
        folder.path(),
        "clerks_may_choose = true",
        "clerks_may_choose = false",
    );
    strict.ask(sign_in(1, "王芳"));
    strict.ask(take("A", "ordinary"));
    strict.ask(take("A", "ordinary"));
    assert_eq!(refused(&mut strict, choose), Refusal::MayNotChoose);
}

#[test]
fn a_class_is_verified_or_set_by_staff() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    desk.ask(take("A", "elderly"));
    let set = |class: &str, verified| Act::SetClass {
        number: "A001".to_owned(),
        class: class.to_owned(),
        verified,
    };
    done(&mut desk, set("elderly", true));
    done(&mut desk, Act::CallNext { counter: 1 });
    let hand = in_hand(&mut desk, 1);
    assert_eq!((hand.class.as_str(), hand.verified), ("elderly", true));
    done(&mut desk, set("ordinary", false));
    let hand = in_hand(&mut desk, 1);
    assert_eq!((hand.class.as_str(), hand.verified), ("ordinary", false));
    assert_eq!(
        refused(&mut desk, set("royal", true)),
        Refusal::UnknownClass
    );
}
