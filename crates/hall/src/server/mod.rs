//! The hall on the network: one listener, one writer, a task for each connection.

mod accept;
mod complaints;
mod farewell;
mod greet;
mod http;
mod linger;
mod metrics;
mod pins;
mod places;
mod session;
mod tls;
mod writer;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use uuid::Uuid;

use crate::Clock;
use crate::admin::{self, Admin, Answer, Order};
use crate::engine::{Engine, Fatal, Input, Journal, Memory};
use crate::settings::HallSettings;
use accept::Entrance;
use complaints::Complaints;
use metrics::Watch;
use pins::Pins;
use places::Places;
pub use tls::{BELONGINGS, Certificate, CertificateError, Fingerprint};
use writer::{Changed, Mail, Writer};

/// Connections that wait for being accepted: a whole hall comes back at once after a power cut.
const LISTEN_BACKLOG: u32 = 4_096;

/// What may wait for the writer. Beyond it sessions stop reading from their sockets.
const MAILBOX: usize = 1_024;

/// Changes that a session may be behind before it is told to catch up.
const BEHIND: usize = 256;

/// A running hall. Dropping it does not stop it: call [`Server::stop`].
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    mailbox: mpsc::Sender<Mail>,
    stop: watch::Sender<bool>,
    stopped: oneshot::Receiver<Result<(), Fatal>>,
}

/// Why a hall does not start. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("the hall cannot listen on {address}: {reason}. {mend}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        reason: io::Error,
        /// What to do.
        mend: &'static str,
    },
    /// The journal cannot be believed.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// The system gives no thread.
    #[error("the system gives no thread for the hall's writer: {0}")]
    Thread(io::Error),
}

/// What every connection needs.
#[derive(Clone)]
struct Door {
    mailbox: mpsc::Sender<Mail>,
    changed: [broadcast::Sender<Changed>; 3],
    clock: Arc<Clock>,
    epoch: Uuid,
    stop: watch::Receiver<bool>,
    fingerprint: Option<Fingerprint>,
    names: Arc<[String]>,
    pins: Pins,
    complaints: Complaints,
}

impl Server {
    /// Listens on the settings' address and serves until [`Server::stop`], on the present tokio
    /// runtime and one thread of its own for the writer. Without a certificate it serves programs
    /// on its own machine alone.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start<J>(
        settings: HallSettings,
        journal: J,
        clock: Clock,
    ) -> Result<Self, StartError>
    where
        J: Journal + Send + 'static,
    {
        Self::start_with(settings, journal, clock, None).await
    }

    /// As [`Server::start`]; with a certificate, programs on other machines are served by TLS.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start_with<J>(
        settings: HallSettings,
        journal: J,
        clock: Clock,
        certificate: Option<Certificate>,
    ) -> Result<Self, StartError>
    where
        J: Journal + Send + 'static,
    {
        let listener = listen(settings.listen)?;
        let address = listener.local_addr().unwrap_or(settings.listen);
        let names = settings.trust.names.clone().into();
        let engine = Engine::new(settings, journal, Uuid::now_v7())?;
        let (mailbox, mail) = mpsc::channel(MAILBOX);
        let (stop, stopping) = watch::channel(false);
        let stop_accepting = stopping.clone();
        let changed = [(); 3].map(|()| broadcast::channel(BEHIND).0);
        let door = Door {
            mailbox: mailbox.clone(),
            changed: changed.clone(),
            clock: Arc::new(clock.clone()),
            epoch: engine.epoch(),
            stop: stopping.clone(),
            fingerprint: certificate.as_ref().map(Certificate::fingerprint),
            names,
            pins: Pins::default(),
            complaints: Complaints::default(),
        };
        let places = Arc::new(Places::default());
        let watch = Watch {
            mailbox: door.mailbox.clone(),
            places: Arc::clone(&places),
            began: Instant::now(),
            data: certificate.as_ref().map(|it| it.data().to_owned()),
        };
        let writer = Writer::new(engine, clock, changed);
        let stopped = run_writer(writer, mail, stopping)?;
        let entrance = Entrance {
            app: http::app(door, watch),
            tls: certificate.map(|certificate| certificate.acceptor()),
            places,
        };
        tokio::spawn(accept::accept(listener, entrance, stop_accepting));
        Ok(Self {
            address,
            mailbox,
            stop,
            stopped,
        })
    }

    /// Listens for the administrator's commands in the data folder, which is shut to everybody else.
    ///
    /// # Errors
    /// If the folder cannot be shut, or the socket not be made.
    pub fn open_admin(&self, data: &Path) -> Result<(), admin::Refused> {
        admin::listen(data, Administrator(self.mailbox.clone()))
    }

    /// Where it listens; the port is the real one also where the settings say 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for a client, `ws://127.0.0.1:7410/ws`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}{}", self.address, protocol::PATH)
    }

    /// By this somebody who looks at the hall's memory, in a thread of their own, tells the hall what
    /// they found.
    pub fn hears_of_memory(&self) -> impl Fn(Memory) + Send + use<> {
        let mailbox = self.mailbox.clone();
        move |memory| {
            // A hall that is stopping needs to know no more.
            let _ = mailbox.blocking_send(Mail::Input(Input::Memory(memory)));
        }
    }

    /// By this somebody who watches the hall asks whether it lives.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        Pulse(self.mailbox.clone())
    }

    /// Waits until the writer ends by itself, which it does only when it must.
    ///
    /// # Errors
    /// Why it ended.
    pub async fn ended(&mut self) -> Result<(), Fatal> {
        (&mut self.stopped).await.unwrap_or(Ok(()))
    }

    /// Tells every client, and ends when everything that was asked before is answered.
    ///
    /// # Errors
    /// If the writer had to end before.
    pub async fn stop(mut self) -> Result<(), Fatal> {
        self.stop.send_replace(true);
        self.ended().await
    }
}

/// Whether the hall's writer still answers.
#[derive(Clone, Debug)]
pub struct Pulse(mpsc::Sender<Mail>);

impl Pulse {
    /// Waits for the writer's answer, which a hall that hangs never gives. `false`: it has ended.
    pub async fn beats(&self) -> bool {
        let (answer, answered) = oneshot::channel();
        self.0.send(Mail::Look(answer)).await.is_ok() && answered.await.is_ok()
    }
}

/// The administrator's way to the writer.
struct Administrator(mpsc::Sender<Mail>);

impl Admin for Administrator {
    async fn order(&self, actor: String, what: Order) -> Answer {
        let (answer, answered) = oneshot::channel();
        let asked = Mail::Order {
            actor,
            what,
            answer,
        };
        let stopping = || Answer::refused("the hall is stopping. Start it again first.");
        if self.0.send(asked).await.is_err() {
            return stopping();
        }
        answered.await.unwrap_or_else(|_| stopping())
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = || {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(LISTEN_BACKLOG)
    };
    bound().map_err(|reason| StartError::Listen {
        address,
        mend: mend(&reason),
        reason,
    })
}

fn mend(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "Another program has this port, perhaps another hall: stop it, or choose another with --listen."
        }
        io::ErrorKind::AddrNotAvailable => {
            "This machine does not have that address: choose another with --listen."
        }
        io::ErrorKind::PermissionDenied => {
            "Ports below 1024 need rights: choose a higher one with --listen."
        }
        _ => "Choose another address with --listen.",
    }
}

/// The writer has a thread of its own, for every commit blocks it until the disk has answered.
fn run_writer<J: Journal + Send + 'static>(
    writer: Writer<J>,
    mail: mpsc::Receiver<Mail>,
    stopping: watch::Receiver<bool>,
) -> Result<oneshot::Receiver<Result<(), Fatal>>, StartError> {
    let (ended, stopped) = oneshot::channel();
    let run = move || {
        let runtime = match tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => panic!("the system gives no timer for the hall's writer: {error}"),
        };
        // Nobody listens any more only when the hall is stopping anyway.
        let _ = ended.send(runtime.block_on(writer.run(mail, stopping)));
    };
    thread::Builder::new()
        .name("writer".to_owned())
        .spawn(run)
        .map_err(StartError::Thread)?;
    Ok(stopped)
}
