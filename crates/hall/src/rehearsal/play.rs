//! Plays a day: kiosks that take, clerks that call, a wall that watches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use protocol::{Act, Called, Done, Outcome, Refusal, Role, Row};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{self, Instant};

use super::client::Client;
use super::day::{Customer, Day, WALK_MS};
use super::report::Report;

/// Kiosks in the hall. Customers take turns at them.
const KIOSKS: usize = 4;

/// How long the hall may take for the last call to reach the wall, in milliseconds of the machine.
const WALL_DEADLINE_MS: u64 = 10_000;

/// Why a day could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// No hall answers.
    #[error(
        "no hall answers at {url}: {reason}. Start one with `hall serve`, or leave --hall away."
    )]
    NoHall {
        /// Where.
        url: String,
        /// Why.
        reason: String,
    },
    /// The hall ended the connection.
    #[error("the hall cut the rehearsal off: {0}")]
    CutOff(String),
    /// The hall refused what a customer or clerk of this day has to do.
    #[error("the hall refused {act}: {refusal:?}. Is it the hall of this day, and is it empty?")]
    Refused {
        /// What was asked.
        act: String,
        /// Why not.
        refusal: Refusal,
    },
    /// A player ended for a reason of its own.
    #[error("a player of the rehearsal ended: {0}")]
    Player(String),
}

impl PlayError {
    pub(super) fn cut_off(error: impl ToString) -> Self {
        Self::CutOff(error.to_string())
    }
}

/// Plays `day` on the hall at `url`, `speed` times as fast as it was. `hall_speed` says how fast
/// the hall's own clock runs: the same for a hall that was started for it, 1 for any other.
/// `progress` is told how many customers are done.
///
/// # Errors
/// See [`PlayError`].
pub async fn play(
    day: Day,
    url: &str,
    speed: u32,
    hall_speed: u32,
    progress: impl Fn(usize) + Send + Sync + 'static,
) -> Result<Report, PlayError> {
    let total = day.customers.len();
    let (done, _) = watch::channel(0);
    let floor = Arc::new(Floor {
        report: Mutex::new(Report::new(
            day.title.clone(),
            total,
            speed / hall_speed.max(1),
        )),
        present: Mutex::default(),
        entered: Notify::new(),
        done,
        total,
        speed,
        progress: Box::new(progress),
    });
    let mut players = JoinSet::new();
    let (seated, mut seats) = mpsc::channel(1);
    for number in day.settings.counters.keys().map(|number| number.0) {
        players.spawn(clerk(
            Arc::clone(&floor),
            url.to_owned(),
            number,
            seated.clone(),
        ));
    }
    drop(seated);
    // The doors open when every clerk sits.
    while seats.recv().await.is_some() {}
    let watching = tokio::spawn(wall(Arc::clone(&floor), url.to_owned()));
    let opened = Instant::now();
    for kiosk in 0..KIOSKS {
        let turns = day
            .customers
            .iter()
            .skip(kiosk)
            .step_by(KIOSKS)
            .cloned()
            .collect();
        players.spawn(customers(
            Arc::clone(&floor),
            url.to_owned(),
            kiosk,
            turns,
            opened,
        ));
    }
    while let Some(player) = players.join_next().await {
        player.map_err(|error| PlayError::Player(error.to_string()))??;
    }
    let wall_deadline = Duration::from_millis(WALL_DEADLINE_MS);
    // A wall that missed a call is in the report: fewer shown than called.
    if let Ok(watched) = time::timeout(wall_deadline, watching).await {
        watched.map_err(|error| PlayError::Player(error.to_string()))??;
    }
    Ok(floor.report().clone())
}

/// What the players share: the report, and who is in the room.
struct Floor {
    report: Mutex<Report>,
    /// Customers with a ticket in their hand, by its id.
    present: Mutex<HashMap<u64, Customer>>,
    entered: Notify,
    /// How many customers are done, for those who wait for the end.
    done: watch::Sender<usize>,
    total: usize,
    speed: u32,
    progress: Box<dyn Fn(usize) + Send + Sync>,
}

impl Floor {
    fn report(&self) -> std::sync::MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn present(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Customer>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So much time of the day, in time of the machine.
    fn real(&self, day_ms: u64) -> Duration {
        Duration::from_micros(day_ms * 1_000 / u64::from(self.speed.max(1)))
    }

    fn enter(&self, ticket: u64, customer: Customer) {
        self.present().insert(ticket, customer);
        self.entered.notify_waiters();
    }

    /// The customer with this ticket. The kiosk's line may be a moment behind the hall.
    async fn meet(&self, ticket: u64) -> Customer {
        loop {
            let entered = self.entered.notified();
            if let Some(customer) = self.present().remove(&ticket) {
                return customer;
            }
            entered.await;
        }
    }

    fn one_is_done(&self) {
        self.done.send_modify(|done| *done += 1);
        (self.progress)(*self.done.borrow());
    }

    async fn everybody_is_done(&self) {
        // An error would mean that the floor itself is gone, and it is borrowed here.
        let _ = self
            .done
            .subscribe()
            .wait_for(|done| *done >= self.total)
            .await;
    }
}

async fn customers(
    floor: Arc<Floor>,
    url: String,
    kiosk: usize,
    turns: Vec<Customer>,
    opened: Instant,
) -> Result<(), PlayError> {
    let mut client = Client::join(&url, Role::Kiosk, format!("rehearsal-kiosk-{kiosk}")).await?;
    for customer in turns {
        time::sleep_until(opened + floor.real(customer.comes_ms)).await;
        let service = customer.service.to_string();
        let class = customer.class.to_string();
        let act = Act::take(service, class);
        match client.ask(act.clone()).await? {
            Outcome::Done(Done::Issued(issued)) => {
                floor.report().issued(&issued);
                floor.enter(issued.ticket, customer);
                client
                    .ask(Act::Printed {
                        copies: 0,
                        ticket: issued.ticket,
                    })
                    .await?;
            }
            Outcome::Done(_) => {
                return Err(PlayError::CutOff(
                    "a take was answered without a ticket".to_owned(),
                ));
            }
            Outcome::Refused(refusal) => {
                return Err(PlayError::Refused {
                    act: format!("{act:?}"),
                    refusal,
                });
            }
        }
    }
    Ok(())
}

async fn clerk(
    floor: Arc<Floor>,
    url: String,
    counter: u16,
    seated: mpsc::Sender<()>,
) -> Result<(), PlayError> {
    let mut client =
        Client::join(&url, Role::Counter, format!("rehearsal-counter-{counter}")).await?;
    let clerk = format!("rehearsal {counter}");
    must(&mut client, Act::sign_in(counter, clerk)).await?;
    drop(seated);
    loop {
        match client.ask(Act::CallNext { counter }).await? {
            Outcome::Done(Done::Called(called)) => {
                serve(&floor, &mut client, counter, called).await?
            }
            Outcome::Refused(Refusal::NobodyWaits) => {
                let next = tokio::select! {
                    next = somebody_comes(&mut client, counter) => next,
                    () = floor.everybody_is_done() => break,
                };
                next?;
            }
            other => {
                return Err(PlayError::CutOff(format!(
                    "a call was answered with {other:?}"
                )));
            }
        }
    }
    must(&mut client, Act::SignOut { counter }).await
}

/// Serves whoever came, or gives up who did not.
async fn serve(
    floor: &Floor,
    client: &mut Client,
    counter: u16,
    called: Called,
) -> Result<(), PlayError> {
    floor.report().called(&called);
    time::sleep(floor.real(WALK_MS)).await;
    let customer = floor.meet(called.ticket).await;
    let waited_ms = floor.report().waited_ms(&called);
    if waited_ms > customer.patience_ms {
        must(client, Act::NoShow { counter }).await?;
        floor.report().gave_up();
    } else {
        must(client, Act::Arrive { counter }).await?;
        time::sleep(floor.real(customer.handling_ms)).await;
        must(client, Act::finish(counter)).await?;
        floor.report().finished();
    }
    floor.one_is_done();
    Ok(())
}

/// Waits until the counter's row names somebody who is next.
async fn somebody_comes(client: &mut Client, counter: u16) -> Result<(), PlayError> {
    loop {
        if let Row::Counter(row) = client.row().await?
            && row.number == counter
            && row.desk.is_some_and(|desk| !desk.next.is_empty())
        {
            return Ok(());
        }
    }
}

/// Watches the wall until it has shown everybody's call.
async fn wall(floor: Arc<Floor>, url: String) -> Result<(), PlayError> {
    let mut client = Client::join(&url, Role::Wall, "rehearsal-wall".to_owned()).await?;
    loop {
        if let Row::Call(call) = client.row().await? {
            let mut report = floor.report();
            report.shown(call.call);
            if report.everything_was_shown() {
                return Ok(());
            }
        }
    }
}

async fn must(client: &mut Client, act: Act) -> Result<(), PlayError> {
    match client.ask(act.clone()).await? {
        Outcome::Done(_) => Ok(()),
        Outcome::Refused(refusal) => Err(PlayError::Refused {
            act: format!("{act:?}"),
            refusal,
        }),
    }
}
