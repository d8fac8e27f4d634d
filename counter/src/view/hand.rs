//! The customer in hand.

use protocol::{CallState, InHand};

use super::{Class, Hand, HandState};
use crate::{Controller, words};

impl Controller {
    pub(super) fn hand(&self) -> Hand {
        let language = self.beginning.language;
        let pause_reason = self
            .desk(|desk| desk.pause_reason.clone())
            .flatten()
            .filter(|_| self.is_paused())
            .unwrap_or_default();
        let waiting_here = self.served_here().map(|service| service.waiting).sum();
        let Some(in_hand) = self.in_hand() else {
            return Hand {
                state: match self.is_paused() {
                    true => HandState::Paused,
                    false => HandState::Free,
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
            reason: words::reason(language, in_hand.score_milli, in_hand.overtook),
            pause_reason,
            waiting_here,
        }
    }

    /// Counts on by the hall's clock, which a clerk's own machine need not agree with.
    fn timer(&self, in_hand: &InHand) -> String {
        let since = in_hand.arrived_at_ms.unwrap_or(in_hand.called_at_ms);
        let elapsed_ms = self.since(since);
        let seconds = elapsed_ms / 1000;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match hours {
            0 => format!("{minutes}:{seconds:02}"),
            _ => format!("{hours}:{minutes:02}:{seconds:02}"),
        }
    }

    pub(super) fn since(&self, then_ms: i64) -> u64 {
        let now_ms = self
            .clock
            .time(self.now)
            .map_or(then_ms, |time| time.unix_ms);
        u64::try_from(now_ms - then_ms).unwrap_or(0)
    }

    pub(super) fn time_of_day(&self, unix_ms: i64) -> String {
        let time = self.clock.local_of(unix_ms);
        time.map(|time| time.hour_and_minute()).unwrap_or_default()
    }

    pub(super) fn service_name(&self, code: &str) -> String {
        let row = self.table.service(code);
        row.map_or_else(
            || code.to_owned(),
            |row| self.beginning.language.of(&row.name).to_owned(),
        )
    }

    pub(super) fn class(&self, code: &str) -> Class {
        let classes = self.table.hall().map(|hall| hall.classes.as_slice());
        let row = classes
            .unwrap_or_default()
            .iter()
            .find(|class| class.code == code);
        Class {
            label: row.map_or_else(
                || code.to_owned(),
                |row| self.beginning.language.of(&row.label).to_owned(),
            ),
            favoured: row.is_some_and(|row| row.favoured),
        }
    }
}
