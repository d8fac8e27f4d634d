//! How long a hall takes to start: beside a file with nothing but the open day, and after a busy
//! day. Printed as a table; a figure that misses its limit fails nothing, for machines differ.

mod day;
mod history;

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use queue::Queue;
use store::Store;
use tempfile::TempDir;

/// Entries behind the open day: five and a half years of a thousand customers a day.
const OLD_ENTRIES: u64 = 10_000_000;

/// `cargo bench -p store --bench start -- 1` writes one million of them.
fn old_entries() -> u64 {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<u64>().ok());
    numbers
        .next()
        .map_or(OLD_ENTRIES, |millions| millions * 1_000_000)
}

/// Customers of the open day behind them.
const CUSTOMERS: u32 = 350;

/// Customers of the busiest day after which a hall is promised to serve again in two seconds.
const MOST_CUSTOMERS: u32 = 100_000;

/// Starts of each kind; the table shows their medians.
const ROUNDS: usize = 41;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let (new, old, busy) = (folder()?, folder()?, folder()?);
    let bytes = history::write(old.path(), old_entries())?;
    eprintln!(
        "{} old entries are written, {} MB",
        old_entries(),
        bytes / 1_000_000
    );
    for (folder, customers) in [
        (&new, CUSTOMERS),
        (&old, CUSTOMERS),
        (&busy, MOST_CUSTOMERS),
    ] {
        day::write(&mut Store::open(folder.path())?, customers)?;
    }
    let mut rounds = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        // In turns, for the speed of a machine drifts; a busy day takes longer and needs fewer.
        let folders = [&new, &old, &busy].into_iter().zip(&mut rounds);
        for (folder, times) in folders.take(if round % 8 == 0 { 3 } else { 2 }) {
            times.push(start(folder.path())?);
        }
    }
    print(rounds.map(|times| median(times).as_secs_f64()));
    Ok(())
}

/// Not in /tmp, which may be memory. It goes with its files when it is dropped.
fn folder() -> Result<TempDir> {
    Ok(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?)
}

/// From the closed file to the hall as it was.
fn start(folder: &Path) -> Result<Duration> {
    let mut queue = Queue::new(day::settings());
    let started = Instant::now();
    let store = Store::open(folder)?;
    store.replay(|event| queue.evolve(&event))?;
    store.look_beside()?;
    let took = started.elapsed();
    queue.check()?;
    Ok(took)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn print([new_s, old_s, busy_s]: [f64; 3]) {
    println!("Opening the file and reading the open day back; medians of {ROUNDS} rounds.\n");
    line(
        &format!("{CUSTOMERS} customers, nothing before them"),
        &milliseconds(new_s),
        "",
        "",
    );
    line(
        &format!(
            "{CUSTOMERS} customers, {} entries before them",
            old_entries()
        ),
        &milliseconds(old_s),
        "",
        "",
    );
    let ratio = old_s / new_s;
    line(
        "the second against the first",
        &format!("{ratio:.2}"),
        "at most 1.20",
        verdict(ratio <= 1.2),
    );
    let name = format!("{MOST_CUSTOMERS} customers");
    line(
        &name,
        &milliseconds(busy_s),
        "under 2000 ms",
        verdict(busy_s < 2.0),
    );
}

fn line(name: &str, figure: &str, limit: &str, verdict: &str) {
    println!("{name:48}{figure:>12}  {limit:15}{verdict}");
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.1} ms", seconds * 1_000.0)
}

fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "MISSED" }
}
