//! What can be typed behind `hall`.

mod check;
mod rehearse;
mod schema;
mod serve;

use std::path::Path;

use clap::{Parser, Subcommand};
use hall::HallSettings;

/// Runs the queue of a service hall.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the hall: it owns the queue, and kiosks, counters and walls connect to it
    Serve(serve::Serve),
    /// Read a settings file and say every mistake in it
    Check(check::Check),
    /// Print the JSON Schema of every message of the protocol
    Schema(schema::Schema),
    /// Play a whole day through a hall as kiosks and clerks would, and print the waits
    Rehearse(rehearse::Rehearse),
}

impl Cli {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Check(check) => check.run(),
            Command::Schema(schema) => schema.run(),
            Command::Rehearse(rehearse) => rehearse.run(),
        }
    }
}

fn read_settings(file: Option<&Path>) -> anyhow::Result<HallSettings> {
    Ok(file.map_or_else(|| Ok(HallSettings::default_hall()), HallSettings::read)?)
}
