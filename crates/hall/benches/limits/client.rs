//! A client that asks one thing at a time, as a person does.

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use protocol::{Act, ClientFrame, HallFrame, Hello, Outcome, Role, Row};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_with_config};
use uuid::Uuid;

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub async fn join(url: &str, role: Role, device: &str) -> Result<Self> {
        let mut client = Self::connect(url).await?;
        let hello = ClientFrame::Hello(Hello {
            protocol: protocol::VERSION,
            role,
            device: device.to_owned(),
            app: "bench".to_owned(),
            resume: None,
            key: None,
        });
        client.say(serde_json::to_string(&hello)?).await?;
        // The whole table is no part of what is measured.
        while !client.hear().await?.starts_with(r#"{"type":"rows""#) {}
        Ok(client)
    }

    /// A connection, to a hall or to anything else that speaks WebSocket.
    pub async fn connect(url: &str) -> Result<Self> {
        let address = url
            .strip_prefix("ws://")
            .and_then(|rest| rest.split('/').next())
            .context("an address")?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) =
            client_async_with_config(url, MaybeTlsStream::Plain(stream), None).await?;
        Ok(Self { socket })
    }

    pub async fn ask(&mut self, act: Act) -> Result<Outcome> {
        self.say(request(act)?).await?;
        match serde_json::from_str(&self.answer().await?)? {
            HallFrame::Answer { outcome, .. } => Ok(outcome),
            other => bail!("no answer: {other:?}"),
        }
    }

    /// The next answer as it stands on the wire.
    pub async fn answer(&mut self) -> Result<Utf8Bytes> {
        loop {
            let text = self.hear().await?;
            if text.starts_with(r#"{"type":"answer""#) {
                return Ok(text);
            }
        }
    }

    /// Waits for a row of a call later than `last`, and gives its id.
    pub async fn call_after(&mut self, last: u64) -> Result<u64> {
        loop {
            let HallFrame::Rows(rows) = serde_json::from_str(&self.hear().await?)? else {
                continue;
            };
            let newest = rows.rows.iter().filter_map(|row| match &row.row {
                Row::Call(call) => Some(call.call),
                _ => None,
            });
            if let Some(call) = newest.max().filter(|call| *call > last) {
                return Ok(call);
            }
        }
    }

    pub async fn say(&mut self, text: String) -> Result<()> {
        Ok(self.socket.send(Message::Text(text.into())).await?)
    }

    pub async fn hear(&mut self) -> Result<Utf8Bytes> {
        loop {
            let message = self.socket.next().await.context("the other side is gone")?;
            if let Message::Text(text) = message? {
                return Ok(text);
            }
        }
    }
}

/// A request on the wire.
pub fn request(act: Act) -> Result<String> {
    let id = Uuid::now_v7();
    Ok(serde_json::to_string(&ClientFrame::Request { id, act })?)
}

pub fn take(place: usize) -> Act {
    let services = crate::hall_file::SERVICES;
    let class = if place.is_multiple_of(10) {
        "elderly"
    } else {
        "ordinary"
    };
    Act::take(services[place % services.len()], class)
}
