//! The customer in hand.

use protocol::{CallState, ClassRow, InHand};

use super::{Class, Hand, HandState, LimitView};
use crate::{Controller, words};

impl Controller {
    pub(super) fn hand(&self) -> Hand {
        let language = self.beginning.language;
        let pause_reason = self
            .desk()
            .and_then(|desk| desk.pause_reason.clone())
            .filter(|_| self.is_paused())
            .unwrap_or_default();
        let waiting_here = self.served_here().map(|service| service.waiting).sum();
        let Some(in_hand) = self.in_hand() else {
            return Hand {
                state: match (self.is_paused(), self.is_awaiting()) {
                    (true, _) => HandState::Paused,
                    (false, true) => HandState::Awaiting,
                    (false, false) => HandState::Free,
                },
                pause_reason,
                waiting_here,
                ..Hand::default()
            };
        };
        Hand {
            state: match in_hand.state {
                CallState::Called => HandState::Called,
                CallState::Serving | CallState::Finished | CallState::NoShow | CallState::Left => {
                    HandState::Serving
                }
            },
            number: in_hand.number.clone(),
            service: self.service_name(&in_hand.service),
            class: self.class(&in_hand.class),
            timer: self.timer(in_hand),
            waited: words::minutes(language, in_hand.waited_ms),
            called_at: self.time_of_day(in_hand.called_at_ms),
            recalls: in_hand.recalls,
            reason: words::reason(language, in_hand),
            known: self.known_of(in_hand).join("\n"),
            limit: self.limit(in_hand),
            pause_reason,
            waiting_here,
        }
    }

    /// Counts on by the hall's clock, which a clerk's own machine need not agree with.
    fn timer(&self, in_hand: &InHand) -> String {
        let since = in_hand.arrived_at_ms.unwrap_or(in_hand.called_at_ms);
        words::clock(self.since(since) / 1000)
    }

    /// What else there is to know before the first word: what a colleague wrote, what to ask to
    /// see, what comes after.
    pub(crate) fn known_of(&self, in_hand: &InHand) -> Vec<String> {
        let language = self.beginning.language;
        let mut known = Vec::new();
        if let Some(note) = &in_hand.note {
            known.push(words::note(language, note));
        }
        let class = self.class_row(&in_hand.class);
        if let Some(class) = class.filter(|class| class.favoured || class.proof.is_some()) {
            let proof = class.proof.as_ref().map(|proof| language.of(proof));
            known.push(words::proof(language, in_hand.verified, proof));
        }
        if !in_hand.then.is_empty() {
            let names = in_hand.then.iter().map(|code| self.service_name(code));
            known.push(words::then(language, &names.collect::<Vec<_>>()));
        }
        known
    }

    fn limit(&self, in_hand: &InHand) -> LimitView {
        let now = self.clock.time(self.now).map(|time| time.unix_ms);
        let left_ms = in_hand.limit_at_ms.zip(now).map(|(at, now)| at - now);
        LimitView {
            limit: in_hand.limit,
            text: words::limit(self.beginning.language, in_hand.limit, left_ms),
        }
    }

    pub(super) fn since(&self, then_ms: i64) -> u64 {
        let now_ms = self
            .clock
            .time(self.now)
            .map_or(then_ms, |time| time.unix_ms);
        u64::try_from(now_ms - then_ms).unwrap_or(0)
    }

    pub(crate) fn time_of_day(&self, unix_ms: i64) -> String {
        let time = self.clock.local_of(unix_ms);
        time.map(|time| time.hour_and_minute()).unwrap_or_default()
    }

    pub(crate) fn service_name(&self, code: &str) -> String {
        let row = self.table.service(code);
        row.map_or_else(
            || code.to_owned(),
            |row| self.beginning.language.of(&row.name).to_owned(),
        )
    }

    fn class_row(&self, code: &str) -> Option<&ClassRow> {
        let classes = &self.table.hall()?.classes;
        classes.iter().find(|class| class.code == code)
    }

    pub(super) fn class(&self, code: &str) -> Class {
        let row = self.class_row(code);
        Class {
            label: row.map_or_else(
                || code.to_owned(),
                |row| self.beginning.language.of(&row.label).to_owned(),
            ),
            favoured: row.is_some_and(|row| row.favoured),
        }
    }
}
