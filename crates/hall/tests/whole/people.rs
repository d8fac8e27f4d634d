//! Customers: they come, take a number, hear it called, walk, miss it, come back, give up. What they
//! hold in their hands is the truth that the hall must never lose.

use std::collections::{BTreeMap, BTreeSet};

use link::Changes;
use protocol::{Act, CallState, Done, Issued, Key, NotPrintedReason, Outcome, Role, Row};
use ticket::{PrintOutcome, Trouble};
use uuid::Uuid;

use crate::clocks::{HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::plant::{self, Plant};
use crate::town::{CLASSES, ROLL};
use crate::world::{Coming, Held, World};

/// A customer at a kiosk waits so long for a number.
const PATIENCE_MS: u64 = 20 * SECOND_MS;

/// Customers in an hour for each counter.
const PER_COUNTER_AND_HOUR: u64 = 9;

/// What a program has asked something for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// A customer touched a service.
    Touch(usize),
    /// What became of the paper of a ticket.
    Paper(u64),
    /// Nobody waits for the answer.
    Nothing,
}

#[derive(Default)]
pub struct People {
    customers: Vec<Customer>,
    /// Who holds a number today.
    by_number: BTreeMap<String, usize>,
    /// The codes of appointments that somebody has.
    pub codes: Vec<String>,
    /// Papers without a bar and with it, by day and number.
    papers: BTreeMap<(u32, String), (u32, u32)>,
    /// Tickets of whose paper staff said something, who may say anything.
    pub said_by_staff: BTreeSet<u64>,
}

#[derive(Debug, Default)]
struct Customer {
    /// Stands at the kiosk and waits for a number.
    at_kiosk: bool,
    ticket: Option<u64>,
    /// The counter at which he stands.
    counter: Option<u16>,
    /// The call that he follows.
    follows: Option<u64>,
}

impl People {
    /// Whether the customer with a number stands at a counter.
    pub fn stands_at(&self, number: &str, counter: u16) -> bool {
        let customer = self
            .by_number
            .get(number)
            .and_then(|place| self.customers.get(*place));
        customer.is_some_and(|customer| customer.counter == Some(counter))
    }

    pub fn a_number(&self, place: usize) -> Option<&String> {
        self.by_number
            .keys()
            .nth(place % self.by_number.len().max(1))
    }
}

impl World {
    pub fn arrival(&mut self) -> Held {
        let minute = self.minute_of_day();
        let is_day = (8 * 60 - 10..18 * 60).contains(&minute);
        let mean_ms = if is_day {
            HOUR_MS / (PER_COUNTER_AND_HOUR * self.town.counters.len() as u64)
        } else {
            2 * HOUR_MS
        };
        let wait_ms = self.chance.about(mean_ms).min(3 * HOUR_MS);
        self.after(wait_ms, Coming::Arrival);
        let customer = self.people.customers.len();
        self.people.customers.push(Customer {
            at_kiosk: true,
            ..Customer::default()
        });
        let ways = [
            Role::Kiosk,
            Role::Kiosk,
            Role::Kiosk,
            Role::Kiosk,
            Role::Kiosk,
            Role::Guide,
            Role::Phone,
        ];
        let way = *self.chance.one(&ways);
        let places: Vec<usize> = (0..self.programs.len())
            .filter(|place| self.programs[*place].role == way)
            .collect();
        let place = *self.chance.one(&places);
        if !self.programs[place].up {
            return Ok(());
        }
        let act = self.some_take();
        if plant::is(Plant::PrintedFirst) && way == Role::Kiosk {
            self.print_before_asking(place, &act)?;
        }
        if plant::is(Plant::DoubleTap) && self.chance.permille(100) {
            self.ask(place, act.clone(), Purpose::Touch(customer))?;
        }
        self.after(PATIENCE_MS, Coming::Impatient(customer));
        self.ask(place, act, Purpose::Touch(customer))
    }

    pub fn some_take(&mut self) -> Act {
        let codes: Vec<String> = self
            .town
            .services
            .iter()
            .map(|service| service.code.clone())
            .collect();
        let service = self.chance.one(&codes).clone();
        let mut then = Vec::new();
        if self.chance.permille(150) {
            then.extend(
                codes
                    .iter()
                    .filter(|code| **code != service)
                    .take(self.chance.of(1..3) as usize)
                    .cloned(),
            );
        }
        let class = if self.chance.permille(600) {
            CLASSES[0]
        } else {
            *self.chance.one(&CLASSES)
        };
        let needs_phone = self.town.one_per_phone && !self.chance.permille(30);
        let phone = (needs_phone || self.chance.permille(30)).then(|| self.some_phone());
        Act::Take {
            service,
            class: class.to_owned(),
            then,
            phone,
        }
    }

    fn some_phone(&mut self) -> String {
        let number = 13_800_000_000 + self.chance.of(0..60);
        match self.chance.index(10) {
            0 => format!("+86 {number}"),
            1 => "12".to_owned(),
            _ => number.to_string(),
        }
    }

    pub fn impatient(&mut self, customer: usize) {
        self.people.customers[customer].at_kiosk = false;
    }

    /// An answer reaches the program that asked.
    pub fn answered(&mut self, place: usize, id: Uuid, outcome: &Outcome) -> Held {
        let Some(purpose) = self.programs[place].asked.remove(&id) else {
            return Ok(());
        };
        match (purpose, outcome) {
            (Purpose::Touch(customer), Outcome::Done(Done::Issued(issued))) => {
                self.has_number(place, customer, issued)
            }
            (Purpose::Paper(ticket), _) => {
                if let Some(printing) = &mut self.programs[place].printing {
                    printing.told(ticket);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn has_number(&mut self, place: usize, customer: usize, issued: &Issued) -> Held {
        let holder = &mut self.people.customers[customer];
        if let Some(other) = holder.ticket.replace(issued.ticket) {
            return Err(format!(
                "one touch gave two tickets, {other} and {}",
                issued.ticket
            ));
        }
        if self.programs[place].role != Role::Kiosk {
            self.people
                .by_number
                .insert(issued.number.clone(), customer);
            return Ok(());
        }
        if !holder.at_kiosk {
            self.count("numbers that came too late");
            return self.ask(
                place,
                Act::Void {
                    ticket: issued.ticket,
                },
                Purpose::Nothing,
            );
        }
        holder.at_kiosk = false;
        self.people
            .by_number
            .insert(issued.number.clone(), customer);
        self.print(place, issued)
    }

    fn print(&mut self, place: usize, issued: &Issued) -> Held {
        self.trouble_for_printer(place);
        let Some(printing) = &mut self.programs[place].printing else {
            return Ok(());
        };
        let outcome = printing.print(issued.ticket, &issued.number, issued.copy);
        let sheets = printing.take_sheets();
        self.tell(&format!("{} on paper: {outcome:?}", issued.number));
        for sheet in sheets {
            self.paper_is_out(&sheet.number, sheet.has_bar)?;
        }
        match outcome {
            Some(outcome) => self.report_paper(place, issued.ticket, outcome),
            None => {
                self.count("kiosks killed in the middle of a print job");
                let down_ms = self.chance.of(5_000..60_000);
                self.after(down_ms, Coming::KioskStart(place));
                self.switch(place, false)
            }
        }
    }

    /// A paper that a customer can hold: its number is in the record, and on no other paper.
    fn paper_is_out(&mut self, number: &str, has_bar: bool) -> Held {
        let day = self.reference.date.unwrap_or_default();
        let number = (day, number.to_owned());
        if !self.machine.given.contains_key(&number) {
            return Err(format!(
                "{} is on paper, and the record does not know it",
                number.1
            ));
        }
        let (plain, with_bar) = self.people.papers.entry(number.clone()).or_default();
        (*plain, *with_bar) = (*plain + u32::from(!has_bar), *with_bar + u32::from(has_bar));
        if *plain > 1 {
            return Err(format!("{} is on two papers without a bar", number.1));
        }
        self.count("papers");
        Ok(())
    }

    fn report_paper(&mut self, place: usize, ticket: u64, outcome: PrintOutcome) -> Held {
        let failed = |trouble| match trouble {
            Trouble::PaperOut => NotPrintedReason::PaperOut,
            Trouble::CoverOpen => NotPrintedReason::CoverOpen,
            Trouble::Unreachable => NotPrintedReason::Unreachable,
            _ => NotPrintedReason::PrinterFault,
        };
        let act = match outcome {
            PrintOutcome::Printed | PrintOutcome::Sent => Act::Printed { ticket, copies: 0 },
            _ if plant::is(Plant::FailedCountedAsPrinted) => Act::Printed { ticket, copies: 0 },
            PrintOutcome::NotPrinted(trouble) => Act::NotPrinted {
                ticket,
                reason: failed(trouble),
            },
            PrintOutcome::Unknown(_) => Act::NotPrinted {
                ticket,
                reason: NotPrintedReason::Unknown,
            },
        };
        self.ask(place, act, Purpose::Paper(ticket))
    }

    /// The planted fault: the kiosk counts for itself and prints, and asks afterwards.
    fn print_before_asking(&mut self, place: usize, act: &Act) -> Held {
        let Act::Take { service, .. } = act else {
            return Ok(());
        };
        let given = self
            .machine
            .given
            .keys()
            .filter(|(_, number)| number.starts_with(service.as_str()));
        let number = format!("{service}{:03}", given.count() + 1);
        if let Some(printing) = &self.programs[place].printing {
            printing.push_out(&number);
            for sheet in printing.take_sheets() {
                self.paper_is_out(&sheet.number, sheet.has_bar)?;
            }
        }
        Ok(())
    }

    /// A kiosk's program starts again and knows from its disk what it has not told.
    pub fn kiosk_starts(&mut self, place: usize) -> Held {
        if let Some(printing) = &mut self.programs[place].printing
            && !printing.is_running()
        {
            printing.start();
        }
        self.switch(place, true)
    }

    /// A program is in step with the hall.
    pub fn link_is_up(&mut self, place: usize) -> Held {
        let Some(printing) = &self.programs[place].printing else {
            return Ok(());
        };
        let asked: BTreeSet<Purpose> = self.programs[place].asked.values().copied().collect();
        let untold = printing.untold().into_iter();
        let untold: Vec<_> = untold
            .filter(|(ticket, _)| !asked.contains(&Purpose::Paper(*ticket)))
            .collect();
        for (ticket, outcome) in untold {
            self.report_paper(place, ticket, outcome)?;
        }
        Ok(())
    }

    /// Everybody looks at the wall.
    pub fn rows_changed(&mut self, place: usize, changes: &Changes) -> Held {
        if self.programs[place].role != Role::Wall {
            return Ok(());
        }
        let mut called = Vec::new();
        for key in changes
            .changed
            .iter()
            .filter(|key| matches!(key, Key::Call { .. }))
        {
            if let Some(Row::Call(row)) = self.programs[place].table.row(key)
                && row.state == CallState::Called
            {
                called.push((row.number.clone(), row.call, row.counter));
            }
        }
        for (number, call, counter) in called {
            self.hears(&number, call, counter);
        }
        Ok(())
    }

    fn hears(&mut self, number: &str, call: u64, counter: u16) {
        if number.starts_with(ROLL) && !self.people.by_number.contains_key(number) {
            self.tears_off(number);
        }
        let Some(customer) = self.people.by_number.get(number).copied() else {
            return;
        };
        let listener = &mut self.people.customers[customer];
        if listener.follows.replace(call) == Some(call) {
            return;
        }
        let walk_ms = match self.chance.index(100) {
            0..86 => self.chance.of(3_000..40_000),
            86..97 => self.chance.of(2 * MINUTE_MS..15 * MINUTE_MS),
            _ => return,
        };
        self.after(walk_ms, Coming::AtCounter(customer, counter));
    }

    /// Whoever has a number of the roll was seen by nobody before it was called.
    fn tears_off(&mut self, number: &str) {
        let customer = self.people.customers.len();
        self.people.customers.push(Customer::default());
        self.people.by_number.insert(number.to_owned(), customer);
        self.count("numbers off the roll");
    }

    /// He is where he was called to, or finds that he is too late and asks to be taken back.
    pub fn at_counter(&mut self, customer: usize, counter: u16) -> Held {
        self.people.customers[customer].counter = Some(counter);
        let numbers = self.people.by_number.iter();
        let number = numbers
            .filter(|(_, of)| **of == customer)
            .map(|(number, _)| number.clone())
            .next();
        let Some(number) = number else { return Ok(()) };
        let missed = self.reference.tickets.iter().any(|ticket| {
            ticket.number() == number && ticket.state == crate::reference::State::NoShow
        });
        if missed {
            self.people.customers[customer].counter = None;
            let role = if self.chance.permille(700) {
                Role::Kiosk
            } else {
                Role::Guide
            };
            let place = self
                .programs
                .iter()
                .position(|program| program.role == role);
            return self.ask(
                place.unwrap_or_default(),
                Act::comes_back(number),
                Purpose::Nothing,
            );
        }
        Ok(())
    }

    /// What the record says of papers is what people hold.
    pub fn papers_are_true(&self) -> Held {
        use crate::reference::Paper;
        let day = self.reference.date.unwrap_or_default();
        for ticket in &self.reference.tickets {
            let papers = self
                .people
                .papers
                .get(&(day, ticket.number()))
                .copied()
                .unwrap_or_default();
            let any = papers.0 + papers.1 > 0;
            let wrong = match ticket.paper {
                _ if ticket.of_roll || self.people.said_by_staff.contains(&ticket.id) => false,
                Paper::Printed => !any,
                Paper::Missing(NotPrintedReason::Unknown) | Paper::Unknown => false,
                Paper::Missing(_) => any,
            };
            if wrong {
                return Err(format!(
                    "the paper of {} is {:?} in the record, and there are {papers:?}",
                    ticket.number(),
                    ticket.paper
                ));
            }
        }
        Ok(())
    }
}
