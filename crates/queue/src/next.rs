//! Who is next: the one rule, with numbers that a manager understands.
//!
//! Of the tickets that a counter may serve, the one with the greatest
//! `(waited + head start) / target` is called, and on a tie the earlier one. This is the
//! accumulating-priority queue (Kleinrock 1964; Stanford, Taylor and Ziedins 2014). Within a
//! service and class the first come has the greatest score, so only the heads of the lines
//! compete, and the cost does not grow with how many wait.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::{CounterNumber, Moment, Queue, Reason, Ticket, TicketId};

/// Overtaken tickets are counted up to here: in overload the exact figure tells nobody anything.
const OVERTAKEN_COUNTED: usize = 1_000;

/// Overtaken tickets that a call names.
const OVERTAKEN_NAMED: usize = 8;

/// The ticket that is next, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The ticket.
    pub ticket: TicketId,
    /// Why.
    pub reason: Reason,
}

impl Queue {
    /// Whom this counter would call at `now`, if anybody.
    #[must_use]
    pub fn next_for(&self, counter: CounterNumber, now: Moment) -> Option<Pick> {
        let winner = self.contenders(counter, now, 1).max_by(Contender::cmp)?;
        let (overtook, passed_over) = self.overtaken(counter, winner.ticket.id);
        let reason = Reason {
            waited_ms: now.since_ms(winner.ticket.issued),
            head_start_ms: self.settings.head_start_ms(&winner.ticket.class),
            target_ms: winner.target_ms,
            overtook,
            passed_over,
        };
        Some(Pick {
            ticket: winner.ticket.id,
            reason,
        })
    }

    /// The next `count` tickets for this counter, as it stands now and if nobody else called.
    #[must_use]
    pub fn preview(&self, counter: CounterNumber, now: Moment, count: usize) -> Vec<&Ticket> {
        let mut first_ones: Vec<Contender> = self.contenders(counter, now, count).collect();
        first_ones.sort_by(|a, b| b.cmp(a));
        first_ones
            .into_iter()
            .take(count)
            .map(|contender| contender.ticket)
            .collect()
    }

    /// The first `count` of each line that the counter may serve.
    fn contenders(
        &self,
        counter: CounterNumber,
        now: Moment,
        count: usize,
    ) -> impl Iterator<Item = Contender<'_>> {
        self.lines_for(counter)
            .flat_map(move |line| line.iter().take(count))
            .filter_map(|id| self.day.ticket(*id))
            .map(move |ticket| self.contender(ticket, now))
    }

    fn contender<'a>(&self, ticket: &'a Ticket, now: Moment) -> Contender<'a> {
        let head_start_ms = self.settings.head_start_ms(&ticket.class);
        Contender {
            ticket,
            credit_ms: now.since_ms(ticket.issued) + head_start_ms,
            target_ms: self.settings.target_wait_ms(&ticket.service, &ticket.class),
        }
    }

    fn lines_for(&self, counter: CounterNumber) -> impl Iterator<Item = &BTreeSet<TicketId>> {
        let plan = self.settings.counters.get(&counter);
        let services = plan.map_or(&[][..], |plan| &plan.services);
        services
            .iter()
            .flat_map(|service| self.day.lines_of(service))
            .map(|(_, line)| line)
    }

    /// Those whom a call of `winner` passes over: how many, and the first of them.
    fn overtaken(&self, counter: CounterNumber, winner: TicketId) -> (u32, Vec<TicketId>) {
        let mut earlier: Vec<TicketId> = self
            .lines_for(counter)
            .flat_map(|line| line.range(..winner).take(OVERTAKEN_COUNTED))
            .copied()
            .collect();
        earlier.sort_unstable();
        let count = earlier.len().min(OVERTAKEN_COUNTED) as u32;
        earlier.truncate(OVERTAKEN_NAMED);
        (count, earlier)
    }
}

/// A ticket at the head of its line, with the two numbers of its score.
struct Contender<'a> {
    ticket: &'a Ticket,
    credit_ms: u64,
    target_ms: u64,
}

impl Contender<'_> {
    /// Orders by score, and equal scores so that the earlier ticket is the greater.
    fn cmp(&self, other: &Self) -> Ordering {
        let mine = u128::from(self.credit_ms) * u128::from(other.target_ms);
        let theirs = u128::from(other.credit_ms) * u128::from(self.target_ms);
        mine.cmp(&theirs)
            .then_with(|| other.ticket.id.cmp(&self.ticket.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;
    use crate::invariants::sample::Hall;

    const MINUTE_MS: u64 = 60_000;

    fn call(hall: &mut Hall, counter: u16) -> TicketId {
        hall.act(&Command::CallNext(CounterNumber(counter)));
        hall.act(&Command::Arrive(CounterNumber(counter)));
        hall.queue.day().in_hand(CounterNumber(counter)).unwrap().id
    }

    #[test]
    fn among_equals_the_first_come_is_the_first_served() {
        let mut hall = Hall::open();
        hall.sit(1, "王芳");
        let tickets: Vec<_> = (0..5).map(|_| hall.take("A", "ordinary")).collect();
        let called: Vec<_> = (0..5).map(|_| call(&mut hall, 1)).collect();
        assert_eq!(called, tickets);
    }

    #[test]
    fn a_favoured_customer_goes_before_one_who_waited_less_than_four_times_as_long() {
        let mut hall = Hall::open();
        hall.sit(1, "王芳");
        let long = hall.take("A", "ordinary");
        hall.wait(9 * MINUTE_MS);
        let short = hall.take("A", "ordinary");
        let elderly = hall.take("A", "elderly");
        hall.wait(3 * MINUTE_MS + 1);
        // 12 of 20 minutes against 3 of 5, and one millisecond counts more against a smaller target.
        let reason = hall
            .queue
            .next_for(CounterNumber(1), hall.now().at)
            .unwrap()
            .reason;
        assert_eq!(
            (reason.overtook, reason.passed_over),
            (2, vec![long, short])
        );
        assert_eq!([(); 3].map(|()| call(&mut hall, 1)), [elderly, long, short]);
    }

    #[test]
    fn nobody_starves_for_an_ordinary_customer_gains_too() {
        let mut hall = Hall::open();
        hall.sit(1, "王芳");
        let ordinary = hall.take("A", "ordinary");
        hall.wait(20 * MINUTE_MS);
        hall.take("A", "elderly");
        assert_eq!(call(&mut hall, 1), ordinary);
    }

    #[test]
    fn the_preview_is_the_order_of_the_calls() {
        let mut hall = Hall::open();
        hall.sit(2, "王芳");
        for (service, class) in [
            ("A", "ordinary"),
            ("B", "elderly"),
            ("A", "elderly"),
            ("B", "ordinary"),
        ] {
            hall.take(service, class);
            hall.wait(MINUTE_MS);
        }
        let preview: Vec<_> = hall
            .queue
            .preview(CounterNumber(2), hall.now().at, 4)
            .iter()
            .map(|ticket| ticket.id)
            .collect();
        let called: Vec<_> = (0..4).map(|_| call(&mut hall, 2)).collect();
        assert_eq!(preview, called);
    }
}
