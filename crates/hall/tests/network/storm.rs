//! 32 kiosks and 32 clerks at once, 100,000 operations: no number twice, no ticket called twice,
//! none lost. Of the systems looked at, most fail this with 400.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use hall::{Clock, HallSettings, Server};
use protocol::{Act, Called, Done, Issued, Outcome, Refusal, Role};
use queue::{Queue, State};
use store::Store;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::client::{Answered, Client, sign_in, take};
use super::hall_file::{self, SERVICES};

const KIOSKS: u16 = 32;
const CLERKS: u16 = 32;

/// A ticket is taken and printed; called, arrived and finished: 2 and 3 operations.
const OPERATIONS_OF_A_KIOSK: usize = 1_250;
const OPERATIONS_OF_A_CLERK: usize = 1_875;

/// Requests that a client has in flight at the same time.
const IN_FLIGHT: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_two_kiosks_and_thirty_two_clerks_do_a_hundred_thousand_operations() {
    let folder = TempDir::new().expect("a folder");
    let server = start(&folder).await;
    let started = Instant::now();
    let mut kiosks = JoinSet::new();
    let mut clerks = JoinSet::new();
    for place in 1..=KIOSKS {
        kiosks.spawn(kiosk(server.url(), place));
    }
    for counter in 1..=CLERKS {
        clerks.spawn(clerk(server.url(), counter));
    }
    let issued: Vec<Issued> = kiosks.join_all().await.concat();
    let mut called: Vec<Called> = clerks.join_all().await.concat();
    let operations =
        usize::from(KIOSKS) * OPERATIONS_OF_A_KIOSK + usize::from(CLERKS) * OPERATIONS_OF_A_CLERK;
    assert_eq!(operations, 100_000);
    let seconds = started.elapsed().as_secs_f64();
    eprintln!(
        "{operations} operations in {seconds:.1} s, {:.0}/s; {} issued, {} called, in this build",
        operations as f64 / seconds,
        issued.len(),
        called.len()
    );
    called.extend(drain(&server.url()).await);

    numbers_run_without_gap_or_repeat(&issued);
    let tickets: BTreeSet<u64> = issued.iter().map(|issued| issued.ticket).collect();
    let hands: BTreeSet<u64> = called.iter().map(|called| called.ticket).collect();
    assert_eq!(hands.len(), called.len(), "no ticket is called twice");
    assert_eq!(hands, tickets, "every ticket that was issued is called");
    server.stop().await.expect("a clean end");
    the_record_says_the_same(&folder, &issued);
}

async fn start(folder: &TempDir) -> Server {
    let mut settings = HallSettings::parse("hall.toml", &hall_file::text(CLERKS)).expect("a hall");
    settings.trust.trial = true;
    let store = Store::open(folder.path()).expect("the folder can be written");
    let last = store.last_moment().expect("readable");
    let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
    Server::start(settings, store, clock)
        .await
        .expect("the hall starts")
}

/// Takes tickets of every service and says that they were printed.
async fn kiosk(url: String, place: u16) -> Vec<Issued> {
    let mut client = Client::join(&url, Role::Kiosk, &format!("kiosk-{place}"))
        .await
        .expect("the hall listens");
    let (mut issued, mut to_print) = (Vec::new(), VecDeque::new());
    let mut asked = 0;
    while asked < OPERATIONS_OF_A_KIOSK || client.in_flight() > 0 {
        while asked < OPERATIONS_OF_A_KIOSK && client.in_flight() < IN_FLIGHT {
            let act = match to_print.pop_front() {
                Some(ticket) => Act::Printed { ticket, copies: 0 },
                None => next_take(asked),
            };
            client.press(act).await.expect("the hall serves");
            asked += 1;
        }
        let answered = client.answer().await.expect("the hall serves");
        match answered.outcome {
            Outcome::Done(Done::Issued(ticket)) => {
                to_print.push_back(ticket.ticket);
                issued.push(ticket);
            }
            Outcome::Done(Done::Done) => {}
            other => panic!("{:?}: {other:?}", answered.act),
        }
    }
    issued
}

fn next_take(asked: usize) -> Act {
    let class = if asked.is_multiple_of(10) {
        "elderly"
    } else {
        "ordinary"
    };
    take(SERVICES[asked % SERVICES.len()], class)
}

/// Calls, lets arrive and finishes, without waiting for the answers in between.
async fn clerk(url: String, counter: u16) -> Vec<Called> {
    let mut client = Client::join(&url, Role::Counter, &format!("desk-{counter}"))
        .await
        .expect("the hall listens");
    client
        .press(sign_in(counter))
        .await
        .expect("the hall serves");
    client.answer().await.expect("the hall serves");
    let mut called = Vec::new();
    let mut asked = 0;
    while asked < OPERATIONS_OF_A_CLERK || client.in_flight() > 0 {
        while asked < OPERATIONS_OF_A_CLERK && client.in_flight() < IN_FLIGHT {
            let act = match asked % 3 {
                0 => Act::CallNext { counter },
                1 => Act::Arrive { counter },
                _ => Act::finish(counter),
            };
            client.press(act).await.expect("the hall serves");
            asked += 1;
        }
        let answered = client.answer().await.expect("the hall serves");
        called.extend(call_of(answered));
    }
    called
}

fn call_of(answered: Answered) -> Option<Called> {
    match answered.outcome {
        Outcome::Done(Done::Called(called)) => Some(called),
        Outcome::Done(Done::Done)
        | Outcome::Refused(Refusal::NobodyWaits | Refusal::NothingInHand) => None,
        other => panic!("{:?}: {other:?}", answered.act),
    }
}

/// One clerk calls whoever is left.
async fn drain(url: &str) -> Vec<Called> {
    let mut client = Client::join(url, Role::Counter, "desk-1")
        .await
        .expect("the hall listens");
    let mut called = Vec::new();
    loop {
        let before = called.len();
        for _ in 0..IN_FLIGHT {
            for act in [Act::CallNext { counter: 1 }, Act::finish(1)] {
                client.press(act).await.expect("the hall serves");
            }
        }
        while client.in_flight() > 0 {
            called.extend(call_of(client.answer().await.expect("the hall serves")));
        }
        if called.len() == before {
            return called;
        }
    }
}

fn numbers_run_without_gap_or_repeat(issued: &[Issued]) {
    let mut series: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for ticket in issued {
        let value = ticket.number[1..]
            .parse()
            .expect("digits behind the letter");
        let new = series.entry(&ticket.service).or_default().insert(value);
        assert!(new, "{} was given twice", ticket.number);
    }
    for (service, numbers) in series {
        let expected: BTreeSet<u32> = (1..=numbers.len() as u32).collect();
        assert!(numbers == expected, "the series {service} has a gap");
    }
}

fn the_record_says_the_same(folder: &TempDir, issued: &[Issued]) {
    let settings = HallSettings::parse("hall.toml", &hall_file::text(CLERKS)).expect("a hall");
    let store = Store::open(folder.path()).expect("the file");
    let mut queue = Queue::new(settings.rules());
    store
        .replay(|event| queue.evolve(&event))
        .expect("a sound journal");
    queue.check().expect("the rules hold");
    assert_eq!(queue.day().tickets().len(), issued.len());
    assert_eq!(queue.day().count(State::Finished), issued.len());
    for ticket in issued {
        let stored = queue.day().ticket(queue::TicketId(ticket.ticket));
        let number = stored.expect("it is on disk").number.to_string();
        assert_eq!(number, ticket.number);
    }
}
