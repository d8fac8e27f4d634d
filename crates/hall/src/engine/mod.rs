//! The body of the hall's one loop: a plain function over rules and journal.
//!
//! [`Engine::handle`] takes everything that waited while the last transaction committed, decides
//! it in order, appends it in one transaction, and only then says anything to anybody. Sockets,
//! timers and the clock stay outside, so that a test can drive this very body.

mod calendar;
mod devices;
mod gate;
mod journal;
mod known;
mod message;
mod orders;
mod report;
mod rows;
mod slip;
mod table;
mod told;
mod translate;

use std::collections::BTreeSet;

use protocol::{Act, Audience, ByeCode, Done, Epoch, Outcome, Paired, Refusal, Role, SlipRow};
use queue::{Event, Happening, Now, Queue};
use store::{Answered, AppendError, Entry};
use uuid::Uuid;

pub use calendar::Calendar;
use devices::Devices;
use gate::{Acting, Asker, Pairing};
pub use journal::Journal;
pub use message::{Fatal, Input, Output, SessionId};
use rows::View;
use table::Table;
use told::Teller;

use crate::admin::Answer;
use crate::settings::HallSettings;
use crate::trust::{Trust, Visit};

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
    trust: Trust,
    store_again_steady_ms: u64,
}

/// What a batch leads to, before it is on disk.
#[derive(Default)]
struct Draft {
    entries: Vec<Entry>,
    answers: Vec<(SessionId, Uuid, Outcome)>,
    sittings: Vec<Output>,
    catching_up: Vec<(SessionId, Role, Option<u64>)>,
    paired: Vec<(SessionId, Paired)>,
    told: Vec<(u64, Answer)>,
    /// Devices that somebody took in hand.
    begun: Vec<String>,
    /// Devices for which a code was made.
    codes: Vec<String>,
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
        let failed = self.paired.drain(..).map(|(session, _)| Output::Bye {
            session,
            code: ByeCode::PairingFailed,
        });
        self.sittings.extend(failed);
        for (_, answer) in &mut self.told {
            if let Answer::Done {} = answer {
                *answer = Answer::refused(orders::NOT_STORED);
            }
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
        let known = journal.trusted().map_err(Fatal::Trusted)?;
        let mut engine = Self {
            trust: Trust::new(settings.trust.clone(), known),
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

    /// Whom the hall lets in.
    pub fn trust(&self) -> &Trust {
        &self.trust
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
        let paired = draft.paired.into_iter();
        outputs.extend(paired.map(|(session, paired)| Output::Paired { session, paired }));
        let told = draft.told.into_iter();
        outputs.extend(told.map(|(order, answer)| Output::Told { order, answer }));
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
            Input::Join {
                session,
                hello,
                address,
            } => self.join((session, address), &hello, now, draft),
            Input::Pair {
                session,
                pair,
                fingerprint,
                random,
                address,
            } => {
                let pairing = Pairing {
                    session,
                    pair,
                    fingerprint,
                    random,
                    address,
                };
                self.pair(pairing, now, draft);
            }
            Input::Order { order, actor, what } => {
                let answer = self.order(&actor, what, now, draft);
                draft.told.push((order, answer));
            }
            Input::CatchUp {
                session,
                role,
                since,
            } => draft.catching_up.push((session, role, Some(since))),
            Input::Leave { session, device } => {
                self.trust.leave(session);
                self.devices.leave(session, &device, now.at);
            }
            Input::Request {
                session,
                role,
                device,
                id,
                act,
                pin,
            } => {
                let asker = Asker {
                    session,
                    role,
                    device: &device,
                    pin,
                };
                let outcome = self.request((now, calendar), asker, (id, &act), draft);
                draft.answers.push((session, id, outcome));
            }
        }
    }

    /// Decides a request and takes its events in, ahead of the disk; `commit` makes it true.
    fn request(
        &mut self,
        (now, calendar): (Now, &dyn Calendar),
        asker: Asker<'_>,
        (id, act): (Uuid, &Act),
        draft: &mut Draft,
    ) -> Outcome {
        let visit = match self.look_at(now, asker) {
            Ok(visit) => visit,
            Err(refusal) => return Outcome::Refused(refusal),
        };
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
        let (acting, decided) = match self.admit(now, (&visit, asker.pin), act, draft) {
            Ok(acting) => {
                let decided = self.decide((now, calendar), (&visit, acting.as_ref()), (id, act));
                (acting, decided)
            }
            Err(Refusal::NotAllowed) => (None, Err(Refusal::NotAllowed)),
            // Who signs in, or goes to the right place, may ask the same again.
            Err(refusal) => return Outcome::Refused(refusal),
        };
        let (events, outcome) = match decided {
            Ok((events, done)) => (events, Outcome::Done(done)),
            Err(refusal) => (Vec::new(), Outcome::Refused(refusal)),
        };
        events.iter().for_each(|event| self.queue.evolve(event));
        let person = acting.as_ref().map(|acting| acting.name.as_str());
        let actor = gate::actor((Some(visit.role), &visit.device), person, visit.address);
        if let Outcome::Done(_) = outcome {
            self.settle_holder(now, &visit, acting.as_ref(), act, draft);
        }
        draft.entries.push(Entry {
            actor,
            events,
            changes: Vec::new(),
            request: Some(Answered {
                id: id.into_bytes(),
                act: asked.into_bytes(),
                outcome: encode(&outcome),
            }),
        });
        outcome
    }

    /// Whose connection it is, if it may ask anything now.
    fn look_at(&mut self, now: Now, asker: Asker<'_>) -> Result<Visit, Refusal> {
        let visit = self.trust.visit(asker.session, asker.role, asker.device)?;
        self.trust.may_ask_now(&visit, now.at.steady_ms)?;
        Ok(visit)
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
        (now, calendar): (Now, &dyn Calendar),
        (visit, acting): (&Visit, Option<&Acting>),
        (id, act): (Uuid, &Act),
    ) -> Result<(Vec<Event>, Done), Refusal> {
        let of_appointments = matches!(act, Act::Book { .. } | Act::CheckIn { .. });
        if of_appointments && !self.settings.appointments {
            return Err(Refusal::NotAllowed);
        }
        match act {
            Act::Report {} => return self.report(now, calendar),
            Act::Identify { .. } => return Ok((self.said_who(now, visit, acting), Done::Done)),
            Act::Leave {} => return Ok((self.said_who_left(now, visit, acting), Done::Done)),
            _ => {}
        }
        let date = self.queue.day().date().unwrap_or(now.today);
        let known = known::look_up(act, id, date, (&self.journal, calendar))?;
        let command = translate::command(act, visit.role, self.queue.day(), &known)?;
        self.has_slip(date, visit.role, act, &command)?;
        let mut events = self
            .queue
            .decide(now, &command)
            .map_err(|refusal| translate::refusal(refusal, calendar))?;
        let teller = Teller {
            settings: &self.settings,
            queue: &self.queue,
            calendar,
        };
        let mut done = teller.tell(&events);
        self.add_token(date, &mut done)?;
        // Who sits down again where he sat has done nothing that the rules know.
        if matches!(act, Act::SignIn { .. }) && events.is_empty() && self.trust.asks_pin() {
            events = self.said_who(now, visit, acting);
        }
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
            if events.iter().any(opens_day) {
                self.trust.end_all();
            }
            draft.entries.push(Entry {
                actor: "hall".to_owned(),
                events,
                changes: Vec::new(),
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
                self.trust_again(draft)?;
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

    /// Whom the hall knows is what is on disk; who signed in meanwhile has not.
    fn trust_again(&mut self, draft: &Draft) -> Result<(), Fatal> {
        self.trust
            .know(self.journal.trusted().map_err(Fatal::Trusted)?);
        draft.begun.iter().for_each(|device| self.trust.end(device));
        draft
            .codes
            .iter()
            .for_each(|device| self.trust.drop_code(device));
        Ok(())
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
            trust: &self.trust,
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

fn opens_day(event: &Event) -> bool {
    matches!(event.what, Happening::DayOpened { .. })
}

fn encode<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("acts and outcomes are made of texts and numbers")
}

/// An outcome that the hall once stored. One that cannot be read any more, after a change of the
/// protocol, happened all the same.
fn decode(outcome: &str) -> Outcome {
    serde_json::from_str(outcome).unwrap_or(Outcome::Done(Done::Done))
}
