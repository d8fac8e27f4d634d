//! The settings as they stand in the file, each value with its place for the messages.

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
    #[serde(rename = "class", default)]
    pub(super) classes: Vec<ClassEntry>,
    #[serde(rename = "service", default)]
    pub(super) services: Vec<ServiceEntry>,
    #[serde(rename = "counter", default)]
    pub(super) counters: Vec<CounterEntry>,
    #[serde(rename = "notice", default)]
    pub(super) notices: Vec<NoticeEntry>,
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
    #[serde(default = "last_number_of_three_digits")]
    pub(super) last_number: Spanned<u32>,
    #[serde(default = "yes")]
    pub(super) at_kiosk: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CounterEntry {
    pub(super) number: Spanned<u16>,
    pub(super) name: Text,
    pub(super) services: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeEntry {
    pub(super) text: Text,
}

fn last_number_of_three_digits() -> Spanned<u32> {
    Spanned::new(0..0, 999)
}

fn yes() -> bool {
    true
}
