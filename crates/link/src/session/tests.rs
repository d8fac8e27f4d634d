use std::collections::BTreeSet;

use proptest::prelude::*;
use protocol::{Done, Outcome, Role};

use super::*;

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
            key: None,
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
        self.does(Input::Heard(Box::new(frame)))
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
fn a_link_that_was_up_starts_afresh() {
    let mut rig = Rig::new();
    for _ in 0..10 {
        rig.deadline_comes();
        rig.does(Input::Closed(Lost::Closed));
    }
    rig.come_up(7);
    let effects = rig.does(Input::Closed(Lost::Closed));
    let told = down(Some(TIME), Lost::Closed);
    assert_eq!(
        effects,
        [Effect::Disconnect, told],
        "a new loss, and not the old one"
    );
    let wait = rig.session.deadline() - rig.now;
    assert!(wait <= Duration::from_millis(100), "{wait:?}");
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
        (ByeCode::NotPaired, false),
        (ByeCode::Revoked, false),
        (ByeCode::PairingFailed, false),
        (ByeCode::Role, false),
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

/// What may happen, in any order.
#[derive(Clone, Debug)]
enum Step {
    Ask(u128),
    Forget(u128),
    Opened,
    Welcome(u128),
    Rows(bool),
    Answer(u128),
    Beat,
    Bye,
    Closed,
    Deadline,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let id = || 0..4_u128;
    let step = prop_oneof![
        id().prop_map(Step::Ask),
        id().prop_map(Step::Forget),
        Just(Step::Opened),
        (1..3_u128).prop_map(Step::Welcome),
        any::<bool>().prop_map(Step::Rows),
        id().prop_map(Step::Answer),
        Just(Step::Beat),
        Just(Step::Bye),
        Just(Step::Closed),
        // Mostly time goes on, or the walk would seldom get far.
        Just(Step::Deadline),
        Just(Step::Deadline),
    ];
    proptest::collection::vec(step, 0..120)
}

/// What a bystander knows of a session: what it must have asked, and what it may do now.
#[derive(Default)]
struct Bystander {
    socket: Socket,
    waiting: BTreeSet<u128>,
    sent: BTreeSet<u128>,
    asked: usize,
    freed: usize,
    up: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Socket {
    #[default]
    None,
    Connecting,
    Open,
    Welcomed,
}

impl Bystander {
    /// Whether the world can do this step now.
    fn allows(&self, step: &Step) -> bool {
        match step {
            Step::Ask(_) | Step::Forget(_) | Step::Deadline => true,
            Step::Opened => self.socket == Socket::Connecting,
            Step::Closed => self.socket != Socket::None,
            Step::Welcome(_) | Step::Rows(_) | Step::Answer(_) | Step::Beat | Step::Bye => {
                matches!(self.socket, Socket::Open | Socket::Welcomed)
            }
        }
    }

    fn before(&mut self, step: &Step) {
        match step {
            Step::Ask(id) => {
                self.asked += 1;
                self.waiting.insert(*id);
            }
            Step::Forget(id) | Step::Answer(id) => {
                self.waiting.remove(id);
            }
            Step::Opened => self.socket = Socket::Open,
            Step::Welcome(_) if self.socket == Socket::Open => self.socket = Socket::Welcomed,
            _ => {}
        }
    }

    fn after(&mut self, effects: &[Effect]) {
        for (place, effect) in effects.iter().enumerate() {
            match effect {
                Effect::Connect => {
                    assert_eq!(self.socket, Socket::None);
                    self.socket = Socket::Connecting;
                }
                Effect::Disconnect => {
                    self.socket = Socket::None;
                    self.sent.clear();
                    self.up = false;
                }
                Effect::Hello(_) => assert_eq!(self.socket, Socket::Open),
                Effect::Send(frame) => self.sends(frame.parse().unwrap()),
                Effect::Free => self.freed += 1,
                Effect::Tell(LinkEvent::Up { .. }) => {
                    let rows = &effects[place - 1];
                    assert!(matches!(rows, Effect::Tell(LinkEvent::Rows(_))));
                    assert!(!self.up);
                    self.up = true;
                }
                Effect::Tell(LinkEvent::Down { .. }) => assert!(!self.up),
                Effect::Tell(LinkEvent::Beat { .. }) => assert!(self.up),
                Effect::Tell(_) => {}
            }
        }
        // A request that was answered or forgotten may have been sent; all others must have been.
        if self.socket == Socket::Welcomed {
            assert!(self.waiting.is_subset(&self.sent));
        }
        assert_eq!(self.asked - self.freed, self.waiting.len());
    }

    fn sends(&mut self, id: u128) {
        assert_eq!(
            self.socket,
            Socket::Welcomed,
            "nothing is asked before the welcome"
        );
        assert!(self.waiting.contains(&id), "only what waits is asked");
        self.sent.insert(id);
    }
}

proptest! {
    /// Whatever happens: one connection at a time, nothing asked before the welcome, all that waits
    /// asked after it, one place held for each request, up only with rows.
    #[test]
    fn a_session_keeps_its_rules(steps in steps()) {
        let mut rig = Rig::new();
        let mut bystander = Bystander::default();
        for step in steps {
            if !bystander.allows(&step) {
                continue;
            }
            bystander.before(&step);
            let effects = match step {
                Step::Ask(id) => rig.asks(id),
                Step::Forget(id) => rig.does(Input::Forget { id: Uuid::from_u128(id) }),
                Step::Opened => rig.does(Input::Opened),
                Step::Welcome(epoch) => rig.hears(welcome(epoch)),
                Step::Rows(whole) => rig.hears(rows(1, whole)),
                Step::Answer(id) => rig.hears(answer(id)),
                Step::Beat => rig.hears(HallFrame::Beat { time: TIME }),
                Step::Bye => rig.hears(bye(ByeCode::Full)),
                Step::Closed => rig.does(Input::Closed(Lost::Closed)),
                Step::Deadline => rig.deadline_comes(),
            };
            bystander.after(&effects);
        }
    }
}
