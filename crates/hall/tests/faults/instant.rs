//! Rows 14 to 16: everybody presses at the same instant, or the same thing again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protocol::{Act, Done, Issued, Outcome, Refusal, Role};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::client::{Client, sign_in, take};
use super::disk::Chance;
use super::hall_file::SERVICES;
use super::running::{Running, numbers_are_consecutive};
use super::torture::Row;

/// As many as press together at most, and at least two.
const MOST_TOGETHER: u64 = 50;

/// Presses of each, one after the other, each together with the others.
const ROUNDS: u64 = 20;

fn together(chance: &mut Chance) -> u64 {
    2 + chance.below(MOST_TOGETHER - 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kiosks_that_press_at_the_same_instant_get_consecutive_numbers() {
    let mut row = Row::begin("14", "kiosks at the same instant", 1_000);
    let mut hall = Running::start(1).await;
    let mut issued = Vec::new();
    while let Some(seed) = row.next_seed() {
        let mut chance = Chance::new(seed);
        let kiosks = together(&mut chance);
        let barrier = Arc::new(Barrier::new(kiosks as usize));
        let mut pressing = JoinSet::new();
        for kiosk in 0..kiosks {
            let service = *chance.one_of(&SERVICES);
            pressing.spawn(press_together(
                hall.url(),
                kiosk,
                service,
                Arc::clone(&barrier),
            ));
        }
        issued.extend(pressing.join_all().await.concat());
        row.passed(kiosks * ROUNDS);
    }
    numbers_are_consecutive(&issued);
    hall.stop().await;
    assert_eq!(hall.on_disk().day().tickets().len(), issued.len());
}

async fn press_together(
    url: String,
    kiosk: u64,
    service: &'static str,
    barrier: Arc<Barrier>,
) -> Vec<Issued> {
    let device = format!("kiosk-{kiosk}");
    let mut client = Client::join(&url, Role::Kiosk, &device)
        .await
        .expect("the hall listens");
    let mut issued = Vec::new();
    for _ in 0..ROUNDS {
        barrier.wait().await;
        client
            .press(take(service, "ordinary"))
            .await
            .expect("the hall serves");
        let answered = client.answer().await.expect("the hall serves");
        let Outcome::Done(Done::Issued(ticket)) = answered.outcome else {
            panic!("no ticket: {:?}", answered.outcome);
        };
        issued.push(ticket);
    }
    issued
}

/// Times that the same thing is asked.
const TIMES: u64 = 10;

/// Ids that are pressed over one connection.
const IDS: u64 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_press_ten_times_across_reconnects_and_restarts_is_one_ticket() {
    let mut row = Row::begin("15", "double press, retry storm", 1_000);
    let mut hall = Running::start(1).await;
    let mut issued = Vec::new();
    while let Some(seed) = row.next_seed() {
        let mut chance = Chance::new(seed);
        let ids: Vec<Uuid> = (0..IDS).map(|_| Uuid::now_v7()).collect();
        let mut outcomes = BTreeMap::new();
        let mut times = 0;
        while times < TIMES {
            let at_once = (1 + chance.below(3)).min(TIMES - times);
            let mut storms = JoinSet::new();
            for storm in 0..at_once {
                // The last one stays for all answers, so that nothing is left open.
                let answers = if times + storm + 1 == TIMES {
                    IDS
                } else {
                    chance.below(IDS + 1)
                };
                storms.spawn(press_all(hall.url(), storm, ids.clone(), answers));
            }
            for (id, outcome) in storms.join_all().await.concat() {
                let before = outcomes.insert(id, outcome.clone());
                assert!(
                    before.is_none_or(|before| before == outcome),
                    "one outcome for ever"
                );
            }
            times += at_once;
            if chance.percent(20) {
                hall.restart().await;
            }
        }
        issued.extend(outcomes.into_values().map(ticket));
        row.passed(IDS * TIMES);
    }
    assert!((issued.len() as u64) * TIMES >= row.wanted());
    numbers_are_consecutive(&issued);
    hall.stop().await;
    assert_eq!(hall.on_disk().day().tickets().len(), issued.len());
}

/// Presses all ids over a new connection, takes so many answers and is gone.
async fn press_all(url: String, storm: u64, ids: Vec<Uuid>, answers: u64) -> Vec<(Uuid, Outcome)> {
    let device = format!("kiosk-{storm}");
    let mut client = Client::join(&url, Role::Kiosk, &device)
        .await
        .expect("the hall listens");
    for id in ids {
        client
            .press_as(id, take("A", "ordinary"))
            .await
            .expect("the hall serves");
    }
    let mut outcomes = Vec::new();
    for _ in 0..answers {
        let answered = client.answer().await.expect("the hall serves");
        outcomes.push((answered.id, answered.outcome));
    }
    outcomes
}

fn ticket(outcome: Outcome) -> Issued {
    match outcome {
        Outcome::Done(Done::Issued(ticket)) => ticket,
        other => panic!("no ticket: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counters_that_call_at_the_same_instant_have_one_winner_each() {
    let mut row = Row::begin("16", "counters at the same instant", 1_000);
    let mut hall = Running::start(MOST_TOGETHER as u16).await;
    let mut kiosk = Client::join(&hall.url(), Role::Kiosk, "kiosk")
        .await
        .expect("the hall listens");
    let mut called = BTreeSet::new();
    let mut tickets = 0;
    while let Some(seed) = row.next_seed() {
        let mut chance = Chance::new(seed);
        let counters = together(&mut chance);
        let barrier = Arc::new(Barrier::new(counters as usize + 1));
        let mut calling = JoinSet::new();
        for counter in 1..=counters {
            calling.spawn(call_together(
                hall.url(),
                counter as u16,
                Arc::clone(&barrier),
            ));
        }
        for _ in 0..ROUNDS {
            let waiting = chance.below(counters + 1);
            for _ in 0..waiting {
                kiosk
                    .press(take("A", "ordinary"))
                    .await
                    .expect("the hall serves");
                kiosk.answer().await.expect("the hall serves");
            }
            tickets += waiting;
            // All call, and all have been answered.
            barrier.wait().await;
            barrier.wait().await;
        }
        for ticket in calling.join_all().await.concat() {
            assert!(called.insert(ticket), "{ticket} is in two hands");
        }
        assert_eq!(
            called.len() as u64,
            tickets,
            "everybody who waited was called"
        );
        row.passed(counters * ROUNDS);
    }
    hall.stop().await;
    hall.on_disk();
}

async fn call_together(url: String, counter: u16, barrier: Arc<Barrier>) -> Vec<u64> {
    let device = format!("desk-{counter}");
    let mut client = Client::join(&url, Role::Counter, &device)
        .await
        .expect("the hall listens");
    let mut called = Vec::new();
    ask(&mut client, sign_in(counter)).await;
    for _ in 0..ROUNDS {
        barrier.wait().await;
        match ask(&mut client, Act::CallNext { counter }).await {
            Outcome::Done(Done::Called(call)) => {
                called.push(call.ticket);
                ask(&mut client, Act::finish(counter)).await;
            }
            Outcome::Refused(Refusal::NobodyWaits) => {}
            other => panic!("{other:?}"),
        }
        barrier.wait().await;
    }
    called
}

async fn ask(client: &mut Client, act: Act) -> Outcome {
    client.press(act).await.expect("the hall serves");
    client.answer().await.expect("the hall serves").outcome
}
