//! What happens to a kiosk, and what it wants done.

use client::{Language, Theme};
use protocol::{Act, NotPrintedReason, Outcome, Rows, Text, Time};
use ticket::{PrinterState, Slip};
use uuid::Uuid;

/// What happens to a kiosk.
#[derive(Clone, Debug)]
pub enum Event {
    /// Somebody touched the screen.
    Touch(Touch),
    /// The hall's rows changed.
    Rows(Rows),
    /// The hall said its time.
    Beat(Time),
    /// The hall is there.
    LinkUp(Time),
    /// The hall is not there; it was last heard at this time of its clock.
    LinkDown(Option<Time>),
    /// Only a technician can bring the hall back, and this is what the screen tells them; or not.
    Technician(Option<Text>),
    /// A request has its outcome.
    Answer {
        /// The request's id.
        id: Uuid,
        /// What came of it.
        outcome: Outcome,
    },
    /// What became of a slip.
    Paper {
        /// Ticket id.
        ticket: u64,
        /// Whether there is a slip, or why not.
        news: PaperNews,
    },
    /// A request for a number was under way when the kiosk was stopped, and nobody saw its answer.
    Unfinished {
        /// The request's id.
        id: Uuid,
        /// What was asked, without what could name a person.
        act: Act,
    },
    /// A number came for nobody before the kiosk was stopped, and the hall does not know it.
    Unwanted {
        /// Ticket id.
        ticket: u64,
    },
    /// The printer's state was read.
    Printer(PrinterState),
    /// Time has passed.
    Tick,
}

/// A touch, by what was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Nothing in particular.
    Anywhere,
    /// The tile of a service.
    Service(String),
    /// The button for a number, as nobody in particular.
    TakeOrdinary,
    /// The button for a number of a class.
    TakeAs(String),
    /// Back, or to the start.
    Back,
    /// A screenful of tiles, from 0.
    Tiles(usize),
    /// A language.
    Language(Language),
    /// Large text on or off.
    LargeText,
    /// High contrast on or off.
    HighContrast,
    /// The list of papers on the slip, or not.
    Papers,
    /// Somebody missed a call, and is back.
    MissedCall,
    /// Somebody has an appointment.
    Appointment,
    /// Somebody has more than one errand.
    Errands,
    /// A further service, to add or to take off.
    Errand(String),
    /// The further services are chosen.
    ErrandsChosen,
    /// A key of the keypad.
    Key(Key),
    /// What is typed is whole.
    Enter,
    /// Once more what was not answered, or was typed wrong.
    TryAgain,
    /// Done with the number.
    Finish,
}

/// A key of the keypad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A digit, or the letter of a series.
    Type(String),
    /// Takes back the last digit.
    Erase,
    /// Takes back everything.
    Clear,
}

/// What became of a slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperNews {
    /// The printer confirmed it.
    Printed {
        /// Which copy with the bar 补打 REPRINT n it is; 0: the first paper.
        copies: u32,
    },
    /// There is none, or nobody knows.
    Missing(NotPrintedReason),
}

/// What the kiosk wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the hall, under this id.
    Ask {
        /// The request's id.
        id: Uuid,
        /// What is asked.
        act: Act,
    },
    /// Print a slip and say what became of it.
    Print {
        /// Ticket id.
        ticket: u64,
        /// What the slip says.
        slip: Box<Slip>,
    },
    /// The hall knows what became of this slip.
    Told {
        /// Ticket id.
        ticket: u64,
    },
}

/// The looks that a customer may change, and that fall back after each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// Language of the screen.
    pub language: Language,
    /// Colours.
    pub theme: Theme,
    /// Larger text and fewer things on a page.
    pub large_text: bool,
}
