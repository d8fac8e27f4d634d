use crate::{
    AppointmentCode, CallId, ClassCode, CounterNumber, Holder, Moment, NoPaper, Number,
    OutcomeCode, Reason, ServiceCode, TicketId,
};

/// A ticket of the open day.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: Number,
    /// Its class.
    pub class: ClassCode,
    /// Whether staff saw the proof of the class.
    pub verified: bool,
    /// What its customer came for; never empty.
    pub errands: Vec<Errand>,
    /// Whether the errands are done in their order.
    pub in_order: bool,
    /// The errand that is called, served or on hold, or was last.
    pub current: usize,
    /// Where it stands.
    pub state: State,
    /// How it stands in line while it waits.
    pub place: Place,
    /// From when on its waiting counts, by the steady clock, in milliseconds. The time in which it
    /// did not wait is left out, so this moves on with every call.
    pub waits_from_ms: u64,
    /// When it was issued.
    pub issued: Moment,
    /// How it came about.
    pub channel: Channel,
    /// Whose it is, where the hall asks for a telephone number.
    pub holder: Option<Holder>,
    /// Its appointment.
    pub appointment: Option<AppointmentCode>,
    /// What is known of its paper.
    pub paper: Paper,
    /// How often its slip was printed again.
    pub copies: u32,
    /// Its last call, once it was called.
    pub call: Option<Call>,
    /// The calls that its customer missed.
    pub missed: Missed,
    /// What was said of its wait.
    pub wait_told: Told,
    /// What a clerk wrote who handed it over.
    pub note: Option<String>,
    /// Why and how long it is on hold.
    pub hold: Option<Hold>,
}

/// One business of a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    /// The service.
    pub service: ServiceCode,
    /// Who may do it.
    pub desk: Desk,
    /// What came of it, once it is done.
    pub done: Option<ErrandDone>,
}

/// What came of an errand.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrandDone {
    /// Where it was done.
    pub counter: CounterNumber,
    /// How it ended, if the clerk said.
    pub outcome: Option<OutcomeCode>,
}

/// Who may do an errand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Desk {
    /// Every counter that takes the service.
    Service(ServiceCode),
    /// This counter.
    Counter(CounterNumber),
    /// This clerk, at whatever counter.
    Clerk(String),
}

/// How a ticket stands in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before everybody; among several the one that was put there earlier.
    First {
        /// When it was put there, by the steady clock, in milliseconds.
        since_ms: u64,
    },
    /// By its score.
    ByScore,
    /// First, but not before the service has had so many calls on this day.
    AfterCalls(u32),
}

/// How a ticket came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// At a kiosk.
    Kiosk,
    /// From a guide.
    Guide,
    /// By telephone.
    Phone,
    /// Served without one.
    WalkIn,
    /// Torn off the pre-printed roll.
    Roll,
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
    /// When the customer came, or when the present errand began.
    pub arrived: Option<Moment>,
    /// Why it was called; absent if it was served without a ticket.
    pub reason: Option<Reason>,
    /// What was said of the handling.
    pub handling_told: Told,
}

/// The calls that a customer missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// How many.
    pub count: u32,
    /// When the last was given up.
    pub at: Moment,
    /// How many calls the service had had on this day.
    pub calls: u32,
}

/// What was said of a time against its limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// That it is close.
    pub near: bool,
    /// That it is past.
    pub over: bool,
}

/// A ticket put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// When it is back in line by itself, if it is.
    pub until: Option<Moment>,
}

/// Where a ticket stands. ARCHITECTURE.md has the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// In a line.
    Waiting,
    /// Called to a counter, and expected there.
    Called,
    /// At the counter.
    Serving,
    /// Put aside, to be gone on with.
    Held,
    /// Done.
    Finished,
    /// Called in vain.
    NoShow,
    /// Given up, or held by nobody.
    Cancelled,
    /// Left over at the end of the day.
    Expired,
}

impl State {
    /// Whether the hall still has something to do for it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Waiting | Self::Called | Self::Serving | Self::Held
        )
    }

    /// Whether it is at a counter, or expected there.
    #[must_use]
    pub fn is_in_hand(self) -> bool {
        matches!(self, Self::Called | Self::Serving)
    }
}

impl Ticket {
    /// The errand that is called, served or on hold, or was last.
    #[must_use]
    pub fn errand(&self) -> &Errand {
        &self.errands[self.current]
    }

    /// The service of that errand.
    #[must_use]
    pub fn service(&self) -> &ServiceCode {
        &self.errand().service
    }

    /// The errands that are not done, with their places.
    pub fn open_errands(&self) -> impl Iterator<Item = (usize, &Errand)> {
        self.errands
            .iter()
            .enumerate()
            .filter(|(_, errand)| errand.done.is_none())
    }

    /// The errands for which it may be called now.
    pub fn callable_errands(&self) -> impl Iterator<Item = (usize, &Errand)> {
        let first_open = self.open_errands().next().map(|(errand, _)| errand);
        let only = match self.place {
            Place::AfterCalls(_) => Some(self.current),
            Place::First { .. } | Place::ByScore if self.in_order => first_open,
            Place::First { .. } | Place::ByScore => None,
        };
        self.open_errands()
            .filter(move |(errand, _)| only.is_none_or(|only| only == *errand))
    }

    /// How long it has waited, in milliseconds, without the time in which it was served.
    #[must_use]
    pub fn waited_ms(&self, now: Moment) -> u64 {
        now.steady_ms.saturating_sub(self.waits_from_ms)
    }

    /// From when on its waiting counts if it goes back into line now and keeps what it had
    /// waited when it was called.
    #[must_use]
    pub fn keeps_time_from_ms(&self, now: Moment) -> u64 {
        let called_ms = self.call.as_ref().map(|call| call.first.steady_ms);
        let had_waited_ms = called_ms.map_or(0, |called| called.saturating_sub(self.waits_from_ms));
        now.steady_ms.saturating_sub(had_waited_ms)
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
