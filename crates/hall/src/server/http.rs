//! HTTP in front of the WebSocket, and nobody else's web page let in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use protocol::{MAX_FRAME_FROM_CLIENT_BYTES, MAX_FRAME_FROM_HALL_BYTES};

use super::accept::Visitor;
use super::{Door, session};

/// The default of 128 KiB is allocated at once for each client; frames are small.
const READ_BUFFER_BYTES: usize = 4 * 1024;

#[derive(Clone)]
struct Hall {
    door: Door,
    next_session: Arc<AtomicU64>,
}

/// What the hall answers at each path.
pub(super) fn app(door: Door) -> Router {
    let hall = Hall {
        door,
        next_session: Arc::new(AtomicU64::new(1)),
    };
    Router::new()
        .route(protocol::PATH, get(upgrade))
        .route("/health", get(health))
        .with_state(hall)
}

async fn health(State(hall): State<Hall>) -> Response {
    if hall.door.mailbox.is_closed() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    "ok\n".into_response()
}

async fn upgrade(
    State(hall): State<Hall>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !is_from_here(&headers) {
        return (
            StatusCode::FORBIDDEN,
            "this hall does not serve web pages of other sites\n",
        )
            .into_response();
    }
    let session = hall.next_session.fetch_add(1, Ordering::Relaxed);
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(READ_BUFFER_BYTES)
        .max_write_buffer_size(MAX_FRAME_FROM_HALL_BYTES * 2)
        .max_frame_size(MAX_FRAME_FROM_CLIENT_BYTES)
        .max_message_size(MAX_FRAME_FROM_CLIENT_BYTES)
        .on_upgrade(move |socket| session::serve(socket, session, visitor, hall.door))
}

/// A browser says from which site its page is; programs say nothing. Only the hall's own pages
/// may connect.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin
                .strip_prefix("http://")
                .or(origin.strip_prefix("https://"))
                == Some(host)
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_and_the_halls_own_pages_connect() {
        let from = |origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "hall:7410".parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            is_from_here(&headers)
        };
        assert!(from(None) && from(Some("http://hall:7410")));
        assert!(
            !from(Some("http://evil.example")) && !from(Some("null")) && !from(Some("http://hall"))
        );
    }
}
