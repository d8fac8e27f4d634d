//! A made-up day of the default hall, from the rates in assets.

use jiff::civil::{Date, Time};
use queue::{ClassCode, ServiceCode};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

use super::day::{Customer, Day, class, handling_ms};
use crate::settings::HallSettings;

const RATES: &str = include_str!("../../../../assets/day.toml");

const HOUR_MS: f64 = 3_600_000.0;
const MINUTE_MS: f64 = 60_000.0;

/// The day on which made-up customers come: any working day.
pub(crate) const DATE: Date = jiff::civil::date(2026, 11, 20);

/// The rates in assets: who comes when to the default hall.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rates {
    pub(crate) opens: Time,
    pub(crate) closes: Time,
    pub(crate) customers_per_hour: Vec<f64>,
    pub(crate) patience_min: [f64; 2],
    #[serde(rename = "service")]
    pub(crate) services: Vec<ServiceRate>,
    #[serde(rename = "class")]
    pub(crate) classes: Vec<ClassRate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceRate {
    pub(crate) code: String,
    pub(crate) share: f64,
    handling_min: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClassRate {
    pub(crate) code: String,
    pub(crate) share: f64,
}

impl Rates {
    /// The rates that are built in.
    pub(crate) fn built_in() -> Self {
        toml::from_str(RATES).expect("the rates in assets hold together")
    }

    /// How long the doors are open, in milliseconds.
    pub(crate) fn open_ms(&self) -> u64 {
        let open = self.opens.duration_until(self.closes);
        u64::try_from(open.as_millis()).unwrap_or(0)
    }
}

/// Makes up a day; the same seed makes the same one.
///
/// # Panics
/// Never: a test reads the rates that are built in.
#[must_use]
pub fn made_up(seed: u64) -> Day {
    let rates = Rates::built_in();
    let settings = HallSettings::default_hall();
    let mut random = StdRng::seed_from_u64(seed);
    let ordinary = settings.classes[0].code.clone();
    let shares: Vec<(ClassCode, f64)> = rates
        .classes
        .iter()
        .map(|class| (ClassCode::new(&class.code), class.share))
        .collect();
    let customers = arrivals(&mut random, &rates)
        .into_iter()
        .map(|comes_ms| {
            let service = service(&mut random, &rates.services);
            let [least, most] = rates.patience_min;
            Customer {
                comes_ms,
                service: ServiceCode::new(&service.code),
                class: class(&mut random, &shares, &ordinary),
                handling_ms: handling_ms(&mut random, service.handling_min * MINUTE_MS),
                patience_ms: ((least + random.random::<f64>() * (most - least)) * MINUTE_MS) as u64,
            }
        })
        .collect();
    let title = format!("a made-up day of the default hall, seed {seed}");
    Day {
        title,
        settings,
        opens: DATE.to_datetime(rates.opens),
        customers,
    }
}

/// A Poisson stream whose rate changes from hour to hour, in milliseconds after opening.
fn arrivals(random: &mut StdRng, rates: &Rates) -> Vec<u64> {
    let open_ms = rates.open_ms() as f64;
    let mut arrivals = Vec::new();
    for (hour, per_hour) in rates.customers_per_hour.iter().enumerate() {
        let (start_ms, end_ms) = (
            hour as f64 * HOUR_MS,
            ((hour + 1) as f64 * HOUR_MS).min(open_ms),
        );
        let mut at_ms = start_ms;
        loop {
            at_ms += -(1.0 - random.random::<f64>()).ln() * HOUR_MS / per_hour;
            if at_ms >= end_ms {
                break;
            }
            arrivals.push(at_ms as u64);
        }
    }
    arrivals
}

fn service<'a>(random: &mut StdRng, services: &'a [ServiceRate]) -> &'a ServiceRate {
    let all: f64 = services.iter().map(|service| service.share).sum();
    let mut left = random.random::<f64>() * all;
    let found = services.iter().find(|service| {
        left -= service.share;
        left < 0.0
    });
    found.unwrap_or(&services[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_day_and_another_one_another() {
        assert_eq!(made_up(7).customers, made_up(7).customers);
        assert_ne!(made_up(7).customers, made_up(8).customers);
    }

    #[test]
    fn a_day_has_the_customers_of_its_rates_for_services_that_the_hall_has() {
        let day = made_up(1);
        assert!(
            (240..340).contains(&day.customers.len()),
            "{}",
            day.customers.len()
        );
        let rules = day.settings.rules();
        assert!(
            day.customers
                .iter()
                .all(|customer| rules.services.contains_key(&customer.service))
        );
        assert!(
            day.customers
                .iter()
                .all(|customer| rules.classes.contains_key(&customer.class))
        );
        assert!(day.customers.is_sorted_by_key(|customer| customer.comes_ms));
    }
}
