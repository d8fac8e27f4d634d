//! The pre-printed roll: its numbers come about when they are called.

use super::{Paper, Reference, Said, Ticket};
use crate::clocks::{MINUTE_MS, Present};
use crate::town::{CLASSES, ROLL};

/// What comes of a call when nobody waits whom the hall has seen.
pub(super) enum OffRoll {
    /// This ticket is issued and called.
    Next(Box<Ticket>),
    /// No roll stands in, or the counter serves nobody of it.
    Nobody,
    /// It is used up.
    UsedUp,
}

impl Reference {
    pub(super) fn begin_roll(&mut self, first: u32) -> Option<Said> {
        let (begins, ends) = self.town.roll?;
        let from = self.last.get(ROLL).map_or(begins, |last| last + 1);
        (from..=ends).contains(&first).then(|| {
            self.roll = Some(first);
            Said::Done
        })
    }

    pub(super) fn end_roll(&mut self) -> Option<Said> {
        self.roll.take().map(|_| Said::Done)
    }

    pub(super) fn roll_stands_in(&self) -> bool {
        self.roll.is_some()
    }

    /// The next of the roll, of the first class and for the first service that is done at the counter.
    pub(super) fn next_off_roll(&self, now: &Present, counter: u16) -> OffRoll {
        let Some((next, (_, ends))) = self.roll.zip(self.town.roll) else {
            return OffRoll::Nobody;
        };
        let Some(service) = self.first_service(counter) else {
            return OffRoll::Nobody;
        };
        if next > ends {
            return OffRoll::UsedUp;
        }
        let number = (ROLL.to_owned(), next);
        OffRoll::Next(Box::new(Ticket {
            paper: Paper::Printed,
            in_order: false,
            of_roll: true,
            ..self.new_ticket(number, &[service], CLASSES[0], now.steady_ms)
        }))
    }

    /// Issues it and calls it.
    pub(super) fn call_off_roll(&mut self, now: &Present, counter: u16, ticket: Ticket) -> Said {
        let said = ticket.slip(0);
        let minute = now.time_of_day_ms / MINUTE_MS as u32;
        self.given.push((ticket.service().to_owned(), minute));
        self.roll = Some(ticket.value + 1);
        let place = self.tickets.len();
        self.join(ticket);
        self.call(place, 0, counter, now.steady_ms);
        said
    }

    fn first_service(&self, counter: u16) -> Option<&str> {
        let plan = self.town.counter(counter)?;
        let clerk = &self.seats.get(&counter)?.clerk;
        let only_for = plan.only_for.as_deref();
        let skills = self.town.skills.iter().find(|(name, _)| name == clerk);
        let mut services = plan.ranks.iter().flatten();
        let known = services.find(|of| skills.is_none_or(|(_, known)| known.contains(of)));
        known
            .filter(|_| only_for.is_none_or(|class| class == CLASSES[0]))
            .map(String::as_str)
    }
}
