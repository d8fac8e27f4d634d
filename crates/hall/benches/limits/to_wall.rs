//! From a clerk's press to the row on a wall.

use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::{Act, Role};

use crate::client::Client;
use crate::load::{done, sit_down, takes};
use crate::sample::{Latencies, Sample, nanoseconds};

/// More than twice as long as the hall holds rows back, so that a call meets a quiet hall.
const QUIET: Duration = Duration::from_millis(50);

/// Kiosks that take tickets all the time in a busy hall.
const BUSY_KIOSKS: usize = 8;

/// A call now and then.
pub async fn quiet(url: &str, time: Duration) -> Result<Sample> {
    calls_seen(url, time, QUIET).await
}

/// One call after the other, while kiosks take tickets as fast as they can.
pub async fn busy(url: &str, time: Duration) -> Result<Sample> {
    let (seen, taken) = tokio::join!(
        calls_seen(url, time, Duration::ZERO),
        takes(url, BUSY_KIOSKS, time)
    );
    taken?;
    seen
}

async fn calls_seen(url: &str, time: Duration, pause: Duration) -> Result<Sample> {
    let counter = 1;
    let mut desk = sit_down(url, counter).await?;
    let mut wall = Client::join(url, Role::Wall, "wall-1").await?;
    let started = Instant::now();
    let (mut latencies, mut last) = (Latencies::new(), 0);
    while started.elapsed() < time {
        tokio::time::sleep(pause).await;
        let pressed = Instant::now();
        let seen = async {
            let call = wall.call_after(last).await?;
            anyhow::Ok((call, pressed.elapsed()))
        };
        let (outcome, seen) = tokio::join!(desk.ask(Act::CallNext { counter }), seen);
        done(&outcome?)?;
        let (call, taken) = seen?;
        last = call;
        latencies.push(nanoseconds(taken));
        done(&desk.ask(Act::Arrive { counter }).await?)?;
    }
    Ok(Sample::new(&latencies, latencies.len(), started.elapsed()))
}
