//! Who comes on an invented day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use queue::{ClassCode, ServiceCode};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::play::Hours;
use crate::rehearsal::{Customer, DATE, Day, Rates, WALK_MS};
use crate::settings::HallSettings;

const MINUTE_MS: f64 = 60_000.0;
const HOUR_MS: f64 = 60.0 * MINUTE_MS;

/// A clerk calls again and gives up after a minute.
const NO_SHOW_MS: u64 = 60_000;

/// Standard deviation of the logarithm of a handling time. Brown et al. (2005) found the handling
/// times of a bank's call centre to be lognormal; 0.82 is that of its ordinary calls of over ten
/// seconds from 1 to 20 August 1999, 13,776 of them.
const HANDLING_SIGMA: f64 = 0.82;

/// No business takes more than so many times its mean: in that bank one call in a thousand did.
const HANDLING_MOST: f64 = 10.0;

/// Of 100 customers so many are of a class of which nothing is known.
const UNKNOWN_CLASS_SHARE: f64 = 2.0;

/// A recorded customer comes up to so much earlier or later on an invented day.
const JITTER_MS: f64 = 15.0 * MINUTE_MS;

/// What invented days have in common.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Where the customers come from, in words.
    pub title: String,
    /// Customers of a day on average.
    pub customers: u32,
    opens: DateTime,
    closes_ms: u64,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    MadeUp(MadeUp),
    Recorded(Vec<Customer>),
}

/// Rates and shares. What is drawn stands beside its weight.
#[derive(Clone, Debug)]
struct MadeUp {
    hours: Vec<Hour>,
    businesses: Vec<(Business, f64)>,
    classes: Vec<(ClassCode, f64)>,
    patience_min: [f64; 2],
}

/// An hour of the day, or what the doors leave of it, with its share of the day's customers.
#[derive(Clone, Copy, Debug)]
struct Hour {
    begins_ms: f64,
    lasts_ms: f64,
    share: f64,
}

#[derive(Clone, Debug)]
struct Business {
    service: ServiceCode,
    mean_ms: f64,
}

impl Pattern {
    /// The pattern of the built-in rates, for customers of these halls: who is offered a service or
    /// class by either of them comes to both.
    #[must_use]
    pub fn made_up(current: &HallSettings, new: &HallSettings, customers: u32) -> Self {
        let rates = Rates::built_in();
        let halls = [current, new];
        let made_up = MadeUp {
            hours: hours(&rates),
            businesses: businesses(halls, &rates),
            classes: classes(halls, &rates),
            patience_min: rates.patience_min,
        };
        Self {
            title: "drawn from the built-in rates of a working day".to_owned(),
            customers,
            opens: DATE.to_datetime(rates.opens),
            closes_ms: rates.open_ms(),
            source: Source::MadeUp(made_up),
        }
    }

    /// The pattern of a day that was recorded; as many customers as it had, unless another number
    /// is said.
    #[must_use]
    pub fn recorded(day: Day, customers: Option<u32>) -> Self {
        let last_ms = day.customers.last().map_or(0, |customer| customer.comes_ms);
        Self {
            title: format!("drawn from {}", day.title),
            customers: customers.unwrap_or(day.customers.len() as u32),
            opens: day.opens,
            closes_ms: last_ms + 1,
            source: Source::Recorded(day.customers),
        }
    }

    /// When the halls work.
    #[must_use]
    pub fn hours(&self) -> Hours {
        Hours {
            opens: self.opens,
            closes_ms: self.closes_ms,
            walk_ms: WALK_MS,
            no_show_ms: NO_SHOW_MS,
        }
    }

    /// Services for which somebody may come.
    #[must_use]
    pub fn services(&self) -> BTreeSet<&ServiceCode> {
        match &self.source {
            Source::MadeUp(made_up) => {
                let businesses = made_up.businesses.iter();
                businesses.map(|(business, _)| &business.service).collect()
            }
            Source::Recorded(customers) => customers.iter().map(|one| &one.service).collect(),
        }
    }

    /// Classes of which somebody may be.
    #[must_use]
    pub fn classes(&self) -> BTreeSet<&ClassCode> {
        match &self.source {
            Source::MadeUp(made_up) => made_up.classes.iter().map(|(class, _)| class).collect(),
            Source::Recorded(customers) => customers.iter().map(|one| &one.class).collect(),
        }
    }

    /// Invents a day, in the order of arrival. The same seed and number of the day give the same day.
    #[must_use]
    pub fn invent(&self, seed: u64, day: u32) -> Vec<Customer> {
        let mut random = random_of(seed, day);
        let mut customers = Vec::with_capacity(self.customers as usize * 5 / 4);
        let mut share_of_day = self.gap(&mut random);
        while share_of_day < 1.0 {
            customers.push(self.customer(&mut random, share_of_day));
            share_of_day += self.gap(&mut random);
        }
        customers.sort_by_key(|customer| customer.comes_ms);
        customers
    }

    /// From one customer to the next, as a share of all customers of the day: a Poisson stream.
    fn gap(&self, random: &mut StdRng) -> f64 {
        exponential(random) / f64::from(self.customers.max(1))
    }

    fn customer(&self, random: &mut StdRng, share_of_day: f64) -> Customer {
        match &self.source {
            Source::MadeUp(made_up) => made_up.customer(random, share_of_day),
            Source::Recorded(recorded) => {
                let like = &recorded[(share_of_day * recorded.len() as f64) as usize];
                Customer {
                    comes_ms: jittered(random, like.comes_ms, self.closes_ms),
                    ..like.clone()
                }
            }
        }
    }
}

impl MadeUp {
    fn customer(&self, random: &mut StdRng, share_of_day: f64) -> Customer {
        let business = pick(&self.businesses, random.random());
        let [least, most] = self.patience_min;
        Customer {
            comes_ms: self.comes_ms(share_of_day),
            service: business.service.clone(),
            class: pick(&self.classes, random.random()).clone(),
            handling_ms: handling_ms(random, business.mean_ms),
            patience_ms: ((least + random.random::<f64>() * (most - least)) * MINUTE_MS) as u64,
        }
    }

    /// The time by which this share of the day's customers has come.
    fn comes_ms(&self, share_of_day: f64) -> u64 {
        let mut left = share_of_day;
        let mut hours = self.hours.iter();
        let hour = hours.find(|hour| {
            left -= hour.share;
            left < 0.0
        });
        // Rounding may leave the last customer a hair behind the last hour.
        let hour = hour.unwrap_or(&self.hours[self.hours.len() - 1]);
        let into = (left.min(0.0) + hour.share) / hour.share;
        (hour.begins_ms + into * hour.lasts_ms) as u64
    }
}

/// The hours in which somebody comes.
fn hours(rates: &Rates) -> Vec<Hour> {
    let open_ms = rates.open_ms() as f64;
    let mut hours: Vec<Hour> = (0..)
        .zip(&rates.customers_per_hour)
        .map(|(hour, per_hour)| {
            let begins_ms = f64::from(hour) * HOUR_MS;
            let lasts_ms = (open_ms - begins_ms).clamp(0.0, HOUR_MS);
            let share = per_hour * lasts_ms;
            Hour {
                begins_ms,
                lasts_ms,
                share,
            }
        })
        .filter(|hour| hour.share > 0.0)
        .collect();
    let all: f64 = hours.iter().map(|hour| hour.share).sum();
    for hour in &mut hours {
        hour.share /= all;
    }
    hours
}

/// The services of the halls. One whose share is known has it. Every other makes as much work as
/// those do on average: what takes long is rarely asked for.
fn businesses(halls: [&HallSettings; 2], rates: &Rates) -> Vec<(Business, f64)> {
    let shares = shares_of_services(halls[0], rates);
    let mut businesses: Vec<(Business, Option<f64>)> = Vec::new();
    for service in halls.iter().flat_map(|hall| &hall.services) {
        if businesses
            .iter()
            .all(|(known, _)| known.service != service.code)
        {
            let business = Business {
                service: service.code.clone(),
                mean_ms: service.rule.typical_handling_ms as f64,
            };
            businesses.push((business, shares.get(service.code.as_str()).copied()));
        }
    }
    let known = businesses
        .iter()
        .filter_map(|(one, share)| Some(one.mean_ms * (*share)?));
    let work = known.clone().sum::<f64>() / known.count().max(1) as f64;
    let work = if work > 0.0 { work } else { 1.0 };
    let with_share = |(one, share): (Business, Option<f64>)| {
        let share = share.unwrap_or(work / one.mean_ms);
        (one, share)
    };
    businesses.into_iter().map(with_share).collect()
}

/// The rates are those of the default hall: where one of its services is missing, the letters mean
/// something else.
fn shares_of_services<'a>(hall: &HallSettings, rates: &'a Rates) -> BTreeMap<&'a str, f64> {
    let has = |code: &str| {
        hall.services
            .iter()
            .any(|service| service.code.as_str() == code)
    };
    if rates.services.iter().all(|service| has(&service.code)) {
        let services = rates.services.iter();
        services
            .map(|service| (service.code.as_str(), service.share))
            .collect()
    } else {
        BTreeMap::new()
    }
}

/// The classes of the halls. The first one of the current hall has what the others leave of 100.
fn classes(halls: [&HallSettings; 2], rates: &Rates) -> Vec<(ClassCode, f64)> {
    let ordinary = &halls[0].classes[0].code;
    let mut classes = vec![(ordinary.clone(), 100.0)];
    for class in halls.iter().flat_map(|hall| &hall.classes) {
        if classes.iter().all(|(known, _)| *known != class.code) {
            let rate = rates
                .classes
                .iter()
                .find(|rate| rate.code == class.code.as_str());
            let share = rate.map_or(UNKNOWN_CLASS_SHARE, |rate| rate.share);
            classes.push((class.code.clone(), share));
        }
    }
    let others: f64 = classes[1..].iter().map(|(_, share)| share).sum();
    // However many classes there are, most people are of none in particular.
    classes[0].1 = (100.0 - others).max(others);
    classes
}

/// What stands at this place, from 0 to 1, when the weights are laid end to end.
fn pick<T>(weighted: &[(T, f64)], place: f64) -> &T {
    let all: f64 = weighted.iter().map(|(_, weight)| weight).sum();
    let mut left = place * all;
    let found = weighted.iter().find(|(_, weight)| {
        left -= weight;
        left < 0.0
    });
    &found.unwrap_or(&weighted[0]).0
}

fn random_of(seed: u64, day: u32) -> StdRng {
    let mut start = [0; 32];
    start[..8].copy_from_slice(&seed.to_le_bytes());
    start[8..12].copy_from_slice(&day.to_le_bytes());
    StdRng::from_seed(start)
}

/// An exponential of mean 1.
fn exponential(random: &mut StdRng) -> f64 {
    -(1.0 - random.random::<f64>()).ln()
}

/// A lognormal handling time with this mean, in milliseconds.
fn handling_ms(random: &mut StdRng, mean_ms: f64) -> u64 {
    let logarithm =
        mean_ms.ln() - HANDLING_SIGMA * HANDLING_SIGMA / 2.0 + HANDLING_SIGMA * normal(random);
    logarithm.exp().clamp(1_000.0, mean_ms * HANDLING_MOST) as u64
}

/// A standard normal, by Box and Muller (1958).
fn normal(random: &mut StdRng) -> f64 {
    let angle = std::f64::consts::TAU * random.random::<f64>();
    (2.0 * exponential(random)).sqrt() * angle.cos()
}

/// Up to [`JITTER_MS`] earlier or later, and turned back at the doors.
fn jittered(random: &mut StdRng, comes_ms: u64, closes_ms: u64) -> u64 {
    let moved = comes_ms as f64 + (random.random::<f64>() * 2.0 - 1.0) * JITTER_MS;
    let last = closes_ms.saturating_sub(1) as f64;
    let turned_back = if moved > last {
        2.0 * last - moved
    } else {
        moved.abs()
    };
    turned_back.clamp(0.0, last) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_pattern(customers: u32) -> Pattern {
        let hall = HallSettings::default_hall();
        Pattern::made_up(&hall, &hall, customers)
    }

    #[test]
    fn the_same_seed_and_day_invent_the_same_customers_and_others_do_not() {
        let pattern = default_pattern(350);
        assert_eq!(pattern.invent(7, 3), pattern.invent(7, 3));
        assert_ne!(pattern.invent(7, 3), pattern.invent(7, 4));
        assert_ne!(pattern.invent(7, 3), pattern.invent(8, 3));
    }

    #[test]
    fn as_many_come_as_were_said_and_most_in_the_peak() {
        let pattern = default_pattern(350);
        let days: Vec<Vec<Customer>> = (0..200).map(|day| pattern.invent(1, day)).collect();
        let all: Vec<&Customer> = days.iter().flatten().collect();
        // 70,000 of a Poisson stream: five standard deviations are 1,300.
        assert!((68_700..71_300).contains(&all.len()), "{}", all.len());
        let in_hour = |hour: u64| {
            all.iter()
                .filter(|one| one.comes_ms / 3_600_000 == hour)
                .count()
        };
        // The rates say 30, 50 and 20 an hour.
        let (first, second, fifth) = (in_hour(0), in_hour(1), in_hour(4));
        assert!(
            (1.6..1.74).contains(&(second as f64 / first as f64)),
            "{first} {second}"
        );
        assert!(
            (2.4..2.6).contains(&(second as f64 / fifth as f64)),
            "{second} {fifth}"
        );
        assert!(
            days.iter()
                .all(|day| day.is_sorted_by_key(|one| one.comes_ms))
        );
        assert!(all.iter().all(|one| one.comes_ms < pattern.closes_ms));
    }

    #[test]
    fn handling_times_have_the_mean_and_the_spread_of_their_source() {
        let mut random = random_of(1, 1);
        let drawn: Vec<f64> = (0..100_000)
            .map(|_| handling_ms(&mut random, 600_000.0) as f64)
            .collect();
        let mean = drawn.iter().sum::<f64>() / 100_000.0;
        // The coefficient of variation is about 1: 1.5 in 100 are five standard errors.
        assert!((mean / 600_000.0 - 1.0).abs() < 0.015, "{mean}");
        let below_median = drawn
            .iter()
            .filter(|ms| **ms < 600_000.0 * (-0.82_f64 * 0.82 / 2.0).exp())
            .count();
        assert!((49_200..50_800).contains(&below_median), "{below_median}");
    }

    #[test]
    fn a_hall_with_other_services_and_classes_gets_customers_for_all_of_them() {
        let current = HallSettings::default_hall();
        let mut new = current.clone();
        new.services[1].code = ServiceCode::new("H");
        new.classes[1].code = ClassCode::new("vip");
        let pattern = Pattern::made_up(&new, &current, 2_000);
        let day = pattern.invent(1, 1);
        for code in ["A", "B", "H", "V"] {
            assert!(day.iter().any(|one| one.service.as_str() == code), "{code}");
        }
        for code in ["ordinary", "vip", "elderly", "key_account"] {
            assert!(day.iter().any(|one| one.class.as_str() == code), "{code}");
        }
    }

    #[test]
    fn a_recorded_day_is_drawn_anew_from_its_own_customers() {
        let day = crate::rehearsal::made_up(3);
        let recorded = day.customers.clone();
        let pattern = Pattern::recorded(day, None);
        let invented = pattern.invent(1, 1);
        assert!(invented.iter().all(|one| recorded.iter().any(|like| {
            (&like.service, &like.class, like.handling_ms)
                == (&one.service, &one.class, one.handling_ms)
                && like.comes_ms.abs_diff(one.comes_ms) <= JITTER_MS as u64
        })));
        assert_ne!(invented, pattern.invent(1, 2));
    }
}
