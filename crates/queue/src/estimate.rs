//! What to tell a customer: how many are ahead, and how long it may take.

use std::collections::BTreeMap;

use crate::line::Spot;
use crate::{ClassCode, CounterNumber, Desk, Moment, Queue, ServiceCode};

/// Standard deviations to either side that hold eight normal values in ten.
const EIGHT_IN_TEN: f64 = 1.28;

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
        let ahead = self.calls_before(pace_ms, service, class);
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

    /// After how many calls, one a pace, no more than so many who wait now have a greater score than
    /// the newcomer. How many have depends on how long the newcomer waits, and that on how many have:
    /// found by halving, for who takes the one from the other in turn goes from end to end.
    fn calls_before(&self, pace_ms: f64, service: &ServiceCode, class: &ClassCode) -> u32 {
        let mut calls = 0..self.queue.day.waiting_for(service);
        for _ in 0..u32::BITS {
            if calls.is_empty() {
                break;
            }
            let middle = calls.start.midpoint(calls.end);
            let wait_ms = (f64::from(middle) * pace_ms) as u64;
            if self.ahead_of_newcomer(wait_ms, service, class) <= middle {
                calls.end = middle;
            } else {
                calls.start = middle + 1;
            }
        }
        calls.start
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
    use crate::invariants::sample::{self, ONE};
    use proptest::prelude::*;

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
        for _ in 0..3 {
            hall.take("A", "ordinary");
        }
        assert_eq!(outlook(&hall, "A", "ordinary"), (3, None));
        // Of those who came together the first is called first, and then the favoured one.
        assert_eq!(outlook(&hall, "A", "elderly"), (1, None));
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

    /// How many are ahead, and the ends of the interval in whole seconds.
    fn outlook(hall: &sample::Hall, service: &str, class: &str) -> (u32, Option<(u64, u64)>) {
        let workload = hall.queue.workload(hall.now().at);
        let (ahead, wait) = workload.outlook(&ServiceCode::new(service), &ClassCode::new(class));
        let second = |ms: u64| (ms + 500) / 1_000;
        (
            ahead,
            wait.map(|wait| (second(wait.low_ms), second(wait.high_ms))),
        )
    }

    /// So many wait for a service, and whoever is called first is being served already.
    fn busy(counters: &[u16], service: &str, waiting: usize) -> sample::Hall {
        let mut hall = sample::Hall::open();
        for counter in counters {
            hall.sit(*counter, &format!("clerk {counter}"));
            hall.take(service, "ordinary");
            hall.serve(CounterNumber(*counter));
        }
        for _ in 0..waiting {
            hall.take(service, "ordinary");
        }
        hall
    }

    /// Services of three minutes each: the fourth call from now is twelve minutes away, and four
    /// exponential times spread by 1.28 * 2 * 3 = 7.68 minutes.
    #[test]
    fn behind_three_at_a_busy_counter_it_takes_four_services_give_or_take() {
        let hall = busy(&[1], "A", 3);
        let interval = (720 - 461, 720 + 461);
        assert_eq!(outlook(&hall, "A", "ordinary"), (3, Some(interval)));
    }

    #[test]
    fn two_counters_halve_the_wait() {
        let hall = busy(&[1, 2], "A", 3);
        let interval = (360 - 230, 360 + 230);
        assert_eq!(outlook(&hall, "A", "ordinary"), (3, Some(interval)));
    }

    #[test]
    fn a_free_counter_calls_one_service_earlier() {
        let mut hall = busy(&[1], "A", 4);
        hall.sit(2, "李强");
        let interval = (360 - 230, 360 + 230);
        assert_eq!(outlook(&hall, "A", "ordinary"), (4, Some(interval)));
    }

    /// Counter 2 takes both services. Of the work before it, 3 of A with the newcomer and 2 of B,
    /// three fifths are for A.
    #[test]
    fn a_counter_that_takes_two_services_gives_each_its_part_of_the_time() {
        let mut hall = busy(&[2], "A", 2);
        for _ in 0..2 {
            hall.take("B", "ordinary");
        }
        let pace_s = 180.0 * 5.0 / 3.0;
        let mean_s = 3.0 * pace_s;
        let spread_s = EIGHT_IN_TEN * 3.0_f64.sqrt() * pace_s;
        let ends = [mean_s - spread_s, mean_s + spread_s].map(|end| end.round() as u64);
        assert_eq!(
            outlook(&hall, "A", "ordinary"),
            (2, Some((ends[0], ends[1])))
        );
    }

    /// Counter 1 takes A alone, counter 2 shares its time: of 2 of A, one of them and the newcomer are
    /// its part, beside 2 of B.
    #[test]
    fn two_counters_that_share_a_service_share_the_work_that_waits_for_it() {
        let mut hall = busy(&[1, 2], "A", 2);
        for _ in 0..2 {
            hall.take("B", "ordinary");
        }
        let pace_s = 180.0 / (1.0 + 2.0 / 4.0);
        let mean_s = 3.0 * pace_s;
        let spread_s = EIGHT_IN_TEN * 3.0_f64.sqrt() * pace_s;
        let ends = [mean_s - spread_s, mean_s + spread_s].map(|end| end.round() as u64);
        assert_eq!(
            outlook(&hall, "A", "ordinary"),
            (2, Some((ends[0], ends[1])))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// Each customer takes as long as the hall thinks, and nobody comes after the newcomer: then as
        /// many are called before as was said, but for the one that may be called before or after.
        #[test]
        fn so_many_are_called_before_a_newcomer_as_was_said(
            came in prop::collection::vec((0..10 * sample::MINUTE_MS, prop::bool::ANY), 0..20),
            head_start_min in 0..10_u64,
            favoured in prop::bool::ANY,
        ) {
            let mut hall = busy(&[1], "A", 0);
            let elderly = ClassCode::new("elderly");
            let rule = hall.queue.settings.classes.get_mut(&elderly).unwrap();
            rule.head_start_ms = head_start_min * sample::MINUTE_MS;
            let class = |favoured| if favoured { "elderly" } else { "ordinary" };
            for (pause_ms, favoured) in came {
                hall.wait(pause_ms);
                hall.take("A", class(favoured));
            }
            let (said, _) = outlook(&hall, "A", class(favoured));
            let newcomer = hall.take("A", class(favoured));
            let mut before = 0;
            while hall.serve(ONE) != newcomer {
                before += 1;
                hall.wait(3 * sample::MINUTE_MS);
            }
            prop_assert!(said.abs_diff(before) <= 1, "{} were said, and {}", said, before);
        }
    }

    /// A service without typical time takes a second at least, so that nobody divides by nothing.
    #[test]
    fn whose_time_is_not_known_takes_a_second() {
        let mut hall = busy(&[1], "A", 0);
        hall.finish(ONE);
        let quick = hall.queue.settings.services.get_mut(&ServiceCode::new("B"));
        quick.unwrap().typical_handling_ms = 0;
        assert_eq!(hall.queue.handling_ms(&ServiceCode::new("B")), 1_000);
    }

    /// Ten minutes of head start of five are worth forty of twenty: that decides between somebody
    /// who came half an hour ago and a newcomer, whichever of them has it.
    #[test]
    fn a_head_start_counts_like_time_waited_for_who_comes_and_for_who_waits() {
        let mut hall = busy(&[1], "A", 1);
        hall.wait(30 * sample::MINUTE_MS);
        assert_eq!(outlook(&hall, "A", "elderly").0, 1, "without");
        let elderly = ClassCode::new("elderly");
        let elderly = hall.queue.settings.classes.get_mut(&elderly).unwrap();
        elderly.head_start_ms = 10 * sample::MINUTE_MS;
        assert_eq!(outlook(&hall, "A", "elderly").0, 0, "with");
        hall.take("A", "elderly");
        let first = hall.queue.preview(ONE, hall.now().at, 1)[0].id;
        assert_eq!(hall.ticket(first).class, ClassCode::new("elderly"));
        assert_eq!(outlook(&hall, "A", "ordinary").0, 2);
        let elderly = hall
            .queue
            .settings
            .classes
            .get_mut(&ClassCode::new("elderly"))
            .unwrap();
        elderly.target_wait_ms = 40 * sample::MINUTE_MS;
        assert_eq!(
            outlook(&hall, "A", "ordinary").0,
            2,
            "of 10/40 against 3/20 the head start alone is the greater"
        );
    }

    #[test]
    fn who_was_put_first_or_comes_back_is_ahead_of_every_newcomer() {
        let mut hall = sample::Hall::staffed(crate::Settings {
            missed: Some(crate::MissedRule {
                within_ms: None,
                within_calls: None,
                back_after_calls: 9,
                most: 9,
            }),
            ..sample::settings()
        });
        let missed = hall.take("A", "ordinary");
        hall.call(ONE);
        hall.act(&Command::NoShow(ONE));
        hall.act(&Command::Return(missed));
        hall.take("A", "ordinary");
        hall.serve(ONE);
        hall.act(&Command::PutBack(ONE, crate::PutBack::First));
        assert_eq!(outlook(&hall, "A", "elderly").0, 2);
        assert_eq!(hall.queue.day().waiting_for(&ServiceCode::new("A")), 2);
    }
}
