//! The kiosk's printer: slips in, news out, as events of the kiosk.

use std::io;

use protocol::NotPrintedReason;
use ticket::spool::Spooler;
use ticket::{PrintNews, PrintOutcome, PrinterState, Slip, Trouble};

use crate::event::{Event, PaperNews};

/// The way to the printer. Dropping it prints what is queued and ends the printer's thread.
pub struct Printing {
    /// Absent: every slip is missing at once.
    printer: Option<ticket::Printing>,
    tell: Box<dyn Fn(Event)>,
}

impl Printing {
    /// Starts the printer's thread. `tell` is called on it and must not block. First it tells what
    /// became of the slips of the time before, as far as the hall does not know.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(
        spooler: Option<Spooler>,
        tell: impl Fn(Event) + Clone + Send + 'static,
    ) -> io::Result<Self> {
        let from_printer = tell.clone();
        let start = |spooler| {
            ticket::Printing::start(spooler, move |news| {
                event_of(news).into_iter().for_each(&from_printer);
            })
        };
        Ok(Self {
            printer: spooler.map(start).transpose()?,
            tell: Box::new(tell),
        })
    }

    /// Queues a slip.
    pub fn print(&self, ticket: u64, slip: Box<Slip>) {
        let reason = match &self.printer {
            None => NotPrintedReason::NoPrinter,
            Some(printer) => match printer.print(ticket, slip) {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(ticket, %error, "a slip is not printed");
                    NotPrintedReason::PrinterFault
                }
            },
        };
        let news = PaperNews::Missing(reason);
        (self.tell)(Event::Paper { ticket, news });
    }

    /// Draws slips like those to come, while nobody waits.
    pub fn rehearse(&self, slips: Vec<Slip>) {
        let rehearsed = self.printer.as_ref().map(|it| it.rehearse(slips));
        if let Some(Err(error)) = rehearsed {
            tracing::error!(%error, "slips are not rehearsed");
        }
    }

    /// The hall knows what became of this ticket's slip.
    pub fn told(&self, ticket: u64) {
        let told = self.printer.as_ref().map(|printer| printer.told(ticket));
        if let Some(Err(error)) = told {
            tracing::error!(ticket, %error, "it is not noted that the hall knows");
        }
    }

    /// The same, for a thread that knows it and does not own this.
    pub fn told_elsewhere(&self) -> impl Fn(u64) + Clone + Send + use<> {
        let told = self.printer.as_ref().map(ticket::Printing::told_elsewhere);
        move |ticket| told.iter().for_each(|told| told(ticket))
    }
}

fn event_of(news: PrintNews) -> Option<Event> {
    match news {
        PrintNews::State(state) => {
            log_state(state);
            Some(Event::Printer(state))
        }
        PrintNews::Slip {
            ticket,
            outcome,
            copies,
        } => {
            tracing::info!(ticket, ?outcome, copies, "slip");
            let news = paper_news(outcome, copies);
            Some(Event::Paper { ticket, news })
        }
        // A kiosk prints nothing else.
        PrintNews::Other { .. } => None,
    }
}

fn log_state(state: PrinterState) {
    match state.trouble() {
        None => tracing::info!(?state, "the printer prints"),
        Some(trouble) => tracing::warn!(%trouble, "the printer does not print"),
    }
}

pub(crate) fn paper_news(outcome: PrintOutcome, copies: u32) -> PaperNews {
    match outcome {
        // A printer that cannot answer was chosen with the setting: nobody can know more of it.
        PrintOutcome::Printed | PrintOutcome::Sent => PaperNews::Printed { copies },
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
    use std::sync::mpsc::{self, Receiver};
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
            paper_news(outcome, 0),
            PaperNews::Missing(NotPrintedReason::Unknown)
        );
    }
}
