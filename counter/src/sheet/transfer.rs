//! To whom a customer is handed over, and how.

use protocol::{CounterState, Refusal, TransferTo};

use super::hand::digit;
use super::{Choice, Field, Handover, Pick, Question, Sheet, bad};
use crate::Controller;
use crate::controller::clerk_of;
use crate::words::{self, Asks, Phrase};

impl Controller {
    pub(super) fn transfer_question(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let kinds = [
            (Phrase::ToService, Sheet::TransferToService),
            (Phrase::ToCounter, Sheet::TransferToCounter),
            (Phrase::ToClerk, Sheet::TransferToClerk),
        ];
        Question {
            title: words::ask(language, Asks::Transfer, number),
            choices: (1..)
                .zip(kinds)
                .map(|(place, (text, sheet))| {
                    Choice::new(digit(place), words::phrase(language, text), Pick::Go(sheet))
                })
                .collect(),
            ..Question::default()
        }
    }

    pub(super) fn to_service_question(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let services = self.table.services().map(|row| {
            let service = row.code.clone();
            let waiting = words::waiting(language, row.waiting);
            let pick = handover(TransferTo::Service { service });
            Choice::new(&row.code, language.of(&row.name), pick).with(waiting)
        });
        Question {
            title: words::ask(language, Asks::TransferToService, number),
            choices: services.collect(),
            ..Question::default()
        }
    }

    /// A counter's own number is its key; one of two digits is typed.
    pub(super) fn to_counter_question(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let others = self
            .table
            .counters()
            .filter(|row| row.number != self.own_number());
        let choices = others.map(|row| {
            let state = match row.state {
                CounterState::Closed => words::phrase(language, Phrase::Closed),
                CounterState::Paused => words::phrase(language, Phrase::Paused),
                CounterState::Open => clerk_of(row).cloned().unwrap_or_default(),
            };
            let text = words::counter(language, row.number, language.of(&row.name));
            let pick = handover(TransferTo::Counter { number: row.number });
            Choice {
                enabled: row.state != CounterState::Closed,
                ..Choice::new(digit(row.number.into()), text, pick).with(state)
            }
        });
        Question {
            title: words::ask(language, Asks::TransferToCounter, number),
            choices: choices.collect(),
            field: Some(Field {
                label: words::phrase(language, Phrase::CounterNumber),
                hint: words::phrase(language, Phrase::CounterNumberHint),
                button: words::phrase(language, Phrase::GoOn),
                first: false,
            }),
            ..Question::default()
        }
    }

    pub(super) fn to_counter(&self, text: &str) -> Result<Pick, Refusal> {
        let number = text.parse().map_err(|_| bad("number"))?;
        let row = self.table.counter(number).ok_or(Refusal::UnknownCounter)?;
        Ok(handover(TransferTo::Counter { number: row.number }))
    }

    pub(super) fn to_clerk_question(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let others = self
            .table
            .counters()
            .filter(|row| row.number != self.own_number());
        let clerks = others.filter_map(|row| clerk_of(row).map(|clerk| (row, clerk)));
        let choices: Vec<Choice> = (1..)
            .zip(clerks)
            .map(|(place, (row, clerk))| {
                let counter = words::counter(language, row.number, language.of(&row.name));
                let clerk = clerk.clone();
                let text = clerk.clone();
                let pick = handover(TransferTo::Clerk { clerk });
                Choice::new(digit(place), text, pick).with(counter)
            })
            .collect();
        let nobody = || words::phrase(language, Phrase::NoOtherClerk);
        Question {
            title: words::ask(language, Asks::TransferToClerk, number),
            lines: choices.is_empty().then(nobody).into_iter().collect(),
            choices,
            ..Question::default()
        }
    }

    pub(super) fn handover_question(&self, number: &str, handover: &Handover) -> Question {
        let language = self.beginning.language;
        let keep_time = Handover {
            keep_time: !handover.keep_time,
            ..handover.clone()
        };
        let come_back = Handover {
            come_back: !handover.come_back,
            ..handover.clone()
        };
        let switch = |key: &str, text: Phrase, on: bool, turned: Handover| Choice {
            on: Some(on),
            ..Choice::new(
                key,
                words::phrase(language, text),
                Pick::Go(Sheet::Handover(turned)),
            )
        };
        Question {
            title: words::hand_over(language, number, &self.receiver(&handover.to)),
            choices: vec![
                switch("1", Phrase::KeepTime, handover.keep_time, keep_time),
                switch("2", Phrase::ComeBack, handover.come_back, come_back),
            ],
            field: Some(Field {
                label: words::phrase(language, Phrase::Note),
                hint: words::phrase(language, Phrase::NoteHint),
                button: words::phrase(language, Phrase::HandOver),
                first: false,
            }),
            ..Question::default()
        }
    }

    fn receiver(&self, to: &TransferTo) -> String {
        let language = self.beginning.language;
        match to {
            TransferTo::Service { service } => self.service_name(service),
            TransferTo::Counter { number } => {
                let row = self.table.counter(*number);
                words::counter(
                    language,
                    *number,
                    row.map_or("", |row| language.of(&row.name)),
                )
            }
            TransferTo::Clerk { clerk } => clerk.clone(),
        }
    }
}

/// The time waited counts on unless it is said otherwise: a customer is not to pay for the
/// hall's own ways.
fn handover(to: TransferTo) -> Pick {
    Pick::Go(Sheet::Handover(Handover {
        to,
        keep_time: true,
        come_back: false,
    }))
}
