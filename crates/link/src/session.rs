//! The rules of a client's connection, as a state machine: [`Session::update`] takes what
//! happened and the time, and gives what is to be done, in order.
//!
//! Whoever drives it carries out every [`Effect`], feeds back what the socket did, and calls with
//! [`Input::Time`] when [`Session::deadline`] has come.

use std::time::{Duration, Instant};

use protocol::{Bye, ByeCode, HallFrame, Hello, Resume, Rows, Time, Welcome};
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::pending::Pending;
use crate::{LinkEvent, Lost};

/// Silence after which the link is taken for dead. It bounds the way up to the first rows too.
const SILENCE: Duration = Duration::from_millis(protocol::SILENCE_MS);

/// What happened.
#[derive(Debug)]
pub enum Input {
    /// A program asks; `frame` is the request as it travels.
    Ask {
        /// The request's id.
        id: Uuid,
        /// The encoded [`protocol::ClientFrame::Request`].
        frame: String,
    },
    /// A program does not want the answer any more.
    Forget {
        /// The request's id.
        id: Uuid,
    },
    /// The WebSocket stands.
    Opened,
    /// The hall sent a frame.
    Heard(Box<HallFrame>),
    /// The hall sent a ping or a pong, which shows that it is there. The socket answers pings.
    HeardAlive,
    /// The attempt to connect failed, or the connection ended.
    Closed(Lost),
    /// Time went on.
    Time,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Connect anew.
    Connect,
    /// Drop the connection, or the attempt.
    Disconnect,
    /// Say hello.
    Hello(Hello),
    /// Send an encoded request.
    Send(String),
    /// Tell the program.
    Tell(LinkEvent),
    /// A place among the unanswered requests is free again.
    Free,
}

/// One client's connection.
#[derive(Debug)]
pub struct Session {
    hello: Hello,
    phase: Phase,
    pending: Pending,
    backoff: Backoff,
    place: Option<Resume>,
    heard: Option<Time>,
    told_down: Option<Lost>,
}

#[derive(Debug)]
enum Phase {
    /// No connection; the next attempt comes at this time.
    Waiting(Instant),
    /// Connecting, up to this time.
    Connecting(Instant),
    /// Hello was said; a welcome must come before this time.
    Greeting(Instant),
    /// Welcomed; the first rows must come before this time.
    Welcomed(Instant, Welcome),
    /// In step with the hall, which must be heard again before this time.
    Up(Instant),
}

impl Session {
    /// A session that connects as soon as time is told. `hello` says who it is; `seed` should
    /// differ between clients, so that they do not come back in the same instant.
    #[must_use]
    pub fn new(hello: Hello, seed: u64, now: Instant) -> Self {
        Self {
            place: hello.resume,
            hello,
            phase: Phase::Waiting(now),
            pending: Pending::default(),
            backoff: Backoff::new(seed),
            heard: None,
            told_down: None,
        }
    }

    /// Takes in what happened at `now` and says what to do, in order.
    pub fn update(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        match input {
            Input::Ask { id, frame } => self.ask(id, frame),
            Input::Forget { id } => self.release(id),
            Input::Opened => self.opened(now),
            Input::Heard(frame) => self.heard(*frame, now),
            Input::HeardAlive => self.heard_alive(now),
            Input::Closed(why) => self.lost(why, now),
            Input::Time => self.time(now),
        }
    }

    /// When [`Input::Time`] is due.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        match self.phase {
            Phase::Waiting(at)
            | Phase::Connecting(at)
            | Phase::Greeting(at)
            | Phase::Welcomed(at, _)
            | Phase::Up(at) => at,
        }
    }

    fn ask(&mut self, id: Uuid, frame: String) -> Vec<Effect> {
        if !self.pending.keep(id, frame.clone()) {
            return vec![Effect::Free];
        }
        match self.phase {
            Phase::Welcomed(..) | Phase::Up(_) => vec![Effect::Send(frame)],
            Phase::Waiting(_) | Phase::Connecting(_) | Phase::Greeting(_) => Vec::new(),
        }
    }

    fn release(&mut self, id: Uuid) -> Vec<Effect> {
        match self.pending.release(id) {
            true => vec![Effect::Free],
            false => Vec::new(),
        }
    }

    fn opened(&mut self, now: Instant) -> Vec<Effect> {
        self.phase = Phase::Greeting(now + SILENCE);
        vec![Effect::Hello(Hello {
            resume: self.place,
            ..self.hello.clone()
        })]
    }

    fn heard(&mut self, frame: HallFrame, now: Instant) -> Vec<Effect> {
        let mut effects = self.heard_alive(now);
        effects.extend(match frame {
            HallFrame::Welcome(welcome) => self.welcomed(welcome, now),
            HallFrame::Rows(rows) => self.rows(rows, now),
            HallFrame::Answer { id, outcome } => self.answered(id, outcome),
            HallFrame::Beat { time } => self.beat(time),
            HallFrame::Bye(bye) => self.refused(bye, now),
            // A link never asks to be paired: its device has a key, or is believed without one.
            HallFrame::Paired(_) => Vec::new(),
        });
        effects
    }

    fn heard_alive(&mut self, now: Instant) -> Vec<Effect> {
        // On the way up the time is not renewed: beats alone do not make a link.
        if let Phase::Up(until) = &mut self.phase {
            *until = now + SILENCE;
        }
        Vec::new()
    }

    fn welcomed(&mut self, welcome: Welcome, now: Instant) -> Vec<Effect> {
        if !matches!(self.phase, Phase::Greeting(_)) {
            return self.lost(Lost::NotAHall("an unasked welcome".into()), now);
        }
        self.heard = Some(welcome.time);
        self.phase = Phase::Welcomed(now + SILENCE, welcome);
        let frames = self.pending.frames().map(str::to_owned);
        frames.map(Effect::Send).collect()
    }

    fn rows(&mut self, rows: Rows, now: Instant) -> Vec<Effect> {
        let welcome = match &self.phase {
            Phase::Welcomed(_, welcome) => Some(welcome.clone()),
            Phase::Up(_) => None,
            _ => return self.lost(Lost::NotAHall("rows before a welcome".into()), now),
        };
        let epoch = welcome.as_ref().map(|welcome| welcome.epoch);
        let life = self.place.map(|place| place.epoch);
        let Some(epoch) = epoch.or(life) else {
            return self.lost(Lost::NotAHall("rows of no table".into()), now);
        };
        if !rows.whole && life != Some(epoch) {
            self.place = None;
            return self.lost(Lost::NotAHall("changes to an unknown table".into()), now);
        }
        self.place = Some(Resume {
            epoch,
            seq: rows.seq,
        });
        let mut effects = vec![Effect::Tell(LinkEvent::Rows(rows))];
        if let Some(welcome) = welcome {
            self.up(now);
            // A beat may have come since the welcome, and the hall's clock is not to go back.
            let time = self.heard.unwrap_or(welcome.time);
            effects.push(Effect::Tell(LinkEvent::Up { time }));
        }
        effects
    }

    fn up(&mut self, now: Instant) {
        self.phase = Phase::Up(now + SILENCE);
        self.backoff.reset();
        self.told_down = None;
    }

    fn answered(&mut self, id: Uuid, outcome: protocol::Outcome) -> Vec<Effect> {
        let mut effects = self.release(id);
        if !effects.is_empty() {
            effects.push(Effect::Tell(LinkEvent::Answer { id, outcome }));
        }
        effects
    }

    fn beat(&mut self, time: Time) -> Vec<Effect> {
        self.heard = Some(time);
        match self.phase {
            Phase::Up(_) => vec![Effect::Tell(LinkEvent::Beat { time })],
            _ => Vec::new(),
        }
    }

    fn refused(&mut self, bye: Bye, now: Instant) -> Vec<Effect> {
        let code = bye.code;
        let mut effects = vec![Effect::Tell(LinkEvent::Refused(bye))];
        effects.extend(self.lost(Lost::Refused(code), now));
        effects
    }

    fn lost(&mut self, why: Lost, now: Instant) -> Vec<Effect> {
        self.phase = Phase::Waiting(now + self.wait_after(&why));
        let mut effects = vec![Effect::Disconnect];
        if self.told_down.as_ref() != Some(&why) {
            self.told_down = Some(why.clone());
            let since = self.heard;
            effects.push(Effect::Tell(LinkEvent::Down { since, why }));
        }
        effects
    }

    fn wait_after(&mut self, why: &Lost) -> Duration {
        match why {
            // Two programs with one name would push each other out for ever, and a wrong version
            // stays wrong until somebody updates it, as a device stays a stranger until it is paired.
            Lost::Refused(
                ByeCode::Version
                | ByeCode::Malformed
                | ByeCode::TooLarge
                | ByeCode::Replaced
                | ByeCode::NotPaired
                | ByeCode::Revoked
                | ByeCode::PairingFailed
                | ByeCode::Role,
            )
            | Lost::NotPaired
            | Lost::OtherHall => self.backoff.refused(),
            Lost::Refused(ByeCode::Silent | ByeCode::Full | ByeCode::Stopping)
            | Lost::Unreachable(_)
            | Lost::NotAHall(_)
            | Lost::Closed
            | Lost::Silent => self.backoff.next(),
        }
    }

    fn time(&mut self, now: Instant) -> Vec<Effect> {
        if now < self.deadline() {
            return Vec::new();
        }
        match self.phase {
            Phase::Waiting(_) => {
                self.phase = Phase::Connecting(now + SILENCE);
                vec![Effect::Connect]
            }
            Phase::Connecting(_) => self.lost(Lost::Unreachable("no answer".into()), now),
            Phase::Greeting(_) | Phase::Welcomed(..) | Phase::Up(_) => self.lost(Lost::Silent, now),
        }
    }
}

#[cfg(test)]
mod tests;
