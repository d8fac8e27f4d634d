//! A row of the table of faults: how many cases are asked for, which seed each has, and what came
//! of them. Tests of several packages take this file in by its path, so it needs nothing.
//!
//! Without the environment a row runs a selection. `cargo xtask torture` asks for more:
//! `PAIHAO_CASES` says how many, `PAIHAO_SEED` with which seed to begin, and `PAIHAO_TORTURE_OUT`
//! names the file to which a line with the result is added.
#![allow(dead_code)]

use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::str::FromStr;
use std::time::Instant;

/// A row that is being run. Its result is told when it is dropped, also by a failure.
#[derive(Debug)]
pub struct Row {
    row: &'static str,
    fault: &'static str,
    wanted: u64,
    begun: u64,
    passed: u64,
    seed: u64,
    started: Instant,
    measured: Vec<String>,
}

impl Row {
    /// A row of `faults.md`, and how many of its cases run when nobody asks for more.
    pub fn begin(row: &'static str, fault: &'static str, selection: u64) -> Self {
        Self {
            row,
            fault,
            wanted: asked("PAIHAO_CASES").unwrap_or(selection),
            begun: 0,
            passed: 0,
            seed: asked("PAIHAO_SEED").unwrap_or(1),
            started: Instant::now(),
            measured: Vec::new(),
        }
    }

    /// A row whose cases are all that there are, whatever is asked for.
    pub fn begin_all(row: &'static str, fault: &'static str, all: u64) -> Self {
        let mut begun = Self::begin(row, fault, all);
        begun.wanted = all;
        begun
    }

    /// How many cases are to be run.
    pub fn wanted(&self) -> u64 {
        self.wanted
    }

    /// The seed of what is to be run next, until enough cases have passed.
    pub fn next_seed(&mut self) -> Option<u64> {
        if self.passed >= self.wanted {
            return None;
        }
        self.begun += 1;
        Some(self.seed_now())
    }

    /// How many have passed.
    pub fn cases_passed(&self) -> u64 {
        self.passed
    }

    /// So many cases more have passed.
    pub fn passed(&mut self, cases: u64) {
        self.passed += cases;
    }

    /// What was measured on the way, for the table.
    pub fn measured(&mut self, what: String) {
        self.measured.push(what);
    }

    /// The seed of what runs.
    fn seed_now(&self) -> u64 {
        self.seed + self.begun.saturating_sub(1)
    }

    fn line(&self, failed: bool) -> String {
        let (row, fault, measured) = (self.row, self.fault, self.measured.join("; "));
        let (wanted, passed) = (self.wanted, self.passed);
        let (seed, ms) = (
            if failed { self.seed_now() } else { self.seed },
            self.started.elapsed().as_millis(),
        );
        format!(
            r#"{{"row":"{row}","fault":"{fault}","wanted":{wanted},"passed":{passed},"failed":{failed},"seed":{seed},"ms":{ms},"measured":"{measured}"}}"#
        )
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        if failed {
            let (row, seed) = (self.row, self.seed_now());
            eprintln!(
                "row {row} failed; again with: cargo xtask torture --row {row} --seed {seed}"
            );
        } else {
            assert!(
                self.passed >= self.wanted,
                "row {} ran all its cases",
                self.row
            );
        }
        let line = self.line(failed);
        eprintln!("{line}");
        if let Some(file) = env::var_os("PAIHAO_TORTURE_OUT") {
            let opened = OpenOptions::new().create(true).append(true).open(file);
            let written = opened.and_then(|mut file| writeln!(file, "{line}"));
            written.expect("the results can be written");
        }
    }
}

fn asked<T: FromStr>(name: &str) -> Option<T> {
    let value = env::var(name).ok()?;
    let parsed = value.parse().ok();
    assert!(parsed.is_some(), "{name} is a number: {value:?}");
    parsed
}
