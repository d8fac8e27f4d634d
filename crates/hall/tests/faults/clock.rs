//! Row 6: somebody, or something, sets the clock on the wall.

use std::collections::BTreeSet;
use std::path::Path;

use hall::engine::{Engine, Input, Output};
use hall::{Clock, HallSettings};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use protocol::{Act, Done, Outcome, Role};
use queue::{Happening, Moment, Now, TicketId};
use store::{Archive, FILE_NAME, Store};
use tempfile::TempDir;
use uuid::Uuid;

use super::client::{Client, take};
use super::disk::{Chance, Disk};
use super::hall_file;
use super::process::Place;
use super::torture::Row;

const SECOND_MS: i64 = 1_000;
const HOUR_MS: i64 = 3_600 * SECOND_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What a clock is set by.
const JUMPS_MS: [i64; 10] = [
    -SECOND_MS,
    SECOND_MS,
    -HOUR_MS,
    HOUR_MS,
    -30 * DAY_MS,
    30 * DAY_MS,
    3_652 * DAY_MS,
    -3_652 * DAY_MS,
    -DAY_MS,
    DAY_MS,
];

/// Zones with and without summer time, and one that has half hours of it.
const ZONES: [&str; 4] = [
    "Asia/Shanghai",
    "Europe/Warsaw",
    "America/New_York",
    "Australia/Lord_Howe",
];

/// When a life begins: at a usual time, before a turn of summer time, of the day, and at a leap second.
const STARTS: [&str; 5] = [
    "2026-11-22T10:00:00",
    "2026-03-29T01:30:00",
    "2026-10-25T01:30:00",
    "2026-11-22T23:58:00",
    "2016-12-31T23:58:30",
];

/// Steps of a life, each some minutes.
const STEPS: u64 = 60;

/// A hall whose clock on the wall is set by others.
struct Hands {
    engine: Engine<Store>,
    clock: Clock,
    settings: HallSettings,
    steady_ms: u64,
    wall_ms: i64,
}

impl Hands {
    fn start(folder: &TempDir, chance: &mut Chance) -> Self {
        let zone = *chance.one_of(&ZONES);
        let zone = TimeZone::get(zone).expect("a zone");
        let mut settings = HallSettings::parse("hall.toml", &hall_file::text(2)).expect("a hall");
        settings.time_zone = zone.clone();
        settings.trust.trial = true;
        settings.day_turns_at =
            jiff::civil::Time::constant(chance.one_of(&[0, 3]).to_owned(), 0, 0, 0);
        let start: DateTime = chance.one_of(&STARTS).parse().expect("a time");
        let start = start.to_zoned(zone).expect("a time there").timestamp();
        let store = Store::open(folder.path()).expect("the folder can be written");
        let engine = Engine::new(settings.clone(), store, Uuid::now_v7()).expect("a sound journal");
        let wall_ms = start.as_millisecond();
        let clock = shown(&settings, wall_ms);
        Self {
            engine,
            clock,
            settings,
            steady_ms: 1_000,
            wall_ms,
        }
    }

    /// What the hall's own clock makes of the time on the wall.
    fn now(&mut self) -> Now {
        self.clock = shown(&self.settings, self.wall_ms);
        let shown = self.clock.now();
        let until_turn_ms = shown.tomorrow_steady_ms - shown.at.steady_ms;
        let (steady_ms, wall_ms) = (self.steady_ms, self.wall_ms);
        Now {
            at: Moment { steady_ms, wall_ms },
            tomorrow_steady_ms: steady_ms + until_turn_ms,
            ..shown
        }
    }

    fn pass(&mut self, ms: u64) {
        self.steady_ms += ms;
        self.wall_ms += ms as i64;
    }

    fn ask(&mut self, act: Act) -> Outcome {
        let now = self.now();
        let (id, role) = (Uuid::now_v7(), act.roles()[0]);
        let device = format!("{role:?}-1");
        let request = Input::Request {
            session: role as u64,
            role,
            device,
            id,
            act,
            pin: hall::trust::PinSeen::None,
        };
        let clock = self.clock.clone();
        let outputs = self
            .engine
            .handle(vec![request], now, &clock)
            .expect("a sound journal");
        self.engine.publish(now);
        self.engine.queue().check().expect("the rules hold");
        let mut answers = outputs.into_iter().filter_map(|output| match output {
            Output::Answer { outcome, .. } => Some(outcome),
            _ => None,
        });
        answers.next().expect("an answer")
    }
}

/// The clock at a moment. It goes on by itself, but not far in what a test lasts.
fn shown(settings: &HallSettings, wall_ms: i64) -> Clock {
    Clock::fast(
        settings.time_zone.clone(),
        settings.day_turns_at,
        wall_ms,
        1,
    )
}

#[test]
fn whatever_the_clock_shows_order_waits_and_days_are_right() {
    let mut row = Row::begin("6", "clock set by seconds, hours, days, years", 25);
    let mut jumps = 0;
    while let Some(seed) = row.next_seed() {
        jumps += a_life(seed);
        row.passed(1);
    }
    row.measured(format!("{jumps} jumps"));
}

/// People come and are called, in the order in which they came, while the clock is set; gives how often.
fn a_life(seed: u64) -> u64 {
    let _disk = Disk::mount(seed);
    let folder = TempDir::new().expect("a folder");
    let mut chance = Chance::new(seed);
    let mut hands = Hands::start(&folder, &mut chance);
    let mut waiting: Vec<(TicketId, u64)> = Vec::new();
    let mut jumps = 0;
    for _ in 0..STEPS {
        hands.pass(chance.below(5 * 60_000));
        if chance.percent(15) {
            hands.wall_ms += *chance.one_of(&JUMPS_MS);
            jumps += 1;
        }
        let day = hands.engine.queue().day().date();
        let outcome = match chance.below(3) {
            0 => hands.ask(Act::CallNext { counter: 1 }),
            _ => hands.ask(Act::take("A", "ordinary")),
        };
        if hands.engine.queue().day().date() != day {
            // Who was left over has expired, and the clerk is signed out.
            waiting.clear();
            hands.ask(Act::sign_in(1, "clerk"));
        }
        match outcome {
            Outcome::Done(Done::Issued(issued)) => {
                waiting.push((TicketId(issued.ticket), hands.steady_ms))
            }
            Outcome::Done(Done::Called(called)) => {
                let (first, since_ms) = waiting.remove(0);
                assert_eq!(called.ticket, first.0, "first come, first served");
                waited_by_the_steady_clock(&hands, first, hands.steady_ms - since_ms);
                hands.ask(Act::finish(1));
            }
            _ => {}
        }
    }
    drop(hands);
    days_only_go_forward(folder.path());
    jumps
}

fn waited_by_the_steady_clock(hands: &Hands, ticket: TicketId, waited_ms: u64) {
    let queue = hands.engine.queue();
    let ticket = queue.day().ticket(ticket).expect("it is of this day");
    let call = ticket.call.as_ref().expect("it is called");
    assert_eq!(
        call.reason.as_ref().map(|reason| reason.waited_ms),
        Some(waited_ms)
    );
}

/// Each day is opened once, in order, and no number is given twice on it.
fn days_only_go_forward(folder: &Path) {
    let archive = Archive::open_file(&folder.join(FILE_NAME)).expect("readable");
    let (mut opened, mut numbers) = (Vec::new(), BTreeSet::new());
    for day in archive.days().expect("readable") {
        let read = archive.replay_day(day, None, |recorded| match recorded.event.what {
            Happening::DayOpened { day, .. } => opened.push(day),
            Happening::Issued(issued) => {
                assert!(
                    numbers.insert((day, issued.number.to_string())),
                    "{day} {}",
                    issued.number
                );
            }
            _ => {}
        });
        read.expect("the day can be believed");
    }
    assert!(
        opened.windows(2).all(|days| days[0] < days[1]),
        "{opened:?}"
    );
}

#[test]
fn a_glance_of_the_clock_at_another_year_sends_nobody_away() {
    let folder = TempDir::new().expect("a folder");
    let mut hands = Hands::start(&folder, &mut Chance::new(1));
    hands.wall_ms = shown_at(&hands.settings, "2026-11-22T10:00:00");
    hands.ask(Act::take("A", "ordinary"));
    let before = hands.engine.queue().day().date();
    hands.wall_ms += 3_652 * DAY_MS;
    hands.ask(Act::take("A", "ordinary"));
    hands.pass(60_000);
    hands.wall_ms -= 3_652 * DAY_MS;
    hands.ask(Act::take("A", "ordinary"));
    assert_eq!(hands.engine.queue().day().date(), before);
    assert_eq!(hands.engine.queue().day().waiting(), 3);
    hands.pass(24 * 3_600_000);
    hands.ask(Act::take("A", "ordinary"));
    assert!(
        hands.engine.queue().day().date() > before,
        "and the day turns when its time has come"
    );
}

fn shown_at(settings: &HallSettings, local: &str) -> i64 {
    let local: DateTime = local.parse().expect("a time");
    let zoned = local
        .to_zoned(settings.time_zone.clone())
        .expect("a time there");
    zoned.timestamp().as_millisecond()
}

/// Where Debian and its relatives have the library that shows a program another time.
const FAKE_TIME: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
];

#[tokio::test]
async fn the_real_hall_goes_on_while_its_clock_is_set() {
    let mut row = Row::begin("6", "the clock of the real hall is set", 2);
    let Some(library) = FAKE_TIME.into_iter().find(|path| Path::new(path).exists()) else {
        row.measured("not run: libfaketime is not installed".to_owned());
        row.passed(row.wanted());
        return;
    };
    let place = Place::new(1);
    let shown = place.data().with_file_name("shown");
    let preload = format!("LD_PRELOAD={library}");
    let file = format!("FAKETIME_TIMESTAMP_FILE={}", shown.display());
    // The steady clock is left alone, as the system does it.
    let before = [
        "env",
        &preload,
        &file,
        "FAKETIME_NO_CACHE=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
    ];
    std::fs::write(&shown, "+0").expect("room");
    let hall = place.start_with(&before, "127.0.0.1:0");
    let mut kiosk = Client::join(&hall.url, Role::Kiosk, "kiosk-1")
        .await
        .expect("it listens");
    let mut taken = 0;
    while let Some(seed) = row.next_seed() {
        let jump_s =
            *Chance::new(seed).one_of(&[-1, 1, -3_600, 3_600, -30 * 86_400, 3_652 * 86_400]);
        for offset_s in [jump_s, 0] {
            std::fs::write(&shown, format!("{offset_s:+}")).expect("room");
            kiosk.press(take("A", "ordinary")).await.expect("it serves");
            let answered = kiosk.answer().await.expect("it serves");
            let Outcome::Done(Done::Issued(issued)) = answered.outcome else {
                panic!("no ticket: {:?}", answered.outcome);
            };
            taken += 1;
            assert_eq!(issued.number, format!("A{taken:03}"), "after {jump_s} s");
        }
        row.passed(1);
    }
    drop((kiosk, hall));
    place.nothing_panicked();
    days_only_go_forward(&place.data());
}
