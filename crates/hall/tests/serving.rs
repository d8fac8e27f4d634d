//! A running hall, met as its clients meet it.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use hall::{Clock, HallSettings, Server};
use protocol::{Act, ClientFrame, Done, HallFrame, Hello, Outcome, Refusal, Role, Row};
use store::Store;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    async fn connect(server: &Server) -> Self {
        let (socket, _) = connect_async(server.url()).await.expect("the hall listens");
        Self { socket }
    }

    async fn join(server: &Server, role: Role, device: &str) -> Self {
        let mut client = Self::connect(server).await;
        client.send(&ClientFrame::Hello(hello(role, device))).await;
        client
    }

    async fn send(&mut self, frame: &ClientFrame) {
        self.say(serde_json::to_string(frame).expect("a frame"))
            .await;
    }

    async fn say(&mut self, text: String) {
        self.socket
            .send(Message::Text(text.into()))
            .await
            .expect("the connection is open");
    }

    /// The next frame, or `None` when the hall has closed.
    async fn frame(&mut self) -> Option<HallFrame> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Text(text)) => {
                    return Some(serde_json::from_str(&text).expect("a frame of the hall"));
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    async fn wait_for<T>(&mut self, mut find: impl FnMut(HallFrame) -> Option<T>) -> T {
        loop {
            let frame = self.frame().await.expect("the connection is open");
            if let Some(found) = find(frame) {
                return found;
            }
        }
    }

    async fn ask(&mut self, act: Act) -> Outcome {
        self.ask_as(Uuid::now_v7(), act).await
    }

    async fn ask_as(&mut self, request: Uuid, act: Act) -> Outcome {
        self.send(&ClientFrame::Request { id: request, act }).await;
        self.wait_for(|frame| match frame {
            HallFrame::Answer { id, outcome } if id == request => Some(outcome),
            _ => None,
        })
        .await
    }

    /// The last words before the connection is closed.
    async fn bye(&mut self) -> String {
        self.wait_for(|frame| match frame {
            HallFrame::Bye(bye) => Some(bye.message),
            _ => None,
        })
        .await
    }
}

fn hello(role: Role, device: &str) -> Hello {
    Hello {
        protocol: protocol::VERSION,
        role,
        device: device.to_owned(),
        app: "test".to_owned(),
        resume: None,
        key: None,
    }
}

async fn start(folder: &TempDir) -> Server {
    let mut settings = HallSettings::default_hall();
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.trust.trial = true;
    let store = Store::open(folder.path()).expect("the folder can be written");
    let last = store.last_moment().expect("the journal can be read");
    let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
    Server::start(settings, store, clock)
        .await
        .expect("the hall starts")
}

fn take(service: &str, class: &str) -> Act {
    Act::take(service, class)
}

fn number(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done(Done::Issued(issued)) => issued.number,
        Outcome::Done(Done::Called(called)) => called.number,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_ticket_is_taken_called_and_shown() {
    let folder = TempDir::new().expect("a folder");
    let server = start(&folder).await;
    let mut kiosk = Client::join(&server, Role::Kiosk, "kiosk-1").await;
    let mut counter = Client::join(&server, Role::Counter, "desk-1").await;
    let mut wall = Client::join(&server, Role::Wall, "wall-1").await;

    assert_eq!(number(kiosk.ask(take("A", "ordinary")).await), "A001");
    assert_eq!(number(kiosk.ask(take("A", "elderly")).await), "A002");
    let sign_in = Act::sign_in(1, "王芳");
    assert_eq!(counter.ask(sign_in).await, Outcome::Done(Done::Done));
    assert_eq!(
        number(counter.ask(Act::CallNext { counter: 1 }).await),
        "A002",
        "the elderly go first"
    );

    let call = wall
        .wait_for(|frame| match frame {
            HallFrame::Rows(rows) => rows.rows.into_iter().find_map(|row| match row.row {
                Row::Call(call) => Some(call),
                _ => None,
            }),
            _ => None,
        })
        .await;
    assert_eq!((call.number.as_str(), call.counter), ("A002", 1));
    server.stop().await.expect("a clean end");
}

#[tokio::test]
async fn the_same_request_id_gets_the_same_answer_also_after_a_restart() {
    let folder = TempDir::new().expect("a folder");
    let request = Uuid::now_v7();
    let server = start(&folder).await;
    let mut kiosk = Client::join(&server, Role::Kiosk, "kiosk-1").await;
    let first = kiosk.ask_as(request, take("A", "ordinary")).await;
    assert_eq!(kiosk.ask_as(request, take("A", "ordinary")).await, first);
    server.stop().await.expect("a clean end");
    drop(kiosk);

    let server = start(&folder).await;
    let mut kiosk = Client::join(&server, Role::Kiosk, "kiosk-1").await;
    assert_eq!(kiosk.ask_as(request, take("A", "ordinary")).await, first);
    let otherwise = kiosk.ask_as(request, take("B", "ordinary")).await;
    assert_eq!(otherwise, Outcome::Refused(Refusal::IdUsedOtherwise));
    assert_eq!(
        number(kiosk.ask(take("A", "ordinary")).await),
        "A002",
        "nothing was issued in between"
    );
    server.stop().await.expect("a clean end");
}

#[tokio::test]
async fn a_role_may_do_its_own_acts_only() {
    let folder = TempDir::new().expect("a folder");
    let server = start(&folder).await;
    let mut wall = Client::join(&server, Role::Wall, "wall-1").await;
    let mut counter = Client::join(&server, Role::Counter, "desk-1").await;
    assert_eq!(
        wall.ask(Act::CallNext { counter: 1 }).await,
        Outcome::Refused(Refusal::NotAllowed)
    );
    assert_eq!(
        counter.ask(take("A", "ordinary")).await,
        Outcome::Refused(Refusal::NotAllowed)
    );
}

#[tokio::test]
async fn what_is_not_understood_is_answered_with_a_reason_and_an_end() {
    let folder = TempDir::new().expect("a folder");
    let server = start(&folder).await;
    let hello =
        serde_json::to_string(&ClientFrame::Hello(hello(Role::Kiosk, "kiosk-1"))).expect("a hello");
    let huge = format!(
        "{{\"type\":\"{}\"}}",
        "x".repeat(protocol::MAX_FRAME_FROM_CLIENT_BYTES)
    );
    for (first, second, expected) in [
        ("{", None, "could not be understood"),
        ("[]", None, "could not be understood"),
        (
            r#"{"type":"request","id":"x"}"#,
            None,
            "could not be understood",
        ),
        (&hello.replace(":1,", ":2,"), None, "speaks version 1"),
        (&hello.replace("kiosk-1", ""), None, "names of 1 to 40"),
        (
            &hello.replace("}", ",\"password\":1}"),
            None,
            "unknown field `password`",
        ),
        (&hello, Some(hello.as_str()), "says hello once"),
        (
            &hello,
            Some(r#"{"type":"dance"}"#),
            "unknown variant `dance`",
        ),
        (&hello, Some(huge.as_str()), "larger than 65536 bytes"),
    ] {
        let mut client = Client::connect(&server).await;
        client.say(first.to_owned()).await;
        if let Some(second) = second {
            client.say(second.to_owned()).await;
        }
        let bye = client.bye().await;
        assert!(bye.contains(expected), "{expected}: {bye}");
        assert_eq!(client.frame().await, None, "and the connection is closed");
    }
    let mut kiosk = Client::join(&server, Role::Kiosk, "kiosk-1").await;
    assert_eq!(
        number(kiosk.ask(take("A", "ordinary")).await),
        "A001",
        "the others go on"
    );
}

#[tokio::test]
async fn one_device_has_one_connection() {
    let folder = TempDir::new().expect("a folder");
    let server = start(&folder).await;
    let mut old = Client::join(&server, Role::Kiosk, "kiosk-1").await;
    old.ask(take("A", "ordinary")).await;
    let mut new = Client::join(&server, Role::Kiosk, "kiosk-1").await;
    assert!(old.bye().await.contains("newer connection"));
    assert_eq!(number(new.ask(take("A", "ordinary")).await), "A002");
}

#[tokio::test]
async fn a_hall_that_stops_says_so() {
    let folder = TempDir::new().expect("a folder");
    let server = start(&folder).await;
    let mut wall = Client::join(&server, Role::Wall, "wall-1").await;
    wall.wait_for(|frame| matches!(frame, HallFrame::Rows(_)).then_some(()))
        .await;
    server.stop().await.expect("a clean end");
    assert!(wall.bye().await.contains("stopping"));
}
