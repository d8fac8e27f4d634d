//! What is printed at the counter, and what became of it.

use client::slip;
use protocol::{Act, DayReport, Issued, Outcome, Refusal};
use ticket::{PrintNews, PrintOutcome, PrinterState, Trouble};
use uuid::Uuid;

use super::note::{News, Note};
use super::{Controller, Effect};
use crate::paper::Paperwork;
use crate::sheet::Lacking;

/// The printer's side of the program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Papers {
    /// What the printer last said of itself; nothing while it was not asked yet.
    state: Option<PrinterState>,
    /// What was handed to the printer and has not come out.
    jobs: Vec<(Job, PaperName)>,
    /// The slips of which the hall was told that they are on paper, until it answers.
    reports: Vec<(Uuid, u64)>,
    /// Papers that are no tickets, counted.
    others: u64,
}

/// How the printer's thread names what became of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    Slip(u64),
    Other(u64),
}

/// A paper by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PaperName {
    /// The slip of a ticket.
    Slip { number: String },
    /// What a customer lacks.
    MissingPapers { number: String },
    /// The figures of the day.
    Report,
}

/// Whether something can be printed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtPrinter {
    /// This counter has none.
    None,
    /// It prints, as far as is known.
    Prints,
    /// It prints, and the roll will be used up soon.
    NearEnd,
    /// It cannot print now.
    Trouble(Trouble),
}

impl Controller {
    /// The printer of this counter.
    pub(crate) fn at_printer(&self) -> AtPrinter {
        match self.papers.state {
            _ if !self.beginning.printer => AtPrinter::None,
            Some(PrinterState::Trouble(trouble)) => AtPrinter::Trouble(trouble),
            Some(PrinterState::NearEnd) => AtPrinter::NearEnd,
            Some(PrinterState::Ready) | None => AtPrinter::Prints,
        }
    }

    /// Nothing is asked of the hall for a paper that cannot come.
    pub(super) fn may_print(&self) -> Result<(), Note> {
        match self.at_printer() {
            AtPrinter::None => Err(Note::NoPrinter),
            AtPrinter::Trouble(trouble) => Err(Note::PrinterTrouble(trouble)),
            AtPrinter::Prints | AtPrinter::NearEnd => Ok(()),
        }
    }

    pub(super) fn print_slip(&mut self, issued: &Issued) -> Vec<Effect> {
        let ticket = issued.ticket;
        let number = issued.number.clone();
        self.hand_over(Job::Slip(ticket), PaperName::Slip { number });
        let slip = Box::new(slip(issued, &self.table, false));
        vec![Effect::Print { ticket, slip }]
    }

    pub(super) fn print_report(&mut self, day: &DayReport) -> Effect {
        let report = Paperwork::Report(self.report(day));
        self.print_other(report, PaperName::Report)
    }

    pub(super) fn print_missing(&mut self, number: String, lacking: &Lacking) -> Effect {
        let slip = Paperwork::MissingPapers(self.missing_papers(lacking));
        self.print_other(slip, PaperName::MissingPapers { number })
    }

    fn print_other(&mut self, paper: Paperwork, sheet: PaperName) -> Effect {
        self.papers.others += 1;
        let id = self.papers.others;
        self.hand_over(Job::Other(id), sheet);
        let paper = Box::new(paper);
        Effect::PrintOther { id, paper }
    }

    fn hand_over(&mut self, job: Job, sheet: PaperName) {
        self.tell(News::Printing(sheet.clone()));
        self.papers.jobs.push((job, sheet));
    }

    pub(super) fn hear_printer(&mut self, news: PrintNews) -> Vec<Effect> {
        match news {
            PrintNews::State(state) => self.papers.state = Some(state),
            PrintNews::Slip {
                ticket,
                outcome,
                copies,
            } => return self.slip_came(ticket, outcome, copies),
            PrintNews::Other { id, outcome } => {
                let done = self.take_job(Job::Other(id));
                self.tell_outcome(done, outcome);
            }
        }
        Vec::new()
    }

    /// The hall hears of a slip that is on paper. What is not changes nothing for it: it knew before
    /// whether the customer has one.
    fn slip_came(&mut self, ticket: u64, outcome: PrintOutcome, copies: u32) -> Vec<Effect> {
        let done = self.take_job(Job::Slip(ticket));
        self.tell_outcome(done, outcome);
        match outcome {
            PrintOutcome::Printed | PrintOutcome::Sent => {
                let id = (self.fresh_id)();
                self.papers.reports.push((id, ticket));
                let act = Act::Printed { ticket, copies };
                vec![Effect::Ask { id, act }]
            }
            PrintOutcome::NotPrinted(_) | PrintOutcome::Unknown(_) => vec![Effect::Told { ticket }],
        }
    }

    fn take_job(&mut self, job: Job) -> Option<PaperName> {
        let place = self.papers.jobs.iter().position(|(of, _)| *of == job)?;
        Some(self.papers.jobs.remove(place).1)
    }

    /// What was printed before this program began is of no interest to whoever sits here now.
    fn tell_outcome(&mut self, sheet: Option<PaperName>, outcome: PrintOutcome) {
        let Some(sheet) = sheet else { return };
        match outcome {
            PrintOutcome::Printed | PrintOutcome::Sent => self.tell(News::Printed(sheet)),
            PrintOutcome::NotPrinted(trouble) => {
                self.note = Some(Note::NotPrinted { sheet, trouble });
            }
            PrintOutcome::Unknown(_) => self.note = Some(Note::PerhapsPrinted { sheet }),
        }
    }

    /// Takes the answer to a report in. One that the hall did not take is made again at the next
    /// start.
    pub(super) fn report_answered(&mut self, id: Uuid, outcome: &Outcome) -> Option<Effect> {
        let place = self.papers.reports.iter().position(|(of, _)| *of == id)?;
        let (_, ticket) = self.papers.reports.swap_remove(place);
        let is_unheard = matches!(
            outcome,
            Outcome::Refused(Refusal::NotStored | Refusal::TooManyRequests | Refusal::SignInAgain)
        );
        (!is_unheard).then_some(Effect::Told { ticket })
    }
}
