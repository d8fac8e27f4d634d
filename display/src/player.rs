//! The player: a program such as `aplay` that plays a WAV file and ends with it.

use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::process::{self, Failure};

/// Why a sound was not heard.
#[derive(Debug, PartialEq, Eq)]
pub enum Unheard {
    /// The settings name no player.
    SwitchedOff,
    /// The player is not on this machine.
    NotInstalled(String),
    /// The player refused, as it does without a sound device: its own words.
    Refused(String),
    /// It was stopped before its end.
    Stopped,
}

impl fmt::Display for Unheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SwitchedOff => f.write_str("sound is switched off in the settings"),
            Self::NotInstalled(program) => write!(f, "{program} is not installed"),
            Self::Refused(words) => write!(f, "no sound: {words}"),
            Self::Stopped => f.write_str("the player was stopped"),
        }
    }
}

/// How sound is played.
#[derive(Clone, Debug)]
pub struct Player {
    /// Program and options; the file comes behind them. Empty: nothing is played.
    pub command: Vec<String>,
}

impl Player {
    /// Plays a file to its end, or until it is not wanted any more.
    ///
    /// # Errors
    /// Why it was [`Unheard`].
    pub fn play(
        &self,
        file: &Path,
        complaints: &Path,
        unwanted: impl FnMut() -> bool,
    ) -> Result<(), Unheard> {
        let Some((program, options)) = self.command.split_first() else {
            return Err(Unheard::SwitchedOff);
        };
        let mut command = Command::new(program);
        command.args(options).arg(file);
        process::run(&mut command, complaints, unwanted).map_err(|failure| match failure {
            Failure::NotInstalled => Unheard::NotInstalled(program.clone()),
            Failure::Failed(words) => Unheard::Refused(words),
            Failure::Stopped => Unheard::Stopped,
        })
    }
}
