//! What a printer sends back, told apart by the fixed bits of each kind and never by counting:
//! a report that the printer makes by itself may come between a question and its answer.

/// One thing a printer said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// An answer to `DLE EOT n`: `xxx1xx10`. Bit 7 is set by kiosk printers whose ticket hangs out.
    RealTime(u8),
    /// A report made by itself (ASB): four bytes, the first `0xx1xx00`, the others `0xx0xxxx`.
    Automatic([u8; 4]),
    /// An answer to `GS r`: `0xx0xxxx`.
    Sensor(u8),
    /// The answer to `GS ( H` function 48: `37 22 d1 d2 d3 d4 00`.
    ProcessId([u8; 4]),
}

/// Takes bytes in any portions and gives replies. Bytes that belong to none are dropped.
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
        loop {
            let (reply, used) = match parse(&self.pending) {
                Parsed::Reply(reply, used) => (Some(reply), used),
                Parsed::Noise => (None, 1),
                Parsed::Incomplete => return None,
            };
            self.pending.drain(..used);
            if reply.is_some() {
                return reply;
            }
        }
    }
}

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
        parse_process_id(bytes)
    } else if first & 0x13 == 0x12 {
        Parsed::Reply(Reply::RealTime(first), 1)
    } else if first & 0x93 == 0x10 {
        parse_automatic(bytes)
    } else if first & 0x90 == 0 {
        Parsed::Reply(Reply::Sensor(first), 1)
    } else {
        Parsed::Noise
    }
}

fn parse_process_id(bytes: &[u8]) -> Parsed {
    match bytes {
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
    fn flow_control_is_dropped() {
        assert_eq!(replies(&[&[0x11, 0x13, 0x12]]), [Reply::RealTime(0x12)]);
    }
}
