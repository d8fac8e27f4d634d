//! The display on the wall, which shows and speaks the call.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    display::program::run(&display::settings::Args::parse())
}
