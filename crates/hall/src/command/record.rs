use std::path::{Path, PathBuf};

use clap::Args;
use hall::HallSettings;
use store::Archive;

/// Where a command that reads the past finds it.
#[derive(Debug, Args)]
pub(super) struct Record {
    /// The folder in which the hall keeps its memory
    #[arg(long, default_value = "paihao-data")]
    data: PathBuf,
    /// The hall's settings, in TOML, for names and the time zone; without it the default hall
    #[arg(long)]
    settings: Option<PathBuf>,
}

impl Record {
    pub(super) fn open(&self) -> anyhow::Result<(HallSettings, Archive)> {
        let settings = super::read_settings(self.settings.as_deref())?;
        Ok((settings, Archive::open(&self.data)?))
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }
}
