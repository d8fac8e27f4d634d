//! `cargo xtask mutants`: would the tests notice a fault? cargo-mutants plants one in each place of the
//! rules, the memory or the body of the hall's loop, and `.cargo/mutants.toml` says what it leaves out and why.
//!
//! Each part is judged in two rounds. The first asks the tests that take no time; only what they let pass is
//! asked again of the slower ones, for building and running those is what takes long.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::workspace;

#[derive(Args)]
pub struct Options {
    /// Which part; without any, all of them
    part: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The rules
    Queue,
    /// The hall's memory
    Store,
    /// The body of the hall's loop
    Engine,
}

impl Part {
    const ALL: [Self; 3] = [Self::Queue, Self::Store, Self::Engine];

    fn package(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Store => "store",
            Self::Engine => "hall",
        }
    }

    /// Where the lists go. The folder `mutants` is that of cargo's profile.
    fn output(self) -> PathBuf {
        workspace::output("survivors").join(self.package())
    }

    /// The targets whose tests judge, round by round.
    fn rounds(self) -> [&'static [&'static str]; 2] {
        match self {
            Self::Queue => [&["--lib"], &["--lib", "--test=peers", "--test=model"]],
            Self::Store => [&["--lib"], &["--test=memory"]],
            Self::Engine => [&["--test=engine"], &["--lib", "--test=trust"]],
        }
    }
}

pub fn run(options: &Options) -> Result<()> {
    let parts = if options.part.is_empty() {
        &Part::ALL[..]
    } else {
        &options.part
    };
    let mut survived = Vec::new();
    for part in parts {
        let [first, then] = part.rounds();
        // What is let pass in the first round says nothing yet.
        judge(*part, &[], first)?;
        println!("\nAsking the slower tests about what is left.");
        if !judge(*part, &["--iterate"], then)? {
            survived.push(part.output().join("mutants.out").display().to_string());
        }
    }
    if !survived.is_empty() {
        bail!(
            "mutants survived, see missed.txt in {}. Write a test for each, or its reason in .cargo/mutants.toml",
            survived.join(" and ")
        );
    }
    Ok(())
}

/// One round. Whether every mutant was caught.
fn judge(part: Part, how: &[&str], targets: &[&str]) -> Result<bool> {
    fs::create_dir_all(part.output())?;
    // The first test that fails is enough, which cargo's own runner does not know.
    let mut command = workspace::cargo(["mutants", "--no-shuffle", "--test-tool=nextest"]);
    command
        .args(["--package", part.package(), "--output"])
        .arg(part.output())
        .args(how)
        .args(targets.iter().map(|target| format!("--cargo-arg={target}")))
        // So that what others wrote is built once and not for each run.
        .env(
            "CARGO_TARGET_DIR",
            workspace::output("survivors").join("build"),
        )
        .env("NEXTEST_PROFILE", "mutants")
        // A counter-example is enough; the smallest one is for people.
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    let status = command.status().context("cargo could not be started")?;
    match status.code() {
        // A test that never ends is noticed as well.
        Some(0 | TIMED_OUT) => Ok(true),
        Some(MISSED) => Ok(false),
        _ => bail!(
            "{} failed ({status}). If cargo does not know it: cargo install --locked cargo-mutants cargo-nextest",
            workspace::words(&command)
        ),
    }
}

/// What cargo-mutants says by its exit code.
const MISSED: i32 = 2;
const TIMED_OUT: i32 = 3;
