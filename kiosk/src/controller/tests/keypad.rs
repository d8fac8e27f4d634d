use std::collections::BTreeSet;

use protocol::AsksPhone;

use super::*;
use crate::mock::APPOINTMENT;
use crate::view::KeypadView;

impl Kiosk {
    fn with_returns() -> Self {
        Self::of(Ways {
            returns: true,
            ..Ways::default()
        })
    }

    fn with_appointments() -> Self {
        Self::of(Ways {
            appointments: true,
            ..Ways::default()
        })
    }

    fn asking_for_phones() -> Self {
        let mut kiosk = Self::of(Ways {
            asks_phone: AsksPhone::Always,
            ..Ways::default()
        });
        kiosk.touch(Touch::Service("A".into()));
        kiosk
    }

    fn keypad(&self) -> KeypadView {
        match self.page() {
            PageView::Keypad(keypad) => keypad,
            page => panic!("no keypad on {page:?}"),
        }
    }
}

#[test]
fn a_hall_without_returns_and_appointments_has_no_way_to_the_keypad() {
    let mut kiosk = Kiosk::open();
    kiosk.touch(Touch::MissedCall);
    kiosk.touch(Touch::Appointment);
    assert!(kiosk.is_at_start());
    let view = kiosk.controller.view(kiosk.now);
    assert!(!view.offers_returns && !view.offers_appointments);
}

#[test]
fn who_missed_a_call_types_the_number_and_is_told_when() {
    let mut kiosk = Kiosk::with_returns();
    kiosk.touch(Touch::MissedCall);
    let letters = kiosk.keypad().letters;
    assert_eq!(letters, ["A", "B", "C", "D", "E", "F", "G", "V"]);
    kiosk.type_in("B01");
    assert_eq!(kiosk.touch(Touch::Enter), [], "two digits are no number");
    kiosk.type_in("2");
    let asked = kiosk.touch(Touch::Enter);
    let number = "B012".to_owned();
    assert_eq!(the_ask(&asked).1, Act::comes_back(&number));
    assert_eq!(kiosk.page(), PageView::Taking(Wish::Return));
    assert_eq!(kiosk.answer(&asked), [], "the old paper is still valid");
    let after_calls = 3;
    assert_eq!(
        kiosk.page(),
        PageView::Returned {
            number,
            after_calls
        }
    );
    kiosk.wait(1_000);
    kiosk.touch(Touch::Finish);
    assert!(kiosk.is_at_start());
}

#[test]
fn the_letter_may_come_last_and_another_letter_takes_its_place() {
    let mut kiosk = Kiosk::with_returns();
    kiosk.touch(Touch::MissedCall);
    kiosk.type_in("012A");
    assert_eq!(kiosk.keypad().typed, "A012");
    kiosk.type_in("V");
    assert_eq!(kiosk.keypad().typed, "V012");
    kiosk.touch(Touch::Key(Key::Erase));
    assert_eq!(kiosk.keypad().typed, "V01");
    kiosk.touch(Touch::Key(Key::Clear));
    assert_eq!(kiosk.keypad().typed, "");
}

#[test]
fn fast_fingers_are_read_and_trembling_ones_count_once() {
    let mut kiosk = Kiosk::with_returns();
    kiosk.touch(Touch::MissedCall);
    let strike = |kiosk: &mut Kiosk, key: &str, apart_ms: u64| {
        kiosk.happen(Event::Touch(Touch::Key(Key::Type(key.into()))));
        kiosk.wait(apart_ms);
    };
    strike(&mut kiosk, "A", 40);
    strike(&mut kiosk, "1", 100);
    strike(&mut kiosk, "1", 250);
    strike(&mut kiosk, "1", 40);
    strike(&mut kiosk, "2", 40);
    assert_eq!(kiosk.keypad().typed, "A112");
    kiosk.touch(Touch::Key(Key::Clear));
    kiosk.touch(Touch::LargeText);
    strike(&mut kiosk, "1", 250);
    strike(&mut kiosk, "1", 600);
    strike(&mut kiosk, "1", 600);
    assert_eq!(kiosk.keypad().typed, "11", "large text gives half a second");
}

#[test]
fn an_unknown_number_can_be_typed_again_and_others_are_explained() {
    let mut kiosk = Kiosk::with_returns();
    kiosk.touch(Touch::MissedCall);
    kiosk.type_in("A912");
    let asked = kiosk.touch(Touch::Enter);
    kiosk.answer(&asked);
    let number = "A912".to_owned();
    assert_eq!(kiosk.refusal(), RefusalView::UnknownNumber { number });
    kiosk.wait(1_000);
    kiosk.touch(Touch::TryAgain);
    assert_eq!(kiosk.keypad().typed, "");
    kiosk.type_in("A012");
    let asked = kiosk.touch(Touch::Enter);
    kiosk.refuse(&asked, Refusal::TooLateToReturn);
    assert_eq!(kiosk.refusal(), RefusalView::TooLateToReturn);
    kiosk.touch(Touch::TryAgain);
    assert_eq!(kiosk.refusal(), RefusalView::TooLateToReturn);
}

#[test]
fn no_refusal_of_a_return_speaks_of_a_number_to_be_given() {
    let number = "A012".to_owned();
    let mut seen = BTreeSet::new();
    for refusal in [
        Refusal::NotNoShow,
        Refusal::NotWaiting,
        Refusal::MissedTooOften,
        Refusal::TicketEnded,
        Refusal::NotAllowed,
        Refusal::NotStored,
    ] {
        let mut kiosk = Kiosk::with_returns();
        kiosk.touch(Touch::MissedCall);
        kiosk.type_in(&number);
        let asked = kiosk.touch(Touch::Enter);
        kiosk.refuse(&asked, refusal);
        seen.insert(format!("{:?}", kiosk.refusal()));
    }
    let told = [
        RefusalView::MissedTooOften,
        RefusalView::NotDone,
        RefusalView::NotMissed { number },
        RefusalView::TicketEnded,
    ];
    assert_eq!(seen, told.map(|view| format!("{view:?}")).into());
}

#[test]
fn an_appointment_is_a_code_and_then_a_number_like_any_other() {
    let mut kiosk = Kiosk::with_appointments();
    kiosk.touch(Touch::Appointment);
    assert!(kiosk.keypad().letters.is_empty());
    kiosk.type_in(APPOINTMENT);
    let asked = kiosk.touch(Touch::Enter);
    let code = APPOINTMENT.to_owned();
    assert_eq!(the_ask(&asked).1, Act::CheckIn { code });
    the_print(&kiosk.answer(&asked));
    let PageView::Number(shown) = kiosk.page() else {
        panic!("a number");
    };
    assert_eq!(shown.slot.as_deref(), Some("10:30"));
}

#[test]
fn a_late_check_in_is_not_cancelled_but_told_to_staff() {
    let mut kiosk = Kiosk::with_appointments();
    kiosk.touch(Touch::Appointment);
    kiosk.type_in(APPOINTMENT);
    let asked = kiosk.touch(Touch::Enter);
    kiosk.wait(12_000);
    assert_eq!(kiosk.page(), PageView::NoAnswer(Wish::Number));
    kiosk.touch(Touch::Back);
    let reason = NotPrintedReason::Unknown;
    let ticket = 20_261_122_000_001;
    let told = the_ask(&kiosk.answer(&asked)).1;
    assert_eq!(told, Act::NotPrinted { ticket, reason });
}

#[test]
fn where_a_telephone_number_is_needed_it_is_asked_once_after_the_choice() {
    let mut kiosk = Kiosk::asking_for_phones();
    assert_eq!(kiosk.touch(Touch::TakeAs("elderly".into())), []);
    kiosk.type_in("13800138000");
    assert_eq!(kiosk.keypad().typed, "138 0013 8000");
    let asked = kiosk.touch(Touch::Enter);
    let act = Act::Take {
        service: "A".into(),
        class: "elderly".into(),
        then: Vec::new(),
        phone: Some("13800138000".into()),
    };
    assert_eq!(the_ask(&asked).1, act);
    kiosk.wait(10_000);
    assert_eq!(
        the_ask(&kiosk.touch(Touch::TryAgain)).1,
        act,
        "it is not typed twice"
    );
    the_print(&kiosk.answer(&asked));
}

#[test]
fn a_telephone_number_with_a_ticket_says_which_and_goes_with_its_customer() {
    let mut kiosk = Kiosk::asking_for_phones();
    kiosk.touch(Touch::TakeOrdinary);
    kiosk.type_in("13800138000");
    let asked = kiosk.touch(Touch::Enter);
    let number = "A015".to_owned();
    kiosk.refuse(
        &asked,
        Refusal::PhoneHasTicket {
            number: number.clone(),
        },
    );
    assert_eq!(kiosk.refusal(), RefusalView::PhoneHasTicket { number });
    kiosk.touch(Touch::Back);
    kiosk.touch(Touch::Service("A".into()));
    kiosk.touch(Touch::TakeOrdinary);
    assert_eq!(kiosk.keypad().typed, "");
}

#[test]
fn a_forgotten_keypad_forgets_what_was_typed() {
    let mut kiosk = Kiosk::asking_for_phones();
    kiosk.touch(Touch::TakeOrdinary);
    kiosk.type_in("13800138");
    kiosk.wait(61_000);
    assert!(kiosk.is_at_start());
    assert!(!format!("{:?}", kiosk.controller.page).contains("138"));
}

#[test]
fn back_from_the_keypad_is_where_it_was_opened() {
    let mut kiosk = Kiosk::asking_for_phones();
    kiosk.touch(Touch::TakeOrdinary);
    kiosk.touch(Touch::Back);
    assert!(matches!(kiosk.page(), PageView::Service { .. }));
    let mut kiosk = Kiosk::with_returns();
    kiosk.touch(Touch::MissedCall);
    kiosk.touch(Touch::Back);
    assert!(kiosk.is_at_start());
}

#[test]
fn a_lost_hall_closes_the_keypad() {
    let mut kiosk = Kiosk::with_returns();
    kiosk.touch(Touch::MissedCall);
    kiosk.happen(Event::LinkDown(Some(MOCK_TIME)));
    kiosk.wait(3_000);
    assert!(matches!(kiosk.page(), PageView::Away { .. }));
    kiosk.happen(Event::LinkUp(MOCK_TIME));
    assert!(kiosk.is_at_start());
}
