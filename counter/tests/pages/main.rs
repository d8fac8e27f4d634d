//! The window as a clerk meets it: by the keyboard alone, and nothing outside of it.

mod papers;
mod sheets;
#[path = "../stage/mod.rs"]
mod stage;

use std::time::Duration;

use client::{Language, Lost, Theme};
use counter::{Command, Event};
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use protocol::Act;
use slint::SharedString;
use slint::platform::{Key, WindowEvent};
use ticket::{PrintNews, PrinterState, Trouble};

use stage::Stage;

const WIDE: (u32, u32) = (1280, 800);
const NARROW: (u32, u32) = (420, 800);

/// Windows that clerks have: usual ones, a small office screen, a screen of 768 rows.
const SIZES: [(u32, u32); 5] = [WIDE, NARROW, (1920, 1040), (1024, 720), (380, 720)];

fn at_work(size: (u32, u32)) -> Stage {
    let mut stage = Stage::new(Language::En, Theme::Light, size);
    stage.link_up();
    stage.sign_in(3, "0417");
    stage.asked.clear();
    stage
}

fn labels(stage: &Stage) -> Vec<SharedString> {
    let query = ElementQuery::from_root(stage.main()).match_descendants();
    let all = query.find_all();
    all.iter()
        .filter_map(ElementHandle::accessible_label)
        .collect()
}

fn shows(stage: &Stage, label: &str) -> bool {
    labels(stage).iter().any(|shown| shown.contains(label))
}

/// The element that a person would look for: by its role and its words.
fn find(stage: &Stage, role: AccessibleRole, label: &str) -> ElementHandle {
    ElementHandle::find_by_accessible_label(stage.main(), label)
        .find(|element| element.accessible_role() == Some(role))
        .unwrap_or_else(|| panic!("{label} is not there"))
}

/// A person presses it, some time after the last thing.
fn click(stage: &mut Stage, label: &str) {
    stage.pass(Duration::from_millis(600));
    find(stage, AccessibleRole::Button, label).invoke_accessible_default_action();
    stage.pass(Duration::from_millis(600));
}

fn in_service(size: (u32, u32)) -> Stage {
    let mut stage = at_work(size);
    stage.key(" ");
    stage.key(" ");
    stage.asked.clear();
    stage
}

#[test]
fn the_keyboard_alone_serves_customers_from_sign_in_to_sign_out() {
    for size in [WIDE, NARROW] {
        let mut stage = Stage::new(Language::Zh, Theme::Light, size);
        stage.link_up();
        // The name is typed at once; two counters down in the list.
        stage.type_text("0417");
        stage.key(Key::DownArrow);
        stage.key(Key::DownArrow);
        stage.key(Key::Return);
        for key in [" ", " ", " "] {
            stage.key(key);
        }
        stage.key(Key::F3);
        stage.key(Key::F4);
        stage.key(Key::F2);
        stage.key(Key::F2);
        stage.key(Key::F5);
        stage.key(Key::F6);
        stage.key("2");
        stage.key(Key::F6);
        stage.key(Key::F10);
        let counter = 3;
        let expected = [
            Act::sign_in(counter, "0417"),
            Act::CallNext { counter },
            Act::Arrive { counter },
            Act::CallNext { counter },
            Act::Recall { counter },
            Act::NoShow { counter },
            Act::CallNext { counter },
            Act::Arrive { counter },
            Act::finish(counter),
            Act::Pause {
                counter,
                reason: "短暂休息".into(),
            },
            Act::Resume { counter },
            Act::SignOut { counter },
        ];
        assert_eq!(stage.asked, expected);
        assert!(shows(&stage, "姓名或工号"), "back at the sign-in page");
    }
}

#[test]
fn a_held_key_asks_once() {
    let mut stage = at_work(WIDE);
    let text = SharedString::from(" ");
    stage.send(WindowEvent::KeyPressed { text: text.clone() });
    for _ in 0..40 {
        stage.pass(Duration::from_millis(33));
        stage.send(WindowEvent::KeyPressRepeated { text: text.clone() });
    }
    stage.send(WindowEvent::KeyReleased { text });
    assert_eq!(stage.asked, [Act::CallNext { counter: 3 }]);
}

#[test]
fn a_key_struck_twice_asks_once() {
    let mut stage = at_work(WIDE);
    stage.key(Key::F2);
    stage.pass(Duration::from_millis(120));
    let text = SharedString::from(Key::F2);
    stage.send(WindowEvent::KeyPressed { text: text.clone() });
    stage.send(WindowEvent::KeyReleased { text });
    assert_eq!(stage.asked, [Act::CallNext { counter: 3 }]);
}

#[test]
fn the_space_bar_belongs_to_a_button_that_has_the_focus() {
    let mut stage = at_work(WIDE);
    stage.key(" ");
    stage.asked.clear();
    // From the page itself the first stop is the large button, the next one calls again.
    stage.key(Key::Tab);
    stage.key(Key::Tab);
    stage.key(" ");
    assert_eq!(stage.asked, [Act::Recall { counter: 3 }]);
}

#[test]
fn a_button_that_can_do_nothing_says_why_when_it_is_pressed() {
    let mut stage = at_work(WIDE);
    let buttons: Vec<_> =
        ElementHandle::find_by_accessible_label(stage.main(), "Call again").collect();
    buttons[0].invoke_accessible_default_action();
    stage.pass(Duration::from_millis(1));
    assert!(shows(&stage, "Nobody is in hand"));
    assert_eq!(stage.asked, []);
}

#[test]
fn every_key_stands_on_its_button() {
    let stage = at_work(WIDE);
    for (label, key) in [
        ("Call next", "Space"),
        ("Call again", "F3"),
        ("No-show", "F4"),
        ("Finish", "F5"),
        ("Pause", "F6"),
        ("More", "F7"),
        ("Sign out", "F10"),
    ] {
        let button = ElementHandle::find_by_accessible_label(stage.main(), label)
            .find(|element| element.accessible_role() == Some(AccessibleRole::Button));
        let told = button.and_then(|button| button.accessible_description());
        assert_eq!(told.as_deref(), Some(key), "{label}");
    }
}

#[test]
fn while_the_hall_is_away_a_press_is_kept_and_done_once_when_it_is_back() {
    let mut stage = at_work(WIDE);
    stage.link_down(Lost::Silent);
    stage.key(" ");
    stage.key(" ");
    assert!(shows(&stage, "\"Call next\" waits for the hall"));
    assert!(shows(&stage, "What you see is as of 10:42"));
    stage.link_up();
    assert_eq!(stage.asked, [Act::CallNext { counter: 3 }]);
    assert!(shows(&stage, "Called, not here yet"));
}

#[test]
fn what_is_kept_can_be_taken_back() {
    let mut stage = at_work(WIDE);
    stage.link_down(Lost::Silent);
    stage.key(" ");
    stage.key(Key::Escape);
    assert!(shows(&stage, "Taken back"));
    stage.link_up();
    assert!(shows(&stage, "Nobody in hand"));
}

#[test]
fn the_other_language_comes_at_once() {
    let mut stage = at_work(WIDE);
    assert!(shows(&stage, "Waiting in the hall"));
    stage.key(Key::F8);
    assert!(shows(&stage, "大厅等候"));
    assert!(shows(&stage, "呼叫下一位"));
    stage.key(Key::F8);
    assert!(shows(&stage, "Call next"));
}

#[test]
fn the_sheet_takes_words_of_ones_own_and_escape_closes_it() {
    let mut stage = at_work(WIDE);
    stage.key(Key::F6);
    stage.key(Key::Escape);
    assert!(!shows(&stage, "Why do you pause?"));
    stage.key(Key::F6);
    let field = ElementHandle::find_by_accessible_label(stage.main(), "Another reason")
        .find(|element| element.accessible_role() == Some(AccessibleRole::TextInput))
        .unwrap();
    // Five reasons, then the field.
    for _ in 0..6 {
        stage.key(Key::Tab);
    }
    stage.type_text("2nd floor");
    assert_eq!(field.accessible_value().as_deref(), Some("2nd floor"));
    stage.key(Key::Return);
    let reason = "2nd floor".to_owned();
    assert_eq!(stage.asked, [Act::Pause { counter: 3, reason }]);
}

#[test]
fn nobody_waits_and_the_large_key_calls_whoever_comes() {
    let mut stage = at_work(WIDE);
    while stage.hall.leaves() {}
    stage.rows();
    stage.key(" ");
    assert_eq!(stage.asked, [Act::AwaitNext { counter: 3 }]);
    assert!(shows(&stage, "Waiting for the next who comes"));
    click(&mut stage, "Stop waiting");
    assert_eq!(stage.asked[1..], [Act::StopAwaiting { counter: 3 }]);
    stage.key(" ");
    let now_ms = stage.hall_ms();
    stage.hall.comes("A", now_ms);
    stage.rows();
    assert!(shows(&stage, "Called, not here yet"));
}

#[test]
fn the_time_limit_is_said_and_not_only_coloured() {
    let mut stage = in_service(WIDE);
    stage.pass(Duration::from_secs(5));
    assert!(shows(&stage, "9:55 left"), "nearly ten minutes are left");
    stage.pass(Duration::from_secs(9 * 60));
    stage.rows();
    assert!(shows(&stage, " left"));
    stage.pass(Duration::from_secs(90));
    stage.rows();
    assert!(shows(&stage, " over"));
    assert!(shows(&stage, "past the promise"), "of those in line");
}

#[test]
fn alarms_and_what_a_colleague_wrote_are_seen() {
    let mut stage = at_work(WIDE);
    let now_ms = stage.hall_ms();
    stage.hall.raises_alarm("B", 20, now_ms);
    stage
        .hall
        .is_sent_on("A", &["B", "F"], "Only the signature is missing.");
    stage.rows();
    assert!(shows(&stage, "more than 20 people waiting since 10:42"));
    stage.key(" ");
    assert!(shows(&stage, "Only the signature is missing."));
    assert!(shows(
        &stage,
        "Then: New connection, more capacity, Print an invoice"
    ));
}

#[test]
fn nothing_stands_outside_the_window() {
    for size in SIZES {
        for language in Language::ALL {
            for go in [free, busy, told, awaiting, loaded, sign_in, pin, on_roll] {
                let mut stage = Stage::new(language, Theme::Light, size);
                go(&mut stage);
                stage.resize(size.0, size.1);
                all_inside(&stage, size);
            }
        }
    }
}

fn all_inside(stage: &Stage, (width, height): (u32, u32)) {
    let query = ElementQuery::from_root(stage.main()).match_descendants();
    let elements = query
        .match_predicate(|element| element.accessible_label().is_some())
        .find_all();
    assert!(elements.len() > 5);
    for element in elements {
        let (place, extent) = (element.absolute_position(), element.size());
        let (right, bottom) = (place.x + extent.width, place.y + extent.height);
        assert!(
            place.x >= 0.0
                && place.y >= 0.0
                && right <= width as f32 + 0.5
                && bottom <= height as f32 + 0.5,
            "{:?} in {width}x{height} stands from {place:?} to {right}, {bottom}",
            element.accessible_label()
        );
    }
}

fn sign_in(stage: &mut Stage) {
    stage.link_up();
    stage.press(Command::SignIn);
}

fn free(stage: &mut Stage) {
    stage.link_up();
    stage.sign_in(3, "0417");
}

/// The sign-in page where a PIN is asked for, with one refused.
fn pin(stage: &mut Stage) {
    stage.hall.asks_pin("2580");
    stage.link_up();
    stage.sign_in(3, "0417");
}

/// The same as `busy`, with the roll in use and a printer in trouble.
fn on_roll(stage: &mut Stage) {
    busy(stage);
    stage.hall.ask(&Act::BeginRoll { first: 17 }, 0);
    stage.rows();
    let state = PrinterState::Trouble(Trouble::Cutter);
    stage.happen(Event::Printer(PrintNews::State(state)));
}

/// Everything that a work page can have at once, with a link that is up.
fn busy(stage: &mut Stage) {
    free(stage);
    stage.press(Command::Primary);
    stage.press(Command::Recall);
    let now_ms = stage.hall_ms();
    stage.hall.printer_fails(5, now_ms);
    stage.rows();
}

/// The same, with the hall away and a press that waits.
fn told(stage: &mut Stage) {
    busy(stage);
    stage.link_down(Lost::Silent);
    stage.press(Command::Primary);
    stage.press(Command::SignOut);
}

fn awaiting(stage: &mut Stage) {
    free(stage);
    while stage.hall.leaves() {}
    stage.rows();
    stage.press(Command::Primary);
}

/// A customer with a note, errands and an unseen proof, at the limit; somebody on hold and
/// somebody missed.
fn loaded(stage: &mut Stage) {
    free(stage);
    stage.press(Command::Primary);
    stage.press(Command::NoShow);
    stage.press(Command::Primary);
    stage.press(Command::Primary);
    for key in ["h", "1", "1"] {
        stage.key(key);
    }
    stage
        .hall
        .is_sent_on("A", &["B", "F"], "Only the signature is missing.");
    stage.press(Command::Primary);
    stage.press(Command::Primary);
    stage.pass(Duration::from_secs(9 * 60));
    stage.rows();
}
