//! `cargo xtask bench`: measures the hall and the machine's own limits in one run, and its start.

use anyhow::Result;
use clap::Args;

use crate::workspace;

#[derive(Args)]
pub struct Options {
    /// Passed on to the bench of the running hall.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    workspace::run(
        workspace::cargo(["bench", "--package", "hall", "--bench", "limits", "--"])
            .args(&options.rest),
    )?;
    workspace::run(&mut workspace::cargo([
        "bench",
        "--package",
        "store",
        "--bench",
        "start",
    ]))
}
