//! Programs and their cables. A program's side of its connection is the real session of `link`.
//!
//! Between two ends all arrives in order, later, or not at all. A cut cable is noticed at once; a
//! half-open one swallows everything, and only silence tells.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use link::session::{Effect, Input as LinkInput, Session};
use link::{LinkEvent, Lost, Table};
use protocol::{
    Act, ClientFrame, HallFrame, Hello, MAX_REQUESTS_IN_FLIGHT, Role, SILENCE_MS, Time,
};
use uuid::Uuid;

use crate::people::Purpose;
use crate::printer::Printing;
use crate::server::Connection;
use crate::world::{Coming, Held, World};

/// How the way between a program and the hall is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cable {
    Good,
    Cut,
    /// Everything disappears in it, and nobody is told.
    HalfOpen,
}

/// A program on a machine of its own.
pub struct Program {
    pub role: Role,
    pub device: String,
    session: Session,
    /// Its copy of the hall.
    pub table: Table,
    pub on: bool,
    pub up: bool,
    pub cable: Cable,
    pub half_open_since_ms: Option<u64>,
    pub connection: Option<u64>,
    attempt: u64,
    ticks_at_ms: Option<u64>,
    seed: u64,
    /// What it has asked, and what for.
    pub asked: BTreeMap<Uuid, Purpose>,
    pub printing: Option<Printing>,
}

impl Program {
    pub fn new(place: usize, role: Role, seed: u64, now: Instant) -> Self {
        let device = format!("{role:?}-{place}");
        Self {
            session: new_session(role, &device, seed, now),
            role,
            device,
            table: Table::default(),
            on: false,
            up: false,
            cable: Cable::Good,
            half_open_since_ms: None,
            connection: None,
            attempt: 0,
            ticks_at_ms: None,
            seed,
            asked: BTreeMap::new(),
            printing: (role == Role::Kiosk).then(Printing::new),
        }
    }
}

fn new_session(role: Role, device: &str, seed: u64, now: Instant) -> Session {
    let hello = Hello {
        protocol: protocol::VERSION,
        role,
        device: device.to_owned(),
        app: "simulated".to_owned(),
        key: None,
        resume: None,
    };
    Session::new(hello, seed, now)
}

impl World {
    fn instant(&self) -> Instant {
        self.epoch_of_instants + Duration::from_millis(self.at_ms)
    }

    /// A program is started, with nothing in its memory, or ends.
    pub fn switch(&mut self, place: usize, on: bool) -> Held {
        if self.programs[place].on == on {
            return Ok(());
        }
        let now = self.instant();
        self.hang_up(place);
        let program = &mut self.programs[place];
        program.seed = program
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        program.session = new_session(program.role, &program.device, program.seed, now);
        program.table = Table::default();
        program.asked.clear();
        (program.on, program.up, program.ticks_at_ms) = (on, false, None);
        let step = format!(
            "{} is switched {}",
            program.device,
            if on { "on" } else { "off" }
        );
        self.tell(&step);
        if on { self.tick(place) } else { Ok(()) }
    }

    /// A program asks, and will know by the purpose what the answer is for.
    pub fn ask(&mut self, place: usize, act: Act, purpose: Purpose) -> Held {
        let id = self.chance.uuid(self.clocks.wall_ms(self.at_ms));
        self.ask_as(place, id, act, purpose)
    }

    pub fn ask_as(&mut self, place: usize, id: Uuid, act: Act, purpose: Purpose) -> Held {
        let program = &mut self.programs[place];
        if !program.on || program.asked.len() >= MAX_REQUESTS_IN_FLIGHT {
            return Ok(());
        }
        program.asked.insert(id, purpose);
        if let (Act::Printed { ticket, .. } | Act::NotPrinted { ticket, .. }, Purpose::Nothing) =
            (&act, purpose)
        {
            self.people.said_by_staff.insert(*ticket);
        }
        let frame = ClientFrame::Request { id, act };
        let frame = serde_json::to_string(&frame).map_err(|error| error.to_string())?;
        self.link(place, LinkInput::Ask { id, frame })
    }

    /// The real session of a program takes something in, and what it wants is done.
    pub fn link(&mut self, place: usize, input: LinkInput) -> Held {
        let now = self.instant();
        let effects = self.programs[place].session.update(input, now);
        for effect in effects {
            match effect {
                Effect::Connect => self.connect(place),
                Effect::Disconnect => self.hang_up(place),
                Effect::Hello(hello) => self.send_to_hall(place, &ClientFrame::Hello(hello))?,
                Effect::Send(frame) => self.text_to_hall(place, frame),
                Effect::Tell(event) => self.told(place, event)?,
                Effect::Free => {}
            }
        }
        self.tick_when_due(place);
        Ok(())
    }

    fn tick_when_due(&mut self, place: usize) {
        let began = self.epoch_of_instants;
        let program = &mut self.programs[place];
        let due_ms = program
            .session
            .deadline()
            .saturating_duration_since(began)
            .as_millis() as u64;
        let due_ms = due_ms.max(self.at_ms);
        if program.on
            && program
                .ticks_at_ms
                .is_none_or(|ticks_ms| due_ms < ticks_ms || ticks_ms < self.at_ms)
        {
            program.ticks_at_ms = Some(due_ms);
            self.after(due_ms - self.at_ms, Coming::Tick(place));
        }
    }

    /// A program's own time is up: the hall has beaten once a second, if anybody heard it.
    pub fn tick(&mut self, place: usize) -> Held {
        let time = self.time();
        let now = self.instant();
        let program = &mut self.programs[place];
        if !program.on
            || program
                .ticks_at_ms
                .is_some_and(|ticks_ms| ticks_ms > self.at_ms)
        {
            return Ok(());
        }
        program.ticks_at_ms = None;
        if program.session.deadline() > now {
            self.tick_when_due(place);
            return Ok(());
        }
        let program = &self.programs[place];
        let connection = program
            .connection
            .and_then(|connection| self.connections.get(&connection));
        let hears = program.up
            && program.cable == Cable::Good
            && connection.is_some_and(|connection| connection.open_here);
        let input = if hears {
            LinkInput::Heard(Box::new(HallFrame::Beat { time }))
        } else {
            LinkInput::Time
        };
        self.link(place, input)
    }

    pub fn time(&self) -> Time {
        Time {
            unix_ms: self.clocks.wall_ms(self.at_ms),
            offset_min: 0,
        }
    }

    fn connect(&mut self, place: usize) {
        let delay_ms = self.chance.of(1..30);
        let runs = self.machine.running.is_some();
        let program = &mut self.programs[place];
        program.attempt += 1;
        let attempt = program.attempt;
        match program.cable {
            Cable::Good if runs => self.after(delay_ms, Coming::Opened(place, attempt)),
            Cable::Good | Cable::Cut => self.after(delay_ms, Coming::Unreachable(place, attempt)),
            Cable::HalfOpen => {}
        }
    }

    pub fn opened(&mut self, place: usize, attempt: u64) -> Held {
        let runs = self.machine.running.is_some();
        let program = &mut self.programs[place];
        if !program.on || program.attempt != attempt || program.cable != Cable::Good {
            return Ok(());
        }
        if !runs {
            return self.unreachable(place, attempt);
        }
        self.last_connection += 1;
        program.connection = Some(self.last_connection);
        let connection = Connection {
            program: place,
            role: program.role,
            device: program.device.clone(),
            place: None,
            has_joined: false,
            in_flight: 0,
            open_here: true,
            open_there: true,
            last_here_ms: 0,
            last_there_ms: 0,
            lags: 0,
        };
        self.connections.insert(self.last_connection, connection);
        self.link(place, LinkInput::Opened)
    }

    pub fn unreachable(&mut self, place: usize, attempt: u64) -> Held {
        let program = &self.programs[place];
        if !program.on || program.attempt != attempt {
            return Ok(());
        }
        self.link(
            place,
            LinkInput::Closed(Lost::Unreachable("refused".to_owned())),
        )
    }

    /// The program lets go of its connection; the hall learns it by and by.
    fn hang_up(&mut self, place: usize) {
        let program = &mut self.programs[place];
        program.attempt += 1;
        let Some(number) = program.connection.take() else {
            return;
        };
        let good = program.cable == Cable::Good;
        if let Some(connection) = self.connections.get_mut(&number) {
            connection.open_there = false;
        }
        let notices_ms = if good {
            self.chance.of(1..20)
        } else {
            self.chance.of(SILENCE_MS..5_500)
        };
        self.after(notices_ms, Coming::Forget(number));
    }

    /// A program sees its connection end.
    pub fn ended(&mut self, number: u64) -> Held {
        let place = self
            .programs
            .iter()
            .position(|program| program.connection == Some(number));
        match place {
            Some(place) => self.link(place, LinkInput::Closed(Lost::Closed)),
            None => Ok(()),
        }
    }

    fn send_to_hall(&mut self, place: usize, frame: &ClientFrame) -> Held {
        let text = serde_json::to_string(frame).map_err(|error| error.to_string())?;
        self.text_to_hall(place, text);
        Ok(())
    }

    fn text_to_hall(&mut self, place: usize, text: String) {
        let delay_ms = self.delay_ms();
        let twice = text.contains("\"request\"") && self.chance.permille(20);
        let (at_ms, program) = (self.at_ms, &self.programs[place]);
        let Some(number) = program.connection.filter(|_| program.cable == Cable::Good) else {
            return;
        };
        let Some(connection) = self.connections.get_mut(&number) else {
            return;
        };
        connection.last_here_ms = connection.last_here_ms.max(at_ms + delay_ms);
        let wait_ms = connection.last_here_ms - at_ms;
        if twice {
            self.count("requests doubled by the network");
            self.after(wait_ms, Coming::ToHall(number, text.clone()));
        }
        self.after(wait_ms, Coming::ToHall(number, text));
    }

    /// Mostly short, now and then a second.
    pub fn delay_ms(&mut self) -> u64 {
        if self.chance.permille(20) {
            self.chance.of(100..1_000)
        } else {
            self.chance.of(1..20)
        }
    }

    /// A frame arrives at a program, unless its cable has swallowed it.
    pub fn reach_program(&mut self, number: u64, frame: &HallFrame) -> Held {
        let Some(connection) = self
            .connections
            .get(&number)
            .filter(|connection| connection.open_there)
        else {
            return Ok(());
        };
        let place = connection.program;
        let program = &self.programs[place];
        if program.connection != Some(number) || program.cable != Cable::Good {
            return Ok(());
        }
        self.link(place, LinkInput::Heard(Box::new(frame.clone())))
    }

    /// The cable of a program is pulled out, or swallows everything, or is well again.
    pub fn set_cable(&mut self, place: usize, cable: Cable) -> Held {
        let time = self.time();
        let program = &self.programs[place];
        if program.cable == cable || !program.on {
            self.programs[place].cable = cable;
            return Ok(());
        }
        let (step, was_good) = (
            format!("the cable of {} is {cable:?}", program.device),
            program.cable == Cable::Good,
        );
        let was_up = program.up;
        self.tell(&step);
        if cable == Cable::HalfOpen && was_good && was_up {
            // The last beat that came through was not older than a second.
            self.link(place, LinkInput::Heard(Box::new(HallFrame::Beat { time })))?;
            self.programs[place].half_open_since_ms = Some(self.at_ms);
        }
        self.programs[place].cable = cable;
        let connection = self.programs[place].connection;
        if cable == Cable::Cut
            && let Some(number) = connection
        {
            return self.ended(number);
        }
        if let (Cable::Good, Some(number)) = (cable, connection) {
            // What was lost on the way is lost: no such connection goes on.
            return self.ended(number);
        }
        Ok(())
    }

    /// What the link tells its program.
    fn told(&mut self, place: usize, event: LinkEvent) -> Held {
        match event {
            LinkEvent::Rows(rows) => {
                let changes = self.programs[place].table.apply(rows);
                self.table_is_as_shown(place, &changes)?;
                self.rows_changed(place, &changes)
            }
            LinkEvent::Up { .. } => {
                self.programs[place].up = true;
                self.programs[place].half_open_since_ms = None;
                let soon_ms = self.chance.of(1..3_000);
                self.after(soon_ms, Coming::Compare);
                self.link_is_up(place)
            }
            LinkEvent::Down { why, .. } => {
                let program = &mut self.programs[place];
                program.up = false;
                if let Lost::NotAHall(_) | Lost::OtherHall = why {
                    return Err(format!(
                        "{} was told what no hall tells: {why:?}",
                        program.device
                    ));
                }
                let since_ms = program.half_open_since_ms.take();
                self.count("links lost");
                match since_ms {
                    Some(since_ms) if self.at_ms - since_ms > 5_000 => Err(format!(
                        "a half-open link was seen after {} ms",
                        self.at_ms - since_ms
                    )),
                    _ => Ok(()),
                }
            }
            LinkEvent::Answer { id, outcome } => self.answered(place, id, &outcome),
            LinkEvent::Beat { .. } | LinkEvent::Refused(_) => Ok(()),
        }
    }
}
