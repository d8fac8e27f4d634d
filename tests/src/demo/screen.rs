//! A program on a display of its own, used as a person uses it.

use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use super::hands::{Key, Keyboard, Mouse, TouchScreen};
use super::process::wait_for;
use super::{Display, Element, Process, Programs, Reader, Role};

/// How long a program may take to show what was asked for.
const SHOW_LIMIT: Duration = Duration::from_secs(30);

/// A person who sees a new page needs at least this long to touch it. The programs count on that: what
/// comes within half a second was meant for the page before (EN 301 549, 5.8).
const EYE_TO_HAND: Duration = Duration::from_millis(650);

/// A program, its display, and the hands on it.
pub struct Screen {
    name: String,
    process: Process,
    display: Display,
    touch_screen: TouchScreen,
    mouse: Mouse,
    keyboard: Keyboard,
}

impl Screen {
    /// Opens a display of this size and starts the program on it.
    ///
    /// # Errors
    /// If one of both does not come up.
    pub fn open(
        name: &str,
        size: (u32, u32),
        programs: &Programs,
        mut command: Command,
        reader: &Reader,
    ) -> Result<Self> {
        let display = Display::open(size.0, size.1)?;
        prepare(&mut command, &display, reader);
        Ok(Self {
            name: name.to_owned(),
            process: programs.launch(name, &mut command)?,
            touch_screen: display.touch_screen()?,
            mouse: display.mouse()?,
            keyboard: display.keyboard()?,
            display,
        })
    }

    /// Ends the program at once, as a power cut does. The display stays.
    ///
    /// # Errors
    /// If it could not be waited for.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    /// Starts a program in the place of the one that was killed.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start_again(
        &mut self,
        programs: &Programs,
        mut command: Command,
        reader: &Reader,
    ) -> Result<()> {
        prepare(&mut command, &self.display, reader);
        self.process = programs.launch(&self.name, &mut command)?;
        Ok(())
    }

    /// What it is called in file names.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its display.
    #[must_use]
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Waits until the page holds something whose label fits.
    ///
    /// # Errors
    /// If it does not come, with what the page holds instead.
    pub fn see(
        &mut self,
        reader: &mut Reader,
        what: &str,
        fits: impl Fn(&Element) -> bool,
    ) -> Result<Element> {
        let mut last = Vec::new();
        let seen = wait_for(&format!("{what} on {}", self.name), SHOW_LIMIT, || {
            last = reader.page(&mut self.process)?;
            Ok(last.iter().find(|element| fits(element)).cloned())
        });
        seen.with_context(|| format!("{} shows: {}", self.name, labels(&last)))
    }

    /// Waits for a button that can be pressed, and touches it.
    ///
    /// # Errors
    /// If it does not come.
    pub fn touch(&mut self, reader: &mut Reader, label: &str) -> Result<()> {
        let (x, y) = self.reach(reader, label)?;
        self.touch_screen.tap(x, y)
    }

    /// Waits for a button that can be pressed, and clicks it with the mouse.
    ///
    /// # Errors
    /// If it does not come.
    pub fn click(&mut self, reader: &mut Reader, label: &str) -> Result<()> {
        let (x, y) = self.reach(reader, label)?;
        self.mouse.click(x, y)
    }

    /// Waits for a button, so that it is known what the key will do, and presses the key instead.
    ///
    /// # Errors
    /// If the button does not come.
    pub fn press(&mut self, reader: &mut Reader, label: &str, key: Key) -> Result<()> {
        self.reach(reader, label)?;
        self.keyboard.press(key)
    }

    /// Waits for a button with this label.
    ///
    /// # Errors
    /// If it does not come.
    pub fn find(&mut self, reader: &mut Reader, label: &str) -> Result<Element> {
        self.see(reader, label, |element| is_button(element, label))
    }

    /// Waits until no button has this label any more: the page that had it is left.
    ///
    /// # Errors
    /// If it stays.
    pub fn lose(&mut self, reader: &mut Reader, label: &str) -> Result<()> {
        let what = format!("“{label}” to go away from {}", self.name);
        wait_for(&what, SHOW_LIMIT, || {
            let page = reader.page(&mut self.process)?;
            let is_there = page.iter().any(|element| is_button(element, label));
            Ok((!is_there).then_some(()))
        })
    }

    fn reach(&mut self, reader: &mut Reader, label: &str) -> Result<(f64, f64)> {
        self.find(reader, label)?;
        thread::sleep(EYE_TO_HAND);
        // Rows may have come meanwhile and moved it.
        let element = self.find(reader, label)?;
        let area = reader.area(&element);
        let area = area.with_context(|| format!("“{label}” went away from {}", self.name))?;
        Ok(area.middle())
    }
}

fn is_button(element: &Element, label: &str) -> bool {
    element.role == Role::BUTTON && element.name == label
}

fn prepare(command: &mut Command, display: &Display, reader: &Reader) {
    reader
        .invite(command)
        .env("DISPLAY", display.name())
        .env_remove("WAYLAND_DISPLAY")
        .arg("--window")
        .arg(format!("{}x{}+0+0", display.width(), display.height()));
}

fn labels(page: &[Element]) -> String {
    let names: Vec<&str> = page
        .iter()
        .map(|element| element.name.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    names.join(" | ")
}
