//! What is to be seen, as plain values: the window shows it and adds nothing.

use client::{Language, Theme};
use protocol::Limit;

use crate::Controller;

mod buttons;
mod hand;
mod header;
mod line;
mod notices;
mod sheet;
mod told;

/// Everything on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewModel {
    /// The language of all texts.
    pub language: Language,
    /// The colours.
    pub theme: Theme,
    /// Sign-in, or at work.
    pub page: Page,
    /// The question over the page, if one is open.
    pub sheet: Option<SheetView>,
    /// The top line.
    pub header: Header,
    /// What is wrong with the link, if anything.
    pub stale: String,
    /// Something to tell; an open question tells it itself.
    pub note: String,
    /// Whether the note is a refusal, which asks for an act.
    pub note_refuses: bool,
    /// The sign-in page.
    pub sign_in: SignIn,
    /// Who is in hand.
    pub hand: Hand,
    /// The buttons for the customer in hand.
    pub buttons: Buttons,
    /// Who comes next, and after that.
    pub next: Vec<NextLine>,
    /// People waiting, by service.
    pub waiting: Vec<WaitingLine>,
    /// People waiting in the hall.
    pub waiting_in_all: u32,
    /// What needs somebody's look: the printer, numbers on no paper, devices away.
    pub notices: String,
    /// While the roll stands in: which number comes next; otherwise empty.
    pub roll: String,
}

/// Which page is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// Choose a counter, say who you are.
    #[default]
    SignIn,
    /// At work.
    Work,
}

/// The top line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Number of the counter; empty while nobody is signed in.
    pub counter: String,
    /// Name of the counter, or of the hall.
    pub name: String,
    /// The clerk.
    pub clerk: String,
    /// The hall's time of day.
    pub clock: String,
    /// How the link is.
    pub link: Link,
    /// Customers finished here today.
    pub finished: u32,
}

/// How the link is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nothing was heard yet.
    #[default]
    Connecting,
    /// All is as the hall has it.
    Up,
    /// What is seen may be old.
    Stale,
}

/// The sign-in page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    /// The counters to choose from.
    pub counters: Vec<CounterChoice>,
    /// The clerk's name, as typed.
    pub clerk: String,
    /// Whether a PIN is asked for.
    pub asks_pin: bool,
    /// The digits typed so far.
    pub pin: String,
    /// Another number: the field has to follow `pin`, which the clerk has not typed so.
    pub pin_turn: u32,
    /// What the button says.
    pub button: Button,
}

/// A counter to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CounterChoice {
    /// Its number.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// The letters of its services.
    pub services: String,
    /// Who sits there; empty if nobody does.
    pub clerk: String,
    /// Whether it is the chosen one.
    pub chosen: bool,
}

/// Who is in hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hand {
    /// Whether somebody is, and how far it is.
    pub state: HandState,
    /// The number.
    pub number: String,
    /// The service.
    pub service: String,
    /// The class.
    pub class: Class,
    /// Since the call, or since service began, as `3:25`.
    pub timer: String,
    /// How long the customer waited.
    pub waited: String,
    /// When the number was called, by the hall's clock.
    pub called_at: String,
    /// How often it was called again.
    pub recalls: u32,
    /// Why this one.
    pub reason: String,
    /// What else is known of the customer, in lines.
    pub known: String,
    /// How the handling stands against its limit.
    pub limit: LimitView,
    /// Why the counter is paused; empty if it is not.
    pub pause_reason: String,
    /// People waiting whom this counter serves.
    pub waiting_here: u32,
}

/// Whether somebody is in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HandState {
    /// Nobody, and the counter is open.
    #[default]
    Free,
    /// Nobody, and whoever comes is called by itself.
    Awaiting,
    /// Nobody, and the counter is paused.
    Paused,
    /// Called, and not here yet.
    Called,
    /// Being served.
    Serving,
}

/// How a time stands against its limit: in words, beside the colour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitView {
    /// Within, near or over.
    pub limit: Limit,
    /// The same in words; empty if there is nothing to say.
    pub text: String,
}

/// A class as it is shown: never by colour alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Its label.
    pub label: String,
    /// Whether the hall favours it.
    pub favoured: bool,
}

/// A button: its words, whether it may be pressed, and whether what it asked is unanswered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub text: String,
    /// Whether it can do anything now.
    pub enabled: bool,
    /// Whether it waits for the hall.
    pub waiting: bool,
}

/// The buttons of the work page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buttons {
    /// The one thing that is right now.
    pub primary: Button,
    /// Call again.
    pub recall: Button,
    /// Did not come.
    pub no_show: Button,
    /// Done.
    pub finish: Button,
    /// Pause, or go on.
    pub pause: Button,
    /// All that can be done.
    pub more: Button,
    /// Those on hold and those who missed a call; without a text if there are none.
    pub aside: Button,
    /// Do not call whoever comes by itself any more.
    pub stop_awaiting: Button,
    /// Leave.
    pub sign_out: Button,
}

/// One of those who come next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextLine {
    /// The number.
    pub number: String,
    /// The service.
    pub service: String,
    /// The class.
    pub class: Class,
    /// How long it waits.
    pub waited: String,
    /// How that stands against what was promised.
    pub limit: LimitView,
}

/// People waiting for a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaitingLine {
    /// The service's letter; empty for the line that sums up the rest.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How many.
    pub waiting: u32,
    /// Whether this counter serves it.
    pub own: bool,
}

/// A question over the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetView {
    /// Which of all questions it is: another one begins anew.
    pub place: u32,
    /// What is asked.
    pub title: String,
    /// What is to be known for the answer.
    pub lines: String,
    /// What came of the last answer.
    pub note: String,
    /// What may be answered.
    pub choices: Vec<ChoiceView>,
    /// A field to type into.
    pub field: Option<FieldView>,
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChoiceView {
    /// Its key; empty if it has none.
    pub key: String,
    /// What it says.
    pub text: String,
    /// More about it.
    pub detail: String,
    /// Whether it can do anything now.
    pub enabled: bool,
    /// Whether it is on, if it is a switch.
    pub on: Option<bool>,
}

/// A field to type an answer into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldView {
    /// What is typed there.
    pub label: String,
    /// The same, where nothing is typed yet.
    pub hint: String,
    /// What stands there.
    pub text: String,
    /// What the button under it does.
    pub button: String,
    /// Whether one types at once.
    pub first: bool,
}

impl Controller {
    /// What is to be seen now.
    #[must_use]
    pub fn view(&self) -> ViewModel {
        let language = self.beginning.language;
        let (note, note_refuses) = self.note_view();
        let sheet = self.sheet_view(&note);
        ViewModel {
            language,
            theme: self.beginning.theme,
            page: match self.seat {
                None => Page::SignIn,
                Some(_) => Page::Work,
            },
            header: self.header(),
            stale: self.stale(),
            note: match &sheet {
                Some(_) => String::new(),
                None => note,
            },
            note_refuses,
            sheet,
            sign_in: self.sign_in_view(),
            hand: self.hand(),
            buttons: self.buttons(),
            next: self.next(),
            waiting: self.waiting(),
            waiting_in_all: self.table.services().map(|service| service.waiting).sum(),
            notices: self.notices(),
            roll: self.roll(),
        }
    }
}
