//! What is always true of a hall. Checked after every step of the tests, and by whoever doubts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::index::Index;
use crate::{Channel, Queue, State, Ticket};

/// An invariant that does not hold, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

impl Queue {
    /// Checks everything that must always hold.
    ///
    /// # Errors
    /// The first that does not.
    pub fn check(&self) -> Result<(), Broken> {
        self.numbers_run_without_gap_or_repeat()?;
        self.what_is_looked_up_is_what_the_tickets_say()?;
        self.each_ticket_is_in_one_hand_and_each_hand_at_an_open_counter()?;
        self.day.tickets.iter().try_for_each(errands_fit_the_state)
    }

    fn numbers_run_without_gap_or_repeat(&self) -> Result<(), Broken> {
        let mut last = BTreeMap::new();
        for (place, ticket) in self.day.tickets.iter().enumerate() {
            hold(ticket.id.serial() as usize == place + 1, || {
                format!("{} stands at place {place}", ticket.id)
            })?;
            let number = &ticket.number;
            let before = last.insert(&number.series, number.value);
            // Of the pre-printed roll another piece may have been put in.
            let roll = self.settings.roll.as_ref();
            let torn_off = roll.is_some_and(|roll| roll.series == number.series);
            let follows = |last| number.value == last + 1 || torn_off && number.value > last;
            hold(before.is_none_or(follows), || {
                format!("{number} follows number {before:?}")
            })?;
        }
        Ok(())
    }

    /// Each waiting ticket stands in its lines and nowhere else, each called one is in a hand, and
    /// what is due is in the list of what is due.
    fn what_is_looked_up_is_what_the_tickets_say(&self) -> Result<(), Broken> {
        let mut index = Index::default();
        for ticket in &self.day.tickets {
            index.enter(&self.settings, ticket);
        }
        hold(index == self.day.index, || {
            format!("looked up is {:?}, but it is {index:?}", self.day.index)
        })
    }

    fn each_ticket_is_in_one_hand_and_each_hand_at_an_open_counter(&self) -> Result<(), Broken> {
        let mut in_hands = BTreeSet::new();
        for (counter, id) in &self.day.index.hands {
            hold(in_hands.insert(*id), || format!("{id} is in two hands"))?;
            hold(self.day.counters.contains_key(counter), || {
                format!("{id} is at counter {counter}, which is closed")
            })?;
        }
        for ticket in &self.day.tickets {
            let in_hand = in_hands.contains(&ticket.id);
            hold(ticket.state.is_in_hand() == in_hand, || {
                format!("{} is {:?}, in hand: {in_hand}", ticket.id, ticket.state)
            })?;
        }
        Ok(())
    }
}

fn errands_fit_the_state(ticket: &Ticket) -> Result<(), Broken> {
    let open = ticket.open_errands().count();
    let present_is_open = ticket.errands[ticket.current].done.is_none();
    let fits = match ticket.state {
        State::Finished => open == 0,
        State::Waiting | State::Called | State::Serving | State::Held => present_is_open,
        State::NoShow | State::Cancelled | State::Expired => open > 0,
    };
    let called = ticket.call.is_some();
    let needs_call = matches!(
        ticket.state,
        State::Called | State::Serving | State::Held | State::NoShow
    );
    let walk_in = ticket.channel == Channel::WalkIn;
    hold(fits && (called || !(needs_call || walk_in)), || {
        format!("the errands of {ticket:?} do not fit its state")
    })
}

fn hold(truth: bool, otherwise: impl FnOnce() -> String) -> Result<(), Broken> {
    if truth {
        Ok(())
    } else {
        Err(Broken(otherwise()))
    }
}

/// A small hall for the tests of this crate.
#[cfg(test)]
pub(crate) mod sample {
    use crate::{
        Channel, Class, ClassCode, Command, CounterNumber, CounterPlan, Date, Event, Happening,
        Moment, Now, Queue, Refusal, Series, SeriesCode, Service, ServiceCode, Settings, State,
        Ticket, TicketId,
    };

    pub(crate) const SECOND_MS: u64 = 1_000;
    pub(crate) const MINUTE_MS: u64 = 60 * SECOND_MS;

    pub(crate) const ONE: CounterNumber = CounterNumber(1);
    pub(crate) const TWO: CounterNumber = CounterNumber(2);
    pub(crate) const THREE: CounterNumber = CounterNumber(3);

    pub(crate) fn service(code: &str) -> ServiceCode {
        ServiceCode::new(code)
    }

    pub(crate) fn class(code: &str) -> ClassCode {
        ClassCode::new(code)
    }

    /// A command of somebody at the kiosk, for these services.
    pub(crate) fn take(services: &[&str], class: &str) -> Command {
        Command::Take {
            errands: services.iter().map(|code| service(code)).collect(),
            class: ClassCode::new(class),
            channel: Channel::Kiosk,
            holder: None,
        }
    }

    /// Services A and B, classes ordinary and elderly, counters 1 (A), 2 (A and B), 3 (B).
    pub(crate) fn settings() -> Settings {
        let service = |code| {
            let service = Service::new(SeriesCode::new(code), 3 * MINUTE_MS);
            (ServiceCode::new(code), service)
        };
        let series = |code, last| {
            let then = None;
            (
                SeriesCode::new(code),
                Series {
                    first: 1,
                    last,
                    then,
                },
            )
        };
        let class = |code, target| {
            let class = Class {
                target_wait_ms: target * MINUTE_MS,
                ..Class::default()
            };
            (ClassCode::new(code), class)
        };
        let plan = |number, codes: &[&str]| {
            let services = codes.iter().map(|code| ServiceCode::new(code)).collect();
            (CounterNumber(number), CounterPlan::new(services))
        };
        Settings {
            services: [service("A"), service("B")].into(),
            series: [series("A", 9_999), series("B", 3), series("W", 999)].into(),
            walk_in_series: Some(SeriesCode::new("W")),
            classes: [class("ordinary", 20), class("elderly", 5)].into(),
            counters: [plan(1, &["A"]), plan(2, &["A", "B"]), plan(3, &["B"])].into(),
            max_waiting: 10_000,
            near_percent: 80,
            ..Settings::default()
        }
    }

    /// A queue with a clock of its own and everything that happened.
    pub(crate) struct Hall {
        pub(crate) queue: Queue,
        pub(crate) journal: Vec<Event>,
        steady_ms: u64,
    }

    impl Hall {
        pub(crate) fn open() -> Self {
            Self::with(settings())
        }

        /// With these settings, and a clerk at each counter.
        pub(crate) fn staffed(settings: Settings) -> Self {
            let mut hall = Self::with(settings);
            for (counter, clerk) in [(1, "王芳"), (2, "李强"), (3, "张敏")] {
                hall.sit(counter, clerk);
            }
            hall
        }

        pub(crate) fn with(settings: Settings) -> Self {
            let mut hall = Self {
                queue: Queue::new(settings),
                journal: Vec::new(),
                steady_ms: 1_000,
            };
            hall.due();
            hall
        }

        pub(crate) fn now(&self) -> Now {
            let day_ms = 24 * 60 * MINUTE_MS;
            let day = self.steady_ms / day_ms;
            Now {
                at: Moment {
                    steady_ms: self.steady_ms,
                    wall_ms: self.steady_ms as i64,
                },
                today: Date::new(2026, 11, 1 + day as u8),
                tomorrow_steady_ms: (day + 1) * day_ms,
                time_of_day_ms: (self.steady_ms % day_ms) as u32,
            }
        }

        pub(crate) fn wait(&mut self, ms: u64) {
            self.steady_ms += ms;
            self.due();
        }

        /// What is due comes to an end, far below so many rounds in a hall as small as this.
        pub(crate) fn due(&mut self) {
            for _ in 0..1_000 {
                let events = self.queue.decide_due(self.now());
                if events.is_empty() {
                    return;
                }
                self.take_in(events);
            }
            panic!("what is due does not come to an end");
        }

        pub(crate) fn refusal(&self, command: &Command) -> Option<Refusal> {
            self.queue.decide(self.now(), command).err()
        }

        pub(crate) fn try_act(&mut self, command: &Command) -> Result<(), Refusal> {
            let events = self.queue.decide(self.now(), command)?;
            self.take_in(events);
            self.due();
            Ok(())
        }

        pub(crate) fn act(&mut self, command: &Command) {
            self.try_act(command).unwrap();
        }

        pub(crate) fn take(&mut self, service: &str, class: &str) -> TicketId {
            self.take_all(&[service], class)
        }

        pub(crate) fn take_all(&mut self, services: &[&str], class: &str) -> TicketId {
            self.act(&take(services, class));
            self.queue.day().tickets().last().unwrap().id
        }

        /// Calls the next to a counter and says who that is.
        pub(crate) fn call(&mut self, counter: CounterNumber) -> TicketId {
            self.act(&Command::CallNext(counter));
            self.queue.day().in_hand(counter).unwrap().id
        }

        /// Calls the next to a counter, and he comes.
        pub(crate) fn serve(&mut self, counter: CounterNumber) -> TicketId {
            let ticket = self.call(counter);
            self.act(&Command::Arrive(counter));
            ticket
        }

        pub(crate) fn finish(&mut self, counter: CounterNumber) {
            self.act(&Command::Finish {
                counter,
                outcome: None,
            });
        }

        pub(crate) fn ticket(&self, id: TicketId) -> &Ticket {
            self.queue.day().ticket(id).unwrap()
        }

        pub(crate) fn state(&self, id: TicketId) -> State {
            self.ticket(id).state
        }

        /// What happened last.
        pub(crate) fn last(&self) -> &Happening {
            &self.journal.last().unwrap().what
        }

        pub(crate) fn sit(&mut self, counter: u16, clerk: &str) {
            self.act(&Command::SignIn {
                counter: CounterNumber(counter),
                clerk: clerk.to_owned(),
            });
        }

        fn take_in(&mut self, events: Vec<Event>) {
            for event in events {
                self.queue.evolve(&event);
                self.journal.push(event);
            }
            self.queue.check().unwrap();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sample::{self, Hall, ONE, TWO, settings};
    use super::*;
    use crate::{CounterNumber, TicketId};

    /// One is served at counter 1, one is called to counter 2, and one waits.
    fn harmed(harm: impl FnOnce(&mut Queue)) -> Option<String> {
        let mut hall = Hall::staffed(settings());
        for _ in 0..3 {
            hall.take("A", "ordinary");
        }
        hall.serve(ONE);
        hall.call(TWO);
        assert_eq!(hall.queue.check(), Ok(()));
        harm(&mut hall.queue);
        hall.queue.check().err().map(|broken| broken.to_string())
    }

    /// The same, when what is looked up agrees with the harm.
    fn harmed_throughout(harm: impl FnOnce(&mut Queue)) -> Option<String> {
        harmed(|queue| {
            harm(queue);
            let mut index = Index::default();
            for ticket in &queue.day.tickets {
                index.enter(&queue.settings, ticket);
            }
            queue.day.index = index;
        })
    }

    fn says(broken: Option<String>, what: &str) {
        let broken = broken.unwrap_or_default();
        assert!(broken.contains(what), "{broken:?} and not {what:?}");
    }

    #[test]
    fn a_gap_a_repeat_and_a_wrong_place_are_found() {
        says(
            harmed(|queue| queue.day.tickets[2].number.value += 1),
            "follows number",
        );
        says(
            harmed(|queue| queue.day.tickets[2].number.value -= 1),
            "follows number",
        );
        says(
            harmed(|queue| queue.day.tickets[2].id = TicketId(7)),
            "stands at place",
        );
    }

    #[test]
    fn what_is_looked_up_wrongly_is_found() {
        says(harmed(|queue| queue.day.index.waiting += 1), "looked up is");
        says(
            harmed(|queue| queue.day.index.timers.clear()),
            "looked up is",
        );
    }

    #[test]
    fn a_ticket_in_no_hand_or_at_a_closed_counter_is_found() {
        let at_one = |queue: &mut Queue| {
            let call = queue.day.tickets[1].call.as_mut().unwrap();
            call.counter = CounterNumber(1);
        };
        says(harmed_throughout(at_one), "in hand: false");
        says(
            harmed(|queue| queue.day.counters.clear()),
            "which is closed",
        );
    }

    #[test]
    fn errands_that_do_not_fit_the_state_are_found() {
        for state in [State::Finished, State::NoShow, State::Held] {
            let harm = |queue: &mut Queue| queue.day.tickets[2].state = state;
            says(harmed_throughout(harm), "do not fit");
        }
        let done = |queue: &mut Queue| {
            let done = crate::ErrandDone {
                counter: ONE,
                outcome: None,
            };
            queue.day.tickets[2].errands[0].done = Some(done);
        };
        says(harmed_throughout(done), "do not fit");
        let walk_in = |queue: &mut Queue| queue.day.tickets[2].channel = Channel::WalkIn;
        says(harmed_throughout(walk_in), "do not fit");
    }

    #[test]
    fn what_was_given_up_has_something_left_to_do() {
        let done = |queue: &mut Queue| {
            let ticket = &mut queue.day.tickets[2];
            ticket.state = State::Cancelled;
            ticket.errands[0].done = Some(crate::ErrandDone {
                counter: ONE,
                outcome: None,
            });
        };
        says(harmed_throughout(done), "do not fit");
    }

    /// Another piece of the roll may have been put in, so its numbers may leap, but they never come
    /// again; and no other series leaps.
    #[test]
    fn numbers_of_the_roll_leap_forward_and_of_no_other_series() {
        let numbered = |series: &str, values: [u32; 2]| {
            let mut hall = Hall::staffed(crate::Settings {
                roll: Some(crate::RollRule {
                    series: crate::SeriesCode::new("R"),
                    class: sample::class("ordinary"),
                }),
                ..settings()
            });
            hall.take("A", "ordinary");
            hall.take("A", "ordinary");
            for (ticket, value) in hall.queue.day.tickets.iter_mut().zip(values) {
                ticket.number.series = crate::SeriesCode::new(series);
                ticket.number.value = value;
            }
            hall.queue.check().err().map(|broken| broken.to_string())
        };
        assert_eq!(numbered("R", [7, 8]), None);
        assert_eq!(numbered("R", [7, 19]), None);
        says(numbered("R", [7, 7]), "follows number");
        says(numbered("R", [7, 3]), "follows number");
        says(numbered("A", [7, 19]), "follows number");
    }
}
