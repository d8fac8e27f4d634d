//! The reference held against the hall. The only file here that looks at the rules.

use std::fmt;

use protocol::{Done, NotPrintedReason};
use queue::NoPaper;

use super::{AlarmOf, Desk, Paper, Place, Reference, Said, State, Ticket};

/// What differs, in words.
pub type Same = Result<(), String>;

impl Reference {
    /// The hall is what the reference says.
    pub fn is(&self, day: &queue::Day) -> Same {
        same("the day", self.date, day.date().map(queue::Date::yyyymmdd))?;
        same(
            "the number of tickets",
            self.tickets.len(),
            day.tickets().len(),
        )?;
        same("how many wait", self.waiting(), day.waiting() as usize)?;
        same("the next of the roll", self.roll, day.roll())?;
        for (mine, theirs) in self.tickets.iter().zip(day.tickets()) {
            mine.is(theirs)?;
        }
        for counter in &self.town.counters {
            let number = queue::CounterNumber(counter.number);
            let theirs = day.counter(number).map(|seat| {
                (
                    seat.clerk.as_str(),
                    seat.paused.as_deref(),
                    seat.awaiting.map(|since| since.steady_ms),
                )
            });
            let mine = self.seats.get(&counter.number).map(|seat| {
                (
                    seat.clerk.as_str(),
                    seat.paused.as_deref(),
                    seat.awaiting_since_ms,
                )
            });
            same("who sits at a counter", mine, theirs)?;
            let mine = self
                .in_hand(counter.number)
                .map(|place| self.tickets[place].id);
            same(
                "who is in hand",
                mine,
                day.in_hand(number).map(|ticket| ticket.id.0),
            )?;
        }
        let alarms = day.alarms().map(|(alarm, _)| match alarm {
            queue::Alarm::People(service) => (AlarmOf::People, service),
            queue::Alarm::LongestWait(service) => (AlarmOf::LongestWait, service),
        });
        let mut theirs: Vec<_> = alarms
            .map(|(of, service)| (of, service.as_ref().map(ToString::to_string)))
            .collect();
        theirs.sort();
        same(
            "the alarms",
            self.alarms.iter().cloned().collect::<Vec<_>>(),
            theirs,
        )
    }
}

/// What the rows must say.
impl Reference {
    pub fn hall_row_is(&self, issued: u32, waiting: u32, day: &str) -> Same {
        let date = self.date.unwrap_or_default();
        let mine = format!(
            "{:04}-{:02}-{:02}",
            date / 10_000,
            date / 100 % 100,
            date % 100
        );
        same(
            "the hall's row",
            (self.tickets.len(), self.waiting(), mine.as_str()),
            (issued as usize, waiting as usize, day),
        )
    }

    pub fn service_row_is(&self, service: &str, waiting: u32) -> Same {
        same(
            Of("who waits for", &service),
            self.waiting_for(service),
            waiting as usize,
        )
    }

    pub fn counter_row_is(&self, counter: u16, in_hand: Option<&str>) -> Same {
        let mine = self
            .in_hand(counter)
            .map(|place| self.tickets[place].number());
        same(
            Of("who is shown at counter", &counter),
            mine.as_deref(),
            in_hand,
        )
    }

    /// Everybody who is expected somewhere is on the wall.
    pub fn calls_are_shown(&self, shown: &dyn Fn(u64) -> bool) -> Same {
        let expected = self
            .tickets
            .iter()
            .filter(|ticket| ticket.state == State::Called);
        for ticket in expected {
            if !ticket.call.is_some_and(|call| shown(call.id)) {
                return Err(format!(
                    "{} is called, and the wall does not say so",
                    ticket.number()
                ));
            }
        }
        Ok(())
    }
}

impl Ticket {
    fn is(&self, theirs: &queue::Ticket) -> Same {
        let id = self.id;
        if self.id != theirs.id.0
            || self.letters != theirs.number.series.as_str()
            || self.value != theirs.number.value
        {
            return Err(format!(
                "ticket {} {} is {} {} in the hall",
                self.id,
                self.number(),
                theirs.id,
                theirs.number
            ));
        }
        if self.state != state(theirs.state) {
            return Err(format!(
                "{} {} is {:?}, and {:?} in the hall",
                self.id,
                self.number(),
                self.state,
                theirs.state
            ));
        }
        let mine = (
            self.class.as_str(),
            self.verified,
            self.current,
            self.place,
            self.from_ms,
            self.copies,
        );
        let hall = (
            theirs.class.as_str(),
            theirs.verified,
            theirs.current,
            place(theirs.place),
            theirs.waits_from_ms,
            theirs.copies,
        );
        same(Of("class, errand, place or time", &id), mine, hall)?;
        same(Of("the paper", &id), self.paper, paper(theirs.paper))?;
        same(
            Of("the missed calls", &id),
            self.missed,
            theirs.missed.count,
        )?;
        same(
            Of("the limits", &id),
            (self.near, self.over),
            (theirs.wait_told.near, theirs.wait_told.over),
        )?;
        same(
            Of("the hold", &id),
            self.until_ms.filter(|_| self.state == State::Held),
            theirs
                .hold
                .as_ref()
                .filter(|_| self.state == State::Held)
                .and_then(|hold| hold.until)
                .map(|until| until.steady_ms),
        )?;
        let mine = self.call.map(|call| {
            (
                call.id,
                call.counter,
                call.recalls,
                call.last_ms,
                call.arrived_ms,
                (call.near, call.over),
            )
        });
        let hall = theirs.call.as_ref().map(|call| {
            let told = (call.handling_told.near, call.handling_told.over);
            (
                call.id.0,
                call.counter.0,
                call.recalls,
                call.last.steady_ms,
                call.arrived.map(|arrived| arrived.steady_ms),
                told,
            )
        });
        same(Of("the call", &id), mine, hall)?;
        same(
            Of("the number of errands", &id),
            self.errands.len(),
            theirs.errands.len(),
        )?;
        for (mine, hall) in self.errands.iter().zip(&theirs.errands) {
            let agrees = mine.service == hall.service.as_str()
                && mine.done == hall.done.is_some()
                && desk_is(&mine.desk, &hall.desk);
            if !agrees {
                return Err(format!(
                    "an errand of {id} is {mine:?}, and {hall:?} in the hall"
                ));
            }
        }
        Ok(())
    }
}

impl Said {
    /// The answer is what had to be said.
    pub fn is(&self, done: &Done) -> Same {
        let said = match done {
            Done::Issued(slip) | Done::Reprint(slip) => Self::Slip {
                ticket: slip.ticket,
                number: slip.number.clone(),
                services: std::iter::once(&slip.service)
                    .chain(&slip.then)
                    .cloned()
                    .collect(),
                class: slip.class.clone(),
                copy: slip.copy,
            },
            Done::Called(called) => Self::Called {
                call: called.call,
                ticket: called.ticket,
                number: called.number.clone(),
                service: called.service.clone(),
                waited_ms: called.waited_ms,
            },
            Done::Continued(on) => Self::Continued {
                number: on.number.clone(),
                service: on.service.clone(),
            },
            Done::Booked(booked) => Self::Booked {
                service: booked.service.clone(),
                slot: booked.slot.clone(),
            },
            Done::Returned(back) => Self::Returned {
                number: back.number.clone(),
                after_calls: back.after_calls,
            },
            Done::Report(_) => Self::Report,
            Done::Done => Self::Done,
        };
        same("the answer", self, &said)
    }
}

/// What is compared, and of whom; put into words only when it differs.
struct Of<'a>(&'static str, &'a dyn fmt::Display);

impl fmt::Display for Of<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}

fn same<T: PartialEq + fmt::Debug>(what: impl fmt::Display, mine: T, hall: T) -> Same {
    if mine == hall {
        Ok(())
    } else {
        Err(format!(
            "{what}: {mine:?} had to be, and {hall:?} is in the hall"
        ))
    }
}

fn state(theirs: queue::State) -> State {
    match theirs {
        queue::State::Waiting => State::Waiting,
        queue::State::Called => State::Called,
        queue::State::Serving => State::Serving,
        queue::State::Held => State::Held,
        queue::State::Finished => State::Finished,
        queue::State::NoShow => State::NoShow,
        queue::State::Cancelled => State::Cancelled,
        queue::State::Expired => State::Expired,
    }
}

fn place(theirs: queue::Place) -> Place {
    match theirs {
        queue::Place::First { since_ms } => Place::First(since_ms),
        queue::Place::ByScore => Place::ByScore,
        queue::Place::AfterCalls(calls) => Place::AfterCalls(calls),
    }
}

fn paper(theirs: queue::Paper) -> Paper {
    match theirs {
        queue::Paper::Unknown => Paper::Unknown,
        queue::Paper::Printed => Paper::Printed,
        queue::Paper::Missing(why) => Paper::Missing(match why {
            NoPaper::PaperOut => NotPrintedReason::PaperOut,
            NoPaper::CoverOpen => NotPrintedReason::CoverOpen,
            NoPaper::CutterJam => NotPrintedReason::CutterJam,
            NoPaper::PrinterFault => NotPrintedReason::PrinterFault,
            NoPaper::Unreachable => NotPrintedReason::Unreachable,
            NoPaper::Unknown => NotPrintedReason::Unknown,
            NoPaper::NoPrinter => NotPrintedReason::NoPrinter,
        }),
    }
}

fn desk_is(mine: &Desk, theirs: &queue::Desk) -> bool {
    match (mine, theirs) {
        (Desk::Service(mine), queue::Desk::Service(theirs)) => mine == theirs.as_str(),
        (Desk::Counter(mine), queue::Desk::Counter(theirs)) => *mine == theirs.0,
        (Desk::Clerk(mine), queue::Desk::Clerk(theirs)) => mine == theirs,
        _ => false,
    }
}
