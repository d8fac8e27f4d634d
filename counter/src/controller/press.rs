//! What a key or a button comes to.

use std::time::{Duration, Instant};

use client::Theme;
use protocol::{Act, CallState, Refusal};

use super::note::Note;
use super::{Command, Controller, Effect, Hall};
use crate::Primary;
use crate::sheet::Sheet;

/// A second strike of the same key within this time is the same strike (standards.md, K-31).
const DOUBLE_STRIKE: Duration = Duration::from_millis(500);

/// What the hall changes within this time of a press is what the press came to.
const OWN_DOING: Duration = Duration::from_secs(2);

/// What was struck last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strike {
    Press(Command),
    Choose(usize),
    Enter,
}

/// What a press comes to.
enum Wish {
    Ask(Act),
    Open(Sheet),
    /// All is as it is wished.
    Nothing,
}

impl Controller {
    pub(super) fn press(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Language => self.beginning.language = self.beginning.language.other(),
            Command::Contrast => self.beginning.theme = other(self.beginning.theme),
            Command::Back => return self.back(),
            _ => return self.act(command),
        }
        Vec::new()
    }

    fn back(&mut self) -> Vec<Effect> {
        if self.sheet.take().is_some() {
            self.note = None;
        } else if self.hall != Hall::Up
            && let Some(asked) = self.asked.take()
        {
            self.note = Some(Note::TakenBack);
            return vec![Effect::Forget { id: asked.id }];
        } else {
            self.note = None;
        }
        Vec::new()
    }

    fn act(&mut self, command: Command) -> Vec<Effect> {
        if self.struck_twice(Strike::Press(command)) || self.sheet.is_some() {
            return Vec::new();
        }
        if self.asked.is_some() {
            self.one_at_a_time(command);
            return Vec::new();
        }
        self.note = None;
        match self.wish(command) {
            Ok(Wish::Ask(act)) => return self.ask(command, act),
            Ok(Wish::Open(sheet)) => self.open(command, sheet),
            Ok(Wish::Nothing) => self.note = Some(Note::Awaiting),
            Err(refusal) => self.note = Some(Note::Refused(refusal)),
        }
        Vec::new()
    }

    pub(super) fn struck_twice(&mut self, strike: Strike) -> bool {
        let now = self.now;
        let before = self.last_strike.replace((strike, now));
        before.is_some_and(|(last, at)| last == strike && now < at + DOUBLE_STRIKE)
    }

    /// Whom the hall gave or took by itself, just when the large button was to be pressed for
    /// something else: such a press counts as a second strike.
    pub(super) fn check_hand(&mut self, before: Option<(u64, CallState)>) {
        let recent = |at: Instant| self.now < at + OWN_DOING;
        let mine = self.asked.is_some() || self.last_strike.is_some_and(|(_, at)| recent(at));
        if before != self.hand_state() && !mine {
            self.last_strike = Some((Strike::Press(Command::Primary), self.now));
        }
        self.check_sheet();
    }

    fn wish(&self, command: Command) -> Result<Wish, Refusal> {
        if command == Command::SignIn {
            return self.sign_in().map(Wish::Ask);
        }
        let counter = self.seat.as_ref().ok_or(Refusal::CounterClosed)?.counter;
        let act = match command {
            Command::Primary => return Ok(self.primary_wish(counter)),
            Command::Recall => self.called().map(|_| Act::Recall { counter })?,
            Command::NoShow => self.called().map(|_| Act::NoShow { counter })?,
            Command::Finish => self.somebody().map(|_| Act::finish(counter))?,
            Command::Pause if self.is_paused() => Act::Resume { counter },
            Command::SignOut => self.nobody().map(|()| Act::SignOut { counter })?,
            Command::StopAwaiting => Act::StopAwaiting { counter },
            _ => return self.sheet_for(command).map(Wish::Open),
        };
        Ok(Wish::Ask(act))
    }

    fn primary_wish(&self, counter: u16) -> Wish {
        Wish::Ask(match self.primary() {
            Primary::CallNext | Primary::FinishAndCallNext => Act::CallNext { counter },
            Primary::AwaitNext | Primary::FinishAndAwait => Act::AwaitNext { counter },
            Primary::Awaiting => return Wish::Nothing,
            Primary::Arrived => Act::Arrive { counter },
            Primary::Finish => Act::finish(counter),
            Primary::Resume => Act::Resume { counter },
        })
    }
}

fn other(theme: Theme) -> Theme {
    match theme {
        Theme::Light => Theme::HighContrast,
        Theme::HighContrast => Theme::Light,
    }
}
