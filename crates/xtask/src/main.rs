//! Every command that a developer or newcomer types: `cargo xtask demo`, `test`, `shots`, `bench`,
//! `torture`, `planted`, `mutants`, `advisories`, `sbom`.
//!
//! This crate is the first thing that a bare machine builds, so it needs no system package and
//! few dependencies. Each command says what it needs before it begins, see [`packages`].

mod bench;
mod demo;
mod deny;
mod mutants;
mod packages;
mod planted;
mod sbom;
mod shots;
mod steps;
mod test;
mod torture;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Shots(options) => shots::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Torture(options) => torture::run(&options),
        Command::Planted(options) => planted::run(&options),
        Command::Mutants(options) => mutants::run(&options),
        Command::Advisories => deny::advisories(),
        Command::Sbom(options) => sbom::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Paihao's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Open a hall on this machine: hall, printer, kiosk, two counters and the wall.
    Demo(demo::Options),
    /// Check everything that can be checked: format, lints, documentation, dependencies, licences, tests.
    Test(test::Options),
    /// Draw every page of every program to target/shots/, without a display.
    Shots(shots::Options),
    /// Measure the hall against what this machine can do, in one run.
    Bench(bench::Options),
    /// Kill it, cut its power, fill its disk, flood it, and count what is lost: nothing may be.
    Torture(torture::Options),
    /// Plant bugs in a copy of the hall, and see that its simulation finds each of them.
    Planted(planted::Options),
    /// Change the rules, the memory and the hall's loop in one place after the other, and see that tests mind.
    Mutants(mutants::Options),
    /// Look for known holes in what Paihao is made of. Needs the open Internet, for the list of them.
    Advisories,
    /// Write the list of everything that Paihao is made of (CycloneDX) to target/sbom/.
    Sbom(sbom::Options),
}
