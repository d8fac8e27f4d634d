//! What became of a slip.

use super::Decision;
use crate::{Happening, NoPaper, Paper, Queue, Refusal, State, TicketId};

impl Queue {
    pub(super) fn printed(&self, ticket: TicketId) -> Decision {
        match self.known(ticket)?.paper {
            Paper::Printed => Ok(Vec::new()),
            Paper::Unknown | Paper::Missing(_) => Ok(vec![Happening::Printed { ticket }]),
        }
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
