//! What an event has to tell the one who asked for it, beyond the rows.

use protocol::{Called, Done, Issued};
use queue::{CallId, ClassCode, Event, Happening, Number, Queue, Reason, ServiceCode, TicketId};

use super::translate::wait_range;
use crate::settings::HallSettings;

/// The hall as it was when it decided, which is before the event.
pub(super) struct Teller<'a> {
    pub(super) settings: &'a HallSettings,
    pub(super) queue: &'a Queue,
    /// Words a moment of the wall clock as local date and time.
    pub(super) local_text: &'a dyn Fn(i64) -> String,
}

impl Teller<'_> {
    /// The answer to a request that led to these events.
    pub(super) fn tell(&self, events: &[Event]) -> Done {
        let told = events.iter().find_map(|event| match &event.what {
            Happening::Issued {
                ticket,
                number,
                service,
                class,
            } => Some(Done::Issued(self.issued(
                event,
                *ticket,
                number,
                (service, class),
            ))),
            Happening::Called {
                call,
                ticket,
                reason,
                ..
            } => self.called(*call, *ticket, reason).map(Done::Called),
            _ => None,
        });
        told.unwrap_or(Done::Done)
    }

    fn issued(
        &self,
        event: &Event,
        ticket: TicketId,
        number: &Number,
        (service, class): (&ServiceCode, &ClassCode),
    ) -> Issued {
        let (ahead, wait) = self.queue.workload(event.at).outlook(service, class);
        let day = self.queue.day().date();
        Issued {
            ticket: ticket.0,
            number: number.to_string(),
            service: service.to_string(),
            class: class.to_string(),
            favoured: self
                .settings
                .class(class)
                .is_some_and(|class| class.favoured),
            ahead,
            wait: wait.map(wait_range),
            issued_at: (self.local_text)(event.at.wall_ms),
            day: day.map(|day| day.to_string()).unwrap_or_default(),
            ..Default::default()
        }
    }

    fn called(&self, call: CallId, ticket: TicketId, reason: &Reason) -> Option<Called> {
        let ticket = self.queue.day().ticket(ticket)?;
        Some(Called {
            call: call.0,
            ticket: ticket.id.0,
            number: ticket.number.to_string(),
            service: ticket.service.to_string(),
            class: ticket.class.to_string(),
            waited_ms: reason.waited_ms,
        })
    }
}
