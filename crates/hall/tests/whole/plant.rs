//! Bugs that are planted on purpose, outside the product: in its disk, its clock, its network and its
//! clients. `planted.txt` has those inside. Each must be found; see `tests_of_the_test.rs`.

use std::cell::Cell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// Seen in peers: the time zone is added twice.
    ZoneTwice,
    /// Seen in peers: the day begins by "now - 11 h".
    DayMinusElevenHours,
    /// Seen in peers: the kiosk prints first, and the number is stored afterwards.
    PrintedFirst,
    /// Seen in peers: a print that failed is said to be printed.
    FailedCountedAsPrinted,
    /// Seen in peers: a request that is sent again gets a new id, so two taps are two tickets.
    DoubleTap,
    /// Seen in peers: who comes back after a gap is not brought up to date.
    NoResync,
    /// The answer goes out before the batch is on disk.
    AnswerBeforeCommit,
    /// The outcome of a request is not remembered.
    OutcomeNotStored,
    /// Of a batch only the first half is stored.
    HalfABatch,
    /// A sync is left out.
    NoSync,
    /// A started hall goes on with the epoch of the last one.
    EpochNotRenewed,
    /// Nobody is told of rows that are no more.
    GoneNotTold,
}

pub const ALL: [Plant; 12] = [
    Plant::ZoneTwice,
    Plant::DayMinusElevenHours,
    Plant::PrintedFirst,
    Plant::FailedCountedAsPrinted,
    Plant::DoubleTap,
    Plant::NoResync,
    Plant::AnswerBeforeCommit,
    Plant::OutcomeNotStored,
    Plant::HalfABatch,
    Plant::NoSync,
    Plant::EpochNotRenewed,
    Plant::GoneNotTold,
];

thread_local! {
    static PLANTED: Cell<Option<Plant>> = const { Cell::new(None) };
}

/// Plants a bug in every hall that this thread plays from now on, or none.
pub fn plant(plant: Option<Plant>) {
    PLANTED.set(plant);
}

pub fn is(plant: Plant) -> bool {
    PLANTED.get() == Some(plant)
}
