//! Taking a ticket, or a place in the queue: from the touch to the answer, or to its absence.

use std::time::Instant;

use protocol::{Act, Done, DoorState, Issued, NotPrintedReason, Outcome, ServiceRow};
use ticket::{PrinterState, Slip};
use uuid::Uuid;

use super::Controller;
use super::keypad::{Keypad, Purpose};
use super::page::{Page, Paper, Shown};
use super::unfinished::Next;
use crate::event::Effect;

/// A request of a customer that has no answer yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(super) id: Uuid,
    pub(crate) act: Act,
}

impl Controller {
    /// Whether the hall gives out numbers for this service now, as far as its rows tell.
    pub(crate) fn takes_numbers(&self, service: &ServiceRow) -> bool {
        self.hall_is_open() && service.doors.state == DoorState::Open
    }

    pub(crate) fn service_takes_numbers(&self, code: &str) -> bool {
        let row = self.table.service(code);
        row.is_some_and(|row| row.at_kiosk && self.takes_numbers(row))
    }

    /// Whether the hall gives out numbers now.
    pub(crate) fn hall_is_open(&self) -> bool {
        let hall = self.table.hall();
        hall.is_none_or(|hall| hall.doors.state == DoorState::Open)
    }

    pub(super) fn take_ordinary(&mut self, now: Instant) -> Option<Effect> {
        // The hall lists the ordinary class first.
        let class = self.table.hall()?.classes.first()?.code.clone();
        self.take(now, class)
    }

    pub(super) fn take(&mut self, now: Instant, class: String) -> Option<Effect> {
        let Page::Service(visit) = &self.page else {
            return None;
        };
        if !self.service_takes_numbers(&visit.service) {
            return None;
        }
        let visit = visit.clone();
        if self.asks_phone() {
            let purpose = Purpose::Phone { visit, class };
            self.go(now, Page::Keypad(Keypad::new(purpose)));
            return None;
        }
        let act = Act::Take {
            service: visit.service,
            class,
            then: visit.then,
            phone: None,
        };
        Some(self.ask_for(now, act))
    }

    /// Once more what had no answer, or what was typed wrong.
    pub(super) fn try_again(&mut self, now: Instant) -> Option<Effect> {
        match &self.page {
            Page::NoAnswer(request) => {
                let act = request.act.clone();
                self.given_up.push(request.clone());
                Some(self.ask_for(now, act))
            }
            Page::Refused { act, refusal } => {
                let purpose = Purpose::to_type_again(act, refusal)?;
                self.go(now, Page::Keypad(Keypad::new(purpose)));
                None
            }
            _ => None,
        }
    }

    /// Asks the hall. What was asked before and has no answer yet keeps its id, so that it is one
    /// ticket.
    pub(super) fn ask_for(&mut self, now: Instant, act: Act) -> Effect {
        let known = self.given_up.iter().position(|old| old.act == act);
        let request = match known {
            Some(place) => self.given_up.swap_remove(place),
            None => Request {
                id: (self.next_id)(),
                act,
            },
        };
        let effect = Effect::Ask {
            id: request.id,
            act: request.act.clone(),
        };
        self.go(now, Page::Taking(request));
        effect
    }

    pub(super) fn answer(&mut self, now: Instant, id: Uuid, outcome: Outcome) -> Option<Effect> {
        match &self.page {
            // A customer who still reads the apology gets the number that came late.
            Page::Taking(request) | Page::NoAnswer(request) if request.id == id => {
                let act = request.act.clone();
                self.give(now, act, outcome)
            }
            _ => {
                let known = self.reports.answer(id, &outcome, now);
                known.map_or_else(|| self.take_back(now, id, outcome), |act| told(&act))
            }
        }
    }

    fn give(&mut self, now: Instant, act: Act, outcome: Outcome) -> Option<Effect> {
        match outcome {
            Outcome::Done(Done::Issued(issued)) => {
                let ticket = issued.ticket;
                let slip = Box::new(self.slip(&issued));
                let paper = Paper::Printing;
                self.go(now, Page::Number(Shown { issued, paper }));
                return Some(Effect::Print { ticket, slip });
            }
            Outcome::Done(Done::Returned(returned)) => self.go(now, Page::Returned(returned)),
            Outcome::Refused(refusal) => self.go(now, Page::Refused { act, refusal }),
            // No hall answers a kiosk so; there is nothing to show.
            Outcome::Done(
                Done::Called(_)
                | Done::Continued(_)
                | Done::Booked(_)
                | Done::Reprint(_)
                | Done::Report(_)
                | Done::Done,
            ) => self.go_home(now),
        }
        None
    }

    fn slip(&self, issued: &Issued) -> Slip {
        let mut slip = client::slip(issued, &self.table, self.looks.large_text);
        if self.wants_papers {
            slip.papers = client::papers(issued, &self.table);
        }
        slip
    }

    /// Whether the page offers to list the papers on the slip: where there are any, the printer can
    /// print them, and the hall does not list them on every slip.
    pub(crate) fn offers_papers(&self) -> bool {
        let Page::Service(visit) = &self.page else {
            return false;
        };
        let has_papers = |row: &ServiceRow| !row.papers.is_empty() && self.takes_numbers(row);
        let on_every_slip = self.table.slip().is_some_and(|row| row.papers);
        let can_print = self.printer.is_some_and(PrinterState::can_print);
        let row = self.table.service(&visit.service);
        row.is_some_and(has_papers) && can_print && !on_every_slip
    }

    /// A request that was under way when the kiosk was stopped.
    pub(super) fn finish_asking(&mut self, id: Uuid, act: Act) -> Effect {
        let act = self.unfinished.begin(Request { id, act });
        Effect::Ask { id, act }
    }

    /// Nobody stands there any more to take what comes of this.
    fn take_back(&mut self, now: Instant, id: Uuid, outcome: Outcome) -> Option<Effect> {
        match self.unfinished.answer(id, &outcome, now) {
            Some(Next::Ask(act)) => return Some(Effect::Ask { id, act }),
            Some(Next::Wait) => return None,
            Some(Next::Settled(request, outcome)) => return self.give_back(request, *outcome),
            None => {}
        }
        let place = self.given_up.iter().position(|old| old.id == id)?;
        let request = self.given_up.swap_remove(place);
        self.give_back(request, outcome)
    }

    fn give_back(&mut self, request: Request, outcome: Outcome) -> Option<Effect> {
        let Outcome::Done(Done::Issued(issued)) = outcome else {
            return None;
        };
        let ticket = issued.ticket;
        let reason = NotPrintedReason::Unknown;
        Some(self.report(match request.act {
            // The hall expects this customer, and staff find the ticket by the appointment.
            Act::CheckIn { .. } => Act::NotPrinted { ticket, reason },
            _ => Act::Void { ticket },
        }))
    }

    pub(super) fn give_up(&mut self, request: Request) {
        let goes_on = match &self.page {
            Page::Taking(now) => now.id == request.id,
            Page::Number(_) | Page::Returned(_) | Page::Refused { .. } => true,
            _ => false,
        };
        if !goes_on {
            self.given_up.push(request);
        }
    }
}

/// The hall knows what became of this paper, so the kiosk need not remember it any longer.
fn told(act: &Act) -> Option<Effect> {
    match act {
        Act::Printed { ticket, .. } | Act::NotPrinted { ticket, .. } | Act::Void { ticket } => {
            Some(Effect::Told { ticket: *ticket })
        }
        _ => None,
    }
}
