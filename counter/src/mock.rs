//! A pretended hall: enough of one to look around in the program and to test it without a
//! daemon. It keeps the order of arrival and nothing else; the rules are the hall's own.

use std::collections::VecDeque;

use protocol::{
    Act, CallState, Called, ClassRow, CounterRow, CounterState, Desk, DeviceRow, Done, HallRow,
    InHand, NextInLine, NotPrintedReason, Outcome, Refusal, Role, Row, Rows, ServiceRow, Stamped,
    Text, TicketRow,
};

use crate::controller::clerk_of;

/// Services of the pretended hall: code, names, people waiting.
const SERVICES: [(&str, &str, &str, u32); 8] = [
    ("A", "电费缴纳", "Pay an electricity bill", 5),
    ("B", "新装增容", "New connection, more capacity", 2),
    ("C", "变更用电", "Change of name, meter, tariff", 3),
    ("D", "咨询查询", "Questions and look-ups", 1),
    ("E", "故障报修", "Report a fault", 0),
    ("F", "发票打印", "Print an invoice", 2),
    ("G", "投诉建议", "Complaint or suggestion", 0),
    ("V", "大客户服务", "Key accounts", 1),
];

/// Its counters: names and services.
const COUNTERS: [(&str, &str, &str); 6] = [
    ("综合业务", "General business", "A C D F"),
    ("综合业务", "General business", "A C D F"),
    ("综合业务", "General business", "A C D F G"),
    ("用电业务", "Connections", "B C E"),
    ("咨询投诉", "Enquiries", "D E G"),
    ("大客户室", "Key accounts", "V B"),
];

/// Its classes: code, names, whether it is favoured.
const CLASSES: [(&str, &str, &str, bool); 5] = [
    ("ordinary", "普通", "Ordinary", false),
    ("elderly", "老年人", "Elderly", true),
    ("disabled", "残疾人", "Disabled", true),
    ("veteran", "退役军人", "Veteran", true),
    ("pregnant", "孕妇", "Pregnant", true),
];

/// Minutes between two arrivals.
const BETWEEN_ARRIVALS_MIN: u64 = 2;

/// The pretended hall.
pub struct MockHall {
    seq: u64,
    serial: u64,
    counters: Vec<CounterRow>,
    waiting: VecDeque<Waiting>,
    without_paper: Vec<TicketRow>,
    kiosk_away_since_ms: Option<i64>,
}

struct Waiting {
    line: NextInLine,
}

impl MockHall {
    /// A hall at ten past opening, with a few people waiting. `now_ms` is its time since 1970.
    #[must_use]
    pub fn new(now_ms: i64) -> Self {
        let mut hall = Self {
            seq: 0,
            serial: 0,
            counters: (1..).zip(COUNTERS).map(counter).collect(),
            waiting: VecDeque::new(),
            without_paper: Vec::new(),
            kiosk_away_since_ms: None,
        };
        hall.people_come(now_ms);
        hall
    }

    fn people_come(&mut self, now_ms: i64) {
        let most = SERVICES.iter().map(|service| service.3).max().unwrap_or(0);
        for round in 0..most {
            for (code, .., count) in SERVICES {
                if round < count {
                    self.comes(code, now_ms);
                }
            }
        }
        let count = self.waiting.len() as u64;
        for (place, waiting) in (0..).zip(&mut self.waiting) {
            let ago_min = (count - place) * BETWEEN_ARRIVALS_MIN;
            waiting.line.issued_at_ms = now_ms - ago_min as i64 * 60_000;
        }
    }

    /// Somebody takes a ticket for a service. Every third one belongs to a favoured class.
    pub fn comes(&mut self, service: &str, now_ms: i64) {
        self.serial += 1;
        let of_service = |waiting: &&Waiting| waiting.line.service == service;
        let before = self.waiting.iter().filter(of_service).count() as u64;
        let class = match self.serial % 3 {
            0 => CLASSES[1 + self.serial as usize / 3 % 4].0,
            _ => CLASSES[0].0,
        };
        self.waiting.push_back(Waiting {
            line: NextInLine {
                ticket: 20_261_122_000_000 + self.serial,
                number: format!("{service}{:03}", 12 + before),
                service: service.to_owned(),
                class: class.to_owned(),
                issued_at_ms: now_ms,
                ..Default::default()
            },
        });
    }

    /// The first who waits goes home. `false` if nobody waits.
    pub fn leaves(&mut self) -> bool {
        self.waiting.pop_front().is_some()
    }

    /// Another clerk sits down at a counter.
    pub fn colleague(&mut self, counter: u16, clerk: &str) {
        if let Some(row) = self.counters.iter_mut().find(|row| row.number == counter) {
            row.state = CounterState::Open;
            desk(row).clerk = Some(clerk.to_owned());
        }
    }

    /// The first who wait have no paper, and the kiosk is away.
    pub fn printer_fails(&mut self, count: usize, now_ms: i64) {
        let reasons = [NotPrintedReason::PaperOut, NotPrintedReason::Unknown];
        self.without_paper = self
            .waiting
            .iter()
            .take(count)
            .zip(reasons.into_iter().cycle())
            .map(|(waiting, not_printed)| TicketRow {
                ticket: waiting.line.ticket,
                number: waiting.line.number.clone(),
                service: waiting.line.service.clone(),
                not_printed,
            })
            .collect();
        self.kiosk_away_since_ms = Some(now_ms);
    }

    /// The whole table.
    pub fn rows(&mut self) -> Rows {
        self.seq += 1;
        let seq = self.seq;
        let mut rows = vec![Row::Hall(self.hall_row())];
        rows.extend(SERVICES.map(|service| Row::Service(self.service_row(service))));
        rows.extend(self.counter_rows().map(Row::Counter));
        rows.extend(self.without_paper.iter().cloned().map(Row::Ticket));
        rows.push(Row::Device(self.kiosk_row()));
        Rows {
            seq,
            whole: true,
            rows: rows.into_iter().map(|row| Stamped { seq, row }).collect(),
            gone: Vec::new(),
        }
    }

    fn hall_row(&self) -> HallRow {
        HallRow {
            name: Text::new("城南供电营业厅", "Chengnan power supply hall"),
            day: "2026-11-22".into(),
            classes: CLASSES.map(class).into(),
            missed_call_rule: Text::default(),
            issued: self.serial as u32,
            waiting: self.waiting.len() as u32,
            ..Default::default()
        }
    }

    fn service_row(&self, (code, zh, en, _): (&str, &str, &str, u32)) -> ServiceRow {
        let serves = |row: &&CounterRow| row.services.iter().any(|service| service == code);
        let counters = self.counters.iter().filter(serves);
        ServiceRow {
            code: code.into(),
            name: Text::new(zh, en),
            zone: Text::new("业务受理区", "Service area"),
            papers: Vec::new(),
            counters: counters.clone().map(|row| row.number).collect(),
            open_counters: counters
                .filter(|row| row.state == CounterState::Open)
                .count() as u32,
            at_kiosk: true,
            waiting: self.count(code),
            wait: None,
            ..Default::default()
        }
    }

    fn count(&self, service: &str) -> u32 {
        let of_service = |waiting: &&Waiting| waiting.line.service == service;
        self.waiting.iter().filter(of_service).count() as u32
    }

    fn counter_rows(&self) -> impl Iterator<Item = CounterRow> {
        self.counters.iter().map(|row| {
            let mut row = row.clone();
            let next = self.next_of(&row).map(|waiting| waiting.line.clone());
            let next = next.collect();
            desk(&mut row).next = next;
            row
        })
    }

    fn next_of(&self, row: &CounterRow) -> impl Iterator<Item = &Waiting> {
        self.waiting
            .iter()
            .filter(|waiting| row.services.contains(&waiting.line.service))
    }

    fn kiosk_row(&self) -> DeviceRow {
        DeviceRow {
            name: "kiosk-1".into(),
            role: Role::Kiosk,
            connected: self.kiosk_away_since_ms.is_none(),
            since_ms: self.kiosk_away_since_ms.unwrap_or(0),
        }
    }

    /// Does what a clerk asks at `now_ms`, or says why not.
    pub fn ask(&mut self, act: &Act, now_ms: i64) -> Outcome {
        match self.done(act, now_ms) {
            Ok(done) => Outcome::Done(done),
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    fn done(&mut self, act: &Act, now_ms: i64) -> Result<Done, Refusal> {
        match act {
            Act::SignIn { counter, clerk } => self.sign_in(*counter, clerk)?,
            Act::SignOut { counter } => self.sign_out(*counter)?,
            Act::CallNext { counter } => return self.call_next(*counter, now_ms),
            Act::Recall { counter } => self.in_hand(*counter)?.recalls += 1,
            Act::Arrive { counter } => {
                let in_hand = self.in_hand(*counter)?;
                in_hand.state = CallState::Serving;
                in_hand.arrived_at_ms = Some(now_ms);
            }
            Act::Finish { counter, .. } => {
                self.in_hand(*counter)?;
                let desk = desk(self.counter(*counter)?);
                desk.in_hand = None;
                desk.finished += 1;
            }
            Act::NoShow { counter } => {
                self.in_hand(*counter)?;
                desk(self.counter(*counter)?).in_hand = None;
            }
            Act::Pause { counter, reason } => {
                let row = self.counter(*counter)?;
                row.state = CounterState::Paused;
                desk(row).pause_reason = Some(reason.clone());
            }
            Act::Resume { counter } => {
                let row = self.counter(*counter)?;
                row.state = CounterState::Open;
                desk(row).pause_reason = None;
            }
            _ => {
                return Err(Refusal::NotAllowed);
            }
        }
        Ok(Done::Done)
    }

    fn counter(&mut self, number: u16) -> Result<&mut CounterRow, Refusal> {
        let row = self.counters.iter_mut().find(|row| row.number == number);
        row.ok_or(Refusal::UnknownCounter)
    }

    fn in_hand(&mut self, counter: u16) -> Result<&mut InHand, Refusal> {
        let desk = desk(self.counter(counter)?);
        desk.in_hand.as_mut().ok_or(Refusal::NothingInHand)
    }

    fn sign_in(&mut self, counter: u16, clerk: &str) -> Result<(), Refusal> {
        let elsewhere = self
            .counters
            .iter()
            .filter(|row| row.number != counter)
            .find(|row| clerk_of(row).is_some_and(|seated| seated == clerk));
        if let Some(row) = elsewhere {
            let counter = row.number;
            return Err(Refusal::ClerkElsewhere { counter });
        }
        let row = self.counter(counter)?;
        let seated = &mut desk(row).clerk;
        if let Some(clerk) = seated.take_if(|seated| seated != clerk) {
            *seated = Some(clerk.clone());
            return Err(Refusal::CounterTaken { clerk });
        }
        *seated = Some(clerk.to_owned());
        row.state = CounterState::Open;
        Ok(())
    }

    fn sign_out(&mut self, counter: u16) -> Result<(), Refusal> {
        let row = self.counter(counter)?;
        if let Some(in_hand) = &desk(row).in_hand {
            let number = in_hand.number.clone();
            return Err(Refusal::StillInHand { number });
        }
        row.state = CounterState::Closed;
        desk(row).clerk = None;
        Ok(())
    }

    fn call_next(&mut self, counter: u16, now_ms: i64) -> Result<Done, Refusal> {
        let row = self.counter(counter)?;
        let services = row.services.clone();
        let desk_row = desk(row);
        if let Some(in_hand) = desk_row.in_hand.take() {
            if in_hand.state == CallState::Called {
                let number = in_hand.number.clone();
                desk_row.in_hand = Some(in_hand);
                return Err(Refusal::StillCalled { number });
            }
            desk_row.finished += 1;
        }
        let serves = |waiting: &Waiting| services.contains(&waiting.line.service);
        let place = self.waiting.iter().position(serves);
        let waiting = place.and_then(|place| self.waiting.remove(place));
        let line = waiting.ok_or(Refusal::NobodyWaits)?.line;
        let in_hand = called(&line, now_ms);
        let done = Done::Called(Called {
            call: 20_261_122_000_000 + self.seq,
            ticket: line.ticket,
            number: line.number,
            service: line.service,
            class: line.class,
            waited_ms: in_hand.waited_ms,
        });
        desk(self.counter(counter)?).in_hand = Some(in_hand);
        Ok(done)
    }
}

fn called(line: &NextInLine, now_ms: i64) -> InHand {
    let waited_ms = u64::try_from(now_ms - line.issued_at_ms).unwrap_or(0);
    InHand {
        ticket: line.ticket,
        number: line.number.clone(),
        service: line.service.clone(),
        class: line.class.clone(),
        state: CallState::Called,
        called_at_ms: now_ms,
        arrived_at_ms: None,
        waited_ms,
        recalls: 0,
        // Thousandths of a target of 20 minutes.
        score_milli: waited_ms / 1_200,
        overtook: u32::from(line.class != CLASSES[0].0) * 3,
        ..Default::default()
    }
}

fn counter((number, (zh, en, services)): (u16, (&str, &str, &str))) -> CounterRow {
    CounterRow {
        number,
        name: Text::new(zh, en),
        services: services.split(' ').map(str::to_owned).collect(),
        state: CounterState::Closed,
        desk: Some(empty_desk()),
    }
}

fn empty_desk() -> Desk {
    Desk {
        clerk: None,
        pause_reason: None,
        in_hand: None,
        next: Vec::new(),
        finished: 0,
        ..Default::default()
    }
}

fn desk(row: &mut CounterRow) -> &mut Desk {
    row.desk.get_or_insert_with(empty_desk)
}

fn class((code, zh, en, favoured): (&str, &str, &str, bool)) -> ClassRow {
    ClassRow {
        code: code.into(),
        label: Text::new(zh, en),
        claim: Text::new(zh, en),
        favoured,
        at_kiosk: true,
        ..Default::default()
    }
}
