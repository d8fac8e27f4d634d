//! Who is let in, and whether who asks may ask: what of it concerns the queue, the devices and the journal.

use std::net::IpAddr;

use protocol::{
    Act, ByeCode, Done, Hello, MAX_NAME_CHARS, PAIR_NONCE_BYTES, Pair, Paired, Refusal, Resume,
    Role, Secret,
};
use queue::{Command, CounterNumber, Date, Event, Now};
use store::{Change, Device, Entry};

use super::devices::Joined;
use super::translate::text;
use super::{Draft, Engine, Journal, Output, SessionId};
use crate::trust::pairing::{About, Side};
use crate::trust::{Deed, Note, PersonRole, PinSeen, Visit, devices, rights, slip};

/// Who asks: a connection, and what was found out about a PIN in the act.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) session: SessionId,
    pub(super) role: Role,
    pub(super) device: &'a str,
    pub(super) pin: PinSeen,
}

/// A person who acts.
#[derive(Clone, Debug)]
pub(super) struct Acting {
    pub(super) name: String,
    role: PersonRole,
}

/// What a program says that wants to be let in, and on which connection.
pub(super) struct Pairing {
    pub(super) session: SessionId,
    pub(super) pair: Pair,
    pub(super) fingerprint: Vec<u8>,
    pub(super) random: [u8; 32],
    pub(super) address: Option<IpAddr>,
}

impl<J: Journal> Engine<J> {
    pub(super) fn join(
        &mut self,
        (session, address): (SessionId, Option<IpAddr>),
        hello: &Hello,
        now: Now,
        draft: &mut Draft,
    ) {
        if let Err(code) = self.trust.join(session, hello, address) {
            draft.sittings.push(Output::Bye { session, code });
            return;
        }
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

    /// Whose connection it is, if it may ask anything now.
    ///
    /// # Errors
    /// If it may not.
    pub(super) fn visitor(&mut self, now: Now, asker: Asker<'_>) -> Result<Visit, Refusal> {
        let visit = self.trust.visit(asker.session, asker.role, asker.device)?;
        self.trust.may_ask_now(&visit, now.at.steady_ms)?;
        Ok(visit)
    }

    /// Whether nothing can be written down just now.
    pub(super) fn cannot_store(&self, now: Now) -> bool {
        self.is_read_only() || self.adrift || now.at.steady_ms < self.store_again_steady_ms
    }

    /// Who took a device in hand in a batch that was not written down has not, and its codes are none.
    pub(super) fn take_back_trust(&mut self, draft: &Draft) {
        draft.begun.iter().for_each(|device| self.trust.end(device));
        let codes = draft.codes.iter();
        codes.for_each(|device| self.trust.drop_code(device));
    }

    /// Whom the hall knows is whom the disk knows. Whether that could be read.
    pub(super) fn trust_again(&mut self) -> bool {
        match self.journal.trusted() {
            Ok(known) => {
                self.trust.know(known);
                true
            }
            Err(error) => {
                tracing::error!(
                    "devices and people cannot be read: {error}. The hall goes on by itself when it can."
                );
                false
            }
        }
    }

    /// Lets a device in that proves that it knows its code.
    pub(super) fn pair(&mut self, pairing: Pairing, now: Now, draft: &mut Draft) {
        let session = pairing.session;
        match self.paired(pairing, now, draft) {
            Some(paired) => draft.paired.push((session, paired)),
            None => draft.sittings.push(Output::Bye {
                session,
                code: ByeCode::PairingFailed,
            }),
        }
    }

    fn paired(&mut self, pairing: Pairing, now: Now, draft: &mut Draft) -> Option<Paired> {
        if self.cannot_store(now) {
            return None;
        }
        let Pair {
            device,
            nonce,
            proof,
            ..
        } = pairing.pair;
        let nonce: [u8; PAIR_NONCE_BYTES] = devices::bytes(&nonce)?;
        let proof: [u8; 32] = devices::bytes(&proof)?;
        let about = About {
            fingerprint: &pairing.fingerprint,
            nonce: &nonce,
            device: &device,
        };
        let actor = actor((None, &device), None, pairing.address);
        let code = match self.trust.prove(&about, &proof, now.at.steady_ms) {
            Ok(code) => code,
            Err(deed) => {
                deed.into_iter()
                    .for_each(|deed| self.record(&actor, deed, now, draft));
                return None;
            }
        };
        let key = devices::key(pairing.random);
        let known = Device {
            name: device.clone(),
            role: devices::word(code.role).to_owned(),
            counter: code.counter,
            key_sum: devices::sum(&key),
            paired_wall_ms: now.at.wall_ms,
        };
        // Whoever had this name until now, with another key, has to go.
        self.shut_out(&device, now, draft);
        let note = Note::Paired {
            device: device.clone(),
            role: code.role,
        };
        let deed = self.trust.done(note, Change::PutDevice(known));
        self.record(&actor, deed, now, draft);
        Some(Paired {
            key,
            role: code.role,
            proof: devices::text(&code.key.proof(Side::Hall, &about)),
        })
    }

    pub(super) fn shut_out(&mut self, device: &str, now: Now, draft: &mut Draft) {
        for session in self.trust.shut_out(device) {
            self.devices.leave(session, device, now.at);
            draft.sittings.push(Output::Bye {
                session,
                code: ByeCode::Revoked,
            });
        }
    }

    /// Puts into the journal what concerns devices and people.
    pub(super) fn record(&mut self, actor: &str, deed: Deed, now: Now, draft: &mut Draft) {
        draft.entries.push(Entry {
            actor: actor.to_owned(),
            events: vec![deed.note.event(now.at)],
            changes: deed.changes,
            request: None,
        });
    }

    /// Whether this may be asked now, and who asks it.
    ///
    /// # Errors
    /// If not.
    pub(super) fn admit(
        &mut self,
        now: Now,
        (visit, pin): (&Visit, PinSeen),
        act: &Act,
        draft: &mut Draft,
    ) -> Result<Option<Acting>, Refusal> {
        match act {
            Act::SignIn { clerk: person, .. } | Act::Identify { person, .. }
                if act.may_be_asked_by(visit.role) =>
            {
                let person = text("person", person, MAX_NAME_CHARS)?;
                let role = self.signs_in(now, visit, (&person, pin), draft)?;
                if !rights::may(visit.role, Some(role), act) {
                    return Err(Refusal::NotAllowed);
                }
                self.trust.is_its_counter(visit, act, Some(role))?;
                Ok(Some(Acting { name: person, role }))
            }
            _ => {
                self.trust.may(visit, act, now.at.steady_ms)?;
                let held = self.trust.holder(&visit.device, now.at.steady_ms);
                let acting = held.map(|held| Acting {
                    name: held.person.clone(),
                    role: held.role,
                });
                if let Some(acting) = &acting {
                    self.sits_there(acting, act)?;
                }
                Ok(acting)
            }
        }
    }

    fn signs_in(
        &mut self,
        now: Now,
        visit: &Visit,
        (person, pin): (&str, PinSeen),
        draft: &mut Draft,
    ) -> Result<PersonRole, Refusal> {
        if !self.trust.asks_pin() {
            return Ok(match visit.role {
                Role::Supervisor => PersonRole::Supervisor,
                Role::Guide => PersonRole::Guide,
                _ => PersonRole::Clerk,
            });
        }
        let signed_in = self
            .trust
            .sign_in(&visit.device, (person, pin), now.at.steady_ms);
        let (role, deeds) = match signed_in {
            Ok((role, deeds)) => (Ok(role), deeds),
            Err((refusal, deeds)) => (Err(refusal), deeds),
        };
        let actor = actor((Some(visit.role), &visit.device), None, visit.address);
        for deed in deeds {
            if let Note::PersonLocked { .. } | Note::DeviceLocked { .. } = deed.note {
                tracing::warn!(
                    "{actor}: {}. If that was nobody of yours, look who stands there.",
                    deed.note
                );
            }
            self.record(&actor, deed, now, draft);
        }
        role
    }

    /// A clerk acts at the counter where he sits, and nowhere in the name of another.
    fn sits_there(&self, acting: &Acting, act: &Act) -> Result<(), Refusal> {
        if !self.trust.asks_pin() || acting.role != PersonRole::Clerk {
            return Ok(());
        }
        let counter = rights::counter(act).map(CounterNumber);
        let seat = counter.and_then(|counter| self.queue.day().counter(counter));
        match seat.is_some_and(|seat| seat.clerk != acting.name) {
            true => Err(Refusal::NotAllowed),
            false => Ok(()),
        }
    }

    /// For the journal: who took the device in hand.
    pub(super) fn said_who(&self, now: Now, visit: &Visit, acting: Option<&Acting>) -> Vec<Event> {
        let note = acting.map(|acting| Note::Identified {
            person: acting.name.clone(),
            device: visit.device.clone(),
        });
        note.iter().map(|note| note.event(now.at)).collect()
    }

    /// For the journal: who gave it back.
    pub(super) fn said_who_left(
        &self,
        now: Now,
        visit: &Visit,
        acting: Option<&Acting>,
    ) -> Vec<Event> {
        let note = acting.map(|acting| Note::Left {
            person: acting.name.clone(),
            device: visit.device.clone(),
        });
        note.iter().map(|note| note.event(now.at)).collect()
    }

    /// A telephone must have the slip before it: who saw a number on the wall may not cancel it.
    pub(super) fn has_slip(
        &self,
        date: Date,
        role: Role,
        act: &Act,
        command: &Command,
    ) -> Result<(), Refusal> {
        let token = match act {
            Act::Cancel { token, .. } | Act::Return { token, .. } if role == Role::Phone => token,
            _ => return Ok(()),
        };
        let (Command::Cancel(ticket, _) | Command::Return(ticket)) = command else {
            return Ok(());
        };
        let key = self.journal.day_key(date).map_err(|_| Refusal::NotStored)?;
        let said = token.as_ref().map_or("", Secret::reveal);
        match slip::is_token(said, &key, ticket.0) {
            true => Ok(()),
            false => Err(Refusal::NotAllowed),
        }
    }

    /// What the slip's code has to say for the customer's telephone.
    pub(super) fn add_token(&self, date: Date, done: &mut Done) -> Result<(), Refusal> {
        if let Done::Issued(issued) | Done::Reprint(issued) = done {
            let key = self.journal.day_key(date).map_err(|_| Refusal::NotStored)?;
            issued.token = Some(Secret::new(slip::token(&key, issued.ticket)));
        }
        Ok(())
    }

    /// What an act that is done means for who holds the device.
    pub(super) fn settle_holder(
        &mut self,
        now: Now,
        visit: &Visit,
        acting: Option<&Acting>,
        act: &Act,
        draft: &mut Draft,
    ) {
        match (act, acting) {
            (Act::SignIn { .. } | Act::Identify { .. }, Some(acting)) => {
                self.trust
                    .begin(&visit.device, &acting.name, acting.role, now.at.steady_ms);
                draft.begun.push(visit.device.clone());
            }
            // A supervisor who closes a counter for somebody stays.
            (Act::SignOut { .. }, Some(acting)) if acting.role != PersonRole::Supervisor => {
                self.trust.end(&visit.device);
            }
            (Act::Leave {}, _) => self.trust.end(&visit.device),
            _ => {}
        }
    }
}

/// Who does something, from where: `counter:counter-1/王芳@192.168.1.20`.
pub(super) fn actor(
    (role, device): (Option<Role>, &str),
    person: Option<&str>,
    address: Option<IpAddr>,
) -> String {
    let mut actor = match role {
        Some(role) => format!("{}:{device}", devices::word(role)),
        None => format!("new:{device}"),
    };
    if let Some(person) = person {
        actor += &format!("/{person}");
    }
    if let Some(address) = address {
        actor += &format!("@{}", address.to_canonical());
    }
    actor
}
