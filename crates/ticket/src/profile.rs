//! What is particular about a model of printer, as data: one file a model in `profile/`, or any
//! file of the same form. Adding a printer needs no code.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;

use crate::native::Charset;
use crate::paper::Paper;
use crate::printer::{Completion, PAPER_DOTS};

/// A model of printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Which printers it is for.
    pub about: String,
    /// Its print head.
    pub paper: Paper,
    /// What its own Chinese font has; `None`: it has none, and everything is sent as an image.
    pub charset: Option<Charset>,
    /// The commands that end a slip: feed, cut, and where there is a presenter, present.
    pub end: Vec<u8>,
    /// How it tells that a ticket is done.
    pub completion: Completion,
}

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Neither a profile that is built in nor a file.
    #[error("no printer profile is called {name:?}; there are {}, or name a file", names().join(", "))]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// The file cannot be read.
    #[error("the printer profile {file} cannot be read: {source}", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not of the form of a profile.
    #[error("in the printer profile {name}: {what}")]
    Malformed {
        /// The profile.
        name: String,
        /// What is wrong.
        what: String,
    },
}

/// Every profile that is built in, by name.
const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

impl Profile {
    /// A built-in profile by its name, or a file by its path.
    ///
    /// # Errors
    /// If there is neither, or if the file has a mistake.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
            return Self::parse(name, text);
        }
        let file = Path::new(name);
        match fs::read_to_string(file) {
            Ok(text) => Self::parse(name, &text),
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                Err(ProfileError::Unknown { name: name.into() })
            }
            Err(source) => Err(ProfileError::Unreadable {
                file: file.into(),
                source,
            }),
        }
    }

    /// The names of the profiles that are built in.
    pub fn names() -> Vec<&'static str> {
        names()
    }

    fn parse(name: &str, text: &str) -> Result<Self, ProfileError> {
        let malformed = |what: String| ProfileError::Malformed {
            name: name.into(),
            what,
        };
        let file: ProfileFile =
            toml::from_str(text).map_err(|error| malformed(error.to_string()))?;
        file.profile().map_err(malformed)
    }
}

fn names() -> Vec<&'static str> {
    BUILT_IN.iter().map(|(name, _)| *name).collect()
}

/// A profile as it stands in its file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    about: String,
    /// Where its facts come from, for whoever doubts them.
    #[serde(rename = "source")]
    _source: String,
    dots: u32,
    dpi: u32,
    font: Option<String>,
    cut: String,
    #[serde(default)]
    present: String,
    completion: String,
}

/// Heads of printers for slips; `GS P` takes no more than 255.
const DPI: std::ops::RangeInclusive<u32> = 150..=255;

impl ProfileFile {
    fn profile(self) -> Result<Profile, String> {
        if !PAPER_DOTS.contains(&self.dots) || !DPI.contains(&self.dpi) {
            return Err(format!(
                "no slip is made for {} dots at {} dpi",
                self.dots, self.dpi
            ));
        }
        let charset = match self.font.as_deref() {
            None => None,
            Some(name) => Some(Charset::named(name).ok_or(format!(
                "{name:?} is no font; there are gb2312, gbk and gb18030"
            ))?),
        };
        let completion = completion(&self.completion).ok_or(format!(
            "{:?} is no completion; there are process-id, paper-sensor and nothing",
            self.completion
        ))?;
        let end = [bytes(&self.cut)?, bytes(&self.present)?].concat();
        Ok(Profile {
            about: self.about,
            paper: Paper {
                dots: self.dots,
                dpi: self.dpi,
            },
            charset,
            end,
            completion,
        })
    }
}

fn completion(name: &str) -> Option<Completion> {
    match name {
        "process-id" => Some(Completion::ProcessId),
        "paper-sensor" => Some(Completion::PaperSensor),
        "nothing" => Some(Completion::Nothing),
        _ => None,
    }
}

/// Bytes written as two hexadecimal digits each, with spaces between.
fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let byte = |word: &str| {
        u8::from_str_radix(word, 16)
            .ok()
            .filter(|_| word.len() == 2)
    };
    text.split_whitespace()
        .map(|word| byte(word).ok_or(format!("{word:?} is no byte; write 1d 56 42 00")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_profile_can_be_used_and_obeys_nothing_at_once() {
        assert!(BUILT_IN.len() >= 6);
        for name in Profile::names() {
            let profile = Profile::named(name).unwrap();
            assert!(
                !profile.about.is_empty() && !profile.end.is_empty(),
                "{name}"
            );
            assert!(
                !profile.end.contains(&0x10),
                "{name} ends with a real-time command"
            );
        }
    }

    #[test]
    fn a_file_of_ones_own_is_a_profile() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ours.toml");
        let text = "about = 'ours'\nsource = 'the manual'\ndots = 640\ndpi = 203\nfont = 'gbk'\n\
                    cut = '1b 69'\npresent = '1D 65 05'\ncompletion = 'paper-sensor'\n";
        fs::write(&file, text).unwrap();
        let profile = Profile::named(file.to_str().unwrap()).unwrap();
        assert_eq!(profile.end, [0x1b, 0x69, 0x1d, 0x65, 0x05]);
        assert_eq!(profile.charset, Some(Charset::Gbk));
        assert_eq!((profile.paper.dots, profile.paper.dpi), (640, 203));
    }

    #[test]
    fn a_mistake_says_what_there_is() {
        let said = Profile::named("lp0").unwrap_err().to_string();
        assert!(
            said.contains("\"lp0\"") && said.contains("generic-80"),
            "{said}"
        );
        let whole = BUILT_IN
            .iter()
            .find(|(name, _)| *name == "generic-80")
            .unwrap()
            .1;
        for (from, to, expected) in [
            ("gb2312\"", "big5\"", "gb18030"),
            ("process-id", "hope", "paper-sensor"),
            ("1d 56 42 00", "1d 5", "is no byte"),
            ("dots = 576", "dots = 5760", "no slip is made"),
            ("dpi = 203", "dpi = 203\ncolour = 3", "colour"),
        ] {
            assert!(whole.contains(from), "{from}");
            let said = Profile::parse("p", &whole.replace(from, to)).unwrap_err();
            assert!(said.to_string().contains(expected), "{said}");
        }
    }
}
