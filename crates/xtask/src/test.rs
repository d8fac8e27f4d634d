//! `cargo xtask test`: everything that must hold before a change is taken. CI runs exactly this.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::packages::{self, FOREIGN_CHECKS, SOUND, VIRTUAL_DISPLAY, WINDOWS};
use crate::steps::Steps;
use crate::{deny, workspace};

#[derive(Args)]
pub struct Options {
    /// Install missing packages without asking.
    #[arg(long)]
    yes: bool,
}

pub fn run(options: &Options) -> Result<()> {
    packages::ensure(
        &[WINDOWS, SOUND, VIRTUAL_DISPLAY, FOREIGN_CHECKS],
        options.yes,
    )?;
    let mut steps = Steps::new(7);
    steps.run("format", format);
    steps.run("lints", lints);
    steps.run("documentation", documentation);
    steps.run("foreign printer clients (npm)", foreign_clients);
    licences(&mut steps);
    if steps.run("build the programs and tests", build) {
        steps.run("tests", tests);
    } else {
        steps.skip("tests", "the programs were not built");
    }
    steps.finish()
}

fn format() -> Result<()> {
    workspace::run(&mut workspace::cargo(["fmt", "--all", "--check"]))
}

fn lints() -> Result<()> {
    workspace::run(&mut workspace::cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn documentation() -> Result<()> {
    workspace::run(
        workspace::cargo(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "--deny warnings"),
    )
}

/// The printer tests speak to clients that we did not write; their versions are pinned in tests/npm.
fn foreign_clients() -> Result<()> {
    workspace::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(workspace::root().join("tests/npm")),
    )
}

fn licences(steps: &mut Steps) {
    let name = "licences and sources (cargo-deny)";
    match deny::program() {
        Ok(program) => {
            steps.run(name, || deny::check(program));
        }
        Err(error) => steps.skip(name, &format!("{error:#}")),
    }
}

/// Builds the tests and with them every program, before any test runs: tests start programs of
/// other packages. Programs alone would be built with fewer features of Slint, and Slint twice.
fn build() -> Result<()> {
    workspace::run(&mut workspace::cargo(["test", "--workspace", "--no-run"]))
}

fn tests() -> Result<()> {
    workspace::run(&mut workspace::cargo([
        "test",
        "--workspace",
        "--no-fail-fast",
    ]))
}
