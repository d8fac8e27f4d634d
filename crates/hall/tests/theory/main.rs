//! The rules against the theory of queues: the simulation, which drives the real rules, has to give
//! the waits that formulas of others give for halls simple enough to have a formula.
//!
//! A wait is the mean over many days, each with a seed of its own and cut after a start-up in which
//! the empty hall fills. The days are independent, so the standard error of their mean is known.
//! The tolerance is four standard errors, none of which may be more than 1 of 100. The seeds are
//! fixed: what passes once passes always.

mod estimate;
mod formula;
mod hall;

use std::sync::OnceLock;
use std::thread;

use ::hall::rehearsal::Customer;
use ::hall::simulate::{Played, Rules};
use proptest::prelude::*;

use estimate::{Estimate, mean};
use hall::{FAVOURED, MINUTE_MS, Promise, customers, is_favoured, play_through, rules, target};

/// The hall of the formulas: five counters that are busy nine tenths of the time.
const COUNTERS: u32 = 5;
const HANDLING_MIN: f64 = 6.0;
const LOAD: f64 = 0.9;

/// Promises that favour nobody.
const EQUAL: [Promise; 2] = [target(20), target(20)];

/// The loads of ordinary and favoured customers.
const LOADS: [f64; 2] = [LOAD * (1.0 - FAVOURED), LOAD * FAVOURED];

/// Days of each hall; more of them where they are not held against others of the same customers.
const DAYS: u64 = 40;
const DAYS_ALONE: u64 = 240;

/// Customers of a day, and how many of them come while the hall fills: ten times the relaxation
/// time of this hall, which is about 350 customers.
const CUSTOMERS: usize = 20_000;
const START_UP: usize = 3_500;

#[test]
fn the_formulas_give_the_numbers_that_are_known() {
    assert_rounds_to(first_come(), 2, "9.15");
    let strict = formula::cobham(until_free(), &[LOADS[1], LOADS[0]]);
    assert_rounds_to(strict[0], 3, "1.116");
    assert_rounds_to(strict[1], 3, "11.158");
    for (slope, ordinary, favoured) in [(2.0, "10.05", "5.53"), (4.0, "10.58", "3.44")] {
        let waits = formula::kleinrock(until_free(), &LOADS, &[1.0, slope]);
        assert_rounds_to(waits[0], 2, ordinary);
        assert_rounds_to(waits[1], 2, favoured);
    }
}

fn assert_rounds_to(found: f64, digits: usize, known: &str) {
    assert_eq!(format!("{found:.digits$}"), known);
}

#[test]
fn equal_targets_wait_as_erlang_says() {
    let days = Days::of(EQUAL, DAYS_ALONE);
    // On average the customers bring as much work as was said; on a single day they do not.
    let all = Estimate::controlled(&days.all_min, &days.load, LOAD);
    println!("first come, first served: {all} min");
    all.agrees_with(first_come());
}

#[test]
fn targets_far_apart_wait_as_cobham_says_of_strict_priority() {
    let strict = formula::cobham(until_free(), &[LOADS[1], LOADS[0]]);
    check([target(1_000_000), target(1)], [strict[1], strict[0]]);
}

#[test]
fn targets_of_two_to_one_wait_as_kleinrock_says() {
    let waits = formula::kleinrock(until_free(), &LOADS, &[1.0, 2.0]);
    check([target(20), target(10)], [waits[0], waits[1]]);
}

#[test]
fn targets_of_four_to_one_wait_as_kleinrock_says() {
    let waits = formula::kleinrock(until_free(), &LOADS, &[1.0, 4.0]);
    check([target(20), target(5)], [waits[0], waits[1]]);
}

/// Plays the hall under these promises and holds the waits of ordinary and favoured customers
/// against a formula.
fn check(promises: [Promise; 2], formula: [f64; 2]) {
    let (found, equal) = (Days::of(promises, DAYS), equal_targets());
    for (class, days, formula) in [
        ("ordinary", &found.ordinary_min, formula[0]),
        ("favoured", &found.favoured_min, formula[1]),
    ] {
        // The same customers first come, first served tell whether these days were hard ones.
        let wait = Estimate::controlled(days, &equal.all_min, first_come());
        println!("{class}: {wait} min, by the formula {formula:.4}");
        wait.agrees_with(formula);
    }
}

/// Whomever a setting favours, others pay for it, minute by minute (Kleinrock 1965). Where
/// everybody's handling time has the same mean, the mean wait of all is the same.
#[test]
fn no_setting_changes_the_mean_wait_of_all() {
    let equal = equal_targets();
    for promises in [
        [target(20), target(5)],
        [target(5), target(20)],
        [target(1_000_000), target(1)],
        [
            target(20),
            Promise {
                target_min: 20,
                head_start_min: 15,
            },
        ],
    ] {
        let all = Estimate::controlled(
            &Days::of(promises, DAYS).all_min,
            &equal.all_min,
            first_come(),
        );
        println!("{promises:?}: {all} min");
        all.agrees_with(first_come());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// At one counter the law holds for every single day and not only on average: the waits, each
    /// weighted by the work that waits, add up to the same, to the millisecond. Here favoured
    /// customers take three times as long.
    #[test]
    fn no_setting_changes_the_weighted_waits_of_a_day(
        seed: u64,
        gap_min in 4.0..12.0,
        targets in prop::array::uniform2(1_u32..200),
        head_starts in prop::array::uniform2(0_u32..60),
    ) {
        let mut customers = customers(seed, 200, gap_min, 5.0);
        for customer in customers.iter_mut().filter(|customer| is_favoured(customer)) {
            customer.handling_ms *= 3;
        }
        let promise = |class: usize| Promise {
            target_min: targets[class],
            head_start_min: head_starts[class],
        };
        let weighted = |promises| {
            let played = play_through(&rules(1, promises), &customers);
            let visits = customers.iter().zip(&played.visits);
            let weighted = visits.map(|(one, visit)| u128::from(one.handling_ms * visit.waited_ms));
            weighted.sum::<u128>()
        };
        prop_assert_eq!(weighted([promise(0), promise(1)]), weighted(EQUAL));
    }
}

/// Twelve customers come where ten can be served, for 24 hours. Nobody starves: waits grow for both
/// classes, and more and more in the ratio of the targets, four to one. Those who are called in the
/// last two hours have waited in this ratio and as long as the formula of the overload says, both
/// within 3 of 100: what is left is the wait of the single customer, who comes and is called at one
/// moment and not at all.
#[test]
fn under_overload_waits_grow_in_the_ratio_of_the_targets() {
    let (hours, load) = (24.0, 1.2);
    let gap_min = HANDLING_MIN / f64::from(COUNTERS) / load;
    let rules = rules(COUNTERS, [target(20), target(5)]);
    let days = in_two_threads(200, |seed| {
        let customers = customers(
            seed,
            (hours * 60.0 / gap_min) as usize,
            gap_min,
            HANDLING_MIN,
        );
        let played = play_through(&rules, &customers);
        [[0.0, 2.0], [6.0, 8.0], [22.0, 24.0]]
            .map(|called| waits_of_called(&customers, &played, called))
    });
    let of_hours = |hours: usize, class: usize| {
        mean(&days.iter().map(|day| day[hours][class]).collect::<Vec<_>>())
    };
    let ratio = |hours: usize| of_hours(hours, 0) / of_hours(hours, 1);
    let ratios = [ratio(0), ratio(1), ratio(2)];
    println!("ordinary to favoured: {ratios:?}");
    assert!(
        ratios[0] < ratios[1] && ratios[1] < ratios[2],
        "{ratios:?} do not tend to 4"
    );
    assert!((ratios[2] / 4.0 - 1.0).abs() <= 0.03, "{ratios:?}");
    let rates = [(1.0 - FAVOURED) / gap_min, FAVOURED / gap_min];
    let served = f64::from(COUNTERS) / HANDLING_MIN;
    let expected = formula::overloaded(23.0 * 60.0, &rates, served, &[20.0, 5.0]);
    for class in [0, 1] {
        let found = of_hours(2, class);
        println!("{found:.2} min, by the formula {:.2}", expected[class]);
        assert!(
            (found / expected[class] - 1.0).abs() <= 0.03,
            "{found} is not {}",
            expected[class]
        );
    }
}

/// Mean waits of ordinary and favoured customers who were called between these hours, in minutes.
fn waits_of_called(customers: &[Customer], played: &Played, [from, until]: [f64; 2]) -> [f64; 2] {
    [false, true].map(|favoured| {
        let visits = customers.iter().zip(&played.visits);
        let called = visits.filter(|(customer, visit)| {
            let hour = (customer.comes_ms + visit.waited_ms) as f64 / MINUTE_MS / 60.0;
            is_favoured(customer) == favoured && (from..until).contains(&hour)
        });
        let waits: Vec<f64> = called
            .map(|(_, visit)| visit.waited_ms as f64 / MINUTE_MS)
            .collect();
        mean(&waits)
    })
}

fn until_free() -> f64 {
    formula::until_free(COUNTERS, LOAD, HANDLING_MIN)
}

fn first_come() -> f64 {
    formula::first_come(until_free(), &LOADS)
}

/// The figures of many days of the hall, one of each day.
struct Days {
    ordinary_min: Vec<f64>,
    favoured_min: Vec<f64>,
    all_min: Vec<f64>,
    /// How busy the customers of the day would keep the counters.
    load: Vec<f64>,
}

/// The days under which nobody is favoured, played once for all tests.
fn equal_targets() -> &'static Days {
    static PLAYED: OnceLock<Days> = OnceLock::new();
    PLAYED.get_or_init(|| Days::of(EQUAL, DAYS))
}

impl Days {
    /// Plays the hall under these promises to ordinary and favoured customers.
    fn of(promises: [Promise; 2], days: u64) -> Self {
        let rules = rules(COUNTERS, promises);
        let days = in_two_threads(days, |seed| figures(&rules, seed));
        let figure = |which: usize| days.iter().map(|day| day[which]).collect();
        Self {
            ordinary_min: figure(0),
            favoured_min: figure(1),
            all_min: figure(2),
            load: figure(3),
        }
    }
}

fn figures(rules: &Rules, seed: u64) -> [f64; 4] {
    let gap_min = HANDLING_MIN / f64::from(COUNTERS) / LOAD;
    let customers = customers(seed, CUSTOMERS, gap_min, HANDLING_MIN);
    let played = play_through(rules, &customers);
    let visits: Vec<_> = customers
        .iter()
        .zip(&played.visits)
        .skip(START_UP)
        .collect();
    let wait_min = |of: fn(&Customer) -> bool| {
        let visits = visits.iter().filter(|(customer, _)| of(customer));
        let waits: Vec<f64> = visits
            .map(|(_, visit)| visit.waited_ms as f64 / MINUTE_MS)
            .collect();
        mean(&waits)
    };
    let work_ms: u64 = customers.iter().map(|one| one.handling_ms).sum();
    let open_ms = customers[CUSTOMERS - 1].comes_ms * u64::from(COUNTERS);
    [
        wait_min(|one| !is_favoured(one)),
        wait_min(is_favoured),
        wait_min(|_| true),
        work_ms as f64 / open_ms as f64,
    ]
}

/// What each day gives, in the order of the seeds.
fn in_two_threads<T: Send>(days: u64, day: impl Fn(u64) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let half =
            |seeds: std::ops::Range<u64>| scope.spawn(|| seeds.map(&day).collect::<Vec<T>>());
        let halves = [half(0..days / 2), half(days / 2..days)];
        halves
            .into_iter()
            .flat_map(|half| half.join().expect("no day fails"))
            .collect()
    })
}
