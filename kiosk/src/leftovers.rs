//! What a stop left behind, as the events that settle it.

use ticket::spool::Spool;
use ticket::{PrintOutcome, Trouble};

use crate::event::Event;
use crate::orders::{Leftover, Orders};
use crate::printing::paper_news;

/// What is to happen first after a start. A number that has a print job is not among it: the
/// printer's thread knows more of that.
pub(crate) fn leftover_events(
    orders: &Orders,
    spool: Option<&Spool>,
) -> impl Iterator<Item = Event> {
    let leftovers = orders.leftovers().into_iter();
    leftovers.filter_map(move |leftover| event(leftover, spool))
}

fn event(leftover: Leftover, spool: Option<&Spool>) -> Option<Event> {
    tracing::warn!(?leftover, "left by the last stop");
    match leftover {
        Leftover::Asked { id, act } => Some(Event::Unfinished { id, act }),
        Leftover::Unwanted { ticket } => Some(Event::Unwanted { ticket }),
        Leftover::Issued { ticket } => {
            let outcome = without_job(ticket, spool)?;
            let news = paper_news(outcome, 0);
            Some(Event::Paper { ticket, news })
        }
    }
}

/// What is known of the slip of a number without a print job. Where the jobs can be read, no byte of
/// it has left.
fn without_job(ticket: u64, spool: Option<&Spool>) -> Option<PrintOutcome> {
    match spool {
        Some(spool) if spool.has_job_of(ticket) => None,
        Some(spool) if spool.damaged_lines() == 0 => {
            Some(PrintOutcome::NotPrinted(Trouble::Stopped))
        }
        _ => Some(PrintOutcome::Unknown(Trouble::Stopped)),
    }
}
