//! HTTP in front of the WebSocket: accepts, times out, and lets nobody else's web page in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use protocol::{MAX_FRAME_FROM_CLIENT_BYTES, MAX_FRAME_FROM_HALL_BYTES};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time;

use super::{Door, session};

/// Connections at the same time. The largest halls have a few hundred screens.
const MAX_CONNECTIONS: usize = 8_192;

/// A connection must send its request's head within this time, so that nobody holds a place with nothing.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);

/// The default of 128 KiB is allocated at once for each client; frames are small.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// How long to wait when the system has no more sockets to give.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

#[derive(Clone)]
struct Hall {
    door: Door,
    next_session: Arc<AtomicU64>,
}

/// Accepts connections until the hall stops.
pub(super) async fn serve(listener: TcpListener, door: Door) {
    let mut stop = door.stop.clone();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let hall = Hall {
        door,
        next_session: Arc::new(AtomicU64::new(1)),
    };
    let app = Router::new()
        .route(protocol::PATH, get(upgrade))
        .route("/health", get(health))
        .with_state(hall);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    continue;
                };
                let app = app.clone();
                tokio::spawn(async move {
                    connection(stream, app).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(
                    "no connection can be accepted: {error}. Raise the limit of open files."
                );
                time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, app: Router) {
    // An answer of 200 bytes is not to wait for more to send.
    let _ = stream.set_nodelay(true);
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
        .with_upgrades();
    // What goes wrong here is the other side's: a broken request, or a connection that ended.
    if let Err(error) = serving.await {
        tracing::debug!("a connection ended: {error}");
    }
}

async fn health(State(hall): State<Hall>) -> Response {
    if hall.door.mailbox.is_closed() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    "ok\n".into_response()
}

async fn upgrade(
    State(hall): State<Hall>,
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
        .on_upgrade(move |socket| session::serve(socket, session, hall.door))
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
