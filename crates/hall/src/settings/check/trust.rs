//! Whom the hall lets in.

use toml::Spanned;

use super::super::TrustSettings;
use super::super::file::TrustEntry;
use super::faults::Faults;
use super::minutes_ms;

impl Faults {
    pub(super) fn trust(&mut self, entry: &TrustEntry) -> TrustSettings {
        let usual = TrustSettings::default();
        for name in &entry.names {
            if !is_name(name.get_ref()) {
                let what = format!(
                    "{:?} is no name of a machine. Write one like \"hall.example\", without a port.",
                    name.get_ref()
                );
                self.say(&name.span(), what);
            }
        }
        let idle = self.at_least_one(
            entry.session_idle_min.as_ref(),
            "a person who has just signed in would be gone again",
        );
        let at_once = self.at_least_one(
            entry.requests_at_once.as_ref(),
            "no device could ask anything",
        );
        let per_second = self.at_least_one(
            entry.requests_per_second.as_ref(),
            "no device could go on asking",
        );
        let names = entry.names.iter().map(|name| name.get_ref().to_lowercase());
        TrustSettings {
            trial: false,
            names: names.collect(),
            phones: entry.phones,
            session_idle_ms: idle.map_or(usual.session_idle_ms, minutes_ms),
            requests_at_once: at_once.unwrap_or(usual.requests_at_once),
            requests_per_second: per_second.unwrap_or(usual.requests_per_second),
        }
    }

    fn at_least_one(&mut self, number: Option<&Spanned<u32>>, otherwise: &str) -> Option<u32> {
        let number = number?;
        if *number.get_ref() == 0 {
            let what = format!("with 0 {otherwise}. Write at least 1.");
            self.say(&number.span(), what);
        }
        Some(*number.get_ref())
    }
}

fn is_name(name: &str) -> bool {
    let sign = |sign: char| sign.is_ascii_alphanumeric() || "-.".contains(sign);
    !name.is_empty() && name.chars().all(sign)
}
