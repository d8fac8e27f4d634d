//! What the window shows: a plain value, made anew from the controller's state.

use std::time::Instant;

use client::{Language, LocalTime, Theme};
use protocol::{Refusal, ServiceRow, WaitRange};
use ticket::{PrinterState, Trouble};

use crate::controller::{Controller, LinkState, Page, Paper, Shown};
use crate::event::Looks;
use crate::slip::{ranges, serial};

/// Everything on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewModel {
    /// Language, colours, size of text.
    pub looks: Looks,
    /// The hall's name; empty before its first word.
    pub hall_name: String,
    /// The hall's time, `10:24`; empty before its first word.
    pub clock: String,
    /// The hall's first notice, or nothing.
    pub notice: String,
    /// Why the kiosk prints nothing at the moment.
    pub printer_trouble: Option<PrinterTrouble>,
    /// Seconds until the screen goes back to the start, once that is being counted down.
    pub countdown_s: Option<u32>,
    /// The services that a kiosk offers.
    pub services: Vec<ServiceView>,
    /// The page.
    pub page: PageView,
}

/// The page, with what only it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageView {
    /// No word from the hall yet.
    Connecting,
    /// The hall cannot be reached.
    Away {
        /// Its time when it was last heard, `10:21`.
        since: Option<String>,
    },
    /// The services.
    Start {
        /// Which screenful of tiles, from 0.
        tiles: usize,
    },
    /// One service.
    Service {
        /// The service.
        service: ServiceView,
        /// Papers that it needs.
        papers: Vec<String>,
        /// The classes that are taken with one touch: code and what the customer says.
        claims: Vec<(String, String)>,
    },
    /// The hall is being asked.
    Taking,
    /// The hall has not answered.
    NoAnswer,
    /// A number.
    Number(NumberView),
    /// The hall gave no number.
    Refused(RefusalView),
}

/// A service as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its zone.
    pub zone: String,
    /// Its counters in short, `1–3, 5`.
    pub counters: String,
    /// How many counters.
    pub counter_count: usize,
    /// How many of them call.
    pub open_counters: u32,
    /// People waiting.
    pub waiting: u32,
    /// The wait to expect.
    pub wait: Option<WaitRange>,
}

/// A number as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberView {
    /// The number.
    pub number: String,
    /// What staff find it by.
    pub serial: String,
    /// Whether its class is favoured.
    pub favoured: bool,
    /// People before it.
    pub ahead: u32,
    /// The wait to expect.
    pub wait: Option<WaitRange>,
    /// Its service.
    pub service: ServiceView,
    /// What became of the paper.
    pub paper: PaperView,
}

/// What a customer is told about the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperView {
    /// It is being printed.
    Printing,
    /// It is there.
    Printed,
    /// It is not, or nobody knows.
    Missing,
}

/// Why the kiosk prints nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrinterTrouble {
    /// The roll is used up.
    NoPaper,
    /// The cover is open.
    CoverOpen,
    /// Anything else.
    Other,
}

/// Why the hall gave no number, as far as it matters to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalView {
    /// All numbers of today are used up.
    UsedUp,
    /// Too many wait.
    HallFull,
    /// It could not be written down.
    NotStored,
    /// The service or class is not offered any more.
    Gone,
    /// Anything else.
    Other,
}

impl Controller {
    /// What the window is to show now.
    #[must_use]
    pub fn view(&self, now: Instant) -> ViewModel {
        let language = self.looks.language;
        let hall = self.table.hall();
        let notice = self.table.notices().next();
        let seconds_left = |home_at: Instant| {
            let left = home_at.saturating_duration_since(now);
            u32::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX)
        };
        ViewModel {
            looks: self.looks,
            hall_name: hall
                .map(|row| language.of(&row.name).into())
                .unwrap_or_default(),
            clock: hour_and_minute(self.clock.local(now)).unwrap_or_default(),
            notice: notice
                .map(|row| language.of(&row.text).into())
                .unwrap_or_default(),
            printer_trouble: self.printer.and_then(printer_trouble),
            countdown_s: self.home_at(now).map(seconds_left),
            services: self.offered().map(|row| service(row, language)).collect(),
            page: self.page_view(now),
        }
    }

    fn offered(&self) -> impl Iterator<Item = &ServiceRow> {
        self.table.services().filter(|row| row.at_kiosk)
    }

    fn page_view(&self, now: Instant) -> PageView {
        match &self.page {
            Page::Start { .. } | Page::Service { .. } if self.is_away(now) => self.away(),
            Page::Start { tiles } => PageView::Start { tiles: *tiles },
            Page::Service { code } => self.service_page(code),
            Page::Taking(_) => PageView::Taking,
            Page::NoAnswer(_) => PageView::NoAnswer,
            Page::Number(shown) => PageView::Number(self.number(shown)),
            Page::Refused(refusal) => PageView::Refused(refusal_view(refusal)),
        }
    }

    fn away(&self) -> PageView {
        match self.link {
            LinkState::NeverUp | LinkState::Up => PageView::Connecting,
            LinkState::Down { since, .. } => PageView::Away {
                since: hour_and_minute(since.map(LocalTime::from)),
            },
        }
    }

    fn service_page(&self, code: &str) -> PageView {
        let language = self.looks.language;
        let papers = self.table.service(code).map(|row| row.papers.as_slice());
        let classes = self.table.hall().map(|row| row.classes.as_slice());
        // The ordinary class, which is the first, has the large button.
        let claims = classes.unwrap_or_default().iter().skip(1);
        PageView::Service {
            service: self.service_view(code),
            papers: papers
                .unwrap_or_default()
                .iter()
                .map(|paper| language.of(paper).to_owned())
                .collect(),
            claims: claims
                .filter(|class| class.at_kiosk)
                .map(|class| (class.code.clone(), language.of(&class.claim).to_owned()))
                .collect(),
        }
    }

    fn number(&self, shown: &Shown) -> NumberView {
        let issued = &shown.issued;
        NumberView {
            number: issued.number.clone(),
            serial: serial(issued.ticket),
            favoured: issued.favoured,
            ahead: issued.ahead,
            wait: issued.wait,
            service: self.service_view(&issued.service),
            paper: match shown.paper {
                Paper::Printing => PaperView::Printing,
                Paper::Printed => PaperView::Printed,
                Paper::Missing => PaperView::Missing,
            },
        }
    }

    /// A service by its code; by nothing but its code if its row is gone.
    fn service_view(&self, code: &str) -> ServiceView {
        match self.table.service(code) {
            Some(row) => service(row, self.looks.language),
            None => ServiceView {
                code: code.to_owned(),
                name: code.to_owned(),
                zone: String::new(),
                counters: String::new(),
                counter_count: 0,
                open_counters: 0,
                waiting: 0,
                wait: None,
            },
        }
    }
}

impl ViewModel {
    /// Whether the colours are those of high contrast.
    #[must_use]
    pub fn is_high_contrast(&self) -> bool {
        self.looks.theme == Theme::HighContrast
    }
}

fn service(row: &ServiceRow, language: Language) -> ServiceView {
    ServiceView {
        code: row.code.clone(),
        name: language.of(&row.name).to_owned(),
        zone: language.of(&row.zone).to_owned(),
        counters: ranges(&row.counters),
        counter_count: row.counters.len(),
        open_counters: row.open_counters,
        waiting: row.waiting,
        wait: row.wait,
    }
}

fn printer_trouble(state: PrinterState) -> Option<PrinterTrouble> {
    state.trouble().map(|trouble| match trouble {
        Trouble::PaperOut => PrinterTrouble::NoPaper,
        Trouble::CoverOpen => PrinterTrouble::CoverOpen,
        _ => PrinterTrouble::Other,
    })
}

fn refusal_view(refusal: &Refusal) -> RefusalView {
    match refusal {
        Refusal::NumbersUsedUp => RefusalView::UsedUp,
        Refusal::HallFull => RefusalView::HallFull,
        Refusal::NotStored | Refusal::TooManyRequests => RefusalView::NotStored,
        Refusal::UnknownService | Refusal::UnknownClass => RefusalView::Gone,
        _ => RefusalView::Other,
    }
}

fn hour_and_minute(time: Option<LocalTime>) -> Option<String> {
    time.map(|time| time.hour_and_minute())
}
