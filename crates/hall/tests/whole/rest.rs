//! Everybody compared with everybody, when nothing is on its way to them.

use std::collections::BTreeMap;

use hall::engine::{Input, Output};
use link::Changes;
use protocol::{Audience, Key, Role, Row, Rows, Stamped};

use crate::clocks::MINUTE_MS;
use crate::network::Cable;
use crate::world::{Coming, Held, World};

/// A connection that nobody has: what it is told is everything.
const NOBODY: u64 = u64::MAX;

impl World {
    /// I5, and the truth of papers.
    pub fn rest(&mut self) -> Held {
        let pause_ms = self.chance.of(5 * MINUTE_MS..15 * MINUTE_MS);
        self.after(pause_ms, Coming::Rest);
        self.clients_are_equal()?;
        self.papers_are_true()
    }

    /// At the end of a history: everything once more, from end to end.
    pub fn close_the_books(&mut self) -> Held {
        self.clients_are_equal()?;
        self.papers_are_true()?;
        if self.machine.running.is_some() {
            self.whole_record_is_sound()?;
            self.outcomes_are_kept()?;
        }
        Ok(())
    }

    pub fn clients_are_equal(&mut self) -> Held {
        let running = self.machine.running.as_ref();
        let has_state = running.is_some_and(|running| !running.engine.is_adrift());
        if !has_state || self.machine.planned.is_some() {
            return Ok(());
        }
        self.publish();
        let roles = [Role::Kiosk, Role::Counter, Role::Wall];
        let asks = roles.map(|role| Input::CatchUp {
            session: NOBODY,
            role,
            since: u64::MAX,
        });
        let (now, present) = (self.clocks.now(self.at_ms), self.clocks.present(self.at_ms));
        self.reference.settle(&present);
        let Some(running) = &mut self.machine.running else {
            return Ok(());
        };
        let outputs = running
            .engine
            .handle(asks.to_vec(), now, &self.clocks)
            .map_err(|error| error.to_string())?;
        let mut wholes: BTreeMap<usize, Rows> = BTreeMap::new();
        let mut others = Vec::new();
        let mut audiences = roles.into_iter().map(|role| role.audience() as usize);
        for output in outputs {
            match output {
                Output::Rows {
                    session: NOBODY,
                    rows,
                } => {
                    wholes.extend(audiences.next().map(|audience| (audience, rows)));
                }
                other => others.push(other),
            }
        }
        self.say(others, 0);
        for audience in Audience::ALL {
            let whole = wholes
                .get(&(audience as usize))
                .ok_or("the hall does not say what it has")?;
            self.rows_are_true(audience, whole)?;
            self.tables_equal(audience, whole)?;
        }
        Ok(())
    }

    /// I5 after each step: what a program has just taken in makes its table the hall's, unless more is on
    /// its way. What did not change was compared when it did.
    pub fn table_is_as_shown(&self, place: usize, changes: &Changes) -> Held {
        let program = &self.programs[place];
        let Some(running) = &self.machine.running else {
            return Ok(());
        };
        let shown = &running.shown[program.role.audience() as usize];
        if program.table.seq() < shown.seq() || !self.is_connected(program.connection) {
            return Ok(());
        }
        let mut keys = changes.changed.iter().chain(&changes.gone);
        if let Some(key) = keys.find(|key| program.table.row(key) != shown.row(key)) {
            return Err(format!(
                "I5: {} shows {:?}, and the hall has {:?}",
                program.device,
                program.table.row(key),
                shown.row(key)
            ));
        }
        let (own, hall) = (program.table.stamped().count(), shown.stamped().count());
        match own == hall {
            true => Ok(()),
            false => Err(format!(
                "I5: {} has {own} rows, and the hall {hall}",
                program.device
            )),
        }
    }

    /// Every program whose table is as new as the hall's has the same rows in it.
    fn tables_equal(&mut self, audience: Audience, whole: &Rows) -> Held {
        let sorted = |rows: &mut Vec<&Stamped>| rows.sort_by_key(|stamped| stamped.row.key());
        let mut hall: Vec<&Stamped> = whole.rows.iter().collect();
        sorted(&mut hall);
        let mut compared = 0;
        for program in self
            .programs
            .iter()
            .filter(|program| program.role.audience() == audience)
        {
            let in_step =
                program.up && program.cable == Cable::Good && program.table.seq() == whole.seq;
            if !in_step || !self.is_connected(program.connection) {
                continue;
            }
            compared += 1;
            let mut own: Vec<&Stamped> = program.table.stamped().collect();
            sorted(&mut own);
            let differs = hall
                .iter()
                .zip(&own)
                .find(|(hall, own)| hall.row != own.row);
            if let Some((hall, own)) = differs {
                return Err(format!(
                    "I5: {} shows {:?}, and the hall has {:?}",
                    program.device, own.row, hall.row
                ));
            }
            if hall.len() != own.len() {
                return Err(format!(
                    "I5: {} has {} rows, and the hall {}",
                    program.device,
                    own.len(),
                    hall.len()
                ));
            }
        }
        *self.counts.entry("tables compared").or_default() += compared;
        Ok(())
    }

    fn is_connected(&self, connection: Option<u64>) -> bool {
        connection.is_some_and(|number| self.connections.contains_key(&number))
    }

    /// What the rows say of hands and lines is what the reference says.
    fn rows_are_true(&self, audience: Audience, whole: &Rows) -> Held {
        let rows = whole.rows.iter().map(|stamped| &stamped.row);
        let mut hands = BTreeMap::new();
        for row in rows {
            match row {
                Row::Hall(hall) => {
                    self.reference
                        .hall_row_is(hall.issued, hall.waiting, &hall.day)?
                }
                Row::Service(service) => self
                    .reference
                    .service_row_is(&service.code, service.waiting)?,
                Row::Counter(counter) if audience == Audience::Staff => {
                    let hand = counter.desk.as_ref().and_then(|desk| desk.in_hand.as_ref());
                    let hand = hand.map(|hand| hand.number.clone());
                    self.reference
                        .counter_row_is(counter.number, hand.as_deref())?;
                    if let Some(number) = hand
                        && let Some(other) = hands.insert(number.clone(), counter.number)
                    {
                        return Err(format!(
                            "I3: {number} is at counter {other} and at {}",
                            counter.number
                        ));
                    }
                }
                _ => {}
            }
        }
        if audience == Audience::Walls {
            let shown = |call: u64| {
                whole
                    .rows
                    .iter()
                    .any(|stamped| stamped.row.key() == Key::Call { call })
            };
            return self.reference.calls_are_shown(&shown);
        }
        Ok(())
    }
}
