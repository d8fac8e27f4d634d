//! What a printer sends back, told apart by the fixed bits of each kind and never by counting:
//! a report that the printer makes by itself may come between a question and its answer.

/// One thing a printer said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// An answer to `DLE EOT n`: `xxx1xx10`. Bit 7 is set by kiosk printers whose ticket hangs out.
    RealTime(u8),
    /// A report made by itself (ASB): four bytes, the first `0xx1xx00`, the others `0xx0xxxx`.
    Automatic([u8; 4]),
    /// An answer to `GS r 1`: `0xx0aabb`, each pair of bits alike.
    Sensor(u8),
    /// The answer to `GS ( H` function 48: `37 22 d1 d2 d3 d4 00`.
    ProcessId([u8; 4]),
    /// The answer to `DLE DC4 8`: `37 25 00`.
    Cleared,
    /// A byte that belongs to no reply.
    Noise(u8),
}

/// Takes bytes in any portions and gives replies.
#[derive(Debug, Default)]
pub(crate) struct ReplyReader {
    pending: Vec<u8>,
}

impl ReplyReader {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// The next whole reply, or `None` until more bytes have come.
    pub(crate) fn next_reply(&mut self) -> Option<Reply> {
        while let Some(&(XON | XOFF)) = self.pending.first() {
            self.pending.remove(0);
        }
        let (reply, used) = match parse(&self.pending) {
            Parsed::Reply(reply, used) => (reply, used),
            Parsed::Noise => (Reply::Noise(*self.pending.first()?), 1),
            Parsed::Incomplete => return None,
        };
        self.pending.drain(..used);
        Some(reply)
    }
}

/// Flow control of a serial line, which says nothing of the printer.
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;

enum Parsed {
    Reply(Reply, usize),
    Noise,
    Incomplete,
}

fn parse(bytes: &[u8]) -> Parsed {
    let Some(&first) = bytes.first() else {
        return Parsed::Incomplete;
    };
    if first == 0x37 {
        parse_headed(bytes)
    } else if first & 0x13 == 0x12 {
        Parsed::Reply(Reply::RealTime(first), 1)
    } else if first & 0x93 == 0x10 {
        parse_automatic(bytes)
    } else if first & 0x90 == 0 && has_paired_bits(first) {
        Parsed::Reply(Reply::Sensor(first), 1)
    } else {
        Parsed::Noise
    }
}

/// Each sensor of the paper is told by two bits that are alike.
fn has_paired_bits(byte: u8) -> bool {
    (byte >> 1 ^ byte) & 0x05 == 0
}

fn parse_headed(bytes: &[u8]) -> Parsed {
    match bytes {
        [0x37, 0x25, 0, ..] => Parsed::Reply(Reply::Cleared, 3),
        [0x37, 0x25] => Parsed::Incomplete,
        [0x37, 0x22, d1, d2, d3, d4, 0, ..] => {
            Parsed::Reply(Reply::ProcessId([*d1, *d2, *d3, *d4]), 7)
        }
        [0x37] => Parsed::Incomplete,
        [0x37, 0x22, rest @ ..] if rest.len() < 5 => Parsed::Incomplete,
        _ => Parsed::Noise,
    }
}

fn parse_automatic(bytes: &[u8]) -> Parsed {
    let following = bytes.iter().skip(1).take(3);
    if following.clone().any(|byte| byte & 0x90 != 0) {
        return Parsed::Noise;
    }
    match bytes {
        [a, b, c, d, ..] => Parsed::Reply(Reply::Automatic([*a, *b, *c, *d]), 4),
        _ => Parsed::Incomplete,
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    fn replies(portions: &[&[u8]]) -> Vec<Reply> {
        let mut reader = ReplyReader::default();
        let mut found = Vec::new();
        for portion in portions {
            reader.push(portion);
            while let Some(reply) = reader.next_reply() {
                found.push(reply);
            }
        }
        found
    }

    #[test]
    fn a_report_between_question_and_answer_is_no_answer() {
        assert_eq!(
            replies(&[&[0x18, 0x00, 0x0c, 0x0f, 0x1a]]),
            [
                Reply::Automatic([0x18, 0x00, 0x0c, 0x0f]),
                Reply::RealTime(0x1a)
            ]
        );
    }

    #[test]
    fn portions_make_no_difference() {
        let whole = [
            0x37, 0x22, 0x20, 0x30, 0x12, 0x7e, 0x00, 0x12, 0x0c, 0x14, 0, 0, 0,
        ];
        let expected = replies(&[&whole]);
        assert_eq!(expected.len(), 4);
        for cut in 1..whole.len() {
            assert_eq!(replies(&[&whole[..cut], &whole[cut..]]), expected);
        }
    }

    #[test]
    fn a_hanging_ticket_is_still_an_answer() {
        assert_eq!(replies(&[&[0x92]]), [Reply::RealTime(0x92)]);
    }

    #[test]
    fn noise_is_called_noise() {
        assert_eq!(
            replies(&[&[0xff, 0x12, 0x05, 0x37, 0x25, 0, 0x37, 0x26]]),
            [
                Reply::Noise(0xff),
                Reply::RealTime(0x12),
                Reply::Noise(0x05),
                Reply::Cleared,
                Reply::Noise(0x37),
                Reply::Noise(0x26),
            ]
        );
    }

    #[test]
    fn flow_control_is_dropped() {
        assert_eq!(replies(&[&[0x11, 0x13, 0x12]]), [Reply::RealTime(0x12)]);
    }
}
