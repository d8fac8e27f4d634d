//! A made-up hall inside the program: for designing, for shows and for tests, without a daemon.

use client::LinkEvent;
use protocol::{
    CallRow, CallState, ClassRow, HallRow, NoticeRow, Row, Rows, ServiceRow, Stamped, Text, Time,
};

/// The hall's clock when a mock begins: 22 November 2026, 10:24 in Beijing.
pub const MOCK_TIME: Time = Time {
    unix_ms: 1_795_314_240_000,
    offset_min: 480,
};

/// The first call of the made-up day.
pub const FIRST_CALL: u64 = 20_261_122_000_001;

const CALL_EVERY_MS: i64 = 47_000;

const NAMES: [(&str, &str, &str); 12] = [
    ("A", "电费缴纳", "Pay an electricity bill"),
    ("B", "新装增容", "New connection, more capacity"),
    ("C", "变更用电", "Change of name, meter, tariff"),
    ("D", "咨询查询", "Questions and look-ups"),
    ("E", "故障报修", "Report a fault"),
    ("F", "发票打印", "Print an invoice"),
    ("G", "投诉建议", "Complaint or suggestion"),
    ("V", "大客户服务", "Key accounts"),
    ("H", "光伏并网", "Connect solar panels"),
    ("J", "充电桩报装", "Electric car charging point"),
    ("K", "表计校验", "Meter test"),
    ("L", "居民峰谷电价", "Day and night tariff"),
];

/// A hall that calls one customer after the other.
#[derive(Debug)]
pub struct MockHall {
    services: Vec<ServiceRow>,
    calls: Vec<CallRow>,
    seq: u64,
    /// When its clock stands still: at the last call.
    now_ms: i64,
    first_counter: u16,
    digits: usize,
}

impl Default for MockHall {
    fn default() -> Self {
        Self::with_services(8)
    }
}

impl MockHall {
    /// A hall with so many services, twelve at most, and no call yet.
    #[must_use]
    pub fn with_services(count: usize) -> Self {
        let rows = NAMES.iter().take(count).enumerate();
        Self {
            services: rows.map(|(at, names)| service(at, names)).collect(),
            calls: Vec::new(),
            seq: 1,
            now_ms: MOCK_TIME.unix_ms,
            first_counter: 1,
            digits: 3,
        }
    }

    /// Its services, to be changed before [`MockHall::open`].
    pub fn services_mut(&mut self) -> &mut [ServiceRow] {
        &mut self.services
    }

    /// Its six counters are numbered from here.
    pub fn counters_from(&mut self, first: u16) {
        self.first_counter = first;
    }

    /// Its numbers have a letter and four digits.
    pub fn numbers_of_five(&mut self) {
        self.digits = 4;
    }

    /// What a wall hears first: the whole table, and that it is up to date.
    pub fn open(&mut self) -> Vec<LinkEvent> {
        let rows = self.table();
        let up = LinkEvent::Up { time: self.time() };
        vec![self.rows(true, rows), up]
    }

    /// The next customer is called, and the one before at that counter is done.
    pub fn call_next(&mut self) -> Vec<LinkEvent> {
        let count = self.calls.len();
        let service = &mut self.services[count * 5 % 4];
        service.waiting = service.waiting.saturating_sub(1);
        self.now_ms += CALL_EVERY_MS;
        let call = CallRow {
            call: FIRST_CALL + count as u64,
            number: format!(
                "{}{:0width$}",
                service.code,
                12 + count / 3,
                width = self.digits
            ),
            counter: self.first_counter + (count as u16 * 5 + 2) % 6,
            service: service.code.clone(),
            state: CallState::Called,
            recalls: 0,
            called_at_ms: self.now_ms,
        };
        let mut rows = vec![Row::Service(service.clone())];
        for old in self.calls.iter_mut().rev().skip(2).take(1) {
            old.state = CallState::Serving;
            rows.push(Row::Call(old.clone()));
        }
        self.calls.push(call.clone());
        rows.push(Row::Call(call));
        let beat = LinkEvent::Beat { time: self.time() };
        vec![beat, self.rows(false, rows)]
    }

    /// Every customer who was called has come to the counter.
    pub fn arrive_all(&mut self) -> Vec<LinkEvent> {
        for call in &mut self.calls {
            call.state = CallState::Serving;
        }
        let rows = self.calls.iter().cloned().map(Row::Call).collect();
        vec![self.rows(false, rows)]
    }

    /// The last customer is called again.
    pub fn recall(&mut self) -> Vec<LinkEvent> {
        self.now_ms += CALL_EVERY_MS;
        let now_ms = self.now_ms;
        let Some(last) = self.calls.last_mut() else {
            return Vec::new();
        };
        last.recalls += 1;
        last.called_at_ms = now_ms;
        let row = Row::Call(last.clone());
        vec![self.rows(false, vec![row])]
    }

    /// The hall's clock.
    #[must_use]
    pub fn time(&self) -> Time {
        Time {
            unix_ms: self.now_ms,
            ..MOCK_TIME
        }
    }

    fn rows(&mut self, whole: bool, rows: Vec<Row>) -> LinkEvent {
        let stamp = |row| {
            self.seq += 1;
            Stamped { seq: self.seq, row }
        };
        let rows = rows.into_iter().map(stamp).collect();
        LinkEvent::Rows(Rows {
            seq: self.seq,
            whole,
            rows,
            gone: Vec::new(),
        })
    }

    fn table(&self) -> Vec<Row> {
        let mut rows = vec![Row::Hall(hall())];
        rows.extend(self.services.iter().cloned().map(Row::Service));
        rows.extend(self.calls.iter().cloned().map(Row::Call));
        rows.extend(notices());
        rows
    }
}

/// The hall itself.
#[must_use]
pub fn hall() -> HallRow {
    let ordinary = ClassRow {
        code: "ordinary".to_owned(),
        label: Text::new("普通客户", "Ordinary customer"),
        claim: Text::default(),
        favoured: false,
        at_kiosk: true,
        ..Default::default()
    };
    HallRow {
        name: Text::new("城东供电营业厅", "East City Power Service Hall"),
        day: "2026-11-22".to_owned(),
        classes: vec![ordinary],
        missed_call_rule: Text::default(),
        issued: 87,
        waiting: 31,
        ..Default::default()
    }
}

fn service(at: usize, (code, zh, en): &(&str, &str, &str)) -> ServiceRow {
    let zone = (b'A' + (at / 4) as u8) as char;
    ServiceRow {
        code: (*code).to_owned(),
        name: Text::new(*zh, *en),
        zone: Text::new(format!("{zone} 区"), format!("Zone {zone}")),
        papers: Vec::new(),
        counters: vec![1, 2],
        open_counters: u32::from(*code != "V"),
        at_kiosk: true,
        waiting: [12, 5, 7, 3, 1, 4, 0, 0, 2, 26, 1, 104][at % 12],
        wait: None,
        ..Default::default()
    }
}

fn notices() -> impl Iterator<Item = Row> {
    let texts = [
        (
            "今日营业至 17:30，取号截止 17:15。服务热线 95598",
            "Open today until 17:30, last numbers at 17:15. Service line 95598",
        ),
        (
            "过号后请到引导台重新排队",
            "If you missed your call, please ask at the guide desk",
        ),
    ];
    texts.into_iter().enumerate().map(|(at, (zh, en))| {
        Row::Notice(NoticeRow {
            notice: at as u32,
            text: Text::new(zh, en),
        })
    })
}
