//! Row 17: the program is replaced while everybody is at work.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use protocol::{Act, Done, Outcome, Role};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::client::{Client, take};
use super::process::Place;
use super::torture::{Row, Stopwatch};

const GAP_WITHIN: Duration = Duration::from_secs(2);

/// A build without optimisation may take so many times what it needs to start when nobody waits for it.
const TIMES_A_START: u32 = 6;

const CLIENTS: u64 = 200;

/// What all clients know together.
struct Known {
    begin: Instant,
    /// When something was answered last, in microseconds since the beginning.
    last_us: AtomicU64,
    longest_gap_us: AtomicU64,
    answered: Mutex<HashMap<Uuid, Outcome>>,
    enough: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_under_load_is_a_short_gap_and_loses_nothing() {
    let mut row = Row::begin("17", "upgrade with 200 clients acting", 1);
    let place = Place::new(1);
    let begin = Instant::now();
    let mut hall = place.start();
    let usual = begin.elapsed();
    let listen = hall.address().to_string();
    let known = Arc::new(Known::new());
    let watch = Stopwatch::start();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(act(hall.url.clone(), client, Arc::clone(&known)));
    }
    while row.next_seed().is_some() {
        known.wait_for_more(500).await;
        hall.ask_to_stop();
        hall.wait_until_ended();
        hall = place.start_with(&[], &listen);
        row.passed(1);
    }
    known.wait_for_more(500).await;
    known.enough.store(true, Ordering::Relaxed);
    let asked: u64 = clients.join_all().await.into_iter().sum();
    let gap = Duration::from_micros(known.longest_gap_us.load(Ordering::Relaxed));
    let allowed = watch.allowed(GAP_WITHIN, usual * TIMES_A_START);
    assert!(gap <= allowed, "a gap of {gap:?}, allowed are {allowed:?}");
    let answered = known.answered.lock().expect("nobody panicked");
    assert_eq!(answered.len() as u64, asked, "every press has its answer");
    let issued = answered
        .values()
        .filter(|outcome| matches!(outcome, Outcome::Done(Done::Issued(_))));
    let issued = issued.count();
    hall.ask_to_stop();
    hall.wait_until_ended();
    assert_eq!(
        super::scarce::tickets(&place),
        issued,
        "each press has one ticket"
    );
    place.nothing_panicked();
    row.measured(format!("{asked} presses, longest gap {gap:.2?}"));
}

/// Presses, and presses the same again after a loss, until there is enough; says how often it pressed.
async fn act(url: String, client: u64, known: Arc<Known>) -> u64 {
    let device = format!("kiosk-{client}");
    let mut asked = 0;
    let mut open: Option<(Uuid, Act)> = None;
    loop {
        let Ok(mut connected) = Client::join(&url, Role::Kiosk, &device).await else {
            // The port is shut for a moment.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        loop {
            if open.is_none() && known.enough.load(Ordering::Relaxed) {
                return asked;
            }
            let (id, act) = open.take().unwrap_or_else(|| {
                asked += 1;
                (Uuid::now_v7(), take("A", "ordinary"))
            });
            open = Some((id, act.clone()));
            if connected.press_as(id, act).await.is_err() {
                break;
            }
            let Ok(answered) = connected.answer().await else {
                break;
            };
            known.take(id, answered.outcome);
            open = None;
        }
    }
}

impl Known {
    fn new() -> Self {
        Self {
            begin: Instant::now(),
            last_us: AtomicU64::new(0),
            longest_gap_us: AtomicU64::new(0),
            answered: Mutex::default(),
            enough: AtomicBool::new(false),
        }
    }

    fn take(&self, id: Uuid, outcome: Outcome) {
        let now_us = self.begin.elapsed().as_micros() as u64;
        let last_us = self.last_us.swap(now_us, Ordering::Relaxed);
        if last_us > 0 {
            self.longest_gap_us
                .fetch_max(now_us.saturating_sub(last_us), Ordering::Relaxed);
        }
        let before = self
            .answered
            .lock()
            .expect("nobody panicked")
            .insert(id, outcome);
        assert!(before.is_none(), "each is answered once");
    }

    fn answers(&self) -> usize {
        self.answered.lock().expect("nobody panicked").len()
    }

    /// Until so many more have been answered.
    async fn wait_for_more(&self, more: usize) {
        let enough = self.answers() + more;
        while self.answers() < enough {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
