//! Row 23: a hall that runs for a day at ten times the load of a busy one.

use std::fs;
use std::time::{Duration, Instant};

use protocol::{Act, Role};

use super::client::{Client, sign_in, take};
use super::process::{Place, Process};
use super::torture::Row;

/// A busy hall has about ten tickets a minute.
const TICKETS_A_SECOND: u64 = 2;

/// What its second half may take more than the first, in percent.
const GROWTH_PERCENT: u64 = 5;

/// The write-ahead file keeps 16 MiB, and what a reader holds it up by.
const MOST_LOG_BYTES: u64 = 64 * 1024 * 1024;

/// The hall's day turns after twelve hours at most, so that each half of a longer run has the end of a
/// day in it. In a shorter one memory also grows with the tickets of the day.
const TWO_DAYS: Duration = Duration::from_secs(22 * 3_600);

const BYTES_OF_A_TICKET: u64 = 2_048;

/// What two measures of the same may differ by.
const NOISE_BYTES: u64 = 4 * 1024 * 1024;

/// Hours, from the environment; so short without it that only the way is shown.
fn whole() -> Duration {
    let hours = std::env::var("PAIHAO_HOURS")
        .ok()
        .and_then(|hours| hours.parse().ok());
    hours.map_or(Duration::from_secs(3), |hours: f64| {
        Duration::from_secs_f64(hours * 3_600.0)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_day_takes_no_more_memory_at_its_end() {
    let mut row = Row::begin_all("23", "long run at ten times the load", 1);
    let whole = whole();
    let place = Place::new(1);
    let hall = place.start();
    let begin = Instant::now();
    // The most in either half.
    let (mut bytes, mut log_most_bytes, mut tickets, mut told_hours) = ([0; 2], 0, 0, 0);
    while begin.elapsed() < whole {
        tickets += work(&hall).await;
        log_most_bytes = log_most_bytes.max(log_bytes(&place));
        let half = usize::from(begin.elapsed() > whole / 2);
        bytes[half] = bytes[half].max(hall.resident_bytes());
        let hours = begin.elapsed().as_secs() / 3_600;
        if hours > told_hours {
            told_hours = hours;
            let kib = hall.resident_bytes() / 1024;
            eprintln!(
                "hour {hours}: {tickets} tickets, {kib} KiB of memory, {log_most_bytes} bytes of log at most"
            );
        }
    }
    let [first, second] = bytes;
    let of_tickets = if whole < TWO_DAYS {
        tickets * BYTES_OF_A_TICKET
    } else {
        0
    };
    let allowed = first + first * GROWTH_PERCENT / 100 + of_tickets + NOISE_BYTES;
    assert!(
        second <= allowed,
        "{second} bytes in the second half, {first} in the first"
    );
    assert!(
        log_most_bytes <= MOST_LOG_BYTES,
        "{log_most_bytes} bytes of write-ahead log"
    );
    place.nothing_panicked();
    row.measured(format!(
        "{tickets} tickets in {:.2} h; memory {} and {} KiB in the halves; log {} KiB at most",
        whole.as_secs_f64() / 3_600.0,
        first / 1024,
        second / 1024,
        log_most_bytes / 1024
    ));
    row.passed(1);
}

/// A second of work: who comes is served; kiosk, desk and wall come anew, as after a cable was pulled.
async fn work(hall: &Process) -> u64 {
    let begin = Instant::now();
    let _wall = Client::join(&hall.url, Role::Wall, "wall-1")
        .await
        .expect("it listens");
    let mut kiosk = Client::join(&hall.url, Role::Kiosk, "kiosk-1")
        .await
        .expect("it listens");
    let mut desk = Client::join(&hall.url, Role::Counter, "desk-1")
        .await
        .expect("it listens");
    ask(&mut desk, sign_in(1)).await;
    for _ in 0..TICKETS_A_SECOND {
        ask(&mut kiosk, take("A", "ordinary")).await;
        for act in [
            Act::CallNext { counter: 1 },
            Act::Arrive { counter: 1 },
            Act::finish(1),
        ] {
            ask(&mut desk, act).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(1).saturating_sub(begin.elapsed())).await;
    TICKETS_A_SECOND
}

async fn ask(client: &mut Client, act: Act) {
    client.press(act).await.expect("it serves");
    client.answer().await.expect("it serves");
}

fn log_bytes(place: &Place) -> u64 {
    let log = place.data().join(format!("{}-wal", store::FILE_NAME));
    fs::metadata(log).map_or(0, |about| about.len())
}
