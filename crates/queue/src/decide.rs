//! What a command would lead to. Reads only.

use crate::name::MAX_SERIAL;
use crate::{
    ClassCode, Command, Counter, CounterNumber, Event, Happening, NoPaper, Now, Number, Paper,
    Queue, Refusal, ServiceCode, State, Ticket, TicketId,
};

type Decision = Result<Vec<Happening>, Refusal>;

impl Queue {
    /// What happens if this command is done now.
    ///
    /// # Errors
    /// A [`Refusal`]: the command would change nothing.
    pub fn decide(&self, now: Now, command: &Command) -> Result<Vec<Event>, Refusal> {
        let happenings = match command {
            Command::Take { service, class } => self.take(now, service, class),
            Command::Printed(ticket) => self.printed(*ticket),
            Command::NotPrinted(ticket, why) => self.not_printed(*ticket, *why),
            Command::Void(ticket) => self.void(*ticket),
            Command::SignIn { counter, clerk } => self.sign_in(*counter, clerk),
            Command::SignOut(counter) => self.sign_out(*counter),
            Command::CallNext(counter) => self.call_next(now, *counter),
            Command::Recall(counter) => self.recall(*counter),
            Command::Arrive(counter) => self.arrive(*counter),
            Command::Finish(counter) => self.finish(*counter),
            Command::NoShow(counter) => self.no_show(*counter),
            Command::Pause { counter, reason } => self.pause(*counter, reason),
            Command::Resume(counter) => self.resume(*counter),
        }?;
        Ok(stamp(now, happenings))
    }

    /// What happens now by itself: the turn of the day.
    ///
    /// A day turns once: when the calendar goes back, the open day stays open.
    #[must_use]
    pub fn decide_due(&self, now: Now) -> Vec<Event> {
        let opened = Happening::DayOpened {
            day: now.today,
            turns_at_steady_ms: now.tomorrow_steady_ms,
        };
        match self.day.date {
            None => stamp(now, vec![opened]),
            Some(day) if now.today > day => {
                let mut happenings = self.close_day();
                happenings.extend([Happening::DayClosed { day }, opened]);
                stamp(now, happenings)
            }
            Some(_) => Vec::new(),
        }
    }

    /// What is left over expires, and whoever still sits at a counter is signed out.
    fn close_day(&self) -> Vec<Happening> {
        let left = self
            .day
            .tickets
            .iter()
            .filter(|ticket| ticket.state.is_open());
        let expired = left.map(|ticket| Happening::Expired { ticket: ticket.id });
        let signed_out = self
            .day
            .counters
            .keys()
            .map(|counter| Happening::SignedOut { counter: *counter });
        expired.chain(signed_out).collect()
    }

    fn take(&self, now: Now, service: &ServiceCode, class: &ClassCode) -> Decision {
        let settings = self
            .settings
            .services
            .get(service)
            .ok_or(Refusal::UnknownService)?;
        if !self.settings.classes.contains_key(class) {
            return Err(Refusal::UnknownClass);
        }
        let value = self.day.last_numbers.get(service).copied().unwrap_or(0) + 1;
        if value > settings.last_number || self.day.tickets.len() >= MAX_SERIAL as usize {
            return Err(Refusal::NumbersUsedUp);
        }
        if self.day.waiting >= self.settings.max_waiting {
            return Err(Refusal::HallFull);
        }
        Ok(vec![Happening::Issued {
            ticket: self.day.next_ticket(self.day.date.unwrap_or(now.today)),
            number: Number {
                series: service.clone(),
                value,
            },
            service: service.clone(),
            class: class.clone(),
        }])
    }

    fn printed(&self, ticket: TicketId) -> Decision {
        match self.known(ticket)?.paper {
            Paper::Printed => Ok(Vec::new()),
            Paper::Unknown | Paper::Missing(_) => Ok(vec![Happening::Printed { ticket }]),
        }
    }

    fn not_printed(&self, ticket: TicketId, why: NoPaper) -> Decision {
        match self.known(ticket)?.paper {
            Paper::Printed => Err(Refusal::AlreadyPrinted),
            Paper::Missing(known) if known == why => Ok(Vec::new()),
            Paper::Unknown | Paper::Missing(_) => Ok(vec![Happening::NotPrinted { ticket, why }]),
        }
    }

    fn void(&self, ticket: TicketId) -> Decision {
        match self.known(ticket)?.state {
            State::Waiting => Ok(vec![Happening::Cancelled { ticket }]),
            State::Cancelled => Ok(Vec::new()),
            _ => Err(Refusal::NotWaiting),
        }
    }

    fn sign_in(&self, number: CounterNumber, clerk: &str) -> Decision {
        if !self.settings.counters.contains_key(&number) {
            return Err(Refusal::UnknownCounter);
        }
        let seat = self
            .day
            .counters
            .iter()
            .find(|(_, counter)| counter.clerk == clerk);
        match (self.day.counters.get(&number), seat) {
            (Some(counter), _) if counter.clerk == clerk => Ok(Vec::new()),
            (Some(counter), _) => Err(Refusal::CounterTaken(counter.clerk.clone())),
            (None, Some((elsewhere, _))) => Err(Refusal::ClerkElsewhere(*elsewhere)),
            (None, None) => Ok(vec![Happening::SignedIn {
                counter: number,
                clerk: clerk.to_owned(),
            }]),
        }
    }

    fn sign_out(&self, counter: CounterNumber) -> Decision {
        self.open(counter)?;
        match self.day.in_hand(counter) {
            Some(ticket) => Err(Refusal::StillInHand(ticket.number.clone())),
            None => Ok(vec![Happening::SignedOut { counter }]),
        }
    }

    fn call_next(&self, now: Now, counter: CounterNumber) -> Decision {
        if self.open(counter)?.paused.is_some() {
            return Err(Refusal::CounterPaused);
        }
        let mut happenings = match self.day.in_hand(counter) {
            Some(ticket) if ticket.state == State::Called => {
                return Err(Refusal::StillCalled(ticket.number.clone()));
            }
            Some(ticket) => vec![Happening::Finished {
                ticket: ticket.id,
                counter,
            }],
            None => Vec::new(),
        };
        let pick = self.next_for(counter, now.at).ok_or(Refusal::NobodyWaits)?;
        let call = self.day.next_call(self.day.date.unwrap_or(now.today));
        happenings.push(Happening::Called {
            call,
            ticket: pick.ticket,
            counter,
            reason: pick.reason,
        });
        Ok(happenings)
    }

    fn recall(&self, counter: CounterNumber) -> Decision {
        let ticket = self.called(counter)?.id;
        Ok(vec![Happening::Recalled { ticket, counter }])
    }

    fn arrive(&self, counter: CounterNumber) -> Decision {
        let ticket = self.called(counter)?.id;
        Ok(vec![Happening::Arrived { ticket, counter }])
    }

    fn finish(&self, counter: CounterNumber) -> Decision {
        let ticket = self.held(counter)?.id;
        Ok(vec![Happening::Finished { ticket, counter }])
    }

    fn no_show(&self, counter: CounterNumber) -> Decision {
        let ticket = self.called(counter)?.id;
        Ok(vec![Happening::NoShow { ticket, counter }])
    }

    fn pause(&self, counter: CounterNumber, reason: &str) -> Decision {
        match &self.open(counter)?.paused {
            Some(known) if known == reason => Ok(Vec::new()),
            _ => Ok(vec![Happening::Paused {
                counter,
                reason: reason.to_owned(),
            }]),
        }
    }

    fn resume(&self, counter: CounterNumber) -> Decision {
        match self.open(counter)?.paused {
            Some(_) => Ok(vec![Happening::Resumed { counter }]),
            None => Err(Refusal::CounterNotPaused),
        }
    }

    fn known(&self, ticket: TicketId) -> Result<&Ticket, Refusal> {
        self.day.ticket(ticket).ok_or(Refusal::UnknownTicket)
    }

    fn open(&self, number: CounterNumber) -> Result<&Counter, Refusal> {
        if !self.settings.counters.contains_key(&number) {
            return Err(Refusal::UnknownCounter);
        }
        self.day.counter(number).ok_or(Refusal::CounterClosed)
    }

    /// The ticket in hand, in whatever state.
    fn held(&self, counter: CounterNumber) -> Result<&Ticket, Refusal> {
        self.open(counter)?;
        self.day.in_hand(counter).ok_or(Refusal::NothingInHand)
    }

    /// The ticket in hand whose customer is still expected.
    fn called(&self, counter: CounterNumber) -> Result<&Ticket, Refusal> {
        let ticket = self.held(counter)?;
        if ticket.state == State::Called {
            Ok(ticket)
        } else {
            Err(Refusal::AlreadyArrived)
        }
    }
}

fn stamp(now: Now, happenings: Vec<Happening>) -> Vec<Event> {
    happenings
        .into_iter()
        .map(|what| Event { at: now.at, what })
        .collect()
}
