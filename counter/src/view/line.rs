//! Who waits.

use protocol::{NextInLine, ServiceRow};

use super::{LimitView, NextLine, WaitingLine};
use crate::{Controller, words};

/// How many of those who come next are shown: the second and the third are to be greeted too.
const NEXT_SHOWN: usize = 3;

/// How many services are shown by themselves; a hall with more shows the rest as one line.
const SERVICES_SHOWN: usize = 9;

impl Controller {
    pub(super) fn next(&self) -> Vec<NextLine> {
        let next = self.desk().map(|desk| desk.next.as_slice());
        let shown = next.unwrap_or_default().iter().take(NEXT_SHOWN);
        shown.map(|ticket| self.next_line(ticket)).collect()
    }

    pub(super) fn roll(&self) -> String {
        let language = self.beginning.language;
        let next = self.roll_next();
        next.map_or_else(String::new, |next| words::roll_in_use(language, &next))
    }

    fn next_line(&self, ticket: &NextInLine) -> NextLine {
        NextLine {
            number: ticket.number.clone(),
            service: self.service_name(&ticket.service),
            class: self.class(&ticket.class),
            waited: words::minutes(self.beginning.language, self.since(ticket.issued_at_ms)),
            limit: LimitView {
                limit: ticket.limit,
                text: words::wait_limit(self.beginning.language, ticket.limit),
            },
        }
    }

    pub(crate) fn served_here(&self) -> impl Iterator<Item = &ServiceRow> {
        self.table.services().filter(|service| self.serves(service))
    }

    fn serves(&self, service: &ServiceRow) -> bool {
        self.own_counter()
            .is_some_and(|row| row.services.contains(&service.code))
    }

    /// Those that this counter serves come first; what does not fit is summed up.
    pub(super) fn waiting(&self) -> Vec<WaitingLine> {
        let others = self
            .table
            .services()
            .filter(|service| !self.serves(service));
        let mut lines: Vec<WaitingLine> = self
            .served_here()
            .chain(others)
            .map(|service| WaitingLine {
                code: service.code.clone(),
                name: self.beginning.language.of(&service.name).to_owned(),
                waiting: service.waiting,
                own: self.serves(service),
            })
            .collect();
        if lines.len() > SERVICES_SHOWN {
            let rest = lines.split_off(SERVICES_SHOWN - 1);
            lines.push(WaitingLine {
                code: String::new(),
                name: words::other_services(self.beginning.language, rest.len()),
                waiting: rest.iter().map(|line| line.waiting).sum(),
                own: false,
            });
        }
        lines
    }
}
