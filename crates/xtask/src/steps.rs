//! Named steps with their times: what is going on, and at the end what came of each.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// The steps of one command. Each is announced, run with its own output passing through, and
/// remembered for the table at the end.
pub struct Steps {
    total: usize,
    done: Vec<Step>,
}

struct Step {
    name: String,
    outcome: Outcome,
    elapsed: Duration,
}

enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

impl Steps {
    /// A command of so many steps.
    pub fn new(total: usize) -> Self {
        Self {
            total,
            done: Vec::new(),
        }
    }

    /// Runs a step. A failure is remembered and told at the end; the return value says whether it passed.
    pub fn run(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        self.announce(name);
        let begin = Instant::now();
        let outcome = match work() {
            Ok(()) => Outcome::Passed,
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        self.conclude(name, outcome, begin.elapsed())
    }

    /// A step that is left out, and why.
    pub fn skip(&mut self, name: &str, why: &str) {
        self.announce(name);
        self.conclude(name, Outcome::Skipped(why.to_owned()), Duration::ZERO);
    }

    /// Prints the table. An error if any step failed.
    pub fn finish(self) -> Result<()> {
        let total: Duration = self.done.iter().map(|step| step.elapsed).sum();
        println!("\n{}", self.table());
        let failed: Vec<&str> = self
            .done
            .iter()
            .filter(|step| matches!(step.outcome, Outcome::Failed(_)))
            .map(|step| step.name.as_str())
            .collect();
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        println!("{} in {}", self.praise(), clock(total));
        Ok(())
    }

    /// What is said where nothing failed. What was left out is not said to be good.
    fn praise(&self) -> String {
        let is_skipped = |step: &&Step| matches!(step.outcome, Outcome::Skipped(_));
        match self.done.iter().filter(is_skipped).count() {
            0 => "all passed".to_owned(),
            left_out => format!("passed, but for {left_out} left out,"),
        }
    }

    fn announce(&self, name: &str) {
        println!("\n[{}/{}] {name}", self.done.len() + 1, self.total);
    }

    fn conclude(&mut self, name: &str, outcome: Outcome, elapsed: Duration) -> bool {
        let step = Step {
            name: name.to_owned(),
            outcome,
            elapsed,
        };
        println!("      {}", step.line());
        let passed = matches!(step.outcome, Outcome::Passed);
        self.done.push(step);
        passed
    }

    fn table(&self) -> String {
        let width = self
            .done
            .iter()
            .map(|step| step.name.chars().count())
            .max()
            .unwrap_or(0);
        let mut table = String::new();
        for step in &self.done {
            table.push_str(&format!("  {:width$}  {}\n", step.name, step.line()));
        }
        table
    }
}

impl Step {
    fn line(&self) -> String {
        match &self.outcome {
            Outcome::Passed => format!("ok       {}", clock(self.elapsed)),
            Outcome::Failed(why) => format!("FAILED   {}  {why}", clock(self.elapsed)),
            Outcome::Skipped(why) => format!("skipped  {why}"),
        }
    }
}

/// Seconds with a tenth, or minutes and seconds.
fn clock(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if seconds < 60 {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_told_and_later_steps_still_run() {
        let mut steps = Steps::new(3);
        assert!(steps.run("format", || Ok(())));
        assert!(!steps.run("lint", || bail!("one warning")));
        assert!(steps.run("tests", || Ok(())));
        let error = steps.finish().unwrap_err();
        assert_eq!(error.to_string(), "failed: lint");
    }

    #[test]
    fn a_skipped_step_is_no_failure_and_says_why() {
        let mut steps = Steps::new(1);
        steps.skip("licences", "cargo-deny cannot be had here");
        assert!(
            steps
                .table()
                .contains("skipped  cargo-deny cannot be had here")
        );
        assert_eq!(steps.praise(), "passed, but for 1 left out,");
        assert!(steps.finish().is_ok());
    }

    #[test]
    fn times_read_like_a_clock() {
        assert_eq!(clock(Duration::from_millis(12_340)), "12.3 s");
        assert_eq!(clock(Duration::from_secs(605)), "10 min 05 s");
    }
}
