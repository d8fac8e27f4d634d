//! A small hall with a clock on its wall that may be moved.

use queue::{
    Channel, Class, ClassCode, Command, CounterNumber, CounterPlan, Date, Happening, MissedRule,
    Moment, Now, Queue, Series, SeriesCode, Service, ServiceCode, Settings, TicketId,
};

pub const MINUTE_MS: u64 = 60_000;
pub const DAY_MS: i64 = 24 * 60 * MINUTE_MS as i64;

/// When the steady clock began, by the clock on the wall: a midnight.
const BEGAN_WALL_MS: i64 = 100 * DAY_MS;

pub struct Hall {
    pub queue: Queue,
    pub steady_ms: u64,
    /// By how much the clock on the wall was moved.
    pub moved_ms: i64,
}

/// Services A and B, classes ordinary and elderly, counters 1 (A) and 2 (A and B).
pub fn settings() -> Settings {
    let codes = ["A", "B"];
    let of_service = |code| {
        let service = Service::new(SeriesCode::new(code), 3 * MINUTE_MS);
        (ServiceCode::new(code), service)
    };
    let of_series = |code| {
        let series = Series {
            first: 1,
            last: 9_999,
            then: None,
        };
        (SeriesCode::new(code), series)
    };
    let of_class = |(code, target_min)| {
        let class = Class {
            target_wait_ms: target_min * MINUTE_MS,
            ..Class::default()
        };
        (ClassCode::new(code), class)
    };
    let of_counter = |(number, services): (u16, &[&str])| {
        let services = services.iter().map(|code| ServiceCode::new(code));
        (CounterNumber(number), CounterPlan::new(services.collect()))
    };
    Settings {
        services: codes.into_iter().map(of_service).collect(),
        series: codes.into_iter().map(of_series).collect(),
        classes: [("ordinary", 20), ("elderly", 5)]
            .into_iter()
            .map(of_class)
            .collect(),
        counters: [(1, &codes[..1]), (2, &codes[..])]
            .into_iter()
            .map(of_counter)
            .collect(),
        max_waiting: 10_000,
        near_percent: 80,
        missed: Some(MissedRule {
            within_ms: None,
            within_calls: None,
            back_after_calls: 2,
            most: 2,
        }),
        ..Settings::default()
    }
}

pub fn service(code: &str) -> ServiceCode {
    ServiceCode::new(code)
}

pub fn class(code: &str) -> ClassCode {
    ClassCode::new(code)
}

pub fn take(code: &str, of_class: &str) -> Command {
    Command::Take {
        errands: vec![service(code)],
        class: class(of_class),
        channel: Channel::Kiosk,
        holder: None,
    }
}

impl Hall {
    pub fn with(settings: Settings) -> Self {
        let mut hall = Self {
            queue: Queue::new(settings),
            steady_ms: 0,
            moved_ms: 0,
        };
        hall.wait(0);
        hall
    }

    /// With a clerk at both counters.
    pub fn staffed() -> Self {
        let mut hall = Self::with(settings());
        hall.sit();
        hall
    }

    pub fn sit(&mut self) {
        for (number, clerk) in [(1, "王芳"), (2, "李强")] {
            self.act(&Command::SignIn {
                counter: CounterNumber(number),
                clerk: clerk.to_owned(),
            });
        }
    }

    pub fn now(&self) -> Now {
        let wall_ms = BEGAN_WALL_MS + self.steady_ms as i64 + self.moved_ms;
        let day = wall_ms / DAY_MS;
        let since_midnight_ms = wall_ms % DAY_MS;
        Now {
            at: Moment {
                steady_ms: self.steady_ms,
                wall_ms,
            },
            today: Date::new(2026, 1 + (day / 28) as u8, 1 + (day % 28) as u8),
            tomorrow_steady_ms: self.steady_ms + (DAY_MS - since_midnight_ms) as u64,
            time_of_day_ms: since_midnight_ms as u32,
        }
    }

    /// Lets time pass and says what happened by itself.
    pub fn wait(&mut self, ms: u64) -> Vec<Happening> {
        self.steady_ms += ms;
        let mut happenings = Vec::new();
        loop {
            let events = self.queue.decide_due(self.now());
            if events.is_empty() {
                return happenings;
            }
            for event in events {
                self.queue.evolve(&event);
                happenings.push(event.what);
            }
        }
    }

    pub fn act(&mut self, command: &Command) {
        let events = self.queue.decide(self.now(), command);
        for event in events.expect("nothing refuses it") {
            self.queue.evolve(&event);
        }
        self.queue.check().expect("what must hold");
    }

    pub fn refuses(&self, command: &Command) -> bool {
        self.queue.decide(self.now(), command).is_err()
    }

    pub fn take(&mut self, service: &str, class: &str) -> TicketId {
        self.act(&take(service, class));
        self.queue.day().tickets().last().expect("a ticket").id
    }

    pub fn call(&mut self, counter: CounterNumber) -> TicketId {
        self.act(&Command::CallNext(counter));
        self.in_hand(counter.0).expect("somebody was called")
    }

    pub fn in_hand(&self, counter: u16) -> Option<TicketId> {
        let ticket = self.queue.day().in_hand(CounterNumber(counter))?;
        Some(ticket.id)
    }

    /// Does a command and says how many tickets it changed.
    pub fn changed_by(&mut self, command: &Command) -> usize {
        let before = self.queue.day().tickets().to_vec();
        self.act(command);
        let after = self.queue.day().tickets();
        assert_eq!(before.len(), after.len());
        before
            .iter()
            .zip(after)
            .filter(|(old, new)| old != new)
            .count()
    }
}
