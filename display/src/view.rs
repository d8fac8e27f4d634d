//! What stands on the wall, as plain data: made anew after each event, compared and drawn by the window.

use std::time::Instant;

use client::Language;
use protocol::{CallRow, CallState, ServiceRow, Text};

use crate::announcer::{Announcement, Heard};
use crate::controller::{Contact, Controller};
use crate::notices;
use crate::words::{Both, date};

/// Calls in the list; the window shows as many of them as its height allows.
pub const LISTED: usize = 8;

/// Services on the wall at once; more take turns.
pub const SERVICES: usize = 12;

const SERVICES_SHOWN_MS: u64 = 10_000;

/// A new call blinks once a second (D-03 allows three) and stops by itself.
pub const BLINK_MS: u64 = 1_000;
/// How often it blinks.
pub const BLINKS: u64 = 5;

/// Everything on the wall.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Whether there is anything to show: false until the hall was reached for the first time.
    pub ready: bool,
    /// The hall's name.
    pub hall: Both,
    /// The hall's clock, `10:42`.
    pub clock: String,
    /// Its date.
    pub date: Both,
    /// That, and since when, what is shown may be old. `None` when it is not.
    pub stale: Option<Both>,
    /// What is wrong with the sound. `None` when nothing is.
    pub sound: Option<Both>,
    /// The newest call.
    pub newest: Option<Newest>,
    /// The calls before it, and those that wait to be announced, the newest first.
    pub last: Vec<Listed>,
    /// The services in order of codes.
    pub services: Vec<Service>,
    /// The notice, or the part of one, whose turn it is.
    pub notice: Option<Both>,
}

/// The call that stands large.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newest {
    /// The number called.
    pub number: String,
    /// The counter to go to.
    pub counter: String,
    /// Where that is: the zone sign, if it has one.
    pub place: Both,
    /// The name of the service.
    pub service: Both,
    /// Whether its customer is expected: it is being announced, or nobody has come yet.
    pub expected: bool,
    /// Whether its frame is lit: it blinks at first, then stays lit until the customer has come.
    pub lit: bool,
}

/// A call in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The number called.
    pub number: String,
    /// The counter.
    pub counter: String,
    /// When it was called, `10:42`.
    pub time: String,
    /// Whether the customer is still expected.
    pub expected: bool,
}

/// A service and its queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Its letter.
    pub code: String,
    /// Its name.
    pub name: Both,
    /// People waiting.
    pub waiting: u32,
    /// Whether a counter serves it now.
    pub open: bool,
}

impl Controller {
    /// What stands on the wall at this moment.
    #[must_use]
    pub fn view(&self, now: Instant, leading: Language) -> View {
        let time = self.clock().local(now);
        let hall = self.table().hall();
        View {
            ready: hall.is_some(),
            hall: hall.map_or_else(Both::default, |hall| Both::of(&hall.name, leading)),
            clock: time.map_or_else(String::new, |time| time.hour_and_minute()),
            date: time.map_or_else(Both::default, |time| date(&time, leading)),
            stale: self.stale(leading),
            sound: sound(self.heard(), leading),
            newest: self.newest(now, leading),
            last: self.last_calls(),
            services: self.services(now, leading),
            notice: self.notice(now, leading),
        }
    }

    fn stale(&self, leading: Language) -> Option<Both> {
        let Contact::Stale { since, why } = self.contact() else {
            return None;
        };
        if let Some(text) = client::for_the_technician(why) {
            return Some(for_whom(&text, since.is_some(), leading));
        }
        let since = since.map(|time| client::LocalTime::from(time).hour_and_minute());
        Some(match since {
            Some(since) => Both::words(
                format!("与叫号系统的连接中断，屏幕停留在 {since}，请留意工作人员叫号"),
                format!(
                    "Connection lost: this screen stopped at {since}. Please listen for the staff."
                ),
                leading,
            ),
            None => Both::words("无法连接叫号系统", "The hall cannot be reached", leading),
        })
    }

    fn newest(&self, now: Instant, leading: Language) -> Option<Newest> {
        if let Some(announcement) = self.announcer().current() {
            let age_ms = self.ms(now).saturating_sub(announcement.shown_ms);
            let row = self.table().call(announcement.call.call);
            // Also while its customer stands there already: the announcement is not cut off for it.
            let expected = row.is_none_or(|row| row.state != CallState::Left);
            let lit = age_ms >= BLINKS * BLINK_MS || age_ms % BLINK_MS < BLINK_MS / 2;
            return Some(Newest {
                expected,
                lit: expected && lit,
                ..self.large(&row_of(announcement, row), leading)
            });
        }
        let row = self
            .by_time()
            .into_iter()
            .find(|row| !self.is_waiting(row))?;
        Some(self.large(row, leading))
    }

    fn large(&self, row: &CallRow, leading: Language) -> Newest {
        let service = self.table().service(&row.service);
        let name = service.map(|service| Both::of(&service.name, leading));
        let zone = service.map(|service| &service.zone);
        Newest {
            number: row.number.clone(),
            counter: row.counter.to_string(),
            place: place(zone, leading),
            service: name.unwrap_or_default(),
            expected: row.state == CallState::Called,
            lit: row.state == CallState::Called,
        }
    }

    fn last_calls(&self) -> Vec<Listed> {
        let large = self.announcer().current().map(|current| current.call.call);
        let rows = self.by_time();
        let newest = || {
            rows.iter()
                .find(|row| !self.is_waiting(row))
                .map(|row| row.call)
        };
        let large = large.or_else(newest);
        rows.iter()
            .filter(|row| Some(row.call) != large)
            .take(LISTED)
            .map(|row| Listed {
                number: row.number.clone(),
                counter: row.counter.to_string(),
                time: self
                    .clock()
                    .local_of(row.called_at_ms)
                    .map_or_else(String::new, |time| time.hour_and_minute()),
                expected: row.state == CallState::Called || self.is_waiting(row),
            })
            .collect()
    }

    /// The calls, the last one first. A recall makes a call the last one again.
    fn by_time(&self) -> Vec<&CallRow> {
        let mut rows: Vec<&CallRow> = self.table().calls().collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.called_at_ms, row.call)));
        rows
    }

    fn is_waiting(&self, row: &CallRow) -> bool {
        self.announcer().waiting().any(|call| call.call == row.call)
    }

    fn services(&self, now: Instant, leading: Language) -> Vec<Service> {
        let all: Vec<&ServiceRow> = self.table().services().collect();
        let pages: Vec<&[&ServiceRow]> = all.chunks(SERVICES).collect();
        let turn = usize::try_from(self.ms(now) / SERVICES_SHOWN_MS).unwrap_or_default();
        let page = pages.get(turn % pages.len().max(1)).copied();
        let line = |service: &&ServiceRow| Service {
            code: service.code.clone(),
            name: Both::of(&service.name, leading),
            waiting: service.waiting,
            open: service.open_counters > 0,
        };
        page.unwrap_or_default().iter().map(line).collect()
    }

    fn notice(&self, now: Instant, leading: Language) -> Option<Both> {
        let texts = self.table().notices().map(|notice| &notice.text);
        notices::at(texts, self.ms(now)).map(|text| Both::of(&text, leading))
    }
}

/// What only a technician can mend; the people in the room hear what it means for them.
fn for_whom(text: &Text, had_calls: bool, leading: Language) -> Both {
    let (zh, en) = match had_calls {
        true => ("，请留意工作人员叫号", ". Please listen for the staff."),
        false => ("，请联系技术员", ". Please call a technician."),
    };
    let (zh, en) = (format!("{}{zh}", text.zh), format!("{}{en}", text.en));
    Both::words(zh, en, leading)
}

fn place(zone: Option<&Text>, leading: Language) -> Both {
    let with = |word: &str, zone: &str| match zone {
        "" => word.to_owned(),
        _ => format!("{word} · {zone}"),
    };
    let zone = |language: Language| zone.map_or("", |zone| language.of(zone));
    let (zh, en) = (zone(Language::Zh), zone(Language::En));
    Both::words(with("窗口", zh), with("Counter", en), leading)
}

/// The row of a call that is announced; what it said when it was called, if the hall has
/// forgotten it since.
fn row_of(announcement: &Announcement, row: Option<&CallRow>) -> CallRow {
    let call = &announcement.call;
    row.cloned().unwrap_or_else(|| CallRow {
        call: call.call,
        number: call.number.clone(),
        counter: call.counter,
        service: String::new(),
        state: CallState::Called,
        recalls: call.recalls,
        called_at_ms: 0,
    })
}

fn sound(heard: Heard, leading: Language) -> Option<Both> {
    match heard {
        Heard::All | Heard::NotTried => None,
        Heard::Partly => Some(Both::words("语音不全", "Voice incomplete", leading)),
        Heard::ChimeOnly => Some(Both::words("仅提示音", "Chime only", leading)),
        Heard::Nothing => Some(Both::words("无声音", "No sound", leading)),
    }
}
