use std::path::PathBuf;

use clap::Args;
use hall::HallSettings;

/// Read a settings file and say every mistake in it.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The settings, in TOML
    file: PathBuf,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let hall = HallSettings::read(&self.file)?;
        println!(
            "{} holds together: {} ({}), {} services, {} counters, {} classes.",
            self.file.display(),
            hall.name.zh,
            hall.name.en,
            hall.services.len(),
            hall.counters.len(),
            hall.classes.len()
        );
        Ok(())
    }
}
