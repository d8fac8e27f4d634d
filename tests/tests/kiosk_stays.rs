//! The real kiosk on a real X server: no key, chord, gesture or close button takes it off the screen.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use e2e::demo::hands::Key;
use e2e::demo::{Display, Process, programs_folder, wait_for};

const WIDTH: u32 = 540;
const HEIGHT: u32 = 960;

/// How long a kiosk may take until it shows something.
const SHOW_LIMIT: Duration = Duration::from_secs(120);

#[test]
fn whatever_a_customer_presses_the_kiosk_stays() {
    let logs = tempfile::tempdir().unwrap();
    let display = Display::open(WIDTH, HEIGHT).unwrap();
    let bare = display.picture().unwrap();
    let mut kiosk = start(&display, logs.path());
    wait_for("the kiosk's first page", SHOW_LIMIT, || {
        kiosk.still_runs()?;
        Ok((display.picture()? != bare).then_some(()))
    })
    .unwrap();
    display.focus().unwrap();

    let mut keyboard = display.keyboard().unwrap();
    for held in held() {
        for key in Key::all() {
            keyboard.chord(&held, key).unwrap();
        }
        kiosk.still_runs().unwrap();
    }
    for _ in 0..3 {
        display.ask_to_close().unwrap();
    }
    let mut fingers = display.touch_screen().unwrap();
    let (right, middle, foot) = (f64::from(WIDTH) - 1.0, 270.0, f64::from(HEIGHT) - 1.0);
    let pinch = [
        [(20.0, 20.0), (250.0, 460.0)],
        [(500.0, 900.0), (290.0, 480.0)],
    ];
    let swipe = [100.0, 200.0, 300.0, 400.0].map(|x| [(x, foot), (x, 10.0)]);
    let from_edges = [
        [[(0.0, 400.0), (300.0, 400.0)]],
        [[(right, 400.0), (200.0, 400.0)]],
        [[(middle, 0.0), (middle, 500.0)]],
        [[(middle, foot), (middle, 300.0)]],
    ];
    fingers.gesture(&pinch).unwrap();
    fingers.gesture(&swipe).unwrap();
    for way in &from_edges {
        fingers.gesture(way).unwrap();
    }

    // What it was asked is done when a later touch has been seen to do something.
    let before = display.picture().unwrap();
    wait_for("an answer to a touch", SHOW_LIMIT, || {
        kiosk.still_runs()?;
        fingers.tap(middle, 480.0)?;
        let now = display.picture()?;
        Ok((now != bare && now != before).then_some(()))
    })
    .unwrap();
    kiosk.end().unwrap();
}

/// Nothing held, each modifier, and the pairs of them that shortcuts are made of.
fn held() -> Vec<Vec<Key>> {
    let [control, alt, shift, window] = Key::MODIFIERS;
    let mut all = vec![
        Vec::new(),
        vec![control, alt],
        vec![alt, shift],
        vec![control, shift],
    ];
    all.extend([control, alt, shift, window].map(|key| vec![key]));
    all
}

fn start(display: &Display, logs: &Path) -> Process {
    let mut kiosk = Command::new(
        programs_folder()
            .expect("the programs are built")
            .join("kiosk"),
    );
    kiosk
        .args(["--mock", "--window", &format!("{WIDTH}x{HEIGHT}+0+0")])
        .env("DISPLAY", display.name())
        .env_remove("WAYLAND_DISPLAY");
    Process::start("kiosk", &mut kiosk, logs).expect("the kiosk was built")
}
