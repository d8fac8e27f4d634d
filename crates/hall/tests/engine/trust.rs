//! What time does to codes, locks and sessions, and what a full disk does to all of them. The clock is the test's.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use hall::HallSettings;
use hall::admin::{Answer, Order};
use hall::engine::{Input, Output};
use hall::trust::pairing::{About, PairingKey, Side};
use hall::trust::{CODE_LIFE_MS, PersonRole, PinSeen, devices, rights};
use protocol::{Act, ByeCode, ClientFrame, Done, Hello, Outcome, Pair, Refusal, Role, Secret};
use tempfile::TempDir;
use uuid::Uuid;

use super::desk::{DAY_MS, Desk, Fault, answers};

const CODE: &str = "K7QM-3XPD";
pub const COUNTER: u64 = 7;
const MINUTE_MS: u64 = 60_000;
pub const HERE: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));

pub fn strict(folder: &TempDir) -> Desk {
    Desk::strict(folder.path(), HallSettings::default_hall(), 1_000)
}

pub fn order(desk: &mut Desk, what: Order) -> Answer {
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

pub fn make_code(desk: &mut Desk) -> Answer {
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
pub fn pair(desk: &mut Desk) -> Option<Secret> {
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

pub fn join(desk: &mut Desk, key: &Secret) -> Option<ByeCode> {
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

pub fn add(desk: &mut Desk, person: &str) -> Answer {
    order(
        desk,
        Order::AddPerson {
            person: person.to_owned(),
            role: PersonRole::Clerk,
            pin: "what argon2id made of it".to_owned(),
        },
    )
}

pub fn ask_with(desk: &mut Desk, act: Act, pin: PinSeen) -> Outcome {
    ask_of(desk, Role::Counter, act, pin)
}

pub fn ask(desk: &mut Desk, act: Act) -> Outcome {
    ask_with(desk, act, PinSeen::None)
}

/// A counter with its device, and a clerk who sits there.
pub fn at_work(desk: &mut Desk) -> Secret {
    assert_eq!(make_code(desk), Answer::Done {});
    let key = pair(desk).expect("the code is good");
    assert_eq!(join(desk, &key), None);
    assert_eq!(add(desk, "王芳"), Answer::Done {});
    let sat = ask_with(desk, Act::sign_in(1, "王芳"), PinSeen::Right);
    assert_eq!(sat, Outcome::Done(Done::Done));
    key
}

pub fn refused(refusal: Refusal) -> Outcome {
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

/// What a device asked before it was revoked, and what reaches the hall behind the order, wait for the same commit.
#[test]
fn what_a_revoked_device_has_on_its_way_does_not_happen() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    let key = at_work(&mut desk);
    let revoke = Input::Order {
        order: 1,
        actor: "admin".to_owned(),
        what: Order::Revoke {
            device: "counter-1".to_owned(),
        },
    };
    let request = |act| request_of(Role::Counter, act, PinSeen::None);
    let outputs = desk.handle(vec![revoke, request(CALL), request(Act::Leave {})]);
    for (_, outcome) in answers(outputs) {
        assert_eq!(outcome, refused(Refusal::NotAllowed));
    }
    assert_eq!(ask(&mut desk, CALL), refused(Refusal::NotAllowed));
    assert_eq!(join(&mut desk, &key), Some(ByeCode::NotPaired));
    assert_eq!(ask(&mut desk, CALL), refused(Refusal::NotAllowed));
}

/// Many devices try at the same instant: their PINs were looked at before the name was locked.
#[test]
fn a_right_pin_that_was_on_its_way_when_the_name_was_locked_opens_nothing() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    let sign_in = |pin| request_of(Role::Counter, Act::sign_in(1, "王芳"), pin);
    let mut tries: Vec<Input> = (0..5).map(|_| sign_in(PinSeen::Wrong)).collect();
    tries.extend((0..3).map(|_| sign_in(PinSeen::Right)));
    let outcomes = answers(desk.handle(tries));
    for (place, (_, outcome)) in outcomes.into_iter().enumerate() {
        let expected = match place {
            0..5 => Refusal::WrongPin,
            _ => Refusal::Locked { minutes: 5 },
        };
        assert_eq!(outcome, refused(expected), "try {place}");
    }
}

/// The table says who may; this asks the hall itself, for every device, every person and every act.
#[test]
fn what_the_table_of_rights_forbids_the_hall_does_not_do() {
    let (mut forbidden, mut allowed) = (0, 0);
    for device in Role::ALL {
        let folder = TempDir::new().expect("a folder");
        let mut settings = HallSettings::default_hall();
        settings.trust.phones = true;
        settings.trust.requests_at_once = u32::MAX;
        let mut desk = Desk::strict(folder.path(), settings, 1_000);
        assert!(enter(&mut desk, device), "{device:?} is let in");
        let people = [PersonRole::Clerk, PersonRole::Guide, PersonRole::Supervisor];
        for role in people {
            let (person, pin) = (role.word().to_owned(), "a hash".to_owned());
            let added = order(&mut desk, Order::AddPerson { person, role, pin });
            assert_eq!(added, Answer::Done {});
        }
        let holders = [None].into_iter().chain(people.map(Some));
        for holder in holders.filter(|holder| holder.is_none() || rights::is_held(device)) {
            for (word, act) in acts() {
                take_in_hand(&mut desk, device, holder);
                let pin = holder.map_or(PinSeen::None, |_| PinSeen::Right);
                let signs_in = matches!(act, Act::SignIn { .. } | Act::Identify { .. });
                // Who signs in is who asks, and not who held the device before.
                let act = match holder {
                    Some(role) if signs_in => signing_in(act, role.word()),
                    _ => act,
                };
                let outcome = ask_of(&mut desk, device, act.clone(), pin);
                let is_refused = matches!(
                    outcome,
                    Outcome::Refused(
                        Refusal::NotAllowed | Refusal::SignInAgain | Refusal::WrongPin
                    )
                );
                match rights::may(device, holder, &act) {
                    true => {
                        allowed += 1;
                        assert_ne!(
                            outcome,
                            refused(Refusal::SignInAgain),
                            "{device:?} {holder:?} {word}"
                        );
                    }
                    false => {
                        forbidden += 1;
                        assert!(is_refused, "{device:?} {holder:?} {word}: {outcome:?}");
                    }
                }
            }
        }
    }
    println!("{forbidden} forbidden and {allowed} allowed cases");
    assert!(forbidden > 100 && allowed > 100);
}

/// Each act by its word; that these are all is held elsewhere.
fn acts() -> BTreeMap<String, Act> {
    let frames = include_str!("../../../protocol/tests/frames.txt").lines();
    let frames = frames.filter_map(|line| line.strip_prefix("client "));
    let acts = frames.filter_map(|frame| match serde_json::from_str(frame).expect(frame) {
        ClientFrame::Request { act, .. } => Some(act),
        ClientFrame::Hello(_) | ClientFrame::Pair(_) => None,
    });
    let word = |act: &Act| {
        let value = serde_json::to_value(act).expect("JSON");
        value["type"].as_str().expect("a word").to_owned()
    };
    acts.map(|act| (word(&act), act)).collect()
}

fn signing_in(act: Act, name: &str) -> Act {
    match act {
        Act::SignIn { counter, .. } => Act::sign_in(counter, name),
        _ => identify(name),
    }
}

pub fn identify(person: &str) -> Act {
    let person = person.to_owned();
    Act::Identify { person, pin: None }
}

/// Pairs a device of this kind, and joins as it.
pub fn enter(desk: &mut Desk, role: Role) -> bool {
    let mut key = None;
    if role != Role::Phone {
        let made = PairingKey::new(CODE, "counter-1");
        let device = "counter-1".to_owned();
        let code = Order::Pair {
            device,
            role,
            counter: None,
            key: made,
        };
        assert_eq!(order(desk, code), Answer::Done {});
        key = pair(desk);
    }
    let hello = Hello {
        protocol: protocol::VERSION,
        role,
        device: "counter-1".to_owned(),
        app: "test".to_owned(),
        resume: None,
        key,
    };
    let (session, address) = (COUNTER, HERE);
    let outputs = desk.handle(vec![Input::Join {
        session,
        hello,
        address,
    }]);
    !outputs
        .iter()
        .any(|output| matches!(output, Output::Bye { .. }))
}

/// Has somebody in front of the device, or nobody.
fn take_in_hand(desk: &mut Desk, device: Role, holder: Option<PersonRole>) {
    if !rights::is_held(device) {
        return;
    }
    match holder {
        Some(role) => {
            let outcome = ask_of(desk, device, identify(role.word()), PinSeen::Right);
            assert_eq!(outcome, Outcome::Done(Done::Done));
        }
        None => {
            let outcome = ask_of(desk, device, Act::Leave {}, PinSeen::None);
            assert_eq!(outcome, refused(Refusal::SignInAgain), "nobody is there");
        }
    }
}

pub fn ask_of(desk: &mut Desk, role: Role, act: Act, pin: PinSeen) -> Outcome {
    let request = request_of(role, act, pin);
    let [(_, outcome)] = answers(desk.handle(vec![request])).try_into().expect("one");
    outcome
}

fn request_of(role: Role, act: Act, pin: PinSeen) -> Input {
    Input::Request {
        session: COUNTER,
        role,
        device: "counter-1".to_owned(),
        id: Uuid::now_v7(),
        act,
        pin,
    }
}
