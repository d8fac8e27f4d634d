use client::{Language, LinkEvent};
use protocol::{
    Act, MAX_HOLD_MIN, MAX_REASON_CHARS, Outcome, PlaceInLine, Refusal, Rows, TransferTo,
};

use super::*;
use crate::controller::tests::{Desk, MORNING, acts};
use crate::controller::{News, Note};
use crate::{Effect, Event};

const COUNTER: u16 = 3;

/// Somebody is being served at counter 3: A012, an ordinary customer.
fn serving() -> Desk {
    let mut desk = Desk::at_work();
    desk.press(Command::Primary);
    desk.press(Command::Primary);
    desk
}

fn a012() -> String {
    "A012".to_owned()
}

fn bad_text(field: &str) -> Refusal {
    let field = field.to_owned();
    Refusal::BadText { field }
}

fn is_told(desk: &Desk, news: &News) -> bool {
    matches!(desk.note(), Some(Note::News { what, .. }) if what == news)
}

/// Everything that needs somebody in hand.
const OF_HAND: [Command; 6] = [
    Command::About,
    Command::Outcome,
    Command::Hold,
    Command::PutBack,
    Command::Transfer,
    Command::Class,
];

#[test]
fn what_is_about_the_customer_in_hand_needs_one() {
    for command in OF_HAND {
        let mut desk = Desk::at_work();
        assert_eq!(desk.press(command), []);
        assert_eq!(desk.refusal(), Some(&Refusal::NothingInHand), "{command:?}");
        assert_eq!(desk.controller.sheet, None);
        let mut desk = serving();
        desk.press(command);
        assert!(desk.controller.view().sheet.is_some(), "{command:?}");
    }
}

#[test]
fn every_act_of_a_sheet_is_asked_once_and_what_is_refused_is_said() {
    let ways: [(&[&str], Option<&str>); 8] = [
        (&["o", "1"], None),
        (&["h", "1", "1"], None),
        (&["b", "1"], None),
        (&["t", "1", "b"], Some("")),
        (&["c", "1"], None),
        (&["x"], Some("A013")),
        (&["n"], Some("A013")),
        (&["r"], Some("A013")),
    ];
    for (keys, text) in ways {
        let mut desk = serving();
        let mut effects = Vec::new();
        for key in keys {
            desk.now += std::time::Duration::from_secs(1);
            effects = desk.event(Event::Key((*key).to_owned()));
        }
        if let Some(text) = text {
            desk.now += std::time::Duration::from_secs(1);
            desk.event(Event::TypeText(text.to_owned()));
            effects = desk.event(Event::Enter);
        }
        let [Effect::Ask { id, .. }] = effects[..] else {
            panic!("{keys:?}: {effects:?}");
        };
        assert_eq!(desk.controller.sheet, None, "{keys:?}");
        let outcome = Outcome::Refused(Refusal::NotAllowed);
        desk.event(Event::Hall(LinkEvent::Answer { id, outcome }));
        assert_eq!(desk.refusal(), Some(&Refusal::NotAllowed), "{keys:?}");
    }
}

#[test]
fn a_pause_has_a_reason_that_fits() {
    let mut desk = Desk::at_work();
    desk.press(Command::Pause);
    assert_eq!(desk.enter("  "), []);
    assert_eq!(desk.refusal(), Some(&bad_text("reason")));
    let reason = "很".repeat(MAX_REASON_CHARS);
    let long = "很".repeat(MAX_REASON_CHARS + 5);
    let counter = COUNTER;
    assert_eq!(desk.enter(&long), [Act::Pause { counter, reason }]);
}

#[test]
fn an_outcome_finishes_with_its_code() {
    let mut desk = serving();
    desk.choose("o");
    let outcome = Some("papers_missing".to_owned());
    let counter = COUNTER;
    assert_eq!(desk.choose("2"), [Act::Finish { counter, outcome }]);
    assert!(is_told(&desk, &News::Finished { number: a012() }));
}

#[test]
fn a_hold_has_a_reason_and_perhaps_an_end() {
    let hold = |reason: &str, minutes| Act::Hold {
        counter: COUNTER,
        reason: reason.to_owned(),
        minutes,
    };
    let mut desk = serving();
    desk.choose("h");
    assert_eq!(desk.choose("1"), []);
    assert_eq!(desk.choose("1"), [hold("取证件材料", None)]);
    assert!(is_told(&desk, &News::OnHold { number: a012() }));
    let mut desk = serving();
    desk.choose("h");
    assert_eq!(desk.enter(" 回家取材料 "), []);
    assert_eq!(desk.choose("3"), [hold("回家取材料", Some(10))]);
}

#[test]
fn the_minutes_of_a_hold_are_a_number_within_the_limit() {
    let mut desk = serving();
    desk.choose("h");
    desk.choose("2");
    for wrong in ["", "ten", "0", "-3", &(MAX_HOLD_MIN + 1).to_string()] {
        assert_eq!(desk.enter(wrong), []);
        assert_eq!(desk.refusal(), Some(&bad_text("minutes")), "{wrong}");
    }
    let asked = desk.enter(&MAX_HOLD_MIN.to_string());
    assert!(matches!(
        asked[..],
        [Act::Hold {
            minutes: Some(MAX_HOLD_MIN),
            ..
        }]
    ));
}

#[test]
fn one_on_hold_is_listed_and_gone_on_with() {
    let mut desk = serving();
    desk.choose("h");
    desk.choose("1");
    desk.choose("2");
    assert_eq!(desk.controller.view().buttons.aside.text, "挂起 1");
    desk.choose("k");
    let sheet = desk.controller.view().sheet.unwrap();
    assert_eq!(sheet.choices[0].text, "继续办理 A012");
    assert_eq!(
        sheet.choices[0].detail,
        "挂起：取证件材料 · 10:47 自动回到队列"
    );
    let number = a012();
    let counter = COUNTER;
    assert_eq!(desk.choose("1"), [Act::ResumeHeld { counter, number }]);
    assert_eq!(desk.controller.primary(), crate::Primary::FinishAndCallNext);
}

#[test]
fn back_to_the_queue_has_three_places() {
    for (key, place) in [
        ("1", PlaceInLine::First),
        ("2", PlaceInLine::ByTime),
        ("3", PlaceInLine::Last),
    ] {
        let mut desk = serving();
        desk.choose("b");
        let counter = COUNTER;
        assert_eq!(desk.choose(key), [Act::PutBack { counter, place }]);
        assert!(is_told(&desk, &News::PutBack { number: a012() }));
    }
}

#[test]
fn a_no_show_can_be_undone_or_come_back() {
    let missed = || {
        let mut desk = Desk::at_work();
        desk.press(Command::Primary);
        desk.press(Command::NoShow);
        desk.choose("k");
        assert_eq!(desk.choose("1"), []);
        desk
    };
    let counter = COUNTER;
    let number = a012();
    let mut desk = missed();
    assert_eq!(desk.choose("1"), [Act::UndoNoShow { counter, number }]);
    assert_eq!(desk.controller.primary(), crate::Primary::Arrived);
    let mut desk = missed();
    assert_eq!(desk.choose("2"), [Act::comes_back(a012())]);
    let number = a012();
    let after_calls = 3;
    assert!(is_told(
        &desk,
        &News::Returned {
            number,
            after_calls
        }
    ));
}

#[test]
fn somebody_who_missed_another_counters_call_returns_by_number() {
    let mut desk = Desk::at_work();
    desk.choose("r");
    assert_eq!(desk.enter(" a 012 "), [Act::comes_back(a012())]);
    assert_eq!(desk.refusal(), Some(&Refusal::UnknownTicket));
}

#[test]
fn a_customer_is_handed_to_a_service_a_counter_or_a_clerk() {
    let to = |desk: &mut Desk, keys: &[&str]| {
        desk.choose("t");
        for key in keys {
            assert_eq!(desk.choose(key), []);
        }
        desk.enter("请先看发票")
    };
    let expected = |to| {
        [Act::Transfer {
            counter: COUNTER,
            to,
            note: "请先看发票".to_owned(),
            keep_time: true,
            come_back: false,
        }]
    };
    let service = "B".to_owned();
    let mut desk = serving();
    let asked = to(&mut desk, &["1", "b"]);
    assert_eq!(asked, expected(TransferTo::Service { service }));
    assert!(is_told(&desk, &News::HandedOver { number: a012() }));
    let mut desk = serving();
    desk.hall.colleague(5, "赵敏");
    desk.rows();
    let asked = to(&mut desk, &["2", "5"]);
    assert_eq!(asked, expected(TransferTo::Counter { number: 5 }));
    let mut desk = serving();
    desk.hall.colleague(1, "李明");
    desk.rows();
    let clerk = "李明".to_owned();
    let asked = to(&mut desk, &["3", "1"]);
    assert_eq!(asked, expected(TransferTo::Clerk { clerk }));
}

#[test]
fn a_counter_to_hand_over_to_can_be_typed() {
    let mut desk = serving();
    desk.choose("t");
    desk.choose("2");
    for (wrong, refusal) in [
        ("", bad_text("number")),
        ("x", bad_text("number")),
        ("99", Refusal::UnknownCounter),
    ] {
        assert_eq!(desk.enter(wrong), []);
        assert_eq!(desk.refusal(), Some(&refusal));
    }
    assert_eq!(desk.enter("6"), []);
    let title = desk.controller.view().sheet.unwrap().title;
    assert_eq!(title, "A012 转到：6 号窗口 大客户室");
}

#[test]
fn switches_turn_and_keep_what_was_typed() {
    let mut desk = serving();
    for key in ["t", "1", "b"] {
        desk.choose(key);
    }
    desk.event(Event::TypeText("留言".into()));
    let place = desk.controller.view().sheet.unwrap().place;
    desk.choose("1");
    desk.choose("2");
    let sheet = desk.controller.view().sheet.unwrap();
    let on: Vec<_> = sheet.choices.iter().map(|choice| choice.on).collect();
    assert_eq!(on, [Some(false), Some(true)]);
    assert_eq!(sheet.place, place);
    desk.now += std::time::Duration::from_secs(1);
    let asked = acts(&desk.event(Event::Enter));
    assert!(matches!(
        &asked[..],
        [Act::Transfer { note, keep_time: false, come_back: true, .. }] if note == "留言"
    ));
}

#[test]
fn a_note_that_is_too_long_is_not_cut_but_said() {
    let mut desk = serving();
    for key in ["t", "1", "b"] {
        desk.choose(key);
    }
    assert_eq!(desk.enter(&"很".repeat(MAX_REASON_CHARS + 1)), []);
    assert_eq!(desk.refusal(), Some(&bad_text("note")));
    assert!(desk.controller.sheet.is_some());
}

#[test]
fn a_class_is_verified_or_set_to_another() {
    let set = |class: &str, verified| {
        [Act::SetClass {
            number: a012(),
            class: class.to_owned(),
            verified,
        }]
    };
    let mut desk = serving();
    desk.choose("c");
    let sheet = desk.controller.view().sheet.unwrap();
    assert_eq!(sheet.choices[1].detail, "请出示：身份证");
    assert_eq!(desk.choose("2"), set("elderly", true));
    assert!(is_told(&desk, &News::ClassSet { number: a012() }));
    assert!(desk.controller.view().hand.known.contains("证件已核验"));
    desk.choose("c");
    let sheet = desk.controller.view().sheet.unwrap();
    assert_eq!(sheet.choices[1].text, "老年人：证件已核验");
    assert_eq!(desk.choose("1"), set("ordinary", false));
}

#[test]
fn a_ticket_on_hold_or_in_line_is_cancelled() {
    let mut desk = serving();
    for key in ["h", "1", "1", "x"] {
        desk.choose(key);
    }
    assert_eq!(desk.choose("1"), [Act::cancel(a012())]);
    assert!(is_told(&desk, &News::Cancelled { number: a012() }));
    desk.choose("x");
    assert_eq!(desk.enter(""), []);
    assert_eq!(desk.refusal(), Some(&bad_text("number")));
    let number = "C012".to_owned();
    assert_eq!(desk.enter("c012"), [Act::cancel(number)]);
}

#[test]
fn a_clerk_goes_on_with_somebody_whom_a_colleague_put_aside() {
    let mut desk = Desk::at_work();
    let counter = COUNTER;
    let elsewhere = 1;
    desk.hall.colleague(elsewhere, "李明");
    for act in [
        Act::CallNext { counter: elsewhere },
        Act::Hold {
            counter: elsewhere,
            reason: "填写表格".to_owned(),
            minutes: None,
        },
    ] {
        desk.hall.ask(&act, MORNING.unix_ms);
    }
    desk.rows();
    desk.choose("k");
    let number = a012();
    assert_eq!(desk.enter("a012"), [Act::ResumeHeld { counter, number }]);
}

#[test]
fn handing_over_to_a_closed_counter_does_not_sign_this_one_out() {
    let mut desk = serving();
    for key in ["t", "2", "5"] {
        desk.choose(key);
    }
    assert_eq!(desk.enter("").len(), 1);
    assert_eq!(desk.note(), Some(&Note::ReceiverClosed));
    assert!(desk.controller.seat.is_some());
    assert!(desk.controller.in_hand().is_some());
}

#[test]
fn a_certain_number_is_called_where_the_hall_lets_clerks_choose() {
    let mut desk = Desk::at_work();
    desk.choose("n");
    let number = "A014".to_owned();
    let counter = COUNTER;
    assert_eq!(desk.enter("a014"), [Act::CallNumber { counter, number }]);
    let view = desk.controller.view();
    assert_eq!(view.hand.number, "A014");
    assert!(view.hand.reason.contains("由柜员指定"));
}

/// The hall's rows, with no right for clerks to choose and no outcomes.
fn strict(mut rows: Rows) -> Rows {
    for stamped in &mut rows.rows {
        if let protocol::Row::Hall(hall) = &mut stamped.row {
            hall.may_choose = false;
            hall.outcomes.clear();
        }
    }
    rows
}

#[test]
fn what_the_hall_withholds_is_not_offered_and_its_key_says_why() {
    let mut desk = serving();
    let rows = strict(desk.hall.rows(MORNING.unix_ms));
    desk.event(Event::Hall(LinkEvent::Rows(rows)));
    desk.press(Command::More);
    let keys = desk.controller.view().sheet.unwrap().choices;
    assert!(
        !keys
            .iter()
            .any(|choice| ["N", "O"].contains(&choice.key.as_str()))
    );
    desk.press(Command::Back);
    desk.choose("n");
    assert_eq!(desk.refusal(), Some(&Refusal::MayNotChoose));
}

#[test]
fn somebody_without_a_ticket_is_served_at_once() {
    let mut desk = Desk::at_work();
    desk.choose("w");
    desk.choose("d");
    let asked = desk.choose("2");
    let expected = Act::ServeWithout {
        counter: COUNTER,
        service: "D".to_owned(),
        class: "elderly".to_owned(),
    };
    assert_eq!(asked, [expected]);
    assert_eq!(desk.controller.view().hand.class.label, "老年人");
    desk.press(Command::ServeWithout);
    assert!(matches!(desk.refusal(), Some(Refusal::StillInHand { .. })));
}

#[test]
fn a_number_that_was_written_by_hand_is_on_paper() {
    let mut desk = Desk::at_work();
    desk.hall.printer_fails(2, MORNING.unix_ms);
    desk.rows();
    desk.choose("p");
    let asked = desk.choose("1");
    assert!(matches!(asked[..], [Act::Printed { .. }]), "{asked:?}");
    assert!(is_told(&desk, &News::OnPaper));
    desk.choose("p");
    assert_eq!(desk.controller.view().sheet.unwrap().choices.len(), 1);
}

#[test]
fn the_list_of_all_leads_everywhere_and_its_letters_are_different() {
    let mut desk = serving();
    desk.hall.printer_fails(1, MORNING.unix_ms);
    desk.rows();
    desk.press(Command::More);
    let keys: Vec<String> = desk
        .controller
        .view()
        .sheet
        .unwrap()
        .choices
        .into_iter()
        .map(|choice| choice.key)
        .collect();
    let mut different = keys.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), keys.len());
    for key in keys.iter().filter(|key| *key != "F9" && *key != "W") {
        desk.press(Command::More);
        desk.choose(key);
        assert!(desk.controller.view().sheet.is_some(), "{key}");
        desk.press(Command::Back);
    }
}

#[test]
fn a_sheet_about_a_customer_who_has_gone_closes_and_says_so() {
    let mut desk = serving();
    desk.choose("h");
    desk.choose("1");
    let counter = COUNTER;
    desk.hall.ask(&Act::finish(counter), MORNING.unix_ms);
    desk.hall.ask(&Act::CallNext { counter }, MORNING.unix_ms);
    desk.rows();
    assert_eq!(desk.controller.sheet, None);
    assert_eq!(desk.note(), Some(&Note::HandChanged { number: a012() }));
}

#[test]
fn the_same_place_struck_twice_answers_one_question() {
    let mut desk = serving();
    desk.choose("h");
    desk.choose("1");
    desk.now += std::time::Duration::from_millis(100);
    assert_eq!(desk.event(Event::Key("1".into())), []);
    assert!(desk.controller.sheet.is_some());
    // Another answer is no second strike, however fast it comes.
    let asked = acts(&desk.event(Event::Key("2".into())));
    assert!(matches!(
        asked[..],
        [Act::Hold {
            minutes: Some(5),
            ..
        }]
    ));
}

#[test]
fn while_an_answer_is_awaited_a_sheet_stays_open_and_says_so() {
    let mut desk = serving();
    desk.choose("b");
    let effects = desk.press_only(Command::Finish);
    assert_eq!(effects, [], "the sheet is over the page");
    desk.press(Command::Back);
    desk.down();
    desk.press_only(Command::Finish);
    desk.press_only(Command::PutBack);
    assert_eq!(desk.note(), Some(&Note::OneAtATime));
}

#[test]
fn letters_do_nothing_before_somebody_sits_down() {
    let mut desk = Desk::new();
    for key in ["h", "t", "n", "x"] {
        assert_eq!(desk.choose(key), []);
        assert_eq!(desk.controller.sheet, None);
        assert_eq!(desk.note(), None);
    }
}

#[test]
fn every_question_is_asked_in_the_language_of_the_screen() {
    let mut desk = serving();
    desk.press(Command::Language);
    for key in ["y", "o", "h", "b", "t", "c", "n", "k", "r", "x", "p"] {
        desk.choose(key);
        let sheet = desk.controller.view().sheet.unwrap();
        assert_eq!(desk.controller.view().language, Language::En);
        let chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        let texts = [sheet.title, sheet.lines].into_iter().chain(
            sheet
                .choices
                .into_iter()
                .flat_map(|choice| [choice.text, choice.detail]),
        );
        for text in texts {
            assert!(!text.chars().any(chinese), "{text}");
        }
        desk.press(Command::Back);
    }
}
