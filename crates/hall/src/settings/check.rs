//! Holds the parts of a settings file against each other. All mistakes are said at once.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::Range;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use queue::{ClassCode, CounterNumber, ServiceCode};
use toml::Spanned;

use super::file::{ClassEntry, CounterEntry, HallFile, ServiceEntry};
use super::mistake::Fault;
use super::{ClassSettings, CounterSettings, HallSettings, ServiceSettings};

const MINUTE_MS: u64 = 60_000;

/// Digits that a number may have behind its letter, so that it fits the wall: at most six.
const LAST_NUMBER_LIMIT: u32 = 999_999;

pub(super) fn check(file: HallFile) -> Result<HallSettings, Vec<Fault>> {
    let mut faults = Faults::default();
    let time_zone = faults.time_zone(&file.time_zone);
    let day_turns_at = faults.time_of_day(&file.day_turns_at);
    let listen = faults.address(&file.listen);
    faults.classes(&file.classes);
    faults.services(&file.services, &file.counters);
    faults.counters(&file.counters, &file.services);
    if *file.max_waiting.get_ref() == 0 {
        faults.say(
            &file.max_waiting.span(),
            "nobody may wait. Say how many people the room holds.",
        );
    }
    match (time_zone, day_turns_at, listen) {
        (Some(time_zone), Some(day_turns_at), Some(listen)) if faults.found.is_empty() => {
            Ok(HallSettings {
                name: file.name,
                time_zone,
                day_turns_at,
                listen,
                max_waiting: file.max_waiting.into_inner(),
                missed_call_rule: file.missed_call_rule,
                classes: file.classes.into_iter().map(class).collect(),
                services: file.services.into_iter().map(service).collect(),
                counters: file
                    .counters
                    .into_iter()
                    .map(counter)
                    .collect::<BTreeMap<_, _>>(),
                notices: file.notices.into_iter().map(|notice| notice.text).collect(),
            })
        }
        _ => Err(faults.found),
    }
}

fn class(entry: ClassEntry) -> ClassSettings {
    ClassSettings {
        code: ClassCode::new(entry.code.get_ref()),
        label: entry.label,
        claim: entry.claim,
        target_wait_ms: u64::from(entry.target_wait_min.into_inner()) * MINUTE_MS,
        head_start_ms: u64::from(entry.head_start_min) * MINUTE_MS,
        favoured: entry.favoured,
        at_kiosk: entry.at_kiosk,
    }
}

fn service(entry: ServiceEntry) -> ServiceSettings {
    ServiceSettings {
        code: ServiceCode::new(entry.code.get_ref()),
        name: entry.name,
        zone: entry.zone,
        papers: entry.papers,
        typical_handling_ms: u64::from(entry.typical_min.into_inner()) * MINUTE_MS,
        last_number: entry.last_number.into_inner(),
        at_kiosk: entry.at_kiosk,
    }
}

fn counter(entry: CounterEntry) -> (CounterNumber, CounterSettings) {
    let services = entry
        .services
        .iter()
        .map(|code| ServiceCode::new(code.get_ref()))
        .collect();
    (
        CounterNumber(entry.number.into_inner()),
        CounterSettings {
            name: entry.name,
            services,
        },
    )
}

#[derive(Default)]
struct Faults {
    found: Vec<Fault>,
}

impl Faults {
    fn say(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.found.push(Fault {
            span: span.clone(),
            what: what.into(),
        });
    }

    fn time_zone(&mut self, name: &Spanned<String>) -> Option<TimeZone> {
        let zone = TimeZone::get(name.get_ref()).ok();
        if zone.is_none() {
            let what = format!(
                "no time zone is called {:?}. Write one like \"Asia/Shanghai\".",
                name.get_ref()
            );
            self.say(&name.span(), what);
        }
        zone
    }

    fn time_of_day(&mut self, text: &Spanned<String>) -> Option<Time> {
        let time = text.get_ref().parse().ok();
        if time.is_none() {
            self.say(
                &text.span(),
                format!(
                    "{:?} is no time of day. Write one like \"03:00\".",
                    text.get_ref()
                ),
            );
        }
        time
    }

    fn address(&mut self, text: &Spanned<String>) -> Option<SocketAddr> {
        let address = text.get_ref().parse().ok();
        if address.is_none() {
            let what = format!(
                "{:?} is no address and port. Write them like \"127.0.0.1:7410\".",
                text.get_ref()
            );
            self.say(&text.span(), what);
        }
        address
    }

    fn classes(&mut self, classes: &[ClassEntry]) {
        if classes.is_empty() {
            self.say(
                &(0..0),
                "there is no customer class. Add one: [[class]] with code = \"ordinary\".",
            );
        }
        let mut codes = BTreeSet::new();
        for class in classes {
            if !codes.insert(class.code.get_ref()) {
                self.twice("class", &class.code);
            }
            if *class.target_wait_min.get_ref() == 0 {
                let what = "a target wait of 0 minutes would put this class before everybody for ever. Write at least 1.";
                self.say(&class.target_wait_min.span(), what);
            }
        }
    }

    fn services(&mut self, services: &[ServiceEntry], counters: &[CounterEntry]) {
        if services.is_empty() {
            self.say(
                &(0..0),
                "there is no service. Add one: [[service]] with code = \"A\".",
            );
        }
        let taken: BTreeSet<&String> = counters
            .iter()
            .flat_map(|counter| counter.services.iter().map(Spanned::get_ref))
            .collect();
        let mut codes = BTreeSet::new();
        for service in services {
            self.service(service);
            if !codes.insert(service.code.get_ref()) {
                self.twice("service", &service.code);
            } else if !taken.contains(service.code.get_ref()) {
                let what = format!(
                    "no counter takes the service {:?}: its customers would wait for ever. Add it to a counter's services.",
                    service.code.get_ref()
                );
                self.say(&service.code.span(), what);
            }
        }
    }

    fn service(&mut self, service: &ServiceEntry) {
        let code = service.code.get_ref();
        if code.is_empty()
            || code.len() > 2
            || !code.chars().all(|letter| letter.is_ascii_uppercase())
        {
            let what = format!(
                "{code:?} is no code for a service: it is spoken and printed. Write one or two letters A to Z."
            );
            self.say(&service.code.span(), what);
        }
        if !(1..=LAST_NUMBER_LIMIT).contains(service.last_number.get_ref()) {
            let what = format!("a series ends at a number from 1 to {LAST_NUMBER_LIMIT}.");
            self.say(&service.last_number.span(), what);
        }
        if *service.typical_min.get_ref() == 0 {
            self.say(
                &service.typical_min.span(),
                "no business takes 0 minutes. Write at least 1.",
            );
        }
    }

    fn counters(&mut self, counters: &[CounterEntry], services: &[ServiceEntry]) {
        if counters.is_empty() {
            self.say(
                &(0..0),
                "there is no counter. Add one: [[counter]] with number = 1.",
            );
        }
        let codes: Vec<&str> = services
            .iter()
            .map(|service| service.code.get_ref().as_str())
            .collect();
        let mut numbers = BTreeSet::new();
        for counter in counters {
            let number = *counter.number.get_ref();
            if !numbers.insert(number) {
                self.say(
                    &counter.number.span(),
                    format!("the counter {number} is named twice. Give it another number."),
                );
            }
            for code in counter
                .services
                .iter()
                .filter(|code| !codes.contains(&code.get_ref().as_str()))
            {
                let what = format!(
                    "no service has the code {:?}. There are: {}.",
                    code.get_ref(),
                    codes.join(", ")
                );
                self.say(&code.span(), what);
            }
        }
    }

    fn twice(&mut self, kind: &str, code: &Spanned<String>) {
        let what = format!(
            "the {kind} {:?} is named twice. Give one of them another code.",
            code.get_ref()
        );
        self.say(&code.span(), what);
    }
}
