//! The body of the hall's one loop: a plain function over rules and journal.
//!
//! [`Engine::handle`] takes everything that waited while the last transaction committed, decides
//! it in order, appends it in one transaction, and only then says anything to anybody. Sockets,
//! timers and the clock stay outside, so that a test can drive this very body.

mod journal;
mod rows;
mod table;
mod translate;

use std::collections::{BTreeMap, BTreeSet};

use protocol::{
    Act, ByeCode, Called, DeviceRow, Done, Epoch, Hello, Issued, Outcome, Refusal, Resume, Role,
    Rows,
};
use queue::{Event, Happening, Moment, Now, Queue};
use store::{Answered, AppendError, Entry, ReplayError};
use uuid::Uuid;

pub use journal::Journal;
use rows::View;
use table::Table;

use crate::settings::HallSettings;

/// After the disk refused, nothing is tried for so long, in milliseconds: what could not be
/// stored has to be read back, and that is not done for every press.
const RETRY_STORING_MS: u64 = 1_000;

/// Connected and once connected programs that the hall remembers. A hall has dozens; the limit
/// keeps a stranger from filling its memory with names.
const MAX_DEVICES: usize = 4_096;

/// A connection, numbered by the server.
pub type SessionId = u64;

/// What reaches the loop.
#[derive(Clone, Debug)]
pub enum Input {
    /// A program said hello.
    Join {
        /// Its connection.
        session: SessionId,
        /// What it said.
        hello: Hello,
    },
    /// A connection fell behind and asks for what it missed.
    CatchUp {
        /// The connection.
        session: SessionId,
        /// What it is.
        role: Role,
        /// How far it got.
        since: u64,
    },
    /// A connection ended.
    Leave {
        /// The connection.
        session: SessionId,
        /// Its device.
        device: String,
    },
    /// A request.
    Request {
        /// The connection.
        session: SessionId,
        /// What it is.
        role: Role,
        /// Its device.
        device: String,
        /// The request's id.
        id: Uuid,
        /// What is asked.
        act: Act,
    },
}

/// What the loop says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The outcome of a request. It is on disk.
    Answer {
        /// To whom.
        session: SessionId,
        /// The request's id.
        id: Uuid,
        /// What came of it.
        outcome: Outcome,
    },
    /// Changed rows, to every connection of a role.
    Changed {
        /// To whom.
        role: Role,
        /// The rows.
        rows: Rows,
    },
    /// Rows to one connection: what it missed, or everything.
    Rows {
        /// To whom.
        session: SessionId,
        /// The rows.
        rows: Rows,
    },
    /// End a connection.
    Bye {
        /// Which.
        session: SessionId,
        /// Why.
        code: ByeCode,
    },
}

/// Why the hall must stop before it says anything false.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The journal cannot be believed.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Somebody else writes to the journal.
    #[error("another program wrote to the hall's journal: {0}. Stop it, and start the hall again.")]
    Conflict(AppendError),
}

/// Rules, journal and rows of a hall.
#[derive(Debug)]
pub struct Engine<J> {
    settings: HallSettings,
    queue: Queue,
    journal: J,
    epoch: Epoch,
    /// Counts the changes of the tables.
    seq: u64,
    tables: [Table; 3],
    devices: BTreeMap<String, Device>,
    store_again_steady_ms: u64,
}

#[derive(Debug)]
struct Device {
    session: SessionId,
    row: DeviceRow,
}

/// What a batch leads to, before it is on disk.
#[derive(Default)]
struct Draft {
    entries: Vec<Entry>,
    answers: Vec<(SessionId, Uuid, Outcome)>,
    sittings: Vec<Output>,
    catching_up: Vec<(SessionId, Role, Option<u64>)>,
}

impl Draft {
    /// Says of every act in the batch that it did not happen. What an earlier batch confirmed, and
    /// was only asked for again, stays confirmed.
    fn take_back(&mut self) {
        let requests = self
            .entries
            .iter()
            .filter_map(|entry| entry.request.as_ref());
        let lost: BTreeSet<[u8; 16]> = requests.map(|request| request.id).collect();
        let answers = self.answers.iter_mut();
        for (_, _, outcome) in answers.filter(|(_, id, _)| lost.contains(id.as_bytes())) {
            *outcome = Outcome::Refused(Refusal::NotStored);
        }
    }
}

impl<J: Journal> Engine<J> {
    /// Brings the open day back from the journal. `epoch` is new for every start.
    ///
    /// # Errors
    /// If the journal cannot be believed.
    pub fn new(settings: HallSettings, journal: J, epoch: Epoch) -> Result<Self, Fatal> {
        let queue = Queue::new(settings.rules());
        let mut engine = Self {
            settings,
            queue,
            journal,
            epoch,
            seq: 0,
            tables: Default::default(),
            devices: BTreeMap::new(),
            store_again_steady_ms: 0,
        };
        engine.reload()?;
        Ok(engine)
    }

    /// The rules with everything that is on disk.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Its settings.
    pub fn settings(&self) -> &HallSettings {
        &self.settings
    }

    /// The life of its tables.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The sequence number of the last journal entry.
    pub fn journal_seq(&self) -> u64 {
        self.journal.seq()
    }

    /// When to call [`Engine::handle`] at the latest, by the steady clock, in milliseconds.
    pub fn next_deadline(&self) -> Option<u64> {
        self.queue.next_deadline()
    }

    /// Takes in a batch, which may be empty when only time has passed. `local_text` words a
    /// moment of the wall clock as local date and time. What changed for everybody is left to
    /// [`Engine::publish`].
    ///
    /// # Errors
    /// If the hall must stop. Nothing has been said then.
    pub fn handle(
        &mut self,
        batch: Vec<Input>,
        now: Now,
        local_text: &dyn Fn(i64) -> String,
    ) -> Result<Vec<Output>, Fatal> {
        let mut draft = Draft::default();
        self.turn_day(now, &mut draft);
        for input in batch {
            self.take(input, now, local_text, &mut draft);
        }
        self.commit(now, &mut draft)?;
        let answers = draft.answers.into_iter();
        let mut outputs: Vec<Output> = answers
            .map(|(session, id, outcome)| Output::Answer {
                session,
                id,
                outcome,
            })
            .collect();
        outputs.extend(draft.sittings);
        if !draft.catching_up.is_empty() {
            outputs.extend(self.publish(now.at));
        }
        let seq = self.seq;
        outputs.extend(draft.catching_up.into_iter().map(|(session, role, since)| {
            let rows = self.tables[role as usize].since(since, seq);
            Output::Rows { session, rows }
        }));
        Ok(outputs)
    }

    fn take(
        &mut self,
        input: Input,
        now: Now,
        local_text: &dyn Fn(i64) -> String,
        draft: &mut Draft,
    ) {
        match input {
            Input::Join { session, hello } => self.join(session, hello, now, draft),
            Input::CatchUp {
                session,
                role,
                since,
            } => draft.catching_up.push((session, role, Some(since))),
            Input::Leave { session, device } => self.leave(session, &device, now),
            Input::Request {
                session,
                role,
                device,
                id,
                act,
            } => {
                let outcome = self.request(now, local_text, (role, &device), id, &act, draft);
                draft.answers.push((session, id, outcome));
            }
        }
    }

    fn join(&mut self, session: SessionId, hello: Hello, now: Now, draft: &mut Draft) {
        if !self.devices.contains_key(&hello.device) && self.devices.len() >= MAX_DEVICES {
            draft.sittings.push(Output::Bye {
                session,
                code: ByeCode::Full,
            });
            return;
        }
        let row = DeviceRow {
            name: hello.device.clone(),
            role: hello.role,
            connected: true,
            since_ms: now.at.wall_ms,
        };
        let before = self.devices.insert(hello.device, Device { session, row });
        if let Some(before) = before.filter(|before| before.row.connected) {
            draft.sittings.push(Output::Bye {
                session: before.session,
                code: ByeCode::Replaced,
            });
        }
        let epoch = self.epoch;
        let since = hello
            .resume
            .filter(|resume| resume.epoch == epoch)
            .map(|Resume { seq, .. }| seq);
        draft.catching_up.push((session, hello.role, since));
    }

    fn leave(&mut self, session: SessionId, device: &str, now: Now) {
        if let Some(device) = self
            .devices
            .get_mut(device)
            .filter(|device| device.session == session)
        {
            device.row.connected = false;
            device.row.since_ms = now.at.wall_ms;
        }
    }

    /// Decides a request and takes its events in, ahead of the disk; `commit` makes it true.
    fn request(
        &mut self,
        now: Now,
        local_text: &dyn Fn(i64) -> String,
        (role, device): (Role, &str),
        id: Uuid,
        act: &Act,
        draft: &mut Draft,
    ) -> Outcome {
        let asked = encode(act);
        match self.known(id, draft) {
            Ok(Some(known)) if known.act == asked.as_bytes() => return decode(&known.outcome),
            Ok(Some(_)) => return Outcome::Refused(Refusal::IdUsedOtherwise),
            Ok(None) => {}
            Err(_) => return Outcome::Refused(Refusal::NotStored),
        }
        // Only after the look-up, for what was confirmed stays so on a full disk.
        if now.at.steady_ms < self.store_again_steady_ms {
            return Outcome::Refused(Refusal::NotStored);
        }
        let (events, outcome) = match self.decide(now, local_text, role, act) {
            Ok((events, done)) => (events, Outcome::Done(done)),
            Err(refusal) => (Vec::new(), Outcome::Refused(refusal)),
        };
        events.iter().for_each(|event| self.queue.evolve(event));
        let request = Answered {
            id: id.into_bytes(),
            act: asked.into_bytes(),
            outcome: encode(&outcome),
        };
        let actor = format!("{}:{device}", role_word(role));
        draft.entries.push(Entry {
            actor,
            events,
            request: Some(request),
        });
        outcome
    }

    fn known(&self, id: Uuid, draft: &Draft) -> Result<Option<Answered>, AppendError> {
        let in_batch = draft
            .entries
            .iter()
            .filter_map(|entry| entry.request.as_ref());
        match in_batch
            .into_iter()
            .find(|request| request.id == id.into_bytes())
        {
            Some(request) => Ok(Some(request.clone())),
            None => self.journal.answered(&id.into_bytes()),
        }
    }

    fn decide(
        &self,
        now: Now,
        local_text: &dyn Fn(i64) -> String,
        role: Role,
        act: &Act,
    ) -> Result<(Vec<Event>, Done), Refusal> {
        if act.role() != role {
            return Err(Refusal::NotAllowed);
        }
        let command = translate::command(act)?;
        let events = self
            .queue
            .decide(now, &command)
            .map_err(translate::refusal)?;
        let done = events
            .iter()
            .find_map(|event| self.told(event, local_text))
            .unwrap_or(Done::Done);
        Ok((events, done))
    }

    /// What an event has to tell the one who asked, beyond the rows.
    fn told(&self, event: &Event, local_text: &dyn Fn(i64) -> String) -> Option<Done> {
        match &event.what {
            Happening::Issued {
                ticket,
                number,
                service,
                class,
            } => {
                let (ahead, wait) = self.queue.workload(event.at).outlook(service, class);
                Some(Done::Issued(Issued {
                    ticket: ticket.0,
                    number: number.to_string(),
                    service: service.to_string(),
                    class: class.to_string(),
                    favoured: self
                        .settings
                        .class(class)
                        .is_some_and(|class| class.favoured),
                    ahead,
                    wait: wait.map(translate::wait_range),
                    issued_at: local_text(event.at.wall_ms),
                    day: self
                        .queue
                        .day()
                        .date()
                        .map(|day| day.to_string())
                        .unwrap_or_default(),
                }))
            }
            Happening::Called {
                call,
                ticket,
                reason,
                ..
            } => {
                let ticket = self.queue.day().ticket(*ticket)?;
                Some(Done::Called(Called {
                    call: call.0,
                    ticket: ticket.id.0,
                    number: ticket.number.to_string(),
                    service: ticket.service.to_string(),
                    class: ticket.class.to_string(),
                    waited_ms: reason.waited_ms,
                }))
            }
            _ => None,
        }
    }

    fn turn_day(&mut self, now: Now, draft: &mut Draft) {
        if now.at.steady_ms < self.store_again_steady_ms {
            return;
        }
        let events = self.queue.decide_due(now);
        if events.is_empty() {
            return;
        }
        events.iter().for_each(|event| self.queue.evolve(event));
        draft.entries.push(Entry {
            actor: "hall".to_owned(),
            events,
            request: None,
        });
    }

    /// One transaction for the whole batch. If it fails, the state goes back to what is on disk
    /// and everybody in the batch is told that it did not happen.
    fn commit(&mut self, now: Now, draft: &mut Draft) -> Result<(), Fatal> {
        if draft.entries.is_empty() {
            return Ok(());
        }
        match self.journal.append(self.journal.seq(), &draft.entries) {
            Ok(_) => Ok(()),
            Err(error @ AppendError::Conflict { .. }) => Err(Fatal::Conflict(error)),
            Err(AppendError::NotStored(reason)) => {
                tracing::error!(
                    "nothing can be written down: {reason}. Free room on the disk; the hall goes on by itself."
                );
                self.store_again_steady_ms = now.at.steady_ms + RETRY_STORING_MS;
                self.reload()?;
                draft.take_back();
                Ok(())
            }
        }
    }

    fn reload(&mut self) -> Result<(), Fatal> {
        self.queue = Queue::new(self.settings.rules());
        let queue = &mut self.queue;
        self.journal.replay(&mut |event| queue.evolve(&event))?;
        Ok(())
    }

    /// Brings the tables up to date and gives what changed since the last time. When to do so is
    /// up to the caller: rows may wait a moment for each other, answers may not.
    pub fn publish(&mut self, now: Moment) -> Vec<Output> {
        let devices: Vec<DeviceRow> = self
            .devices
            .values()
            .map(|device| device.row.clone())
            .collect();
        let view = View {
            settings: &self.settings,
            queue: &self.queue,
            devices: &devices,
            now,
        };
        let next_seq = self.seq + 1;
        let mut changes = Vec::new();
        for (role, rows) in Role::ALL.into_iter().zip(view.rows_by_role()) {
            let changed = self.tables[role as usize].set(next_seq, rows);
            changes.extend(changed.map(|rows| Output::Changed { role, rows }));
        }
        if !changes.is_empty() {
            self.seq = next_seq;
        }
        changes
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Kiosk => "kiosk",
        Role::Counter => "counter",
        Role::Wall => "wall",
    }
}

fn encode<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("acts and outcomes are made of texts and numbers")
}

/// An outcome that the hall once stored. One that cannot be read any more, after a change of the
/// protocol, happened all the same.
fn decode(outcome: &str) -> Outcome {
    serde_json::from_str(outcome).unwrap_or(Outcome::Done(Done::Done))
}
