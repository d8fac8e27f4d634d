//! `cargo xtask torture`: every row of the table of faults with its number of cases, and a table at
//! the end. Each row is a test that also runs, with a selection of its cases, in the normal tests.

mod built;
mod fuzz;
mod result;
mod rows;

use std::env;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::workspace;
use built::Built;
use fuzz::Target;
use result::Outcome;
use rows::{Fault, ROWS};

/// The file to which the tests add their results.
const RESULTS: &str = "torture.results";

#[derive(Args)]
pub struct Options {
    /// So many cases as fit ten minutes; without it the long run
    #[arg(long)]
    short: bool,
    /// Begin with this seed, which a failure has named, instead of the first
    #[arg(long)]
    seed: Option<u64>,
    /// Only this row of the table, such as 2a; may be said several times
    #[arg(long)]
    row: Vec<String>,
    /// Run so many cases of each row instead
    #[arg(long)]
    cases: Option<u64>,
    /// Keep what the fuzzer found that reaches more code, for `cargo test` to replay
    #[arg(long)]
    keep: bool,
    /// How long row 23 runs; it runs only when it is asked for
    #[arg(long, default_value_t = 24.0)]
    hours: f64,
}

pub fn run(options: &Options) -> Result<()> {
    let chosen: Vec<&Fault> = ROWS.iter().filter(|fault| options.wants(fault)).collect();
    if chosen.is_empty() {
        bail!("no such row. There are: {}", names().join(", "));
    }
    let results = workspace::output(RESULTS);
    if let Some(folder) = results.parent() {
        fs::create_dir_all(folder)?;
    }
    let built = Built::of(&chosen)?;
    let begin = Instant::now();
    let mut outcomes = Vec::new();
    for fault in chosen {
        println!("\nrow {}: {}", fault.row, fault.what);
        // Of a run before.
        let _ = fs::remove_file(&results);
        let outcome = play(fault, options, &built)?;
        println!("{}", outcome.line());
        outcomes.push(outcome);
    }
    conclude(&outcomes, begin.elapsed())
}

impl Options {
    fn wants(&self, fault: &Fault) -> bool {
        if self.row.is_empty() {
            return !fault.only_when_asked();
        }
        self.row.iter().any(|row| row == fault.row)
    }

    fn cases(&self, fault: &Fault) -> u64 {
        let of_run = if self.short { fault.short } else { fault.long };
        self.cases.unwrap_or(of_run)
    }
}

fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = ROWS.iter().map(|fault| fault.row).collect();
    names.dedup();
    names
}

/// Runs the test of a row in a process of its own, one test in it, so that a seed is all that it depends on.
fn play(fault: &'static Fault, options: &Options, built: &Built) -> Result<Outcome> {
    let results = workspace::output(RESULTS);
    let cases = options.cases(fault);
    let program = built.program(fault)?;
    if fault.seeds.is_some() {
        let target = Target::new(fault, program)?;
        let outcome = target.play(cases, options.seed)?;
        if options.keep {
            target.keep()?;
        }
        return Ok(outcome);
    }
    let mut test = Command::new(program);
    test.current_dir(workspace::root().join(fault.folder))
        .args([fault.test, "--nocapture", "--test-threads=1"])
        .env("PAIHAO_TORTURE_OUT", &results)
        .env("PAIHAO_CASES", cases.to_string())
        .env("PAIHAO_HOURS", options.hours.to_string());
    if !options.short {
        // Of a printed image too.
        test.env("PAIHAO_EVERY_BYTE", "1");
    }
    if let Some(seed) = options.seed {
        test.env("PAIHAO_SEED", seed.to_string());
    }
    // Programs that a test starts beside its own are found there.
    if let Some(target) = env::var_os("CARGO_TARGET_DIR") {
        test.env("CARGO_TARGET_DIR", target);
    }
    let begin = Instant::now();
    let status = test.status().context("the test could not be started")?;
    let told = fs::read_to_string(&results).unwrap_or_default();
    Ok(Outcome::of(
        fault,
        cases,
        status.success(),
        &told,
        begin.elapsed(),
    ))
}

fn conclude(outcomes: &[Outcome], elapsed: Duration) -> Result<()> {
    println!("\n{}", result::table(outcomes));
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| !outcome.passed())
        .map(|outcome| outcome.row())
        .collect();
    if !failed.is_empty() {
        bail!("failed: row {}", failed.join(", row "));
    }
    println!("all rows passed in {} s", elapsed.as_secs());
    Ok(())
}
