//! What time does to codes, locks and sessions, and what a full disk does to all of them. The clock is the test's.

use std::net::{IpAddr, Ipv4Addr};

use hall::HallSettings;
use hall::admin::{Answer, Order};
use hall::engine::{Input, Output};
use hall::trust::pairing::{About, PairingKey, Side};
use hall::trust::{CODE_LIFE_MS, PersonRole, PinSeen, devices};
use protocol::{Act, ByeCode, Done, Hello, Outcome, Pair, Refusal, Role, Secret};
use tempfile::TempDir;
use uuid::Uuid;

use super::desk::{DAY_MS, Desk, Fault, answers};

const CODE: &str = "K7QM-3XPD";
const COUNTER: u64 = 7;
const MINUTE_MS: u64 = 60_000;
const HERE: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));

fn strict(folder: &TempDir) -> Desk {
    Desk::strict(folder.path(), HallSettings::default_hall(), 1_000)
}

fn order(desk: &mut Desk, what: Order) -> Answer {
    let actor = "admin".to_owned();
    let outputs = desk.handle(vec![Input::Order {
        order: 1,
        actor,
        what,
    }]);
    let answers = outputs.into_iter().find_map(|output| match output {
        Output::Told { answer, .. } => Some(answer),
        _ => None,
    });
    answers.expect("an answer")
}

fn make_code(desk: &mut Desk) -> Answer {
    let key = PairingKey::new(CODE, "counter-1");
    order(
        desk,
        Order::Pair {
            device: "counter-1".to_owned(),
            role: Role::Counter,
            counter: Some(1),
            key,
        },
    )
}

/// The key, if the code is still good.
fn pair(desk: &mut Desk) -> Option<Secret> {
    let about = About {
        fingerprint: &[],
        nonce: &[3; 32],
        device: "counter-1",
    };
    let proof = PairingKey::new(CODE, "counter-1").proof(Side::Device, &about);
    let pair = Pair {
        protocol: protocol::VERSION,
        device: "counter-1".to_owned(),
        app: "test".to_owned(),
        nonce: devices::text(&[3; 32]),
        proof: devices::text(&proof),
    };
    let outputs = desk.handle(vec![Input::Pair {
        session: COUNTER,
        pair,
        fingerprint: Vec::new(),
        random: [9; 32],
        address: HERE,
    }]);
    outputs.into_iter().find_map(|output| match output {
        Output::Paired { paired, .. } => Some(paired.key),
        _ => None,
    })
}

fn join(desk: &mut Desk, key: &Secret) -> Option<ByeCode> {
    let hello = Hello {
        protocol: protocol::VERSION,
        role: Role::Counter,
        device: "counter-1".to_owned(),
        app: "test".to_owned(),
        resume: None,
        key: Some(key.clone()),
    };
    let outputs = desk.handle(vec![Input::Join {
        session: COUNTER,
        hello,
        address: HERE,
    }]);
    outputs.into_iter().find_map(|output| match output {
        Output::Bye { code, .. } => Some(code),
        _ => None,
    })
}

fn add(desk: &mut Desk, person: &str) -> Answer {
    order(
        desk,
        Order::AddPerson {
            person: person.to_owned(),
            role: PersonRole::Clerk,
            pin: "what argon2id made of it".to_owned(),
        },
    )
}

fn ask_with(desk: &mut Desk, act: Act, pin: PinSeen) -> Outcome {
    let request = Input::Request {
        session: COUNTER,
        role: Role::Counter,
        device: "counter-1".to_owned(),
        id: Uuid::now_v7(),
        act,
        pin,
    };
    let [(_, outcome)] = answers(desk.handle(vec![request])).try_into().expect("one");
    outcome
}

fn ask(desk: &mut Desk, act: Act) -> Outcome {
    ask_with(desk, act, PinSeen::None)
}

/// A counter with its device, and a clerk who sits there.
fn at_work(desk: &mut Desk) -> Secret {
    assert_eq!(make_code(desk), Answer::Done {});
    let key = pair(desk).expect("the code is good");
    assert_eq!(join(desk, &key), None);
    assert_eq!(add(desk, "王芳"), Answer::Done {});
    let sat = ask_with(desk, Act::sign_in(1, "王芳"), PinSeen::Right);
    assert_eq!(sat, Outcome::Done(Done::Done));
    key
}

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}

const CALL: Act = Act::CallNext { counter: 1 };

#[test]
fn a_code_is_void_after_ten_minutes() {
    for (wait_ms, good) in [(CODE_LIFE_MS - 1, true), (CODE_LIFE_MS, false)] {
        let folder = TempDir::new().expect("a folder");
        let mut desk = strict(&folder);
        assert_eq!(make_code(&mut desk), Answer::Done {});
        desk.wait(wait_ms);
        assert_eq!(pair(&mut desk).is_some(), good, "after {wait_ms} ms");
    }
}

#[test]
fn an_hour_without_an_act_and_the_turn_of_the_day_end_a_session() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    for _ in 0..5 {
        desk.wait(60 * MINUTE_MS);
        assert_eq!(ask(&mut desk, CALL), refused(Refusal::NobodyWaits));
    }
    desk.wait(60 * MINUTE_MS + 1);
    assert_eq!(ask(&mut desk, CALL), refused(Refusal::SignInAgain));
    let again = ask_with(&mut desk, Act::sign_in(1, "王芳"), PinSeen::Right);
    assert_eq!(again, Outcome::Done(Done::Done), "the counter is as it was");
    assert_eq!(ask(&mut desk, CALL), refused(Refusal::NobodyWaits));
    desk.wait(DAY_MS - desk.steady_ms - 1_000);
    ask_with(&mut desk, Act::sign_in(1, "王芳"), PinSeen::Right);
    desk.wait(2_000);
    assert_eq!(ask(&mut desk, CALL), refused(Refusal::SignInAgain));
}

#[test]
fn each_lock_is_twice_as_long_and_outlives_a_restart() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    let key = at_work(&mut desk);
    let sign_in = |desk: &mut Desk, pin| ask_with(desk, Act::sign_in(1, "王芳"), pin);
    for minutes in [5, 10] {
        for _ in 0..5 {
            let wrong = sign_in(&mut desk, PinSeen::Wrong);
            assert_eq!(wrong, refused(Refusal::WrongPin));
        }
        let locked = sign_in(&mut desk, PinSeen::Right);
        assert_eq!(locked, refused(Refusal::Locked { minutes }));
        let steady_ms = desk.steady_ms;
        drop(desk);
        desk = Desk::strict(folder.path(), HallSettings::default_hall(), steady_ms);
        assert_eq!(join(&mut desk, &key), None);
        let locked = sign_in(&mut desk, PinSeen::Right);
        assert_eq!(locked, refused(Refusal::Locked { minutes }));
        desk.wait(u64::from(minutes) * MINUTE_MS);
    }
    let right = sign_in(&mut desk, PinSeen::Right);
    assert_eq!(right, Outcome::Done(Done::Done));
    for _ in 0..4 {
        sign_in(&mut desk, PinSeen::Wrong);
    }
    let right = sign_in(&mut desk, PinSeen::Right);
    assert_eq!(right, Outcome::Done(Done::Done), "a right one begins anew");
}

#[test]
fn on_a_full_disk_nobody_is_let_in_and_nobody_is_forgotten() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    assert_eq!(make_code(&mut desk), Answer::Done {});
    desk.fault.set(Fault::Full);
    assert!(matches!(add(&mut desk, "王芳"), Answer::Refused { .. }));
    desk.wait(2_000);
    assert_eq!(pair(&mut desk), None);
    desk.fault.set(Fault::None);
    desk.wait(2_000);
    assert_eq!(desk.engine.trust().devices().count(), 0);
    assert_eq!(desk.engine.trust().people().count(), 0);
    let key = at_work(&mut desk);

    desk.fault.set(Fault::Full);
    let device = "counter-1".to_owned();
    let revoke = Order::Revoke { device };
    assert!(matches!(order(&mut desk, revoke), Answer::Refused { .. }));
    desk.fault.set(Fault::None);
    desk.wait(2_000);
    assert_eq!(join(&mut desk, &key), None, "it is still paired");
    let counter = desk.engine.trust().device("counter-1");
    assert_eq!(counter.map(|device| device.counter), Some(Some(1)));
}

#[test]
fn a_pin_that_could_not_be_written_down_opens_nothing() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    assert_eq!(
        ask(&mut desk, Act::SignOut { counter: 1 }),
        Outcome::Done(Done::Done)
    );
    desk.fault.set(Fault::Full);
    let sat = ask_with(&mut desk, Act::sign_in(1, "王芳"), PinSeen::Right);
    assert_eq!(sat, refused(Refusal::NotStored));
    desk.fault.set(Fault::None);
    desk.wait(2_000);
    assert_eq!(ask(&mut desk, CALL), refused(Refusal::SignInAgain));
}
