//! A row of the table of faults: how many cases are asked for, which seed each has, and what came
//! of them. Tests of several packages take this file in by its path, so it needs nothing.
//!
//! Without the environment a row runs a selection. `cargo xtask torture` asks for more:
//! `PAIHAO_CASES` says how many, `PAIHAO_SEED` with which seed to begin, and `PAIHAO_TORTURE_OUT`
//! names the file to which a line with the result is added.
#![allow(dead_code)]

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::str::FromStr;
use std::time::{Duration, Instant};

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

/// Times what was promised in seconds. A promise is made for a machine that does nothing else, so it
/// also sees how much of the machine other programs took meanwhile.
#[derive(Debug)]
pub struct Stopwatch {
    began: Instant,
    before: Option<Spent>,
}

/// As a machine swings by ten with what else runs on it, so much and no more is forgiven.
const MOST_TIMES_SLOWER: u32 = 10;

impl Stopwatch {
    /// It runs from now on.
    pub fn start() -> Self {
        Self {
            began: Instant::now(),
            before: Spent::now(),
        }
    }

    /// The time since it was started.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// What may have taken so long since it was started: in a release build, which is what
    /// `cargo xtask torture` runs, the promise as far as the machine was left to us. In the normal tests,
    /// which are built without optimisation and run beside others, also the wider time that the same test
    /// has found this machine to need.
    pub fn allowed(&self, promise: Duration, without_optimisation: Duration) -> Duration {
        let parts = (self.left_percent() / 10).max(1) as u32;
        let promise = promise * MOST_TIMES_SLOWER / parts.min(MOST_TIMES_SLOWER);
        if cfg!(debug_assertions) {
            promise.max(without_optimisation)
        } else {
            promise
        }
    }

    /// The part of the machine that was not taken by others since it was started, in percent.
    pub fn left_percent(&self) -> u64 {
        let after = Spent::now();
        let spent = self.before.as_ref().zip(after);
        spent.map_or(100, |(before, after)| {
            let all = after.all.saturating_sub(before.all);
            let left = after.left.saturating_sub(before.left);
            (left * 100)
                .checked_div(all)
                .map_or(100, |left| left.min(100))
        })
    }
}

/// The time of all processors since the machine started, in ticks of its clock; and what of it was idle or
/// spent by us and the programs that we started.
#[derive(Debug)]
struct Spent {
    all: u64,
    left: u64,
}

impl Spent {
    /// `None` where the system is not Linux.
    fn now() -> Option<Self> {
        let all = fs::read_to_string("/proc/stat").ok()?;
        let all = all.lines().next()?.split_whitespace().skip(1);
        // Behind the first eight, guests are counted a second time.
        let all: Vec<u64> = all.take(8).filter_map(|field| field.parse().ok()).collect();
        let idle = all.get(3)? + all.get(4)?;
        let us = std::process::id();
        let processes = fs::read_dir("/proc").ok()?.flatten();
        let ours = processes.filter_map(|process| {
            let about = fs::read_to_string(process.path().join("stat")).ok()?;
            spent_by(&about, us)
        });
        Some(Self {
            all: all.iter().sum(),
            left: idle + ours.sum::<u64>(),
        })
    }
}

/// The time of a process by its line in `/proc`, with that of its children which have ended, if it is
/// `us` or was started by us.
fn spent_by(about: &str, us: u32) -> Option<u64> {
    let (number, rest) = about.split_once(' ')?;
    // The name, which may have anything in it, ends with the last bracket.
    let rest: Vec<&str> = rest.rsplit_once(')')?.1.split_whitespace().collect();
    let us = us.to_string();
    let is_ours = number == us || *rest.get(1)? == us;
    let times = rest
        .get(11..15)?
        .iter()
        .filter_map(|time| time.parse::<u64>().ok());
    is_ours.then(|| times.sum())
}

fn asked<T: FromStr>(name: &str) -> Option<T> {
    let value = env::var(name).ok()?;
    let parsed = value.parse().ok();
    assert!(parsed.is_some(), "{name} is a number: {value:?}");
    parsed
}
