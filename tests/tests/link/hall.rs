//! A real hall with its memory in a folder of its own, which can be started again.

use std::net::SocketAddr;
use std::path::Path;

use hall::{Clock, HallSettings, Server};
use store::Store;
use tempfile::TempDir;

pub struct RunningHall {
    folder: TempDir,
    server: Option<Server>,
}

impl RunningHall {
    /// The default hall at a free port.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Some(start(folder.path()).await);
        Self { folder, server }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.as_ref().unwrap().address()
    }

    /// Stops it and starts it over the same memory, at another free port.
    pub async fn restart(&mut self) {
        self.server.take().unwrap().stop().await.unwrap();
        self.server = Some(start(self.folder.path()).await);
    }
}

async fn start(folder: &Path) -> Server {
    let mut settings = HallSettings::default_hall();
    // The tests recall at once.
    settings.house.recall.least_interval_ms = 0;
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.trust.trial = true;
    let store = Store::open(folder).unwrap();
    let last = store.last_moment().unwrap();
    let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
    Server::start(settings, store, clock).await.unwrap()
}
