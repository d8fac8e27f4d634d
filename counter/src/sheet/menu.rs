//! All that can be done, with its keys.

use protocol::Refusal;

use super::{Choice, Pick, Question};
use crate::words::{self, CommandName, Phrase};
use crate::{Command, Controller};

/// What has a letter. The letters are those of the English names, as far as they are free.
const LETTERS: [(Command, CommandName, &str); 18] = [
    (Command::Outcome, CommandName::Outcome, "O"),
    (Command::Hold, CommandName::Hold, "H"),
    (Command::PutBack, CommandName::PutBack, "B"),
    (Command::Transfer, CommandName::Transfer, "T"),
    (Command::Class, CommandName::Class, "C"),
    (Command::MissingPapers, CommandName::MissingPapers, "M"),
    (Command::About, CommandName::About, "Y"),
    (Command::CallNumber, CommandName::CallNumber, "N"),
    (Command::ServeWithout, CommandName::ServeWithout, "W"),
    (Command::Aside, CommandName::Aside, "K"),
    (Command::Return, CommandName::Return, "R"),
    (Command::Cancel, CommandName::Cancel, "X"),
    (Command::NoPaper, CommandName::NoPaper, "P"),
    (Command::Reprint, CommandName::Reprint, "A"),
    (Command::Report, CommandName::Report, "D"),
    (Command::Roll, CommandName::Roll, "L"),
    (Command::StopAwaiting, CommandName::StopAwaiting, "S"),
    (Command::Contrast, CommandName::Contrast, "F9"),
];

/// The key of a command that stands in the list.
pub(crate) fn key_of(command: Command) -> &'static str {
    let known = LETTERS.iter().find(|(known, ..)| *known == command);
    known.map_or("", |(.., key)| key)
}

/// The command of a letter.
pub(crate) fn command_of(letter: &str) -> Option<Command> {
    let known = LETTERS.iter().find(|(.., key)| *key == letter);
    known.map(|(command, ..)| *command)
}

impl Controller {
    pub(super) fn menu(&self) -> Question {
        let language = self.beginning.language;
        let entries = LETTERS
            .iter()
            .filter(|(command, ..)| self.is_offered(*command));
        let choices = entries.map(|&(command, name, key)| Choice {
            enabled: self.makes_sense(command),
            ..Choice::new(key, words::command(language, name), Pick::Press(command))
        });
        Question {
            title: words::phrase(language, Phrase::More),
            choices: choices.collect(),
            ..Question::default()
        }
    }

    /// What the hall withholds is not in the list, nor what there is nothing of.
    fn is_offered(&self, command: Command) -> bool {
        match command {
            Command::CallNumber => self.may_choose().is_ok(),
            Command::Outcome => self
                .table
                .hall()
                .is_some_and(|hall| !hall.outcomes.is_empty()),
            Command::StopAwaiting => self.is_awaiting(),
            Command::NoPaper => self.table.tickets().next().is_some(),
            Command::Roll => self.has_roll().is_ok(),
            _ => true,
        }
    }

    fn makes_sense(&self, command: Command) -> bool {
        self.sheet_for(command).is_ok()
            || matches!(command, Command::StopAwaiting | Command::Contrast)
    }

    pub(super) fn may_choose(&self) -> Result<(), Refusal> {
        match self.table.hall().is_some_and(|hall| hall.may_choose) {
            true => Ok(()),
            false => Err(Refusal::MayNotChoose),
        }
    }
}
