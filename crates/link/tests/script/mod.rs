//! A hall that says what a test tells it to say.

// A test that cannot go on panics.
#![allow(clippy::unwrap_used)]

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use link::{Address, Fingerprint, Link, LinkEvent, LinkHandle, Paired, Settings};
use protocol::{ClientFrame, HallFrame, Hello, Role, Rows, Secret, Time, Welcome};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
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

/// A certificate with its key.
#[derive(Clone)]
pub struct Certificate {
    pub fingerprint: Fingerprint,
    acceptor: TlsAcceptor,
}

impl Certificate {
    pub fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["a hall".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let fingerprint = Fingerprint(Sha256::digest(&certificate).into());
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self {
            fingerprint,
            acceptor,
        }
    }
}

/// What carries a visit.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Listens where the link under test connects to.
pub struct Hall {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl Hall {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            listener,
            tls: None,
        }
    }

    /// From now on it speaks TLS.
    pub fn show(&mut self, certificate: &Certificate) {
        self.tls = Some(certificate.acceptor.clone());
    }

    /// Opens where a hall was before.
    pub async fn open_at(address: &Address) -> Self {
        let listener = TcpListener::bind((address.host(), address.port()))
            .await
            .unwrap();
        Self {
            listener,
            tls: None,
        }
    }

    pub fn address(&self) -> Address {
        Address::new("127.0.0.1", self.listener.local_addr().unwrap().port())
    }

    /// The next connection, upgraded.
    pub async fn visit(&self) -> Visit {
        let (stream, _) = soon(self.listener.accept()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let stream: Box<dyn Stream> = match &self.tls {
            Some(tls) => Box::new(soon(tls.accept(stream)).await.unwrap()),
            None => Box::new(stream),
        };
        let socket = soon(tokio_tungstenite::accept_async(stream)).await.unwrap();
        Visit { socket }
    }

    /// The next connection is not one that a hall can go on with.
    pub async fn rejected_visit(&self) {
        let (stream, _) = soon(self.listener.accept()).await.unwrap();
        let tls = self.tls.as_ref().expect("it speaks TLS");
        assert!(soon(tls.accept(stream)).await.is_err());
    }

    /// The next connection; it gets an answer of HTTP, and no WebSocket.
    pub async fn answer(&self, answer: &str) {
        let (mut stream, _) = soon(self.listener.accept()).await.unwrap();
        let mut heard = vec![0; 1_024];
        soon(stream.read(&mut heard)).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
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
    socket: WebSocketStream<Box<dyn Stream>>,
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
        Self::start_as(address, None)
    }

    /// A device that was paired with the holder of a certificate.
    pub fn paired(address: Address, certificate: &Certificate) -> Self {
        let paired = Paired {
            hall: certificate.fingerprint,
            key: Secret::new("the device's key"),
        };
        Self::start_as(address, Some(paired))
    }

    fn start_as(address: Address, paired: Option<Paired>) -> Self {
        let settings = Settings {
            address,
            role: Role::Kiosk,
            device: "kiosk-1".into(),
            app: "test".into(),
            paired,
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
