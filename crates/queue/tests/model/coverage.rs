//! The generated days play everything that there is: what is never seen was never tested.

use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::play::Seen;
use crate::{hall, play, step};

/// Days from fixed seeds, each in a hall of its own.
const DAYS: u8 = 120;
const STEPS: usize = 300;

/// What every command must reach, done and refused.
const OFTEN: u32 = 10;

/// What was seen in the days of the fixed seeds, played once for all tests.
pub fn seen() -> &'static Seen {
    static SEEN: OnceLock<Seen> = OnceLock::new();
    SEEN.get_or_init(play_all)
}

fn play_all() -> Seen {
    let mut all = Seen::default();
    for seed in 0..DAYS {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let steps = prop::collection::vec(step::step(), STEPS);
        let tree = (hall::hall(), steps).new_tree(&mut runner);
        let (settings, steps) = tree.expect("a day").current();
        all.add(play::play(settings, &steps).expect("what must hold"));
    }
    all
}

impl Seen {
    fn add(&mut self, other: Self) {
        for (key, count) in other.transitions {
            *self.transitions.entry(key).or_default() += count;
        }
        for (key, count) in other.happenings {
            *self.happenings.entry(key).or_default() += count;
        }
        for (key, count) in other.refusals {
            *self.refusals.entry(key).or_default() += count;
        }
        for (key, (done, refused)) in other.commands {
            let of_command = self.commands.entry(key).or_default();
            *of_command = (of_command.0 + done, of_command.1 + refused);
        }
    }
}

#[test]
fn the_generated_days_play_everything_that_there_is() {
    let seen = seen();
    eprintln!(
        "{:#?}\n{:#?}\n{:#?}",
        seen.commands, seen.happenings, seen.refusals
    );
    let happenings = variants(include_str!("../../src/event.rs"), "Happening");
    let refusals = variants(include_str!("../../src/refusal.rs"), "Refusal");
    let commands = variants(include_str!("../../src/command.rs"), "Command");
    assert!(happenings.len() > 25 && refusals.len() > 30 && commands.len() > 25);
    // What is only noted means nothing to the rules, and no command of theirs leads to it.
    let ruled = happenings.into_iter().filter(|name| *name != "Noted");
    for happening in ruled {
        assert!(
            seen.happenings.contains_key(happening),
            "{happening} never happened"
        );
    }
    for refusal in refusals {
        assert!(
            seen.refusals.contains_key(refusal),
            "{refusal} was never said"
        );
    }
    for command in commands {
        let (done, refused) = seen.commands.get(command).copied().unwrap_or_default();
        assert!(
            done >= OFTEN && refused >= OFTEN,
            "{command}: {done} done, {refused} refused"
        );
    }
}

/// The names of an enum's variants, read off its source.
fn variants<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    let head = format!("pub enum {name} {{\n");
    let body = source
        .split(&head)
        .nth(1)
        .and_then(|rest| rest.split("\n}\n").next());
    let lines = body.unwrap_or_default().lines();
    let at_the_margin = lines.filter_map(|line| line.strip_prefix("    "));
    let named = at_the_margin.filter(|line| line.starts_with(char::is_uppercase));
    named
        .filter_map(|line| line.split(|sign: char| !sign.is_alphanumeric()).next())
        .collect()
}
