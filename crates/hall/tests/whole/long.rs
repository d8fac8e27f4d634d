//! Many histories on many threads, for as long as somebody wants. A seed belongs to one thread alone, so
//! that how many threads there are changes nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::torture::Row;
use crate::world::{Failure, Report, play};

/// Hours of one history: a week.
const HISTORY_H: u64 = 168;

/// Lives so many hours, or as many as `cargo xtask torture` asks for.
pub fn live(selection_h: u64) {
    let mut row = Row::begin("sim", "the whole hall, simulated, in hours", selection_h);
    let history_h = HISTORY_H.min(row.wanted());
    let histories = row.wanted().div_ceil(history_h);
    let first = row.next_seed().unwrap_or(1);
    let began = Instant::now();
    let all =
        play_all(first..first + histories, history_h).unwrap_or_else(|failure| panic!("{failure}"));
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

fn play_all(seeds: std::ops::Range<u64>, hours: u64) -> Result<Vec<Report>, Failure> {
    let next = AtomicU64::new(seeds.start);
    let results = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let lock = || results.lock().unwrap_or_else(PoisonError::into_inner);
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || lock().iter().any(Result::is_err) {
                        break;
                    }
                    let result = play(seed, hours);
                    lock().push(result);
                }
            });
        }
    });
    results
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .into_iter()
        .collect()
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
