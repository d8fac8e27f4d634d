//! What to tell a customer: how many are ahead, and how long it may take.

use std::collections::BTreeMap;

use crate::line::Spot;
use crate::{ClassCode, CounterNumber, Desk, Moment, Queue, ServiceCode};

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

/// The work that waits, as one moment sees it; made once for all that is to be told of it.
#[derive(Clone, Debug)]
pub struct Workload<'a> {
    queue: &'a Queue,
    now: Moment,
    by_service: BTreeMap<&'a ServiceCode, Work>,
}

/// What waits for one service, and who works on it.
#[derive(Clone, Debug)]
struct Work {
    /// Counters that take it and call now.
    calling: Vec<CounterNumber>,
    handling_ms: f64,
    /// The work that waits, for each counter that calls, in milliseconds.
    per_counter_ms: f64,
}

impl Queue {
    /// What waits at `now`.
    #[must_use]
    pub fn workload(&self, now: Moment) -> Workload<'_> {
        let by_service = self
            .settings
            .services
            .keys()
            .map(|service| (service, self.work(service)));
        Workload {
            queue: self,
            now,
            by_service: by_service.collect(),
        }
    }

    fn work(&self, service: &ServiceCode) -> Work {
        let calls = |number: &CounterNumber| {
            self.day
                .counter(*number)
                .is_some_and(|counter| counter.paused.is_none())
        };
        let calling: Vec<CounterNumber> =
            self.settings.counters_for(service).filter(calls).collect();
        let handling_ms = self.handling_ms(service) as f64;
        let waiting_ms = f64::from(self.day.waiting_for(service)) * handling_ms;
        Work {
            per_counter_ms: waiting_ms / calling.len().max(1) as f64,
            calling,
            handling_ms,
        }
    }

    /// How long one customer takes: as measured today, and until then as set; at least a second.
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
}

impl Workload<'_> {
    /// How many who wait for this service would be called before a customer of this class who
    /// came now, and the wait that this customer has to expect; `None` while no counter
    /// serves it.
    ///
    /// The work ahead of the newcomer is shared among the open counters that serve it. Handling
    /// times are taken as exponential, so the work of `n` customers has the standard deviation
    /// `mean * sqrt(n)`.
    #[must_use]
    pub fn outlook(&self, service: &ServiceCode, class: &ClassCode) -> (u32, Option<Wait>) {
        let Some(work) = self.by_service.get(service) else {
            return (0, None);
        };
        // Until a counter opens, the order is that in which one counter would call.
        let shares = self.shares(work);
        let pace_ms = work.handling_ms / if shares > 0.0 { shares } else { 1.0 };
        let mut ahead = self.queue.day.waiting_for(service);
        for _ in 0..ROUNDS {
            let wait_ms = (f64::from(ahead) * pace_ms) as u64;
            ahead = self.ahead_of_newcomer(wait_ms, service, class);
        }
        (
            ahead,
            (shares > 0.0).then(|| self.interval(work, ahead, pace_ms)),
        )
    }

    /// How many counters work on a service, those that share their time counted by their part.
    fn shares(&self, work: &Work) -> f64 {
        work.calling
            .iter()
            .map(|counter| self.share(*counter, work))
            .sum()
    }

    /// The part of a counter's time that goes to a service: its part of the work that waits
    /// there, with the newcomer counted in.
    fn share(&self, counter: CounterNumber, work: &Work) -> f64 {
        let plan = self.queue.settings.counters.get(&counter);
        let services = plan.into_iter().flat_map(|plan| plan.services());
        let all_ms: f64 = services
            .filter_map(|service| self.by_service.get(service))
            .map(|work| work.per_counter_ms)
            .sum();
        (work.per_counter_ms + work.handling_ms) / (all_ms + work.handling_ms)
    }

    /// Who would be called before a newcomer that waits `wait_ms`: whoever has the greater
    /// score then. In each line those are the first ones, so it is counted from the end.
    fn ahead_of_newcomer(&self, wait_ms: u64, service: &ServiceCode, class: &ClassCode) -> u32 {
        let settings = &self.queue.settings;
        let my_credit_ms = u128::from(wait_ms + settings.head_start_ms(class));
        let my_target_ms = u128::from(settings.target_wait_ms(service, class));
        let desk = Desk::Service(service.clone());
        let Some(line) = self.queue.day.index.lines.get(&desk) else {
            return 0;
        };
        let mut ahead = line.first.len() + line.after_calls.len();
        for ((other, _), spots) in &line.by_score {
            let head_start_ms = settings.head_start_ms(other);
            let target_ms = u128::from(settings.target_wait_ms(service, other));
            let first = |(waits_from_ms, _): &Spot| {
                let waited_ms = self.now.steady_ms.saturating_sub(*waits_from_ms);
                let credit_ms = u128::from(waited_ms + wait_ms + head_start_ms);
                credit_ms * my_target_ms >= my_credit_ms * target_ms
            };
            let behind = spots.iter().rev().take_while(|spot| !first(spot)).count();
            ahead += spots.len() - behind;
        }
        ahead as u32
    }

    /// The interval for a customer with so many ahead. With a free counter and nobody ahead the
    /// wait is nothing; otherwise the next call is, on average, one pace away.
    fn interval(&self, work: &Work, ahead: u32, pace_ms: f64) -> Wait {
        let free = |counter: &CounterNumber| self.queue.day.in_hand(*counter).is_none();
        let one_is_free = work.calling.iter().any(free);
        let calls = f64::from(ahead) + if one_is_free { 0.0 } else { 1.0 };
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
        let (ordinary, ordinary_wait) = hall
            .queue
            .workload(at)
            .outlook(&ServiceCode::new("A"), &ClassCode::new("ordinary"));
        let (elderly, elderly_wait) = hall
            .queue
            .workload(at)
            .outlook(&ServiceCode::new("A"), &ClassCode::new("elderly"));
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
        let (ahead, wait) = hall
            .queue
            .workload(hall.now().at)
            .outlook(&ServiceCode::new("A"), &ClassCode::new("ordinary"));
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
    fn before_a_counter_opens_a_favoured_newcomer_is_told_the_order_and_no_wait() {
        let mut hall = sample::Hall::open();
        hall.take("A", "ordinary");
        let (ahead, wait) = hall
            .queue
            .workload(hall.now().at)
            .outlook(&ServiceCode::new("A"), &ClassCode::new("elderly"));
        assert_eq!((ahead, wait), (0, None));
    }

    #[test]
    fn without_an_open_counter_nobody_can_tell() {
        let mut hall = sample::Hall::open();
        hall.take("A", "ordinary");
        assert_eq!(
            hall.queue
                .workload(hall.now().at)
                .outlook(&ServiceCode::new("A"), &ClassCode::new("ordinary")),
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
        hall.act(&Command::Finish {
            counter,
            outcome: None,
        });
        assert_eq!(
            hall.queue.handling_ms(&ServiceCode::new("A")),
            (before * 9 + 10 * before) / 10
        );
    }
}
