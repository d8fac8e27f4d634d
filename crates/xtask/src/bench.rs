//! `cargo xtask bench`: measures the hall and the machine's own limits in one run.

use anyhow::Result;
use clap::Args;

use crate::workspace;

#[derive(Args)]
pub struct Options {
    /// Passed on to the bench.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    workspace::run(
        workspace::cargo(["bench", "--package", "hall", "--bench", "limits", "--"])
            .args(&options.rest),
    )
}
