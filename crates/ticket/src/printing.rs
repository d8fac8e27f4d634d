//! A printer on a thread of its own: slips in, news out. Asking a printer blocks; a window never may.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::layout::Document;
use crate::printer::PrintOutcome;
use crate::slip::Slip;
use crate::spool::Spooler;
use crate::state::PrinterState;

/// An idle printer is asked for its state this often, so that what a screen says of it is true before
/// something is printed.
const STATE_EVERY: Duration = Duration::from_secs(5);

/// The way to the printer's thread. Dropping it prints what is queued and ends the thread.
pub struct Printing {
    work: Sender<Work>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintNews {
    /// The printer is so from now on.
    State(PrinterState),
    /// What became of a ticket's slip. At the start also of slips of the time before, as long as
    /// the hall does not know it.
    Slip {
        /// The ticket's id.
        ticket: u64,
        /// What became of it.
        outcome: PrintOutcome,
        /// The last copy with the bar 补打 REPRINT n that was sent; 0: there was none.
        copies: u32,
    },
    /// What became of something else.
    Other {
        /// As it was handed over.
        id: u64,
        /// What became of it.
        outcome: PrintOutcome,
    },
}

/// The thread has ended before its time: nothing is printed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the printer's thread has ended")]
pub struct PrintingEnded;

enum Work {
    Slip {
        ticket: u64,
        slip: Box<Slip>,
    },
    Other {
        id: u64,
        name: String,
        document: Box<dyn Document + Send>,
    },
    Told {
        ticket: u64,
    },
    Rehearse {
        slips: Vec<Slip>,
    },
    End,
}

impl Printing {
    /// Starts the thread. `tell` is called on it and must not block. First it tells what became of
    /// the slips of the time before, as far as the hall does not know.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(spooler: Spooler, tell: impl Fn(PrintNews) + Send + 'static) -> io::Result<Self> {
        let (work, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("printer".into())
            .spawn(move || serve(spooler, &queue, &tell))?;
        Ok(Self {
            work,
            thread: Some(thread),
        })
    }

    /// Queues the slip of a ticket.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn print(&self, ticket: u64, slip: Box<Slip>) -> Result<(), PrintingEnded> {
        self.hand_over(Work::Slip { ticket, slip })
    }

    /// Queues something that is no ticket. `id` comes back with what became of it, and `name` is for
    /// people who read the file of the jobs.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn print_other(
        &self,
        id: u64,
        name: &str,
        document: Box<dyn Document + Send>,
    ) -> Result<(), PrintingEnded> {
        let name = name.to_owned();
        self.hand_over(Work::Other { id, name, document })
    }

    /// The hall knows what became of this ticket's slip.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn told(&self, ticket: u64) -> Result<(), PrintingEnded> {
        self.hand_over(Work::Told { ticket })
    }

    /// The same, for a thread that knows it and does not own this.
    pub fn told_elsewhere(&self) -> impl Fn(u64) + Clone + Send + use<> {
        let work = self.work.clone();
        move |ticket| {
            // Once the thread has ended, the next start tells of this ticket again.
            let _ = work.send(Work::Told { ticket });
        }
    }

    /// Draws slips that are like those to come, while nobody waits, so that the first is as quick as
    /// the others.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn rehearse(&self, slips: Vec<Slip>) -> Result<(), PrintingEnded> {
        self.hand_over(Work::Rehearse { slips })
    }

    fn hand_over(&self, work: Work) -> Result<(), PrintingEnded> {
        self.work.send(work).map_err(|_| PrintingEnded)
    }
}

impl Drop for Printing {
    fn drop(&mut self) {
        // One that has ended already needs no word.
        let _ = self.work.send(Work::End);
        if let Some(thread) = self.thread.take() {
            // A panic has been written to the error output, and there is nothing left to do.
            let _ = thread.join();
        }
    }
}

fn serve(mut spooler: Spooler, queue: &Receiver<Work>, tell: &impl Fn(PrintNews)) {
    for (ticket, outcome) in spooler.untold() {
        tell(slip_news(&spooler, ticket, outcome));
    }
    let mut known = None;
    loop {
        let state = spooler.state();
        if known.replace(state) != Some(state) {
            tell(PrintNews::State(state));
        }
        match next_work(&mut spooler, queue) {
            Ok(news) => tell(news),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Does the next thing. What the hall knows is noted in between, without a question to the printer.
fn next_work(spooler: &mut Spooler, queue: &Receiver<Work>) -> Result<PrintNews, RecvTimeoutError> {
    loop {
        match queue.recv_timeout(STATE_EVERY)? {
            Work::Told { ticket } => spooler.told(ticket),
            Work::Rehearse { slips } => slips.iter().for_each(|slip| spooler.rehearse(slip)),
            Work::End => return Err(RecvTimeoutError::Disconnected),
            Work::Slip { ticket, slip } => {
                let outcome = spooler.print(ticket, &slip);
                return Ok(slip_news(spooler, ticket, outcome));
            }
            Work::Other { id, name, document } => {
                let outcome = spooler.print_other(&name, document.as_ref());
                return Ok(PrintNews::Other { id, outcome });
            }
        }
    }
}

fn slip_news(spooler: &Spooler, ticket: u64, outcome: PrintOutcome) -> PrintNews {
    let copies = spooler.spool().copies_of(ticket);
    PrintNews::Slip {
        ticket,
        outcome,
        copies,
    }
}
