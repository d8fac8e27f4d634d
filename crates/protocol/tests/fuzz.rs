//! Frames that are nearly right. Whatever comes, a reader says yes or no; and what it takes in it
//! writes as it would be written by anybody, and reads back the same.

#[path = "../../../tests/src/mutate.rs"]
mod mutate;
#[path = "../../../tests/src/torture.rs"]
mod torture;

use std::fmt::Debug;

use mutate::Mutator;
use protocol::{ClientFrame, HallFrame};
use serde::Serialize;
use serde::de::DeserializeOwned;
use torture::Row;

/// One frame of each kind; and what was found, each with its own line.
fn corpus() -> Vec<Vec<u8>> {
    let frames = include_str!("frames.txt").lines();
    let json = frames.filter_map(|line| Some(line.as_bytes()[line.find('{')?..].to_vec()));
    json.chain(FOUND.iter().map(|found| found.as_bytes().to_vec()))
        .collect()
}

/// What earlier runs stumbled over.
const FOUND: [&str; 0] = [];

#[test]
fn frames_that_are_nearly_right_are_read_or_refused() {
    let mut row = Row::begin("fuzz", "frames of both directions", 20_000);
    let corpus = corpus();
    let mut read = 0;
    while let Some(seed) = row.next_seed() {
        let input = Mutator::new(&corpus, seed).input();
        let text = String::from_utf8_lossy(&input);
        read += u64::from(reads_as_written::<ClientFrame>(&text));
        read += u64::from(reads_as_written::<HallFrame>(&text));
        row.passed(1);
    }
    row.measured(format!("{read} of them were frames"));
}

fn reads_as_written<Frame>(text: &str) -> bool
where
    Frame: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let Ok(frame) = serde_json::from_str::<Frame>(text) else {
        return false;
    };
    let written = serde_json::to_string(&frame).expect("what was read can be written");
    let again: Frame = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(again, frame, "{text}");
    true
}
