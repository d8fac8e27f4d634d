//! What came of a demo: six ways to count the same customers, which must agree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

/// Counts and ids of one demo. Each comes from somewhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// From the hall's rows.
    pub issued: Counted,
    /// From the paper in the printer.
    pub printed: Counted,
    /// From the hall's calls.
    pub called: Counted,
    /// From the wall's window.
    pub shown: Counted,
    /// From the wall's announcements.
    pub spoken: Counted,
    /// From the hall's calls, after the clerks were done.
    pub finished: Counted,
}

/// The numbers of some customers, in the order in which they came up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// How many.
    pub count: usize,
    /// Which.
    pub numbers: Vec<String>,
    /// Their ids in the hall, where these numbers come with one: of tickets, or of calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<u64>,
}

impl Counted {
    /// One more.
    pub fn add(&mut self, number: &str, id: Option<u64>) {
        self.count += 1;
        self.numbers.push(number.to_owned());
        self.ids.extend(id);
    }
}

impl Summary {
    /// Writes it as JSON.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        fs::write(path, text).with_context(|| format!("write {}", path.display()))
    }

    /// Holds the six against each other and against the number of customers.
    ///
    /// # Errors
    /// With the first two that differ.
    pub fn check(&self, customers: usize) -> Result<()> {
        let (first, issued) = self.named()[0];
        ensure!(
            issued.count == customers,
            "{customers} customers came, and {} numbers were {first}: {:?}",
            issued.count,
            issued.numbers
        );
        for (name, counted) in self.named() {
            ensure!(
                counted.count == issued.count && counted.set() == issued.set(),
                "{first} and {name} do not match: {:?} and {:?}",
                issued.numbers,
                counted.numbers
            );
        }
        ensure!(
            self.called.numbers == self.spoken.numbers && self.called.numbers == self.shown.numbers,
            "called {:?}, shown {:?}, spoken {:?}: the order differs",
            self.called.numbers,
            self.shown.numbers,
            self.spoken.numbers
        );
        Ok(())
    }

    fn named(&self) -> [(&'static str, &Counted); 6] {
        [
            ("issued", &self.issued),
            ("printed", &self.printed),
            ("called", &self.called),
            ("shown", &self.shown),
            ("spoken", &self.spoken),
            ("finished", &self.finished),
        ]
    }
}

impl Counted {
    fn set(&self) -> BTreeSet<&str> {
        self.numbers.iter().map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(numbers: &[&str]) -> Counted {
        let mut counted = Counted::default();
        for number in numbers {
            counted.add(number, None);
        }
        counted
    }

    fn whole() -> Summary {
        Summary {
            issued: counted(&["A001", "A002"]),
            printed: counted(&["A001", "A002"]),
            called: counted(&["A002", "A001"]),
            shown: counted(&["A002", "A001"]),
            spoken: counted(&["A002", "A001"]),
            finished: counted(&["A001", "A002"]),
        }
    }

    #[test]
    fn what_agrees_passes() {
        whole().check(2).unwrap();
    }

    #[test]
    fn what_differs_is_named() {
        let lost = Summary {
            printed: counted(&["A001"]),
            ..whole()
        };
        let twice = Summary {
            spoken: counted(&["A002", "A001", "A001"]),
            ..whole()
        };
        let other = Summary {
            finished: counted(&["A001", "A003"]),
            ..whole()
        };
        let overtaken = Summary {
            spoken: counted(&["A001", "A002"]),
            ..whole()
        };
        for (summary, part) in [
            (lost, "issued and printed"),
            (twice, "issued and spoken"),
            (other, "issued and finished"),
            (overtaken, "order differs"),
            (whole(), "3 customers"),
        ] {
            let customers = if part == "3 customers" { 3 } else { 2 };
            let message = summary.check(customers).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}
