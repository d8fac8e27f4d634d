//! The network's limit: a request and an answer of the same sizes over a WebSocket, with nothing
//! in between.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

use crate::client::Client;
use crate::sample::{Latencies, Sample, nanoseconds};

/// What goes to and fro for a take.
pub struct Texts {
    pub request: String,
    pub answer: String,
}

pub async fn echo(texts: &Texts, time: Duration) -> Result<Sample> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("ws://{}/", listener.local_addr()?);
    let answer = texts.answer.clone();
    let answering = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        answer_all(stream, answer).await
    });
    // In a task of its own, as the hall's clients are.
    let asking = tokio::spawn(ask(url, texts.request.clone(), time)).await?;
    answering.await??;
    asking
}

async fn answer_all(stream: TcpStream, answer: String) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut socket = accept_async(stream).await?;
    while let Some(Ok(Message::Text(_))) = socket.next().await {
        socket.send(Message::Text(answer.clone().into())).await?;
    }
    Ok(())
}

async fn ask(url: String, request: String, time: Duration) -> Result<Sample> {
    let mut client = Client::connect(&url).await?;
    let started = Instant::now();
    let mut latencies = Latencies::new();
    while started.elapsed() < time {
        let asked = Instant::now();
        client.say(request.clone()).await?;
        client.hear().await?;
        latencies.push(nanoseconds(asked.elapsed()));
    }
    Ok(Sample::new(&latencies, latencies.len(), started.elapsed()))
}
