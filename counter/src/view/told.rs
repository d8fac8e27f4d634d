//! What the clerk is told: how old the page is, and what came of the last press.

use client::{Language, LocalTime};

use super::buttons::primary_name;
use crate::controller::{Asked, Hall, News, Note};
use crate::words::{self, CommandName};
use crate::{Command, Controller};

impl Controller {
    pub(super) fn stale(&self) -> String {
        let language = self.beginning.language;
        let Hall::Down { since, why } = &self.hall else {
            return String::new();
        };
        let text = match since {
            Some(since) => words::stale(language, why, &LocalTime::from(*since).hour_and_minute()),
            None => words::never_heard(language, why, &self.beginning.hall),
        };
        match &self.asked {
            Some(asked) => format!("{text}\n{}", words::kept(language, &self.name_of(asked))),
            None => text,
        }
    }

    pub(super) fn name_of(&self, asked: &Asked) -> String {
        let name = match (asked.command, asked.primary) {
            (Command::Primary, Some(primary)) => primary_name(primary),
            (Command::Primary, None) => primary_name(self.primary()),
            (Command::Recall, _) => CommandName::Recall,
            (Command::NoShow, _) => CommandName::NoShow,
            (Command::Finish, _) => CommandName::Finish,
            (Command::Pause, _) if self.is_paused() => CommandName::Resume,
            (Command::Pause, _) => CommandName::Pause,
            (Command::SignOut, _) => CommandName::SignOut,
            (Command::SignIn | Command::Language | Command::Contrast | Command::Back, _) => {
                CommandName::SignIn
            }
        };
        words::command(self.beginning.language, name)
    }

    pub(super) fn note_view(&self) -> (String, bool) {
        let language = self.beginning.language;
        let Some(note) = &self.note else {
            return (String::new(), false);
        };
        match note {
            Note::Refused(refusal) => (words::refusal(language, refusal), true),
            Note::OneAtATime => {
                let asked = self.asked.as_ref().map(|asked| self.name_of(asked));
                // Answered meanwhile: nothing is left to say.
                let text = asked.map(|name| words::one_at_a_time(language, &name));
                (text.unwrap_or_default(), true)
            }
            Note::TakenBack => (words::taken_back(language), false),
            Note::NotAsked => (words::not_asked(language), true),
            Note::SignedOut { counter } => (words::signed_out(language, *counter), true),
            Note::News { what, .. } => (news(language, what), false),
        }
    }
}

fn news(language: Language, news: &News) -> String {
    match news {
        News::Finished { number } => words::finished(language, number),
        News::NoShow { number } => words::no_show(language, number),
        News::Recalled { number } => words::recalled(language, number),
    }
}
