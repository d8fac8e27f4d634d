//! The printer without a wire and without a clock: thousands of jobs in seconds, each with one mishap
//! at an exact byte.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ticket::{LinkFault, SendFault, Transport, Way};

use super::device::{Device, Mishap};
use super::mechanism::{Mechanism, PrintedTicket};

/// What a killed program unwinds with.
#[derive(Debug)]
pub struct Killed;

/// A handle to the printer; every clone is the same one.
#[derive(Clone, Default)]
pub struct DirectPrinter(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    device: Device,
    link: usize,
}

impl DirectPrinter {
    /// A printer of this make.
    pub fn new(mechanism: Mechanism) -> Self {
        let printer = Self::default();
        printer.lock().device.mechanism = mechanism;
        printer
    }

    /// Sets one mishap up, and after how many further links it is mended, if ever.
    pub fn arm(&self, after_bytes: usize, mishap: Mishap, mended_after: Option<usize>) {
        self.lock().device.arm(after_bytes, mishap, mended_after);
    }

    /// Whether the mishap has happened.
    pub fn has_happened(&self) -> bool {
        self.lock().device.has_happened()
    }

    /// Somebody has come and mended everything.
    pub fn mend(&self) {
        self.lock().device.mend();
    }

    /// The tickets cut so far.
    pub fn tickets(&self) -> Vec<PrintedTicket> {
        self.lock().device.tickets().to_vec()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Way for DirectPrinter {
    fn open(&mut self, _within: Duration) -> Result<Box<dyn Transport>, LinkFault> {
        let mut inner = self.lock();
        if !inner.device.begin_link() {
            return Err(LinkFault::Unreachable);
        }
        inner.link += 1;
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
        match inner.device.is_broken || inner.link != self.link {
            true => Err(LinkFault::Broken),
            false => Ok(inner),
        }
    }
}

impl Transport for Link {
    fn send(&mut self, bytes: &[u8], _within: Duration) -> Result<(), SendFault> {
        let mut inner = self.inner().map_err(|fault| SendFault { sent: 0, fault })?;
        let heard = inner.device.hear(bytes);
        if heard.mishap == Some(Mishap::Killed) {
            drop(inner);
            resume_unwind(Box::new(Killed));
        }
        if inner.device.is_broken && heard.before < bytes.len() {
            let (sent, fault) = (heard.before, LinkFault::Broken);
            return Err(SendFault { sent, fault });
        }
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], _within: Duration) -> Result<usize, LinkFault> {
        let replies = &mut self.inner()?.device.replies;
        let count = replies.len().min(buffer.len());
        buffer[..count].copy_from_slice(&replies[..count]);
        replies.drain(..count);
        Ok(count)
    }
}
