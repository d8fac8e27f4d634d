//! The only change. It cannot fail: what it is given has happened.

use crate::{
    Call, Counter, CounterNumber, Day, Event, Happening, Moment, Paper, Queue, ServiceCode, State,
    Ticket, TicketId,
};

/// Weight of the newest handling time in the running mean is one in this many: about the last
/// ten customers of a service count.
const HANDLING_MEMORY: u64 = 10;

impl Queue {
    /// Takes in something that happened.
    pub fn evolve(&mut self, event: &Event) {
        match &event.what {
            Happening::DayOpened {
                day,
                turns_at_steady_ms,
            } => {
                self.day = Day {
                    date: Some(*day),
                    turns_at_steady_ms: Some(*turns_at_steady_ms),
                    ..Day::default()
                };
            }
            Happening::DayClosed { .. } => {}
            Happening::Issued {
                ticket,
                number,
                service,
                class,
            } => self.day.join(Ticket {
                id: *ticket,
                number: number.clone(),
                service: service.clone(),
                class: class.clone(),
                issued: event.at,
                state: State::Waiting,
                paper: Paper::Unknown,
                call: None,
            }),
            Happening::Printed { ticket } => self.day.set_paper(*ticket, Paper::Printed),
            Happening::NotPrinted { ticket, why } => {
                self.day.set_paper(*ticket, Paper::Missing(*why))
            }
            Happening::Cancelled { ticket } => self.day.end(*ticket, State::Cancelled),
            Happening::Expired { ticket } => self.day.end(*ticket, State::Expired),
            Happening::SignedIn { counter, clerk } => self.day.open_counter(*counter, clerk),
            Happening::SignedOut { counter } => {
                self.day.counters.remove(counter);
            }
            Happening::Called {
                call,
                ticket,
                counter,
                reason,
            } => {
                let call = Call {
                    id: *call,
                    counter: *counter,
                    first: event.at,
                    last: event.at,
                    recalls: 0,
                    arrived: None,
                    reason: reason.clone(),
                };
                self.day.call(*ticket, call);
            }
            Happening::Recalled { ticket, .. } => self.day.recall(*ticket, event.at),
            Happening::Arrived { ticket, .. } => self.day.arrive(*ticket, event.at),
            Happening::Finished { ticket, counter } => {
                let typical_ms = |service: &ServiceCode| {
                    self.settings
                        .services
                        .get(service)
                        .map_or(0, |service| service.typical_handling_ms)
                };
                self.day.measure(*ticket, event.at, typical_ms);
                self.day.end(*ticket, State::Finished);
                *self.day.finished.entry(*counter).or_default() += 1;
            }
            Happening::NoShow { ticket, .. } => self.day.end(*ticket, State::NoShow),
            Happening::Paused { counter, reason } => {
                self.day.set_paused(*counter, Some(reason.clone()))
            }
            Happening::Resumed { counter } => self.day.set_paused(*counter, None),
        }
    }
}

impl Day {
    fn join(&mut self, ticket: Ticket) {
        self.last_numbers
            .insert(ticket.number.series.clone(), ticket.number.value);
        let lines = self.lines.entry(ticket.service.clone()).or_default();
        lines
            .entry(ticket.class.clone())
            .or_default()
            .insert(ticket.id);
        self.waiting += 1;
        self.tickets.push(ticket);
    }

    fn call(&mut self, id: TicketId, call: Call) {
        self.leave_line(id);
        self.calls += 1;
        self.called.push(id);
        if let Some(counter) = self.counters.get_mut(&call.counter) {
            counter.in_hand = Some(id);
        }
        if let Some(ticket) = self.ticket_mut(id) {
            ticket.state = State::Called;
            ticket.call = Some(call);
        }
    }

    fn recall(&mut self, id: TicketId, at: Moment) {
        if let Some(call) = self.ticket_mut(id).and_then(|ticket| ticket.call.as_mut()) {
            call.last = at;
            call.recalls += 1;
        }
    }

    fn arrive(&mut self, id: TicketId, at: Moment) {
        if let Some(ticket) = self.ticket_mut(id) {
            ticket.state = State::Serving;
            if let Some(call) = ticket.call.as_mut() {
                call.arrived = Some(at);
            }
        }
    }

    /// Takes the handling time of a ticket into the running mean of its service.
    fn measure(&mut self, id: TicketId, at: Moment, typical_ms: impl Fn(&ServiceCode) -> u64) {
        let Some(ticket) = self.ticket(id) else {
            return;
        };
        let Some(call) = &ticket.call else { return };
        let took_ms = at.since_ms(call.arrived.unwrap_or(call.first));
        let service = ticket.service.clone();
        let mean_ms = self
            .handling_ms
            .entry(service.clone())
            .or_insert_with(|| typical_ms(&service));
        *mean_ms = (*mean_ms * (HANDLING_MEMORY - 1) + took_ms) / HANDLING_MEMORY;
    }

    fn end(&mut self, id: TicketId, state: State) {
        self.leave_line(id);
        self.on_no_paper.remove(&id);
        for counter in self
            .counters
            .values_mut()
            .filter(|counter| counter.in_hand == Some(id))
        {
            counter.in_hand = None;
        }
        if let Some(ticket) = self.ticket_mut(id) {
            ticket.state = state;
        }
    }

    fn leave_line(&mut self, id: TicketId) {
        let Some(ticket) = self.ticket(id) else {
            return;
        };
        let (service, class) = (ticket.service.clone(), ticket.class.clone());
        let line = self
            .lines
            .get_mut(&service)
            .and_then(|lines| lines.get_mut(&class));
        if line.is_some_and(|line| line.remove(&id)) {
            self.waiting -= 1;
        }
    }

    fn set_paper(&mut self, id: TicketId, paper: Paper) {
        let Some(ticket) = self.ticket_mut(id) else {
            return;
        };
        ticket.paper = paper;
        let missing = matches!(paper, Paper::Missing(_)) && ticket.state.is_open();
        if missing {
            self.on_no_paper.insert(id);
        } else {
            self.on_no_paper.remove(&id);
        }
    }

    fn open_counter(&mut self, number: CounterNumber, clerk: &str) {
        let counter = Counter {
            clerk: clerk.to_owned(),
            paused: None,
            in_hand: None,
        };
        self.counters.insert(number, counter);
    }

    fn set_paused(&mut self, number: CounterNumber, paused: Option<String>) {
        if let Some(counter) = self.counters.get_mut(&number) {
            counter.paused = paused;
        }
    }

    fn ticket_mut(&mut self, id: TicketId) -> Option<&mut Ticket> {
        let place = (id.serial() as usize).checked_sub(1)?;
        self.tickets.get_mut(place).filter(|ticket| ticket.id == id)
    }
}
