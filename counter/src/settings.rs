//! What the settings file, the command line and the last time say.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use client::{Geometry, Options, Station};
use serde::Deserialize;

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
        let device = self.station.device.as_deref().unwrap_or("counter-1");
        let usual = || {
            Some(
                state_folder()?
                    .join("paihao")
                    .join(format!("{device}.toml")),
            )
        };
        self.counter.memory.clone().or_else(usual)
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

/// Where programs keep what outlives them (XDG Base Directory Specification 0.8).
fn state_folder() -> Option<PathBuf> {
    let folder = |variable| std::env::var_os(variable).map(PathBuf::from);
    let home = || folder("HOME").map(|home| home.join(".local/state"));
    folder("XDG_STATE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(home)
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
