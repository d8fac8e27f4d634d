//! Clients in a closed loop: each asks again when it has its answer.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use protocol::{Act, Done, Outcome, Refusal, Role};
use tokio::task::JoinSet;

use crate::client::{Client, take};
use crate::sample::{Latencies, Sample, nanoseconds};

/// Tickets taken in one measurement at most: a hall with many thousands waiting is none.
const TAKES_AT_MOST: usize = 1_500;

/// So many kiosks take tickets.
pub async fn takes(url: &str, kiosks: usize, time: Duration) -> Result<Sample> {
    let mut clients = Vec::new();
    for place in 1..=kiosks {
        clients.push(Client::join(url, Role::Kiosk, &format!("kiosk-{place}")).await?);
    }
    let at_most = TAKES_AT_MOST / kiosks;
    measure(
        clients
            .into_iter()
            .map(|kiosk| taking(kiosk, at_most, time)),
    )
    .await
}

/// So many counters call; each says that its customer has come, and the next call finishes that one.
pub async fn calls(url: &str, counters: u16, time: Duration) -> Result<Sample> {
    let mut clients = Vec::new();
    for counter in 1..=counters {
        clients.push((sit_down(url, counter).await?, counter));
    }
    measure(
        clients
            .into_iter()
            .map(|(client, counter)| calling(client, counter, time)),
    )
    .await
}

/// A clerk at a counter with nobody in hand.
pub async fn sit_down(url: &str, counter: u16) -> Result<Client> {
    let mut client = Client::join(url, Role::Counter, &format!("desk-{counter}")).await?;
    let clerk = format!("clerk {counter}");
    done(&client.ask(Act::sign_in(counter, clerk)).await?)?;
    Ok(client)
}

pub fn done(outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::Done(_) => Ok(()),
        Outcome::Refused(refusal) => bail!("the hall refused: {refusal:?}"),
    }
}

async fn measure<F>(clients: impl Iterator<Item = F>) -> Result<Sample>
where
    F: Future<Output = Result<Latencies>> + Send + 'static,
{
    let started = Instant::now();
    let mut working: JoinSet<Result<Latencies>> = clients.collect();
    let mut latencies = Latencies::new();
    while let Some(client) = working.join_next().await {
        latencies.extend(client??);
    }
    Ok(Sample::new(&latencies, latencies.len(), started.elapsed()))
}

async fn taking(mut kiosk: Client, at_most: usize, time: Duration) -> Result<Latencies> {
    let started = Instant::now();
    let mut latencies = Latencies::new();
    while started.elapsed() < time && latencies.len() < at_most {
        let asked = Instant::now();
        let outcome = kiosk.ask(take(latencies.len())).await?;
        latencies.push(nanoseconds(asked.elapsed()));
        done(&outcome)?;
    }
    Ok(latencies)
}

/// Calls until the time is over or nobody waits any more.
async fn calling(mut client: Client, counter: u16, time: Duration) -> Result<Latencies> {
    let started = Instant::now();
    let mut latencies = Latencies::new();
    while started.elapsed() < time {
        let asked = Instant::now();
        let outcome = client.ask(Act::CallNext { counter }).await?;
        let taken = nanoseconds(asked.elapsed());
        match outcome {
            Outcome::Done(Done::Called(_)) => latencies.push(taken),
            Outcome::Refused(Refusal::NobodyWaits) => break,
            other => done(&other)?,
        }
        done(&client.ask(Act::Arrive { counter }).await?)?;
    }
    Ok(latencies)
}
