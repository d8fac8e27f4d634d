//! What things are called: codes of the settings, numbers on paper, ids in the record.

use std::fmt;
use std::sync::Arc;

use crate::Date;

/// Serial numbers that fit one day behind its date in an id.
const SERIALS_PER_DAY: u64 = 1_000_000;

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// From its text.
            #[must_use]
            pub fn new(code: &str) -> Self {
                Self(code.into())
            }

            /// Its text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code! {
    /// The code of a service, such as `A`. Cheap to clone.
    ServiceCode
}
code! {
    /// The code of a customer class, such as `elderly`. Cheap to clone.
    ClassCode
}
code! {
    /// The letters in front of a number, such as `A`. Each series has its own, so that two series
    /// never give the same number. Cheap to clone.
    SeriesCode
}
code! {
    /// The code of what came of an errand, such as `papers_missing`. Cheap to clone.
    OutcomeCode
}
code! {
    /// What a customer with an appointment says or types. Cheap to clone.
    AppointmentCode
}

/// Stands for a customer's telephone number without telling it. The same number gives the same
/// holder on one business day, and nothing leads back from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Holder(pub u64);

/// The number on a counter's sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CounterNumber(pub u16);

impl fmt::Display for CounterNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number that a customer holds: the letters of its series, then at least three digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number {
    /// The letters.
    pub series: SeriesCode,
    /// Counted from the first number of the series.
    pub value: u32,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:03}", self.series, self.value)
    }
}

impl Number {
    /// From what stands on paper or was typed: letters, then digits. Small letters, spaces and
    /// missing zeros do no harm.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.split_whitespace().collect();
        let text = text.to_uppercase();
        let digits_at = text.find(|sign: char| sign.is_ascii_digit())?;
        let (letters, digits) = text.split_at(digits_at);
        let value = digits.parse().ok()?;
        let well_formed = !letters.is_empty() && letters.chars().all(char::is_alphabetic);
        well_formed.then(|| Self {
            series: SeriesCode::new(letters),
            value,
        })
    }
}

macro_rules! day_serial {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u64);

        impl $name {
            /// The one of a day with this serial number, counted from 1.
            #[must_use]
            pub fn of_day(day: Date, serial: u32) -> Self {
                Self(u64::from(day.yyyymmdd()) * SERIALS_PER_DAY + u64::from(serial))
            }

            /// Its serial number on its day, counted from 1.
            #[must_use]
            pub fn serial(self) -> u32 {
                (self.0 % SERIALS_PER_DAY) as u32
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

day_serial! {
    /// A ticket in the record: its day as yyyymmdd, then six digits of serial number.
    TicketId
}
day_serial! {
    /// A call in the record: its day as yyyymmdd, then six digits of serial number.
    CallId
}

impl TicketId {
    /// The one that comes after so many others of its day; `None` when the day can hold no more.
    pub(crate) fn after(day: Date, others: usize) -> Option<Self> {
        let serial = u32::try_from(others).ok()?.checked_add(1)?;
        (u64::from(serial) < SERIALS_PER_DAY).then(|| Self::of_day(day, serial))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_back_however_it_is_typed() {
        let number = Number {
            series: SeriesCode::new("A"),
            value: 12,
        };
        for typed in ["A012", "a12", " A 012 ", &number.to_string()] {
            assert_eq!(Number::parse(typed), Some(number.clone()), "{typed}");
        }
        for typed in ["", "A", "12", "A-12", "A99999999999"] {
            assert_eq!(Number::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_day_holds_as_many_tickets_as_its_ids_have_digits_for() {
        let day = Date::new(2026, 11, 22);
        let after = |others| TicketId::after(day, others).map(|id| id.to_string());
        assert_eq!(after(0).as_deref(), Some("20261122000001"));
        assert_eq!(after(999_998).as_deref(), Some("20261122999999"));
        assert_eq!(
            after(999_999),
            None,
            "it would be the id of another day's ticket"
        );
    }

    #[test]
    fn a_counter_is_called_by_the_number_on_its_sign() {
        assert_eq!(CounterNumber(12).to_string(), "12");
    }
}
