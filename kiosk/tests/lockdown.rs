//! A customer who tries every key, every gesture and the window's own buttons is still in front of a
//! kiosk, and the next one finds it as it was.

#[allow(dead_code)]
mod stage;

use std::time::Duration;

use kiosk::event::{Effect, Touch};
use protocol::Act;
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, SharedString};
use stage::{CHINESE, Screen, Stage, UPRIGHT, WIDE};

/// Things tried by one customer.
const TRIES: usize = 3_000;

/// After so long with nobody there, every kiosk stands at its start.
const NOBODY: Duration = Duration::from_secs(180);

#[test]
fn no_key_gesture_or_close_button_leaves_the_kiosk() {
    let mut told = 0;
    for (screen, seed) in [(UPRIGHT, 1), (UPRIGHT, 2), (WIDE, 3), (WIDE, 4)] {
        let mut customer = Customer {
            chance: seed,
            held: Vec::new(),
        };
        let mut stage = Stage::open(screen, CHINESE);
        for _ in 0..TRIES {
            customer.try_something(&stage, screen);
            let window = stage.main().window();
            assert!(window.is_visible(), "seed {seed}: the window is gone");
            told += stage.effects().iter().filter(|it| is_known(it)).count();
        }
        customer.leave(&stage);
        // Numbers that were taken meanwhile are answered and shown before the page goes back.
        stage.answer();
        stage.wait(NOBODY);
        assert!(stage.says("请选择要办理的业务"), "{:?}", stage.labels());
        stage.touch(Touch::Service("A".into()));
        assert!(
            stage.button("取号").is_some(),
            "seed {seed}: no next customer"
        );
    }
    assert!(
        told > 0,
        "nobody even took a number: the tries miss the screen"
    );
}

#[test]
fn a_window_manager_may_ask_and_the_window_stays() {
    let stage = Stage::open(WIDE, CHINESE);
    let window = stage.main().window();
    for _ in 0..3 {
        window.dispatch_event(WindowEvent::CloseRequested);
        assert!(window.is_visible());
    }
    assert!(stage.says("请选择要办理的业务"));
}

/// A kiosk asks the hall for numbers, prints and reports, and nothing else, whatever is pressed.
fn is_known(effect: &Effect) -> bool {
    match effect {
        Effect::Ask { act, .. } => {
            let usual = matches!(
                act,
                Act::Take { .. }
                    | Act::Return { .. }
                    | Act::CheckIn { .. }
                    | Act::Printed { .. }
                    | Act::NotPrinted { .. }
                    | Act::Void { .. }
            );
            assert!(usual, "{act:?}");
            true
        }
        Effect::Print { .. } | Effect::Told { .. } => true,
    }
}

struct Customer {
    chance: u64,
    /// Keys that are still pressed: Alt before F4, Control before Q.
    held: Vec<SharedString>,
}

impl Customer {
    fn try_something(&mut self, stage: &Stage, screen: Screen) {
        let window = stage.main().window();
        let event = match self.below(12) {
            0 => WindowEvent::CloseRequested,
            1..=3 => self.press_key(),
            4 => match self.held.pop() {
                Some(text) => WindowEvent::KeyReleased { text },
                None => WindowEvent::PointerExited,
            },
            5..=6 => {
                let position = self.place(screen);
                let button = self.button();
                WindowEvent::PointerPressed { position, button }
            }
            7..=8 => {
                let position = self.place(screen);
                let button = self.button();
                WindowEvent::PointerReleased { position, button }
            }
            9 => WindowEvent::PointerMoved {
                position: self.place(screen),
            },
            10 => WindowEvent::PointerScrolled {
                position: self.place(screen),
                delta_x: self.below(400) as f32 - 200.0,
                delta_y: self.below(400) as f32 - 200.0,
            },
            // A long press, or a pause.
            _ => {
                let tenths = self.below(30) as u64;
                return stage.wait(Duration::from_millis(100 * tenths));
            }
        };
        window.dispatch_event(event);
    }

    fn leave(&mut self, stage: &Stage) {
        let window = stage.main().window();
        for text in self.held.drain(..) {
            window.dispatch_event(WindowEvent::KeyReleased { text });
        }
        window.dispatch_event(WindowEvent::PointerExited);
    }

    /// Any sign, any key with a name, and the modifiers more often, for they make shortcuts.
    fn press_key(&mut self) -> WindowEvent {
        let code = match self.below(4) {
            0 => 0x10 + self.below(9) as u32,
            1 => 0x08 + self.below(0x78) as u32,
            _ => 0xf700 + self.below(0x50) as u32,
        };
        let text: SharedString = char::from_u32(code).unwrap_or('q').into();
        self.held.push(text.clone());
        WindowEvent::KeyPressed { text }
    }

    fn place(&mut self, screen: Screen) -> LogicalPosition {
        let x = self.below(screen.width as usize) as f32;
        let y = self.below(screen.height as usize) as f32;
        LogicalPosition::new(x, y)
    }

    fn button(&mut self) -> PointerEventButton {
        match self.below(6) {
            0 => PointerEventButton::Right,
            1 => PointerEventButton::Middle,
            _ => PointerEventButton::Left,
        }
    }

    /// Xorshift64 (Marsaglia 2003).
    fn below(&mut self, end: usize) -> usize {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        (self.chance % end as u64) as usize
    }
}
