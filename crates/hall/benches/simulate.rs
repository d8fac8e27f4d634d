//! How long a comparison of two settings takes, beside what was promised: a thousand days of 350
//! customers in 10 seconds on two processors. Keeps no verdict, for the speed of a machine drifts.

use std::time::{Duration, Instant};

use clap::Parser;
use hall::HallSettings;
use hall::simulate::{Pattern, Plan, Rules, Study, play};

const DAYS: u32 = 1_000;
const CUSTOMERS: u32 = 350;
const PROMISED: Duration = Duration::from_secs(10);

/// What kiosks and clerks do for one customer: take, call next, arrive, finish.
const COMMANDS: u32 = 4;

/// Measures `hall simulate` on a thousand days of the default hall and prints the medians.
#[derive(Parser)]
struct Options {
    /// How often everything is done
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Said by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Something to measure, and what it is.
type Part<'a> = (&'a str, Box<dyn Fn() -> usize + 'a>);

fn main() {
    let options = Options::parse();
    let current = HallSettings::default_hall();
    let mut new = current.clone();
    new.classes[0].rule.target_wait_ms *= 2;
    let pattern = Pattern::made_up(&current, &new, CUSTOMERS);
    let study = |threads| {
        let plan = Plan {
            days: DAYS,
            seed: 1,
            threads,
        };
        Study::of(&pattern, &current, &new, plan).to_string()
    };
    let (rules, hours) = (Rules::new(&current), pattern.hours());
    let parts: [Part<'_>; 4] = [
        (
            "the whole comparison, two threads",
            Box::new(|| study(2).len()),
        ),
        (
            "the whole comparison, one thread",
            Box::new(|| study(1).len()),
        ),
        (
            "inventing the days",
            Box::new(|| (0..DAYS).map(|day| pattern.invent(1, day).len()).sum()),
        ),
        (
            "inventing and playing them once",
            Box::new(|| {
                (0..DAYS)
                    .map(|day| play(&rules, &hours, &pattern.invent(1, day)).visits.len())
                    .sum()
            }),
        ),
    ];
    println!(
        "{DAYS} days of {CUSTOMERS} customers, medians of {} rounds",
        options.rounds
    );
    let medians = parts.map(|(what, part)| {
        let median = median((0..options.rounds).map(|_| time(&part)));
        println!("{what:40}{:>9.3} s", median.as_secs_f64());
        median
    });
    let [whole, _, inventing, once] = medians;
    let commands = f64::from(DAYS * CUSTOMERS * COMMANDS);
    let command = once.saturating_sub(inventing).as_secs_f64() / commands;
    println!(
        "{:40}{:>9.3} µs",
        "a command in the simulation",
        command * 1e6
    );
    let times = PROMISED.as_secs_f64() / whole.as_secs_f64();
    println!(
        "{:40}{times:>9.1} times as fast",
        "against the promise of 10 s"
    );
}

fn time(part: &dyn Fn() -> usize) -> Duration {
    let begun = Instant::now();
    std::hint::black_box(part());
    begun.elapsed()
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times[times.len() / 2]
}
