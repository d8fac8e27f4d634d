//! What can be typed behind `hall`.

mod check;
mod explain;
mod record;
mod rehearse;
mod replay;
mod schema;
mod serve;
mod simulate;

use std::io::{self, Write};
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
    /// Rebuild a past moment from the journal and print the hall as it was
    Replay(replay::Replay),
    /// Say in words why a customer was called and no other
    Explain(explain::Explain),
    /// Try new settings on invented days, beside the current ones, and say whom they harm
    Simulate(simulate::Simulate),
}

impl Cli {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Check(check) => check.run(),
            Command::Schema(schema) => schema.run(),
            Command::Rehearse(rehearse) => rehearse.run(),
            Command::Replay(replay) => replay.run(),
            Command::Explain(explain) => explain.run(),
            Command::Simulate(simulate) => simulate.run(),
        }
    }
}

fn read_settings(file: Option<&Path>) -> anyhow::Result<HallSettings> {
    Ok(file.map_or_else(|| Ok(HallSettings::default_hall()), HallSettings::read)?)
}

/// A date of the calendar as the rules know it.
fn business_day(date: jiff::civil::Date) -> queue::Date {
    queue::Date::new(date.year() as u16, date.month() as u8, date.day() as u8)
}

/// Prints an answer. Who has read enough of it, as `head` has, is no trouble.
fn answer(text: &str) -> anyhow::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
