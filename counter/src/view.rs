//! What is to be seen, as plain values: the window shows it and adds nothing.

use std::time::Duration;

use client::{Language, LocalTime, Theme};
use protocol::{CallState, CounterRow, InHand, NextInLine, ServiceRow};

use crate::controller::{Asked, Hall, News, Note, clerk_of};
use crate::words::{self, CommandName};
use crate::{Command, Controller, Primary};

/// How many of those who come next are shown: the second and the third are to be greeted too.
const NEXT_SHOWN: usize = 3;

/// How many services are shown by themselves; a hall with more shows the rest as one line.
const SERVICES_SHOWN: usize = 9;

/// How many numbers without paper are shown by themselves.
const NO_PAPER_SHOWN: usize = 3;

/// With the hall at hand an answer comes faster than an eye sees; only what takes longer is
/// said to wait.
const WAITING_SHOWN_AFTER: Duration = Duration::from_millis(400);

/// Everything on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewModel {
    /// The language of all texts.
    pub language: Language,
    /// The colours.
    pub theme: Theme,
    /// Sign-in, or at work.
    pub page: Page,
    /// Whether the reasons for a pause are open over the page.
    pub choosing_pause: bool,
    /// Reasons for a pause, in the order of their keys 1 to 5.
    pub pause_reasons: Vec<String>,
    /// The top line.
    pub header: Header,
    /// What is wrong with the link, if anything.
    pub stale: String,
    /// Something to tell.
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
    /// What needs somebody's look: numbers on no paper, devices away.
    pub notices: String,
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
    /// Nobody, and the counter is paused.
    Paused,
    /// Called, and not here yet.
    Called,
    /// Being served.
    Serving,
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

impl Controller {
    /// What is to be seen now.
    #[must_use]
    pub fn view(&self) -> ViewModel {
        let language = self.beginning.language;
        let (note, note_refuses) = self.note_view();
        ViewModel {
            language,
            theme: self.beginning.theme,
            page: match self.seat {
                None => Page::SignIn,
                Some(_) => Page::Work,
            },
            choosing_pause: self.choosing_pause,
            pause_reasons: words::pause_reasons(language).into(),
            header: self.header(),
            stale: self.stale(),
            note,
            note_refuses,
            sign_in: self.sign_in_view(),
            hand: self.hand(),
            buttons: self.buttons(),
            next: self.next(),
            waiting: self.waiting(),
            waiting_in_all: self.table.services().map(|service| service.waiting).sum(),
            notices: self.notices(),
        }
    }

    fn header(&self) -> Header {
        let language = self.beginning.language;
        let hall_name = self
            .table
            .hall()
            .map(|hall| language.of(&hall.name).to_owned());
        let own_name = self
            .own_counter()
            .map(|row| language.of(&row.name).to_owned());
        let seat = self.seat.as_ref();
        Header {
            counter: seat.map_or_else(String::new, |seat| seat.counter.to_string()),
            name: own_name.or(hall_name).unwrap_or_default(),
            clerk: seat.map_or_else(String::new, |seat| seat.clerk.clone()),
            clock: self
                .clock
                .local(self.now)
                .map(|time| time.hour_and_minute())
                .unwrap_or_default(),
            link: match self.hall {
                Hall::Starting | Hall::Down { since: None, .. } => Link::Connecting,
                Hall::Up => Link::Up,
                Hall::Down { since: Some(_), .. } => Link::Stale,
            },
            finished: self.desk(|desk| desk.finished).unwrap_or(0),
        }
    }

    fn desk<T>(&self, of: impl FnOnce(&protocol::Desk) -> T) -> Option<T> {
        self.own_counter()?.desk.as_ref().map(of)
    }

    fn stale(&self) -> String {
        let language = self.beginning.language;
        let Hall::Down { since, why } = &self.hall else {
            return String::new();
        };
        let text = match since {
            Some(since) => words::stale(language, why, &LocalTime::from(*since).hour_and_minute()),
            None => words::never_heard(language, why, &self.beginning.hall),
        };
        match &self.asked {
            Some(asked) => format!("{text}\n{}", words::kept(language, &self.name_of(asked))),
            None => text,
        }
    }

    fn name_of(&self, asked: &Asked) -> String {
        let name = match (asked.command, asked.primary) {
            (Command::Primary, Some(primary)) => primary_name(primary),
            (Command::Primary, None) => primary_name(self.primary()),
            (Command::Recall, _) => CommandName::Recall,
            (Command::NoShow, _) => CommandName::NoShow,
            (Command::Finish, _) => CommandName::Finish,
            (Command::Pause, _) if self.is_paused() => CommandName::Resume,
            (Command::Pause, _) => CommandName::Pause,
            (Command::SignOut, _) => CommandName::SignOut,
            (Command::SignIn | Command::Language | Command::Contrast | Command::Back, _) => {
                CommandName::SignIn
            }
        };
        words::command(self.beginning.language, name)
    }

    fn note_view(&self) -> (String, bool) {
        let language = self.beginning.language;
        let Some(note) = &self.note else {
            return (String::new(), false);
        };
        match note {
            Note::Refused(refusal) => (words::refusal(language, refusal), true),
            Note::OneAtATime => {
                let asked = self.asked.as_ref().map(|asked| self.name_of(asked));
                // Answered meanwhile: nothing is left to say.
                let text = asked.map(|name| words::one_at_a_time(language, &name));
                (text.unwrap_or_default(), true)
            }
            Note::TakenBack => (words::taken_back(language), false),
            Note::NotAsked => (words::not_asked(language), true),
            Note::SignedOut { counter } => (words::signed_out(language, *counter), true),
            Note::News { what, .. } => (news(language, what), false),
        }
    }

    fn sign_in_view(&self) -> SignIn {
        SignIn {
            counters: self.table.counters().map(|row| self.choice(row)).collect(),
            clerk: self.form.clerk.clone(),
            button: self.button(Command::SignIn, CommandName::SignIn, true),
        }
    }

    fn choice(&self, row: &CounterRow) -> CounterChoice {
        CounterChoice {
            number: row.number,
            name: self.beginning.language.of(&row.name).to_owned(),
            services: row.services.join(" "),
            clerk: clerk_of(row).cloned().unwrap_or_default(),
            chosen: self.form.counter == Some(row.number),
        }
    }

    fn hand(&self) -> Hand {
        let language = self.beginning.language;
        let pause_reason = self
            .desk(|desk| desk.pause_reason.clone())
            .flatten()
            .filter(|_| self.is_paused())
            .unwrap_or_default();
        let waiting_here = self.served_here().map(|service| service.waiting).sum();
        let Some(in_hand) = self.in_hand() else {
            return Hand {
                state: match self.is_paused() {
                    true => HandState::Paused,
                    false => HandState::Free,
                },
                pause_reason,
                waiting_here,
                ..Hand::default()
            };
        };
        Hand {
            state: match in_hand.state {
                CallState::Called => HandState::Called,
                CallState::Serving | CallState::Finished | CallState::NoShow | CallState::Left => {
                    HandState::Serving
                }
            },
            number: in_hand.number.clone(),
            service: self.service_name(&in_hand.service),
            class: self.class(&in_hand.class),
            timer: self.timer(in_hand),
            waited: words::minutes(language, in_hand.waited_ms),
            called_at: self.time_of_day(in_hand.called_at_ms),
            recalls: in_hand.recalls,
            reason: words::reason(language, in_hand.score_milli, in_hand.overtook),
            pause_reason,
            waiting_here,
        }
    }

    /// Counts on by the hall's clock, which a clerk's own machine need not agree with.
    fn timer(&self, in_hand: &InHand) -> String {
        let since = in_hand.arrived_at_ms.unwrap_or(in_hand.called_at_ms);
        let elapsed_ms = self.since(since);
        let seconds = elapsed_ms / 1000;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match hours {
            0 => format!("{minutes}:{seconds:02}"),
            _ => format!("{hours}:{minutes:02}:{seconds:02}"),
        }
    }

    fn since(&self, then_ms: i64) -> u64 {
        let now_ms = self
            .clock
            .time(self.now)
            .map_or(then_ms, |time| time.unix_ms);
        u64::try_from(now_ms - then_ms).unwrap_or(0)
    }

    fn time_of_day(&self, unix_ms: i64) -> String {
        let time = self.clock.local_of(unix_ms);
        time.map(|time| time.hour_and_minute()).unwrap_or_default()
    }

    fn service_name(&self, code: &str) -> String {
        let row = self.table.service(code);
        row.map_or_else(
            || code.to_owned(),
            |row| self.beginning.language.of(&row.name).to_owned(),
        )
    }

    fn class(&self, code: &str) -> Class {
        let classes = self.table.hall().map(|hall| hall.classes.as_slice());
        let row = classes
            .unwrap_or_default()
            .iter()
            .find(|class| class.code == code);
        Class {
            label: row.map_or_else(
                || code.to_owned(),
                |row| self.beginning.language.of(&row.label).to_owned(),
            ),
            favoured: row.is_some_and(|row| row.favoured),
        }
    }

    fn buttons(&self) -> Buttons {
        let called = self
            .in_hand()
            .is_some_and(|in_hand| in_hand.state == CallState::Called);
        let somebody = self.in_hand().is_some();
        let pause = match self.is_paused() {
            true => CommandName::Resume,
            false => CommandName::Pause,
        };
        Buttons {
            primary: self.button(Command::Primary, primary_name(self.primary()), true),
            recall: self.button(Command::Recall, CommandName::Recall, called),
            no_show: self.button(Command::NoShow, CommandName::NoShow, called),
            finish: self.button(Command::Finish, CommandName::Finish, somebody),
            pause: self.button(Command::Pause, pause, true),
            sign_out: self.button(Command::SignOut, CommandName::SignOut, !somebody),
        }
    }

    fn button(&self, command: Command, name: CommandName, enabled: bool) -> Button {
        let asked = self.asked.as_ref().filter(|asked| asked.command == command);
        Button {
            // While it waits, it says what was pressed.
            text: asked.map_or_else(
                || words::command(self.beginning.language, name),
                |asked| self.name_of(asked),
            ),
            enabled,
            waiting: asked.is_some_and(|asked| {
                self.hall != Hall::Up || self.now >= asked.since + WAITING_SHOWN_AFTER
            }),
        }
    }

    fn next(&self) -> Vec<NextLine> {
        let next = self.desk(|desk| {
            desk.next
                .as_slice()
                .iter()
                .take(NEXT_SHOWN)
                .cloned()
                .collect()
        });
        let next: Vec<NextInLine> = next.unwrap_or_default();
        next.iter().map(|ticket| self.next_line(ticket)).collect()
    }

    fn next_line(&self, ticket: &NextInLine) -> NextLine {
        NextLine {
            number: ticket.number.clone(),
            service: self.service_name(&ticket.service),
            class: self.class(&ticket.class),
            waited: words::minutes(self.beginning.language, self.since(ticket.issued_at_ms)),
        }
    }

    fn served_here(&self) -> impl Iterator<Item = &ServiceRow> {
        self.table.services().filter(|service| self.serves(service))
    }

    fn serves(&self, service: &ServiceRow) -> bool {
        self.own_counter()
            .is_some_and(|row| row.services.contains(&service.code))
    }

    /// Those that this counter serves come first; what does not fit is summed up.
    fn waiting(&self) -> Vec<WaitingLine> {
        let others = self
            .table
            .services()
            .filter(|service| !self.serves(service));
        let mut lines: Vec<WaitingLine> = self
            .served_here()
            .chain(others)
            .map(|service| WaitingLine {
                code: service.code.clone(),
                name: self.beginning.language.of(&service.name).to_owned(),
                waiting: service.waiting,
                own: self.serves(service),
            })
            .collect();
        if lines.len() > SERVICES_SHOWN {
            let rest = lines.split_off(SERVICES_SHOWN - 1);
            lines.push(WaitingLine {
                code: String::new(),
                name: words::other_services(self.beginning.language, rest.len()),
                waiting: rest.iter().map(|line| line.waiting).sum(),
                own: false,
            });
        }
        lines
    }

    fn notices(&self) -> String {
        let language = self.beginning.language;
        let tickets: Vec<_> = self.table.tickets().collect();
        let shown = tickets.iter().take(NO_PAPER_SHOWN);
        let mut notices: Vec<String> = shown
            .map(|row| words::not_printed(language, &row.number, row.not_printed))
            .collect();
        if tickets.len() > NO_PAPER_SHOWN {
            let more = tickets.len() - NO_PAPER_SHOWN;
            notices.push(words::more_not_printed(language, more));
        }
        let away = self.table.devices().filter(|device| !device.connected);
        notices.extend(away.map(|device| {
            let since = self.time_of_day(device.since_ms);
            words::device_away(language, &device.name, &since)
        }));
        notices.join(" · ")
    }
}

fn news(language: Language, news: &News) -> String {
    match news {
        News::Finished { number } => words::finished(language, number),
        News::NoShow { number } => words::no_show(language, number),
        News::Recalled { number } => words::recalled(language, number),
    }
}

fn primary_name(primary: Primary) -> CommandName {
    match primary {
        Primary::CallNext => CommandName::CallNext,
        Primary::Arrived => CommandName::Arrived,
        Primary::FinishAndCallNext => CommandName::FinishAndCallNext,
        Primary::Finish => CommandName::Finish,
        Primary::Resume => CommandName::Resume,
    }
}
