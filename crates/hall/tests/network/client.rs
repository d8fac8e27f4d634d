//! A client that keeps several requests in flight and looks at nothing but their answers.

use std::collections::HashMap;

use futures_util::{SinkExt, StreamExt};
use protocol::{Act, ClientFrame, HallFrame, Hello, Outcome, Role};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// A request with its answer.
#[derive(Clone, Debug)]
pub struct Answered {
    pub id: Uuid,
    pub act: Act,
    pub outcome: Outcome,
}

/// The connection is gone.
#[derive(Debug)]
pub struct Gone;

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    unanswered: HashMap<Uuid, Act>,
}

impl Client {
    pub async fn join(url: &str, role: Role, device: &str) -> Result<Self, Gone> {
        let (socket, _) = connect_async(url).await.map_err(|_| Gone)?;
        let mut client = Self {
            socket,
            unanswered: HashMap::new(),
        };
        let hello = ClientFrame::Hello(Hello {
            protocol: protocol::VERSION,
            role,
            device: device.to_owned(),
            app: "test".to_owned(),
            resume: None,
            key: None,
        });
        client.send(&hello).await?;
        Ok(client)
    }

    pub fn in_flight(&self) -> usize {
        self.unanswered.len()
    }

    /// What was asked and not answered.
    pub fn into_unanswered(self) -> Vec<(Uuid, Act)> {
        self.unanswered.into_iter().collect()
    }

    pub async fn press(&mut self, act: Act) -> Result<(), Gone> {
        self.press_as(Uuid::now_v7(), act).await
    }

    pub async fn press_as(&mut self, id: Uuid, act: Act) -> Result<(), Gone> {
        self.unanswered.insert(id, act.clone());
        self.send(&ClientFrame::Request { id, act }).await
    }

    pub async fn answer(&mut self) -> Result<Answered, Gone> {
        loop {
            let Some(Ok(message)) = self.socket.next().await else {
                return Err(Gone);
            };
            let Message::Text(text) = message else {
                continue;
            };
            // Rows are many and of no interest here.
            if !text.starts_with(r#"{"type":"answer""#) {
                continue;
            }
            let frame = serde_json::from_str(&text).expect("a frame of the hall");
            let HallFrame::Answer { id, outcome } = frame else {
                panic!("no answer: {text}");
            };
            let act = self
                .unanswered
                .remove(&id)
                .expect("each request is answered once");
            return Ok(Answered { id, act, outcome });
        }
    }

    async fn send(&mut self, frame: &ClientFrame) -> Result<(), Gone> {
        let text = serde_json::to_string(frame).expect("a frame");
        let sent = self.socket.send(Message::Text(text.into())).await;
        sent.map_err(|_| Gone)
    }
}

pub fn take(service: &str, class: &str) -> Act {
    Act::take(service, class)
}

pub fn sign_in(counter: u16) -> Act {
    Act::sign_in(counter, format!("clerk {counter}"))
}
