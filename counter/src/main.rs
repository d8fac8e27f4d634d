//! The clerk's counter program.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    counter::program::run(&counter::settings::CommandLine::parse())
}
