//! Where the clerk sits: the form of the sign-in page, and what the rows say of it.

use protocol::{
    Act, CounterRow, CounterState, MAX_NAME_CHARS, MAX_PIN_DIGITS, MIN_PIN_DIGITS, Refusal, Secret,
};

use super::note::Note;
use super::{Command, Controller, Effect, Memory};

/// What the sign-in page says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) counter: Option<u16>,
    pub(crate) clerk: String,
    /// Digits, as typed.
    pub(crate) pin: String,
    /// How often the PIN was changed here and not by the clerk, which the field has to follow.
    pub(crate) pin_turn: u32,
}

/// Where this clerk sits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) counter: u16,
    pub(crate) clerk: String,
    /// Whether the rows have shown it: only then a row that says otherwise means that it was lost.
    seen: bool,
}

impl Controller {
    /// A form without a counter, or with one that the hall does not have, gets one to begin with.
    pub(super) fn check_form(&mut self) {
        let known = |number: u16| self.table.counter(number).is_some();
        if !self.form.counter.is_some_and(known) {
            let free = |row: &&CounterRow| row.state == CounterState::Closed;
            let first = self.table.counters().find(free);
            self.form.counter = first.or(self.table.counters().next()).map(|row| row.number);
        }
    }

    /// The hall's rows decide who sits where; what another program did shows here.
    pub(super) fn check_seat(&mut self) {
        let Some(seat) = &mut self.seat else {
            return;
        };
        let row = self.table.counter(seat.counter);
        if row.and_then(clerk_of) == Some(&seat.clerk) {
            seat.seen = true;
        } else if seat.seen {
            let counter = seat.counter;
            let leaving = self.asked.as_ref();
            let by_myself = leaving.is_some_and(|asked| asked.command == Command::SignOut);
            self.leave();
            self.note = (!by_myself).then_some(Note::SignedOut { counter });
        }
    }

    pub(super) fn leave(&mut self) {
        self.seat = None;
        self.sheet = None;
        self.forget_pin();
    }

    /// Whether people sign in with a PIN here.
    pub(crate) fn asks_pin(&self) -> bool {
        self.table.hall().is_some_and(|hall| hall.asks_pin)
    }

    /// Only digits come into the field.
    pub(super) fn type_pin(&mut self, typed: &Secret) {
        let digits = typed.reveal().chars().filter(char::is_ascii_digit);
        self.form.pin = digits.take(MAX_PIN_DIGITS).collect();
        if self.form.pin != typed.reveal() {
            self.form.pin_turn += 1;
        }
    }

    pub(super) fn forget_pin(&mut self) {
        self.form.pin.clear();
        self.form.pin_turn += 1;
    }

    pub(super) fn sit_down(&mut self, counter: u16, clerk: String) -> Vec<Effect> {
        let memory = Memory {
            counter: Some(counter),
            clerk: clerk.clone(),
        };
        self.forget_pin();
        self.seat = Some(Seat {
            counter,
            clerk,
            seen: false,
        });
        self.check_seat();
        vec![Effect::Remember(memory)]
    }

    pub(super) fn sign_in(&self) -> Result<Act, Refusal> {
        let clerk = self.form.clerk.trim().to_owned();
        if clerk.is_empty() || clerk.chars().count() > MAX_NAME_CHARS {
            let field = "clerk".to_owned();
            return Err(Refusal::BadText { field });
        }
        let counter = self.form.counter.ok_or(Refusal::UnknownCounter)?;
        let pin = self.pin()?;
        Ok(Act::SignIn {
            counter,
            clerk,
            pin,
        })
    }

    fn pin(&self) -> Result<Option<Secret>, Refusal> {
        let digits = self.form.pin.chars().count();
        match (self.asks_pin(), digits) {
            (false, _) => Ok(None),
            (true, MIN_PIN_DIGITS..=MAX_PIN_DIGITS) => Ok(Some(Secret::new(&self.form.pin))),
            (true, _) => Err(Refusal::BadText {
                field: "pin".to_owned(),
            }),
        }
    }

    pub(super) fn step_counter(&mut self, by: i32) {
        let numbers: Vec<u16> = self.table.counters().map(|row| row.number).collect();
        let Ok(count) = i32::try_from(numbers.len()) else {
            return;
        };
        if count > 0 {
            let chosen = |number: &u16| Some(*number) == self.form.counter;
            let here = numbers.iter().position(chosen).unwrap_or(0) as i32;
            self.form.counter = Some(numbers[(here + by).rem_euclid(count) as usize]);
        }
    }
}

/// Who has signed in at a counter.
pub(crate) fn clerk_of(row: &CounterRow) -> Option<&String> {
    row.desk.as_ref()?.clerk.as_ref()
}
