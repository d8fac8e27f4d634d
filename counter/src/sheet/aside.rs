//! Customers who are not in the queue: on hold, and those who missed their call.

use protocol::{Act, HeldTicket, MissedTicket};

use super::hand::digit;
use super::{Choice, Field, Pick, Question, Sheet};
use crate::Controller;
use crate::words::{self, Asks, Phrase};

impl Controller {
    /// Those on hold, and those who missed a call, at this counter.
    pub(crate) fn those_aside(&self) -> (&[HeldTicket], &[MissedTicket]) {
        self.desk()
            .map_or((&[], &[]), |desk| (&desk.held, &desk.missed))
    }

    pub(super) fn aside_question(&self) -> Question {
        let language = self.beginning.language;
        let (held, missed) = self.those_aside();
        let held = held.iter().map(|row| self.held_choice(row));
        let missed = missed.iter().map(|row| self.missed_choice(row));
        let choices: Vec<Choice> = (1..)
            .zip(held.chain(missed))
            .map(|(place, choice)| Choice {
                key: digit(place),
                ..choice
            })
            .collect();
        let nobody = || words::phrase(language, Phrase::NobodyAside);
        Question {
            title: words::phrase(language, Phrase::Aside),
            lines: choices.is_empty().then(nobody).into_iter().collect(),
            choices,
            // Clerks stand in for each other.
            field: Some(Field {
                first: false,
                hint: words::phrase(language, Phrase::HeldElsewhereHint),
                ..self.number_field(Phrase::GoOnWithHeld)
            }),
        }
    }

    fn held_choice(&self, row: &HeldTicket) -> Choice {
        let language = self.beginning.language;
        let until = row.until_ms.map(|until| self.time_of_day(until));
        let text = words::resume(language, &row.number);
        let pick = Pick::Ask(Act::ResumeHeld {
            counter: self.own_number(),
            number: row.number.clone(),
        });
        let detail = words::on_hold(language, &row.reason, until.as_deref());
        Choice::new("", text, pick).with(detail)
    }

    fn missed_choice(&self, row: &MissedTicket) -> Choice {
        let language = self.beginning.language;
        let at = self.time_of_day(row.missed_at_ms);
        let number = row.number.clone();
        let text = words::missed(language, &row.number, &at);
        let service = self.service_name(&row.service);
        Choice::new("", text, Pick::Go(Sheet::Missed { number })).with(service)
    }

    pub(super) fn missed_question(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let undo = Pick::Ask(Act::UndoNoShow {
            counter: self.own_number(),
            number: number.to_owned(),
        });
        let again = Pick::Ask(Act::comes_back(number));
        Question {
            title: words::ask(language, Asks::Missed, number),
            choices: vec![
                Choice::new("1", words::phrase(language, Phrase::UndoNoShow), undo),
                Choice::new("2", words::phrase(language, Phrase::ReturnToQueue), again),
            ],
            ..Question::default()
        }
    }

    pub(super) fn return_question(&self) -> Question {
        let language = self.beginning.language;
        Question {
            title: words::phrase(language, Phrase::WhichIsBack),
            lines: vec![words::phrase(language, Phrase::ReturnHint)],
            field: Some(self.number_field(Phrase::ReturnToQueue)),
            ..Question::default()
        }
    }

    pub(super) fn number_field(&self, button: Phrase) -> Field {
        let language = self.beginning.language;
        Field {
            label: words::phrase(language, Phrase::Number),
            hint: words::phrase(language, Phrase::NumberHint),
            button: words::phrase(language, button),
            first: true,
        }
    }
}
