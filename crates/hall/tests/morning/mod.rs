//! A morning that is written down as it happens, and the program that is asked about it.
#![allow(dead_code)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use hall::HallSettings;
use queue::{
    Channel, ClassCode, Command as Act, CounterNumber, Date, Event, Moment, NoPaper, Now, Queue,
    ServiceCode,
};
use store::{Entry, Store};

/// 2020-11-20 10:00:00 in Shanghai, long before any hall that a test starts.
pub const TEN_WALL_MS: i64 = 1_605_837_600_000;

/// A morning that is written down as it happens.
pub struct Morning {
    pub store: Store,
    pub queue: Queue,
    minute: u64,
    /// Who does what comes next.
    pub actor: &'static str,
}

impl Morning {
    pub fn begin(folder: &Path) -> Self {
        let mut morning = Self {
            store: Store::open(folder).expect("a new file"),
            queue: Queue::new(HallSettings::default_hall().rules()),
            minute: 0,
            actor: "hall",
        };
        let opened = morning.queue.decide_due(morning.now());
        morning.write(opened);
        morning
    }

    pub fn now(&self) -> Now {
        let ms = self.minute * 60_000;
        Now {
            at: Moment {
                steady_ms: ms,
                wall_ms: TEN_WALL_MS + ms as i64,
            },
            today: Date::new(2020, 11, 20),
            tomorrow_steady_ms: u64::MAX >> 1,
            time_of_day_ms: (10 * 60 + self.minute as u32) * 60_000,
        }
    }

    pub fn at(&mut self, minute: u64, act: &Act) {
        self.minute = minute;
        let events = self
            .queue
            .decide(self.now(), act)
            .expect("the rules allow it");
        self.write(events);
    }

    pub fn take(&mut self, minute: u64, service: &str, class: &str) {
        let take = Act::Take {
            errands: vec![ServiceCode::new(service)],
            class: ClassCode::new(class),
            channel: Channel::Kiosk,
            holder: None,
        };
        self.at(minute, &take);
    }

    pub fn write(&mut self, events: Vec<Event>) {
        events.iter().for_each(|event| self.queue.evolve(event));
        let entry = Entry {
            actor: self.actor.to_owned(),
            events,
            changes: Vec::new(),
            request: None,
        };
        self.store.append(self.store.seq(), &[entry]).expect("room");
    }
}

/// A morning with three customers called, one of them past two who came earlier.
pub fn write_a_morning(folder: &Path) {
    let mut morning = Morning::begin(folder);
    let sign_in = |counter: u16, clerk: &str| Act::SignIn {
        counter: CounterNumber(counter),
        clerk: clerk.to_owned(),
    };
    morning.at(1, &sign_in(2, "王芳"));
    morning.at(1, &sign_in(4, "Li"));
    for (minute, service, class) in [
        (2, "A", "ordinary"),
        (3, "B", "ordinary"),
        (20, "A", "ordinary"),
        (21, "A", "elderly"),
        (30, "D", "pregnant"),
    ] {
        morning.take(minute, service, class);
    }
    let first = morning.queue.day().tickets()[2].id;
    morning.at(22, &Act::NotPrinted(first, NoPaper::PaperOut));
    morning.at(31, &Act::CallNext(CounterNumber(2)));
    morning.at(32, &Act::Arrive(CounterNumber(2)));
    morning.at(33, &Act::CallNext(CounterNumber(4)));
    morning.at(35, &Act::Recall(CounterNumber(4)));
    morning.at(50, &Act::CallNext(CounterNumber(2)));
}

pub fn hall(arguments: &[&str], data: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hall"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .output()
        .expect("the hall is built")
}

pub fn said(arguments: &[&str], data: &Path) -> String {
    let output = hall(arguments, data);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// What is said of a question that has no answer.
pub fn complaint(arguments: &[&str], data: &Path) -> String {
    let output = hall(arguments, data);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr)
        .expect("text")
        .trim_end()
        .to_owned()
}

/// A hall that runs until it is killed.
pub struct Running {
    child: Child,
    address: String,
}

impl Running {
    pub fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hall"))
            .args([
                "serve",
                "--trial",
                "--print-address",
                "--listen",
                "127.0.0.1:0",
                "--data",
            ])
            .arg(data)
            .env("PAIHAO_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the hall is built");
        let output = child.stdout.take().expect("its output");
        let mut running = Self {
            child,
            address: String::new(),
        };
        let address = &mut running.address;
        let read = BufReader::new(output).read_line(address);
        read.expect("the address is the first line");
        assert!(address.starts_with("ws://"), "{address}");
        running
    }

    /// Where it listens on this machine.
    pub fn port(&self) -> u16 {
        let port = self.address.split([':', '/']).nth(4);
        port.and_then(|port| port.parse().ok()).expect("a port")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SIGKILL, which leaves it no time for anything.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
