//! A printer that meets with one mishap at an exact byte, whatever wire it hangs on.

use super::condition::Condition;
use super::mechanism::{Mechanism, PrintedTicket};

/// What happens once the given number of a job's bytes has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The link breaks; the next one holds.
    LinkBreaks,
    /// Somebody switches the printer off.
    SwitchedOff,
    /// The roll ends, the cover is opened, the cutter jams.
    Becomes(Condition),
    /// It answers nothing any more.
    Silent,
    /// It answers noise.
    Garbage,
    /// Its confirmations come only over the next link.
    Late,
    /// The program that prints is stopped. Only a printer without a wire can do that: it unwinds with
    /// [`super::Killed`], so nothing of the program runs on.
    Killed,
}

/// The printer with its mishap.
#[derive(Debug, Default)]
pub(super) struct Device {
    pub(super) mechanism: Mechanism,
    armed: Option<(usize, Mishap)>,
    /// Bytes of jobs since it was armed; questions do not count.
    received: usize,
    going_on: Option<Mishap>,
    /// After so many more links somebody has mended it.
    mended_after: Option<usize>,
    /// The present link is broken.
    pub(super) is_broken: bool,
    pub(super) replies: Vec<u8>,
    withheld: Vec<u8>,
    noise: u64,
}

/// What became of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    /// So many came before the mishap.
    pub(super) before: usize,
    /// It has just happened.
    pub(super) mishap: Option<Mishap>,
}

impl Device {
    pub(super) fn arm(&mut self, after_bytes: usize, mishap: Mishap, mended_after: Option<usize>) {
        self.armed = Some((after_bytes, mishap));
        self.mended_after = mended_after;
        self.received = 0;
        self.noise = after_bytes as u64 + 1;
    }

    pub(super) fn has_happened(&self) -> bool {
        self.armed.is_none()
    }

    pub(super) fn tickets(&self) -> &[PrintedTicket] {
        self.mechanism.tickets()
    }

    /// Somebody connects. False: it is off, and nobody answers.
    pub(super) fn begin_link(&mut self) -> bool {
        self.count_towards_mending();
        if self.going_on == Some(Mishap::SwitchedOff) {
            return false;
        }
        self.is_broken = false;
        self.replies = std::mem::take(&mut self.withheld);
        true
    }

    /// Bytes come. After a mishap that breaks the link the rest of them is lost.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Heard {
        let before = self.bytes_before_mishap(bytes);
        self.take(&bytes[..before]);
        if is_question(bytes) || (before == bytes.len() && !self.is_due()) {
            let mishap = None;
            return Heard { before, mishap };
        }
        let mishap = self.armed.take().map(|(_, mishap)| mishap);
        if let Some(mishap) = mishap {
            self.suffer(mishap);
        }
        self.take(&bytes[before..]);
        Heard { before, mishap }
    }

    /// Somebody has come and mended everything.
    pub(super) fn mend(&mut self) {
        self.going_on = None;
        self.armed = None;
        // Nobody listens to what it says now.
        self.mechanism.set(Condition::Ready);
    }

    /// How many of these bytes come before the mishap. A question is no part of a job.
    fn bytes_before_mishap(&self, bytes: &[u8]) -> usize {
        match self.armed {
            Some((at, _)) if !is_question(bytes) => (at - self.received).min(bytes.len()),
            _ => bytes.len(),
        }
    }

    fn is_due(&self) -> bool {
        self.armed.is_some_and(|(at, _)| self.received >= at)
    }

    fn take(&mut self, bytes: &[u8]) {
        if self.is_broken {
            return;
        }
        if !is_question(bytes) {
            self.received += bytes.len();
        }
        let replies = self.mechanism.receive(bytes);
        self.answer(&replies);
    }

    fn answer(&mut self, replies: &[u8]) {
        match self.going_on {
            Some(Mishap::Silent) => {}
            Some(Mishap::Garbage) => {
                let noise: Vec<u8> = replies.iter().map(|_| self.next_noise()).collect();
                self.replies.extend(noise);
            }
            Some(Mishap::Late) if replies.first() == Some(&0x37) => self.withheld.extend(replies),
            _ => self.replies.extend(replies),
        }
    }

    /// Xorshift (Marsaglia 2003).
    fn next_noise(&mut self) -> u8 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 7;
        self.noise ^= self.noise << 17;
        (self.noise >> 32) as u8
    }

    fn suffer(&mut self, mishap: Mishap) {
        match mishap {
            Mishap::LinkBreaks | Mishap::Killed => self.is_broken = true,
            Mishap::SwitchedOff => {
                self.mechanism.lose_power();
                self.is_broken = true;
                self.going_on = Some(mishap);
            }
            Mishap::Becomes(condition) => {
                self.mechanism.set(condition);
                self.going_on = Some(mishap);
            }
            Mishap::Silent | Mishap::Garbage | Mishap::Late => self.going_on = Some(mishap),
        }
    }

    fn count_towards_mending(&mut self) {
        if self.going_on.is_none() {
            return;
        }
        match self.mended_after {
            Some(0) => self.mend(),
            Some(more) => self.mended_after = Some(more - 1),
            None => {}
        }
    }
}

pub(super) fn is_question(bytes: &[u8]) -> bool {
    bytes.len() == 3 && bytes.starts_with(&[0x10, 0x04])
}
