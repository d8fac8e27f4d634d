//! Paper as the programs see it: copies, the look of slips, the pre-printed roll, the day's report.

use protocol::{Act, Done, DoorState, Key, Outcome, PlaceInLine, Refusal, Role, RollRow, Row};
use tempfile::TempDir;

use super::desk::{Desk, number, sign_in, take};
use super::life::{done, hall, refused, row};

const MINUTE_MS: u64 = 60_000;

#[test]
fn a_slip_is_printed_again_with_its_number_and_marked_as_a_copy() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(take("A", "elderly"));
    let reprint = Act::Reprint {
        number: "A001".to_owned(),
    };
    for copy in 1..3 {
        let Done::Reprint(slip) = done(&mut desk, reprint.clone()) else {
            panic!("a slip");
        };
        assert_eq!(
            (slip.number.as_str(), slip.copy, slip.favoured),
            ("A001", copy, true)
        );
    }
    // What a kiosk printed again by itself counts as well, so that no two copies bear the same.
    let ticket = 20_261_101_000_001;
    done(&mut desk, Act::Printed { ticket, copies: 5 });
    let Done::Reprint(slip) = done(&mut desk, reprint) else {
        panic!("a slip");
    };
    assert_eq!(slip.copy, 6);
}

#[test]
fn the_look_of_slips_is_seen_where_they_are_printed_and_nowhere_else() {
    let folder = TempDir::new().expect("a folder");
    let mut plain = Desk::open(folder.path());
    assert_eq!(row(&mut plain, Role::Kiosk, &Key::Slip), None);
    let folder = TempDir::new().expect("a folder");
    let ticket = "[ticket]\nlanguages = \"zh\"\npapers = true\n\n[recall]";
    let mut desk = hall(folder.path(), "[recall]", ticket);
    for role in [Role::Kiosk, Role::Counter] {
        let Some(Row::Slip(slip)) = row(&mut desk, role, &Key::Slip) else {
            panic!("{role:?} prints slips");
        };
        assert!(slip.papers && !slip.large_print);
    }
    assert_eq!(row(&mut desk, Role::Wall, &Key::Slip), None);
}

#[test]
fn while_the_roll_stands_in_next_calls_its_numbers_and_kiosks_send_people_to_the_guide() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    desk.ask(take("A", "ordinary"));
    let hall_row = |desk: &mut Desk| match row(desk, Role::Kiosk, &Key::Hall) {
        Some(Row::Hall(hall)) => hall,
        other => panic!("the hall: {other:?}"),
    };
    let roll = |next| {
        let prefix = "R".to_owned();
        Some(RollRow { prefix, next })
    };
    assert_eq!(hall_row(&mut desk).roll, roll(None));
    done(&mut desk, Act::BeginRoll { first: 17 });
    let seen = hall_row(&mut desk);
    assert_eq!(
        (seen.roll, seen.doors.state),
        (roll(Some(17)), DoorState::Roll)
    );
    assert_eq!(
        refused(&mut desk, take("A", "ordinary")),
        Refusal::RollInUse
    );

    let call = Act::CallNext { counter: 1 };
    assert_eq!(number(&desk.ask(call.clone())), "A001", "who came before");
    done(&mut desk, Act::finish(1));
    let called = desk.ask(call.clone());
    assert_eq!(number(&called), "R017");
    let Some(Row::Call(shown)) = row(&mut desk, Role::Wall, &call_key(2)) else {
        panic!("the wall shows it");
    };
    assert_eq!((shown.number.as_str(), shown.counter), ("R017", 1));
    let place = PlaceInLine::First;
    done(&mut desk, Act::PutBack { counter: 1, place });
    assert_eq!(number(&desk.ask(call)), "R017", "not torn off yet");
    assert_eq!(hall_row(&mut desk).roll, roll(Some(18)));
    done(&mut desk, Act::finish(1));

    drop(desk);
    let mut desk = Desk::open(folder.path());
    assert_eq!(
        hall_row(&mut desk).roll,
        roll(Some(18)),
        "also after a restart"
    );
    done(&mut desk, Act::EndRoll {});
    done(&mut desk, take("A", "ordinary"));
    let again = Act::BeginRoll { first: 17 };
    let (first, last) = (18, 999);
    assert_eq!(
        refused(&mut desk, again),
        Refusal::NotOnRoll { first, last }
    );
}

fn call_key(serial: u64) -> Key {
    Key::Call {
        call: 20_261_101_000_000 + serial,
    }
}

#[test]
fn the_report_counts_the_day_by_service_counter_and_clerk() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    for service in ["A", "A", "B"] {
        desk.ask(take(service, "ordinary"));
    }
    desk.wait(5 * MINUTE_MS);
    desk.ask(Act::CallNext { counter: 1 });
    desk.ask(Act::Arrive { counter: 1 });
    desk.wait(2 * MINUTE_MS);
    desk.ask(Act::finish(1));
    desk.ask(Act::CallNext { counter: 1 });
    desk.ask(Act::NoShow { counter: 1 });
    let Outcome::Done(Done::Report(report)) = desk.ask(Act::Report {}) else {
        panic!("a report");
    };
    assert_eq!(report.day, "2026-11-01");
    let hall = report.hall;
    assert_eq!((hall.issued, hall.served, hall.no_shows), (3, 1, 1));
    assert_eq!((hall.waits.count, hall.waits.longest_s), (2, 420));
    assert_eq!((hall.handling.count, hall.handling.mean_s), (1, 120));
    let services = report.services.iter();
    let services: Vec<&str> = services.map(|row| row.service.as_str()).collect();
    assert_eq!(services, ["A", "B"]);
    assert_eq!(report.counters[0].figures.served, 1);
    assert_eq!(
        (
            report.clerks[0].clerk.as_str(),
            report.clerks[0].figures.no_shows
        ),
        ("王芳", 1)
    );
}
