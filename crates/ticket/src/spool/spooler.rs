//! A printer and its spool: one ticket at a time, each step on disk before it is taken.

use std::time::{Duration, Instant};

use super::job::{JobState, Step};
use super::{Spool, UNRECORDED};
use crate::layout::Document;
use crate::printer::{PrintOutcome, Printer};
use crate::slip::Slip;
use crate::state::PrinterState;

/// How long a customer's ticket is tried again when nobody knows what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// No copy is begun later than this after the ticket was asked for.
    pub copies_within: Duration,
    /// A printer that cannot print yet is asked again after this.
    pub ask_again_after: Duration,
}

impl Default for Patience {
    /// For somebody who stands there and waits.
    fn default() -> Self {
        Self {
            copies_within: Duration::from_secs(18),
            ask_again_after: Duration::from_millis(500),
        }
    }
}

/// The printer's only user.
pub struct Spooler {
    printer: Printer,
    spool: Spool,
    patience: Patience,
    /// The last job that was printed, and whether its paper was seen hanging out.
    last: Option<(u64, bool)>,
}

impl Spooler {
    /// Brings both together. What a stop left half sent is ended before the next ticket.
    pub fn new(mut printer: Printer, spool: Spool, patience: Patience) -> Self {
        if spool.is_interrupted() {
            printer.assume_interrupted();
        }
        let mut spooler = Self {
            printer,
            spool,
            patience,
            last: None,
        };
        spooler.told(NO_TICKET);
        spooler
    }

    /// Asks the printer how it is, and notes when a ticket that hung out is taken.
    pub fn state(&mut self) -> PrinterState {
        let state = self.printer.state();
        self.watch_paper(state);
        state
    }

    /// Prints one slip. Where nobody knows what became of it and the customer still stands there, the
    /// same number comes again with the bar 补打 REPRINT n, as soon as the printer is through with the rest
    /// of the first. Never fails: what became of it is known, or known as unknown.
    ///
    /// Blocks for `copies_within` and the time of one job at most.
    pub fn print(&mut self, ticket: u64, slip: &Slip) -> PrintOutcome {
        let Ok(job) = self.spool.queue(ticket, &slip.number, slip.copy) else {
            return UNRECORDED;
        };
        let until = Instant::now() + self.patience.copies_within;
        let mut customer_waits = true;
        loop {
            match self.step(job, customer_waits) {
                Step::Settled(outcome) => return outcome,
                Step::Send { copy } => self.attempt(job, copy, &slip.clone().copy(copy)),
            }
            customer_waits = Instant::now() < until;
        }
    }

    /// Prints something that is no ticket, once. It is a job as a ticket is, so that the printer is not
    /// left waiting for its rest after a stop; but nobody needs to be told of it later, for a second
    /// one harms nobody.
    pub fn print_other(&mut self, name: &str, document: &dyn Document) -> PrintOutcome {
        let Ok(job) = self.spool.queue(NO_TICKET, name, 0) else {
            return UNRECORDED;
        };
        if let Step::Send { copy } = self.step(job, true) {
            self.attempt(job, copy, document);
        }
        let outcome = match self.step(job, false) {
            Step::Settled(outcome) => outcome,
            Step::Send { .. } => UNRECORDED,
        };
        self.told(NO_TICKET);
        outcome
    }

    /// What became of each ticket of which the hall does not know it yet.
    pub fn untold(&self) -> Vec<(u64, PrintOutcome)> {
        self.spool.untold()
    }

    /// The hall knows what became of this ticket.
    pub fn told(&mut self, ticket: u64) {
        self.spool.told(ticket);
    }

    /// Makes the bytes of a slip and sends none of them: its letters are drawn, and kept.
    pub fn rehearse(&self, slip: &Slip) {
        // A slip that cannot be printed says so when it is to be.
        let _ = self.printer.bytes(slip, 0);
    }

    /// The jobs as they are.
    pub fn spool(&self) -> &Spool {
        &self.spool
    }

    fn step(&self, job: u64, customer_waits: bool) -> Step {
        match self.spool.job(job) {
            Some(job) => job.step(customer_waits),
            None => Step::Settled(UNRECORDED),
        }
    }

    fn attempt(&mut self, job: u64, copy: u32, slip: &dyn Document) {
        let is_first = self.spool.job(job).map(|job| job.state) == Some(JobState::Queued);
        // The last four digits of base 95 tell jobs apart; the attempt is a digit of its own.
        let mark = u32::try_from(job % MARKS).unwrap_or_default();
        let prepared = match self.printer.prepare(slip, mark) {
            Ok(prepared) => prepared,
            // Whoever waits for paper gets the number on the screen, and never a paper later.
            Err(trouble) if is_first => {
                return self.spool.ended(job, PrintOutcome::NotPrinted(trouble));
            }
            Err(_) => return self.pause(),
        };
        let outcome = match self.spool.sending(job, copy) {
            Ok(()) => prepared.send(),
            Err(_) if is_first => UNRECORDED,
            Err(_) => return self.pause(),
        };
        self.spool.ended(job, outcome);
        if outcome == PrintOutcome::Printed {
            self.last = Some((job, false));
        }
    }

    fn pause(&self) {
        std::thread::sleep(self.patience.ask_again_after);
    }

    fn watch_paper(&mut self, state: PrinterState) {
        let hangs = self.printer.ticket_hangs();
        match self.last {
            Some((job, true)) if !hangs && state.can_print() => {
                self.spool.taken(job);
                self.last = None;
            }
            Some((job, false)) if hangs => self.last = Some((job, true)),
            _ => {}
        }
    }
}

/// In place of a ticket's id, where a job is for something else. The ids of tickets begin with a date.
const NO_TICKET: u64 = 0;

/// Three digits of base 95 name a job in its confirmation.
const MARKS: u64 = 95 * 95 * 95;
