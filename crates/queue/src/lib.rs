//! The rules of the queue: pure, without clock, I/O, async or randomness.
//!
//! # How to drive it
//!
//! A [`Queue`] is the hall on one business day. Its owner does the following, and nothing else:
//!
//! 1. [`Queue::decide`] with the time and a [`Command`]: events, or a [`Refusal`]. Nothing has changed yet.
//! 2. Write the events down.
//! 3. [`Queue::evolve`] with each of them, in order. This is the only change, and it cannot fail.
//!
//! At [`Queue::next_deadline`], after every command, and once at the start, the same with
//! [`Queue::decide_due`], again and again until it gives nothing: it says one thing at a time.
//! The same events through `evolve` of a new queue give the same state: that is how a hall
//! comes back after a stop. Events of a day start with [`Happening::DayOpened`], which forgets
//! the day before, so a replay may start there.

mod command;
mod day;
mod decide;
mod estimate;
mod event;
mod evolve;
mod figures;
mod hours;
mod index;
mod invariants;
mod line;
mod name;
mod next;
mod reason;
mod refusal;
mod settings;
mod ticket;
mod time;
mod timer;

pub use command::{CancelWhy, Command, PutBack, Slot};
pub use day::{Counter, Day, Raised};
pub use estimate::{Wait, Workload};
pub use event::{Alarm, Event, Happening, Issued, NoPaper, Requeue, Then};
pub use figures::{Figures, Spread, Tally};
pub use hours::{Doors, Hours, Period};
pub use invariants::Broken;
pub use name::{
    AppointmentCode, CallId, ClassCode, CounterNumber, Holder, Number, OutcomeCode, SeriesCode,
    ServiceCode, TicketId,
};
pub use next::Pick;
pub use reason::{Passed, Reason, Why};
pub use refusal::Refusal;
pub use settings::{
    AlarmLevels, AppointmentRule, Class, CounterPlan, HandlingLimit, MissedRule, Quota, RecallRule,
    Reserved, RollRule, Series, Service, Settings,
};
pub use ticket::{
    Call, Channel, Desk, Errand, ErrandDone, Hold, Missed, Paper, Place, State, Ticket, Told,
};
pub use time::{Date, Moment, Now};

/// The hall on one business day, under its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    settings: Settings,
    day: Day,
}

impl Queue {
    /// A hall on which no day has been opened yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            day: Day::default(),
        }
    }

    /// What the hall was set up as.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The open day.
    #[must_use]
    pub fn day(&self) -> &Day {
        &self.day
    }
}
