//! What the program does, with no window, clock, socket or chance of its own: every event comes
//! in with its time, effects go out as values, and [`Controller::view`] says what is to be seen.

use std::time::Instant;

use client::{HallClock, Language, LinkEvent, Lost, Table, Theme};
use protocol::{Act, Secret, Time};
use ticket::{PrintNews, Slip};
use uuid::Uuid;

pub(crate) use asked::Asked;
pub(crate) use note::{News, Note};
use papers::Papers;
pub(crate) use papers::{AtPrinter, PaperName};
use press::Strike;
pub(crate) use seat::clerk_of;
use seat::{Form, Seat};

use crate::paper::Paperwork;
use crate::sheet::OpenSheet;

mod asked;
mod hand;
mod note;
mod papers;
mod press;
mod seat;
mod sheets;

/// What the program begins with: its settings, and what it remembers of the last time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beginning {
    /// The hall's address, to name it when it does not answer.
    pub hall: String,
    /// The language of the screen.
    pub language: Language,
    /// The colours.
    pub theme: Theme,
    /// The counter of the last sign-in.
    pub counter: Option<u16>,
    /// The clerk of the last sign-in.
    pub clerk: String,
    /// Whether this counter has a printer.
    pub printer: bool,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "there is one event at a time, and none is kept"
)]
pub enum Event {
    /// The link to the hall tells something.
    Hall(LinkEvent),
    /// The link did not take a request; nothing was sent.
    NotAsked {
        /// The request's id.
        id: Uuid,
    },
    /// The printer tells something.
    Printer(PrintNews),
    /// The clerk presses a key or a button.
    Press(Command),
    /// The clerk chooses a counter to sign in at.
    ChooseCounter(u16),
    /// The clerk goes so many counters on in the list; back if negative.
    StepCounter(i32),
    /// The clerk's name now reads so.
    TypeClerk(String),
    /// The PIN now reads so.
    TypePin(Secret),
    /// The clerk strikes a key that stands on what can be chosen: a letter or a digit.
    Key(String),
    /// The clerk chooses the one at this place of the sheet, from 0.
    Choose(usize),
    /// The field of the sheet now reads so.
    TypeText(String),
    /// What stands in the field of the sheet is meant.
    Enter,
    /// Time went on.
    Tick,
}

/// What a clerk can press. Each has one key, shown on its button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Sign in as the form says.
    SignIn,
    /// The one thing that is right now: see [`Primary`].
    Primary,
    /// Show and speak the call again.
    Recall,
    /// The called customer did not come.
    NoShow,
    /// The customer in hand is done; nobody is called.
    Finish,
    /// Choose why to pause, or go on after a pause.
    Pause,
    /// Leave the counter.
    SignOut,
    /// Do not call whoever comes next by itself any more.
    StopAwaiting,
    /// All that can be done.
    More,
    /// Why this customer, and what else is known of them.
    About,
    /// The customer in hand is done; say what came of it.
    Outcome,
    /// Put the customer in hand aside.
    Hold,
    /// Send the customer in hand back to the queue.
    PutBack,
    /// Hand the customer in hand over.
    Transfer,
    /// Whether the proof of the class was seen, or another class.
    Class,
    /// A customer does not want to be served any more.
    Cancel,
    /// Call a certain number.
    CallNumber,
    /// Serve somebody who has no ticket.
    ServeWithout,
    /// Those on hold and those who missed their call.
    Aside,
    /// Somebody who missed a call is back.
    Return,
    /// Numbers that are on no paper.
    NoPaper,
    /// Print a ticket again.
    Reprint,
    /// Print what the customer in hand is to bring.
    MissingPapers,
    /// Print the figures of the day.
    Report,
    /// The pre-printed roll that stands in for the printers.
    Roll,
    /// The other language.
    Language,
    /// The other theme.
    Contrast,
    /// Close what is open; take back what the hall has not answered; put a note away.
    Back,
}

/// What the large button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Primary {
    /// Nobody is in hand: call.
    CallNext,
    /// Nobody is in hand and nobody waits: call whoever comes.
    AwaitNext,
    /// Whoever comes is called by itself.
    Awaiting,
    /// Somebody was called: they are here.
    Arrived,
    /// Somebody is being served: done, and call.
    FinishAndCallNext,
    /// Somebody is being served, and nobody waits: done, and call whoever comes.
    FinishAndAwait,
    /// Somebody is being served at a counter that is paused: done.
    Finish,
    /// Paused with nobody in hand: go on.
    Resume,
}

/// What is to be done for the controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the hall.
    Ask {
        /// The request's id.
        id: Uuid,
        /// What is asked.
        act: Act,
    },
    /// Give a request up.
    Forget {
        /// The request's id.
        id: Uuid,
    },
    /// Keep this for the next start.
    Remember(Memory),
    /// Print the slip of a ticket, and say what became of it.
    Print {
        /// Ticket id.
        ticket: u64,
        /// What it says.
        slip: Box<Slip>,
    },
    /// Print another paper, and say what became of it.
    PrintOther {
        /// How to name it then.
        id: u64,
        /// What it says.
        paper: Box<Paperwork>,
    },
    /// The hall knows what became of this ticket's slip.
    Told {
        /// Ticket id.
        ticket: u64,
    },
}

/// What outlives the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// The counter of the last sign-in.
    pub counter: Option<u16>,
    /// The clerk of the last sign-in.
    pub clerk: String,
}

/// The clerk's program.
pub struct Controller {
    pub(crate) beginning: Beginning,
    pub(crate) table: Table,
    pub(crate) hall: Hall,
    pub(crate) clock: HallClock,
    pub(crate) now: Instant,
    pub(crate) form: Form,
    pub(crate) seat: Option<Seat>,
    pub(crate) asked: Option<Asked>,
    pub(crate) note: Option<Note>,
    pub(crate) sheet: Option<OpenSheet>,
    papers: Papers,
    /// Sheets opened so far, which tells one from the next.
    sheets: u32,
    last_strike: Option<(Strike, Instant)>,
    fresh_id: fn() -> Uuid,
}

/// Whether what is known of the hall is what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hall {
    /// Nothing was heard yet, and nothing failed.
    Starting,
    /// The rows are as the hall has them.
    Up,
    /// The rows are as of `since`.
    Down { since: Option<Time>, why: Lost },
}

impl Controller {
    /// A program that has just been started. `fresh_id` makes the ids of requests.
    #[must_use]
    pub fn new(beginning: Beginning, fresh_id: fn() -> Uuid, now: Instant) -> Self {
        Self {
            form: Form {
                counter: beginning.counter,
                clerk: beginning.clerk.clone(),
                ..Form::default()
            },
            beginning,
            table: Table::default(),
            hall: Hall::Starting,
            clock: HallClock::default(),
            now,
            seat: None,
            asked: None,
            note: None,
            sheet: None,
            papers: Papers::default(),
            sheets: 0,
            last_strike: None,
            fresh_id,
        }
    }

    /// Takes in what happened, and when.
    pub fn update(&mut self, now: Instant, event: Event) -> Vec<Effect> {
        self.now = now;
        match event {
            Event::Hall(news) => return self.hear(news),
            Event::NotAsked { id } => self.not_asked(id),
            Event::Printer(news) => return self.hear_printer(news),
            Event::Press(command) => return self.press(command),
            Event::ChooseCounter(number) => self.form.counter = Some(number),
            Event::StepCounter(by) => self.step_counter(by),
            Event::TypeClerk(name) => self.form.clerk = name,
            Event::TypePin(pin) => self.type_pin(&pin),
            Event::Key(key) => return self.key(&key),
            Event::Choose(place) => return self.choose(place),
            Event::TypeText(text) => self.type_text(text),
            Event::Enter => return self.enter(),
            Event::Tick => self.let_news_go(),
        }
        Vec::new()
    }

    fn hear(&mut self, news: LinkEvent) -> Vec<Effect> {
        match news {
            LinkEvent::Up { time } => {
                self.hall = Hall::Up;
                self.clock.hear(time, self.now);
            }
            LinkEvent::Beat { time } => self.clock.hear(time, self.now),
            LinkEvent::Down { since, why } => self.hall = Hall::Down { since, why },
            LinkEvent::Rows(rows) => {
                let before = self.hand_state();
                self.table.apply(rows);
                self.check_form();
                self.check_seat();
                self.check_hand(before);
            }
            LinkEvent::Answer { id, outcome } => return self.answered(id, outcome),
            // Why the hall said goodbye comes again with the link going down.
            LinkEvent::Refused(_) => {}
        }
        Vec::new()
    }
}

#[cfg(test)]
pub(crate) mod tests;
