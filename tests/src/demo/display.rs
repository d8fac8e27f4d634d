//! A display that exists in memory alone: an X server with a touch screen, a mouse and a keyboard.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt, EventMask, ImageFormat, InputFocus, Window,
};
use x11rb::rust_connection::RustConnection;

use super::hands::{Device, Keyboard, Mouse, TouchScreen};
use super::process::terminate;
use crate::pictures::Picture;

/// Where Debian and Ubuntu keep the X server itself. `/usr/bin/Xorg` may be a wrapper that wants a console.
const SERVER: &str = "/usr/lib/xorg/Xorg";

/// One screen of one program. Each program has a display of its own, so that no window manager
/// is needed and each picture shows one program whole.
pub struct Display {
    server: Child,
    number: u32,
    width: u32,
    height: u32,
    folder: tempfile::TempDir,
    eyes: RustConnection,
}

impl Display {
    /// Starts a server with a screen of this size, in pixels. It takes a free display number by itself.
    ///
    /// # Errors
    /// If the server is not installed or does not come up.
    pub fn open(width: u32, height: u32) -> Result<Self> {
        // A path of a socket may have 107 bytes, and a checkout may lie deep: so not under target/.
        let folder = tempfile::Builder::new()
            .prefix("paihao-display-")
            .tempdir()?;
        fs::write(
            folder.path().join("xorg.conf"),
            settings(width, height, folder.path()),
        )?;
        let mut server = spawn(folder.path())?;
        let number = match first_line(&mut server) {
            Ok(number) => number,
            Err(error) => {
                server.kill()?;
                server.wait()?;
                let log = fs::read_to_string(folder.path().join("xorg.log")).unwrap_or_default();
                bail!(
                    "the virtual display did not start: {error:#}\n{}",
                    faults(&log)
                );
            }
        };
        Ok(Self {
            eyes: connect(number)?,
            server,
            number,
            width,
            height,
            folder,
        })
    }

    /// What a program's DISPLAY must be to open its window here.
    #[must_use]
    pub fn name(&self) -> String {
        format!(":{}", self.number)
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// A finger for the touch screen. There is one at a time.
    ///
    /// # Errors
    /// If the server does not answer.
    pub fn touch_screen(&self) -> Result<TouchScreen> {
        Ok(TouchScreen::new(
            self.device("touch")?,
            self.width,
            self.height,
        ))
    }

    /// A hand for the mouse. There is one at a time.
    ///
    /// # Errors
    /// If the server does not answer.
    pub fn mouse(&self) -> Result<Mouse> {
        Ok(Mouse::new(self.device("mouse")?, self.width, self.height))
    }

    /// Hands for the keyboard.
    ///
    /// # Errors
    /// If the server does not answer.
    pub fn keyboard(&self) -> Result<Keyboard> {
        Ok(Keyboard::new(connect(self.number)?))
    }

    /// What the screen shows now.
    ///
    /// # Errors
    /// If the server does not answer.
    pub fn picture(&self) -> Result<Picture> {
        let root = self.eyes.setup().roots[0].root;
        let (width, height) = (u16::try_from(self.width)?, u16::try_from(self.height)?);
        let image = self
            .eyes
            .get_image(ImageFormat::Z_PIXMAP, root, 0, 0, width, height, !0)?
            .reply()?;
        let mut pixels = image.data;
        ensure!(
            pixels.len() == 4 * self.width as usize * self.height as usize,
            "the display sent {} bytes for {width} x {height} pixels",
            pixels.len()
        );
        // The server sends blue, green, red and a spare byte.
        for pixel in pixels.as_chunks_mut::<4>().0 {
            pixel.swap(0, 2);
        }
        Ok(Picture::from_rgba(self.width, self.height, &pixels))
    }

    /// Gives the newest window the keyboard, as a window manager does when it opens.
    ///
    /// # Errors
    /// If the display has no window.
    pub fn focus(&self) -> Result<()> {
        self.eyes
            .set_input_focus(
                InputFocus::PARENT,
                self.newest_window()?,
                x11rb::CURRENT_TIME,
            )?
            .check()?;
        Ok(())
    }

    /// Asks the newest window to close, as a window manager does at Alt+F4 or at its close button (ICCCM 4.2.8.1).
    ///
    /// # Errors
    /// If the display has no window.
    pub fn ask_to_close(&self) -> Result<()> {
        let atom = |name: &[u8]| anyhow::Ok(self.eyes.intern_atom(false, name)?.reply()?.atom);
        let (protocols, close) = (atom(b"WM_PROTOCOLS")?, atom(b"WM_DELETE_WINDOW")?);
        let window = self.newest_window()?;
        let asked = ClientMessageEvent::new(32, window, protocols, [close, 0, 0, 0, 0]);
        self.eyes
            .send_event(false, window, EventMask::NO_EVENT, asked)?
            .check()?;
        Ok(())
    }

    fn newest_window(&self) -> Result<Window> {
        let root = self.eyes.setup().roots[0].root;
        let windows = self.eyes.query_tree(root)?.reply()?.children;
        windows.last().copied().context("the display has no window")
    }

    fn device(&self, name: &str) -> Result<Device> {
        Device::connect(&socket(self.folder.path(), name))
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Asked to end, the server takes its lock file and sockets away.
        if terminate(self.server.id()).is_err() {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

fn connect(number: u32) -> Result<RustConnection> {
    let (connection, _) =
        x11rb::connect(Some(&format!(":{number}"))).context("connect to the virtual display")?;
    Ok(connection)
}

fn spawn(folder: &Path) -> Result<Child> {
    Command::new(SERVER)
        .arg("-config")
        .arg(folder.join("xorg.conf"))
        .arg("-logfile")
        .arg(folder.join("xorg.log"))
        .args(["-noreset", "-nolisten", "tcp", "-displayfd", "1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("start {SERVER} (package xserver-xorg-core)"))
}

/// The server writes its display number when it is ready.
fn first_line(server: &mut Child) -> Result<u32> {
    let output = server
        .stdout
        .take()
        .context("the server's output is piped")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    line.trim().parse().context("it named no display number")
}

fn faults(log: &str) -> String {
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("(EE)")).collect();
    lines.join("\n")
}

fn socket(folder: &Path, device: &str) -> PathBuf {
    folder.join(format!("{device}.socket"))
}

/// The server's settings: a card that is only memory, and the input devices of the driver that
/// the X server's own tests use. No real device is looked for, so that the demo cannot take
/// somebody's mouse away.
fn settings(width: u32, height: u32, folder: &Path) -> String {
    let device = |name: &str, kind: &str| {
        format!(
            "Section \"InputDevice\"\n  Identifier \"{name}\"\n  Driver \"inputtest\"\n  \
             Option \"DeviceType\" \"{kind}\"\n  Option \"SocketPath\" \"{}\"\nEndSection\n",
            socket(folder, name).display()
        )
    };
    let devices = [
        device("touch", "Touch"),
        device("mouse", "PointerAbsolute"),
        device("keyboard", "Keyboard"),
    ]
    .concat();
    let video_kib = width * height * 4 / 1024 + 1024;
    format!(
        r#"{devices}
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
  Option "BlankTime" "0"
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam {video_kib}
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 1-1000
  VertRefresh 1-1000
  {mode}
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "only"
    Virtual {width} {height}
  EndSubSection
EndSection
Section "ServerLayout"
  Identifier "layout"
  Screen "screen"
  InputDevice "mouse" "CorePointer"
  InputDevice "keyboard" "CoreKeyboard"
  InputDevice "touch" "SendCoreEvents"
EndSection
"#,
        mode = mode(width, height)
    )
}

/// A mode of this size at 30 Hz: at 3840 x 2160 still below the 300 MHz that the card allows.
fn mode(width: u32, height: u32) -> String {
    let (total_width, total_height) = (width + 80, height + 40);
    let mhz = f64::from(total_width * total_height) * 30.0 / 1e6;
    format!(
        "Modeline \"only\" {mhz:.2} {width} {} {} {total_width} {height} {} {} {total_height}",
        width + 16,
        width + 48,
        height + 8,
        height + 16
    )
}
