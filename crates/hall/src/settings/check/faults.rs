//! The mistakes that were found so far, and the values that many settings have in common.

use std::net::SocketAddr;
use std::ops::Range;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use toml::Spanned;

use super::super::mistake::Fault;

#[derive(Default)]
pub(super) struct Faults {
    pub(super) found: Vec<Fault>,
}

impl Faults {
    pub(super) fn say(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.found.push(Fault {
            span: span.clone(),
            what: what.into(),
        });
    }

    pub(super) fn time_zone(&mut self, name: &Spanned<String>) -> Option<TimeZone> {
        let zone = TimeZone::get(name.get_ref()).ok();
        if zone.is_none() {
            let what = format!(
                "no time zone is called {:?}. Write one like \"Asia/Shanghai\".",
                name.get_ref()
            );
            self.say(&name.span(), what);
        }
        zone
    }

    pub(super) fn time_of_day(&mut self, text: &Spanned<String>) -> Option<Time> {
        let time = text.get_ref().parse().ok();
        if time.is_none() {
            let what = format!(
                "{:?} is no time of day. Write one like \"03:00\".",
                text.get_ref()
            );
            self.say(&text.span(), what);
        }
        time
    }

    pub(super) fn address(&mut self, text: &Spanned<String>) -> Option<SocketAddr> {
        let address = text.get_ref().parse().ok();
        if address.is_none() {
            let what = format!(
                "{:?} is no address and port. Write them like \"127.0.0.1:7410\".",
                text.get_ref()
            );
            self.say(&text.span(), what);
        }
        address
    }

    pub(super) fn twice(&mut self, kind: &str, code: &Spanned<String>) {
        let what = format!(
            "the {kind} {:?} is named twice. Give one of them another code.",
            code.get_ref()
        );
        self.say(&code.span(), what);
    }

    /// Says of a code that it is none of those that there are.
    pub(super) fn one_of(&mut self, kind: &str, code: &Spanned<String>, known: &[&str]) {
        if !known.contains(&code.get_ref().as_str()) {
            let what = format!(
                "no {kind} has the code {:?}. There are: {}.",
                code.get_ref(),
                known.join(", ")
            );
            self.say(&code.span(), what);
        }
    }
}
