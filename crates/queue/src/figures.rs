//! What a day amounts to: its events, counted for the hall, its services, counters and clerks.

use std::collections::BTreeMap;

use crate::{
    CounterNumber, Event, Happening, Moment, Paper, Queue, ServiceCode, Settings, Ticket, TicketId,
};

/// The figures of a day, taken from its events in order. Whoever wants them of a part of a day
/// stops there.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The hall as it was before the next event.
    queue: Queue,
    total: Tally,
    services: BTreeMap<ServiceCode, Tally>,
    counters: BTreeMap<CounterNumber, Tally>,
    clerks: BTreeMap<String, Tally>,
}

/// What was counted of one service, counter or clerk, or of the whole hall.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tickets given out, without those of whom nothing was known before a counter served them.
    /// Of a counter or a clerk it is 0.
    pub issued: u32,
    /// Errands that were finished.
    pub served: u32,
    /// Calls in vain that were not undone.
    pub no_shows: u32,
    /// Tickets given up by their customers or by staff, and numbers that nobody held.
    pub cancelled: u32,
    /// Tickets left over at the end of the day.
    pub expired: u32,
    /// Waits that were longer than their targets.
    pub waits_over_target: u32,
    /// Errands that took longer than their limit.
    pub handled_over_limit: u32,
    /// Tickets whose slip is on no paper, or nobody knows.
    pub on_no_paper: u32,
    /// How long people waited for their calls, in milliseconds.
    pub waits: Spread,
    /// How long errands took from the customer's arrival, in milliseconds.
    pub handling: Spread,
}

/// A number of times, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    all_ms: Vec<u64>,
}

impl Spread {
    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all_ms.len()
    }

    /// Their mean; 0 of none.
    #[must_use]
    pub fn mean_ms(&self) -> u64 {
        let count = self.all_ms.len().max(1) as u64;
        self.all_ms.iter().sum::<u64>() / count
    }

    /// The time that nine of ten are not longer than (nearest rank); 0 of none.
    #[must_use]
    pub fn ninth_tenth_ms(&self) -> u64 {
        let mut sorted = self.all_ms.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * 9).div_ceil(10);
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
    }

    /// The longest; 0 of none.
    #[must_use]
    pub fn longest_ms(&self) -> u64 {
        self.all_ms.iter().copied().max().unwrap_or(0)
    }

    fn take(&mut self, ms: u64) {
        self.all_ms.push(ms);
    }
}

impl Figures {
    /// Nothing counted yet, in a hall with these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            queue: Queue::new(settings),
            total: Tally::default(),
            services: BTreeMap::new(),
            counters: BTreeMap::new(),
            clerks: BTreeMap::new(),
        }
    }

    /// The hall after everything that was counted.
    #[must_use]
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// The whole hall.
    #[must_use]
    pub fn total(&self) -> &Tally {
        &self.total
    }

    /// Each service of which something was counted.
    #[must_use]
    pub fn services(&self) -> &BTreeMap<ServiceCode, Tally> {
        &self.services
    }

    /// Each counter of which something was counted.
    #[must_use]
    pub fn counters(&self) -> &BTreeMap<CounterNumber, Tally> {
        &self.counters
    }

    /// Each clerk of whom something was counted. Figures follow the clerk, not the chair.
    #[must_use]
    pub fn clerks(&self) -> &BTreeMap<String, Tally> {
        &self.clerks
    }

    /// Counts one event. A new day begins from nothing.
    pub fn take(&mut self, event: &Event) {
        match &event.what {
            Happening::DayOpened { .. } => *self = Self::new(self.queue.settings.clone()),
            Happening::Issued(issued) => {
                self.count(issued.errands.first(), |tally| tally.issued += 1);
            }
            Happening::Printed { ticket, .. } => self.paper(*ticket, false),
            Happening::NotPrinted { ticket, .. } => self.paper(*ticket, true),
            Happening::Cancelled { ticket, .. } => {
                self.of_ticket(*ticket, |tally| tally.cancelled += 1);
            }
            Happening::Expired { ticket } => self.of_ticket(*ticket, |tally| tally.expired += 1),
            Happening::WaitOver { ticket } => {
                self.of_ticket(*ticket, |tally| tally.waits_over_target += 1);
            }
            what => self.take_at_counter(event.at, what),
        }
        self.queue.evolve(event);
    }

    fn take_at_counter(&mut self, at: Moment, what: &Happening) {
        match what {
            Happening::Called {
                ticket,
                errand,
                counter,
                reason,
                ..
            } => {
                let known = self.queue.day.ticket(*ticket);
                let errand = known.and_then(|ticket| ticket.errands.get(*errand));
                let service = errand.map(|errand| errand.service.clone());
                let waited = |tally: &mut Tally| tally.waits.take(reason.waited_ms);
                self.count(service.as_ref(), waited);
                self.count_at(*counter, waited);
            }
            Happening::Finished {
                ticket, counter, ..
            } => {
                let took_ms = self.handled_ms(*ticket, at);
                self.of_both(*ticket, *counter, |tally| {
                    tally.served += 1;
                    took_ms.into_iter().for_each(|ms| tally.handling.take(ms));
                });
            }
            Happening::HandlingOver { ticket } => {
                let call = self.ticket(*ticket).and_then(|ticket| ticket.call.as_ref());
                if let Some(counter) = call.map(|call| call.counter) {
                    self.of_both(*ticket, counter, |tally| tally.handled_over_limit += 1);
                }
            }
            Happening::NoShow { ticket, counter } => {
                self.of_both(*ticket, *counter, |tally| tally.no_shows += 1);
            }
            Happening::NoShowUndone { ticket, counter } => {
                self.of_both(*ticket, *counter, |tally| {
                    tally.no_shows = tally.no_shows.saturating_sub(1);
                });
            }
            _ => {}
        }
    }

    /// From the customer's arrival. Who never was said to have come was served from some time after
    /// the call on; how much of it was walking nobody knows, so it is not counted.
    fn handled_ms(&self, ticket: TicketId, at: Moment) -> Option<u64> {
        let call = self.ticket(ticket)?.call.as_ref()?;
        Some(at.since_ms(call.arrived?))
    }

    fn paper(&mut self, id: TicketId, is_missing: bool) {
        let Some(ticket) = self.ticket(id) else {
            return;
        };
        let was_missing = matches!(ticket.paper, Paper::Missing(_));
        self.of_ticket(id, |tally| match (was_missing, is_missing) {
            (false, true) => tally.on_no_paper += 1,
            (true, false) => tally.on_no_paper = tally.on_no_paper.saturating_sub(1),
            _ => {}
        });
    }

    fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.queue.day.ticket(id)
    }

    /// Counts for the hall and the service of a ticket, its counter and who sits there.
    fn of_both(&mut self, id: TicketId, counter: CounterNumber, count: impl Fn(&mut Tally)) {
        self.of_ticket(id, &count);
        self.count_at(counter, count);
    }

    fn of_ticket(&mut self, id: TicketId, count: impl Fn(&mut Tally)) {
        let service = self.ticket(id).map(|ticket| ticket.service().clone());
        self.count(service.as_ref(), count);
    }

    fn count(&mut self, service: Option<&ServiceCode>, count: impl Fn(&mut Tally)) {
        count(&mut self.total);
        if let Some(service) = service {
            count(self.services.entry(service.clone()).or_default());
        }
    }

    fn count_at(&mut self, counter: CounterNumber, count: impl Fn(&mut Tally)) {
        count(self.counters.entry(counter).or_default());
        if let Some(seat) = self.queue.day.counter(counter) {
            count(self.clerks.entry(seat.clerk.clone()).or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, MINUTE_MS, ONE, TWO, service, settings};
    use crate::{CancelWhy, Command, NoPaper};

    fn figures(hall: &Hall) -> Figures {
        let mut figures = Figures::new(settings());
        hall.journal.iter().for_each(|event| figures.take(event));
        assert_eq!(figures.queue().day(), hall.queue.day());
        figures
    }

    #[test]
    fn the_mean_the_ninth_tenth_and_the_longest_of_times() {
        let mut spread = Spread::default();
        assert_eq!(
            (
                spread.mean_ms(),
                spread.ninth_tenth_ms(),
                spread.longest_ms()
            ),
            (0, 0, 0)
        );
        (1..=20).rev().for_each(|ms| spread.take(ms));
        assert_eq!(spread.count(), 20);
        assert_eq!(
            (
                spread.mean_ms(),
                spread.ninth_tenth_ms(),
                spread.longest_ms()
            ),
            (10, 18, 20)
        );
    }

    #[test]
    fn waits_and_handling_are_counted_where_and_by_whom_they_came_about() {
        let mut hall = Hall::staffed(settings());
        hall.take("A", "ordinary");
        hall.take("B", "ordinary");
        hall.wait(4 * MINUTE_MS);
        hall.serve(ONE);
        hall.wait(2 * MINUTE_MS);
        hall.finish(ONE);
        hall.call(TWO);
        hall.act(&Command::NoShow(TWO));
        let clerk = hall
            .queue
            .day()
            .counter(ONE)
            .expect("staffed")
            .clerk
            .clone();
        let figures = figures(&hall);
        let of_a = &figures.services()[&service("A")];
        assert_eq!((of_a.issued, of_a.served, of_a.no_shows), (1, 1, 0));
        assert_eq!(
            (of_a.waits.mean_ms(), of_a.handling.mean_ms()),
            (4 * MINUTE_MS, 2 * MINUTE_MS)
        );
        assert_eq!(figures.counters()[&ONE].served, 1);
        assert_eq!(figures.clerks()[&clerk].served, 1);
        assert_eq!(figures.counters()[&TWO].no_shows, 1);
        let total = figures.total();
        assert_eq!((total.issued, total.served, total.no_shows), (2, 1, 1));
        assert_eq!(
            (total.waits.count(), total.waits.longest_ms()),
            (2, 6 * MINUTE_MS)
        );
    }

    #[test]
    fn what_was_undone_or_mended_is_not_counted() {
        let mut hall = Hall::staffed(settings());
        let (first, second) = (hall.take("A", "ordinary"), hall.take("A", "ordinary"));
        for ticket in [first, second] {
            hall.act(&Command::NotPrinted(ticket, NoPaper::PaperOut));
        }
        hall.act(&Command::Printed {
            ticket: first,
            copies: 1,
        });
        hall.call(ONE);
        hall.act(&Command::NoShow(ONE));
        hall.act(&Command::UndoNoShow(ONE, first));
        hall.act(&Command::Cancel(second, CancelWhy::Customer));
        let total = figures(&hall).total().clone();
        assert_eq!(
            (total.on_no_paper, total.no_shows, total.cancelled),
            (1, 0, 1)
        );
    }

    #[test]
    fn figures_stay_with_the_clerk_when_the_chair_changes_hands() {
        let mut hall = Hall::staffed(settings());
        let sign_in = |clerk: &str| Command::SignIn {
            counter: ONE,
            clerk: clerk.to_owned(),
        };
        for clerk in ["王芳", "李明"] {
            hall.act(&Command::SignOut(ONE));
            hall.act(&sign_in(clerk));
            hall.take("A", "ordinary");
            hall.serve(ONE);
            hall.finish(ONE);
        }
        let figures = figures(&hall);
        assert_eq!(figures.counters()[&ONE].served, 2);
        assert_eq!(figures.clerks()["王芳"].served, 1);
        assert_eq!(figures.clerks()["李明"].served, 1);
    }

    #[test]
    fn each_that_was_left_over_or_took_too_long_is_counted() {
        let mut settings = settings();
        let limit = crate::HandlingLimit {
            limit_ms: 10 * MINUTE_MS,
            warning_ms: 0,
        };
        let of_a = settings.services.get_mut(&service("A"));
        of_a.expect("service A").handling_limit = Some(limit);
        let mut hall = Hall::staffed(settings);
        for _ in 0..4 {
            hall.take("A", "ordinary");
        }
        hall.wait(20 * MINUTE_MS);
        for _ in 0..2 {
            hall.serve(ONE);
            hall.wait(10 * MINUTE_MS);
        }
        hall.finish(ONE);
        let before = figures(&hall).total().clone();
        assert_eq!(
            (before.waits_over_target, before.handled_over_limit),
            (4, 2)
        );
        let mut figures = figures(&hall);
        for event in hall.queue.decide_due(crate::Now {
            today: crate::Date::new(2026, 11, 2),
            ..hall.now()
        }) {
            if !matches!(event.what, Happening::DayOpened { .. }) {
                figures.take(&event);
            }
        }
        assert_eq!(figures.total().expired, 2);
    }
}
