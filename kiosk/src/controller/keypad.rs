//! The keypad: a number, a code or a telephone number, typed key by key.

use std::time::{Duration, Instant};

use protocol::{Act, AsksPhone, HallRow, Refusal};

use super::page::{Page, Visit};
use super::{Controller, STRIKE};
use crate::event::{Effect, Key};

/// The same key struck twice in so short a time counts once (EN 301 549, 5.8); large text gives
/// the time that the standard asks for, [`STRIKE`].
pub const KEY_STRIKE: Duration = Duration::from_millis(200);

/// A number has at least three digits; no hall gives out so many that it needs six.
const NUMBER_DIGITS: (usize, usize) = (3, 5);
/// Shorter codes would be guessed, longer ones mistyped.
const CODE_DIGITS: (usize, usize) = (4, 12);
/// From a local number to the longest of all (E.164).
const PHONE_DIGITS: (usize, usize) = (7, 15);

/// What is typed, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keypad {
    pub(crate) purpose: Purpose,
    /// The letter of a number: it can be chosen before the digits or after them.
    series: String,
    digits: String,
}

/// What is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The number of a customer who missed a call.
    Return,
    /// The code of an appointment.
    CheckIn,
    /// The telephone number for a ticket of this class.
    Phone { visit: Visit, class: String },
}

impl Keypad {
    pub(crate) fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            series: String::new(),
            digits: String::new(),
        }
    }

    pub(crate) fn typed(&self) -> String {
        format!("{}{}", self.series, self.digits)
    }

    pub(crate) fn has_letters(&self) -> bool {
        self.purpose == Purpose::Return
    }

    /// Whether there is enough to be sent.
    pub(crate) fn is_whole(&self) -> bool {
        let named = !self.has_letters() || !self.series.is_empty();
        named && self.digits.len() >= self.limits().0
    }

    fn limits(&self) -> (usize, usize) {
        match self.purpose {
            Purpose::Return => NUMBER_DIGITS,
            Purpose::CheckIn => CODE_DIGITS,
            Purpose::Phone { .. } => PHONE_DIGITS,
        }
    }

    fn add(&mut self, key: &str) {
        let is_digit = key.chars().all(|letter| letter.is_ascii_digit());
        if !is_digit && self.has_letters() {
            key.clone_into(&mut self.series);
        } else if is_digit && self.digits.len() < self.limits().1 {
            self.digits.push_str(key);
        }
    }

    fn erase(&mut self) {
        if self.digits.pop().is_none() {
            self.series.clear();
        }
    }

    fn act(&self) -> Act {
        match &self.purpose {
            Purpose::Return => Act::comes_back(self.typed()),
            Purpose::CheckIn => Act::CheckIn { code: self.typed() },
            Purpose::Phone { visit, class } => Act::Take {
                service: visit.service.clone(),
                class: class.clone(),
                then: visit.then.clone(),
                phone: Some(self.typed()),
            },
        }
    }
}

impl Purpose {
    /// What is to be typed again after this refusal of this act, if that can help.
    pub(crate) fn to_type_again(act: &Act, refusal: &Refusal) -> Option<Self> {
        match (act, refusal) {
            (Act::Return { .. }, Refusal::UnknownTicket | Refusal::BadText { .. }) => {
                Some(Self::Return)
            }
            (Act::CheckIn { .. }, Refusal::UnknownAppointment | Refusal::BadText { .. }) => {
                Some(Self::CheckIn)
            }
            (
                Act::Take {
                    service,
                    class,
                    then,
                    ..
                },
                Refusal::PhoneNeeded | Refusal::BadText { .. },
            ) => {
                let (service, then) = (service.clone(), then.clone());
                Some(Self::Phone {
                    visit: Visit { service, then },
                    class: class.clone(),
                })
            }
            _ => None,
        }
    }
}

impl Controller {
    /// Whether customers who missed a call may say here that they are back.
    pub(crate) fn offers_returns(&self) -> bool {
        self.table.hall().is_some_and(|hall| hall.returns)
    }

    /// Whether customers with an appointment may say here that they have come.
    pub(crate) fn offers_appointments(&self) -> bool {
        self.table.hall().is_some_and(|hall| hall.appointments)
    }

    pub(super) fn asks_phone(&self) -> bool {
        let asks = |hall: &HallRow| hall.asks_phone == AsksPhone::Always;
        self.table.hall().is_some_and(asks)
    }

    /// Opens the keypad from the start page, where this hall offers it.
    pub(super) fn open_keypad(&mut self, now: Instant, purpose: Purpose) {
        let offered = match purpose {
            Purpose::Return => self.offers_returns(),
            Purpose::CheckIn => self.offers_appointments(),
            Purpose::Phone { .. } => false,
        };
        if offered && matches!(self.page, Page::Start { .. }) && !self.is_away(now) {
            self.go(now, Page::Keypad(Keypad::new(purpose)));
        }
    }

    /// Takes a key in. It does not rest between two keys, as buttons do: whoever types is fast.
    pub(super) fn press_key(&mut self, now: Instant, key: Key) {
        let is_strike = self.is_same_key_again(now, &key);
        if let Page::Keypad(keypad) = &mut self.page
            && !is_strike
        {
            match &key {
                Key::Type(text) => keypad.add(text),
                Key::Erase => keypad.erase(),
                Key::Clear => *keypad = Keypad::new(keypad.purpose.clone()),
            }
        }
        self.key_at = Some((key, now));
    }

    fn is_same_key_again(&self, now: Instant, key: &Key) -> bool {
        let apart = if self.looks.large_text {
            STRIKE
        } else {
            KEY_STRIKE
        };
        let last = self.key_at.as_ref().filter(|(last, _)| last == key);
        last.is_some_and(|(_, at)| now < *at + apart)
    }

    pub(super) fn enter(&mut self, now: Instant) -> Option<Effect> {
        match &self.page {
            Page::Keypad(keypad) if keypad.is_whole() => {
                let act = keypad.act();
                Some(self.ask_for(now, act))
            }
            _ => None,
        }
    }

    /// Back from the keypad to where it was opened.
    pub(super) fn leave_keypad(&mut self, now: Instant, keypad: Keypad) {
        let page = match keypad.purpose {
            Purpose::Phone { visit, .. } => Page::Service(visit),
            Purpose::Return | Purpose::CheckIn => Page::Start { tiles: 0 },
        };
        self.go(now, page);
    }
}
