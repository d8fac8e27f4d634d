//! Frames that are nearly right. Whatever comes, a reader says yes or no; and what it takes in it
//! writes as it would be written by anybody, and reads back the same.
//!
//! `cargo test` replays what is kept in `__fuzz__`; `cargo xtask torture --row fuzz` searches for more.

use std::fmt::Debug;

use protocol::{ClientFrame, HallFrame};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes without a plan are refused early: a few of them show that nothing is wrong with that.
const WITHOUT_A_PLAN: usize = 500;

#[test]
fn frames_are_refused_or_written_as_they_were_read() {
    let frames = bolero::check!().with_iterations(WITHOUT_A_PLAN);
    frames.for_each(|input: &[u8]| {
        let text = String::from_utf8_lossy(input);
        is_written_as_it_was_read::<ClientFrame>(&text);
        is_written_as_it_was_read::<HallFrame>(&text);
    });
}

fn is_written_as_it_was_read<Frame>(text: &str)
where
    Frame: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let Ok(frame) = serde_json::from_str::<Frame>(text) else {
        return;
    };
    let written = serde_json::to_string(&frame).expect("what was read can be written");
    let again: Frame = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(again, frame, "{text}");
}
