//! Handing a customer over (内转外不转): the matter moves on, and the ticket stays.

use super::Decision;
use crate::{Counter, CounterNumber, Desk, Happening, Now, Queue, Refusal, Ticket};

impl Queue {
    pub(super) fn transfer(
        &self,
        now: Now,
        counter: CounterNumber,
        to: &Desk,
        (note, keep_time, come_back): (Option<String>, bool, bool),
    ) -> Decision {
        let ticket = self.held(counter)?;
        self.is_elsewhere((counter, self.open(counter)?), ticket, to)?;
        Ok(vec![Happening::Transferred {
            ticket: ticket.id,
            counter,
            to: to.clone(),
            note,
            waits_from_ms: if keep_time {
                ticket.keeps_time_from_ms(now.at)
            } else {
                now.at.steady_ms
            },
            come_back,
        }])
    }

    /// Somebody is there to hand over to, and it is somebody else.
    fn is_elsewhere(
        &self,
        (number, counter): (CounterNumber, &Counter),
        ticket: &Ticket,
        to: &Desk,
    ) -> Result<(), Refusal> {
        let there = match to {
            Desk::Service(service) => {
                let known = self.settings.services.get(service);
                known.ok_or(Refusal::UnknownService)?;
                ticket.service() == service
            }
            Desk::Counter(other) => {
                self.open(*other)?;
                *other == number
            }
            Desk::Clerk(clerk) => {
                self.day.seat_of(clerk).ok_or(Refusal::ClerkAway)?;
                counter.clerk == *clerk
            }
        };
        if there {
            Err(Refusal::AlreadyThere)
        } else {
            Ok(())
        }
    }
}
