//! Further errands of one visit: chosen on a page of their own, so that nobody who has one errand
//! has to read about them.

use std::time::Instant;

use protocol::{MAX_ERRANDS, ServiceRow};

use super::Controller;
use super::page::{Page, Visit};

/// One errand is the service itself.
pub(crate) const MAX_FURTHER: usize = MAX_ERRANDS - 1;

impl Controller {
    /// The services that can be added to a visit for this one.
    pub(crate) fn further_services(&self, service: &str) -> impl Iterator<Item = &ServiceRow> {
        let takes = |row: &&ServiceRow| self.takes_numbers(row);
        let offered = self.table.services().filter(|row| row.at_kiosk);
        offered.filter(move |row| row.code != service).filter(takes)
    }

    pub(super) fn open_errands(&mut self, now: Instant) {
        let Page::Service(visit) = &self.page else {
            return;
        };
        if self.further_services(&visit.service).next().is_some() {
            let (visit, before) = (visit.clone(), visit.then.clone());
            let tiles = 0;
            self.go(
                now,
                Page::Errands {
                    visit,
                    before,
                    tiles,
                },
            );
        }
    }

    /// Adds a service to the visit, or takes it off.
    pub(super) fn mark_errand(&mut self, code: &str) {
        let takes = self.service_takes_numbers(code);
        if let Page::Errands { visit, .. } = &mut self.page {
            if let Some(place) = visit.then.iter().position(|then| then == code) {
                visit.then.remove(place);
            } else if takes && visit.service != code && visit.then.len() < MAX_FURTHER {
                visit.then.push(code.to_owned());
            }
        }
    }

    pub(super) fn keep_errands(&mut self, now: Instant) {
        if let Page::Errands { visit, .. } = &self.page {
            let visit = visit.clone();
            self.go(now, Page::Service(visit));
        }
    }

    pub(super) fn forget_errands(&mut self, now: Instant, visit: Visit, before: Vec<String>) {
        let then = before;
        self.go(now, Page::Service(Visit { then, ..visit }));
    }

    /// Errands that take no numbers any more are taken off, before the hall refuses the whole visit.
    pub(super) fn drop_closed_errands(&mut self) {
        let (Page::Service(visit) | Page::Errands { visit, .. }) = &self.page else {
            return;
        };
        let open = visit.then.iter();
        let open = open.filter(|code| self.service_takes_numbers(code));
        let then = open.cloned().collect();
        if let Page::Service(visit) | Page::Errands { visit, .. } = &mut self.page {
            visit.then = then;
        }
    }
}
