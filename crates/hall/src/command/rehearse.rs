use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use hall::rehearsal::{Day, Report, made_up, play, recorded};
use hall::{Clock, Server};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use store::Store;

/// Play a whole day through a hall as kiosks and clerks would, and print the waits.
#[derive(Debug, Args)]
pub(super) struct Rehearse {
    /// A file of recorded days (CSV, may be packed by gzip); without it a day is made up
    #[arg(long, requires_all = ["office", "date"])]
    day: Option<PathBuf>,
    /// The office in the file
    #[arg(long, requires = "day")]
    office: Option<String>,
    /// The date in the file, such as 2020-01-13
    #[arg(long, requires = "day")]
    date: Option<Date>,
    /// How many times as fast as in life
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    speed: u32,
    /// Play on this running hall, such as ws://127.0.0.1:7410/ws, and not on one started for it
    #[arg(long)]
    hall: Option<String>,
    /// What the record does not say is drawn; the same seed draws the same
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Rehearse {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let day = self.read_day()?;
        let runtime = tokio::runtime::Runtime::new().context("the system gives no threads")?;
        let report = runtime.block_on(self.play(day))?;
        print!("{report}");
        anyhow::ensure!(
            report.is_clean(),
            "the day did not come out even: see the table"
        );
        Ok(())
    }

    fn read_day(&self) -> anyhow::Result<Day> {
        match (&self.day, &self.office, self.date) {
            (Some(file), Some(office), Some(date)) => Ok(recorded(file, office, date, self.seed)?),
            _ => Ok(made_up(self.seed)),
        }
    }

    async fn play(&self, day: Day) -> anyhow::Result<Report> {
        let bar = progress_bar(&day);
        let told = bar.clone();
        let progress = move |done: usize| told.set_position(done as u64);
        let report = match &self.hall {
            Some(url) => play(day, url, self.speed, 1, progress).await?,
            None => {
                let folder =
                    tempfile::tempdir().context("there is no room for a hall of its own")?;
                let server = start_hall(&day, &folder, self.speed).await?;
                let report = play(day, &server.url(), self.speed, self.speed, progress).await?;
                server.stop().await?;
                report
            }
        };
        bar.finish_and_clear();
        Ok(report)
    }
}

/// A hall of its own, whose clock runs as fast as the day.
async fn start_hall(day: &Day, folder: &tempfile::TempDir, speed: u32) -> anyhow::Result<Server> {
    let mut settings = day.settings.clone();
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    // Whoever is late is served however long it takes: the day is not to turn before 24 hours.
    settings.day_turns_at = day.opens.time();
    let opens = day
        .opens
        .to_zoned(settings.time_zone.clone())?
        .timestamp()
        .as_millisecond();
    let clock = Clock::fast(
        settings.time_zone.clone(),
        settings.day_turns_at,
        opens,
        speed,
    );
    // It plays with itself, on this machine.
    settings.trust.trial = true;
    settings.trust.requests_at_once = u32::MAX;
    Ok(Server::start(settings, Store::open(folder.path())?, clock).await?)
}

fn progress_bar(day: &Day) -> ProgressBar {
    eprintln!("{}", day.title);
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} customers, {eta} left");
    let bar = ProgressBar::new(day.customers.len() as u64);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
