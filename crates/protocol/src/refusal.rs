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
    /// The hall has no pre-printed roll: its settings say nothing of one.
    NoRoll,
    /// Numbers come from the pre-printed roll now: tear one off at the guide desk.
    RollInUse,
    /// Numbers do not come from the roll.
    RollNotInUse,
    /// The roll has no such number that was not called today.
    NotOnRoll {
        /// The first that may be.
        first: u32,
        /// The last.
        last: u32,
    },
    /// The hall, or this service, takes nobody at this hour.
    NotOpen {
        /// When it opens next today, local time `13:30`; absent if not today.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens_at: Option<String>,
    },
    /// No number is given out any more before the hall closes.
    CutOff,
    /// As many tickets as this service gives out in this part of the day are given out.
    QuotaUsedUp,
    /// A ticket has more services than [`crate::MAX_ERRANDS`], or one of them twice.
    BadErrands,
    /// The hall needs a telephone number for a ticket.
    PhoneNeeded,
    /// This telephone number has a ticket that is not done.
    PhoneHasTicket {
        /// Its number.
        number: String,
    },
    /// The hall has no such appointment.
    UnknownAppointment,
    /// The customer of this appointment has already checked in.
    AppointmentUsed,
    /// It is too early to check in.
    TooEarly {
        /// From when on, local date and time `2026-11-23 09:30`.
        from: String,
    },
    /// It is too late to check in, or the slot is in the past: take a number.
    TooLate,
    /// The hall has no such outcome: read its rows again.
    UnknownOutcome,
    /// The call was repeated as often as it may be.
    RecallsUsedUp,
    /// The call was repeated just now.
    RecallTooSoon {
        /// After so many milliseconds it may be.
        wait_ms: u64,
    },
    /// In this hall clerks do not choose whom they call.
    MayNotChoose,
    /// The counter, or its clerk, does not serve this ticket.
    NotServedHere,
    /// The ticket is not on hold.
    NotOnHold,
    /// The ticket is no no-show of this counter.
    NotNoShow,
    /// Too many were called, or too much time has passed, since the call was missed: take a new number.
    TooLateToReturn,
    /// The customer has missed too many calls: take a new number.
    MissedTooOften,
    /// The ticket is over.
    TicketEnded,
    /// No such clerk has signed in.
    ClerkAway,
    /// The customer is already with this counter or clerk.
    AlreadyThere,
    /// This role, or anybody in this hall, may not do this.
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
    /// The hall's record of today is damaged, so that nothing can be changed until it was brought back:
    /// call a technician, and press again afterwards.
    ReadOnly,
    /// Too many requests of this session wait for an answer, or this device asks too much in too little
    /// time.
    TooManyRequests,
    /// Name and PIN do not belong together. Which of them is wrong is not said.
    WrongPin,
    /// Too many wrong PINs: this name, or this device, takes none for a while.
    Locked {
        /// After so many minutes it does.
        minutes: u32,
    },
    /// The person was away too long, or the day has turned: sign in again. A counter stays as it is.
    SignInAgain,
    /// This device was paired for another counter.
    OtherCounter {
        /// That counter.
        counter: u16,
    },
}
