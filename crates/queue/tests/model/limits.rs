//! What has been said of times and levels is what is so, at every moment.

use proptest::prelude::*;
use queue::{Alarm, AlarmLevels, Desk, ServiceCode, State};

use crate::model::{Held, Model, Ticket};

impl Model {
    /// Held after everything that was due, and just before something is.
    pub fn what_is_due_was_said(&self, now_ms: u64) -> Held {
        for ticket in &self.tickets {
            match ticket.state {
                State::Waiting => self.wait_was_told(ticket, now_ms)?,
                State::Called => self.call_stands(ticket, now_ms)?,
                State::Serving => self.handling_was_told(ticket, now_ms)?,
                State::Held => {
                    let over = ticket.until_ms.is_some_and(|until_ms| now_ms >= until_ms);
                    prop_assert!(!over, "{} is back in line when its time is over", ticket.id);
                }
                _ => {}
            }
        }
        self.levels_hold(None, self.settings.alarms, now_ms)?;
        for (code, service) in &self.settings.services {
            self.levels_hold(Some(code), service.alarms, now_ms)?;
        }
        Ok(())
    }

    fn wait_was_told(&self, ticket: &Ticket, now_ms: u64) -> Held {
        let service = &ticket.errands[ticket.current].service;
        let target_ms = self.target_ms(service, ticket);
        let near_ms = target_ms * u64::from(self.settings.near_percent) / 100;
        let told = [near_ms, target_ms].map(|limit_ms| now_ms >= ticket.from_ms + limit_ms);
        prop_assert_eq!(
            ticket.wait_told,
            (told[0], told[1]),
            "{:?} at {}",
            ticket,
            now_ms
        );
        Ok(())
    }

    fn call_stands(&self, ticket: &Ticket, now_ms: u64) -> Held {
        let rule = self.settings.recall;
        let last = ticket.recalls >= rule.most;
        let given_up = |after_ms| last && now_ms >= ticket.last_called_ms + after_ms;
        prop_assert!(
            !rule.no_show_after_ms.is_some_and(given_up),
            "{:?} is given up",
            ticket
        );
        Ok(())
    }

    fn handling_was_told(&self, ticket: &Ticket, now_ms: u64) -> Held {
        let service = &ticket.errands[ticket.current].service;
        let limit = self.settings.services[service].handling_limit;
        prop_assert!(ticket.arrived_ms.is_some(), "who is served has come");
        let (Some(limit), Some(arrived_ms)) = (limit, ticket.arrived_ms) else {
            return Ok(());
        };
        let over_ms = arrived_ms + limit.limit_ms;
        let near_ms = over_ms.saturating_sub(limit.warning_ms);
        let told = (now_ms >= near_ms, now_ms >= over_ms);
        prop_assert_eq!(ticket.handling_told, told, "{:?} at {}", ticket, now_ms);
        Ok(())
    }

    /// At the level an alarm stands, below nine tenths of it none does.
    fn levels_hold(&self, service: Option<&ServiceCode>, levels: AlarmLevels, now_ms: u64) -> Held {
        let waits = |ticket: &&Ticket| match service {
            None => true,
            Some(service) => ticket.callable().iter().any(|place| {
                let desk = &ticket.errands[*place].desk;
                *desk == Desk::Service(service.clone())
            }),
        };
        let waiting: Vec<&Ticket> = self.waiting().filter(waits).collect();
        let waited_ms = waiting
            .iter()
            .map(|ticket| now_ms.saturating_sub(ticket.from_ms));
        let people = Alarm::People(service.cloned());
        let longest = Alarm::LongestWait(service.cloned());
        let longest_ms = waited_ms.max().unwrap_or(0);
        self.level_holds(&people, levels.people.map(u64::from), waiting.len() as u64)?;
        self.level_holds(&longest, levels.longest_wait_ms, longest_ms)
    }

    fn level_holds(&self, alarm: &Alarm, level: Option<u64>, measure: u64) -> Held {
        let stands = self.alarms.contains(alarm);
        let Some(level) = level else {
            prop_assert!(!stands, "{:?} without a level", alarm);
            return Ok(());
        };
        if measure >= level {
            prop_assert!(stands, "{:?}: {} of {}", alarm, measure, level);
        }
        if measure * 100 < level * 90 {
            prop_assert!(!stands, "{:?}: {} of {}", alarm, measure, level);
        }
        Ok(())
    }
}
