//! What printers send, in any portions: every byte is understood once, and a reader that gets them one
//! by one understands the same.
//!
//! `cargo test` replays what is kept in `__fuzz__`; `cargo xtask torture --row fuzz` searches for more.

use super::{Reply, ReplyReader, XOFF, XON};

/// Any byte means something to a printer's reader, so that chance alone reaches much of it.
const WITHOUT_A_PLAN: usize = 5_000;

#[test]
fn whatever_a_printer_sends_is_understood_once() {
    let sent = bolero::check!().with_iterations(WITHOUT_A_PLAN);
    sent.for_each(|input: &[u8]| {
        let mut whole = ReplyReader::default();
        whole.push(input);
        let at_once = all(&mut whole);
        assert_eq!(at_once, one_by_one(input));
        let understood: usize = at_once.iter().map(length).sum();
        let flow = input.iter().filter(|byte| matches!(**byte, XON | XOFF));
        let (flow, open) = (flow.count(), whole.pending.len());
        assert!(understood + open <= input.len());
        assert!(understood + open + flow >= input.len());
    });
}

fn one_by_one(input: &[u8]) -> Vec<Reply> {
    let mut reader = ReplyReader::default();
    let mut found = Vec::new();
    for byte in input {
        reader.push(&[*byte]);
        found.extend(all(&mut reader));
    }
    found
}

fn all(reader: &mut ReplyReader) -> Vec<Reply> {
    std::iter::from_fn(|| reader.next_reply()).collect()
}

fn length(reply: &Reply) -> usize {
    match reply {
        Reply::RealTime(_) | Reply::Sensor(_) | Reply::Noise(_) => 1,
        Reply::Automatic(_) => 4,
        Reply::ProcessId(_) => 7,
        Reply::Cleared => 3,
    }
}
