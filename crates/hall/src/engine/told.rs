//! What an event has to tell the one who asked for it, beyond the rows.

use protocol::{Booked, Called, Continued, Done, Issued, Returned};
use queue::{
    ClassCode, Event, Happening, Moment, Place, Queue, Requeue, ServiceCode, Then, Ticket, TicketId,
};

use super::Calendar;
use super::translate::wait_range;
use crate::settings::HallSettings;

/// The hall as it was when it decided, which is before the event.
pub(super) struct Teller<'a> {
    pub(super) settings: &'a HallSettings,
    pub(super) queue: &'a Queue,
    pub(super) calendar: &'a dyn Calendar,
}

impl Teller<'_> {
    /// The answer to a request that led to these events.
    pub(super) fn tell(&self, events: &[Event]) -> Done {
        let told = events.iter().find_map(|event| self.tell_of(event));
        told.unwrap_or(Done::Done)
    }

    fn tell_of(&self, event: &Event) -> Option<Done> {
        match &event.what {
            Happening::Issued(issued) => Some(Done::Issued(self.issued(event.at, issued))),
            Happening::Called {
                call,
                ticket,
                errand,
                reason,
                ..
            } => {
                let ticket = self.ticket(*ticket)?;
                Some(Done::Called(Called {
                    call: call.0,
                    ticket: ticket.id.0,
                    number: ticket.number.to_string(),
                    service: ticket.errands.get(*errand)?.service.to_string(),
                    class: ticket.class.to_string(),
                    waited_ms: reason.waited_ms,
                }))
            }
            Happening::Finished {
                ticket,
                then: Then::Here(errand),
                ..
            } => {
                let ticket = self.ticket(*ticket)?;
                Some(Done::Continued(Continued {
                    ticket: ticket.id.0,
                    number: ticket.number.to_string(),
                    service: ticket.errands.get(*errand)?.service.to_string(),
                }))
            }
            Happening::Booked {
                appointment,
                service,
                slot_wall_ms,
                ..
            } => Some(Done::Booked(Booked {
                code: appointment.to_string(),
                service: service.to_string(),
                slot: self.calendar.local_text(*slot_wall_ms),
            })),
            Happening::Requeued {
                ticket,
                why: Requeue::Returned,
                place: Place::AfterCalls(calls),
                ..
            } => {
                let ticket = self.ticket(*ticket)?;
                let so_far = self.queue.day().calls_for(ticket.service());
                Some(Done::Returned(Returned {
                    ticket: ticket.id.0,
                    number: ticket.number.to_string(),
                    after_calls: calls.saturating_sub(so_far),
                }))
            }
            Happening::Reprinted { ticket } => {
                let ticket = self.ticket(*ticket)?;
                Some(Done::Reprint(self.reprint(event.at, ticket)))
            }
            _ => None,
        }
    }

    fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.queue.day().ticket(id)
    }

    fn issued(&self, at: Moment, issued: &queue::Issued) -> Issued {
        let booked = issued.appointment.is_some();
        let slot = booked.then(|| self.slot_text(issued.waits_from_ms, at));
        let errands: Vec<&ServiceCode> = issued.errands.iter().collect();
        Issued {
            slot,
            ..self.slip(
                at,
                &errands,
                &issued.class,
                (issued.ticket, &issued.number, at),
            )
        }
    }

    /// The slip of a ticket as it stands now, with the time when it was issued.
    fn reprint(&self, at: Moment, ticket: &Ticket) -> Issued {
        let open = ticket.open_errands();
        let errands: Vec<&ServiceCode> = open.map(|(_, errand)| &errand.service).collect();
        // What it waits from is its slot until it is called.
        let booked = ticket.appointment.is_some() && ticket.call.is_none();
        Issued {
            copy: ticket.copies + 1,
            slot: booked.then(|| self.slot_text(ticket.waits_from_ms, at)),
            ..self.slip(
                at,
                &errands,
                &ticket.class,
                (ticket.id, &ticket.number, ticket.issued),
            )
        }
    }

    fn slip(
        &self,
        at: Moment,
        errands: &[&ServiceCode],
        class: &ClassCode,
        (ticket, number, issued): (TicketId, &queue::Number, Moment),
    ) -> Issued {
        let (ahead, wait) = self.queue.workload(at).outlook(errands[0], class);
        let day = self.queue.day().date();
        let favoured = self.settings.class(class);
        Issued {
            ticket: ticket.0,
            number: number.to_string(),
            service: errands[0].to_string(),
            class: class.to_string(),
            favoured: favoured.is_some_and(|class| class.favoured),
            ahead,
            wait: wait.map(wait_range),
            issued_at: self.calendar.local_text(issued.wall_ms),
            day: day.map(|day| day.to_string()).unwrap_or_default(),
            then: errands[1..].iter().map(ToString::to_string).collect(),
            ..Issued::default()
        }
    }

    /// The local time of a slot, which is known by where on the steady clock its waiting begins.
    fn slot_text(&self, waits_from_ms: u64, now: Moment) -> String {
        let ahead_ms = waits_from_ms.wrapping_sub(now.steady_ms) as i64;
        let text = self
            .calendar
            .local_text(now.wall_ms.saturating_add(ahead_ms));
        text.rsplit(' ').next().unwrap_or_default().to_owned()
    }
}
