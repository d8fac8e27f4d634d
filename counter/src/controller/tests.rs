use std::cell::Cell;
use std::time::Duration;

use protocol::{MAX_NAME_CHARS, Outcome, Refusal};

use super::note::NEWS;
use super::*;
use crate::mock::MockHall;

/// 22 November 2026, 10:42 in China.
pub(crate) const MORNING: Time = Time {
    unix_ms: 1_795_315_320_000,
    offset_min: 480,
};

/// A controller, its hall, and a time that goes on by itself, as it does between two presses.
pub(crate) struct Desk {
    pub(crate) controller: Controller,
    pub(crate) hall: MockHall,
    pub(crate) now: Instant,
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Ids counted from 1, for each test on its own thread.
fn counted() -> Uuid {
    thread_local!(static LAST: Cell<u128> = const { Cell::new(0) });
    LAST.set(LAST.get() + 1);
    id(LAST.get())
}

impl Desk {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        let mut desk = Self {
            controller: Controller::new(Beginning::default(), counted, now),
            hall: MockHall::new(MORNING.unix_ms),
            now,
        };
        desk.rows();
        desk.up();
        desk
    }

    /// Somebody signed in at counter 3.
    pub(crate) fn at_work() -> Self {
        let mut desk = Self::new();
        desk.sign_in(3, "0417");
        desk
    }

    pub(crate) fn event(&mut self, event: Event) -> Vec<Effect> {
        self.controller.update(self.now, event)
    }

    pub(crate) fn up(&mut self) {
        self.event(Event::Hall(LinkEvent::Up { time: MORNING }));
    }

    pub(crate) fn down(&mut self) {
        self.event(Event::Hall(LinkEvent::Down {
            since: Some(MORNING),
            why: Lost::Silent,
        }));
    }

    pub(crate) fn rows(&mut self) {
        let rows = self.hall.rows(MORNING.unix_ms);
        self.event(Event::Hall(LinkEvent::Rows(rows)));
    }

    fn sign_in(&mut self, counter: u16, clerk: &str) {
        self.event(Event::ChooseCounter(counter));
        self.event(Event::TypeClerk(clerk.into()));
        self.press(Command::SignIn);
    }

    pub(crate) fn press_only(&mut self, command: Command) -> Vec<Effect> {
        self.now += Duration::from_secs(1);
        self.event(Event::Press(command))
    }

    /// A press, the hall's answer and its rows.
    pub(crate) fn press(&mut self, command: Command) -> Vec<Effect> {
        let effects = self.press_only(command);
        self.answer(&effects)
    }

    pub(crate) fn answer(&mut self, effects: &[Effect]) -> Vec<Effect> {
        let mut more = Vec::new();
        for effect in effects {
            if let Effect::Ask { id, act } = effect {
                let outcome = self.hall.ask(act, MORNING.unix_ms);
                more = self.event(Event::Hall(LinkEvent::Answer { id: *id, outcome }));
                self.rows();
            }
        }
        more
    }

    /// A letter or a digit, the hall's answer and its rows.
    pub(crate) fn choose(&mut self, key: &str) -> Vec<Act> {
        self.now += Duration::from_secs(1);
        let effects = self.event(Event::Key(key.to_owned()));
        self.answer(&effects);
        acts(&effects)
    }

    /// A text in the field of the sheet, and Enter.
    pub(crate) fn enter(&mut self, text: &str) -> Vec<Act> {
        self.now += Duration::from_secs(1);
        self.event(Event::TypeText(text.to_owned()));
        let effects = self.event(Event::Enter);
        self.answer(&effects);
        acts(&effects)
    }

    pub(crate) fn note(&self) -> Option<&Note> {
        self.controller.note.as_ref()
    }

    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match self.note() {
            Some(Note::Refused(refusal)) => Some(refusal),
            _ => None,
        }
    }
}

pub(crate) fn acts(effects: &[Effect]) -> Vec<Act> {
    let act = |effect: &Effect| match effect {
        Effect::Ask { act, .. } => Some(act.clone()),
        Effect::Forget { .. }
        | Effect::Remember(_)
        | Effect::Print { .. }
        | Effect::PrintOther { .. }
        | Effect::Told { .. } => None,
    };
    effects.iter().filter_map(act).collect()
}

#[test]
fn the_large_button_does_what_is_right_now() {
    let mut desk = Desk::at_work();
    let mut seen = vec![desk.controller.primary()];
    for command in [Command::Primary, Command::Primary] {
        desk.press(command);
        seen.push(desk.controller.primary());
    }
    desk.press(Command::Pause);
    desk.choose("1");
    seen.push(desk.controller.primary());
    desk.press(Command::Primary);
    seen.push(desk.controller.primary());
    desk.press(Command::Primary);
    seen.push(desk.controller.primary());
    use Primary::{Arrived, CallNext, Finish, FinishAndCallNext, Resume};
    let expected = [
        CallNext,
        Arrived,
        FinishAndCallNext,
        Finish,
        Resume,
        CallNext,
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_double_strike_asks_once_even_when_the_answer_is_faster() {
    let mut desk = Desk::at_work();
    desk.press(Command::Primary);
    desk.now += Duration::from_millis(499);
    assert_eq!(desk.event(Event::Press(Command::Primary)), []);
    desk.now += Duration::from_millis(501);
    let effects = desk.event(Event::Press(Command::Primary));
    assert_eq!(acts(&effects), [Act::Arrive { counter: 3 }]);
}

#[test]
fn the_same_press_while_it_waits_is_heard_once_and_another_one_is_told_to_wait() {
    let mut desk = Desk::at_work();
    let effects = desk.press_only(Command::Primary);
    assert_eq!(acts(&effects), [Act::CallNext { counter: 3 }]);
    assert_eq!(desk.press_only(Command::Primary), []);
    assert_eq!(desk.note(), None);
    assert_eq!(desk.press_only(Command::SignOut), []);
    assert_eq!(desk.note(), Some(&Note::OneAtATime));
    desk.answer(&effects);
    assert!(desk.controller.in_hand().is_some());
}

#[test]
fn while_the_hall_is_away_a_press_is_asked_and_can_be_taken_back() {
    let mut desk = Desk::at_work();
    desk.down();
    let asked = desk.press_only(Command::Primary);
    let [Effect::Ask { id, .. }] = asked[..] else {
        panic!("{asked:?}");
    };
    assert_eq!(desk.press_only(Command::Back), [Effect::Forget { id }]);
    assert_eq!(desk.note(), Some(&Note::TakenBack));
    // An answer that comes nevertheless changes nothing here; the rows do.
    desk.answer(&asked);
    assert!(desk.controller.in_hand().is_some());
    assert_eq!(desk.note(), Some(&Note::TakenBack));
}

#[test]
fn with_the_hall_at_hand_nothing_is_taken_back() {
    let mut desk = Desk::at_work();
    desk.press_only(Command::Primary);
    assert_eq!(desk.press_only(Command::Back), []);
    assert!(desk.controller.asked.is_some());
}

#[test]
fn signing_in_is_remembered() {
    let mut desk = Desk::new();
    desk.event(Event::ChooseCounter(2));
    desk.event(Event::TypeClerk("  王芳 ".into()));
    let memory = Memory {
        counter: Some(2),
        clerk: "王芳".into(),
    };
    assert_eq!(desk.press(Command::SignIn), [Effect::Remember(memory)]);
    assert!(desk.controller.seat.is_some());
}

#[test]
fn a_counter_that_is_taken_is_said_with_its_clerk() {
    let mut desk = Desk::new();
    desk.hall.colleague(3, "李明");
    desk.sign_in(3, "0417");
    let clerk = "李明".to_owned();
    assert_eq!(desk.refusal(), Some(&Refusal::CounterTaken { clerk }));
    assert_eq!(desk.controller.seat, None);
}

#[test]
fn a_clerk_who_sits_elsewhere_is_told_where() {
    let mut desk = Desk::new();
    desk.hall.colleague(5, "0417");
    desk.sign_in(3, "0417");
    let expected = Refusal::ClerkElsewhere { counter: 5 };
    assert_eq!(desk.refusal(), Some(&expected));
}

#[test]
fn a_name_that_is_empty_or_too_long_is_not_asked() {
    for name in ["", "   ", &"x".repeat(MAX_NAME_CHARS + 1)] {
        let mut desk = Desk::new();
        desk.event(Event::TypeClerk(name.into()));
        assert_eq!(desk.press(Command::SignIn), []);
        let field = "clerk".to_owned();
        assert_eq!(desk.refusal(), Some(&Refusal::BadText { field }));
    }
}

#[test]
fn the_first_free_counter_is_chosen_at_first_and_the_arrows_go_round() {
    let mut desk = Desk::new();
    assert_eq!(desk.controller.form.counter, Some(1));
    desk.event(Event::StepCounter(-1));
    assert_eq!(desk.controller.form.counter, Some(6));
    desk.event(Event::StepCounter(1));
    desk.event(Event::StepCounter(1));
    assert_eq!(desk.controller.form.counter, Some(2));
}

#[test]
fn a_remembered_counter_that_the_hall_does_not_have_is_not_chosen() {
    let beginning = Beginning {
        counter: Some(99),
        ..Beginning::default()
    };
    let mut desk = Desk::new();
    desk.controller = Controller::new(beginning, counted, desk.now);
    desk.hall.colleague(1, "李明");
    desk.rows();
    assert_eq!(desk.controller.form.counter, Some(2));
}

#[test]
fn a_counter_signed_out_elsewhere_leaves_the_page_and_says_so() {
    let mut desk = Desk::at_work();
    desk.hall.ask(&Act::SignOut { counter: 3 }, MORNING.unix_ms);
    desk.rows();
    assert_eq!(desk.controller.seat, None);
    assert_eq!(desk.note(), Some(&Note::SignedOut { counter: 3 }));
}

#[test]
fn ones_own_signing_out_needs_no_word_whichever_comes_first() {
    let mut desk = Desk::at_work();
    let effects = desk.press_only(Command::SignOut);
    let [Effect::Ask { id, act }] = &effects[..] else {
        panic!("{effects:?}");
    };
    let outcome = desk.hall.ask(act, MORNING.unix_ms);
    desk.rows();
    let id = *id;
    desk.event(Event::Hall(LinkEvent::Answer { id, outcome }));
    assert_eq!(desk.controller.seat, None);
    assert_eq!(desk.note(), None);
}

#[test]
fn a_hall_that_knows_nobody_here_leads_back_to_signing_in() {
    let mut desk = Desk::at_work();
    let effects = desk.press_only(Command::Primary);
    let [Effect::Ask { id, .. }] = effects[..] else {
        panic!("{effects:?}");
    };
    let outcome = Outcome::Refused(Refusal::CounterClosed);
    desk.event(Event::Hall(LinkEvent::Answer { id, outcome }));
    assert_eq!(desk.controller.seat, None);
    assert_eq!(desk.refusal(), Some(&Refusal::CounterClosed));
}

#[test]
fn what_makes_no_sense_now_is_said_without_asking() {
    let mut desk = Desk::at_work();
    for command in [Command::Recall, Command::NoShow, Command::Finish] {
        assert_eq!(desk.press(command), []);
        assert_eq!(desk.refusal(), Some(&Refusal::NothingInHand));
    }
    desk.press(Command::Primary);
    assert_eq!(desk.press(Command::SignOut), []);
    let number = "A012".to_owned();
    assert_eq!(desk.refusal(), Some(&Refusal::StillInHand { number }));
    desk.press(Command::Primary);
    for command in [Command::Recall, Command::NoShow] {
        assert_eq!(desk.press(command), []);
        assert_eq!(desk.refusal(), Some(&Refusal::AlreadyArrived));
    }
}

#[test]
fn what_the_hall_refuses_is_said_and_the_next_press_clears_it() {
    let mut desk = Desk::at_work();
    desk.press(Command::Return);
    desk.enter("A999");
    assert_eq!(desk.refusal(), Some(&Refusal::UnknownTicket));
    desk.press(Command::Primary);
    assert_eq!(desk.note(), None);
    assert!(desk.controller.in_hand().is_some());
}

#[test]
fn good_news_goes_by_itself_and_a_refusal_stays() {
    let mut desk = Desk::at_work();
    desk.press(Command::Primary);
    desk.press(Command::NoShow);
    let number = "A012".to_owned();
    let expected = News::NoShow { number };
    assert!(matches!(desk.note(), Some(Note::News { what, .. }) if *what == expected));
    desk.now += NEWS;
    desk.event(Event::Tick);
    assert_eq!(desk.note(), None);
    desk.press(Command::NoShow);
    desk.now += NEWS * 10;
    desk.event(Event::Tick);
    assert!(desk.refusal().is_some());
}

#[test]
fn while_a_sheet_is_open_no_other_key_acts() {
    let mut desk = Desk::at_work();
    desk.press(Command::Pause);
    assert_eq!(desk.press(Command::Primary), []);
    desk.press(Command::Back);
    assert_eq!(desk.controller.sheet, None);
}

#[test]
fn a_request_that_the_link_did_not_take_is_not_waited_for() {
    let mut desk = Desk::at_work();
    let effects = desk.press_only(Command::Primary);
    let [Effect::Ask { id, .. }] = effects[..] else {
        panic!("{effects:?}");
    };
    desk.event(Event::NotAsked { id });
    assert_eq!(desk.note(), Some(&Note::NotAsked));
    assert!(desk.controller.asked.is_none());
}

#[test]
fn somebody_elses_answer_changes_nothing() {
    let mut desk = Desk::at_work();
    desk.press_only(Command::Primary);
    let outcome = Outcome::Refused(Refusal::NotStored);
    desk.event(Event::Hall(LinkEvent::Answer {
        id: id(999),
        outcome,
    }));
    assert!(desk.controller.asked.is_some());
    assert_eq!(desk.note(), None);
}

#[test]
fn when_nobody_waits_the_large_button_calls_whoever_comes() {
    let mut desk = Desk::at_work();
    while desk.hall.leaves() {}
    desk.rows();
    assert_eq!(desk.controller.primary(), Primary::AwaitNext);
    let effects = desk.press_only(Command::Primary);
    assert_eq!(acts(&effects), [Act::AwaitNext { counter: 3 }]);
    desk.answer(&effects);
    assert_eq!(desk.controller.primary(), Primary::Awaiting);
    // A habit of pressing asks for nothing and undoes nothing.
    assert_eq!(desk.press(Command::Primary), []);
    assert_eq!(desk.note(), Some(&Note::Awaiting));
    desk.hall.comes("A", MORNING.unix_ms);
    desk.rows();
    assert_eq!(desk.controller.primary(), Primary::Arrived);
}

#[test]
fn whoever_waits_after_all_is_called_at_once() {
    let mut desk = Desk::at_work();
    while desk.hall.leaves() {}
    desk.rows();
    desk.hall.comes("A", MORNING.unix_ms);
    desk.press(Command::Primary);
    assert_eq!(desk.controller.primary(), Primary::Arrived);
}

#[test]
fn a_press_for_a_call_that_has_just_come_by_itself_does_not_mark_it_as_arrived() {
    let mut desk = Desk::at_work();
    while desk.hall.leaves() {}
    desk.rows();
    desk.press(Command::Primary);
    desk.now += Duration::from_secs(60);
    desk.hall.comes("A", MORNING.unix_ms);
    desk.rows();
    desk.now += Duration::from_millis(200);
    assert_eq!(desk.event(Event::Press(Command::Primary)), []);
    let effects = desk.press_only(Command::Primary);
    assert_eq!(acts(&effects), [Act::Arrive { counter: 3 }]);
}

#[test]
fn awaiting_stops_by_its_key() {
    let mut desk = Desk::at_work();
    while desk.hall.leaves() {}
    desk.rows();
    desk.press(Command::Primary);
    assert_eq!(desk.choose("s"), [Act::StopAwaiting { counter: 3 }]);
    assert_eq!(desk.controller.primary(), Primary::AwaitNext);
}

#[test]
fn the_last_customer_is_finished_and_whoever_comes_is_called() {
    let mut desk = Desk::at_work();
    desk.press(Command::Primary);
    desk.press(Command::Primary);
    while desk.hall.leaves() {}
    desk.rows();
    assert_eq!(desk.controller.primary(), Primary::FinishAndAwait);
    let effects = desk.press_only(Command::Primary);
    assert_eq!(acts(&effects), [Act::AwaitNext { counter: 3 }]);
    desk.answer(&effects);
    assert_eq!(desk.controller.primary(), Primary::Awaiting);
    let number = "A012".to_owned();
    let expected = News::Finished { number };
    assert!(matches!(desk.note(), Some(Note::News { what, .. }) if *what == expected));
}

#[test]
fn the_next_errand_that_is_done_here_is_said() {
    let mut desk = Desk::at_work();
    desk.hall.is_sent_on("A", &["F"], "");
    desk.press(Command::Primary);
    desk.press(Command::Primary);
    desk.press(Command::Finish);
    let number = "A012".to_owned();
    let service = "F".to_owned();
    let expected = News::Continued { number, service };
    assert!(matches!(desk.note(), Some(Note::News { what, .. }) if *what == expected));
    assert!(desk.controller.view().note.contains("发票打印"));
}

fn pin(digits: &str) -> Secret {
    Secret::new(digits)
}

/// The sign-in page of a hall that asks for PINs, with a name typed.
fn asked_for_pin() -> Desk {
    let mut desk = Desk::new();
    desk.hall.asks_pin("2580");
    desk.rows();
    desk.event(Event::ChooseCounter(3));
    desk.event(Event::TypeClerk("0417".into()));
    desk
}

#[test]
fn a_pin_is_asked_for_where_the_hall_says_so_and_goes_with_the_name() {
    let mut desk = asked_for_pin();
    assert!(desk.controller.view().sign_in.asks_pin);
    desk.press(Command::SignIn);
    let field = "pin".to_owned();
    assert_eq!(desk.refusal(), Some(&Refusal::BadText { field }));
    desk.event(Event::TypePin(pin("2580")));
    let asked = desk.press_only(Command::SignIn);
    let pin = Some(pin("2580"));
    let (counter, clerk) = (3, "0417".to_owned());
    assert_eq!(
        acts(&asked),
        [Act::SignIn {
            counter,
            clerk,
            pin
        }]
    );
    assert!(!format!("{asked:?}").contains("2580"), "it is in no log");
    desk.answer(&asked);
    assert!(desk.controller.seat.is_some());
    assert_eq!(desk.controller.form.pin, "", "it is kept nowhere");
}

#[test]
fn a_wrong_pin_is_typed_anew() {
    let mut desk = asked_for_pin();
    desk.event(Event::TypePin(pin("1234")));
    let turn = desk.controller.view().sign_in.pin_turn;
    desk.press(Command::SignIn);
    assert_eq!(desk.refusal(), Some(&Refusal::WrongPin));
    let view = desk.controller.view().sign_in;
    assert_eq!(view.pin, "");
    assert_ne!(view.pin_turn, turn, "the field follows");
}

#[test]
fn a_pin_has_digits_alone() {
    let mut desk = asked_for_pin();
    let turn = desk.controller.view().sign_in.pin_turn;
    desk.event(Event::TypePin(pin("25")));
    assert_eq!(desk.controller.view().sign_in.pin_turn, turn);
    desk.event(Event::TypePin(pin("25a")));
    let view = desk.controller.view().sign_in;
    assert_eq!((view.pin.as_str(), view.pin_turn), ("25", turn + 1));
}

#[test]
fn whoever_was_away_too_long_signs_in_again_where_he_sat() {
    let mut desk = Desk::at_work();
    let asked = desk.press_only(Command::Primary);
    let [Effect::Ask { id, .. }] = asked[..] else {
        panic!("one act");
    };
    let outcome = Outcome::Refused(Refusal::SignInAgain);
    desk.event(Event::Hall(LinkEvent::Answer { id, outcome }));
    desk.rows();
    let view = desk.controller.view();
    assert_eq!(view.page, crate::view::Page::SignIn);
    assert!(view.note.contains("重新签到"), "{}", view.note);
    assert_eq!(view.sign_in.clerk, "0417");
    desk.press(Command::SignIn);
    assert!(desk.controller.seat.is_some());
}

#[test]
fn a_machine_of_another_counter_has_that_one_chosen_next() {
    let mut desk = Desk::new();
    desk.event(Event::ChooseCounter(3));
    desk.event(Event::TypeClerk("0417".into()));
    let asked = desk.press_only(Command::SignIn);
    let [Effect::Ask { id, .. }] = asked[..] else {
        panic!("one act");
    };
    let outcome = Outcome::Refused(Refusal::OtherCounter { counter: 4 });
    desk.event(Event::Hall(LinkEvent::Answer { id, outcome }));
    desk.press(Command::SignIn);
    let seat = desk.controller.seat.as_ref();
    assert_eq!(seat.map(|seat| seat.counter), Some(4));
}
