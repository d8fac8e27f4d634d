//! What a slip of paper says. No sizes, no places, no commands: those belong to the layout.

use crate::template::Template;

/// A text in the two languages of a hall. Either may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bilingual {
    /// Chinese, simplified.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// Both texts at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// Counters by their numbers in short: `1–3, 5号窗口`.
    pub fn counters(numbers: &[u16]) -> Self {
        let written = number_ranges(numbers);
        let word = match numbers {
            [] => return Self::default(),
            [first, rest @ ..] if rest.iter().all(|other| other == first) => "Counter",
            _ => "Counters",
        };
        Self::new(format!("{written}号窗口"), format!("{word} {written}"))
    }

    /// True when neither language says anything.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

/// Numbers in short, in their order: `1–3, 5`.
pub fn number_ranges(numbers: &[u16]) -> String {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let runs = sorted.chunk_by(|one, next| one + 1 == *next);
    let written = runs.map(|run| match run {
        [one, .., last] => format!("{one}–{last}"),
        one => one.iter().map(u16::to_string).collect(),
    });
    written.collect::<Vec<_>>().join(", ")
}

/// An expected wait in whole minutes, an interval because nobody can promise a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitInterval {
    /// The shorter end, in minutes.
    pub from_minutes: u32,
    /// The longer end, in minutes. Equal to `from_minutes` when there is only one figure.
    pub to_minutes: u32,
}

/// Everything that one ticket says. Empty texts and `None` are left off the paper.
///
/// It holds no personal data: the class of a customer appears only as the badge 优先.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slip {
    /// The hall's name.
    pub hall: Bilingual,
    /// The number in the queue, such as `A012`.
    pub number: String,
    /// True prints the badge 优先 PRIORITY.
    pub favoured: bool,
    /// The service the ticket is for.
    pub service: Bilingual,
    /// The further services of the ticket, in their order.
    pub then: Vec<Bilingual>,
    /// The time of its appointment, ready to print: `10:00`.
    pub slot: String,
    /// How many people are before this one; `None` prints nothing.
    pub people_ahead: Option<u32>,
    /// The expected wait; `None` prints nothing.
    pub expected_wait: Option<WaitInterval>,
    /// The zone to walk to, such as `A区` and `Zone A`.
    pub zone: Bilingual,
    /// The counters that may call, such as `1–3号窗口` and `Counters 1–3`.
    pub counters: Bilingual,
    /// When the number was given, in the hall's own time, ready to print: `2026-11-22 09:15`.
    pub issued_at: String,
    /// The day on which it is valid, ready to print: `2026-11-22`.
    pub valid_on: String,
    /// What happens to somebody who misses the call.
    pub missed_call_rule: Bilingual,
    /// The papers that the service needs, printed when the customer or the hall wants them.
    pub papers: Vec<Bilingual>,
    /// The serial by which staff find the ticket again.
    pub serial: String,
    /// The text of a QR code, as a rule an address. Over [`QR_TEXT_BYTES_MAX`] bytes it is left off.
    pub qr: Option<String>,
    /// 0 for the first paper; n prints a bar 补打 REPRINT n.
    pub copy: u32,
    /// True prints number, services, appointment and counters only, larger.
    pub large_print: bool,
    /// What the hall wants of all its slips.
    pub template: Template,
}

/// The longest text of a QR code in bytes: with it the code is 57 modules wide, 43 mm on paper, and
/// still fits 58 mm paper.
pub const QR_TEXT_BYTES_MAX: usize = 200;

impl Slip {
    /// A filled slip for previews, galleries and tests.
    pub fn example() -> Self {
        Self {
            hall: Bilingual::new("城东供电营业厅", "Chengdong Power Service Hall"),
            number: "A012".into(),
            favoured: false,
            service: Bilingual::new("电费缴纳", "Pay an electricity bill"),
            then: Vec::new(),
            slot: String::new(),
            people_ahead: Some(7),
            expected_wait: Some(WaitInterval {
                from_minutes: 15,
                to_minutes: 25,
            }),
            zone: Bilingual::new("A区", "Zone A"),
            counters: Bilingual::new("1–3号窗口", "Counters 1–3"),
            issued_at: "2026-11-22 09:15".into(),
            valid_on: "2026-11-22".into(),
            missed_call_rule: Bilingual::new(
                "过号后请到引导台复号,再过3个号为您优先安排。",
                "Missed your call? Tell the guide desk and you will be called again after 3 more numbers.",
            ),
            papers: Vec::new(),
            serial: "0123-A012-7K".into(),
            qr: Some("https://hall.example/t/0123-A012-7K".into()),
            copy: 0,
            large_print: false,
            template: Template::default(),
        }
    }

    /// Slips like this one that have every figure in every place: who draws them while nobody waits has
    /// drawn before whatever a slip to come can say.
    pub fn rehearsals(&self) -> Vec<Self> {
        let one = |digit: u32| {
            let figure = char::from_digit(digit, 10).unwrap_or('0');
            let all = |text: &str| text.replace(|c: char| c.is_ascii_digit(), &figure.to_string());
            [digit, digit * 11].map(|people| Self {
                number: all(&self.number),
                people_ahead: self.people_ahead.map(|_| people),
                expected_wait: self.expected_wait.map(|_| WaitInterval {
                    from_minutes: people,
                    to_minutes: people + 11,
                }),
                issued_at: all(&self.issued_at),
                serial: all(&self.serial),
                ..self.clone()
            })
        };
        (0..10).flat_map(one).collect()
    }

    pub(crate) fn printable_code(&self) -> Option<&str> {
        let text = self.qr.as_deref()?;
        (text.len() <= QR_TEXT_BYTES_MAX).then_some(text)
    }

    /// The same slip as its nth copy, with the bar 补打 REPRINT n.
    pub fn copy(mut self, copy: u32) -> Self {
        self.copy = copy;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_written_in_runs() {
        for (numbers, zh, en) in [
            (vec![], "", ""),
            (vec![4], "4号窗口", "Counter 4"),
            (vec![5, 2, 1, 3, 3], "1–3, 5号窗口", "Counters 1–3, 5"),
        ] {
            assert_eq!(Bilingual::counters(&numbers), Bilingual::new(zh, en));
        }
    }
}
