//! Questions about the customer in hand.

use protocol::{Act, ClassRow, OutcomeRow, PlaceInLine, Refusal};

use super::{Choice, Field, Pick, Question, Sheet, hold, put_back};
use crate::Controller;
use crate::words::{self, Asks, Phrase};

/// For how long somebody may be put aside, in minutes, by the keys 2 to 5. Key 1 is until called.
const HOLD_MIN: [u32; 4] = [5, 10, 15, 30];

impl Controller {
    pub(crate) fn own_number(&self) -> u16 {
        self.seat.as_ref().map_or(0, |seat| seat.counter)
    }

    pub(super) fn outcomes(&self) -> Result<&[OutcomeRow], Refusal> {
        self.somebody()?;
        let outcomes = self.table.hall().map(|hall| hall.outcomes.as_slice());
        let outcomes = outcomes.filter(|outcomes| !outcomes.is_empty());
        outcomes.ok_or(Refusal::UnknownOutcome)
    }

    pub(super) fn about(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let mut lines = Vec::new();
        if let Some(in_hand) = self.in_hand() {
            lines = words::reason_in_full(language, in_hand);
            lines.extend(self.known_of(in_hand));
        }
        Question {
            title: words::ask(language, Asks::About, number),
            lines,
            ..Question::default()
        }
    }

    pub(super) fn pause_question(&self) -> Question {
        let language = self.beginning.language;
        let counter = self.own_number();
        let choices = (1..).zip(words::pause_reasons(language));
        Question {
            title: words::phrase(language, Phrase::WhyPause),
            lines: vec![words::phrase(language, Phrase::PauseHint)],
            choices: choices
                .map(|(key, reason): (u32, _)| {
                    let text = reason.clone();
                    Choice::new(
                        key.to_string(),
                        text,
                        Pick::Ask(Act::Pause { counter, reason }),
                    )
                })
                .collect(),
            field: Some(self.other_reason(Phrase::Pause)),
        }
    }

    fn other_reason(&self, button: Phrase) -> Field {
        let language = self.beginning.language;
        Field {
            label: words::phrase(language, Phrase::OtherReason),
            hint: words::phrase(language, Phrase::OtherReasonHint),
            button: words::phrase(language, button),
            first: false,
        }
    }

    pub(super) fn outcome_question(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let counter = self.own_number();
        let outcomes = self.outcomes().unwrap_or_default().iter();
        Question {
            title: words::ask(language, Asks::Outcome, number),
            choices: (1..)
                .zip(outcomes)
                .map(|(place, row)| {
                    let outcome = Some(row.code.clone());
                    let pick = Pick::Ask(Act::Finish { counter, outcome });
                    Choice::new(digit(place), language.of(&row.label), pick)
                })
                .collect(),
            ..Question::default()
        }
    }

    pub(super) fn hold_question(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let choices = (1..).zip(words::hold_reasons(language));
        Question {
            title: words::ask(language, Asks::HoldReason, number),
            choices: choices
                .map(|(place, reason)| {
                    let text = reason.clone();
                    Choice::new(digit(place), text, Pick::Go(Sheet::HoldTime { reason }))
                })
                .collect(),
            field: Some(self.other_reason(Phrase::GoOn)),
            ..Question::default()
        }
    }

    pub(super) fn hold_time_question(&self, number: &str, reason: &str) -> Question {
        let language = self.beginning.language;
        let counter = self.own_number();
        let open_end = words::phrase(language, Phrase::UntilResumed);
        let mut choices = vec![Choice::new("1", open_end, hold(counter, reason, None))];
        choices.extend((2..).zip(HOLD_MIN).map(|(place, minutes)| {
            let text = words::minutes(language, u64::from(minutes) * 60_000);
            Choice::new(digit(place), text, hold(counter, reason, Some(minutes)))
        }));
        Question {
            title: words::ask(language, Asks::HoldTime, number),
            lines: vec![reason.to_owned()],
            choices,
            field: Some(Field {
                label: words::phrase(language, Phrase::Minutes),
                hint: words::phrase(language, Phrase::MinutesHint),
                button: words::phrase(language, Phrase::Hold),
                first: false,
            }),
        }
    }

    pub(super) fn put_back_question(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let counter = self.own_number();
        let places = [
            (Phrase::First, PlaceInLine::First),
            (Phrase::ByTime, PlaceInLine::ByTime),
            (Phrase::Last, PlaceInLine::Last),
        ];
        Question {
            title: words::ask(language, Asks::PutBack, number),
            choices: (1..)
                .zip(places)
                .map(|(key, (text, place))| {
                    let text = words::phrase(language, text);
                    Choice::new(digit(key), text, put_back(counter, place))
                })
                .collect(),
            ..Question::default()
        }
    }

    pub(super) fn class_question(&self, number: &str) -> Question {
        let language = self.beginning.language;
        let classes = self.table.hall().map(|hall| hall.classes.as_slice());
        let classes = (1..).zip(classes.unwrap_or_default());
        Question {
            title: words::ask(language, Asks::Class, number),
            choices: classes
                .map(|(place, row)| self.class_choice(number, place, row))
                .collect(),
            ..Question::default()
        }
    }

    /// The class that the customer claims comes with the question whether its proof was seen;
    /// whoever is put in another one has shown it.
    fn class_choice(&self, number: &str, place: usize, row: &ClassRow) -> Choice {
        let language = self.beginning.language;
        let claimed = self
            .in_hand()
            .is_some_and(|in_hand| in_hand.class == row.code);
        let label = language.of(&row.label);
        let text = match claimed && row.favoured {
            true => words::proof_seen(language, label),
            false => label.to_owned(),
        };
        let pick = Pick::Ask(Act::SetClass {
            number: number.to_owned(),
            class: row.code.clone(),
            verified: row.favoured || row.proof.is_some(),
        });
        let proof = row.proof.as_ref().map(|proof| language.of(proof));
        let detail = proof.map_or_else(String::new, |proof| words::ask_to_see(language, proof));
        Choice::new(digit(place), text, pick).with(detail)
    }
}

/// The key of the answer at this place, from 1: digits, then nothing.
pub(super) fn digit(place: usize) -> String {
    match place {
        1..=9 => place.to_string(),
        _ => String::new(),
    }
}
