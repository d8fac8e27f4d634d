//! The printer on a thread of its own: slips in, news out. Asking a printer blocks; the window never does.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use protocol::NotPrintedReason;
use ticket::spool::Spooler;
use ticket::{PrintOutcome, PrinterState, Slip, Trouble};

use crate::event::{Event, PaperNews};

/// An idle printer is asked for its state this often, so that the start page is true before a
/// ticket is offered.
const STATE_EVERY: Duration = Duration::from_secs(5);

/// The way to the printer's thread. Dropping it prints what is queued and ends the thread.
pub struct Printing {
    work: Option<Sender<Work>>,
    thread: Option<JoinHandle<()>>,
}

enum Work {
    Print { ticket: u64, slip: Box<Slip> },
    Told { ticket: u64 },
}

impl Printing {
    /// Starts the thread. `tell` is called on it and must not block. First it tells what became of the
    /// slips of the time before, as far as the hall does not know. Without a printer every slip is
    /// missing at once.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(
        spooler: Option<Spooler>,
        tell: impl Fn(Event) + Send + 'static,
    ) -> io::Result<Self> {
        let (work, queue) = mpsc::channel();
        let run = move || match spooler {
            Some(spooler) => serve(spooler, &queue, &tell),
            None => refuse(&queue, &tell),
        };
        let thread = std::thread::Builder::new()
            .name("printer".into())
            .spawn(run)?;
        Ok(Self {
            work: Some(work),
            thread: Some(thread),
        })
    }

    /// Queues a slip.
    pub fn print(&self, ticket: u64, slip: Box<Slip>) {
        self.hand_over(ticket, Work::Print { ticket, slip });
    }

    /// The hall knows what became of this ticket's slip.
    pub fn told(&self, ticket: u64) {
        self.hand_over(ticket, Work::Told { ticket });
    }

    fn hand_over(&self, ticket: u64, work: Work) {
        let sent = self.work.as_ref().map(|sender| sender.send(work));
        if !matches!(sent, Some(Ok(()))) {
            tracing::error!(ticket, "the printer's thread is gone");
        }
    }
}

impl Drop for Printing {
    fn drop(&mut self) {
        self.work.take();
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the printer's thread panicked");
        }
    }
}

fn serve(mut spooler: Spooler, queue: &Receiver<Work>, tell: &impl Fn(Event)) {
    for (ticket, outcome) in spooler.untold() {
        tracing::warn!(ticket, ?outcome, "a slip from before the start");
        let news = paper_news(outcome);
        tell(Event::Paper { ticket, news });
    }
    let mut known = None;
    loop {
        let state = spooler.state();
        if known.replace(state) != Some(state) {
            log_state(state);
            tell(Event::Printer(state));
        }
        match next_work(&mut spooler, queue) {
            Ok((ticket, slip)) => print(&mut spooler, ticket, &slip, tell),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// The next slip. What the hall knows is noted in between, without a question to the printer.
fn next_work(
    spooler: &mut Spooler,
    queue: &Receiver<Work>,
) -> Result<(u64, Box<Slip>), RecvTimeoutError> {
    loop {
        match queue.recv_timeout(STATE_EVERY)? {
            Work::Print { ticket, slip } => return Ok((ticket, slip)),
            Work::Told { ticket } => spooler.told(ticket),
        }
    }
}

fn print(spooler: &mut Spooler, ticket: u64, slip: &Slip, tell: &impl Fn(Event)) {
    let outcome = spooler.print(ticket, slip);
    let number = &slip.number;
    tracing::info!(ticket, number, ?outcome, "slip");
    let news = paper_news(outcome);
    tell(Event::Paper { ticket, news });
}

fn refuse(queue: &Receiver<Work>, tell: &impl Fn(Event)) {
    for work in queue {
        if let Work::Print { ticket, .. } = work {
            let news = PaperNews::Missing(NotPrintedReason::NoPrinter);
            tell(Event::Paper { ticket, news });
        }
    }
}

fn log_state(state: PrinterState) {
    match state.trouble() {
        None => tracing::info!(?state, "the printer prints"),
        Some(trouble) => tracing::warn!(%trouble, "the printer does not print"),
    }
}

fn paper_news(outcome: PrintOutcome) -> PaperNews {
    match outcome {
        // A printer that cannot answer was chosen with the setting: nobody can know more of it.
        PrintOutcome::Printed | PrintOutcome::Sent => PaperNews::Printed,
        PrintOutcome::NotPrinted(trouble) => PaperNews::Missing(reason(trouble)),
        PrintOutcome::Unknown(_) => PaperNews::Missing(NotPrintedReason::Unknown),
    }
}

fn reason(trouble: Trouble) -> NotPrintedReason {
    match trouble {
        Trouble::PaperOut => NotPrintedReason::PaperOut,
        Trouble::CoverOpen => NotPrintedReason::CoverOpen,
        Trouble::Cutter => NotPrintedReason::CutterJam,
        Trouble::Unreachable | Trouble::Silent | Trouble::LinkBroken => {
            NotPrintedReason::Unreachable
        }
        Trouble::HeadHot
        | Trouble::Broken
        | Trouble::Offline
        | Trouble::Unprintable
        | Trouble::Unrecorded
        | Trouble::Stopped => NotPrintedReason::PrinterFault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ticket::Printer;
    use ticket::spool::{Patience, Spool};

    #[test]
    fn without_a_printer_a_slip_is_missing_at_once() {
        let (events, told) = mpsc::channel();
        let printing = Printing::start(None, move |event| events.send(event).unwrap()).unwrap();
        printing.print(7, Box::new(Slip::example()));
        let Event::Paper { ticket: 7, news } = told.recv().unwrap() else {
            panic!("the slip has an outcome");
        };
        assert_eq!(news, PaperNews::Missing(NotPrintedReason::NoPrinter));
    }

    fn spooler(folder: &tempfile::TempDir) -> Spooler {
        // A port that was free a moment ago.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let printer = Printer::new(ticket::PrinterSettings::network(address)).unwrap();
        let spool = Spool::open(&folder.path().join("jobs")).unwrap();
        Spooler::new(printer, spool, Patience::default())
    }

    fn started(folder: &tempfile::TempDir) -> (Printing, Receiver<Event>) {
        let (events, told) = mpsc::channel();
        let tell = move |event| {
            // The test has ended when nobody listens.
            let _ = events.send(event);
        };
        (Printing::start(Some(spooler(folder)), tell).unwrap(), told)
    }

    #[test]
    fn an_unreachable_printer_is_told_before_a_slip_and_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let (printing, told) = started(&folder);
        assert!(matches!(
            told.recv().unwrap(),
            Event::Printer(PrinterState::Trouble(Trouble::Unreachable))
        ));
        printing.print(7, Box::new(Slip::example()));
        let Event::Paper { ticket: 7, news } = told.recv().unwrap() else {
            panic!("the slip has an outcome");
        };
        assert_eq!(news, PaperNews::Missing(NotPrintedReason::Unreachable));
    }

    /// The kiosk was stopped before the hall knew; it is told at every start until it does.
    #[test]
    fn what_the_hall_does_not_know_is_told_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let missing = PaperNews::Missing(NotPrintedReason::Unreachable);
        let (printing, _told) = started(&folder);
        printing.print(7, Box::new(Slip::example()));
        drop(printing);
        for _ in 0..2 {
            let (printing, told) = started(&folder);
            let first = told.recv().unwrap();
            assert!(
                matches!(first, Event::Paper { ticket: 7, news } if news == missing),
                "{first:?}"
            );
            drop(printing);
        }
        let (printing, _told) = started(&folder);
        printing.told(7);
        drop(printing);
        let (_printing, told) = started(&folder);
        assert!(matches!(told.recv().unwrap(), Event::Printer(_)));
    }

    #[test]
    fn a_job_whose_link_broke_is_unknown_whatever_broke_it() {
        let outcome = PrintOutcome::Unknown(Trouble::PaperOut);
        assert_eq!(
            paper_news(outcome),
            PaperNews::Missing(NotPrintedReason::Unknown)
        );
    }
}
