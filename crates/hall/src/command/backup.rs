use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use hall::{HallSettings, backups, wording};
use store::BackedUp;

use super::record::Record;

/// Copy the hall's memory to another place while the hall runs.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// A folder, in which the backup gets a name with the date; or a file that ends in .sqlite
    #[arg(long)]
    to: PathBuf,
    /// Keep so many backups in the folder, and delete the oldest beyond them
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    #[command(flatten)]
    record: Record,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (settings, archive) = self.record.open()?;
        let is_file = !self.to.is_dir() && self.to.extension().is_some_and(|end| end == "sqlite");
        anyhow::ensure!(
            !is_file || self.keep.is_none(),
            "--keep is for a folder of backups, and {} is a file",
            self.to.display()
        );
        let file = if is_file {
            self.to.clone()
        } else {
            make(&self.to)?;
            let now_ms = super::wall_now_ms(&settings);
            self.to.join(backups::name(&settings.time_zone, now_ms))
        };
        let started = Instant::now();
        let today = super::today(&settings);
        let made = backups::make(&archive, &file, &settings, today);
        let last = backups::Last::new(&file, super::wall_now_ms(&settings), &made);
        // Who makes a backup may not write where the hall does.
        let _ = last.write(self.record.data());
        let made = made?;
        let mut text = said(&file, &made, &settings, started.elapsed().as_secs_f64());
        if let Some(keep) = self.keep {
            let gone = backups::prune(&self.to, &file, keep as usize);
            for old in gone.context("the older backups cannot be deleted")? {
                text += &format!("Deleted the older {}.\n", old.display());
            }
        }
        super::answer(&text)
    }
}

fn make(folder: &Path) -> anyhow::Result<()> {
    backups::make_folder(folder).with_context(|| {
        let folder = folder.display();
        format!("the folder {folder} cannot be made: name another place with --to")
    })
}

fn said(file: &Path, made: &BackedUp, settings: &HallSettings, seconds: f64) -> String {
    let BackedUp {
        entries,
        days,
        requests,
        last,
        bytes,
        trial: _,
    } = made;
    let last = last.map(|last| {
        let when = wording::date_and_time(&settings.time_zone, last.wall_ms);
        format!(", the last of {when}")
    });
    format!(
        "{} holds {} of {}{}, and {} of requests.\n\
         It has {:.1} MB, and the hall's key is in it: guard it as you guard the hall. It took {seconds:.1} s: {}.\n",
        file.display(),
        wording::count(*entries, "entry"),
        wording::count(*days, "day"),
        last.unwrap_or_default(),
        wording::count(*requests, "outcome"),
        *bytes as f64 / 1e6,
        backups::proved(made)
    )
}
