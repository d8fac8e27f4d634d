//! What happened, in words: the last steps for people, and a hash of all of them.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hasher};

/// Steps that a failure shows.
const SHOWN: usize = 40;

#[derive(Default)]
pub struct Story {
    last: VecDeque<String>,
    hash: DefaultHasher,
    steps: u64,
}

impl Story {
    pub fn tell(&mut self, at_ms: u64, step: &str) {
        let seconds = at_ms / 1_000;
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let line = format!(
            "{hours:>4}:{minutes:02}:{seconds:02}.{:03}  {step}",
            at_ms % 1_000
        );
        self.hash.write(line.as_bytes());
        self.steps += 1;
        self.last.push_back(line);
        if self.last.len() > SHOWN {
            self.last.pop_front();
        }
    }

    /// The same for the same history, on every machine.
    pub fn hash(&self) -> u64 {
        self.hash.finish()
    }

    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The last steps, oldest first.
    pub fn last(&self) -> String {
        let lines: Vec<&str> = self.last.iter().map(String::as_str).collect();
        lines.join("\n")
    }
}
