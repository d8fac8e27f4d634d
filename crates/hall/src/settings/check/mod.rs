//! Holds the parts of a settings file against each other. All mistakes are said at once.

mod counters;
mod faults;
mod hours;
mod keep;
mod series;
mod services;
mod ticket;
mod trust;

use std::collections::BTreeSet;
use std::path::Path;

use queue::{
    AlarmLevels, AppointmentRule, Class, ClassCode, MissedRule, OutcomeCode, RecallRule, RollRule,
    SeriesCode, Settings,
};
use toml::Spanned;

use super::file::{AlarmEntry, ClassEntry, HallFile, MissedEntry, OutcomeEntry, RecallEntry};
use super::mistake::Fault;
use super::{ClassSettings, HallSettings, OutcomeSettings};
use faults::Faults;

const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60 * SECOND_MS;

pub(super) fn check(file: HallFile, folder: &Path) -> Result<HallSettings, Vec<Fault>> {
    let mut faults = Faults::default();
    let time_zone = faults.time_zone(&file.time_zone);
    let day_turns_at = faults.time_of_day(&file.day_turns_at);
    let listen = faults.address(&file.listen);
    faults.classes(&file.classes);
    faults.outcomes(&file.outcomes);
    let services = faults.services(&file);
    let counters = faults.counters(&file);
    let house = faults.house(&file);
    let backup = faults.backup(file.backup.as_ref(), folder);
    let notes_days = faults.notes_days(&file);
    let journal_years = faults.journal_years(&file);
    let ticket = faults.ticket(&file.ticket, folder);
    let trust = faults.trust(&file.trust);
    match (time_zone, day_turns_at, listen) {
        (Some(time_zone), Some(day_turns_at), Some(listen)) if faults.found.is_empty() => {
            Ok(HallSettings {
                name: file.name,
                time_zone,
                day_turns_at,
                listen,
                missed_call_rule: file.missed_call_rule,
                appointments: file.appointments.is_some(),
                classes: file.classes.into_iter().map(class).collect(),
                services,
                counters,
                outcomes: file.outcomes.into_iter().map(outcome).collect(),
                notices: file.notices.into_iter().map(|notice| notice.text).collect(),
                backup,
                notes_days,
                journal_years,
                ticket,
                trust,
                house,
            })
        }
        _ => Err(faults.found),
    }
}

fn class(entry: ClassEntry) -> ClassSettings {
    let prefix = entry.prefix.as_ref().map(Spanned::get_ref);
    ClassSettings {
        code: ClassCode::new(entry.code.get_ref()),
        label: entry.label,
        claim: entry.claim,
        proof: entry.proof,
        favoured: entry.favoured,
        at_kiosk: entry.at_kiosk,
        rule: Class {
            target_wait_ms: minutes_ms(*entry.target_wait_min.get_ref()),
            head_start_ms: minutes_ms(entry.head_start_min),
            series: prefix.map(|prefix| SeriesCode::new(prefix)),
        },
    }
}

fn outcome(entry: OutcomeEntry) -> OutcomeSettings {
    OutcomeSettings {
        code: OutcomeCode::new(entry.code.get_ref()),
        label: entry.label,
    }
}

fn alarm(entry: &AlarmEntry) -> AlarmLevels {
    AlarmLevels {
        people: entry.people,
        longest_wait_ms: entry.wait_min.map(minutes_ms),
    }
}

fn recall(entry: &RecallEntry) -> RecallRule {
    let seconds_ms = |seconds: u32| u64::from(seconds) * SECOND_MS;
    RecallRule {
        most: entry.most,
        least_interval_ms: seconds_ms(entry.least_interval_s),
        no_show_after_ms: entry.no_show_after_s.map(seconds_ms),
    }
}

fn missed(entry: &MissedEntry) -> MissedRule {
    MissedRule {
        within_ms: entry.within_min.map(minutes_ms),
        within_calls: entry.within_calls,
        back_after_calls: entry.back_after_calls,
        most: *entry.most.get_ref(),
    }
}

/// Who holds a number of the roll is of the first class, for nobody asked.
fn roll(file: &HallFile) -> Option<RollRule> {
    let (roll, class) = file.roll.as_ref().zip(file.classes.first())?;
    Some(RollRule {
        series: SeriesCode::new(roll.prefix.get_ref()),
        class: ClassCode::new(class.code.get_ref()),
    })
}

fn minutes_ms(minutes: u32) -> u64 {
    u64::from(minutes) * MINUTE_MS
}

impl Faults {
    /// The rules of the house as a whole; services, classes and counters have their own.
    fn house(&mut self, file: &HallFile) -> Settings {
        if *file.max_waiting.get_ref() == 0 {
            let what = "nobody may wait. Say how many people the room holds.";
            self.say(&file.max_waiting.span(), what);
        }
        if !(1..=100).contains(file.near_percent.get_ref()) {
            let what = "a wait is close to its target from 1 to 100 percent of it on.";
            self.say(&file.near_percent.span(), what);
        }
        if let Some(missed) = file
            .missed
            .as_ref()
            .filter(|entry| *entry.most.get_ref() == 0)
        {
            let what = "with 0 missed calls nobody could come back. Write at least 1, or leave [missed] out.";
            self.say(&missed.most.span(), what);
        }
        let walk_in = file.walk_in_prefix.as_ref().map(Spanned::get_ref);
        let appointments = file.appointments.as_ref();
        Settings {
            series: self.series(file),
            walk_in_series: walk_in.map(|prefix| SeriesCode::new(prefix)),
            roll: roll(file),
            skills: self.skills(file),
            outcomes: file
                .outcomes
                .iter()
                .map(|entry| OutcomeCode::new(entry.code.get_ref()))
                .collect(),
            max_waiting: *file.max_waiting.get_ref(),
            hours: file.hours.as_ref().map(|hours| self.hours(hours)),
            one_ticket_per_phone: file.one_ticket_per_phone,
            errands_in_order: file.errands_in_order,
            may_choose: file.clerks_may_choose,
            recall: file.recall.as_ref().map(recall).unwrap_or_default(),
            missed: file.missed.as_ref().map(missed),
            appointments: appointments.map_or_else(AppointmentRule::default, |entry| {
                AppointmentRule {
                    early_ms: minutes_ms(entry.early_min),
                    late_ms: minutes_ms(entry.late_min),
                }
            }),
            near_percent: *file.near_percent.get_ref(),
            alarms: alarm(&file.alarm),
            ..Settings::default()
        }
    }

    fn classes(&mut self, classes: &[ClassEntry]) {
        if classes.is_empty() {
            let what = "there is no customer class. Add one: [[class]] with code = \"ordinary\".";
            self.say(&(0..0), what);
        }
        let mut codes = BTreeSet::new();
        for class in classes {
            if !codes.insert(class.code.get_ref()) {
                self.twice("class", &class.code);
            }
            if *class.target_wait_min.get_ref() == 0 {
                let what = "a target wait of 0 minutes would put this class before everybody for ever. Write at least 1.";
                self.say(&class.target_wait_min.span(), what);
            }
        }
    }

    fn outcomes(&mut self, outcomes: &[OutcomeEntry]) {
        let mut codes = BTreeSet::new();
        for outcome in outcomes {
            if !codes.insert(outcome.code.get_ref()) {
                self.twice("outcome", &outcome.code);
            }
        }
    }
}
