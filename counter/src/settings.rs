//! What the settings file, the command line and the last time say.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use client::{Geometry, Options, Station};
use serde::Deserialize;
use ticket::{PrinterSettings, Profile, ProfileError};

use crate::{Beginning, Memory};

/// The window of a clerk who says nothing else: it fits a small office screen.
const USUAL_WINDOW: Geometry = Geometry {
    width: 1280,
    height: 800,
    corner: None,
};

/// The counter's settings file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where this program stands.
    pub station: Station,
    /// What only a counter has.
    pub counter: CounterSettings,
    /// The printer of this counter, if it has one.
    pub printer: PrinterPart,
}

/// The table `[printer]`. Without an address nothing is printed here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrinterPart {
    /// `HOST:9100`, `usb:04b8:0e15`, `/dev/usb/lp0`, `serial:/dev/ttyS0@115200` or `file:/tmp/slips.bin`.
    pub address: Option<String>,
    /// Its model: the name of a profile or a profile file. Absent: an 80 mm printer with a Chinese font.
    pub profile: Option<String>,
    /// The font file for printers without a Chinese font; absent: Noto Sans CJK where systems keep it.
    pub font: Option<PathBuf>,
    /// Where the print jobs are kept. Absent: in the user's state folder.
    pub jobs: Option<PathBuf>,
}

impl PrinterPart {
    /// What the printer's thread needs. `None`: there is no printer.
    ///
    /// # Errors
    /// If there is no such profile, or it has a mistake.
    pub fn printer(&self) -> Result<Option<PrinterSettings>, ProfileError> {
        let Some(address) = self.address.clone() else {
            return Ok(None);
        };
        let settings = match &self.profile {
            Some(name) => PrinterSettings::of_model(address, &Profile::named(name)?),
            None => PrinterSettings::network(address),
        };
        let font = self.font.clone();
        Ok(Some(PrinterSettings { font, ..settings }))
    }
}

/// The table `[counter]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CounterSettings {
    /// The counter that is chosen at first, where this machine has not signed in before.
    pub number: Option<u16>,
    /// Whether the window stays over the others, as a panel beside the business software.
    pub on_top: bool,
    /// Where the last sign-in is remembered. Absent: in the user's state folder.
    pub memory: Option<PathBuf>,
}

/// The command line.
#[derive(Clone, Debug, Default, clap::Parser)]
#[command(version, about = "The clerk's program: calls the next number")]
pub struct CommandLine {
    /// What every program takes.
    #[command(flatten)]
    pub options: Options,
    /// Work with a pretended hall, to look around and to learn
    #[arg(long)]
    pub mock: bool,
    /// Choose this counter at first
    #[arg(long, value_name = "NUMBER")]
    pub counter: Option<u16>,
    /// Type this clerk's name at first
    #[arg(long, value_name = "NAME")]
    pub clerk: Option<String>,
    /// Keep the window over the others
    #[arg(long)]
    pub on_top: bool,
    /// The printer, such as 192.168.1.20:9100, usb:04b8:0e15 or /dev/usb/lp0
    #[arg(long, value_name = "ADDRESS")]
    pub printer: Option<String>,
    /// The printer's model: the name of a profile, or a file
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Keep the print jobs in this file
    #[arg(long, value_name = "FILE")]
    pub jobs: Option<PathBuf>,
    /// Remember the last sign-in in this file
    #[arg(long, value_name = "FILE")]
    pub memory: Option<PathBuf>,
}

impl CommandLine {
    /// Puts the options that were given over the settings.
    pub fn over(&self, settings: &mut Settings) {
        self.options.over(&mut settings.station);
        let own = &mut settings.counter;
        own.number = self.counter.or(own.number);
        own.on_top |= self.on_top;
        own.memory = self.memory.clone().or(own.memory.take());
        let printer = &mut settings.printer;
        printer.address = self.printer.clone().or(printer.address.take());
        printer.profile = self.profile.clone().or(printer.profile.take());
        printer.jobs = self.jobs.clone().or(printer.jobs.take());
    }
}

impl Settings {
    /// Where and how large the window is.
    #[must_use]
    pub fn window(&self) -> Geometry {
        self.station.window.unwrap_or(USUAL_WINDOW)
    }

    /// The file of the last sign-in. `None` where a user has no folder of their own.
    #[must_use]
    pub fn memory_file(&self) -> Option<PathBuf> {
        let usual = || self.kept("toml");
        self.counter.memory.clone().or_else(usual)
    }

    /// The file of the print jobs. `None` where a user has no folder of their own.
    #[must_use]
    pub fn jobs_file(&self) -> Option<PathBuf> {
        let usual = || self.kept("jobs");
        self.printer.jobs.clone().or_else(usual)
    }

    fn kept(&self, ending: &str) -> Option<PathBuf> {
        let device = self.station.device.as_deref().unwrap_or("counter-1");
        let name = format!("{device}.{ending}");
        Some(client::state_folder()?.join(name))
    }

    /// What the program begins with. What the command line says goes before what is remembered,
    /// and that before the settings.
    #[must_use]
    pub fn beginning(&self, line: &CommandLine, memory: Memory) -> Beginning {
        Beginning {
            hall: self.station.hall.to_string(),
            language: self.station.language,
            theme: self.station.theme,
            counter: line.counter.or(memory.counter).or(self.counter.number),
            clerk: line.clerk.clone().unwrap_or(memory.clerk),
            printer: self.printer.address.is_some(),
        }
    }
}

impl Memory {
    /// Reads what was remembered. Where there is nothing, or it cannot be understood, nothing is.
    #[must_use]
    pub fn read(file: &Path) -> Self {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::default(),
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "the last sign-in cannot be read");
                return Self::default();
            }
        };
        toml::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(file = %file.display(), %error, "the last sign-in makes no sense");
            Self::default()
        })
    }

    /// Writes it down, and makes the folder for it.
    ///
    /// # Errors
    /// If the folder or the file cannot be written.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settings_file_may_say_everything_or_nothing() {
        let full = "[station]\nhall = \"ws://hall:7410\"\nlanguage = \"en\"\ntheme = \"high-contrast\"\n\
                    window = \"420x800+1500+0\"\n[counter]\nnumber = 3\non_top = true\nmemory = \"/tmp/x.toml\"\n";
        let settings: Settings = toml::from_str(full).unwrap();
        assert_eq!(settings.counter.number, Some(3));
        assert_eq!(settings.window().to_string(), "420x800+1500+0");
        assert_eq!(Settings::default().window().to_string(), "1280x800");
    }

    #[test]
    fn the_command_line_goes_before_memory_and_memory_before_settings() {
        let settings = Settings {
            counter: CounterSettings {
                number: Some(1),
                ..CounterSettings::default()
            },
            ..Settings::default()
        };
        let memory = Memory {
            counter: Some(2),
            clerk: "王芳".into(),
        };
        let line = CommandLine {
            counter: Some(3),
            ..CommandLine::default()
        };
        let none = CommandLine::default();
        let chosen = |line, memory| settings.beginning(line, memory).counter;
        assert_eq!(chosen(&line, memory.clone()), Some(3));
        assert_eq!(chosen(&none, memory.clone()), Some(2));
        assert_eq!(chosen(&none, Memory::default()), Some(1));
        assert_eq!(settings.beginning(&none, memory).clerk, "王芳");
    }

    #[test]
    fn a_printer_is_named_with_its_model() {
        let file = "printer = { address = '10.0.0.9:9100', profile = 'nt-5890k' }";
        let settings: Settings = toml::from_str(file).unwrap();
        let printer = settings.printer.printer().unwrap().unwrap();
        assert_eq!(
            (printer.address.as_str(), printer.dots),
            ("10.0.0.9:9100", 384)
        );
        let none = Settings::default();
        assert_eq!(none.printer.printer().unwrap(), None);
        assert!(
            !none
                .beginning(&CommandLine::default(), Memory::default())
                .printer
        );
        let wrong: Settings = toml::from_str(&file.replace("nt-5890k", "lp")).unwrap();
        let said = wrong.printer.printer().unwrap_err().to_string();
        assert!(said.contains("generic-80"), "{said}");
    }

    #[test]
    fn memory_comes_back_and_nonsense_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/counter-1.toml");
        assert_eq!(Memory::read(&file), Memory::default());
        let memory = Memory {
            counter: Some(4),
            clerk: "Li \"Ming\"".into(),
        };
        memory.write(&file).unwrap();
        assert_eq!(Memory::read(&file), memory);
        fs::write(&file, "counter = \"four\"").unwrap();
        assert_eq!(Memory::read(&file), Memory::default());
    }
}
