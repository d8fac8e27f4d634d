use serde::{Deserialize, Serialize};

/// Why an act was not done. A refusal is a value: nothing changed, and the person at the screen
/// can do something about it. A client words it in the language of its screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The hall has no such service: read its rows again.
    UnknownService,
    /// The hall has no such class: read its rows again.
    UnknownClass,
    /// The hall has no such counter.
    UnknownCounter,
    /// The hall has no such ticket today.
    UnknownTicket,
    /// All numbers of the series are given out for today: send people to the guide desk.
    NumbersUsedUp,
    /// As many tickets wait as the hall's settings allow: try again when some were called.
    HallFull,
    /// Nobody waits whom this counter may serve.
    NobodyWaits,
    /// Nobody has signed in at this counter.
    CounterClosed,
    /// The counter is paused: resume first.
    CounterPaused,
    /// The counter is not paused.
    CounterNotPaused,
    /// Another clerk has signed in at this counter.
    CounterTaken {
        /// That clerk.
        clerk: String,
    },
    /// The clerk has signed in at another counter: sign out there first.
    ClerkElsewhere {
        /// That counter.
        counter: u16,
    },
    /// A called customer has neither come nor been marked as a no-show.
    StillCalled {
        /// The number in hand.
        number: String,
    },
    /// There is somebody in hand: finish first.
    StillInHand {
        /// The number in hand.
        number: String,
    },
    /// The counter has nobody in hand.
    NothingInHand,
    /// The customer has already come to the counter.
    AlreadyArrived,
    /// The ticket is not waiting any more.
    NotWaiting,
    /// What became of this slip is already recorded as printed.
    AlreadyPrinted,
    /// This role may not do this.
    NotAllowed,
    /// A name or a reason is empty or too long.
    BadText {
        /// The field.
        field: String,
    },
    /// The same request id was used for a different act: a client makes a new id for each act.
    IdUsedOtherwise,
    /// The hall could not write it down (disk full or failing), so it did not happen. Press again later.
    NotStored,
    /// Too many requests of this session wait for an answer.
    TooManyRequests,
}
