//! Requests for a number that were under way when the kiosk was stopped.
//!
//! Their customers are gone, so no number is to come of them; but the hall may have given one, and
//! nobody knows it. So the hall is asked under the same id for nothing: to void ticket 0, which
//! there is not. Where the hall has never seen the id it refuses that and remembers
//! the refusal for the id, so also a request that is still on its way comes to nothing; no number
//! is issued for nobody, as it would be by asking the same again. Where it has seen the id, it says that
//! the id stands for another act; then the same is asked again, which gives the same answer and
//! changes nothing, and a number among the answers is given back.

use std::time::{Duration, Instant};

use protocol::{Act, Outcome, Refusal};
use uuid::Uuid;

use super::taking::Request;

/// What is asked first: nothing, under the id of the request.
const NOTHING: Act = Act::Void { ticket: 0 };

/// A hall that could not answer is asked again after this.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Requests whose answers nobody saw.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    open: Vec<Left>,
}

#[derive(Debug)]
struct Left {
    request: Request,
    /// The hall knows the id.
    is_known: bool,
    again_at: Option<Instant>,
}

/// What an answer leads to.
pub(super) enum Next {
    /// This is to be asked, under the same id.
    Ask(Act),
    /// It was this request, and this came of it.
    Settled(Request, Box<Outcome>),
    /// Nothing yet.
    Wait,
}

impl Left {
    fn ask(&self) -> Act {
        match self.is_known {
            true => self.request.act.clone(),
            false => NOTHING,
        }
    }
}

impl Unfinished {
    /// Takes a request over and gives what is to be asked.
    pub(super) fn begin(&mut self, request: Request) -> Act {
        let left = Left {
            request,
            is_known: false,
            again_at: None,
        };
        let act = left.ask();
        self.open.push(left);
        act
    }

    /// Takes an outcome in. `None`: it is not of one of these.
    pub(super) fn answer(&mut self, id: Uuid, outcome: &Outcome, now: Instant) -> Option<Next> {
        let place = self.open.iter().position(|left| left.request.id == id)?;
        let left = &mut self.open[place];
        Some(match outcome {
            Outcome::Refused(Refusal::NotStored | Refusal::ReadOnly | Refusal::TooManyRequests) => {
                left.again_at = Some(now + AGAIN_AFTER);
                Next::Wait
            }
            Outcome::Refused(Refusal::IdUsedOtherwise) if !left.is_known => {
                left.is_known = true;
                Next::Ask(left.ask())
            }
            _ => {
                let settled = self.open.swap_remove(place).request;
                Next::Settled(settled, Box::new(outcome.clone()))
            }
        })
    }

    /// When the next is to be asked again.
    pub(super) fn due(&self) -> Option<Instant> {
        self.open.iter().filter_map(|left| left.again_at).min()
    }

    /// What is to be asked again now.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<(Uuid, Act)> {
        let is_due = |left: &&mut Left| left.again_at.is_some_and(|at| at <= now);
        let due = self.open.iter_mut().filter(is_due);
        due.map(|left| {
            left.again_at = None;
            (left.request.id, left.ask())
        })
        .collect()
    }
}
