//! Taking a ticket: from the touch to the number, or to its absence.

use std::time::Instant;

use protocol::{Act, Done, Outcome};
use uuid::Uuid;

use super::Controller;
use super::page::{Page, Paper, Shown};
use crate::event::Effect;
use crate::slip::slip;

/// What a customer asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) service: String,
    pub(crate) class: String,
}

/// A request for a ticket that has no answer yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    id: Uuid,
    choice: Choice,
}

impl Controller {
    pub(super) fn take_ordinary(&mut self, now: Instant) -> Option<Effect> {
        // The hall lists the ordinary class first.
        let class = self.table.hall()?.classes.first()?.code.clone();
        self.take(now, class)
    }

    pub(super) fn take(&mut self, now: Instant, class: String) -> Option<Effect> {
        let Page::Service { code } = &self.page else {
            return None;
        };
        let service = code.clone();
        let choice = Choice { service, class };
        Some(self.ask_for(now, choice))
    }

    pub(super) fn try_again(&mut self, now: Instant) -> Option<Effect> {
        let Page::NoAnswer(request) = &self.page else {
            return None;
        };
        let choice = request.choice.clone();
        self.given_up.push(request.clone());
        Some(self.ask_for(now, choice))
    }

    /// Asks for a ticket. A choice whose answer is still out keeps its id, so that it is one ticket.
    fn ask_for(&mut self, now: Instant, choice: Choice) -> Effect {
        let known = self.given_up.iter().position(|old| old.choice == choice);
        let request = match known {
            Some(place) => self.given_up.swap_remove(place),
            None => Request {
                id: (self.next_id)(),
                choice,
            },
        };
        let effect = Effect::Ask {
            id: request.id,
            act: Act::take(&request.choice.service, &request.choice.class),
        };
        self.go(now, Page::Taking(request));
        effect
    }

    pub(super) fn answer(&mut self, now: Instant, id: Uuid, outcome: Outcome) -> Option<Effect> {
        match &self.page {
            // A customer who still reads the apology gets the number that came late.
            Page::Taking(request) | Page::NoAnswer(request) if request.id == id => {
                self.give(now, outcome)
            }
            _ => {
                self.reports.answer(id, &outcome, now);
                self.void(id, outcome)
            }
        }
    }

    fn give(&mut self, now: Instant, outcome: Outcome) -> Option<Effect> {
        match outcome {
            Outcome::Done(Done::Issued(issued)) => {
                let ticket = issued.ticket;
                let slip = Box::new(slip(&issued, &self.table, self.looks.large_text));
                let paper = Paper::Printing;
                self.go(now, Page::Number(Shown { issued, paper }));
                Some(Effect::Print { ticket, slip })
            }
            Outcome::Refused(refusal) => {
                self.go(now, Page::Refused(refusal));
                None
            }
            // No hall answers a take so; there is no number to show.
            Outcome::Done(
                Done::Called(_)
                | Done::Continued(_)
                | Done::Booked(_)
                | Done::Returned(_)
                | Done::Reprint(_)
                | Done::Done,
            ) => {
                self.go_home(now);
                None
            }
        }
    }

    /// Nobody stands there any more to take this ticket.
    fn void(&mut self, id: Uuid, outcome: Outcome) -> Option<Effect> {
        let place = self.given_up.iter().position(|old| old.id == id)?;
        self.given_up.swap_remove(place);
        match outcome {
            Outcome::Done(Done::Issued(issued)) => Some(self.report(Act::Void {
                ticket: issued.ticket,
            })),
            _ => None,
        }
    }

    pub(super) fn give_up(&mut self, request: Request) {
        let goes_on = match &self.page {
            Page::Taking(now) => now.id == request.id,
            Page::Number(_) | Page::Refused(_) => true,
            _ => false,
        };
        if !goes_on {
            self.given_up.push(request);
        }
    }
}
