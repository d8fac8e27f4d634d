//! How long a hall keeps what, and where it copies it to.

use std::path::PathBuf;

use jiff::ToSpan;
use jiff::civil::Time;
use queue::Date;

use super::HallSettings;

/// Copies of the memory that the hall makes by itself.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// Where they stand.
    pub folder: PathBuf,
    /// When one is made, local time.
    pub at: Time,
    /// How many are kept.
    pub keep: u32,
}

impl HallSettings {
    /// The first day whose typed texts are still kept on the day `today`.
    #[must_use]
    pub fn notes_kept_from(&self, today: Date) -> Date {
        days_before(today, self.notes_days)
    }

    /// The first day whose typed texts go into a backup that is made on the day `today`: when it is
    /// the oldest that is kept they are as old as any text may be.
    #[must_use]
    pub fn notes_backed_up_from(&self, today: Date) -> Date {
        let backup = self.backup.as_ref();
        let kept_days = backup.map_or(0, |backup| backup.keep);
        days_before(today, self.notes_days.saturating_sub(kept_days))
    }
}

/// So many days before a day; a day that is none of the calendar stays as it is.
fn days_before(day: Date, days: u32) -> Date {
    let number = day.yyyymmdd();
    let (year, month, of_month) = (number / 10_000, number / 100 % 100, number % 100);
    let date = jiff::civil::Date::new(year as i16, month as i8, of_month as i8);
    let before = date.and_then(|date| date.checked_sub(i64::from(days).days()));
    before.map_or(day, |before| {
        Date::new(
            before.year() as u16,
            before.month() as u8,
            before.day() as u8,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_older_in_a_backup_than_it_may_be() {
        let mut hall = HallSettings::default_hall();
        let today = Date::new(2026, 3, 10);
        assert_eq!(hall.notes_days, 30);
        assert_eq!(hall.notes_kept_from(today), Date::new(2026, 2, 8));
        assert_eq!(hall.notes_backed_up_from(today), Date::new(2026, 2, 8));
        let (folder, at, keep) = (PathBuf::new(), Time::midnight(), 14);
        hall.backup = Some(BackupSettings { folder, at, keep });
        let oldest = hall.notes_backed_up_from(today);
        assert_eq!(oldest, Date::new(2026, 2, 22));
        let when_it_is_deleted = Date::new(2026, 3, 24);
        assert_eq!(hall.notes_kept_from(when_it_is_deleted), oldest);
    }
}
