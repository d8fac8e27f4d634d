//! Clerks, who look at their screens and press, also twice, late, or the wrong thing; guides,
//! supervisors and people at a telephone, who may ask anything.

use protocol::{
    Act, CallState, CounterState, Desk, NotPrintedReason, PlaceInLine, Role, Secret, TransferTo,
};

use crate::clocks::{HOUR_MS, MINUTE_MS};
use crate::people::Purpose;
use crate::reference::Ticket;
use crate::town::{CLASSES, CLERKS, OUTCOMES};
use crate::world::{Coming, Held, World};

impl World {
    /// A clerk looks at the screen, and acts on what it shows: not always the right way.
    pub fn clerk(&mut self, place: usize) -> Held {
        // The kiosks come before the counters.
        let counter = self.town.counters[place - 2].number;
        let minute = self.minute_of_day();
        let is_day = (8 * 60 - 5..18 * 60 + 15).contains(&minute);
        let pause_ms = if is_day {
            self.chance.about(25_000)
        } else {
            self.chance.about(10 * MINUTE_MS)
        };
        self.after(pause_ms.clamp(500, HOUR_MS), Coming::Clerk(place));
        let on = self.programs[place].on;
        if on != is_day && self.chance.permille(if is_day { 400 } else { 200 }) {
            return self.switch(place, !on);
        }
        let row = self.programs[place].table.counter(counter).cloned();
        let Some(row) = row.filter(|_| on && self.programs[place].up) else {
            return Ok(());
        };
        let desk = row.desk.unwrap_or_default();
        let act = match row.state {
            _ if self.chance.permille(20) => Some(self.anything(counter)),
            CounterState::Closed if is_day => Some(self.sign_in(counter, place)),
            CounterState::Closed => None,
            CounterState::Paused => self.chance.permille(200).then_some(Act::Resume { counter }),
            CounterState::Open => self.at_open_counter(counter, &desk, is_day),
        };
        let Some(act) = act else { return Ok(()) };
        if self.chance.permille(30) {
            self.ask(place, act.clone(), Purpose::Nothing)?;
        }
        self.ask(place, act, Purpose::Nothing)
    }

    fn sign_in(&mut self, counter: u16, place: usize) -> Act {
        let clerk = if self.chance.permille(900) {
            CLERKS[place % CLERKS.len()]
        } else {
            *self.chance.one(&CLERKS)
        };
        Act::sign_in(counter, clerk)
    }

    fn at_open_counter(&mut self, counter: u16, desk: &Desk, is_day: bool) -> Option<Act> {
        match &desk.in_hand {
            None if !is_day && desk.next.is_empty() => Some(Act::SignOut { counter }),
            None => self.with_nobody_in_hand(counter, desk),
            Some(hand) if hand.state == CallState::Called => {
                let is_here = self.people.stands_at(&hand.number, counter);
                self.with_somebody_called(counter, is_here)
            }
            Some(_) => self.with_somebody_at_the_counter(counter, is_day),
        }
    }

    fn with_nobody_in_hand(&mut self, counter: u16, desk: &Desk) -> Option<Act> {
        let held = desk.held.first().map(|held| held.number.clone());
        let missed = desk.missed.first().map(|missed| missed.number.clone());
        let next = desk.next.last().map(|next| next.number.clone());
        match (self.chance.index(100), held, missed, next) {
            (0..8, Some(number), ..) => Some(Act::ResumeHeld { counter, number }),
            (8..11, _, Some(number), _) => Some(Act::UndoNoShow { counter, number }),
            (11..14, _, _, Some(number)) => Some(Act::CallNumber { counter, number }),
            (14..16, ..) => Some(Act::Pause {
                counter,
                reason: "午餐".to_owned(),
            }),
            (16..18, ..) => Some(self.serve_without(counter)),
            (18..20, ..) => Some(Act::SignOut { counter }),
            (20..22, ..) if desk.awaiting => Some(Act::StopAwaiting { counter }),
            (_, _, _, Some(_)) => Some(Act::CallNext { counter }),
            (22..50, ..) if !desk.awaiting => Some(Act::AwaitNext { counter }),
            (50..55, ..) => Some(Act::CallNext { counter }),
            _ => None,
        }
    }

    fn with_somebody_called(&mut self, counter: u16, is_here: bool) -> Option<Act> {
        match (self.chance.index(100), is_here) {
            (0..84, true) => Some(Act::Arrive { counter }),
            // Forgets to say that somebody came.
            (84..90, true) => Some(Act::finish(counter)),
            (90..94, true) => Some(Act::CallNext { counter }),
            (0..30, false) => Some(Act::Recall { counter }),
            (30..45, false) => Some(Act::NoShow { counter }),
            (45..47, false) => Some(Act::Arrive { counter }),
            (47..50, _) => Some(self.hold(counter)),
            (50..53, _) => Some(self.put_back(counter)),
            _ => None,
        }
    }

    /// Most things take some minutes: the clerk looks up in vain a few times.
    fn with_somebody_at_the_counter(&mut self, counter: u16, is_day: bool) -> Option<Act> {
        match self.chance.index(1_000) {
            0..90 if is_day => Some(Act::CallNext { counter }),
            90..120 if is_day => Some(Act::AwaitNext { counter }),
            120..150 => {
                let outcome = Some((*self.chance.one(&OUTCOMES)).to_owned());
                Some(Act::Finish { counter, outcome })
            }
            150..165 => Some(Act::finish(counter)),
            165..172 => Some(self.hold(counter)),
            172..188 => Some(self.transfer(counter)),
            188..194 => Some(self.put_back(counter)),
            194..196 => Some(Act::Recall { counter }),
            196..400 if !is_day => Some(Act::finish(counter)),
            _ => None,
        }
    }

    fn hold(&mut self, counter: u16) -> Act {
        let minutes = self
            .chance
            .permille(600)
            .then(|| self.chance.of(0..15) as u32);
        Act::Hold {
            counter,
            reason: "复印".to_owned(),
            minutes,
        }
    }

    fn put_back(&mut self, counter: u16) -> Act {
        let places = [PlaceInLine::First, PlaceInLine::ByTime, PlaceInLine::Last];
        Act::PutBack {
            counter,
            place: *self.chance.one(&places),
        }
    }

    fn transfer(&mut self, counter: u16) -> Act {
        let to = match self.chance.index(3) {
            0 => TransferTo::Service {
                service: self.some_service(),
            },
            1 => TransferTo::Counter {
                number: self.some_counter(),
            },
            _ => TransferTo::Clerk {
                clerk: (*self.chance.one(&CLERKS)).to_owned(),
            },
        };
        let (keep_time, come_back) = (self.chance.permille(500), self.chance.permille(300));
        Act::Transfer {
            counter,
            to,
            note: "缺件".to_owned(),
            keep_time,
            come_back,
        }
    }

    fn serve_without(&mut self, counter: u16) -> Act {
        let class = (*self.chance.one(&CLASSES)).to_owned();
        Act::ServeWithout {
            counter,
            service: self.some_service(),
            class,
        }
    }

    fn some_service(&mut self) -> String {
        let place = self.chance.index(self.town.services.len() + 1);
        let known = self
            .town
            .services
            .get(place)
            .map(|service| service.code.clone());
        known
            .filter(|_| !self.chance.permille(20))
            .unwrap_or_else(|| "Z".to_owned())
    }

    fn some_counter(&mut self) -> u16 {
        self.chance.of(1..self.town.counters.len() as u64 + 2) as u16
    }

    /// A number that somebody holds, as people type it.
    pub fn some_number(&mut self) -> String {
        let place = self.chance.index(1_000);
        let known = self
            .people
            .a_number(place)
            .cloned()
            .unwrap_or_else(|| "A001".to_owned());
        match self.chance.index(10) {
            0 => known.to_lowercase(),
            1 => format!(" {known} "),
            2 => "A999".to_owned(),
            _ => known,
        }
    }

    /// A guide, a supervisor or somebody at a telephone does something.
    pub fn staff(&mut self, place: usize) -> Held {
        let role = self.programs[place].role;
        let minute = self.minute_of_day();
        let is_day = (8 * 60..18 * 60).contains(&minute);
        let pause_ms = self.chance.about(if is_day {
            4 * MINUTE_MS
        } else {
            40 * MINUTE_MS
        });
        self.after(pause_ms.clamp(1_000, 2 * HOUR_MS), Coming::Staff(place));
        if !self.programs[place].up {
            return Ok(());
        }
        let counter = self.some_counter();
        let act = match role {
            Role::Supervisor => self.anything(counter),
            Role::Phone => self.by_telephone(),
            _ if self.chance.permille(60) => self.of_the_roll(place),
            _ => self.of_a_ticket(),
        };
        if self.chance.permille(30)
            && let Some(id) = self.some_old_id(&act)
        {
            // A program with a fault: an id that was used for something else.
            return self.ask_as(place, id, act, Purpose::Nothing);
        }
        self.ask(place, act, Purpose::Nothing)
    }

    fn of_a_ticket(&mut self) -> Act {
        let number = self.some_number();
        let class = if self.chance.permille(30) {
            "royal"
        } else {
            *self.chance.one(&CLASSES)
        };
        match self.chance.index(12) {
            0 => Act::Reprint { number },
            1 => Act::cancel(number),
            2 | 3 => Act::SetClass {
                number,
                class: class.to_owned(),
                verified: self.chance.permille(500),
            },
            4 => Act::comes_back(number),
            5..9 => self.by_telephone(),
            9 => {
                let place = self.chance.index(self.reference.tickets.len() + 1);
                let ticket = self
                    .reference
                    .tickets
                    .get(place)
                    .map_or(1, |ticket| ticket.id);
                let reason = NotPrintedReason::Unknown;
                if self.chance.permille(500) {
                    Act::NotPrinted { ticket, reason }
                } else {
                    Act::Printed {
                        ticket,
                        copies: self.chance.index(3) as u32,
                    }
                }
            }
            _ => self.some_take(),
        }
    }

    /// The guide puts the roll in, or another piece of it, or takes it away.
    fn of_the_roll(&mut self, place: usize) -> Act {
        let hall = self.programs[place].table.hall();
        let stands_in = hall.and_then(|hall| hall.roll.as_ref()?.next);
        let (first, _) = self.town.roll.unwrap_or_default();
        match stands_in {
            Some(next) if self.chance.permille(300) => Act::BeginRoll {
                first: next + self.chance.index(3) as u32,
            },
            Some(_) => Act::EndRoll {},
            None if self.chance.permille(50) => Act::EndRoll {},
            None => Act::BeginRoll {
                first: first + self.chance.index(40) as u32,
            },
        }
    }

    fn by_telephone(&mut self) -> Act {
        let class = *self.chance.one(&CLASSES);
        match self.chance.index(4) {
            3 => self.with_the_slip(),
            0 => self.book(class),
            // Most come for the last slots that were booked.
            1 => {
                let back = 1 + self.chance.index(8);
                let codes = &self.people.codes;
                let code = codes.get(codes.len().saturating_sub(back)).cloned();
                Act::CheckIn {
                    code: code.unwrap_or_else(|| "000000".to_owned()),
                }
            }
            _ => self.some_take(),
        }
    }

    /// Somebody reads the code of his slip, or tries with a number from the wall.
    fn with_the_slip(&mut self) -> Act {
        let place = self.chance.index(self.reference.tickets.len().max(1));
        let ticket = self.reference.tickets.get(place);
        let number = ticket.map_or_else(|| "A001".to_owned(), Ticket::number);
        let own = ticket.and_then(|ticket| self.reference.token_of(ticket.id));
        let token = match self.chance.index(10) {
            0 => None,
            1 => Some(Secret::new("AAAAAAAA")),
            _ => own.map(Secret::new),
        };
        match self.chance.permille(400) {
            true => Act::Cancel { number, token },
            false => Act::Return { number, token },
        }
    }

    /// A slot within the next hour or two, or a moment ago.
    fn book(&mut self, class: &str) -> Act {
        let ahead_ms = self.chance.of(0..2 * HOUR_MS) as i64 - 5 * MINUTE_MS as i64;
        let slot = self.clocks.text(self.clocks.wall_ms(self.at_ms) + ahead_ms);
        Act::Book {
            service: self.some_service(),
            class: class.to_owned(),
            slot,
        }
    }

    /// Any act, whether it fits or not.
    fn anything(&mut self, counter: u16) -> Act {
        let number = self.some_number();
        match self.chance.index(19) {
            0 => Act::CallNext { counter },
            1 => Act::CallNumber { counter, number },
            2 => Act::AwaitNext { counter },
            3 => Act::StopAwaiting { counter },
            4 => self.serve_without(counter),
            5 => Act::Recall { counter },
            6 => Act::Arrive { counter },
            7 => Act::Finish {
                counter,
                outcome: Some("lost".to_owned()),
            },
            8 => Act::NoShow { counter },
            9 => Act::UndoNoShow { counter, number },
            10 => self.hold(counter),
            11 => Act::ResumeHeld { counter, number },
            12 => self.put_back(counter),
            13 => self.transfer(counter),
            14 => Act::Pause {
                counter,
                reason: if self.chance.permille(100) {
                    " "
                } else {
                    "培训"
                }
                .to_owned(),
            },
            15 => Act::Resume { counter },
            16 => Act::sign_in(counter, *self.chance.one(&CLERKS)),
            17 => Act::Report {},
            _ => self.of_a_ticket(),
        }
    }
}
