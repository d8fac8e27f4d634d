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
    Heard(HallFrame),
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
            Input::Heard(frame) => self.heard(frame, now),
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
            // stays wrong until somebody updates it.
            Lost::Refused(
                ByeCode::Version | ByeCode::Malformed | ByeCode::TooLarge | ByeCode::Replaced,
            ) => self.backoff.refused(),
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
mod tests {
    use super::*;
    use protocol::{Done, Outcome, Role};

    const TIME: Time = Time {
        unix_ms: 1_795_315_379_000,
        offset_min: 480,
    };

    /// A session and a clock that goes on by hand.
    struct Rig {
        session: Session,
        now: Instant,
    }

    impl Rig {
        fn new() -> Self {
            let now = Instant::now();
            let hello = Hello {
                protocol: protocol::VERSION,
                role: Role::Wall,
                device: "wall-1".into(),
                app: "test".into(),
                resume: None,
            };
            let session = Session::new(hello, 1, now);
            Self { session, now }
        }

        /// A session that is in step with a hall, at sequence number 7.
        fn up() -> Self {
            let mut rig = Self::new();
            rig.come_up(7);
            rig
        }

        fn come_up(&mut self, seq: u64) -> Vec<Effect> {
            assert_eq!(self.deadline_comes(), [Effect::Connect]);
            self.does(Input::Opened);
            let mut effects = self.hears(welcome(1));
            effects.extend(self.hears(rows(seq, true)));
            effects
        }

        fn does(&mut self, input: Input) -> Vec<Effect> {
            self.session.update(input, self.now)
        }

        fn hears(&mut self, frame: HallFrame) -> Vec<Effect> {
            self.does(Input::Heard(frame))
        }

        fn asks(&mut self, id: u128) -> Vec<Effect> {
            self.does(Input::Ask {
                id: Uuid::from_u128(id),
                frame: id.to_string(),
            })
        }

        fn deadline_comes(&mut self) -> Vec<Effect> {
            self.now = self.session.deadline();
            self.does(Input::Time)
        }
    }

    fn welcome(epoch: u128) -> HallFrame {
        HallFrame::Welcome(Welcome {
            protocol: protocol::VERSION,
            epoch: Uuid::from_u128(epoch),
            time: TIME,
            app: "hall".into(),
        })
    }

    fn rows(seq: u64, whole: bool) -> HallFrame {
        HallFrame::Rows(Rows {
            seq,
            whole,
            rows: Vec::new(),
            gone: Vec::new(),
        })
    }

    fn answer(id: u128) -> HallFrame {
        HallFrame::Answer {
            id: Uuid::from_u128(id),
            outcome: Outcome::Done(Done::Done),
        }
    }

    fn bye(code: ByeCode) -> HallFrame {
        let message = String::new();
        HallFrame::Bye(Bye { code, message })
    }

    fn down(since: Option<Time>, why: Lost) -> Effect {
        Effect::Tell(LinkEvent::Down { since, why })
    }

    #[test]
    fn says_hello_and_is_up_with_the_first_rows() {
        let mut rig = Rig::new();
        assert_eq!(rig.deadline_comes(), [Effect::Connect]);
        let hello = rig.does(Input::Opened);
        assert!(matches!(&hello[..], [Effect::Hello(hello)] if hello.resume.is_none()));
        assert_eq!(rig.hears(welcome(1)), []);
        let effects = rig.hears(rows(7, true));
        assert!(matches!(
            &effects[..],
            [
                Effect::Tell(LinkEvent::Rows(_)),
                Effect::Tell(LinkEvent::Up { time: TIME })
            ]
        ));
    }

    #[test]
    fn a_beat_on_the_way_up_sets_the_time_and_is_not_told() {
        let mut rig = Rig::new();
        rig.deadline_comes();
        rig.does(Input::Opened);
        rig.hears(welcome(1));
        let time = Time {
            unix_ms: TIME.unix_ms + 1,
            ..TIME
        };
        assert_eq!(rig.hears(HallFrame::Beat { time }), []);
        let effects = rig.hears(rows(7, true));
        assert_eq!(effects[1], Effect::Tell(LinkEvent::Up { time }));
    }

    #[test]
    fn resumes_from_the_last_rows_of_the_same_life() {
        let mut rig = Rig::up();
        rig.hears(rows(9, false));
        rig.does(Input::Closed(Lost::Closed));
        rig.deadline_comes();
        let hello = rig.does(Input::Opened);
        let place = Resume {
            epoch: Uuid::from_u128(1),
            seq: 9,
        };
        assert!(matches!(&hello[..], [Effect::Hello(hello)] if hello.resume == Some(place)));
    }

    #[test]
    fn a_new_life_of_the_hall_begins_with_everything() {
        let mut rig = Rig::up();
        rig.does(Input::Closed(Lost::Closed));
        rig.deadline_comes();
        rig.does(Input::Opened);
        rig.hears(welcome(2));
        // Changes to a table that this client does not have: it must not guess, and starts over.
        let effects = rig.hears(rows(8, false));
        assert_eq!(effects[0], Effect::Disconnect);
        rig.deadline_comes();
        let hello = rig.does(Input::Opened);
        assert!(matches!(&hello[..], [Effect::Hello(hello)] if hello.resume.is_none()));
    }

    #[test]
    fn a_loss_is_told_with_the_time_of_the_last_word() {
        let mut rig = Rig::up();
        let time = Time {
            unix_ms: TIME.unix_ms + 1_000,
            ..TIME
        };
        let effects = rig.hears(HallFrame::Beat { time });
        assert_eq!(effects, [Effect::Tell(LinkEvent::Beat { time })]);
        let effects = rig.does(Input::Closed(Lost::Closed));
        assert_eq!(
            effects,
            [Effect::Disconnect, down(Some(time), Lost::Closed)]
        );
    }

    #[test]
    fn a_loss_is_told_again_only_when_the_reason_changes() {
        let mut rig = Rig::up();
        rig.does(Input::Closed(Lost::Closed));
        let unreachable = Lost::Unreachable("refused".into());
        rig.deadline_comes();
        let effects = rig.does(Input::Closed(unreachable.clone()));
        assert_eq!(
            effects,
            [Effect::Disconnect, down(Some(TIME), unreachable.clone())]
        );
        rig.deadline_comes();
        assert_eq!(rig.does(Input::Closed(unreachable)), [Effect::Disconnect]);
    }

    #[test]
    fn silence_ends_the_link_and_any_word_puts_it_off() {
        let mut rig = Rig::up();
        rig.now += SILENCE - Duration::from_millis(1);
        assert_eq!(rig.does(Input::Time), []);
        assert_eq!(rig.does(Input::HeardAlive), []);
        rig.now += SILENCE - Duration::from_millis(1);
        assert_eq!(rig.does(Input::Time), []);
        rig.now += Duration::from_millis(1);
        let effects = rig.does(Input::Time);
        assert_eq!(
            effects,
            [Effect::Disconnect, down(Some(TIME), Lost::Silent)]
        );
    }

    #[test]
    fn a_hall_that_accepts_and_does_not_go_on_is_given_up() {
        let mut rig = Rig::new();
        rig.deadline_comes();
        let unreachable = Lost::Unreachable("no answer".into());
        assert_eq!(
            rig.deadline_comes(),
            [Effect::Disconnect, down(None, unreachable)]
        );
        rig.deadline_comes();
        rig.does(Input::Opened);
        let before = rig.session.deadline();
        rig.hears(HallFrame::Beat { time: TIME });
        assert_eq!(
            rig.session.deadline(),
            before,
            "beats alone do not make a link"
        );
        let effects = rig.deadline_comes();
        assert_eq!(
            effects,
            [Effect::Disconnect, down(Some(TIME), Lost::Silent)]
        );
    }

    #[test]
    fn requests_wait_for_the_welcome_and_go_out_in_order() {
        let mut rig = Rig::new();
        assert_eq!(rig.asks(2), []);
        rig.deadline_comes();
        assert_eq!(rig.asks(1), []);
        rig.does(Input::Opened);
        let effects = rig.hears(welcome(1));
        assert_eq!(
            effects,
            [Effect::Send("2".into()), Effect::Send("1".into())]
        );
        assert_eq!(rig.asks(3), [Effect::Send("3".into())]);
    }

    #[test]
    fn what_was_not_answered_is_asked_again_and_told_once() {
        let mut rig = Rig::up();
        rig.asks(1);
        rig.asks(2);
        let told = |id: u128| {
            Effect::Tell(LinkEvent::Answer {
                id: Uuid::from_u128(id),
                outcome: Outcome::Done(Done::Done),
            })
        };
        assert_eq!(rig.hears(answer(1)), [Effect::Free, told(1)]);
        rig.does(Input::Closed(Lost::Closed));
        let effects = rig.come_up(8);
        assert_eq!(effects[0], Effect::Send("2".into()));
        assert_eq!(rig.hears(answer(2)), [Effect::Free, told(2)]);
        assert_eq!(rig.hears(answer(2)), [], "the answer to the first sending");
    }

    #[test]
    fn what_was_forgotten_is_neither_asked_again_nor_told() {
        let mut rig = Rig::up();
        rig.asks(1);
        let id = Uuid::from_u128(1);
        assert_eq!(rig.does(Input::Forget { id }), [Effect::Free]);
        assert_eq!(rig.does(Input::Forget { id }), []);
        assert_eq!(rig.hears(answer(1)), []);
    }

    #[test]
    fn the_same_id_while_it_waits_is_not_asked_twice() {
        let mut rig = Rig::up();
        assert_eq!(rig.asks(1), [Effect::Send("1".into())]);
        assert_eq!(rig.asks(1), [Effect::Free]);
    }

    #[test]
    fn a_goodbye_is_told_and_some_are_not_answered_by_coming_back_soon() {
        for (code, soon) in [
            (ByeCode::Version, false),
            (ByeCode::Malformed, false),
            (ByeCode::TooLarge, false),
            (ByeCode::Replaced, false),
            (ByeCode::Silent, true),
            (ByeCode::Full, true),
            (ByeCode::Stopping, true),
        ] {
            let mut rig = Rig::up();
            let effects = rig.hears(bye(code));
            assert!(matches!(
                &effects[..],
                [
                    Effect::Tell(LinkEvent::Refused(_)),
                    Effect::Disconnect,
                    Effect::Tell(LinkEvent::Down { .. })
                ]
            ));
            let wait = rig.session.deadline() - rig.now;
            assert_eq!(wait < Duration::from_secs(1), soon, "{code:?}: {wait:?}");
        }
    }

    #[test]
    fn frames_out_of_turn_end_the_connection() {
        let mut rig = Rig::up();
        assert_eq!(rig.hears(welcome(1))[0], Effect::Disconnect);
        let mut rig = Rig::new();
        rig.deadline_comes();
        rig.does(Input::Opened);
        assert_eq!(rig.hears(rows(1, true))[0], Effect::Disconnect);
    }
}
