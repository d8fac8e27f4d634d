//! A hall in this program, over a folder that outlives it.

use std::collections::{BTreeMap, BTreeSet};

use hall::{Clock, HallSettings, Server};
use protocol::Issued;
use queue::Queue;
use store::Store;
use tempfile::TempDir;

use super::hall_file;

pub struct Running {
    folder: TempDir,
    counters: u16,
    server: Option<Server>,
}

impl Running {
    pub async fn start(counters: u16) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut running = Self {
            folder,
            counters,
            server: None,
        };
        running.go_on().await;
        running
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    pub fn url(&self) -> String {
        self.server().url()
    }

    pub async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await.expect("a clean end");
        }
    }

    /// Stops it and starts it again, at another port.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.go_on().await;
    }

    async fn go_on(&mut self) {
        let settings = self.settings();
        let store = Store::open(self.folder.path()).expect("the folder can be written");
        let last = store.last_moment().expect("readable");
        let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
        let server = Server::start(settings, store, clock).await;
        self.server = Some(server.expect("the hall starts"));
    }

    fn settings(&self) -> HallSettings {
        let parsed = HallSettings::parse("hall.toml", &hall_file::text(self.counters));
        let mut settings = parsed.expect("a hall");
        settings.trust.trial = true;
        settings
    }

    /// The rules over what is on disk, when it has stopped.
    pub fn on_disk(&self) -> Queue {
        let mut queue = Queue::new(self.settings().rules());
        let store = Store::open(self.folder.path()).expect("the file");
        let replayed = store.replay(|event| queue.evolve(&event));
        replayed.expect("a sound journal");
        queue.check().expect("the rules hold");
        queue
    }
}

/// The numbers of each series begin with 1 and have neither gap nor repeat.
pub fn numbers_are_consecutive(issued: &[Issued]) {
    let mut series: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for ticket in issued {
        let value = ticket.number[1..]
            .parse()
            .expect("digits behind the letter");
        let new = series.entry(&ticket.service).or_default().insert(value);
        assert!(new, "{} was given twice", ticket.number);
    }
    for (service, numbers) in series {
        let expected: BTreeSet<u32> = (1..=numbers.len() as u32).collect();
        assert!(numbers == expected, "the series {service} has a gap");
    }
}
