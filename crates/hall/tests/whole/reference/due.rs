//! What happens by itself.

use super::{AlarmOf, Place, Reference, State, Ticket};
use crate::clocks::{MINUTE_MS, Present, SECOND_MS};
use crate::town::Town;

/// An alarm that stands is cleared below this part of its level, in percent.
const CLEARED_AT_PERCENT: u64 = 90;

impl Reference {
    /// Everything that is due by now.
    pub fn settle(&mut self, now: &Present) {
        if self
            .date
            .is_none_or(|open| open < now.today && self.can_be(now))
        {
            self.turn_day(now);
        }
        loop {
            self.give_up_and_end_holds(now.steady_ms);
            self.look_at_times(now.steady_ms);
            if !self.somebody_who_waits_is_called(now.steady_ms) {
                break;
            }
        }
        self.look_at_alarms(now.steady_ms);
    }

    /// When something is due next by the steady clock, as far as tickets go.
    pub fn next_due_ms(&self) -> Option<u64> {
        let of = |ticket: &Ticket| {
            let [near_ms, over_ms] = ticket.marks(&self.town);
            let marks = [
                near_ms.filter(|_| !ticket.is_near()),
                over_ms.filter(|_| !ticket.is_over()),
            ];
            let rest = [self.given_up_at_ms(ticket), ticket.held_until_ms()];
            marks.into_iter().chain(rest).flatten().min()
        };
        self.tickets.iter().filter_map(of).min()
    }

    /// A calendar that is a year or more ahead is a clock that was set wrong, until the steady one has
    /// seen the day out.
    fn can_be(&self, now: &Present) -> bool {
        let a_year_later = self.date.unwrap_or_default() + 10_000;
        now.today < a_year_later || self.turns_at_steady_ms <= now.steady_ms
    }

    fn turn_day(&mut self, now: &Present) {
        let appointments = std::mem::take(&mut self.appointments);
        *self = Self {
            date: Some(now.today),
            turns_at_steady_ms: now.steady_ms + now.until_turn_ms,
            appointments,
            ..Self::new(self.town.clone())
        };
    }

    fn give_up_and_end_holds(&mut self, now_ms: u64) {
        for place in 0..self.tickets.len() {
            let is_due = |due_ms: Option<u64>| due_ms.is_some_and(|due_ms| due_ms <= now_ms);
            if is_due(self.given_up_at_ms(&self.tickets[place])) {
                self.miss(place, now_ms);
            } else if is_due(self.tickets[place].held_until_ms()) {
                let from_ms = self.tickets[place].keeps_from_ms(now_ms);
                self.line_up(place, Place::ByScore, from_ms);
            }
        }
    }

    /// A call is given up some time after its last repetition.
    fn given_up_at_ms(&self, ticket: &Ticket) -> Option<u64> {
        let call = ticket.call.filter(|_| ticket.state == State::Called)?;
        let after_s = self.town.recall.no_show_after_s?;
        (call.recalls >= self.town.recall.most).then_some(call.last_ms + after_s * SECOND_MS)
    }

    /// Of the counters that take whoever comes, the one that has waited longest calls first.
    fn somebody_who_waits_is_called(&mut self, now_ms: u64) -> bool {
        let awaiting = self.seats.iter();
        let mut awaiting: Vec<(u64, u16)> = awaiting
            .filter_map(|(counter, seat)| Some((seat.awaiting_since_ms?, *counter)))
            .collect();
        awaiting.sort_unstable();
        let next = awaiting
            .into_iter()
            .find_map(|(_, counter)| Some((counter, self.next_for(counter, now_ms)?)));
        if let Some((counter, (place, errand))) = next {
            self.call(place, errand, counter, now_ms);
        }
        next.is_some()
    }

    /// What is said of waits and of handling.
    fn look_at_times(&mut self, now_ms: u64) {
        let town = self.town.clone();
        for ticket in &mut self.tickets {
            let [near, over] = ticket
                .marks(&town)
                .map(|mark_ms| mark_ms.is_some_and(|mark_ms| mark_ms <= now_ms));
            match (ticket.state, &mut ticket.call) {
                (State::Waiting, _) => {
                    (ticket.near, ticket.over) = (ticket.near | near, ticket.over | over)
                }
                (State::Serving, Some(call)) => {
                    (call.near, call.over) = (call.near | near, call.over | over)
                }
                _ => {}
            }
        }
    }

    fn look_at_alarms(&mut self, now_ms: u64) {
        let town = self.town.clone();
        let services = town
            .services
            .iter()
            .map(|service| (Some(service.code.as_str()), service.alarm));
        for (service, levels) in std::iter::once((None, town.alarm)).chain(services) {
            let people = match service {
                Some(service) => self.waiting_for(service),
                None => self.waiting(),
            };
            self.compare_alarm(AlarmOf::People, service, levels.people, people as u64);
            let waits = |ticket: &&Ticket| match service {
                Some(service) => ticket.waits_for(service),
                None => ticket.state == State::Waiting,
            };
            let longest_from_ms = self
                .tickets
                .iter()
                .filter(waits)
                .map(|ticket| ticket.from_ms)
                .min();
            let longest_ms = longest_from_ms.map_or(0, |from_ms| now_ms.saturating_sub(from_ms));
            let level_ms = levels.wait_min.map(|minutes| minutes * MINUTE_MS);
            self.compare_alarm(AlarmOf::LongestWait, service, level_ms, longest_ms);
        }
    }

    fn compare_alarm(
        &mut self,
        of: AlarmOf,
        service: Option<&str>,
        level: Option<u64>,
        measure: u64,
    ) {
        let Some(level) = level else { return };
        let alarm = (of, service.map(str::to_owned));
        if measure >= level {
            self.alarms.insert(alarm);
        } else if measure * 100 < level * CLEARED_AT_PERCENT {
            self.alarms.remove(&alarm);
        }
    }
}

impl Ticket {
    fn held_until_ms(&self) -> Option<u64> {
        self.until_ms.filter(|_| self.state == State::Held)
    }

    fn is_near(&self) -> bool {
        if self.state == State::Waiting {
            self.near
        } else {
            self.call.is_some_and(|call| call.near)
        }
    }

    fn is_over(&self) -> bool {
        if self.state == State::Waiting {
            self.over
        } else {
            self.call.is_some_and(|call| call.over)
        }
    }

    /// When its wait, or its handling, is close to the limit, and when it is past it.
    fn marks(&self, town: &Town) -> [Option<u64>; 2] {
        match (self.state, self.call) {
            (State::Waiting, _) => {
                let target_ms = town.target_ms(self.service(), &self.class);
                let near_ms = target_ms * town.near_percent / 100;
                [Some(self.from_ms + near_ms), Some(self.from_ms + target_ms)]
            }
            (State::Serving, Some(call)) => {
                let limit_min = town
                    .service(self.service())
                    .and_then(|service| service.limit_min);
                let limit = limit_min.zip(call.arrived_ms);
                let over_ms =
                    limit.map(|(limit_min, arrived_ms)| arrived_ms + limit_min * MINUTE_MS);
                // Of a limit without a warning time of its own, a fifth before it.
                let near_ms =
                    limit.map(|(limit_min, arrived_ms)| arrived_ms + limit_min * MINUTE_MS * 4 / 5);
                [near_ms, over_ms]
            }
            _ => [None, None],
        }
    }
}
