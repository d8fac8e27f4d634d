//! The hall on its open day: who waits where, who is in whose hand.

use std::collections::{BTreeMap, BTreeSet};

use crate::{CallId, ClassCode, CounterNumber, Date, ServiceCode, State, Ticket, TicketId};

/// Everything that the rules remember. Changed by `evolve` alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
    pub(crate) date: Option<Date>,
    pub(crate) turns_at_steady_ms: Option<u64>,
    /// All tickets of the day; a ticket's serial number is its place, counted from 1.
    pub(crate) tickets: Vec<Ticket>,
    /// Who waits, by service and class; in each line the first come is first.
    pub(crate) lines: BTreeMap<ServiceCode, BTreeMap<ClassCode, BTreeSet<TicketId>>>,
    pub(crate) waiting: u32,
    /// The last number given in each series.
    pub(crate) last_numbers: BTreeMap<ServiceCode, u32>,
    pub(crate) counters: BTreeMap<CounterNumber, Counter>,
    pub(crate) calls: u32,
    /// The ticket of each call, in order; a call's serial number is its place, counted from 1.
    pub(crate) called: Vec<TicketId>,
    /// Open tickets whose slip is known to be on no paper.
    pub(crate) on_no_paper: BTreeSet<TicketId>,
    /// How many customers each counter finished, under any clerk.
    pub(crate) finished: BTreeMap<CounterNumber, u32>,
    /// A running mean of handling times, in milliseconds, by service.
    pub(crate) handling_ms: BTreeMap<ServiceCode, u64>,
}

/// A counter of the open day at which somebody has signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Counter {
    /// Who sits there.
    pub clerk: String,
    /// Why it is paused, if it is.
    pub paused: Option<String>,
    /// The ticket in hand.
    pub in_hand: Option<TicketId>,
}

impl Day {
    /// The date, once a day was opened.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// Every ticket of the day, in the order of issue.
    #[must_use]
    pub fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }

    /// A ticket by its id, if it is of this day.
    #[must_use]
    pub fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        let place = (id.serial() as usize).checked_sub(1)?;
        self.tickets.get(place).filter(|ticket| ticket.id == id)
    }

    /// A counter at which somebody has signed in.
    #[must_use]
    pub fn counter(&self, number: CounterNumber) -> Option<&Counter> {
        self.counters.get(&number)
    }

    /// The ticket that a counter has in hand.
    #[must_use]
    pub fn in_hand(&self, number: CounterNumber) -> Option<&Ticket> {
        self.counter(number)?.in_hand.and_then(|id| self.ticket(id))
    }

    /// How many customers a counter finished today, under any clerk.
    #[must_use]
    pub fn finished_at(&self, number: CounterNumber) -> u32 {
        self.finished.get(&number).copied().unwrap_or(0)
    }

    /// How many wait in all.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        self.waiting
    }

    /// How many wait for a service.
    #[must_use]
    pub fn waiting_for(&self, service: &ServiceCode) -> u32 {
        self.lines_of(service)
            .map(|(_, line)| line.len() as u32)
            .sum()
    }

    /// The last calls, the newest first.
    pub fn last_calls(&self) -> impl Iterator<Item = &Ticket> {
        self.called.iter().rev().filter_map(|id| self.ticket(*id))
    }

    /// Open tickets whose slip is known to be on no paper.
    pub fn on_no_paper(&self) -> impl Iterator<Item = &Ticket> {
        self.on_no_paper.iter().filter_map(|id| self.ticket(*id))
    }

    /// How many tickets are in a state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.tickets
            .iter()
            .filter(|ticket| ticket.state == state)
            .count()
    }

    /// The lines of a service by class.
    pub(crate) fn lines_of(
        &self,
        service: &ServiceCode,
    ) -> impl Iterator<Item = (&ClassCode, &BTreeSet<TicketId>)> {
        self.lines.get(service).into_iter().flatten()
    }

    pub(crate) fn next_ticket(&self, date: Date) -> TicketId {
        TicketId::of_day(date, self.tickets.len() as u32 + 1)
    }

    pub(crate) fn next_call(&self, date: Date) -> CallId {
        CallId::of_day(date, self.calls + 1)
    }
}
