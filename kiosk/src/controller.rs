//! What the kiosk does: events in, effects out. No window, no clock, no thread, no randomness.
//!
//! How to drive it: [`Controller::update`] with each event and the present instant, carry out
//! the effects, show [`Controller::view`], and send [`Event::Tick`] at [`Controller::wake_at`].

use std::time::{Duration, Instant};

use client::{HallClock, Table, Theme};
use protocol::{Act, Rows, Text, Time};
use ticket::PrinterState;
use uuid::Uuid;

pub(crate) use self::errands::MAX_FURTHER;
pub(crate) use self::keypad::{Keypad, Purpose};
pub(crate) use self::page::{Page, Paper, Shown, Visit};
use self::taking::Request;
use self::unfinished::Unfinished;
use crate::event::{Effect, Event, Key, Looks, PaperNews, Touch};
use crate::reports::Reports;

mod errands;
mod keypad;
mod page;
mod patience;
mod taking;
mod unfinished;

/// A double strike counts once (EN 301 549, 5.8), and a page that has just come takes no touch
/// that was meant for the one before.
pub const STRIKE: Duration = Duration::from_millis(500);
/// A link that comes back so soon is not worth a page.
pub const AWAY_AFTER: Duration = Duration::from_secs(2);

/// Whether the hall is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkState {
    NeverUp,
    Up,
    Down { at: Instant, since: Option<Time> },
}

/// The kiosk's state and rules.
pub struct Controller {
    pub(crate) usual: Looks,
    pub(crate) looks: Looks,
    pub(crate) table: Table,
    pub(crate) clock: HallClock,
    pub(crate) link: LinkState,
    /// What only a technician can mend.
    pub(crate) technician: Option<Text>,
    pub(crate) printer: Option<PrinterState>,
    pub(crate) page: Page,
    /// Since when the page stands as it is: its own deadline counts from here.
    page_since: Instant,
    touched_at: Instant,
    struck_at: Option<Instant>,
    /// The last key of the keypad, and when it was struck.
    key_at: Option<(Key, Instant)>,
    /// The customer wants the papers of the service listed on the slip.
    pub(crate) wants_papers: bool,
    /// Requests whose customer was sent away: their answers are taken back.
    given_up: Vec<Request>,
    unfinished: Unfinished,
    reports: Reports,
    next_id: Box<dyn FnMut() -> Uuid>,
}

impl Controller {
    /// A kiosk at its start, with no word from the hall. `next_id` makes request ids (UUID version 7).
    pub fn new(usual: Looks, now: Instant, next_id: impl FnMut() -> Uuid + 'static) -> Self {
        Self {
            usual,
            looks: usual,
            table: Table::default(),
            clock: HallClock::default(),
            link: LinkState::NeverUp,
            technician: None,
            printer: None,
            page: Page::Start { tiles: 0 },
            page_since: now,
            touched_at: now,
            struck_at: None,
            key_at: None,
            wants_papers: false,
            given_up: Vec::new(),
            unfinished: Unfinished::default(),
            reports: Reports::default(),
            next_id: Box::new(next_id),
        }
    }

    /// Takes one event in and says what is to be done.
    pub fn update(&mut self, now: Instant, event: Event) -> Vec<Effect> {
        let mut effects = self.catch_up(now);
        match event {
            Event::Touch(touch) => effects.extend(self.touch(now, touch)),
            Event::Rows(rows) => self.take_rows(now, rows),
            Event::Beat(time) => self.clock.hear(time, now),
            Event::LinkUp(time) => {
                self.clock.hear(time, now);
                self.link = LinkState::Up;
                self.technician = None;
            }
            Event::Technician(text) => self.technician = text,
            Event::LinkDown(since) => self.lose_link(now, since),
            Event::Answer { id, outcome } => effects.extend(self.answer(now, id, outcome)),
            Event::Unfinished { id, act } => effects.push(self.finish_asking(id, act)),
            Event::Unwanted { ticket } => effects.push(self.report(Act::Void { ticket })),
            Event::Paper { ticket, news } => effects.extend(self.paper(now, ticket, news)),
            Event::Printer(state) => self.printer = Some(state),
            Event::Tick => {}
        }
        effects
    }

    /// When [`Event::Tick`] is due next, if nothing else happens before.
    #[must_use]
    pub fn wake_at(&self, now: Instant) -> Option<Instant> {
        let away_at = match self.link {
            LinkState::Down { at, .. } => Some(at + AWAY_AFTER).filter(|at| *at > now),
            _ => None,
        };
        let due = [
            self.page_due(),
            self.next_second_of_warning(now),
            away_at,
            self.reports.due(),
            self.unfinished.due(),
            self.next_minute(now),
        ];
        due.into_iter().flatten().min()
    }

    /// Whether the hall has been out of reach for so long that no number may be offered.
    pub(crate) fn is_away(&self, now: Instant) -> bool {
        match self.link {
            LinkState::NeverUp => true,
            LinkState::Up => false,
            LinkState::Down { at, .. } => now >= at + AWAY_AFTER,
        }
    }

    /// Does what fell due since the last event.
    fn catch_up(&mut self, now: Instant) -> Vec<Effect> {
        if self.page_due().is_some_and(|due| due <= now) {
            self.end_patience(now);
        }
        if self.is_away(now) && self.page.is_choosing() {
            self.go(now, Page::Start { tiles: 0 });
        }
        let again = self.reports.take_due(now);
        let mut effects: Vec<Effect> = again.into_iter().map(|act| self.report(act)).collect();
        let unfinished = self.unfinished.take_due(now);
        effects.extend(
            unfinished
                .into_iter()
                .map(|(id, act)| Effect::Ask { id, act }),
        );
        effects
    }

    fn touch(&mut self, now: Instant, touch: Touch) -> Option<Effect> {
        self.touched_at = now;
        if touch == Touch::Anywhere || self.is_struck_again(now, &touch) {
            return None;
        }
        if let Touch::Key(key) = touch {
            self.press_key(now, key);
            return None;
        }
        self.struck_at = Some(now);
        match touch {
            Touch::Anywhere | Touch::Key(_) => {}
            Touch::Language(language) => self.looks.language = language,
            Touch::LargeText => self.looks.large_text = !self.looks.large_text,
            Touch::HighContrast => self.looks.theme = other_theme(self.looks.theme),
            Touch::Tiles(tiles) => self.turn_to(tiles),
            Touch::Service(code) => self.choose(now, code),
            Touch::TakeOrdinary => return self.take_ordinary(now),
            Touch::TakeAs(class) => return self.take(now, class),
            Touch::Papers => self.wants_papers = self.offers_papers() && !self.wants_papers,
            Touch::MissedCall => self.open_keypad(now, Purpose::Return),
            Touch::Appointment => self.open_keypad(now, Purpose::CheckIn),
            Touch::Errands => self.open_errands(now),
            Touch::Errand(code) => self.mark_errand(&code),
            Touch::ErrandsChosen => self.keep_errands(now),
            Touch::Enter => return self.enter(now),
            Touch::TryAgain => return self.try_again(now),
            Touch::Back => self.go_back(now),
            Touch::Finish => self.finish(now),
        }
        None
    }

    /// Keys have a rule of their own, but also a key waits until its page is there.
    fn is_struck_again(&self, now: Instant, touch: &Touch) -> bool {
        let struck_at = match touch {
            Touch::Key(_) => None,
            _ => self.struck_at,
        };
        let last = struck_at.max(Some(self.page_since));
        last.is_some_and(|last| now < last + STRIKE)
    }

    fn turn_to(&mut self, tiles: usize) {
        if let Page::Start { tiles: shown } | Page::Errands { tiles: shown, .. } = &mut self.page {
            *shown = tiles;
        }
    }

    fn choose(&mut self, now: Instant, code: String) {
        let at_start = matches!(self.page, Page::Start { .. });
        let is_there = self.table.service(&code).is_some();
        if at_start && is_there && self.hall_is_open() && !self.is_away(now) {
            let (service, then) = (code, Vec::new());
            self.go(now, Page::Service(Visit { service, then }));
        }
    }

    fn go_back(&mut self, now: Instant) {
        match self.page.clone() {
            Page::Service(_) => self.go(now, Page::Start { tiles: 0 }),
            Page::Errands { visit, before, .. } => self.forget_errands(now, visit, before),
            Page::Keypad(keypad) => self.leave_keypad(now, keypad),
            Page::NoAnswer(_) | Page::Refused { .. } => self.go_home(now),
            Page::Start { .. } | Page::Taking(_) | Page::Number(_) | Page::Returned(_) => {}
        }
    }

    fn finish(&mut self, now: Instant) {
        let is_done = match &self.page {
            Page::Number(shown) => shown.paper != Paper::Printing,
            Page::Returned(_) => true,
            _ => false,
        };
        if is_done {
            self.go_home(now);
        }
    }

    fn take_rows(&mut self, now: Instant, rows: Rows) {
        self.table.apply(rows);
        if self.is_page_gone() {
            self.go(now, Page::Start { tiles: 0 });
        }
        self.drop_closed_errands();
    }

    /// Whether the hall has taken away what the page stands on. A service that takes nobody at this
    /// hour keeps its page, which says so.
    fn is_page_gone(&self) -> bool {
        let is_gone = |visit: &Visit| {
            let row = self.table.service(&visit.service);
            !self.hall_is_open() || row.is_none_or(|row| !row.at_kiosk)
        };
        match &self.page {
            Page::Service(visit) | Page::Errands { visit, .. } => is_gone(visit),
            Page::Keypad(keypad) => match &keypad.purpose {
                Purpose::Return => !self.offers_returns(),
                Purpose::CheckIn => !self.offers_appointments(),
                Purpose::Phone { visit, .. } => is_gone(visit),
            },
            _ => false,
        }
    }

    fn lose_link(&mut self, now: Instant, since: Option<Time>) {
        match self.link {
            LinkState::Up => self.link = LinkState::Down { at: now, since },
            // Told again, for another reason.
            LinkState::NeverUp | LinkState::Down { .. } => {}
        }
    }

    fn paper(&mut self, now: Instant, ticket: u64, news: PaperNews) -> Option<Effect> {
        if let Page::Number(shown) = &mut self.page
            && shown.issued.ticket == ticket
        {
            shown.paper = match news {
                PaperNews::Printed { .. } => Paper::Printed,
                PaperNews::Missing(_) => Paper::Missing,
            };
            self.page_since = now;
        }
        Some(self.report(match news {
            PaperNews::Printed { copies } => Act::Printed { ticket, copies },
            PaperNews::Missing(reason) => Act::NotPrinted { ticket, reason },
        }))
    }

    /// Tells the hall something that it must come to know.
    fn report(&mut self, act: Act) -> Effect {
        let id = (self.next_id)();
        self.reports.keep(id, act.clone());
        Effect::Ask { id, act }
    }

    /// The start as the next customer expects it. What was not answered is given up.
    fn go_home(&mut self, now: Instant) {
        self.looks = self.usual;
        self.go(now, Page::Start { tiles: 0 });
    }

    fn go(&mut self, now: Instant, page: Page) {
        let left = std::mem::replace(&mut self.page, page);
        if let Page::NoAnswer(request) = left {
            self.give_up(request);
        }
        // The next visit begins here.
        self.wants_papers &= !matches!(self.page, Page::Start { .. });
        self.page_since = now;
    }
}

fn other_theme(theme: Theme) -> Theme {
    match theme {
        Theme::Light => Theme::HighContrast,
        Theme::HighContrast => Theme::Light,
    }
}

#[cfg(test)]
mod tests;
