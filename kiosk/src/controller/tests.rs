use client::Language;
use protocol::{Done, NotPrintedReason, Outcome, Refusal};
use ticket::Trouble;

use super::*;
use crate::mock::{MOCK_TIME, MockHall, Ways};
use crate::view::{PageView, PaperView, RefusalView, Wish};

mod doors;
mod errands;
mod keypad;
mod papers;
mod unfinished;
mod wild;

/// A kiosk, its made-up hall, and a clock that the test turns.
struct Kiosk {
    controller: Controller,
    hall: MockHall,
    now: Instant,
}

const USUAL: Looks = Looks {
    language: Language::Zh,
    theme: Theme::Light,
    large_text: false,
};

impl Kiosk {
    fn dark() -> Self {
        let mut ids = 0;
        let next_id = move || {
            ids += 1;
            Uuid::from_u128(ids)
        };
        let now = Instant::now();
        Self {
            controller: Controller::new(USUAL, now, next_id),
            hall: MockHall::default(),
            now,
        }
    }

    fn open() -> Self {
        Self::of(Ways::default())
    }

    /// A kiosk of a hall with these ways.
    fn of(ways: Ways) -> Self {
        let mut kiosk = Self::dark();
        kiosk.hall = MockHall::with_ways(ways);
        let rows = kiosk.hall.rows();
        kiosk.happen(Event::Rows(rows));
        kiosk.happen(Event::LinkUp(MOCK_TIME));
        kiosk.wait(1_000);
        kiosk
    }

    /// At the page of service A, long enough for the next touch to count.
    fn at_service() -> Self {
        let mut kiosk = Self::open();
        kiosk.touch(Touch::Service("A".into()));
        kiosk
    }

    fn happen(&mut self, event: Event) -> Vec<Effect> {
        self.controller.update(self.now, event)
    }

    /// One touch, and the second that a person takes at least until the next.
    fn touch(&mut self, touch: Touch) -> Vec<Effect> {
        let effects = self.happen(Event::Touch(touch));
        self.wait(1_000);
        effects
    }

    /// Lets time pass as the program does: by waking up when the controller wants it.
    fn wait(&mut self, ms: u64) -> Vec<Effect> {
        let end = self.now + Duration::from_millis(ms);
        let mut effects = Vec::new();
        while let Some(at) = self.controller.wake_at(self.now).filter(|at| *at < end) {
            assert!(at > self.now, "the controller wakes for nothing");
            self.now = at;
            effects.extend(self.happen(Event::Tick));
        }
        self.now = end;
        effects.extend(self.happen(Event::Tick));
        effects
    }

    /// Answers what was asked, as the hall would, and gives what came of it.
    fn answer(&mut self, asked: &[Effect]) -> Vec<Effect> {
        let (id, act) = the_ask(asked);
        let outcome = self.hall.answer(&act);
        self.happen(Event::Answer { id, outcome })
    }

    /// The hall refuses what was asked.
    fn refuse(&mut self, asked: &[Effect], refusal: Refusal) {
        let (id, _) = the_ask(asked);
        let outcome = Outcome::Refused(refusal);
        assert_eq!(self.happen(Event::Answer { id, outcome }), []);
        self.wait(1_000);
    }

    fn type_in(&mut self, keys: &str) {
        for key in keys.chars() {
            self.happen(Event::Touch(Touch::Key(Key::Type(key.into()))));
            self.wait(300);
        }
    }

    fn refusal(&self) -> RefusalView {
        match self.page() {
            PageView::Refused { refusal, .. } => refusal,
            page => panic!("no refusal on {page:?}"),
        }
    }

    fn page(&self) -> PageView {
        self.controller.view(self.now).page
    }

    fn is_at_start(&self) -> bool {
        self.page() == PageView::Start { tiles: 0 }
    }

    fn countdown_s(&self) -> Option<u32> {
        self.controller.view(self.now).countdown_s
    }

    fn paper(&self) -> PaperView {
        match self.page() {
            PageView::Number(number) => number.paper,
            page => panic!("no number on {page:?}"),
        }
    }
}

fn the_ask(effects: &[Effect]) -> (Uuid, Act) {
    match effects {
        [Effect::Ask { id, act }] => (*id, act.clone()),
        _ => panic!("one request, not {effects:?}"),
    }
}

fn the_print(effects: &[Effect]) -> u64 {
    match effects {
        [Effect::Print { ticket, .. }] => *ticket,
        _ => panic!("one slip, not {effects:?}"),
    }
}

fn take(class: &str) -> Act {
    Act::take("A", class)
}

#[test]
fn two_touches_take_a_ticket() {
    let mut kiosk = Kiosk::open();
    assert_eq!(kiosk.touch(Touch::Service("A".into())), []);
    let asked = kiosk.touch(Touch::TakeOrdinary);
    assert_eq!(the_ask(&asked).1, take("ordinary"));
    assert_eq!(kiosk.page(), PageView::Taking(Wish::Number));
    let ticket = the_print(&kiosk.answer(&asked));
    let PageView::Number(shown) = kiosk.page() else {
        panic!("the number is on the screen while it prints");
    };
    assert_eq!(
        (shown.number.as_str(), shown.paper),
        ("A012", PaperView::Printing)
    );
    let news = PaperNews::Printed { copies: 0 };
    let report = kiosk.happen(Event::Paper { ticket, news });
    assert_eq!(the_ask(&report).1, Act::Printed { ticket, copies: 0 });
    assert_eq!(kiosk.paper(), PaperView::Printed);
}

#[test]
fn a_class_takes_one_touch() {
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeAs("pregnant".into()));
    assert_eq!(the_ask(&asked).1, take("pregnant"));
}

#[test]
fn a_double_tap_on_a_tile_does_not_reach_the_page_behind() {
    let mut kiosk = Kiosk::open();
    kiosk.happen(Event::Touch(Touch::Service("A".into())));
    kiosk.now += STRIKE / 2;
    assert_eq!(kiosk.happen(Event::Touch(Touch::TakeOrdinary)), []);
    assert!(matches!(kiosk.page(), PageView::Service { .. }));
}

#[test]
fn a_double_tap_takes_one_ticket() {
    let mut kiosk = Kiosk::at_service();
    let first = kiosk.happen(Event::Touch(Touch::TakeOrdinary));
    let second = kiosk.happen(Event::Touch(Touch::TakeOrdinary));
    kiosk.now += 2 * STRIKE;
    let third = kiosk.happen(Event::Touch(Touch::TakeOrdinary));
    the_ask(&first);
    assert_eq!((second, third), (vec![], vec![]));
}

#[test]
fn no_answer_gets_an_apology_and_pressing_again_is_the_same_request() {
    let mut kiosk = Kiosk::at_service();
    let (id, act) = the_ask(&kiosk.touch(Touch::TakeOrdinary));
    kiosk.wait(10_000);
    assert_eq!(kiosk.page(), PageView::NoAnswer(Wish::Number));
    assert_eq!(the_ask(&kiosk.touch(Touch::TryAgain)), (id, act));
    assert_eq!(kiosk.page(), PageView::Taking(Wish::Number));
}

#[test]
fn the_same_choice_by_way_of_the_start_is_the_same_request_too() {
    let mut kiosk = Kiosk::at_service();
    let (id, _) = the_ask(&kiosk.touch(Touch::TakeOrdinary));
    kiosk.wait(10_000);
    kiosk.touch(Touch::Back);
    kiosk.touch(Touch::Service("A".into()));
    let (other_id, _) = the_ask(&kiosk.touch(Touch::TakeAs("elderly".into())));
    assert_ne!(other_id, id, "another choice is another ticket");
    kiosk.wait(10_000);
    kiosk.touch(Touch::Back);
    kiosk.touch(Touch::Service("A".into()));
    let (again, _) = the_ask(&kiosk.touch(Touch::TakeOrdinary));
    assert_eq!(again, id);
}

#[test]
fn a_number_that_comes_while_the_apology_is_read_is_given() {
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeOrdinary);
    kiosk.wait(12_000);
    assert_eq!(kiosk.page(), PageView::NoAnswer(Wish::Number));
    the_print(&kiosk.answer(&asked));
    assert_eq!(kiosk.paper(), PaperView::Printing);
}

#[test]
fn a_number_that_comes_after_the_customer_was_sent_away_is_void_and_never_shown() {
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeOrdinary);
    kiosk.wait(12_000);
    kiosk.touch(Touch::Back);
    let after = kiosk.answer(&asked);
    let ticket = 20_261_122_000_001;
    assert_eq!(the_ask(&after).1, Act::Void { ticket });
    assert!(kiosk.is_at_start());
    // What is void is answered: the next customer gets a ticket of their own.
    kiosk.touch(Touch::Service("A".into()));
    let next = kiosk.touch(Touch::TakeOrdinary);
    assert_ne!(the_ask(&next).0, the_ask(&asked).0);
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut kiosk = Kiosk::open();
    let issued = kiosk.hall.issue("A", "ordinary").unwrap();
    let event = Event::Answer {
        id: Uuid::from_u128(99),
        outcome: Outcome::Done(Done::Issued(issued)),
    };
    assert_eq!(kiosk.happen(event), []);
    assert!(kiosk.is_at_start());
}

#[test]
fn without_paper_the_number_stays_long_and_staff_are_told() {
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeOrdinary);
    let ticket = the_print(&kiosk.answer(&asked));
    let reason = NotPrintedReason::PaperOut;
    let news = PaperNews::Missing(reason);
    let report = kiosk.happen(Event::Paper { ticket, news });
    assert_eq!(the_ask(&report).1, Act::NotPrinted { ticket, reason });
    kiosk.wait(39_000);
    assert_eq!(
        (kiosk.paper(), kiosk.countdown_s()),
        (PaperView::Missing, None)
    );
    kiosk.wait(2_000);
    assert_eq!(kiosk.countdown_s(), Some(19));
}

#[test]
fn a_slow_printer_does_not_keep_the_customer_in_doubt() {
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeOrdinary);
    let ticket = the_print(&kiosk.answer(&asked));
    kiosk.wait(19_000);
    assert_eq!(kiosk.paper(), PaperView::Printing);
    kiosk.wait(2_000);
    assert_eq!(kiosk.paper(), PaperView::Missing);
    let news = PaperNews::Printed { copies: 0 };
    let report = kiosk.happen(Event::Paper { ticket, news });
    assert_eq!(the_ask(&report).1, Act::Printed { ticket, copies: 0 });
    assert_eq!(kiosk.paper(), PaperView::Printed);
}

#[test]
fn a_paper_that_comes_after_its_page_is_still_reported() {
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeOrdinary);
    let ticket = the_print(&kiosk.answer(&asked));
    kiosk.wait(21_000);
    kiosk.touch(Touch::Finish);
    assert!(kiosk.is_at_start());
    let news = PaperNews::Printed { copies: 0 };
    let report = kiosk.happen(Event::Paper { ticket, news });
    assert_eq!(the_ask(&report).1, Act::Printed { ticket, copies: 0 });
    assert!(kiosk.is_at_start());
}

#[test]
fn a_report_that_the_hall_could_not_store_is_made_again() {
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeOrdinary);
    let ticket = the_print(&kiosk.answer(&asked));
    let news = PaperNews::Printed { copies: 0 };
    let (id, act) = the_ask(&kiosk.happen(Event::Paper { ticket, news }));
    let outcome = Outcome::Refused(Refusal::NotStored);
    assert_eq!(kiosk.happen(Event::Answer { id, outcome }), []);
    let (again, same) = the_ask(&kiosk.wait(6_000));
    assert_eq!(same, act);
    let outcome = Outcome::Done(Done::Done);
    let effects = kiosk.happen(Event::Answer { id: again, outcome });
    assert_eq!(effects, [Effect::Told { ticket }]);
    assert_eq!(kiosk.wait(20_000), []);
}

#[test]
fn nothing_is_offered_before_the_hall_is_there() {
    let mut kiosk = Kiosk::dark();
    assert_eq!(kiosk.page(), PageView::Connecting);
    kiosk.happen(Event::LinkDown(None));
    kiosk.wait(10_000);
    assert_eq!(kiosk.page(), PageView::Connecting);
    assert_eq!(kiosk.touch(Touch::Service("A".into())), []);
}

#[test]
fn a_lost_hall_is_told_with_its_time_and_comes_back_by_itself() {
    let mut kiosk = Kiosk::at_service();
    kiosk.happen(Event::LinkDown(Some(MOCK_TIME)));
    assert!(
        matches!(kiosk.page(), PageView::Service { .. }),
        "a blink is no page"
    );
    kiosk.wait(2_000);
    let since = Some("10:24".to_owned());
    assert_eq!(kiosk.page(), PageView::Away { since });
    assert_eq!(kiosk.touch(Touch::Service("A".into())), []);
    assert_eq!(kiosk.touch(Touch::TakeOrdinary), []);
    kiosk.happen(Event::LinkUp(MOCK_TIME));
    assert!(kiosk.is_at_start());
}

#[test]
fn what_only_a_technician_can_mend_is_told_until_the_hall_is_there() {
    let mut kiosk = Kiosk::at_service();
    let text = client::for_the_technician(&client::Lost::OtherHall);
    kiosk.happen(Event::Technician(text));
    kiosk.happen(Event::LinkDown(Some(MOCK_TIME)));
    kiosk.wait(2_000);
    let told = kiosk.controller.view(kiosk.now).technician;
    assert!(
        told.contains("大厅") && told.contains("another hall"),
        "{told}"
    );
    kiosk.happen(Event::LinkUp(MOCK_TIME));
    assert_eq!(kiosk.controller.view(kiosk.now).technician, "");
}

#[test]
fn a_lost_hall_does_not_take_a_number_off_the_screen() {
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeOrdinary);
    kiosk.answer(&asked);
    kiosk.happen(Event::LinkDown(Some(MOCK_TIME)));
    kiosk.wait(5_000);
    assert_eq!(kiosk.paper(), PaperView::Printing);
}

#[test]
fn a_refusal_is_told_and_left() {
    let mut kiosk = Kiosk::at_service();
    let (id, _) = the_ask(&kiosk.touch(Touch::TakeOrdinary));
    let outcome = Outcome::Refused(Refusal::HallFull);
    assert_eq!(kiosk.happen(Event::Answer { id, outcome }), []);
    assert_eq!(kiosk.refusal(), RefusalView::HallFull);
    kiosk.wait(1_000);
    kiosk.touch(Touch::Back);
    assert!(kiosk.is_at_start());
}

#[test]
fn a_forgotten_page_warns_for_twenty_seconds_and_goes_back_to_the_usual_start() {
    let mut kiosk = Kiosk::open();
    kiosk.touch(Touch::Language(Language::En));
    kiosk.touch(Touch::LargeText);
    kiosk.touch(Touch::HighContrast);
    kiosk.touch(Touch::Service("A".into()));
    kiosk.wait(38_000);
    assert_eq!(kiosk.countdown_s(), None);
    kiosk.wait(1_000);
    assert_eq!(kiosk.countdown_s(), Some(20));
    kiosk.wait(19_000);
    assert!(matches!(kiosk.page(), PageView::Service { .. }));
    kiosk.wait(1_000);
    assert!(kiosk.is_at_start());
    assert_eq!(kiosk.controller.view(kiosk.now).looks, USUAL);
}

#[test]
fn one_touch_extends_as_often_as_is_wished() {
    let mut kiosk = Kiosk::at_service();
    for _ in 0..12 {
        kiosk.wait(50_000);
        assert!(kiosk.countdown_s().is_some());
        kiosk.touch(Touch::Anywhere);
        assert_eq!(kiosk.countdown_s(), None);
    }
    assert!(matches!(kiosk.page(), PageView::Service { .. }));
}

#[test]
fn after_the_paper_the_next_customer_need_not_wait_long() {
    let mut kiosk = Kiosk::at_service();
    let asked = kiosk.touch(Touch::TakeOrdinary);
    let ticket = the_print(&kiosk.answer(&asked));
    kiosk.happen(Event::Paper {
        ticket,
        news: PaperNews::Printed { copies: 0 },
    });
    assert_eq!(kiosk.countdown_s(), Some(20));
    kiosk.wait(20_000);
    assert!(kiosk.is_at_start());
}

#[test]
fn a_start_as_usual_stands_still() {
    let mut kiosk = Kiosk::open();
    kiosk.wait(600_000);
    assert_eq!(kiosk.countdown_s(), None);
    assert!(kiosk.is_at_start());
}

#[test]
fn a_service_that_is_no_more_sends_back_to_the_start() {
    let mut kiosk = Kiosk::at_service();
    let mut rows = kiosk.hall.rows();
    rows.rows
        .retain(|stamped| !matches!(&stamped.row, protocol::Row::Service(row) if row.code == "A"));
    kiosk.happen(Event::Rows(rows));
    assert!(kiosk.is_at_start());
    assert_eq!(kiosk.controller.view(kiosk.now).services.len(), 7);
}

#[test]
fn the_printers_trouble_is_on_the_screen_until_it_is_over() {
    let mut kiosk = Kiosk::open();
    let trouble = |kiosk: &Kiosk| kiosk.controller.view(kiosk.now).printer_trouble;
    kiosk.happen(Event::Printer(PrinterState::Trouble(Trouble::PaperOut)));
    assert_eq!(trouble(&kiosk), Some(crate::view::PrinterTrouble::NoPaper));
    kiosk.happen(Event::Printer(PrinterState::NearEnd));
    assert_eq!(trouble(&kiosk), None);
}
