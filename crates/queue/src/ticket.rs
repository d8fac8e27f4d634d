use crate::{
    CallId, ClassCode, CounterNumber, Moment, NoPaper, Number, Reason, ServiceCode, TicketId,
};

/// A ticket of the open day.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: Number,
    /// Its service.
    pub service: ServiceCode,
    /// Its class.
    pub class: ClassCode,
    /// When it was issued.
    pub issued: Moment,
    /// Where its errand stands.
    pub state: State,
    /// What is known of its paper.
    pub paper: Paper,
    /// Its call, once it was called.
    pub call: Option<Call>,
}

/// The call of a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// To which counter.
    pub counter: CounterNumber,
    /// When it was called first.
    pub first: Moment,
    /// When it was called last.
    pub last: Moment,
    /// How often it was called again.
    pub recalls: u32,
    /// When the customer came.
    pub arrived: Option<Moment>,
    /// Why it was called.
    pub reason: Reason,
}

/// Where an errand stands. ARCHITECTURE.md has the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// In a line.
    Waiting,
    /// Called to a counter, and expected there.
    Called,
    /// At the counter.
    Serving,
    /// Done.
    Finished,
    /// Called in vain.
    NoShow,
    /// Nobody holds it.
    Cancelled,
    /// Left over at the end of the day.
    Expired,
}

impl State {
    /// Whether the hall still has something to do for it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Called | Self::Serving)
    }
}

/// What is known of a ticket's slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// The kiosk has not said yet.
    Unknown,
    /// It is on paper.
    Printed,
    /// It is not.
    Missing(NoPaper),
}
