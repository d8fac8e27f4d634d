use crate::{CounterNumber, Number};

/// Why a command changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such service.
    UnknownService,
    /// No such class.
    UnknownClass,
    /// No such counter.
    UnknownCounter,
    /// No such ticket on this day.
    UnknownTicket,
    /// No such outcome.
    UnknownOutcome,
    /// No errand, or one of them twice.
    BadErrands,
    /// No number of the series is left today.
    NumbersUsedUp,
    /// As many numbers of the service as this part of the day has are given out.
    QuotaUsedUp,
    /// As many wait as may wait.
    HallFull,
    /// Nobody is taken at this hour.
    NotOpen {
        /// From this time of day on somebody is, in milliseconds since midnight.
        opens_ms: Option<u32>,
    },
    /// The doors are about to close.
    CutOff,
    /// There is no telephone number, and the hall needs one.
    PhoneNeeded,
    /// The same telephone number has this open ticket.
    PhoneHasTicket(Number),
    /// The customer of the appointment has checked in.
    AppointmentUsed,
    /// It is too early to check in.
    TooEarly {
        /// From when on it may be done, in milliseconds since 1970.
        from_wall_ms: i64,
    },
    /// The slot is over.
    TooLate,
    /// Nobody waits whom this counter may serve.
    NobodyWaits,
    /// Clerks do not choose whom they call.
    MayNotChoose,
    /// The counter or its clerk does not serve this ticket.
    NotServedHere,
    /// Nobody has signed in.
    CounterClosed,
    /// The counter is paused.
    CounterPaused,
    /// The counter is not paused.
    CounterNotPaused,
    /// Somebody else has signed in there.
    CounterTaken(String),
    /// The clerk has signed in elsewhere.
    ClerkElsewhere(CounterNumber),
    /// The clerk has signed in nowhere.
    ClerkAway,
    /// The customer would be handed over to where he is.
    AlreadyThere,
    /// A called customer has neither come nor been given up.
    StillCalled(Number),
    /// Somebody is in hand.
    StillInHand(Number),
    /// Nobody is in hand.
    NothingInHand,
    /// The customer has already come.
    AlreadyArrived,
    /// The call was repeated as often as it may be.
    RecallsUsedUp,
    /// The call was repeated just now.
    RecallTooSoon {
        /// After so many milliseconds it may be.
        wait_ms: u64,
    },
    /// The ticket is not waiting.
    NotWaiting,
    /// The ticket is not on hold.
    NotOnHold,
    /// The ticket is no no-show, or not one of this counter.
    NotNoShow,
    /// The tolerance for a missed call is over.
    TooLateToReturn,
    /// Too many calls were missed.
    MissedTooOften,
    /// The ticket is over.
    TicketEnded,
    /// The slip is recorded as printed.
    AlreadyPrinted,
    /// The hall has no pre-printed roll.
    NoRoll,
    /// Numbers come from the pre-printed roll now.
    RollInUse,
    /// They do not.
    RollNotInUse,
    /// The roll has no such number that was not called today.
    NotOnRoll {
        /// The first that may be called.
        first: u32,
        /// The last.
        last: u32,
    },
}
