//! Those who wait for one desk, in the orders in which they may be called.

use std::collections::{BTreeMap, BTreeSet};

use crate::{ClassCode, Place, ServiceCode, Ticket, TicketId};

/// A place in a line: since when, by the steady clock in milliseconds, and who.
pub(crate) type Spot = (u64, TicketId);

/// Those who wait for one desk.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    /// Who was put first, since when.
    pub(crate) first: BTreeSet<Spot>,
    /// Who is called by score, from when on the waiting counts. In a class and service the first
    /// has the greatest score, so only the heads compete.
    pub(crate) by_score: BTreeMap<(ClassCode, ServiceCode), BTreeSet<Spot>>,
    /// Who missed a call and is back, after which call of the service.
    pub(crate) after_calls: BTreeSet<(u32, TicketId)>,
}

impl Line {
    pub(crate) fn enter(&mut self, ticket: &Ticket, service: &ServiceCode) {
        match ticket.place {
            Place::First { since_ms } => {
                self.first.insert((since_ms, ticket.id));
            }
            Place::AfterCalls(calls) => {
                self.after_calls.insert((calls, ticket.id));
            }
            Place::ByScore => {
                let part = (ticket.class.clone(), service.clone());
                let spots = self.by_score.entry(part).or_default();
                spots.insert((ticket.waits_from_ms, ticket.id));
            }
        }
    }

    pub(crate) fn leave(&mut self, ticket: &Ticket, service: &ServiceCode) {
        match ticket.place {
            Place::First { since_ms } => {
                self.first.remove(&(since_ms, ticket.id));
            }
            Place::AfterCalls(calls) => {
                self.after_calls.remove(&(calls, ticket.id));
            }
            Place::ByScore => {
                let part = (ticket.class.clone(), service.clone());
                if let Some(spots) = self.by_score.get_mut(&part) {
                    spots.remove(&(ticket.waits_from_ms, ticket.id));
                    if spots.is_empty() {
                        self.by_score.remove(&part);
                    }
                }
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        let by_score: usize = self.by_score.values().map(BTreeSet::len).sum();
        self.first.len() + by_score + self.after_calls.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_empty() && self.by_score.is_empty() && self.after_calls.is_empty()
    }

    /// Everybody in it, in no order that means anything.
    pub(crate) fn tickets(&self) -> impl Iterator<Item = TicketId> {
        let by_score = self.by_score.values().flatten().map(|(_, id)| *id);
        self.out_of_turn().chain(by_score)
    }

    /// Those who are not called by their score.
    pub(crate) fn out_of_turn(&self) -> impl Iterator<Item = TicketId> {
        let first = self.first.iter().map(|(_, id)| *id);
        let after_calls = self.after_calls.iter().map(|(_, id)| *id);
        first.chain(after_calls)
    }
}
