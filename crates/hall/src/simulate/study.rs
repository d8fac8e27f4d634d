//! Many invented days, each under two settings.

use std::collections::BTreeSet;
use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use protocol::Text;
use queue::{ClassCode, ServiceCode};

use super::desk::Rules;
use super::pattern::Pattern;
use super::play::{Hours, Played, Visit, play};
use crate::rehearsal::Customer;
use crate::settings::HallSettings;

/// How many days to invent, and how.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Days; at least 2, for one says nothing about chance.
    pub days: u32,
    /// What is drawn follows from it.
    pub seed: u64,
    /// Processors to use. The outcome is the same for any number.
    pub threads: usize,
}

/// What came of the days, as found: first under the current settings, then under the new ones.
pub struct Study {
    /// The name of the hall.
    pub(super) name: String,
    /// Where the customers come from.
    pub(super) source: String,
    pub(super) plan: Plan,
    pub(super) closes_ms: u64,
    /// Labels of classes and services, in the order of the settings. Customers name them by their
    /// place.
    pub(super) classes: Vec<String>,
    pub(super) services: Vec<String>,
    /// Every customer of every day, in order.
    pub(super) customers: Vec<Twice>,
    /// What each day was like apart from its customers, in order.
    pub(super) days: Vec<[Played; 2]>,
}

/// A customer who came under both settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twice {
    pub(super) day: u32,
    pub(super) class: usize,
    pub(super) service: usize,
    /// The promise of the current settings, which is the measure for both.
    pub(super) target_ms: u64,
    pub(super) visits: [Visit; 2],
}

impl Study {
    /// Invents days and plays each of them under both settings, with the same customers: what differs
    /// then is what the settings do, and not who happened to come.
    ///
    /// # Panics
    /// See [`play`].
    #[must_use]
    pub fn of(pattern: &Pattern, current: &HallSettings, new: &HallSettings, plan: Plan) -> Self {
        let stage = Stage::new(pattern, [current, new]);
        let mut days = stage.play_all(plan);
        days.sort_unstable_by_key(|(number, ..)| *number);
        let mut study = Self {
            name: english(&current.name),
            source: pattern.title.clone(),
            plan,
            closes_ms: stage.hours.closes_ms,
            classes: stage.classes.labels,
            services: stage.services.labels,
            customers: Vec::new(),
            days: Vec::new(),
        };
        for (_, customers, played) in days {
            study.customers.extend(customers);
            study.days.push(played);
        }
        study
    }
}

type PlayedDay = (u32, Vec<Twice>, [Played; 2]);

/// Everything that the days have in common.
struct Stage<'a> {
    pattern: &'a Pattern,
    hours: Hours,
    rules: [Rules; 2],
    classes: Places<ClassCode>,
    services: Places<ServiceCode>,
    /// Whether the current hall has the class, by its place.
    is_known: Vec<bool>,
}

impl<'a> Stage<'a> {
    fn new(pattern: &'a Pattern, halls: [&HallSettings; 2]) -> Self {
        let classes = halls.iter().flat_map(|hall| &hall.classes);
        let classes = classes.map(|class| (&class.code, &class.label));
        let classes = Places::new(classes, pattern.classes());
        let services = halls.iter().flat_map(|hall| &hall.services);
        let services = services.map(|service| (&service.code, &service.name));
        let services = Places::new(services, pattern.services());
        Self {
            pattern,
            hours: pattern.hours(),
            rules: halls.map(Rules::new),
            is_known: classes
                .codes
                .iter()
                .map(|code| halls[0].class(code).is_some())
                .collect(),
            services,
            classes,
        }
    }

    /// Plays all days, in any order: each thread takes the next that nobody has taken.
    fn play_all(&self, plan: Plan) -> Vec<PlayedDay> {
        let next = AtomicU32::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= plan.days {
                    return done;
                }
                done.push(self.play_one(plan.seed, number));
            }
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..plan.threads.max(1))
                .map(|_| scope.spawn(work))
                .collect();
            let done = threads.into_iter().map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            done.flatten().collect()
        })
    }

    fn play_one(&self, seed: u64, number: u32) -> PlayedDay {
        let customers = self.pattern.invent(seed, number);
        let mut played = [0, 1].map(|hall| play(&self.rules[hall], &self.hours, &customers));
        let visits = [0, 1].map(|hall| mem::take(&mut played[hall].visits));
        let both = visits[0].iter().zip(&visits[1]);
        let twice = customers
            .iter()
            .zip(both)
            .map(|(customer, (current, new))| self.twice(number, customer, [*current, *new]));
        (number, twice.collect(), played)
    }

    fn twice(&self, day: u32, customer: &Customer, visits: [Visit; 2]) -> Twice {
        let (class, service) = (
            self.classes.of(&customer.class),
            self.services.of(&customer.service),
        );
        // A class that only the new settings have is measured by their promise.
        let promise = &self.rules[usize::from(!self.is_known[class])];
        Twice {
            day,
            class,
            service,
            target_ms: promise.target_wait_ms(&customer.service, &customer.class),
            visits,
        }
    }
}

/// What customers name by its place: its codes and labels, in the order of the settings.
struct Places<Code> {
    codes: Vec<Code>,
    labels: Vec<String>,
}

impl<Code: PartialEq + Clone + fmt::Display> Places<Code> {
    /// Those with a label, each once, then others that customers name.
    fn new<'a>(
        labelled: impl Iterator<Item = (&'a Code, &'a Text)>,
        named: BTreeSet<&'a Code>,
    ) -> Self
    where
        Code: 'a,
    {
        let mut places = Self {
            codes: Vec::new(),
            labels: Vec::new(),
        };
        let labelled = labelled.map(|(code, label)| (code, english(label)));
        let named = named.into_iter().map(|code| (code, code.to_string()));
        for (code, label) in labelled.chain(named) {
            if !places.codes.contains(code) {
                places.codes.push(code.clone());
                places.labels.push(label);
            }
        }
        places
    }

    fn of(&self, code: &Code) -> usize {
        let place = self.codes.iter().position(|known| known == code);
        place.expect("the pattern has named whatever its customers name")
    }
}

/// The English text, or the Chinese where a hall has no other.
fn english(text: &Text) -> String {
    let text = if text.en.is_empty() {
        &text.zh
    } else {
        &text.en
    };
    text.clone()
}
