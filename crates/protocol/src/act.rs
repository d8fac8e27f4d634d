//! What a client may ask of the hall.

use serde::{Deserialize, Serialize};

use crate::{Role, Secret};

/// One act. Each travels in a [`crate::ClientFrame::Request`] with a request id; the same id
/// again gets the same answer and changes nothing. [`Act::roles`] says who may ask it, and
/// `PROTOCOL.md` what refuses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// Take a ticket. Answered by [`crate::Done::Issued`].
    Take {
        /// Code of the service, as in its row.
        service: String,
        /// Code of the customer class, as in the hall row.
        class: String,
        /// Codes of further services of the same visit. The hall may improve the order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        then: Vec<String>,
        /// The customer's telephone number, where the hall asks for it. Digits, spaces, `+` and `-`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
    },
    /// Make an appointment. Answered by [`crate::Done::Booked`].
    Book {
        /// Code of the service.
        service: String,
        /// Code of the class.
        class: String,
        /// Local date and time of the slot, `2026-11-23 10:00`.
        slot: String,
    },
    /// The customer of an appointment is here. Answered by [`crate::Done::Issued`].
    CheckIn {
        /// The appointment's code.
        code: String,
    },
    /// The slip of this ticket was printed.
    Printed {
        /// Ticket id.
        ticket: u64,
        /// How many copies with the bar of a reprint are on paper by now.
        #[serde(default, skip_serializing_if = "is_zero")]
        copies: u32,
    },
    /// The slip of this ticket was not printed, or it is not known. The ticket stays valid and
    /// staff are told.
    NotPrinted {
        /// Ticket id.
        ticket: u64,
        /// What went wrong.
        reason: NotPrintedReason,
    },
    /// Print the slip again, with the same number. Answered by [`crate::Done::Reprint`].
    Reprint {
        /// The number.
        number: String,
    },
    /// Nobody holds this ticket, for its answer came after the customer was sent away.
    /// A ticket that waits is cancelled, and the record says so.
    Void {
        /// Ticket id.
        ticket: u64,
    },
    /// The customer does not want to be served any more. A telephone cancels for its customer,
    /// staff for theirs.
    Cancel {
        /// The number.
        number: String,
        /// From the slip ([`crate::Issued::token`]). A telephone must say it, staff need not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Secret>,
    },
    /// A customer who missed a call is back. Answered by [`crate::Done::Returned`].
    Return {
        /// The number.
        number: String,
        /// From the slip ([`crate::Issued::token`]). A telephone must say it, others need not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Secret>,
    },
    /// Staff saw the proof of a class, or did not, or put the customer in another class.
    SetClass {
        /// The number.
        number: String,
        /// Code of the class.
        class: String,
        /// Whether the proof was seen.
        verified: bool,
    },
    /// A person takes a device in hand and opens no counter with it: a guide a tablet, a supervisor a clerk's
    /// screen. Until [`Act::Leave`] what is done on it is done by this person.
    Identify {
        /// The name.
        person: String,
        /// The PIN, where the hall row says that one is asked for. It is stored nowhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<Secret>,
    },
    /// The person gives the device back.
    Leave {},
    /// A clerk sits down. A counter that is open under the same clerk stays as it is.
    SignIn {
        /// Number of the counter.
        counter: u16,
        /// The clerk's name or badge.
        clerk: String,
        /// The PIN, where the hall row says that one is asked for. It is stored nowhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<Secret>,
    },
    /// The clerk leaves. Refused while a ticket is in hand.
    SignOut {
        /// Number of the counter.
        counter: u16,
    },
    /// Finish whoever is being served, and call the next. Answered by [`crate::Done::Called`], or
    /// by [`crate::Done::Continued`] if the one in hand has another errand that is done here.
    CallNext {
        /// Number of the counter.
        counter: u16,
    },
    /// Call a certain number. Always recorded as chosen. Answered by [`crate::Done::Called`].
    CallNumber {
        /// Number of the counter.
        counter: u16,
        /// The number.
        number: String,
    },
    /// Nobody waits: call whoever comes next as soon as somebody does. Answered by
    /// [`crate::Done::Called`] if somebody waits after all.
    AwaitNext {
        /// Number of the counter.
        counter: u16,
    },
    /// Do not call whoever comes next by itself any more.
    StopAwaiting {
        /// Number of the counter.
        counter: u16,
    },
    /// Serve somebody who has no ticket.
    ServeWithout {
        /// Number of the counter.
        counter: u16,
        /// Code of the service.
        service: String,
        /// Code of the class.
        class: String,
    },
    /// Show and speak the call in hand again.
    Recall {
        /// Number of the counter.
        counter: u16,
    },
    /// The called customer stands at the counter.
    Arrive {
        /// Number of the counter.
        counter: u16,
    },
    /// The customer in hand is done, also one who came without the counter saying so. Answered by
    /// [`crate::Done::Continued`] if there is another errand that is done here.
    Finish {
        /// Number of the counter.
        counter: u16,
        /// What came of it: a code of the hall row.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    /// The called customer did not come.
    NoShow {
        /// Number of the counter.
        counter: u16,
    },
    /// The customer came after all: the call stands again as it was.
    UndoNoShow {
        /// Number of the counter.
        counter: u16,
        /// The number.
        number: String,
    },
    /// Put the customer in hand aside, who fetches something, and be free for others.
    Hold {
        /// Number of the counter.
        counter: u16,
        /// Why, at most [`crate::MAX_REASON_CHARS`] characters.
        reason: String,
        /// After how many minutes the customer is back in line by itself; at most
        /// [`crate::MAX_HOLD_MIN`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minutes: Option<u32>,
    },
    /// Go on with a customer who was put aside.
    ResumeHeld {
        /// Number of the counter.
        counter: u16,
        /// The number.
        number: String,
    },
    /// Send the customer in hand back to the queue.
    PutBack {
        /// Number of the counter.
        counter: u16,
        /// Where in the queue.
        place: PlaceInLine,
    },
    /// Hand the customer in hand over (转办). The ticket stays the same.
    Transfer {
        /// Number of the counter.
        counter: u16,
        /// To whom.
        to: TransferTo,
        /// For the colleague, at most [`crate::MAX_REASON_CHARS`] characters; may be empty.
        note: String,
        /// Whether the time waited so far counts on.
        keep_time: bool,
        /// Whether the customer comes back to this counter afterwards.
        come_back: bool,
    },
    /// No calls for now. Whoever is in hand is still served.
    Pause {
        /// Number of the counter.
        counter: u16,
        /// Why, for the supervisor; at most [`crate::MAX_REASON_CHARS`] characters.
        reason: String,
    },
    /// Calls again.
    Resume {
        /// Number of the counter.
        counter: u16,
    },
    /// No printer works: people tear numbers off the pre-printed roll, nobody gets another one, and
    /// counters call them in their order once nobody else waits. Also when another roll is put in.
    BeginRoll {
        /// The number that is torn off next, without its letters.
        first: u32,
    },
    /// Printers work again.
    EndRoll {},
    /// The figures of the open day. Answered by [`crate::Done::Report`].
    Report {},
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Act {
    /// Which roles may ask this. The one table of rights between roles and acts.
    #[must_use]
    pub fn roles(&self) -> &'static [Role] {
        use Role::{Counter, Guide, Kiosk, Phone, Supervisor};
        match self {
            Self::Take { .. } | Self::CheckIn { .. } => &[Kiosk, Guide, Phone, Supervisor],
            Self::Book { .. } => &[Guide, Supervisor, Phone],
            Self::Printed { .. } | Self::NotPrinted { .. } => &[Kiosk, Counter, Guide, Supervisor],
            Self::Void { .. } => &[Kiosk],
            Self::Cancel { .. } => &[Counter, Guide, Phone, Supervisor],
            Self::Return { .. } => &[Kiosk, Phone, Counter, Guide, Supervisor],
            Self::Reprint { .. } | Self::SetClass { .. } => &[Counter, Guide, Supervisor],
            Self::Identify { .. } | Self::Leave {} => &[Counter, Guide, Supervisor],
            Self::SignIn { .. }
            | Self::SignOut { .. }
            | Self::CallNext { .. }
            | Self::CallNumber { .. }
            | Self::AwaitNext { .. }
            | Self::StopAwaiting { .. }
            | Self::ServeWithout { .. }
            | Self::Recall { .. }
            | Self::Arrive { .. }
            | Self::Finish { .. }
            | Self::NoShow { .. }
            | Self::UndoNoShow { .. }
            | Self::Hold { .. }
            | Self::ResumeHeld { .. }
            | Self::PutBack { .. }
            | Self::Transfer { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::Report {} => &[Counter, Supervisor],
            Self::BeginRoll { .. } | Self::EndRoll {} => &[Counter, Guide, Supervisor],
        }
    }

    /// Whether a role may ask this.
    #[must_use]
    pub fn may_be_asked_by(&self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// To take a ticket for one service.
    pub fn take(service: impl Into<String>, class: impl Into<String>) -> Self {
        Self::Take {
            service: service.into(),
            class: class.into(),
            then: Vec::new(),
            phone: None,
        }
    }

    /// To sit down at a counter of a hall that asks for no PIN.
    pub fn sign_in(counter: u16, clerk: impl Into<String>) -> Self {
        Self::SignIn {
            counter,
            clerk: clerk.into(),
            pin: None,
        }
    }

    /// To cancel a ticket for its customer.
    pub fn cancel(number: impl Into<String>) -> Self {
        Self::Cancel {
            number: number.into(),
            token: None,
        }
    }

    /// To bring a customer back who missed a call.
    pub fn comes_back(number: impl Into<String>) -> Self {
        Self::Return {
            number: number.into(),
            token: None,
        }
    }

    /// To finish whoever is in hand, with nothing more to say.
    #[must_use]
    pub fn finish(counter: u16) -> Self {
        Self::Finish {
            counter,
            outcome: None,
        }
    }
}

/// Where in the queue a customer goes who is sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaceInLine {
    /// Before everybody.
    First,
    /// Where the time waited says.
    ByTime,
    /// Behind everybody who waits now.
    Last,
}

/// To whom a customer is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum TransferTo {
    /// Whoever takes this service.
    Service {
        /// Its code.
        service: String,
    },
    /// This counter.
    Counter {
        /// Its number.
        number: u16,
    },
    /// This clerk, who must have signed in somewhere.
    Clerk {
        /// The name.
        clerk: String,
    },
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
