//! What stands on the keypad's page.

use client::Table;

use crate::controller::{Controller, Keypad, Purpose};

/// The keypad, and what is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeypadView {
    /// What is to be typed.
    pub asks: Asks,
    /// What is typed so far, parted as people say it.
    pub typed: String,
    /// What it may look like, for an empty field.
    pub example: String,
    /// The letters of the hall's numbers, where they are needed.
    pub letters: Vec<String>,
    /// Whether there is enough to be sent.
    pub is_whole: bool,
}

/// What is to be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The number of a ticket whose call was missed.
    Number,
    /// The code of an appointment.
    Code,
    /// A telephone number.
    Phone,
}

impl Controller {
    pub(super) fn keypad(&self, keypad: &Keypad) -> KeypadView {
        let asks = match keypad.purpose {
            Purpose::Return => Asks::Number,
            Purpose::CheckIn => Asks::Code,
            Purpose::Phone { .. } => Asks::Phone,
        };
        let letters = match keypad.has_letters() {
            true => letters(&self.table),
            false => Vec::new(),
        };
        KeypadView {
            asks,
            typed: parted(asks, &keypad.typed()),
            example: letters
                .first()
                .map(|letter| format!("{letter}012"))
                .unwrap_or_default(),
            letters,
            is_whole: keypad.is_whole(),
        }
    }
}

/// The letters of all numbers of the hall, also of services that no kiosk offers: a guide gave
/// their numbers out. A hall that does not say them has those of its services.
fn letters(table: &Table) -> Vec<String> {
    let said = table.hall().map(|hall| hall.prefixes.clone());
    let said = said.filter(|prefixes| !prefixes.is_empty());
    said.unwrap_or_else(|| table.services().map(|row| row.code.clone()).collect())
}

/// A mobile number as it is said: `138 0013 8000`. Everything else in fours, a number as it is.
fn parted(asks: Asks, typed: &str) -> String {
    let first = match asks {
        Asks::Number => return typed.to_owned(),
        Asks::Phone if typed.starts_with('1') => 3,
        Asks::Phone | Asks::Code => 4,
    };
    let mut parts = String::new();
    for (place, digit) in typed.chars().enumerate() {
        if place >= first && (place - first).is_multiple_of(4) {
            parts.push(' ');
        }
        parts.push(digit);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_parted_as_people_say_it() {
        for (asks, typed, shown) in [
            (Asks::Phone, "13800138000", "138 0013 8000"),
            (Asks::Phone, "02955512345", "0295 5512 345"),
            (Asks::Code, "480215", "4802 15"),
            (Asks::Code, "4802", "4802"),
            (Asks::Number, "A012", "A012"),
        ] {
            assert_eq!(parted(asks, typed), shown);
        }
    }
}
