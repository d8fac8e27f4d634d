//! The turn of the day, with people left over and a clock that goes back.

use protocol::{Act, CounterState, HallRow, Key, Outcome, Refusal, Role, Row, Rows};
use queue::{Happening, State};
use tempfile::TempDir;

use super::desk::{DAY_MS, Desk, changed, join, number, sign_in, take};

fn row<'a>(rows: &'a Rows, key: &Key) -> Option<&'a Row> {
    let mut all = rows.rows.iter().map(|stamped| &stamped.row);
    all.find(|row| row.key() == *key)
}

/// One is being served, one is called, two wait, one of them on no paper.
fn busy(desk: &mut Desk) {
    desk.ask(sign_in(1, "王芳"));
    desk.ask(sign_in(2, "李强"));
    for _ in 0..4 {
        desk.ask(take("A", "ordinary"));
    }
    desk.ask(Act::CallNext { counter: 1 });
    desk.ask(Act::Arrive { counter: 1 });
    desk.ask(Act::CallNext { counter: 2 });
    let last = desk.engine.queue().day().tickets()[3].id.0;
    desk.ask(Act::NotPrinted {
        ticket: last,
        reason: protocol::NotPrintedReason::PaperOut,
    });
}

#[test]
fn what_is_left_expires_on_the_record_and_numbers_start_again() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    busy(&mut desk);
    desk.handle(vec![join(9, Role::Counter, "desk-9", None)]);
    let yesterday = desk.now().today;
    let deadline = desk.engine.next_deadline();
    assert!(deadline.is_some_and(|deadline| deadline <= DAY_MS));

    desk.wait(DAY_MS);
    let outputs = desk.handle(Vec::new());
    let day = desk.engine.queue().day();
    assert_eq!(day.date(), Some(desk.now().today));
    assert_eq!((day.tickets().len(), day.waiting()), (0, 0));
    let rows = changed(&outputs, Role::Counter).expect("every clerk sees it");
    let Some(Row::Hall(HallRow {
        issued,
        waiting,
        day,
        ..
    })) = row(rows, &Key::Hall)
    else {
        panic!("the hall's row has changed");
    };
    assert_eq!((*issued, *waiting, day.as_str()), (0, 0, "2026-11-02"));
    let Some(Row::Counter(counter)) = row(rows, &Key::Counter { number: 1 }) else {
        panic!("the counter's row has changed");
    };
    assert_eq!(
        counter.state,
        CounterState::Closed,
        "nobody is signed in any more"
    );
    let old = desk_ticket(yesterday.yyyymmdd(), 4);
    assert!(rows.gone.contains(&Key::Ticket { ticket: old }));

    assert_eq!(number(&desk.ask(take("A", "ordinary"))), "A001");
    assert_eq!(
        desk.ask(Act::Printed {
            ticket: old,
            copies: 0,
        }),
        Outcome::Refused(Refusal::UnknownTicket),
        "a ticket of yesterday is no ticket of today"
    );
    assert_eq!(
        desk.ask(Act::CallNext { counter: 1 }),
        Outcome::Refused(Refusal::CounterClosed)
    );
}

#[test]
fn the_record_names_everybody_who_was_left() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    busy(&mut desk);
    desk.wait(DAY_MS);
    let due = desk.engine.queue().decide_due(desk.now());
    let expired = due
        .iter()
        .filter(|event| matches!(event.what, Happening::Expired { .. }));
    assert_eq!(expired.count(), 4);
    let mut evening = desk.engine.queue().clone();
    let closing = due
        .iter()
        .take_while(|event| !matches!(event.what, Happening::DayOpened { .. }));
    closing.for_each(|event| evening.evolve(event));
    assert_eq!(evening.day().count(State::Expired), 4);
    evening
        .check()
        .expect("the rules hold to the last moment of a day");
}

#[test]
fn the_day_turns_once_when_the_clock_goes_back() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(take("A", "ordinary"));
    desk.wait(DAY_MS);
    assert_eq!(number(&desk.ask(take("A", "ordinary"))), "A001");
    // Somebody sets the clock on the wall back, over midnight; the steady clock goes on.
    desk.steady_ms += 1_000;
    desk.calendar_day -= 1;
    assert_eq!(
        number(&desk.ask(take("A", "ordinary"))),
        "A002",
        "it is still the same day"
    );
    desk.calendar_day += 1;
    assert_eq!(number(&desk.ask(take("A", "ordinary"))), "A003");
    desk.wait(DAY_MS);
    assert_eq!(number(&desk.ask(take("A", "ordinary"))), "A001");
}

#[test]
fn a_hall_that_was_off_at_the_turn_turns_when_it_starts() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    busy(&mut desk);
    let settings = desk.engine.settings().clone();
    drop(desk);
    let mut desk = Desk::start(folder.path(), settings, 3 * DAY_MS);
    assert_eq!(desk.engine.queue().day().tickets().len(), 4);
    assert_eq!(number(&desk.ask(take("A", "ordinary"))), "A001");
}

fn desk_ticket(yyyymmdd: u32, serial: u64) -> u64 {
    u64::from(yyyymmdd) * 1_000_000 + serial
}
