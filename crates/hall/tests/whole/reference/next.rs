//! Who is next, found by looking at everybody.

use std::cmp::{Ordering, Reverse};

use super::{Desk, Errand, Place, Reference, State, Ticket};
use crate::clocks::MINUTE_MS;

/// Somebody whom a counter may call, for one errand.
struct Candidate<'a> {
    place: usize,
    errand: usize,
    ticket: &'a Ticket,
    /// 2: put first, or back and due. 1: by score. 0: back and not due yet.
    standing: u8,
    since_ms: u64,
    preferred: bool,
    rank: usize,
    credit_ms: u128,
    target_ms: u128,
}

impl Reference {
    /// The place of the ticket that a counter calls next, and its errand.
    pub(super) fn next_for(&self, counter: u16, now_ms: u64) -> Option<(usize, usize)> {
        let waiting = self
            .tickets
            .iter()
            .enumerate()
            .filter(|(_, ticket)| ticket.state == State::Waiting);
        let candidates =
            waiting.flat_map(|(place, ticket)| self.candidates(place, ticket, counter, now_ms));
        let next = candidates.min_by(Candidate::cmp)?;
        Some((next.place, next.errand))
    }

    /// For which errand a counter calls a certain ticket, if it may: of several, the one whose service
    /// the counter names first.
    pub(super) fn chosen(&self, place: usize, counter: u16) -> Option<usize> {
        let ticket = &self.tickets[place];
        let named: Vec<&String> = self.town.counter(counter)?.ranks.iter().flatten().collect();
        let ways = ticket.callable().filter_map(|errand| {
            let Errand { service, desk, .. } = &ticket.errands[errand];
            let named_at = named.iter().position(|named| *named == service);
            Some((self.rank(counter, desk)?, named_at, errand))
        });
        let (rank, _, errand) = ways.min()?;
        (rank == 0 || self.serves_class(counter, ticket)).then_some(errand)
    }

    /// Whether somebody in hand stays for another errand, and for which.
    pub(super) fn goes_on_with(&self, place: usize, counter: u16) -> Option<usize> {
        let ticket = &self.tickets[place];
        let others = (0..ticket.errands.len())
            .filter(|errand| *errand != ticket.current && !ticket.errands[*errand].done);
        let here = |errand: &usize| {
            let rank = self.rank(counter, &self.present_desk(&ticket.errands[*errand]));
            rank.is_some_and(|rank| rank == 0 || self.serves_class(counter, ticket))
        };
        let tried = if ticket.in_order { 1 } else { usize::MAX };
        others.take(tried).find(here)
    }

    /// Where an errand is done: instead of who has left, everybody.
    pub(super) fn present_desk(&self, errand: &Errand) -> Desk {
        let present = match &errand.desk {
            Desk::Service(_) => true,
            Desk::Counter(counter) => self.seats.contains_key(counter),
            Desk::Clerk(clerk) => self.seats.values().any(|seat| seat.clerk == *clerk),
        };
        if present {
            errand.desk.clone()
        } else {
            Desk::Service(errand.service.clone())
        }
    }

    fn candidates<'a>(
        &'a self,
        place: usize,
        ticket: &'a Ticket,
        counter: u16,
        now_ms: u64,
    ) -> impl Iterator<Item = Candidate<'a>> {
        ticket.callable().filter_map(move |errand| {
            let Errand { service, desk, .. } = &ticket.errands[errand];
            let rank = self.rank(counter, desk)?;
            if rank > 0 && !self.serves_class(counter, ticket) {
                return None;
            }
            let (standing, since_ms) = match ticket.place {
                Place::First(since_ms) => (2, since_ms),
                Place::AfterCalls(due) if self.calls_for(service) >= due => (2, ticket.missed_ms),
                Place::AfterCalls(_) => (0, 0),
                Place::ByScore => (1, 0),
            };
            let head_start_ms = self.town.class(&ticket.class)?.head_start_min * MINUTE_MS;
            let first_for = &self.town.counter(counter)?.first_for;
            Some(Candidate {
                place,
                errand,
                ticket,
                standing,
                since_ms,
                preferred: first_for.as_ref() == Some(&ticket.class),
                rank,
                credit_ms: u128::from(now_ms.saturating_sub(ticket.from_ms) + head_start_ms),
                target_ms: u128::from(self.town.target_ms(service, &ticket.class)),
            })
        })
    }

    /// In which rank a counter takes what is for a desk; 0 is what was handed over to it.
    fn rank(&self, counter: u16, desk: &Desk) -> Option<usize> {
        let clerk = &self.seats.get(&counter)?.clerk;
        let service = match desk {
            Desk::Counter(there) => return (*there == counter).then_some(0),
            Desk::Clerk(there) => return (there == clerk).then_some(0),
            Desk::Service(service) => service,
        };
        let skills = self.town.skills.iter().find(|(name, _)| name == clerk);
        let knows = skills.is_none_or(|(_, known)| known.contains(service));
        let ranks = &self.town.counter(counter)?.ranks;
        let rank = ranks.iter().position(|rank| rank.contains(service))?;
        knows.then_some(rank + 1)
    }

    fn serves_class(&self, counter: u16, ticket: &Ticket) -> bool {
        let only_for = self
            .town
            .counter(counter)
            .and_then(|counter| counter.only_for.as_ref());
        only_for.is_none_or(|class| *class == ticket.class)
    }
}

impl Candidate<'_> {
    /// The lesser one is called.
    fn cmp(&self, other: &Self) -> Ordering {
        let before = |one: &Self| {
            (
                Reverse(one.standing),
                one.since_ms,
                Reverse(one.preferred),
                one.rank,
            )
        };
        let came = |one: &Self| (one.ticket.from_ms, one.ticket.id, one.errand);
        let (mine, theirs) = (
            self.credit_ms * other.target_ms,
            other.credit_ms * self.target_ms,
        );
        before(self)
            .cmp(&before(other))
            .then(theirs.cmp(&mine))
            .then(came(self).cmp(&came(other)))
    }
}
