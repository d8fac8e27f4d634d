//! The settings as they stand in the file, each value with its place for the messages.

use std::collections::BTreeMap;

use protocol::Text;
use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HallFile {
    pub(super) name: Text,
    pub(super) time_zone: Spanned<String>,
    pub(super) day_turns_at: Spanned<String>,
    pub(super) listen: Spanned<String>,
    pub(super) max_waiting: Spanned<u32>,
    pub(super) missed_call_rule: Text,
    #[serde(default)]
    pub(super) one_ticket_per_phone: bool,
    #[serde(default)]
    pub(super) errands_in_order: bool,
    #[serde(default = "yes")]
    pub(super) clerks_may_choose: bool,
    #[serde(default = "near")]
    pub(super) near_percent: Spanned<u32>,
    #[serde(default)]
    pub(super) walk_in_prefix: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) roll: Option<RollEntry>,
    #[serde(default)]
    pub(super) hours: Option<HoursEntry>,
    #[serde(default)]
    pub(super) recall: Option<RecallEntry>,
    #[serde(default)]
    pub(super) missed: Option<MissedEntry>,
    #[serde(default)]
    pub(super) appointments: Option<AppointmentsEntry>,
    #[serde(default)]
    pub(super) alarm: AlarmEntry,
    #[serde(default)]
    pub(super) backup: Option<BackupEntry>,
    #[serde(default)]
    pub(super) keep: KeepEntry,
    #[serde(default)]
    pub(super) ticket: TicketEntry,
    #[serde(default)]
    pub(super) trust: TrustEntry,
    #[serde(rename = "class", default)]
    pub(super) classes: Vec<ClassEntry>,
    #[serde(rename = "service", default)]
    pub(super) services: Vec<ServiceEntry>,
    #[serde(rename = "counter", default)]
    pub(super) counters: Vec<CounterEntry>,
    #[serde(rename = "clerk", default)]
    pub(super) clerks: Vec<ClerkEntry>,
    #[serde(rename = "outcome", default)]
    pub(super) outcomes: Vec<OutcomeEntry>,
    #[serde(rename = "notice", default)]
    pub(super) notices: Vec<NoticeEntry>,
}

/// Whom the hall lets in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TrustEntry {
    pub(super) names: Vec<Spanned<String>>,
    pub(super) phones: bool,
    pub(super) session_idle_min: Option<Spanned<u32>>,
    pub(super) requests_at_once: Option<Spanned<u32>>,
    pub(super) requests_per_second: Option<Spanned<u32>>,
}

/// How slips look. Left out, they are the standard ones.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TicketEntry {
    pub(super) order: Option<Vec<Spanned<String>>>,
    pub(super) logo: Option<Spanned<String>>,
    pub(super) languages: Option<Spanned<String>>,
    pub(super) texts: BTreeMap<Spanned<String>, Text>,
    pub(super) note: Text,
    pub(super) large_print: bool,
    pub(super) papers: bool,
    pub(super) missed_call_rule: bool,
}

impl Default for TicketEntry {
    fn default() -> Self {
        Self {
            order: None,
            logo: None,
            languages: None,
            texts: BTreeMap::new(),
            note: Text::new("", ""),
            large_print: false,
            papers: false,
            missed_call_rule: true,
        }
    }
}

/// The pre-printed paper roll.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RollEntry {
    pub(super) prefix: Spanned<String>,
    #[serde(default = "one")]
    pub(super) first_number: Spanned<u32>,
    #[serde(default = "last_number_of_three_digits")]
    pub(super) last_number: Spanned<u32>,
}

/// Copies of the hall's memory that the hall makes by itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackupEntry {
    pub(super) folder: Spanned<String>,
    #[serde(default = "at_night")]
    pub(super) at: Spanned<String>,
    #[serde(default = "two_weeks")]
    pub(super) keep: Spanned<u32>,
}

/// How long things are kept. Left out, they are as written here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct KeepEntry {
    pub(super) notes_days: Spanned<u32>,
    pub(super) journal_years: Spanned<u32>,
}

impl Default for KeepEntry {
    fn default() -> Self {
        Self {
            notes_days: Spanned::new(0..0, 30),
            journal_years: Spanned::new(0..0, 30),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassEntry {
    pub(super) code: Spanned<String>,
    pub(super) label: Text,
    pub(super) claim: Text,
    pub(super) target_wait_min: Spanned<u32>,
    #[serde(default)]
    pub(super) head_start_min: u32,
    #[serde(default)]
    pub(super) favoured: bool,
    #[serde(default)]
    pub(super) at_kiosk: bool,
    #[serde(default)]
    pub(super) proof: Option<Text>,
    #[serde(default)]
    pub(super) prefix: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceEntry {
    pub(super) code: Spanned<String>,
    pub(super) name: Text,
    pub(super) zone: Text,
    pub(super) typical_min: Spanned<u32>,
    #[serde(default)]
    pub(super) papers: Vec<Text>,
    #[serde(default = "one")]
    pub(super) first_number: Spanned<u32>,
    #[serde(default = "last_number_of_three_digits")]
    pub(super) last_number: Spanned<u32>,
    #[serde(default)]
    pub(super) spare_prefix: Option<Spanned<String>>,
    #[serde(default = "yes")]
    pub(super) at_kiosk: bool,
    #[serde(default)]
    pub(super) limit_min: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) warn_min: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) target_wait_min: BTreeMap<Spanned<String>, Spanned<u32>>,
    #[serde(default)]
    pub(super) hours: Option<HoursEntry>,
    #[serde(default)]
    pub(super) quota: Vec<QuotaEntry>,
    #[serde(default)]
    pub(super) alarm: AlarmEntry,
}

/// Periods like `"08:30-12:00"` by weekday; a day that is left out is closed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoursEntry {
    #[serde(default)]
    pub(super) monday: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) tuesday: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) wednesday: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) thursday: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) friday: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) saturday: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) sunday: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) cut_off_min: u32,
    #[serde(default)]
    pub(super) exceptions: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuotaEntry {
    pub(super) hours: Spanned<String>,
    pub(super) most: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlarmEntry {
    #[serde(default)]
    pub(super) people: Option<u32>,
    #[serde(default)]
    pub(super) wait_min: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecallEntry {
    pub(super) most: u32,
    pub(super) least_interval_s: u32,
    #[serde(default)]
    pub(super) no_show_after_s: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MissedEntry {
    #[serde(default)]
    pub(super) within_min: Option<u32>,
    #[serde(default)]
    pub(super) within_calls: Option<u32>,
    pub(super) back_after_calls: u32,
    pub(super) most: Spanned<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppointmentsEntry {
    pub(super) early_min: u32,
    pub(super) late_min: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CounterEntry {
    pub(super) number: Spanned<u16>,
    pub(super) name: Text,
    pub(super) services: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) then: Vec<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) first_for: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) only_for: Vec<Spanned<String>>,
}

impl CounterEntry {
    /// Every service that it takes, in whatever rank.
    pub(super) fn all_services(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.services.iter().chain(self.then.iter().flatten())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClerkEntry {
    pub(super) name: Spanned<String>,
    pub(super) services: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutcomeEntry {
    pub(super) code: Spanned<String>,
    pub(super) label: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeEntry {
    pub(super) text: Text,
}

fn last_number_of_three_digits() -> Spanned<u32> {
    Spanned::new(0..0, 999)
}

fn at_night() -> Spanned<String> {
    Spanned::new(0..0, "02:30".to_owned())
}

fn two_weeks() -> Spanned<u32> {
    Spanned::new(0..0, 14)
}

fn one() -> Spanned<u32> {
    Spanned::new(0..0, 1)
}

fn near() -> Spanned<u32> {
    Spanned::new(0..0, 80)
}

fn yes() -> bool {
    true
}
