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
    let mut steps = Steps::new(2);
    steps.run("draw the pages", || draw(&options.only));
    steps.run("index page", index);
    steps.finish()
}

/// The programs' tests of their pages draw them; asked for shots, they write them all. Without a
/// wish the whole workspace is named: what `cargo xtask test` has built serves here too, where for
/// one program alone cargo builds Slint with other features.
fn draw(only: &[String]) -> Result<()> {
    let packages: Vec<&str> = if only.is_empty() {
        vec!["--workspace"]
    } else {
        only.iter()
            .flat_map(|program| ["--package", program])
            .collect()
    };
    workspace::run(
        workspace::cargo(["test", "--quiet", "--test", "screens"])
            .args(packages)
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
