//! The window as a customer meets it: touches through the whole way of a ticket, and what must hold
//! of every page in every size, language and size of text.

#[allow(dead_code)]
mod stage;

use std::time::Duration;

use client::{Language, Theme};
use kiosk::event::{Event, Looks, PaperNews, Touch};
use kiosk::generated::Colour;
use kiosk::mock::{Show, Ways};
use protocol::{Act, NotPrintedReason, Outcome, Refusal};
use slint::ComponentHandle;
use slint::platform::{PointerEventButton, WindowEvent};
use stage::{CHINESE, ENGLISH, Screen, Stage, UPRIGHT, WIDE, screen};
use ticket::{PrinterState, Trouble};

#[test]
fn a_ticket_takes_two_touches_and_the_kiosk_is_ready_again() {
    let mut stage = Stage::open(UPRIGHT, ENGLISH);
    stage.press("Pay an electricity bill");
    stage.press("Take a number");
    assert!(stage.says("One moment"), "{:?}", stage.labels());
    let ticket = stage.answer().expect("a number");
    assert!(stage.says("A012") && stage.says("being printed"));
    stage.paper(ticket, PaperNews::Printed { copies: 0 });
    assert!(
        stage.says("Please take your ticket"),
        "{:?}",
        stage.labels()
    );
    assert!(stage.says("4 before you") && stage.says("Zone A Counters 1–3"));
    stage.wait(Duration::from_secs(21));
    assert!(stage.button("Pay an electricity bill").is_some());
}

#[test]
fn a_class_is_one_touch_on_the_services_page() {
    for (looks, service, claim) in [
        (CHINESE, "咨询查询", "我年满60岁"),
        (ENGLISH, "Questions and look-ups", "I am pregnant"),
    ] {
        let stage = Stage::open(WIDE, looks);
        stage.press(service);
        stage.press(claim);
        let asked = stage.asked();
        assert!(
            matches!(&asked[..], [(_, Act::Take { service, class, .. })] if service == "D" && class != "ordinary"),
            "{asked:?}"
        );
    }
}

#[test]
fn a_finger_that_slides_off_takes_nothing() {
    let stage = Stage::open(UPRIGHT, ENGLISH);
    stage.press("Report a fault");
    let button = stage.button("Take a number").unwrap();
    let (corner, size) = (button.absolute_position(), button.size());
    let middle =
        slint::LogicalPosition::new(corner.x + size.width / 2.0, corner.y + size.height / 2.0);
    let away = slint::LogicalPosition::new(5.0, 5.0);
    let window = stage.main().window();
    let left = PointerEventButton::Left;
    window.dispatch_event(WindowEvent::PointerPressed {
        position: middle,
        button: left,
    });
    assert_eq!(stage.asked(), [], "it acts when the finger lifts");
    window.dispatch_event(WindowEvent::PointerMoved { position: away });
    window.dispatch_event(WindowEvent::PointerReleased {
        position: away,
        button: left,
    });
    assert_eq!(stage.asked(), []);
    assert!(stage.button("Take a number").is_some());
}

#[test]
fn language_large_text_and_contrast_change_every_page_and_fall_back() {
    let stage = Stage::open(UPRIGHT, CHINESE);
    stage.press("English");
    stage.press("Large text");
    stage.press("Contrast");
    assert!(stage.says("What do you need?"));
    assert_eq!(
        stage.button("Large text").unwrap().accessible_checked(),
        Some(true)
    );
    stage.wait(Duration::from_secs(61));
    assert!(stage.says("请选择要办理的业务"));
    assert_eq!(
        stage.button("大字").unwrap().accessible_checked(),
        Some(false)
    );
}

#[test]
fn tiles_that_do_not_fit_are_behind_a_button() {
    let stage = Stage::open(
        UPRIGHT,
        Looks {
            large_text: true,
            ..CHINESE
        },
    );
    assert!(stage.button("大客户服务").is_none());
    stage.press("更多业务");
    stage.press("大客户服务");
    assert!(stage.button("取号").is_some());
    stage.press("返回");
    assert!(stage.button("电费缴纳").is_some());
}

#[test]
fn the_warning_goes_away_by_one_touch() {
    let stage = Stage::open(UPRIGHT, ENGLISH);
    stage.press("Report a fault");
    stage.wait(Duration::from_secs(45));
    assert!(stage.says("Back to the start in"));
    stage.press("I need more time");
    assert!(!stage.says("Back to the start in"));
    assert!(stage.button("Take a number").is_some());
}

#[test]
fn without_an_answer_nothing_looks_like_a_number() {
    let stage = Stage::open(UPRIGHT, ENGLISH);
    stage.press("Report a fault");
    stage.press("Take a number");
    stage.wait(Duration::from_secs(10));
    assert!(stage.says("You have no number yet"), "{:?}", stage.labels());
    let first = stage.asked();
    stage.press("Try again");
    assert_eq!(stage.asked(), first);
}

#[test]
fn a_lost_hall_and_a_printer_in_trouble_are_told_plainly() {
    let stage = Stage::open(WIDE, ENGLISH);
    stage.event(Event::Printer(PrinterState::Trouble(Trouble::PaperOut)));
    assert!(stage.says("No paper"), "{:?}", stage.labels());
    stage.event(Event::LinkDown(Some(kiosk::mock::MOCK_TIME)));
    stage.wait(Duration::from_secs(3));
    assert!(stage.says("guide desk") && stage.says("No connection since 10:24"));
    assert!(stage.button("Report a fault").is_none());
    stage.event(Event::LinkUp(kiosk::mock::MOCK_TIME));
    assert!(stage.button("Report a fault").is_some());
}

/// Brings an open kiosk to a page.
type Scene = fn(&mut Stage);

const SCENES: [(&str, Scene); 21] = [
    ("start", |_| {}),
    ("trouble", |stage| {
        stage.event(Event::Printer(PrinterState::Trouble(Trouble::HeadHot)));
    }),
    ("service", |stage| {
        stage.event(Event::Printer(PrinterState::Ready));
        stage.touch(Touch::Service("C".into()));
    }),
    ("countdown", |stage| {
        stage.touch(Touch::Service("B".into()));
        stage.wait(Duration::from_secs(48));
    }),
    ("printed", |stage| {
        number(stage, PaperNews::Printed { copies: 0 })
    }),
    ("missing", |stage| {
        number(stage, PaperNews::Missing(NotPrintedReason::PaperOut));
    }),
    ("no answer", |stage| {
        take(stage);
        stage.wait(Duration::from_secs(11));
    }),
    ("refused", |stage| {
        take(stage);
        let (id, _) = stage.asked().remove(0);
        let outcome = Outcome::Refused(Refusal::HallFull);
        stage.event(Event::Answer { id, outcome });
    }),
    ("away", |stage| {
        stage.event(Event::LinkDown(Some(kiosk::mock::MOCK_TIME)));
        stage.wait(Duration::from_secs(3));
    }),
    ("ways", |stage| stage.turn(Ways::of(Show::Full))),
    ("closed", |stage| stage.turn(Ways::of(Show::Closed))),
    ("roll", |stage| stage.turn(Ways::of(Show::Roll))),
    ("shut", |stage| {
        stage.turn(Ways::of(Show::Full));
        stage.touch(Touch::Service("B".into()));
    }),
    ("used up", |stage| {
        stage.turn(Ways::of(Show::Full));
        stage.touch(Touch::Service("E".into()));
    }),
    ("errands", |stage| choose_errands(stage)),
    ("errands chosen", |stage| {
        choose_errands(stage);
        stage.touch(Touch::ErrandsChosen);
    }),
    ("five errands without paper", |stage| {
        choose_errands(stage);
        stage.touch(Touch::ErrandsChosen);
        stage.wait(Duration::from_secs(1));
        stage.touch(Touch::TakeAs("veteran".into()));
        let ticket = stage.answer().expect("a number");
        stage.paper(ticket, PaperNews::Missing(NotPrintedReason::PaperOut));
    }),
    ("keypad", |stage| type_number(stage, "A012")),
    ("telephone", |stage| {
        stage.turn(Ways::of(Show::Phone));
        stage.touch(Touch::Service("B".into()));
        stage.wait(Duration::from_secs(1));
        stage.touch(Touch::TakeOrdinary);
    }),
    ("returned", |stage| {
        type_number(stage, "A012");
        stage.touch(Touch::Enter);
        stage.answer();
    }),
    ("unknown number", |stage| {
        type_number(stage, "A912");
        stage.touch(Touch::Enter);
        stage.answer();
    }),
];

fn choose_errands(stage: &mut Stage) {
    stage.touch(Touch::Service("D".into()));
    stage.wait(Duration::from_secs(1));
    stage.touch(Touch::Errands);
    for code in ["B", "C", "A", "G"] {
        stage.wait(Duration::from_secs(1));
        stage.touch(Touch::Errand(code.into()));
    }
    stage.wait(Duration::from_secs(1));
}

fn type_number(stage: &mut Stage, number: &str) {
    stage.turn(Ways::of(Show::Full));
    stage.touch(Touch::MissedCall);
    stage.wait(Duration::from_secs(1));
    stage.type_in(number);
}

fn take(stage: &mut Stage) {
    stage.touch(Touch::Service("B".into()));
    stage.wait(Duration::from_secs(1));
    stage.touch(Touch::TakeAs("veteran".into()));
    stage.wait(Duration::from_secs(1));
}

fn number(stage: &mut Stage, news: PaperNews) {
    take(stage);
    let ticket = stage.answer().expect("a number");
    stage.paper(ticket, news);
    stage.wait(Duration::from_secs(1));
}

#[test]
fn pages_hold_on_27_inches() {
    hold_every_page(&[UPRIGHT, WIDE]);
}

#[test]
fn pages_hold_with_four_times_the_pixels() {
    hold_every_page(&[screen(2160, 3840, 598.0), screen(3840, 2160, 598.0)]);
}

#[test]
fn pages_hold_on_small_and_old_screens() {
    hold_every_page(&[
        screen(1080, 1920, 476.0),
        screen(768, 1366, 476.0),
        screen(1280, 1024, 376.0),
    ]);
}

/// Checks every page on these screens, in both languages, with usual and large text.
fn hold_every_page(screens: &[Screen]) {
    for (screen, language) in screens
        .iter()
        .flat_map(|screen| Language::ALL.map(|language| (*screen, language)))
    {
        for (large_text, (page, scene)) in [false, true]
            .into_iter()
            .flat_map(|large| SCENES.map(|scene| (large, scene)))
        {
            let mut stage = Stage::open(
                screen,
                Looks {
                    language,
                    large_text,
                    ..CHINESE
                },
            );
            scene(&mut stage);
            let (width, height) = (screen.width, screen.height);
            let place = format!("{page}, {language}, {width}x{height}, large: {large_text}");
            everything_is_inside_the_window(&stage, screen, &place);
            no_button_lies_on_another(&stage, &place);
            targets_are_large_enough(&stage, screen, large_text, &place);
            every_button_says_what_it_does(&stage, &place);
        }
    }
}

fn everything_is_inside_the_window(stage: &Stage, screen: Screen, place: &str) {
    for element in stage.accessible() {
        let (corner, size) = (element.absolute_position(), element.size());
        let inside = corner.x >= 0.0
            && corner.y >= 0.0
            && corner.x + size.width <= screen.width as f32 + 0.5
            && corner.y + size.height <= screen.height as f32 + 0.5;
        assert!(
            inside,
            "{place}: {:?} at {corner:?}, {size:?}",
            element.accessible_label()
        );
    }
}

fn no_button_lies_on_another(stage: &Stage, place: &str) {
    let apart =
        |a: f32, a_size: f32, b: f32, b_size: f32| a + a_size <= b + 0.5 || b + b_size <= a + 0.5;
    let buttons = stage.buttons();
    for (nth, one) in buttons.iter().enumerate() {
        for other in &buttons[nth + 1..] {
            let (a, b) = (one.absolute_position(), other.absolute_position());
            let (a_size, b_size) = (one.size(), other.size());
            // A component that inherits another is found once for each of them.
            let same = a == b && a_size == b_size;
            assert!(
                same || apart(a.x, a_size.width, b.x, b_size.width)
                    || apart(a.y, a_size.height, b.y, b_size.height),
                "{place}: {:?} lies on {:?}",
                one.accessible_label(),
                other.accessible_label()
            );
        }
    }
}

/// 44 px at 1/2688 of the viewing distance (WCAG 2.5.5). In large-text mode 20 mm (MIIT), on every
/// screen that is large enough to be read at its distance at all.
fn targets_are_large_enough(stage: &Stage, screen: Screen, large_text: bool, place: &str) {
    let px_per_mm = screen.width.max(screen.height) as f32 / screen.settings.long_side_mm;
    let twenty = large_text && screen.settings.long_side_mm >= 470.0;
    let least_mm = if twenty {
        20.0
    } else {
        44.0 * screen.settings.distance_mm / 2_688.0
    };
    for button in stage.buttons() {
        let size = button.size();
        let side_mm = size.width.min(size.height) / px_per_mm;
        assert!(
            side_mm >= least_mm,
            "{place}: {:?} has {side_mm} mm",
            button.accessible_label()
        );
    }
}

fn every_button_says_what_it_does(stage: &Stage, place: &str) {
    for button in stage.buttons() {
        let label = button.accessible_label().unwrap_or_default();
        assert!(
            !label.is_empty(),
            "{place}: a button at {:?}",
            button.absolute_position()
        );
    }
}

/// Text 7:1, borders and signs 3:1, in both themes (WCAG 1.4.6, 1.4.11).
#[test]
fn every_pair_of_colours_has_its_contrast() {
    for theme in [Theme::Light, Theme::HighContrast] {
        let stage = Stage::open(UPRIGHT, Looks { theme, ..CHINESE });
        let colour = stage.main().global::<Colour>();
        let grounds = [
            ("ground", colour.get_ground()),
            ("surface", colour.get_surface()),
            ("sunken", colour.get_sunken()),
            ("brand-tint", colour.get_brand_tint()),
            ("accent-tint", colour.get_accent_tint()),
            ("trouble-tint", colour.get_trouble_tint()),
        ];
        for (name, ground) in grounds {
            hold("ink", colour.get_ink(), name, ground, 7.0);
            hold("ink-soft", colour.get_ink_soft(), name, ground, 7.0);
        }
        for (name, ground) in &grounds[..3] {
            hold("outline", colour.get_outline(), name, *ground, 3.0);
            hold("brand", colour.get_brand(), name, *ground, 7.0);
            hold("focus", colour.get_focus(), name, *ground, 3.0);
        }
        let on = [
            ("on-brand", colour.get_on_brand(), colour.get_brand()),
            (
                "accent-on-brand",
                colour.get_accent_on_brand(),
                colour.get_brand(),
            ),
            (
                "on-brand, pressed",
                colour.get_on_brand(),
                colour.get_brand_pressed(),
            ),
            ("on-deep", colour.get_on_deep(), colour.get_deep()),
            ("on-deep-soft", colour.get_on_deep_soft(), colour.get_deep()),
            ("accent on deep", colour.get_accent(), colour.get_deep()),
            ("on-accent", colour.get_on_accent(), colour.get_accent()),
            (
                "accent-ink",
                colour.get_accent_ink(),
                colour.get_accent_tint(),
            ),
            ("on-trouble", colour.get_on_trouble(), colour.get_trouble()),
            ("trouble", colour.get_trouble(), colour.get_trouble_tint()),
            ("good", colour.get_good(), colour.get_ground()),
        ];
        for (name, ink, ground) in on {
            hold(name, ink, "its ground", ground, 7.0);
        }
    }
}

fn hold(ink_name: &str, ink: slint::Color, ground_name: &str, ground: slint::Color, least: f32) {
    let (light, dark) = (
        luminance(ink).max(luminance(ground)),
        luminance(ink).min(luminance(ground)),
    );
    let contrast = (light + 0.05) / (dark + 0.05);
    assert!(
        contrast >= least,
        "{ink_name} on {ground_name}: {contrast:.2}"
    );
}

/// Relative luminance as in standards' K-05 (WCAG 2.2).
fn luminance(colour: slint::Color) -> f32 {
    let channel = |byte: u8| {
        let c = f32::from(byte) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(colour.red())
        + 0.7152 * channel(colour.green())
        + 0.0722 * channel(colour.blue())
}
