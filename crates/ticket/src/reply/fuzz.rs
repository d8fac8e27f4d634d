//! What printers send, nearly right and in any portions: every byte is understood once, and a reader that
//! gets them one by one understands the same.

#[path = "../../../../tests/src/mutate.rs"]
mod mutate;
#[path = "../../../../tests/src/torture.rs"]
mod torture;

use super::{Reply, ReplyReader, XOFF, XON};
use mutate::Mutator;
use torture::Row;

/// Answers, reports and noise as printers send them.
const CORPUS: [&[u8]; 8] = [
    &[0x12, 0x12, 0x16, 0x12],
    &[0x10, 0x00, 0x00, 0x00, 0x12],
    &[0x37, 0x22, b'1', b'2', b'3', b'4', 0x00],
    &[0x37, 0x25, 0x00],
    &[0x00, 0x0c, 0x0f, 0x03],
    &[XON, 0x12, XOFF, 0x12],
    &[
        0x14, 0x00, 0x0c, 0x00, 0x37, 0x22, b'9', b'9', b'9', b'9', 0x00,
    ],
    &[0xff, 0x80, 0x92, 0x37, 0x37, 0x22],
];

#[test]
fn whatever_a_printer_sends_is_understood_once() {
    let mut row = Row::begin("fuzz", "printer replies", 20_000);
    let corpus = CORPUS.map(<[u8]>::to_vec);
    while let Some(seed) = row.next_seed() {
        let input = Mutator::new(&corpus, seed).input();
        let mut whole = ReplyReader::default();
        whole.push(&input);
        let at_once = all(&mut whole);
        let mut reader = ReplyReader::default();
        let mut one_by_one = Vec::new();
        for byte in &input {
            reader.push(&[*byte]);
            one_by_one.extend(all(&mut reader));
        }
        assert_eq!(at_once, one_by_one, "{input:?}");
        let understood: usize = at_once.iter().map(length).sum();
        let flow = input
            .iter()
            .filter(|byte| matches!(**byte, XON | XOFF))
            .count();
        let open = whole.pending.len();
        assert!(understood + open <= input.len(), "{input:?}");
        assert!(understood + open + flow >= input.len(), "{input:?}");
        row.passed(1);
    }
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
