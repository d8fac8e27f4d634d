//! A day on the rules and on the model, with all that must hold after each step.

use std::collections::BTreeMap;

use proptest::prelude::*;
use queue::{Date, Event, Happening, Moment, Now, Queue, Refusal, Settings, State, TicketId};

use crate::model::{Held, Model};
use crate::step::Step;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
const OPENING_MS: u64 = 8 * 60 * MINUTE_MS;

/// When the steady clock began, by the clock on the wall.
const BEGAN_WALL_MS: i64 = 1_793_000_000_000;

/// What became of a state: before, by what, after. Of a new ticket there is no before.
pub type Transition = (Option<State>, String, State);

/// What was seen in days, and how often.
#[derive(Default)]
pub struct Seen {
    pub transitions: BTreeMap<Transition, u32>,
    pub happenings: BTreeMap<String, u32>,
    pub refusals: BTreeMap<String, u32>,
    /// How often each command was done, and how often it was refused.
    pub commands: BTreeMap<String, (u32, u32)>,
}

/// Plays a day, and fails where something does not hold.
pub fn play(settings: Settings, steps: &[Step]) -> Result<Seen, TestCaseError> {
    let mut play = Play::new(settings);
    play.settle()?;
    for step in steps {
        play.wait(step.pause_ms)?;
        play.act(step)?;
    }
    play.replays_to_the_same()?;
    Ok(play.seen)
}

struct Play {
    queue: Queue,
    model: Model,
    journal: Vec<Event>,
    steady_ms: u64,
    seen: Seen,
}

impl Play {
    fn new(settings: Settings) -> Self {
        Self {
            queue: Queue::new(settings.clone()),
            model: Model::new(settings),
            journal: Vec::new(),
            steady_ms: OPENING_MS,
            seen: Seen::default(),
        }
    }

    fn act(&mut self, step: &Step) -> Held {
        let now = self.now();
        let command = step.command(&self.queue, now);
        let before = self.queue.clone();
        let decision = self.queue.decide(now, &command);
        prop_assert_eq!(&self.queue, &before, "decide reads only");
        self.model.expect(now, &command, &decision)?;
        let (done, refused) = self.seen.commands.entry(variant(&command)).or_default();
        match decision {
            Ok(events) => {
                *done += 1;
                self.take_in(events)?;
            }
            Err(refusal) => {
                *refused += 1;
                *self
                    .seen
                    .refusals
                    .entry(variant::<Refusal>(&refusal))
                    .or_default() += 1;
            }
        }
        self.settle()
    }

    /// Lets time pass, with a stop wherever something is due; nothing is due in between.
    fn wait(&mut self, pause_ms: u64) -> Held {
        let until_ms = self.steady_ms + pause_ms;
        while let Some(due_ms) = self.queue.next_deadline() {
            prop_assert!(due_ms > self.steady_ms, "what was due was done");
            if due_ms > until_ms {
                break;
            }
            self.nothing_is_due_at(due_ms - 1)?;
            self.steady_ms = due_ms;
            prop_assert!(
                !self.queue.decide_due(self.now()).is_empty(),
                "something is due"
            );
            self.settle()?;
        }
        self.nothing_is_due_at(until_ms)
    }

    fn nothing_is_due_at(&mut self, steady_ms: u64) -> Held {
        self.steady_ms = steady_ms;
        prop_assert_eq!(self.queue.decide_due(self.now()), Vec::new());
        self.model.what_is_due_was_said(steady_ms)
    }

    /// Does what is due until nothing is, which takes a bounded number of rounds: each ticket says
    /// at most three things, each alarm one, each counter calls once, and each call may change all alarms.
    fn settle(&mut self) -> Held {
        let alarms = 2 * (1 + self.model.settings.services.len());
        let counters = self.model.settings.counters.len();
        let most = 3 * self.model.tickets.len() + (counters + 2) * (alarms + 1);
        let mut rounds = 0;
        loop {
            let events = self.queue.decide_due(self.now());
            if events.is_empty() {
                break;
            }
            rounds += 1;
            prop_assert!(rounds <= most, "what is due comes to an end");
            self.take_in(events)?;
        }
        self.model.is_the_same_as(&self.queue)?;
        self.model.what_is_due_was_said(self.steady_ms)?;
        self.nobody_idles()
    }

    /// A counter that calls whoever comes waits only while nobody waits whom it may serve, and says
    /// beforehand whom it would call.
    fn nobody_idles(&self) -> Held {
        for (counter, seat) in &self.model.seats {
            let candidates = self.model.candidates(*counter, self.steady_ms);
            prop_assert!(!seat.awaiting || candidates.is_empty(), "{} idles", counter);
            let preview = self.queue.preview(*counter, self.now().at, usize::MAX);
            let preview: Vec<TicketId> = preview.iter().map(|ticket| ticket.id).collect();
            let mut expected: Vec<TicketId> = Vec::new();
            for candidate in candidates {
                if !expected.contains(&candidate.ticket.id) {
                    expected.push(candidate.ticket.id);
                }
            }
            prop_assert_eq!(preview, expected, "the order of the calls");
        }
        Ok(())
    }

    fn take_in(&mut self, events: Vec<Event>) -> Held {
        for event in events {
            let before = self.queue.clone();
            self.queue.evolve(&event);
            self.changes_what_it_names(&before, &event)?;
            self.model.evolve(&event)?;
            self.queue
                .check()
                .map_err(|broken| TestCaseError::fail(broken.to_string()))?;
            *self
                .seen
                .happenings
                .entry(variant(&event.what))
                .or_default() += 1;
            self.journal.push(event);
        }
        Ok(())
    }

    /// Each event changes something, except those that are there for the record alone, and no
    /// ticket but one. Only a counter that closes releases all who wait for it.
    fn changes_what_it_names(&mut self, before: &Queue, event: &Event) -> Held {
        let for_the_record = matches!(
            event.what,
            Happening::Booked { .. } | Happening::DayClosed { .. }
        );
        prop_assert_eq!(self.queue == *before, for_the_record, "{:?}", event);
        if matches!(event.what, Happening::DayOpened { .. }) {
            return Ok(());
        }
        let mut changed = 0;
        for ticket in self.queue.day().tickets() {
            let old = before.day().ticket(ticket.id);
            changed += usize::from(old != Some(ticket));
            let from = old.map(|old| old.state);
            if from != Some(ticket.state) {
                let transition = (from, variant(&event.what), ticket.state);
                *self.seen.transitions.entry(transition).or_default() += 1;
            }
        }
        let closes = matches!(event.what, Happening::SignedOut { .. });
        prop_assert!(
            changed <= 1 || closes,
            "{:?} changes {} tickets",
            event,
            changed
        );
        Ok(())
    }

    fn replays_to_the_same(&self) -> Held {
        let replay = |events: &[Event]| {
            let mut queue = Queue::new(self.model.settings.clone());
            events.iter().for_each(|event| queue.evolve(event));
            queue
        };
        let opened = |event: &Event| matches!(event.what, Happening::DayOpened { .. });
        let open_day = self.journal.iter().rposition(opened).unwrap_or(0);
        prop_assert_eq!(
            &replay(&self.journal),
            &self.queue,
            "a replay gives the same"
        );
        prop_assert_eq!(
            &replay(&self.journal[open_day..]),
            &self.queue,
            "from the open day, too"
        );
        Ok(())
    }

    fn now(&self) -> Now {
        let day = self.steady_ms / DAY_MS;
        Now {
            at: Moment {
                steady_ms: self.steady_ms,
                wall_ms: BEGAN_WALL_MS + self.steady_ms as i64,
            },
            today: Date::new(2026, 1 + (day / 28) as u8, 1 + (day % 28) as u8),
            tomorrow_steady_ms: (day + 1) * DAY_MS,
            time_of_day_ms: (self.steady_ms % DAY_MS) as u32,
        }
    }
}

/// The name of a value's variant.
fn variant<T: std::fmt::Debug>(value: &T) -> String {
    let text = format!("{value:?}");
    let end = text.find(|sign: char| !sign.is_alphanumeric());
    text[..end.unwrap_or(text.len())].to_owned()
}
