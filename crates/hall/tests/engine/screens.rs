//! What the screens are given: as much as they need, and for the wall and the kiosk nothing more.

use hall::HallSettings;
use protocol::{
    Act, AlarmKind, CallState, CounterRow, CounterState, DoorState, HallRow, Key, LAST_CALLS,
    NotPrintedReason, NoticeRow, Role, Row, ServiceRow, Text,
};
use tempfile::TempDir;

use super::desk::{DAY_MS, Desk, START_WALL_MS, join, sign_in, take};
use super::life::{done, hall, row};

const MINUTE_MS: u64 = 60_000;

fn counter(desk: &mut Desk, role: Role, number: u16) -> CounterRow {
    match row(desk, role, &Key::Counter { number }) {
        Some(Row::Counter(row)) => row,
        other => panic!("no counter: {other:?}"),
    }
}

fn service(desk: &mut Desk, code: &str) -> ServiceRow {
    let code = code.to_owned();
    match row(desk, Role::Kiosk, &Key::Service { code }) {
        Some(Row::Service(row)) => row,
        other => panic!("no service: {other:?}"),
    }
}

fn hall_row(desk: &mut Desk) -> HallRow {
    match row(desk, Role::Kiosk, &Key::Hall) {
        Some(Row::Hall(row)) => row,
        other => panic!("no hall: {other:?}"),
    }
}

#[test]
fn a_counter_is_closed_open_or_paused_and_the_wall_does_not_see_what_is_on_the_desk() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let open_for_a = |desk: &mut Desk| service(desk, "A").open_counters;
    assert_eq!(
        counter(&mut desk, Role::Wall, 1).state,
        CounterState::Closed
    );
    assert_eq!(open_for_a(&mut desk), 0);
    done(&mut desk, sign_in(1, "王芳"));
    done(&mut desk, sign_in(2, "李强"));
    done(&mut desk, sign_in(4, "张敏"));
    assert_eq!(open_for_a(&mut desk), 2, "counter 4 does not serve it");
    assert_eq!(service(&mut desk, "A").counters, [1, 2, 3]);
    let reason = "午餐".to_owned();
    done(&mut desk, Act::Pause { counter: 1, reason });
    let wall = counter(&mut desk, Role::Wall, 1);
    assert_eq!((wall.state, wall.desk), (CounterState::Paused, None));
    assert_eq!(counter(&mut desk, Role::Wall, 2).state, CounterState::Open);
    let on_desk = counter(&mut desk, Role::Supervisor, 1).desk.expect("staff");
    assert_eq!(
        (on_desk.clerk.as_deref(), on_desk.pause_reason.as_deref()),
        (Some("王芳"), Some("午餐"))
    );
    assert_eq!(open_for_a(&mut desk), 1);
}

#[test]
fn a_kiosk_knows_the_hall_its_classes_its_services_and_what_is_typed_on_a_slip() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let hall = hall_row(&mut desk);
    let elderly = &hall.classes[1];
    assert_eq!(
        (elderly.code.as_str(), elderly.label.zh.as_str()),
        ("elderly", "老年人")
    );
    assert_eq!(
        (elderly.claim.zh.as_str(), elderly.favoured),
        ("我已满60岁", true)
    );
    assert_eq!(
        elderly.proof.as_ref().map(|proof| proof.zh.as_str()),
        Some("身份证")
    );
    let at_kiosk: Vec<bool> = hall.classes.iter().map(|class| class.at_kiosk).collect();
    assert_eq!(at_kiosk, [true, true, true, true, true, false]);
    assert!(
        hall.prefixes.contains(&"A".to_owned()),
        "{:?}",
        hall.prefixes
    );
    assert!(
        !hall.prefixes.contains(&"W".to_owned()),
        "nobody holds the number of who was served without one"
    );
    let papers_missing = hall.outcomes.iter();
    let codes: Vec<&str> = papers_missing
        .map(|outcome| outcome.code.as_str())
        .collect();
    assert!(codes.contains(&"papers_missing"), "{codes:?}");
    assert_eq!(service(&mut desk, "A").limit_min, Some(3));
    assert_eq!(service(&mut desk, "B").limit_min, Some(20));
    assert_eq!(service(&mut desk, "V").limit_min, None);
}

#[test]
fn the_notices_of_the_hall_stand_on_the_wall_and_at_the_kiosk() {
    let folder = TempDir::new().expect("a folder");
    let mut settings = HallSettings::default_hall();
    let notices = [
        Text::new("请出示证件", "Please show your ID"),
        Text::new("二楼开放", ""),
    ];
    settings.notices = notices.to_vec();
    let mut desk = Desk::start(folder.path(), settings, 1_000);
    for role in [Role::Wall, Role::Kiosk] {
        for (place, text) in notices.iter().enumerate() {
            let notice = place as u32;
            let expected = NoticeRow {
                notice,
                text: text.clone(),
            };
            let shown = row(&mut desk, role, &Key::Notice { notice });
            assert_eq!(shown, Some(Row::Notice(expected)), "{role:?}");
        }
        assert_eq!(row(&mut desk, role, &Key::Notice { notice: 2 }), None);
    }
}

#[test]
fn the_doors_of_a_service_whose_numbers_are_used_up_say_so_and_when_they_close() {
    let folder = TempDir::new().expect("a folder");
    let quota = "limit_min = 3\nquota = [{ hours = \"08:00-12:00\", most = 2 }]";
    let mut desk = hall(folder.path(), "limit_min = 3", quota);
    for state in [DoorState::Open, DoorState::Open, DoorState::QuotaUsedUp] {
        assert_eq!(service(&mut desk, "A").doors.state, state);
        desk.ask(take("A", "ordinary"));
    }
    assert_eq!(service(&mut desk, "B").doors.state, DoorState::Open);
    assert_eq!(hall_row(&mut desk).doors.state, DoorState::Open);
}

/// The wall shows the last calls, and further back those whose customer is still expected.
#[test]
fn a_call_stands_on_the_wall_until_others_push_it_off_or_its_customer_has_come() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    for (number, clerk) in [(1, "王芳"), (2, "李强"), (3, "张敏")] {
        done(&mut desk, sign_in(number, clerk));
    }
    for _ in 0..LAST_CALLS + 4 {
        desk.ask(take("A", "ordinary"));
    }
    for counter in [1, 2] {
        done(&mut desk, Act::CallNext { counter });
    }
    done(&mut desk, Act::Arrive { counter: 2 });
    let shown = |desk: &mut Desk, serial: u64| {
        let call = 20_261_101_000_000 + serial;
        match row(desk, Role::Wall, &Key::Call { call }) {
            Some(Row::Call(call)) => Some((call.number, call.counter, call.state)),
            _ => None,
        }
    };
    let call = |desk: &mut Desk| {
        done(desk, Act::CallNext { counter: 3 });
        done(desk, Act::Arrive { counter: 3 });
    };
    for _ in 0..LAST_CALLS - 2 {
        call(&mut desk);
    }
    let first = Some(("A001".to_owned(), 1, CallState::Called));
    let second = Some(("A002".to_owned(), 2, CallState::Serving));
    assert_eq!(shown(&mut desk, 1), first);
    assert_eq!(shown(&mut desk, 2), second);
    call(&mut desk);
    call(&mut desk);
    assert_eq!(shown(&mut desk, 1), first, "he is still expected");
    assert_eq!(shown(&mut desk, 2), None, "he has come");
    assert!(shown(&mut desk, 3).is_some());
}

#[test]
fn a_clerk_sees_three_who_come_next_and_the_last_who_missed_a_call() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    for _ in 0..14 {
        desk.ask(take("A", "ordinary"));
    }
    let on_desk = |desk: &mut Desk| counter(desk, Role::Counter, 1).desk.expect("staff");
    assert_eq!(on_desk(&mut desk).next, [], "nobody sits there");
    done(&mut desk, sign_in(1, "王芳"));
    let next: Vec<String> = on_desk(&mut desk)
        .next
        .into_iter()
        .map(|next| next.number)
        .collect();
    assert_eq!(next, ["A001", "A002", "A003"]);
    for _ in 0..10 {
        done(&mut desk, Act::CallNext { counter: 1 });
        desk.wait(MINUTE_MS);
        done(&mut desk, Act::NoShow { counter: 1 });
    }
    let missed = on_desk(&mut desk).missed;
    let numbers: Vec<&str> = missed.iter().map(|missed| missed.number.as_str()).collect();
    assert_eq!(
        numbers,
        [
            "A010", "A009", "A008", "A007", "A006", "A005", "A004", "A003"
        ]
    );
    let last_ms = START_WALL_MS + 1_000 + 10 * MINUTE_MS as i64;
    assert_eq!(missed[0].missed_at_ms, last_ms);
}

#[test]
fn a_ticket_without_paper_a_device_and_an_alarm_are_seen_by_staff_alone() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = hall(folder.path(), "wait_min = 45", "wait_min = 25");
    desk.handle(vec![join(7, Role::Kiosk, "kiosk-1", None)]);
    done(&mut desk, take("A", "ordinary"));
    let ticket = 20_261_101_000_001;
    let reason = NotPrintedReason::CutterJam;
    done(&mut desk, Act::NotPrinted { ticket, reason });
    desk.wait(25 * MINUTE_MS);
    let alarm = Key::Alarm {
        alarm: AlarmKind::LongestWait,
        service: None,
    };
    let device = Key::Device {
        name: "kiosk-1".to_owned(),
    };
    for key in [&Key::Ticket { ticket }, &alarm, &device] {
        assert!(row(&mut desk, Role::Supervisor, key).is_some(), "{key:?}");
        for role in [Role::Kiosk, Role::Wall] {
            assert_eq!(row(&mut desk, role, key), None, "{role:?}");
        }
    }
    let Some(Row::Ticket(missing)) = row(&mut desk, Role::Counter, &Key::Ticket { ticket }) else {
        panic!("staff see it");
    };
    assert_eq!(
        (missing.number.as_str(), missing.not_printed),
        ("A001", reason)
    );
    let Some(Row::Alarm(alarm)) = row(&mut desk, Role::Counter, &alarm) else {
        panic!("staff see it");
    };
    assert_eq!(alarm.level, 25, "in minutes");
    desk.wait(DAY_MS);
    assert_eq!(
        row(&mut desk, Role::Counter, &Key::Ticket { ticket }),
        None,
        "of yesterday"
    );
}
