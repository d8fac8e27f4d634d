//! Opening hours and quotas: periods like `08:30-12:00`.

use jiff::civil;
use queue::{Date, Hours, Period, Quota};
use toml::Spanned;

use super::super::file::{HoursEntry, QuotaEntry};
use super::faults::Faults;

const MINUTE_MS: u32 = 60_000;
const DAY_MS: u32 = 24 * 60 * MINUTE_MS;

impl Faults {
    pub(super) fn hours(&mut self, entry: &HoursEntry) -> Hours {
        let week = [
            &entry.monday,
            &entry.tuesday,
            &entry.wednesday,
            &entry.thursday,
            &entry.friday,
            &entry.saturday,
            &entry.sunday,
        ];
        let exceptions = entry.exceptions.iter().filter_map(|(date, periods)| {
            let periods = self.periods(periods);
            Some((self.date(date)?, periods))
        });
        Hours {
            exceptions: exceptions.collect(),
            weekly: week.map(|periods| self.periods(periods)),
            cut_off_ms: entry.cut_off_min.saturating_mul(MINUTE_MS),
        }
    }

    pub(super) fn quota(&mut self, entry: &QuotaEntry) -> Option<Quota> {
        let period = self.period(&entry.hours)?;
        let most = entry.most;
        Some(Quota { period, most })
    }

    fn periods(&mut self, texts: &[Spanned<String>]) -> Vec<Period> {
        let mut periods: Vec<Period> = Vec::new();
        for text in texts {
            let Some(period) = self.period(text) else {
                continue;
            };
            if periods
                .last()
                .is_some_and(|before| before.to_ms > period.from_ms)
            {
                let what = "the periods of a day follow each other: this one begins before the one before it ends.";
                self.say(&text.span(), what);
            }
            periods.push(period);
        }
        periods
    }

    fn period(&mut self, text: &Spanned<String>) -> Option<Period> {
        let ends = text.get_ref().split_once('-');
        let period = ends.and_then(|(from, to)| {
            let (from_ms, to_ms) = (time_ms(from)?, time_ms(to)?);
            (from_ms < to_ms).then_some(Period { from_ms, to_ms })
        });
        if period.is_none() {
            let what = format!(
                "{:?} is no part of a day. Write one like \"08:30-12:00\".",
                text.get_ref()
            );
            self.say(&text.span(), what);
        }
        period
    }

    fn date(&mut self, text: &Spanned<String>) -> Option<Date> {
        let date = text.get_ref().parse::<civil::Date>().ok();
        if date.is_none() {
            let what = format!(
                "{:?} is no date. Write one like \"2027-01-01\".",
                text.get_ref()
            );
            self.say(&text.span(), what);
        }
        date.map(|date| Date::new(date.year() as u16, date.month() as u8, date.day() as u8))
    }
}

/// Milliseconds since midnight; a day may end at 24:00.
fn time_ms(text: &str) -> Option<u32> {
    let text = text.trim();
    if text == "24:00" {
        return Some(DAY_MS);
    }
    let time: civil::Time = text.parse().ok()?;
    Some((time.hour() as u32 * 60 + time.minute() as u32) * MINUTE_MS)
}
