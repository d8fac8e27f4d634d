//! What to tell a customer: how many are ahead, and how long it may take.

use std::collections::BTreeMap;

use crate::{ClassCode, CounterNumber, Moment, Queue, ServiceCode, TicketId};

/// Standard deviations to either side that hold eight normal values in ten.
const EIGHT_IN_TEN: f64 = 1.28;

/// The wait of a newcomer and who is called before it depend on each other: so many rounds
/// settle it well below a minute.
const ROUNDS: usize = 3;

/// A wait to expect, as an interval that holds about eight times in ten, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Lower end.
    pub low_ms: u64,
    /// Upper end.
    pub high_ms: u64,
}

impl Queue {
    /// How many who wait for this service would be called before a customer of this class who
    /// came at `now`, and the wait that this customer has to expect; `None` while no counter
    /// serves it.
    ///
    /// The work ahead of the newcomer is shared evenly among the open counters that serve it:
    /// `wait = work / counters`. Handling times are taken as exponential, so the work of `n`
    /// customers has the standard deviation `mean * sqrt(n)`.
    #[must_use]
    pub fn outlook(
        &self,
        now: Moment,
        service: &ServiceCode,
        class: &ClassCode,
    ) -> (u32, Option<Wait>) {
        let all = self.day.waiting_for(service);
        let Some(pace_ms) = self.pace_ms(service) else {
            return (all, None);
        };
        let mut ahead = all;
        for _ in 0..ROUNDS {
            let wait_ms = (f64::from(ahead) * pace_ms) as u64;
            ahead = self.ahead_of_newcomer(now, wait_ms, service, class);
        }
        (ahead, Some(self.interval(service, ahead, pace_ms)))
    }

    /// How many who wait for this ticket's service would be called before it, if nobody else came.
    #[must_use]
    pub fn ahead_of(&self, ticket: TicketId) -> u32 {
        let Some(ticket) = self.day.ticket(ticket) else {
            return 0;
        };
        let lines = self.day.lines_of(&ticket.service);
        lines
            .map(|(class, line)| {
                if *class == ticket.class {
                    line.range(..ticket.id).count()
                } else {
                    line.len()
                }
            })
            .sum::<usize>() as u32
    }

    /// Mean time between two calls of a service, in milliseconds: its handling time over its
    /// share of the open counters. A counter that takes several services gives each the share
    /// of those who wait there.
    fn pace_ms(&self, service: &ServiceCode) -> Option<f64> {
        let shares: Vec<f64> = self
            .calling(service)
            .map(|counter| self.share(counter, service))
            .collect();
        let servers: f64 = shares.iter().sum();
        (servers > 0.0).then(|| self.handling_ms(service) as f64 / servers)
    }

    /// Counters that take the service and call now.
    fn calling<'a>(&'a self, service: &'a ServiceCode) -> impl Iterator<Item = CounterNumber> + 'a {
        let calls = |number: &CounterNumber| {
            self.day
                .counter(*number)
                .is_some_and(|counter| counter.paused.is_none())
        };
        self.settings.counters_for(service).filter(calls)
    }

    /// The part of a counter's time that goes to a service: its part of the work that waits
    /// there, with the newcomer counted in.
    fn share(&self, counter: CounterNumber, service: &ServiceCode) -> f64 {
        let services = self
            .settings
            .counters
            .get(&counter)
            .map_or(&[][..], |plan| &plan.services);
        let work: BTreeMap<&ServiceCode, f64> = services
            .iter()
            .map(|service| (service, self.waiting_work_ms(service)))
            .collect();
        let newcomer_ms = self.handling_ms(service) as f64;
        let mine = work.get(service).copied().unwrap_or(0.0) + newcomer_ms;
        mine / (work.values().sum::<f64>() + newcomer_ms).max(1.0)
    }

    fn waiting_work_ms(&self, service: &ServiceCode) -> f64 {
        let counters = self.calling(service).count().max(1);
        f64::from(self.day.waiting_for(service)) * self.handling_ms(service) as f64
            / counters as f64
    }

    fn handling_ms(&self, service: &ServiceCode) -> u64 {
        let typical = || {
            self.settings
                .services
                .get(service)
                .map_or(0, |service| service.typical_handling_ms)
        };
        self.day
            .handling_ms
            .get(service)
            .copied()
            .unwrap_or_else(typical)
            .max(1_000)
    }

    /// Who would be called before a newcomer that waits `wait_ms`: whoever has the greater
    /// score then. In each line those are the first ones, so it is counted from the end.
    fn ahead_of_newcomer(
        &self,
        now: Moment,
        wait_ms: u64,
        service: &ServiceCode,
        class: &ClassCode,
    ) -> u32 {
        let mine = (
            u128::from(wait_ms + self.settings.head_start_ms(class)),
            self.settings.target_wait_ms(service, class),
        );
        let mut ahead = 0;
        for (other, line) in self.day.lines_of(service) {
            let head_start_ms = self.settings.head_start_ms(other);
            let target_ms = self.settings.target_wait_ms(service, other);
            let first = |id: &TicketId| {
                let waited_ms = self
                    .day
                    .ticket(*id)
                    .map_or(0, |ticket| now.since_ms(ticket.issued));
                let theirs = u128::from(waited_ms + wait_ms + head_start_ms);
                theirs * u128::from(mine.1) >= mine.0 * u128::from(target_ms)
            };
            let behind = line.iter().rev().take_while(|id| !first(id)).count();
            ahead += (line.len() - behind) as u32;
        }
        ahead
    }

    /// The interval for a customer with so many ahead. With a free counter the wait is nothing;
    /// otherwise the next call is, on average, one pace away.
    fn interval(&self, service: &ServiceCode, ahead: u32, pace_ms: f64) -> Wait {
        let free = self
            .calling(service)
            .any(|counter| self.day.in_hand(counter).is_none());
        let calls = f64::from(ahead) + if free { 0.0 } else { 1.0 };
        let mean_ms = calls * pace_ms;
        let spread_ms = EIGHT_IN_TEN * calls.sqrt() * pace_ms;
        Wait {
            low_ms: (mean_ms - spread_ms).max(0.0) as u64,
            high_ms: (mean_ms + spread_ms) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;
    use crate::invariants::sample;

    #[test]
    fn a_favoured_newcomer_has_fewer_ahead_and_waits_less() {
        let mut hall = sample::Hall::open();
        hall.sit(1, "王芳");
        for _ in 0..10 {
            hall.take("A", "ordinary");
        }
        let at = hall.now().at;
        let (ordinary, ordinary_wait) =
            hall.queue
                .outlook(at, &ServiceCode::new("A"), &ClassCode::new("ordinary"));
        let (elderly, elderly_wait) =
            hall.queue
                .outlook(at, &ServiceCode::new("A"), &ClassCode::new("elderly"));
        assert_eq!(ordinary, 10);
        assert!(
            elderly < ordinary,
            "{elderly} ahead of the elderly, {ordinary} of the ordinary"
        );
        assert!(elderly_wait.unwrap().high_ms < ordinary_wait.unwrap().high_ms);
    }

    #[test]
    fn a_free_counter_and_nobody_ahead_is_no_wait() {
        let mut hall = sample::Hall::open();
        hall.sit(1, "王芳");
        let (ahead, wait) = hall.queue.outlook(
            hall.now().at,
            &ServiceCode::new("A"),
            &ClassCode::new("ordinary"),
        );
        assert_eq!(
            (ahead, wait),
            (
                0,
                Some(Wait {
                    low_ms: 0,
                    high_ms: 0
                })
            )
        );
    }

    #[test]
    fn without_an_open_counter_nobody_can_tell() {
        let mut hall = sample::Hall::open();
        hall.take("A", "ordinary");
        assert_eq!(
            hall.queue.outlook(
                hall.now().at,
                &ServiceCode::new("A"),
                &ClassCode::new("ordinary")
            ),
            (1, None)
        );
    }

    #[test]
    fn the_mean_follows_what_is_measured() {
        let mut hall = sample::Hall::open();
        hall.sit(1, "王芳");
        let counter = CounterNumber(1);
        let before = hall.queue.handling_ms(&ServiceCode::new("A"));
        hall.take("A", "ordinary");
        hall.act(&Command::CallNext(counter));
        hall.act(&Command::Arrive(counter));
        hall.wait(10 * before);
        hall.act(&Command::Finish(counter));
        assert_eq!(
            hall.queue.handling_ms(&ServiceCode::new("A")),
            (before * 9 + 10 * before) / 10
        );
    }
}
