//! What needs somebody's look.

use protocol::{AlarmRow, Row};

use crate::controller::AtPrinter;
use crate::{Controller, words};

/// How many numbers without paper are shown by themselves.
const NO_PAPER_SHOWN: usize = 3;

impl Controller {
    pub(super) fn notices(&self) -> String {
        let language = self.beginning.language;
        let mut notices: Vec<String> = self.printer_notice().into_iter().collect();
        notices.extend(self.alarms().map(|row| self.alarm(row)));
        let tickets: Vec<_> = self.table.tickets().collect();
        let shown = tickets.iter().take(NO_PAPER_SHOWN);
        notices.extend(shown.map(|row| words::not_printed(language, &row.number, row.not_printed)));
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

    /// The clerk is the one who puts paper in here.
    fn printer_notice(&self) -> Option<String> {
        let language = self.beginning.language;
        match self.at_printer() {
            AtPrinter::Trouble(trouble) => Some(words::printer_trouble(language, trouble)),
            AtPrinter::NearEnd => Some(words::paper_near_end(language)),
            AtPrinter::None | AtPrinter::Prints => None,
        }
    }

    fn alarms(&self) -> impl Iterator<Item = &AlarmRow> {
        self.table
            .stamped()
            .filter_map(|stamped| match &stamped.row {
                Row::Alarm(row) => Some(row),
                _ => None,
            })
    }

    fn alarm(&self, row: &AlarmRow) -> String {
        let service = row.service.as_deref().map(|code| self.service_name(code));
        let since = self.time_of_day(row.since_ms);
        let language = self.beginning.language;
        words::alarm(language, row.alarm, service.as_deref(), row.level, &since)
    }
}
