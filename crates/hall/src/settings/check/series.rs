//! Number series. Each prefix has one owner, so that no two series give the same number.

use std::collections::BTreeMap;

use queue::{Series, SeriesCode};
use toml::Spanned;

use super::super::file::{HallFile, ServiceEntry};
use super::faults::Faults;

/// Digits that a number may have behind its letter, so that it fits the wall: at most six.
const LAST_NUMBER_LIMIT: u32 = 999_999;

impl Faults {
    pub(super) fn series(&mut self, file: &HallFile) -> BTreeMap<SeriesCode, Series> {
        let mut series = BTreeMap::new();
        for service in &file.services {
            self.series_of(service, &mut series);
        }
        // After all services, so that none of them is taken for a spare one.
        for service in &file.services {
            let (first, last) = numbers(service);
            if let Some(prefix) = &service.spare_prefix {
                self.own(prefix, (first, last, None), &mut series);
            }
        }
        let of_services: Vec<SeriesCode> = series.keys().cloned().collect();
        let classes = file
            .classes
            .iter()
            .filter_map(|class| class.prefix.as_ref());
        for prefix in classes {
            // Classes may share a series; what a service has is the service's.
            let code = SeriesCode::new(prefix.get_ref());
            if of_services.contains(&code) || !series.contains_key(&code) {
                self.own(prefix, (1, LAST_NUMBER_LIMIT, None), &mut series);
            }
        }
        if let Some(prefix) = &file.walk_in_prefix {
            self.own(prefix, (1, LAST_NUMBER_LIMIT, None), &mut series);
        }
        if let Some(roll) = &file.roll {
            let numbers = (&roll.first_number, &roll.last_number);
            self.run(numbers);
            let (first, last) = (*numbers.0.get_ref(), *numbers.1.get_ref());
            self.own(&roll.prefix, (first, last, None), &mut series);
        }
        series
    }

    fn series_of(&mut self, service: &ServiceEntry, series: &mut BTreeMap<SeriesCode, Series>) {
        let (first, last) = numbers(service);
        self.run((&service.first_number, &service.last_number));
        let spare = service.spare_prefix.as_ref();
        let then = spare.map(|prefix| SeriesCode::new(prefix.get_ref()));
        // A service that is named twice is said to be, and its series with it.
        let code = SeriesCode::new(service.code.get_ref());
        series.entry(code).or_insert(Series { first, last, then });
    }

    fn run(&mut self, (first, last): (&Spanned<u32>, &Spanned<u32>)) {
        if !(1..=LAST_NUMBER_LIMIT).contains(last.get_ref()) {
            let what = format!("a series ends at a number from 1 to {LAST_NUMBER_LIMIT}.");
            self.say(&last.span(), what);
        }
        if first.get_ref() > last.get_ref() {
            let what = "a series begins at its last number or before it.";
            self.say(&first.span(), what);
        }
    }

    fn own(
        &mut self,
        prefix: &Spanned<String>,
        (first, last, then): (u32, u32, Option<SeriesCode>),
        series: &mut BTreeMap<SeriesCode, Series>,
    ) {
        let code = prefix.get_ref();
        if !is_prefix(code) {
            let what = format!(
                "{code:?} is no prefix for numbers: it is spoken and printed. Write one or two letters A to Z."
            );
            self.say(&prefix.span(), what);
        }
        let known = series.insert(SeriesCode::new(code), Series { first, last, then });
        if known.is_some() {
            let what = format!(
                "the prefix {code:?} has another series already: two customers would hold the same number. Choose another."
            );
            self.say(&prefix.span(), what);
        }
    }
}

fn numbers(service: &ServiceEntry) -> (u32, u32) {
    let (first, last) = (&service.first_number, &service.last_number);
    (*first.get_ref(), *last.get_ref())
}

/// One or two letters, which can be spoken, and which no digit can be taken for.
pub(super) fn is_prefix(code: &str) -> bool {
    (1..=2).contains(&code.len()) && code.chars().all(|letter| letter.is_ascii_uppercase())
}
