//! How a ticket comes about.

use std::collections::BTreeSet;

use super::{Appointment, Desk, Errand, Paper, Place, Reference, Said, State, Ticket};
use crate::clocks::{Clocks, MINUTE_MS, Present};

/// Digits of a mobile number at home; from abroad 86 stands in front of it.
const HOME_DIGITS: usize = 11;

impl Reference {
    pub(super) fn take(
        &mut self,
        now: &Present,
        services: &[&str],
        class: &str,
        phone: Option<&str>,
    ) -> Option<Said> {
        let phone = match phone {
            Some(written) => Some(digits(written)?),
            None => None,
        };
        let different: BTreeSet<_> = services.iter().collect();
        let fits = services.len() <= protocol::MAX_ERRANDS && different.len() == services.len();
        let open = |service: &&str| {
            self.knows(service, class)
                && self.doors_are_open(now.time_of_day_ms)
                && self.quota_is_left(service, now.time_of_day_ms)
        };
        if !fits || !services.iter().all(open) || !self.phone_may_take(phone.as_deref()) {
            return None;
        }
        self.issue(now, services, class, now.steady_ms, phone)
    }

    pub(super) fn book(
        &self,
        now: &Present,
        service: &str,
        class: &str,
        slot: &str,
        clocks: &Clocks,
    ) -> Option<Said> {
        let wall_ms = clocks.wall_of(slot)?;
        let (_, time_of_day_ms) = clocks.day_of(wall_ms);
        let may = self.knows(service, class)
            && wall_ms >= now.wall_ms
            && self.doors_are_open(time_of_day_ms);
        may.then(|| Said::Booked {
            service: service.to_owned(),
            slot: clocks.text(wall_ms),
        })
    }

    pub(super) fn check_in(&mut self, now: &Present, code: &str) -> Option<Said> {
        let Appointment {
            service,
            class,
            slot_wall_ms,
        } = self.appointments.get(code.trim())?.clone();
        let (early_min, late_min) = self.town.appointments?;
        let late_ms = now.wall_ms - slot_wall_ms;
        let window = -((early_min * MINUTE_MS) as i64)..=(late_min * MINUTE_MS) as i64;
        if self.checked_in.contains(code.trim())
            || !window.contains(&late_ms)
            || !self.knows(&service, &class)
        {
            return None;
        }
        let from_ms = now.steady_ms.saturating_add_signed(-late_ms);
        let said = self.issue(now, &[&service], &class, from_ms, None)?;
        self.checked_in.insert(code.trim().to_owned());
        Some(said)
    }

    pub(super) fn knows(&self, service: &str, class: &str) -> bool {
        self.town.service(service).is_some() && self.town.class(class).is_some()
    }

    /// The next number of a series, or of the one that goes on.
    pub(super) fn next_number(&self, letters: &str) -> Option<(String, u32)> {
        let (first, last, then) = self.town.series(letters);
        let next = self.last.get(letters).map_or(first, |last| last + 1);
        match then {
            _ if next <= last => Some((letters.to_owned(), next)),
            Some(then) => self.next_number(then),
            None => None,
        }
    }

    pub(super) fn join(&mut self, ticket: Ticket) {
        self.last.insert(ticket.letters.clone(), ticket.value);
        self.tickets.push(ticket);
    }

    pub(super) fn new_ticket(
        &self,
        (letters, value): (String, u32),
        services: &[&str],
        class: &str,
        from_ms: u64,
    ) -> Ticket {
        let errand = |service: &&str| Errand {
            service: (*service).to_owned(),
            desk: Desk::Service((*service).to_owned()),
            done: false,
        };
        Ticket {
            id: self.serial_base() + self.tickets.len() as u64 + 1,
            letters,
            value,
            class: class.to_owned(),
            verified: false,
            errands: services.iter().map(errand).collect(),
            in_order: self.town.in_order,
            current: 0,
            state: State::Waiting,
            place: Place::ByScore,
            from_ms,
            phone: None,
            paper: Paper::Unknown,
            copies: 0,
            call: None,
            until_ms: None,
            missed: 0,
            missed_ms: 0,
            calls_when_missed: 0,
            near: false,
            over: false,
            of_roll: false,
        }
    }

    fn issue(
        &mut self,
        now: &Present,
        services: &[&str],
        class: &str,
        from_ms: u64,
        phone: Option<String>,
    ) -> Option<Said> {
        let own = self
            .town
            .class(class)
            .and_then(|class| class.prefix.clone());
        let number = self.next_number(&own.unwrap_or_else(|| services[0].to_owned()))?;
        if self.waiting() >= self.town.max_waiting || self.roll_stands_in() {
            return None;
        }
        let ticket = Ticket {
            phone,
            ..self.new_ticket(number, services, class, from_ms)
        };
        let said = ticket.slip(0);
        let minute = now.time_of_day_ms / MINUTE_MS as u32;
        self.given.extend(
            services
                .iter()
                .map(|service| ((*service).to_owned(), minute)),
        );
        self.join(ticket);
        Some(said)
    }

    fn doors_are_open(&self, time_of_day_ms: u32) -> bool {
        let minute_ms = MINUTE_MS as u32;
        self.town.hours.as_ref().is_none_or(|hours| {
            hours.periods.iter().any(|(from, until)| {
                let until_ms = until.saturating_sub(hours.cut_off_min) * minute_ms;
                (from * minute_ms..until_ms).contains(&time_of_day_ms)
            })
        })
    }

    fn quota_is_left(&self, service: &str, time_of_day_ms: u32) -> bool {
        let minute = time_of_day_ms / MINUTE_MS as u32;
        let quota = self.town.service(service).and_then(|service| service.quota);
        quota.is_none_or(|((from, until), most)| {
            let period = from..until;
            let given = self
                .given
                .iter()
                .filter(|(of, minute)| of == service && period.contains(minute));
            !period.contains(&minute) || given.count() < most
        })
    }

    fn phone_may_take(&self, phone: Option<&str>) -> bool {
        !self.town.one_per_phone || phone.is_some_and(|phone| !self.phone_has_ticket(phone, None))
    }

    /// Whether a telephone number has an open ticket besides one.
    pub(super) fn phone_has_ticket(&self, phone: &str, besides: Option<u64>) -> bool {
        let of_phone = |ticket: &Ticket| {
            ticket.is_open() && ticket.phone.as_deref() == Some(phone) && Some(ticket.id) != besides
        };
        self.tickets.iter().any(of_phone)
    }
}

impl Ticket {
    /// What its slip says: the errands that are open.
    pub(super) fn slip(&self, copy: u32) -> Said {
        let open = self.errands.iter().filter(|errand| !errand.done);
        Said::Slip {
            ticket: self.id,
            number: self.number(),
            services: open.map(|errand| errand.service.clone()).collect(),
            class: self.class.clone(),
            copy,
        }
    }
}

/// The digits of a telephone number as it is dialled at home; `None` if it is none.
fn digits(written: &str) -> Option<String> {
    let sound = |sign: char| sign.is_ascii_digit() || "+-() ".contains(sign);
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    if !written.chars().all(sound) || digits.len() < 5 || written.len() > protocol::MAX_PHONE_CHARS
    {
        return None;
    }
    let tail = digits.len().saturating_sub(HOME_DIGITS);
    match &digits[..tail] {
        "86" | "0086" => Some(digits[tail..].to_owned()),
        _ => Some(digits),
    }
}
