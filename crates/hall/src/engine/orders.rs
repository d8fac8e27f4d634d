//! What the administrator has the hall do.

use protocol::{MAX_NAME_CHARS, Role};
use queue::{CounterNumber, Now};
use store::{Change, Person};

use super::{Draft, Engine, Journal};
use crate::admin::{Answer, DeviceShown, Order, PersonShown};
use crate::trust::pairing::PairingKey;
use crate::trust::{Note, PersonRole};

/// The disk takes nothing just now.
pub(super) const NOT_STORED: &str = "the hall cannot write anything down, so nothing was done. Free room on its disk, and try again.";

impl<J: Journal> Engine<J> {
    /// Does what is ordered, ahead of the disk; `commit` makes it true.
    pub(super) fn order(
        &mut self,
        actor: &str,
        what: Order,
        now: Now,
        draft: &mut Draft,
    ) -> Answer {
        match &what {
            Order::Devices => return self.tell_devices(now),
            Order::People => return self.tell_people(now),
            _ if self.cannot_store(now) => return Answer::refused(NOT_STORED),
            _ => {}
        }
        let done = match what {
            Order::Devices | Order::People => Ok(()),
            Order::Pair {
                device,
                role,
                counter,
                key,
            } => self.make_code(actor, (&device, role, counter), key, now, draft),
            Order::Revoke { device } => self.revoke(actor, &device, now, draft),
            Order::AddPerson { person, role, pin } => {
                self.add_person(actor, (&person, role), pin, now, draft)
            }
            Order::SetPin { person, pin } => {
                let note = |person| Note::PinSet { person };
                self.change_person(actor, &person, now, draft, note, |person| Person {
                    pin,
                    ..free(person)
                })
                .map(|()| self.trust.end_of_person(person.trim()))
            }
            Order::Unlock { person } => {
                self.trust.unlock_devices();
                let note = |person| Note::Unlocked { person };
                self.change_person(actor, &person, now, draft, note, free)
            }
            Order::RemovePerson { person } => self.remove_person(actor, &person, now, draft),
        };
        match done {
            Ok(()) => Answer::Done {},
            Err(why) => Answer::Refused { why },
        }
    }

    fn make_code(
        &mut self,
        actor: &str,
        (device, role, counter): (&str, Role, Option<u16>),
        key: PairingKey,
        now: Now,
        draft: &mut Draft,
    ) -> Result<(), String> {
        let device = name(device)?;
        match (role, counter) {
            (Role::Phone, _) => {
                return Err(
                    "telephones are not paired: [trust] phones in the settings lets them in."
                        .to_owned(),
                );
            }
            (Role::Counter, Some(number)) if !self.has_counter(number) => {
                return Err(format!(
                    "the hall has no counter {number}: see its settings."
                ));
            }
            (Role::Counter, _) | (_, None) => {}
            (_, Some(_)) => return Err("only a counter's device has a --counter.".to_owned()),
        }
        self.trust
            .add_code(&device, (role, counter), key, now.at.steady_ms)?;
        draft.codes.push(device.clone());
        let note = Note::CodeMade {
            device,
            role,
            counter,
        };
        self.record(actor, crate::trust::Deed::said(note), now, draft);
        Ok(())
    }

    fn has_counter(&self, number: u16) -> bool {
        self.settings.counters.contains_key(&CounterNumber(number))
    }

    fn revoke(
        &mut self,
        actor: &str,
        device: &str,
        now: Now,
        draft: &mut Draft,
    ) -> Result<(), String> {
        if self.trust.device(device).is_none() {
            return Err(format!(
                "no device is called {device}: hall devices shows those that there are."
            ));
        }
        self.shut_out(device, now, draft);
        let device = device.to_owned();
        let note = Note::Revoked {
            device: device.clone(),
        };
        let deed = self.trust.done(note, Change::RemoveDevice(device));
        self.record(actor, deed, now, draft);
        Ok(())
    }

    fn add_person(
        &mut self,
        actor: &str,
        (person, role): (&str, PersonRole),
        pin: String,
        now: Now,
        draft: &mut Draft,
    ) -> Result<(), String> {
        let person = name(person)?;
        if self.trust.person(&person).is_some() {
            return Err(format!(
                "there is a {person} already. Use hall people set-pin for a new PIN, or another name."
            ));
        }
        let note = Note::PersonAdded {
            person: person.clone(),
            role,
        };
        let person = Person {
            name: person,
            role: role.word().to_owned(),
            pin,
            failures: 0,
            locks: 0,
            locked_until_ms: 0,
            created_wall_ms: now.at.wall_ms,
        };
        let deed = self.trust.done(note, Change::PutPerson(person));
        self.record(actor, deed, now, draft);
        Ok(())
    }

    fn change_person(
        &mut self,
        actor: &str,
        person: &str,
        now: Now,
        draft: &mut Draft,
        note: impl FnOnce(String) -> Note,
        change: impl FnOnce(Person) -> Person,
    ) -> Result<(), String> {
        let known = self.trust.person(person.trim()).cloned();
        let known = known.ok_or_else(|| nobody(person))?;
        let note = note(known.name.clone());
        let deed = self.trust.done(note, Change::PutPerson(change(known)));
        self.record(actor, deed, now, draft);
        Ok(())
    }

    fn remove_person(
        &mut self,
        actor: &str,
        person: &str,
        now: Now,
        draft: &mut Draft,
    ) -> Result<(), String> {
        let person = person.trim().to_owned();
        if self.trust.person(&person).is_none() {
            return Err(nobody(&person));
        }
        self.trust.end_of_person(&person);
        let note = Note::PersonRemoved {
            person: person.clone(),
        };
        let deed = self.trust.done(note, Change::RemovePerson(person));
        self.record(actor, deed, now, draft);
        Ok(())
    }

    fn tell_devices(&self, now: Now) -> Answer {
        let shown = |device: &store::Device| DeviceShown {
            name: device.name.clone(),
            role: device.role.clone(),
            counter: device.counter,
            paired_wall_ms: device.paired_wall_ms,
            address: self.trust.address_of(&device.name),
            person: self
                .trust
                .holder(&device.name, now.at.steady_ms)
                .map(|held| held.person.clone()),
        };
        Answer::Devices {
            devices: self.trust.devices().map(shown).collect(),
        }
    }

    fn tell_people(&self, now: Now) -> Answer {
        let shown = |person: &Person| {
            let left_ms = person.locked_until_ms.saturating_sub(now.at.steady_ms);
            PersonShown {
                name: person.name.clone(),
                role: person.role.clone(),
                locked_min: (left_ms > 0).then(|| left_ms.div_ceil(60_000) as u32),
                created_wall_ms: person.created_wall_ms,
            }
        };
        Answer::People {
            people: self.trust.people().map(shown).collect(),
        }
    }
}

/// The person with nothing held against him.
fn free(person: Person) -> Person {
    Person {
        failures: 0,
        locks: 0,
        locked_until_ms: 0,
        ..person
    }
}

fn nobody(person: &str) -> String {
    format!("nobody is called {person}: hall people list shows those who may sign in.")
}

/// A name that stands in the record between other words, so that it must not have their signs.
fn name(typed: &str) -> Result<String, String> {
    let name = typed.trim();
    let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
    let signs = |sign: char| sign.is_control() || "/@:".contains(sign);
    match fits && !name.contains(signs) {
        true => Ok(name.to_owned()),
        false => Err(format!(
            "a name has 1 to {MAX_NAME_CHARS} characters and none of / @ : in it."
        )),
    }
}
