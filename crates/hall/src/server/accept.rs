//! The hall's door: one port for TLS and for programs on the hall's own machine, who may speak plainly.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use protocol::Role;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{self, Instant};
use tokio_rustls::TlsAcceptor;

use super::linger::Lingering;
use super::places::{Place, Places};

/// A connection must have shaken hands and sent its request's head within this time, so that nobody
/// holds a place with nothing. Half a second is left of the five in which a slow one is to be gone.
const HEAD_DEADLINE: Duration = Duration::from_millis(4_500);

/// Largest head of a request. Ours have 300 bytes; browsers send some cookies.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// How long to wait when the system has no more sockets to give.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// What a TLS connection begins with: a record of its handshake (RFC 8446 section 5.1). No request
/// of HTTP does.
const TLS_HANDSHAKE: u8 = 0x16;

/// What somebody gets who speaks plainly over a network on which others may listen.
const SPEAK_TLS: &str = "This hall speaks TLS. Programs: pair this device with the hall, which \
    `hall pair` tells of. Browsers: write https:// before the address.\n";

/// Who is at the other end of a connection.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    /// From where.
    pub(super) address: SocketAddr,
    /// Whether nobody else can listen.
    pub(super) is_secure: bool,
    place: Arc<Place>,
}

impl Visitor {
    /// They have said who they are, and hold a place as one of the hall's own.
    pub(super) fn is_known_now(&self, role: Role) {
        // A telephone has shown nothing.
        self.place.is_known_now(role != Role::Phone);
    }
}

/// What every connection meets.
#[derive(Clone)]
pub(super) struct Entrance {
    pub(super) app: Router,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) places: Arc<Places>,
}

/// Accepts connections until the hall stops.
pub(super) async fn accept(
    listener: TcpListener,
    entrance: Entrance,
    mut stop: watch::Receiver<bool>,
) {
    let mut is_told = false;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, address)) => {
                is_told = false;
                if let Some(place) = entrance.places.take(address.ip()) {
                    let place = Arc::new(place);
                    tokio::spawn(entrance.clone().meet(stream, address, place));
                }
            }
            Err(error) => {
                // It is tried five times a second, and said once.
                if !is_told {
                    tracing::error!(
                        "no connection can be accepted: {error}. Raise the limit of open files (LimitNOFILE in the unit); those who are there are served."
                    );
                }
                is_told = true;
                time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

impl Entrance {
    async fn meet(self, stream: TcpStream, address: SocketAddr, place: Arc<Place>) {
        let deadline = Instant::now() + HEAD_DEADLINE;
        // An answer of 200 bytes is not to wait for more to send.
        let _ = stream.set_nodelay(true);
        let mut visitor = Visitor {
            address,
            is_secure: true,
            place: Arc::clone(&place),
        };
        // Who has sent nothing by then is let go without a word.
        let first = first_byte(&stream, deadline).await;
        let stream = Lingering::new(stream, place);
        match (first, &self.tls) {
            (Some(TLS_HANDSHAKE), Some(tls)) => {
                let shaken = time::timeout_at(deadline, tls.accept(stream)).await;
                match shaken {
                    Ok(Ok(stream)) => self.serve(stream, visitor, deadline).await,
                    Ok(Err(error)) => tracing::debug!("{address} did not shake hands: {error}"),
                    Err(_) => tracing::debug!("{address} did not shake hands in time"),
                }
            }
            (Some(_), _) if address.ip().to_canonical().is_loopback() => {
                visitor.is_secure = false;
                self.serve(stream, visitor, deadline).await;
            }
            (Some(_), _) => serve(stream, service_fn(speak_tls), deadline).await,
            (None, _) => {}
        }
    }

    async fn serve<S>(self, stream: S, visitor: Visitor, deadline: Instant)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let app = TowerToHyperService::new(self.app);
        let with_visitor = move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(visitor.clone());
            app.call(request)
        };
        serve(stream, service_fn(with_visitor), deadline).await;
    }
}

async fn first_byte(stream: &TcpStream, deadline: Instant) -> Option<u8> {
    let mut first = [0];
    match time::timeout_at(deadline, stream.peek(&mut first)).await {
        Ok(Ok(1)) => Some(first[0]),
        _ => None,
    }
}

async fn serve<S, H>(stream: S, service: H, deadline: Instant)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
    H::Future: Send + 'static,
{
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(deadline.saturating_duration_since(Instant::now()))
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    // What goes wrong here is the other side's: a broken request, or a connection that ended.
    if let Err(error) = serving.await {
        tracing::debug!("a connection ended: {error}");
    }
}

async fn speak_tls(_request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let mut response = Response::new(Body::from(SPEAK_TLS));
    *response.status_mut() = StatusCode::UPGRADE_REQUIRED;
    for (name, value) in [
        (header::UPGRADE, "TLS/1.3"),
        (header::CONNECTION, "close"),
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use rustls::pki_types::ServerName;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::task::JoinSet;

    use super::super::tls::Certificate;
    use super::*;

    const ASK: &[u8] = b"GET /health HTTP/1.1\r\nHost: hall\r\nConnection: close\r\n\r\n";

    /// A connection that comes from an address, whatever this machine's network is.
    async fn come_from(address: &str, tls: Option<TlsAcceptor>) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await;
        let (far, _) = listener.accept().await.unwrap();
        let address: SocketAddr = address.parse().unwrap();
        let places = Arc::new(Places::default());
        let place = Arc::new(places.take(address.ip()).unwrap());
        let who = |axum::Extension(visitor): axum::Extension<Visitor>| async move {
            format!("{} secure={}\n", visitor.address, visitor.is_secure)
        };
        let app = Router::new().route("/health", get(who));
        let entrance = Entrance { app, tls, places };
        tokio::spawn(entrance.meet(far, address, place));
        near.unwrap()
    }

    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) -> String {
        stream.write_all(ASK).await.unwrap();
        let mut answer = Vec::new();
        // Whether the other side closes with or without a last word of TLS is not looked at here.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    fn certificate() -> TlsAcceptor {
        let data = tempfile::tempdir().unwrap();
        Certificate::open(data.path()).unwrap().acceptor()
    }

    #[tokio::test]
    async fn the_halls_own_machine_may_speak_plainly_and_no_other() {
        for address in ["127.0.0.1:40000", "[::1]:40000", "[::ffff:127.0.0.1]:40000"] {
            let told = answer(come_from(address, Some(certificate())).await).await;
            assert!(told.ends_with("secure=false\n"), "{address}: {told}");
        }
        for address in ["10.0.0.7:40000", "[2001:db8::7]:40000"] {
            for tls in [Some(certificate()), None] {
                let told = answer(come_from(address, tls).await).await;
                assert!(told.starts_with("HTTP/1.1 426 "), "{told}");
                assert!(told.contains("This hall speaks TLS"), "{told}");
            }
        }
    }

    #[tokio::test]
    async fn tls_is_served_from_everywhere() {
        for address in ["127.0.0.1:40000", "10.0.0.7:40000"] {
            let stream = come_from(address, Some(certificate())).await;
            let name = ServerName::try_from("hall").unwrap();
            let stream = anybody().connect(name, stream).await.unwrap();
            let told = answer(stream).await;
            let expected = format!("{address} secure=true\n");
            assert!(told.ends_with(&expected), "{told}");
        }
    }

    #[tokio::test]
    async fn half_a_handshake_holds_a_place_for_five_seconds() {
        let mut halves = JoinSet::new();
        for sent in [
            &[][..],
            &[TLS_HANDSHAKE],
            &[TLS_HANDSHAKE, 3, 1, 2, 0, 1, 0],
            b"GET / HTT",
        ] {
            let mut stream = come_from("127.0.0.1:40000", Some(certificate())).await;
            stream.write_all(sent).await.unwrap();
            halves.spawn(async move {
                let mut answer = Vec::new();
                let closing = stream.read_to_end(&mut answer);
                let closed = time::timeout(HEAD_DEADLINE * 2, closing).await;
                assert!(closed.is_ok(), "{sent:?}: still open");
            });
        }
        halves.join_all().await;
    }

    /// Row 9 of the faults, by TLS: a whole hall's screens after a power cut.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_thousand_who_come_back_at_once_are_all_served() {
        const DEVICES: usize = 1_000;
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(4_096).unwrap();
        let address = listener.local_addr().unwrap();
        let entrance = Entrance {
            app: Router::new().route("/health", get(async || "well\n")),
            tls: Some(certificate()),
            places: Arc::default(),
        };
        let (stop, stopping) = watch::channel(false);
        let accepting = tokio::spawn(accept(listener, entrance, stopping));
        let began = Instant::now();
        let mut devices = JoinSet::new();
        for _ in 0..DEVICES {
            let connector = anybody();
            devices.spawn(async move {
                let stream = TcpStream::connect(address).await.unwrap();
                let name = ServerName::try_from("hall").unwrap();
                let stream = connector.connect(name, stream).await.unwrap();
                answer(stream).await.ends_with("well\n")
            });
        }
        let served = devices.join_all().await;
        println!("{DEVICES} devices by TLS after {:?}", began.elapsed());
        assert_eq!(served.iter().filter(|served| **served).count(), DEVICES);
        stop.send_replace(true);
        accepting.await.unwrap();
    }

    /// A client that takes whatever certificate there is.
    fn anybody() -> tokio_rustls::TlsConnector {
        #[derive(Debug)]
        struct Anybody;
        impl rustls::client::danger::ServerCertVerifier for Anybody {
            fn verify_server_cert(
                &self,
                _: &rustls::pki_types::CertificateDer<'_>,
                _: &[rustls::pki_types::CertificateDer<'_>],
                _: &ServerName<'_>,
                _: &[u8],
                _: rustls::pki_types::UnixTime,
            ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
                Ok(rustls::client::danger::ServerCertVerified::assertion())
            }
            fn verify_tls12_signature(
                &self,
                _: &[u8],
                _: &rustls::pki_types::CertificateDer<'_>,
                _: &rustls::DigitallySignedStruct,
            ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error>
            {
                Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
            }
            fn verify_tls13_signature(
                &self,
                _: &[u8],
                _: &rustls::pki_types::CertificateDer<'_>,
                _: &rustls::DigitallySignedStruct,
            ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error>
            {
                Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
            }
            fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
                vec![rustls::SignatureScheme::ECDSA_NISTP256_SHA256]
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody))
            .with_no_client_auth();
        tokio_rustls::TlsConnector::from(Arc::new(config))
    }
}
