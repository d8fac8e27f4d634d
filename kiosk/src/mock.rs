//! A made-up hall inside the program: for designing, for shows and for tests, without a daemon.

use std::collections::BTreeMap;

use protocol::{
    Act, AsksPhone, Done, DoorState, Doors, HallRow, Issued, Key, NoticeRow, Outcome, Refusal,
    Returned, Row, Rows, ServiceRow, Stamped, Text, Time,
};

use self::offers::{CLASSES, OFFERS, class, range, service};

mod offers;

/// The hall's clock when a mock begins: 22 November 2026, 10:24 in Beijing.
pub const MOCK_TIME: Time = Time {
    unix_ms: 1_795_314_240_000,
    offset_min: 480,
};

/// The one appointment of a made-up hall that has appointments.
pub const APPOINTMENT: &str = "480215";

/// Numbers given out, and nothing else: nobody is ever called.
#[derive(Debug, Default)]
pub struct MockHall {
    /// What it does beside giving out numbers: by default nothing.
    pub ways: Ways,
    issued: u32,
    seq: u64,
    /// Numbers by the telephone number of their customer.
    phones: BTreeMap<String, String>,
    checked_in: bool,
}

/// What a hall may do beside giving out numbers to everybody at every hour.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// It has appointments.
    pub appointments: bool,
    /// Who missed a call may come back at a kiosk.
    pub returns: bool,
    /// Whether it asks for a telephone number.
    pub asks_phone: AsksPhone,
    /// Its doors.
    pub doors: Doors,
    /// The doors of single services, by their code.
    pub service_doors: BTreeMap<&'static str, Doors>,
}

/// Which made-up hall is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Show {
    /// One that gives out numbers.
    Plain,
    /// One with appointments, returns, and services that are closed.
    Full,
    /// One that asks for a telephone number.
    Phone,
    /// One that is closed until the afternoon.
    Closed,
    /// One in which numbers are torn off a roll.
    Roll,
    /// One that can record nothing.
    ReadOnly,
}

impl Ways {
    /// The ways of a hall to be shown.
    #[must_use]
    pub fn of(show: Show) -> Self {
        match show {
            Show::Plain => Self::default(),
            Show::Phone => Self {
                asks_phone: AsksPhone::Always,
                ..Self::default()
            },
            Show::Closed => Self {
                returns: true,
                doors: doors(DoorState::Closed, Some("13:30")),
                ..Self::default()
            },
            Show::Roll => Self {
                returns: true,
                doors: Doors {
                    state: DoorState::Roll,
                    ..Doors::default()
                },
                ..Self::default()
            },
            Show::ReadOnly => Self {
                returns: true,
                doors: Doors {
                    state: DoorState::ReadOnly,
                    ..Doors::default()
                },
                ..Self::default()
            },
            Show::Full => Self {
                appointments: true,
                returns: true,
                service_doors: BTreeMap::from([
                    ("B", doors(DoorState::Closed, Some("13:30"))),
                    ("E", doors(DoorState::QuotaUsedUp, None)),
                    ("G", doors(DoorState::Closed, None)),
                ]),
                ..Self::default()
            },
        }
    }
}

/// Doors in this state that open next at this time.
#[must_use]
pub fn doors(state: DoorState, opens_at: Option<&str>) -> Doors {
    Doors {
        state,
        opens_at: opens_at.map(Into::into),
        closes_at: Some("17:30".into()),
    }
}

impl MockHall {
    /// A hall to be shown.
    #[must_use]
    pub fn with_ways(ways: Ways) -> Self {
        Self {
            ways,
            ..Self::default()
        }
    }

    /// Every row, as a hall sends them to a kiosk that has none.
    pub fn rows(&mut self) -> Rows {
        self.seq += 1;
        let mut rows = vec![Row::Hall(self.hall())];
        let services = (0..OFFERS.len()).map(|place| {
            let row = service(place);
            let doors = self.ways.service_doors.get(row.code.as_str());
            let doors = doors.cloned().unwrap_or_default();
            Row::Service(ServiceRow { doors, ..row })
        });
        rows.extend(services);
        let seq = self.seq;
        Rows {
            seq,
            whole: true,
            rows: rows.into_iter().map(|row| Stamped { seq, row }).collect(),
            gone: Vec::<Key>::new(),
        }
    }

    /// One more row: a notice.
    pub fn notice(&mut self, zh: &str, en: &str) -> Rows {
        self.seq += 1;
        let seq = self.seq;
        let row = Row::Notice(NoticeRow {
            notice: 0,
            text: Text::new(zh, en),
        });
        Rows {
            seq,
            whole: false,
            rows: vec![Stamped { seq, row }],
            gone: Vec::new(),
        }
    }

    /// What a hall would answer.
    pub fn answer(&mut self, act: &Act) -> Outcome {
        let done = match act {
            Act::Take {
                service,
                class,
                then,
                phone,
            } => self.take(service, class, then, phone.as_ref()),
            Act::CheckIn { code } => self.check_in(code),
            Act::Return { number, .. } => self.put_back(number),
            Act::Printed { .. } | Act::NotPrinted { .. } | Act::Void { .. } => Ok(Done::Done),
            _ => Err(Refusal::NotAllowed),
        };
        match done {
            Ok(done) => Outcome::Done(done),
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    fn take(
        &mut self,
        service: &str,
        class: &str,
        then: &[String],
        phone: Option<&String>,
    ) -> Result<Done, Refusal> {
        if self.ways.asks_phone == AsksPhone::Always && phone.is_none() {
            return Err(Refusal::PhoneNeeded);
        }
        if let Some(number) = phone.and_then(|phone| self.phones.get(phone)) {
            let number = number.clone();
            return Err(Refusal::PhoneHasTicket { number });
        }
        if let Some(doors) = self.ways.service_doors.get(service) {
            let opens_at = doors.opens_at.clone();
            return Err(Refusal::NotOpen { opens_at });
        }
        let issued = self.issue(service, class).ok_or(Refusal::UnknownService)?;
        if let Some(phone) = phone {
            self.phones.insert(phone.clone(), issued.number.clone());
        }
        let then = then.to_vec();
        Ok(Done::Issued(Issued { then, ..issued }))
    }

    fn check_in(&mut self, code: &str) -> Result<Done, Refusal> {
        if !self.ways.appointments || code != APPOINTMENT {
            return Err(Refusal::UnknownAppointment);
        }
        if self.checked_in {
            return Err(Refusal::AppointmentUsed);
        }
        self.checked_in = true;
        let issued = self.issue("C", "ordinary").ok_or(Refusal::UnknownService)?;
        let slot = Some("10:30".into());
        Ok(Done::Issued(Issued { slot, ..issued }))
    }

    /// Every number up to A100 and its like has missed a call, if the hall takes people back.
    fn put_back(&mut self, number: &str) -> Result<Done, Refusal> {
        let value = number.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        if !self.ways.returns || value.parse().is_ok_and(|value: u32| value > 100) {
            return Err(Refusal::UnknownTicket);
        }
        Ok(Done::Returned(Returned {
            ticket: 20_261_122_000_001,
            number: number.to_owned(),
            after_calls: 3,
        }))
    }

    /// The next number of a service. `None` for a service that the hall has not.
    pub fn issue(&mut self, service: &str, class: &str) -> Option<Issued> {
        let (code, _, _, _, waiting, wait) = OFFERS.iter().find(|offer| offer.0 == service)?;
        self.issued += 1;
        Some(Issued {
            ticket: 20_261_122_000_000 + u64::from(self.issued),
            number: format!("{code}{:03}", 11 + self.issued),
            service: service.to_owned(),
            class: class.to_owned(),
            favoured: class != "ordinary",
            ahead: *waiting,
            wait: wait.map(range),
            issued_at: "2026-11-22 10:24".into(),
            day: "2026-11-22".into(),
            ..Default::default()
        })
    }

    fn hall(&self) -> HallRow {
        HallRow {
            name: Text::new("城东供电营业厅", "Chengdong Power Service Hall"),
            day: "2026-11-22".into(),
            classes: CLASSES.iter().map(class).collect(),
            missed_call_rule: Text::new(
                "过号后请到引导台复号。",
                "Missed your call? Please go to the guide desk.",
            ),
            issued: self.issued,
            waiting: OFFERS.iter().map(|offer| offer.4).sum(),
            doors: self.ways.doors.clone(),
            asks_phone: self.ways.asks_phone,
            appointments: self.ways.appointments,
            returns: self.ways.returns,
            ..Default::default()
        }
    }
}
