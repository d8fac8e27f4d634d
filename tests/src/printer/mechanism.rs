//! A printer without a wire: bytes in, replies out, tickets kept.
//!
//! It does two things at once, as the real ones do. Real-time commands are seen the moment their
//! bytes arrive, even inside of an image; everything else waits in a buffer that is worked off only
//! while the printer can print. The buffer outlives a connection: an interrupted image swallows
//! what comes next.

use std::collections::VecDeque;

use super::command::first_command;
use super::condition::Condition;

/// One sheet of paper, from the cut before to its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedTicket {
    /// The bytes that put ink on it or moved it, without questions about the state.
    pub bytes: Vec<u8>,
}

/// The printer behind the wire.
#[derive(Debug)]
pub struct Mechanism {
    condition: Condition,
    reports_by_itself: bool,
    knows_clear: bool,
    last_bytes: [u8; 2],
    last_ten: VecDeque<u8>,
    buffer: Vec<u8>,
    sheet: Vec<u8>,
    tickets: Vec<PrintedTicket>,
}

impl Default for Mechanism {
    fn default() -> Self {
        Self {
            condition: Condition::Ready,
            reports_by_itself: false,
            knows_clear: true,
            last_bytes: [0; 2],
            last_ten: VecDeque::new(),
            buffer: Vec::new(),
            sheet: Vec::new(),
            tickets: Vec::new(),
        }
    }
}

/// `DLE DC4 8`: forget what was to be printed.
const CLEAR: [u8; 10] = [0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8];

impl Mechanism {
    /// An older model, which does not know how to forget its backlog.
    pub fn without_clear() -> Self {
        Self {
            knows_clear: false,
            ..Self::default()
        }
    }

    /// Takes bytes from the wire and gives the replies to them.
    pub fn receive(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut replies = Vec::new();
        for byte in bytes {
            replies.extend(self.real_time(*byte));
            self.buffer.push(*byte);
            if self.is_told_to_clear(*byte) {
                self.buffer.clear();
                replies.extend([0x37, 0x25, 0]);
            }
        }
        replies.extend(self.work_off());
        replies
    }

    /// Changes the state; a printer that was asked to says so by itself, and works off its backlog.
    pub fn set(&mut self, condition: Condition) -> Vec<u8> {
        let changed = self.condition != condition;
        self.condition = condition;
        let mut replies = Vec::new();
        if changed && self.reports_by_itself {
            replies.extend(condition.report());
        }
        replies.extend(self.work_off());
        replies
    }

    /// Takes its power away: what was not printed is forgotten, the paper stays where it is.
    pub fn lose_power(&mut self) {
        self.buffer.clear();
        self.last_ten.clear();
        self.last_bytes = [0; 2];
        self.reports_by_itself = false;
    }

    /// The state it is in.
    pub fn condition(&self) -> Condition {
        self.condition
    }

    /// The tickets cut so far.
    pub fn tickets(&self) -> &[PrintedTicket] {
        &self.tickets
    }

    fn real_time(&mut self, byte: u8) -> Option<u8> {
        let command = [self.last_bytes[0], self.last_bytes[1], byte];
        self.last_bytes = [command[1], command[2]];
        match command {
            [0x10, 0x04, n] => self.condition.real_time(n),
            // Recover from the error and forget what was to be printed.
            [0x10, 0x05, 2] if self.condition == Condition::CutterJam => {
                self.buffer.clear();
                self.sheet.clear();
                None
            }
            _ => None,
        }
    }

    fn is_told_to_clear(&mut self, byte: u8) -> bool {
        self.last_ten.push_back(byte);
        if self.last_ten.len() > CLEAR.len() {
            self.last_ten.pop_front();
        }
        self.knows_clear && byte == CLEAR[9] && self.last_ten.iter().eq(&CLEAR)
    }

    fn work_off(&mut self) -> Vec<u8> {
        let mut replies = Vec::new();
        let buffer = std::mem::take(&mut self.buffer);
        let mut rest = buffer.as_slice();
        while let Some(command) = first_command(rest).filter(|_| self.condition.prints()) {
            rest = &rest[command.len()..];
            replies.extend(self.obey(command));
        }
        self.buffer = rest.to_vec();
        replies
    }

    fn obey(&mut self, command: &[u8]) -> Vec<u8> {
        match command {
            [0x1d, b'(', b'H', _, _, 0x30, 0x30, id @ ..] => [&[0x37, 0x22], id, &[0]].concat(),
            [0x1d, b'r', 1 | 49] => vec![self.condition.paper_sensor()],
            [0x1d, b'a', what] => self.watch(*what),
            // Questions, and the zeros that flush an interrupted command, leave no ink.
            [0x10, ..] | [0x00] | [0x1d, b'I' | b'r', _] | [0x1d, b'(', b'H', ..] => Vec::new(),
            [0x1d, b'V', ..] => {
                self.sheet.extend_from_slice(command);
                let bytes = std::mem::take(&mut self.sheet);
                self.tickets.push(PrintedTicket { bytes });
                Vec::new()
            }
            _ => {
                self.sheet.extend_from_slice(command);
                Vec::new()
            }
        }
    }

    fn watch(&mut self, what: u8) -> Vec<u8> {
        self.reports_by_itself = what != 0;
        match self.reports_by_itself {
            true => self.condition.report().to_vec(),
            false => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: [u8; 4] = [0x1d, b'V', 66, 0];

    #[test]
    fn tickets_are_split_at_cuts_and_hold_no_questions() {
        let mut printer = Mechanism::default();
        printer.receive(&[&[0x10, 0x04, 1], &b"one"[..], &CUT, &b"two"[..]].concat());
        assert_eq!(printer.tickets().len(), 1);
        printer.receive(&CUT);
        let sheets: Vec<&[u8]> = printer.tickets().iter().map(|t| &t.bytes[..]).collect();
        assert_eq!(
            sheets,
            [&[b"one", &CUT[..]].concat(), &[b"two", &CUT[..]].concat()]
        );
    }

    #[test]
    fn a_backlog_is_forgotten_when_told_so_or_without_power() {
        for told in [true, false] {
            let mut printer = Mechanism::default();
            printer.set(Condition::PaperOut);
            printer.receive(&[&b"one"[..], &CUT].concat());
            if told {
                assert_eq!(printer.receive(&CLEAR), [0x37, 0x25, 0]);
            } else {
                printer.lose_power();
            }
            printer.set(Condition::Ready);
            assert!(printer.tickets().is_empty());
        }
        let mut old = Mechanism::without_clear();
        old.set(Condition::PaperOut);
        old.receive(&[&b"one"[..], &CUT, &CLEAR].concat());
        old.set(Condition::Ready);
        assert_eq!(old.tickets().len(), 1);
    }

    #[test]
    fn a_status_request_inside_of_an_image_is_answered() {
        let mut printer = Mechanism::default();
        let image = [0x1d, b'v', b'0', 0, 3, 0, 1, 0, 0x10, 0x04, 0x01];
        assert_eq!(printer.receive(&image), [0x12]);
    }

    #[test]
    fn without_paper_the_ticket_waits_and_comes_out_later() {
        let mut printer = Mechanism::default();
        assert_eq!(printer.receive(&[0x1d, b'a', 0xff]), [0x10, 0, 0, 0x0f]);
        assert_eq!(printer.set(Condition::PaperOut), [0x18, 0, 0x0f, 0x0f]);
        let done = [0x1d, b'(', b'H', 6, 0, 48, 48, 0x20, 0x21, 0x22, 0x23];
        assert!(printer.receive(&[&CUT[..], &done].concat()).is_empty());
        assert_eq!(printer.receive(&[0x10, 0x04, 4]), [0x7e]);
        let confirmed = [0x10, 0, 0, 0x0f, 0x37, 0x22, 0x20, 0x21, 0x22, 0x23, 0];
        assert_eq!(printer.set(Condition::Ready), confirmed);
        assert_eq!(printer.tickets().len(), 1);
    }
}
