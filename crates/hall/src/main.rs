//! The `hall` command line.

mod command;

use std::process::ExitCode;

use clap::Parser;
use rustix::fs::Mode;

fn main() -> ExitCode {
    // What a hall keeps, and every copy of it, is for its own user, also where nobody set this up.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    match command::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
