//! A stranger takes a ticket and calls it with nothing but PROTOCOL.md, a WebSocket and JSON.
//!
//! The example session of that page is played against a running hall. What the page says that the
//! hall sends must come, field by field, so that the page cannot grow stale.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hall::{Clock, HallSettings, Server};
use serde_json::Value;
use store::Store;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PAGE: &str = include_str!("../../protocol/PROTOCOL.md");

/// A frame that has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Values that differ from day to day but agree with each other.
const NAMED: [&str; 4] = ["epoch", "ticket", "call", "day"];

/// Values that differ and are looked at nowhere else.
const FREE: [&str; 14] = [
    "unix_ms",
    "issued_at",
    "issued_at_ms",
    "called_at_ms",
    "arrived_at_ms",
    "until_ms",
    "since_ms",
    "low_min",
    "high_min",
    "waited_ms",
    "score_milli",
    "app",
    "seq",
    "token",
];

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// One block of the session.
#[derive(Debug)]
enum Step {
    Sends(Value),
    Receives(Value),
    Disconnects,
    ClosedWith(u16),
}

#[tokio::test]
async fn the_example_session_of_the_page_is_what_happens() {
    let steps = session();
    assert!(steps.len() > 30, "the page has a session");
    let folder = TempDir::new().expect("a folder");
    let server = start(&folder).await;
    let mut stranger = Stranger {
        url: server.url(),
        sockets: HashMap::new(),
        names: HashMap::new(),
        rows: HashMap::new(),
    };
    for (place, (who, step)) in steps.iter().enumerate() {
        let done = timeout(PATIENCE, stranger.play(who, step)).await;
        let place = place + 1;
        let came = stranger.rows_of(who);
        assert!(
            done.is_ok(),
            "step {place}: {who} waits in vain for {step:#?}\nand got {came:#?}"
        );
    }
    server.stop().await.expect("a clean end");
}

async fn start(folder: &TempDir) -> Server {
    let mut settings = HallSettings::default_hall();
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.trust.trial = true;
    let store = Store::open(folder.path()).expect("the folder can be written");
    let last = store.last_moment().expect("readable");
    let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
    Server::start(settings, store, clock)
        .await
        .expect("the hall starts")
}

/// The blocks of the page that have a direction behind the word for their language.
fn session() -> Vec<(String, Step)> {
    let mut steps = Vec::new();
    for block in PAGE.split("\n```").skip(1).step_by(2) {
        let (head, body) = block.split_once('\n').unwrap_or((block, ""));
        let words: Vec<&str> = head.split(' ').collect();
        let json = || serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
        let step = match words[..] {
            ["json", _, "sends"] => Step::Sends(json()),
            ["json", _, "receives"] => Step::Receives(json()),
            ["text", _, "disconnects"] => Step::Disconnects,
            ["text", _, "is", "closed", "with", code] => {
                Step::ClosedWith(code.parse().expect("a close code"))
            }
            _ => panic!("a block without a direction: {head}"),
        };
        steps.push((words[1].to_owned(), step));
    }
    steps
}

struct Stranger {
    url: String,
    sockets: HashMap<String, Socket>,
    /// What stands on the page, and what it is today.
    names: HashMap<(String, String), Value>,
    /// Rows that came and were not asked for yet, by who received them.
    rows: HashMap<String, VecDeque<Value>>,
}

impl Stranger {
    async fn play(&mut self, who: &str, step: &Step) {
        match step {
            Step::Sends(frame) => self.send(who, frame).await,
            Step::Receives(frame) => self.receive(who, frame).await,
            Step::Disconnects => {
                drop(self.sockets.remove(who).expect("it is connected"));
                self.rows_of(who).clear();
            }
            Step::ClosedWith(code) => self.closed(who, *code).await,
        }
    }

    async fn send(&mut self, who: &str, frame: &Value) {
        if !self.sockets.contains_key(who) {
            let (socket, _) = connect_async(&self.url).await.expect("the hall listens");
            self.sockets.insert(who.to_owned(), socket);
        }
        let text = self.as_of_today(None, frame).to_string();
        let socket = self.sockets.get_mut(who).expect("it was connected");
        let sent = socket.send(Message::Text(text.into())).await;
        sent.expect("the connection is open");
    }

    /// Reads until the frame of the page comes. Rows and beats that the page does not show are
    /// passed over; an answer or a last word is not. Answers and rows come in no fixed order to each
    /// other, so rows that come before their turn are kept.
    async fn receive(&mut self, who: &str, page: &Value) {
        if page["type"] == "rows" && self.has_received(who, page) {
            return;
        }
        loop {
            let frame = self.next_frame(who).await;
            if self.recognise(page, &frame) {
                return;
            }
            match frame["type"].as_str() {
                Some("rows") => self.rows_of(who).push_back(frame),
                Some("beat" | "welcome") => {}
                _ => panic!("the page says\n{page:#}\nand the hall\n{frame:#}"),
            }
        }
    }

    /// Whether rows of the page came earlier. What came before them is over then.
    fn has_received(&mut self, who: &str, page: &Value) -> bool {
        let mut earlier = std::mem::take(self.rows_of(who));
        let place = earlier.iter().position(|frame| self.recognise(page, frame));
        if let Some(place) = place {
            earlier.drain(..=place);
        }
        *self.rows_of(who) = earlier;
        place.is_some()
    }

    async fn next_frame(&mut self, who: &str) -> Value {
        let socket = self.sockets.get_mut(who).expect("it is connected");
        loop {
            let message = socket.next().await.expect("the connection is open");
            if let Message::Text(text) = message.expect("a message") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    /// Whether the frame is the one of the page. If so, its names are those of today.
    fn recognise(&mut self, page: &Value, frame: &Value) -> bool {
        let mut names = self.names.clone();
        let same = matches(&mut names, None, page, frame);
        if same {
            self.names = names;
            self.remember_place(page, frame);
        }
        same
    }

    fn rows_of(&mut self, who: &str) -> &mut VecDeque<Value> {
        self.rows.entry(who.to_owned()).or_default()
    }

    async fn closed(&mut self, who: &str, code: u16) {
        let mut socket = self.sockets.remove(who).expect("it is connected");
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Close(close) = message {
                assert_eq!(u16::from(close.expect("a close code").code), code);
                return;
            }
        }
        panic!("{who} was closed without a word");
    }

    /// The place of a table is said again in a later hello.
    fn remember_place(&mut self, page: &Value, frame: &Value) {
        if page["type"] == "rows" {
            let name = ("seq".to_owned(), page["seq"].to_string());
            self.names.insert(name, frame["seq"].clone());
        }
    }

    /// A frame of the page with the ids of today.
    fn as_of_today(&self, field: Option<&str>, page: &Value) -> Value {
        match page {
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), self.as_of_today(Some(name), value)))
                .collect(),
            Value::Array(values) => values
                .iter()
                .map(|value| self.as_of_today(field, value))
                .collect(),
            plain => {
                let name = (field.unwrap_or_default().to_owned(), plain.to_string());
                self.names.get(&name).unwrap_or(plain).clone()
            }
        }
    }
}

/// Whether a frame is the one of the page: the same fields with the same values, except for what
/// differs from day to day.
fn matches(
    names: &mut HashMap<(String, String), Value>,
    field: Option<&str>,
    page: &Value,
    frame: &Value,
) -> bool {
    match (page, frame) {
        (Value::Object(page), Value::Object(frame)) => {
            page.len() == frame.len()
                && page.iter().all(|(name, value)| {
                    frame
                        .get(name)
                        .is_some_and(|other| matches(names, Some(name), value, other))
                })
        }
        // Of many rows the page shows a few.
        (Value::Array(page), Value::Array(frame)) if field == Some("rows") => page
            .iter()
            .all(|row| frame.iter().any(|other| is_row(names, row, other))),
        (Value::Array(page), Value::Array(frame)) => {
            page.len() == frame.len()
                && page
                    .iter()
                    .zip(frame)
                    .all(|(value, other)| matches(names, field, value, other))
        }
        (page, frame) => is_value(names, field.unwrap_or_default(), page, frame),
    }
}

fn is_row(names: &mut HashMap<(String, String), Value>, page: &Value, frame: &Value) -> bool {
    let mut tried = names.clone();
    let same = matches(&mut tried, None, page, frame);
    if same {
        *names = tried;
    }
    same
}

fn is_value(
    names: &mut HashMap<(String, String), Value>,
    field: &str,
    page: &Value,
    frame: &Value,
) -> bool {
    if FREE.contains(&field) {
        return page.is_number() == frame.is_number() && page.is_string() == frame.is_string();
    }
    if NAMED.contains(&field) {
        let name = (field.to_owned(), page.to_string());
        return names.entry(name).or_insert_with(|| frame.clone()) == frame;
    }
    page == frame
}

#[test]
fn a_frame_that_differs_from_the_page_is_seen() {
    let page: Value = serde_json::json!({"ticket": 1, "next": [{"ticket": 1}], "rows": [{"a": 1}]});
    let fits = |frame| matches(&mut HashMap::new(), None, &page, &frame);
    assert!(fits(
        serde_json::json!({"ticket": 7, "next": [{"ticket": 7}], "rows": [{"a": 2}, {"a": 1}]})
    ));
    for other in [
        serde_json::json!({"ticket": 7, "next": [{"ticket": 8}], "rows": [{"a": 1}]}),
        serde_json::json!({"ticket": 7, "next": [], "rows": [{"a": 1}]}),
        serde_json::json!({"ticket": 7, "next": [{"ticket": 7}], "rows": [{"a": 2}]}),
        serde_json::json!({"ticket": 7, "next": [{"ticket": 7}], "rows": [{"a": 1, "b": 1}]}),
        serde_json::json!({"ticket": 7, "next": [{"ticket": 7}]}),
    ] {
        assert!(!fits(other.clone()), "{other}");
    }
}
