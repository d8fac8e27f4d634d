use std::time::Duration;

use protocol::{Act, Outcome, Refusal};
use ticket::{Bilingual, PrintNews, PrintOutcome, PrinterState, Slip, Trouble};

use crate::controller::tests::{Desk, acts};
use crate::controller::{News, Note, PaperName};
use crate::{Command, Effect, Event, Paperwork, Primary};

/// A counter with a printer, and B012 of three papers in hand.
fn in_service() -> Desk {
    let mut desk = Desk::new();
    desk.controller.beginning.printer = true;
    desk.event(Event::ChooseCounter(4));
    desk.event(Event::TypeClerk("王芳".into()));
    desk.press(Command::SignIn);
    desk.choose("n");
    desk.enter("B012");
    desk.press(Command::Primary);
    desk
}

fn key(desk: &mut Desk, key: &str) -> Vec<Effect> {
    desk.now += Duration::from_secs(1);
    desk.event(Event::Key(key.to_owned()))
}

fn entered(desk: &mut Desk, text: &str) -> Vec<Effect> {
    desk.now += Duration::from_secs(1);
    desk.event(Event::TypeText(text.to_owned()));
    desk.event(Event::Enter)
}

fn printer(desk: &mut Desk, state: PrinterState) {
    desk.event(Event::Printer(PrintNews::State(state)));
}

/// Asks for a reprint of the number in hand, and gives what goes to the printer.
fn reprint(desk: &mut Desk) -> (u64, Box<Slip>) {
    desk.choose("a");
    let asked = key(desk, "1");
    let number = "B012".to_owned();
    assert_eq!(acts(&asked), [Act::Reprint { number }]);
    match &desk.answer(&asked)[..] {
        [Effect::Print { ticket, slip }] => (*ticket, slip.clone()),
        other => panic!("no slip: {other:?}"),
    }
}

#[test]
fn the_number_in_hand_is_printed_again_with_the_bar_and_the_hall_hears_of_it() {
    let mut desk = in_service();
    let (ticket, slip) = reprint(&mut desk);
    assert_eq!((slip.number.as_str(), slip.copy), ("B012", 1));
    assert_eq!(slip.service.zh, "新装增容");
    let printed = PrintNews::Slip {
        ticket,
        outcome: PrintOutcome::Printed,
        copies: 1,
    };
    let effects = desk.event(Event::Printer(printed));
    assert_eq!(acts(&effects), [Act::Printed { ticket, copies: 1 }]);
    let sheet = PaperName::Slip {
        number: "B012".into(),
    };
    let told = |desk: &Desk| matches!(desk.note(), Some(Note::News { what, .. }) if *what == News::Printed(sheet.clone()));
    assert!(told(&desk));
    assert_eq!(desk.answer(&effects), [Effect::Told { ticket }]);
    assert!(told(&desk), "the report says nothing to the clerk");
}

#[test]
fn a_report_that_the_hall_did_not_take_is_made_again_at_the_next_start() {
    let mut desk = in_service();
    let (ticket, _) = reprint(&mut desk);
    let outcome = PrintOutcome::Printed;
    let effects = desk.event(Event::Printer(PrintNews::Slip {
        ticket,
        outcome,
        copies: 1,
    }));
    let [Effect::Ask { id, .. }] = effects[..] else {
        panic!("the hall is told");
    };
    let outcome = Outcome::Refused(Refusal::NotStored);
    let answer = client::LinkEvent::Answer { id, outcome };
    assert_eq!(desk.event(Event::Hall(answer)), []);
}

#[test]
fn a_slip_that_does_not_come_is_said_with_what_to_do() {
    for (outcome, said) in [
        (
            PrintOutcome::NotPrinted(Trouble::CoverOpen),
            "没有打印B012 的号票。打印机盖打开。请关上。",
        ),
        (
            PrintOutcome::Unknown(Trouble::LinkBroken),
            "B012 的号票可能没有打印完",
        ),
    ] {
        let mut desk = in_service();
        let (ticket, _) = reprint(&mut desk);
        let news = PrintNews::Slip {
            ticket,
            outcome,
            copies: 0,
        };
        assert_eq!(desk.event(Event::Printer(news)), [Effect::Told { ticket }]);
        let view = desk.controller.view();
        assert!(
            view.note.contains(said) && view.note_refuses,
            "{}",
            view.note
        );
    }
}

#[test]
fn a_printer_that_cannot_print_is_seen_and_the_hall_is_not_asked_in_vain() {
    let mut desk = in_service();
    printer(&mut desk, PrinterState::Trouble(Trouble::PaperOut));
    assert!(desk.controller.view().notices.contains("缺纸"));
    for keys in [["a", "1"], ["d", "1"]] {
        for one in keys {
            assert_eq!(key(&mut desk, one), []);
        }
        assert!(matches!(
            desk.note(),
            Some(Note::PrinterTrouble(Trouble::PaperOut))
        ));
        let sheet = desk.controller.view().sheet.unwrap();
        assert!(sheet.note.contains("请换纸卷"), "{}", sheet.note);
        assert!(!sheet.lines.contains("请换纸卷"), "it is said once");
        desk.press(Command::Back);
    }
    key(&mut desk, "m");
    key(&mut desk, "1");
    assert_eq!(entered(&mut desk, ""), []);
    assert!(desk.controller.sheet.is_some(), "what was ticked is kept");
    printer(&mut desk, PrinterState::Ready);
    assert_eq!(desk.controller.view().notices, "");
    assert_eq!(entered(&mut desk, "").len(), 1);
}

#[test]
fn the_end_of_the_roll_is_announced_and_stops_nothing() {
    let mut desk = in_service();
    printer(&mut desk, PrinterState::NearEnd);
    assert!(desk.controller.view().notices.contains("纸快用完"));
    reprint(&mut desk);
}

#[test]
fn without_a_printer_every_sheet_says_where_there_is_one() {
    for letter in ["a", "m", "d"] {
        let mut desk = in_service();
        desk.controller.beginning.printer = false;
        key(&mut desk, letter);
        let sheet = desk.controller.view().sheet.unwrap();
        assert!(sheet.lines.contains("引导台"), "{letter}");
        assert!(sheet.choices.is_empty() && sheet.field.is_none());
        assert_eq!(entered(&mut desk, "B012"), [], "{letter}");
    }
}

#[test]
fn what_is_ticked_is_missing_and_the_rest_is_to_come_again() {
    let mut desk = in_service();
    for one in ["m", "1", "2", "3", "2"] {
        assert_eq!(key(&mut desk, one), []);
    }
    let effects = entered(&mut desk, " 身份证需本人到场 ");
    let [Effect::PrintOther { paper, id }] = &effects[..] else {
        panic!("one paper: {effects:?}");
    };
    let Paperwork::MissingPapers(slip) = paper.as_ref() else {
        panic!("{paper:?}");
    };
    let names = |papers: &[Bilingual]| -> Vec<String> {
        papers.iter().map(|paper| paper.zh.clone()).collect()
    };
    assert_eq!(names(&slip.missing), ["身份证", "用电设备清单"]);
    assert_eq!(names(&slip.again), ["房产证明"]);
    assert_eq!(slip.also, "身份证需本人到场");
    assert_eq!(
        (slip.number.as_str(), slip.clerk.as_str()),
        ("B012", "王芳")
    );
    assert_eq!(slip.counter.zh, "4号窗口");
    assert_eq!(slip.given_at, "2026-11-22 10:42");
    let outcome = PrintOutcome::Printed;
    desk.event(Event::Printer(PrintNews::Other { id: *id, outcome }));
    assert!(
        desk.controller
            .view()
            .note
            .contains("B012 的缺件通知单已打印")
    );
}

#[test]
fn a_slip_without_a_word_is_none_and_a_long_word_is_too_long() {
    let mut desk = in_service();
    key(&mut desk, "m");
    for (text, field) in [("", "missing"), (&*"很".repeat(41), "also")] {
        assert_eq!(entered(&mut desk, text), []);
        let field = field.to_owned();
        assert_eq!(desk.refusal(), Some(&Refusal::BadText { field }));
    }
    assert_eq!(entered(&mut desk, &"很".repeat(40)).len(), 1);
}

#[test]
fn the_errand_is_finished_with_the_slip_where_that_is_ticked() {
    let mut desk = in_service();
    for one in ["m", "2", "f"] {
        key(&mut desk, one);
    }
    let effects = entered(&mut desk, "");
    assert!(matches!(effects[0], Effect::PrintOther { .. }));
    let outcome = Some("papers_missing".to_owned());
    let counter = 4;
    assert_eq!(acts(&effects), [Act::Finish { counter, outcome }]);
}

#[test]
fn a_service_without_papers_has_a_line_to_write() {
    let mut desk = Desk::at_work();
    desk.controller.beginning.printer = true;
    desk.choose("n");
    desk.enter("D012");
    desk.choose("m");
    let sheet = desk.controller.view().sheet.unwrap();
    assert!(sheet.field.is_some_and(|field| field.first));
    assert!(sheet.lines.contains("没有登记材料"));
}

#[test]
fn the_report_of_the_day_names_services_counters_and_clerks() {
    let mut desk = in_service();
    desk.choose("d");
    let asked = key(&mut desk, "1");
    assert_eq!(acts(&asked), [Act::Report {}]);
    let effects = desk.answer(&asked);
    let [Effect::PrintOther { paper, .. }] = &effects[..] else {
        panic!("one paper: {effects:?}");
    };
    let Paperwork::Report(report) = paper.as_ref() else {
        panic!("{paper:?}");
    };
    assert_eq!(report.hall.zh, "城南供电营业厅");
    assert_eq!(report.services[0].name.zh, "电费缴纳");
    assert_eq!(report.counters[0].name.zh, "综合业务");
    assert_eq!(report.clerks[0].name.zh, "王芳");
    assert_eq!(report.whole.wait_mean_s, Some(420));
}

#[test]
fn the_roll_stands_in_from_its_first_number_until_it_is_ended() {
    let mut desk = Desk::at_work();
    while desk.hall.leaves() {}
    desk.rows();
    assert_eq!(desk.controller.primary(), Primary::AwaitNext);
    desk.choose("l");
    assert_eq!(desk.enter("r 017"), [Act::BeginRoll { first: 17 }]);
    assert_eq!(desk.controller.view().roll, "使用纸卷号：下一个是 R017");
    // Nobody sees who has torn one off.
    assert_eq!(desk.controller.primary(), Primary::CallNext);
    desk.press(Command::Primary);
    assert_eq!(desk.controller.view().hand.number, "R017");
    assert!(desk.controller.view().roll.contains("R018"));
    desk.press(Command::Primary);
    assert_eq!(desk.controller.primary(), Primary::FinishAndCallNext);
    desk.choose("l");
    assert_eq!(desk.enter("401"), [Act::BeginRoll { first: 401 }]);
    desk.choose("l");
    assert_eq!(desk.choose("1"), [Act::EndRoll {}]);
    assert_eq!(desk.controller.view().roll, "");
}

#[test]
fn what_is_no_number_is_no_first_number_of_a_roll() {
    let mut desk = Desk::at_work();
    desk.choose("l");
    for wrong in ["", "R", "1x"] {
        assert_eq!(desk.enter(wrong), []);
        let field = "roll".to_owned();
        assert_eq!(desk.refusal(), Some(&Refusal::BadText { field }), "{wrong}");
    }
}
