//! Papers from the counter's printer, and the roll that stands in for all printers.

use protocol::{Act, Refusal};

use super::hand::digit;
use super::{Choice, Field, Pick, Question, Sheet, bad};
use crate::Controller;
use crate::controller::{AtPrinter, Note};
use crate::words::{self, Asks, Phrase};

/// The longest line that a clerk adds to what is missing, in characters: it is to stay a line or two.
const MAX_ALSO_CHARS: usize = 40;

/// The outcome of a hall for customers who lack papers, by the code that halls are set up with.
const PAPERS_MISSING: &str = "papers_missing";

/// More numbers than keys are typed.
const NUMBERS_SHOWN: usize = 9;

/// What the customer in hand lacks, as it is ticked so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lacking {
    /// The places of the missing papers among those of the service.
    pub(crate) missing: Vec<usize>,
    /// Whether the errand is finished with it.
    pub(crate) finish: bool,
    /// What the clerk adds.
    pub(crate) also: String,
}

impl Lacking {
    fn turned(&self, place: usize) -> Self {
        let mut turned = self.clone();
        turned.missing.retain(|known| *known != place);
        if turned.missing == self.missing {
            turned.missing.push(place);
        }
        turned
    }
}

impl Controller {
    /// What the printer says of itself, unless that is just what was told.
    fn printer_lines(&self) -> Vec<String> {
        let language = self.beginning.language;
        if let Some(Note::NoPrinter | Note::PrinterTrouble(_)) = self.note {
            return Vec::new();
        }
        match self.at_printer() {
            AtPrinter::None => vec![words::no_printer(language)],
            AtPrinter::Trouble(trouble) => vec![words::printer_trouble(language, trouble)],
            AtPrinter::NearEnd => vec![words::paper_near_end(language)],
            AtPrinter::Prints => Vec::new(),
        }
    }

    fn has_printer(&self) -> bool {
        self.at_printer() != AtPrinter::None
    }

    fn prints_now(&self) -> bool {
        matches!(self.at_printer(), AtPrinter::Prints | AtPrinter::NearEnd)
    }

    /// The number in hand, those on no paper, and those whom this counter has put aside or missed.
    pub(super) fn reprint_question(&self) -> Question {
        let language = self.beginning.language;
        let title = words::phrase(language, Phrase::WhichIsReprinted);
        let mut lines = self.printer_lines();
        if !self.has_printer() {
            return Question {
                title,
                lines,
                ..Question::default()
            };
        }
        lines.push(words::phrase(language, Phrase::ReprintHint));
        let choices: Vec<Choice> = (1..)
            .zip(self.numbers_at_hand())
            .map(|(place, number)| {
                let text = words::reprint(language, &number);
                Choice {
                    enabled: self.prints_now(),
                    ..Choice::new(digit(place), text, Pick::Ask(Act::Reprint { number }))
                }
            })
            .collect();
        let hint = match choices.is_empty() {
            true => Phrase::NumberHint,
            false => Phrase::OtherNumberHint,
        };
        Question {
            title,
            lines,
            field: Some(Field {
                first: choices.is_empty(),
                hint: words::phrase(language, hint),
                ..self.number_field(Phrase::Reprint)
            }),
            choices,
        }
    }

    fn numbers_at_hand(&self) -> Vec<String> {
        let (held, missed) = self.those_aside();
        let in_hand = self.in_hand().map(|in_hand| &in_hand.number);
        let on_no_paper = self.table.tickets().map(|row| &row.number);
        let aside = held.iter().map(|row| &row.number);
        let missed = missed.iter().map(|row| &row.number);
        let mut numbers: Vec<String> = Vec::new();
        for number in in_hand
            .into_iter()
            .chain(on_no_paper)
            .chain(aside)
            .chain(missed)
        {
            if !numbers.contains(number) && numbers.len() < NUMBERS_SHOWN {
                numbers.push(number.clone());
            }
        }
        numbers
    }

    pub(super) fn missing_question(&self, number: &str, lacking: &Lacking) -> Question {
        let language = self.beginning.language;
        let title = words::ask(language, Asks::MissingPapers, number);
        let mut lines = self.printer_lines();
        if !self.has_printer() {
            return Question {
                title,
                lines,
                ..Question::default()
            };
        }
        let choices = self.missing_choices(lacking);
        let (line, hint) = match choices.is_empty() {
            true => (Phrase::NoPapersKnown, Phrase::WhatIsMissingHint),
            false => (Phrase::MissingHint, Phrase::AlsoMissingHint),
        };
        lines.push(words::phrase(language, line));
        let first = choices.is_empty();
        Question {
            title,
            lines,
            choices: choices
                .into_iter()
                .chain(self.finish_choice(lacking))
                .collect(),
            field: Some(Field {
                label: words::phrase(language, Phrase::AlsoMissing),
                hint: words::phrase(language, hint),
                button: words::phrase(language, Phrase::Print),
                first,
            }),
        }
    }

    fn missing_choices(&self, lacking: &Lacking) -> Vec<Choice> {
        let language = self.beginning.language;
        let service = self
            .in_hand()
            .and_then(|in_hand| self.table.service(&in_hand.service));
        let papers = service.map_or(&[][..], |row| &row.papers);
        papers
            .iter()
            .enumerate()
            .map(|(place, paper)| Choice {
                on: Some(lacking.missing.contains(&place)),
                ..Choice::new(
                    digit(place + 1),
                    language.of(paper),
                    Pick::Go(Sheet::MissingPapers(lacking.turned(place))),
                )
            })
            .collect()
    }

    /// Whoever comes back another day takes a new number.
    fn finish_choice(&self, lacking: &Lacking) -> Option<Choice> {
        let language = self.beginning.language;
        let outcomes = self.outcomes().unwrap_or_default();
        let outcome = outcomes.iter().find(|row| row.code == PAPERS_MISSING)?;
        let turned = Lacking {
            finish: !lacking.finish,
            ..lacking.clone()
        };
        let text = words::finish_as(language, language.of(&outcome.label));
        Some(Choice {
            on: Some(lacking.finish),
            ..Choice::new("F", text, Pick::Go(Sheet::MissingPapers(turned)))
        })
    }

    /// Its code, if this hall has it.
    pub(crate) fn papers_missing_outcome(&self) -> Option<String> {
        let outcomes = self.outcomes().unwrap_or_default();
        let row = outcomes.iter().find(|row| row.code == PAPERS_MISSING)?;
        Some(row.code.clone())
    }

    pub(super) fn report_question(&self) -> Question {
        let language = self.beginning.language;
        let mut lines = self.printer_lines();
        let mut choices = Vec::new();
        if self.has_printer() {
            lines.push(words::phrase(language, Phrase::ReportHint));
            let text = words::phrase(language, Phrase::Print);
            choices.push(Choice {
                enabled: self.prints_now(),
                ..Choice::new("1", text, Pick::Ask(Act::Report {}))
            });
        }
        Question {
            title: words::phrase(language, Phrase::PrintReport),
            lines,
            choices,
            ..Question::default()
        }
    }

    /// Begins the roll; while it stands in, ends it or begins another one.
    pub(super) fn roll_question(&self) -> Question {
        let language = self.beginning.language;
        let field = |first: bool, label: Phrase, hint: Phrase| Field {
            label: words::phrase(language, label),
            hint: words::phrase(language, hint),
            button: words::phrase(language, Phrase::UseRoll),
            first,
        };
        let Some(next) = self.roll_next() else {
            return Question {
                title: words::phrase(language, Phrase::BeginRoll),
                lines: vec![words::phrase(language, Phrase::BeginRollHint)],
                field: Some(field(true, Phrase::FirstOfRoll, Phrase::FirstOfRollHint)),
                ..Question::default()
            };
        };
        let end = words::phrase(language, Phrase::EndRoll);
        Question {
            title: words::roll_in_use(language, &next),
            lines: vec![words::phrase(language, Phrase::EndRollHint)],
            choices: vec![Choice::new("1", end, Pick::Ask(Act::EndRoll {}))],
            field: Some(field(false, Phrase::FirstOfRoll, Phrase::OtherRollHint)),
        }
    }

    pub(super) fn has_roll(&self) -> Result<(), Refusal> {
        match self.table.hall().is_some_and(|hall| hall.roll.is_some()) {
            true => Ok(()),
            false => Err(Refusal::NoRoll),
        }
    }

    /// The number that the roll gives next, as on paper; `None` while it does not stand in.
    pub(crate) fn roll_next(&self) -> Option<String> {
        let next = self.table.hall()?.roll.as_ref()?.next?;
        Some(self.on_roll(next))
    }

    /// A number of the roll, as on paper.
    pub(crate) fn on_roll(&self, number: u32) -> String {
        let roll = self.table.hall().and_then(|hall| hall.roll.as_ref());
        let prefix = roll.map_or("", |roll| &roll.prefix);
        format!("{prefix}{number:03}")
    }
}

/// What is printed; the hall is asked only to finish.
pub(super) fn lacks(lacking: &Lacking, also: &str) -> Result<Pick, Refusal> {
    if lacking.missing.is_empty() && also.is_empty() {
        return Err(bad("missing"));
    }
    if also.chars().count() > MAX_ALSO_CHARS {
        return Err(bad("also"));
    }
    Ok(Pick::Missing(Lacking {
        also: also.to_owned(),
        ..lacking.clone()
    }))
}

/// The first number of a roll, with or without its letters.
pub(super) fn first_of_roll(text: &str) -> Result<Pick, Refusal> {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let first = digits.parse().map_err(|_| bad("roll"))?;
    Ok(Pick::Ask(Act::BeginRoll { first }))
}

#[cfg(test)]
mod tests;
