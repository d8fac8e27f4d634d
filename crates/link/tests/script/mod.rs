//! A hall that says what a test tells it to say.

// A test that cannot go on panics.
#![allow(clippy::unwrap_used)]

use std::future::Future;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use link::{Address, Link, LinkEvent, LinkHandle, Settings};
use protocol::{ClientFrame, HallFrame, Hello, Role, Rows, Time, Welcome};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use uuid::Uuid;

pub const TIME: Time = Time {
    unix_ms: 1_795_315_379_000,
    offset_min: 480,
};

/// No wait of a test is longer: what has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(30);

pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("in time")
}

/// Listens where the link under test connects to.
pub struct Hall {
    listener: TcpListener,
}

impl Hall {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { listener }
    }

    /// Opens where a hall was before.
    pub async fn open_at(address: &Address) -> Self {
        let listener = TcpListener::bind((address.host(), address.port()))
            .await
            .unwrap();
        Self { listener }
    }

    pub fn address(&self) -> Address {
        Address::new("127.0.0.1", self.listener.local_addr().unwrap().port())
    }

    /// The next connection, upgraded.
    pub async fn visit(&self) -> Visit {
        let (stream, _) = soon(self.listener.accept()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let socket = soon(tokio_tungstenite::accept_async(stream)).await.unwrap();
        Visit { socket }
    }

    /// The next connection, welcomed and given an empty table as of `seq`.
    pub async fn welcomed_visit(&self, seq: u64) -> (Visit, Hello) {
        let mut visit = self.visit().await;
        let ClientFrame::Hello(hello) = visit.hear().await else {
            panic!("the first frame is a hello");
        };
        visit.say(&welcome()).await;
        visit.say(&rows(seq)).await;
        (visit, hello)
    }
}

pub fn welcome() -> HallFrame {
    HallFrame::Welcome(Welcome {
        protocol: protocol::VERSION,
        epoch: Uuid::from_u128(1),
        time: TIME,
        app: "script".into(),
    })
}

pub fn rows(seq: u64) -> HallFrame {
    HallFrame::Rows(Rows {
        seq,
        whole: true,
        rows: Vec::new(),
        gone: Vec::new(),
    })
}

/// One connection of the link under test.
pub struct Visit {
    socket: WebSocketStream<TcpStream>,
}

impl Visit {
    pub async fn say(&mut self, frame: &HallFrame) {
        self.send(Message::text(serde_json::to_string(frame).unwrap()))
            .await;
    }

    pub async fn send(&mut self, message: Message) {
        self.try_send(message).await.unwrap();
    }

    pub async fn try_send(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message).await
    }

    /// The next frame of the client.
    pub async fn hear(&mut self) -> ClientFrame {
        loop {
            if let Message::Text(text) = self.message().await {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The next message of any kind.
    pub async fn message(&mut self) -> Message {
        soon(self.socket.next()).await.expect("a message").unwrap()
    }

    /// Waits until the client has gone.
    pub async fn gone(mut self) {
        while let Some(Ok(_)) = soon(self.socket.next()).await {}
    }
}

/// A link that runs, and what it told.
pub struct Client {
    pub handle: LinkHandle,
    pub running: tokio::task::JoinHandle<()>,
    events: mpsc::UnboundedReceiver<LinkEvent>,
}

impl Client {
    pub fn start(address: Address) -> Self {
        let settings = Settings {
            address,
            role: Role::Kiosk,
            device: "kiosk-1".into(),
            app: "test".into(),
        };
        let (told, events) = mpsc::unbounded_channel();
        let (handle, link): (_, Link<_>) = link::open(settings, move |event| {
            // At the end of a test nobody listens any more.
            let _ = told.send(event);
        });
        Self {
            handle,
            running: tokio::spawn(link.run()),
            events,
        }
    }

    pub async fn next(&mut self) -> LinkEvent {
        soon(self.events.recv()).await.expect("the link runs")
    }

    /// The first event for which `pick` gives something; those before it are let go.
    pub async fn wait<T>(&mut self, pick: impl Fn(LinkEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = pick(self.next().await) {
                return found;
            }
        }
    }

    pub async fn wait_until_up(&mut self) {
        self.wait(|event| matches!(event, LinkEvent::Up { .. }).then_some(()))
            .await;
    }

    /// Waits for a loss: since when, and why.
    pub async fn wait_until_down(&mut self) -> (Option<Time>, link::Lost) {
        self.wait(|event| match event {
            LinkEvent::Down { since, why } => Some((since, why)),
            _ => None,
        })
        .await
    }
}
