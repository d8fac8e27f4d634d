//! What the clerk is told: how old the page is, and what came of the last press.

use client::LocalTime;
use protocol::Act;

use super::buttons::primary_name;
use crate::Controller;
use crate::controller::{Asked, Hall, Note};
use crate::words::{self, CommandName};

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
        let name = match (&asked.act, asked.primary) {
            (_, Some(primary)) => primary_name(primary),
            (act, None) => act_name(act),
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
            Note::Awaiting => (words::awaiting(language), false),
            Note::ReceiverClosed => (words::receiver_closed(language), true),
            Note::HandChanged { number } => (words::hand_changed(language, number), true),
            Note::NoPrinter => (words::no_printer(language), true),
            Note::PrinterTrouble(trouble) => (words::printer_trouble(language, *trouble), true),
            Note::NotPrinted { sheet, trouble } => {
                (words::not_on_paper(language, sheet, *trouble), true)
            }
            Note::PerhapsPrinted { sheet } => (words::perhaps_on_paper(language, sheet), true),
            Note::News { what, .. } => {
                let name = |service: &str| self.service_name(service);
                (words::news(language, what, name), false)
            }
        }
    }
}

fn act_name(act: &Act) -> CommandName {
    match act {
        Act::SignIn { .. } | Act::Identify { .. } => CommandName::SignIn,
        Act::SignOut { .. } | Act::Leave {} => CommandName::SignOut,
        Act::CallNext { .. } => CommandName::CallNext,
        Act::CallNumber { .. } => CommandName::CallNumber,
        Act::AwaitNext { .. } => CommandName::AwaitNext,
        Act::StopAwaiting { .. } => CommandName::StopAwaiting,
        Act::ServeWithout { .. } => CommandName::ServeWithout,
        Act::Recall { .. } => CommandName::Recall,
        Act::Arrive { .. } => CommandName::Arrived,
        Act::Finish { .. } => CommandName::Finish,
        Act::NoShow { .. } => CommandName::NoShow,
        Act::UndoNoShow { .. } => CommandName::UndoNoShow,
        Act::Hold { .. } => CommandName::Hold,
        Act::ResumeHeld { .. } => CommandName::ResumeHeld,
        Act::PutBack { .. } => CommandName::PutBack,
        Act::Transfer { .. } => CommandName::Transfer,
        Act::Pause { .. } => CommandName::Pause,
        Act::Resume { .. } => CommandName::Resume,
        Act::Cancel { .. } | Act::Void { .. } => CommandName::Cancel,
        Act::Return { .. } => CommandName::Return,
        Act::SetClass { .. } => CommandName::Class,
        Act::BeginRoll { .. } | Act::EndRoll {} => CommandName::Roll,
        Act::Report {} => CommandName::Report,
        Act::Printed { .. } | Act::NotPrinted { .. } => CommandName::NoPaper,
        Act::Reprint { .. } => CommandName::Reprint,
        // A clerk's program gives no tickets out.
        Act::Take { .. } | Act::Book { .. } | Act::CheckIn { .. } => CommandName::ServeWithout,
    }
}
