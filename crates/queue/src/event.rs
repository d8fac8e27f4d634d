use crate::{CallId, ClassCode, CounterNumber, Date, Moment, Number, ServiceCode, TicketId};

/// Something that happened, and when. Events are for ever: what one means never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened.
    pub at: Moment,
    /// What happened.
    pub what: Happening,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A business day began; everything of the day before is forgotten by the rules.
    DayOpened {
        /// The day.
        day: Date,
        /// When it ends, by the steady clock, in milliseconds.
        turns_at_steady_ms: u64,
    },
    /// The business day ended.
    DayClosed {
        /// The day.
        day: Date,
    },
    /// A ticket was issued and waits.
    Issued {
        /// Its id.
        ticket: TicketId,
        /// Its number.
        number: Number,
        /// Its service.
        service: ServiceCode,
        /// Its class.
        class: ClassCode,
    },
    /// Its slip was printed.
    Printed {
        /// The ticket.
        ticket: TicketId,
    },
    /// Its slip was not printed.
    NotPrinted {
        /// The ticket.
        ticket: TicketId,
        /// Why.
        why: NoPaper,
    },
    /// It was cancelled, for nobody holds it.
    Cancelled {
        /// The ticket.
        ticket: TicketId,
    },
    /// It was left over at the end of the day.
    Expired {
        /// The ticket.
        ticket: TicketId,
    },
    /// A clerk sat down at a counter, which is open from now on.
    SignedIn {
        /// The counter.
        counter: CounterNumber,
        /// The clerk.
        clerk: String,
    },
    /// The clerk left; the counter is closed.
    SignedOut {
        /// The counter.
        counter: CounterNumber,
    },
    /// A ticket was called to a counter.
    Called {
        /// The call.
        call: CallId,
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
        /// Why this ticket.
        reason: Reason,
    },
    /// It was called again.
    Recalled {
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
    },
    /// Its customer came to the counter.
    Arrived {
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
    },
    /// Its business is done.
    Finished {
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
    },
    /// Its customer did not come.
    NoShow {
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
    },
    /// A counter stopped calling for now.
    Paused {
        /// The counter.
        counter: CounterNumber,
        /// Why.
        reason: String,
    },
    /// A counter calls again.
    Resumed {
        /// The counter.
        counter: CounterNumber,
    },
}

/// Why this ticket was called and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// How long it had waited, in milliseconds.
    pub waited_ms: u64,
    /// The head start of its class, in milliseconds.
    pub head_start_ms: u64,
    /// The target of its class at its service, in milliseconds.
    pub target_ms: u64,
    /// How many who came earlier, and whom the counter serves, it went before; counted up to 1,000.
    pub overtook: u32,
    /// The first eight of those.
    pub passed_over: Vec<TicketId>,
}

impl Reason {
    /// The score by which it won, `(waited + head start) / target`, in thousandths.
    #[must_use]
    pub fn score_milli(&self) -> u64 {
        let credit_ms = u128::from(self.waited_ms) + u128::from(self.head_start_ms);
        u64::try_from(credit_ms * 1_000 / u128::from(self.target_ms.max(1))).unwrap_or(u64::MAX)
    }
}

/// Why a slip is not on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPaper {
    /// The roll is empty.
    PaperOut,
    /// The cover stands open.
    CoverOpen,
    /// The cutter is jammed.
    CutterJam,
    /// The printer has another fault.
    PrinterFault,
    /// Nothing answers at the printer's address.
    Unreachable,
    /// The link broke after the first byte.
    Unknown,
    /// There is no printer.
    NoPrinter,
}
