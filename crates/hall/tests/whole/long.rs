//! Many histories on many threads, for as long as somebody wants. A seed belongs to one thread alone, so
//! that how many threads there are changes nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::torture::Row;
use crate::world::{Failure, Report, play};

/// Hours of a history, in turn: mostly a day, for every history is another hall, and now and then a week.
const HISTORIES_H: [u64; 4] = [24, 24, 48, 168];

/// Lives so many hours, or as many as `cargo xtask torture` asks for.
pub fn live(selection_h: u64) {
    let mut row = Row::begin("sim", "the whole hall, simulated, in hours", selection_h);
    let first = row.next_seed().unwrap_or(1);
    let histories = histories(first, row.wanted());
    let began = Instant::now();
    let all = play_all(&histories).unwrap_or_else(|failure| {
        let before = histories.iter().filter(|(seed, _)| *seed < failure.seed);
        let lived_h = before.map(|(_, hours)| hours).sum::<u64>() + failure.hour;
        panic!("{failure}\nfound after {lived_h} hours of hall life")
    });
    let sum = |of: fn(&Report) -> u64| all.iter().map(of).sum::<u64>();
    let (hours, steps, seconds) = (
        sum(|one| one.hours),
        sum(|one| one.steps),
        began.elapsed().as_secs_f64(),
    );
    println!(
        "{hours} hours of hall life in {} histories, {steps} steps, in {seconds:.0} s",
        all.len()
    );
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (what, count) in all.iter().flat_map(|report| &report.counts) {
        *counts.entry(what).or_default() += count;
    }
    for (what, count) in counts {
        println!("{count:>10} {what}");
    }
    row.measured(format!("{steps} steps"));
    row.passed(hours);
}

/// Seeds from the first on, each with its hours, until it is as many hours as are wanted.
fn histories(first: u64, wanted_h: u64) -> Vec<(u64, u64)> {
    let mut left_h = wanted_h;
    let mut histories = Vec::new();
    for seed in first.. {
        if left_h == 0 {
            break;
        }
        let hours = HISTORIES_H[(seed % HISTORIES_H.len() as u64) as usize];
        histories.push((seed, hours));
        left_h = left_h.saturating_sub(hours);
    }
    histories
}

/// On all cores. Of several histories that fail, the one with the first seed is told, so that it is always
/// the same one.
fn play_all(histories: &[(u64, u64)]) -> Result<Vec<Report>, Failure> {
    let next = AtomicUsize::new(0);
    let failed = AtomicU64::new(u64::MAX);
    let results = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mine = || histories.get(next.fetch_add(1, Ordering::Relaxed)).copied();
                while let Some((seed, hours)) = mine() {
                    if seed > failed.load(Ordering::Relaxed) {
                        break;
                    }
                    let result = play(seed, hours);
                    if result.is_err() {
                        failed.fetch_min(seed, Ordering::Relaxed);
                    }
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push((seed, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(seed, _)| *seed);
    results.into_iter().map(|(_, result)| result).collect()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            hour,
            what,
            story,
        } = self;
        writeln!(f, "seed {seed}, hour {hour}: {what}\n")?;
        write!(
            f,
            "The last steps (hour:minute:second); PAIHAO_SEED={seed} plays it again:\n{story}"
        )
    }
}
