//! The first frames of a connection: a hello, or a pairing and then a hello.

use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use protocol::{
    ByeCode, ClientFrame, HELLO_DEADLINE_MS, HallFrame, Hello, MAX_NAME_CHARS, Pair, Paired,
};
use tokio::sync::oneshot;
use tokio::time;

use super::Door;
use super::accept::Visitor;
use super::farewell::{End, end, malformed, unread};
use super::session::next_text;
use super::writer::{Mail, PairAsked, encode};
use crate::engine::SessionId;

/// Waits for the hello. A device may pair before it, once.
pub(super) async fn greet(
    socket: &mut WebSocket,
    (session, visitor): (SessionId, &Visitor),
    door: &Door,
) -> Result<Hello, End> {
    let first = frame(socket).await?;
    let hello = match first {
        ClientFrame::Pair(pair) => {
            let paired = pair_with(pair, (session, visitor), door).await?;
            let frame = encode(&HallFrame::Paired(paired));
            let sent = socket.send(Message::Text(frame)).await;
            sent.map_err(|_| End::Gone)?;
            only_hello(self::frame(socket).await?)
        }
        first => only_hello(first),
    }?;
    match is_device(&hello.device) && is_name(&hello.app) {
        true => Ok(hello),
        false => Err(bad_names()),
    }
}

fn only_hello(frame: ClientFrame) -> Result<Hello, End> {
    match frame {
        ClientFrame::Hello(hello) => Ok(hello),
        ClientFrame::Pair(_) => Err(malformed("a connection pairs once")),
        ClientFrame::Request { .. } => Err(malformed("the first frame must be a hello")),
    }
}

async fn frame(socket: &mut WebSocket) -> Result<ClientFrame, End> {
    let deadline = Duration::from_millis(HELLO_DEADLINE_MS);
    let text = time::timeout(deadline, next_text(socket))
        .await
        .map_err(|_| end(ByeCode::Silent))??;
    understand(&text)
}

fn understand(text: &Utf8Bytes) -> Result<ClientFrame, End> {
    // An other version may word its hello differently, so that one is looked for first.
    let version = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|hello| hello.get("protocol").and_then(serde_json::Value::as_u64));
    if version.is_some_and(|version| version != u64::from(protocol::VERSION)) {
        return Err(end(ByeCode::Version));
    }
    serde_json::from_str(text).map_err(|error| unread(&error))
}

/// In the record a device stands between other words, as in `counter:counter-1/王芳@192.168.1.20`: it must not
/// have their signs, or a telephone could write itself a person and an address.
fn is_device(name: &str) -> bool {
    is_name(name) && !name.contains(['/', '@', ':'])
}

fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control)
}

fn bad_names() -> End {
    malformed(&format!(
        "device and app are names of 1 to {MAX_NAME_CHARS} characters, and a device's has none of / @ : in it"
    ))
}

async fn pair_with(
    pair: Pair,
    (session, visitor): (SessionId, &Visitor),
    door: &Door,
) -> Result<Paired, End> {
    if !is_device(&pair.device) || !is_name(&pair.app) {
        return Err(bad_names());
    }
    let (device, app) = (pair.device.clone(), pair.app.clone());
    let fingerprint = match (visitor.is_secure, &door.fingerprint) {
        (true, Some(fingerprint)) => fingerprint.0.to_vec(),
        _ => Vec::new(),
    };
    let asked = PairAsked {
        pair,
        fingerprint,
        random: rand::random(),
        address: visitor.address.ip(),
    };
    let (answer, answered) = oneshot::channel();
    let asked = Mail::Pair {
        session,
        asked: Box::new(asked),
        answer,
    };
    let stopping = || end(ByeCode::Stopping);
    door.mailbox.send(asked).await.map_err(|_| stopping())?;
    let paired = answered.await.map_err(|_| stopping())?;
    let address = visitor.address.ip();
    match &paired {
        Ok(_) => tracing::info!("{device} was paired from {address}: {app}"),
        Err(_) => door.complaints.say(format_args!(
            "{device} was not paired from {address}: {app}"
        )),
    }
    paired.map_err(End::Bye)
}
