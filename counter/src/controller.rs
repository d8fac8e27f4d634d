//! What the program does, with no window, clock, socket or chance of its own: every event comes
//! in with its time, effects go out as values, and [`Controller::view`] says what is to be seen.

use std::time::{Duration, Instant};

use client::{HallClock, Language, LinkEvent, Lost, Table, Theme};
use protocol::{Act, MAX_REASON_CHARS, Refusal, Time};
use uuid::Uuid;

pub(crate) use asked::Asked;
pub(crate) use note::{News, Note};
pub(crate) use seat::clerk_of;
use seat::{Form, Seat};

mod asked;
mod hand;
mod note;
mod seat;

/// A second strike of the same key within this time is the same strike (standards.md, K-31).
const DOUBLE_STRIKE: Duration = Duration::from_millis(500);

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
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The link to the hall tells something.
    Hall(LinkEvent),
    /// The link did not take a request; nothing was sent.
    NotAsked {
        /// The request's id.
        id: Uuid,
    },
    /// The clerk presses a key or a button.
    Press(Command),
    /// The clerk chooses a counter to sign in at.
    ChooseCounter(u16),
    /// The clerk goes so many counters on in the list; back if negative.
    StepCounter(i32),
    /// The clerk's name now reads so.
    TypeClerk(String),
    /// The clerk has chosen why to pause.
    PauseFor(String),
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
    /// Somebody was called: they are here.
    Arrived,
    /// Somebody is being served: done, and call.
    FinishAndCallNext,
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
    pub(crate) choosing_pause: bool,
    last_strike: Option<(Command, Instant)>,
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

/// What a press comes to.
enum Wish {
    Ask(Act),
    ChoosePause,
}

impl Controller {
    /// A program that has just been started. `fresh_id` makes the ids of requests.
    #[must_use]
    pub fn new(beginning: Beginning, fresh_id: fn() -> Uuid, now: Instant) -> Self {
        Self {
            form: Form {
                counter: beginning.counter,
                clerk: beginning.clerk.clone(),
            },
            beginning,
            table: Table::default(),
            hall: Hall::Starting,
            clock: HallClock::default(),
            now,
            seat: None,
            asked: None,
            note: None,
            choosing_pause: false,
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
            Event::Press(command) => return self.press(command),
            Event::ChooseCounter(number) => self.form.counter = Some(number),
            Event::StepCounter(by) => self.step_counter(by),
            Event::TypeClerk(name) => self.form.clerk = name,
            Event::PauseFor(reason) => return self.pause_for(&reason),
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
                self.table.apply(rows);
                self.check_form();
                self.check_seat();
            }
            LinkEvent::Answer { id, outcome } => return self.answered(id, outcome),
            // Why the hall said goodbye comes again with the link going down.
            LinkEvent::Refused(_) => {}
        }
        Vec::new()
    }

    fn press(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Language => self.beginning.language = self.beginning.language.other(),
            Command::Contrast => self.beginning.theme = other(self.beginning.theme),
            Command::Back => return self.back(),
            Command::SignIn
            | Command::Primary
            | Command::Recall
            | Command::NoShow
            | Command::Finish
            | Command::Pause
            | Command::SignOut => return self.act(command),
        }
        Vec::new()
    }

    fn back(&mut self) -> Vec<Effect> {
        if self.choosing_pause {
            self.choosing_pause = false;
        } else if self.hall != Hall::Up
            && let Some(asked) = self.asked.take()
        {
            self.note = Some(Note::TakenBack);
            return vec![Effect::Forget { id: asked.id }];
        } else {
            self.note = None;
        }
        Vec::new()
    }

    fn act(&mut self, command: Command) -> Vec<Effect> {
        if self.struck_twice(command) || self.choosing_pause {
            return Vec::new();
        }
        if self.asked.is_some() {
            self.one_at_a_time(command);
            return Vec::new();
        }
        self.note = None;
        match self.wish(command) {
            Ok(Wish::Ask(act)) => self.ask(command, act),
            Ok(Wish::ChoosePause) => {
                self.choosing_pause = true;
                Vec::new()
            }
            Err(refusal) => {
                self.note = Some(Note::Refused(refusal));
                Vec::new()
            }
        }
    }

    fn struck_twice(&mut self, command: Command) -> bool {
        let now = self.now;
        let before = self.last_strike.replace((command, now));
        before.is_some_and(|(last, at)| last == command && now < at + DOUBLE_STRIKE)
    }

    fn wish(&self, command: Command) -> Result<Wish, Refusal> {
        if command == Command::SignIn {
            return self.sign_in().map(Wish::Ask);
        }
        let counter = self.seat.as_ref().ok_or(Refusal::CounterClosed)?.counter;
        let act = match command {
            Command::Primary => self.primary_act(counter),
            Command::Recall => self.called().map(|_| Act::Recall { counter })?,
            Command::NoShow => self.called().map(|_| Act::NoShow { counter })?,
            Command::Finish => self.somebody().map(|_| Act::finish(counter))?,
            Command::Pause if self.is_paused() => Act::Resume { counter },
            Command::Pause => return Ok(Wish::ChoosePause),
            Command::SignOut => self.nobody().map(|()| Act::SignOut { counter })?,
            Command::SignIn | Command::Language | Command::Contrast | Command::Back => {
                return Err(Refusal::NotAllowed);
            }
        };
        Ok(Wish::Ask(act))
    }

    fn pause_for(&mut self, reason: &str) -> Vec<Effect> {
        let reason: String = reason.trim().chars().take(MAX_REASON_CHARS).collect();
        let Some(seat) = self.seat.as_ref().filter(|_| self.choosing_pause) else {
            return Vec::new();
        };
        if reason.is_empty() {
            let field = "reason".to_owned();
            self.note = Some(Note::Refused(Refusal::BadText { field }));
            return Vec::new();
        }
        let counter = seat.counter;
        self.choosing_pause = false;
        self.note = None;
        self.ask(Command::Pause, Act::Pause { counter, reason })
    }
}

fn other(theme: Theme) -> Theme {
    match theme {
        Theme::Light => Theme::HighContrast,
        Theme::HighContrast => Theme::Light,
    }
}

#[cfg(test)]
mod tests;
