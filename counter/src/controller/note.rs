//! The line that tells the clerk what came of a press.

use std::time::{Duration, Instant};

use protocol::Refusal;
use ticket::Trouble;

use super::{Controller, PaperName};

/// How long a piece of good news stays. What was refused stays until the next press.
pub(super) const NEWS: Duration = Duration::from_secs(6);

/// A line for the clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The hall, or this program before asking it, refused.
    Refused(Refusal),
    /// Something else was pressed and is not answered yet.
    OneAtATime,
    /// The request was given up, and the hall may have done it nevertheless.
    TakenBack,
    /// The link did not take the request.
    NotAsked,
    /// The counter was closed from elsewhere.
    SignedOut { counter: u16 },
    /// Whoever comes is called by itself already.
    Awaiting,
    /// Nobody is signed in at the counter to which somebody was to be handed over.
    ReceiverClosed,
    /// The customer whom the open sheet was about is not in hand any more.
    HandChanged { number: String },
    /// This counter has no printer.
    NoPrinter,
    /// The printer cannot print now, so nothing was asked.
    PrinterTrouble(Trouble),
    /// A paper did not come.
    NotPrinted { sheet: PaperName, trouble: Trouble },
    /// Nobody knows whether a paper came whole.
    PerhapsPrinted { sheet: PaperName },
    /// The hall did it.
    News { what: News, at: Instant },
}

/// Good news, which goes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    Finished {
        number: String,
    },
    NoShow {
        number: String,
    },
    Recalled {
        number: String,
    },
    /// The next errand, of the service with this code, is done here, too.
    Continued {
        number: String,
        service: String,
    },
    OnHold {
        number: String,
    },
    PutBack {
        number: String,
    },
    HandedOver {
        number: String,
    },
    ClassSet {
        number: String,
    },
    Cancelled {
        number: String,
    },
    Returned {
        number: String,
        after_calls: u32,
    },
    OnPaper,
    Printing(PaperName),
    Printed(PaperName),
    RollBegun {
        number: String,
    },
    RollEnded,
}

impl Controller {
    pub(super) fn tell(&mut self, what: News) {
        self.note = Some(Note::News { what, at: self.now });
    }

    pub(super) fn let_news_go(&mut self) {
        if let Some(Note::News { at, .. }) = self.note
            && self.now >= at + NEWS
        {
            self.note = None;
        }
    }
}
