use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use hall::{HallSettings, wording};
use store::BackedUp;

use super::record::Record;

/// Between these a backup's name has the time at which it was made.
const BEFORE: &str = "hall-";
const BEHIND: &str = ".sqlite";

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
            self.to
                .join(format!("{BEFORE}{}{BEHIND}", super::stamp(&settings)))
        };
        let started = Instant::now();
        let made = archive.back_up(&file)?;
        let mut text = said(&file, &made, &settings, started.elapsed().as_secs_f64());
        if let Some(keep) = self.keep {
            for old in delete_oldest(&self.to, &file, keep as usize)? {
                text += &format!("Deleted the older {}.\n", old.display());
            }
        }
        super::answer(&text)
    }
}

fn make(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| {
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
    } = made;
    let last = last.map(|last| {
        let when = wording::date_and_time(&settings.time_zone, last.wall_ms);
        format!(", the last of {when}")
    });
    format!(
        "{} holds {} of {}{}, and {} of requests.\n\
         It was read through, and is good: {:.1} MB, in {seconds:.1} s.\n",
        file.display(),
        wording::count(*entries, "entry"),
        wording::count(*days, "day"),
        last.unwrap_or_default(),
        wording::count(*requests, "outcome"),
        *bytes as f64 / 1e6
    )
}

/// The one that was just made is kept whatever its name says, for clocks are set back.
fn delete_oldest(folder: &Path, made: &Path, keep: usize) -> anyhow::Result<Vec<PathBuf>> {
    let mut old: Vec<PathBuf> = backups(folder)?;
    old.retain(|file| file != made);
    old.reverse();
    let old: Vec<PathBuf> = old.into_iter().skip(keep.saturating_sub(1)).collect();
    for file in &old {
        fs::remove_file(file)
            .with_context(|| format!("the old backup {} cannot be deleted", file.display()))?;
    }
    Ok(old)
}

/// The backups of a folder that have their names from here, the oldest first.
pub(super) fn backups(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let unreadable = || format!("the folder {} cannot be read", folder.display());
    let mut found = Vec::new();
    for file in fs::read_dir(folder).with_context(unreadable)? {
        let path = file.with_context(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stamp = name
            .strip_prefix(BEFORE)
            .and_then(|name| name.strip_suffix(BEHIND));
        if stamp.is_some_and(is_stamp) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether it looks like `2026-11-22T104207`.
fn is_stamp(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|sign| if sign.is_ascii_digit() { '0' } else { sign })
        .collect();
    shape == "0000-00-00T000000"
}
