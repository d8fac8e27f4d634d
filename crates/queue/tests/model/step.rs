//! What somebody wants at some time. Who wants it mostly chooses somebody for whom it makes sense,
//! and sometimes anybody.

use proptest::prelude::*;
use proptest::strategy::Union;
use queue::{
    AppointmentCode, CancelWhy, Channel, ClassCode, Command, CounterNumber, Date, Desk, Holder,
    NoPaper, Now, OutcomeCode, PutBack, Queue, ServiceCode, Slot, State, Ticket, TicketId,
};

use crate::hall::{CLASSES, CLERKS, COUNTERS, OUTCOME, SERVICES};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

/// Somebody's wish, after a pause.
#[derive(Clone, Debug)]
pub struct Step {
    pub pause_ms: u64,
    wish: Wish,
    dice: [u32; 5],
}

#[derive(Clone, Copy, Debug)]
enum Wish {
    Take,
    Book,
    CheckIn,
    Paper,
    Reprint,
    Cancel,
    Return,
    SetClass,
    SignIn,
    SignOut,
    CallNext,
    CallChosen,
    AwaitNext,
    StopAwaiting,
    ServeWithout,
    Recall,
    Arrive,
    Finish,
    NoShow,
    UndoNoShow,
    Hold,
    ResumeHeld,
    PutBack,
    Transfer,
    Pause,
    Resume,
    BeginRoll,
    EndRoll,
}

const WISHES: [(u32, Wish); 28] = [
    (24, Wish::Take),
    (1, Wish::Book),
    (3, Wish::CheckIn),
    (2, Wish::Paper),
    (1, Wish::Reprint),
    (2, Wish::Cancel),
    (4, Wish::Return),
    (2, Wish::SetClass),
    (8, Wish::SignIn),
    (3, Wish::SignOut),
    (14, Wish::CallNext),
    (3, Wish::CallChosen),
    (4, Wish::AwaitNext),
    (1, Wish::StopAwaiting),
    (2, Wish::ServeWithout),
    (5, Wish::Recall),
    (10, Wish::Arrive),
    (5, Wish::Finish),
    (5, Wish::NoShow),
    (2, Wish::UndoNoShow),
    (3, Wish::Hold),
    (2, Wish::ResumeHeld),
    (3, Wish::PutBack),
    (10, Wish::Transfer),
    (1, Wish::Pause),
    (2, Wish::Resume),
    (1, Wish::BeginRoll),
    (2, Wish::EndRoll),
];

pub fn step() -> impl Strategy<Value = Step> {
    let wishes = WISHES.map(|(weight, wish)| (weight, Just(wish)));
    // Now and then an hour passes or a night, and often no time at all.
    let pause_ms = prop_oneof![
        40 => Just(0),
        200 => 0..MINUTE_MS,
        16 => (0..10u64).prop_map(|minutes| minutes * MINUTE_MS),
        2 => Just(HOUR_MS),
        1 => 8 * HOUR_MS..30 * HOUR_MS,
    ];
    (
        pause_ms,
        Union::new_weighted(wishes.into()),
        any::<[u32; 5]>(),
    )
        .prop_map(|(pause_ms, wish, dice)| Step {
            pause_ms,
            wish,
            dice,
        })
}

impl Step {
    /// The wish as a command to this hall.
    pub fn command(&self, queue: &Queue, now: Now) -> Command {
        let wish = Chooser {
            queue,
            dice: self.dice,
        };
        match self.wish {
            Wish::Take | Wish::Book | Wish::CheckIn | Wish::ServeWithout => {
                wish.of_newcomer(self.wish, now)
            }
            Wish::Paper | Wish::Reprint | Wish::Cancel | Wish::Return | Wish::SetClass => {
                wish.of_customer(self.wish)
            }
            Wish::SignIn | Wish::SignOut | Wish::Pause | Wish::Resume => wish.of_seat(self.wish),
            Wish::CallNext | Wish::CallChosen | Wish::AwaitNext | Wish::StopAwaiting => {
                wish.of_free_clerk(self.wish)
            }
            Wish::BeginRoll => Command::BeginRoll {
                first: wish.next_on_roll(),
            },
            Wish::EndRoll => Command::EndRoll,
            _ => wish.of_busy_clerk(self.wish),
        }
    }
}

struct Chooser<'a> {
    queue: &'a Queue,
    dice: [u32; 5],
}

impl Chooser<'_> {
    fn of_newcomer(&self, wish: Wish, now: Now) -> Command {
        let (service, class) = (self.service(1), self.class());
        let slot_wall_ms = now.at.wall_ms + (i64::from(self.dice[4] % 90) - 45) * MINUTE_MS as i64;
        let appointment = AppointmentCode::new(&format!("P{}", self.dice[3] % 40));
        match wish {
            Wish::Book => Command::Book {
                appointment,
                service,
                class,
                slot: Slot {
                    wall_ms: slot_wall_ms,
                    date: now.today,
                    time_of_day_ms: now.time_of_day_ms,
                },
            },
            Wish::CheckIn => Command::CheckIn {
                appointment,
                service,
                class,
                slot_wall_ms,
                channel: Channel::Kiosk,
            },
            Wish::ServeWithout => Command::ServeWithout {
                counter: self.counter(|counter| self.hand(counter).is_none()),
                service,
                class,
            },
            _ => Command::Take {
                errands: self.errands(),
                class,
                channel: Channel::Kiosk,
                holder: (!self.dice[3].is_multiple_of(8))
                    .then_some(Holder(u64::from(self.dice[4] % 30))),
            },
        }
    }

    fn of_customer(&self, wish: Wish) -> Command {
        let in_state =
            |wanted: &'static [State]| self.ticket(|ticket| wanted.contains(&ticket.state));
        match wish {
            Wish::Paper if self.dice[2].is_multiple_of(2) => Command::Printed {
                ticket: self.ticket(|_| true),
                copies: self.dice[3] % 3,
            },
            Wish::Paper => Command::NotPrinted(self.ticket(|_| true), NoPaper::PaperOut),
            Wish::Reprint => Command::Reprint(self.ticket(|_| true)),
            Wish::Cancel => {
                let why = [
                    CancelWhy::HeldByNobody,
                    CancelWhy::Customer,
                    CancelWhy::Staff,
                ];
                let ticket = in_state(&[State::Waiting, State::Held, State::NoShow]);
                Command::Cancel(ticket, why[self.dice[2] as usize % why.len()])
            }
            Wish::Return => Command::Return(in_state(&[State::NoShow])),
            _ => Command::SetClass {
                ticket: in_state(&[State::Waiting, State::Serving]),
                class: self.class(),
                verified: self.dice[3].is_multiple_of(2),
            },
        }
    }

    fn of_seat(&self, wish: Wish) -> Command {
        let counter = |open: bool| self.counter(|number| self.is_open(number) == open);
        match wish {
            Wish::SignIn => Command::SignIn {
                counter: counter(false),
                clerk: self.clerk(),
            },
            Wish::SignOut => Command::SignOut(counter(true)),
            Wish::Pause => Command::Pause {
                counter: counter(true),
                reason: "午餐".to_owned(),
            },
            _ => Command::Resume(counter(true)),
        }
    }

    fn of_free_clerk(&self, wish: Wish) -> Command {
        let called = |counter| self.hand(counter) == Some(State::Called);
        let counter = self.counter(|counter| self.is_open(counter) && !called(counter));
        match wish {
            Wish::CallNext => Command::CallNext(counter),
            Wish::CallChosen => {
                let ticket = self.ticket(|ticket| ticket.state == State::Waiting);
                Command::CallChosen(counter, ticket)
            }
            Wish::AwaitNext => Command::AwaitNext(counter),
            _ => Command::StopAwaiting(counter),
        }
    }

    fn of_busy_clerk(&self, wish: Wish) -> Command {
        let free = || self.counter(|counter| self.is_open(counter) && self.hand(counter).is_none());
        let busy = || self.counter(|counter| self.hand(counter).is_some());
        let called = || self.counter(|counter| self.hand(counter) == Some(State::Called));
        match wish {
            Wish::Recall => Command::Recall(called()),
            Wish::Arrive => Command::Arrive(called()),
            Wish::NoShow => Command::NoShow(called()),
            Wish::Finish => Command::Finish {
                counter: busy(),
                outcome: self.outcome(),
            },
            Wish::UndoNoShow => self.undo(),
            Wish::ResumeHeld => {
                Command::ResumeHeld(free(), self.ticket(|ticket| ticket.state == State::Held))
            }
            Wish::Hold => Command::Hold {
                counter: busy(),
                reason: "填表".to_owned(),
                for_ms: [None, Some(u64::from(self.dice[3] % 10) * MINUTE_MS)]
                    [self.dice[2] as usize % 2],
            },
            Wish::PutBack => {
                let place = [PutBack::First, PutBack::ByTime, PutBack::Last];
                Command::PutBack(busy(), place[self.dice[2] as usize % place.len()])
            }
            _ => self.transfer(busy()),
        }
    }

    fn undo(&self) -> Command {
        let ticket = self.ticket(|ticket| ticket.state == State::NoShow);
        let known = self.queue.day().ticket(ticket);
        let there = known.and_then(|ticket| Some(ticket.call.as_ref()?.counter));
        Command::UndoNoShow(there.unwrap_or(CounterNumber(1)), ticket)
    }

    fn transfer(&self, counter: CounterNumber) -> Command {
        let any = || CounterNumber((self.dice[3] % 6) as u16);
        let to = match self.dice[2] % 8 {
            0..=2 => Desk::Service(self.service(3)),
            3..=5 => Desk::Counter(self.colleague_of(counter).unwrap_or_else(any)),
            6 => Desk::Counter(any()),
            _ => Desk::Clerk(self.clerk()),
        };
        Command::Transfer {
            counter,
            to,
            note: Some("缺身份证复印件".to_owned()),
            keep_time: self.dice[4].is_multiple_of(2),
            come_back: (self.dice[4] / 2).is_multiple_of(2),
        }
    }

    /// The first other counter that is open, so that several are handed over to the same.
    fn colleague_of(&self, counter: CounterNumber) -> Option<CounterNumber> {
        let mut others = (1..=COUNTERS).map(CounterNumber);
        others.find(|other| *other != counter && self.is_open(*other))
    }

    /// Mostly a number that was not called today.
    fn next_on_roll(&self) -> u32 {
        let Some(rule) = &self.queue.settings().roll else {
            return 1;
        };
        let numbers = self.queue.day().tickets().iter();
        let called = numbers.map(|ticket| &ticket.number);
        let called = called.filter(|number| number.series == rule.series);
        let first = self.queue.settings().series[&rule.series].first;
        let next = called.map(|number| number.value + 1).max();
        (next.unwrap_or(first) + self.dice[1] % 4).saturating_sub(self.dice[2] % 2)
    }

    fn hand(&self, counter: CounterNumber) -> Option<State> {
        self.queue.day().in_hand(counter).map(|ticket| ticket.state)
    }

    fn is_open(&self, counter: CounterNumber) -> bool {
        self.queue.day().counter(counter).is_some()
    }

    /// In three cases of four a counter of which this is true, if there is one.
    fn counter(&self, fits: impl Fn(CounterNumber) -> bool) -> CounterNumber {
        let fit: Vec<_> = (1..=COUNTERS)
            .map(CounterNumber)
            .filter(|counter| fits(*counter))
            .collect();
        let any = self.dice[0] / 4;
        let any = match any % 16 {
            0 => 0,
            1 => COUNTERS + 1,
            _ => 1 + (any / 16) as u16 % COUNTERS,
        };
        self.mostly(0, &fit).unwrap_or(CounterNumber(any))
    }

    /// In three cases of four a ticket of which this is true, if there is one.
    fn ticket(&self, fits: impl Fn(&Ticket) -> bool) -> TicketId {
        let day = self.queue.day();
        let fit: Vec<_> = day
            .tickets()
            .iter()
            .filter(|ticket| fits(ticket))
            .map(|ticket| ticket.id)
            .collect();
        let date = day.date().unwrap_or(Date::new(2026, 11, 1));
        let any = self.dice[1] / 4 % (day.tickets().len() as u32 + 2);
        self.mostly(1, &fit).unwrap_or(TicketId::of_day(date, any))
    }

    fn mostly<T: Copy>(&self, dice: usize, fit: &[T]) -> Option<T> {
        let roll = self.dice[dice];
        let place = (roll / 4) as usize % fit.len().max(1);
        fit.get(place).copied().filter(|_| !roll.is_multiple_of(4))
    }

    fn service(&self, dice: usize) -> ServiceCode {
        let code = SERVICES
            .get((self.dice[dice] % 100) as usize % 3)
            .filter(|_| !self.dice[dice].is_multiple_of(50));
        ServiceCode::new(code.unwrap_or(&"unknown"))
    }

    fn errands(&self) -> Vec<ServiceCode> {
        let first = self.service(1);
        let second = ServiceCode::new(SERVICES[self.dice[2] as usize % 3]);
        let third = ServiceCode::new(SERVICES[self.dice[3] as usize % 3]);
        match self.dice[0] % 20 {
            0 => Vec::new(),
            1 => vec![first.clone(), first],
            2..=6 if second != first => vec![first, second],
            7..=9 if second != first && third != first && third != second => {
                vec![first, second, third]
            }
            _ => vec![first],
        }
    }

    fn class(&self) -> ClassCode {
        let code = match self.dice[2] % 50 {
            0 => "unknown",
            1..=30 => CLASSES[0],
            roll => CLASSES[roll as usize % CLASSES.len()],
        };
        ClassCode::new(code)
    }

    fn clerk(&self) -> String {
        CLERKS[self.dice[4] as usize / 4 % CLERKS.len()].to_owned()
    }

    fn outcome(&self) -> Option<OutcomeCode> {
        match self.dice[2] % 5 {
            0 => Some(OutcomeCode::new("unknown")),
            1 | 2 => Some(OutcomeCode::new(OUTCOME)),
            _ => None,
        }
    }
}
