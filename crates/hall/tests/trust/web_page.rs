//! A malicious web page in a clerk's browser.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::hall_of_ours::Ours;

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

async fn upgrade(ours: &Ours, host: &str, origin: Option<&str>) -> String {
    let origin = origin.map_or(String::new(), |origin| format!("Origin: {origin}\r\n"));
    let ask = format!(
        "GET /ws HTTP/1.1\r\nHost: {host}\r\n{origin}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    let mut stream = TcpStream::connect(ours.server.address())
        .await
        .expect("it listens");
    stream.write_all(ask.as_bytes()).await.expect("room");
    let mut told = vec![0; 12];
    stream.read_exact(&mut told).await.expect("an answer");
    String::from_utf8_lossy(&told).into_owned() + " "
}
