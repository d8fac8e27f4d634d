//! Random days, played on the rules and on a model so simple that it can be read in a minute.

use proptest::prelude::*;
use queue::{
    Class, ClassCode, Command, CounterNumber, CounterPlan, Date, Event, Happening, Moment, NoPaper,
    Now, Queue, Refusal, Service, ServiceCode, Settings, State, TicketId,
};

const SERVICES: [&str; 3] = ["A", "B", "C"];
const CLASSES: [(&str, u64, u64); 3] = [("ordinary", 20, 0), ("elderly", 5, 0), ("veteran", 5, 2)];
const COUNTERS: [&[&str]; 4] = [&["A"], &["A", "B"], &["B", "C"], &["A", "B", "C"]];
const CLERKS: [&str; 5] = ["王芳", "李强", "张敏", "刘洋", "陈静"];
const LAST_NUMBER: u32 = 12;
const MAX_WAITING: u32 = 25;
const DAY_MS: u64 = 24 * 3_600_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_rules_agree_with_the_model(steps in prop::collection::vec(step(), 1..250)) {
        let mut queue = Queue::new(settings());
        let mut model = Model::default();
        let mut journal = Vec::new();
        let mut steady_ms = 0;
        for Step { pause_ms, command } in steps {
            steady_ms += pause_ms;
            for event in queue.decide_due(now(steady_ms)) {
                take_in(&mut queue, &mut model, &mut journal, event)?;
            }
            let before = queue.clone();
            let decision = queue.decide(now(steady_ms), &command);
            prop_assert_eq!(&queue, &before, "decide reads only");
            model.expect(steady_ms, &command, &decision)?;
            for event in decision.unwrap_or_default() {
                take_in(&mut queue, &mut model, &mut journal, event)?;
            }
        }
        let opened = |event: &Event| matches!(event.what, Happening::DayOpened { .. });
        let open_day = journal.iter().rposition(opened).unwrap_or(0);
        prop_assert_eq!(&replay(&journal), &queue, "a replay gives the same state");
        prop_assert_eq!(replay(&journal[open_day..]), queue, "and may start at the open day");
    }
}

fn take_in(
    queue: &mut Queue,
    model: &mut Model,
    journal: &mut Vec<Event>,
    event: Event,
) -> Result<(), TestCaseError> {
    queue.evolve(&event);
    model.evolve(&event)?;
    journal.push(event);
    queue
        .check()
        .map_err(|broken| TestCaseError::fail(broken.to_string()))
}

fn replay(journal: &[Event]) -> Queue {
    let mut queue = Queue::new(settings());
    journal.iter().for_each(|event| queue.evolve(event));
    queue
}

/// The hall as a list of tickets; the rule as a sentence over that list.
#[derive(Default)]
struct Model {
    tickets: Vec<ModelTicket>,
    seats: Vec<(u16, String, bool)>,
}

struct ModelTicket {
    id: TicketId,
    service: String,
    class: String,
    issued_ms: u64,
    state: State,
    counter: Option<u16>,
}

impl Model {
    /// Holds a decision against what the model says must come of the command.
    fn expect(
        &self,
        now_ms: u64,
        command: &Command,
        decision: &Result<Vec<Event>, Refusal>,
    ) -> Result<(), TestCaseError> {
        match command {
            Command::Take { service, .. } => {
                let given = self
                    .tickets
                    .iter()
                    .filter(|ticket| ticket.service == service.as_str())
                    .count();
                let waiting = self
                    .tickets
                    .iter()
                    .filter(|ticket| ticket.state == State::Waiting)
                    .count();
                let room = given < LAST_NUMBER as usize && waiting < MAX_WAITING as usize;
                prop_assert_eq!(
                    decision.is_ok(),
                    room,
                    "a ticket is issued while there is room"
                );
            }
            Command::CallNext(counter) => {
                let calls = self
                    .seats
                    .iter()
                    .any(|(seat, _, paused)| *seat == counter.0 && !paused);
                let called = self
                    .in_hand(counter.0)
                    .is_some_and(|ticket| ticket.state == State::Called);
                let best = self.best(now_ms, counter.0);
                match decision {
                    Ok(events) => {
                        prop_assert!(calls && !called);
                        prop_assert_eq!(
                            called_ticket(events),
                            best,
                            "the greatest score is called"
                        );
                    }
                    Err(Refusal::NobodyWaits) => prop_assert_eq!(best, None, "no counter idles"),
                    Err(_) => prop_assert!(!calls || called),
                }
            }
            Command::Arrive(counter) | Command::NoShow(counter) | Command::Recall(counter) => {
                let called = self
                    .in_hand(counter.0)
                    .is_some_and(|ticket| ticket.state == State::Called);
                prop_assert_eq!(decision.is_ok(), called);
            }
            Command::Finish(counter) => {
                prop_assert_eq!(decision.is_ok(), self.in_hand(counter.0).is_some());
            }
            Command::SignIn { counter, clerk } => {
                let exists = usize::from(counter.0) <= COUNTERS.len();
                let taken =
                    |seat: &(u16, String, bool)| (seat.0 == counter.0) != (seat.1 == *clerk);
                prop_assert_eq!(decision.is_ok(), exists && !self.seats.iter().any(taken));
            }
            Command::Void(ticket) => {
                let state = self
                    .tickets
                    .iter()
                    .find(|known| known.id == *ticket)
                    .map(|known| known.state);
                let may = matches!(state, Some(State::Waiting | State::Cancelled));
                prop_assert_eq!(decision.is_ok(), may);
            }
            _ => {}
        }
        Ok(())
    }

    fn evolve(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match &event.what {
            Happening::DayOpened { .. } => {
                prop_assert!(
                    self.tickets.iter().all(|ticket| !ticket.state.is_open()),
                    "nobody is left over"
                );
                prop_assert!(self.seats.is_empty(), "everybody went home");
                self.tickets.clear();
            }
            Happening::Issued {
                ticket,
                number,
                service,
                class,
            } => {
                let given = self
                    .tickets
                    .iter()
                    .filter(|known| known.service == service.as_str())
                    .count();
                prop_assert_eq!(number.to_string(), format!("{service}{:03}", given + 1));
                prop_assert!(
                    self.tickets.iter().all(|known| known.id != *ticket),
                    "an id is given once"
                );
                self.tickets.push(ModelTicket {
                    id: *ticket,
                    service: service.to_string(),
                    class: class.to_string(),
                    issued_ms: event.at.steady_ms,
                    state: State::Waiting,
                    counter: None,
                });
            }
            Happening::Called {
                ticket, counter, ..
            } => {
                prop_assert!(self.in_hand(counter.0).is_none(), "one hand, one ticket");
                self.change(*ticket, State::Waiting, State::Called)?.counter = Some(counter.0);
            }
            Happening::Arrived { ticket, .. } => {
                self.change(*ticket, State::Called, State::Serving)?;
            }
            Happening::Finished { ticket, .. } => self.end(*ticket, State::Finished)?,
            Happening::NoShow { ticket, .. } => self.end(*ticket, State::NoShow)?,
            Happening::Cancelled { ticket } => self.end(*ticket, State::Cancelled)?,
            Happening::Expired { ticket } => self.end(*ticket, State::Expired)?,
            Happening::SignedIn { counter, clerk } => {
                self.seats.push((counter.0, clerk.clone(), false))
            }
            Happening::SignedOut { counter } => self.seats.retain(|seat| seat.0 != counter.0),
            Happening::Paused { counter, .. } => self.set_paused(counter.0, true),
            Happening::Resumed { counter } => self.set_paused(counter.0, false),
            Happening::DayClosed { .. }
            | Happening::Printed { .. }
            | Happening::NotPrinted { .. }
            | Happening::Recalled { .. } => {}
        }
        Ok(())
    }

    /// The one whom the rule in design.md names, found by looking at everybody.
    fn best(&self, now_ms: u64, counter: u16) -> Option<TicketId> {
        let services = COUNTERS.get(usize::from(counter) - 1)?;
        let candidates = self.tickets.iter().filter(|ticket| {
            ticket.state == State::Waiting && services.contains(&ticket.service.as_str())
        });
        candidates
            .max_by(|a, b| {
                score(a, now_ms)
                    .cmp(&score(b, now_ms))
                    .then(b.id.cmp(&a.id))
            })
            .map(|ticket| ticket.id)
    }

    fn in_hand(&self, counter: u16) -> Option<&ModelTicket> {
        let in_hand = |ticket: &&ModelTicket| {
            ticket.counter == Some(counter)
                && matches!(ticket.state, State::Called | State::Serving)
        };
        self.tickets.iter().find(in_hand)
    }

    fn change(
        &mut self,
        id: TicketId,
        from: State,
        to: State,
    ) -> Result<&mut ModelTicket, TestCaseError> {
        let Some(ticket) = self.tickets.iter_mut().find(|ticket| ticket.id == id) else {
            return Err(TestCaseError::fail(format!("{id} was never issued")));
        };
        prop_assert_eq!(ticket.state, from);
        ticket.state = to;
        Ok(ticket)
    }

    fn end(&mut self, id: TicketId, state: State) -> Result<(), TestCaseError> {
        let Some(ticket) = self.tickets.iter_mut().find(|ticket| ticket.id == id) else {
            return Err(TestCaseError::fail(format!("{id} was never issued")));
        };
        prop_assert!(ticket.state.is_open(), "what has ended does not end again");
        ticket.state = state;
        Ok(())
    }

    fn set_paused(&mut self, counter: u16, paused: bool) {
        self.seats
            .iter_mut()
            .filter(|seat| seat.0 == counter)
            .for_each(|seat| seat.2 = paused);
    }
}

/// The score in units of one over the product of all targets, so that it is a whole number.
fn score(ticket: &ModelTicket, now_ms: u64) -> u64 {
    let of_ticket = |class: &&(&str, u64, u64)| class.0 == ticket.class;
    let (_, target_min, head_start_min) = CLASSES
        .iter()
        .find(of_ticket)
        .expect("a class of the model");
    (now_ms - ticket.issued_ms + head_start_min * 60_000) * (100 / target_min)
}

fn called_ticket(events: &[Event]) -> Option<TicketId> {
    events.iter().find_map(|event| match event.what {
        Happening::Called { ticket, .. } => Some(ticket),
        _ => None,
    })
}

#[derive(Clone, Debug)]
struct Step {
    pause_ms: u64,
    command: Command,
}

fn step() -> impl Strategy<Value = Step> {
    // Now and then a night passes, so that days turn.
    let pause_ms = prop_oneof![60 => 0..120_000u64, 1 => Just(DAY_MS)];
    (pause_ms, command()).prop_map(|(pause_ms, command)| Step { pause_ms, command })
}

fn command() -> impl Strategy<Value = Command> {
    let counter = || (1..=5u16).prop_map(CounterNumber);
    let ticket = || {
        (1..4u8, 1..30u32)
            .prop_map(|(day, serial)| TicketId::of_day(Date::new(2026, 11, day), serial))
    };
    let take = (0..SERVICES.len(), 0..CLASSES.len()).prop_map(|(service, class)| Command::Take {
        service: ServiceCode::new(SERVICES[service]),
        class: ClassCode::new(CLASSES[class].0),
    });
    let sign_in = (counter(), 0..CLERKS.len()).prop_map(|(counter, clerk)| Command::SignIn {
        counter,
        clerk: CLERKS[clerk].to_owned(),
    });
    prop_oneof![
        8 => take,
        8 => counter().prop_map(Command::CallNext),
        4 => counter().prop_map(Command::Arrive),
        3 => counter().prop_map(Command::Finish),
        2 => counter().prop_map(Command::NoShow),
        2 => counter().prop_map(Command::Recall),
        5 => sign_in,
        1 => counter().prop_map(Command::SignOut),
        1 => counter().prop_map(|counter| Command::Pause { counter, reason: "午餐".to_owned() }),
        2 => counter().prop_map(Command::Resume),
        1 => ticket().prop_map(Command::Printed),
        1 => ticket().prop_map(|ticket| Command::NotPrinted(ticket, NoPaper::PaperOut)),
        1 => ticket().prop_map(Command::Void),
    ]
}

fn now(steady_ms: u64) -> Now {
    let day = steady_ms / DAY_MS;
    Now {
        at: Moment {
            steady_ms,
            wall_ms: 0,
        },
        today: Date::new(2026, 11 + (day / 28) as u8, 1 + (day % 28) as u8),
        tomorrow_steady_ms: (day + 1) * DAY_MS,
    }
}

fn settings() -> Settings {
    let service = Service {
        last_number: LAST_NUMBER,
        typical_handling_ms: 180_000,
        target_wait_ms: Default::default(),
    };
    let class = |(code, target_min, head_start_min): (&str, u64, u64)| {
        let class = Class {
            target_wait_ms: target_min * 60_000,
            head_start_ms: head_start_min * 60_000,
        };
        (ClassCode::new(code), class)
    };
    let plan = |(place, services): (usize, &&[&str])| {
        let services = services.iter().map(|code| ServiceCode::new(code)).collect();
        (CounterNumber(place as u16 + 1), CounterPlan { services })
    };
    Settings {
        services: SERVICES
            .iter()
            .map(|code| (ServiceCode::new(code), service.clone()))
            .collect(),
        classes: CLASSES.into_iter().map(class).collect(),
        counters: COUNTERS.iter().enumerate().map(plan).collect(),
        max_waiting: MAX_WAITING,
    }
}
