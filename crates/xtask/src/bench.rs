//! `cargo xtask bench`: measures the hall and the machine's own limits in one run, its start, its
//! rules and its simulation.

use anyhow::Result;
use clap::Args;

use crate::workspace;

/// The benches after that of the running hall, by package and name.
const OTHERS: [(&str, &str); 3] = [("store", "start"), ("queue", "next"), ("hall", "simulate")];

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
    OTHERS.iter().try_for_each(|(package, bench)| {
        let arguments = ["bench", "--package", package, "--bench", bench];
        workspace::run(&mut workspace::cargo(arguments))
    })
}
