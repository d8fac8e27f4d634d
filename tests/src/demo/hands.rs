//! A customer's finger and a clerk's hands: input that reaches a program as from real devices.
//!
//! The X server's driver `inputtest` takes events over a socket and passes them on as a driver of
//! hardware does, so a program gets XInput 2 touches with all that the server makes of them. XTest
//! has no touches, and a uinput device would need root and reach the whole machine. Keys come by XTest,
//! since the driver's keyboard falls silent at some of the keys that a customer could try.
//!
//! The layout of the messages is that of `xf86-input-inputtest-protocol.h` of the X server, protocol
//! 1.1: native byte order, and C's alignment.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Window};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// A finger on a touch screen.
pub struct TouchScreen {
    device: Device,
    width: u32,
    height: u32,
}

/// A mouse.
pub struct Mouse {
    device: Device,
    width: u32,
    height: u32,
}

/// A keyboard.
pub struct Keyboard {
    server: RustConnection,
    root: Window,
}

/// A key by its place on the keyboard, as X numbers them (Linux's number plus eight).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u8);

impl Key {
    /// The space bar.
    pub const SPACE: Self = Self(65);
    /// Enter.
    pub const RETURN: Self = Self(36);
    /// The fifth function key.
    pub const F5: Self = Self(71);
    /// Control, Alt, Shift and the key with the window on it, at the left.
    pub const MODIFIERS: [Self; 4] = [Self(37), Self(64), Self(50), Self(133)];

    /// Every key that a keyboard can have.
    pub fn all() -> impl Iterator<Item = Self> {
        (8..=255).map(Self)
    }
}

impl TouchScreen {
    pub(super) fn new(device: Device, width: u32, height: u32) -> Self {
        Self {
            device,
            width,
            height,
        }
    }

    /// Touches at a point, in pixels from the upper left corner, and lifts the finger.
    ///
    /// # Errors
    /// If the server is gone.
    pub fn tap(&mut self, x: f64, y: f64) -> Result<()> {
        self.gesture(&[[(x, y), (x, y)]])
    }

    /// Puts as many fingers down as there are ways, moves each from the beginning of its way to its end, and
    /// lifts them: two fingers pinch, three or four swipe. Places are in pixels from the upper left corner.
    ///
    /// # Errors
    /// If the server is gone.
    pub fn gesture(&mut self, ways: &[[(f64, f64); 2]]) -> Result<()> {
        const STEPS: u32 = 10;
        self.touch(TOUCH_BEGIN, ways, 0.0)?;
        // A finger that stays where it is sends nothing on its way.
        if ways.iter().any(|[from, to]| from != to) {
            for step in 1..STEPS {
                self.touch(TOUCH_UPDATE, ways, f64::from(step) / f64::from(STEPS))?;
            }
        }
        self.touch(TOUCH_END, ways, 1.0)
    }

    /// Every finger at one part of its way, from 0 to 1.
    fn touch(&mut self, phase: u32, ways: &[[(f64, f64); 2]], part: f64) -> Result<()> {
        for (finger, [from, to]) in (1u32..).zip(ways) {
            let along = |from: f64, to: f64| from + (to - from) * part;
            let (x, y) = (along(from.0, to.0), along(from.1, to.1));
            let at = axes(x, y, self.width, self.height);
            let body = [&finger.to_ne_bytes(), &phase.to_ne_bytes(), &at[..]].concat();
            self.device.send(EVENT_TOUCH, &body)?;
        }
        Ok(())
    }
}

impl Mouse {
    pub(super) fn new(device: Device, width: u32, height: u32) -> Self {
        Self {
            device,
            width,
            height,
        }
    }

    /// Moves to a point, in pixels from the upper left corner, and clicks the left button.
    ///
    /// # Errors
    /// If the server is gone.
    pub fn click(&mut self, x: f64, y: f64) -> Result<()> {
        let at = axes(x, y, self.width, self.height);
        let moved = [&ABSOLUTE.to_ne_bytes()[..], &[0; 4], &at].concat();
        self.device.send(EVENT_MOTION, &moved)?;
        self.button(1, &at)?;
        self.button(0, &at)
    }

    fn button(&mut self, pressed: u32, at: &[u8]) -> Result<()> {
        const LEFT: u32 = 1;
        let body = [
            &ABSOLUTE.to_ne_bytes()[..],
            &LEFT.to_ne_bytes(),
            &pressed.to_ne_bytes(),
            &[0; 4],
            at,
        ]
        .concat();
        self.device.send(EVENT_BUTTON, &body)
    }
}

impl Keyboard {
    pub(super) fn new(server: RustConnection) -> Self {
        let root = server.setup().roots[0].root;
        Self { server, root }
    }

    /// Presses a key and lets it go.
    ///
    /// # Errors
    /// If the server is gone.
    pub fn press(&mut self, key: Key) -> Result<()> {
        self.chord(&[], key)
    }

    /// Presses a key while others are held, as Alt is for Alt+F4.
    ///
    /// # Errors
    /// If the server is gone.
    pub fn chord(&mut self, held: &[Key], key: Key) -> Result<()> {
        for &key in held {
            self.turn(KEY_PRESS_EVENT, key)?;
        }
        self.turn(KEY_PRESS_EVENT, key)?;
        self.turn(KEY_RELEASE_EVENT, key)?;
        for &key in held.iter().rev() {
            self.turn(KEY_RELEASE_EVENT, key)?;
        }
        // An answer means that the server has dealt with what came before.
        self.server.get_input_focus()?.reply()?;
        Ok(())
    }

    fn turn(&self, kind: u8, key: Key) -> Result<()> {
        let sent = self
            .server
            .xtest_fake_input(kind, key.0, CURRENT_TIME, self.root, 0, 0, 0)?;
        sent.check()?;
        Ok(())
    }
}

const EVENT_CLIENT_VERSION: u32 = 0;
const EVENT_WAIT_FOR_SYNC: u32 = 1;
const EVENT_MOTION: u32 = 2;
const EVENT_BUTTON: u32 = 4;
const EVENT_TOUCH: u32 = 6;

const RESPONSE_SERVER_VERSION: u32 = 0;
const RESPONSE_SYNC_FINISHED: u32 = 1;

/// `XI_TouchBegin`, `XI_TouchUpdate` and `XI_TouchEnd` of XInput 2.2.
const TOUCH_BEGIN: u32 = 18;
const TOUCH_UPDATE: u32 = 19;
const TOUCH_END: u32 = 20;

const ABSOLUTE: u32 = 1;

/// An axis of the driver's screens and tablets ends here.
const AXIS_MAX: f64 = 65535.0;

/// A message holds room for so many axes.
const AXES: usize = 64;

/// The way to one input device. It stays open as long as the display is used: the driver of
/// X server 21.1 spins when its other end closes.
pub(super) struct Device {
    socket: UnixStream,
}

impl Device {
    pub(super) fn connect(path: &Path) -> Result<Self> {
        let socket = UnixStream::connect(path)
            .with_context(|| format!("reach the input device {}", path.display()))?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut device = Self { socket };
        let version = [1u16.to_ne_bytes(), 1u16.to_ne_bytes()].concat();
        device.write(EVENT_CLIENT_VERSION, &version)?;
        device.expect(RESPONSE_SERVER_VERSION, 4)?;
        Ok(device)
    }

    /// Sends an event and waits until the server has passed it on.
    fn send(&mut self, kind: u32, body: &[u8]) -> Result<()> {
        self.write(kind, body)?;
        self.write(EVENT_WAIT_FOR_SYNC, &[])?;
        self.expect(RESPONSE_SYNC_FINISHED, 0)
    }

    fn write(&mut self, kind: u32, body: &[u8]) -> Result<()> {
        let length = u32::try_from(8 + body.len())?;
        let message = [&length.to_ne_bytes(), &kind.to_ne_bytes(), body].concat();
        self.socket
            .write_all(&message)
            .context("send to the input device")
    }

    fn expect(&mut self, kind: u32, body: usize) -> Result<()> {
        let mut answer = vec![0; 8 + body];
        self.socket
            .read_exact(&mut answer)
            .context("hear from the input device")?;
        ensure!(
            answer[4..8] == kind.to_ne_bytes(),
            "the input device answered {answer:?}"
        );
        Ok(())
    }
}

/// The axes of an event: a place on the screen. Begins on a multiple of eight bytes.
fn axes(x: f64, y: f64, width: u32, height: u32) -> Vec<u8> {
    let no_acceleration = 0u32.to_ne_bytes();
    let first_two = [3, 0, 0, 0, 0, 0, 0, 0];
    let padding = [0; 4];
    let mut values = [0.0f64; 2 * AXES];
    values[0] = x * AXIS_MAX / f64::from(width);
    values[1] = y * AXIS_MAX / f64::from(height);
    let mut bytes = [&no_acceleration[..], &first_two, &padding].concat();
    bytes.extend(values.iter().flat_map(|value| value.to_ne_bytes()));
    bytes
}
