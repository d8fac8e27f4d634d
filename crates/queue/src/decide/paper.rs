//! What became of a slip.

use super::Decision;
use crate::{Happening, NoPaper, Paper, Queue, Refusal, State, TicketId};

impl Queue {
    /// Copies are counted by who printed them; of two counts the greater one is true, so that no two
    /// copies bear the same.
    pub(super) fn printed(&self, ticket: TicketId, copies: u32) -> Decision {
        let known = self.known(ticket)?;
        let copies = copies.max(known.copies);
        if known.paper == Paper::Printed && copies == known.copies {
            return Ok(Vec::new());
        }
        Ok(vec![Happening::Printed { ticket, copies }])
    }

    pub(super) fn not_printed(&self, ticket: TicketId, why: NoPaper) -> Decision {
        match self.known(ticket)?.paper {
            Paper::Printed => Err(Refusal::AlreadyPrinted),
            Paper::Missing(known) if known == why => Ok(Vec::new()),
            Paper::Unknown | Paper::Missing(_) => Ok(vec![Happening::NotPrinted { ticket, why }]),
        }
    }

    /// Prints the slip of a ticket again that is, or may yet be, good for something.
    pub(super) fn reprint(&self, ticket: TicketId) -> Decision {
        let state = self.known(ticket)?.state;
        if state.is_open() || state == State::NoShow {
            Ok(vec![Happening::Reprinted { ticket }])
        } else {
            Err(Refusal::TicketEnded)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, ONE, settings};
    use crate::{CancelWhy, Command};

    #[test]
    fn a_slip_that_is_on_no_paper_is_seen_until_it_is_printed_or_over() {
        let mut hall = Hall::staffed(settings());
        let (printed, over) = (hall.take("A", "ordinary"), hall.take("A", "ordinary"));
        for ticket in [printed, over] {
            hall.act(&Command::NotPrinted(ticket, NoPaper::PaperOut));
        }
        assert_eq!(hall.queue.day().on_no_paper().count(), 2);
        hall.act(&Command::Printed {
            ticket: printed,
            copies: 0,
        });
        hall.act(&Command::Cancel(over, CancelWhy::HeldByNobody));
        assert_eq!(hall.queue.day().on_no_paper().count(), 0);
    }

    #[test]
    fn what_is_printed_is_not_said_to_be_missing_and_saying_it_twice_changes_nothing() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.act(&Command::Printed { ticket, copies: 0 });
        let events = hall.journal.len();
        hall.act(&Command::Printed { ticket, copies: 0 });
        assert_eq!(hall.journal.len(), events);
        let missing = Command::NotPrinted(ticket, NoPaper::Unknown);
        assert_eq!(hall.refusal(&missing), Some(Refusal::AlreadyPrinted));
        let unknown = Command::Printed {
            ticket: TicketId(1),
            copies: 0,
        };
        assert_eq!(hall.refusal(&unknown), Some(Refusal::UnknownTicket));
    }

    #[test]
    fn why_a_slip_is_missing_is_said_once_and_said_anew_when_it_is_something_else() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        for (why, events) in [
            (NoPaper::PaperOut, 1),
            (NoPaper::PaperOut, 0),
            (NoPaper::CoverOpen, 1),
        ] {
            let before = hall.journal.len();
            hall.act(&Command::NotPrinted(ticket, why));
            assert_eq!(hall.journal.len() - before, events, "{why:?}");
            assert_eq!(hall.ticket(ticket).paper, Paper::Missing(why));
        }
    }

    #[test]
    fn a_slip_is_printed_again_with_the_same_number_while_it_is_good_for_something() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        hall.act(&Command::Printed { ticket, copies: 0 });
        hall.act(&Command::Reprint(ticket));
        let again = hall.ticket(ticket);
        assert_eq!(
            (again.copies, again.paper, again.number.value),
            (1, Paper::Unknown, 1)
        );
        hall.serve(ONE);
        hall.finish(ONE);
        assert_eq!(
            hall.refusal(&Command::Reprint(ticket)),
            Some(Refusal::TicketEnded)
        );
    }
}
