//! Who is let in, and who may do what: devices, people, rights.
//!
//! [`Trust`] is part of the hall's one state: it has no clock, no chance and no disk of its own. What it
//! changes for ever it gives back as a [`store::Change`] with a [`Note`], which go to disk together.

mod bucket;
mod code;
pub mod devices;
mod note;
pub mod pairing;
pub mod people;
pub mod rights;
mod sessions;
pub mod slip;
mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use protocol::{Act, ByeCode, Hello, Refusal, Role};
use queue::Moment;
use store::{Change, Device, Person, Trusted};

pub use bucket::Neighbour;
pub use code::{CODE_LIFE_MS, Code, PROOFS};
pub use note::{Note, worded, worded_in_chinese};
pub use rights::PersonRole;
pub use sessions::Held;

use crate::engine::SessionId;
use crate::settings::TrustSettings;
use bucket::Buckets;
use people::AfterWrong;
use sessions::Sessions;

/// Whom the hall lets in.
#[derive(Clone, Debug)]
pub struct Trust {
    settings: TrustSettings,
    devices: BTreeMap<String, Device>,
    people: BTreeMap<String, Person>,
    codes: BTreeMap<String, Code>,
    sessions: Sessions,
    connections: BTreeMap<SessionId, Visit>,
    /// Connections that were not let in and may not know it yet.
    refused: BTreeSet<SessionId>,
    buckets: Buckets,
    guesses: BTreeMap<String, Guesses>,
}

/// A connection that was let in, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// What the device is.
    pub role: Role,
    /// Its name.
    pub device: String,
    /// The counter to which it belongs.
    pub counter: Option<u16>,
    /// From where it comes; `None` of what has no connection.
    pub address: Option<IpAddr>,
}

/// What was found out about a PIN before the request came to the loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PinSeen {
    /// There was none to look at.
    #[default]
    None,
    /// It is the person's.
    Right,
    /// It is not, or there is no such person.
    Wrong,
}

/// Wrong PINs on one device.
#[derive(Clone, Copy, Debug, Default)]
struct Guesses {
    wrong: u32,
    locks: u32,
    locked_until_ms: u64,
}

/// What takes no PIN just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locks {
    /// So many.
    pub names_and_devices: u32,
    /// Since when the first of them does not, in milliseconds since 1970.
    pub since_wall_ms: i64,
}

/// Something that changes for ever, to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// What is said of it.
    pub note: Note,
    /// Whom the hall knows then.
    pub changes: Vec<Change>,
}

impl Deed {
    /// Something that is only said.
    #[must_use]
    pub fn said(note: Note) -> Self {
        Self {
            note,
            changes: Vec::new(),
        }
    }
}

impl Trust {
    /// Lets in whom the journal knows.
    #[must_use]
    pub fn new(settings: TrustSettings, known: Trusted) -> Self {
        let mut trust = Self {
            settings,
            devices: BTreeMap::new(),
            people: BTreeMap::new(),
            codes: BTreeMap::new(),
            sessions: Sessions::default(),
            connections: BTreeMap::new(),
            refused: BTreeSet::new(),
            buckets: Buckets::default(),
            guesses: BTreeMap::new(),
        };
        trust.know(known);
        trust
    }

    /// Goes back to what is on disk.
    pub fn know(&mut self, known: Trusted) {
        let Trusted { devices, people } = known;
        let by_name = |device: Device| (device.name.clone(), device);
        self.devices = devices.into_iter().map(by_name).collect();
        let by_name = |person: Person| (person.name.clone(), person);
        self.people = people.into_iter().map(by_name).collect();
    }

    /// Takes in what is about to be on disk.
    pub fn apply(&mut self, change: &Change) {
        match change.clone() {
            Change::PutDevice(device) => drop(self.devices.insert(device.name.clone(), device)),
            Change::RemoveDevice(name) => drop(self.devices.remove(&name)),
            Change::PutPerson(person) => drop(self.people.insert(person.name.clone(), person)),
            Change::RemovePerson(name) => drop(self.people.remove(&name)),
        }
    }

    /// Whether programs on the hall's own machine are believed.
    #[must_use]
    pub fn is_trial(&self) -> bool {
        self.settings.trial
    }

    /// Whether people sign in with a PIN.
    #[must_use]
    pub fn asks_pin(&self) -> bool {
        !self.settings.trial || !self.people.is_empty()
    }

    /// Every device that was paired.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    /// Everybody who may sign in.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// A person by name.
    #[must_use]
    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.get(name)
    }

    /// A device by name.
    #[must_use]
    pub fn device(&self, name: &str) -> Option<&Device> {
        self.devices.get(name)
    }

    /// The names and devices that take no PIN just now, if there are any.
    #[must_use]
    pub fn locks(&self, now: Moment) -> Option<Locks> {
        let people = self.people.values();
        let of_people = people.map(|person| (person.locked_until_ms, person.locks));
        let devices = self.guesses.values();
        let of_devices = devices.map(|guesses| (guesses.locked_until_ms, guesses.locks));
        let stand = of_people
            .chain(of_devices)
            .filter(|(until_ms, _)| *until_ms > now.steady_ms);
        let since = |(until_ms, locks): (u64, u32)| {
            let began_ms = until_ms.saturating_sub(people::lock_ms(locks.saturating_sub(1)));
            let ago_ms = now.steady_ms.saturating_sub(began_ms) as i64;
            // To the second: the two clocks differ by a little less or more each time.
            (now.wall_ms - ago_ms) / 1_000 * 1_000
        };
        let since: Vec<i64> = stand.map(since).collect();
        Some(Locks {
            names_and_devices: since.len() as u32,
            since_wall_ms: *since.iter().min()?,
        })
    }
}

/// Connections.
impl Trust {
    /// Lets a connection in, or says why not.
    ///
    /// # Errors
    /// With what it is told.
    pub fn join(
        &mut self,
        session: SessionId,
        hello: &Hello,
        address: Option<IpAddr>,
    ) -> Result<(), ByeCode> {
        let let_in = self.look_at(hello, address);
        match let_in {
            Ok(counter) => {
                let visit = Visit {
                    role: hello.role,
                    device: hello.device.clone(),
                    counter,
                    address,
                };
                self.connections.insert(session, visit);
                Ok(())
            }
            Err(code) => {
                self.refused.insert(session);
                Err(code)
            }
        }
    }

    /// The counter to which a device belongs that is let in.
    fn look_at(&self, hello: &Hello, address: Option<IpAddr>) -> Result<Option<u16>, ByeCode> {
        let known = self.devices.get(&hello.device);
        if let (Some(device), Some(key)) = (known, &hello.key)
            && devices::is_key(key, &device.key_sum)
        {
            return match devices::role(&device.role) == Some(hello.role) {
                true => Ok(device.counter),
                false => Err(ByeCode::Role),
            };
        }
        let here = address.is_none_or(|address| address.to_canonical().is_loopback());
        let believed = self.settings.trial && here;
        let telephone = self.settings.phones && hello.role == Role::Phone && known.is_none();
        match believed || telephone {
            true => Ok(None),
            false => Err(ByeCode::NotPaired),
        }
    }

    /// A connection has ended.
    pub fn leave(&mut self, session: SessionId) {
        self.refused.remove(&session);
        if let Some(Visit { device, .. }) = self.connections.remove(&session)
            && !self.devices.contains_key(&device)
            && !self.connections.values().any(|it| it.device == device)
        {
            self.buckets.forget(&device);
        }
    }

    /// Whose connection this is. In a hall on trial who never said hello is believed.
    ///
    /// # Errors
    /// If it was not let in, or is not any more.
    pub fn visit(&self, session: SessionId, role: Role, device: &str) -> Result<Visit, Refusal> {
        if let Some(visit) = self.connections.get(&session) {
            return Ok(visit.clone());
        }
        if !self.settings.trial || self.refused.contains(&session) {
            return Err(Refusal::NotAllowed);
        }
        Ok(Visit {
            role,
            device: device.to_owned(),
            counter: None,
            address: None,
        })
    }

    /// Whether the device may ask anything now. What has no connection may.
    ///
    /// # Errors
    /// If it has asked too much.
    pub fn may_ask_now(&mut self, visit: &Visit, now_ms: u64) -> Result<(), Refusal> {
        let Some(address) = visit.address else {
            return Ok(());
        };
        let limits = (
            self.settings.requests_at_once,
            self.settings.requests_per_second,
        );
        let buckets = &mut self.buckets;
        let may_ask = match visit.role {
            Role::Phone => buckets.take_of_address(address, limits, now_ms),
            _ => buckets.take_of_device(&visit.device, limits, now_ms),
        };
        match may_ask {
            true => Ok(()),
            false => Err(Refusal::TooManyRequests),
        }
    }

    /// Shuts a device out. Gives its connections, which are to end.
    pub fn shut_out(&mut self, device: &str) -> Vec<SessionId> {
        self.sessions.end(device);
        self.codes.remove(device);
        self.buckets.forget(device);
        let of_device = self.connections.iter();
        let sessions: Vec<SessionId> = of_device
            .filter(|(_, visit)| visit.device == device)
            .map(|(session, _)| *session)
            .collect();
        for session in &sessions {
            self.connections.remove(session);
            self.refused.insert(*session);
        }
        sessions
    }

    /// From where a device is connected.
    #[must_use]
    pub fn address_of(&self, device: &str) -> Option<IpAddr> {
        let mut visits = self.connections.values();
        visits.find(|visit| visit.device == device)?.address
    }
}

/// People.
impl Trust {
    /// What a PIN for this name is to be held against: also a name that nobody has costs the work.
    /// `None` while the name or the device takes no PIN, so that there is nothing to work out.
    #[must_use]
    pub fn pin_of(&self, person: &str, device: &str, now_ms: u64) -> Option<String> {
        if self.lock_left(person, device, now_ms).is_some() {
            return None;
        }
        let known = self.people.get(person.trim());
        Some(
            known
                .map_or(people::NOBODY, |person| &person.pin)
                .to_owned(),
        )
    }

    fn lock_left(&self, person: &str, device: &str, now_ms: u64) -> Option<u32> {
        let person = self.people.get(person.trim());
        let of_person = person.map_or(0, |person| person.locked_until_ms);
        let guesses = self.guesses.get(device);
        let of_device = guesses.map_or(0, |guesses| guesses.locked_until_ms);
        let left_ms = of_person.max(of_device).saturating_sub(now_ms);
        (left_ms > 0).then(|| people::minutes(left_ms))
    }

    /// Who signs in with this PIN, as far as that is right.
    ///
    /// # Errors
    /// With what the person is told, and what is to be written down.
    pub fn sign_in(
        &mut self,
        device: &str,
        (person, pin): (&str, PinSeen),
        now_ms: u64,
    ) -> Result<(PersonRole, Vec<Deed>), (Refusal, Vec<Deed>)> {
        if let Some(minutes) = self.lock_left(person, device, now_ms) {
            return Err((Refusal::Locked { minutes }, Vec::new()));
        }
        let known = self.people.get(person.trim()).cloned();
        match (known, pin) {
            (Some(known), PinSeen::Right) => match PersonRole::of(&known.role) {
                Some(role) => Ok((role, self.right(device, known))),
                None => Err((Refusal::WrongPin, Vec::new())),
            },
            // Nothing was tried.
            (_, PinSeen::None) => Err((Refusal::WrongPin, Vec::new())),
            (known, _) => Err((Refusal::WrongPin, self.wrong(device, known, now_ms))),
        }
    }

    fn right(&mut self, device: &str, person: Person) -> Vec<Deed> {
        self.guesses.remove(device);
        if (person.failures, person.locks) == (0, 0) {
            return Vec::new();
        }
        let note = Note::Unlocked {
            person: person.name.clone(),
        };
        let person = Person {
            failures: 0,
            locks: 0,
            locked_until_ms: 0,
            ..person
        };
        vec![self.done(note, Change::PutPerson(person))]
    }

    fn wrong(&mut self, device: &str, person: Option<Person>, now_ms: u64) -> Vec<Deed> {
        let mut deeds = Vec::new();
        if let Some(person) = person {
            let name = person.name.clone();
            let (person, locked) = match people::after_wrong(&person, now_ms) {
                AfterWrong::MayTry(person) => (person, None),
                AfterWrong::Locked(person, minutes) => (person, Some(minutes)),
            };
            let note = Note::WrongPin {
                person: name.clone(),
            };
            deeds.push(self.done(note, Change::PutPerson(person)));
            let note = locked.map(|minutes| Note::PersonLocked {
                person: name,
                minutes,
            });
            deeds.extend(note.map(Deed::said));
        }
        let guesses = self.guesses.entry(device.to_owned()).or_default();
        guesses.wrong += 1;
        if guesses.wrong >= people::WRONG_ON_A_DEVICE {
            let lock_ms = people::lock_ms(guesses.locks);
            guesses.wrong = 0;
            guesses.locks += 1;
            guesses.locked_until_ms = now_ms + lock_ms;
            deeds.push(Deed::said(Note::DeviceLocked {
                device: device.to_owned(),
                minutes: people::minutes(lock_ms),
            }));
        }
        deeds
    }

    /// Takes a change in and gives what is to be written down of it.
    pub fn done(&mut self, note: Note, change: Change) -> Deed {
        self.apply(&change);
        Deed {
            note,
            changes: vec![change],
        }
    }

    /// No device is locked any more.
    pub fn unlock_devices(&mut self) {
        self.guesses.clear();
    }

    /// A person has a device in hand from now on.
    pub fn begin(&mut self, device: &str, person: &str, role: PersonRole, now_ms: u64) {
        self.sessions.begin(device, person.trim(), role, now_ms);
    }

    /// Nobody has this device in hand any more.
    pub fn end(&mut self, device: &str) {
        self.sessions.end(device);
    }

    /// A person has no device in hand any more.
    pub fn end_of_person(&mut self, person: &str) {
        self.sessions.end_of_person(person);
    }

    /// Nobody has anything in hand any more: the day has turned.
    pub fn end_all(&mut self) {
        self.sessions.end_all();
    }

    /// Who has a device in hand.
    #[must_use]
    pub fn holder(&self, device: &str, now_ms: u64) -> Option<&Held> {
        let idle_ms = self.settings.session_idle_ms;
        self.sessions.holder(device, now_ms, idle_ms)
    }

    /// Whether an act may be asked on this device by who holds it, and marks that the holder is there.
    ///
    /// # Errors
    /// With what the person is told.
    pub fn may(&mut self, visit: &Visit, act: &Act, now_ms: u64) -> Result<(), Refusal> {
        if !act.may_be_asked_by(visit.role) {
            return Err(Refusal::NotAllowed);
        }
        if self.asks_pin() {
            let holder = self.holder(&visit.device, now_ms).map(|held| held.role);
            if !rights::may(visit.role, holder, act) {
                return Err(match holder {
                    None => Refusal::SignInAgain,
                    Some(_) => Refusal::NotAllowed,
                });
            }
            self.is_its_counter(visit, act, holder)?;
        }
        self.sessions.acted(&visit.device, now_ms);
        Ok(())
    }

    /// A device that was paired for a counter acts for it alone, unless a supervisor holds it.
    ///
    /// # Errors
    /// With the counter to which it belongs.
    pub fn is_its_counter(
        &self,
        visit: &Visit,
        act: &Act,
        holder: rights::Holder,
    ) -> Result<(), Refusal> {
        match (visit.counter, rights::counter(act)) {
            (Some(own), Some(meant)) if own != meant && holder != Some(PersonRole::Supervisor) => {
                Err(Refusal::OtherCounter { counter: own })
            }
            _ => Ok(()),
        }
    }
}
