//! Every page in both languages and all its sizes, held against golden pictures.

mod stage;

use std::time::Duration;

use client::{Language, LinkEvent, Lost, Theme};
use counter::{Command, Event};
use e2e::pictures::Album;
use protocol::{Act, ByeCode};
use slint::ComponentHandle;
use slint::platform::Key;
use ticket::{PrintNews, PrinterState, Trouble};

use stage::Stage;

/// A window of its own, and a panel beside the business software.
const SIZES: [(u32, u32); 2] = [(1280, 800), (420, 800)];

/// How a clerk comes to a page.
type Go = fn(&mut Stage);

/// A page: its name, and how a clerk comes there.
const PAGES: [(&str, Go); 46] = [
    ("connecting", |_| {}),
    ("no-hall", no_hall),
    ("not-paired", not_paired),
    ("revoked", revoked),
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
    ("awaiting", awaiting),
    ("last-in-line", last_in_line),
    ("sent-on", sent_on),
    ("limit-near", limit_near),
    ("limit-over", limit_over),
    ("alarm", alarm),
    ("more", more),
    ("about", about),
    ("outcome", outcome),
    ("hold-reason", hold_reason),
    ("hold-time", hold_time),
    ("put-back", put_back),
    ("transfer", transfer),
    ("transfer-counter", transfer_counter),
    ("handover", handover),
    ("class", class),
    ("call-number", call_number),
    ("call-number-refused", call_number_refused),
    ("serve-without", serve_without),
    ("aside", aside),
    ("missed", missed),
    ("cancel", cancel),
    ("reprint", reprint),
    ("reprint-no-paper", reprint_no_paper),
    ("missing-papers", missing_papers),
    ("missing-papers-free", missing_papers_free),
    ("report", report),
    ("roll-begin", roll_begin),
    ("roll-in-use", roll_in_use),
    ("roll-end", roll_end),
    ("sign-in-pin", sign_in_pin),
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
        ("limit-over", limit_over),
        ("handover", handover),
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

fn not_paired(stage: &mut Stage) {
    let why = Lost::NotPaired;
    stage.happen(Event::Hall(LinkEvent::Down { since: None, why }));
}

fn revoked(stage: &mut Stage) {
    serving(stage);
    stage.link_down(Lost::Refused(ByeCode::Revoked));
    stage.pass(Duration::from_secs(63));
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

fn awaiting(stage: &mut Stage) {
    nobody_waits(stage);
    stage.press(Command::Primary);
}

/// Somebody is being served, and nobody waits.
fn last_in_line(stage: &mut Stage) {
    serving(stage);
    while stage.hall.leaves() {}
    stage.rows();
}

/// A customer whom a colleague sent on, with two more errands, and somebody on hold and missed.
fn sent_on(stage: &mut Stage) {
    let counter = 3;
    free(stage);
    for act in [
        Act::CallNext { counter },
        Act::NoShow { counter },
        Act::CallNext { counter },
        Act::Arrive { counter },
        Act::Hold {
            counter,
            reason: "取证件材料".into(),
            minutes: Some(10),
        },
    ] {
        let now_ms = stage.hall_ms();
        stage.hall.ask(&act, now_ms);
    }
    stage
        .hall
        .is_sent_on("C", &["B", "F"], "材料已核对，只差户主签字。");
    stage.rows();
    stage.key("n");
    stage.type_text("C013");
    stage.key(Key::Return);
    stage.press(Command::Primary);
    stage.pass(Duration::from_secs(205));
    stage.rows();
}

fn limit_near(stage: &mut Stage) {
    serving(stage);
    stage.pass(Duration::from_secs(300));
    stage.rows();
}

fn limit_over(stage: &mut Stage) {
    limit_near(stage);
    stage.pass(Duration::from_secs(200));
    stage.rows();
}

fn alarm(stage: &mut Stage) {
    no_paper(stage);
    let now_ms = stage.hall_ms();
    stage.hall.raises_alarm("B", 20, now_ms);
    stage.rows();
}

/// A way to a page by letters.
fn keys(stage: &mut Stage, keys: &[&str]) {
    for key in keys {
        stage.key(*key);
    }
}

fn more(stage: &mut Stage) {
    sent_on(stage);
    stage.key(Key::F7);
}

fn about(stage: &mut Stage) {
    sent_on(stage);
    keys(stage, &["y"]);
}

fn outcome(stage: &mut Stage) {
    serving(stage);
    keys(stage, &["o"]);
}

fn hold_reason(stage: &mut Stage) {
    serving(stage);
    keys(stage, &["h"]);
}

fn hold_time(stage: &mut Stage) {
    serving(stage);
    keys(stage, &["h", "1"]);
}

fn put_back(stage: &mut Stage) {
    serving(stage);
    keys(stage, &["b"]);
}

fn transfer(stage: &mut Stage) {
    serving(stage);
    keys(stage, &["t"]);
}

fn transfer_counter(stage: &mut Stage) {
    serving(stage);
    stage.hall.colleague(1, "李明");
    stage.hall.colleague(4, "赵敏");
    stage.rows();
    keys(stage, &["t", "2"]);
}

fn handover(stage: &mut Stage) {
    serving(stage);
    keys(stage, &["t", "1", "b"]);
}

fn class(stage: &mut Stage) {
    serving(stage);
    keys(stage, &["c"]);
}

fn call_number(stage: &mut Stage) {
    free(stage);
    keys(stage, &["n"]);
    stage.type_text("A014");
}

fn call_number_refused(stage: &mut Stage) {
    free(stage);
    keys(stage, &["n"]);
    stage.key(Key::Return);
}

fn serve_without(stage: &mut Stage) {
    free(stage);
    keys(stage, &["w"]);
}

fn aside(stage: &mut Stage) {
    sent_on(stage);
    stage.key("k");
}

fn missed(stage: &mut Stage) {
    aside(stage);
    stage.key("2");
}

fn cancel(stage: &mut Stage) {
    sent_on(stage);
    keys(stage, &["x"]);
}

fn reprint(stage: &mut Stage) {
    sent_on(stage);
    keys(stage, &["a"]);
}

/// The printer is out of paper, which also the page under the sheet says.
fn reprint_no_paper(stage: &mut Stage) {
    serving(stage);
    let state = PrinterState::Trouble(Trouble::PaperOut);
    stage.happen(Event::Printer(PrintNews::State(state)));
    keys(stage, &["a", "1"]);
}

fn missing_papers(stage: &mut Stage) {
    serving(stage);
    keys(stage, &["m", "1", "3"]);
}

/// A service for which the hall lists no papers.
fn missing_papers_free(stage: &mut Stage) {
    free(stage);
    keys(stage, &["n"]);
    stage.type_text("D012");
    stage.key(Key::Return);
    keys(stage, &["m"]);
}

fn report(stage: &mut Stage) {
    serving(stage);
    keys(stage, &["d"]);
}

fn roll_begin(stage: &mut Stage) {
    free(stage);
    keys(stage, &["l"]);
    stage.type_text("17");
}

fn roll_in_use(stage: &mut Stage) {
    nobody_waits(stage);
    keys(stage, &["l"]);
    stage.type_text("17");
    stage.key(Key::Return);
    stage.press(Command::Primary);
    stage.press(Command::Primary);
    stage.pass(Duration::from_secs(65));
    let state = PrinterState::Trouble(Trouble::Unreachable);
    stage.happen(Event::Printer(PrintNews::State(state)));
}

fn roll_end(stage: &mut Stage) {
    roll_in_use(stage);
    keys(stage, &["l"]);
}

fn sign_in_pin(stage: &mut Stage) {
    stage.hall.asks_pin("2580");
    sign_in(stage);
    stage.key(Key::Return);
    stage.type_text("1234");
    stage.key(Key::Return);
    stage.type_text("25");
}
