//! The sheet over the page: opened by a command, gone on with by a choice, a text, or both.

use std::mem::discriminant;

use protocol::{Act, Refusal};

use super::note::Note;
use super::press::Strike;
use super::{Command, Controller, Effect};
use crate::sheet::{Lacking, OpenSheet, Pick, Sheet, command_of};

impl Controller {
    pub(super) fn open(&mut self, command: Command, sheet: Sheet) {
        self.sheets += 1;
        let number = self.in_hand().map(|in_hand| in_hand.number.clone());
        self.sheet = Some(OpenSheet {
            number: number.filter(|_| sheet.is_of_hand()),
            command,
            sheet,
            text: String::new(),
            place: self.sheets,
        });
    }

    /// What was opened about a customer must not happen to the next one.
    pub(super) fn check_sheet(&mut self) {
        let Some(number) = self.sheet.as_ref().and_then(|open| open.number.clone()) else {
            return;
        };
        let in_hand = self.in_hand().map(|in_hand| &in_hand.number);
        if in_hand != Some(&number) {
            self.sheet = None;
            self.note = Some(Note::HandChanged { number });
        }
    }

    /// A letter or a digit: what it stands on in the sheet, or on the page.
    pub(super) fn key(&mut self, key: &str) -> Vec<Effect> {
        let key = key.to_uppercase();
        if let Some(question) = self.question() {
            let place = question.choices.iter().position(|choice| choice.key == key);
            return place.map_or_else(Vec::new, |place| self.choose(place));
        }
        match command_of(&key) {
            Some(command) if self.seat.is_some() => self.press(command),
            _ => Vec::new(),
        }
    }

    pub(super) fn choose(&mut self, place: usize) -> Vec<Effect> {
        if self.struck_twice(Strike::Choose(place)) {
            return Vec::new();
        }
        let choices = self.question().map(|question| question.choices);
        let choice = choices.and_then(|choices| choices.into_iter().nth(place));
        choice.map_or_else(Vec::new, |choice| self.pick(choice.pick))
    }

    pub(super) fn type_text(&mut self, text: String) {
        if let Some(open) = &mut self.sheet {
            open.text = text;
        }
    }

    pub(super) fn enter(&mut self) -> Vec<Effect> {
        if self.struck_twice(Strike::Enter) {
            return Vec::new();
        }
        match self.entered() {
            Ok(Some(pick)) => self.pick(pick),
            Ok(None) => Vec::new(),
            Err(refusal) => {
                self.note = Some(Note::Refused(refusal));
                Vec::new()
            }
        }
    }

    fn entered(&self) -> Result<Option<Pick>, Refusal> {
        self.sheet
            .as_ref()
            .map_or(Ok(None), |open| self.text_of(open))
    }

    fn pick(&mut self, pick: Pick) -> Vec<Effect> {
        let Some(open) = self.sheet.take() else {
            return Vec::new();
        };
        self.note = None;
        match pick {
            Pick::Press(command) => return self.press(command),
            Pick::Go(sheet) if discriminant(&sheet) == discriminant(&open.sheet) => {
                self.sheet = Some(OpenSheet { sheet, ..open });
            }
            Pick::Go(sheet) => self.open(open.command, sheet),
            Pick::Ask(_) if self.asked.is_some() => {
                self.one_at_a_time(Command::Back);
                self.sheet = Some(open);
            }
            Pick::Ask(act) => return self.ask_or_stay(open, act),
            Pick::Missing(lacking) => return self.give_missing_papers(open, &lacking),
        }
        Vec::new()
    }

    /// What ends in paper is not asked while none can come.
    fn ask_or_stay(&mut self, open: OpenSheet, act: Act) -> Vec<Effect> {
        let needs_paper = matches!(act, Act::Reprint { .. } | Act::Report {});
        match self.may_print() {
            Err(note) if needs_paper => {
                self.note = Some(note);
                self.sheet = Some(open);
                Vec::new()
            }
            _ => self.ask(open.command, act),
        }
    }

    /// The slip needs nothing of the hall; the customer is finished with it if that is ticked.
    fn give_missing_papers(&mut self, open: OpenSheet, lacking: &Lacking) -> Vec<Effect> {
        let counter = self.own_number();
        let outcome = self.papers_missing_outcome().filter(|_| lacking.finish);
        if outcome.is_some() && self.asked.is_some() {
            self.one_at_a_time(Command::Back);
            self.sheet = Some(open);
            return Vec::new();
        }
        if let Err(note) = self.may_print() {
            self.note = Some(note);
            self.sheet = Some(open);
            return Vec::new();
        }
        let mut effects = vec![self.print_missing(open.number.unwrap_or_default(), lacking)];
        if outcome.is_some() {
            effects.extend(self.ask(open.command, Act::Finish { counter, outcome }));
        }
        effects
    }
}
