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
    /// No number of the series is left today.
    NumbersUsedUp,
    /// As many wait as may wait.
    HallFull,
    /// Nobody waits whom this counter may serve.
    NobodyWaits,
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
    /// A called customer has neither come nor been given up.
    StillCalled(Number),
    /// Somebody is in hand.
    StillInHand(Number),
    /// Nobody is in hand.
    NothingInHand,
    /// The customer has already come.
    AlreadyArrived,
    /// The ticket is not waiting.
    NotWaiting,
    /// The slip is recorded as printed.
    AlreadyPrinted,
}
