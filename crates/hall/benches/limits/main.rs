//! The hall beside what this machine can do at most, measured in turns in one run, for the speed
//! of a machine drifts by more than the hall differs from it. Keeps no verdict.

mod awake;
mod bare;
mod client;
mod echo;
#[path = "../../tests/network/hall_file.rs"]
mod hall_file;
mod load;
mod process;
mod report;
mod round;
mod sample;
mod to_wall;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use awake::Awake;
use report::Report;
use round::Bench;

/// Measures the hall and the limits of this machine, prints a table and writes target/bench.json.
#[derive(Parser)]
struct Options {
    /// Short rounds, of about six seconds each; the table shows their medians
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Where the figures go
    #[arg(long, default_value_os_t = target().join("bench.json"))]
    json: PathBuf,
    /// Said by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    // Not in /tmp, which may be memory: a disk is to be measured.
    let folder = target().join("bench");
    let runtime = tokio::runtime::Runtime::new().context("the system gives no threads")?;
    let bench = Bench::prepare(&runtime, &folder)?;
    let load_before = load_average()?;
    let awake = Awake::stay()?;
    let progress = ProgressBar::new(u64::from(options.rounds)).with_style(
        ProgressStyle::with_template("{bar:30} round {pos} of {len}, {eta} left")?,
    );
    progress.tick();
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        rounds.push(bench.round()?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    drop(awake);
    let report = Report::new(&rounds, [load_before, load_average()?]);
    print!("{report}");
    fs::write(&options.json, serde_json::to_string_pretty(&report)?)
        .with_context(|| format!("{} cannot be written", options.json.display()))?;
    println!("\nWritten to {}", options.json.display());
    fs::remove_dir_all(&folder).with_context(|| format!("{} stays", folder.display()))
}

/// Where the README says that output goes, also when cargo's target folder is elsewhere.
fn target() -> PathBuf {
    // This package lies two levels below the workspace.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.unwrap_or(Path::new(".")).join("target")
}

/// How many programs wanted to run over the last minute.
fn load_average() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg").context("the load of the machine")?;
    let first = text.split_whitespace().next().unwrap_or_default();
    first.parse().context("the load of the machine")
}
