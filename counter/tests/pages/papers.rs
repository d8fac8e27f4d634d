//! Papers, the roll and the PIN, as a clerk meets them: by the keyboard alone.

use client::{Language, Theme};
use counter::{Effect, Event, Paperwork};
use i_slint_backend_testing::AccessibleRole;
use protocol::{Act, Secret};
use slint::ComponentHandle;
use slint::platform::Key;
use ticket::{PrintNews, PrintOutcome, PrinterState, Trouble};

use super::stage::Stage;
use super::{NARROW, WIDE, at_work, click, find, in_service, shows};

fn keys(stage: &mut Stage, keys: &[&str]) {
    for key in keys {
        stage.key(*key);
    }
}

#[test]
fn a_ticket_is_printed_again_by_two_keys_or_by_its_number() {
    for size in [WIDE, NARROW] {
        let mut stage = in_service(size);
        keys(&mut stage, &["a", "1"]);
        stage.key("a");
        // One number to choose, then the field.
        stage.key(Key::Tab);
        stage.key(Key::Tab);
        stage.type_text("a013");
        stage.key(Key::Return);
        let reprint = |number: &str| Act::Reprint {
            number: number.into(),
        };
        assert_eq!(stage.asked, [reprint("A012"), reprint("A013")]);
        let [Effect::Print { ticket, slip }, Effect::Print { .. }] = &stage.printed[..] else {
            panic!("two slips");
        };
        assert_eq!((slip.number.as_str(), slip.copy), ("A012", 1));
        let (ticket, outcome) = (*ticket, PrintOutcome::Printed);
        stage.happen(Event::Printer(PrintNews::Slip {
            ticket,
            outcome,
            copies: 1,
        }));
        assert!(shows(&stage, "On paper: the ticket A012."));
        assert_eq!(stage.asked[2..], [Act::Printed { ticket, copies: 1 }]);
    }
}

#[test]
fn every_paper_is_a_button_of_the_list() {
    for size in [WIDE, NARROW] {
        for (way, act) in [
            (
                ["More", "Print again", "Print A012 again"],
                Act::Reprint {
                    number: "A012".into(),
                },
            ),
            (["More", "Report of the day", "Print"], Act::Report {}),
        ] {
            let mut stage = in_service(size);
            for label in way {
                click(&mut stage, label);
            }
            assert_eq!((&stage.asked[..], stage.printed.len()), (&[act][..], 1));
        }
    }
}

#[test]
fn missing_papers_are_ticked_by_digits_and_printed_with_enter() {
    for size in [WIDE, NARROW] {
        let mut stage = at_work(size);
        stage.key("n");
        stage.type_text("C012");
        stage.key(Key::Return);
        stage.key(" ");
        stage.asked.clear();
        stage.key("m");
        let ticked =
            |stage: &Stage| find(stage, AccessibleRole::Switch, "ID card").accessible_checked();
        assert_eq!(ticked(&stage), Some(false));
        stage.key("1");
        assert_eq!(ticked(&stage), Some(true));
        stage.key(Key::Return);
        let [Effect::PrintOther { paper, .. }] = &stage.printed[..] else {
            panic!("one paper");
        };
        let Paperwork::MissingPapers(slip) = paper.as_ref() else {
            panic!("the slip of what is missing");
        };
        assert_eq!((slip.missing.len(), slip.again.len()), (1, 1));
        assert_eq!(stage.asked, []);
        assert!(shows(&stage, "Printing the missing-papers slip of C012"));
    }
}

#[test]
fn the_state_of_the_printer_is_seen_at_once_and_gone_when_it_prints() {
    for size in [WIDE, NARROW] {
        let mut stage = at_work(size);
        let state = PrinterState::Trouble(Trouble::PaperOut);
        stage.happen(Event::Printer(PrintNews::State(state)));
        assert!(shows(&stage, "out of paper") || texts(&stage).contains("out of paper"));
        stage.happen(Event::Printer(PrintNews::State(PrinterState::Ready)));
        assert!(!texts(&stage).contains("out of paper"));
    }
}

fn texts(stage: &Stage) -> String {
    stage
        .main()
        .global::<counter::generated::Api>()
        .get_notices()
        .into()
}

#[test]
fn the_roll_is_begun_marked_and_ended_by_the_keyboard() {
    for size in [WIDE, NARROW] {
        let mut stage = at_work(size);
        while stage.hall.leaves() {}
        stage.rows();
        stage.key("l");
        stage.type_text("17");
        stage.key(Key::Return);
        assert!(shows(&stage, "Numbers from the roll: R017 is next"));
        stage.key(" ");
        assert!(shows(&stage, "Numbers from the roll: R018 is next"));
        assert!(shows(&stage, "R017"));
        keys(&mut stage, &["l", "1"]);
        assert!(!shows(&stage, "Numbers from the roll"));
        let counter = 3;
        let expected = [
            Act::BeginRoll { first: 17 },
            Act::CallNext { counter },
            Act::EndRoll {},
        ];
        assert_eq!(stage.asked, expected);
    }
}

#[test]
fn a_pin_is_typed_after_the_name_and_never_shown() {
    for size in [WIDE, NARROW] {
        let mut stage = Stage::new(Language::En, Theme::Light, size);
        stage.hall.asks_pin("2580");
        stage.link_up();
        stage.type_text("0417");
        stage.key(Key::Return);
        stage.type_text("1111");
        stage.key(Key::Return);
        assert!(shows(&stage, "Name or PIN is wrong"));
        // The field is empty again, and takes no letters.
        stage.type_text("2x580");
        let field = find(&stage, AccessibleRole::TextInput, "Your PIN");
        assert_eq!(field.accessible_value().as_deref(), Some(""));
        stage.key(Key::Return);
        assert!(shows(&stage, "Call next"));
        let Some(Act::SignIn { pin, .. }) = stage.asked.last() else {
            panic!("a sign-in");
        };
        assert_eq!(pin.as_ref().map(Secret::reveal), Some("2580"));
    }
}
