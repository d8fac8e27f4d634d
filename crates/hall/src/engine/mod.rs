//! The body of the hall's one loop: a plain function over rules and journal.
//!
//! [`Engine::handle`] takes everything that waited while the last transaction committed, decides
//! it in order, appends it in one transaction, and only then says anything to anybody. Sockets,
//! timers and the clock stay outside, so that a test can drive this very body.

mod calendar;
mod devices;
mod forget;
mod gate;
mod journal;
mod known;
mod message;
mod orders;
mod report;
mod rows;
mod sheets;
mod slip;
mod table;
mod told;
mod translate;
mod trouble;

use std::collections::BTreeSet;

use protocol::{Act, AlarmKind, ByeCode, Done, Epoch, Outcome, Paired, Refusal, Role, SlipRow};
use queue::{AppointmentCode, Event, Happening, Now, Queue};
use store::{Answered, AppendError, Entry, ReplayError};
use uuid::Uuid;

pub use calendar::Calendar;
use devices::Devices;
use gate::{Acting, Asker, Pairing};
pub use journal::Journal;
pub use message::{Fatal, Input, Output, SessionId};
use table::Table;
use told::Teller;
pub use trouble::Memory;
use trouble::Troubles;

use crate::admin::Answer;
use crate::settings::HallSettings;
use crate::trust::{Trust, Visit};

/// After the disk refused, nothing is tried for so long, in milliseconds: what could not be
/// stored has to be read back, and that is not done for every press.
const RETRY_STORING_MS: u64 = 1_000;

/// What could not be deleted wholly, because somebody reads the archive, is tried again after so
/// long, in milliseconds.
const FORGET_AGAIN_MS: u64 = 60_000;

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
    troubles: Troubles,
    /// Whether `queue` is not what is on disk, for that could not be read. The tables stay as they
    /// were when it was.
    adrift: bool,
    /// When what people typed on old days is to be deleted next, by the steady clock.
    forget_steady_ms: u64,
    /// When days that are older than the hall keeps them are to be deleted next, by the steady clock.
    delete_days_steady_ms: u64,
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
    /// Whether an appointment has this code that is not on disk yet, where it would be looked for.
    fn has_booked(&self, code: &AppointmentCode) -> bool {
        let mut events = self.entries.iter().flat_map(|entry| &entry.events);
        events.any(|event| match &event.what {
            Happening::Booked { appointment, .. } => appointment == code,
            _ => false,
        })
    }

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
    /// Brings the open day back from the journal. `epoch` is new for every start. If an entry of it
    /// is damaged the hall begins with what is good before it, and refuses every act.
    ///
    /// # Errors
    /// If the disk does not give the journal.
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
            troubles: Troubles::default(),
            adrift: false,
            forget_steady_ms: 0,
            delete_days_steady_ms: 0,
        };
        match engine.reload().and_then(|()| engine.journal.look_beside()) {
            Err(error) if error.is_damage() => engine.become_read_only(&error.to_string()),
            read => read?,
        }
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
        if self.is_read_only() {
            return None;
        }
        if self.adrift {
            return Some(self.store_again_steady_ms);
        }
        self.queue.next_deadline()
    }

    /// Whether the screens may be older than what is on disk, because that could not be read.
    pub fn is_adrift(&self) -> bool {
        self.adrift
    }

    /// Until when nothing is tried after the disk refused, by the steady clock, in milliseconds.
    pub fn refuses_until_ms(&self) -> u64 {
        self.store_again_steady_ms
    }

    /// Whether the record of the open day is damaged, so that every act is refused.
    pub fn is_read_only(&self) -> bool {
        self.troubles.stands(AlarmKind::ReadOnly)
    }

    fn become_read_only(&mut self, bad: &str) {
        if !self.is_read_only() {
            tracing::error!(
                "the record of today is damaged: {bad} The screens show the last good state, and every act is refused. Stop the hall, bring back what is good with hall restore, and start it again."
            );
        }
        self.troubles.set(AlarmKind::ReadOnly, true);
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
        self.find_back(now);
        self.settle(now, &mut draft);
        for input in batch {
            self.take(input, now, calendar, &mut draft);
            self.settle(now, &mut draft);
        }
        self.commit(now, &mut draft)?;
        self.forget_texts(now);
        self.delete_old_days(now);
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
            Input::Memory(memory) => self.look_at(memory),
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
        let visit = match self.visitor(now, asker) {
            Ok(visit) => visit,
            Err(refusal) => return Outcome::Refused(refusal),
        };
        let asked = encode(&known::without_person(act));
        // The first halls remembered also what was typed.
        let is_same = |known: &[u8]| known == asked.as_bytes() || known == encode(act).as_bytes();
        match self.answered(id, draft) {
            Ok(Some(known)) if is_same(&known.act) => return decode(&known.outcome),
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
        if self.is_read_only() {
            return Outcome::Refused(Refusal::ReadOnly);
        }
        if self.adrift || now.at.steady_ms < self.store_again_steady_ms {
            return Outcome::Refused(Refusal::NotStored);
        }
        let (acting, decided) = match self.admit(now, (&visit, asker.pin), act, draft) {
            Ok(acting) => {
                let who = (&visit, acting.as_ref());
                let decided = self.decide((now, calendar), who, (id, act), draft);
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
        draft: &Draft,
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
        let known = known::look_up((act, id), date, (&self.journal, draft), calendar)?;
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
        let waits = now.at.steady_ms < self.store_again_steady_ms;
        if waits || self.adrift || self.is_read_only() {
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
                self.troubles.set(AlarmKind::NotStored, false);
                self.forget_persons(draft);
                Ok(())
            }
            Err(error @ AppendError::Conflict { .. }) => Err(Fatal::Conflict(error)),
            Err(AppendError::NotStored(reason)) => {
                tracing::error!(
                    "nothing can be written down: {reason}. Free room on the disk; the hall goes on by itself."
                );
                self.take_back_trust(draft);
                self.troubles.set(AlarmKind::NotStored, true);
                self.adrift = true;
                self.read_back(now);
                draft.take_back();
                Ok(())
            }
        }
    }

    /// After a disk did not even give what is on it, it is tried again until it does.
    fn find_back(&mut self, now: Now) {
        if self.adrift && !self.is_read_only() && now.at.steady_ms >= self.store_again_steady_ms {
            self.read_back(now);
        }
    }

    /// Brings the state back to what is on disk. Where that cannot be read the screens stay as they
    /// are, and nothing is confirmed.
    fn read_back(&mut self, now: Now) {
        self.store_again_steady_ms = now.at.steady_ms + RETRY_STORING_MS;
        match self.reload() {
            Ok(()) => self.adrift = !self.trust_again(),
            Err(error) if error.is_damage() => self.become_read_only(&error.to_string()),
            Err(error) => tracing::error!("{error} The hall goes on by itself when it can."),
        }
    }

    fn look_at(&mut self, memory: Memory) {
        let (kind, stands) = match memory {
            Memory::DamagedToday { bad } => return self.become_read_only(&bad),
            Memory::Looked { bad } => (AlarmKind::RecordDamaged, bad.is_some()),
            Memory::BackedUp { failed } => (AlarmKind::NoBackup, failed.is_some()),
            Memory::Room { short } => (AlarmKind::RoomShort, short),
        };
        self.troubles.set(kind, stands);
    }

    fn reload(&mut self) -> Result<(), ReplayError> {
        self.queue = Queue::new(self.settings.rules());
        let queue = &mut self.queue;
        self.journal.replay(&mut |event| queue.evolve(&event))
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
