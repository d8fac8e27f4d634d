//! What the administrator orders and is told, and who is who afterwards.

use hall::admin::{Answer, Order};
use hall::trust::pairing::PairingKey;
use hall::trust::{PersonRole, PinSeen, devices};
use protocol::{Act, ByeCode, Done, Outcome, Refusal, Role, TransferTo};
use tempfile::TempDir;

use super::desk::{Desk, Fault, START_WALL_MS, take};
use super::trust::{
    HERE, add, ask, ask_of, ask_with, at_work, enter, identify, join, make_code, order, refused,
    strict,
};

const MINUTE_MS: u64 = 60_000;

fn why(answer: Answer) -> String {
    match answer {
        Answer::Refused { why } => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn devices_and_people_are_told_as_they_are_also_while_the_disk_is_full() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    for _ in 0..5 {
        ask_with(&mut desk, Act::sign_in(1, "王芳"), PinSeen::Wrong);
    }
    desk.fault.set(Fault::Full);
    why(add(&mut desk, "李强"));
    desk.wait(100);
    let Answer::Devices { devices } = order(&mut desk, Order::Devices) else {
        panic!("the devices");
    };
    let told = &devices[0];
    assert_eq!(
        (told.name.as_str(), told.role.as_str(), told.counter),
        ("counter-1", "counter", Some(1))
    );
    assert_eq!(
        (told.paired_wall_ms, told.address, told.person.as_deref()),
        (START_WALL_MS + 1_000, HERE, Some("王芳"))
    );
    let people = |desk: &mut Desk| match order(desk, Order::People) {
        Answer::People { people } => people,
        other => panic!("the people: {other:?}"),
    };
    let told = people(&mut desk);
    assert_eq!((told.len(), told[0].name.as_str()), (1, "王芳"));
    assert_eq!(told[0].locked_min, Some(5), "begun minutes count");
    desk.wait(5 * MINUTE_MS - 101);
    assert_eq!(people(&mut desk)[0].locked_min, Some(1));
    desk.wait(1);
    assert_eq!(people(&mut desk)[0].locked_min, None);
}

#[test]
fn a_new_pin_is_kept_and_ends_what_was_held_against_the_person_and_what_he_held() {
    for (wrong, held_against) in [(2, (2, 0)), (6, (0, 1))] {
        let folder = TempDir::new().expect("a folder");
        let mut desk = strict(&folder);
        at_work(&mut desk);
        let known = |desk: &Desk| {
            let person = desk.engine.trust().person("王芳").expect("known").clone();
            (person.pin, (person.failures, person.locks))
        };
        for _ in 0..wrong {
            ask_with(&mut desk, Act::sign_in(1, "王芳"), PinSeen::Wrong);
        }
        assert_eq!(known(&desk).1, held_against);
        let set = |person: &str| Order::SetPin {
            person: person.to_owned(),
            pin: "another".to_owned(),
        };
        assert_eq!(order(&mut desk, set(" 王芳 ")), Answer::Done {});
        assert_eq!(known(&desk), ("another".to_owned(), (0, 0)));
        let next = Act::CallNext { counter: 1 };
        assert_eq!(ask(&mut desk, next), refused(Refusal::SignInAgain));
        assert!(why(order(&mut desk, set("nobody"))).contains("nobody"));
    }
}

#[test]
fn a_person_is_unlocked_and_removed_and_nobody_is_so_twice() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    for _ in 0..5 {
        ask_with(&mut desk, Act::sign_in(1, "王芳"), PinSeen::Wrong);
    }
    let locked = ask_with(&mut desk, Act::sign_in(1, "王芳"), PinSeen::Right);
    assert_eq!(locked, refused(Refusal::Locked { minutes: 5 }));
    let person = || "王芳".to_owned();
    let unlock = || Order::Unlock { person: person() };
    assert_eq!(order(&mut desk, unlock()), Answer::Done {});
    let right = ask_with(&mut desk, Act::sign_in(1, "王芳"), PinSeen::Right);
    assert_eq!(right, Outcome::Done(Done::Done));
    assert!(why(add(&mut desk, " 王芳 ")).contains("already"));
    let remove = || Order::RemovePerson { person: person() };
    assert_eq!(order(&mut desk, remove()), Answer::Done {});
    assert_eq!(desk.engine.trust().people().count(), 0);
    let next = Act::CallNext { counter: 1 };
    assert_eq!(ask(&mut desk, next), refused(Refusal::SignInAgain));
    assert!(why(order(&mut desk, remove())).contains("nobody"));
    assert!(why(order(&mut desk, unlock())).contains("nobody"));
}

#[test]
fn a_device_that_is_revoked_is_sent_away_and_stays_away() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    let key = at_work(&mut desk);
    let revoke = || Order::Revoke {
        device: "counter-1".to_owned(),
    };
    assert_eq!(order(&mut desk, revoke()), Answer::Done {});
    assert_eq!(
        ask(&mut desk, take("A", "ordinary")),
        refused(Refusal::NotAllowed)
    );
    assert_eq!(join(&mut desk, &key), Some(ByeCode::NotPaired));
    assert!(why(order(&mut desk, revoke())).contains("no device"));
}

#[test]
fn a_code_is_made_for_what_can_be_paired() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    let mut code = |device: &str, role, counter| {
        let what = Order::Pair {
            device: device.to_owned(),
            role,
            counter,
            key: PairingKey::new("K7QM-3XPD", device),
        };
        order(&mut desk, what)
    };
    assert!(why(code("counter-9", Role::Counter, Some(99))).contains("no counter 99"));
    assert!(why(code("kiosk-1", Role::Kiosk, Some(1))).contains("--counter"));
    assert!(why(code("phone-1", Role::Phone, None)).contains("not paired"));
    let longest = "名".repeat(protocol::MAX_NAME_CHARS);
    for bad in ["", "a/b", "a@b", "a:b", "a\nb", &format!("{longest}名")] {
        assert!(
            why(code(bad, Role::Kiosk, None)).contains("a name has"),
            "{bad:?}"
        );
    }
    for (device, role, counter) in [
        ("counter-1", Role::Counter, Some(1)),
        ("counter-2", Role::Counter, None),
        (" kiosk-1 ", Role::Kiosk, None),
        (longest.as_str(), Role::Wall, None),
    ] {
        assert_eq!(code(device, role, counter), Answer::Done {}, "{device}");
    }
}

/// What happens by itself is nobody's doing: it ends no session.
#[test]
fn a_clerk_stays_signed_in_while_limits_are_told() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    let serve = Act::ServeWithout {
        counter: 1,
        service: "A".to_owned(),
        class: "ordinary".to_owned(),
    };
    assert_eq!(ask(&mut desk, serve), Outcome::Done(Done::Done));
    let seq = desk.engine.journal_seq();
    desk.wait(30 * MINUTE_MS);
    desk.handle(Vec::new());
    assert!(
        desk.engine.journal_seq() > seq,
        "the handling took too long"
    );
    let finish = ask(&mut desk, Act::finish(1));
    assert_eq!(finish, Outcome::Done(Done::Done));
}

#[test]
fn who_identifies_holds_the_device_until_he_leaves_and_both_are_on_the_record() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    let out = ask(&mut desk, Act::SignOut { counter: 1 });
    assert_eq!(out, Outcome::Done(Done::Done));
    let held = |desk: &Desk| {
        let trust = desk.engine.trust();
        let held = trust.holder("counter-1", desk.steady_ms);
        held.map(|held| (held.person.clone(), held.role))
    };
    assert_eq!(held(&desk), None, "who signs out gives the device back");
    let seq = desk.engine.journal_seq();
    let here = ask_with(&mut desk, identify("王芳"), PinSeen::Right);
    assert_eq!(here, Outcome::Done(Done::Done));
    assert_eq!(held(&desk), Some(("王芳".to_owned(), PersonRole::Clerk)));
    assert_eq!(ask(&mut desk, Act::Leave {}), Outcome::Done(Done::Done));
    assert_eq!(held(&desk), None);
    assert_eq!(desk.engine.journal_seq(), seq + 2);
    drop(desk);

    let archive = store::Archive::open(folder.path()).expect("readable");
    let mut acts = Vec::new();
    let day = archive.days().expect("readable")[0];
    let read = archive.replay_day(day, None, |entry| {
        acts.push((entry.actor, entry.event.what))
    });
    read.expect("the day");
    let said: Vec<String> = acts[acts.len() - 2..]
        .iter()
        .map(|(actor, what)| format!("{actor} {what:?}"))
        .collect();
    for (said, what) in said.iter().zip(["identified", "left"]) {
        assert!(
            said.starts_with("counter:counter-1/王芳@127.0.0.1 "),
            "{said}"
        );
        assert!(said.contains(what) && said.contains("王芳"), "{said}");
    }
}

#[test]
fn a_clerk_acts_at_the_counter_where_he_sits_and_for_nobody_else() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    assert_eq!(add(&mut desk, "李强"), Answer::Done {});
    ask_with(&mut desk, identify("李强"), PinSeen::Right);
    let next = || Act::CallNext { counter: 1 };
    assert_eq!(
        ask(&mut desk, next()),
        refused(Refusal::NotAllowed),
        "another sits there"
    );
    let hand_over = Act::Transfer {
        counter: 1,
        to: TransferTo::Counter { number: 2 },
        note: String::new(),
        keep_time: true,
        come_back: false,
    };
    assert_eq!(ask(&mut desk, hand_over), refused(Refusal::NotAllowed));
    ask_with(&mut desk, Act::sign_in(1, "王芳"), PinSeen::Right);
    assert_eq!(ask(&mut desk, next()), refused(Refusal::NobodyWaits));
}

/// Who paired a device anew has another key, and whoever had the old one is sent away.
#[test]
fn a_device_that_is_paired_again_has_the_new_key_alone() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    assert_eq!(make_code(&mut desk), Answer::Done {});
    let key = super::trust::pair(&mut desk).expect("the code is good");
    assert_eq!(
        ask(&mut desk, Act::CallNext { counter: 1 }),
        refused(Refusal::NotAllowed),
        "its connection was ended"
    );
    assert_eq!(join(&mut desk, &key), None);
    let known = desk.engine.trust().device("counter-1").expect("known");
    assert_eq!(known.key_sum, devices::sum(&key));
}

/// Nobody tries PINs where nobody signs in.
#[test]
fn a_kiosk_is_not_asked_for_a_pin_and_locks_nobody() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    assert_eq!(add(&mut desk, "王芳"), Answer::Done {});
    assert!(enter(&mut desk, Role::Kiosk));
    let seq = desk.engine.journal_seq();
    for act in [Act::sign_in(1, "王芳"), identify("王芳")] {
        let outcome = ask_of(&mut desk, Role::Kiosk, act, PinSeen::Wrong);
        assert_eq!(outcome, refused(Refusal::NotAllowed));
    }
    let person = desk.engine.trust().person("王芳").expect("known");
    assert_eq!(person.failures, 0);
    assert_eq!(desk.engine.journal_seq(), seq, "no guess is on the record");
}

#[test]
fn in_a_hall_that_asks_no_pin_people_are_what_their_device_is() {
    for (role, holder) in [
        (Role::Counter, PersonRole::Clerk),
        (Role::Guide, PersonRole::Guide),
        (Role::Supervisor, PersonRole::Supervisor),
    ] {
        let folder = TempDir::new().expect("a folder");
        let mut desk = Desk::open(folder.path());
        let outcome = ask_of(&mut desk, role, identify("王芳"), PinSeen::None);
        assert_eq!(outcome, Outcome::Done(Done::Done));
        let held = desk.engine.trust().holder("counter-1", desk.steady_ms);
        assert_eq!(held.map(|held| held.role), Some(holder));
    }
}

#[test]
fn a_supervisor_who_closes_a_counter_for_somebody_stays() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = strict(&folder);
    at_work(&mut desk);
    let add = Order::AddPerson {
        person: "赵敏".to_owned(),
        role: PersonRole::Supervisor,
        pin: "what argon2id made of it".to_owned(),
    };
    assert_eq!(order(&mut desk, add), Answer::Done {});
    ask_with(&mut desk, identify("赵敏"), PinSeen::Right);
    let out = ask(&mut desk, Act::SignOut { counter: 1 });
    assert_eq!(out, Outcome::Done(Done::Done));
    let held = desk.engine.trust().holder("counter-1", desk.steady_ms);
    assert_eq!(held.map(|held| held.person.as_str()), Some("赵敏"));
}
