//! An open file, device or socket that never blocks for longer than it may.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};
use rustix::io::Errno;

use super::{LinkFault, SendFault, Transport};

/// A descriptor that is told not to block; time is spent in `poll` alone.
#[derive(Debug)]
pub(super) struct Wire {
    descriptor: OwnedFd,
    when_empty: WhenEmpty,
}

/// What it means when a read gives no byte and no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenEmpty {
    /// The other side has gone.
    Gone,
    /// It has nothing to say; some USB printers send empty packets all the time.
    Nothing,
    /// It never says anything.
    Mute,
}

/// Between two empty reads.
const EMPTY_PAUSE: Duration = Duration::from_millis(5);

impl Wire {
    /// Takes over a descriptor that is not blocking already.
    pub(super) fn new(descriptor: OwnedFd, when_empty: WhenEmpty) -> Self {
        Self {
            descriptor,
            when_empty,
        }
    }

    /// Opens a path for this process alone; a second kiosk on the same printer finds it unreachable.
    pub(super) fn open(path: &Path, how: OFlags, when_empty: WhenEmpty) -> Result<Self, LinkFault> {
        let flags = how | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP;
        let descriptor = open(path, flags, mode).map_err(|_| LinkFault::Unreachable)?;
        flock(&descriptor, FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| LinkFault::Unreachable)?;
        Ok(Self::new(descriptor, when_empty))
    }

    fn write_some(&self, bytes: &[u8], deadline: Instant) -> Result<usize, LinkFault> {
        loop {
            match rustix::io::write(&self.descriptor, bytes) {
                Ok(0) => return Err(LinkFault::Broken),
                Ok(count) => return Ok(count),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    if !self.wait(PollFlags::OUT, deadline) {
                        return Err(LinkFault::Late);
                    }
                }
                Err(_) => return Err(LinkFault::Broken),
            }
        }
    }

    /// Waits until something can be done, which may be to find that the other side has gone. False
    /// when the deadline came first.
    fn wait(&self, what: PollFlags, deadline: Instant) -> bool {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            // No wait of ours is as long as the conversion's limit.
            let timeout = Timespec::try_from(left).ok();
            let mut polled = [PollFd::new(&self.descriptor, what)];
            match poll(&mut polled, timeout.as_ref()) {
                Err(Errno::INTR) => {}
                Ok(0) => return false,
                Ok(_) | Err(_) => return true,
            }
        }
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl Transport for Wire {
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), SendFault> {
        let deadline = Instant::now() + within;
        let mut sent = 0;
        while sent < bytes.len() {
            // One that takes a byte now and then must not hold us for ever either.
            if sent > 0 && Instant::now() >= deadline {
                let fault = LinkFault::Late;
                return Err(SendFault { sent, fault });
            }
            match self.write_some(&bytes[sent..], deadline) {
                Ok(count) => sent += count,
                Err(fault) => return Err(SendFault { sent, fault }),
            }
        }
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> Result<usize, LinkFault> {
        if self.when_empty == WhenEmpty::Mute {
            return Ok(0);
        }
        let deadline = Instant::now() + within;
        loop {
            match rustix::io::read(&self.descriptor, &mut *buffer) {
                Ok(0) if self.when_empty == WhenEmpty::Gone => return Err(LinkFault::Broken),
                Ok(0) if Instant::now() >= deadline => return Ok(0),
                Ok(0) => std::thread::sleep(EMPTY_PAUSE),
                Ok(count) => return Ok(count),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    if !self.wait(PollFlags::IN, deadline) {
                        return Ok(0);
                    }
                }
                Err(_) => return Err(LinkFault::Broken),
            }
        }
    }
}
