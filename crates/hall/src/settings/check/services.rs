//! The services of a settings file.

use std::collections::{BTreeMap, BTreeSet};

use queue::{ClassCode, HandlingLimit, SeriesCode, Service, ServiceCode};
use toml::Spanned;

use super::super::ServiceSettings;
use super::super::file::{HallFile, ServiceEntry};
use super::faults::Faults;
use super::series::is_prefix;
use super::{alarm, minutes_ms};

impl Faults {
    pub(super) fn services(&mut self, file: &HallFile) -> Vec<ServiceSettings> {
        if file.services.is_empty() {
            let what = "there is no service. Add one: [[service]] with code = \"A\".";
            self.say(&(0..0), what);
        }
        let classes: Vec<&str> = file
            .classes
            .iter()
            .map(|class| class.code.get_ref().as_str())
            .collect();
        let taken: BTreeSet<&String> = file
            .counters
            .iter()
            .flat_map(|counter| counter.all_services().map(Spanned::get_ref))
            .collect();
        let mut codes = BTreeSet::new();
        for service in &file.services {
            if !codes.insert(service.code.get_ref()) {
                self.twice("service", &service.code);
            } else if !taken.contains(service.code.get_ref()) {
                let what = format!(
                    "no counter takes the service {:?}: its customers would wait for ever. Add it to a counter's services.",
                    service.code.get_ref()
                );
                self.say(&service.code.span(), what);
            }
        }
        file.services
            .iter()
            .map(|service| self.service(service, &classes))
            .collect()
    }

    fn service(&mut self, service: &ServiceEntry, classes: &[&str]) -> ServiceSettings {
        let code = service.code.get_ref();
        if !is_prefix(code) {
            let what = format!(
                "{code:?} is no code for a service: it is spoken and printed. Write one or two letters A to Z."
            );
            self.say(&service.code.span(), what);
        }
        if *service.typical_min.get_ref() == 0 {
            let what = "no business takes 0 minutes. Write at least 1.";
            self.say(&service.typical_min.span(), what);
        }
        ServiceSettings {
            code: ServiceCode::new(code),
            name: service.name.clone(),
            zone: service.zone.clone(),
            papers: service.papers.clone(),
            at_kiosk: service.at_kiosk,
            rule: Service {
                target_wait_ms: self.targets(service, classes),
                handling_limit: self.handling_limit(service),
                hours: service.hours.as_ref().map(|hours| self.hours(hours)),
                quotas: service
                    .quota
                    .iter()
                    .filter_map(|quota| self.quota(quota))
                    .collect(),
                alarms: alarm(&service.alarm),
                ..Service::new(
                    SeriesCode::new(code),
                    minutes_ms(*service.typical_min.get_ref()),
                )
            },
        }
    }

    fn targets(&mut self, service: &ServiceEntry, classes: &[&str]) -> BTreeMap<ClassCode, u64> {
        for (class, target) in &service.target_wait_min {
            self.one_of("class", class, classes);
            if *target.get_ref() == 0 {
                let what = "a target wait of 0 minutes would put this class before everybody for ever. Write at least 1.";
                self.say(&target.span(), what);
            }
        }
        let targets = service.target_wait_min.iter();
        targets
            .map(|(class, target)| {
                (
                    ClassCode::new(class.get_ref()),
                    minutes_ms(*target.get_ref()),
                )
            })
            .collect()
    }

    /// Without a warning time of its own a limit warns when a fifth of it is left.
    fn handling_limit(&mut self, service: &ServiceEntry) -> Option<HandlingLimit> {
        let limit_min = service.limit_min.as_ref().map(Spanned::get_ref);
        let warn_min = service.warn_min.as_ref();
        if let Some(warn_min) = warn_min
            && limit_min.is_none_or(|limit| warn_min.get_ref() >= limit)
        {
            let what =
                "a warning comes before the limit runs out: write fewer minutes than limit_min.";
            self.say(&warn_min.span(), what);
        }
        let limit_ms = minutes_ms(*limit_min?);
        let warning_ms = warn_min.map_or(limit_ms / 5, |warn_min| minutes_ms(*warn_min.get_ref()));
        Some(HandlingLimit {
            limit_ms,
            warning_ms,
        })
    }
}
