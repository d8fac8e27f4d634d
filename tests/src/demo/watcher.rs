//! Somebody who watches the hall's rows, as a program of its own would.

use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use link::{Address, Link, LinkEvent, LinkHandle, Settings, Table};
use protocol::{Role, Time};

/// A connection that only listens.
pub struct Watcher {
    handle: LinkHandle,
    events: mpsc::Receiver<LinkEvent>,
    table: Table,
    clock: Option<(Time, Instant)>,
    is_up: bool,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Connects in the background and keeps the connection.
    ///
    /// # Errors
    /// If no thread or runtime can be had.
    pub fn new(hall: Address, role: Role, device: &str) -> Result<Self> {
        let settings = Settings {
            address: hall,
            role,
            device: device.to_owned(),
            app: concat!("demo ", env!("CARGO_PKG_VERSION")).to_owned(),
            paired: None,
        };
        let (tell, events) = mpsc::channel();
        // Nobody listens any more when the demo is ending.
        let (handle, link) = link::open(settings, move |event| drop(tell.send(event)));
        Ok(Self {
            handle,
            events,
            table: Table::default(),
            clock: None,
            is_up: false,
            thread: Some(keep(link)?),
        })
    }

    /// The hall's rows as they are now. `None` until they are there.
    ///
    /// # Errors
    /// If the hall was lost after it was there.
    pub fn look(&mut self) -> Result<Option<&Table>> {
        while let Ok(event) = self.events.try_recv() {
            match event {
                LinkEvent::Up { time } => {
                    (self.is_up, self.clock) = (true, Some((time, Instant::now())))
                }
                LinkEvent::Beat { time } => self.clock = Some((time, Instant::now())),
                LinkEvent::Down { why, .. } => ensure!(!self.is_up, "the hall was lost: {why}"),
                LinkEvent::Rows(rows) => drop(self.table.apply(rows)),
                LinkEvent::Answer { .. } | LinkEvent::Refused(_) => {}
            }
        }
        Ok(self.is_up.then_some(&self.table))
    }

    /// The hall's time, in milliseconds since 1970.
    ///
    /// # Errors
    /// If the hall has not said it yet.
    pub fn hall_time_ms(&self) -> Result<i64> {
        let (time, heard) = self.clock.context("the hall has not told its time yet")?;
        Ok(time.unix_ms + i64::try_from(heard.elapsed().as_millis())?)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.handle.stop();
        if let Some(thread) = self.thread.take() {
            // It panicked, or it did not: the demo is over either way.
            let _ = thread.join();
        }
    }
}

fn keep<S>(link: Link<S>) -> Result<JoinHandle<()>>
where
    S: FnMut(LinkEvent) + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    thread::Builder::new()
        .name("watcher".to_owned())
        .spawn(move || runtime.block_on(link.run()))
        .context("start a thread")
}
