//! Row 7: cables that are pulled, switches that die, requests that arrive late, twice and in another
//! order. The loop body of the hall and the rules of the clients' links over wires of our own, with a
//! time of our own, so that a seed replays what happened.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use hall::HallSettings;
use hall::engine::{Calendar, Engine, Input, Output, SessionId};
use hall::trust::PinSeen;
use link::session::{Effect, Session};
use link::{LinkEvent, Lost, Table};
use protocol::{
    Act, BEAT_MS, Bye, ClientFrame, Done, HallFrame, Hello, Outcome, Role, SILENCE_MS, Time,
    Welcome,
};
use queue::{Date, Moment, Now, Slot};
use store::Store;
use tempfile::TempDir;
use uuid::Uuid;

use super::disk::{Chance, Disk};
use super::hall_file;
use super::torture::Row;

const STEP_MS: u64 = 100;

/// How long the wires break, and how long they are whole before all must be as it should.
const TROUBLE_MS: u64 = 20_000;
const PEACE_MS: u64 = 16_000;

/// A link on which nothing comes any more is seen to be dead within this time.
const HALF_OPEN_SEEN_WITHIN_MS: u64 = 5_000;

/// A frame is this long on its way at most.
const SLOWEST_MS: u64 = 400;

const NOON_MS: u64 = 12 * 3_600_000;

/// Who comes: the ones with bad wires, and one of each kind whose wire is never touched.
const FAR: [Role; 5] = [
    Role::Kiosk,
    Role::Kiosk,
    Role::Counter,
    Role::Counter,
    Role::Wall,
];
const NEAR: [Role; 3] = [Role::Kiosk, Role::Counter, Role::Wall];

/// A connection as both ends see it.
struct Wire {
    peer: usize,
    to_hall: VecDeque<(u64, ClientFrame)>,
    to_client: VecDeque<(u64, HallFrame)>,
    /// The hall's end, after its hello.
    joined: Option<Joined>,
    /// The client's end is gone, and what is still on its way comes last.
    ending: bool,
    heard_ms: u64,
}

struct Joined {
    role: Role,
    device: String,
    /// How far its table goes; `None` before its first rows.
    place: Option<u64>,
}

/// A client.
struct Peer {
    session: Session,
    role: Role,
    table: Table,
    wire: Option<SessionId>,
    /// When the attempt to connect ends, and whether it succeeds.
    connecting: Option<(u64, bool)>,
    up: bool,
    /// Nothing passes, and neither end is told.
    stalled_since_ms: Option<u64>,
    counter: u16,
    asked: BTreeMap<Uuid, Act>,
    outcomes: BTreeMap<Uuid, Outcome>,
}

struct World {
    engine: Engine<Store>,
    wires: BTreeMap<SessionId, Wire>,
    peers: Vec<Peer>,
    last_session: SessionId,
    begin: Instant,
    now_ms: u64,
    chance: Chance,
    reconnects: u64,
    _folder: TempDir,
    _disk: Disk,
}

#[test]
fn wires_that_break_lose_nothing_and_double_nothing() {
    let mut row = Row::begin("7", "partition, half-open, late, twice, reordered", 10);
    let (mut presses, mut reconnects) = (0, 0);
    while let Some(seed) = row.next_seed() {
        let mut world = World::new(seed);
        while world.now_ms < TROUBLE_MS {
            world.make_trouble();
            world.ask_something();
            world.step();
        }
        world
            .peers
            .iter_mut()
            .for_each(|peer| peer.stalled_since_ms = None);
        while world.now_ms < TROUBLE_MS + PEACE_MS {
            world.step();
        }
        presses += world.everything_is_right();
        reconnects += world.reconnects;
        row.passed(1);
    }
    row.measured(format!("{presses} presses, {reconnects} reconnects"));
}

/// Writes a moment as its milliseconds.
struct Plain;

impl Calendar for Plain {
    fn local_text(&self, wall_ms: i64) -> String {
        wall_ms.to_string()
    }

    fn slot(&self, _local_text: &str) -> Option<Slot> {
        None
    }
}

impl World {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let disk = Disk::mount(seed);
        let folder = TempDir::new().expect("a folder");
        let mut settings = HallSettings::parse("hall.toml", &hall_file::text(3)).expect("a hall");
        settings.trust.trial = true;
        let store = Store::open(folder.path()).expect("the folder can be written");
        let engine = Engine::new(settings, store, id(&mut chance)).expect("a sound journal");
        let begin = Instant::now();
        let roles = FAR.into_iter().chain(NEAR).enumerate();
        let peers = roles.map(|(place, role)| Peer::new(place, role, &mut chance, begin));
        Self {
            engine,
            wires: BTreeMap::new(),
            peers: peers.collect(),
            last_session: 0,
            begin,
            now_ms: 0,
            chance,
            reconnects: 0,
            _folder: folder,
            _disk: disk,
        }
    }

    fn now(&self) -> Now {
        let at = Moment {
            steady_ms: self.now_ms,
            wall_ms: self.now_ms as i64,
        };
        Now {
            at,
            today: Date::new(2026, 11, 22),
            tomorrow_steady_ms: NOON_MS,
            time_of_day_ms: (NOON_MS + self.now_ms) as u32,
        }
    }

    fn instant(&self) -> Instant {
        self.begin + Duration::from_millis(self.now_ms)
    }

    fn time(&self) -> Time {
        Time {
            unix_ms: self.now_ms as i64,
            offset_min: 0,
        }
    }

    fn make_trouble(&mut self) {
        let far = self.chance.below(FAR.len() as u64) as usize;
        match self.chance.below(100) {
            0..=3 => self.cut(far),
            4..=5 => {
                let now_ms = self.now_ms;
                self.peers[far].stalled_since_ms.get_or_insert(now_ms);
            }
            6..=8 => self.peers[far].stalled_since_ms = None,
            _ => {}
        }
    }

    /// The connection ends. What the client said last may still arrive, late.
    fn cut(&mut self, peer: usize) {
        let Some(wire) = self.peers[peer].wire else {
            return;
        };
        self.let_go(peer);
        let kept = self.chance.below(4) as usize;
        let late_ms = self.chance.below(3_000);
        // The hall may have let go of it before, and nobody was told.
        if let Some(wire) = self.wires.get_mut(&wire) {
            wire.to_hall.truncate(kept);
            let late = wire.to_hall.iter_mut();
            late.for_each(|(due_ms, _)| *due_ms += late_ms);
        }
        self.tell(peer, link::session::Input::Closed(Lost::Closed));
    }

    fn ask_something(&mut self) {
        let place = self.chance.below(self.peers.len() as u64) as usize;
        let counter = self.peers[place].counter;
        let act = match (self.peers[place].role, self.chance.below(5)) {
            (Role::Wall, _) => return,
            (Role::Kiosk, _) => Act::take(*self.chance.one_of(&hall_file::SERVICES), "ordinary"),
            (_, 0) => Act::sign_in(counter, "clerk"),
            (_, 1) => Act::Arrive { counter },
            (_, 2) => Act::finish(counter),
            _ => Act::CallNext { counter },
        };
        let id = id(&mut self.chance);
        let request = ClientFrame::Request {
            id,
            act: act.clone(),
        };
        let frame = serde_json::to_string(&request).expect("a frame");
        self.peers[place].asked.insert(id, act);
        self.tell(place, link::session::Input::Ask { id, frame });
    }

    fn step(&mut self) {
        self.now_ms += STEP_MS;
        self.connect();
        for peer in 0..self.peers.len() {
            if self.peers[peer].session.deadline() <= self.instant() {
                self.tell(peer, link::session::Input::Time);
            }
        }
        let inputs = self.arrived_at_the_hall();
        let now = self.now();
        let mut outputs = self
            .engine
            .handle(inputs, now, &Plain)
            .expect("a sound journal");
        outputs.extend(self.engine.publish(now));
        if self.now_ms.is_multiple_of(1_000) {
            self.engine.queue().check().expect("the rules hold");
        }
        outputs.into_iter().for_each(|output| self.send(output));
        self.beat();
        self.arrive_at_clients();
        self.dead_links_are_seen();
    }

    /// Attempts that end now.
    fn connect(&mut self) {
        for peer in 0..self.peers.len() {
            let Some((due_ms, succeeds)) = self.peers[peer].connecting else {
                continue;
            };
            if due_ms > self.now_ms || self.peers[peer].stalled_since_ms.is_some() {
                continue;
            }
            self.peers[peer].connecting = None;
            if !succeeds {
                let why = Lost::Unreachable("no way".to_owned());
                self.tell(peer, link::session::Input::Closed(why));
                continue;
            }
            self.last_session += 1;
            self.reconnects += 1;
            let wire = Wire {
                peer,
                to_hall: VecDeque::new(),
                to_client: VecDeque::new(),
                joined: None,
                ending: false,
                heard_ms: self.now_ms,
            };
            self.wires.insert(self.last_session, wire);
            self.peers[peer].wire = Some(self.last_session);
            self.tell(peer, link::session::Input::Opened);
        }
    }

    /// Lets a client's connection hear what happened, and does what it wants done.
    fn tell(&mut self, peer: usize, input: link::session::Input) {
        let now = self.instant();
        for effect in self.peers[peer].session.update(input, now) {
            match effect {
                Effect::Connect => {
                    let due_ms = self.now_ms + self.chance.below(SLOWEST_MS);
                    let succeeds = peer >= FAR.len() || self.chance.percent(80);
                    self.peers[peer].connecting = Some((due_ms, succeeds));
                }
                Effect::Disconnect => self.let_go(peer),
                Effect::Hello(hello) => self.say(peer, ClientFrame::Hello(hello)),
                Effect::Send(text) => {
                    let frame = serde_json::from_str(&text).expect("a frame");
                    self.say(peer, frame);
                }
                Effect::Tell(event) => self.peers[peer].take(event),
                Effect::Free => {}
            }
        }
    }

    fn let_go(&mut self, peer: usize) {
        self.peers[peer].connecting = None;
        let wire = self.peers[peer].wire.take();
        if let Some(wire) = wire.and_then(|wire| self.wires.get_mut(&wire)) {
            wire.ending = true;
        }
    }

    fn say(&mut self, peer: usize, frame: ClientFrame) {
        let due_ms = self.now_ms + self.chance.below(SLOWEST_MS);
        let wire = self.peers[peer].wire;
        if let Some(wire) = wire.and_then(|wire| self.wires.get_mut(&wire)) {
            let last_ms = wire.to_hall.back().map_or(0, |(due_ms, _)| *due_ms);
            wire.to_hall.push_back((due_ms.max(last_ms), frame));
        }
    }

    fn arrived_at_the_hall(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        let sessions: Vec<SessionId> = self.wires.keys().copied().collect();
        for session in sessions {
            let wire = self.wires.get_mut(&session).expect("it is there");
            // What was on its way before the wire was let go arrives over another one's trouble too.
            let stalled = self.peers[wire.peer].stalled_since_ms.is_some() && !wire.ending;
            let mut came = Vec::new();
            while let Some((due_ms, _)) = wire.to_hall.front()
                && *due_ms <= self.now_ms
                && !stalled
            {
                came.extend(wire.to_hall.pop_front().map(|(_, frame)| frame));
            }
            if !came.is_empty() {
                wire.heard_ms = self.now_ms;
            }
            let over = wire.ending && wire.to_hall.is_empty();
            for frame in came {
                inputs.extend(self.understand(session, frame));
            }
            let wire = self.wires.get(&session).expect("it is there");
            if over || self.now_ms - wire.heard_ms > SILENCE_MS {
                inputs.extend(self.close_at_the_hall(session));
            }
        }
        inputs
    }

    /// The hall lets go of a session; a client that can hear it hears it.
    fn close_at_the_hall(&mut self, session: SessionId) -> Option<Input> {
        let wire = self.wires.remove(&session)?;
        let peer = wire.peer;
        if self.peers[peer].wire == Some(session) && self.peers[peer].stalled_since_ms.is_none() {
            self.peers[peer].wire = None;
            self.tell(peer, link::session::Input::Closed(Lost::Closed));
        }
        let device = wire.joined?.device;
        Some(Input::Leave { session, device })
    }

    /// What the server makes of a frame.
    fn understand(&mut self, session: SessionId, frame: ClientFrame) -> Option<Input> {
        match frame {
            ClientFrame::Hello(hello) => {
                let welcome = Welcome {
                    protocol: protocol::VERSION,
                    epoch: self.engine.epoch(),
                    time: self.time(),
                    app: "hall".to_owned(),
                };
                self.wires.get_mut(&session)?.joined = Some(Joined {
                    role: hello.role,
                    device: hello.device.clone(),
                    place: None,
                });
                self.post(session, HallFrame::Welcome(welcome));
                Some(Input::Join {
                    session,
                    hello,
                    address: None,
                })
            }
            ClientFrame::Request { id, act } => {
                let joined = self.wires.get(&session)?.joined.as_ref()?;
                Some(Input::Request {
                    session,
                    role: joined.role,
                    device: joined.device.clone(),
                    id,
                    act,
                    pin: PinSeen::None,
                })
            }
            _ => None,
        }
    }

    fn post(&mut self, session: SessionId, frame: HallFrame) {
        let due_ms = self.now_ms + self.chance.below(SLOWEST_MS);
        if let Some(wire) = self.wires.get_mut(&session) {
            let last_ms = wire.to_client.back().map_or(0, |(due_ms, _)| *due_ms);
            wire.to_client.push_back((due_ms.max(last_ms), frame));
        }
    }

    fn send(&mut self, output: Output) {
        match output {
            Output::Answer {
                session,
                id,
                outcome,
            } => self.post(session, HallFrame::Answer { id, outcome }),
            Output::Rows { session, rows } => {
                if let Some(joined) = self
                    .wires
                    .get_mut(&session)
                    .and_then(|wire| wire.joined.as_mut())
                {
                    joined.place = Some(rows.seq);
                }
                self.post(session, HallFrame::Rows(rows));
            }
            Output::Changed { audience, rows } => {
                let mut sees = Vec::new();
                for (session, wire) in &mut self.wires {
                    let Some(joined) = &mut wire.joined else {
                        continue;
                    };
                    let behind = joined.place.is_some_and(|place| place < rows.seq);
                    if joined.role.audience() == audience && behind {
                        joined.place = Some(rows.seq);
                        sees.push(*session);
                    }
                }
                sees.into_iter()
                    .for_each(|session| self.post(session, HallFrame::Rows(rows.clone())));
            }
            // Nobody pairs here, and nobody gives orders.
            Output::Paired { .. } | Output::Told { .. } => {}
            Output::Bye { session, code } => {
                let message = "bye".to_owned();
                self.post(session, HallFrame::Bye(Bye { code, message }));
            }
        }
    }

    fn beat(&mut self) {
        if !self.now_ms.is_multiple_of(BEAT_MS) {
            return;
        }
        let sessions: Vec<SessionId> = self.wires.keys().copied().collect();
        for session in sessions {
            self.post(session, HallFrame::Beat { time: self.time() });
            let wire = self.wires.get_mut(&session).expect("it is there");
            // The answer to the ping that goes with it.
            if self.peers[wire.peer].stalled_since_ms.is_none() && !wire.ending {
                wire.heard_ms = self.now_ms;
            }
        }
    }

    fn arrive_at_clients(&mut self) {
        for peer in 0..self.peers.len() {
            while let Some(frame) = self.next_for(peer) {
                self.tell(peer, link::session::Input::Heard(Box::new(frame)));
            }
        }
    }

    fn next_for(&mut self, peer: usize) -> Option<HallFrame> {
        if self.peers[peer].stalled_since_ms.is_some() {
            return None;
        }
        let wire = self.wires.get_mut(&self.peers[peer].wire?)?;
        let (due_ms, _) = wire.to_client.front()?;
        if *due_ms > self.now_ms {
            return None;
        }
        wire.to_client.pop_front().map(|(_, frame)| frame)
    }

    fn dead_links_are_seen(&self) {
        for peer in &self.peers {
            let stalled_ms = peer
                .stalled_since_ms
                .map_or(0, |since_ms| self.now_ms - since_ms);
            let seen = !peer.up || stalled_ms <= HALF_OPEN_SEEN_WITHIN_MS;
            assert!(
                seen,
                "{:?} shows old rows as new for {stalled_ms} ms",
                peer.role
            );
        }
    }

    /// I1 to I3 and I5 of the faults; gives how many presses there were.
    fn everything_is_right(&self) -> usize {
        let mut issued = BTreeSet::new();
        for peer in &self.peers {
            assert!(peer.up, "everybody is back");
            let asked: Vec<&Uuid> = peer.asked.keys().collect();
            assert_eq!(
                asked,
                peer.outcomes.keys().collect::<Vec<_>>(),
                "every press has its outcome"
            );
            let tickets = peer.outcomes.values().filter_map(|outcome| match outcome {
                Outcome::Done(Done::Issued(issued)) => Some(issued.ticket),
                _ => None,
            });
            tickets.for_each(|ticket| assert!(issued.insert(ticket), "{ticket} was given twice"));
        }
        let on_disk: BTreeSet<u64> = self
            .engine
            .queue()
            .day()
            .tickets()
            .iter()
            .map(|ticket| ticket.id.0)
            .collect();
        assert_eq!(
            issued, on_disk,
            "each press has its ticket, each ticket its press"
        );
        for role in NEAR {
            let tables = self.peers.iter().filter(|peer| peer.role == role);
            let rows = tables.map(|peer| peer.table.stamped().cloned().collect::<Vec<_>>());
            let rows: Vec<_> = rows.collect();
            assert!(
                rows.windows(2).all(|pair| pair[0] == pair[1]),
                "every {role:?} sees the same"
            );
        }
        self.peers.iter().map(|peer| peer.asked.len()).sum()
    }
}

impl Peer {
    fn new(place: usize, role: Role, chance: &mut Chance, begin: Instant) -> Self {
        let hello = serde_json::json!({
            "protocol": protocol::VERSION,
            "role": role,
            "device": format!("{role:?}-{place}"),
            "app": "test",
        });
        let hello: Hello = serde_json::from_value(hello).expect("a hello");
        Self {
            session: Session::new(hello, chance.next(), begin),
            role,
            table: Table::default(),
            wire: None,
            connecting: None,
            up: false,
            stalled_since_ms: None,
            counter: 1 + place as u16 % 3,
            asked: BTreeMap::new(),
            outcomes: BTreeMap::new(),
        }
    }

    fn take(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Up { .. } => self.up = true,
            LinkEvent::Down { .. } => self.up = false,
            LinkEvent::Rows(rows) => drop(self.table.apply(rows)),
            LinkEvent::Answer { id, outcome } => {
                assert!(self.asked.contains_key(&id), "an answer to a question");
                let before = self.outcomes.insert(id, outcome);
                assert_eq!(before, None, "a program is answered once");
            }
            LinkEvent::Beat { .. } | LinkEvent::Refused(_) => {}
        }
    }
}

fn id(chance: &mut Chance) -> Uuid {
    Uuid::from_u128(u128::from(chance.next()) << 64 | u128::from(chance.next()))
}
