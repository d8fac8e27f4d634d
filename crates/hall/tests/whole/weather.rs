//! What goes wrong, and when: cables, power, the disk, the clock on the wall, printers.

use hall::engine::Input;
use protocol::{Act, Role};

use crate::clocks::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::disk::Fault;
use crate::network::Cable;
use crate::printer::Condition;
use crate::world::{Coming, Held, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// A cable is pulled, or swallows everything.
    Cable,
    /// It is put back.
    CableMended(usize),
    /// The hall's program or its machine stops: at once, or within its next writes.
    Stop,
    /// There is no room on the disk, for a while.
    DiskFull,
    /// Some of what the next requests need cannot be read.
    Unreadable,
    /// The clock on the wall jumps.
    Jump,
    /// Somebody sets it right.
    SetRight,
    /// A printer is out of paper, or open, or off.
    Printer,
    PrinterMended(usize),
    /// A program does not read, and falls behind.
    Lag,
    /// The hall stops twice in a short time.
    Storm,
    /// It stops at once.
    StopNow,
    /// Between the two one program loses its cable, and has it back when the hall is in a third life.
    StormGoesOn,
}

impl World {
    pub fn first_weather(&mut self) {
        for weather in [
            Weather::Cable,
            Weather::Stop,
            Weather::DiskFull,
            Weather::Unreadable,
            Weather::Jump,
            Weather::Printer,
            Weather::Lag,
            Weather::Storm,
        ] {
            self.next(weather);
        }
    }

    fn next(&mut self, weather: Weather) {
        let mean_ms = match weather {
            Weather::Cable => 40 * MINUTE_MS,
            Weather::Stop => 5 * HOUR_MS,
            Weather::DiskFull | Weather::Unreadable => 6 * HOUR_MS,
            Weather::Jump => 12 * HOUR_MS,
            Weather::Printer => 2 * HOUR_MS,
            Weather::Storm => 16 * HOUR_MS,
            _ => 30 * MINUTE_MS,
        };
        let wait_ms = self.chance.about(mean_ms);
        self.after(wait_ms, Coming::Weather(weather));
    }

    pub fn weather(&mut self, weather: Weather) -> Held {
        match weather {
            Weather::Cable => {
                self.next(weather);
                self.cable_fails()
            }
            Weather::CableMended(place) => self.set_cable(place, Cable::Good),
            Weather::Stop => {
                self.next(weather);
                self.stop();
                Ok(())
            }
            Weather::DiskFull => {
                self.next(weather);
                let times = self.chance.of(1..12);
                self.plan(Fault::Full(times));
                Ok(())
            }
            Weather::Unreadable => {
                self.next(weather);
                self.machine.reads_fail_next = true;
                Ok(())
            }
            Weather::Jump => {
                self.next(weather);
                self.jump();
                Ok(())
            }
            Weather::SetRight => {
                self.clocks.wrong_ms = 0;
                self.tell("the clock on the wall is set right");
                Ok(())
            }
            Weather::Printer => {
                self.next(weather);
                self.printer_fails();
                Ok(())
            }
            Weather::PrinterMended(place) => {
                if let Some(printing) = &self.programs[place].printing {
                    printing.set(Condition::Good);
                }
                Ok(())
            }
            Weather::Storm => {
                self.next(weather);
                if self.machine.running.is_some() && self.machine.planned.is_none() {
                    let power = self.chance.permille(500);
                    self.kill(power);
                    let goes_on_ms = self.chance.of(MINUTE_MS / 2..4 * MINUTE_MS);
                    self.after(goes_on_ms, Coming::Weather(Weather::StormGoesOn));
                }
                Ok(())
            }
            Weather::StopNow => {
                if self.machine.running.is_some() && self.machine.planned.is_none() {
                    let power = self.chance.permille(500);
                    self.kill(power);
                }
                Ok(())
            }
            Weather::StormGoesOn => self.storm_goes_on(),
            Weather::Lag => {
                self.next(weather);
                let lags = self.chance.of(1..6) as u8;
                let place = self.chance.index(self.connections.len().max(1));
                if let Some(connection) = self.connections.values_mut().nth(place) {
                    connection.lags = lags;
                }
                Ok(())
            }
        }
    }

    fn cable_fails(&mut self) -> Held {
        let place = self.chance.index(self.programs.len());
        let cable = if self.chance.permille(400) {
            Cable::HalfOpen
        } else {
            Cable::Cut
        };
        let long = self.chance.permille(200);
        let mended_ms = self
            .chance
            .about(if long { 10 * MINUTE_MS } else { 8 * SECOND_MS });
        self.after(mended_ms, Coming::Weather(Weather::CableMended(place)));
        self.set_cable(place, cable)
    }

    fn storm_goes_on(&mut self) -> Held {
        let place = self.chance.index(self.programs.len());
        let (stops_ms, mended_ms) = (
            self.chance.of(10 * SECOND_MS..4 * MINUTE_MS),
            self.chance.of(5 * MINUTE_MS..30 * MINUTE_MS),
        );
        self.after(stops_ms, Coming::Weather(Weather::StopNow));
        self.after(mended_ms, Coming::Weather(Weather::CableMended(place)));
        self.set_cable(place, Cable::Cut)
    }

    /// The disk has no room, or fails, just when the day's first number is given: then the key of the day
    /// is made.
    pub fn trouble_with_first_number(&mut self, batch: &[Input]) {
        let first = self.reference.tickets.is_empty()
            && batch.iter().any(|input| {
                matches!(
                    input,
                    Input::Request {
                        act: Act::Take { .. } | Act::CheckIn { .. },
                        ..
                    }
                )
            });
        if !first || self.machine.planned.is_some() || !self.chance.permille(60) {
            return;
        }
        let fault = match self.chance.index(4) {
            0 => Fault::PowerCut,
            1 => Fault::Killed,
            _ => Fault::Full(self.chance.of(1..4)),
        };
        let after = self.chance.of(0..8);
        self.disk.plan(after, fault);
        self.machine.planned = Some(fault);
    }

    /// Whoever looks at the record from elsewhere has a disk that is well: it fails for one batch of the
    /// hall alone.
    pub fn trouble_with_reading(&mut self, batch: &[Input]) {
        if self.machine.reads_fail_next && self.machine.planned.is_none() && !batch.is_empty() {
            self.machine.reads_fail_next = false;
            let fault = Fault::Unreadable(self.chance.of(1..12));
            let after = self.chance.of(0..6);
            self.disk.plan(after, fault);
            self.machine.planned = Some(fault);
        }
    }

    /// At once, between two operations of the disk, or in the middle of what it writes next.
    fn stop(&mut self) {
        if self.machine.running.is_none() || self.machine.planned.is_some() {
            return;
        }
        let power = self.chance.permille(500);
        if self.chance.permille(250) {
            return self.kill(power);
        }
        self.plan(if power {
            Fault::PowerCut
        } else {
            Fault::Killed
        });
    }

    fn plan(&mut self, fault: Fault) {
        if self.machine.running.is_some() && self.machine.planned.is_none() {
            let after = self.chance.of(0..30);
            self.disk.plan(after, fault);
            self.machine.planned = Some(fault);
        }
    }

    /// By a second, by an hour, by a month back; once in a long while by ten years forward, which
    /// ends the day and so comes last of all.
    fn jump(&mut self) {
        let last_hours = self.ends_ms - self.at_ms < 3 * HOUR_MS;
        let hour_ms = HOUR_MS as i64;
        let by_ms = match self.chance.index(8) {
            0 | 1 => -(SECOND_MS as i64),
            2 => hour_ms,
            3 => -hour_ms,
            4 => -30 * DAY_MS as i64,
            5 if last_hours => 3_653 * DAY_MS as i64,
            _ => self.chance.of(0..2 * MINUTE_MS) as i64 - MINUTE_MS as i64,
        };
        self.clocks.wrong_ms += by_ms;
        self.tell(&format!("the clock on the wall jumps by {by_ms} ms"));
        self.count("jumps of the clock");
        let right_ms = self.chance.about(2 * HOUR_MS);
        self.after(right_ms, Coming::Weather(Weather::SetRight));
    }

    fn printer_fails(&mut self) {
        let kiosks: Vec<usize> = (0..self.programs.len())
            .filter(|place| self.programs[*place].role == Role::Kiosk)
            .collect();
        let place = *self.chance.one(&kiosks);
        let conditions = [
            Condition::PaperOut,
            Condition::CoverOpen,
            Condition::SwitchedOff,
        ];
        let condition = *self.chance.one(&conditions);
        if let Some(printing) = &self.programs[place].printing {
            printing.set(condition);
        }
        let mended_ms = self.chance.about(15 * MINUTE_MS);
        self.after(mended_ms, Coming::Weather(Weather::PrinterMended(place)));
    }

    /// Now and then a job breaks off at some byte, and now and then the kiosk dies of it.
    pub fn trouble_for_printer(&mut self, place: usize) {
        let bytes = self.chance.index(700);
        let (breaks, kills) = (self.chance.permille(30), self.chance.permille(400));
        if let Some(printing) = self.programs[place].printing.as_ref().filter(|_| breaks) {
            printing.break_after(bytes, kills);
        }
    }
}
