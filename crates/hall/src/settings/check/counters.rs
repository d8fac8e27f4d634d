//! The counters of a settings file, and the clerks who do not know everything.

use std::collections::{BTreeMap, BTreeSet};

use queue::{ClassCode, CounterNumber, CounterPlan, Reserved, ServiceCode};
use toml::Spanned;

use super::super::CounterSettings;
use super::super::file::{CounterEntry, HallFile};
use super::faults::Faults;

impl Faults {
    pub(super) fn counters(&mut self, file: &HallFile) -> BTreeMap<CounterNumber, CounterSettings> {
        if file.counters.is_empty() {
            let what = "there is no counter. Add one: [[counter]] with number = 1.";
            self.say(&(0..0), what);
        }
        let services = service_codes(file);
        let classes: Vec<&str> = file
            .classes
            .iter()
            .map(|class| class.code.get_ref().as_str())
            .collect();
        let mut numbers = BTreeSet::new();
        for counter in &file.counters {
            let number = *counter.number.get_ref();
            if !numbers.insert(number) {
                let what = format!("the counter {number} is named twice. Give it another number.");
                self.say(&counter.number.span(), what);
            }
            for code in counter.all_services() {
                self.one_of("service", code, &services);
            }
            for code in counter.first_for.iter().chain(&counter.only_for) {
                self.one_of("class", code, &classes);
            }
            if let (Some(first), false) = (counter.first_for.first(), counter.only_for.is_empty()) {
                let what = "a counter is there for some classes first, or for some only. Leave one of both out.";
                self.say(&first.span(), what);
            }
        }
        file.counters.iter().map(counter).collect()
    }

    pub(super) fn skills(&mut self, file: &HallFile) -> BTreeMap<String, BTreeSet<ServiceCode>> {
        let services = service_codes(file);
        let mut skills = BTreeMap::new();
        for clerk in &file.clerks {
            for code in &clerk.services {
                self.one_of("service", code, &services);
            }
            let known = clerk
                .services
                .iter()
                .map(|code| ServiceCode::new(code.get_ref()));
            if skills
                .insert(clerk.name.get_ref().clone(), known.collect())
                .is_some()
            {
                self.twice("clerk", &clerk.name);
            }
        }
        skills
    }
}

fn service_codes(file: &HallFile) -> Vec<&str> {
    let services = file.services.iter();
    services
        .map(|service| service.code.get_ref().as_str())
        .collect()
}

fn counter(entry: &CounterEntry) -> (CounterNumber, CounterSettings) {
    let rank = |services: &Vec<Spanned<String>>| {
        let codes = services.iter().map(|code| ServiceCode::new(code.get_ref()));
        codes.collect::<Vec<_>>()
    };
    let classes = |codes: &[Spanned<String>]| {
        let codes = codes.iter().map(|code| ClassCode::new(code.get_ref()));
        codes.collect::<BTreeSet<_>>()
    };
    let reserved = if !entry.only_for.is_empty() {
        Reserved::Only(classes(&entry.only_for))
    } else if !entry.first_for.is_empty() {
        Reserved::First(classes(&entry.first_for))
    } else {
        Reserved::No
    };
    let counter = CounterSettings {
        name: entry.name.clone(),
        rule: CounterPlan {
            ranks: std::iter::once(&entry.services)
                .chain(&entry.then)
                .map(rank)
                .collect(),
            reserved,
        },
    };
    (CounterNumber(*entry.number.get_ref()), counter)
}
