//! What the window shows: a plain value, made anew from the controller's state.

use std::time::Instant;

use client::{Language, LocalTime, Theme, serial};
use protocol::{Act, Doors, ServiceRow, Text, WaitRange};
use ticket::{PrinterState, Trouble, number_ranges};

pub use self::keypad::{Asks, KeypadView};
pub use self::refusal::RefusalView;
use crate::controller::{Controller, LinkState, MAX_FURTHER, Page, Paper, Purpose, Shown, Visit};
use crate::event::Looks;

mod keypad;
mod refusal;

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
    /// What only a technician can mend, in both languages; empty when there is nothing.
    pub technician: String,
    /// Seconds until the screen goes back to the start, once that is being counted down.
    pub countdown_s: Option<u32>,
    /// Whether it is before noon, for the numbers of this part of the day.
    pub is_morning: bool,
    /// Whether customers who missed a call may say here that they are back.
    pub offers_returns: bool,
    /// Whether customers with an appointment may say here that they have come.
    pub offers_appointments: bool,
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
    /// The hall gives out no numbers now.
    Closed {
        /// Why, and until when.
        doors: Doors,
    },
    /// One service.
    Service {
        /// The service.
        service: ServiceView,
        /// Papers that it needs.
        papers: Vec<String>,
        /// Whether they may be listed on the slip, and whether the customer wants it.
        list: Option<bool>,
        /// The classes that are taken with one touch: code and what the customer says.
        claims: Vec<(String, String)>,
        /// Whether there are other services to add.
        offers_errands: bool,
        /// How many further services of the visit are chosen.
        chosen_errands: usize,
    },
    /// Further services of the visit.
    Errands(ErrandsView),
    /// Something is typed.
    Keypad(KeypadView),
    /// The hall is being asked.
    Taking(Wish),
    /// The hall has not answered.
    NoAnswer(Wish),
    /// A number.
    Number(NumberView),
    /// A customer who missed a call is back in the queue.
    Returned {
        /// The number.
        number: String,
        /// After how many further calls it is called.
        after_calls: u32,
    },
    /// The hall gave nothing.
    Refused {
        /// Why.
        refusal: RefusalView,
        /// Whether typing it again can help.
        can_retype: bool,
    },
}

/// What a customer wants of the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A number.
    Number,
    /// To be called again.
    Return,
}

/// The services that can be added to a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrandsView {
    /// Each with whether it is chosen.
    pub errands: Vec<(ServiceView, bool)>,
    /// Whether no more can be chosen.
    pub is_full: bool,
    /// Which screenful, from 0.
    pub tiles: usize,
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
    /// Whether numbers are given out for it.
    pub doors: Doors,
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
    /// Names of its further services.
    pub then: Vec<String>,
    /// The time of its appointment, `10:00`.
    pub slot: Option<String>,
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
            technician: self.technician.as_ref().map(technician).unwrap_or_default(),
            countdown_s: self.home_at(now).map(seconds_left),
            is_morning: self.clock.local(now).is_some_and(|time| time.hour < 12),
            offers_returns: self.offers_returns(),
            offers_appointments: self.offers_appointments(),
            services: self.offered().map(|row| service(row, language)).collect(),
            page: self.page_view(now),
        }
    }

    fn offered(&self) -> impl Iterator<Item = &ServiceRow> {
        self.table.services().filter(|row| row.at_kiosk)
    }

    fn page_view(&self, now: Instant) -> PageView {
        match &self.page {
            Page::Start { .. } if self.is_away(now) => self.away(),
            page if page.is_choosing() && self.is_away(now) => self.away(),
            Page::Start { .. } if !self.hall_is_open() => self.closed(),
            Page::Start { tiles } => PageView::Start { tiles: *tiles },
            Page::Service(visit) => self.service_page(visit),
            Page::Errands { visit, tiles, .. } => self.errands_page(visit, *tiles),
            Page::Keypad(keypad) => PageView::Keypad(self.keypad(keypad)),
            Page::Taking(request) => PageView::Taking(wish(&request.act)),
            Page::NoAnswer(request) => PageView::NoAnswer(wish(&request.act)),
            Page::Number(shown) => PageView::Number(self.number(shown)),
            Page::Returned(returned) => PageView::Returned {
                number: returned.number.clone(),
                after_calls: returned.after_calls,
            },
            Page::Refused { act, refusal } => PageView::Refused {
                refusal: refusal::refusal_view(act, refusal),
                can_retype: Purpose::to_type_again(act, refusal).is_some(),
            },
        }
    }

    fn closed(&self) -> PageView {
        let doors = self.table.hall().map(|hall| hall.doors.clone());
        PageView::Closed {
            doors: doors.unwrap_or_default(),
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

    fn service_page(&self, visit: &Visit) -> PageView {
        let language = self.looks.language;
        let code = visit.service.as_str();
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
            list: self.offers_papers().then_some(self.wants_papers),
            claims: claims
                .filter(|class| class.at_kiosk)
                .map(|class| (class.code.clone(), language.of(&class.claim).to_owned()))
                .collect(),
            offers_errands: self.further_services(code).next().is_some(),
            chosen_errands: visit.then.len(),
        }
    }

    fn errands_page(&self, visit: &Visit, tiles: usize) -> PageView {
        let errand = |row: &ServiceRow| {
            let chosen = visit.then.contains(&row.code);
            (service(row, self.looks.language), chosen)
        };
        PageView::Errands(ErrandsView {
            errands: self.further_services(&visit.service).map(errand).collect(),
            is_full: visit.then.len() >= MAX_FURTHER,
            tiles,
        })
    }

    fn names(&self, codes: &[String]) -> Vec<String> {
        let name = |code: &String| self.service_view(code).name;
        codes.iter().map(name).collect()
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
            then: self.names(&issued.then),
            slot: issued.slot.clone(),
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
                doors: Doors::default(),
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
        counters: number_ranges(&row.counters),
        counter_count: row.counters.len(),
        open_counters: row.open_counters,
        waiting: row.waiting,
        wait: row.wait,
        doors: row.doors.clone(),
    }
}

/// In both languages, whatever the last customer chose.
fn technician(text: &Text) -> String {
    format!("技术员：{}\nTechnician: {}", text.zh, text.en)
}

fn wish(act: &Act) -> Wish {
    match act {
        Act::Return { .. } => Wish::Return,
        _ => Wish::Number,
    }
}

fn printer_trouble(state: PrinterState) -> Option<PrinterTrouble> {
    state.trouble().map(|trouble| match trouble {
        Trouble::PaperOut => PrinterTrouble::NoPaper,
        Trouble::CoverOpen => PrinterTrouble::CoverOpen,
        _ => PrinterTrouble::Other,
    })
}

fn hour_and_minute(time: Option<LocalTime>) -> Option<String> {
    time.map(|time| time.hour_and_minute())
}
