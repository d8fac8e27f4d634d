//! A malicious web page in a clerk's browser.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::hall_of_ours::Ours;

const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[tokio::test]
async fn another_sites_page_and_a_name_that_only_leads_here_get_403() {
    let ours = Ours::open_with(|settings| {
        settings.trust.names = vec!["hall.example".to_owned()];
    })
    .await;
    let port = ours.server.address().port();
    for (host, origin, status) in [
        (format!("127.0.0.1:{port}"), None, "101"),
        (
            format!("127.0.0.1:{port}"),
            Some(format!("http://127.0.0.1:{port}")),
            "101",
        ),
        (
            format!("hall.example:{port}"),
            Some(format!("http://hall.example:{port}")),
            "101",
        ),
        (
            format!("127.0.0.1:{port}"),
            Some("http://evil.example".to_owned()),
            "403",
        ),
        (format!("127.0.0.1:{port}"), Some("null".to_owned()), "403"),
        // The name of the attacker's site, which he lets lead to the hall's address.
        (
            format!("evil.example:{port}"),
            Some(format!("http://evil.example:{port}")),
            "403",
        ),
        (
            format!("127.0.0.1:{port}"),
            Some(format!("https://127.0.0.1:{port}")),
            "403",
        ),
    ] {
        let told = upgrade(&ours, &host, origin.as_deref()).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(told.starts_with(&expected), "{host} {origin:?}: {told}");
    }
}

/// A page in a browser on the hall's machine, under a name that its owner lets lead there.
#[tokio::test]
async fn figures_are_not_for_a_page_under_another_name() {
    let ours = Ours::open().await;
    let port = ours.server.address().port();
    for (host, status) in [
        (format!("127.0.0.1:{port}"), "200"),
        ("localhost".to_owned(), "200"),
        (format!("evil.example:{port}"), "403"),
    ] {
        let ask = format!("GET /metrics HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let told = say(&ours, &ask).await;
        assert!(
            told.starts_with(&format!("HTTP/1.1 {status} ")),
            "{host}: {told}"
        );
    }
}

/// Whatever a request can look like that no program of ours sends.
#[tokio::test]
async fn no_trick_with_heads_and_paths_opens_a_page_to_another_site() {
    let ours = Ours::open().await;
    let port = ours.server.address().port();
    let own = format!("http://127.0.0.1:{port}");
    let evil = "Origin: http://evil.example";
    let host = format!("Host: 127.0.0.1:{port}");
    for (line, heads) in [
        (
            "GET /ws HTTP/1.1",
            format!("{host}\r\n{evil}\r\nOrigin: {own}"),
        ),
        (
            "GET /ws HTTP/1.1",
            format!("{host}\r\nOrigin: {own}\r\n{evil}"),
        ),
        (
            "GET /ws HTTP/1.1",
            format!("{host}\r\norigin: {own}.evil.example"),
        ),
        (
            "GET /ws HTTP/1.1",
            format!("{host}\r\nOrigin: {own}@evil.example"),
        ),
        ("GET /ws HTTP/1.1", format!("{host}\r\nOrigin: {own}/")),
        ("GET /ws HTTP/1.1", format!("{host}\r\nOrigin: NULL")),
        ("GET /ws HTTP/1.1", format!("{host}\r\nOrigin:")),
        ("GET /ws HTTP/1.1", evil.to_owned()),
        (
            "GET /ws HTTP/1.1",
            format!("Host: evil.example\r\n{host}\r\n{evil}"),
        ),
        ("GET /ws?x=1 HTTP/1.1", format!("{host}\r\n{evil}")),
        (
            "GET http://evil.example/ws HTTP/1.1",
            format!("{host}\r\n{evil}"),
        ),
        (
            "GET http://evil.example/ws HTTP/1.1",
            format!("Host: evil.example\r\n{evil}"),
        ),
        ("GET /ws HTTP/1.0", evil.to_owned()),
        ("GET //ws HTTP/1.1", format!("{host}\r\n{evil}")),
        ("GET /x/../ws HTTP/1.1", format!("{host}\r\n{evil}")),
        ("GET /%77s HTTP/1.1", format!("{host}\r\n{evil}")),
        ("POST /ws HTTP/1.1", format!("{host}\r\n{evil}")),
        (
            "GET /ws HTTP/1.1",
            format!("{host}\r\nX-Forwarded-Host: evil.example\r\n{evil}"),
        ),
    ] {
        let told = say(&ours, &format!("{line}\r\n{heads}\r\n{UPGRADE}\r\n")).await;
        assert!(
            !told.starts_with("HTTP/1.1 101 "),
            "{line}\n{heads}: {told}"
        );
        assert!(told.starts_with("HTTP/1."), "{line}\n{heads}: {told}");
    }
}

async fn upgrade(ours: &Ours, host: &str, origin: Option<&str>) -> String {
    let origin = origin.map_or(String::new(), |origin| format!("Origin: {origin}\r\n"));
    let ask = format!("GET /ws HTTP/1.1\r\nHost: {host}\r\n{origin}{UPGRADE}\r\n");
    say(ours, &ask).await
}

/// The beginning of what the hall answers.
async fn say(ours: &Ours, ask: &str) -> String {
    let mut stream = TcpStream::connect(ours.server.address())
        .await
        .expect("it listens");
    stream.write_all(ask.as_bytes()).await.expect("room");
    let mut told = vec![0; 12];
    stream.read_exact(&mut told).await.expect("an answer");
    String::from_utf8_lossy(&told).into_owned() + " "
}
