//! A pretended hall: enough of one to look around in the program and to test it without a
//! daemon. It keeps the order of arrival and takes nearly everything that is asked; whom to call
//! and what to refuse is for the hall's own rules.

use std::collections::VecDeque;

use protocol::{
    AlarmKind, AlarmRow, ClassRow, CounterRow, CounterState, Desk, DeviceRow, HallRow, InHand,
    Limit, NextInLine, NotPrintedReason, OutcomeRow, Role, RollRow, Row, Rows, Secret, ServiceRow,
    Stamped, Text, TicketRow,
};

mod acts;
mod papers;

use papers::papers_of;

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

/// What the clerk asks to see of a class: its code, and the names of the proof.
const PROOFS: [(&str, &str, &str); 3] = [
    ("elderly", "身份证", "ID card"),
    ("disabled", "残疾人证", "Disability card"),
    ("veteran", "优待证", "Veteran's card"),
];

/// What may come of an errand there: code, names.
const OUTCOMES: [(&str, &str, &str); 4] = [
    ("done", "已办结", "Done"),
    ("papers_missing", "资料不全", "Papers missing"),
    ("not_possible", "不符合条件", "Not possible"),
    ("passed_on", "已转内部处理", "Passed on inside"),
];

/// The letter of the roll's numbers.
const ROLL: &str = "R";

/// Within how many minutes an errand is to be done, and how many before that it is near.
const LIMIT_MIN: i64 = 10;
const NEAR_MIN: i64 = 2;

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
    alarm: Option<AlarmRow>,
    /// The number that the roll gives next, while it stands in.
    roll_next: Option<u32>,
    /// The PIN of everybody, where one is asked for.
    pin: Option<Secret>,
    copies: u32,
}

/// Somebody in line, and what the line does not say of them.
struct Waiting {
    line: NextInLine,
    verified: bool,
    note: Option<String>,
    then: Vec<String>,
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
            alarm: None,
            roll_next: None,
            pin: None,
            copies: 0,
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
            verified: false,
            note: None,
            then: Vec::new(),
        });
        self.call_for_those_who_await(now_ms);
    }

    /// The first who waits for a service has more to do, and a colleague's word comes with them.
    pub fn is_sent_on(&mut self, service: &str, then: &[&str], note: &str) {
        let of_service = |waiting: &&mut Waiting| waiting.line.service == service;
        if let Some(waiting) = self.waiting.iter_mut().find(of_service) {
            waiting.then = then.iter().map(|code| (*code).to_owned()).collect();
            waiting.note = Some(note.to_owned());
        }
    }

    /// More people wait for a service than is good.
    pub fn raises_alarm(&mut self, service: &str, level: u32, now_ms: i64) {
        self.alarm = Some(AlarmRow {
            alarm: AlarmKind::PeopleWaiting,
            service: Some(service.to_owned()),
            level,
            since_ms: now_ms,
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

    /// The whole table, as it is at `now_ms`.
    pub fn rows(&mut self, now_ms: i64) -> Rows {
        self.put_back_whose_hold_is_over(now_ms);
        self.seq += 1;
        let seq = self.seq;
        let mut rows = vec![Row::Hall(self.hall_row())];
        rows.extend(SERVICES.map(|service| Row::Service(self.service_row(service))));
        rows.extend(self.counter_rows(now_ms).map(Row::Counter));
        rows.extend(self.without_paper.iter().cloned().map(Row::Ticket));
        rows.push(Row::Device(self.kiosk_row()));
        rows.extend(self.alarm.clone().map(Row::Alarm));
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
            outcomes: OUTCOMES.map(outcome).into(),
            may_choose: true,
            roll: Some(RollRow {
                prefix: ROLL.into(),
                next: self.roll_next,
            }),
            asks_pin: self.pin.is_some(),
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
            papers: papers_of(code),
            counters: counters.clone().map(|row| row.number).collect(),
            open_counters: counters
                .filter(|row| row.state == CounterState::Open)
                .count() as u32,
            at_kiosk: true,
            waiting: self.count(code),
            wait: None,
            limit_min: Some(LIMIT_MIN as u32),
            ..Default::default()
        }
    }

    fn count(&self, service: &str) -> u32 {
        let of_service = |waiting: &&Waiting| waiting.line.service == service;
        self.waiting.iter().filter(of_service).count() as u32
    }

    fn counter_rows(&self, now_ms: i64) -> impl Iterator<Item = CounterRow> {
        self.counters.iter().map(move |row| {
            let mut row = row.clone();
            let lines = self.next_of(&row).map(|waiting| NextInLine {
                limit: wait_limit(&waiting.line, now_ms),
                ..waiting.line.clone()
            });
            let next = lines.collect();
            let desk = desk(&mut row);
            desk.next = next;
            if let Some(in_hand) = &mut desk.in_hand {
                in_hand.limit = handling_limit(in_hand, now_ms);
            }
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

/// The wait that a class is promised, in milliseconds.
fn target_ms(class: &str) -> u64 {
    let favours = |known: &(&str, &str, &str, bool)| known.0 == class && known.3;
    match CLASSES.iter().any(favours) {
        true => 5 * 60_000,
        false => 20 * 60_000,
    }
}

/// How long somebody in line waits, in milliseconds.
fn waited_ms(line: &NextInLine, now_ms: i64) -> u64 {
    u64::try_from(now_ms - line.issued_at_ms).unwrap_or(0)
}

fn wait_limit(line: &NextInLine, now_ms: i64) -> Limit {
    let (waited, target) = (waited_ms(line, now_ms), target_ms(&line.class));
    match waited {
        _ if waited > target => Limit::Over,
        _ if waited * 5 >= target * 4 => Limit::Near,
        _ => Limit::Within,
    }
}

fn handling_limit(in_hand: &InHand, now_ms: i64) -> Limit {
    match in_hand.limit_at_ms {
        Some(at_ms) if now_ms > at_ms => Limit::Over,
        Some(at_ms) if now_ms > at_ms - NEAR_MIN * 60_000 => Limit::Near,
        Some(_) | None => Limit::Within,
    }
}

fn outcome((code, zh, en): (&str, &str, &str)) -> OutcomeRow {
    OutcomeRow {
        code: code.into(),
        label: Text::new(zh, en),
    }
}

fn class((code, zh, en, favoured): (&str, &str, &str, bool)) -> ClassRow {
    let proof = PROOFS.iter().find(|proof| proof.0 == code);
    ClassRow {
        code: code.into(),
        label: Text::new(zh, en),
        claim: Text::new(zh, en),
        favoured,
        at_kiosk: true,
        proof: proof.map(|(_, zh, en)| Text::new(*zh, *en)),
    }
}
