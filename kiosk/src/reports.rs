//! What the hall must come to know (printed, not printed, void), until it knows it.

use std::time::{Duration, Instant};

use protocol::{Act, Outcome, Refusal};
use uuid::Uuid;

/// A hall that could not write a report down is asked again after this.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Reports without an outcome, and those to be made again.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    open: Vec<Report>,
}

#[derive(Debug)]
struct Report {
    id: Uuid,
    act: Act,
    again_at: Option<Instant>,
}

impl Reports {
    /// Remembers a report that is on its way.
    pub(crate) fn keep(&mut self, id: Uuid, act: Act) {
        let again_at = None;
        self.open.push(Report { id, act, again_at });
    }

    /// Takes an outcome in, and gives the act that the hall now knows of. Only a refusal that passes by
    /// itself leaves something to do.
    pub(crate) fn answer(&mut self, id: Uuid, outcome: &Outcome, now: Instant) -> Option<Act> {
        let passing = matches!(
            outcome,
            Outcome::Refused(Refusal::NotStored | Refusal::ReadOnly | Refusal::TooManyRequests)
        );
        if passing {
            let report = self.open.iter_mut().find(|report| report.id == id);
            report
                .into_iter()
                .for_each(|report| report.again_at = Some(now + AGAIN_AFTER));
            return None;
        }
        let place = self.open.iter().position(|report| report.id == id)?;
        Some(self.open.swap_remove(place).act)
    }

    /// When the next report is to be made again.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.open.iter().filter_map(|report| report.again_at).min()
    }

    /// The acts to be asked again now, each under a new id.
    pub(crate) fn take_due(&mut self, now: Instant) -> Vec<Act> {
        let is_due = |report: &mut Report| report.again_at.is_some_and(|at| at <= now);
        self.open
            .extract_if(.., is_due)
            .map(|report| report.act)
            .collect()
    }
}
