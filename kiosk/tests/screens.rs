//! Every page in both languages and all its sizes, held against golden pictures.

#[allow(dead_code)]
mod stage;

use std::time::Duration;

use client::{Language, Theme};
use e2e::pictures::Album;
use kiosk::event::{Event, Looks, PaperNews, Touch};
use protocol::{NotPrintedReason, Outcome, Refusal, Time};
use slint::ComponentHandle;
use stage::{CHINESE, ENGLISH, Screen, Stage, UPRIGHT, WIDE};
use ticket::{PrinterState, Trouble};

/// Brings a kiosk that is open to the page to be drawn.
type Scene = fn(&mut Stage);

const SCENES: [(&str, Scene); 12] = [
    ("start", |_| {}),
    ("start-trouble", |stage| {
        stage.event(Event::Printer(PrinterState::Trouble(Trouble::PaperOut)));
    }),
    ("start-notice", |stage| {
        let notice = stage.hall.notice(
            "11月25日（周三）因设备检修，本厅16:00停止取号。",
            "On Wednesday 25 November numbers are given until 16:00.",
        );
        stage.event(Event::Rows(notice));
    }),
    ("service", |stage| stage.touch(Touch::Service("C".into()))),
    ("service-countdown", |stage| {
        stage.touch(Touch::Service("B".into()));
        stage.wait(Duration::from_secs(48));
    }),
    ("taking", |stage| take(stage, Touch::TakeOrdinary)),
    ("number-printing", |stage| {
        take(stage, Touch::TakeOrdinary);
        stage.answer();
        stage.wait(Duration::from_secs(1));
    }),
    ("number-printed", |stage| {
        print(stage, PaperNews::Printed);
    }),
    ("number-no-paper", |stage| {
        print(stage, PaperNews::Missing(NotPrintedReason::PaperOut));
    }),
    ("no-answer", |stage| {
        take(stage, Touch::TakeOrdinary);
        stage.wait(Duration::from_secs(11));
    }),
    ("refused", |stage| {
        take(stage, Touch::TakeOrdinary);
        let (id, _) = stage.asked().remove(0);
        let outcome = Outcome::Refused(Refusal::HallFull);
        stage.event(Event::Answer { id, outcome });
    }),
    ("away", |stage| {
        let since = Time {
            unix_ms: kiosk::mock::MOCK_TIME.unix_ms - 180_000,
            ..kiosk::mock::MOCK_TIME
        };
        stage.event(Event::LinkDown(Some(since)));
        stage.wait(Duration::from_secs(3));
    }),
];

fn take(stage: &mut Stage, by: Touch) {
    stage.touch(Touch::Service("B".into()));
    stage.wait(Duration::from_secs(1));
    stage.touch(by);
    stage.wait(Duration::from_secs(1));
}

fn print(stage: &mut Stage, news: PaperNews) {
    take(stage, Touch::TakeAs("elderly".into()));
    let ticket = stage.answer().expect("a number");
    stage.paper(ticket, news);
    stage.wait(Duration::from_secs(2));
}

fn draw(variant: &str, screen: Screen, looks: Looks, wanted: &[&str]) {
    let mut album = Album::of("kiosk");
    for (name, scene) in SCENES.iter().filter(|(name, _)| wanted.contains(name)) {
        let mut stage = Stage::open(screen, looks);
        scene(&mut stage);
        let picture = stage.main().window().take_snapshot().expect("a picture");
        let (language, width, height) = (looks.language, screen.width, screen.height);
        let name = format!("{name}.{language}.{width}x{height}{variant}");
        album.page(&name, picture.width(), picture.height(), picture.as_bytes());
    }
    album.finish();
}

const LARGE: Looks = Looks {
    large_text: true,
    ..CHINESE
};
const CONTRAST: Looks = Looks {
    theme: Theme::HighContrast,
    ..CHINESE
};

fn names() -> Vec<&'static str> {
    SCENES.iter().map(|(name, _)| *name).collect()
}

#[test]
fn chinese_upright() {
    draw("", UPRIGHT, CHINESE, &names());
}

#[test]
fn chinese_wide() {
    draw("", WIDE, CHINESE, &names());
}

#[test]
fn english_upright() {
    draw("", UPRIGHT, ENGLISH, &names());
}

#[test]
fn english_wide() {
    draw("", WIDE, ENGLISH, &names());
}

#[test]
fn large_text() {
    let wanted = [
        "start",
        "start-trouble",
        "service",
        "service-countdown",
        "number-no-paper",
        "no-answer",
        "away",
    ];
    for screen in [UPRIGHT, WIDE] {
        for language in Language::ALL {
            draw(".large", screen, Looks { language, ..LARGE }, &wanted);
        }
    }
}

#[test]
fn high_contrast() {
    let wanted = [
        "start-trouble",
        "service",
        "number-printed",
        "number-no-paper",
        "away",
    ];
    draw(".contrast", UPRIGHT, CONTRAST, &wanted);
    draw(
        ".contrast",
        WIDE,
        Looks {
            language: Language::En,
            ..CONTRAST
        },
        &wanted,
    );
}
