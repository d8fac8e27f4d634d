//! Backups, and how long things are kept.

use std::path::Path;

use super::super::BackupSettings;
use super::super::file::{BackupEntry, HallFile};
use super::faults::Faults;

/// Personal data is kept for as long as it is needed, and ten years is longer than anybody needs to
/// know why a customer was put aside.
const MOST_DAYS: u32 = 3_650;

/// Nobody asks for a queue's record after a century; who never wants one deleted writes 0.
const MOST_YEARS: u32 = 100;

/// A leap year more or less is no reason to complain.
const DAYS_PER_YEAR: u32 = 365;

impl Faults {
    /// A folder is found from where the settings are, as the logo is.
    pub(super) fn backup(
        &mut self,
        entry: Option<&BackupEntry>,
        folder: &Path,
    ) -> Option<BackupSettings> {
        let entry = entry?;
        let (to, keep) = (entry.folder.get_ref(), *entry.keep.get_ref());
        if to.trim().is_empty() {
            let what = "backups need a folder: write where they are to stand, on another disk if there is one.";
            self.say(&entry.folder.span(), what);
        }
        if keep == 0 {
            let what =
                "with 0 backups kept there is none. Write at least 1, or leave [backup] out.";
            self.say(&entry.keep.span(), what);
        }
        let at = self.time_of_day(&entry.at)?;
        let folder = folder.join(to);
        Some(BackupSettings { folder, at, keep })
    }

    pub(super) fn notes_days(&mut self, file: &HallFile) -> u32 {
        let entry = &file.keep.notes_days;
        let days = *entry.get_ref();
        if !(1..=MOST_DAYS).contains(&days) {
            let what = format!(
                "what people typed is kept for 1 to {MOST_DAYS} days, at least until its day is over."
            );
            self.say(&entry.span(), &what);
        }
        let kept = file.backup.as_ref().map(|backup| &backup.keep);
        if let Some(keep) = kept.filter(|keep| *keep.get_ref() >= days) {
            let what = format!(
                "{} daily backups would keep what people typed for longer than [keep] notes_days = {days}. Keep fewer, or raise notes_days.",
                keep.get_ref()
            );
            self.say(&keep.span(), &what);
        }
        days
    }

    /// How long the record of a day is kept; 0 is for ever.
    pub(super) fn journal_years(&mut self, file: &HallFile) -> u32 {
        let (entry, notes) = (&file.keep.journal_years, *file.keep.notes_days.get_ref());
        let years = *entry.get_ref();
        if years > MOST_YEARS {
            let what = format!(
                "the record of a day is kept for 1 to {MOST_YEARS} years, or for ever: then write 0."
            );
            self.say(&entry.span(), &what);
        }
        if years > 0 && notes > years.saturating_mul(DAYS_PER_YEAR) {
            let what = format!(
                "[keep] notes_days = {notes} would keep what people typed for longer than its day in the record. Raise journal_years, or lower notes_days."
            );
            self.say(&entry.span(), &what);
        }
        years
    }
}
