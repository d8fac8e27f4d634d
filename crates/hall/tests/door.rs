//! The hall's door, met by those who watch it and by those who hold it open.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hall::server::Certificate;
use hall::{Clock, HallSettings, Server};
use protocol::{Act, ClientFrame, HallFrame, Hello, Role};
use store::Store;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// Who hold the door at the same time: row 11 of the faults has 200 in the tests.
const SLOW: usize = 200;

/// Head, handshake and hello have five seconds each; the rest is what a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn start(folder: &TempDir) -> Server {
    let mut settings = HallSettings::default_hall();
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.trust.trial = true;
    let store = Store::open(folder.path()).expect("the folder can be written");
    let last = store.last_moment().expect("the journal can be read");
    let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
    let certificate = Certificate::open(folder.path()).expect("a certificate");
    Server::start_with(settings, store, clock, Some(certificate))
        .await
        .expect("the hall starts")
}

async fn join(server: &Server, device: &str) -> Socket {
    let (mut socket, _) = connect_async(server.url()).await.expect("it listens");
    let hello = ClientFrame::Hello(Hello {
        protocol: protocol::VERSION,
        role: Role::Kiosk,
        device: device.to_owned(),
        app: "test".to_owned(),
        resume: None,
        key: None,
    });
    say(&mut socket, &hello).await;
    socket
}

async fn say(socket: &mut Socket, frame: &ClientFrame) {
    let text = serde_json::to_string(frame).expect("a frame");
    socket.send(Message::text(text)).await.expect("it is open");
}

/// The next frame that is wanted; `None` when the hall has closed.
async fn hear<T>(socket: &mut Socket, pick: impl Fn(HallFrame) -> Option<T>) -> Option<T> {
    loop {
        if let Message::Text(text) = socket.next().await?.ok()? {
            let frame = serde_json::from_str(&text).expect("a frame of the hall");
            if let Some(found) = pick(frame) {
                return Some(found);
            }
        }
    }
}

async fn take(socket: &mut Socket) {
    let (id, act) = (Uuid::now_v7(), Act::take("A", "ordinary"));
    say(socket, &ClientFrame::Request { id, act }).await;
    let answered = hear(socket, |frame| {
        matches!(frame, HallFrame::Answer { .. }).then_some(())
    });
    answered.await.expect("an answer");
}

async fn get(server: &Server, path: &str) -> String {
    let mut stream = TcpStream::connect(server.address())
        .await
        .expect("the hall talks");
    let ask = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream
        .write_all(ask.as_bytes())
        .await
        .expect("the hall talks");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .expect("the hall talks");
    answer
}

#[tokio::test]
async fn who_watches_reads_figures_that_are_true() {
    let folder = TempDir::new().unwrap();
    let server = start(&folder).await;
    let mut kiosk = join(&server, "kiosk-1").await;
    for _ in 0..3 {
        take(&mut kiosk).await;
    }
    let text = get(&server, "/metrics").await;
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    assert!(text.contains("text/plain; version=0.0.4"), "{text}");
    let value = |name: &str| {
        let lines = text.lines();
        let found = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let values: Vec<f64> = found.map(|value| value.parse().unwrap()).collect();
        assert_eq!(values.len(), 1, "{name} in {text}");
        values[0]
    };
    assert_eq!(value("paihao_tickets_issued"), 3.0);
    assert_eq!(value("paihao_waiting"), 3.0);
    assert_eq!(value("paihao_service_waiting{service=\"A\"}"), 3.0);
    assert_eq!(value("paihao_service_open_counters{service=\"A\"}"), 0.0);
    assert_eq!(value("paihao_sessions"), 1.0);
    assert_eq!(value("paihao_connections"), 2.0);
    assert!(
        value("paihao_journal_seq") >= 4.0,
        "the day and three numbers"
    );
    assert!(value("paihao_commits_total") >= 4.0);
    assert!(value("paihao_commit_slowest_seconds") >= value("paihao_commit_last_seconds"));
    assert!(value("paihao_memory_bytes") > 0.0 && value("paihao_wal_bytes") > 0.0);
    assert!(value("paihao_disk_free_bytes") > 0.0);
    for line in text.lines().filter(|line| line.starts_with("paihao_")) {
        let name = line.split(['{', ' ']).next().unwrap();
        assert!(
            text.contains(&format!("# HELP {name} ")),
            "{name} is not explained"
        );
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn who_pings_without_end_is_let_go() {
    let folder = TempDir::new().unwrap();
    let server = start(&folder).await;
    let mut kiosk = join(&server, "kiosk-1").await;
    take(&mut kiosk).await;
    let (mut sink, stream) = kiosk.split();
    let flood = tokio::spawn(async move {
        while sink.send(Message::Ping(vec![0; 100].into())).await.is_ok() {}
    });
    let texts = stream.filter_map(|message| async move {
        match message {
            Ok(Message::Text(text)) => serde_json::from_str(&text).ok(),
            _ => None,
        }
    });
    let bye = texts.filter_map(|frame: HallFrame| async move {
        match frame {
            HallFrame::Bye(bye) => Some(bye.message),
            _ => None,
        }
    });
    let told = Box::pin(bye).next().await;
    // A hall that closes while more is coming may cut its own last word short.
    if let Some(told) = told {
        assert!(told.contains("pings"), "{told}");
    }
    tokio::time::timeout(PATIENCE, flood)
        .await
        .expect("it is let go")
        .unwrap();
    take(&mut join(&server, "kiosk-2").await).await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn two_hundred_who_hold_the_door_open_are_let_go_and_the_others_served() {
    let folder = TempDir::new().unwrap();
    let server = start(&folder).await;
    let halves: [&[u8]; 5] = [
        b"",
        b"GET /ws HTTP/1.1\r\nHost: ",
        &[0x16, 3, 1],
        &[0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc],
        b"GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\xfe",
    ];
    let mut slow = JoinSet::new();
    for half in halves.iter().cycle().take(SLOW) {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(half).await.unwrap();
        slow.spawn(async move {
            let mut answer = Vec::new();
            // How it is closed is the hall's affair.
            let closed = stream.read_to_end(&mut answer);
            tokio::time::timeout(PATIENCE, closed).await.is_ok()
        });
    }
    let mut kiosk = join(&server, "kiosk-1").await;
    take(&mut kiosk).await;
    let closed = slow.join_all().await;
    assert_eq!(closed.iter().filter(|closed| **closed).count(), SLOW);
    take(&mut join(&server, "kiosk-2").await).await;
    server.stop().await.unwrap();
}
