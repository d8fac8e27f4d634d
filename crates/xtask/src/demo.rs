//! `cargo xtask demo`: builds the programs and opens a hall on this machine.

use std::env;

use anyhow::Result;
use clap::Args;

use crate::packages::{self, SOUND, VIRTUAL_DISPLAY, WINDOWS};
use crate::workspace;

#[derive(Args)]
pub struct Options {
    /// Walk a customer through on a virtual display and leave pictures, tickets and a summary in target/demo/.
    #[arg(long)]
    headless: bool,
    /// Install missing packages without asking.
    #[arg(long)]
    yes: bool,
}

pub fn run(options: &Options) -> Result<()> {
    let headless = options.headless || !has_display();
    if headless && !options.headless {
        println!("There is no display here: the demo runs on a virtual one, as with --headless.");
    }
    let mut groups = vec![WINDOWS, SOUND];
    if headless {
        groups.push(VIRTUAL_DISPLAY);
    }
    packages::ensure(&groups, options.yes)?;
    build()?;
    let mut demo = workspace::cargo(["run", "--quiet", "--package", "e2e", "--bin", "demo", "--"]);
    demo.arg("--into").arg(workspace::output("demo"));
    if headless {
        demo.arg("--headless");
    }
    workspace::run(&mut demo)
}

/// Builds every program of the product and the driver, with cargo's own progress.
pub fn build() -> Result<()> {
    println!("Building the programs. The first time this takes some minutes.");
    workspace::run(&mut workspace::cargo(["build", "--workspace", "--bins"]))
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}
