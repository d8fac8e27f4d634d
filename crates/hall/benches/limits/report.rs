//! The table, and the same as JSON.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::round::{CLIENTS, Round};
use crate::sample::{Figure, Line, Sample};

/// Everything that was measured.
#[derive(Serialize)]
pub struct Report {
    rounds: usize,
    /// How many programs wanted to run, before and after.
    load_average: [f64; 2],
    lines: Vec<Line>,
    ratios: Vec<Ratio>,
    memory_mib: Figure,
    memory_most_mib: Figure,
}

/// The hall against the machine, worked out for each round before the median is taken.
#[derive(Serialize)]
struct Ratio {
    name: String,
    aim: &'static str,
    value: Figure,
}

impl Report {
    pub fn new(rounds: &[Round], load_average: [f64; 2]) -> Self {
        Self {
            rounds: rounds.len(),
            load_average,
            lines: lines(rounds),
            ratios: ratios(rounds),
            memory_mib: Figure::of(rounds.iter().map(|round| round.memory.now_mib)),
            memory_most_mib: Figure::of(rounds.iter().map(|round| round.memory.most_mib)),
        }
    }
}

fn lines(rounds: &[Round]) -> Vec<Line> {
    let line = |name: String, of: &dyn Fn(&Round) -> &Sample| {
        Line::of(name, rounds.iter().map(of).collect::<Vec<_>>().into_iter())
    };
    let mut lines = Vec::new();
    for (place, clients) in CLIENTS.iter().enumerate() {
        lines.push(line(format!("take, {clients} at once"), &|round| {
            &round.takes[place]
        }));
        lines.push(line(
            format!("bare loop, {clients} in a transaction"),
            &|round| &round.bare[place],
        ));
    }
    for (place, clients) in CLIENTS.iter().enumerate() {
        lines.push(line(format!("call next, {clients} at once"), &|round| {
            &round.calls[place]
        }));
    }
    lines.push(line("WebSocket echo".to_owned(), &|round| &round.echo));
    lines.push(line("call to wall, quiet hall".to_owned(), &|round| {
        &round.wall_quiet
    }));
    lines.push(line("call to wall, busy hall".to_owned(), &|round| {
        &round.wall_busy
    }));
    lines
}

fn ratios(rounds: &[Round]) -> Vec<Ratio> {
    let latency =
        |round: &Round| round.takes[0].p50_ms() / (round.bare[0].p50_ms() + round.echo.p50_ms());
    let mut ratios = vec![Ratio {
        name: "one client: latency / (bare transaction + echo), p50".to_owned(),
        aim: "at most 1.5",
        value: Figure::of(rounds.iter().map(latency)),
    }];
    for (place, aim) in [(1, ""), (2, "at least 0.5")] {
        let rate = |round: &Round| round.takes[place].per_s / round.bare[place].per_s;
        ratios.push(Ratio {
            name: format!("{} clients: takes / bare grouped loop", CLIENTS[place]),
            aim,
            value: Figure::of(rounds.iter().map(rate)),
        });
    }
    ratios
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Medians of {} rounds, in brackets the least and the most of a round; p99 of all rounds.\n",
            self.rounds
        )?;
        writeln!(
            f,
            "{:34}{:>26}{:>28}{:>10}",
            "", "per second", "p50 ms", "p99 ms"
        )?;
        for line in &self.lines {
            writeln!(
                f,
                "{:34}{:>26}{:>28}{:>10.2}",
                line.name,
                figure(line.per_s, 0),
                figure(line.p50_ms, 3),
                line.p99_ms
            )?;
        }
        writeln!(f)?;
        for ratio in &self.ratios {
            writeln!(
                f,
                "{:54}{:>20}  {}",
                ratio.name,
                figure(ratio.value, 2),
                ratio.aim
            )?;
        }
        writeln!(
            f,
            "\nThe hall's memory: {} MiB, at most {} MiB. Load of the machine: {:.1} before, {:.1} after.",
            figure(self.memory_mib, 0),
            figure(self.memory_most_mib, 0),
            self.load_average[0],
            self.load_average[1]
        )
    }
}

fn figure(figure: Figure, digits: usize) -> String {
    let Figure {
        median,
        least,
        most,
    } = figure;
    format!("{median:.digits$} [{least:.digits$}-{most:.digits$}]")
}
