//! What can be looked up about the tickets of a day: a function of the tickets and nothing
//! else, so `check` holds it against them.

use std::collections::{BTreeMap, BTreeSet};

use crate::line::Line;
use crate::timer::{Due, timers};
use crate::{CounterNumber, Desk, Holder, Paper, Settings, State, Ticket, TicketId};

/// Where each ticket stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    /// Who waits, by desk. A ticket whose errands may be done in any order stands in several.
    pub(crate) lines: BTreeMap<Desk, Line>,
    /// How many tickets wait.
    pub(crate) waiting: u32,
    /// The ticket that each counter has in hand.
    pub(crate) hands: BTreeMap<CounterNumber, TicketId>,
    /// Who was put aside, and where.
    pub(crate) held: BTreeSet<(CounterNumber, TicketId)>,
    /// Who missed a call, and where.
    pub(crate) missed: BTreeSet<(CounterNumber, TicketId)>,
    /// Open tickets whose slip is known to be on no paper.
    pub(crate) on_no_paper: BTreeSet<TicketId>,
    /// The open tickets of each telephone number.
    pub(crate) holders: BTreeSet<(Holder, TicketId)>,
    /// What comes due, the earliest first.
    pub(crate) timers: BTreeSet<Due>,
}

impl Index {
    /// Takes in a ticket as it stands.
    pub(crate) fn enter(&mut self, settings: &Settings, ticket: &Ticket) {
        let counter = ticket.call.as_ref().map(|call| call.counter);
        match (ticket.state, counter) {
            (State::Waiting, _) => self.enter_lines(ticket),
            (State::Called | State::Serving, Some(counter)) => {
                self.hands.insert(counter, ticket.id);
            }
            (State::Held, Some(counter)) => {
                self.held.insert((counter, ticket.id));
            }
            (State::NoShow, Some(counter)) => {
                self.missed.insert((counter, ticket.id));
            }
            _ => {}
        }
        if ticket.state.is_open() {
            if matches!(ticket.paper, Paper::Missing(_)) {
                self.on_no_paper.insert(ticket.id);
            }
            if let Some(holder) = ticket.holder {
                self.holders.insert((holder, ticket.id));
            }
        }
        self.timers
            .extend(timers(settings, ticket).into_iter().flatten());
    }

    /// Forgets a ticket that was taken in as it stands.
    pub(crate) fn leave(&mut self, settings: &Settings, ticket: &Ticket) {
        let counter = ticket.call.as_ref().map(|call| call.counter);
        match (ticket.state, counter) {
            (State::Waiting, _) => self.leave_lines(ticket),
            (State::Called | State::Serving, Some(counter)) => {
                self.hands.remove(&counter);
            }
            (State::Held, Some(counter)) => {
                self.held.remove(&(counter, ticket.id));
            }
            (State::NoShow, Some(counter)) => {
                self.missed.remove(&(counter, ticket.id));
            }
            _ => {}
        }
        if ticket.state.is_open() {
            self.on_no_paper.remove(&ticket.id);
            if let Some(holder) = ticket.holder {
                self.holders.remove(&(holder, ticket.id));
            }
        }
        for due in timers(settings, ticket).into_iter().flatten() {
            self.timers.remove(&due);
        }
    }

    fn enter_lines(&mut self, ticket: &Ticket) {
        self.waiting += 1;
        for (_, errand) in ticket.callable_errands() {
            let line = self.lines.entry(errand.desk.clone()).or_default();
            line.enter(ticket, &errand.service);
        }
    }

    fn leave_lines(&mut self, ticket: &Ticket) {
        self.waiting -= 1;
        for (_, errand) in ticket.callable_errands() {
            if let Some(line) = self.lines.get_mut(&errand.desk) {
                line.leave(ticket, &errand.service);
                if line.is_empty() {
                    self.lines.remove(&errand.desk);
                }
            }
        }
    }
}
