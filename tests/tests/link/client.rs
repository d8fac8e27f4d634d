//! A program without a screen: a link, and the table that it keeps.

use std::net::SocketAddr;
use std::time::Duration;

use link::{Address, Link, LinkEvent, LinkHandle, Lost, Settings, Table};
use protocol::{Act, Outcome, Role, Time};
use tokio::sync::mpsc;
use uuid::Uuid;

/// What has not come by then does not come.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Client {
    pub handle: LinkHandle,
    pub table: Table,
    /// The hall's time, as it was last heard.
    pub heard: Option<Time>,
    /// Whether the last rows were a whole table.
    pub whole: Option<bool>,
    events: mpsc::UnboundedReceiver<LinkEvent>,
}

impl Client {
    /// A program that is in step with the hall at `address`.
    pub async fn join(address: SocketAddr, role: Role, device: &str) -> Self {
        let settings = Settings {
            address: Address::new(address.ip().to_string(), address.port()),
            role,
            device: device.to_owned(),
            app: "test".to_owned(),
            paired: None,
        };
        let (told, events) = mpsc::unbounded_channel();
        let (handle, link): (_, Link<_>) = link::open(settings, move |event| {
            // At the end of a test nobody listens any more.
            let _ = told.send(event);
        });
        tokio::spawn(link.run());
        let mut client = Self {
            handle,
            table: Table::default(),
            heard: None,
            whole: None,
            events,
        };
        client.wait_until_up().await;
        client
    }

    /// The next event, taken in.
    pub async fn next(&mut self) -> LinkEvent {
        let next = tokio::time::timeout(PATIENCE, self.events.recv());
        let event = next.await.expect("an event in time").expect("a link");
        self.take_in(&event);
        event
    }

    /// The next event, if there is one already.
    pub fn next_now(&mut self) -> Option<LinkEvent> {
        let event = self.events.try_recv().ok()?;
        self.take_in(&event);
        Some(event)
    }

    pub async fn wait_until_up(&mut self) {
        while !matches!(self.next().await, LinkEvent::Up { .. }) {}
    }

    /// Waits for a loss: since when, and why.
    pub async fn wait_until_down(&mut self) -> (Option<Time>, Lost) {
        loop {
            if let LinkEvent::Down { since, why } = self.next().await {
                return (since, why);
            }
        }
    }

    pub async fn wait_for_table(&mut self, holds: impl Fn(&Table) -> bool) {
        let held = async {
            while !holds(&self.table) {
                self.next().await;
            }
        };
        // Beats go on coming, so that each event alone would be in time.
        tokio::time::timeout(PATIENCE, held)
            .await
            .expect("the table in time");
    }

    pub async fn wait_for_answer(&mut self, asked: Uuid) -> Outcome {
        loop {
            match self.next().await {
                LinkEvent::Answer { id, outcome } if id == asked => return outcome,
                _ => {}
            }
        }
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&mut self, act: Act) -> Outcome {
        let id = self.handle.request(act).unwrap();
        self.wait_for_answer(id).await
    }

    /// Asks under a given id, and waits for the answer.
    pub async fn ask_again(&mut self, id: Uuid, act: Act) -> Outcome {
        self.handle.request_with_id(id, act).unwrap();
        self.wait_for_answer(id).await
    }

    /// How many tickets the hall has issued, as far as is known here.
    pub fn issued(&self) -> Option<u32> {
        self.table.hall().map(|hall| hall.issued)
    }

    /// Waits until the hall has issued so many tickets, and not one more.
    pub async fn wait_until_issued(&mut self, count: u32) {
        let issued = |table: &Table| table.hall().map_or(0, |hall| hall.issued);
        self.wait_for_table(|table| issued(table) >= count).await;
        assert_eq!(self.issued(), Some(count));
    }

    fn take_in(&mut self, event: &LinkEvent) {
        match event {
            LinkEvent::Rows(rows) => {
                self.whole = Some(rows.whole);
                self.table.apply(rows.clone());
            }
            LinkEvent::Up { time } | LinkEvent::Beat { time } => self.heard = Some(*time),
            LinkEvent::Down { .. } | LinkEvent::Answer { .. } | LinkEvent::Refused(_) => {}
        }
    }
}
