//! One day, event by event: who comes takes a ticket, who is free calls, who is called walks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::civil::DateTime;

use super::desk::{Desk, Rules};
use crate::rehearsal::Customer;

/// When a hall works, and how fast people walk in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// When the doors open, local time. Every counter opens with them.
    pub opens: DateTime,
    /// When they close, in milliseconds after opening. Whoever waits then is served.
    pub closes_ms: u64,
    /// From the call to standing at the counter, in milliseconds.
    pub walk_ms: u64,
    /// How long a clerk waits for somebody who does not come, in milliseconds.
    pub no_show_ms: u64,
}

/// What became of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// What became of each customer, in the order of arrival.
    pub visits: Vec<Visit>,
    /// Calls by which somebody went before an earlier customer whom the counter could have served.
    pub overtaking_calls: u32,
    /// Time that counters were open until the doors closed, of all counters together, in
    /// milliseconds.
    pub open_ms: u64,
    /// Of that, with nobody called or served, in milliseconds.
    pub idle_ms: u64,
    /// Time that counters were idle while somebody waited whom they could serve, in milliseconds.
    pub idle_while_wanted_ms: u64,
    /// How many waited when the doors closed.
    pub left_at_closing: u32,
    /// When the last customer was done, in milliseconds after opening.
    pub ends_ms: u64,
}

/// What became of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// How it ended.
    pub fate: Fate,
    /// From the ticket to the call, in milliseconds; 0 if there was none.
    pub waited_ms: u64,
    /// How often somebody who came later was called first by a counter that could have called this
    /// one.
    pub overtaken: u32,
}

/// How a visit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// With the business done.
    Served,
    /// Gone before the call.
    NoShow,
    /// Without a ticket: the hall has none for this customer.
    TurnedAway,
    /// With a ticket that no counter ever called.
    NeverCalled,
}

/// Plays a day of a hall to its end. Customers are in the order of arrival.
///
/// The simulation leaves nothing to chance and chooses nobody: whenever something has changed, every
/// free counter asks the rules for the next, the one that has been free longest first.
///
/// # Panics
/// If the rules refuse what a hall does by their own answers, which is a fault of the program.
#[must_use]
pub fn play(rules: &Rules, hours: &Hours, customers: &[Customer]) -> Played {
    let mut floor = Floor::new(rules, hours, customers);
    for counter in 0..rules.counters() {
        floor.desk.sign_in(0, counter);
    }
    floor.at(hours.closes_ms, Step::DoorsClose);
    while let Some((at_ms, step)) = floor.next() {
        floor.let_pass(at_ms);
        floor.happen(step);
        floor.call_where_free();
    }
    floor.played
}

/// What can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Comes(usize),
    DoorsClose,
    /// The called customer stands at the counter.
    Meets(usize),
    /// The customer at the counter is done.
    Leaves(usize),
    /// Nobody came to the counter.
    GivesUp(usize),
}

/// Somebody who waits.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    customer: usize,
    line: usize,
}

/// A service and class that people come for, and how many wait.
struct Line<'a> {
    of: &'a Customer,
    waiting: u32,
    /// For each counter, whether it may serve this line.
    served_at: Vec<bool>,
}

/// The hall while a day is played.
struct Floor<'a> {
    desk: Desk<'a>,
    hours: &'a Hours,
    customers: &'a [Customer],
    /// Whom each counter has called, by its place.
    in_hand: Vec<Option<usize>>,
    /// Counters without a customer, the one that has been free longest first.
    free: Vec<usize>,
    /// Who waits, in the order of arrival.
    waiting: Vec<Waiting>,
    lines: Vec<Line<'a>>,
    /// The line of each customer.
    line_of: Vec<usize>,
    arrived: usize,
    agenda: BinaryHeap<Reverse<(u64, u64, Step)>>,
    steps: u64,
    now_ms: u64,
    played: Played,
}

impl<'a> Floor<'a> {
    fn new(rules: &'a Rules, hours: &'a Hours, customers: &'a [Customer]) -> Self {
        let counters = rules.counters();
        let (lines, line_of) = lines(rules, customers);
        let not_yet = Visit {
            fate: Fate::NeverCalled,
            waited_ms: 0,
            overtaken: 0,
        };
        Self {
            desk: Desk::open(rules, hours.opens),
            hours,
            customers,
            in_hand: vec![None; counters],
            free: (0..counters).collect(),
            waiting: Vec::new(),
            lines,
            line_of,
            arrived: 0,
            agenda: BinaryHeap::new(),
            steps: 0,
            now_ms: 0,
            played: Played {
                visits: vec![not_yet; customers.len()],
                open_ms: hours.closes_ms.saturating_mul(counters as u64),
                ..Played::default()
            },
        }
    }

    /// Puts a step on the agenda. Steps of the same millisecond happen in the order in which they
    /// were put there.
    fn at(&mut self, at_ms: u64, step: Step) {
        self.steps += 1;
        self.agenda.push(Reverse((at_ms, self.steps, step)));
    }

    fn next(&mut self) -> Option<(u64, Step)> {
        let comes_ms = self
            .customers
            .get(self.arrived)
            .map(|customer| customer.comes_ms);
        let planned_ms = self.agenda.peek().map(|Reverse((at_ms, ..))| *at_ms);
        match (comes_ms, planned_ms) {
            (Some(comes_ms), planned_ms) if planned_ms.is_none_or(|at_ms| comes_ms < at_ms) => {
                self.arrived += 1;
                Some((comes_ms, Step::Comes(self.arrived - 1)))
            }
            _ => self
                .agenda
                .pop()
                .map(|Reverse((at_ms, _, step))| (at_ms, step)),
        }
    }

    /// Counts what the counters do until then.
    fn let_pass(&mut self, until_ms: u64) {
        let passed_ms = until_ms - self.now_ms;
        let before_closing_ms = until_ms
            .min(self.hours.closes_ms)
            .saturating_sub(self.now_ms);
        self.played.idle_ms += before_closing_ms * self.free.len() as u64;
        if passed_ms > 0 && !self.waiting.is_empty() {
            let wanted = self.free.iter().filter(|counter| self.is_wanted(**counter));
            self.played.idle_while_wanted_ms += passed_ms * wanted.count() as u64;
        }
        self.now_ms = until_ms;
    }

    fn is_wanted(&self, counter: usize) -> bool {
        let wanted = |line: &Line<'_>| line.waiting > 0 && line.served_at[counter];
        self.lines.iter().any(wanted)
    }

    fn happen(&mut self, step: Step) {
        match step {
            Step::Comes(customer) => self.take(customer),
            Step::DoorsClose => self.played.left_at_closing = self.waiting.len() as u32,
            Step::Meets(counter) => self.meet(counter),
            Step::Leaves(counter) => {
                self.desk.finish(self.now_ms, counter);
                self.let_go(counter, Fate::Served);
            }
            Step::GivesUp(counter) => {
                self.desk.no_show(self.now_ms, counter);
                self.let_go(counter, Fate::NoShow);
            }
        }
    }

    fn take(&mut self, customer: usize) {
        let line = self.line_of[customer];
        if self
            .desk
            .take(self.now_ms, customer, &self.customers[customer])
        {
            self.waiting.push(Waiting { customer, line });
            self.lines[line].waiting += 1;
        } else {
            self.played.visits[customer].fate = Fate::TurnedAway;
        }
    }

    fn call_where_free(&mut self) {
        let mut place = 0;
        while !self.waiting.is_empty() && place < self.free.len() {
            let counter = self.free[place];
            match self.desk.call(self.now_ms, counter) {
                Some(customer) => {
                    self.free.remove(place);
                    self.called(counter, customer);
                }
                None => place += 1,
            }
        }
    }

    fn called(&mut self, counter: usize, customer: usize) {
        self.leave_room(counter, customer);
        self.in_hand[counter] = Some(customer);
        let Customer {
            comes_ms,
            patience_ms,
            ..
        } = self.customers[customer];
        let waited_ms = self.now_ms - comes_ms;
        self.played.visits[customer].waited_ms = waited_ms;
        if waited_ms > patience_ms {
            self.at(self.now_ms + self.hours.no_show_ms, Step::GivesUp(counter));
        } else {
            self.at(self.now_ms + self.hours.walk_ms, Step::Meets(counter));
        }
    }

    /// Takes the called customer out of the room. Those who came earlier and could have been called
    /// instead have been overtaken.
    fn leave_room(&mut self, counter: usize, customer: usize) {
        let mut overtook = false;
        let mut place = 0;
        while place < self.waiting.len() && self.waiting[place].customer != customer {
            let earlier = self.waiting[place];
            if self.lines[earlier.line].served_at[counter] {
                self.played.visits[earlier.customer].overtaken += 1;
                overtook = true;
            }
            place += 1;
        }
        let called = self.waiting.remove(place);
        self.lines[called.line].waiting -= 1;
        self.played.overtaking_calls += u32::from(overtook);
    }

    fn meet(&mut self, counter: usize) {
        self.desk.arrive(self.now_ms, counter);
        if let Some(customer) = self.in_hand[counter] {
            let handling_ms = self.customers[customer].handling_ms;
            self.at(self.now_ms + handling_ms, Step::Leaves(counter));
        }
    }

    fn let_go(&mut self, counter: usize, fate: Fate) {
        self.free.push(counter);
        self.played.ends_ms = self.now_ms;
        if let Some(customer) = self.in_hand[counter].take() {
            self.played.visits[customer].fate = fate;
        }
    }
}

/// The lines that these customers stand in, and which one each of them stands in.
fn lines<'a>(rules: &Rules, customers: &'a [Customer]) -> (Vec<Line<'a>>, Vec<usize>) {
    let mut lines: Vec<Line<'a>> = Vec::new();
    let mut line_of = Vec::with_capacity(customers.len());
    for of in customers {
        let same = |line: &Line<'_>| line.of.service == of.service && line.of.class == of.class;
        let line = lines.iter().position(same).unwrap_or_else(|| {
            let may_serve = |counter| rules.may_serve(counter, &of.service, &of.class);
            lines.push(Line {
                of,
                waiting: 0,
                served_at: (0..rules.counters()).map(may_serve).collect(),
            });
            lines.len() - 1
        });
        line_of.push(line);
    }
    (lines, line_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::HallSettings;
    use queue::{ClassCode, ServiceCode};

    const MINUTE_MS: u64 = 60_000;

    fn comes(minute: u64, class: &str, handling_min: u64) -> Customer {
        Customer {
            comes_ms: minute * MINUTE_MS,
            service: ServiceCode::new("V"),
            class: ClassCode::new(class),
            handling_ms: handling_min * MINUTE_MS,
            patience_ms: 15 * MINUTE_MS,
        }
    }

    /// Key accounts are served at counter 6 alone. It takes a minute to walk there and two to give
    /// up.
    fn played(customers: &[Customer]) -> Played {
        let hours = Hours {
            opens: jiff::civil::date(2026, 11, 20).at(8, 30, 0, 0),
            closes_ms: 12 * MINUTE_MS,
            walk_ms: MINUTE_MS,
            no_show_ms: 2 * MINUTE_MS,
        };
        play(
            &Rules::new(&HallSettings::default_hall()),
            &hours,
            customers,
        )
    }

    #[test]
    fn a_day_goes_as_it_is_worked_out_by_hand() {
        let day = played(&[
            comes(1, "ordinary", 9),
            comes(2, "ordinary", 4),
            comes(3, "elderly", 3),
            comes(4, "ordinary", 5),
        ]);
        // Called at 1; at 11 the elderly one, for 8/5 is more than 9/20; at 15 the second; at 20 the
        // last, who has left after 15 minutes and is given up at 22.
        let visit = |fate, waited_min, overtaken| Visit {
            fate,
            waited_ms: waited_min * MINUTE_MS,
            overtaken,
        };
        assert_eq!(
            day.visits,
            [
                visit(Fate::Served, 0, 0),
                visit(Fate::Served, 13, 1),
                visit(Fate::Served, 8, 0),
                visit(Fate::NoShow, 16, 0),
            ]
        );
        assert_eq!((day.overtaking_calls, day.left_at_closing), (1, 2));
        assert_eq!(day.ends_ms, 22 * MINUTE_MS);
        // Six counters for twelve minutes, of which counter 6 worked eleven.
        assert_eq!((day.open_ms, day.idle_ms), (72 * MINUTE_MS, 61 * MINUTE_MS));
        assert_eq!(day.idle_while_wanted_ms, 0);
    }

    #[test]
    fn who_comes_for_what_the_hall_does_not_do_is_turned_away() {
        let stranger = Customer {
            service: ServiceCode::new("X"),
            ..comes(1, "ordinary", 1)
        };
        assert_eq!(played(&[stranger]).visits[0].fate, Fate::TurnedAway);
    }

    #[test]
    fn who_is_of_a_class_that_the_hall_does_not_have_comes_as_an_ordinary_customer() {
        let day = played(&[
            comes(1, "ordinary", 9),
            comes(2, "ordinary", 4),
            comes(3, "unheard-of", 3),
        ]);
        let waits_min: Vec<u64> = day
            .visits
            .iter()
            .map(|visit| visit.waited_ms / MINUTE_MS)
            .collect();
        assert_eq!(waits_min, [0, 9, 13]);
    }
}
