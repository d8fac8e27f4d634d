//! Every page in both languages and all its sizes, held against golden pictures.

mod stage;

use std::time::Duration;

use client::{Language, LinkEvent, Lost, Theme};
use counter::{Command, Event};
use e2e::pictures::Album;
use slint::ComponentHandle;

use stage::Stage;

/// A window of its own, and a panel beside the business software.
const SIZES: [(u32, u32); 2] = [(1280, 800), (420, 800)];

/// How a clerk comes to a page.
type Go = fn(&mut Stage);

/// A page: its name, and how a clerk comes there.
const PAGES: [(&str, Go); 13] = [
    ("connecting", |_| {}),
    ("no-hall", no_hall),
    ("sign-in", sign_in),
    ("sign-in-taken", sign_in_taken),
    ("free", free),
    ("nobody-waits", nobody_waits),
    ("called", called),
    ("serving", serving),
    ("refused", refused),
    ("pause-reasons", pause_reasons),
    ("paused", paused),
    ("stale", stale),
    ("no-paper", no_paper),
];

#[test]
fn pages_look_as_they_did() {
    let mut album = Album::of("counter");
    for (page, go) in PAGES {
        for language in Language::ALL {
            for size in SIZES {
                show(&mut album, page, go, language, Theme::Light, size);
            }
        }
    }
    for (page, go) in [
        ("sign-in", sign_in as Go),
        ("serving", serving),
        ("stale", stale),
    ] {
        for size in SIZES {
            show(
                &mut album,
                page,
                go,
                Language::Zh,
                Theme::HighContrast,
                size,
            );
        }
    }
    album.finish();
}

fn show(
    album: &mut Album,
    page: &str,
    go: Go,
    language: Language,
    theme: Theme,
    (width, height): (u32, u32),
) {
    let mut stage = Stage::new(language, theme, (width, height));
    go(&mut stage);
    let picture = stage
        .main()
        .window()
        .take_snapshot()
        .expect("the renderer draws");
    let variant = match theme {
        Theme::Light => "",
        Theme::HighContrast => ".contrast",
    };
    let name = format!("{page}.{language}.{width}x{height}{variant}");
    album.page(&name, picture.width(), picture.height(), picture.as_bytes());
}

fn no_hall(stage: &mut Stage) {
    let why = Lost::Unreachable("connection refused".into());
    stage.happen(Event::Hall(LinkEvent::Down { since: None, why }));
}

fn sign_in(stage: &mut Stage) {
    stage.hall.colleague(1, "李明");
    stage.hall.colleague(4, "赵敏");
    stage.link_up();
    stage.type_text("0417");
}

fn sign_in_taken(stage: &mut Stage) {
    sign_in(stage);
    stage.happen(Event::ChooseCounter(4));
    stage.press(Command::SignIn);
}

fn free(stage: &mut Stage) {
    stage.link_up();
    stage.sign_in(3, "王芳");
}

fn nobody_waits(stage: &mut Stage) {
    free(stage);
    while stage.hall.leaves() {}
    stage.rows();
}

fn called(stage: &mut Stage) {
    free(stage);
    // The second in line has a class that is favoured, and the longest name of a service.
    stage.press(Command::Primary);
    stage.press(Command::Primary);
    stage.press(Command::Primary);
    stage.pass(Duration::from_secs(74));
    stage.press(Command::Recall);
    stage.pass(Duration::from_secs(20));
}

fn serving(stage: &mut Stage) {
    called(stage);
    stage.press(Command::Primary);
    stage.pass(Duration::from_secs(205));
}

fn refused(stage: &mut Stage) {
    called(stage);
    stage.press(Command::SignOut);
}

fn pause_reasons(stage: &mut Stage) {
    serving(stage);
    stage.press(Command::Pause);
}

fn paused(stage: &mut Stage) {
    free(stage);
    stage.press(Command::Pause);
    stage.key("1");
}

fn stale(stage: &mut Stage) {
    serving(stage);
    stage.link_down(Lost::Silent);
    stage.pass(Duration::from_secs(63));
    stage.press(Command::Primary);
}

fn no_paper(stage: &mut Stage) {
    serving(stage);
    let now_ms = stage.hall_ms();
    stage.hall.printer_fails(2, now_ms);
    stage.rows();
}
