//! Those who wait for one desk, in the orders in which they may be called.

use std::collections::{BTreeMap, BTreeSet};

use crate::{ClassCode, Place, Ticket, TicketId};

/// A place in a line: since when, by the steady clock in milliseconds, and who.
pub(crate) type Spot = (u64, TicketId);

/// Those who wait for one desk.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    /// Who was put first, since when.
    pub(crate) first: BTreeSet<Spot>,
    /// Who is called by score, from when on the waiting counts. In a class the first has the
    /// greatest score, so only the heads compete.
    pub(crate) by_class: BTreeMap<ClassCode, BTreeSet<Spot>>,
    /// Who missed a call and is back, after which call of the service.
    pub(crate) after_calls: BTreeSet<(u32, TicketId)>,
}

impl Line {
    pub(crate) fn enter(&mut self, ticket: &Ticket) {
        match ticket.place {
            Place::First { since_ms } => {
                self.first.insert((since_ms, ticket.id));
            }
            Place::AfterCalls(calls) => {
                self.after_calls.insert((calls, ticket.id));
            }
            Place::ByScore => {
                let spot = (ticket.waits_from_ms, ticket.id);
                match self.by_class.get_mut(&ticket.class) {
                    Some(spots) => {
                        spots.insert(spot);
                    }
                    None => {
                        self.by_class
                            .insert(ticket.class.clone(), BTreeSet::from([spot]));
                    }
                }
            }
        }
    }

    pub(crate) fn leave(&mut self, ticket: &Ticket) {
        match ticket.place {
            Place::First { since_ms } => {
                self.first.remove(&(since_ms, ticket.id));
            }
            Place::AfterCalls(calls) => {
                self.after_calls.remove(&(calls, ticket.id));
            }
            Place::ByScore => {
                let spot = (ticket.waits_from_ms, ticket.id);
                if let Some(spots) = self.by_class.get_mut(&ticket.class) {
                    spots.remove(&spot);
                    if spots.is_empty() {
                        self.by_class.remove(&ticket.class);
                    }
                }
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        let by_score: usize = self.by_class.values().map(BTreeSet::len).sum();
        self.first.len() + by_score + self.after_calls.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_empty() && self.by_class.is_empty() && self.after_calls.is_empty()
    }

    /// Everybody in it, in no order that means anything.
    pub(crate) fn tickets(&self) -> impl Iterator<Item = TicketId> {
        let first = self.first.iter().map(|(_, id)| *id);
        let by_score = self.by_class.values().flatten().map(|(_, id)| *id);
        let after_calls = self.after_calls.iter().map(|(_, id)| *id);
        first.chain(by_score).chain(after_calls)
    }
}
