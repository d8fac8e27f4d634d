//! The hall's side of its connections: what its server does with sockets is done here with lists.

use std::rc::Rc;

use hall::engine::{Input, Output, SessionId};
use hall::trust::PinSeen;
use protocol::{
    Act, Bye, ByeCode, ClientFrame, HallFrame, Hello, MAX_REQUESTS_IN_FLIGHT, Outcome, Refusal,
    Role, Rows, Welcome,
};
use uuid::Uuid;

use crate::network::Cable;
use crate::plant::{self, Plant};
use crate::world::{Coming, Held, World};

/// A connection, as the hall has it.
#[derive(Debug)]
pub struct Connection {
    pub program: usize,
    pub role: Role,
    pub device: String,
    /// The client's table is as of this number, once it has rows.
    pub place: Option<u64>,
    pub has_joined: bool,
    pub in_flight: usize,
    pub open_here: bool,
    pub open_there: bool,
    pub last_here_ms: u64,
    pub last_there_ms: u64,
    /// So many changes go by before it is seen to have fallen behind.
    pub lags: u8,
}

impl World {
    /// The hall has noticed that a connection is gone.
    pub fn forget(&mut self, number: u64) {
        let Some(connection) = self.connections.remove(&number) else {
            return;
        };
        if connection.has_joined {
            let device = connection.device;
            self.mail(Input::Leave {
                session: number,
                device,
            });
        }
    }

    /// Every connection of a hall that is no more.
    pub fn hall_is_gone(&mut self, power: bool) {
        self.door_is_dark();
        for (number, connection) in std::mem::take(&mut self.connections) {
            let place = connection.program;
            if self.programs[place].connection == Some(number)
                && !power
                && self.programs[place].cable == Cable::Good
            {
                let notices_ms = self.chance.of(1..20);
                self.after(notices_ms, Coming::Ended(number));
            }
        }
    }

    /// A text frame arrives at the hall, whose server reads it.
    pub fn reach_hall(&mut self, number: u64, text: &str) -> Held {
        let Some(connection) = self
            .connections
            .get(&number)
            .filter(|connection| connection.open_here)
        else {
            return Ok(());
        };
        if self.programs[connection.program].cable != Cable::Good && connection.open_there {
            return Ok(());
        }
        let frame: ClientFrame =
            serde_json::from_str(text).map_err(|error| format!("{text}: {error}"))?;
        match frame {
            ClientFrame::Hello(hello) => self.welcome(number, hello),
            ClientFrame::Request { id, act } => self.request(number, id, act),
            ClientFrame::Pair(_) => return Err("nobody asks to be paired here".to_owned()),
        }
        Ok(())
    }

    fn welcome(&mut self, session: SessionId, hello: Hello) {
        let Some(running) = &self.machine.running else {
            return;
        };
        let welcome = Welcome {
            protocol: protocol::VERSION,
            epoch: running.engine.epoch(),
            time: self.time(),
            app: "hall".to_owned(),
        };
        if let Some(connection) = self.connections.get_mut(&session) {
            connection.has_joined = true;
        }
        self.mail(Input::Join {
            session,
            hello,
            address: None,
        });
        self.send(session, HallFrame::Welcome(welcome), 0);
    }

    fn request(&mut self, session: SessionId, id: Uuid, act: Act) {
        let Some(connection) = self.connections.get_mut(&session) else {
            return;
        };
        if connection.in_flight >= MAX_REQUESTS_IN_FLIGHT {
            let outcome = Outcome::Refused(Refusal::TooManyRequests);
            return self.send(session, HallFrame::Answer { id, outcome }, 0);
        }
        connection.in_flight += 1;
        let (role, device) = (connection.role, connection.device.clone());
        self.mail(Input::Request {
            session,
            role,
            device,
            id,
            act,
            pin: PinSeen::None,
        });
    }

    /// What the loop says goes out when its transaction is on the disk.
    pub fn say(&mut self, outputs: Vec<Output>, commit_ms: u64) {
        for output in outputs {
            match output {
                Output::Answer {
                    session,
                    id,
                    outcome,
                } => {
                    if let Some(connection) = self.connections.get_mut(&session) {
                        connection.in_flight = connection.in_flight.saturating_sub(1);
                    }
                    self.send(session, HallFrame::Answer { id, outcome }, commit_ms);
                }
                Output::Changed { audience, rows } => {
                    if let Some(running) = &mut self.machine.running {
                        running.shown[audience as usize].apply(rows.clone());
                    }
                    let rows = Rc::new(HallFrame::Rows(without_gone(rows)));
                    let wanted = self
                        .connections
                        .iter()
                        .filter(|(_, one)| one.role.audience() == audience);
                    let wanted: Vec<u64> = wanted.map(|(number, _)| *number).collect();
                    wanted
                        .into_iter()
                        .for_each(|number| self.pass_on(number, &rows, commit_ms));
                }
                Output::Rows { session, rows } => {
                    self.rows_to(session, without_gone(rows), commit_ms)
                }
                // See `door`.
                Output::Paired { .. } | Output::Told { .. } => {}
                Output::Bye { session, code } => self.say_goodbye(session, code),
            }
        }
    }

    fn rows_to(&mut self, session: SessionId, mut rows: Rows, commit_ms: u64) {
        let Some(connection) = self.connections.get_mut(&session) else {
            return;
        };
        connection.place = Some(rows.seq);
        if plant::is(Plant::NoResync) && !rows.whole {
            rows.rows.clear();
            rows.gone.clear();
        }
        self.send(session, HallFrame::Rows(rows), commit_ms);
    }

    /// Changed rows for one of many. Who fell behind is told later, in one piece, what it missed.
    fn pass_on(&mut self, number: u64, frame: &Rc<HallFrame>, commit_ms: u64) {
        let HallFrame::Rows(rows) = &**frame else {
            return;
        };
        let Some(connection) = self.connections.get_mut(&number) else {
            return;
        };
        let Some(place) = connection.place.filter(|place| *place < rows.seq) else {
            return;
        };
        if connection.lags > 0 {
            connection.lags -= 1;
            if connection.lags == 0 {
                connection.place = None;
                let role = connection.role;
                self.count("connections fallen behind");
                self.mail(Input::CatchUp {
                    session: number,
                    role,
                    since: place,
                });
            }
            return;
        }
        connection.place = Some(rows.seq);
        self.deliver(number, Rc::clone(frame), commit_ms);
    }

    fn say_goodbye(&mut self, session: SessionId, code: ByeCode) {
        let bye = Bye {
            code,
            message: String::new(),
        };
        self.send(session, HallFrame::Bye(bye), 0);
        if let Some(connection) = self.connections.get_mut(&session) {
            connection.open_here = false;
        }
        self.after(50, Coming::Forget(session));
    }

    fn send(&mut self, session: SessionId, frame: HallFrame, commit_ms: u64) {
        self.deliver(session, Rc::new(frame), commit_ms);
    }

    fn deliver(&mut self, session: SessionId, frame: Rc<HallFrame>, commit_ms: u64) {
        let delay_ms = commit_ms + self.delay_ms();
        let at_ms = self.at_ms;
        let Some(connection) = self.connections.get_mut(&session) else {
            return;
        };
        connection.last_there_ms = connection.last_there_ms.max(at_ms + delay_ms);
        let wait_ms = connection.last_there_ms - at_ms;
        self.after(wait_ms, Coming::ToProgram(session, frame));
    }
}

fn without_gone(mut rows: Rows) -> Rows {
    if plant::is(Plant::GoneNotTold) {
        rows.gone.clear();
    }
    rows
}
