//! The fixed texts of the wall, in both languages: both stand on it at once, so they come from here
//! and not from the one language of the process.

use client::Language;
use protocol::Text;

/// A text in both languages, the leading one first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// In the language that leads.
    pub first: String,
    /// In the other one; empty where it would repeat the first.
    pub second: String,
}

impl Both {
    /// A text of the hall's settings.
    #[must_use]
    pub fn of(text: &Text, leading: Language) -> Self {
        let first = leading.of(text).to_owned();
        let second = leading.other().of(text).to_owned();
        Self {
            second: if second == first {
                String::new()
            } else {
                second
            },
            first,
        }
    }

    /// A fixed text.
    #[must_use]
    pub fn words(zh: impl Into<String>, en: impl Into<String>, leading: Language) -> Self {
        Self::of(&Text::new(zh, en), leading)
    }
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("星期一", "Monday"),
    ("星期二", "Tuesday"),
    ("星期三", "Wednesday"),
    ("星期四", "Thursday"),
    ("星期五", "Friday"),
    ("星期六", "Saturday"),
    ("星期日", "Sunday"),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The date under the clock.
#[must_use]
pub fn date(time: &client::LocalTime, leading: Language) -> Both {
    let (weekday_zh, weekday_en) = WEEKDAYS[usize::from(time.weekday.clamp(1, 7)) - 1];
    let month_en = MONTHS[usize::from(time.month.clamp(1, 12)) - 1];
    Both::words(
        format!("{}月{}日 {weekday_zh}", time.month, time.day),
        format!("{weekday_en} {} {month_en}", time.day),
        leading,
    )
}
