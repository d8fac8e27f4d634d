use std::time::Instant;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use hall::audit::{self, Language, Places, Wanted};
use hall::wording;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Time;
use queue::{CounterNumber, Number};
use store::{Archive, Bad, Device, OldDays, Verdict};

use super::record::Record;

/// Entries between two steps of the progress bar.
const STEP: u64 = 10_000;

/// Check the journal, and read in plain words who did what.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check the whole journal, entry by entry, and every stored outcome
    Verify(Verify),
    /// Print each act of a day in plain words
    Show(Box<Show>),
}

impl Audit {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.what {
            What::Verify(verify) => verify.run(),
            What::Show(show) => show.run(),
        }
    }
}

#[derive(Debug, Args)]
struct Verify {
    #[command(flatten)]
    record: Record,
}

impl Verify {
    fn run(self) -> anyhow::Result<()> {
        let (_, archive) = self.record.open()?;
        let started = Instant::now();
        let bar = progress_bar(archive.extent()?.entries);
        let verdict = archive.verify_by_two(|seq| {
            if seq.is_multiple_of(STEP) {
                bar.set_position(seq);
            }
        })?;
        bar.finish_and_clear();
        super::answer(&said(&verdict, started.elapsed().as_secs_f64()))?;
        if verdict.is_good() {
            return Ok(());
        }
        let data = self.record.data();
        bail!(
            "the hall's memory in {data} is damaged. Stop the hall, say hall restore --from {data}/hall.sqlite --with BACKUP --data {data} --replace, and then hall audit verify again: what is damaged comes from the backup, and what is younger stays. Days that are not named above can be read as before.",
            data = data.display()
        )
    }
}

fn progress_bar(entries: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} entries, {eta} left");
    let bar = ProgressBar::new(entries);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

/// What was found, to be read from the top: how much is good, then what is not.
fn said(verdict: &Verdict, seconds: f64) -> String {
    let Verdict {
        entries,
        entries_lost,
        days,
        requests,
        requests_unknown,
        bad,
        more_bad,
        ..
    } = verdict;
    let span = match &days[..] {
        [] => String::new(),
        [only] => format!(", {only}"),
        [first, .., last] => format!(", {first} to {last}"),
    };
    let mut text = format!(
        "Good: {} of {}{span}, and {} of requests. Checked in {seconds:.1} s.\n",
        wording::count(*entries, "entry"),
        wording::count(days.len() as u64, "day"),
        wording::count(*requests, "outcome")
    );
    if *requests_unknown > 0 {
        text += &format!(
            "{requests_unknown} outcomes were written by an older hall without a checksum: nobody can say whether they are good.\n"
        );
    }
    if *entries_lost > 0 {
        text += &format!(
            "{} lost at an earlier restore, and the record says which.\n",
            wording::count(*entries_lost, "entry")
        );
    }
    text += &said_of_texts(verdict);
    if let Some(old_days) = &verdict.old_days {
        text += &said_of_old_days(old_days);
    }
    if !bad.is_empty() {
        text += &format!("\nBad:\n{}", listed(bad));
    }
    if *more_bad > 0 {
        text += &format!("  and {more_bad} more places\n");
    }
    text
}

/// What is left of what people typed, and the proof that the rest is gone.
fn said_of_texts(verdict: &Verdict) -> String {
    let Verdict {
        notes,
        notes_deleted,
        deletion,
        ..
    } = verdict;
    let kept = format!("Texts that people typed: {notes} are there, and are what was written.\n");
    let kept = match verdict.texts_in_entries {
        0 => kept,
        texts => format!(
            "{kept}{} of halls before schema 4 hold their texts themselves, which the chain of hashes keeps from being deleted: they go with their day.\n",
            wording::count(texts, "entry")
        ),
    };
    match deletion {
        None => kept,
        Some(deletion) => format!(
            "{kept}Those of all days before {} are deleted, the last time on {}: {} without their text, 0 texts left.\n",
            deletion.before,
            deletion.on,
            wording::count(*notes_deleted, "entry")
        ),
    }
}

/// What is not there any more, and what proves that it was deleted and not lost.
fn said_of_old_days(deleted: &OldDays) -> String {
    let OldDays {
        last,
        years,
        up_to_seq,
        hash,
        said_by_seq,
        ..
    } = deleted;
    format!(
        "All days up to {last} are deleted by the rule to keep {years} years, as entry {said_by_seq} says: the record begins behind entry {up_to_seq}, and goes on from its hash {hash}.\n"
    )
}

fn listed(bad: &[Bad]) -> String {
    bad.iter().map(|bad| format!("  {bad}\n")).collect()
}

#[derive(Debug, Args)]
struct Show {
    /// The business day, such as 2026-11-22; without it today
    #[arg(long)]
    day: Option<jiff::civil::Date>,
    /// Only what happened to this number, such as A012
    #[arg(long)]
    number: Option<String>,
    /// Only what happened at the counter of this clerk
    #[arg(long)]
    clerk: Option<String>,
    /// Only from this time on, in the hall's local time, such as 10:30
    #[arg(long)]
    from: Option<Time>,
    /// Only up to this time
    #[arg(long)]
    to: Option<Time>,
    /// In which language: en or zh
    #[arg(long, value_enum, default_value = "en")]
    language: Spoken,
    #[command(flatten)]
    record: Record,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Spoken {
    En,
    Zh,
}

impl Show {
    fn run(self) -> anyhow::Result<()> {
        let (settings, archive) = self.record.open()?;
        let day = match self.day {
            Some(day) => day,
            None => super::calendar_day(super::today(&settings))?,
        };
        let wall_ms = |time: Option<Time>| {
            time.map(|time| super::wall_ms(day, time, &settings))
                .transpose()
        };
        let number = self.number.as_deref().map(number).transpose()?;
        let (from_wall_ms, until_wall_ms) = (wall_ms(self.from)?, wall_ms(self.to)?);
        let clerk = self.clerk;
        let wanted = Wanted {
            number,
            clerk,
            from_wall_ms,
            until_wall_ms,
        };
        let language = match self.language {
            Spoken::En => Language::English,
            Spoken::Zh => Language::Chinese,
        };
        let day = super::business_day(day);
        let mut audit = audit::Audit::new(day, &settings, wanted, places(&archive)?, language);
        archive.replay_day(day, None, |recorded| {
            audit.take(&recorded);
        })?;
        super::answer(&audit.text())
    }
}

/// At which counter each device stands.
fn places(archive: &Archive) -> anyhow::Result<Places> {
    let devices = archive.trusted()?.devices.into_iter();
    let place = |device: Device| Some((device.name, CounterNumber(device.counter?)));
    Ok(devices.filter_map(place).collect())
}

fn number(typed: &str) -> anyhow::Result<Number> {
    Number::parse(typed)
        .with_context(|| format!("{typed} is no number of a ticket: that is as A012"))
}
