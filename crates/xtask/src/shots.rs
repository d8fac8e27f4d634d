//! `cargo xtask shots`: every page of every program as a picture, without a display.

use anyhow::Result;
use clap::Args;

use crate::packages::{self, WINDOWS};
use crate::steps::Steps;
use crate::workspace;

/// The programs that have pages.
const PROGRAMS: [&str; 3] = ["kiosk", "counter", "display"];

#[derive(Args)]
pub struct Options {
    /// Only this program. Can be given more than once.
    #[arg(long, value_parser = PROGRAMS)]
    only: Vec<String>,
    /// Install missing packages without asking.
    #[arg(long)]
    yes: bool,
}

pub fn run(options: &Options) -> Result<()> {
    packages::ensure(&[WINDOWS], options.yes)?;
    let programs = PROGRAMS
        .into_iter()
        .filter(|program| options.only.is_empty() || options.only.iter().any(|one| one == program));
    let mut steps = Steps::new(programs.clone().count() + 1);
    for program in programs {
        steps.run(&format!("draw {program}"), || draw(program));
    }
    steps.run("index page", index);
    steps.finish()
}

/// The program's test of its pages draws them; asked for shots, it writes them all.
fn draw(program: &str) -> Result<()> {
    workspace::run(
        workspace::cargo(["test", "--quiet", "--package", program, "--test", "screens"])
            .env("PAIHAO_SHOTS", "1"),
    )
}

fn index() -> Result<()> {
    workspace::run(&mut workspace::cargo([
        "run",
        "--quiet",
        "--package",
        "e2e",
        "--bin",
        "shots-index",
    ]))
}
