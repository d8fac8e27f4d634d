//! The real program, killed at random moments under load, and what it knows when it is back.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hall::HallSettings;
use protocol::{Act, Done, Outcome, Role};
use queue::Queue;
use store::Store;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::client::{Answered, Client, Gone, sign_in, take};
use super::hall_file::{self, SERVICES};
use super::torture::{Row, Stopwatch};

/// Kills over one folder: a memory that has seen some, and is soon looked at as a whole.
const ROUNDS: usize = 20;
const KIOSKS: u16 = 4;
const COUNTERS: u16 = 4;

const SERVING_AGAIN_WITHIN: Duration = Duration::from_secs(2);

/// A build without optimisation that runs beside other tests may take so long.
const WITHOUT_OPTIMISATION: Duration = Duration::from_secs(20);

/// Requests that a client has in flight at the same time.
const IN_FLIGHT: usize = 4;

/// The hall as a process, which is killed when this is dropped.
pub struct Process {
    child: Child,
    pub url: String,
}

impl Process {
    pub fn start(folder: &Path, settings: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hall"))
            .args([
                "serve",
                "--trial",
                "--print-address",
                "--listen",
                "127.0.0.1:0",
            ])
            .arg("--data")
            .arg(folder)
            .arg("--settings")
            .arg(settings)
            .env("PAIHAO_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the hall is built");
        let output = child.stdout.take().expect("its output");
        let mut url = String::new();
        let read = BufReader::new(output).read_line(&mut url);
        read.expect("the address is its first line");
        Self {
            child,
            url: url.trim().to_owned(),
        }
    }

    /// SIGKILL, which leaves it no time for anything.
    fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it has ended");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have been killed before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything that was asked, and what was confirmed of it.
#[derive(Default)]
struct Record {
    asked: Vec<(Uuid, Act)>,
    confirmed: HashMap<Uuid, Outcome>,
}

impl Record {
    fn confirm(&mut self, answered: Answered) {
        let before = self.confirmed.insert(answered.id, answered.outcome.clone());
        if let Some(before) = before {
            assert_eq!(
                before, answered.outcome,
                "{:?} has one outcome",
                answered.act
            );
        }
    }

    fn tickets(&self) -> usize {
        let issued = |outcome: &&Outcome| matches!(outcome, Outcome::Done(Done::Issued(_)));
        self.confirmed.values().filter(issued).count()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_that_was_confirmed() {
    let mut row = Row::begin("1", "SIGKILL of the real hall under load", ROUNDS as u64);
    let mut worst = Duration::ZERO;
    while row.next_seed().is_some() {
        worst = worst.max(kill_again_and_again().await);
        row.passed(ROUNDS as u64);
    }
    row.measured(format!("serving again after {worst:.2?} at most"));
}

/// Gives the longest time until it was back.
async fn kill_again_and_again() -> Duration {
    let folder = TempDir::new().expect("a folder");
    let (data, settings) = (folder.path().join("data"), folder.path().join("hall.toml"));
    fs::write(&settings, hall_file::text(COUNTERS)).expect("room");
    let mut record = Record::default();
    let mut back: Vec<Duration> = Vec::new();
    for round in 0..ROUNDS {
        let watch = Stopwatch::start();
        let mut hall = Process::start(&data, &settings);
        // The last ones first: they are those whose answers may have been lost.
        let last = record.asked.len().saturating_sub(500);
        let again = record.asked[last..].to_vec();
        ask_again(&hall.url, again, &mut record, || {
            let took = watch.elapsed();
            assert!(took <= watch.allowed(SERVING_AGAIN_WITHIN, WITHOUT_OPTIMISATION));
            back.push(took);
        })
        .await;
        // The last bits of a version 7 id are random.
        let answers_until_kill = 20 + Uuid::now_v7().as_u128() % 400;
        work_until_killed(&mut hall, round, answers_until_kill, &mut record).await;
        the_disk_holds_together(&data, &settings);
    }

    let mut hall = Process::start(&data, &settings);
    let all = record.asked.clone();
    ask_again(&hall.url, all, &mut record, || {}).await;
    hall.kill();
    let tickets = the_disk_holds_together(&data, &settings);
    assert_eq!(
        tickets,
        record.tickets(),
        "each ticket has its press, each press its ticket"
    );
    back.into_iter().max().expect("it was started")
}

/// Kiosks and counters press without end; after so many answers the plug is pulled.
async fn work_until_killed(hall: &mut Process, round: usize, answers: u128, record: &mut Record) {
    let (answered, mut all_answers) = mpsc::unbounded_channel();
    let mut clients = JoinSet::new();
    for place in 1..=KIOSKS {
        let (url, answered) = (hall.url.clone(), answered.clone());
        clients.spawn(press_until_gone(url, Role::Kiosk, place, answered));
    }
    for place in 1..=COUNTERS {
        let (url, answered) = (hall.url.clone(), answered.clone());
        clients.spawn(press_until_gone(url, Role::Counter, place, answered));
    }
    drop(answered);
    for _ in 0..answers {
        let answered: Answered = all_answers.recv().await.expect("the hall answers");
        record.asked.push((answered.id, answered.act.clone()));
        record.confirm(answered);
    }
    hall.kill();
    let unanswered = clients.join_all().await.concat();
    assert!(
        !unanswered.is_empty(),
        "round {round} was killed under load"
    );
    while let Ok(answered) = all_answers.try_recv() {
        record.asked.push((answered.id, answered.act.clone()));
        record.confirm(answered);
    }
    record.asked.extend(unanswered);
}

/// Keeps requests in flight until the connection is gone, and gives those without an answer.
async fn press_until_gone(
    url: String,
    role: Role,
    place: u16,
    answered: mpsc::UnboundedSender<Answered>,
) -> Vec<(Uuid, Act)> {
    let Ok(mut client) = Client::join(&url, role, &format!("{role:?}-{place}")).await else {
        return Vec::new();
    };
    for step in 0.. {
        let act = match role {
            Role::Kiosk => take(SERVICES[step % SERVICES.len()], "ordinary"),
            _ => clerks_act(step, place),
        };
        if client.press(act).await.is_err() || hear(&mut client, &answered).await.is_err() {
            break;
        }
    }
    client.into_unanswered()
}

fn clerks_act(step: usize, counter: u16) -> Act {
    match step % 4 {
        0 => sign_in(counter),
        1 => Act::CallNext { counter },
        2 => Act::Arrive { counter },
        _ => Act::finish(counter),
    }
}

async fn hear(client: &mut Client, answered: &mpsc::UnboundedSender<Answered>) -> Result<(), Gone> {
    while client.in_flight() >= IN_FLIGHT {
        // Nobody listens any more only when the test has failed.
        let _ = answered.send(client.answer().await?);
    }
    Ok(())
}

/// Asks everything again with the same ids; `first` is told when the first answer has come.
async fn ask_again(
    url: &str,
    requests: Vec<(Uuid, Act)>,
    record: &mut Record,
    first: impl FnOnce(),
) {
    let mut first = Some(first);
    for role in [Role::Kiosk, Role::Counter] {
        let mut client = Client::join(url, role, &format!("again-{role:?}"))
            .await
            .expect("the hall is back");
        for (id, act) in requests.iter().filter(|(_, act)| act.roles()[0] == role) {
            client
                .press_as(*id, act.clone())
                .await
                .expect("the hall serves");
            if client.in_flight() >= 32 {
                record.confirm(client.answer().await.expect("the hall serves"));
                first.take().into_iter().for_each(|first| first());
            }
        }
        while client.in_flight() > 0 {
            record.confirm(client.answer().await.expect("the hall serves"));
            first.take().into_iter().for_each(|first| first());
        }
    }
}

/// Reads a copy of the file as it lies there after the kill, so that the hall itself has to
/// recover the very same; gives the number of tickets.
fn the_disk_holds_together(data: &Path, settings: &Path) -> usize {
    let copy = TempDir::new().expect("a folder");
    for file in fs::read_dir(data).expect("the folder") {
        let file = file.expect("a file");
        if !file.file_type().expect("a kind").is_file() {
            continue;
        }
        fs::copy(file.path(), copy.path().join(file.file_name())).expect("room");
    }
    let settings = HallSettings::read(settings).expect("the settings");
    let mut queue = Queue::new(settings.rules());
    Store::open(copy.path())
        .expect("the file is sound")
        .replay(|event| queue.evolve(&event))
        .expect("the journal is sound");
    queue.check().expect("the rules hold");
    queue.day().tickets().len()
}
