use crate::{
    AppointmentCode, Channel, ClassCode, CounterNumber, Date, Desk, Holder, NoPaper, OutcomeCode,
    ServiceCode, TicketId,
};

/// What somebody wants the hall to do. Who may want it is not the rules' business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Issue a ticket.
    Take {
        /// For these services.
        errands: Vec<ServiceCode>,
        /// To a customer of this class.
        class: ClassCode,
        /// Where.
        channel: Channel,
        /// Whose telephone number it is.
        holder: Option<Holder>,
    },
    /// Make an appointment.
    Book {
        /// Its code, which no other has.
        appointment: AppointmentCode,
        /// The service.
        service: ServiceCode,
        /// The class.
        class: ClassCode,
        /// When.
        slot: Slot,
    },
    /// Issue the ticket of an appointment.
    CheckIn {
        /// The appointment.
        appointment: AppointmentCode,
        /// Its service.
        service: ServiceCode,
        /// Its class.
        class: ClassCode,
        /// Its time, in milliseconds since 1970.
        slot_wall_ms: i64,
        /// Where.
        channel: Channel,
    },
    /// Record that the slip was printed.
    Printed {
        /// The ticket.
        ticket: TicketId,
        /// How many copies with the bar of a reprint are on paper.
        copies: u32,
    },
    /// Record that the slip was not printed, or that nobody knows.
    NotPrinted(TicketId, NoPaper),
    /// Print the slip again.
    Reprint(TicketId),
    /// End a ticket before it is served.
    Cancel(TicketId, CancelWhy),
    /// A customer who missed a call is back.
    Return(TicketId),
    /// Put a customer in a class.
    SetClass {
        /// The ticket.
        ticket: TicketId,
        /// The class.
        class: ClassCode,
        /// Whether the proof was seen.
        verified: bool,
    },
    /// A clerk sits down at a counter.
    SignIn {
        /// The counter.
        counter: CounterNumber,
        /// The clerk's name or badge.
        clerk: String,
    },
    /// The clerk of a counter leaves.
    SignOut(CounterNumber),
    /// Finish the one being served, if any, and call the next.
    CallNext(CounterNumber),
    /// Finish the one being served, if any, and call this one.
    CallChosen(CounterNumber, TicketId),
    /// The same as [`Command::CallNext`], or call whoever comes as soon as somebody does.
    AwaitNext(CounterNumber),
    /// Do not call whoever comes any more.
    StopAwaiting(CounterNumber),
    /// Serve somebody who has no ticket.
    ServeWithout {
        /// The counter.
        counter: CounterNumber,
        /// The service.
        service: ServiceCode,
        /// The class.
        class: ClassCode,
    },
    /// Call the one in hand again.
    Recall(CounterNumber),
    /// The called customer stands at the counter.
    Arrive(CounterNumber),
    /// The errand in hand is done.
    Finish {
        /// The counter.
        counter: CounterNumber,
        /// What came of it.
        outcome: Option<OutcomeCode>,
    },
    /// The called customer did not come.
    NoShow(CounterNumber),
    /// The customer came after all.
    UndoNoShow(CounterNumber, TicketId),
    /// Put the customer in hand aside.
    Hold {
        /// The counter.
        counter: CounterNumber,
        /// Why.
        reason: String,
        /// After how long the ticket is back in line by itself, in milliseconds.
        for_ms: Option<u64>,
    },
    /// Go on with a customer who was put aside, at any counter.
    ResumeHeld(CounterNumber, TicketId),
    /// Send the customer in hand back to the queue.
    PutBack(CounterNumber, PutBack),
    /// Hand the customer in hand over.
    Transfer {
        /// The counter.
        counter: CounterNumber,
        /// To whom.
        to: Desk,
        /// For the colleague.
        note: Option<String>,
        /// Whether the time waited counts on.
        keep_time: bool,
        /// Whether the customer comes back to this counter afterwards.
        come_back: bool,
    },
    /// No calls for now.
    Pause {
        /// The counter.
        counter: CounterNumber,
        /// Why.
        reason: String,
    },
    /// Calls again.
    Resume(CounterNumber),
    /// No printer works: call numbers of the pre-printed roll.
    BeginRoll {
        /// The number that is torn off next.
        first: u32,
    },
    /// Printers work again.
    EndRoll,
}

/// The time of an appointment, as three clocks tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// In milliseconds since 1970.
    pub wall_ms: i64,
    /// Its business day.
    pub date: Date,
    /// In milliseconds since that day's midnight.
    pub time_of_day_ms: u32,
}

/// Why a ticket ends before it is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelWhy {
    /// Nobody holds it.
    HeldByNobody,
    /// The customer said so.
    Customer,
    /// Staff said so.
    Staff,
}

/// Where somebody goes who is sent back to the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutBack {
    /// Before everybody.
    First,
    /// Where the time waited says.
    ByTime,
    /// As if just come.
    Last,
}
