//! Who is next, found by looking at everybody.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

use proptest::prelude::*;
use queue::{CounterNumber, Desk, Place, Reason, Reserved, ServiceCode, State, TicketId, Why};

use crate::model::{Errand, Held, Model, Ticket};

/// Somebody whom a counter may call, for one errand.
pub struct Candidate<'a> {
    pub ticket: &'a Ticket,
    pub errand: usize,
    /// 2: put first, or back and due. 1: by score. 0: back and not due yet.
    standing: u8,
    since_ms: u64,
    preferred: bool,
    rank: usize,
    credit_ms: u128,
    target_ms: u128,
}

impl Model {
    /// Everybody whom a counter may call, whoever is next first.
    pub fn candidates(&self, counter: CounterNumber, now_ms: u64) -> Vec<Candidate<'_>> {
        if !self.seats.contains_key(&counter) {
            return Vec::new();
        }
        let of_ticket = |ticket| self.candidates_of(ticket, counter, now_ms);
        let mut candidates: Vec<_> = self.waiting().flat_map(of_ticket).collect();
        candidates.sort_by(Candidate::cmp);
        candidates
    }

    pub fn may_be_called(&self, id: TicketId, counter: CounterNumber, now_ms: u64) -> bool {
        let candidates = self.candidates(counter, now_ms);
        candidates.iter().any(|candidate| candidate.ticket.id == id)
    }

    fn candidates_of<'a>(
        &self,
        ticket: &'a Ticket,
        counter: CounterNumber,
        now_ms: u64,
    ) -> Vec<Candidate<'a>> {
        let candidate = |errand: usize| {
            let Errand { service, desk, .. } = &ticket.errands[errand];
            let calls = self.calls_for(service);
            let (standing, since_ms) = match ticket.place {
                Place::First { since_ms } => (2, since_ms),
                Place::AfterCalls(due) if calls >= due => (2, ticket.missed_ms),
                Place::AfterCalls(_) => (0, 0),
                Place::ByScore => (1, 0),
            };
            let waited_ms = now_ms.saturating_sub(ticket.from_ms);
            let class = &self.settings.classes[&ticket.class];
            Some(Candidate {
                ticket,
                errand,
                standing,
                since_ms,
                preferred: self.prefers(counter, ticket),
                rank: self.rank(counter, ticket, desk)?,
                credit_ms: u128::from(waited_ms + class.head_start_ms),
                target_ms: u128::from(self.target_ms(service, ticket)),
            })
        };
        ticket
            .callable()
            .into_iter()
            .filter_map(candidate)
            .collect()
    }

    pub fn target_ms(&self, service: &ServiceCode, ticket: &Ticket) -> u64 {
        let of_service = self.settings.services[service]
            .target_wait_ms
            .get(&ticket.class);
        let of_class = self.settings.classes[&ticket.class].target_wait_ms;
        *of_service.unwrap_or(&of_class)
    }

    fn prefers(&self, counter: CounterNumber, ticket: &Ticket) -> bool {
        let reserved = &self.settings.counters[&counter].reserved;
        matches!(reserved, Reserved::First(classes) if classes.contains(&ticket.class))
    }

    /// In which rank a counter serves a ticket at a desk; the first is who was handed over to it.
    fn rank(&self, counter: CounterNumber, ticket: &Ticket, desk: &Desk) -> Option<usize> {
        let clerk = &self.seats.get(&counter)?.clerk;
        let service = match desk {
            Desk::Counter(there) => return (*there == counter).then_some(0),
            Desk::Clerk(there) => return (there == clerk).then_some(0),
            Desk::Service(service) => service,
        };
        let plan = &self.settings.counters[&counter];
        let serves_class = match &plan.reserved {
            Reserved::Only(classes) => classes.contains(&ticket.class),
            _ => true,
        };
        let skills = self.settings.skills.get(clerk);
        let knows = skills.is_none_or(|known| known.contains(service));
        let rank = plan.ranks.iter().position(|rank| rank.contains(service))?;
        (serves_class && knows).then_some(rank + 1)
    }

    /// Where an errand is done: who has left is replaced by everybody.
    pub fn present_desk(&self, errand: &Errand) -> Desk {
        let present = match &errand.desk {
            Desk::Service(_) => true,
            Desk::Counter(counter) => self.seats.contains_key(counter),
            Desk::Clerk(clerk) => self.seats.values().any(|seat| seat.clerk == *clerk),
        };
        let anybody = || Desk::Service(errand.service.clone());
        if present {
            errand.desk.clone()
        } else {
            anybody()
        }
    }

    /// Whether a customer stays at the counter for another errand when the present one is done.
    pub fn then(&self, id: TicketId) -> bool {
        let Some(ticket) = self.known(id) else {
            return false;
        };
        let Some(counter) = ticket.counter else {
            return false;
        };
        let others = (0..ticket.errands.len()).filter(|place| *place != ticket.current);
        let open: Vec<_> = others
            .filter(|place| !ticket.errands[*place].done)
            .collect();
        let next = if ticket.in_order { 1 } else { open.len() };
        open.iter().take(next).any(|place| {
            let desk = self.present_desk(&ticket.errands[*place]);
            self.rank(counter, ticket, &desk).is_some()
        })
    }

    /// The one called is the one whom the rule names, and the reason says so.
    pub fn names_the_next(
        &self,
        (id, errand): (TicketId, usize),
        counter: CounterNumber,
        reason: &Reason,
        now_ms: u64,
    ) -> Held {
        let why = reason.why;
        let candidates = self.candidates(counter, now_ms);
        let called = candidates
            .iter()
            .find(|one| (one.ticket.id, one.errand) == (id, errand));
        let Some(called) = called else {
            return Err(TestCaseError::fail(format!(
                "{id} may not be called to {counter}"
            )));
        };
        called.says_what_is_so(reason, &candidates, now_ms)?;
        if why == Why::Chosen {
            return Ok(());
        }
        let best = &candidates[0];
        prop_assert_eq!(
            called.cmp(best),
            Ordering::Equal,
            "{:?} is next",
            best.ticket
        );
        let like_it = |one: &&Candidate<'_>| one.standing == called.standing && one.ticket.id != id;
        let alone = called.standing < 2 && !candidates.iter().any(|one| like_it(&one));
        prop_assert_eq!(why == Why::Alone, alone, "whether nobody else waits");
        let out_of_turn = matches!(why, Why::PutFirst | Why::Returned);
        prop_assert_eq!(out_of_turn, called.standing == 2);
        prop_assert_eq!(called.ticket.state, State::Waiting);
        first_come_first_served(called, &candidates)
    }
}

/// Within a class and service at equal rank nobody who came earlier is passed over. The candidates
/// above say the same in another way; this says it as people in the hall do.
fn first_come_first_served(called: &Candidate<'_>, candidates: &[Candidate<'_>]) -> Held {
    let service = |one: &Candidate<'_>| one.ticket.errands[one.errand].service.clone();
    let like_it = |one: &&Candidate<'_>| {
        (one.standing, one.rank) == (1, called.rank)
            && one.ticket.class == called.ticket.class
            && service(one) == service(called)
    };
    for other in candidates
        .iter()
        .filter(like_it)
        .filter(|_| called.standing == 1)
    {
        let came = |one: &Candidate<'_>| (one.ticket.from_ms, one.ticket.id);
        prop_assert!(came(called) <= came(other), "first come, first served");
    }
    Ok(())
}

impl Candidate<'_> {
    /// The reason has the numbers of the rule, and names those who came earlier, up to eight of them.
    fn says_what_is_so(&self, reason: &Reason, all: &[Self], now_ms: u64) -> Held {
        let waited_ms = now_ms.saturating_sub(self.ticket.from_ms);
        prop_assert_eq!(reason.waited_ms, waited_ms);
        let credit_ms = u128::from(reason.waited_ms + reason.head_start_ms);
        let target_ms = u128::from(reason.target_ms);
        prop_assert_eq!((credit_ms, target_ms), (self.credit_ms, self.target_ms));
        let came = |one: &Self| (one.ticket.from_ms, one.ticket.id);
        let by_score = all.iter().filter(|one| one.standing == 1);
        let earlier: BTreeSet<_> = by_score.map(came).filter(|one| *one < came(self)).collect();
        let named = earlier.iter().map(|(_, id)| *id).take(8);
        prop_assert_eq!(reason.overtook as usize, earlier.len().min(50));
        prop_assert!(named.eq(reason.passed_over.iter().map(|passed| passed.ticket)));
        Ok(())
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let before = |one: &Self| {
            let standing = (Reverse(one.standing), one.since_ms);
            (standing, Reverse(one.preferred), one.rank)
        };
        let mine = self.credit_ms * other.target_ms;
        let theirs = other.credit_ms * self.target_ms;
        let came = |one: &Self| (one.ticket.from_ms, one.ticket.id, one.errand);
        before(self)
            .cmp(&before(other))
            .then(theirs.cmp(&mine))
            .then(came(self).cmp(&came(other)))
    }
}
