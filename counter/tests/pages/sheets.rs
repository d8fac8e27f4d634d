//! The questions over the page, as a clerk answers them.

use client::{Language, Theme};
use i_slint_backend_testing::{AccessibleRole, ElementHandle};
use protocol::{Act, PlaceInLine, TransferTo};
use slint::platform::Key;

use super::stage::Stage;
use super::{NARROW, SIZES, WIDE, all_inside, at_work, click, find, in_service, loaded, shows};

/// What is done from the list of all: the way there, each button by its words, and the act.
fn ways() -> Vec<(Vec<&'static str>, Act)> {
    let counter = 3;
    vec![
        (
            vec!["More", "Finish with outcome", "Papers missing"],
            Act::Finish {
                counter,
                outcome: Some("papers_missing".into()),
            },
        ),
        (
            vec!["More", "Put on hold", "Fetches papers", "10 min"],
            Act::Hold {
                counter,
                reason: "Fetches papers".into(),
                minutes: Some(10),
            },
        ),
        (
            vec!["More", "Back to the queue", "Before everybody"],
            Act::PutBack {
                counter,
                place: PlaceInLine::First,
            },
        ),
        (
            vec![
                "More",
                "Hand over",
                "To a service",
                "New connection, more capacity",
                "Hand over",
            ],
            Act::Transfer {
                counter,
                to: TransferTo::Service {
                    service: "B".into(),
                },
                note: String::new(),
                keep_time: true,
                come_back: false,
            },
        ),
        (
            vec!["More", "Class and proof", "Veteran"],
            Act::SetClass {
                number: "A012".into(),
                class: "veteran".into(),
                verified: true,
            },
        ),
    ]
}

#[test]
fn every_control_of_the_list_is_a_button_and_does_its_act() {
    for size in [WIDE, NARROW] {
        for (way, act) in ways() {
            let mut stage = in_service(size);
            for label in &way {
                click(&mut stage, label);
            }
            assert_eq!(stage.asked, [act], "{way:?}");
        }
    }
}

#[test]
fn the_keys_alone_do_the_same() {
    let mut stage = in_service(WIDE);
    for key in ["h", "1", "3"] {
        stage.key(key);
    }
    assert!(shows(&stage, "A012 is on hold"));
    for key in ["k", "1"] {
        stage.key(key);
    }
    stage.key("b");
    stage.key("2");
    let counter = 3;
    let expected = [
        Act::Hold {
            counter,
            reason: "Fetches papers".into(),
            minutes: Some(10),
        },
        Act::ResumeHeld {
            counter,
            number: "A012".into(),
        },
        Act::PutBack {
            counter,
            place: PlaceInLine::ByTime,
        },
    ];
    assert_eq!(stage.asked, expected);
}

#[test]
fn a_number_is_typed_at_once_and_called_with_enter() {
    for size in [WIDE, NARROW] {
        let mut stage = at_work(size);
        stage.key("n");
        let field = find(&stage, AccessibleRole::TextInput, "Number");
        stage.type_text("a014");
        assert_eq!(field.accessible_value().as_deref(), Some("a014"));
        stage.key(Key::Return);
        let number = "A014".to_owned();
        let counter = 3;
        assert_eq!(stage.asked, [Act::CallNumber { counter, number }]);
        assert!(shows(&stage, "chosen by the clerk, ahead of"));
    }
}

#[test]
fn a_field_is_empty_when_the_next_question_comes() {
    let mut stage = in_service(WIDE);
    stage.key("h");
    for _ in 0..6 {
        stage.key(Key::Tab);
    }
    stage.type_text("at the bank");
    stage.key(Key::Return);
    let field = find(&stage, AccessibleRole::TextInput, "Other minutes");
    assert_eq!(field.accessible_value().as_deref(), Some(""));
    // The keys of the answers come first again.
    stage.key("1");
    let expected = Act::Hold {
        counter: 3,
        reason: "at the bank".into(),
        minutes: None,
    };
    assert_eq!(stage.asked, [expected]);
}

#[test]
fn the_ways_of_a_transfer_are_switches() {
    let mut stage = in_service(WIDE);
    for key in ["t", "2", "5"] {
        stage.key(key);
    }
    let keeps = |stage: &Stage| {
        find(stage, AccessibleRole::Switch, "The time waited counts on").accessible_checked()
    };
    assert_eq!(keeps(&stage), Some(true));
    stage.key("1");
    assert_eq!(keeps(&stage), Some(false));
    stage.key("2");
    // Two switches, then the note.
    for _ in 0..3 {
        stage.key(Key::Tab);
    }
    stage.type_text("the bill");
    stage.key(Key::Return);
    let expected = Act::Transfer {
        counter: 3,
        to: TransferTo::Counter { number: 5 },
        note: "the bill".into(),
        keep_time: false,
        come_back: true,
    };
    assert_eq!(stage.asked, [expected]);
}

#[test]
fn a_missed_customer_is_seen_and_served_after_all() {
    let mut stage = at_work(WIDE);
    stage.key(" ");
    stage.key(Key::F4);
    click(&mut stage, "Missed 1");
    click(&mut stage, "A012 is back (missed at 10:42)");
    click(&mut stage, "Undo the no-show: serve now");
    let number = "A012".to_owned();
    let counter = 3;
    assert_eq!(
        stage.asked.last(),
        Some(&Act::UndoNoShow { counter, number })
    );
}

#[test]
fn a_sheet_says_itself_what_is_refused() {
    let mut stage = at_work(WIDE);
    stage.key("n");
    stage.key(Key::Return);
    assert!(shows(&stage, "Type a number, such as A012."));
    find(&stage, AccessibleRole::TextInput, "Number");
}

/// Every sheet, over the page of a clerk at work.
#[test]
fn no_sheet_stands_outside_the_window() {
    let sheets: [&[&str]; 19] = [
        &["F7"],
        &["a"],
        &["m"],
        &["d"],
        &["l"],
        &["y"],
        &["o"],
        &["h"],
        &["h", "1"],
        &["b"],
        &["t"],
        &["t", "1"],
        &["t", "2"],
        &["t", "2", "5"],
        &["c"],
        &["n"],
        &["k"],
        &["r"],
        &["x"],
    ];
    for size in SIZES {
        for language in Language::ALL {
            let mut stage = Stage::new(language, Theme::Light, size);
            loaded(&mut stage);
            for keys in sheets {
                for key in keys {
                    match *key {
                        "F7" => stage.key(Key::F7),
                        key => stage.key(key),
                    }
                }
                let sheets = ElementHandle::find_by_element_type_name(stage.main(), "Sheet");
                assert_eq!(sheets.count(), 1, "{keys:?}");
                all_inside(&stage, size);
                stage.key(Key::Escape);
            }
        }
    }
}
