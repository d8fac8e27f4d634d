//! Requests that wait while a transaction commits share the next one.

use std::net::SocketAddr;
use std::sync::mpsc;

use futures_util::{SinkExt, StreamExt};
use hall::engine::Journal;
use hall::{Clock, HallSettings, Server};
use protocol::{Act, ClientFrame, HallFrame, Hello, Role};
use queue::{Date, Event};
use store::{Answered, AppendError, Appointment, DayKey, Entry, ReplayError, RequestId, Store};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// More than one, and no more than a session may have in flight.
const PRESSES: usize = 32;

/// A journal whose disk takes as long as the test wants.
struct SlowDisk {
    store: Store,
    /// Told how many requests a transaction holds, before it commits.
    began: mpsc::Sender<usize>,
    /// A transaction that holds requests commits when this says so.
    go_on: mpsc::Receiver<()>,
}

impl Journal for SlowDisk {
    fn append(&mut self, expected_seq: u64, batch: &[Entry]) -> Result<u64, AppendError> {
        let requests = batch.iter().filter(|entry| entry.request.is_some()).count();
        if requests > 0 {
            self.began.send(requests).expect("the test listens");
            self.go_on.recv().expect("the test says when");
        }
        self.store.append(expected_seq, batch)
    }

    fn answered(&self, id: &RequestId) -> Result<Option<Answered>, AppendError> {
        self.store.answered(id)
    }

    fn appointment(&self, code: &str) -> Result<Option<Appointment>, AppendError> {
        self.store.appointment(code)
    }

    fn day_key(&self, date: Date) -> Result<DayKey, AppendError> {
        self.store.day_key(date)
    }

    fn forget_keys_before(&mut self, date: Date) -> Result<(), AppendError> {
        self.store.forget_keys_before(date).map(|_| ())
    }

    fn replay(&self, take: &mut dyn FnMut(Event)) -> Result<(), ReplayError> {
        self.store.replay(take)
    }

    fn seq(&self) -> u64 {
        self.store.seq()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_while_a_transaction_commits_shares_the_next_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("the folder can be written");
    let (began, transactions) = mpsc::channel();
    let (commit, go_on) = mpsc::channel();
    let mut settings = HallSettings::default_hall();
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.trust.trial = true;
    let last = store.last_moment().expect("the journal can be read");
    let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
    let server = Server::start(
        settings,
        SlowDisk {
            store,
            began,
            go_on,
        },
        clock,
    )
    .await
    .expect("the hall starts");

    let (mut socket, _) = connect_async(server.url()).await.expect("the hall listens");
    let hello = Hello {
        protocol: protocol::VERSION,
        role: Role::Kiosk,
        device: "kiosk-1".to_owned(),
        app: "test".to_owned(),
        resume: None,
        key: None,
    };
    say(&mut socket, &ClientFrame::Hello(hello)).await;
    say(&mut socket, &take()).await;
    assert_eq!(
        next(&transactions),
        1,
        "the first is alone in its transaction"
    );
    for _ in 1..PRESSES {
        say(&mut socket, &take()).await;
    }
    // The hall answers a ping behind the requests that came before it: they all wait by now.
    socket
        .send(Message::Ping(Default::default()))
        .await
        .expect("the connection is open");
    while !matches!(socket.next().await, Some(Ok(Message::Pong(_)))) {}
    commit.send(()).expect("the disk waits");
    assert_eq!(
        next(&transactions),
        PRESSES - 1,
        "all that waited share the next one"
    );
    commit.send(()).expect("the disk waits");

    let mut answers = 0;
    while answers < PRESSES {
        let Some(Ok(Message::Text(text))) = socket.next().await else {
            continue;
        };
        let frame: HallFrame = serde_json::from_str(&text).expect("a frame of the hall");
        answers += usize::from(matches!(frame, HallFrame::Answer { .. }));
    }
    drop(commit);
    server.stop().await.expect("a clean end");
}

async fn say(socket: &mut Socket, frame: &ClientFrame) {
    let text = serde_json::to_string(frame).expect("a frame");
    socket
        .send(Message::Text(text.into()))
        .await
        .expect("the connection is open");
}

fn take() -> ClientFrame {
    let act = Act::take("A", "ordinary");
    ClientFrame::Request {
        id: Uuid::now_v7(),
        act,
    }
}

fn next(transactions: &mpsc::Receiver<usize>) -> usize {
    transactions.recv().expect("the disk is written to")
}
