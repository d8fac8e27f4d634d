//! A link against a hall that follows a script, over a real socket.

mod script;

use link::{Address, LinkEvent, Lost, NotAsked, PairError, pair};
use protocol::{
    Act, Bye, ByeCode, ClientFrame, Done, HallFrame, MAX_FRAME_FROM_CLIENT_BYTES,
    MAX_FRAME_FROM_HALL_BYTES, MAX_REQUESTS_IN_FLIGHT, Outcome, Paired, Role, Secret,
};
use script::{Certificate, Client, Hall, TIME, rows, soon, welcome};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

fn act() -> Act {
    Act::Printed {
        ticket: 1,
        copies: 0,
    }
}

fn answer(id: Uuid) -> HallFrame {
    let outcome = Outcome::Done(Done::Done);
    HallFrame::Answer { id, outcome }
}

async fn wait_for_answer(client: &mut Client) -> Uuid {
    client
        .wait(|event| match event {
            LinkEvent::Answer { id, .. } => Some(id),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn comes_up_with_the_halls_rows() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let (_visit, hello) = hall.welcomed_visit(3).await;
    assert_eq!((hello.device.as_str(), hello.resume), ("kiosk-1", None));
    assert!(matches!(client.next().await, LinkEvent::Rows(rows) if rows.seq == 3));
    assert_eq!(client.next().await, LinkEvent::Up { time: TIME });
}

#[tokio::test]
async fn what_was_asked_without_a_hall_is_asked_when_there_is_one() {
    let hall = Hall::open().await;
    let address = hall.address();
    drop(hall);
    let mut client = Client::start(address.clone());
    let (since, why) = client.wait_until_down().await;
    assert!(matches!(why, Lost::Unreachable(_)), "{why}");
    assert_eq!(since, None);
    let id = client.handle.request(act()).unwrap();
    let hall = Hall::open_at(&address).await;
    let (mut visit, _) = hall.welcomed_visit(1).await;
    assert_eq!(visit.hear().await, ClientFrame::Request { id, act: act() });
    visit.say(&answer(id)).await;
    assert_eq!(wait_for_answer(&mut client).await, id);
}

#[tokio::test]
async fn an_unanswered_request_is_asked_again_under_the_same_id() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let (mut visit, _) = hall.welcomed_visit(4).await;
    let id = client.handle.request(act()).unwrap();
    let asked = visit.hear().await;
    drop(visit);
    let (since, why) = client.wait_until_down().await;
    assert_eq!((since, why), (Some(TIME), Lost::Closed));
    let (mut visit, hello) = hall.welcomed_visit(4).await;
    assert_eq!(hello.resume.map(|place| place.seq), Some(4));
    assert_eq!(visit.hear().await, asked);
    visit.say(&answer(id)).await;
    assert_eq!(wait_for_answer(&mut client).await, id);
}

#[tokio::test]
async fn silence_is_a_loss() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let (visit, _) = hall.welcomed_visit(1).await;
    client.wait_until_up().await;
    // The connection stands and nothing comes: as time passes at once, so does the link's patience.
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    assert_eq!(client.wait_until_down().await.1, Lost::Silent);
    let silence = began.elapsed();
    tokio::time::resume();
    assert!(silence.as_millis() <= 5_000, "{silence:?}");
    visit.gone().await;
    let _visit = hall.welcomed_visit(1).await;
    client.wait_until_up().await;
}

#[tokio::test]
async fn a_beat_is_told_and_a_ping_is_answered() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let (mut visit, _) = hall.welcomed_visit(1).await;
    client.wait_until_up().await;
    visit.say(&HallFrame::Beat { time: TIME }).await;
    assert_eq!(client.next().await, LinkEvent::Beat { time: TIME });
    // A hall hears by this that a client with nothing to say is there.
    visit.send(Message::Ping(vec![7].into())).await;
    assert_eq!(visit.message().await, Message::Pong(vec![7].into()));
}

#[tokio::test]
async fn a_goodbye_is_told_in_the_halls_words() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let mut visit = hall.visit().await;
    visit.hear().await;
    let bye = Bye {
        code: ByeCode::Version,
        message: "update the program".into(),
    };
    visit.say(&HallFrame::Bye(bye.clone())).await;
    assert_eq!(client.next().await, LinkEvent::Refused(bye));
    let why = Lost::Refused(ByeCode::Version);
    assert_eq!(client.next().await, LinkEvent::Down { since: None, why });
    visit.gone().await;
}

#[tokio::test]
async fn what_is_not_the_protocol_is_a_loss_and_not_a_crash() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let mut huge = serde_json::to_string(&rows(2)).unwrap();
    huge.push_str(&" ".repeat(MAX_FRAME_FROM_HALL_BYTES + 1 - huge.len()));
    for message in [
        Message::text("{\"type\":\"cake\"}"),
        Message::text("not JSON"),
        Message::binary(vec![1, 2, 3]),
        Message::text(huge),
    ] {
        let (mut visit, _) = hall.welcomed_visit(1).await;
        client.wait_until_up().await;
        // The client may hang up before the last byte of a message that is too long.
        let _ = visit.try_send(message).await;
        let (_, why) = client.wait_until_down().await;
        assert!(matches!(why, Lost::NotAHall(_)), "{why}");
    }
}

#[tokio::test]
async fn the_largest_table_is_read() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let mut visit = hall.visit().await;
    visit.hear().await;
    visit.say(&welcome()).await;
    let mut text = serde_json::to_string(&rows(5)).unwrap();
    text.push_str(&" ".repeat(MAX_FRAME_FROM_HALL_BYTES - text.len()));
    visit.send(Message::text(text)).await;
    client.wait_until_up().await;
}

#[tokio::test]
async fn requests_in_flight_are_bounded_and_an_answer_makes_room() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let first = client.handle.request(act()).unwrap();
    for _ in 1..MAX_REQUESTS_IN_FLIGHT {
        client.handle.request(act()).unwrap();
    }
    assert_eq!(client.handle.request(act()), Err(NotAsked::TooMany));
    let (mut visit, _) = hall.welcomed_visit(1).await;
    for _ in 0..MAX_REQUESTS_IN_FLIGHT {
        visit.hear().await;
    }
    visit.say(&answer(first)).await;
    assert_eq!(wait_for_answer(&mut client).await, first);
    client.handle.request(act()).unwrap();
    assert_eq!(client.handle.request(act()), Err(NotAsked::TooMany));
}

#[tokio::test]
async fn a_forgotten_request_is_not_asked_again() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let (mut visit, _) = hall.welcomed_visit(1).await;
    let forgotten = client.handle.request(act()).unwrap();
    let kept = client.handle.request(act()).unwrap();
    visit.hear().await;
    visit.hear().await;
    client.handle.forget(forgotten);
    drop(visit);
    let (mut visit, _) = hall.welcomed_visit(1).await;
    assert!(matches!(visit.hear().await, ClientFrame::Request { id, .. } if id == kept));
    visit.say(&answer(forgotten)).await;
    visit.say(&answer(kept)).await;
    assert_eq!(wait_for_answer(&mut client).await, kept);
}

#[tokio::test]
async fn an_act_that_the_hall_would_not_read_is_not_asked() {
    let client = Client::start(Address::default());
    let reason = "x".repeat(MAX_FRAME_FROM_CLIENT_BYTES);
    let pause = Act::Pause { counter: 1, reason };
    assert_eq!(client.handle.request(pause), Err(NotAsked::TooLong));
}

#[tokio::test]
async fn a_stopped_link_leaves_and_takes_nothing_more() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address());
    let (visit, _) = hall.welcomed_visit(1).await;
    client.wait_until_up().await;
    client.handle.stop();
    soon(&mut client.running).await.unwrap();
    visit.gone().await;
    assert_eq!(client.handle.request(act()), Err(NotAsked::Stopped));
}

#[tokio::test]
async fn a_link_ends_with_its_last_handle() {
    let hall = Hall::open().await;
    let Client {
        handle, running, ..
    } = Client::start(hall.address());
    let (visit, _) = hall.welcomed_visit(1).await;
    drop(handle.clone());
    drop(handle);
    soon(running).await.unwrap();
    visit.gone().await;
}

#[tokio::test]
async fn a_paired_device_talks_by_tls_with_its_own_hall_alone() {
    let (own, other) = (Certificate::new(), Certificate::new());
    let mut hall = Hall::open().await;
    hall.show(&other);
    // Whatever the address says: what is paired says nothing plainly.
    let mut client = Client::paired(hall.address(), &own);
    hall.rejected_visit().await;
    let (_, why) = client.wait_until_down().await;
    assert_eq!(why, Lost::OtherHall);
    hall.show(&own);
    let mut client = Client::paired(hall.address(), &own);
    let (mut visit, hello) = hall.welcomed_visit(1).await;
    assert_eq!(hello.key, Some(Secret::new("the device's key")));
    client.wait_until_up().await;
    let id = client.handle.request(act()).unwrap();
    assert_eq!(visit.hear().await, ClientFrame::Request { id, act: act() });
    visit.say(&answer(id)).await;
    assert_eq!(wait_for_answer(&mut client).await, id);
}

#[tokio::test]
async fn an_unpaired_device_says_nothing_by_tls_and_hears_that_it_must_be_paired() {
    let hall = Hall::open().await;
    let mut client = Client::start(hall.address().secure());
    assert_eq!(client.wait_until_down().await.1, Lost::NotPaired);
    let mut client = Client::start(hall.address());
    hall.answer("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n")
        .await;
    assert_eq!(client.wait_until_down().await.1, Lost::NotPaired);
}

#[tokio::test]
async fn a_paired_device_does_not_take_a_plain_answer() {
    let hall = Hall::open().await;
    let mut client = Client::paired(hall.address(), &Certificate::new());
    hall.answer("HTTP/1.1 101 Switching Protocols\r\n\r\n")
        .await;
    let (_, why) = client.wait_until_down().await;
    assert!(matches!(why, Lost::NotAHall(_)), "{why}");
}

#[tokio::test]
async fn a_hall_that_does_not_know_the_code_pairs_nobody() {
    let mut hall = Hall::open().await;
    hall.show(&Certificate::new());
    let address = hall.address();
    let pairing = tokio::spawn(async move {
        let told = pair(&address, "kiosk-1", "test", "K7QM-3XPD").await;
        told.map(|(paired, _)| paired)
    });
    let mut visit = hall.visit().await;
    let ClientFrame::Pair(ask) = visit.hear().await else {
        panic!("the first frame is a pair");
    };
    assert_eq!(ask.device, "kiosk-1");
    let frame = serde_json::to_string(&ask).unwrap();
    assert!(
        !frame.contains("K7QM") && !frame.contains("3XPD"),
        "{frame}"
    );
    visit
        .say(&HallFrame::Paired(Paired {
            key: Secret::new("a key"),
            role: Role::Kiosk,
            // What the device said is no proof of the other side.
            proof: ask.proof,
        }))
        .await;
    assert_eq!(soon(pairing).await.unwrap(), Err(PairError::Impostor));
}

#[tokio::test]
async fn a_hall_that_refuses_to_pair_is_heard() {
    let mut hall = Hall::open().await;
    hall.show(&Certificate::new());
    let address = hall.address();
    let pairing = tokio::spawn(async move { pair(&address, "kiosk-1", "test", "K7QM-3XPD").await });
    let mut visit = hall.visit().await;
    visit.hear().await;
    visit
        .say(&HallFrame::Bye(Bye {
            code: ByeCode::PairingFailed,
            message: "get a new code".into(),
        }))
        .await;
    let told = soon(pairing).await.unwrap().unwrap_err().to_string();
    assert!(told.contains("get a new code"), "{told}");
}
