//! Clocks that go wrong: the one on the wall is moved, and on two days of the year it jumps by itself.

use queue::{
    Command, CounterNumber, Date, Happening, Hours, Moment, Now, Period, Queue, Quota, Refusal,
    TicketId,
};

use crate::hall::{self, DAY_MS, Hall, MINUTE_MS, service, settings};

const HOUR_MS: i64 = 60 * MINUTE_MS as i64;

/// A working day, with the clock on the wall moved before each customer: the order of the calls,
/// the waits and the numbers.
fn working_day(moves_ms: &[i64]) -> (Vec<(TicketId, u64)>, Vec<String>, usize) {
    let mut hall = Hall::staffed();
    let mut turns = 0;
    let mut pass = |hall: &mut Hall, ms| {
        let opened = |what: &Happening| matches!(what, Happening::DayOpened { .. });
        turns += hall.wait(ms).into_iter().filter(opened).count();
    };
    pass(&mut hall, 9 * HOUR_MS as u64);
    let mut calls = Vec::new();
    for place in 0..120 {
        hall.moved_ms = moves_ms[place % moves_ms.len()];
        pass(&mut hall, 40_000);
        hall.take(
            ["A", "B"][place % 2],
            ["ordinary", "elderly"][place % 3 / 2],
        );
        if place % 3 > 0 {
            let counter = CounterNumber(2);
            let ticket = hall.call(counter);
            hall.act(&Command::Arrive(counter));
            let call = hall
                .queue
                .day()
                .ticket(ticket)
                .and_then(|ticket| ticket.call.clone());
            let reason = call.and_then(|call| call.reason).expect("a reason");
            calls.push((ticket, reason.waited_ms));
        }
    }
    let tickets = hall.queue.day().tickets().iter();
    let numbers = tickets.map(|ticket| ticket.number.to_string()).collect();
    (calls, numbers, turns)
}

#[test]
fn a_wall_clock_that_jumps_within_the_day_or_back_by_months_changes_nothing() {
    let steady = working_day(&[0]);
    assert_eq!((steady.0.len(), steady.1.len(), steady.2), (80, 120, 0));
    for moves_ms in [
        &[0, 3 * HOUR_MS, -5 * HOUR_MS, 7 * HOUR_MS][..],
        &[0, -30 * DAY_MS, -HOUR_MS, -DAY_MS],
        &[-30 * DAY_MS],
    ] {
        assert_eq!(working_day(moves_ms), steady, "{moves_ms:?}");
    }
}

#[test]
fn a_wall_clock_that_jumps_ahead_by_months_and_back_turns_the_day_once() {
    let mut hall = Hall::staffed();
    hall.take("A", "ordinary");
    hall.moved_ms = 30 * DAY_MS;
    let turn = hall.wait(1);
    let opened = |happenings: &[Happening]| {
        let opened = |what: &&Happening| matches!(what, Happening::DayOpened { .. });
        happenings.iter().filter(opened).count()
    };
    assert_eq!(opened(&turn), 1);
    hall.sit();
    let first = hall.take("A", "ordinary");
    for moved_ms in [0, 30 * DAY_MS, 2 * HOUR_MS, -DAY_MS, 0] {
        hall.moved_ms = moved_ms;
        let turn = hall.wait(10 * MINUTE_MS);
        assert_eq!(opened(&turn), 0, "the open day stays open");
    }
    let waited_ms = hall
        .queue
        .day()
        .ticket(first)
        .unwrap()
        .waited_ms(hall.now().at);
    assert_eq!(waited_ms, 50 * MINUTE_MS, "by the steady clock");
    let second = hall.take("A", "ordinary");
    assert_eq!(
        [first, second].map(TicketId::serial),
        [1, 2],
        "no id is given twice"
    );
}

#[test]
fn a_clock_set_back_over_midnight_turns_the_day_once() {
    let mut hall = Hall::staffed();
    let day = hall.queue.day().date();
    hall.wait(DAY_MS as u64);
    let next = hall.queue.day().date();
    assert!(next > day);
    hall.sit();
    let ticket = hall.take("A", "ordinary");
    hall.moved_ms = -HOUR_MS;
    let opened = |what: Happening| matches!(what, Happening::DayOpened { .. });
    assert!(
        !hall.wait(2 * HOUR_MS as u64).into_iter().any(opened),
        "midnight for the second time"
    );
    assert_eq!(hall.queue.day().date(), next);
    assert_eq!(
        hall.call(CounterNumber(1)),
        ticket,
        "whoever waited waits on"
    );
}

/// A day of the year on which the clocks change, by minutes on the steady clock: at two o'clock the
/// clock on the wall is put ahead to three, or back to one.
fn changing(minute: u64, ahead: bool) -> Now {
    let two = 120;
    let shown = match (minute < two, ahead) {
        (true, _) => minute,
        (false, true) => minute + 60,
        (false, false) => minute - 60,
    };
    let hours = if ahead { 23 } else { 25 };
    Now {
        at: Moment {
            steady_ms: minute * MINUTE_MS,
            // Universal time does not jump.
            wall_ms: 1_793_000_000_000 + (minute * MINUTE_MS) as i64,
        },
        today: Date::new(2027, 3, 28 + u8::from(minute >= hours * 60)),
        tomorrow_steady_ms: hours * 60 * MINUTE_MS,
        time_of_day_ms: (shown * MINUTE_MS) as u32,
    }
}

fn open(queue: &mut Queue, now: Now) {
    for event in queue.decide_due(now) {
        queue.evolve(&event);
    }
}

#[test]
fn when_the_clocks_are_put_ahead_the_doors_open_by_what_the_wall_shows() {
    let mut settings = settings();
    let period = |from: u32, to: u32| Period {
        from_ms: from * HOUR_MS as u32,
        to_ms: to * HOUR_MS as u32,
    };
    settings.hours = Some(Hours {
        weekly: std::array::from_fn(|_| vec![period(3, 5)]),
        ..Hours::default()
    });
    let mut queue = Queue::new(settings);
    open(&mut queue, changing(0, true));
    let take = |minute| {
        queue
            .decide(changing(minute, true), &hall::take("A", "ordinary"))
            .err()
    };
    let opens_ms = Some(3 * HOUR_MS as u32);
    assert_eq!(take(119), Some(Refusal::NotOpen { opens_ms }), "1:59");
    assert_eq!(take(120), None, "3:00, a minute later");
    assert_eq!(take(239), None, "4:59");
    assert_eq!(take(240), Some(Refusal::NotOpen { opens_ms: None }), "5:00");
    assert_eq!(
        queue.next_deadline(),
        Some(23 * 60 * MINUTE_MS),
        "a day of 23 hours"
    );
    assert_eq!(queue.decide_due(changing(23 * 60 - 1, true)), []);
    assert!(!queue.decide_due(changing(23 * 60, true)).is_empty());
}

#[test]
fn when_the_clocks_are_put_back_an_hour_comes_twice_and_its_numbers_are_given_once() {
    let mut settings = settings();
    let period = Period {
        from_ms: HOUR_MS as u32,
        to_ms: 2 * HOUR_MS as u32,
    };
    let a = settings.services.get_mut(&service("A")).unwrap();
    a.quotas = vec![Quota { period, most: 3 }];
    let mut queue = Queue::new(settings);
    open(&mut queue, changing(0, false));
    let mut take = |minute| {
        let decision = queue.decide(changing(minute, false), &hall::take("A", "ordinary"));
        let events = decision.as_deref().unwrap_or_default();
        events.iter().for_each(|event| queue.evolve(event));
        decision.err()
    };
    assert_eq!((take(60), take(119)), (None, None), "1:00 and 1:59");
    assert_eq!(take(120), None, "1:00 again");
    assert_eq!(take(130), Some(Refusal::QuotaUsedUp));
    assert_eq!(take(180), None, "2:00");
    let tickets = queue.day().tickets();
    let waited: Vec<_> = tickets
        .iter()
        .map(|ticket| ticket.waited_ms(changing(180, false).at) / MINUTE_MS)
        .collect();
    assert_eq!(waited, [120, 61, 60, 0], "waits go on");
    assert_eq!(
        queue.next_deadline().map(|ms| ms / MINUTE_MS),
        Some(60 + 16),
        "what was due stays due"
    );
}
