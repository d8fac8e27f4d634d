use anyhow::ensure;
use clap::Args;
use hall::picture::Picture;
use hall::{HallSettings, wording};
use jiff::civil::Time;
use queue::Date;
use store::Archive;

use super::record::Record;

/// Rebuild a past moment from the journal and print the hall as it was.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// The business day, such as 2026-11-20
    #[arg(long)]
    day: jiff::civil::Date,
    /// The moment, in the hall's local time, such as 10:42; without it the day's last entry
    #[arg(long)]
    at: Option<Time>,
    #[command(flatten)]
    record: Record,
}

impl Replay {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (settings, archive) = self.record.open()?;
        let until_wall_ms = self
            .at
            .map(|at| super::wall_ms(self.day, at, &settings))
            .transpose()?;
        let mut picture = Picture::new(&settings);
        let day = super::business_day(self.day);
        archive.replay_day(day, until_wall_ms, |recorded| picture.take(&recorded))?;
        ensure!(
            !picture.is_empty(),
            self.too_early(&archive, day, &settings)?
        );
        if let Some(until) = until_wall_ms {
            picture.wait_until(until);
        }
        super::answer(&picture.to_string())
    }

    fn too_early(
        &self,
        archive: &Archive,
        day: Date,
        settings: &HallSettings,
    ) -> anyhow::Result<String> {
        let mut opened = None;
        archive.replay_day(day, None, |recorded| {
            opened.get_or_insert(recorded.event.at.wall_ms);
        })?;
        let when = wording::date_and_time(&settings.time_zone, opened.unwrap_or_default());
        Ok(format!(
            "the day {day} began on {when}: there is nothing before it"
        ))
    }
}
