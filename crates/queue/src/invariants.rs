//! What is always true of a hall. Checked after every step of the tests, and by whoever doubts.

use std::collections::BTreeMap;
use std::fmt;

use crate::{Queue, State, TicketId};

/// An invariant that does not hold, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

impl Queue {
    /// Checks everything that must always hold.
    ///
    /// # Errors
    /// The first that does not.
    pub fn check(&self) -> Result<(), Broken> {
        self.numbers_run_without_gap_or_repeat()?;
        self.each_waiting_ticket_is_in_its_line_alone()?;
        self.each_called_ticket_is_in_one_hand()?;
        self.calls_are_of_called_tickets()
    }

    fn numbers_run_without_gap_or_repeat(&self) -> Result<(), Broken> {
        let mut last = BTreeMap::new();
        for (place, ticket) in self.day.tickets.iter().enumerate() {
            hold(ticket.id.serial() as usize == place + 1, || {
                format!("{} stands at place {place}", ticket.id)
            })?;
            let value = last.entry(&ticket.number.series).or_insert(0);
            *value += 1;
            hold(ticket.number.value == *value, || {
                format!("{} follows number {}", ticket.number, *value - 1)
            })?;
        }
        Ok(())
    }

    fn each_waiting_ticket_is_in_its_line_alone(&self) -> Result<(), Broken> {
        let in_lines: Vec<TicketId> = self
            .day
            .lines
            .values()
            .flat_map(BTreeMap::values)
            .flatten()
            .copied()
            .collect();
        let waiting = self
            .day
            .tickets
            .iter()
            .filter(|ticket| ticket.state == State::Waiting);
        for ticket in waiting.clone() {
            let line = self
                .day
                .lines
                .get(&ticket.service)
                .and_then(|lines| lines.get(&ticket.class));
            hold(line.is_some_and(|line| line.contains(&ticket.id)), || {
                format!("{} waits in no line", ticket.id)
            })?;
        }
        let count = waiting.count();
        hold(in_lines.len() == count, || {
            format!("{} stand in lines, {count} wait", in_lines.len())
        })?;
        hold(self.day.waiting as usize == count, || {
            format!("{} are counted, {count} wait", self.day.waiting)
        })
    }

    fn each_called_ticket_is_in_one_hand(&self) -> Result<(), Broken> {
        let mut hands = BTreeMap::new();
        for (number, counter) in &self.day.counters {
            let Some(id) = counter.in_hand else { continue };
            let other = hands.insert(id, *number);
            hold(other.is_none(), || format!("{id} is in two hands"))?;
        }
        for ticket in &self.day.tickets {
            let due = matches!(ticket.state, State::Called | State::Serving);
            let hand = hands.get(&ticket.id).copied();
            let of_call = ticket.call.as_ref().map(|call| call.counter);
            hold(due == hand.is_some(), || {
                format!("{} is {:?} and in hand {hand:?}", ticket.id, ticket.state)
            })?;
            hold(!due || hand == of_call, || {
                format!("{} was called to {of_call:?}, is at {hand:?}", ticket.id)
            })?;
        }
        Ok(())
    }

    fn calls_are_of_called_tickets(&self) -> Result<(), Broken> {
        let called = self
            .day
            .tickets
            .iter()
            .filter(|ticket| ticket.call.is_some())
            .count();
        hold(called == self.day.called.len(), || {
            format!(
                "{called} tickets have a call, {} calls",
                self.day.called.len()
            )
        })
    }
}

fn hold(truth: bool, otherwise: impl FnOnce() -> String) -> Result<(), Broken> {
    if truth {
        Ok(())
    } else {
        Err(Broken(otherwise()))
    }
}

/// A small hall for the tests of this crate.
#[cfg(test)]
pub(crate) mod sample {
    use crate::{
        Class, ClassCode, Command, CounterNumber, CounterPlan, Date, Event, Moment, Now, Queue,
        Service, ServiceCode, Settings, TicketId,
    };

    const MINUTE_MS: u64 = 60_000;

    /// Services A and B, classes ordinary and elderly, counters 1 (A), 2 (A and B), 3 (B).
    pub(crate) fn settings() -> Settings {
        let service = |last_number| Service {
            last_number,
            typical_handling_ms: 3 * MINUTE_MS,
            target_wait_ms: Default::default(),
        };
        let class = |target| Class {
            target_wait_ms: target * MINUTE_MS,
            head_start_ms: 0,
        };
        let plan = |codes: &[&str]| CounterPlan {
            services: codes.iter().map(|code| ServiceCode::new(code)).collect(),
        };
        Settings {
            services: [
                (ServiceCode::new("A"), service(9_999)),
                (ServiceCode::new("B"), service(3)),
            ]
            .into(),
            classes: [
                (ClassCode::new("ordinary"), class(20)),
                (ClassCode::new("elderly"), class(5)),
            ]
            .into(),
            counters: [
                (CounterNumber(1), plan(&["A"])),
                (CounterNumber(2), plan(&["A", "B"])),
                (CounterNumber(3), plan(&["B"])),
            ]
            .into(),
            max_waiting: 10_000,
        }
    }

    /// A queue with a clock of its own and everything that happened.
    pub(crate) struct Hall {
        pub(crate) queue: Queue,
        pub(crate) journal: Vec<Event>,
        steady_ms: u64,
    }

    impl Hall {
        pub(crate) fn open() -> Self {
            let mut hall = Self {
                queue: Queue::new(settings()),
                journal: Vec::new(),
                steady_ms: 1_000,
            };
            hall.due();
            hall
        }

        pub(crate) fn now(&self) -> Now {
            let day_ms = 24 * 60 * MINUTE_MS;
            let day = self.steady_ms / day_ms;
            Now {
                at: Moment {
                    steady_ms: self.steady_ms,
                    wall_ms: 0,
                },
                today: Date::new(2026, 11, 1 + day as u8),
                tomorrow_steady_ms: (day + 1) * day_ms,
            }
        }

        pub(crate) fn wait(&mut self, ms: u64) {
            self.steady_ms += ms;
        }

        pub(crate) fn due(&mut self) {
            let events = self.queue.decide_due(self.now());
            self.take_in(events);
        }

        pub(crate) fn try_act(&mut self, command: &Command) -> Result<(), crate::Refusal> {
            let events = self.queue.decide(self.now(), command)?;
            self.take_in(events);
            Ok(())
        }

        pub(crate) fn act(&mut self, command: &Command) {
            self.try_act(command).unwrap();
        }

        pub(crate) fn take(&mut self, service: &str, class: &str) -> TicketId {
            self.act(&Command::Take {
                service: ServiceCode::new(service),
                class: ClassCode::new(class),
            });
            self.queue.day().tickets().last().unwrap().id
        }

        pub(crate) fn sit(&mut self, counter: u16, clerk: &str) {
            self.act(&Command::SignIn {
                counter: CounterNumber(counter),
                clerk: clerk.to_owned(),
            });
        }

        fn take_in(&mut self, events: Vec<Event>) {
            for event in events {
                self.queue.evolve(&event);
                self.journal.push(event);
            }
            self.queue.check().unwrap();
        }
    }
}
