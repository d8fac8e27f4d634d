//! What one short measurement gives, and what several of them give together.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// An act that takes longer counts as this: a minute.
const LONGEST_NS: u64 = 60_000_000_000;

/// How long each of many acts took, and how many fitted into a second.
pub struct Sample {
    taken: Histogram<u64>,
    pub per_s: f64,
}

/// The latencies that one client noted, in nanoseconds.
pub type Latencies = Vec<u64>;

impl Sample {
    /// `acts` of them were done in `elapsed`; of some of them, or of groups, it is known how long they took.
    pub fn new(latencies: &[u64], acts: usize, elapsed: Duration) -> Self {
        let mut taken = histogram();
        for nanoseconds in latencies {
            taken.saturating_record(*nanoseconds);
        }
        Self {
            taken,
            per_s: acts as f64 / elapsed.as_secs_f64(),
        }
    }

    pub fn p50_ms(&self) -> f64 {
        ms(&self.taken, 0.5)
    }
}

/// The median of several rounds, and how far they lie apart.
#[derive(Clone, Copy, Serialize)]
pub struct Figure {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Figure {
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self {
            median: (at(last / 2) + at(last.div_ceil(2))) / 2.0,
            least: at(0),
            most: at(last),
        }
    }
}

/// One line of the table: the samples of all rounds.
#[derive(Serialize)]
pub struct Line {
    pub name: String,
    pub per_s: Figure,
    pub p50_ms: Figure,
    /// Of all rounds together: one has too few acts to tell.
    pub p99_ms: f64,
    pub measured: u64,
}

impl Line {
    pub fn of<'a>(name: String, samples: impl Iterator<Item = &'a Sample> + Clone) -> Self {
        let mut all = histogram();
        for sample in samples.clone() {
            all += &sample.taken;
        }
        Self {
            name,
            per_s: Figure::of(samples.clone().map(|sample| sample.per_s)),
            p50_ms: Figure::of(samples.map(Sample::p50_ms)),
            p99_ms: ms(&all, 0.99),
            measured: all.len(),
        }
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(LONGEST_NS, 3).expect("three digits are allowed")
}

fn ms(taken: &Histogram<u64>, quantile: f64) -> f64 {
    taken.value_at_quantile(quantile) as f64 / 1e6
}

pub fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
