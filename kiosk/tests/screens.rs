//! Every page in both languages and all its sizes, held against golden pictures.

#[allow(dead_code)]
mod stage;

use std::time::Duration;

use client::{Language, Lost, Theme, for_the_technician};
use e2e::pictures::Album;
use kiosk::event::{Event, Looks, PaperNews, Touch};
use kiosk::mock::{APPOINTMENT, Show, Ways, doors};
use protocol::{ByeCode, DoorState, NotPrintedReason, Outcome, Refusal, Time};
use slint::ComponentHandle;
use stage::{CHINESE, ENGLISH, Screen, Stage, UPRIGHT, WIDE};
use ticket::{PrinterState, Trouble};

/// Brings a kiosk that is open to the page to be drawn.
type Scene = fn(&mut Stage);

const SCENES: [(&str, Scene); 15] = [
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
    ("service-papers", |stage| {
        service_with_printer(stage, "B");
    }),
    ("service-papers-listed", |stage| {
        service_with_printer(stage, "B");
        stage.touch(Touch::Papers);
        stage.wait(Duration::from_secs(1));
    }),
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
        print(stage, PaperNews::Printed { copies: 0 });
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
    ("away", lose),
    ("revoked", |stage| {
        let revoked = Lost::Refused(ByeCode::Revoked);
        stage.event(Event::Technician(for_the_technician(&revoked)));
        lose(stage);
    }),
];

fn lose(stage: &mut Stage) {
    let since = Time {
        unix_ms: kiosk::mock::MOCK_TIME.unix_ms - 180_000,
        ..kiosk::mock::MOCK_TIME
    };
    stage.event(Event::LinkDown(Some(since)));
    stage.wait(Duration::from_secs(3));
}

fn service_with_printer(stage: &mut Stage, code: &str) {
    stage.event(Event::Printer(PrinterState::Ready));
    stage.touch(Touch::Service(code.into()));
    stage.wait(Duration::from_secs(1));
}

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

/// A hall with ways of its own, and what is drawn there.
type WayScene = (&'static str, fn() -> Ways, Scene);

/// What a hall shows that has appointments, returns, hours or telephone numbers.
const WAY_SCENES: [WayScene; 17] = [
    ("ways-start", full, |_| {}),
    ("closed", closed, |stage| {
        let notice = stage.hall.notice(
            "11月25日（周三）因设备检修，本厅16:00停止取号。",
            "On Wednesday 25 November numbers are given until 16:00.",
        );
        stage.event(Event::Rows(notice));
    }),
    ("cut-off", cut_off, |_| {}),
    ("roll", roll, |_| {}),
    ("read-only", read_only, |_| {}),
    ("service-shut", full, |stage| {
        stage.touch(Touch::Service("B".into()));
    }),
    ("service-used-up", full, |stage| {
        stage.touch(Touch::Service("E".into()));
    }),
    ("errands", Ways::default, |stage| {
        errands(stage, &["B", "F"])
    }),
    ("errands-full", Ways::default, |stage| {
        errands(stage, &["B", "C", "F", "V"]);
    }),
    ("service-errands", Ways::default, |stage| {
        errands(stage, &["B", "F"]);
        stage.touch(Touch::ErrandsChosen);
        stage.wait(Duration::from_secs(1));
    }),
    ("number-errands", Ways::default, |stage| {
        errands(stage, &["B", "F"]);
        stage.touch(Touch::ErrandsChosen);
        stage.wait(Duration::from_secs(1));
        stage.touch(Touch::TakeAs("elderly".into()));
        let ticket = stage.answer().expect("a number");
        stage.paper(ticket, PaperNews::Missing(NotPrintedReason::PaperOut));
        stage.wait(Duration::from_secs(1));
    }),
    ("keypad-return", full, |stage| {
        stage.touch(Touch::MissedCall);
        stage.wait(Duration::from_secs(1));
    }),
    ("keypad-return-typed", full, |stage| {
        type_number(stage, "A012")
    }),
    ("keypad-phone", phone, |stage| {
        stage.touch(Touch::Service("A".into()));
        stage.wait(Duration::from_secs(1));
        stage.touch(Touch::TakeOrdinary);
        stage.wait(Duration::from_secs(1));
        stage.type_in("13800138000");
    }),
    ("returned", full, |stage| {
        type_number(stage, "A012");
        stage.touch(Touch::Enter);
        stage.answer();
        stage.wait(Duration::from_secs(1));
    }),
    ("number-appointment", full, |stage| {
        stage.touch(Touch::Appointment);
        stage.wait(Duration::from_secs(1));
        stage.type_in(APPOINTMENT);
        stage.touch(Touch::Enter);
        let ticket = stage.answer().expect("a number");
        stage.paper(ticket, PaperNews::Printed { copies: 0 });
        stage.wait(Duration::from_secs(1));
    }),
    ("refused-number", full, |stage| {
        type_number(stage, "A912");
        stage.touch(Touch::Enter);
        stage.refuse(Refusal::UnknownTicket);
    }),
];

fn full() -> Ways {
    Ways::of(Show::Full)
}

fn closed() -> Ways {
    Ways::of(Show::Closed)
}

fn roll() -> Ways {
    Ways::of(Show::Roll)
}

fn read_only() -> Ways {
    Ways::of(Show::ReadOnly)
}

fn phone() -> Ways {
    Ways::of(Show::Phone)
}

fn cut_off() -> Ways {
    Ways {
        doors: doors(DoorState::CutOff, None),
        ..Ways::default()
    }
}

fn errands(stage: &mut Stage, codes: &[&str]) {
    stage.touch(Touch::Service("A".into()));
    stage.wait(Duration::from_secs(1));
    stage.touch(Touch::Errands);
    for &code in codes {
        stage.wait(Duration::from_secs(1));
        stage.touch(Touch::Errand(code.into()));
    }
    stage.wait(Duration::from_secs(1));
}

fn type_number(stage: &mut Stage, number: &str) {
    stage.touch(Touch::MissedCall);
    stage.wait(Duration::from_secs(1));
    stage.type_in(number);
}

fn draw(variant: &str, screen: Screen, looks: Looks, wanted: &[&str]) {
    let usual = SCENES.map(|(name, scene)| (name, Ways::default as fn() -> Ways, scene));
    draw_all(
        variant,
        screen,
        looks,
        usual.iter().filter(|it| wanted.contains(&it.0)),
    );
}

fn draw_all<'a>(
    variant: &str,
    screen: Screen,
    looks: Looks,
    scenes: impl Iterator<Item = &'a WayScene>,
) {
    let mut album = Album::of("kiosk");
    for (name, ways, scene) in scenes {
        let mut stage = Stage::of(ways(), screen, looks);
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
fn ways_upright() {
    for language in Language::ALL {
        draw_all(
            "",
            UPRIGHT,
            Looks {
                language,
                ..CHINESE
            },
            WAY_SCENES.iter(),
        );
    }
}

#[test]
fn ways_wide() {
    for language in Language::ALL {
        draw_all(
            "",
            WIDE,
            Looks {
                language,
                ..CHINESE
            },
            WAY_SCENES.iter(),
        );
    }
}

#[test]
fn ways_in_large_text() {
    for (screen, language) in [UPRIGHT, WIDE]
        .iter()
        .flat_map(|screen| Language::ALL.map(|language| (*screen, language)))
    {
        draw_all(
            ".large",
            screen,
            Looks { language, ..LARGE },
            WAY_SCENES.iter(),
        );
    }
}

#[test]
fn ways_in_high_contrast() {
    let wanted = [
        "ways-start",
        "service-shut",
        "errands",
        "keypad-return-typed",
    ];
    let scenes = WAY_SCENES.iter().filter(|it| wanted.contains(&it.0));
    draw_all(".contrast", UPRIGHT, CONTRAST, scenes);
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
