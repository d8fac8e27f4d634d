//! What came of a row, from the line that its test has written.

use std::fmt::Write;
use std::time::Duration;

use super::rows::Fault;

/// A row that was run.
pub struct Outcome {
    fault: &'static Fault,
    wanted: u64,
    ran: u64,
    succeeded: bool,
    seed: Option<u64>,
    measured: String,
    elapsed: Duration,
}

impl Outcome {
    /// From what the test wrote. A test without a line of its own is one case.
    pub fn of(
        fault: &'static Fault,
        wanted: u64,
        succeeded: bool,
        told: &str,
        elapsed: Duration,
    ) -> Self {
        let line = told.lines().last();
        let number = |name| line.and_then(|line| number(line, name));
        let measured = line
            .and_then(|line| text(line, "measured"))
            .unwrap_or_default();
        Self {
            fault,
            wanted: number("wanted").unwrap_or(wanted),
            ran: number("passed").unwrap_or(if succeeded { wanted } else { 0 }),
            succeeded,
            seed: number("seed"),
            measured: measured.to_owned(),
            elapsed,
        }
    }

    pub fn row(&self) -> &str {
        self.fault.row
    }

    /// Every case that was wished for has run, and none failed.
    pub fn passed(&self) -> bool {
        self.succeeded && self.ran >= self.wanted
    }

    /// In one line, with a seed that replays a failure.
    pub fn line(&self) -> String {
        let verdict = if self.passed() { "ok    " } else { "FAILED" };
        let seed = self
            .seed
            .map_or_else(|| "-".to_owned(), |seed| seed.to_string());
        format!(
            "{:3}  {:44}  {verdict}  {:>9} of {:<9}  seed {seed:<8}  {:>7.1} s  {}",
            self.fault.row,
            self.fault.what,
            self.ran,
            self.wanted,
            self.elapsed.as_secs_f64(),
            self.measured
        )
    }
}

/// All rows under each other.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut table =
        String::from("row  fault                                         result     cases\n");
    for outcome in outcomes {
        // A text takes everything.
        let _ = writeln!(table, "{}", outcome.line().trim_end());
    }
    table
}

fn number(line: &str, name: &str) -> Option<u64> {
    let (_, behind) = line.split_once(&format!("\"{name}\":"))?;
    let digits = behind.split(|sign: char| !sign.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn text<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = line.split_once(&format!("\"{name}\":\""))?;
    behind.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::torture::rows::ROWS;

    fn outcome(succeeded: bool, told: &str) -> Outcome {
        Outcome::of(&ROWS[0], 50, succeeded, told, Duration::from_secs(2))
    }

    #[test]
    fn a_row_passes_when_all_its_cases_ran_and_none_failed() {
        let line = |passed| {
            format!(
                "{{\"row\":\"1\",\"wanted\":50,\"passed\":{passed},\"seed\":7,\"measured\":\"back after 1 s\"}}\n"
            )
        };
        let good = outcome(true, &line(50));
        assert!(
            good.passed()
                && good.line().contains("50 of 50")
                && good.line().contains("back after 1 s")
        );
        assert!(!outcome(true, &line(49)).passed(), "too few");
        let failed = outcome(false, &line(12));
        assert!(!failed.passed() && failed.line().contains("seed 7"));
    }

    #[test]
    fn a_test_that_says_nothing_is_believed_only_if_it_succeeds() {
        assert!(outcome(true, "").passed());
        assert!(!outcome(false, "").passed());
    }
}
