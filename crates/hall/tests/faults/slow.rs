//! Rows 8, 9 and 11: who does not read, who comes all at once, who never comes to the point.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use protocol::{Act, Role};
use tokio::task::JoinSet;

use super::client::{Client, sign_in, take};
use super::disk::Chance;
use super::process::{Place, Process};
use super::raw::{LAST, Raw, TEXT, UPGRADE, frame, head, hello, text};
use super::running::Running;
use super::torture::{Row, Stopwatch};

/// Who says nothing whole is let go after so long.
const LET_GO_WITHIN: Duration = Duration::from_secs(5);

/// How late a thread of a normal test may wake up beside others. What the machine is really late by
/// is added to it.
const LATE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 0 });

/// Ways to hold a connection with less than a whole word.
#[derive(Clone, Copy, Debug)]
enum Way {
    Nothing,
    PartOfAHead,
    HeadByteByByte,
    NoHello,
    PartOfAFrameHead,
    PartOfAFrame,
    FrameByteByByte,
    NoHelloButPings,
    BodyThatDoesNotCome,
}

const WAYS: [Way; 9] = [
    Way::Nothing,
    Way::PartOfAHead,
    Way::HeadByteByByte,
    Way::NoHello,
    Way::PartOfAFrameHead,
    Way::PartOfAFrame,
    Way::FrameByteByByte,
    Way::NoHelloButPings,
    Way::BodyThatDoesNotCome,
];

#[test]
fn who_never_comes_to_the_point_is_let_go() {
    let mut row = Row::begin("11", "part of a head, of a frame, nothing", 45);
    let place = Place::new(1);
    let hall = place.start();
    let address = hall.address();
    let mut slowest = Duration::ZERO;
    while let Some(seed) = row.next_seed() {
        // All at once, as an attacker would.
        let together = (row.wanted() - row.cases_passed()).min(200);
        let ended = thread::scope(|scope| {
            let late = scope.spawn(late);
            let slow = (0..together).map(|place| {
                let way = WAYS[place as usize % WAYS.len()];
                let chance = Chance::new(seed * 1_000 + place);
                scope.spawn(move || (way, let_go_after(address, way, chance)))
            });
            let slow: Vec<_> = slow.collect();
            let ended: Vec<_> = slow
                .into_iter()
                .map(|slow| slow.join().expect("it ends"))
                .collect();
            (ended, late.join().expect("it ends"))
        });
        let (ended, late) = ended;
        for (way, after) in ended {
            assert!(
                after <= LET_GO_WITHIN + LATE + late,
                "{way:?} after {after:?}, the machine is late by {late:?}"
            );
            slowest = slowest.max(after);
        }
        row.passed(together);
    }
    place.nothing_panicked();
    row.measured(format!("let go after {slowest:.2?} at most"));
}

/// How late this machine wakes somebody up, over the time that this takes.
fn late() -> Duration {
    let nap = Duration::from_millis(100);
    let naps = (0..50).map(|_| {
        let begin = Instant::now();
        thread::sleep(nap);
        begin.elapsed().saturating_sub(nap)
    });
    naps.max().unwrap_or_default()
}

/// From the last step forward until the hall has had enough.
fn let_go_after(address: SocketAddr, way: Way, mut chance: Chance) -> Duration {
    let (mut raw, drip) = hold(address, way, &mut chance);
    let begin = Instant::now();
    let patience = Duration::from_secs(60);
    let Some(drip) = drip else {
        raw.until_ended(patience);
        return begin.elapsed();
    };
    for byte in drip {
        if raw.say(&byte).is_err() || raw.until_ended(Duration::from_millis(300)).after.is_some() {
            break;
        }
    }
    begin.elapsed()
}

type Drip = Box<dyn Iterator<Item = Vec<u8>>>;

/// A connection that is held in this way, and what goes on dripping into it.
fn hold(address: SocketAddr, way: Way, chance: &mut Chance) -> (Raw, Option<Drip>) {
    let device = format!("slow-{}", chance.next());
    let connected = || Raw::connect(address).expect("it listens");
    let upgraded = || Raw::upgraded(address).expect("it listens");
    let joined = || Raw::joined(address, Role::Kiosk, &device).expect("it listens");
    let part = |bytes: &[u8], chance: &mut Chance| {
        let length = 1 + chance.below(bytes.len() as u64 - 1) as usize;
        bytes[..length].to_vec()
    };
    let begun = |mut raw: Raw, said: &[u8]| {
        raw.say(said).expect("it listens");
        (raw, None)
    };
    match way {
        Way::Nothing => (connected(), None),
        Way::PartOfAHead => begun(connected(), &part(UPGRADE.as_bytes(), chance)),
        Way::HeadByteByByte => {
            let bytes = UPGRADE.trim_end().as_bytes().to_vec();
            (connected(), Some(bytes_of(bytes)))
        }
        Way::NoHello => (upgraded(), None),
        Way::PartOfAFrameHead => begun(upgraded(), &part(&head(LAST | TEXT, 300), chance)),
        Way::PartOfAFrame => begun(
            upgraded(),
            &part(&text(&hello(Role::Kiosk, &device)), chance),
        ),
        Way::FrameByteByByte => {
            let mut bytes = head(LAST | TEXT, 60_000);
            bytes.extend(vec![b' '; 1_000]);
            (joined(), Some(bytes_of(bytes)))
        }
        Way::NoHelloButPings => {
            let ping = frame(LAST | super::raw::PING, b"here");
            (upgraded(), Some(Box::new(std::iter::repeat_n(ping, 1_000))))
        }
        Way::BodyThatDoesNotCome => {
            let post = "POST /ws HTTP/1.1\r\nHost: hall\r\nContent-Length: 1000\r\n\r\nx";
            begun(connected(), post.as_bytes())
        }
    }
}

fn bytes_of(bytes: Vec<u8>) -> Drip {
    Box::new(bytes.into_iter().map(|byte| vec![byte]))
}

const ALL_BACK_WITHIN: Duration = Duration::from_secs(2);

/// A build without optimisation may take so many times what the same clients need for nothing but
/// their connections.
const TIMES_BARE_CONNECTIONS: u32 = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_clients_come_back_at_once_and_no_press_is_lost() {
    let mut row = Row::begin("9", "clients reconnect at once", 200);
    // Two sockets of each client are in this program.
    let clients = row.wanted().min(1_000);
    let mut hall = Running::start(1).await;
    let mut worst = (Duration::ZERO, Duration::ZERO, 100);
    let mut pressed = 0;
    while row.next_seed().is_some() {
        let unanswered = press_and_lose(&mut hall, clients).await;
        pressed += unanswered.len();
        let bare = bare_connections(hall.url(), clients).await;
        let watch = Stopwatch::start();
        let mut coming = JoinSet::new();
        for (place, request) in unanswered.into_iter().enumerate() {
            let url = hall.url();
            coming.spawn(async move {
                let device = format!("kiosk-{place}");
                let mut client = Client::join(&url, Role::Kiosk, &device)
                    .await
                    .expect("it listens");
                client
                    .press_as(request.0, request.1)
                    .await
                    .expect("it serves");
                client.answer().await.expect("it serves").outcome
            });
        }
        let answered = coming.join_all().await;
        let took = watch.elapsed();
        let allowed = watch.allowed(ALL_BACK_WITHIN, bare * TIMES_BARE_CONNECTIONS);
        let left = watch.left_percent();
        assert!(
            took <= allowed,
            "all back after {took:?}, allowed are {allowed:?}"
        );
        assert_eq!(answered.len() as u64, clients);
        worst = worst.max((took, bare, left));
        row.passed(clients);
    }
    hall.stop().await;
    assert_eq!(
        hall.on_disk().day().tickets().len(),
        pressed,
        "one ticket for each press"
    );
    row.measured(format!(
        "all served after {:.2?} at most, with {} % of the machine; bare connections take {:.2?}",
        worst.0, worst.2, worst.1
    ));
}

/// Everybody presses, and the hall is gone before anybody knows.
async fn press_and_lose(hall: &mut Running, clients: u64) -> Vec<(uuid::Uuid, Act)> {
    let mut pressing = JoinSet::new();
    for place in 0..clients {
        let url = hall.url();
        pressing.spawn(async move {
            let device = format!("kiosk-{place}");
            let mut client = Client::join(&url, Role::Kiosk, &device)
                .await
                .expect("it listens");
            client
                .press(take("A", "ordinary"))
                .await
                .expect("it serves");
            client.into_unanswered()
        });
    }
    let unanswered = pressing.join_all().await.concat();
    hall.restart().await;
    unanswered
}

async fn bare_connections(url: String, clients: u64) -> Duration {
    let begin = Instant::now();
    let mut connecting = JoinSet::new();
    for _ in 0..clients {
        let url = url.clone();
        connecting.spawn(async move { tokio_tungstenite::connect_async(url).await.map(|_| ()) });
    }
    for connected in connecting.join_all().await {
        connected.expect("it listens");
    }
    begin.elapsed()
}

/// What a bounded outbox, and the system's buffers behind it, hold of one who does not read.
const MOST_BYTES_OF_ONE: u64 = 8 * 1024 * 1024;

/// Presses over which the others' waits are measured.
const MEASURED: usize = 300;

/// A busy machine makes some presses late by itself.
const NOISE: Duration = Duration::from_millis(100);

/// Counters whose clerks give the hall much to tell.
const DESKS: u16 = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_let_go_and_the_others_do_not_notice() {
    let mut row = Row::begin("8", "clients that do not read", 2);
    let slow = row.wanted();
    let place = Place::new(DESKS);
    let hall = place.start();
    let mut others = watching(&hall, (slow * 20).min(900)).await;
    others.spawn(pause_and_resume(hall.url.clone()));
    let before = waits(&hall).await;
    let (bytes_before, files_before) = (hall.resident_bytes(), hall.open_files());
    let (enough, address) = (Arc::new(AtomicBool::new(false)), hall.address());
    let reading = (0..slow).map(|place| {
        let enough = Arc::clone(&enough);
        let (joined, has_joined) = mpsc::channel();
        let reading = thread::spawn(move || {
            let raw = Raw::connect_narrow(address).expect("it listens");
            let raw = raw.join(Role::Counter, &format!("slow-{place}"));
            joined.send(()).expect("somebody waits for it");
            read_a_byte_a_second(raw.expect("it listens"), &enough);
        });
        has_joined.recv().expect("it joins");
        reading
    });
    let reading: Vec<_> = reading.collect();
    let begin = Instant::now();
    let mut during = waits(&hall).await;
    let mut most_bytes = hall.resident_bytes();
    // Its own connection stands in both numbers.
    while hall.open_files() > files_before {
        assert!(
            begin.elapsed() < Duration::from_secs(180),
            "they are let go"
        );
        during = during.min(waits(&hall).await);
        most_bytes = most_bytes.max(hall.resident_bytes());
    }
    let let_go_after = begin.elapsed();
    enough.store(true, Ordering::Relaxed);
    reading
        .into_iter()
        .for_each(|reading| reading.join().expect("it ends"));
    let grown = most_bytes.saturating_sub(bytes_before);
    assert!(
        grown < 32 * 1024 * 1024 + slow * MOST_BYTES_OF_ONE,
        "{grown} bytes more memory"
    );
    assert!(
        during <= before * 2 + NOISE,
        "p99 was {before:?}, and is {during:?}"
    );
    others.abort_all();
    place.nothing_panicked();
    row.measured(format!(
        "p99 of the others {before:.1?} before, {during:.1?} meanwhile; all let go after {let_go_after:.0?}; {} KiB more memory",
        grown / 1024
    ));
    row.passed(slow);
}

/// Walls that read everything.
async fn watching(hall: &Process, walls: u64) -> JoinSet<()> {
    let mut watching = JoinSet::new();
    for place in 0..walls {
        let device = format!("wall-{place}");
        let mut wall = Client::join(&hall.url, Role::Wall, &device)
            .await
            .expect("it listens");
        watching.spawn(async move {
            // It asks for nothing, so it reads until the end.
            let _ = wall.answer().await;
        });
    }
    watching
}

/// Changes every counter's row, over and over.
async fn pause_and_resume(url: String) {
    let mut desk = Client::join(&url, Role::Counter, "desk")
        .await
        .expect("it listens");
    for counter in 1..=DESKS {
        desk.press(sign_in(counter)).await.expect("it serves");
        desk.answer().await.expect("it serves");
    }
    for round in 0_u32.. {
        let reason = format!("{round:0>100}");
        for counter in 1..=DESKS {
            let act = match round % 2 {
                0 => Act::Pause {
                    counter,
                    reason: reason.clone(),
                },
                _ => Act::Resume { counter },
            };
            desk.press(act).await.expect("it serves");
        }
        while desk.in_flight() > 0 {
            desk.answer().await.expect("it serves");
        }
    }
}

/// How long all but the slowest hundredth of some presses wait for their answer.
async fn waits(hall: &Process) -> Duration {
    let mut kiosk = Client::join(&hall.url, Role::Kiosk, "kiosk-1")
        .await
        .expect("it listens");
    let mut waits = Vec::new();
    for _ in 0..MEASURED {
        let begin = Instant::now();
        // A service that there is not: the refusal is stored like a ticket, and nothing grows.
        kiosk
            .press(take("none", "ordinary"))
            .await
            .expect("it serves");
        kiosk.answer().await.expect("it serves");
        waits.push(begin.elapsed());
    }
    waits.sort_unstable();
    waits[MEASURED * 99 / 100]
}

/// Reads so little that its buffers fill, and holds on to it.
fn read_a_byte_a_second(mut raw: Raw, enough: &AtomicBool) {
    while !enough.load(Ordering::Relaxed) {
        // An end is not seen before all that came before it is read.
        let _ = raw.hear_a_byte();
        thread::sleep(Duration::from_secs(1));
    }
}
