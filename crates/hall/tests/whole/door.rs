//! Tablets that nobody believes without a key, and the administrator who lets them in and shuts them out,
//! on a disk that may fail at any of it.
//!
//! Of a change that nobody confirmed it is not known whether it is on the disk. So there are for each tablet
//! all keys that the hall may know, and whatever the hall says leaves fewer of them. What was confirmed
//! leaves one.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::OnceLock;

use hall::admin::{Answer, Order};
use hall::engine::{Input, Output, SessionId};
use hall::trust::pairing::{About, PairingKey, Side};
use hall::trust::{CODE_LIFE_MS, PROOFS, PinSeen, devices};
use protocol::{Act, ByeCode, Hello, Pair, Paired, Role, Secret};
use uuid::Uuid;

use crate::clocks::MINUTE_MS;
use crate::town::CLASSES;
use crate::world::{Coming, Held, World};

const TABLETS: [&str; 3] = ["tablet-1", "tablet-2", "tablet-3"];
const CODE: &str = "K7QM-3XPD";
const NONCE: [u8; 32] = [3; 32];

/// Not the hall's own machine, whose programs are believed on trial (RFC 5737 section 3).
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

/// No program has so many connections.
const FIRST_SESSION: SessionId = 1 << 40;

/// One of a tablet's keys; `None` is that the hall does not know the tablet.
type Known = Option<usize>;

#[derive(Debug, Default)]
pub struct Door {
    tablets: [Tablet; TABLETS.len()],
    last_number: u64,
}

#[derive(Debug, Default)]
struct Tablet {
    /// Every key that the hall made for it, or would have made.
    keys: Vec<Secret>,
    /// The last one that it was given.
    own: Option<usize>,
    /// What the hall may know.
    known: BTreeSet<Known>,
    /// What it may know instead when it starts again: the disk has refused it.
    refused: BTreeSet<Known>,
    code: Code,
    /// A connection that was let in.
    session: Option<SessionId>,
    /// One that was not, or is not any more.
    shut: Option<SessionId>,
    waits: Option<Waits>,
}

/// The code with which a tablet may be let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Code {
    #[default]
    None,
    Good {
        until_ms: u64,
        wrong: u32,
    },
    /// The disk failed when it was made or used.
    Perhaps,
}

/// What an answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    MakeCode(u64),
    Revoke(u64),
    Pair {
        session: SessionId,
        key: usize,
        right: bool,
    },
    Join {
        session: SessionId,
        key: Option<usize>,
    },
    Ask(Uuid),
}

impl Waits {
    /// What the hall knows when that is done, if it makes a difference.
    fn leads_to(self) -> Option<Known> {
        match self {
            Self::Revoke(_) => Some(None),
            Self::Pair {
                key, right: true, ..
            } => Some(Some(key)),
            _ => None,
        }
    }
}

impl World {
    pub fn first_at_the_door(&mut self) {
        for tablet in &mut self.door.tablets {
            tablet.known.insert(None);
        }
        self.after(MINUTE_MS, Coming::Door);
    }

    /// The administrator or a tablet does something, and now and then several at once.
    pub fn at_the_door(&mut self) {
        let pause_ms = self.chance.about(6 * MINUTE_MS);
        self.after(pause_ms.max(1_000), Coming::Door);
        for place in 0..TABLETS.len() {
            let free = self.door.tablets[place].waits.is_none() && self.machine.running.is_some();
            if free && self.chance.permille(600) {
                self.tablet(place);
            }
        }
    }

    fn tablet(&mut self, place: usize) {
        self.door.last_number += 1;
        let number = self.door.last_number;
        let session = FIRST_SESSION + number;
        // Whoever has a code in his hand soon uses it.
        let has_code = self.door.tablets[place].code != Code::None && self.chance.permille(500);
        let (waits, input) = match self.chance.index(12) {
            _ if has_code => self.pairs(place, session),
            0 | 1 => (Waits::MakeCode(number), order(number, make_code(place))),
            2 => (Waits::Revoke(number), order(number, revoke(place))),
            3 => self.pairs(place, session),
            4..9 => self.joins(place, session),
            9 => return self.leaves(place),
            _ => match self.asks(place) {
                Some(asked) => asked,
                None => return,
            },
        };
        self.tell(&format!("{}: {waits:?}", TABLETS[place]));
        self.count("steps at the door");
        self.door.tablets[place].waits = Some(waits);
        self.mail(input);
    }

    /// Mostly with the right code, whether that is still good or not.
    fn pairs(&mut self, place: usize, session: SessionId) -> (Waits, Input) {
        let right = self.chance.permille(600);
        let mut random = [0; 32];
        random[..8].copy_from_slice(&self.chance.bits().to_le_bytes());
        let tablet = &mut self.door.tablets[place];
        tablet.keys.push(devices::key(random));
        let proof = match right {
            true => pairing_key(place).proof(Side::Device, &about(place)),
            false => [9; 32],
        };
        let pair = Pair {
            protocol: protocol::VERSION,
            device: TABLETS[place].to_owned(),
            app: "simulated".to_owned(),
            nonce: devices::text(&NONCE),
            proof: devices::text(&proof),
        };
        let key = tablet.keys.len() - 1;
        let waits = Waits::Pair {
            session,
            key,
            right,
        };
        let input = Input::Pair {
            session,
            pair,
            fingerprint: Vec::new(),
            random,
            address: Some(ADDRESS),
        };
        (waits, input)
    }

    /// With its own key, another that it had or was not given, or none.
    fn joins(&mut self, place: usize, session: SessionId) -> (Waits, Input) {
        let keys = self.door.tablets[place].keys.len();
        let key = match self.chance.index(10) {
            0 => None,
            1 if keys > 0 => Some(self.chance.index(keys)),
            _ => self.door.tablets[place].own,
        };
        let hello = Hello {
            protocol: protocol::VERSION,
            role: Role::Guide,
            device: TABLETS[place].to_owned(),
            app: "simulated".to_owned(),
            key: key.map(|key| self.door.tablets[place].keys[key].clone()),
            resume: None,
        };
        let input = Input::Join {
            session,
            hello,
            address: Some(ADDRESS),
        };
        (Waits::Join { session, key }, input)
    }

    fn leaves(&mut self, place: usize) {
        if let Some(session) = self.door.tablets[place].session.take() {
            let device = TABLETS[place].to_owned();
            self.mail(Input::Leave { session, device });
        }
    }

    /// Something through the connection that it has, or had.
    fn asks(&mut self, place: usize) -> Option<(Waits, Input)> {
        let tablet = &self.door.tablets[place];
        let session = tablet.session.or(tablet.shut)?;
        let id = self.chance.uuid(self.clocks.wall_ms(self.at_ms));
        let act = Act::SetClass {
            number: self.some_number(),
            class: (*self.chance.one(&CLASSES)).to_owned(),
            verified: self.chance.permille(500),
        };
        let input = Input::Request {
            session,
            role: Role::Guide,
            device: TABLETS[place].to_owned(),
            id,
            act,
            pin: PinSeen::None,
        };
        Some((Waits::Ask(id), input))
    }

    /// What the hall says to those at the door. `may_refuse` is that its disk is not well.
    pub fn door_hears(&mut self, outputs: &[Output], may_refuse: bool) -> Held {
        let now_ms = self.clocks.steady_ms(self.at_ms);
        for (tablet, place) in self.door.tablets.iter_mut().zip(0..) {
            let waited = tablet.waits;
            for output in outputs {
                tablet
                    .hear(place, output, (now_ms, may_refuse))
                    .map_err(|what| format!("{}: {what}", TABLETS[place]))?;
            }
            if let Some(waits) = tablet.waits {
                return Err(format!("{}: {waits:?} was not answered", TABLETS[place]));
            }
            if waited.is_some() {
                let step = format!("{}: the hall knows {:?}", TABLETS[place], tablet.known);
                self.story.tell(self.at_ms, &step);
            }
        }
        Ok(())
    }

    /// Nobody knows whether the last thing that was asked was done; codes and connections are gone.
    pub fn door_is_dark(&mut self) {
        for tablet in &mut self.door.tablets {
            let perhaps = tablet.waits.take().and_then(Waits::leads_to);
            tablet.known.extend(perhaps);
            tablet.known.append(&mut tablet.refused);
            (tablet.session, tablet.shut) = (None, None);
            tablet.code = Code::None;
        }
    }
}

impl Door {
    /// Whether what is asked through a connection must be refused.
    pub fn is_shut(&self, session: SessionId) -> bool {
        self.tablets
            .iter()
            .any(|tablet| tablet.shut == Some(session) && tablet.session.is_none())
    }
}

impl Tablet {
    fn hear(&mut self, place: usize, output: &Output, now: (u64, bool)) -> Held {
        match (output, self.waits) {
            (
                Output::Told { order, answer },
                Some(waits @ (Waits::MakeCode(of) | Waits::Revoke(of))),
            ) if *order == of => {
                self.waits = None;
                self.told(waits, answer, now)
            }
            (
                Output::Paired { session, paired },
                Some(
                    waits @ Waits::Pair {
                        session: of,
                        key,
                        right,
                    },
                ),
            ) if *session == of => {
                self.waits = None;
                match right && self.code_may_be_good(now.0) {
                    true => self.paired(place, key, paired),
                    false => Err(format!("{waits:?} had to fail: {:?}", self.code)),
                }
            }
            (Output::Bye { session, code }, waits) => self.bye(*session, *code, waits, now),
            (Output::Rows { session, .. }, Some(Waits::Join { session: of, key }))
                if *session == of =>
            {
                self.waits = None;
                self.session = Some(of);
                self.is_let_in(key)
            }
            (Output::Answer { id, .. }, Some(Waits::Ask(of))) if *id == of => {
                self.waits = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn told(&mut self, waits: Waits, answer: &Answer, (now_ms, may_refuse): (u64, bool)) -> Held {
        match (waits, answer) {
            (Waits::MakeCode(_), Answer::Done {}) => {
                let until_ms = now_ms + CODE_LIFE_MS;
                self.code = Code::Good { until_ms, wrong: 0 };
                Ok(())
            }
            (Waits::Revoke(_), Answer::Done {}) => {
                self.is_one_of(|known| known.is_some(), "revoked")?;
                self.code = Code::None;
                self.confirmed(None)
            }
            (Waits::Revoke(_), Answer::Refused { why }) if why.contains("no device is called") => {
                self.is_one_of(|known| known.is_none(), "unknown")
            }
            (_, Answer::Refused { .. }) if may_refuse => {
                self.code = Code::Perhaps;
                self.doubt(waits);
                Ok(())
            }
            _ => Err(format!("{waits:?} was answered with {answer:?}")),
        }
    }

    fn paired(&mut self, place: usize, key: usize, paired: &Paired) -> Held {
        let proof = devices::bytes::<32>(&paired.proof).unwrap_or_default();
        if paired.key != self.keys[key]
            || !pairing_key(place).is_proof(&proof, Side::Hall, &about(place))
        {
            return Err("it was paired with another key, or by somebody else".to_owned());
        }
        self.code = Code::None;
        self.own = Some(key);
        self.confirmed(Some(key))
    }

    fn bye(
        &mut self,
        session: SessionId,
        code: ByeCode,
        waits: Option<Waits>,
        (now_ms, may_refuse): (u64, bool),
    ) -> Held {
        match waits {
            Some(Waits::Join { session: of, key }) if of == session => {
                self.waits = None;
                (self.session, self.shut) = (None, Some(session));
                if code != ByeCode::NotPaired {
                    return Err(format!("it was told {code:?} at its hello"));
                }
                match key {
                    Some(key) => self.is_one_of(|known| *known != Some(key), "not let in"),
                    None => Ok(()),
                }
            }
            Some(
                waits @ Waits::Pair {
                    session: of, right, ..
                },
            ) if of == session => {
                self.waits = None;
                let must = right && self.code_must_be_good(now_ms) && !may_refuse;
                if code != ByeCode::PairingFailed || must {
                    return Err(format!("{waits:?} with {:?} ends in {code:?}", self.code));
                }
                self.tried(right);
                if right && may_refuse {
                    self.doubt(waits);
                }
                Ok(())
            }
            _ if self.session == Some(session) => self.sent_away(session, code, waits),
            _ => Ok(()),
        }
    }

    /// Only by an order, or by itself when it comes anew.
    fn sent_away(&mut self, session: SessionId, code: ByeCode, waits: Option<Waits>) -> Held {
        self.session = None;
        let why = match waits {
            Some(Waits::Revoke(_) | Waits::Pair { right: true, .. }) => {
                self.shut = Some(session);
                ByeCode::Revoked
            }
            // What it said before may still come.
            Some(Waits::Join { .. }) => ByeCode::Replaced,
            _ => return Err(format!("it was sent away with {code:?} for nothing")),
        };
        match code == why {
            true => Ok(()),
            false => Err(format!("it was sent away with {code:?}, and not {why:?}")),
        }
    }

    fn is_let_in(&mut self, key: Option<usize>) -> Held {
        match key {
            Some(key) => self.is_one_of(|known| *known == Some(key), "let in"),
            None => Err("it was let in without a key".to_owned()),
        }
    }

    /// From what the hall says follows that it knows one of these.
    fn is_one_of(&mut self, possible: impl Fn(&Known) -> bool, what: &str) -> Held {
        let before = self.known.clone();
        self.known.retain(possible);
        match self.known.is_empty() {
            true => Err(format!("it is {what}, and the hall knew {before:?}")),
            false => Ok(()),
        }
    }

    /// It is on the disk, and whoever was let in before had to go.
    fn confirmed(&mut self, known: Known) -> Held {
        self.known = BTreeSet::from([known]);
        self.refused.clear();
        match self.session {
            Some(_) => Err("it was shut out, and its connection goes on".to_owned()),
            None => Ok(()),
        }
    }

    /// The disk refused it, and may have it all the same: now, or when the hall starts again.
    fn doubt(&mut self, waits: Waits) {
        let perhaps = waits.leads_to();
        self.refused.extend(self.known.iter().copied());
        self.known.extend(perhaps);
        self.refused.extend(perhaps);
    }

    fn tried(&mut self, right: bool) {
        self.code = match self.code {
            Code::Good { until_ms, wrong } if !right && wrong + 1 < PROOFS => Code::Good {
                until_ms,
                wrong: wrong + 1,
            },
            Code::Good { .. } if !right => Code::None,
            Code::None => Code::None,
            Code::Good { .. } | Code::Perhaps => Code::Perhaps,
        };
    }

    fn code_must_be_good(&self, now_ms: u64) -> bool {
        matches!(self.code, Code::Good { until_ms, .. } if now_ms < until_ms)
    }

    fn code_may_be_good(&self, now_ms: u64) -> bool {
        self.code == Code::Perhaps || self.code_must_be_good(now_ms)
    }
}

fn order(order: u64, what: Order) -> Input {
    Input::Order {
        order,
        actor: "admin".to_owned(),
        what,
    }
}

fn make_code(place: usize) -> Order {
    Order::Pair {
        device: TABLETS[place].to_owned(),
        role: Role::Guide,
        counter: None,
        key: pairing_key(place).clone(),
    }
}

fn revoke(place: usize) -> Order {
    Order::Revoke {
        device: TABLETS[place].to_owned(),
    }
}

/// Worked out once, for that takes long on purpose.
fn pairing_key(place: usize) -> &'static PairingKey {
    static KEYS: OnceLock<[PairingKey; TABLETS.len()]> = OnceLock::new();
    &KEYS.get_or_init(|| TABLETS.map(|device| PairingKey::new(CODE, device)))[place]
}

fn about(place: usize) -> About<'static> {
    About {
        fingerprint: &[],
        nonce: &NONCE,
        device: TABLETS[place],
    }
}
