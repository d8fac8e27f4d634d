//! The body of the hall's one loop: a plain function over rules and journal.
//!
//! [`Engine::handle`] takes everything that waited while the last transaction committed, decides
//! it in order, appends it in one transaction, and only then says anything to anybody. Sockets,
//! timers and the clock stay outside, so that a test can drive this very body.

mod calendar;
mod devices;
mod journal;
mod known;
mod message;
mod report;
mod rows;
mod slip;
mod table;
mod told;
mod translate;

use std::collections::BTreeSet;

use protocol::{
    Act, Audience, ByeCode, Done, Epoch, Hello, Outcome, Refusal, Resume, Role, SlipRow,
};
use queue::{Event, Happening, Now, Queue};
use store::{Answered, AppendError, Entry};
use uuid::Uuid;

pub use calendar::Calendar;
use devices::{Devices, Joined};
pub use journal::Journal;
pub use message::{Fatal, Input, Output, SessionId};
use rows::View;
use table::Table;
use told::Teller;

use crate::settings::HallSettings;

/// After the disk refused, nothing is tried for so long, in milliseconds: what could not be
/// stored has to be read back, and that is not done for every press.
const RETRY_STORING_MS: u64 = 1_000;

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
    devices: Devices,
    /// How slips look, which does not change while the hall runs.
    slip: Option<SlipRow>,
    store_again_steady_ms: u64,
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
            slip: slip::slip_row(&settings.ticket),
            settings,
            queue,
            journal,
            epoch,
            seq: 0,
            tables: Default::default(),
            devices: Devices::default(),
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

    /// Takes in a batch, which may be empty when only time has passed. What changed for everybody is
    /// left to [`Engine::publish`].
    ///
    /// # Errors
    /// If the hall must stop. Nothing has been said then.
    pub fn handle(
        &mut self,
        batch: Vec<Input>,
        now: Now,
        calendar: &dyn Calendar,
    ) -> Result<Vec<Output>, Fatal> {
        let mut draft = Draft::default();
        self.settle(now, &mut draft);
        for input in batch {
            self.take(input, now, calendar, &mut draft);
            self.settle(now, &mut draft);
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
            outputs.extend(self.publish(now));
        }
        let seq = self.seq;
        outputs.extend(draft.catching_up.into_iter().map(|(session, role, since)| {
            let rows = self.tables[role.audience() as usize].since(since, seq);
            Output::Rows { session, rows }
        }));
        Ok(outputs)
    }

    fn take(&mut self, input: Input, now: Now, calendar: &dyn Calendar, draft: &mut Draft) {
        match input {
            Input::Join { session, hello } => self.join(session, &hello, now, draft),
            Input::CatchUp {
                session,
                role,
                since,
            } => draft.catching_up.push((session, role, Some(since))),
            Input::Leave { session, device } => self.devices.leave(session, &device, now.at),
            Input::Request {
                session,
                role,
                device,
                id,
                act,
            } => {
                let outcome = self.request(now, calendar, (role, &device), id, &act, draft);
                draft.answers.push((session, id, outcome));
            }
        }
    }

    fn join(&mut self, session: SessionId, hello: &Hello, now: Now, draft: &mut Draft) {
        match self.devices.join(session, hello, now.at) {
            Joined::Welcome { replaced } => {
                let bye = |session| Output::Bye {
                    session,
                    code: ByeCode::Replaced,
                };
                draft.sittings.extend(replaced.map(bye));
                let resume = hello.resume.filter(|resume| resume.epoch == self.epoch);
                let since = resume.map(|Resume { seq, .. }| seq);
                draft.catching_up.push((session, hello.role, since));
            }
            Joined::Full => draft.sittings.push(Output::Bye {
                session,
                code: ByeCode::Full,
            }),
        }
    }

    /// Decides a request and takes its events in, ahead of the disk; `commit` makes it true.
    fn request(
        &mut self,
        now: Now,
        calendar: &dyn Calendar,
        (role, device): (Role, &str),
        id: Uuid,
        act: &Act,
        draft: &mut Draft,
    ) -> Outcome {
        let asked = encode(&known::without_person(act));
        match self.answered(id, draft) {
            Ok(Some(known)) if known.act == asked.as_bytes() => return decode(&known.outcome),
            Ok(Some(_)) => return Outcome::Refused(Refusal::IdUsedOtherwise),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(
                    "the answer to an earlier request cannot be read: {error}. See `hall audit verify`."
                );
                return Outcome::Refused(Refusal::NotStored);
            }
        }
        // Only after the look-up, for what was confirmed stays so on a full disk.
        if now.at.steady_ms < self.store_again_steady_ms {
            return Outcome::Refused(Refusal::NotStored);
        }
        let (events, outcome) = match self.decide(now, calendar, role, (id, act)) {
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

    fn answered(&self, id: Uuid, draft: &Draft) -> Result<Option<Answered>, AppendError> {
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
        calendar: &dyn Calendar,
        role: Role,
        (id, act): (Uuid, &Act),
    ) -> Result<(Vec<Event>, Done), Refusal> {
        let of_appointments = matches!(act, Act::Book { .. } | Act::CheckIn { .. });
        if !act.may_be_asked_by(role) || (of_appointments && !self.settings.appointments) {
            return Err(Refusal::NotAllowed);
        }
        if let Act::Report {} = act {
            return self.report(now, calendar);
        }
        let date = self.queue.day().date().unwrap_or(now.today);
        let known = known::look_up(act, id, date, (&self.journal, calendar))?;
        let command = translate::command(act, role, self.queue.day(), &known)?;
        let events = self
            .queue
            .decide(now, &command)
            .map_err(|refusal| translate::refusal(refusal, calendar))?;
        let teller = Teller {
            settings: &self.settings,
            queue: &self.queue,
            calendar,
        };
        let done = teller.tell(&events);
        Ok((events, done))
    }

    fn report(&self, now: Now, calendar: &dyn Calendar) -> Result<(Vec<Event>, Done), Refusal> {
        let rules = self.queue.settings().clone();
        let report = report::report(rules, &self.journal, (now, calendar)).map_err(|error| {
            tracing::error!("the day cannot be counted: {error}. See `hall audit verify`.");
            Refusal::NotStored
        })?;
        Ok((Vec::new(), Done::Report(Box::new(report))))
    }

    /// What happens by itself, until nothing does.
    fn settle(&mut self, now: Now, draft: &mut Draft) {
        if now.at.steady_ms < self.store_again_steady_ms {
            return;
        }
        loop {
            let events = self.queue.decide_due(now);
            if events.is_empty() {
                break;
            }
            events.iter().for_each(|event| self.queue.evolve(event));
            draft.entries.push(Entry {
                actor: "hall".to_owned(),
                events,
                request: None,
            });
        }
    }

    /// One transaction for the whole batch. If it fails, the state goes back to what is on disk
    /// and everybody in the batch is told that it did not happen.
    fn commit(&mut self, now: Now, draft: &mut Draft) -> Result<(), Fatal> {
        if draft.entries.is_empty() {
            return Ok(());
        }
        match self.journal.append(self.journal.seq(), &draft.entries) {
            Ok(_) => {
                self.forget_persons(draft);
                Ok(())
            }
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

    /// When a day has turned, nothing leads back any more to whose telephone numbers the day
    /// before had.
    fn forget_persons(&mut self, draft: &Draft) {
        let mut events = draft.entries.iter().flat_map(|entry| &entry.events);
        let opened = events.find_map(|event| match event.what {
            Happening::DayOpened { day, .. } => Some(day),
            _ => None,
        });
        let Some(date) = opened else { return };
        if let Err(error) = self.journal.forget_keys_before(date) {
            tracing::warn!(
                "the key to yesterday's telephone numbers could not be deleted: {error}. It is tried again when the next day begins."
            );
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
    pub fn publish(&mut self, now: Now) -> Vec<Output> {
        let devices = self.devices.rows();
        let view = View {
            settings: &self.settings,
            queue: &self.queue,
            devices: &devices,
            slip: self.slip.as_ref(),
            now,
        };
        let next_seq = self.seq + 1;
        let mut changes = Vec::new();
        for (audience, rows) in Audience::ALL.into_iter().zip(view.rows_by_audience()) {
            let changed = self.tables[audience as usize].set(next_seq, rows);
            changes.extend(changed.map(|rows| Output::Changed { audience, rows }));
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
        Role::Guide => "guide",
        Role::Supervisor => "supervisor",
        Role::Phone => "phone",
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
