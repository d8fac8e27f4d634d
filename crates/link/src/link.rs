//! Carries out what [`crate::session`] decides: the socket, the timer, the way in and out.

use std::sync::Arc;

use protocol::{Act, ClientFrame, Hello, MAX_FRAME_FROM_CLIENT_BYTES, Role, Secret};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::session::{Effect, Input, Session};
use crate::wire::{Wire, encode};
use crate::{Address, Fingerprint, LinkEvent};

/// Which hall, and who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where the hall listens.
    pub address: Address,
    /// What the program is.
    pub role: Role,
    /// The device's name, such as `kiosk-1`: one connection at a time has it.
    pub device: String,
    /// Program and version, for the technician.
    pub app: String,
    /// What the pairing gave. `None`: the device was not paired.
    pub paired: Option<Paired>,
}

/// What a device has from its pairing: the hall it belongs to, and the key by which the hall knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paired {
    /// The hall's certificate.
    pub hall: Fingerprint,
    /// The device's key: whoever has it is the device.
    pub key: Secret,
}

/// Makes a link. It connects when [`Link::run`] is polled, and tells all that happens to `sink`,
/// which must not block.
pub fn open<S: FnMut(LinkEvent)>(settings: Settings, sink: S) -> (LinkHandle, Link<S>) {
    let (orders, from_handle) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(protocol::MAX_REQUESTS_IN_FLIGHT));
    let handle = LinkHandle {
        orders,
        room: Arc::clone(&room),
    };
    let link = Link {
        settings,
        orders: from_handle,
        room,
        down_since: None,
        sink,
    };
    (handle, link)
}

/// The way to ask. Its clones are the same link; when the last is dropped, the link ends.
#[derive(Clone, Debug)]
pub struct LinkHandle {
    orders: mpsc::UnboundedSender<Order>,
    room: Arc<Semaphore>,
}

#[derive(Debug)]
enum Order {
    Ask { id: Uuid, frame: String },
    Forget { id: Uuid },
    Stop,
}

/// Why a request was not taken. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// As many requests wait for an answer as a session may have.
    #[error("{limit} requests already wait for an answer", limit = protocol::MAX_REQUESTS_IN_FLIGHT)]
    TooMany,
    /// The act is longer than the hall reads.
    #[error("the request is longer than {MAX_FRAME_FROM_CLIENT_BYTES} bytes")]
    TooLong,
    /// The link has been stopped.
    #[error("the link has been stopped")]
    Stopped,
}

impl LinkHandle {
    /// Asks under a new id, which the [`LinkEvent::Answer`] will bear. It is asked as soon as there is
    /// a link, and until it is answered or forgotten.
    ///
    /// # Errors
    /// See [`NotAsked`]; nothing was sent then.
    pub fn request(&self, act: Act) -> Result<Uuid, NotAsked> {
        let id = Uuid::now_v7();
        self.request_with_id(id, act)?;
        Ok(id)
    }

    /// Asks under an id that the program has written down before. An id that waits for its
    /// answer already is not asked twice.
    ///
    /// # Errors
    /// See [`NotAsked`]; nothing was sent then.
    pub fn request_with_id(&self, id: Uuid, act: Act) -> Result<(), NotAsked> {
        let frame = encode(&ClientFrame::Request { id, act });
        if frame.len() > MAX_FRAME_FROM_CLIENT_BYTES {
            return Err(NotAsked::TooLong);
        }
        // The session gives the place back with the answer (`Effect::Free`).
        let place = self.room.try_acquire().map_err(|_| NotAsked::TooMany)?;
        let order = Order::Ask { id, frame };
        self.orders.send(order).map_err(|_| NotAsked::Stopped)?;
        place.forget();
        Ok(())
    }

    /// Gives a request up: it is not sent again and its answer is not told. The hall may have
    /// done it, or may still do it.
    pub fn forget(&self, id: Uuid) {
        // A stopped link has nothing to forget.
        let _ = self.orders.send(Order::Forget { id });
    }

    /// Ends the link: [`Link::run`] returns, and nothing more is told.
    pub fn stop(&self) {
        // A second stop changes nothing.
        let _ = self.orders.send(Order::Stop);
    }
}

/// A link that is ready to run.
pub struct Link<S> {
    settings: Settings,
    orders: mpsc::UnboundedReceiver<Order>,
    room: Arc<Semaphore>,
    down_since: Option<Instant>,
    sink: S,
}

impl<S: FnMut(LinkEvent)> Link<S> {
    /// Keeps the connection until the link is stopped. Needs a tokio runtime with network and time.
    pub async fn run(mut self) {
        let hello = self.hello();
        let mut session = Session::new(hello, seed(), now());
        let mut wire = None;
        loop {
            let input = tokio::select! {
                order = self.orders.recv() => match order {
                    Some(Order::Ask { id, frame }) => Input::Ask { id, frame },
                    Some(Order::Forget { id }) => Input::Forget { id },
                    Some(Order::Stop) | None => return,
                },
                input = heard(&mut wire) => input,
                () = tokio::time::sleep_until(session.deadline().into()) => Input::Time,
            };
            for effect in session.update(input, now()) {
                self.carry_out(effect, &mut wire);
            }
        }
    }

    fn hello(&self) -> Hello {
        Hello {
            protocol: protocol::VERSION,
            role: self.settings.role,
            device: self.settings.device.clone(),
            app: self.settings.app.clone(),
            resume: None,
            key: self
                .settings
                .paired
                .as_ref()
                .map(|paired| paired.key.clone()),
        }
    }

    fn carry_out(&mut self, effect: Effect, wire: &mut Option<Wire>) {
        match effect {
            Effect::Connect => {
                let hall = self.settings.paired.as_ref().map(|paired| paired.hall);
                *wire = Some(Wire::connect(self.settings.address.clone(), hall));
            }
            Effect::Disconnect => *wire = None,
            Effect::Hello(hello) => send(wire, Message::text(encode(&ClientFrame::Hello(hello)))),
            Effect::Send(frame) => send(wire, Message::text(frame)),
            Effect::Tell(event) => self.tell(event),
            Effect::Free => self.room.add_permits(1),
        }
    }

    fn tell(&mut self, event: LinkEvent) {
        self.log(&event);
        (self.sink)(event);
    }

    /// For the technician: what, since when, what to do.
    fn log(&mut self, event: &LinkEvent) {
        let hall = &self.settings.address;
        match event {
            LinkEvent::Up { .. } => match self.down_since.take() {
                Some(since) => {
                    let seconds = since.elapsed().as_secs();
                    tracing::info!("the hall at {hall} is there, after {seconds} s without");
                }
                None => tracing::info!("the hall at {hall} is there"),
            },
            LinkEvent::Down { why, .. } => {
                let since = self.down_since.get_or_insert_with(Instant::now);
                let (seconds, mend) = (since.elapsed().as_secs(), why.mend());
                tracing::warn!("no hall at {hall} for {seconds} s: {why}. {mend}");
            }
            LinkEvent::Refused(bye) => {
                tracing::warn!("the hall at {hall} says goodbye: {}", bye.message);
            }
            LinkEvent::Rows(_) | LinkEvent::Answer { .. } | LinkEvent::Beat { .. } => {}
        }
    }
}

async fn heard(wire: &mut Option<Wire>) -> Input {
    match wire {
        Some(wire) => wire.next().await,
        None => std::future::pending().await,
    }
}

fn send(wire: &Option<Wire>, message: Message) {
    if let Some(wire) = wire {
        wire.send(message);
    }
}

fn now() -> std::time::Instant {
    Instant::now().into_std()
}

/// Differs between clients: the random part of a fresh id.
fn seed() -> u64 {
    Uuid::now_v7().as_u64_pair().1
}
