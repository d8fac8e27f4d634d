//! What needs somebody's look.

use crate::{Controller, words};

/// How many numbers without paper are shown by themselves.
const NO_PAPER_SHOWN: usize = 3;

impl Controller {
    pub(super) fn notices(&self) -> String {
        let language = self.beginning.language;
        let tickets: Vec<_> = self.table.tickets().collect();
        let shown = tickets.iter().take(NO_PAPER_SHOWN);
        let mut notices: Vec<String> = shown
            .map(|row| words::not_printed(language, &row.number, row.not_printed))
            .collect();
        if tickets.len() > NO_PAPER_SHOWN {
            let more = tickets.len() - NO_PAPER_SHOWN;
            notices.push(words::more_not_printed(language, more));
        }
        let away = self.table.devices().filter(|device| !device.connected);
        notices.extend(away.map(|device| {
            let since = self.time_of_day(device.since_ms);
            words::device_away(language, &device.name, &since)
        }));
        notices.join(" · ")
    }
}
