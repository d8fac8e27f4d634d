//! A mistake in the settings: file, line, column, what is wrong, and the mend.

use std::fmt;
use std::io;
use std::ops::Range;

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {reason}. Name the file that holds the hall's settings.")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: io::Error,
    },
    /// There are mistakes in it.
    #[error("{}", list(.0))]
    Mistakes(Vec<Mistake>),
}

/// A mistake and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// What is wrong, and the mend.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file, self.line, self.column, self.what
        )
    }
}

/// A mistake at a place in the text.
pub(super) struct Fault {
    pub(super) span: Range<usize>,
    pub(super) what: String,
}

pub(super) fn from_toml(file: &str, text: &str, error: &toml::de::Error) -> SettingsError {
    let span = error.span().unwrap_or(0..0);
    let what = error.message().replace('\n', " ");
    SettingsError::Mistakes(vec![place(file, text, Fault { span, what })])
}

pub(super) fn from_faults(file: &str, text: &str, faults: Vec<Fault>) -> SettingsError {
    SettingsError::Mistakes(
        faults
            .into_iter()
            .map(|fault| place(file, text, fault))
            .collect(),
    )
}

fn place(file: &str, text: &str, fault: Fault) -> Mistake {
    let before = text.get(..fault.span.start).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Mistake {
        file: file.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        what: fault.what,
    }
}

fn list(mistakes: &[Mistake]) -> String {
    mistakes
        .iter()
        .map(Mistake::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}
