//! The printer on a thread of its own: slips in, news out. Asking a printer blocks; the window never does.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use protocol::NotPrintedReason;
use ticket::{PrintOutcome, Printer, PrinterState, Slip, Trouble};

use crate::event::{Event, PaperNews};

/// An idle printer is asked for its state this often, so that the start page is true before a
/// ticket is offered.
const STATE_EVERY: Duration = Duration::from_secs(5);

/// The way to the printer's thread. Dropping it prints what is queued and ends the thread.
pub struct Printing {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

struct Job {
    ticket: u64,
    slip: Box<Slip>,
}

impl Printing {
    /// Starts the thread. `tell` is called on it and must not block. Without a printer every slip is
    /// missing at once.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(
        printer: Option<Printer>,
        tell: impl Fn(Event) + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let run = move || match printer {
            Some(printer) => serve(printer, &queue, &tell),
            None => refuse(&queue, &tell),
        };
        let thread = std::thread::Builder::new()
            .name("printer".into())
            .spawn(run)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Queues a slip.
    pub fn print(&self, ticket: u64, slip: Box<Slip>) {
        let sent = self
            .jobs
            .as_ref()
            .map(|jobs| jobs.send(Job { ticket, slip }));
        if !matches!(sent, Some(Ok(()))) {
            tracing::error!(ticket, "the printer's thread is gone");
        }
    }
}

impl Drop for Printing {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the printer's thread panicked");
        }
    }
}

fn serve(mut printer: Printer, queue: &Receiver<Job>, tell: &impl Fn(Event)) {
    let mut known = None;
    loop {
        let state = printer.state();
        if known.replace(state) != Some(state) {
            log_state(state);
            tell(Event::Printer(state));
        }
        match queue.recv_timeout(STATE_EVERY) {
            Ok(job) => print(&mut printer, &job, tell),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn print(printer: &mut Printer, job: &Job, tell: &impl Fn(Event)) {
    // Two jobs in a row differ in the last six digits, the day's serial number.
    let mark = u32::try_from(job.ticket % 1_000_000).unwrap_or_default();
    let outcome = printer.print(&job.slip, mark);
    let (ticket, number) = (job.ticket, &job.slip.number);
    tracing::info!(ticket, number, ?outcome, "slip");
    let news = paper_news(outcome);
    tell(Event::Paper { ticket, news });
}

fn refuse(queue: &Receiver<Job>, tell: &impl Fn(Event)) {
    for job in queue {
        tell(Event::Paper {
            ticket: job.ticket,
            news: PaperNews::Missing(NotPrintedReason::NoPrinter),
        });
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

    #[test]
    fn an_unreachable_printer_is_told_before_a_slip_and_after_it() {
        // A port that was free a moment ago.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let printer = Printer::new(ticket::PrinterSettings::network(address)).unwrap();
        let (events, told) = mpsc::channel();
        let printing = Printing::start(Some(printer), move |event| {
            // The test has ended when nobody listens.
            let _ = events.send(event);
        })
        .unwrap();
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

    #[test]
    fn a_job_whose_link_broke_is_unknown_whatever_broke_it() {
        let outcome = PrintOutcome::Unknown(Trouble::PaperOut);
        assert_eq!(
            paper_news(outcome),
            PaperNews::Missing(NotPrintedReason::Unknown)
        );
    }
}
