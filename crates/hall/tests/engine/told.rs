//! What the one who asked is told: the slip above all, for it is all that a customer has.

use hall::trust::PinSeen;
use protocol::{
    Act, Desk as DeskRow, Done, Issued, Key, MAX_HOLD_MIN, Outcome, Refusal, Role, Row, Secret,
    WaitRange,
};
use tempfile::TempDir;

use super::desk::{Desk, START_WALL_MS, sign_in, take};
use super::life::{done, refused, row};
use super::trust::ask_of;

const MINUTE_MS: u64 = 60_000;

fn issued(desk: &mut Desk, act: Act) -> Issued {
    match done(desk, act) {
        Done::Issued(issued) | Done::Reprint(issued) => issued,
        other => panic!("no slip: {other:?}"),
    }
}

fn reprint(number: &str) -> Act {
    let number = number.to_owned();
    Act::Reprint { number }
}

fn time_text(steady_ms: u64) -> String {
    (START_WALL_MS + steady_ms as i64).to_string()
}

#[test]
fn a_slip_says_what_its_customer_has_to_expect() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    done(&mut desk, sign_in(1, "王芳"));
    done(&mut desk, take("A", "ordinary"));
    done(&mut desk, Act::CallNext { counter: 1 });
    done(&mut desk, take("A", "ordinary"));
    let visit = Act::Take {
        service: "A".to_owned(),
        class: "key_account".to_owned(),
        then: vec!["B".to_owned()],
        phone: None,
    };
    let slip = issued(&mut desk, visit);
    assert_eq!(
        (slip.ticket, slip.number.as_str(), slip.day.as_str()),
        (20_261_101_000_003, "A003", "2026-11-01")
    );
    assert_eq!(
        (slip.service.as_str(), slip.class.as_str(), &slip.then[..]),
        ("A", "key_account", &["B".to_owned()][..])
    );
    assert!(!slip.favoured && slip.slot.is_none() && slip.copy == 0);
    assert_eq!(slip.issued_at, time_text(1_000));
    // One is ahead, and one is served: six minutes, give or take 5.4, for services of three.
    let (low_min, high_min) = (0, 15);
    assert_eq!(
        (slip.ahead, slip.wait),
        (1, Some(WaitRange { low_min, high_min }))
    );
    assert!(slip.token.is_some(), "for the customer's telephone");

    desk.wait(7 * MINUTE_MS);
    let copy = issued(&mut desk, reprint("A003"));
    assert_eq!(
        (copy.copy, copy.then.as_slice()),
        (1, &["B".to_owned()][..])
    );
    assert_eq!(copy.issued_at, slip.issued_at, "when it was issued");
    assert_eq!(copy.token, slip.token);
}

#[test]
fn the_slip_of_an_appointment_says_its_time_until_it_is_called() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    done(&mut desk, sign_in(5, "李强"));
    let slot = time_text(60 * MINUTE_MS);
    let book = Act::Book {
        service: "B".to_owned(),
        class: "ordinary".to_owned(),
        slot: slot.clone(),
    };
    let Done::Booked(booked) = done(&mut desk, book) else {
        panic!("an appointment");
    };
    assert_eq!(
        (booked.service.as_str(), booked.slot.as_str()),
        ("B", &*slot)
    );
    desk.wait(50 * MINUTE_MS);
    let slip = issued(&mut desk, Act::CheckIn { code: booked.code });
    assert_eq!(slip.slot.as_deref(), Some(&*slot));
    desk.wait(5 * MINUTE_MS);
    let copy = issued(&mut desk, reprint("B001"));
    assert_eq!(copy.slot.as_deref(), Some(&*slot));
    done(&mut desk, Act::CallNext { counter: 5 });
    assert_eq!(issued(&mut desk, reprint("B001")).slot, None);
    desk.ask(take("B", "ordinary"));
    assert_eq!(issued(&mut desk, reprint("B002")).slot, None);
}

#[test]
fn who_is_put_aside_is_told_to_be_back_after_so_many_minutes() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    done(&mut desk, sign_in(1, "王芳"));
    done(&mut desk, take("A", "ordinary"));
    done(&mut desk, Act::CallNext { counter: 1 });
    done(&mut desk, Act::Arrive { counter: 1 });
    let hold = |minutes| Act::Hold {
        counter: 1,
        reason: "复印".to_owned(),
        minutes: Some(minutes),
    };
    let bad = || Refusal::BadText {
        field: "minutes".to_owned(),
    };
    assert_eq!(refused(&mut desk, hold(0)), bad());
    assert_eq!(refused(&mut desk, hold(MAX_HOLD_MIN + 1)), bad());
    done(&mut desk, hold(MAX_HOLD_MIN));
    let on_desk = |desk: &mut Desk| -> DeskRow {
        match row(desk, Role::Counter, &Key::Counter { number: 1 }) {
            Some(Row::Counter(counter)) => counter.desk.expect("staff see it"),
            other => panic!("no counter: {other:?}"),
        }
    };
    let hold_ms = u64::from(MAX_HOLD_MIN) * MINUTE_MS;
    let held = on_desk(&mut desk).held;
    let until_ms = START_WALL_MS + 1_000 + hold_ms as i64;
    assert_eq!(held[0].until_ms, Some(until_ms));
    desk.wait(hold_ms - 1);
    assert_eq!(on_desk(&mut desk).held.len(), 1);
    desk.wait(1);
    let back = on_desk(&mut desk);
    assert_eq!((back.held.len(), back.next.len()), (0, 1));
}

/// Who saw a number on the wall may not give it up for its customer.
#[test]
fn a_telephone_needs_the_slip_and_staff_do_not() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let slip = issued(&mut desk, take("A", "ordinary"));
    let other = issued(&mut desk, take("A", "ordinary"));
    let cancel = |number: &str, token| Act::Cancel {
        number: number.to_owned(),
        token,
    };
    for token in [None, Some(Secret::new("AAAAAAAA")), other.token] {
        let act = cancel("A001", token);
        let outcome = ask_of(&mut desk, Role::Phone, act, PinSeen::None);
        assert_eq!(outcome, Outcome::Refused(Refusal::NotAllowed));
    }
    let with_slip = cancel("A001", slip.token);
    let outcome = ask_of(&mut desk, Role::Phone, with_slip, PinSeen::None);
    assert_eq!(outcome, Outcome::Done(Done::Done));
    let by_staff = cancel("A002", None);
    let outcome = ask_of(&mut desk, Role::Counter, by_staff, PinSeen::None);
    assert_eq!(outcome, Outcome::Done(Done::Done));
}

#[test]
fn a_slip_opens_nothing_in_another_hall() {
    let tokens = [(), ()].map(|()| {
        let folder = TempDir::new().expect("a folder");
        let mut desk = Desk::open(folder.path());
        let slip = issued(&mut desk, take("A", "ordinary"));
        (slip.ticket, slip.token)
    });
    assert_eq!(tokens[0].0, tokens[1].0, "the same ticket");
    assert_ne!(tokens[0].1, tokens[1].1);
}
