//! Which call is announced when: one at a time, strictly in order, none lost.
//!
//! Pure: time is an argument, what is to be done comes back as [`Step`]s. An announcement goes
//! through these stages; every one of them ends by itself, so no sound can mute the day.
//!
//! ```text
//!            Produce             Play               ended
//! (next) ---> producing ---------> playing ----------------> resting ---> (next)
//!                |  failed, late     |  failed               ^   ^
//!                +---> holding <-----+--- too long: Stop ----+   |
//!                         |              (stopping)              |
//!                         +--------------------------------------+
//! ```
//!
//! While it is announced a call stands large on the wall: also when nothing can be heard, for as
//! long as it would have sounded.

use std::collections::{BTreeMap, VecDeque};

use crate::phrase::Length;

/// A player that has not ended this long after the end of its sound is given up.
pub const PLAYER_GRACE_MS: u64 = 5_000;

/// A player that was told to stop is waited for this long, so that two never sound together.
pub const STOP_GRACE_MS: u64 = 2_000;

/// Making the sound has its own deadlines; this is the last one, if they all fail.
pub const PRODUCE_DEADLINE_MS: u64 = 12_000;

/// How long a call without any sound stays large.
pub const SILENT_HOLD_MS: u64 = 6_000;

/// Breath between two announcements.
pub const REST_MS: u64 = 600;

/// With so many waiting behind it an announcement is shortened to number and counter.
pub const CROWDED: usize = 3;

/// Announcements that may wait. At five seconds each the last waits for five minutes: a call
/// older than that helps nobody. Beyond it the oldest is only written, and the record says so.
pub const MAX_WAITING: usize = 64;

/// Calls of which it is remembered that they were announced: more than a day has.
const MAX_REMEMBERED: usize = 8_192;

/// A call to announce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Call id.
    pub call: u64,
    /// The number called.
    pub number: String,
    /// The counter to go to.
    pub counter: u16,
    /// How often it was called again; each time is an announcement of its own.
    pub recalls: u32,
}

/// One announcement of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Counts up.
    pub id: u64,
    /// Whom it calls.
    pub call: Call,
    /// How much is said.
    pub length: Length,
    /// When it began to stand large on the wall, on the steady clock.
    pub shown_ms: u64,
}

/// What came of an announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What was heard of it.
    pub heard: Heard,
    /// What was missing and why.
    pub why: Option<String>,
}

impl Verdict {
    /// Whether a voice was heard to its end.
    #[must_use]
    pub fn is_spoken(&self) -> bool {
        matches!(self.heard, Heard::All | Heard::Partly)
    }
}

/// What was heard of an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Chime and voice.
    All,
    /// A language was missing.
    Partly,
    /// The chime, and no voice.
    ChimeOnly,
    /// Nothing: the sound failed.
    Nothing,
    /// Nothing: it was not tried.
    NotTried,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make its sound, then say [`Announcer::produced`].
    Produce(Announcement),
    /// Play its sound, then say [`Announcer::ended`].
    Play {
        /// The announcement's id.
        id: u64,
    },
    /// End the player of this announcement by force, then say [`Announcer::ended`].
    Stop {
        /// The announcement's id.
        id: u64,
    },
    /// It is over: record it.
    Record(Announcement, Verdict),
}

/// A sound that is ready to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Produced {
    /// How long it sounds.
    pub duration_ms: u64,
    /// Whether it holds a voice, and not the chime alone.
    pub voiced: bool,
    /// What is missing in it, if anything.
    pub missing: Option<String>,
}

#[derive(Debug)]
struct Current {
    announcement: Announcement,
    stage: Stage,
    /// What was missing in the sound.
    produced: Option<Produced>,
}

#[derive(Debug)]
enum Stage {
    Producing { until_ms: u64 },
    Playing { ends_ms: u64 },
    Stopping { until_ms: u64 },
    Holding { until_ms: u64, why: String },
    Resting { until_ms: u64 },
}

/// The order of announcements.
#[derive(Debug, Default)]
pub struct Announcer {
    waiting: VecDeque<Call>,
    current: Option<Current>,
    announced: BTreeMap<u64, u32>,
    last_id: u64,
}

impl Announcer {
    /// An announcer whose ids go on behind those of an earlier run.
    #[must_use]
    pub fn counting_from(last_id: u64) -> Self {
        Self {
            last_id,
            ..Self::default()
        }
    }

    /// Whether this call, or its last recall, was never asked to be announced.
    #[must_use]
    pub fn is_news(&self, call: u64, recalls: u32) -> bool {
        self.announced.get(&call).is_none_or(|&had| recalls > had)
    }

    /// Takes in a call. One that is no news changes nothing.
    pub fn announce(&mut self, call: Call, now_ms: u64) -> Vec<Step> {
        if !self.is_news(call.call, call.recalls) {
            return Vec::new();
        }
        self.remember(&call);
        self.waiting.push_back(call);
        let mut steps = self.make_room(now_ms);
        steps.extend(self.begin_next(now_ms));
        steps
    }

    /// Takes in a call that is over and done with: it is written, and never spoken.
    pub fn only_list(&mut self, call: Call, why: &str, now_ms: u64) -> Vec<Step> {
        self.remember(&call);
        vec![self.unspoken(call, why, now_ms)]
    }

    /// Takes in that nobody is expected for this call any more: what still waits to be said of it
    /// is only written. What is being said already ends by itself.
    pub fn withdraw(&mut self, call: u64, why: &str, now_ms: u64) -> Vec<Step> {
        let (gone, waiting): (VecDeque<_>, _) =
            self.waiting.drain(..).partition(|it| it.call == call);
        self.waiting = waiting;
        let steps = gone.into_iter().map(|it| self.unspoken(it, why, now_ms));
        steps.collect()
    }

    /// Remembers a call of which nothing is to be said or recorded.
    pub fn pass_over(&mut self, call: &Call) {
        self.remember(call);
    }

    /// The sound of an announcement is ready, or could not be made.
    pub fn produced(&mut self, id: u64, sound: Result<Produced, String>, now_ms: u64) -> Vec<Step> {
        let Some(current) = self
            .current
            .as_mut()
            .filter(|it| it.announcement.id == id && matches!(it.stage, Stage::Producing { .. }))
        else {
            return Vec::new(); // too late: it was given up
        };
        match sound {
            Ok(produced) => {
                current.stage = Stage::Playing {
                    ends_ms: now_ms + produced.duration_ms,
                };
                current.produced = Some(produced);
                vec![Step::Play { id }]
            }
            Err(why) => {
                current.stage = hold(now_ms + SILENT_HOLD_MS, why);
                Vec::new()
            }
        }
    }

    /// The player of an announcement ended, well or not.
    pub fn ended(&mut self, id: u64, outcome: Result<(), String>, now_ms: u64) -> Vec<Step> {
        let Some(current) = self.current.as_mut().filter(|it| it.announcement.id == id) else {
            return Vec::new();
        };
        match (&current.stage, outcome) {
            (Stage::Playing { .. }, Ok(())) => {
                let verdict = heard(current.produced.as_ref());
                self.rest(verdict, now_ms)
            }
            (Stage::Playing { ends_ms }, Err(why)) => {
                current.stage = hold((*ends_ms).max(now_ms), why);
                self.tick(now_ms)
            }
            (Stage::Stopping { .. }, _) => self.rest(given_up(), now_ms),
            _ => Vec::new(),
        }
    }

    /// Lets time pass. To be called a few times a second.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Step> {
        let Some(current) = self.current.as_mut() else {
            return self.begin_next(now_ms);
        };
        match &current.stage {
            Stage::Producing { until_ms } if now_ms >= *until_ms => {
                current.stage = hold(now_ms, "the sound was not ready in time".to_owned());
                self.tick(now_ms)
            }
            Stage::Playing { ends_ms } if now_ms >= *ends_ms + PLAYER_GRACE_MS => {
                current.stage = Stage::Stopping {
                    until_ms: now_ms + STOP_GRACE_MS,
                };
                vec![Step::Stop {
                    id: current.announcement.id,
                }]
            }
            Stage::Stopping { until_ms } if now_ms >= *until_ms => self.rest(given_up(), now_ms),
            Stage::Holding { until_ms, why } if now_ms >= *until_ms => {
                let verdict = unheard(Heard::Nothing, why);
                self.rest(verdict, now_ms)
            }
            Stage::Resting { until_ms } if now_ms >= *until_ms => {
                self.current = None;
                self.begin_next(now_ms)
            }
            _ => Vec::new(),
        }
    }

    /// The announcement that stands large on the wall now.
    #[must_use]
    pub fn current(&self) -> Option<&Announcement> {
        self.current.as_ref().map(|current| &current.announcement)
    }

    /// Whether a player may be sounding.
    #[must_use]
    pub fn is_sounding(&self) -> bool {
        let stage = self.current.as_ref().map(|current| &current.stage);
        matches!(stage, Some(Stage::Playing { .. } | Stage::Stopping { .. }))
    }

    /// The calls that wait for their announcement, the next one first.
    pub fn waiting(&self) -> impl Iterator<Item = &Call> {
        self.waiting.iter()
    }

    fn remember(&mut self, call: &Call) {
        let had = self.announced.entry(call.call).or_default();
        *had = (*had).max(call.recalls);
        if self.announced.len() > MAX_REMEMBERED {
            self.announced.pop_first();
        }
    }

    /// Keeps the queue bounded: first a call that waits twice is said once, with its last
    /// recall; else the oldest is only written.
    fn make_room(&mut self, now_ms: u64) -> Vec<Step> {
        if self.waiting.len() <= MAX_WAITING {
            return Vec::new();
        }
        let twice = (0..self.waiting.len()).find(|&at| {
            let call = self.waiting[at].call;
            self.waiting.range(at + 1..).any(|later| later.call == call)
        });
        let (given_up, why) = match twice {
            Some(at) => (self.waiting.remove(at), "called again before it was spoken"),
            None => (self.waiting.pop_front(), "too many calls at once"),
        };
        let steps = given_up.map(|call| self.unspoken(call, why, now_ms));
        steps.into_iter().collect()
    }

    fn unspoken(&mut self, call: Call, why: &str, now_ms: u64) -> Step {
        let announcement = self.number_it(call, Length::Short, now_ms);
        Step::Record(announcement, unheard(Heard::NotTried, why))
    }

    fn begin_next(&mut self, now_ms: u64) -> Vec<Step> {
        if self.current.is_some() {
            return Vec::new();
        }
        let Some(call) = self.waiting.pop_front() else {
            return Vec::new();
        };
        let length = if self.waiting.len() >= CROWDED {
            Length::Short
        } else {
            Length::Full
        };
        let announcement = self.number_it(call, length, now_ms);
        self.current = Some(Current {
            announcement: announcement.clone(),
            stage: Stage::Producing {
                until_ms: now_ms + PRODUCE_DEADLINE_MS,
            },
            produced: None,
        });
        vec![Step::Produce(announcement)]
    }

    fn number_it(&mut self, call: Call, length: Length, now_ms: u64) -> Announcement {
        self.last_id += 1;
        Announcement {
            id: self.last_id,
            call,
            length,
            shown_ms: now_ms,
        }
    }

    /// Ends what is current with its record. It stays on the wall until the next one begins.
    fn rest(&mut self, verdict: Verdict, now_ms: u64) -> Vec<Step> {
        let Some(current) = self.current.as_mut() else {
            return Vec::new();
        };
        let least_ms = match current.announcement.length {
            Length::Full => 4_000,
            Length::Short => 2_500,
        };
        let until_ms = (now_ms + REST_MS).max(current.announcement.shown_ms + least_ms);
        current.stage = Stage::Resting { until_ms };
        vec![Step::Record(current.announcement.clone(), verdict)]
    }
}

fn hold(until_ms: u64, why: String) -> Stage {
    Stage::Holding { until_ms, why }
}

fn heard(produced: Option<&Produced>) -> Verdict {
    let voiced = produced.is_some_and(|it| it.voiced);
    let missing = produced.and_then(|it| it.missing.clone());
    Verdict {
        heard: match (voiced, &missing) {
            (false, _) => Heard::ChimeOnly,
            (true, Some(_)) => Heard::Partly,
            (true, None) => Heard::All,
        },
        why: missing,
    }
}

fn unheard(heard: Heard, why: &str) -> Verdict {
    Verdict {
        heard,
        why: Some(why.to_owned()),
    }
}

fn given_up() -> Verdict {
    unheard(Heard::Nothing, "the player did not end and was stopped")
}

#[cfg(test)]
mod tests;
