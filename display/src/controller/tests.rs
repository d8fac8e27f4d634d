use std::time::Duration;

use client::Language;
use protocol::{ByeCode, Row, Stamped};

use super::*;
use crate::announcer::Produced;
use crate::mock::{FIRST_CALL, MOCK_TIME, MockHall};
use crate::phrase::Phrase;
use crate::view::{BLINK_MS, BLINKS, View};

const SOUND_MS: u64 = 6_000;

/// A wall with a clock of its own and a speaker that hears everything, or nothing.
struct World {
    controller: Controller,
    now: Instant,
    outcome: Result<(), String>,
    missing: Option<String>,
    due: Vec<(Instant, Event)>,
    produced: Vec<Announcement>,
    recorded: Vec<(Announcement, Verdict, i64)>,
    logged: Vec<(bool, String)>,
    views: Vec<View>,
}

impl World {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            controller: Controller::new(now, 0),
            now,
            outcome: Ok(()),
            missing: None,
            due: Vec::new(),
            produced: Vec::new(),
            recorded: Vec::new(),
            logged: Vec::new(),
            views: Vec::new(),
        }
    }

    fn hear(&mut self, events: Vec<LinkEvent>) {
        for event in events {
            self.take(Event::Link(event));
        }
    }

    fn take(&mut self, event: Event) {
        for effect in self.controller.update(event, self.now) {
            match effect {
                Effect::Sound(order) => self.order(order),
                Effect::Record {
                    announcement,
                    verdict,
                    shown_at_ms,
                } => self.recorded.push((announcement, verdict, shown_at_ms)),
                Effect::Log { trouble, message } => self.logged.push((trouble, message)),
            }
        }
        self.views.push(self.view());
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Produce(announcement) => {
                let sound = Ok(Produced {
                    duration_ms: SOUND_MS,
                    voiced: self.missing.is_none(),
                    missing: self.missing.clone(),
                });
                let id = announcement.id;
                self.produced.push(announcement);
                self.due
                    .push((self.now, Event::Sound(Told::Produced { id, sound })));
            }
            Order::Play { id } => {
                let end = self.now + Duration::from_millis(SOUND_MS);
                let outcome = self.outcome.clone();
                self.due
                    .push((end, Event::Sound(Told::Ended { id, outcome })));
            }
            Order::Stop { .. } => {}
        }
    }

    fn pass(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        while self.now < until {
            self.now += Duration::from_millis(50);
            let (ripe, rest): (Vec<_>, Vec<_>) =
                self.due.drain(..).partition(|(at, _)| *at <= self.now);
            self.due = rest;
            for (_, event) in ripe {
                self.take(event);
            }
            self.take(Event::Tick);
        }
    }

    fn view(&self) -> View {
        self.controller.view(self.now, Language::Zh)
    }

    fn spoken(&self) -> Vec<(u64, u32)> {
        let spoken = self
            .recorded
            .iter()
            .filter(|(_, verdict, _)| verdict.is_spoken());
        spoken
            .map(|(it, ..)| (it.call.call - FIRST_CALL, it.call.recalls))
            .collect()
    }
}

fn row(call: u64, state: CallState, called_at_ms: i64, seq: u64) -> Stamped {
    Stamped {
        seq,
        row: Row::Call(CallRow {
            call: FIRST_CALL + call,
            number: format!("A{:03}", call + 1),
            counter: 1,
            service: "A".to_owned(),
            state,
            recalls: 0,
            called_at_ms: MOCK_TIME.unix_ms + called_at_ms,
        }),
    }
}

fn rows(seq: u64, whole: bool, rows: Vec<Stamped>) -> LinkEvent {
    LinkEvent::Rows(Rows {
        seq,
        whole,
        rows,
        gone: Vec::new(),
    })
}

fn up() -> LinkEvent {
    LinkEvent::Up { time: MOCK_TIME }
}

fn down() -> LinkEvent {
    LinkEvent::Down {
        since: Some(MOCK_TIME),
        why: Lost::Silent,
    }
}

#[test]
fn a_call_is_written_the_moment_it_comes_and_spoken_to_its_end() {
    let mut world = World::new();
    let mut hall = MockHall::default();
    world.hear(hall.open());
    assert_eq!(world.view().newest, None);
    world.hear(hall.call_next());
    let newest = world.view().newest.unwrap();
    assert_eq!(
        (newest.number.as_str(), newest.counter.as_str()),
        ("A012", "3")
    );
    assert!(newest.expected && newest.lit);
    world.pass(10_000);
    assert_eq!(world.spoken(), [(0, 0)]);
    assert!(world.view().newest.unwrap().expected);
    world.hear(hall.arrive_all());
    assert!(!world.view().newest.unwrap().expected);
    let (_, _, shown_at_ms) = world.recorded[0];
    assert!(shown_at_ms.abs_diff(hall.time().unix_ms) < 50);
}

#[test]
fn a_recall_is_shown_and_spoken_anew() {
    let mut world = World::new();
    let mut hall = MockHall::default();
    world.hear(hall.open());
    world.hear(hall.call_next());
    world.pass(10_000);
    world.hear(hall.recall());
    assert!(world.controller.announcer().current().is_some());
    world.pass(10_000);
    assert_eq!(world.spoken(), [(0, 0), (0, 1)]);
}

#[test]
fn calls_of_one_frame_are_spoken_in_the_order_in_which_they_were_called() {
    let mut world = World::new();
    world.hear(vec![rows(1, true, vec![]), up()]);
    let mixed = [2u64, 0, 1].map(|call| row(call, CallState::Called, 0, 10 + call));
    world.hear(vec![rows(12, false, mixed.to_vec())]);
    world.pass(60_000);
    assert_eq!(world.spoken(), [(0, 0), (1, 0), (2, 0)]);
}

#[test]
fn a_call_whose_customer_comes_at_once_is_spoken_all_the_same() {
    let mut world = World::new();
    world.hear(vec![rows(1, true, vec![]), up()]);
    let quick = row(0, CallState::Serving, 0, 2);
    world.hear(vec![rows(2, false, vec![quick])]);
    world.pass(10_000);
    assert_eq!(world.spoken(), [(0, 0)]);
}

#[test]
fn a_wall_that_starts_speaks_only_calls_whose_customer_is_expected() {
    let mut world = World::new();
    let states = [
        CallState::Finished,
        CallState::NoShow,
        CallState::Called,
        CallState::Serving,
        CallState::Called,
    ];
    let table = (0u64..)
        .zip(states)
        .map(|(call, state)| row(call, state, call as i64, 5));
    world.hear(vec![rows(5, true, table.collect()), up()]);
    world.pass(40_000);
    assert_eq!(world.spoken(), [(2, 0), (4, 0)]);
    assert_eq!(world.recorded.len(), 2);
}

#[test]
fn after_a_loss_only_calls_that_still_wait_are_spoken_and_the_others_are_recorded() {
    let mut world = World::new();
    world.hear(vec![
        rows(1, true, vec![row(0, CallState::Called, 0, 1)]),
        up(),
    ]);
    world.pass(10_000);
    world.hear(vec![down()]);
    world.pass(3_000);
    let missed = vec![
        row(0, CallState::Serving, 0, 2),
        row(1, CallState::Finished, 1, 3),
        row(2, CallState::Called, 2, 4),
    ];
    world.hear(vec![rows(4, false, missed), up()]);
    world.pass(10_000);
    assert_eq!(world.spoken(), [(0, 0), (2, 0)]);
    let unspoken: Vec<_> = world
        .recorded
        .iter()
        .filter(|(_, verdict, _)| !verdict.is_spoken())
        .collect();
    assert_eq!(unspoken.len(), 1);
    assert_eq!(unspoken[0].0.call.number, "A002");
    assert_eq!(unspoken[0].1.why.as_deref(), Some(OVER_BEFORE));
    let listed: Vec<_> = world
        .view()
        .last
        .into_iter()
        .map(|call| call.number)
        .collect();
    assert_eq!(listed, ["A002", "A001"], "what was missed is written");
}

#[test]
fn a_customer_who_was_sent_back_is_not_sent_to_the_counter_any_more() {
    let mut world = World::new();
    let called = [0, 1].map(|call| row(call, CallState::Called, 0, 1));
    world.hear(vec![rows(1, false, vec![]), up()]);
    world.hear(vec![rows(2, false, called.to_vec())]);
    world.pass(1_000);
    assert!(world.view().newest.unwrap().expected);
    let left = [0, 1, 2].map(|call| row(call, CallState::Left, 0, 2));
    world.hear(vec![rows(3, false, left.to_vec())]);
    let view = world.view();
    assert_eq!(
        view.newest
            .map(|newest| (newest.number, newest.expected, newest.lit)),
        Some(("A001".to_owned(), false, false))
    );
    assert!(view.last.iter().all(|listed| !listed.expected));
    world.pass(30_000);
    assert_eq!(
        world.spoken(),
        [(0, 0)],
        "what was begun is said to its end"
    );
    let unspoken = world
        .recorded
        .iter()
        .filter(|(_, verdict, _)| !verdict.is_spoken());
    let why: Vec<_> = unspoken
        .map(|(it, verdict, _)| (it.call.call - FIRST_CALL, verdict.why.as_deref()))
        .collect();
    assert_eq!(why, [1, 2].map(|call| (call, Some(NOT_EXPECTED))));
    let newest = world.view().newest.unwrap();
    assert!(!newest.expected && !newest.lit);
}

#[test]
fn a_hall_that_was_started_again_makes_the_wall_repeat_nothing() {
    let mut world = World::new();
    world.hear(vec![
        rows(9, true, vec![row(0, CallState::Called, 0, 9)]),
        up(),
    ]);
    world.pass(10_000);
    world.hear(vec![
        down(),
        rows(1, true, vec![row(0, CallState::Called, 0, 1)]),
        up(),
    ]);
    world.pass(10_000);
    assert_eq!(world.spoken(), [(0, 0)]);
}

#[test]
fn a_stale_wall_says_so_and_since_when() {
    let mut world = World::new();
    let mut hall = MockHall::default();
    world.hear(hall.open());
    assert_eq!(world.view().stale, None);
    world.hear(vec![down()]);
    let stale = world.view().stale.unwrap();
    assert!(
        stale.first.contains("10:24") && stale.second.contains("10:24"),
        "{stale:?}"
    );
    world.hear(vec![up()]);
    assert_eq!(world.view().stale, None);
}

#[test]
fn a_wall_that_never_reached_a_hall_says_that() {
    let mut world = World::new();
    assert!(!world.view().ready);
    world.hear(vec![LinkEvent::Down {
        since: None,
        why: Lost::Refused(ByeCode::Full),
    }]);
    assert!(!world.view().ready);
    assert_eq!(
        world.view().stale.unwrap().second,
        "The hall cannot be reached"
    );
}

#[test]
fn a_wall_that_only_a_technician_can_bring_back_says_so() {
    let mut world = World::new();
    world.hear(vec![LinkEvent::Down {
        since: None,
        why: Lost::NotPaired,
    }]);
    let stale = world.view().stale.unwrap();
    assert!(stale.first.contains("请联系技术员"), "{stale:?}");
    assert!(stale.second.contains("not paired"), "{stale:?}");
}

#[test]
fn missing_sound_is_said_once_in_the_log_and_stands_on_the_wall() {
    let mut world = World::new();
    let mut hall = MockHall::default();
    world.hear(hall.open());
    world.outcome = Err("no sound device".to_owned());
    for _ in 0..3 {
        world.hear(hall.call_next());
        world.pass(12_000);
    }
    assert_eq!(world.view().sound.unwrap().second, "No sound");
    assert_eq!(world.logged.len(), 1);
    assert!(world.logged[0].1.contains("no sound device"));
    world.outcome = Ok(());
    world.hear(hall.call_next());
    world.pass(12_000);
    assert_eq!(world.view().sound, None);
    assert_eq!(
        world.logged[1],
        (false, "the voice is heard again".to_owned())
    );
}

#[test]
fn a_missing_voice_leaves_the_chime_and_is_said_once() {
    let mut world = World::new();
    let mut hall = MockHall::default();
    world.hear(hall.open());
    world.missing = Some("espeak-ng is not installed".to_owned());
    for _ in 0..3 {
        world.hear(hall.call_next());
        world.pass(12_000);
    }
    assert_eq!(world.view().sound.unwrap().second, "Chime only");
    assert_eq!(world.logged.len(), 1);
    assert_eq!(world.spoken(), []);
}

#[test]
fn blinking_is_slow_and_ends_by_itself() {
    let mut world = World::new();
    let mut hall = MockHall::default();
    world.hear(hall.open());
    world.hear(hall.call_next());
    let mut changes_ms = Vec::new();
    let mut lit = true;
    for at_ms in (0..20_000).step_by(50) {
        world.pass(50);
        let now = world.view().newest.unwrap().lit;
        if now != lit {
            changes_ms.push(at_ms);
            lit = now;
        }
    }
    assert!(changes_ms.iter().all(|at| *at < BLINKS * BLINK_MS + 50));
    let pairs = changes_ms.windows(2);
    assert!(pairs.clone().count() > 4);
    assert!(
        pairs.into_iter().all(|pair| pair[1] - pair[0] >= 1_000 / 6),
        "faster than 3 Hz"
    );
    assert!(lit);
}

#[test]
fn every_call_of_a_crowd_stood_large_and_what_was_spoken_was_written() {
    let mut world = World::new();
    let mut hall = MockHall::default();
    world.hear(hall.open());
    for _ in 0..20 {
        world.hear(hall.call_next());
    }
    world.pass(200_000);
    assert_eq!(
        world.spoken(),
        (0..20).map(|call| (call, 0)).collect::<Vec<_>>()
    );
    let mut written: Vec<(String, String)> = world
        .views
        .iter()
        .filter_map(|view| view.newest.clone())
        .map(|newest| (newest.number, newest.counter))
        .collect();
    written.dedup();
    let spoken: Vec<_> = world
        .produced
        .iter()
        .map(|it| (it.call.number.clone(), it.call.counter.to_string()))
        .collect();
    assert_eq!(written, spoken);
}

/// D-07: the one text with a class in it that reaches a wall is the hall's own row.
#[test]
fn no_class_is_written_or_spoken() {
    let mut world = World::new();
    let mut hall = MockHall::default();
    world.hear(hall.open());
    world.hear(hall.call_next());
    let class = world.controller.table().hall().unwrap().classes[0].clone();
    let seen = format!("{:?}", world.view());
    let said: String = Language::ALL
        .map(|language| Phrase::of_call(language, crate::phrase::Length::Full, "A012", 3).written())
        .concat();
    for word in [&class.code, &class.label.zh, &class.label.en] {
        assert!(
            !seen.contains(word.as_str()) && !said.contains(word.as_str()),
            "{word}"
        );
    }
}

#[test]
fn more_services_than_fit_take_turns() {
    let mut world = World::new();
    let mut hall = MockHall::with_services(12);
    world.hear(hall.open());
    assert_eq!(world.view().services.len(), 12);
    let mut extra = hall.services_mut()[0].clone();
    extra.code = "Z".to_owned();
    let stamped = Stamped {
        seq: 100,
        row: Row::Service(extra),
    };
    world.hear(vec![rows(100, false, vec![stamped])]);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..25 {
        world.pass(1_000);
        seen.extend(
            world
                .view()
                .services
                .into_iter()
                .map(|service| service.code),
        );
    }
    assert_eq!(seen.len(), 13);
}
