//! The one place of the simulation that knows the rules: settings go in, and what kiosks and
//! clerks do comes out as plain verbs. No disk, no network, no waiting.

use jiff::civil::DateTime;
use queue::{
    Channel, ClassCode, Command, CounterNumber, Date, Event, Happening, Holder, Moment, Now, Queue,
    Refusal, ServiceCode, Settings,
};

use crate::rehearsal::Customer;
use crate::settings::HallSettings;

const DAY_MS: u64 = 24 * 3_600_000;

/// A hall's rules, ready to be played any number of times.
#[derive(Clone, Debug)]
pub struct Rules {
    settings: Settings,
    /// Counters by number. In the simulation a counter is its place in this list.
    counters: Vec<CounterNumber>,
    /// The class as which somebody comes whose class the hall does not have.
    ordinary: ClassCode,
}

impl Rules {
    /// The rules of a hall with these settings.
    #[must_use]
    pub fn new(hall: &HallSettings) -> Self {
        Self {
            settings: hall.rules(),
            counters: hall.counters.keys().copied().collect(),
            ordinary: hall.classes[0].code.clone(),
        }
    }

    /// How many counters there are.
    #[must_use]
    pub fn counters(&self) -> usize {
        self.counters.len()
    }

    /// Whether the counter may serve customers of this service and class.
    #[must_use]
    pub fn may_serve(&self, counter: usize, service: &ServiceCode, class: &ClassCode) -> bool {
        let plan = self.settings.counters.get(&self.counters[counter]);
        plan.is_some_and(|plan| {
            let takes = plan.services().any(|taken| taken == service);
            takes && plan.reserved.allows(self.known(class))
        })
    }

    /// The wait that the hall promises a class at a service, in milliseconds.
    #[must_use]
    pub fn target_wait_ms(&self, service: &ServiceCode, class: &ClassCode) -> u64 {
        self.settings.target_wait_ms(service, self.known(class))
    }

    fn known<'a>(&'a self, class: &'a ClassCode) -> &'a ClassCode {
        if self.settings.classes.contains_key(class) {
            class
        } else {
            &self.ordinary
        }
    }
}

/// The rules at work on one day.
pub(super) struct Desk<'a> {
    rules: &'a Rules,
    queue: Queue,
    /// The customer who holds each ticket, in the order of issue.
    holders: Vec<usize>,
    opens: DateTime,
    opens_wall_ms: i64,
    /// What the clock shows when the hall opens, in milliseconds since midnight.
    opened_at_ms: u64,
}

impl<'a> Desk<'a> {
    /// A hall that opens at this time, local. All times of the verbs count from it, in milliseconds.
    pub(super) fn open(rules: &'a Rules, opens: DateTime) -> Self {
        let since_1970 = jiff::civil::date(1970, 1, 1)
            .at(0, 0, 0, 0)
            .duration_until(opens);
        let since_midnight = jiff::civil::Time::midnight().duration_until(opens.time());
        let mut desk = Self {
            rules,
            queue: Queue::new(rules.settings.clone()),
            holders: Vec::new(),
            opens,
            opens_wall_ms: i64::try_from(since_1970.as_millis()).unwrap_or(0),
            opened_at_ms: u64::try_from(since_midnight.as_millis()).unwrap_or(0),
        };
        desk.let_pass(0);
        desk
    }

    /// The customer takes a ticket, unless the hall has none for this customer.
    pub(super) fn take(&mut self, at_ms: u64, holder: usize, customer: &Customer) -> bool {
        let command = Command::Take {
            errands: vec![customer.service.clone()],
            class: self.rules.known(&customer.class).clone(),
            channel: Channel::Kiosk,
            // Everybody has a telephone number of his own.
            holder: Some(Holder(holder as u64)),
        };
        let issued = self.act(at_ms, &command).is_ok();
        if issued {
            self.holders.push(holder);
        }
        issued
    }

    /// A clerk sits down.
    pub(super) fn sign_in(&mut self, at_ms: u64, counter: usize) {
        let clerk = format!("clerk {counter}");
        let counter = self.rules.counters[counter];
        self.must(at_ms, &Command::SignIn { counter, clerk });
    }

    /// Calls the next. Gives the customer, or nobody if the rules have nobody for this counter.
    pub(super) fn call(&mut self, at_ms: u64, counter: usize) -> Option<usize> {
        let command = Command::CallNext(self.rules.counters[counter]);
        let events = match self.act(at_ms, &command) {
            Err(Refusal::NobodyWaits) => return None,
            outcome => allowed(&command, outcome),
        };
        let called = events.iter().find_map(|event| match event.what {
            Happening::Called { ticket, .. } => Some(ticket.serial() as usize),
            _ => None,
        });
        called.map(|serial| self.holders[serial - 1])
    }

    /// The called customer stands at the counter.
    pub(super) fn arrive(&mut self, at_ms: u64, counter: usize) {
        self.must(at_ms, &Command::Arrive(self.rules.counters[counter]));
    }

    /// The customer is done.
    pub(super) fn finish(&mut self, at_ms: u64, counter: usize) {
        let counter = self.rules.counters[counter];
        let outcome = None;
        self.must(at_ms, &Command::Finish { counter, outcome });
    }

    /// The called customer did not come.
    pub(super) fn no_show(&mut self, at_ms: u64, counter: usize) {
        self.must(at_ms, &Command::NoShow(self.rules.counters[counter]));
    }

    fn must(&mut self, at_ms: u64, command: &Command) {
        let outcome = self.act(at_ms, command);
        allowed(command, outcome);
    }

    /// As the daemon does it: decide, then take in what was decided.
    fn act(&mut self, at_ms: u64, command: &Command) -> Result<Vec<Event>, Refusal> {
        self.let_pass(at_ms);
        let events = self.queue.decide(self.now(at_ms), command)?;
        for event in &events {
            self.queue.evolve(event);
        }
        Ok(events)
    }

    /// What happens by itself until now, each in its turn.
    fn let_pass(&mut self, at_ms: u64) {
        let now = self.now(at_ms);
        let due = |queue: &Queue| {
            let deadline = queue.next_deadline();
            deadline.is_none_or(|deadline| deadline <= now.at.steady_ms)
        };
        while due(&self.queue) {
            let events = self.queue.decide_due(now);
            if events.is_empty() {
                return;
            }
            for event in &events {
                self.queue.evolve(event);
            }
        }
    }

    /// The calendar stands still: one day is played, however long it takes, and the clock goes
    /// round.
    fn now(&self, at_ms: u64) -> Now {
        let date = self.opens.date();
        let at = Moment {
            steady_ms: at_ms,
            wall_ms: self.opens_wall_ms + at_ms as i64,
        };
        Now {
            at,
            today: Date::new(
                date.year().unsigned_abs(),
                date.month().unsigned_abs(),
                date.day().unsigned_abs(),
            ),
            tomorrow_steady_ms: u64::MAX,
            time_of_day_ms: ((self.opened_at_ms + at_ms) % DAY_MS) as u32,
        }
    }
}

/// Each act follows from what the rules said before, so a refusal is a fault of this program.
fn allowed(command: &Command, outcome: Result<Vec<Event>, Refusal>) -> Vec<Event> {
    outcome.unwrap_or_else(|refusal| panic!("the rules refuse {command:?}: {refusal:?}"))
}
