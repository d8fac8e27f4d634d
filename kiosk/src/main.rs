//! The touch kiosk that prints tickets.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    kiosk::program::run(&kiosk::settings::Args::parse())
}
