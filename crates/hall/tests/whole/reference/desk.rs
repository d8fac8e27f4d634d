//! How a ticket moves between line and counter.

use super::{Call, Desk, Errand, Place, Reference, Said, State, Ticket};

impl Reference {
    pub(super) fn call(&mut self, place: usize, errand: usize, counter: u16, now_ms: u64) -> Said {
        self.calls += 1;
        let id = self.serial_base() + self.calls;
        let ticket = &mut self.tickets[place];
        let waited_ms = now_ms.saturating_sub(ticket.from_ms);
        (ticket.state, ticket.current, ticket.place) = (State::Called, errand, Place::ByScore);
        ticket.call = Some(Call::new(id, counter, now_ms));
        let service = ticket.service().to_owned();
        let said = Said::Called {
            call: id,
            ticket: ticket.id,
            number: ticket.number(),
            service: service.clone(),
            waited_ms,
        };
        *self.calls_for.entry(service).or_default() += 1;
        self.stop_awaiting(counter);
        said
    }

    /// The errand in hand is done; says for which one the customer stays.
    pub(super) fn finish(&mut self, place: usize, counter: u16, now_ms: u64) -> Option<Said> {
        let next = self.goes_on_with(place, counter);
        let ticket = &mut self.tickets[place];
        ticket.errands[ticket.current].done = true;
        if let Some(next) = next {
            (ticket.state, ticket.current) = (State::Serving, next);
            if let Some(call) = &mut ticket.call {
                (call.arrived_ms, call.near, call.over) = (Some(now_ms), false, false);
            }
            return Some(Said::Continued {
                number: ticket.number(),
                service: ticket.service().to_owned(),
            });
        }
        if ticket.errands.iter().all(|errand| errand.done) {
            ticket.state = State::Finished;
        } else {
            let from_ms = ticket.keeps_from_ms(now_ms);
            self.line_up(place, Place::ByScore, from_ms);
        }
        None
    }

    /// Who would wait for somebody who has left waits for the service.
    pub(super) fn line_up(&mut self, place: usize, stands: Place, from_ms: u64) {
        let desks: Vec<Desk> = self.tickets[place]
            .errands
            .iter()
            .map(|errand| self.present_desk(errand))
            .collect();
        let ticket = &mut self.tickets[place];
        for (errand, desk) in ticket
            .errands
            .iter_mut()
            .zip(desks)
            .filter(|(errand, _)| !errand.done)
        {
            errand.desk = desk;
        }
        let first_open = ticket.errands.iter().position(|errand| !errand.done);
        if ticket.errands[ticket.current].done {
            ticket.current = first_open.unwrap_or(ticket.current);
        }
        (ticket.state, ticket.place, ticket.from_ms) = (State::Waiting, stands, from_ms);
        (ticket.near, ticket.over) = (false, false);
        ticket.until_ms = None;
    }

    pub(super) fn miss(&mut self, place: usize, now_ms: u64) {
        let calls = self.calls_for(self.tickets[place].service());
        let ticket = &mut self.tickets[place];
        ticket.state = State::NoShow;
        ticket.missed += 1;
        (ticket.missed_ms, ticket.calls_when_missed) = (now_ms, calls);
    }

    /// A counter closes: who waits for it or its clerk alone waits for the service.
    pub(super) fn close(&mut self, counter: u16) {
        let Some(seat) = self.seats.remove(&counter) else {
            return;
        };
        let left = [Desk::Counter(counter), Desk::Clerk(seat.clerk)];
        for ticket in self
            .tickets
            .iter_mut()
            .filter(|ticket| ticket.state == State::Waiting)
        {
            for desk in &left {
                // Only who stands in that line is told; the rest is seen to when it lines up.
                if ticket
                    .callable()
                    .any(|errand| ticket.errands[errand].desk == *desk)
                {
                    ticket.release(desk);
                }
            }
        }
    }

    pub(super) fn stop_awaiting(&mut self, counter: u16) {
        if let Some(seat) = self.seats.get_mut(&counter) {
            seat.awaiting_since_ms = None;
        }
    }
}

impl Ticket {
    /// The errand goes to somebody else. Who comes back has it twice: there, and then here again.
    pub(super) fn hand_over(&mut self, to: &Desk, back_to: Option<u16>) {
        if let Some(counter) = back_to {
            let begun = self.errands.remove(self.current);
            let again = Errand {
                desk: Desk::Counter(counter),
                ..begun.clone()
            };
            let open = self.errands.iter().position(|errand| !errand.done);
            self.current = open.unwrap_or(self.errands.len());
            self.errands
                .splice(self.current..self.current, [begun, again]);
            self.in_order = true;
        }
        let errand = &mut self.errands[self.current];
        errand.desk = to.clone();
        if let Desk::Service(service) = to {
            errand.service.clone_from(service);
        }
    }

    fn release(&mut self, desk: &Desk) {
        for errand in self
            .errands
            .iter_mut()
            .filter(|errand| !errand.done && errand.desk == *desk)
        {
            errand.desk = Desk::Service(errand.service.clone());
        }
    }
}

impl Call {
    pub(super) fn new(id: u64, counter: u16, now_ms: u64) -> Self {
        Self {
            id,
            counter,
            first_ms: now_ms,
            last_ms: now_ms,
            recalls: 0,
            arrived_ms: None,
            near: false,
            over: false,
        }
    }
}
