//! The faults that other queue systems have, each held against the rules by name.
//!
//! Those that the rules cannot have are held elsewhere:
//! * printed first, stored second: a kiosk prints what the hall has answered, and the hall answers what
//!   is on disk (`crates/hall/tests/network/killed.rs`, `kiosk/src/controller/tests.rs`);
//! * a double tap takes two tickets: one request id has one outcome (`crates/hall/tests/serving.rs`,
//!   `crates/hall/tests/engine/disk.rs`), and a double tap is one request (`kiosk/src/controller/tests.rs`);
//! * numbers and calls from many devices at once, over sockets: `crates/hall/tests/network/storm.rs`;
//! * displays that poll, or show an old call for hours after a reconnect: rows that changed are sent, and
//!   who comes back gets what is missing (`crates/hall/tests/engine/resume.rs`, `tests/tests/link`);
//! * two calls close together, a rejected sound: `display/src/announcer/tests.rs`; speech from a
//!   cloud: the voice is on the disk (`display/tests/voice.rs`);
//! * a default password: nobody signs in with one, for there is none.

mod clock;
mod hall;

use std::collections::BTreeSet;

use queue::{
    CancelWhy, Command, CounterNumber, Desk, Happening, NoPaper, Paper, PutBack, SeriesCode, State,
    Ticket,
};

use hall::{Hall, MINUTE_MS, class, service, settings};

const HOUR_MS: u64 = 60 * MINUTE_MS;

/// Seen elsewhere: number read, then written, without a lock; 400 tickets had 294 numbers.
#[test]
fn four_hundred_tickets_of_the_same_moment_have_four_hundred_numbers() {
    let mut hall = Hall::staffed();
    for place in 0..400 {
        hall.take(
            ["A", "B"][place % 2],
            ["ordinary", "elderly"][place / 2 % 2],
        );
    }
    let tickets = hall.queue.day().tickets();
    let numbers: BTreeSet<_> = tickets.iter().map(|ticket| &ticket.number).collect();
    let ids: BTreeSet<_> = tickets.iter().map(|ticket| ticket.id).collect();
    assert_eq!((numbers.len(), ids.len()), (400, 400));
    for (place, ticket) in tickets.iter().enumerate() {
        assert_eq!(ticket.number.value as usize, place / 2 + 1, "without a gap");
    }
}

/// Seen elsewhere: "is it still waiting?" asked outside the transaction; two clerks share a customer.
#[test]
fn four_hundred_calls_of_the_same_moment_give_four_hundred_customers() {
    let mut hall = Hall::staffed();
    for _ in 0..400 {
        hall.take("A", "ordinary");
    }
    let mut called = BTreeSet::new();
    for place in 0..400 {
        let counter = CounterNumber(1 + place % 2);
        assert!(called.insert(hall.call(counter)), "nobody is called twice");
        hall.act(&Command::Arrive(counter));
        let hands = [1, 2].map(|number| hall.in_hand(number));
        assert!(hands[0] != hands[1], "two clerks share nobody");
    }
    assert_eq!(called.len(), 400);
}

/// Seen elsewhere: a print failure is counted as issued, and a number is called that nobody holds.
#[test]
fn a_slip_that_failed_is_on_no_paper_and_staff_see_it_while_its_number_is_good() {
    let mut hall = Hall::staffed();
    let ticket = hall.take("A", "ordinary");
    hall.act(&Command::NotPrinted(ticket, NoPaper::PaperOut));
    let known = hall.queue.day().ticket(ticket).unwrap();
    assert_eq!(known.paper, Paper::Missing(NoPaper::PaperOut));
    assert!(hall.queue.day().on_no_paper().eq([known]), "staff see it");
    assert_eq!(
        hall.call(CounterNumber(1)),
        ticket,
        "whoever noted the number is called"
    );
    let other = hall.take("A", "ordinary");
    hall.act(&Command::NotPrinted(other, NoPaper::Unknown));
    hall.act(&Command::Cancel(other, CancelWhy::HeldByNobody));
    assert!(
        hall.refuses(&Command::CallNext(CounterNumber(2))),
        "who left is not called"
    );
}

/// Seen elsewhere: time zone converted twice; called numbers vanished after 15:00.
#[test]
fn a_number_called_at_any_hour_is_shown_until_the_day_turns() {
    let mut hall = Hall::staffed();
    let mut called = Vec::new();
    for _ in 0..24 {
        hall.take("A", "ordinary");
        called.insert(0, hall.call(CounterNumber(1)));
        hall.act(&Command::Arrive(CounterNumber(1)));
        let shown: Vec<_> = hall
            .queue
            .day()
            .last_calls()
            .map(|ticket| ticket.id)
            .collect();
        assert_eq!(shown, called, "the newest first, and none is missing");
        hall.wait(HOUR_MS - 1);
    }
    hall.wait(HOUR_MS);
    assert_eq!(hall.queue.day().last_calls().count(), 0, "a new day");
}

/// Seen elsewhere: a day boundary by "now - 11 h" gave wrong numbers every evening.
#[test]
fn numbers_go_on_all_evening_and_begin_again_when_the_calendar_turns() {
    let mut hall = Hall::staffed();
    let mut expected = 0;
    for _ in 0..24 * 4 {
        let ticket = hall.take("A", "ordinary");
        expected += 1;
        assert_eq!(
            hall.queue.day().ticket(ticket).unwrap().number.value,
            expected
        );
        hall.wait(15 * MINUTE_MS - 1);
    }
    let day = hall.queue.day().date();
    hall.wait(24 * 4 - 1);
    assert_eq!(
        hall.queue.day().date(),
        day,
        "a millisecond before midnight"
    );
    hall.wait(1);
    assert!(hall.queue.day().date() > day);
    let ticket = hall.take("A", "ordinary");
    assert_eq!(hall.queue.day().ticket(ticket).unwrap().number.value, 1);
}

/// Seen elsewhere: a number series runs past its end into the next one's.
#[test]
fn a_series_ends_where_it_is_said_and_never_gives_a_number_of_another() {
    let mut settings = settings();
    let [a, b] = ["A", "B"].map(SeriesCode::new);
    settings.series.get_mut(&a).unwrap().last = 3;
    settings.series.get_mut(&a).unwrap().then = Some(b.clone());
    settings.series.get_mut(&b).unwrap().last = 7;
    let mut hall = Hall::with(settings);
    let mut numbers = Vec::new();
    for service in ["A", "B", "A", "A", "B", "A", "A", "B", "A", "B"] {
        let ticket = hall.take(service, "ordinary");
        numbers.push(hall.queue.day().ticket(ticket).unwrap().number.to_string());
    }
    let expected = [
        "A001", "B001", "A002", "A003", "B002", "B003", "B004", "B005", "B006", "B007",
    ];
    assert_eq!(numbers, expected);
    for service in ["A", "B"] {
        assert!(
            hall.refuses(&hall::take(service, "ordinary")),
            "both are used up"
        );
    }
}

/// Seen elsewhere: an update without a row filter; one PUT changed 1,701 tickets.
#[test]
fn a_command_changes_one_ticket_and_leaves_seventeen_hundred_others_alone() {
    let mut hall = Hall::staffed();
    for place in 0..1_701 {
        hall.take(
            ["A", "B"][place % 2],
            ["ordinary", "elderly"][place % 3 / 2],
        );
    }
    let one = CounterNumber(1);
    let waiting = hall.queue.day().tickets()[1_000].id;
    let class_set = |verified| Command::SetClass {
        ticket: waiting,
        class: class("elderly"),
        verified,
    };
    let transfer = |to| Command::Transfer {
        counter: one,
        to,
        note: None,
        keep_time: true,
        come_back: true,
    };
    let hold = Command::Hold {
        counter: one,
        reason: "填表".to_owned(),
        for_ms: None,
    };
    let finish = Command::Finish {
        counter: one,
        outcome: None,
    };
    let held = |hall: &Hall| hall.queue.day().held_at(one).next().map(|ticket| ticket.id);
    for command in [
        Command::Printed {
            ticket: waiting,
            copies: 0,
        },
        Command::Reprint(waiting),
        Command::NotPrinted(waiting, NoPaper::CutterJam),
        class_set(true),
        class_set(false),
        Command::Cancel(waiting, CancelWhy::Staff),
        Command::CallNext(one),
        Command::Recall(one),
        Command::Arrive(one),
        transfer(Desk::Service(service("B"))),
        Command::CallNext(one),
        transfer(Desk::Counter(CounterNumber(2))),
        Command::CallNext(one),
        Command::PutBack(one, PutBack::First),
        Command::CallNext(one),
        Command::NoShow(one),
        Command::CallNext(one),
        hold,
    ] {
        assert_eq!(hall.changed_by(&command), 1, "{command:?}");
    }
    let resume = Command::ResumeHeld(one, held(&hall).unwrap());
    assert_eq!(hall.changed_by(&resume), 1);
    assert_eq!(hall.changed_by(&finish), 1);
    let missed = hall.queue.day().missed_at(one).next().unwrap().id;
    assert_eq!(hall.changed_by(&Command::UndoNoShow(one, missed)), 1);
    hall.act(&Command::NoShow(one));
    assert_eq!(hall.changed_by(&Command::Return(missed)), 1);
}

/// Seen elsewhere: newest first among equals, by a sign error; the first come are served last.
#[test]
fn among_equals_the_first_come_is_the_first_served_also_within_one_moment() {
    for apart_ms in [0, 1, 40_000] {
        let mut hall = Hall::staffed();
        let came: Vec<_> = (0..100)
            .map(|_| {
                hall.wait(apart_ms);
                hall.take("A", "ordinary")
            })
            .collect();
        let called: Vec<_> = (0..100)
            .map(|_| {
                let ticket = hall.call(CounterNumber(1));
                hall.act(&Command::Arrive(CounterNumber(1)));
                ticket
            })
            .collect();
        assert_eq!(called, came);
    }
}

/// Seen elsewhere: a counter closes, or the day ends, and whoever waited there is gone.
#[test]
fn nobody_is_lost_when_counters_close_and_the_end_of_the_day_says_who_was_left() {
    let mut hall = Hall::staffed();
    let tickets: Vec<_> = (0..3).map(|_| hall.take("A", "ordinary")).collect();
    let two = CounterNumber(2);
    hall.call(two);
    hall.act(&Command::Transfer {
        counter: two,
        to: Desk::Counter(CounterNumber(1)),
        note: None,
        keep_time: true,
        come_back: false,
    });
    hall.act(&Command::SignOut(CounterNumber(1)));
    let left: Vec<Ticket> = hall.queue.day().tickets().to_vec();
    assert!(left.iter().all(|ticket| ticket.state == State::Waiting));
    assert_eq!(hall.call(two), tickets[0]);
    let events = hall.wait(24 * HOUR_MS);
    let expired = events
        .iter()
        .filter(|what| matches!(what, Happening::Expired { .. }));
    assert_eq!(expired.count(), 3);
}
