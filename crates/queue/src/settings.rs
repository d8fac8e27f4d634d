//! What the rules need to know of a hall's settings.

use std::collections::BTreeMap;

use crate::{ClassCode, CounterNumber, ServiceCode};

/// A hall, as far as its rules go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The services by code.
    pub services: BTreeMap<ServiceCode, Service>,
    /// The customer classes by code.
    pub classes: BTreeMap<ClassCode, Class>,
    /// The counters by number.
    pub counters: BTreeMap<CounterNumber, CounterPlan>,
    /// Most tickets that may wait at the same time: what the room and the fire rules allow.
    pub max_waiting: u32,
}

/// A business that the hall does.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The last number of its series; the first is 1.
    pub last_number: u32,
    /// How long one customer takes until measured, in milliseconds.
    pub typical_handling_ms: u64,
    /// Target waits that differ from those of the classes, in milliseconds.
    pub target_wait_ms: BTreeMap<ClassCode, u64>,
}

/// A customer class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// The wait that the hall promises this class, in milliseconds; at least 1.
    pub target_wait_ms: u64,
    /// Time credited on arrival, in milliseconds.
    pub head_start_ms: u64,
}

/// A counter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CounterPlan {
    /// The services that it takes.
    pub services: Vec<ServiceCode>,
}

/// The target of a ticket whose class has left the settings while it waited: 20 minutes, the
/// usual promise for ordinary business (State Grid).
const ORPHAN_TARGET_WAIT_MS: u64 = 20 * 60 * 1_000;

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
        let takes = move |plan: &CounterPlan| plan.services.contains(service);
        self.counters
            .iter()
            .filter(move |(_, plan)| takes(plan))
            .map(|(number, _)| *number)
    }
}
