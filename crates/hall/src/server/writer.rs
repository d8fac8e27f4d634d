//! The one writer: whatever waited while a transaction committed goes into the next one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use protocol::{Audience, Bye, ByeCode, HallFrame, Hello, Pair, Paired};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{self, Instant};

use super::metrics::{Commits, Look};
use crate::Clock;
use crate::admin::{Answer, Order};
use crate::engine::{Engine, Fatal, Input, Journal, Output, SessionId};

/// Requests that share one transaction at most: about what 20 ms of disk can take.
const BATCH: usize = 512;

/// Previews and expected waits move with time alone; so often they are looked at, in milliseconds.
const LOOK_AROUND_MS: u64 = 5_000;

/// Rows are published at most so often: no eye follows faster, and a busy hall need not work out
/// its rows anew for each press. The first change after a quiet moment is published at once.
const PUBLISH_EVERY: Duration = Duration::from_millis(20);

/// What a session has lying in its outbox at most: the answers to all its requests, and some rows.
pub(super) const OUTBOX: usize = protocol::MAX_REQUESTS_IN_FLIGHT + 16;

/// What reaches the writer.
pub(super) enum Mail {
    /// A program said hello; from now on its connection is reached by this outbox.
    Join {
        session: SessionId,
        hello: Hello,
        address: IpAddr,
        outbox: mpsc::Sender<Parcel>,
    },
    /// A program wants to be let in with a code; the answer goes here.
    Pair {
        session: SessionId,
        asked: Box<PairAsked>,
        answer: oneshot::Sender<Result<Paired, Bye>>,
    },
    /// Somebody types a PIN: what it has to be held against goes here.
    Pin {
        person: String,
        device: String,
        kept: oneshot::Sender<Option<String>>,
    },
    /// The administrator wants something; the answer goes here.
    Order {
        actor: String,
        what: Order,
        answer: oneshot::Sender<Answer>,
    },
    /// Everything else.
    Input(Input),
    /// Somebody watches.
    Look(oneshot::Sender<Look>),
}

/// What a program says that wants to be let in.
pub(super) struct PairAsked {
    pub(super) pair: Pair,
    pub(super) fingerprint: Vec<u8>,
    pub(super) random: [u8; 32],
    pub(super) address: IpAddr,
}

/// What the writer sends to one session.
pub(super) enum Parcel {
    /// The answer to a request.
    Answer(Utf8Bytes),
    /// Rows up to a sequence number.
    Rows { seq: u64, frame: Utf8Bytes },
    /// The end.
    Bye(Bye),
}

/// Changed rows for an audience, encoded once.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    pub(super) seq: u64,
    pub(super) frame: Utf8Bytes,
}

pub(super) struct Writer<J> {
    engine: Engine<J>,
    clock: Clock,
    changed: [broadcast::Sender<Changed>; 3],
    outboxes: HashMap<SessionId, mpsc::Sender<Parcel>>,
    pairing: HashMap<SessionId, oneshot::Sender<Result<Paired, Bye>>>,
    orders: HashMap<u64, oneshot::Sender<Answer>>,
    next_order: u64,
    publish_next: Instant,
    unpublished: bool,
    commits: Commits,
}

impl<J: Journal> Writer<J> {
    pub(super) fn new(
        engine: Engine<J>,
        clock: Clock,
        changed: [broadcast::Sender<Changed>; 3],
    ) -> Self {
        Self {
            engine,
            clock,
            changed,
            outboxes: HashMap::new(),
            pairing: HashMap::new(),
            orders: HashMap::new(),
            next_order: 0,
            publish_next: Instant::now(),
            unpublished: false,
            commits: Commits::default(),
        }
    }

    /// Runs until the hall stops, and answers what was asked before.
    pub(super) async fn run(
        mut self,
        mut mail: mpsc::Receiver<Mail>,
        mut stopping: watch::Receiver<bool>,
    ) -> Result<(), Fatal> {
        // Opens the day.
        self.handle(Vec::new())?;
        let mut open = true;
        while open {
            let mut batch = Vec::new();
            tokio::select! {
                received = mail.recv_many(&mut batch, BATCH) => open = received > 0,
                () = time::sleep(self.until_due()) => {}
                _ = stopping.wait_for(|stop| *stop) => open = false,
            }
            if !open {
                mail.close();
                while mail.recv_many(&mut batch, BATCH).await > 0 {}
            }
            self.handle(batch)?;
        }
        self.publish();
        self.say_goodbye();
        Ok(())
    }

    fn until_due(&self) -> Duration {
        let now_ms = self.clock.now().at.steady_ms;
        let look_around = now_ms + LOOK_AROUND_MS;
        // A deadline that has passed without a turn of the day, because the clock on the wall went
        // back or the disk is full, is looked at again with the rest.
        let due = self.engine.next_deadline().filter(|due| *due > now_ms);
        let until_ms = self
            .clock
            .until_ms(due.unwrap_or(look_around).min(look_around));
        let until_due = Duration::from_millis(until_ms.clamp(1, LOOK_AROUND_MS));
        if self.unpublished {
            until_due.min(self.publish_next.saturating_duration_since(Instant::now()))
        } else {
            until_due
        }
    }

    fn handle(&mut self, batch: Vec<Mail>) -> Result<(), Fatal> {
        let inputs = batch
            .into_iter()
            .filter_map(|mail| self.open(mail))
            .collect();
        let clock = self.clock.clone();
        let (began, seq) = (Instant::now(), self.engine.journal_seq());
        let outputs = self.engine.handle(inputs, clock.now(), &clock)?;
        if self.engine.journal_seq() > seq {
            self.commits.add(began.elapsed());
        }
        outputs.into_iter().for_each(|output| self.send(output));
        self.unpublished = true;
        if Instant::now() >= self.publish_next {
            self.publish();
        }
        Ok(())
    }

    fn publish(&mut self) {
        let changes = self.engine.publish(self.clock.now());
        changes.into_iter().for_each(|output| self.send(output));
        self.unpublished = false;
        self.publish_next = Instant::now() + PUBLISH_EVERY;
    }

    /// What of it the loop decides; the rest is answered here.
    fn open(&mut self, mail: Mail) -> Option<Input> {
        match mail {
            Mail::Join {
                session,
                hello,
                address,
                outbox,
            } => {
                self.outboxes.insert(session, outbox);
                Some(Input::Join {
                    session,
                    hello,
                    address: Some(address),
                })
            }
            Mail::Pair {
                session,
                asked,
                answer,
            } => {
                self.pairing.insert(session, answer);
                Some(Input::Pair {
                    session,
                    pair: asked.pair,
                    fingerprint: asked.fingerprint,
                    random: asked.random,
                    address: Some(asked.address),
                })
            }
            Mail::Pin {
                person,
                device,
                kept,
            } => {
                let now_ms = self.clock.now().at.steady_ms;
                // Who asked may be gone.
                let _ = kept.send(self.engine.trust().pin_of(&person, &device, now_ms));
                None
            }
            Mail::Order {
                actor,
                what,
                answer,
            } => {
                self.next_order += 1;
                let order = self.next_order;
                self.orders.insert(order, answer);
                Some(Input::Order { order, actor, what })
            }
            Mail::Input(input) => {
                if let Input::Leave { session, .. } = &input {
                    self.outboxes.remove(session);
                }
                Some(input)
            }
            Mail::Look(answer) => {
                // Who asked may have gone.
                let _ = answer.send(Look::of(&self.engine, self.outboxes.len(), self.commits));
                None
            }
        }
    }

    fn send(&mut self, output: Output) {
        match output {
            Output::Answer {
                session,
                id,
                outcome,
            } => {
                self.deliver(
                    session,
                    Parcel::Answer(encode(&HallFrame::Answer { id, outcome })),
                );
            }
            Output::Rows { session, rows } => {
                let seq = rows.seq;
                self.deliver(
                    session,
                    Parcel::Rows {
                        seq,
                        frame: encode(&HallFrame::Rows(rows)),
                    },
                );
            }
            Output::Changed { audience, rows } => self.announce(audience, rows),
            Output::Paired { session, paired } => self.tell_paired(session, Ok(paired)),
            Output::Told { order, answer } => {
                if let Some(asked) = self.orders.remove(&order) {
                    // Who asked may be gone.
                    let _ = asked.send(answer);
                }
            }
            Output::Bye { session, code } => {
                self.tell_paired(session, Err(goodbye(code)));
                self.deliver(session, Parcel::Bye(goodbye(code)));
                self.outboxes.remove(&session);
            }
        }
    }

    fn tell_paired(&mut self, session: SessionId, answer: Result<Paired, Bye>) {
        if let Some(asked) = self.pairing.remove(&session) {
            // Who asked may be gone.
            let _ = asked.send(answer);
        }
    }

    fn announce(&self, audience: Audience, rows: protocol::Rows) {
        let changed = &self.changed[audience as usize];
        if changed.receiver_count() > 0 {
            let seq = rows.seq;
            // Nobody listening is no fault.
            let _ = changed.send(Changed {
                seq,
                frame: encode(&HallFrame::Rows(rows)),
            });
        }
    }

    /// A session whose outbox is full does not read: it is let go, and asks again when it is back.
    fn deliver(&mut self, session: SessionId, parcel: Parcel) {
        let outbox = self.outboxes.get(&session);
        if outbox.is_some_and(|outbox| outbox.try_send(parcel).is_err()) {
            self.outboxes.remove(&session);
        }
    }

    fn say_goodbye(&mut self) {
        for outbox in self.outboxes.values() {
            // One that does not read learns it from the closed connection.
            let _ = outbox.try_send(Parcel::Bye(goodbye(ByeCode::Stopping)));
        }
    }
}

pub(super) fn encode(frame: &HallFrame) -> Utf8Bytes {
    serde_json::to_string(frame)
        .expect("frames are made of texts and numbers")
        .into()
}

/// The last frame, with words for a technician.
pub(super) fn goodbye(code: ByeCode) -> Bye {
    let message = match code {
        ByeCode::Version => {
            format!(
                "this hall speaks version {} of the protocol. Install the same release on both.",
                protocol::VERSION
            )
        }
        ByeCode::Malformed => "a frame could not be understood. See `hall schema`.".to_owned(),
        ByeCode::TooLarge => {
            format!(
                "a frame was larger than {} bytes.",
                protocol::MAX_FRAME_FROM_CLIENT_BYTES
            )
        }
        ByeCode::Silent => format!("no hello came within {} ms.", protocol::HELLO_DEADLINE_MS),
        ByeCode::Replaced => {
            "a newer connection has the same device name. Give each device a name of its own."
                .to_owned()
        }
        ByeCode::Full => "the hall has as many devices as it takes. Come again later.".to_owned(),
        ByeCode::Stopping => "the hall is stopping. Come again soon.".to_owned(),
        ByeCode::NotPaired => {
            "this hall does not know the device, or not with this key. Run `hall pair NAME --role ROLE` on the hall's machine, and start the program once with `--pair -`, which asks for the code."
                .to_owned()
        }
        ByeCode::Revoked => {
            "this device is not let in any more. To let it in again, pair it: run `hall pair NAME --role ROLE` on the hall's machine."
                .to_owned()
        }
        ByeCode::PairingFailed => {
            "this code does not let the device in: it was mistyped, is for another name, was used, or is too old. Run `hall pair NAME --role ROLE` on the hall's machine for a new one."
                .to_owned()
        }
        ByeCode::Role => {
            "the device was paired as something else. Start the right program on it, or pair it anew: run `hall pair NAME --role ROLE` on the hall's machine."
                .to_owned()
        }
    };
    Bye { code, message }
}
