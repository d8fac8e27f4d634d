//! What came of a rehearsal.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use protocol::{Called, Issued};

/// Counts and waits of a day that was played.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What day it was.
    pub title: String,
    /// Customers of the day.
    pub customers: usize,
    /// Tickets issued.
    pub issued: usize,
    /// Calls made.
    pub called: usize,
    /// Calls that the wall showed.
    pub shown: usize,
    /// Customers served to the end.
    pub finished: usize,
    /// Customers who had left when they were called.
    pub given_up: usize,
    /// Numbers that were given twice.
    pub numbers_given_twice: Vec<String>,
    /// Numbers whose ticket was called twice.
    pub called_twice: Vec<String>,
    /// Waits by service.
    pub by_service: BTreeMap<String, Waits>,
    /// Waits by class.
    pub by_class: BTreeMap<String, Waits>,
    numbers: BTreeSet<String>,
    open: BTreeMap<u64, String>,
    tickets_called: HashSet<u64>,
    calls_shown: HashSet<u64>,
    scale: u32,
}

/// The waits of some customers.
#[derive(Clone, Debug, Default)]
pub struct Waits {
    waited_ms: Vec<u64>,
}

impl Report {
    /// `scale` is what a wait that the hall measured is to be multiplied with.
    pub(super) fn new(title: String, customers: usize, scale: u32) -> Self {
        Self {
            title,
            customers,
            scale: scale.max(1),
            ..Self::default()
        }
    }

    pub(super) fn issued(&mut self, issued: &Issued) {
        self.issued += 1;
        if !self.numbers.insert(issued.number.clone()) {
            self.numbers_given_twice.push(issued.number.clone());
        }
        // A clerk may have called it before the kiosk heard of it.
        if !self.tickets_called.contains(&issued.ticket) {
            self.open.insert(issued.ticket, issued.number.clone());
        }
    }

    pub(super) fn called(&mut self, called: &Called) {
        self.called += 1;
        self.open.remove(&called.ticket);
        if !self.tickets_called.insert(called.ticket) {
            self.called_twice.push(called.number.clone());
        }
        let waited_ms = self.waited_ms(called);
        self.by_service
            .entry(called.service.clone())
            .or_default()
            .waited_ms
            .push(waited_ms);
        self.by_class
            .entry(called.class.clone())
            .or_default()
            .waited_ms
            .push(waited_ms);
    }

    /// The wait of a call in time of the day, in milliseconds.
    pub(super) fn waited_ms(&self, called: &Called) -> u64 {
        called.waited_ms * u64::from(self.scale)
    }

    pub(super) fn shown(&mut self, call: u64) {
        if self.calls_shown.insert(call) {
            self.shown += 1;
        }
    }

    pub(super) fn everything_was_shown(&self) -> bool {
        self.shown >= self.customers
    }

    pub(super) fn finished(&mut self) {
        self.finished += 1;
    }

    pub(super) fn gave_up(&mut self) {
        self.given_up += 1;
    }

    /// Numbers that were issued and never called.
    #[must_use]
    pub fn lost(&self) -> Vec<&str> {
        self.open.values().map(String::as_str).collect()
    }

    /// Whether everybody got one number, was called once, was shown on the wall, and was served or gave up.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let all = [
            self.issued,
            self.called,
            self.shown,
            self.finished + self.given_up,
        ];
        all.iter().all(|count| *count == self.customers)
            && self.numbers_given_twice.is_empty()
            && self.called_twice.is_empty()
            && self.lost().is_empty()
    }
}

impl Waits {
    /// How many waited.
    #[must_use]
    pub fn count(&self) -> usize {
        self.waited_ms.len()
    }

    /// The mean in minutes.
    #[must_use]
    pub fn mean_min(&self) -> f64 {
        minutes(self.waited_ms.iter().sum::<u64>()) / self.count().max(1) as f64
    }

    /// The wait that 95 of 100 did not exceed, in minutes.
    #[must_use]
    pub fn p95_min(&self) -> f64 {
        let mut sorted = self.waited_ms.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * 95).div_ceil(100).saturating_sub(1);
        minutes(sorted.get(place).copied().unwrap_or(0))
    }

    /// The longest, in minutes.
    #[must_use]
    pub fn max_min(&self) -> f64 {
        minutes(self.waited_ms.iter().copied().max().unwrap_or(0))
    }
}

fn minutes(ms: u64) -> f64 {
    ms as f64 / 60_000.0
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        writeln!(f)?;
        waits(f, "service", &self.by_service)?;
        writeln!(f)?;
        waits(f, "class", &self.by_class)?;
        writeln!(f)?;
        for (what, count) in [
            ("customers", self.customers),
            ("issued", self.issued),
            ("called", self.called),
            ("shown on the wall", self.shown),
            ("finished", self.finished),
            ("given up", self.given_up),
        ] {
            writeln!(f, "{what:<24}{count:>8}")?;
        }
        must_be_none(f, "numbers given twice", &self.numbers_given_twice)?;
        must_be_none(f, "tickets called twice", &self.called_twice)?;
        must_be_none(f, "tickets lost", &self.lost())
    }
}

fn waits(f: &mut fmt::Formatter<'_>, title: &str, by: &BTreeMap<String, Waits>) -> fmt::Result {
    writeln!(
        f,
        "{title:<24}{:>8}{:>10}{:>10}{:>10}",
        "called", "mean min", "p95 min", "max min"
    )?;
    for (name, waits) in by {
        let (mean, p95, max) = (waits.mean_min(), waits.p95_min(), waits.max_min());
        writeln!(
            f,
            "{name:<24}{:>8}{mean:>10.1}{p95:>10.1}{max:>10.1}",
            waits.count()
        )?;
    }
    Ok(())
}

fn must_be_none<T: AsRef<str>>(f: &mut fmt::Formatter<'_>, what: &str, which: &[T]) -> fmt::Result {
    if which.is_empty() {
        return writeln!(f, "{what:<24}{:>8}", "none");
    }
    let names: Vec<&str> = which.iter().map(AsRef::as_ref).take(20).collect();
    writeln!(f, "{what:<24}{:>8}  {}", which.len(), names.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issued(ticket: u64, number: &str) -> Issued {
        Issued {
            ticket,
            number: number.to_owned(),
            service: "A".to_owned(),
            class: "ordinary".to_owned(),
            favoured: false,
            ahead: 0,
            wait: None,
            issued_at: String::new(),
            day: String::new(),
            ..Default::default()
        }
    }

    fn called(ticket: u64, waited_min: u64) -> Called {
        Called {
            call: ticket,
            ticket,
            number: format!("A{ticket:03}"),
            service: "A".to_owned(),
            class: "ordinary".to_owned(),
            waited_ms: waited_min * 60_000,
        }
    }

    #[test]
    fn what_was_doubled_or_lost_is_named() {
        let mut report = Report::new("a day".to_owned(), 2, 1);
        report.issued(&issued(1, "A001"));
        report.issued(&issued(2, "A001"));
        report.called(&called(1, 1));
        report.called(&called(1, 1));
        assert!(!report.is_clean());
        assert_eq!(
            (&report.numbers_given_twice, &report.called_twice),
            (&vec!["A001".to_owned()], &vec!["A001".to_owned()])
        );
        assert_eq!(report.lost(), ["A001"]);
    }

    #[test]
    fn waits_are_the_mean_the_95th_of_100_and_the_longest() {
        let waits = Waits {
            waited_ms: (1..=100).map(|minutes| minutes * 60_000).collect(),
        };
        assert_eq!(
            (waits.mean_min(), waits.p95_min(), waits.max_min()),
            (50.5, 95.0, 100.0)
        );
    }
}
