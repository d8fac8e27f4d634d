//! Clients of a real hall, over a road that breaks.

// A test that cannot go on panics.
#![allow(clippy::unwrap_used)]

mod client;
mod hall;

use client::{Client, PATIENCE};
use e2e::proxy::Proxy;
use hall::RunningHall;
use link::{LinkEvent, Lost};
use protocol::{Act, Done, Outcome, Refusal, Role};
use uuid::Uuid;

/// Beats of the hall within which a half-open link is seen: one comes each second.
const HALF_OPEN_SEEN_WITHIN_BEATS: usize = 5;

fn take() -> Act {
    Act::take("A", "ordinary")
}

fn number(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Done(Done::Issued(issued)) => &issued.number,
        other => panic!("no ticket: {other:?}"),
    }
}

/// A hall and a road to it.
async fn hall_and_road() -> (RunningHall, Proxy) {
    let hall = RunningHall::open().await;
    let road = Proxy::open(hall.address()).await.unwrap();
    (hall, road)
}

/// Asks for a ticket, of which the hall knows and whose answer stays on the road.
async fn take_without_answer(kiosk: &Client, witness: &mut Client, road: &Proxy) -> Uuid {
    road.mute();
    let id = kiosk.handle.request(take()).unwrap();
    witness
        .wait_for_table(|table| table.hall().is_some_and(|hall| hall.issued == 1))
        .await;
    id
}

#[tokio::test]
async fn a_ticket_whose_answer_was_lost_is_given_once() {
    let (hall, road) = hall_and_road().await;
    let mut kiosk = Client::join(road.address(), Role::Kiosk, "kiosk-1").await;
    let mut witness = Client::join(hall.address(), Role::Counter, "counter-1").await;
    let id = take_without_answer(&kiosk, &mut witness, &road).await;
    road.cut();
    kiosk.wait_until_down().await;
    road.restore();
    let outcome = kiosk.wait_for_answer(id).await;
    assert_eq!(number(&outcome), "A001");
    assert_eq!(number(&kiosk.ask(take()).await), "A002");
    kiosk.wait_until_issued(2).await;
}

#[tokio::test]
async fn a_ticket_whose_answer_was_lost_is_given_once_by_a_hall_started_again() {
    let (mut hall, road) = hall_and_road().await;
    let mut kiosk = Client::join(road.address(), Role::Kiosk, "kiosk-1").await;
    let mut witness = Client::join(hall.address(), Role::Counter, "counter-1").await;
    let id = take_without_answer(&kiosk, &mut witness, &road).await;
    road.cut();
    hall.restart().await;
    road.lead_to(hall.address());
    road.restore();
    let outcome = kiosk.wait_for_answer(id).await;
    assert_eq!(number(&outcome), "A001");
    assert_eq!(number(&kiosk.ask(take()).await), "A002");
    kiosk.wait_until_issued(2).await;
}

#[tokio::test]
async fn an_id_asked_again_gets_the_same_answer_across_reconnects_and_restarts() {
    let (mut hall, road) = hall_and_road().await;
    let mut kiosk = Client::join(road.address(), Role::Kiosk, "kiosk-1").await;
    let id = Uuid::now_v7();
    let first = kiosk.ask_again(id, take()).await;
    for round in 0..10 {
        assert_eq!(kiosk.ask_again(id, take()).await, first);
        road.cut();
        kiosk.wait_until_down().await;
        if round % 3 == 0 {
            hall.restart().await;
            road.lead_to(hall.address());
        }
        road.restore();
        kiosk.wait_until_up().await;
    }
    assert_eq!(kiosk.issued(), Some(1));
    let otherwise = Act::Printed {
        ticket: 1,
        copies: 0,
    };
    let refused = Outcome::Refused(Refusal::IdUsedOtherwise);
    assert_eq!(kiosk.ask_again(id, otherwise).await, refused);
    assert_eq!(number(&kiosk.ask(take()).await), "A002");
}

/// A day's beginning: tickets, and a counter that calls, serves and misses.
async fn business(kiosk: &mut Client, counter: &mut Client, clerk: &str) {
    let counter_number = 1;
    for _ in 0..12 {
        kiosk.ask(take()).await;
    }
    let clerk = clerk.to_owned();
    let counter_acts = [
        Act::sign_in(counter_number, clerk),
        Act::CallNext {
            counter: counter_number,
        },
        Act::Arrive {
            counter: counter_number,
        },
        Act::CallNext {
            counter: counter_number,
        },
        Act::Recall {
            counter: counter_number,
        },
        Act::NoShow {
            counter: counter_number,
        },
    ];
    for act in counter_acts {
        let outcome = counter.ask(act.clone()).await;
        assert!(matches!(outcome, Outcome::Done(_)), "{act:?}: {outcome:?}");
    }
}

/// Two programs of each role: one on a road that breaks, one that is never cut off.
async fn pairs(hall: &RunningHall, road: &Proxy) -> Vec<(Client, Client)> {
    let mut pairs = Vec::new();
    for role in Role::ALL {
        let far = Client::join(road.address(), role, &format!("far {role:?}")).await;
        let near = Client::join(hall.address(), role, &format!("near {role:?}")).await;
        pairs.push((far, near));
    }
    pairs
}

/// Waits until both have the same rows with the same stamps. How far each has heard may differ:
/// who says hello is told the last change of all, also where its role sees nothing of it.
async fn wait_until_equal(far: &mut Client, near: &mut Client) {
    let rows = |client: &Client| client.table.stamped().cloned().collect::<Vec<_>>();
    let equal = async {
        while rows(far) != rows(near) {
            tokio::select! {
                _ = far.next() => {}
                _ = near.next() => {}
            }
        }
    };
    if tokio::time::timeout(PATIENCE, equal).await.is_err() {
        assert_eq!(rows(far), rows(near));
    }
}

#[tokio::test]
async fn who_was_cut_off_resumes_by_sequence_and_ends_with_the_same_table() {
    let (hall, road) = hall_and_road().await;
    let mut kiosk = Client::join(hall.address(), Role::Kiosk, "kiosk-1").await;
    let mut counter = Client::join(hall.address(), Role::Counter, "counter-1").await;
    let mut pairs = pairs(&hall, &road).await;
    business(&mut kiosk, &mut counter, "Li Hua").await;
    road.cut();
    for (far, _) in &mut pairs {
        far.wait_until_down().await;
    }
    let before: Vec<_> = pairs.iter().map(|(far, _)| far.table.clone()).collect();
    business(&mut kiosk, &mut counter, "Li Hua").await;
    road.restore();
    for ((far, near), before) in pairs.iter_mut().zip(before) {
        assert_eq!(far.table, before, "nothing changes while cut off");
        far.wait_until_up().await;
        assert_eq!(far.whole, Some(false), "only what was missed is sent");
        far.wait_until_issued(24).await;
        wait_until_equal(far, near).await;
        assert_ne!(far.table, before);
    }
}

#[tokio::test]
async fn who_was_cut_off_while_the_hall_was_started_again_ends_with_the_same_table() {
    let (mut hall, road) = hall_and_road().await;
    let mut kiosk = Client::join(hall.address(), Role::Kiosk, "kiosk-1").await;
    let mut counter = Client::join(hall.address(), Role::Counter, "counter-1").await;
    let mut far = Client::join(road.address(), Role::Counter, "counter-2").await;
    business(&mut kiosk, &mut counter, "Li Hua").await;
    road.cut();
    far.wait_until_down().await;
    drop((kiosk, counter));
    hall.restart().await;
    road.lead_to(hall.address());
    let mut kiosk = Client::join(hall.address(), Role::Kiosk, "kiosk-1").await;
    let mut counter = Client::join(hall.address(), Role::Counter, "counter-1").await;
    business(&mut kiosk, &mut counter, "Li Hua").await;
    road.restore();
    far.wait_until_up().await;
    assert_eq!(
        far.whole,
        Some(true),
        "the new life of the table begins with everything"
    );
    far.wait_until_issued(24).await;
    wait_until_equal(&mut far, &mut counter).await;
}

#[tokio::test]
async fn who_is_cut_off_says_since_when() {
    let (hall, road) = hall_and_road().await;
    let mut far = Client::join(road.address(), Role::Wall, "wall-1").await;
    let mut near = Client::join(hall.address(), Role::Wall, "wall-2").await;
    while !matches!(far.next().await, LinkEvent::Beat { .. }) {}
    road.cut();
    let (since, _) = far.wait_until_down().await;
    assert_eq!(since, far.heard);
    // The hall goes on, and what is shown far away stays as of then.
    while near.heard.map(|time| time.unix_ms) <= since.map(|time| time.unix_ms) {
        near.next().await;
    }
    assert_eq!(far.heard, since);
}

#[tokio::test]
async fn a_half_open_link_is_seen_from_both_sides() {
    let (hall, road) = hall_and_road().await;
    let mut far = Client::join(road.address(), Role::Kiosk, "kiosk-1").await;
    let mut near = Client::join(hall.address(), Role::Counter, "counter-1").await;
    near.wait_for_table(|table| connected(table, "kiosk-1"))
        .await;
    while near.next_now().is_some() {}
    road.stall();
    let (since, why) = far.wait_until_down().await;
    assert_eq!((since, why), (far.heard, Lost::Silent));
    let mut beats = 0;
    while let Some(event) = near.next_now() {
        beats += usize::from(matches!(event, LinkEvent::Beat { .. }));
    }
    assert!(
        beats <= HALF_OPEN_SEEN_WITHIN_BEATS,
        "seen after {beats} beats"
    );
    near.wait_for_table(|table| !connected(table, "kiosk-1"))
        .await;
    road.cut();
    road.restore();
    near.wait_for_table(|table| connected(table, "kiosk-1"))
        .await;
}

fn connected(table: &link::Table, name: &str) -> bool {
    table
        .devices()
        .any(|device| device.name == name && device.connected)
}
