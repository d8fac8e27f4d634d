//! What the rules cost: that a crowd makes the next call no slower, and how fast a day is read back.
//! Printed as a table; a limit that is missed is an error.

#![expect(
    clippy::disallowed_types,
    reason = "the rules have no clock; whoever measures them has"
)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use queue::{
    Channel, Class, ClassCode, Command, CounterNumber, CounterPlan, Date, Event, Moment, Now,
    Queue, Series, SeriesCode, Service, ServiceCode, Settings, State,
};

const FEW: u32 = 100;
const CROWD: u32 = 100_000;

/// What a crowd may make of the time among few.
const MOST_RATIO: f64 = 2.0;

/// The busiest day that is promised to be read back in a second.
const DAY_TICKETS: u32 = 20_000;

/// Measured in turns, for the speed of a machine drifts; the table shows the medians.
const ROUNDS: usize = 101;
const PER_ROUND: u32 = 200;

const SERVICES: u32 = 6;
const COUNTERS: u16 = 20;
const CLASSES: [(&str, u64); 3] = [("ordinary", 20), ("elderly", 5), ("veteran", 10)];

const MINUTE_MS: u64 = 60_000;

fn main() -> ExitCode {
    let [mut few, mut crowd] = [FEW, CROWD].map(hall_with);
    println!("Medians of {ROUNDS} rounds.\n");
    let next = |hall: &mut Hall| {
        black_box(hall.decide(&Command::CallNext(CounterNumber(1))));
    };
    let take = |hall: &mut Hall| {
        black_box(hall.decide(&take(hall.steady_ms as u32)));
    };
    let mut halls = [&mut few, &mut crowd];
    let holds = [
        compare("picking the next", &mut halls, next),
        compare("taking a number", &mut halls, take),
        read_back(),
    ];
    // What is remembered of a crowd is more than of few; nothing is promised of that.
    let [few_us, crowd_us, ratio] = measure(&mut halls, Hall::serve_one);
    println!(
        "{:32}{:48}{ratio:.2}",
        "a customer from take to finish",
        figures(few_us, crowd_us)
    );
    if holds.contains(&false) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Does the same among few and in a crowd, and holds the ratio of both.
fn compare(name: &str, halls: &mut [&mut Hall; 2], act: impl FnMut(&mut Hall)) -> bool {
    let [few_us, crowd_us, ratio] = measure(halls, act);
    let against_limit = format!("{ratio:.2}, at most {MOST_RATIO:.2}");
    let holds = ratio <= MOST_RATIO;
    line(name, &figures(few_us, crowd_us), &against_limit, holds)
}

/// Microseconds among few and in a crowd, and the ratio of both in each round; the medians.
fn measure(halls: &mut [&mut Hall; 2], mut act: impl FnMut(&mut Hall)) -> [f64; 3] {
    let mut columns = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let [few_us, crowd_us] = [0, 1].map(|place| {
            let started = Instant::now();
            for _ in 0..PER_ROUND {
                act(halls[place]);
            }
            started.elapsed().as_secs_f64() * 1e6 / f64::from(PER_ROUND)
        });
        let figures = [few_us, crowd_us, crowd_us / few_us];
        columns
            .iter_mut()
            .zip(figures)
            .for_each(|(column, figure)| column.push(figure));
    }
    columns.map(median)
}

fn figures(few_us: f64, crowd_us: f64) -> String {
    format!("{few_us:.2} µs among {FEW}, {crowd_us:.2} µs among {CROWD}")
}

/// A whole day through `evolve`, from its first event.
fn read_back() -> bool {
    let journal = busy_day();
    let times = (0..5).map(|_| {
        let mut queue = Queue::new(settings());
        let started = Instant::now();
        journal.iter().for_each(|event| queue.evolve(event));
        let took_ms = started.elapsed().as_secs_f64() * 1e3;
        queue.check().expect("what must always hold");
        took_ms
    });
    let took_ms = median(times.collect());
    let figures = format!("{DAY_TICKETS} tickets, {} events", journal.len());
    line(
        "reading a day back",
        &figures,
        &format!("{took_ms:.0} ms, at most 1000"),
        took_ms <= 1_000.0,
    )
}

fn line(name: &str, figures: &str, against_limit: &str, holds: bool) -> bool {
    let verdict = if holds { "holds" } else { "MISSED" };
    println!("{name:32}{figures:48}{against_limit:24}{verdict}");
    holds
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// A hall in which so many wait, a quarter of them of favoured classes, and one counter is free.
fn hall_with(waiting: u32) -> Hall {
    let mut hall = Hall::open();
    for place in 0..waiting {
        hall.steady_ms += 1;
        hall.act(&take(place));
    }
    hall
}

/// Every customer is taken, printed, called, arrives and is finished, with all counters at work.
fn busy_day() -> Vec<Event> {
    let mut hall = Hall::open();
    for place in 0..DAY_TICKETS {
        hall.steady_ms += 1_500;
        hall.act(&take(place));
        let ticket = hall.queue.day().tickets().last().map(|ticket| ticket.id);
        hall.act(&Command::Printed {
            ticket: ticket.expect("a ticket"),
            copies: 0,
        });
        let counter = CounterNumber(1 + (place % u32::from(COUNTERS)) as u16);
        if hall.decide(&Command::CallNext(counter)) > 0 {
            hall.act(&Command::CallNext(counter));
            hall.arrive(counter);
        }
    }
    hall.journal
}

struct Hall {
    queue: Queue,
    journal: Vec<Event>,
    steady_ms: u64,
}

impl Hall {
    /// With a clerk at each counter.
    fn open() -> Self {
        let mut hall = Self {
            queue: Queue::new(settings()),
            journal: Vec::new(),
            steady_ms: 0,
        };
        hall.do_what_is_due();
        for number in 1..=COUNTERS {
            hall.act(&Command::SignIn {
                counter: CounterNumber(number),
                clerk: format!("clerk {number}"),
            });
        }
        hall
    }

    /// How many events a command would lead to.
    fn decide(&self, command: &Command) -> usize {
        let decision = self.queue.decide(self.now(), command);
        decision.map_or(0, |events| events.len())
    }

    fn act(&mut self, command: &Command) {
        let decision = self.queue.decide(self.now(), command);
        self.take_in(decision.expect("nothing refuses it"));
        self.do_what_is_due();
    }

    fn do_what_is_due(&mut self) {
        loop {
            let events = self.queue.decide_due(self.now());
            if events.is_empty() {
                break;
            }
            self.take_in(events);
        }
    }

    fn take_in(&mut self, events: Vec<Event>) {
        for event in events {
            self.queue.evolve(&event);
            self.journal.push(event);
        }
    }

    /// One comes and one goes, so as many wait as before.
    fn serve_one(&mut self) {
        let counter = CounterNumber(1);
        self.act(&take(self.journal.len() as u32));
        self.act(&Command::CallNext(counter));
        self.arrive(counter);
        self.act(&Command::Finish {
            counter,
            outcome: None,
        });
    }

    /// Who stays for a second errand has come already.
    fn arrive(&mut self, counter: CounterNumber) {
        let in_hand = self.queue.day().in_hand(counter);
        if in_hand.is_some_and(|ticket| ticket.state == State::Called) {
            self.act(&Command::Arrive(counter));
        }
    }

    fn now(&self) -> Now {
        Now {
            at: Moment {
                steady_ms: self.steady_ms,
                wall_ms: self.steady_ms as i64,
            },
            today: Date::new(2026, 11, 20),
            tomorrow_steady_ms: 24 * 60 * MINUTE_MS,
            time_of_day_ms: self.steady_ms as u32,
        }
    }
}

/// Services and classes in turn; one in ten has two errands.
fn take(place: u32) -> Command {
    let favoured = if place.is_multiple_of(4) {
        1 + place as usize / 4 % 2
    } else {
        0
    };
    let errands = if place.is_multiple_of(10) { 2 } else { 1 };
    Command::Take {
        errands: (0..errands)
            .map(|next| service((place / 7 + next) % SERVICES))
            .collect(),
        class: ClassCode::new(CLASSES[favoured].0),
        channel: Channel::Kiosk,
        holder: None,
    }
}

fn service(place: u32) -> ServiceCode {
    ServiceCode::new(&format!("S{place}"))
}

fn settings() -> Settings {
    let series = SeriesCode::new("A");
    let numbers = Series {
        first: 1,
        last: 999_999,
        then: None,
    };
    let class = |(code, target_min): (&str, u64)| {
        let class = Class {
            target_wait_ms: target_min * MINUTE_MS,
            ..Class::default()
        };
        (ClassCode::new(code), class)
    };
    let counter = |number| {
        let services = (0..SERVICES).map(service).collect();
        (CounterNumber(number), CounterPlan::new(services))
    };
    let of_service = |place| (service(place), Service::new(series.clone(), 3 * MINUTE_MS));
    Settings {
        services: (0..SERVICES).map(of_service).collect(),
        classes: CLASSES.into_iter().map(class).collect(),
        counters: (1..=COUNTERS).map(counter).collect(),
        series: [(series.clone(), numbers)].into(),
        max_waiting: 2 * CROWD,
        near_percent: 80,
        ..Settings::default()
    }
}
