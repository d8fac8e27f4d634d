//! What can be typed behind `hall`.

mod audit;
mod backup;
mod check;
mod doctor;
mod explain;
mod export;
mod log;
mod notify;
mod pair;
mod people;
mod record;
mod rehearse;
mod replay;
mod restore;
mod schema;
mod serve;
mod simulate;
mod threads;
mod ticket;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use hall::{Clock, HallSettings, wording};
use jiff::civil::Time;

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
    /// Print a code with which a device is let in
    Pair(pair::Pair),
    /// List the devices that the hall lets in
    Devices(pair::Devices),
    /// Let a device in no more, from this moment on
    Revoke(pair::Revoke),
    /// Say who may sign in, and give them PINs
    People(people::People),
    /// Print the JSON Schema of every message of the protocol
    Schema(schema::Schema),
    /// Play a whole day through a hall as kiosks and clerks would, and print the waits
    Rehearse(rehearse::Rehearse),
    /// Rebuild a past moment from the journal and print the hall as it was
    Replay(replay::Replay),
    /// Say in words why a customer was called and no other
    Explain(explain::Explain),
    /// Check the journal, and read in plain words who did what
    Audit(audit::Audit),
    /// Copy the hall's memory to another place while the hall runs
    Backup(backup::Backup),
    /// Bring the hall's memory back from a backup, or what is good of it
    Restore(restore::Restore),
    /// Look whether the hall is well: disk, memory, clock, settings, port, rights, certificate, devices
    Doctor(doctor::Doctor),
    /// Write the tickets of a day to a file for a spreadsheet, one row each
    Export(export::Export),
    /// Try new settings on invented days, beside the current ones, and say whom they harm
    Simulate(simulate::Simulate),
    /// Look at the hall's tickets before they are printed
    Ticket(ticket::Ticket),
}

impl Cli {
    /// Does what was typed, and says how it ended.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Doctor(doctor) => return doctor.run(),
            Command::Serve(serve) => serve.run(),
            Command::Check(check) => check.run(),
            Command::Pair(pair) => pair.run(),
            Command::Devices(devices) => devices.run(),
            Command::Revoke(revoke) => revoke.run(),
            Command::People(people) => people.run(),
            Command::Schema(schema) => schema.run(),
            Command::Rehearse(rehearse) => rehearse.run(),
            Command::Replay(replay) => replay.run(),
            Command::Explain(explain) => explain.run(),
            Command::Audit(audit) => audit.run(),
            Command::Backup(backup) => backup.run(),
            Command::Restore(restore) => restore.run(),
            Command::Export(export) => export.run(),
            Command::Simulate(simulate) => simulate.run(),
            Command::Ticket(ticket) => ticket.run(),
        }
        .map(|()| ExitCode::SUCCESS)
    }
}

fn read_settings(file: Option<&Path>) -> anyhow::Result<HallSettings> {
    Ok(file.map_or_else(|| Ok(HallSettings::default_hall()), HallSettings::read)?)
}

/// A date of the calendar as the rules know it.
fn business_day(date: jiff::civil::Date) -> queue::Date {
    queue::Date::new(date.year() as u16, date.month() as u8, date.day() as u8)
}

/// A date of the rules as the calendar knows it.
fn calendar_day(date: queue::Date) -> anyhow::Result<jiff::civil::Date> {
    let number = date.yyyymmdd();
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    Ok(jiff::civil::Date::new(year as i16, month as i8, day as i8)?)
}

/// The business day that the machine's clock shows.
fn today(settings: &HallSettings) -> queue::Date {
    let (zone, day_turns_at) = (settings.time_zone.clone(), settings.day_turns_at);
    let clock = Clock::new(zone, day_turns_at, queue::Moment::default());
    clock.now().today
}

/// The time that the machine's clock shows, in milliseconds since 1970.
fn wall_now_ms(settings: &HallSettings) -> i64 {
    let (zone, day_turns_at) = (settings.time_zone.clone(), settings.day_turns_at);
    let clock = Clock::new(zone, day_turns_at, queue::Moment::default());
    clock.now().at.wall_ms
}

/// The present as part of a file's name, in local time: `2026-11-22T104207`.
fn stamp(settings: &HallSettings) -> String {
    let shown = wording::date_and_time(&settings.time_zone, wall_now_ms(settings));
    shown.replace(' ', "T").replace(':', "")
}

/// When it is `time` on a business day, in milliseconds since 1970. A time before the turn of the day
/// is in the night after it.
fn wall_ms(day: jiff::civil::Date, time: Time, settings: &HallSettings) -> anyhow::Result<i64> {
    let night = time < settings.day_turns_at;
    let date = if night { day.tomorrow()? } else { day };
    let moment = date
        .to_datetime(time)
        .to_zoned(settings.time_zone.clone())
        .context("no such time of that day")?;
    Ok(moment.timestamp().as_millisecond())
}

/// The hall is of another release and says something else than was asked.
fn unexpected() -> anyhow::Result<()> {
    anyhow::bail!("the hall answered something else. Use the hall program of the same release.")
}

/// Prints an answer. Who has read enough of it, as `head` has, is no trouble.
fn answer(text: &str) -> anyhow::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
