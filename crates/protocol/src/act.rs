//! What a client may ask of the hall.

use serde::{Deserialize, Serialize};

/// What a program is in the hall. It decides which acts it may ask and which rows it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A touch kiosk: takes tickets and says what became of the paper.
    Kiosk,
    /// A clerk's program: calls.
    Counter,
    /// A display: only listens.
    Wall,
}

impl Role {
    /// Every role, in a fixed order.
    pub const ALL: [Self; 3] = [Self::Kiosk, Self::Counter, Self::Wall];
}

/// One act. Each travels in a [`crate::ClientFrame::Request`] with a request id; the same id
/// again gets the same answer and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// Kiosk: take a ticket. Answered by [`crate::Done::Issued`].
    Take {
        /// Code of the service, as in its row.
        service: String,
        /// Code of the customer class, as in the hall row.
        class: String,
    },
    /// Kiosk: the slip of this ticket was printed.
    Printed {
        /// Ticket id.
        ticket: u64,
    },
    /// Kiosk: the slip of this ticket was not printed, or it is not known. The ticket stays
    /// valid and staff are told.
    NotPrinted {
        /// Ticket id.
        ticket: u64,
        /// What went wrong.
        reason: NotPrintedReason,
    },
    /// Kiosk: nobody holds this ticket, for its answer came after the customer was sent away.
    /// A ticket that waits is cancelled, and the record says so.
    Void {
        /// Ticket id.
        ticket: u64,
    },
    /// Counter: a clerk sits down. A counter that is open under the same clerk stays as it is.
    SignIn {
        /// Number of the counter.
        counter: u16,
        /// The clerk's name or badge.
        clerk: String,
    },
    /// Counter: the clerk leaves. Refused while a ticket is in hand.
    SignOut {
        /// Number of the counter.
        counter: u16,
    },
    /// Counter: finish whoever is being served, and call the next. Answered by [`crate::Done::Called`].
    CallNext {
        /// Number of the counter.
        counter: u16,
    },
    /// Counter: show and speak the call in hand again.
    Recall {
        /// Number of the counter.
        counter: u16,
    },
    /// Counter: the called customer stands at the counter.
    Arrive {
        /// Number of the counter.
        counter: u16,
    },
    /// Counter: the customer in hand is done, also one who came without the counter saying so.
    Finish {
        /// Number of the counter.
        counter: u16,
    },
    /// Counter: the called customer did not come.
    NoShow {
        /// Number of the counter.
        counter: u16,
    },
    /// Counter: no calls for now. Whoever is in hand is still served.
    Pause {
        /// Number of the counter.
        counter: u16,
        /// Why, for the supervisor; at most [`crate::MAX_REASON_CHARS`] characters.
        reason: String,
    },
    /// Counter: calls again.
    Resume {
        /// Number of the counter.
        counter: u16,
    },
}

impl Act {
    /// Which role may ask this. The one table of rights between roles and acts.
    #[must_use]
    pub fn role(&self) -> Role {
        match self {
            Self::Take { .. }
            | Self::Printed { .. }
            | Self::NotPrinted { .. }
            | Self::Void { .. } => Role::Kiosk,
            Self::SignIn { .. }
            | Self::SignOut { .. }
            | Self::CallNext { .. }
            | Self::Recall { .. }
            | Self::Arrive { .. }
            | Self::Finish { .. }
            | Self::NoShow { .. }
            | Self::Pause { .. }
            | Self::Resume { .. } => Role::Counter,
        }
    }
}

/// Why a slip is not on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotPrintedReason {
    /// The roll is empty.
    PaperOut,
    /// The cover stands open.
    CoverOpen,
    /// The cutter is jammed.
    CutterJam,
    /// The printer says that it is offline, or has another fault.
    PrinterFault,
    /// Nothing answers at the printer's address.
    Unreachable,
    /// The link broke after the first byte: there may or may not be a slip.
    Unknown,
    /// This kiosk has no printer.
    NoPrinter,
}
