//! What the wall does: pure, [`Controller::update`] takes what happened and gives what is to be done.

use std::time::Instant;

use client::{HallClock, LinkEvent, Lost, Table};
use protocol::{CallRow, CallState, Key, Rows, Time};

use crate::announcer::{Announcement, Announcer, Call, Heard, Step, Verdict};
use crate::speaker::{Order, Told};

/// The record's words for a call that ended before this wall heard of it.
pub const OVER_BEFORE: &str = "the call was over before the hall could be reached again";

/// The record's words for a call that was taken back before it was spoken.
pub const NOT_EXPECTED: &str = "the customer is not expected at the counter any more";

/// What can happen.
#[derive(Clone, Debug)]
pub enum Event {
    /// The connection to the hall.
    Link(LinkEvent),
    /// The speaker.
    Sound(Told),
    /// Time passes, four times a second.
    Tick,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Hand this to the speaker.
    Sound(Order),
    /// Add this to the record.
    Record {
        /// What was announced.
        announcement: Announcement,
        /// Whether it was heard.
        verdict: Verdict,
        /// When it began to stand large on the wall, by the hall's clock.
        shown_at_ms: i64,
    },
    /// Say this in the log.
    Log {
        /// Whether something does not work; else it is good news.
        trouble: bool,
        /// In English, for a technician.
        message: String,
    },
}

/// How it stands with the hall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// Not heard of yet.
    Seeking,
    /// What is shown is as the hall has it.
    Fresh,
    /// The hall is away; what is shown is as of then.
    Stale {
        /// The hall's time when it was last heard.
        since: Option<Time>,
        /// Why.
        why: Lost,
    },
}

/// The state of the wall.
#[derive(Debug)]
pub struct Controller {
    began: Instant,
    clock: HallClock,
    table: Table,
    contact: Contact,
    was_up: bool,
    announcer: Announcer,
    heard: Heard,
    missing: Option<String>,
}

impl Controller {
    /// A wall that knows nothing yet. `last_id` is that of the last announcement of an earlier
    /// run whose sounds are kept.
    #[must_use]
    pub fn new(now: Instant, last_id: u64) -> Self {
        Self {
            began: now,
            clock: HallClock::default(),
            table: Table::default(),
            contact: Contact::Seeking,
            was_up: false,
            announcer: Announcer::counting_from(last_id),
            heard: Heard::All,
            missing: None,
        }
    }

    /// Takes in an event.
    pub fn update(&mut self, event: Event, now: Instant) -> Vec<Effect> {
        match event {
            Event::Link(event) => self.link(event, now),
            Event::Sound(told) => self.told(told, now),
            Event::Tick => {
                let steps = self.announcer.tick(self.ms(now));
                self.effects(steps, now)
            }
        }
    }

    /// What the hall has told.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The hall's clock.
    #[must_use]
    pub fn clock(&self) -> &HallClock {
        &self.clock
    }

    /// How it stands with the hall.
    #[must_use]
    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    /// What was heard of the last announcement. [`Heard::All`] before the first.
    #[must_use]
    pub fn heard(&self) -> Heard {
        self.heard
    }

    /// The order of announcements.
    #[must_use]
    pub fn announcer(&self) -> &Announcer {
        &self.announcer
    }

    /// Milliseconds since the program began, on the steady clock.
    #[must_use]
    pub fn ms(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.began);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn link(&mut self, event: LinkEvent, now: Instant) -> Vec<Effect> {
        match event {
            LinkEvent::Rows(rows) => return self.rows(rows, now),
            LinkEvent::Up { time } => {
                self.clock.hear(time, now);
                self.contact = Contact::Fresh;
                self.was_up = true;
            }
            LinkEvent::Beat { time } => self.clock.hear(time, now),
            LinkEvent::Down { since, why } => {
                let message = why.to_string();
                self.contact = Contact::Stale { since, why };
                return vec![Effect::Log {
                    trouble: true,
                    message,
                }];
            }
            LinkEvent::Refused(bye) => {
                return vec![Effect::Log {
                    trouble: true,
                    message: format!("the hall said goodbye: {}", bye.message),
                }];
            }
            LinkEvent::Answer { .. } => {} // a wall asks nothing
        }
        Vec::new()
    }

    /// Rows that come while the link is up are news. Those that come before it is up again tell
    /// what was missed: of these only calls that still wait for their customer are announced.
    fn rows(&mut self, rows: Rows, now: Instant) -> Vec<Effect> {
        let catching_up = rows.whole || self.contact != Contact::Fresh;
        let changes = self.table.apply(rows);
        let now_ms = self.ms(now);
        let mut steps = Vec::new();
        for (row, call) in self.calls_of(&changes.changed, catching_up) {
            if row.state == CallState::Left {
                steps.extend(self.take_back(call, now_ms));
                continue;
            }
            if !self.announcer.is_news(call.call, call.recalls) {
                continue;
            }
            if !catching_up || row.state == CallState::Called {
                steps.extend(self.announcer.announce(call, now_ms));
            } else if self.was_up {
                steps.extend(self.announcer.only_list(call, OVER_BEFORE, now_ms));
            } else {
                self.announcer.pass_over(&call);
            }
        }
        self.effects(steps, now)
    }

    /// A customer who was sent back or handed over is not sent to this counter any more.
    fn take_back(&mut self, call: Call, now_ms: u64) -> Vec<Step> {
        if !self.announcer.is_news(call.call, call.recalls) {
            return self.announcer.withdraw(call.call, NOT_EXPECTED, now_ms);
        }
        if self.was_up {
            return self.announcer.only_list(call, NOT_EXPECTED, now_ms);
        }
        self.announcer.pass_over(&call);
        Vec::new()
    }

    /// The calls among the changed rows, in the order in which they were called. Stamps tell
    /// it, except in a table that a hall gave new stamps when it was started again.
    fn calls_of(&self, changed: &[Key], by_time: bool) -> Vec<(CallRow, Call)> {
        let mut calls: Vec<(u64, &CallRow)> = self
            .table
            .stamped()
            .filter_map(|stamped| match &stamped.row {
                protocol::Row::Call(row) if changed.contains(&stamped.row.key()) => {
                    Some((stamped.seq, row))
                }
                _ => None,
            })
            .collect();
        calls.sort_by_key(|(seq, row)| {
            let first = if by_time { row.called_at_ms } else { 0 };
            (first, *seq, row.call)
        });
        let owned = calls
            .into_iter()
            .map(|(_, row)| (row.clone(), call_of(row)));
        owned.collect()
    }

    fn told(&mut self, told: Told, now: Instant) -> Vec<Effect> {
        let now_ms = self.ms(now);
        let steps = match told {
            Told::Produced { id, sound } => self.announcer.produced(id, sound, now_ms),
            Told::Ended { id, outcome } => self.announcer.ended(id, outcome, now_ms),
        };
        self.effects(steps, now)
    }

    fn effects(&mut self, steps: Vec<Step>, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        for step in steps {
            if let Step::Record(_, verdict) = &step {
                effects.extend(self.judge(verdict));
            }
            effects.push(self.effect(step, now));
        }
        effects
    }

    /// Keeps the state of the sound, and says in the log when it changes: once, not at each call.
    fn judge(&mut self, verdict: &Verdict) -> Option<Effect> {
        if verdict.heard == Heard::NotTried
            || (self.heard, &self.missing) == (verdict.heard, &verdict.why)
        {
            return None;
        }
        self.heard = verdict.heard;
        self.missing.clone_from(&verdict.why);
        let message = match &verdict.why {
            Some(why) => format!("{why}; calls are shown all the same"),
            None => "the voice is heard again".to_owned(),
        };
        Some(Effect::Log {
            trouble: verdict.heard != Heard::All,
            message,
        })
    }

    fn effect(&self, step: Step, now: Instant) -> Effect {
        match step {
            Step::Produce(announcement) => Effect::Sound(Order::Produce(announcement)),
            Step::Play { id } => Effect::Sound(Order::Play { id }),
            Step::Stop { id } => Effect::Sound(Order::Stop { id }),
            Step::Record(announcement, verdict) => Effect::Record {
                shown_at_ms: self.hall_ms(announcement.shown_ms, now),
                announcement,
                verdict,
            },
        }
    }

    /// An instant of the steady clock by the hall's clock.
    fn hall_ms(&self, steady_ms: u64, now: Instant) -> i64 {
        let ago_ms = self.ms(now).saturating_sub(steady_ms);
        let now_ms = self.clock.time(now).map_or(0, |time| time.unix_ms);
        now_ms - i64::try_from(ago_ms).unwrap_or_default()
    }
}

fn call_of(row: &CallRow) -> Call {
    Call {
        call: row.call,
        number: row.number.clone(),
        counter: row.counter,
        recalls: row.recalls,
    }
}

#[cfg(test)]
mod tests;
