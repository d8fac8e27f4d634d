//! A hall that is killed before or after any commit, in any order of acts.

use std::collections::BTreeMap;

use hall::HallSettings;
use proptest::prelude::*;
use protocol::{Act, Done, Outcome};
use queue::Channel;
use store::Store;
use tempfile::TempDir;
use uuid::Uuid;

use super::any_act::any_act;
use super::desk::{Desk, Fault, answers, request, take};

/// A batch of acts, and what the disk does at its commit.
type Step = (Vec<Act>, Fault);

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn what_was_confirmed_is_there_and_what_was_not_may_be_pressed_again(steps in prop::collection::vec(step(), 1..30)) {
        let folder = TempDir::new().expect("a folder");
        let mut desk = Desk::open(folder.path());
        let mut pressed = Vec::new();
        let mut confirmed = BTreeMap::new();
        for (acts, fault) in steps {
            desk.wait(2_000);
            desk.fault.set(fault);
            let batch: Vec<(Uuid, Act)> = acts.into_iter().map(|act| (Uuid::now_v7(), act)).collect();
            pressed.extend(batch.clone());
            let inputs = batch.into_iter().map(|(id, act)| request(id, act)).collect();
            match desk.try_handle(inputs) {
                Ok(outputs) => confirmed.extend(stored(answers(outputs))),
                Err(_) => desk = restart(desk, &folder),
            }
            desk.fault.set(Fault::None);
        }
        desk = restart(desk, &folder);
        desk.wait(2_000);
        for (id, act) in &pressed {
            let outcome = desk.ask_as(*id, act.clone());
            if let Some(before) = confirmed.get(id) {
                prop_assert_eq!(&outcome, before, "confirmed is confirmed");
            }
            prop_assert_eq!(desk.ask_as(*id, act.clone()), outcome.clone(), "and has one outcome");
            confirmed.insert(*id, outcome);
        }
        let mut tickets: Vec<u64> = confirmed.values().filter_map(ticket).collect();
        tickets.sort_unstable();
        let on_disk = desk.engine.queue().day().tickets().iter();
        let on_disk = on_disk.filter(|ticket| ticket.channel != Channel::WalkIn).map(|ticket| ticket.id.0);
        prop_assert!(on_disk.eq(tickets), "each ticket has one press, and each press one ticket");
        let queue = desk.engine.queue().clone();
        let replayed = {
            let settings = desk.engine.settings().clone();
            let steady_ms = desk.steady_ms;
            drop(desk);
            let desk = Desk::start(folder.path(), settings, steady_ms);
            desk.engine.queue().clone()
        };
        prop_assert_eq!(replayed, queue, "a replay gives the same state");
    }
}

/// `cargo xtask torture` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("PAIHAO_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(60)
}

/// The hall after the kill, on the same file and a little later.
fn restart(desk: Desk, folder: &TempDir) -> Desk {
    let steady_ms = desk.steady_ms;
    drop(desk);
    let desk = Desk::start(folder.path(), HallSettings::default_hall(), steady_ms);
    desk.engine.queue().check().expect("the rules hold");
    desk
}

/// The answers of a batch that are promises; `not_stored` is none.
fn stored(answers: Vec<(Uuid, Outcome)>) -> impl Iterator<Item = (Uuid, Outcome)> {
    let refused = Outcome::Refused(protocol::Refusal::NotStored);
    answers
        .into_iter()
        .filter(move |(_, outcome)| *outcome != refused)
}

fn ticket(outcome: &Outcome) -> Option<u64> {
    match outcome {
        Outcome::Done(Done::Issued(issued)) => Some(issued.ticket),
        _ => None,
    }
}

fn step() -> impl Strategy<Value = Step> {
    let fault = prop_oneof![
        4 => Just(Fault::None),
        1 => Just(Fault::Full),
        1 => Just(Fault::KilledBefore),
        1 => Just(Fault::KilledAfter),
    ];
    (prop::collection::vec(any_act(), 1..6), fault)
}

#[test]
fn a_kill_after_the_commit_loses_only_the_answer() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let id = Uuid::now_v7();
    desk.fault.set(Fault::KilledAfter);
    let killed = desk.try_handle(vec![request(id, take("A", "ordinary"))]);
    assert!(killed.is_err(), "nobody was told anything");
    let mut desk = restart(desk, &folder);
    assert_eq!(desk.engine.queue().day().tickets().len(), 1);
    desk.ask_as(id, take("A", "ordinary"));
    assert_eq!(desk.engine.queue().day().tickets().len(), 1);
    drop(desk);
    let store = Store::open(folder.path()).expect("the file");
    assert!(
        store
            .answered(&id.into_bytes())
            .expect("readable")
            .is_some()
    );
}
