//! The hall itself: the body of its real loop, its real store, killed and started again. Each step is
//! held against the reference.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::rc::Rc;

use hall::engine::{Engine, Input, Output};
use link::Table;
use protocol::{Act, Outcome, Refusal, Role};
use store::Store;
use uuid::Uuid;

use crate::clocks::Present;
use crate::disk::Fault;
use crate::memory::{Elsewhere, Keys, Memory, Read};
use crate::plant::{self, Plant};
use crate::reference::{Reference, Said};
use crate::world::{Coming, Held, World};

/// Nothing is tried for so long after the disk refused.
pub const RETRY_STORING_MS: u64 = 1_000;

#[derive(Default)]
pub struct Machine {
    pub running: Option<Running>,
    pub mail: Vec<Input>,
    pub busy_until_ms: u64,
    /// The outcome of every request that was confirmed to anybody or is on the disk: I1.
    pub confirmed: BTreeMap<Uuid, (Act, Outcome)>,
    /// What was in the making when the program died.
    unsettled: Option<Unsettled>,
    pub elsewhere: Read,
    store_again_steady_ms: u64,
    /// What the disk was told to do wrong, until it has done it.
    pub planned: Option<Fault>,
    /// It will not be able to read, in the next batch.
    pub reads_fail_next: bool,
    pub adrift_since_ms: Option<u64>,
    /// Counts the programs that ran so far.
    pub life: u64,
    pub wakes_at_ms: Option<u64>,
    last_epoch: Option<Uuid>,
    pub keys: Rc<Keys>,
    /// The numbers that somebody was given, by day: I2.
    pub given: BTreeMap<(u32, String), u64>,
    pub steps: u64,
}

pub struct Running {
    pub engine: Engine<Memory>,
    pub elsewhere: Elsewhere,
    /// What the hall has said to each audience, put together.
    pub shown: [Table; 3],
    pub publish_next_ms: u64,
    pub unpublished: bool,
}

/// A batch of which nobody knows yet whether it is on the disk.
struct Unsettled {
    before: Reference,
    seq_before: u64,
    expected: Vec<Expected>,
}

/// What a request must come to.
#[derive(Clone, Debug)]
struct Expected {
    id: Uuid,
    act: Act,
    what: Verdict,
}

#[derive(Clone, Debug)]
enum Verdict {
    /// It is asked for the first time.
    New(Option<Said>),
    /// It was answered before.
    Again(Outcome),
    /// The disk refuses it, or did so a moment ago.
    NotStored,
    /// It came through a connection that is not let in.
    Shut,
}

impl World {
    /// The hall's program starts, over whatever the last one left on the disk.
    pub fn start(&mut self) -> Held {
        let store = Store::open(&self.folder)
            .map_err(|error| format!("the hall does not start: {error}"))?;
        let elsewhere = Elsewhere::open(&self.folder).map_err(|error| error.to_string())?;
        let last = store.last_moment().map_err(|error| error.to_string())?;
        self.clocks.start(self.at_ms, last);
        elsewhere.still_has(self.machine.elsewhere)?;
        elsewhere.read_on(&mut self.machine.elsewhere)?;
        self.settle_what_was_unsettled(store.seq(), &elsewhere)?;
        let fresh = self.chance.uuid(self.clocks.wall_ms(self.at_ms));
        let kept = self
            .machine
            .last_epoch
            .filter(|_| plant::is(Plant::EpochNotRenewed));
        let epoch = kept.unwrap_or(fresh);
        self.machine.last_epoch = Some(epoch);
        let engine = Engine::new(
            self.settings.clone(),
            Memory::new(store, Rc::clone(&self.machine.keys)),
            epoch,
        )
        .map_err(|error| format!("the hall does not come back: {error}"))?;
        self.reference
            .is(engine.queue().day())
            .map_err(|what| format!("after a start, {what}"))?;
        self.machine.running = Some(Running {
            engine,
            elsewhere,
            shown: Default::default(),
            publish_next_ms: 0,
            unpublished: false,
        });
        self.machine.busy_until_ms = self.at_ms;
        self.machine.store_again_steady_ms = 0;
        self.machine.adrift_since_ms = None;
        self.tell("the hall starts");
        self.count("starts");
        self.whole_record_is_sound()?;
        self.machine.wakes_at_ms = None;
        self.machine.life += 1;
        self.after(0, Coming::Look(self.machine.life));
        Ok(())
    }

    /// The program ends at once, or the whole machine does. Every connection is gone.
    pub fn kill(&mut self, power: bool) {
        self.machine.running = None;
        self.machine.mail.clear();
        match power && !self.disk.is_down() {
            true => self.disk.cut_power_now(),
            false => self.disk.restart(),
        }
        self.tell(if power {
            "the power goes"
        } else {
            "the hall is killed"
        });
        self.hall_is_gone(power);
        let down_ms = if self.chance.permille(100) {
            10 * 60_000
        } else {
            20_000
        };
        let down_ms = self.chance.of(500..down_ms);
        self.after(down_ms, Coming::Start);
    }

    /// One turn of the loop: everything that waited, in one transaction.
    pub fn work(&mut self) -> Held {
        if self.machine.running.is_none() || self.machine.busy_until_ms > self.at_ms {
            return Ok(());
        }
        let batch = mem::take(&mut self.machine.mail);
        self.trouble_with_first_number(&batch);
        self.trouble_with_reading(&batch);
        if self.machine.planned.is_some() {
            self.count("steps before a fault of the disk");
        }
        // Only a disk that is about to fail can make it necessary to go back.
        let before = self
            .machine
            .planned
            .map(|_| (self.reference.clone(), batch.clone()));
        let (now, present) = (self.clocks.now(self.at_ms), self.clocks.present(self.at_ms));
        let shown = (now.today.yyyymmdd(), now.time_of_day_ms);
        if shown != (present.today, present.time_of_day_ms) {
            let should = (present.today, present.time_of_day_ms);
            return Err(format!(
                "the calendar shows {shown:?} (day, milliseconds), and it is {should:?}"
            ));
        }
        let mut expected = self.expect(&batch, &present, &BTreeSet::new());
        let Some(running) = &mut self.machine.running else {
            return Ok(());
        };
        let seq_before = running.engine.journal_seq();
        let waits = present.steady_ms < self.machine.store_again_steady_ms;
        let mut may_refuse = waits || running.engine.is_adrift();
        let outputs = running.engine.handle(batch, now, &self.clocks);
        if self.disk.is_down() {
            // Nothing of what it was about to say was said.
            self.machine.unsettled = before.map(|(before, _)| Unsettled {
                before,
                seq_before,
                expected,
            });
            let power = self.machine.planned.take() == Some(Fault::PowerCut);
            self.kill(power);
            return Ok(());
        }
        let outputs = outputs.map_err(|error| format!("the hall stopped by itself: {error}"))?;
        if let Some(Fault::Unreadable(_)) = self.machine.planned.filter(|_| !self.disk.has_struck())
        {
            self.machine.planned = None;
            self.disk.heal();
        }
        if let Some((before, batch)) = before.filter(|_| self.disk.has_struck()) {
            may_refuse = true;
            let fault = self.machine.planned.take();
            self.disk.heal();
            // What was confirmed long ago may be among what could not be read.
            let unread = matches!(fault, Some(Fault::Unreadable(_)));
            let happened = (seq_before, &*outputs, unread);
            expected = self.after_a_refusal((before, batch), happened, &present);
        }
        self.answers_are_right(&expected, &outputs)?;
        self.door_hears(&outputs, may_refuse)?;
        let commit_ms = self.chance.of(1..15);
        self.machine.busy_until_ms = self.at_ms + commit_ms;
        self.say(outputs, commit_ms);
        self.wake_when_due(commit_ms)?;
        self.publish_soon();
        self.check_step()
    }

    /// Asks the reference what must come of each request.
    fn expect(
        &mut self,
        batch: &[Input],
        present: &Present,
        unstored: &BTreeSet<Uuid>,
    ) -> Vec<Expected> {
        let mut expected: Vec<Expected> = Vec::new();
        let waits = present.steady_ms < self.machine.store_again_steady_ms;
        if !waits {
            self.reference.settle(present);
        }
        for input in batch {
            if let Input::Request {
                session,
                role,
                id,
                act,
                ..
            } = input
            {
                let what = if self.door.is_shut(*session) {
                    Verdict::Shut
                } else if unstored.contains(id) {
                    Verdict::NotStored
                } else {
                    self.verdict((*role, *id, act), &expected, waits, present)
                };
                expected.push(Expected {
                    id: *id,
                    act: act.clone(),
                    what,
                });
            }
            if !waits {
                self.reference.settle(present);
            }
        }
        expected
    }

    fn verdict(
        &mut self,
        (role, id, act): (Role, Uuid, &Act),
        earlier: &[Expected],
        waits: bool,
        present: &Present,
    ) -> Verdict {
        if let Some((known, outcome)) = self.machine.confirmed.get(&id) {
            return match known == act {
                true => Verdict::Again(outcome.clone()),
                false => Verdict::Again(Outcome::Refused(Refusal::IdUsedOtherwise)),
            };
        }
        let first = earlier.iter().find(|one| one.id == id);
        match first {
            Some(first) if first.act == *act => first.what.clone(),
            Some(_) => Verdict::Again(Outcome::Refused(Refusal::IdUsedOtherwise)),
            None if waits => Verdict::NotStored,
            None => Verdict::New(self.reference.act(present, role, act, &self.clocks)),
        }
    }

    /// The disk failed: what the hall says was not stored did not happen, and the rest did. If it was
    /// the whole batch, nothing is tried for a moment.
    fn after_a_refusal(
        &mut self,
        (before, batch): (Reference, Vec<Input>),
        (seq_before, outputs, unread): (u64, &[Output], bool),
        present: &Present,
    ) -> Vec<Expected> {
        let refused = outputs.iter().filter_map(|output| match output {
            Output::Answer {
                id,
                outcome: Outcome::Refused(Refusal::NotStored),
                ..
            } => Some(*id),
            _ => None,
        });
        let refused: BTreeSet<Uuid> = refused
            .filter(|id| unread || !self.machine.confirmed.contains_key(id))
            .collect();
        let Some(running) = &self.machine.running else {
            return Vec::new();
        };
        let new = batch.iter().filter_map(|input| match input {
            Input::Request { id, .. } if !self.machine.confirmed.contains_key(id) => Some(*id),
            _ => None,
        });
        let nothing_new_is_stored = new
            .clone()
            .all(|id| running.elsewhere.outcome(id).is_none());
        let nothing = nothing_new_is_stored && running.engine.journal_seq() == seq_before;
        // Nobody is refused for longer than the hall says.
        let latest_ms = present.steady_ms + RETRY_STORING_MS;
        let waits_ms = running.engine.refuses_until_ms().min(latest_ms);
        let stored_as_refused: Vec<Uuid> = refused
            .iter()
            .copied()
            .filter(|id| !self.machine.confirmed.contains_key(id))
            .filter(|id| running.elsewhere.outcome(*id).is_some())
            .collect();
        self.reference = before.clone();
        let expected = self.expect(&batch, present, &refused);
        if nothing && waits_ms > present.steady_ms {
            self.reference = before;
            self.machine.store_again_steady_ms = waits_ms;
            self.tell("the disk refuses, and nothing happened");
            self.count("refused by the disk");
        }
        for one in expected
            .iter()
            .filter(|one| stored_as_refused.contains(&one.id))
        {
            let outcome = Outcome::Refused(Refusal::NotStored);
            self.machine
                .confirmed
                .insert(one.id, (one.act.clone(), outcome));
        }
        expected
    }

    /// Holds every answer against what had to come of its request, and remembers it.
    fn answers_are_right(&mut self, expected: &[Expected], outputs: &[Output]) -> Held {
        let answers = outputs.iter().filter_map(|output| match output {
            Output::Answer { id, outcome, .. } => Some((id, outcome)),
            _ => None,
        });
        let mut answers = answers;
        let mut confirmed = BTreeSet::new();
        for one in expected {
            let Some((id, outcome)) = answers.next() else {
                return Err(format!("{:?} was not answered", one.act));
            };
            if *id != one.id {
                return Err("an answer bears another request's id".to_owned());
            }
            let again = confirmed.contains(&one.id);
            self.answer_is(one, outcome, again)?;
            confirmed.insert(one.id);
        }
        match answers.next() {
            Some((_, outcome)) => Err(format!("{outcome:?} answers what nobody asked")),
            None => Ok(()),
        }
    }

    fn answer_is(&mut self, one: &Expected, outcome: &Outcome, again: bool) -> Held {
        let Expected { id, act, what } = one;
        self.tell(&format!("{act:?}: {outcome:?}"));
        let wrong = |must: &str| Err(format!("{act:?} gives {outcome:?}, and had to give {must}"));
        match (what, outcome) {
            (Verdict::Again(known), _) if known != outcome => {
                return Err(format!(
                    "I1: {act:?} had the outcome {known:?}, and now {outcome:?}"
                ));
            }
            (Verdict::Again(_), _) => return Ok(()),
            (Verdict::NotStored, Outcome::Refused(Refusal::NotStored)) => return Ok(()),
            (Verdict::Shut, Outcome::Refused(_)) => return Ok(()),
            (Verdict::Shut, _) => return wrong("a refusal, for nobody let it in"),
            (Verdict::NotStored, _) => return wrong("a refusal, for the disk refuses"),
            (_, Outcome::Refused(Refusal::NotStored)) => {
                return wrong("something, for the disk is well");
            }
            (Verdict::New(Some(said)), Outcome::Done(done)) => said.is(done)?,
            (Verdict::New(None), Outcome::Refused(_)) => {}
            (Verdict::New(said), _) => return wrong(&format!("{said:?}")),
        }
        self.remember(*id, act, outcome.clone(), again)
    }

    /// A request is confirmed from now on.
    fn remember(&mut self, id: Uuid, act: &Act, outcome: Outcome, again: bool) -> Held {
        if again {
            return Ok(());
        }
        let day = self.reference.date.unwrap_or_default();
        if let Outcome::Done(protocol::Done::Issued(issued)) = &outcome {
            let number = (day, issued.number.clone());
            if let Some(other) = self.machine.given.insert(number, issued.ticket) {
                return Err(format!(
                    "I2: {} was given to {other} and to {}",
                    issued.number, issued.ticket
                ));
            }
            if let Some(token) = &issued.token {
                self.reference.slip_says(issued.ticket, token.reveal());
            }
            self.count("tickets");
        }
        if let Outcome::Done(protocol::Done::Booked(booked)) = &outcome {
            self.remember_booking(act, booked)?;
        }
        self.count("requests");
        self.machine.confirmed.insert(id, (act.clone(), outcome));
        Ok(())
    }

    fn remember_booking(&mut self, act: &Act, booked: &protocol::Booked) -> Held {
        let Act::Book { service, class, .. } = act else {
            return Ok(());
        };
        let slot_wall_ms = self
            .clocks
            .wall_of(&booked.slot)
            .ok_or("a slot that is no time")?;
        let (service, class) = (service.clone(), class.clone());
        let appointment = crate::reference::Appointment {
            service,
            class,
            slot_wall_ms,
        };
        self.people.codes.push(booked.code.clone());
        match self
            .reference
            .appointments
            .insert(booked.code.clone(), appointment)
        {
            Some(_) => Err(format!("the code {} was given twice", booked.code)),
            None => Ok(()),
        }
    }

    /// After a start the disk says whether the last batch is on it: all of it, or nothing.
    fn settle_what_was_unsettled(&mut self, seq: u64, elsewhere: &Elsewhere) -> Held {
        let Some(Unsettled {
            before,
            seq_before,
            expected,
        }) = self.machine.unsettled.take()
        else {
            return Ok(());
        };
        let new: Vec<&Expected> = expected
            .iter()
            .filter(|one| matches!(one.what, Verdict::New(_)))
            .collect();
        let mut kept = Vec::new();
        for one in &new {
            kept.extend(elsewhere.outcome(one.id).map(|outcome| (*one, outcome)));
        }
        let ids: BTreeSet<Uuid> = new.iter().map(|one| one.id).collect();
        let found: BTreeSet<Uuid> = kept.iter().map(|(one, _)| one.id).collect();
        if !found.is_empty() && found.len() < ids.len() {
            return Err(format!(
                "half a transaction: {} of {} requests are on the disk",
                found.len(),
                ids.len()
            ));
        }
        if found.is_empty() && (seq == seq_before || !ids.is_empty()) {
            self.reference = before;
            return Ok(());
        }
        for (one, outcome) in kept {
            let outcome = serde_json::from_str(&outcome).map_err(|error| error.to_string())?;
            if !self.machine.confirmed.contains_key(&one.id) {
                self.answer_is(one, &outcome, false)?;
            }
        }
        Ok(())
    }

    /// The id of a request for something of another kind, which was answered a while ago.
    pub fn some_old_id(&mut self, act: &Act) -> Option<Uuid> {
        let place = self.chance.index(self.machine.confirmed.len().max(1));
        let (id, (known, _)) = self.machine.confirmed.iter().nth(place)?;
        (mem::discriminant(known) != mem::discriminant(act)).then_some(*id)
    }
}
