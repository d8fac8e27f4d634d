//! Questions about somebody who is not in hand yet.

use protocol::Act;

use super::hand::digit;
use super::{Choice, Field, Pick, Question, Sheet};
use crate::Controller;
use crate::words::{self, Phrase};

impl Controller {
    pub(super) fn number_question(&self) -> Question {
        let language = self.beginning.language;
        Question {
            title: words::phrase(language, Phrase::WhichNumber),
            lines: vec![words::phrase(language, Phrase::ChosenIsRecorded)],
            field: Some(self.number_field(Phrase::CallNumber)),
            ..Question::default()
        }
    }

    /// The services of this counter; somebody else's are handed over.
    pub(super) fn service_question(&self) -> Question {
        let language = self.beginning.language;
        let services = self.served_here().map(|row| {
            let service = row.code.clone();
            let pick = Pick::Go(Sheet::ServiceClass { service });
            Choice::new(&row.code, language.of(&row.name), pick)
        });
        Question {
            title: words::phrase(language, Phrase::WithoutTicketService),
            choices: services.collect(),
            ..Question::default()
        }
    }

    pub(super) fn service_class_question(&self, service: &str) -> Question {
        let language = self.beginning.language;
        let counter = self.own_number();
        let classes = self.table.hall().map(|hall| hall.classes.as_slice());
        let choices = (1..).zip(classes.unwrap_or_default()).map(|(place, row)| {
            let pick = Pick::Ask(Act::ServeWithout {
                counter,
                service: service.to_owned(),
                class: row.code.clone(),
            });
            let proof = row.proof.as_ref().map(|proof| language.of(proof));
            let detail = proof.map_or_else(String::new, |proof| words::ask_to_see(language, proof));
            Choice::new(digit(place), language.of(&row.label), pick).with(detail)
        });
        Question {
            title: words::phrase(language, Phrase::WithoutTicketClass),
            lines: vec![self.service_name(service)],
            choices: choices.collect(),
            ..Question::default()
        }
    }

    /// Whoever is in hand is finished, with an outcome that says so; others are cancelled.
    pub(super) fn cancel_question(&self) -> Question {
        let language = self.beginning.language;
        let (held, missed) = self.those_aside();
        let numbers = held
            .iter()
            .map(|row| &row.number)
            .chain(missed.iter().map(|row| &row.number));
        let choices: Vec<Choice> = (1..)
            .zip(numbers)
            .map(|(place, number)| {
                let text = words::cancel(language, number);
                let number = number.clone();
                Choice::new(digit(place), text, Pick::Ask(Act::cancel(number)))
            })
            .collect();
        let hint = match choices.is_empty() {
            true => Phrase::NumberHint,
            false => Phrase::OtherNumberHint,
        };
        Question {
            title: words::phrase(language, Phrase::WhichIsCancelled),
            lines: vec![words::phrase(language, Phrase::CancelHint)],
            field: Some(Field {
                first: choices.is_empty(),
                hint: words::phrase(language, hint),
                ..self.number_field(Phrase::Cancel)
            }),
            choices,
        }
    }

    pub(super) fn no_paper_question(&self) -> Question {
        let language = self.beginning.language;
        let choices: Vec<Choice> = (1..)
            .zip(self.table.tickets())
            .map(|(place, row)| {
                let text = words::not_printed(language, &row.number, row.not_printed);
                let ticket = row.ticket;
                Choice::new(
                    digit(place),
                    text,
                    Pick::Ask(Act::Printed { ticket, copies: 0 }),
                )
            })
            .collect();
        let hint = match choices.is_empty() {
            true => Phrase::AllOnPaper,
            false => Phrase::NoPaperHint,
        };
        Question {
            title: words::phrase(language, Phrase::NoPaper),
            lines: vec![words::phrase(language, hint)],
            choices,
            ..Question::default()
        }
    }
}
