//! A connection as a kiosk's or a counter's program has one, as simple as it can be.

use std::collections::VecDeque;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use protocol::{Act, ClientFrame, HallFrame, Hello, Outcome, Role, Row};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

use super::play::PlayError;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(super) struct Client {
    out: SplitSink<Socket, Message>,
    frames: mpsc::UnboundedReceiver<HallFrame>,
    /// Reads while the player is busy, for a client that does not is taken for dead.
    reader: JoinHandle<()>,
    rows: VecDeque<Row>,
}

impl Client {
    pub(super) async fn join(url: &str, role: Role, device: String) -> Result<Self, PlayError> {
        let (socket, _) = connect_async(url)
            .await
            .map_err(|error| PlayError::NoHall {
                url: url.to_owned(),
                reason: error.to_string(),
            })?;
        let (out, incoming) = socket.split();
        let (heard, frames) = mpsc::unbounded_channel();
        let reader = tokio::spawn(read(incoming, heard));
        let mut client = Self {
            out,
            frames,
            reader,
            rows: VecDeque::new(),
        };
        let app = concat!("hall rehearse ", env!("CARGO_PKG_VERSION")).to_owned();
        let hello = Hello {
            protocol: protocol::VERSION,
            role,
            device,
            app,
            resume: None,
            key: None,
        };
        client.send(&ClientFrame::Hello(hello)).await?;
        Ok(client)
    }

    /// Asks, and waits for the answer; rows that come meanwhile are kept.
    pub(super) async fn ask(&mut self, act: Act) -> Result<Outcome, PlayError> {
        let request = Uuid::now_v7();
        self.send(&ClientFrame::Request { id: request, act })
            .await?;
        loop {
            match self.frame().await? {
                HallFrame::Answer { id, outcome } if id == request => return Ok(outcome),
                HallFrame::Rows(rows) => self.keep(rows),
                _ => {}
            }
        }
    }

    /// The next row that changed.
    pub(super) async fn row(&mut self) -> Result<Row, PlayError> {
        loop {
            if let Some(row) = self.rows.pop_front() {
                return Ok(row);
            }
            if let HallFrame::Rows(rows) = self.frame().await? {
                self.keep(rows);
            }
        }
    }

    fn keep(&mut self, rows: protocol::Rows) {
        self.rows
            .extend(rows.rows.into_iter().map(|stamped| stamped.row));
    }

    async fn send(&mut self, frame: &ClientFrame) -> Result<(), PlayError> {
        let text = serde_json::to_string(frame).expect("frames are made of texts and numbers");
        self.out
            .send(Message::Text(text.into()))
            .await
            .map_err(PlayError::cut_off)
    }

    async fn frame(&mut self) -> Result<HallFrame, PlayError> {
        match self.frames.recv().await {
            Some(HallFrame::Bye(bye)) => Err(PlayError::CutOff(bye.message)),
            Some(frame) => Ok(frame),
            None => Err(PlayError::CutOff(
                "the hall closed the connection".to_owned(),
            )),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn read(mut incoming: SplitStream<Socket>, heard: mpsc::UnboundedSender<HallFrame>) {
    while let Some(Ok(message)) = incoming.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        let Ok(frame) = serde_json::from_str(&text) else {
            return;
        };
        if heard.send(frame).is_err() {
            return;
        }
    }
}
