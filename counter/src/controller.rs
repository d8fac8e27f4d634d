//! What the program does, with no window, clock, socket or chance of its own: every event comes
//! in with its time, effects go out as values, and [`Controller::view`] says what is to be seen.

use std::time::{Duration, Instant};

use client::{HallClock, Language, LinkEvent, Lost, Table, Theme};
use protocol::{
    Act, CallState, CounterRow, CounterState, InHand, MAX_NAME_CHARS, MAX_REASON_CHARS, Outcome,
    Refusal, Time,
};
use uuid::Uuid;

/// A second strike of the same key within this time is the same strike (standards.md, K-31).
const DOUBLE_STRIKE: Duration = Duration::from_millis(500);

/// How long a piece of good news stays. What was refused stays until the next press.
const NEWS: Duration = Duration::from_secs(6);

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

/// What the sign-in page says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) counter: Option<u16>,
    pub(crate) clerk: String,
}

/// Where this clerk sits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) counter: u16,
    pub(crate) clerk: String,
    /// Whether the rows have shown it: only then a row that says otherwise means that it was lost.
    seen: bool,
}

/// The request that the hall has not answered. There is one at a time: a person does one thing
/// after the other.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    id: Uuid,
    act: Act,
    pub(crate) command: Command,
    pub(crate) primary: Option<Primary>,
    pub(crate) since: Instant,
    number: Option<String>,
}

/// A line for the clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The hall, or this program before asking it, refused.
    Refused(Refusal),
    /// Something else was pressed and is not answered yet.
    OneAtATime,
    /// The request was given up, and the hall may have done it nevertheless.
    TakenBack,
    /// The link did not take the request.
    NotAsked,
    /// The counter was closed from elsewhere.
    SignedOut { counter: u16 },
    /// The number in hand was finished or did not come.
    News { what: News, at: Instant },
}

/// Good news, which goes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    Finished { number: String },
    NoShow { number: String },
    Recalled { number: String },
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

    /// A form without a counter, or with one that the hall does not have, gets one to begin with.
    fn check_form(&mut self) {
        let known = |number: u16| self.table.counter(number).is_some();
        if !self.form.counter.is_some_and(known) {
            let free = |row: &&CounterRow| row.state == CounterState::Closed;
            let first = self.table.counters().find(free);
            self.form.counter = first.or(self.table.counters().next()).map(|row| row.number);
        }
    }

    /// The hall's rows decide who sits where; what another program did shows here.
    fn check_seat(&mut self) {
        let Some(seat) = &mut self.seat else {
            return;
        };
        let row = self.table.counter(seat.counter);
        if row.and_then(clerk_of) == Some(&seat.clerk) {
            seat.seen = true;
        } else if seat.seen {
            let counter = seat.counter;
            let leaving = self.asked.as_ref();
            let by_myself = leaving.is_some_and(|asked| asked.command == Command::SignOut);
            self.leave();
            self.note = (!by_myself).then_some(Note::SignedOut { counter });
        }
    }

    fn leave(&mut self) {
        self.seat = None;
        self.choosing_pause = false;
    }

    fn answered(&mut self, id: Uuid, outcome: Outcome) -> Vec<Effect> {
        let Some(asked) = self.asked.take_if(|asked| asked.id == id) else {
            return Vec::new();
        };
        match outcome {
            Outcome::Done(_) => self.done(asked),
            Outcome::Refused(refusal) => {
                if refusal == Refusal::CounterClosed {
                    self.leave();
                }
                self.note = Some(Note::Refused(refusal));
                Vec::new()
            }
        }
    }

    fn done(&mut self, asked: Asked) -> Vec<Effect> {
        let number = asked.number.unwrap_or_default();
        match asked.act {
            Act::SignIn { counter, clerk } => return self.sit_down(counter, clerk),
            Act::SignOut { .. } => self.leave(),
            Act::NoShow { .. } => self.tell(News::NoShow { number }),
            Act::Finish { .. } => self.tell(News::Finished { number }),
            Act::Recall { .. } => self.tell(News::Recalled { number }),
            Act::CallNext { .. }
            | Act::Arrive { .. }
            | Act::Pause { .. }
            | Act::Resume { .. }
            | Act::Take { .. }
            | Act::Printed { .. }
            | Act::NotPrinted { .. }
            | Act::Void { .. }
            | Act::Book { .. }
            | Act::CheckIn { .. }
            | Act::Reprint { .. }
            | Act::Cancel { .. }
            | Act::Return { .. }
            | Act::SetClass { .. }
            | Act::CallNumber { .. }
            | Act::AwaitNext { .. }
            | Act::StopAwaiting { .. }
            | Act::ServeWithout { .. }
            | Act::UndoNoShow { .. }
            | Act::Hold { .. }
            | Act::ResumeHeld { .. }
            | Act::PutBack { .. }
            | Act::Transfer { .. } => {}
        }
        Vec::new()
    }

    fn sit_down(&mut self, counter: u16, clerk: String) -> Vec<Effect> {
        let memory = Memory {
            counter: Some(counter),
            clerk: clerk.clone(),
        };
        self.seat = Some(Seat {
            counter,
            clerk,
            seen: false,
        });
        self.check_seat();
        vec![Effect::Remember(memory)]
    }

    fn tell(&mut self, what: News) {
        self.note = Some(Note::News { what, at: self.now });
    }

    fn let_news_go(&mut self) {
        if let Some(Note::News { at, .. }) = self.note
            && self.now >= at + NEWS
        {
            self.note = None;
        }
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

    /// The same thing pressed again while it waits is heard already.
    fn one_at_a_time(&mut self, command: Command) {
        let waits = self.asked.as_ref().map(|asked| asked.command);
        if waits != Some(command) {
            self.note = Some(Note::OneAtATime);
        }
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

    fn sign_in(&self) -> Result<Act, Refusal> {
        let clerk = self.form.clerk.trim().to_owned();
        if clerk.is_empty() || clerk.chars().count() > MAX_NAME_CHARS {
            let field = "clerk".to_owned();
            return Err(Refusal::BadText { field });
        }
        let counter = self.form.counter.ok_or(Refusal::UnknownCounter)?;
        Ok(Act::SignIn { counter, clerk })
    }

    fn primary_act(&self, counter: u16) -> Act {
        match self.primary() {
            Primary::CallNext | Primary::FinishAndCallNext => Act::CallNext { counter },
            Primary::Arrived => Act::Arrive { counter },
            Primary::Finish => Act::finish(counter),
            Primary::Resume => Act::Resume { counter },
        }
    }

    /// What the large button does now.
    pub(crate) fn primary(&self) -> Primary {
        let state = self.in_hand().map(|in_hand| in_hand.state);
        match (state, self.is_paused()) {
            (Some(CallState::Called), _) => Primary::Arrived,
            (Some(CallState::Serving), true) => Primary::Finish,
            (Some(CallState::Serving), false) => Primary::FinishAndCallNext,
            // A counter has nobody in hand who is done or did not come.
            (Some(CallState::Finished | CallState::NoShow | CallState::Left) | None, true) => {
                Primary::Resume
            }
            (Some(CallState::Finished | CallState::NoShow | CallState::Left) | None, false) => {
                Primary::CallNext
            }
        }
    }

    fn called(&self) -> Result<&InHand, Refusal> {
        let in_hand = self.somebody()?;
        match in_hand.state {
            CallState::Called => Ok(in_hand),
            CallState::Serving => Err(Refusal::AlreadyArrived),
            CallState::Finished | CallState::NoShow | CallState::Left => {
                Err(Refusal::NothingInHand)
            }
        }
    }

    fn somebody(&self) -> Result<&InHand, Refusal> {
        self.in_hand().ok_or(Refusal::NothingInHand)
    }

    fn nobody(&self) -> Result<(), Refusal> {
        match self.in_hand() {
            None => Ok(()),
            Some(in_hand) => Err(Refusal::StillInHand {
                number: in_hand.number.clone(),
            }),
        }
    }

    /// The row of the counter at which this clerk sits.
    pub(crate) fn own_counter(&self) -> Option<&CounterRow> {
        self.table.counter(self.seat.as_ref()?.counter)
    }

    /// Who is in hand there.
    pub(crate) fn in_hand(&self) -> Option<&InHand> {
        self.own_counter()?.desk.as_ref()?.in_hand.as_ref()
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.own_counter()
            .is_some_and(|row| row.state == CounterState::Paused)
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

    fn ask(&mut self, command: Command, act: Act) -> Vec<Effect> {
        let id = (self.fresh_id)();
        self.asked = Some(Asked {
            id,
            act: act.clone(),
            command,
            primary: (command == Command::Primary).then(|| self.primary()),
            since: self.now,
            number: self.in_hand().map(|in_hand| in_hand.number.clone()),
        });
        vec![Effect::Ask { id, act }]
    }

    fn not_asked(&mut self, id: Uuid) {
        if self.asked.take_if(|asked| asked.id == id).is_some() {
            self.note = Some(Note::NotAsked);
        }
    }

    fn step_counter(&mut self, by: i32) {
        let numbers: Vec<u16> = self.table.counters().map(|row| row.number).collect();
        let Ok(count) = i32::try_from(numbers.len()) else {
            return;
        };
        if count > 0 {
            let chosen = |number: &u16| Some(*number) == self.form.counter;
            let here = numbers.iter().position(chosen).unwrap_or(0) as i32;
            self.form.counter = Some(numbers[(here + by).rem_euclid(count) as usize]);
        }
    }
}

fn other(theme: Theme) -> Theme {
    match theme {
        Theme::Light => Theme::HighContrast,
        Theme::HighContrast => Theme::Light,
    }
}

/// Who has signed in at a counter.
pub(crate) fn clerk_of(row: &CounterRow) -> Option<&String> {
    row.desk.as_ref()?.clerk.as_ref()
}

#[cfg(test)]
mod tests;
