//! Row 22: no more open files, no more memory.

use std::time::{Duration, Instant};

use protocol::Role;

use super::client::{Client, take};
use super::process::{Place, Process};
use super::raw::Raw;
use super::torture::{Row, Stopwatch};

const SERVING_AGAIN_WITHIN: Duration = Duration::from_secs(2);

/// A build without optimisation may take so many times what it needs to start without any trouble.
const TIMES_A_START: u32 = 6;

async fn press(url: &str) -> Result<(), super::client::Gone> {
    let mut kiosk = Client::join(url, Role::Kiosk, "kiosk-1").await?;
    kiosk.press(take("A", "ordinary")).await?;
    kiosk.answer().await.map(|_| ())
}

/// The time until a hall that is started has answered.
async fn started(place: &Place) -> (Process, Duration) {
    let begin = Instant::now();
    let hall = place.start();
    press(&hall.url).await.expect("it serves");
    (hall, begin.elapsed())
}

#[tokio::test]
async fn without_open_files_it_goes_on_accepting_when_there_are_some_again() {
    let mut row = Row::begin("22", "no more open files", 1);
    while row.next_seed().is_some() {
        let place = Place::new(1);
        let hall = place.start_with(&["prlimit", "--nofile=48"], "127.0.0.1:0");
        let mut kiosk = Client::join(&hall.url, Role::Kiosk, "kiosk-1")
            .await
            .expect("it listens");
        // The system takes them in for the hall, which cannot.
        let many: Vec<_> = (0..100).map(|_| Raw::connect(hall.address())).collect();
        assert!(many.iter().filter(|one| one.is_ok()).count() > 60);
        kiosk
            .press(take("A", "ordinary"))
            .await
            .expect("it serves who is there");
        kiosk.answer().await.expect("it serves who is there");
        drop(many);
        let begin = Instant::now();
        while press(&hall.url).await.is_err() {
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "it accepts again"
            );
        }
        assert!(
            place.logged().contains("limit of open files"),
            "and says what to do"
        );
        place.nothing_panicked();
        row.passed(1);
    }
}

#[tokio::test]
async fn without_memory_it_ends_and_a_new_start_knows_everything() {
    let mut row = Row::begin("22", "no more memory", 1);
    let mut worst = Duration::ZERO;
    while row.next_seed().is_some() {
        let place = Place::new(1);
        let (mut hall, usual) = started(&place).await;
        hall.kill();
        let confirmed = 1 + starve(&place).await;
        let watch = Stopwatch::start();
        let (mut hall, took) = started(&place).await;
        let allowed = watch.allowed(SERVING_AGAIN_WITHIN, usual * TIMES_A_START);
        assert!(
            took <= allowed,
            "serving after {took:?}, allowed are {allowed:?}"
        );
        worst = worst.max(took);
        hall.kill();
        let tickets = tickets(&place);
        assert!(
            tickets > confirmed,
            "{tickets} tickets, {confirmed} were confirmed"
        );
        row.passed(1);
    }
    row.measured(format!("serving again after {worst:.2?} at most"));
}

/// Gives a hall ever less memory until it cannot serve; says how many tickets it has confirmed.
async fn starve(place: &Place) -> usize {
    let mut confirmed = 0;
    for megabytes in (6..=12).rev().map(|power| 1_u64 << power) {
        let limit = format!("--as={}", megabytes * 1024 * 1024 / 8);
        let mut hall = place.start_with(&["prlimit", &limit], "127.0.0.1:0");
        if hall.url.is_empty() {
            hall.wait_until_ended();
            return confirmed;
        }
        let mut clients = Vec::new();
        for client in 0..50 {
            let device = format!("kiosk-{client}");
            let Ok(mut client) = Client::join(&hall.url, Role::Kiosk, &device).await else {
                break;
            };
            if client.press(take("A", "ordinary")).await.is_err() || client.answer().await.is_err()
            {
                break;
            }
            confirmed += 1;
            clients.push(client);
        }
        if hall.has_ended() {
            return confirmed;
        }
    }
    panic!("no limit was too small");
}

/// The tickets on disk, when the hall has ended.
pub fn tickets(place: &Place) -> usize {
    let settings = hall::HallSettings::read(&place.settings()).expect("the settings");
    let mut queue = queue::Queue::new(settings.rules());
    let store = store::Store::open(&place.data()).expect("the file is sound");
    store
        .replay(|event| queue.evolve(&event))
        .expect("the journal is sound");
    queue.check().expect("the rules hold");
    queue.day().tickets().len()
}
