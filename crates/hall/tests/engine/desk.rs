//! A hall without a network: what a test says to it, and what it says back.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;

use hall::HallSettings;
use hall::engine::{Calendar, Engine, Fatal, Input, Journal, Output};
use hall::trust::PinSeen;
use protocol::{Act, Done, Hello, Outcome, Resume, Role, Rows};
use queue::{Date, Event, Moment, Now, Slot};
use store::{
    Answered, AppendError, Appointment, DayKey, Entry, ReplayError, RequestId, Store, Trusted,
};
use uuid::Uuid;

pub const DAY_MS: u64 = 24 * 3_600_000;

/// What the disk does at the next commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What it should.
    None,
    /// It is full.
    Full,
    /// It is full, and does not even give what is on it.
    Silent,
    /// It is full, and what is on it is damaged.
    Damaged,
    /// It takes what it should, but somebody reads it all the time.
    Reader,
    /// The program is killed before the commit.
    KilledBefore,
    /// The program is killed after the commit, before anybody is told.
    KilledAfter,
}

/// The store, behind a disk that fails when it is told to.
pub struct Disk {
    store: Store,
    fault: Rc<Cell<Fault>>,
    forgotten: Rc<Cell<u32>>,
    deleted_days: Rc<Cell<u32>>,
}

impl Journal for Disk {
    fn append(&mut self, expected_seq: u64, batch: &[Entry]) -> Result<u64, AppendError> {
        // A killed program says nothing more, and neither does an engine that ends with an error.
        let killed = AppendError::Conflict {
            expected: expected_seq,
            head: u64::MAX,
        };
        match self.fault.get() {
            Fault::None | Fault::Reader => Journal::append(&mut self.store, expected_seq, batch),
            Fault::Full | Fault::Silent | Fault::Damaged => {
                Err(AppendError::NotStored("the disk is full".to_owned()))
            }
            Fault::KilledBefore => Err(killed),
            Fault::KilledAfter => {
                Journal::append(&mut self.store, expected_seq, batch).and(Err(killed))
            }
        }
    }

    fn answered(&self, id: &RequestId) -> Result<Option<Answered>, AppendError> {
        Journal::answered(&self.store, id)
    }

    fn appointment(&self, code: &str) -> Result<Option<Appointment>, AppendError> {
        Journal::appointment(&self.store, code)
    }

    fn day_key(&self, date: Date) -> Result<DayKey, AppendError> {
        Journal::day_key(&self.store, date)
    }

    fn forget_keys_before(&mut self, date: Date) -> Result<(), AppendError> {
        Journal::forget_keys_before(&mut self.store, date)
    }

    fn forget_notes_before(&mut self, before: Date, today: Date) -> Result<bool, AppendError> {
        self.forgotten.set(self.forgotten.get() + 1);
        let gone = Journal::forget_notes_before(&mut self.store, before, today)?;
        Ok(gone && self.fault.get() != Fault::Reader)
    }

    fn look_beside(&self) -> Result<(), ReplayError> {
        Journal::look_beside(&self.store)
    }

    fn delete_old_days(&mut self, years: u32, at: Moment) -> Result<(), AppendError> {
        self.deleted_days.set(self.deleted_days.get() + 1);
        match self.fault.get() {
            Fault::Reader => Err(AppendError::NotStored("it is read just now".to_owned())),
            _ => Journal::delete_old_days(&mut self.store, years, at),
        }
    }

    fn trusted(&self) -> Result<Trusted, AppendError> {
        Journal::trusted(&self.store)
    }

    fn replay(&self, take: &mut dyn FnMut(Event)) -> Result<(), ReplayError> {
        match self.fault.get() {
            Fault::Silent => Err(ReplayError::Unreadable("nothing answers".to_owned())),
            Fault::Damaged => Err(ReplayError::Broken("it is no database".to_owned())),
            _ => Journal::replay(&self.store, take),
        }
    }

    fn seq(&self) -> u64 {
        Journal::seq(&self.store)
    }
}

/// What the clock on the wall shows when the steady one starts.
pub const START_WALL_MS: i64 = 1_795_312_800_000;

/// Writes a moment as its milliseconds.
struct PlainCalendar;

impl Calendar for PlainCalendar {
    fn local_text(&self, wall_ms: i64) -> String {
        wall_ms.to_string()
    }

    fn slot(&self, local_text: &str) -> Option<Slot> {
        let wall_ms: i64 = local_text.parse().ok()?;
        let since_start_ms = u64::try_from(wall_ms - START_WALL_MS).ok()?;
        Some(Slot {
            wall_ms,
            date: Date::new(2026, 11, 1 + (since_start_ms / DAY_MS) as u8),
            time_of_day_ms: (since_start_ms % DAY_MS) as u32,
        })
    }
}

/// A hall, its disk and its clock.
pub struct Desk {
    pub engine: Engine<Disk>,
    pub fault: Rc<Cell<Fault>>,
    /// How often the disk was told to delete what people typed.
    pub forgotten: Rc<Cell<u32>>,
    /// How often it was told to delete days.
    pub deleted_days: Rc<Cell<u32>>,
    pub steady_ms: u64,
    /// The day that the calendar shows, counted from the first; it can be set back.
    pub calendar_day: u64,
}

impl Desk {
    /// A hall that starts on a folder, at a time of the first day.
    pub fn start(folder: &Path, mut settings: HallSettings, steady_ms: u64) -> Self {
        settings.trust.trial = true;
        Self::strict(folder, settings, steady_ms)
    }

    /// A hall that believes nobody.
    pub fn strict(folder: &Path, settings: HallSettings, steady_ms: u64) -> Self {
        let fault = Rc::new(Cell::new(Fault::None));
        let forgotten = Rc::new(Cell::new(0));
        let deleted_days = Rc::new(Cell::new(0));
        let disk = Disk {
            store: Store::open(folder).expect("the folder can be written"),
            fault: Rc::clone(&fault),
            forgotten: Rc::clone(&forgotten),
            deleted_days: Rc::clone(&deleted_days),
        };
        let engine = Engine::new(settings, disk, Uuid::now_v7()).expect("a sound journal");
        Self {
            engine,
            fault,
            forgotten,
            deleted_days,
            steady_ms,
            calendar_day: steady_ms / DAY_MS,
        }
    }

    pub fn open(folder: &Path) -> Self {
        Self::start(folder, HallSettings::default_hall(), 1_000)
    }

    pub fn now(&self) -> Now {
        Now {
            at: Moment {
                steady_ms: self.steady_ms,
                wall_ms: START_WALL_MS + self.steady_ms as i64,
            },
            today: Date::new(2026, 11, 1 + self.calendar_day as u8),
            tomorrow_steady_ms: (self.steady_ms / DAY_MS + 1) * DAY_MS,
            time_of_day_ms: (self.steady_ms % DAY_MS) as u32,
        }
    }

    /// Lets time pass; the calendar follows.
    pub fn wait(&mut self, ms: u64) {
        self.steady_ms += ms;
        self.calendar_day = self.steady_ms / DAY_MS;
    }

    pub fn try_handle(&mut self, batch: Vec<Input>) -> Result<Vec<Output>, Fatal> {
        let now = self.now();
        let mut outputs = self.engine.handle(batch, now, &PlainCalendar)?;
        outputs.extend(self.engine.publish(now));
        self.engine.queue().check().expect("the rules hold");
        Ok(outputs)
    }

    pub fn handle(&mut self, batch: Vec<Input>) -> Vec<Output> {
        self.try_handle(batch).expect("nobody was killed")
    }

    /// One act alone, with a new id.
    pub fn ask(&mut self, act: Act) -> Outcome {
        self.ask_as(Uuid::now_v7(), act)
    }

    pub fn ask_as(&mut self, id: Uuid, act: Act) -> Outcome {
        let answers = answers(self.handle(vec![request(id, act)]));
        let [(answered, outcome)] = answers.try_into().expect("one answer");
        assert_eq!(answered, id);
        outcome
    }
}

pub fn request(id: Uuid, act: Act) -> Input {
    let role = act.roles()[0];
    Input::Request {
        session: role as u64,
        role,
        device: format!("{role:?}-1"),
        id,
        act,
        pin: PinSeen::None,
    }
}

pub fn join(session: u64, role: Role, device: &str, resume: Option<Resume>) -> Input {
    Input::Join {
        session,
        hello: Hello {
            protocol: protocol::VERSION,
            role,
            device: device.to_owned(),
            app: "test".to_owned(),
            resume,
            key: None,
        },
        address: None,
    }
}

pub fn answers(outputs: Vec<Output>) -> Vec<(Uuid, Outcome)> {
    let answer = |output| match output {
        Output::Answer { id, outcome, .. } => Some((id, outcome)),
        _ => None,
    };
    outputs.into_iter().filter_map(answer).collect()
}

/// The changed rows for a role, if there are any.
pub fn changed(outputs: &[Output], wanted: Role) -> Option<&Rows> {
    outputs.iter().find_map(|output| match output {
        Output::Changed { audience, rows } if *audience == wanted.audience() => Some(rows),
        _ => None,
    })
}

pub fn take(service: &str, class: &str) -> Act {
    Act::take(service, class)
}

pub fn sign_in(counter: u16, clerk: &str) -> Act {
    Act::sign_in(counter, clerk)
}

pub fn number(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Done(Done::Issued(issued)) => &issued.number,
        Outcome::Done(Done::Called(called)) => &called.number,
        other => panic!("no number: {other:?}"),
    }
}
