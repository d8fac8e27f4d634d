//! Row 1: how soon a hall that was killed serves again, with many tickets.

use std::time::{Duration, Instant};

use protocol::{Act, Role};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use store::FILE_NAME;

use super::client::{Client, take};
use super::process::{Place, Process};
use super::torture::{Row, Stopwatch};

const SERVING_AGAIN_WITHIN: Duration = Duration::from_secs(2);

/// Reading and hashing the journal is what no start can do without. A build without optimisation may
/// take so many times as long.
const TIMES_A_BARE_READ: u32 = 24;

const IN_FLIGHT: usize = 64;

#[tokio::test]
async fn a_killed_hall_with_many_tickets_serves_again_soon() {
    let mut row = Row::begin("1", "tickets of the day when it is killed", 5_000);
    let place = Place::new(4);
    let mut hall = place.start();
    take_tickets(&hall, row.wanted()).await;
    hall.kill();
    let watch = Stopwatch::start();
    let hall = place.start();
    let mut kiosk = Client::join(&hall.url, Role::Kiosk, "kiosk-1")
        .await
        .expect("it listens");
    kiosk.press(take("A", "ordinary")).await.expect("it serves");
    kiosk.answer().await.expect("it serves");
    let (took, left) = (watch.elapsed(), watch.left_percent());
    let bare = bare_read(&place);
    let allowed = watch.allowed(SERVING_AGAIN_WITHIN, bare * TIMES_A_BARE_READ);
    row.measured(format!(
        "serving after {took:.2?}, with {left} % of the machine; a bare read of the journal takes {bare:.2?}"
    ));
    assert!(
        took <= allowed,
        "serving after {took:?}, allowed are {allowed:?}"
    );
    row.passed(row.wanted());
}

async fn take_tickets(hall: &Process, tickets: u64) {
    let mut kiosk = Client::join(&hall.url, Role::Kiosk, "kiosk-1")
        .await
        .expect("it listens");
    let (mut asked, mut answered) = (0, 0);
    while answered < tickets {
        while asked < tickets && kiosk.in_flight() < IN_FLIGHT {
            let act: Act = take("A", "ordinary");
            kiosk.press(act).await.expect("it serves");
            asked += 1;
        }
        kiosk.answer().await.expect("it serves");
        answered += 1;
    }
}

/// Every entry read and hashed, with no understanding of it.
fn bare_read(place: &Place) -> Duration {
    let begin = Instant::now();
    let file = Connection::open(place.data().join(FILE_NAME)).expect("a database");
    let mut select = file
        .prepare("SELECT actor, body, hash FROM journal")
        .expect("a journal");
    let mut rows = select.query([]).expect("readable");
    let mut hash = Sha256::new();
    while let Some(row) = rows.next().expect("readable") {
        let (actor, body): (String, String) =
            (row.get(0).expect("a text"), row.get(1).expect("a text"));
        let before: Vec<u8> = row.get(2).expect("bytes");
        hash.update(actor);
        hash.update(body);
        hash.update(before);
    }
    assert_ne!(hash.finalize().to_vec(), Vec::<u8>::new());
    begin.elapsed()
}
