use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// Largest settings file that is read, in bytes: a hundred times what a program has to set.
const MAX_BYTES: u64 = 256 * 1024;

/// Reads a program's settings. Without a file every setting has its default.
///
/// # Errors
/// When the file cannot be read or has a mistake; the message says where, and what to write.
pub fn read_settings<T>(file: Option<&Path>) -> Result<T, SettingsError>
where
    T: DeserializeOwned + Default,
{
    let Some(file) = file else {
        return Ok(T::default());
    };
    let text = read(file).map_err(|error| SettingsError::Unreadable {
        file: file.to_owned(),
        error,
    })?;
    toml::from_str(&text).map_err(|error| mistake(file, &text, &error))
}

/// Why a program has no settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file could not be read.
    #[error("cannot read the settings file {}: {error}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file has a mistake.
    #[error("{}:{line}:{column}: {message}\n    {text}", file.display())]
    Mistake {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1, in characters.
        column: usize,
        /// What is wrong and what to write in its place.
        message: String,
        /// The line itself.
        text: String,
    },
}

fn read(file: &Path) -> io::Result<String> {
    if std::fs::metadata(file)?.len() > MAX_BYTES {
        let message = format!("it is larger than {MAX_BYTES} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    std::fs::read_to_string(file)
}

fn mistake(file: &Path, text: &str, error: &toml::de::Error) -> SettingsError {
    let Range { start, .. } = error.span().unwrap_or_default();
    let before = text.get(..start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    SettingsError::Mistake {
        file: file.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        message: with_mend(error.message()),
        text: line.to_owned(),
    }
}

/// Adds the likeliest name to a message of the kind "unknown field `dveice`, expected one of `device`, `hall`".
fn with_mend(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let mend = match (message.starts_with("unknown "), names.next()) {
        (true, Some(written)) => names.min_by_key(|name| distance(written, name)),
        _ => None,
    };
    match mend {
        Some(name) => format!("{message}; perhaps `{name}` is meant"),
        None => message.to_owned(),
    }
}

/// Levenshtein's distance: how many letters must be changed, added or left out.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, &other_letter) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != other_letter);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Station};
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Settings {
        station: Station,
        copies: u8,
    }

    fn settings(text: &str) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kiosk.toml");
        std::fs::write(&file, text).unwrap();
        read_settings(Some(&file))
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        let read = settings("[station]\nlanguage = 'en'\nwindow = '5x6'\n").unwrap();
        assert_eq!(read.station.language, Language::En);
        assert_eq!(read.station.hall.port(), protocol::DEFAULT_PORT);
        assert_eq!(read.station.window, "5x6".parse().ok());
        assert_eq!(read_settings::<Settings>(None).unwrap().copies, 0);
    }

    #[test]
    fn a_mistake_names_file_line_column_and_mend() {
        for (text, place, part) in [
            (
                "[station]\ndveice = 'k'",
                "kiosk.toml:2:1:",
                "perhaps `device`",
            ),
            ("[station]\nlanguage = 'eng'", ":2:12:", "perhaps `en`"),
            (
                "# 综合\n[station]\nhall = 'http://h'",
                ":3:8:",
                "wss://HOST:PORT",
            ),
            ("[station]\nwindow = 'wide'", ":2:10:", "1080x1920"),
            ("copies = 'two'", ":1:10:", "expected u8"),
            ("copies = 1\ncopies = 2", ":2:1:", "duplicate key"),
            ("copies 1", ":1:8:", "="),
        ] {
            let mistake = settings(text).unwrap_err().to_string();
            assert!(
                mistake.contains(place) && mistake.contains(part),
                "{text}: {mistake}"
            );
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read_settings::<Settings>(Some(Path::new("/nowhere/kiosk.toml"))).unwrap_err();
        assert!(error.to_string().contains("/nowhere/kiosk.toml"));
    }
}
