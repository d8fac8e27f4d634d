//! The printer without a wire and without a clock: thousands of jobs in seconds, each with one mishap
//! at an exact byte.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ticket::{LinkFault, SendFault, Transport, Way};

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
    /// The program that prints is stopped. Unwinds with [`Killed`], so nothing of it runs on.
    Killed,
}

/// What a killed program unwinds with.
#[derive(Debug)]
pub struct Killed;

/// A handle to the printer; every clone is the same one.
#[derive(Clone, Default)]
pub struct DirectPrinter(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    mechanism: Mechanism,
    armed: Option<(usize, Mishap)>,
    /// Bytes of jobs since it was armed; questions do not count.
    received: usize,
    going_on: Option<Mishap>,
    /// After so many more links somebody has mended it.
    mended_after: Option<usize>,
    link: usize,
    is_broken: bool,
    replies: Vec<u8>,
    withheld: Vec<u8>,
    noise: u64,
}

impl DirectPrinter {
    /// A printer of this make.
    pub fn new(mechanism: Mechanism) -> Self {
        let printer = Self::default();
        printer.lock().mechanism = mechanism;
        printer
    }

    /// Sets one mishap up, and after how many further links it is mended, if ever.
    pub fn arm(&self, after_bytes: usize, mishap: Mishap, mended_after: Option<usize>) {
        let mut inner = self.lock();
        inner.armed = Some((after_bytes, mishap));
        inner.mended_after = mended_after;
        inner.received = 0;
        inner.noise = after_bytes as u64 + 1;
    }

    /// Whether the mishap has happened.
    pub fn has_happened(&self) -> bool {
        self.lock().armed.is_none()
    }

    /// Somebody has come and mended everything.
    pub fn mend(&self) {
        self.lock().mend();
    }

    /// The tickets cut so far.
    pub fn tickets(&self) -> Vec<PrintedTicket> {
        self.lock().mechanism.tickets().to_vec()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Way for DirectPrinter {
    fn open(&mut self, _within: Duration) -> Result<Box<dyn Transport>, LinkFault> {
        let mut inner = self.lock();
        inner.count_towards_mending();
        if inner.going_on == Some(Mishap::SwitchedOff) {
            return Err(LinkFault::Unreachable);
        }
        inner.link += 1;
        inner.is_broken = false;
        inner.replies = std::mem::take(&mut inner.withheld);
        let link = inner.link;
        drop(inner);
        Ok(Box::new(Link {
            printer: self.clone(),
            link,
        }))
    }
}

struct Link {
    printer: DirectPrinter,
    link: usize,
}

impl Link {
    fn inner(&self) -> Result<MutexGuard<'_, Inner>, LinkFault> {
        let inner = self.printer.lock();
        match inner.is_broken || inner.link != self.link {
            true => Err(LinkFault::Broken),
            false => Ok(inner),
        }
    }
}

impl Transport for Link {
    fn send(&mut self, bytes: &[u8], _within: Duration) -> Result<(), SendFault> {
        let mut inner = self.inner().map_err(|fault| SendFault { sent: 0, fault })?;
        let before = inner.bytes_before_mishap(bytes);
        inner.take(&bytes[..before]);
        if is_question(bytes) || (before == bytes.len() && !inner.is_due()) {
            return Ok(());
        }
        let Some((_, mishap)) = inner.armed.take() else {
            return Ok(());
        };
        inner.suffer(mishap);
        if mishap == Mishap::Killed {
            drop(inner);
            resume_unwind(Box::new(Killed));
        }
        if inner.is_broken && before < bytes.len() {
            let (sent, fault) = (before, LinkFault::Broken);
            return Err(SendFault { sent, fault });
        }
        inner.take(&bytes[before..]);
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], _within: Duration) -> Result<usize, LinkFault> {
        let mut inner = self.inner()?;
        let count = inner.replies.len().min(buffer.len());
        buffer[..count].copy_from_slice(&inner.replies[..count]);
        inner.replies.drain(..count);
        Ok(count)
    }
}

impl Inner {
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

    fn mend(&mut self) {
        self.going_on = None;
        self.armed = None;
        // Nobody listens to what it says now.
        self.mechanism.set(Condition::Ready);
    }
}

fn is_question(bytes: &[u8]) -> bool {
    bytes.len() == 3 && bytes.starts_with(&[0x10, 0x04])
}
