//! The figures of a study: waits of groups of customers, and of the hall as a whole.

use super::chance::{Change, HEAPS};
use super::play::{Fate, Played};
use super::study::{Study, Twice};

const MINUTE_MS: f64 = 60_000.0;

/// Everything that the table shows.
pub(super) struct Figures {
    pub(super) by_class: Vec<Group>,
    pub(super) by_service: Vec<Group>,
    pub(super) hall: Hall,
}

/// The customers of a class or a service.
pub(super) struct Group {
    pub(super) label: String,
    pub(super) customers_a_day: f64,
    pub(super) mean_min: Change,
    pub(super) p90_min: Change,
    pub(super) p95_min: Change,
    pub(super) longest_min: Change,
    /// The share that was called within the target, from 0 to 1.
    pub(super) within: Change,
}

/// The hall as a whole; customers and calls are those of a day.
pub(super) struct Hall {
    pub(super) turned_away: Change,
    pub(super) no_shows: Change,
    pub(super) never_called: Change,
    pub(super) left_at_closing: Change,
    /// From closing until the last customer is done, in minutes.
    pub(super) after_closing_min: Change,
    pub(super) overtaking_calls: Change,
    pub(super) most_overtaken: Change,
    /// The share of the counters' open time, from 0 to 1.
    pub(super) idle: Change,
    pub(super) idle_while_wanted_min: Change,
}

impl Study {
    pub(super) fn figures(&self) -> Figures {
        Figures {
            by_class: self.groups(&self.classes, |customer| customer.class),
            by_service: self.groups(&self.services, |customer| customer.service),
            hall: self.hall(),
        }
    }

    /// The heap of a day. Heaps differ in length by one day at most.
    fn heap(&self, day: u32) -> usize {
        let heaps = HEAPS.min(self.plan.days);
        (u64::from(day) * u64::from(heaps) / u64::from(self.plan.days)) as usize
    }

    fn heaps(&self) -> usize {
        HEAPS.min(self.plan.days) as usize
    }

    /// The groups to which anybody belongs.
    fn groups(&self, labels: &[String], of: impl Fn(&Twice) -> usize) -> Vec<Group> {
        let mut customers: Vec<Vec<&Twice>> = vec![Vec::new(); labels.len()];
        for customer in &self.customers {
            customers[of(customer)].push(customer);
        }
        let groups = labels.iter().zip(&customers);
        groups
            .filter(|(_, customers)| !customers.is_empty())
            .map(|(label, customers)| self.group(label, customers))
            .collect()
    }

    fn group(&self, label: &str, customers: &[&Twice]) -> Group {
        let mut heaps: Vec<[Waits; 2]> = vec![Default::default(); self.heaps()];
        for customer in customers {
            for (waits, visit) in heaps[self.heap(customer.day)]
                .iter_mut()
                .zip(&customer.visits)
            {
                if matches!(visit.fate, Fate::Served | Fate::NoShow) {
                    waits.add(visit.waited_ms, customer.target_ms);
                }
            }
        }
        let waits = WaitsTwice::new(heaps);
        Group {
            label: label.to_owned(),
            customers_a_day: customers.len() as f64 / f64::from(self.plan.days),
            mean_min: waits.change(Waits::mean_min),
            p90_min: waits.change(|waits| waits.not_exceeded_by_min(90)),
            p95_min: waits.change(|waits| waits.not_exceeded_by_min(95)),
            longest_min: waits.change(|waits| waits.not_exceeded_by_min(100)),
            within: waits.change(Waits::within),
        }
    }

    fn hall(&self) -> Hall {
        Hall {
            turned_away: self.fate_a_day(Fate::TurnedAway),
            no_shows: self.fate_a_day(Fate::NoShow),
            never_called: self.fate_a_day(Fate::NeverCalled),
            left_at_closing: self.a_day(|day| f64::from(day.left_at_closing)),
            after_closing_min: self
                .a_day(|day| minutes(day.ends_ms.saturating_sub(self.closes_ms))),
            overtaking_calls: self.a_day(|day| f64::from(day.overtaking_calls)),
            most_overtaken: self.most_overtaken(),
            idle: self.a_day(|day| day.idle_ms as f64 / (day.open_ms as f64).max(1.0)),
            idle_while_wanted_min: self.a_day(|day| minutes(day.idle_while_wanted_ms)),
        }
    }

    /// The mean over the days.
    fn a_day(&self, figure: impl Fn(&Played) -> f64) -> Change {
        let days: Vec<[f64; 2]> = self
            .days
            .iter()
            .map(|day| day.each_ref().map(&figure))
            .collect();
        self.mean_a_day(&days)
    }

    fn fate_a_day(&self, fate: Fate) -> Change {
        let mut days = vec![[0.0; 2]; self.days.len()];
        for customer in &self.customers {
            for (count, visit) in days[customer.day as usize].iter_mut().zip(&customer.visits) {
                *count += f64::from(u8::from(visit.fate == fate));
            }
        }
        self.mean_a_day(&days)
    }

    fn mean_a_day(&self, days: &[[f64; 2]]) -> Change {
        let mut heaps = vec![([0.0; 2], 0.0); self.heaps()];
        for (day, number) in days.iter().zip(0..) {
            let (sums, count) = &mut heaps[self.heap(number)];
            *count += 1.0;
            sums[0] += day[0];
            sums[1] += day[1];
        }
        let heaps: Vec<[f64; 2]> = heaps
            .iter()
            .map(|(sums, count)| sums.map(|sum| sum / count))
            .collect();
        let all =
            [0, 1].map(|hall| days.iter().map(|day| day[hall]).sum::<f64>() / days.len() as f64);
        Change::new(all, &heaps)
    }

    /// The most of all days. One customer's fate says nothing about chance, so it is shown and
    /// never judged.
    fn most_overtaken(&self) -> Change {
        let of = |hall: usize| {
            self.customers
                .iter()
                .map(move |customer| customer.visits[hall].overtaken)
        };
        let most = [0, 1].map(|hall| f64::from(of(hall).max().unwrap_or(0)));
        Change::new(most, &[])
    }
}

/// The waits of some customers under both settings: of all days, and of each heap of them.
struct WaitsTwice {
    all: [Waits; 2],
    heaps: Vec<[Waits; 2]>,
}

impl WaitsTwice {
    fn new(mut heaps: Vec<[Waits; 2]>) -> Self {
        let mut all: [Waits; 2] = Default::default();
        for heap in &mut heaps {
            for (all, waits) in all.iter_mut().zip(heap) {
                waits.sort();
                all.waited_ms.extend(&waits.waited_ms);
                all.within += waits.within;
            }
        }
        all.iter_mut().for_each(Waits::sort);
        // A heap in which nobody of them was called has nothing to compare.
        heaps.retain(|heap| heap.iter().all(|waits| !waits.waited_ms.is_empty()));
        Self { all, heaps }
    }

    fn change(&self, figure: impl Fn(&Waits) -> f64) -> Change {
        let of_heaps = self.heaps.iter().map(|heap| heap.each_ref().map(&figure));
        let of_heaps: Vec<[f64; 2]> = of_heaps.collect();
        Change::new(self.all.each_ref().map(&figure), &of_heaps)
    }
}

/// The waits of some customers under one of the settings. Where nobody was called, its figures are
/// no numbers.
#[derive(Clone, Default)]
struct Waits {
    waited_ms: Vec<u64>,
    within: usize,
}

impl Waits {
    fn add(&mut self, waited_ms: u64, target_ms: u64) {
        self.waited_ms.push(waited_ms);
        self.within += usize::from(waited_ms <= target_ms);
    }

    fn sort(&mut self) {
        self.waited_ms.sort_unstable();
    }

    fn mean_min(&self) -> f64 {
        minutes(self.waited_ms.iter().sum()) / self.waited_ms.len() as f64
    }

    /// The wait that so many of 100 do not exceed.
    fn not_exceeded_by_min(&self, of_100: usize) -> f64 {
        let place = (self.waited_ms.len() * of_100)
            .div_ceil(100)
            .saturating_sub(1);
        self.waited_ms
            .get(place)
            .map_or(f64::NAN, |wait| minutes(*wait))
    }

    fn within(&self) -> f64 {
        self.within as f64 / self.waited_ms.len() as f64
    }
}

fn minutes(ms: u64) -> f64 {
    ms as f64 / MINUTE_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_those_that_so_many_of_100_do_not_exceed() {
        let mut waits = Waits::default();
        for minutes in (1..=100).rev() {
            waits.add(minutes * 60_000, 20 * 60_000);
        }
        waits.sort();
        assert_eq!(waits.mean_min(), 50.5);
        assert_eq!(
            [90, 95, 100].map(|of_100| waits.not_exceeded_by_min(of_100)),
            [90.0, 95.0, 100.0]
        );
        assert_eq!(waits.within(), 0.2);
    }

    #[test]
    fn where_nobody_was_called_there_is_no_wait() {
        let nobody = Waits::default();
        assert!(
            nobody.mean_min().is_nan()
                && nobody.not_exceeded_by_min(95).is_nan()
                && nobody.within().is_nan()
        );
    }
}
