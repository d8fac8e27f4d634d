//! HTTP in front of the WebSocket, and nobody else's web page let in.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{State, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use protocol::{MAX_FRAME_FROM_CLIENT_BYTES, MAX_FRAME_FROM_HALL_BYTES};

use super::accept::Visitor;
use super::metrics::{self, Watch};
use super::{Door, session};

/// The default of 128 KiB is allocated at once for each client; frames are small.
const READ_BUFFER_BYTES: usize = 4 * 1024;

#[derive(Clone)]
struct Hall {
    door: Door,
    watch: Watch,
    next_session: Arc<AtomicU64>,
}

/// What the hall answers at each path.
pub(super) fn app(door: Door, watch: Watch) -> Router {
    let hall = Hall {
        door,
        watch,
        next_session: Arc::new(AtomicU64::new(1)),
    };
    Router::new()
        .route(protocol::PATH, get(upgrade))
        .route("/health", get(health))
        .route("/metrics", get(figures))
        .with_state(hall)
}

async fn health(State(hall): State<Hall>) -> Response {
    if hall.door.mailbox.is_closed() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    "ok\n".into_response()
}

/// What goes on in the hall is nobody's business who only shares its network, nor that of a web page in a
/// browser on the hall's machine, under a name that its owner lets lead here.
async fn figures(
    State(hall): State<Hall>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Response {
    let host = said(&headers, header::HOST);
    let is_ours = matches!(host, Said::Once(host) if is_own_name(host, &hall.door.names));
    if !visitor.address.ip().to_canonical().is_loopback() || !is_ours {
        let told = "figures are for programs on the hall's own machine\n";
        return (StatusCode::FORBIDDEN, told).into_response();
    }
    match hall.watch.text().await {
        Some(text) => ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response(),
    }
}

async fn upgrade(
    State(hall): State<Hall>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !is_from_here(&headers, visitor.is_secure, &hall.door.names) {
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
/// may connect, and the hall must be called by a name of its own: a name of somebody else's may lead here, too.
fn is_from_here(headers: &HeaderMap, is_secure: bool, names: &[String]) -> bool {
    let scheme = if is_secure { "https://" } else { "http://" };
    match (said(headers, header::ORIGIN), said(headers, header::HOST)) {
        (Said::Nothing, _) => true,
        (Said::Once(origin), Said::Once(host)) => {
            origin.strip_prefix(scheme) == Some(host) && is_own_name(host, names)
        }
        _ => false,
    }
}

/// What a request says under a name. Whoever says two things means to be taken for two.
enum Said<'a> {
    Nothing,
    Once(&'a str),
    Nonsense,
}

fn said(headers: &HeaderMap, name: HeaderName) -> Said<'_> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (None, _) => Said::Nothing,
        (Some(Ok(text)), None) => Said::Once(text),
        (Some(_), _) => Said::Nonsense,
    }
}

/// Whether a host, with or without a port, is an address, this machine, or a name from the settings.
fn is_own_name(host: &str, names: &[String]) -> bool {
    let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || bare.parse::<IpAddr>().is_ok() || names.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comes(origin: Option<&str>, host: &str, is_secure: bool) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        is_from_here(&headers, is_secure, &["hall.example".to_owned()])
    }

    #[test]
    fn only_programs_and_the_halls_own_pages_connect() {
        let from = |origin| comes(origin, "10.0.0.5:7410", true);
        assert!(from(None) && from(Some("https://10.0.0.5:7410")));
        for other in [
            "https://evil.example",
            "https://10.0.0.5",
            "https://10.0.0.5:74100",
            "null",
            "",
        ] {
            assert!(!from(Some(other)), "{other}");
        }
        // A page that came without TLS may be anybody's.
        assert!(!from(Some("http://10.0.0.5:7410")));
        assert!(comes(
            Some("http://localhost:7410"),
            "localhost:7410",
            false
        ));
    }

    #[test]
    fn a_page_under_a_name_that_only_leads_here_does_not_connect() {
        for own in [
            "hall.example",
            "hall.example:7410",
            "127.0.0.1:7410",
            "[::1]:7410",
            "localhost",
        ] {
            assert!(comes(Some(&format!("https://{own}")), own, true), "{own}");
        }
        for rebound in [
            "evil.example:7410",
            "evil.example",
            "127.0.0.1.evil.example:7410",
            "localhost.evil.example",
            "hall.example.evil:7410",
            "",
        ] {
            let origin = format!("https://{rebound}");
            assert!(!comes(Some(&origin), rebound, true), "{rebound}");
        }
    }
}
