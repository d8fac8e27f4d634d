//! Who is next: the one rule, with numbers that a manager understands.
//!
//! Of the tickets that a counter may serve, the one with the greatest
//! `(waited + head start) / target` is called, and on a tie the earlier one. This is the
//! accumulating-priority queue (Kleinrock 1964; Stanford, Taylor and Ziedins 2014). Within a
//! service and class the first come has the greatest score, so only the heads of the lines
//! compete, and the cost does not grow with how many wait.
//!
//! Before the score come, in this order: who was put first, or missed a call and is due again; the
//! classes for which the counter is reserved first; what was handed over to this counter or clerk;
//! the ranks of its services. Who came back after a missed call and is not due yet is called only
//! when nobody else waits, for a counter never idles while somebody may be served. What was handed
//! over to a counter or clerk is served there whatever the counter is reserved for, because nobody
//! else may do it.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::iter;

use crate::line::{Line, Spot};
use crate::{
    ClassCode, Counter, CounterNumber, CounterPlan, Desk, Errand, Moment, Passed, Place, Queue,
    Reason, Ticket, TicketId, Why,
};

/// Overtaken tickets are counted up to here: in overload the exact figure tells nobody anything.
const OVERTAKEN_COUNTED: usize = 50;

/// Overtaken tickets that a call names.
const OVERTAKEN_NAMED: usize = 8;

/// The rank of what was handed over to a counter or clerk; those of services follow.
const HANDED_OVER: usize = 0;

/// The ticket that is next, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The ticket.
    pub ticket: TicketId,
    /// Which of its errands is done.
    pub errand: usize,
    /// Why.
    pub reason: Reason,
}

impl Queue {
    /// Whom this counter would call at `now`, if anybody.
    #[must_use]
    pub fn next_for(&self, number: CounterNumber, now: Moment) -> Option<Pick> {
        let seat = self.seat(number)?;
        // The second of each line is there to tell whether the winner was alone.
        let contenders: Vec<Contender> = self.contenders(&seat, now, 2).collect();
        let winner = contenders.iter().max_by(|a, b| a.cmp(b))?;
        let why = winner.why(&contenders);
        Some(self.pick(&seat, winner, why, now))
    }

    /// The next `count` tickets for this counter, as it stands now and if nobody else called.
    #[must_use]
    pub fn preview(&self, number: CounterNumber, now: Moment, count: usize) -> Vec<&Ticket> {
        let Some(seat) = self.seat(number) else {
            return Vec::new();
        };
        let mut first_ones: Vec<Contender> = self.contenders(&seat, now, count).collect();
        first_ones.sort_by(|a, b| b.cmp(a));
        let mut shown = BTreeSet::new();
        first_ones
            .into_iter()
            .map(|contender| contender.ticket)
            .filter(|ticket| shown.insert(ticket.id))
            .take(count)
            .collect()
    }

    /// A call of this ticket because a clerk wants it, if the counter may serve it.
    pub(crate) fn chosen(&self, number: CounterNumber, id: TicketId, now: Moment) -> Option<Pick> {
        let seat = self.seat(number)?;
        let ticket = self.day.ticket(id)?;
        let ways = seat.desks().into_iter().flat_map(|(desk, rank)| {
            let at_desk = move |(_, errand): &(usize, &Errand)| errand.desk == desk;
            ticket
                .callable_errands()
                .filter(at_desk)
                .map(move |(errand, _)| (errand, rank))
        });
        let (errand, rank) = ways.min_by_key(|(_, rank)| *rank)?;
        let contender = self.contender(&seat, ticket, (errand, rank), now)?;
        Some(self.pick(&seat, &contender, Why::Chosen, now))
    }

    /// Whether a counter does an errand of a ticket, with the clerk who sits there. What was
    /// handed over to somebody who has left is anybody's.
    pub(crate) fn does(&self, number: CounterNumber, ticket: &Ticket, errand: &Errand) -> bool {
        let Some(seat) = self.seat(number) else {
            return false;
        };
        let desk = if self.day.is_away(&errand.desk) {
            Desk::Service(errand.service.clone())
        } else {
            errand.desk.clone()
        };
        let does =
            |(known, rank): &(Desk, usize)| *known == desk && seat.allows(*rank, &ticket.class);
        seat.desks().iter().any(does)
    }

    fn seat(&self, number: CounterNumber) -> Option<Seat<'_>> {
        Some(Seat {
            queue: self,
            number,
            plan: self.settings.counters.get(&number)?,
            counter: self.day.counter(number)?,
        })
    }

    /// The first `count` of each line, class and service that the counter may serve.
    fn contenders<'a>(
        &'a self,
        seat: &Seat<'a>,
        now: Moment,
        count: usize,
    ) -> impl Iterator<Item = Contender<'a>> {
        let seat = *seat;
        seat.lines().flat_map(move |(desk, rank, line)| {
            let tickets = heads(line, count).filter_map(|id| self.day.ticket(id));
            tickets.flat_map(move |ticket| {
                let errands = ticket.callable_errands();
                let errands = errands.filter(move |(_, errand)| errand.desk == *desk);
                errands.filter_map(move |(errand, _)| {
                    self.contender(&seat, ticket, (errand, rank), now)
                })
            })
        })
    }

    fn contender<'a>(
        &self,
        seat: &Seat<'a>,
        ticket: &'a Ticket,
        (errand, rank): (usize, usize),
        now: Moment,
    ) -> Option<Contender<'a>> {
        let service = &ticket.errands.get(errand)?.service;
        let standing = match ticket.place {
            Place::First { since_ms } => Standing::First(Reverse(since_ms)),
            Place::AfterCalls(calls) if self.day.calls_for(service) >= calls => {
                Standing::First(Reverse(ticket.missed.at.steady_ms))
            }
            Place::AfterCalls(_) => Standing::NotYet,
            Place::ByScore => Standing::ByScore,
        };
        seat.allows(rank, &ticket.class).then(|| Contender {
            ticket,
            errand,
            standing,
            preferred: seat.plan.reserved.prefers(&ticket.class),
            rank,
            waited_ms: ticket.waited_ms(now),
            head_start_ms: self.settings.head_start_ms(&ticket.class),
            target_ms: self.settings.target_wait_ms(service, &ticket.class),
        })
    }

    fn pick(&self, seat: &Seat<'_>, winner: &Contender<'_>, why: Why, now: Moment) -> Pick {
        let (overtook, passed_over) = self.overtaken(seat, winner.ticket, now);
        Pick {
            ticket: winner.ticket.id,
            errand: winner.errand,
            reason: Reason {
                why,
                waited_ms: winner.waited_ms,
                head_start_ms: winner.head_start_ms,
                target_ms: winner.target_ms,
                overtook,
                passed_over,
            },
        }
    }

    /// Those who waited longer and whom a call of `winner` passes over: how many, and the first of
    /// them.
    fn overtaken(&self, seat: &Seat<'_>, winner: &Ticket, now: Moment) -> (u32, Vec<Passed>) {
        let before: Spot = (winner.waits_from_ms, winner.id);
        let lines = seat.lines().flat_map(|(_, rank, line)| {
            let parts = line.by_score.iter();
            let parts = parts.filter(move |((class, _), _)| seat.allows(rank, class));
            parts.map(|(_, spots)| spots.range(..before))
        });
        let earlier: BTreeSet<Spot> = merge(lines.collect()).take(OVERTAKEN_COUNTED).collect();
        let passed = |(_, id): &Spot| {
            let ticket = self.day.ticket(*id)?;
            Some(Passed {
                ticket: ticket.id,
                waited_ms: ticket.waited_ms(now),
                head_start_ms: self.settings.head_start_ms(&ticket.class),
                target_ms: self
                    .settings
                    .target_wait_ms(ticket.service(), &ticket.class),
            })
        };
        let named = earlier.iter().filter(|(_, id)| *id != winner.id);
        let named = named.filter_map(passed).take(OVERTAKEN_NAMED);
        (earlier.len() as u32, named.collect())
    }
}

/// An open counter and what it may call.
#[derive(Clone, Copy)]
struct Seat<'a> {
    queue: &'a Queue,
    number: CounterNumber,
    plan: &'a CounterPlan,
    counter: &'a Counter,
}

impl<'a> Seat<'a> {
    /// Whom it serves, with the rank of each: what was handed over to it, then its services that
    /// its clerk knows.
    fn desks(&self) -> Vec<(Desk, usize)> {
        let own = [
            (Desk::Counter(self.number), HANDED_OVER),
            (Desk::Clerk(self.counter.clerk.clone()), HANDED_OVER),
        ];
        let ranks = self.plan.ranks.iter().enumerate();
        let services = ranks.flat_map(|(rank, services)| {
            let known = services
                .iter()
                .filter(|service| self.queue.settings.knows(&self.counter.clerk, service));
            known.map(move |service| (Desk::Service(service.clone()), rank + 1))
        });
        own.into_iter().chain(services).collect()
    }

    /// Whether somebody of a class may be served, as one of this rank.
    fn allows(&self, rank: usize, class: &ClassCode) -> bool {
        rank == HANDED_OVER || self.plan.reserved.allows(class)
    }

    fn lines(self) -> impl Iterator<Item = (&'a Desk, usize, &'a Line)> {
        let lines: &'a BTreeMap<Desk, Line> = &self.queue.day.index.lines;
        self.desks().into_iter().filter_map(move |(desk, rank)| {
            let (desk, line) = lines.get_key_value(&desk)?;
            Some((desk, rank, line))
        })
    }
}

/// The first `count` of each part of a line.
fn heads(line: &Line, count: usize) -> impl Iterator<Item = TicketId> {
    // Few are put first or come back, and not all of them may be of a class that is served here.
    let parts = line.by_score.values();
    let by_score = parts.flat_map(move |spots| spots.iter().take(count));
    line.out_of_turn().chain(by_score.map(|(_, id)| *id))
}

/// Joins sorted runs into one, in which everything stands once.
fn merge<'a, I: Iterator<Item = &'a Spot>>(mut runs: Vec<I>) -> impl Iterator<Item = Spot> {
    let mut heads: BinaryHeap<Reverse<(Spot, usize)>> = runs
        .iter_mut()
        .enumerate()
        .filter_map(|(place, run)| Some(Reverse((*run.next()?, place))))
        .collect();
    let mut last = None;
    iter::from_fn(move || {
        loop {
            let Reverse((spot, place)) = heads.pop()?;
            heads.extend(runs[place].next().map(|next| Reverse((*next, place))));
            if last.replace(spot) != Some(spot) {
                return Some(spot);
            }
        }
    })
}

/// Whether a ticket goes before the others, with them or after them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Back after a missed call, and not due yet.
    NotYet,
    /// With the others.
    ByScore,
    /// Before them, the longest there before the others that are.
    First(Reverse<u64>),
}

/// A ticket at the head of its line, with all that decides.
struct Contender<'a> {
    ticket: &'a Ticket,
    errand: usize,
    standing: Standing,
    preferred: bool,
    rank: usize,
    waited_ms: u64,
    head_start_ms: u64,
    target_ms: u64,
}

impl Contender<'_> {
    /// The greater one is called.
    fn cmp(&self, other: &Self) -> Ordering {
        self.standing
            .cmp(&other.standing)
            .then(self.preferred.cmp(&other.preferred))
            .then(other.rank.cmp(&self.rank))
            .then_with(|| self.cmp_by_score(other))
    }

    /// Orders by score, and equal scores so that the earlier ticket is the greater, and of one
    /// ticket the errand that was named earlier.
    fn cmp_by_score(&self, other: &Self) -> Ordering {
        let mine = u128::from(self.waited_ms) + u128::from(self.head_start_ms);
        let theirs = u128::from(other.waited_ms) + u128::from(other.head_start_ms);
        let mine = mine * u128::from(other.target_ms);
        let theirs = theirs * u128::from(self.target_ms);
        mine.cmp(&theirs)
            .then_with(|| self.earliness().cmp(&other.earliness()))
    }

    fn earliness(&self) -> Reverse<(Spot, usize)> {
        let spot = (self.ticket.waits_from_ms, self.ticket.id);
        Reverse((spot, self.errand))
    }

    /// By which rule this one won against all.
    fn why(&self, all: &[Contender<'_>]) -> Why {
        match (self.standing, self.ticket.place) {
            (Standing::First(_), Place::First { .. }) => return Why::PutFirst,
            (Standing::First(_), _) => return Why::Returned,
            _ => {}
        }
        let mut others = all
            .iter()
            .filter(|other| other.ticket.id != self.ticket.id)
            .filter(|other| other.standing == self.standing)
            .peekable();
        if others.peek().is_none() {
            return Why::Alone;
        }
        match others.max_by(|a, b| a.cmp_by_score(b)) {
            Some(best) if self.cmp_by_score(best) == Ordering::Less => {
                if self.preferred && !best.preferred {
                    Why::Reserved
                } else {
                    Why::Rank
                }
            }
            _ => Why::Score,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, MINUTE_MS, ONE, TWO, class, service, settings};
    use crate::{Command, PutBack, Reserved, Settings};

    fn call(hall: &mut Hall, counter: u16) -> TicketId {
        hall.act(&Command::CallNext(CounterNumber(counter)));
        hall.act(&Command::Arrive(CounterNumber(counter)));
        hall.queue.day().in_hand(CounterNumber(counter)).unwrap().id
    }

    #[test]
    fn among_equals_the_first_come_is_the_first_served() {
        let mut hall = Hall::open();
        hall.sit(1, "王芳");
        let tickets: Vec<_> = (0..5).map(|_| hall.take("A", "ordinary")).collect();
        let called: Vec<_> = (0..5).map(|_| call(&mut hall, 1)).collect();
        assert_eq!(called, tickets);
    }

    #[test]
    fn a_favoured_customer_goes_before_one_who_waited_less_than_four_times_as_long() {
        let mut hall = Hall::open();
        hall.sit(1, "王芳");
        let long = hall.take("A", "ordinary");
        hall.wait(9 * MINUTE_MS);
        let short = hall.take("A", "ordinary");
        let elderly = hall.take("A", "elderly");
        hall.wait(3 * MINUTE_MS + 1);
        // 12 of 20 minutes against 3 of 5, and one millisecond counts more against a smaller target.
        let reason = hall
            .queue
            .next_for(CounterNumber(1), hall.now().at)
            .unwrap()
            .reason;
        let passed: Vec<_> = reason
            .passed_over
            .iter()
            .map(|passed| passed.ticket)
            .collect();
        assert_eq!((reason.why, reason.overtook), (Why::Score, 2));
        assert_eq!(passed, [long, short]);
        assert_eq!([(); 3].map(|()| call(&mut hall, 1)), [elderly, long, short]);
    }

    #[test]
    fn nobody_starves_for_an_ordinary_customer_gains_too() {
        let mut hall = Hall::open();
        hall.sit(1, "王芳");
        let ordinary = hall.take("A", "ordinary");
        hall.wait(20 * MINUTE_MS);
        hall.take("A", "elderly");
        assert_eq!(call(&mut hall, 1), ordinary);
    }

    #[test]
    fn the_preview_is_the_order_of_the_calls() {
        let mut hall = Hall::open();
        hall.sit(2, "王芳");
        for (service, class) in [
            ("A", "ordinary"),
            ("B", "elderly"),
            ("A", "elderly"),
            ("B", "ordinary"),
        ] {
            hall.take(service, class);
            hall.wait(MINUTE_MS);
        }
        let preview: Vec<_> = hall
            .queue
            .preview(CounterNumber(2), hall.now().at, 4)
            .iter()
            .map(|ticket| ticket.id)
            .collect();
        let called: Vec<_> = (0..4).map(|_| call(&mut hall, 2)).collect();
        assert_eq!(preview, called);
    }

    fn why(hall: &Hall, ticket: TicketId) -> Why {
        hall.ticket(ticket)
            .call
            .clone()
            .unwrap()
            .reason
            .unwrap()
            .why
    }

    /// The sample, with its second counter of this plan.
    fn with_second(plan: CounterPlan) -> Hall {
        let mut settings = settings();
        settings.counters.insert(TWO, plan);
        Hall::staffed(settings)
    }

    #[test]
    fn a_service_of_a_later_rank_is_called_when_nobody_of_an_earlier_one_waits() {
        let ranks = vec![vec![service("B")], vec![service("A")]];
        let reserved = Reserved::No;
        let mut hall = with_second(CounterPlan { ranks, reserved });
        let later = hall.take("A", "elderly");
        hall.wait(9 * MINUTE_MS);
        let earlier = hall.take("B", "ordinary");
        assert_eq!([hall.serve(TWO), hall.serve(TWO)], [earlier, later]);
        assert_eq!(
            (why(&hall, earlier), why(&hall, later)),
            (Why::Rank, Why::Alone)
        );
    }

    #[test]
    fn a_clerk_calls_for_the_services_that_he_knows() {
        let mut hall = Hall::staffed(Settings {
            skills: [("李强".to_owned(), [service("B")].into())].into(),
            ..settings()
        });
        hall.take("A", "elderly");
        hall.wait(MINUTE_MS);
        let known = hall.take("B", "ordinary");
        assert_eq!(hall.serve(TWO), known);
        hall.finish(TWO);
        assert!(hall.queue.next_for(TWO, hall.now().at).is_none());
    }

    #[test]
    fn a_counter_reserved_for_a_class_serves_it_first_or_alone() {
        let elderly: BTreeSet<ClassCode> = [class("elderly")].into();
        let plan = |reserved| CounterPlan {
            reserved,
            ..CounterPlan::new(vec![service("A")])
        };
        let mut hall = with_second(plan(Reserved::First(elderly.clone())));
        let ordinary = hall.take("A", "ordinary");
        hall.wait(60 * MINUTE_MS);
        let favoured = hall.take("A", "elderly");
        assert_eq!([hall.serve(TWO), hall.serve(TWO)], [favoured, ordinary]);
        assert_eq!(why(&hall, favoured), Why::Reserved);

        let mut hall = with_second(plan(Reserved::Only(elderly)));
        hall.take("A", "ordinary");
        hall.wait(60 * MINUTE_MS);
        let favoured = hall.take("A", "elderly");
        assert_eq!(hall.serve(TWO), favoured);
        hall.finish(TWO);
        assert!(hall.queue.next_for(TWO, hall.now().at).is_none());
    }

    #[test]
    fn nobody_is_called_alone_while_somebody_of_the_same_class_waits() {
        let mut hall = Hall::staffed(settings());
        let (first, second) = (hall.take("A", "ordinary"), hall.take("A", "ordinary"));
        assert_eq!([hall.serve(ONE), hall.serve(ONE)], [first, second]);
        assert_eq!(
            (why(&hall, first), why(&hall, second)),
            (Why::Score, Why::Alone)
        );
    }

    #[test]
    fn among_those_handed_over_to_a_counter_the_targets_of_their_services_count() {
        let mut settings = settings();
        let b = settings.services.get_mut(&service("B")).unwrap();
        b.target_wait_ms.insert(class("ordinary"), 2 * MINUTE_MS);
        let mut hall = Hall::staffed(settings);
        let hand_over = |hall: &mut Hall, counter| {
            hall.act(&Command::Transfer {
                counter,
                to: Desk::Counter(TWO),
                note: None,
                keep_time: true,
                come_back: false,
            });
        };
        let of_a = [(); 3].map(|()| {
            let ticket = hall.take("A", "ordinary");
            hall.serve(ONE);
            hand_over(&mut hall, ONE);
            ticket
        });
        hall.wait(MINUTE_MS);
        let of_b = hall.take("B", "ordinary");
        hall.serve(CounterNumber(3));
        hand_over(&mut hall, CounterNumber(3));
        hall.wait(MINUTE_MS);
        let called = [hall.serve(TWO), hall.serve(TWO)];
        assert_eq!(called, [of_b, of_a[0]], "1 of 2 minutes against 2 of 20");
    }

    #[test]
    fn of_several_who_were_put_first_the_earlier_one_is_called() {
        let mut hall = Hall::staffed(settings());
        let tickets = [hall.take("A", "ordinary"), hall.take("A", "elderly")];
        let put_first = tickets.map(|_| {
            let ticket = hall.serve(ONE);
            hall.act(&Command::Hold {
                counter: ONE,
                reason: String::new(),
                for_ms: None,
            });
            ticket
        });
        for ticket in put_first {
            hall.act(&Command::ResumeHeld(ONE, ticket));
            hall.wait(1);
            hall.act(&Command::PutBack(ONE, PutBack::First));
        }
        hall.take("A", "elderly");
        assert_eq!([hall.serve(ONE), hall.serve(ONE)], put_first);
        assert_eq!(why(&hall, put_first[1]), Why::PutFirst);
    }

    #[test]
    fn who_is_passed_over_in_two_lines_is_counted_once_and_fifty_are_enough() {
        let overtook = |waiting: usize| {
            let mut hall = Hall::staffed(settings());
            for _ in 0..waiting {
                hall.take_all(&["A", "B"], "ordinary");
            }
            hall.wait(1);
            hall.take("A", "elderly");
            hall.wait(MINUTE_MS);
            let reason = hall.queue.next_for(TWO, hall.now().at).unwrap().reason;
            (reason.overtook, reason.passed_over.len())
        };
        assert_eq!(
            [overtook(7), overtook(40), overtook(90)],
            [(7, 7), (40, 8), (50, 8)]
        );
    }
}
