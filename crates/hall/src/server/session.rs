//! One connection: hello, then requests in, answers and rows out.

use std::ops::ControlFlow;
use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use protocol::{
    BEAT_MS, ByeCode, ClientFrame, HallFrame, Hello, MAX_REQUESTS_IN_FLIGHT, Outcome, Refusal,
    Role, SILENCE_MS, Welcome,
};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{self, Instant};
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};

use super::Door;
use super::accept::Visitor;
use super::farewell::{End, end, malformed, too_many_signs, unread};
use super::greet::greet;
use super::pins;
use super::writer::{Changed, Mail, OUTBOX, Parcel, encode};
use crate::engine::{Input, SessionId};

/// Pings and pongs that a client may send between two beats. It answers one of ours, and has no reason
/// to send more than a few of its own; each of them costs the hall an answer.
const MAX_SIGNS: usize = 32;

const SILENCE: Duration = Duration::from_millis(SILENCE_MS);

type Step = ControlFlow<End>;

/// Serves one connection to its end.
pub(super) async fn serve(mut socket: WebSocket, session: SessionId, visitor: Visitor, door: Door) {
    match greet(&mut socket, (session, &visitor), &door).await {
        Ok(hello) => {
            let device = hello.device.clone();
            Session::new(socket, (session, visitor), door.clone(), &hello)
                .run(hello)
                .await;
            let _ = door
                .mailbox
                .send(Mail::Input(Input::Leave { session, device }))
                .await;
        }
        Err(End::Gone) => {}
        Err(end) => {
            let (address, why) = (visitor.address, end.reason());
            door.complaints.say(format_args!(
                "a connection from {address} was refused: {why}"
            ));
            end.tell(&mut socket).await;
        }
    }
}

pub(super) async fn next_text(socket: &mut WebSocket) -> Result<Utf8Bytes, End> {
    for _ in 0..=MAX_SIGNS {
        if let Some(text) = understand(socket.recv().await)? {
            return Ok(text);
        }
    }
    Err(too_many_signs(MAX_SIGNS))
}

/// The text of a message; `None` of one that only shows that somebody is there.
fn understand(received: Option<Result<Message, axum::Error>>) -> Result<Option<Utf8Bytes>, End> {
    match received {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Binary(_))) => Err(malformed("frames are text, and this one was binary")),
        Some(Ok(Message::Close(_))) | None => Err(End::Gone),
        Some(Err(error)) => Err(fault(error)),
    }
}

fn fault(error: axum::Error) -> End {
    match error.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => end(ByeCode::TooLarge),
        Some(tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => {
            End::Gone
        }
        Some(tungstenite::Error::Utf8(_) | tungstenite::Error::Protocol(_)) => {
            end(ByeCode::Malformed)
        }
        _ => End::Gone,
    }
}

struct Session {
    socket: WebSocket,
    session: SessionId,
    visitor: Visitor,
    role: Role,
    device: String,
    app: String,
    door: Door,
    outbox_end: mpsc::Sender<Parcel>,
    outbox: mpsc::Receiver<Parcel>,
    changed: broadcast::Receiver<Changed>,
    /// Whether the hall has let the device in.
    is_welcome: bool,
    /// The client's table is as of this sequence number; `None` before its first rows.
    place: Option<u64>,
    in_flight: usize,
    last_heard: Instant,
    /// Pings and pongs since the last beat.
    signs: usize,
}

impl Session {
    fn new(
        socket: WebSocket,
        (session, visitor): (SessionId, Visitor),
        door: Door,
        hello: &Hello,
    ) -> Self {
        let (outbox_end, outbox) = mpsc::channel(OUTBOX);
        Self {
            socket,
            session,
            visitor,
            role: hello.role,
            device: hello.device.clone(),
            app: hello.app.clone(),
            changed: door.changed[hello.role.audience() as usize].subscribe(),
            door,
            outbox_end,
            outbox,
            is_welcome: false,
            place: None,
            in_flight: 0,
            last_heard: Instant::now(),
            signs: 0,
        }
    }

    async fn run(mut self, hello: Hello) {
        let end = match self.enter(hello).await {
            ControlFlow::Continue(()) => self.attend().await,
            ControlFlow::Break(end) => end,
        };
        self.log(&end);
        end.tell(&mut self.socket).await;
    }

    /// Who was not let in is a stranger, whatever name they gave.
    fn log(&self, end: &End) {
        let (device, address, why) = (&self.device, self.visitor.address.ip(), end.reason());
        match (self.is_welcome, end) {
            (true, _) => tracing::info!("{device} has left: {why}"),
            (false, End::Gone) => {}
            (false, _) => self.door.complaints.say(format_args!(
                "somebody at {address} who says to be {device} was not let in: {why}"
            )),
        }
    }

    async fn enter(&mut self, hello: Hello) -> Step {
        let outbox = self.outbox_end.clone();
        self.mail(Mail::Join {
            session: self.session,
            hello,
            address: self.visitor.address.ip(),
            outbox,
        })
        .await?;
        // The writer holds the only other end: when it lets go of a session, the outbox closes.
        let (unused, _) = mpsc::channel(1);
        self.outbox_end = unused;
        Step::Continue(())
    }

    /// Its first rows come: the hall has let it in.
    async fn welcome(&mut self) -> Step {
        if self.is_welcome {
            return Step::Continue(());
        }
        self.is_welcome = true;
        // Until now nobody listened.
        self.last_heard = Instant::now();
        self.visitor.is_known_now(self.role);
        let (address, device, app) = (self.visitor.address.ip(), &self.device, &self.app);
        tracing::info!("{device} comes from {address}: {:?}, {app}", self.role);
        let welcome = Welcome {
            protocol: protocol::VERSION,
            epoch: self.door.epoch,
            time: self.door.clock.wall(),
            app: concat!("hall ", env!("CARGO_PKG_VERSION")).to_owned(),
        };
        self.say(encode(&HallFrame::Welcome(welcome))).await
    }

    async fn attend(&mut self) -> End {
        let mut beat = time::interval(Duration::from_millis(BEAT_MS));
        let mut stop = self.door.stop.clone();
        loop {
            let silent_from = self.last_heard + SILENCE;
            let step = tokio::select! {
                // Nobody is listened to who is not let in: what a stranger asks behind the hello costs no work.
                received = self.socket.recv(), if self.is_welcome => self.hear(received).await,
                parcel = self.outbox.recv() => self.pass_on(parcel).await,
                changed = self.changed.recv(), if self.place.is_some() => self.tell(changed).await,
                _ = beat.tick(), if self.is_welcome => self.beat().await,
                () = time::sleep_until(silent_from), if self.is_welcome => self.silence().await,
                // The writer says goodbye after its last answers; this is for when it does not.
                () = stopped_long_ago(&mut stop) => Step::Break(end(ByeCode::Stopping)),
            };
            if let ControlFlow::Break(end) = step {
                return end;
            }
        }
    }

    async fn hear(&mut self, received: Option<Result<Message, axum::Error>>) -> Step {
        self.last_heard = Instant::now();
        match understand(received) {
            Ok(Some(text)) => self.request(&text).await,
            Ok(None) => self.sign_of_life(),
            Err(end) => Step::Break(end),
        }
    }

    fn sign_of_life(&mut self) -> Step {
        self.signs += 1;
        match self.signs > MAX_SIGNS {
            true => Step::Break(too_many_signs(MAX_SIGNS)),
            false => Step::Continue(()),
        }
    }

    async fn request(&mut self, text: &str) -> Step {
        match serde_json::from_str(text) {
            Ok(ClientFrame::Request { id, .. }) if self.in_flight >= MAX_REQUESTS_IN_FLIGHT => {
                let outcome = Outcome::Refused(Refusal::TooManyRequests);
                self.say(encode(&HallFrame::Answer { id, outcome })).await
            }
            Ok(ClientFrame::Request { id, mut act }) => {
                self.in_flight += 1;
                let pin = pins::look(&self.door, (self.role, &self.device), &mut act).await;
                let (session, role, device) = (self.session, self.role, self.device.clone());
                self.mail(Mail::Input(Input::Request {
                    session,
                    role,
                    device,
                    id,
                    act,
                    pin,
                }))
                .await
            }
            Ok(ClientFrame::Hello(_) | ClientFrame::Pair(_)) => {
                Step::Break(malformed("a connection says hello once"))
            }
            Err(error) => Step::Break(unread(&error)),
        }
    }

    async fn pass_on(&mut self, parcel: Option<Parcel>) -> Step {
        match parcel {
            Some(Parcel::Answer(frame)) => {
                self.in_flight = self.in_flight.saturating_sub(1);
                self.say(frame).await
            }
            Some(Parcel::Rows { seq, frame }) => {
                self.welcome().await?;
                self.place = Some(seq);
                self.say(frame).await
            }
            Some(Parcel::Bye(bye)) => Step::Break(End::Bye(bye)),
            None => Step::Break(End::Gone),
        }
    }

    async fn tell(&mut self, changed: Result<Changed, RecvError>) -> Step {
        match changed {
            Ok(Changed { seq, frame }) if self.place.is_some_and(|place| place < seq) => {
                self.place = Some(seq);
                self.say(frame).await
            }
            Ok(_) => Step::Continue(()),
            Err(RecvError::Lagged(_)) => self.catch_up().await,
            Err(RecvError::Closed) => Step::Break(end(ByeCode::Stopping)),
        }
    }

    /// The client is told what it missed in one piece, and nothing else until then.
    async fn catch_up(&mut self) -> Step {
        let Some(since) = self.place.take() else {
            return Step::Continue(());
        };
        let (session, role) = (self.session, self.role);
        self.mail(Mail::Input(Input::CatchUp {
            session,
            role,
            since,
        }))
        .await
    }

    async fn beat(&mut self) -> Step {
        self.signs = 0;
        // The ping makes a client that has nothing to say show that it is there.
        self.send(Message::Ping(Default::default())).await?;
        self.say(encode(&HallFrame::Beat {
            time: self.door.clock.wall(),
        }))
        .await
    }

    /// Nothing was heard for too long. What a busy hall has only not looked at yet counts as heard.
    async fn silence(&mut self) -> Step {
        match time::timeout(Duration::ZERO, self.socket.recv()).await {
            Ok(received) => self.hear(received).await,
            Err(_) => Step::Break(End::Gone),
        }
    }

    async fn say(&mut self, frame: Utf8Bytes) -> Step {
        self.send(Message::Text(frame)).await
    }

    /// A client that does not take a frame in this time is let go, and not waited for.
    async fn send(&mut self, message: Message) -> Step {
        match time::timeout(SILENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Step::Continue(()),
            Ok(Err(_)) | Err(_) => Step::Break(End::Gone),
        }
    }

    async fn mail(&mut self, mail: Mail) -> Step {
        match self.door.mailbox.send(mail).await {
            Ok(()) => Step::Continue(()),
            Err(_) => Step::Break(end(ByeCode::Stopping)),
        }
    }
}

async fn stopped_long_ago(stop: &mut tokio::sync::watch::Receiver<bool>) {
    // An error means that the server is gone, which is a stop as well.
    let _ = stop.wait_for(|stop| *stop).await;
    time::sleep(SILENCE).await;
}
