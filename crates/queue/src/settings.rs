//! What the rules need to know of a hall's settings.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ClassCode, CounterNumber, Date, Doors, Hours, OutcomeCode, Period, SeriesCode, ServiceCode,
};

/// A hall, as far as its rules go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The services by code.
    pub services: BTreeMap<ServiceCode, Service>,
    /// The customer classes by code.
    pub classes: BTreeMap<ClassCode, Class>,
    /// The counters by number.
    pub counters: BTreeMap<CounterNumber, CounterPlan>,
    /// The number series by their letters.
    pub series: BTreeMap<SeriesCode, Series>,
    /// The series of those who are served without a ticket.
    pub walk_in_series: Option<SeriesCode>,
    /// The pre-printed paper roll that stands in when no printer works.
    pub roll: Option<RollRule>,
    /// Clerks who do not know every service, and those that they know.
    pub skills: BTreeMap<String, BTreeSet<ServiceCode>>,
    /// What may come of an errand.
    pub outcomes: BTreeSet<OutcomeCode>,
    /// Most tickets that may wait at the same time: what the room and the fire rules allow.
    pub max_waiting: u32,
    /// When numbers are given out; `None` is always.
    pub hours: Option<Hours>,
    /// Whether a ticket needs a telephone number, and each may have one open ticket.
    pub one_ticket_per_phone: bool,
    /// Whether the errands of a ticket are done in the order in which they were named, and not in
    /// that in which counters are free for them.
    pub errands_in_order: bool,
    /// Whether clerks may call a certain number.
    pub may_choose: bool,
    /// How a call is repeated.
    pub recall: RecallRule,
    /// How a customer who missed a call comes back; `None`: not at all.
    pub missed: Option<MissedRule>,
    /// When the customer of an appointment may check in.
    pub appointments: AppointmentRule,
    /// From which part of its target on a wait is close to it, in percent.
    pub near_percent: u32,
    /// When staff are alarmed about the hall as a whole.
    pub alarms: AlarmLevels,
}

/// A business that the hall does.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The series that its numbers are of.
    pub series: SeriesCode,
    /// How long one customer takes until measured, in milliseconds.
    pub typical_handling_ms: u64,
    /// Target waits that differ from those of the classes, in milliseconds.
    pub target_wait_ms: BTreeMap<ClassCode, u64>,
    /// How long handling may take (限时办结).
    pub handling_limit: Option<HandlingLimit>,
    /// When numbers are given out for it, within the hours of the hall.
    pub hours: Option<Hours>,
    /// Most numbers given out for it in parts of the day.
    pub quotas: Vec<Quota>,
    /// When staff are alarmed about it.
    pub alarms: AlarmLevels,
}

/// How long handling may take, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlingLimit {
    /// From the customer's arrival at the counter.
    pub limit_ms: u64,
    /// How long before the limit the clerk is warned.
    pub warning_ms: u64,
}

/// Most tickets of a service in a part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The part.
    pub period: Period,
    /// The most.
    pub most: u32,
}

/// A customer class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Class {
    /// The wait that the hall promises this class, in milliseconds; at least 1.
    pub target_wait_ms: u64,
    /// Time credited on arrival, in milliseconds.
    pub head_start_ms: u64,
    /// The series of its numbers, in place of that of the service.
    pub series: Option<SeriesCode>,
}

/// Numbers that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The first number.
    pub first: u32,
    /// The last number.
    pub last: u32,
    /// The series that goes on when this one is used up; without one, no more numbers are given.
    pub then: Option<SeriesCode>,
}

/// The pre-printed paper roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollRule {
    /// The series that is printed on it.
    pub series: SeriesCode,
    /// The class of those who hold its numbers.
    pub class: ClassCode,
}

/// A counter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CounterPlan {
    /// The services that it takes, in ranks: one of a later rank is called only when nobody of
    /// an earlier one waits.
    pub ranks: Vec<Vec<ServiceCode>>,
    /// Whether it is there for some classes.
    pub reserved: Reserved,
}

/// Whether a counter is there for some classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reserved {
    /// It serves all alike.
    #[default]
    No,
    /// It serves these before all others.
    First(BTreeSet<ClassCode>),
    /// It serves nobody else.
    Only(BTreeSet<ClassCode>),
}

/// How a call is repeated, and when it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecallRule {
    /// How often.
    pub most: u32,
    /// The least time between two, in milliseconds.
    pub least_interval_ms: u64,
    /// How long after the last the call is given up by itself, in milliseconds; `None`: never.
    pub no_show_after_ms: Option<u64>,
}

/// How a customer who missed a call comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissedRule {
    /// Within this time, in milliseconds. One of both limits is enough; without any, all day.
    pub within_ms: Option<u64>,
    /// Within so many further calls for the service.
    pub within_calls: Option<u32>,
    /// After so many further calls for the service it is called again.
    pub back_after_calls: u32,
    /// So many missed calls end it.
    pub most: u32,
}

/// When the customer of an appointment may check in, in milliseconds around the slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppointmentRule {
    /// So long before.
    pub early_ms: u64,
    /// So long after.
    pub late_ms: u64,
}

/// When staff are alarmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlarmLevels {
    /// When so many people wait.
    pub people: Option<u32>,
    /// When somebody waits for so long, in milliseconds.
    pub longest_wait_ms: Option<u64>,
}

/// The target of a ticket whose class has left the settings while it waited: 20 minutes, the
/// usual promise for ordinary business (State Grid).
const ORPHAN_TARGET_WAIT_MS: u64 = 20 * 60 * 1_000;

impl Default for RecallRule {
    /// As often as one likes, and never given up by itself.
    fn default() -> Self {
        Self {
            most: u32::MAX,
            least_interval_ms: 0,
            no_show_after_ms: None,
        }
    }
}

impl Service {
    /// A service with numbers of this series and nothing else settled.
    #[must_use]
    pub fn new(series: SeriesCode, typical_handling_ms: u64) -> Self {
        Self {
            series,
            typical_handling_ms,
            target_wait_ms: BTreeMap::new(),
            handling_limit: None,
            hours: None,
            quotas: Vec::new(),
            alarms: AlarmLevels::default(),
        }
    }
}

impl CounterPlan {
    /// A counter that takes these services alike, for everybody.
    #[must_use]
    pub fn new(services: Vec<ServiceCode>) -> Self {
        Self {
            ranks: vec![services],
            reserved: Reserved::No,
        }
    }

    /// The services that it takes, the first rank first.
    pub fn services(&self) -> impl Iterator<Item = &ServiceCode> {
        self.ranks.iter().flatten()
    }
}

impl Reserved {
    /// Whether a class may be served at all.
    #[must_use]
    pub fn allows(&self, class: &ClassCode) -> bool {
        match self {
            Self::No | Self::First(_) => true,
            Self::Only(classes) => classes.contains(class),
        }
    }

    /// Whether a class goes before others.
    #[must_use]
    pub fn prefers(&self, class: &ClassCode) -> bool {
        match self {
            Self::No | Self::Only(_) => false,
            Self::First(classes) => classes.contains(class),
        }
    }
}

impl Settings {
    /// The target wait of a class at a service, in milliseconds, at least 1.
    #[must_use]
    pub fn target_wait_ms(&self, service: &ServiceCode, class: &ClassCode) -> u64 {
        let of_service = self
            .services
            .get(service)
            .and_then(|s| s.target_wait_ms.get(class).copied());
        let of_class = || self.classes.get(class).map(|c| c.target_wait_ms);
        of_service
            .or_else(of_class)
            .unwrap_or(ORPHAN_TARGET_WAIT_MS)
            .max(1)
    }

    /// The head start of a class, in milliseconds.
    #[must_use]
    pub fn head_start_ms(&self, class: &ClassCode) -> u64 {
        self.classes.get(class).map_or(0, |c| c.head_start_ms)
    }

    /// Numbers of the counters that take a service.
    pub fn counters_for<'a>(
        &'a self,
        service: &'a ServiceCode,
    ) -> impl Iterator<Item = CounterNumber> + 'a {
        let takes = move |plan: &CounterPlan| plan.services().any(|taken| taken == service);
        self.counters
            .iter()
            .filter(move |(_, plan)| takes(plan))
            .map(|(number, _)| *number)
    }

    /// Whether a clerk knows a service. Of whom nothing is said, everything is expected.
    #[must_use]
    pub fn knows(&self, clerk: &str, service: &ServiceCode) -> bool {
        self.skills
            .get(clerk)
            .is_none_or(|skills| skills.contains(service))
    }

    /// Whether numbers are given out, by the hours of the hall and then by those of the service,
    /// if one is meant.
    #[must_use]
    pub fn doors(&self, service: Option<&ServiceCode>, date: Date, time_of_day_ms: u32) -> Doors {
        let of_hall = self.hours.as_ref();
        let of_service = service
            .and_then(|service| self.services.get(service))
            .and_then(|service| service.hours.as_ref());
        let doors = of_hall
            .into_iter()
            .chain(of_service)
            .map(|hours| hours.doors(date, time_of_day_ms));
        let mut open = Doors::Open { closes_ms: None };
        for doors in doors {
            match doors {
                Doors::Open { .. } => open = doors,
                Doors::CutOff { .. } | Doors::Closed { .. } => return doors,
            }
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_start_is_that_of_the_class_and_who_has_left_the_settings_is_promised_the_usual() {
        let class = Class {
            target_wait_ms: 5,
            head_start_ms: 7,
            ..Class::default()
        };
        let settings = Settings {
            classes: [(ClassCode::new("elderly"), class)].into(),
            ..Settings::default()
        };
        let of = |code: &str| {
            let class = ClassCode::new(code);
            let target_ms = settings.target_wait_ms(&ServiceCode::new("A"), &class);
            (target_ms, settings.head_start_ms(&class))
        };
        assert_eq!(of("elderly"), (5, 7));
        assert_eq!(of("no such"), (20 * 60_000, 0));
    }
}
