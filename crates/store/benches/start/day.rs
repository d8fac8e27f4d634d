//! A business day as the rules make it, from the first ticket to the last.

use queue::{
    Channel, Class, ClassCode, Command, CounterNumber, CounterPlan, Date, Event, Moment, Now,
    Queue, Series, SeriesCode, Service, ServiceCode, Settings,
};
use store::{Answered, Entry, Store};

use crate::Result;

const COUNTERS: u16 = 20;

/// Customers who wait before the first is called, so that there is somebody to pass over.
const AHEAD: u32 = 60;

/// Acts in one transaction.
const BATCH: usize = 500;

const DATE: u32 = 20_261_122;

const SERVICES: [&str; 3] = ["A", "B", "C"];
const CLASSES: [(&str, u64); 2] = [("ordinary", 20), ("elderly", 5)];

/// A hall with many counters, each of which takes every service.
pub fn settings() -> Settings {
    let services = SERVICES.map(ServiceCode::new);
    let service = |code: &ServiceCode| Service::new(SeriesCode::new(code.as_str()), 180_000);
    let series = |code: &ServiceCode| {
        let series = Series {
            first: 1,
            last: 999_999,
            then: None,
        };
        (SeriesCode::new(code.as_str()), series)
    };
    let class = |(code, target_min)| {
        let class = Class {
            target_wait_ms: target_min * 60_000,
            ..Class::default()
        };
        (ClassCode::new(code), class)
    };
    let plan = CounterPlan::new(services.to_vec());
    Settings {
        series: services.iter().map(series).collect(),
        services: services
            .iter()
            .map(|code| (code.clone(), service(code)))
            .collect(),
        classes: CLASSES.map(class).into(),
        counters: (1..=COUNTERS)
            .map(|number| (CounterNumber(number), plan.clone()))
            .collect(),
        max_waiting: u32::MAX,
        near_percent: 80,
        ..Settings::default()
    }
}

/// Lets the rules decide a day with so many customers, and appends it: for each a ticket, its paper,
/// a call, an arrival and an end.
pub fn write(store: &mut Store, customers: u32) -> Result<()> {
    let mut hall = Hall {
        store,
        queue: Queue::new(settings()),
        entries: Vec::new(),
        steady_ms: 1_000,
    };
    let opened = hall.queue.decide_due(hall.now());
    hall.take_in("hall", opened)?;
    for number in 1..=COUNTERS {
        let clerk = format!("clerk {number}");
        let counter = CounterNumber(number);
        hall.act("counter:desk", &Command::SignIn { counter, clerk })?;
    }
    for customer in 0..customers + AHEAD {
        if customer < customers {
            hall.arrive(customer)?;
        }
        if customer >= AHEAD {
            hall.serve(CounterNumber(customer as u16 % COUNTERS + 1))?;
        }
    }
    hall.flush()
}

struct Hall<'a> {
    store: &'a mut Store,
    queue: Queue,
    entries: Vec<Entry>,
    steady_ms: u64,
}

impl Hall<'_> {
    fn now(&self) -> Now {
        Now {
            at: Moment {
                steady_ms: self.steady_ms,
                wall_ms: 1_795_312_800_000 + self.steady_ms as i64,
            },
            today: Date::from_yyyymmdd(DATE),
            tomorrow_steady_ms: u64::MAX >> 1,
            time_of_day_ms: 0,
        }
    }

    /// Somebody takes a ticket.
    fn arrive(&mut self, customer: u32) -> Result<()> {
        let take = Command::Take {
            errands: vec![ServiceCode::new(
                SERVICES[customer as usize % SERVICES.len()],
            )],
            class: ClassCode::new(CLASSES[usize::from(customer.is_multiple_of(5))].0),
            channel: Channel::Kiosk,
            holder: None,
        };
        self.act("kiosk:kiosk-1", &take)?;
        let ticket = self.queue.day().tickets().last().ok_or("no ticket")?.id;
        self.act("kiosk:kiosk-1", &Command::Printed { ticket, copies: 0 })
    }

    /// A counter serves its next customer from the call to the end.
    fn serve(&mut self, counter: CounterNumber) -> Result<()> {
        for command in [
            Command::CallNext(counter),
            Command::Arrive(counter),
            Command::Finish {
                counter,
                outcome: None,
            },
        ] {
            self.act("counter:desk", &command)?;
        }
        Ok(())
    }

    fn act(&mut self, actor: &str, command: &Command) -> Result<()> {
        self.steady_ms += 300;
        let events = self.queue.decide(self.now(), command);
        self.take_in(
            actor,
            events.map_err(|refusal| format!("{command:?}: {refusal:?}"))?,
        )
    }

    fn take_in(&mut self, actor: &str, events: Vec<Event>) -> Result<()> {
        events.iter().for_each(|event| self.queue.evolve(event));
        let actor = actor.to_owned();
        self.entries.push(Entry {
            actor,
            events,
            changes: Vec::new(),
            request: Some(answered(self.steady_ms)),
        });
        if self.entries.len() >= BATCH {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<()> {
        self.store.append(self.store.seq(), &self.entries)?;
        self.entries.clear();
        Ok(())
    }
}

/// An outcome as large as that of a ticket.
fn answered(number: u64) -> Answered {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    Answered {
        id,
        act: br#"{"type":"take","service":"A","class":"ordinary"}"#.to_vec(),
        outcome: format!(
            r#"{{"done":{{"type":"issued","ticket":{number},"number":"A012","service":"A","class":"ordinary","favoured":false,"ahead":3,"issued_at":"2026-11-22 10:42"}}}}"#
        ),
    }
}
