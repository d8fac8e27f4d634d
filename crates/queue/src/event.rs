use crate::{
    AppointmentCode, CallId, CancelWhy, Channel, ClassCode, CounterNumber, Date, Desk, Holder,
    Moment, Number, OutcomeCode, Place, Reason, ServiceCode, TicketId,
};

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
    Issued(Box<Issued>),
    /// An appointment was made.
    Booked {
        /// Its code.
        appointment: AppointmentCode,
        /// The service.
        service: ServiceCode,
        /// The class.
        class: ClassCode,
        /// When, in milliseconds since 1970.
        slot_wall_ms: i64,
    },
    /// Its slip was printed.
    Printed {
        /// The ticket.
        ticket: TicketId,
        /// How many copies with the bar of a reprint there are now.
        copies: u32,
    },
    /// Its slip was not printed.
    NotPrinted {
        /// The ticket.
        ticket: TicketId,
        /// Why.
        why: NoPaper,
    },
    /// Its slip is to be printed again.
    Reprinted {
        /// The ticket.
        ticket: TicketId,
    },
    /// It ended before it was served.
    Cancelled {
        /// The ticket.
        ticket: TicketId,
        /// Why.
        why: CancelWhy,
    },
    /// It was left over at the end of the day.
    Expired {
        /// The ticket.
        ticket: TicketId,
    },
    /// Staff put its customer in a class.
    ClassSet {
        /// The ticket.
        ticket: TicketId,
        /// The class.
        class: ClassCode,
        /// Whether the proof was seen.
        verified: bool,
    },
    /// A clerk sat down at a counter, which is open from now on.
    SignedIn {
        /// The counter.
        counter: CounterNumber,
        /// The clerk.
        clerk: String,
    },
    /// The clerk left; the counter is closed, and who waited for this clerk or counter alone
    /// waits for the service.
    SignedOut {
        /// The counter.
        counter: CounterNumber,
    },
    /// A counter calls whoever comes.
    Awaiting {
        /// The counter.
        counter: CounterNumber,
    },
    /// It does so no more.
    StoppedAwaiting {
        /// The counter.
        counter: CounterNumber,
    },
    /// A ticket was called to a counter.
    Called {
        /// The call.
        call: CallId,
        /// The ticket.
        ticket: TicketId,
        /// Which of its errands.
        errand: usize,
        /// The counter.
        counter: CounterNumber,
        /// Why this ticket.
        reason: Reason,
    },
    /// Somebody without a ticket is served, and has one for the record.
    ServedWithout {
        /// The call.
        call: CallId,
        /// The ticket.
        ticket: TicketId,
        /// Its number.
        number: Number,
        /// The service.
        service: ServiceCode,
        /// The class.
        class: ClassCode,
        /// The counter.
        counter: CounterNumber,
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
    /// The errand in hand is done.
    Finished {
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
        /// What came of it.
        outcome: Option<OutcomeCode>,
        /// How it goes on.
        then: Then,
    },
    /// Its customer did not come.
    NoShow {
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
    },
    /// Its customer came after all; the call stands again.
    NoShowUndone {
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
    },
    /// Its customer was put aside.
    Held {
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
        /// Why.
        reason: String,
        /// When it is back in line by itself.
        until: Option<Moment>,
    },
    /// A counter goes on with a customer who was put aside.
    HoldResumed {
        /// The ticket.
        ticket: TicketId,
        /// The counter.
        counter: CounterNumber,
    },
    /// It is in line again.
    Requeued {
        /// The ticket.
        ticket: TicketId,
        /// Why.
        why: Requeue,
        /// How it stands there.
        place: Place,
        /// From when on its waiting counts, by the steady clock, in milliseconds.
        waits_from_ms: u64,
    },
    /// Its customer was handed over, and is in line.
    Transferred {
        /// The ticket.
        ticket: TicketId,
        /// From which counter.
        counter: CounterNumber,
        /// To whom.
        to: Desk,
        /// For the colleague.
        note: Option<String>,
        /// From when on its waiting counts, by the steady clock, in milliseconds.
        waits_from_ms: u64,
        /// Whether it comes back to the counter afterwards.
        come_back: bool,
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
    /// Its wait is close to its target.
    WaitNear {
        /// The ticket.
        ticket: TicketId,
    },
    /// Its wait is past its target.
    WaitOver {
        /// The ticket.
        ticket: TicketId,
    },
    /// Its handling is close to the limit.
    HandlingNear {
        /// The ticket.
        ticket: TicketId,
    },
    /// Its handling is past the limit.
    HandlingOver {
        /// The ticket.
        ticket: TicketId,
    },
    /// Numbers come from the pre-printed roll, which is issued when they are called.
    RollBegun {
        /// The first that is called.
        next: u32,
    },
    /// Numbers come from printers again.
    RollEnded,
    /// Something that is no business of the rules and stands in the same record: who was let in or shut out.
    /// The rules do not look at it.
    Noted {
        /// In the words of whoever noted it, for whoever reads the record.
        note: String,
    },
    /// A level was passed.
    AlarmRaised {
        /// Of what.
        alarm: Alarm,
        /// The level: people, or milliseconds.
        level: u64,
    },
    /// It is well below the level again.
    AlarmCleared {
        /// Of what.
        alarm: Alarm,
    },
}

/// A new ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Its id.
    pub ticket: TicketId,
    /// Its number.
    pub number: Number,
    /// Its services.
    pub errands: Vec<ServiceCode>,
    /// Whether they are done in this order.
    pub in_order: bool,
    /// Its class.
    pub class: ClassCode,
    /// Where it was taken.
    pub channel: Channel,
    /// Whose telephone number it is.
    pub holder: Option<Holder>,
    /// Its appointment.
    pub appointment: Option<AppointmentCode>,
    /// From when on its waiting counts, by the steady clock, in milliseconds.
    pub waits_from_ms: u64,
    /// The minute of the business day, by the clock on the wall.
    pub minute: u16,
}

/// How a ticket goes on when an errand is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It was the last errand.
    Done,
    /// This errand is done at the same counter.
    Here(usize),
    /// The next errand waits.
    InLine {
        /// From when on its waiting counts, by the steady clock, in milliseconds.
        waits_from_ms: u64,
    },
}

/// Why a ticket is in line again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeue {
    /// A clerk sent it back.
    PutBack,
    /// The time on hold is over.
    HoldOver,
    /// Its customer missed a call and is back.
    Returned,
}

/// What staff are alarmed about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// Many people wait, in the hall or for a service.
    People(Option<ServiceCode>),
    /// Somebody waits long, in the hall or for a service.
    LongestWait(Option<ServiceCode>),
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
