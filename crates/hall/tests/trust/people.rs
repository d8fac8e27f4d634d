//! A curious clerk, a kiosk visitor, and who copied a ticket's link.

use hall::admin::{Answer, Ask};
use hall::trust::PersonRole;
use hall::trust::people::{WRONG_IN_A_ROW, WRONG_ON_A_DEVICE};
use protocol::{Act, AlarmKind, Done, Issued, Outcome, Refusal, Role, Row, Secret};

use super::hall_of_ours::{Client, Ours, PIN, sit_down};

const DONE: Outcome = Outcome::Done(Done::Done);

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}

#[tokio::test]
async fn only_the_right_pin_sits_down_and_a_wrong_name_is_told_the_same() {
    let ours = Ours::open().await;
    ours.add("王芳", PersonRole::Clerk).await;
    let mut counter = ours.counter("counter-1", None).await;
    for (name, pin) in [
        ("王芳", "480262"),
        ("王芳", "12"),
        ("李强", PIN),
        ("王芳 2", PIN),
    ] {
        let outcome = counter.ask(sit_down(1, name, pin)).await;
        assert_eq!(outcome, refused(Refusal::WrongPin), "{name} {pin}");
    }
    let call = Act::CallNext { counter: 1 };
    assert_eq!(counter.ask(call).await, refused(Refusal::SignInAgain));
    assert_eq!(counter.ask(sit_down(1, " 王芳 ", PIN)).await, DONE);
    let call = Act::CallNext { counter: 1 };
    assert_eq!(counter.ask(call).await, refused(Refusal::NobodyWaits));
    assert_eq!(counter.ask(Act::SignOut { counter: 1 }).await, DONE);
    let pause = Act::Pause {
        counter: 1,
        reason: "x".to_owned(),
    };
    assert_eq!(counter.ask(pause).await, refused(Refusal::SignInAgain));
}

#[tokio::test]
async fn five_wrong_pins_lock_the_name_and_staff_see_it() {
    let ours = Ours::open().await;
    ours.add("王芳", PersonRole::Clerk).await;
    let mut thief = ours.counter("counter-1", None).await;
    for _ in 0..WRONG_IN_A_ROW {
        let outcome = thief.ask(sit_down(1, "王芳", "999333")).await;
        assert_eq!(outcome, refused(Refusal::WrongPin));
    }
    // The right PIN, from another device, is not taken either.
    let mut counter = ours.counter("counter-2", None).await;
    let locked = counter.ask(sit_down(1, "王芳", PIN)).await;
    assert_eq!(locked, refused(Refusal::Locked { minutes: 5 }));
    let alarm = |row: &Row| match row {
        Row::Alarm(row) => Some((row.alarm, row.level)),
        _ => None,
    };
    let key = ours.pair("office", Role::Supervisor, None).await;
    let mut office = ours.join("office", Role::Supervisor, &key).await;
    assert_eq!(office.row(alarm).await, (AlarmKind::PinsLocked, 1));

    let person = "王芳".to_owned();
    ours.order(Ask::Unlock { person })
        .await
        .expect("it is done");
    assert_eq!(counter.ask(sit_down(1, "王芳", PIN)).await, DONE);
}

/// One PIN tried with every name is a guess as well.
#[tokio::test]
async fn ten_wrong_pins_lock_the_device_whatever_names_were_tried() {
    let ours = Ours::open().await;
    ours.add("王芳", PersonRole::Clerk).await;
    let mut thief = ours.counter("counter-1", None).await;
    for place in 0..WRONG_ON_A_DEVICE {
        let outcome = thief.ask(sit_down(1, &format!("clerk {place}"), PIN)).await;
        assert_eq!(outcome, refused(Refusal::WrongPin));
    }
    let locked = thief.ask(sit_down(1, "王芳", PIN)).await;
    assert_eq!(locked, refused(Refusal::Locked { minutes: 5 }));
    let mut counter = ours.counter("counter-2", None).await;
    assert_eq!(counter.ask(sit_down(1, "王芳", PIN)).await, DONE);
}

#[tokio::test]
async fn a_curious_clerk_acts_at_his_own_counter_alone() {
    let ours = Ours::open().await;
    for (name, role) in [
        ("王芳", PersonRole::Clerk),
        ("李强", PersonRole::Clerk),
        ("赵敏", PersonRole::Guide),
        ("陈主任", PersonRole::Supervisor),
    ] {
        ours.add(name, role).await;
    }
    let mut first = ours.counter("counter-1", Some(1)).await;
    let mut second = ours.counter("counter-2", Some(2)).await;
    let identify = |person: &str| Act::Identify {
        person: person.to_owned(),
        pin: Some(Secret::new(PIN)),
    };
    assert_eq!(
        first.ask(sit_down(2, "王芳", PIN)).await,
        refused(Refusal::OtherCounter { counter: 1 })
    );
    assert_eq!(first.ask(sit_down(1, "王芳", PIN)).await, DONE);
    assert_eq!(second.ask(sit_down(2, "李强", PIN)).await, DONE);
    assert_eq!(
        first.ask(Act::SignOut { counter: 2 }).await,
        refused(Refusal::OtherCounter { counter: 1 })
    );
    // Another clerk's PIN on this screen opens nothing that the clerk who sits there has.
    assert_eq!(first.ask(identify("李强")).await, DONE);
    let call = Act::CallNext { counter: 1 };
    assert_eq!(first.ask(call).await, refused(Refusal::NotAllowed));
    // A guide does not serve, and nobody at a counter gives numbers out.
    assert_eq!(
        first.ask(sit_down(1, "赵敏", PIN)).await,
        refused(Refusal::NotAllowed)
    );
    let take = Act::take("A", "ordinary");
    assert_eq!(first.ask(take).await, refused(Refusal::NotAllowed));
    // A supervisor may close the counter of who went home.
    assert_eq!(first.ask(identify("陈主任")).await, DONE);
    assert_eq!(first.ask(Act::SignOut { counter: 2 }).await, DONE);
}

#[tokio::test]
async fn who_sits_down_again_finds_the_counter_as_it_was() {
    let ours = Ours::open().await;
    ours.add("王芳", PersonRole::Clerk).await;
    let kiosk = ours.pair("kiosk-1", Role::Kiosk, None).await;
    let mut kiosk = ours.join("kiosk-1", Role::Kiosk, &kiosk).await;
    kiosk.ask(Act::take("A", "ordinary")).await;
    let key = ours.pair("counter-1", Role::Counter, Some(1)).await;
    let mut counter = ours.join("counter-1", Role::Counter, &key).await;
    assert_eq!(counter.ask(sit_down(1, "王芳", PIN)).await, DONE);
    let called = counter.ask(Act::CallNext { counter: 1 }).await;
    assert!(
        matches!(called, Outcome::Done(Done::Called(_))),
        "{called:?}"
    );
    // After a start of the hall nobody is taken for who was there before.
    let ours = ours.restart().await;
    let mut counter = ours.join("counter-1", Role::Counter, &key).await;
    let arrive = Act::Arrive { counter: 1 };
    assert_eq!(
        counter.ask(arrive.clone()).await,
        refused(Refusal::SignInAgain)
    );
    assert_eq!(counter.ask(sit_down(1, "王芳", PIN)).await, DONE);
    assert_eq!(counter.ask(arrive).await, DONE, "A001 is still in hand");
}

#[tokio::test]
async fn a_new_pin_and_a_person_who_is_removed_end_what_was_begun() {
    let ours = Ours::open().await;
    ours.add("王芳", PersonRole::Clerk).await;
    let mut counter = ours.counter("counter-1", None).await;
    assert_eq!(counter.ask(sit_down(1, "王芳", PIN)).await, DONE);
    let set_pin = |pin: &str| Ask::SetPin {
        person: "王芳".to_owned(),
        pin: Secret::new(pin),
    };
    let trivial = ours
        .order(set_pin("1234"))
        .await
        .expect_err("a PIN of everybody");
    assert!(trivial.contains("Choose another one"), "{trivial}");
    ours.order(set_pin("773311")).await.expect("a new PIN");
    let call = Act::CallNext { counter: 1 };
    assert_eq!(
        counter.ask(call.clone()).await,
        refused(Refusal::SignInAgain)
    );
    assert_eq!(
        counter.ask(sit_down(1, "王芳", PIN)).await,
        refused(Refusal::WrongPin)
    );
    assert_eq!(counter.ask(sit_down(1, "王芳", "773311")).await, DONE);
    let person = "王芳".to_owned();
    ours.order(Ask::RemovePerson { person })
        .await
        .expect("it is done");
    assert_eq!(counter.ask(call).await, refused(Refusal::SignInAgain));
    let Ok(Answer::People { people }) = ours.order(Ask::People {}).await else {
        panic!("people");
    };
    assert_eq!(people, []);
}

#[tokio::test]
async fn a_telephone_cancels_with_its_slip_and_not_with_a_number_from_the_wall() {
    let ours = Ours::open_with(|settings| settings.trust.phones = true).await;
    let kiosk = ours.pair("kiosk-1", Role::Kiosk, None).await;
    let mut kiosk = ours.join("kiosk-1", Role::Kiosk, &kiosk).await;
    let mut slips: Vec<Issued> = Vec::new();
    for _ in 0..2 {
        match kiosk.ask(Act::take("A", "ordinary")).await {
            Outcome::Done(Done::Issued(issued)) => slips.push(issued),
            other => panic!("a slip: {other:?}"),
        }
    }
    let mut phone = Client::connect(&ours.server).await;
    phone.hello("phone-7f3a", Role::Phone, None).await;
    let cancel = |number: &str, token: Option<&Secret>| Act::Cancel {
        number: number.to_owned(),
        token: token.cloned(),
    };
    let others = slips[1].token.as_ref();
    let wrong = Secret::new("AAAAAAAA");
    for token in [None, others, Some(&wrong)] {
        let outcome = phone.ask(cancel("A001", token)).await;
        assert_eq!(outcome, refused(Refusal::NotAllowed), "{token:?}");
        let back = Act::Return {
            number: "A001".to_owned(),
            token: token.cloned(),
        };
        assert_eq!(phone.ask(back).await, refused(Refusal::NotAllowed));
    }
    let own = slips[0].token.as_ref();
    assert_eq!(phone.ask(cancel("A001", own)).await, DONE);
    // A telephone does not take the name of a device that was paired.
    let mut thief = Client::connect(&ours.server).await;
    thief.hello("kiosk-1", Role::Phone, None).await;
    assert_eq!(thief.refused_at_once().await, protocol::ByeCode::NotPaired);
}

#[tokio::test]
async fn a_kiosk_asks_for_nothing_that_belongs_to_staff() {
    let ours = Ours::open().await;
    let key = ours.pair("kiosk-1", Role::Kiosk, None).await;
    let mut kiosk = ours.join("kiosk-1", Role::Kiosk, &key).await;
    for act in [
        Act::cancel("A001"),
        Act::CallNext { counter: 1 },
        Act::sign_in(1, "王芳"),
        Act::Report {},
        Act::Reprint {
            number: "A001".to_owned(),
        },
    ] {
        assert_eq!(kiosk.ask(act).await, refused(Refusal::NotAllowed));
    }
}
