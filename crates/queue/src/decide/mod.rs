//! What a command would lead to. Reads only; one file for each part of a ticket's way.

mod aside;
mod call;
mod customer;
mod due;
mod finish;
mod paper;
mod roll;
mod seat;
mod take;
mod transfer;

use crate::{
    Command, Counter, CounterNumber, Date, Event, Happening, Now, Queue, Refusal, State, Ticket,
    TicketId,
};

/// What happens, or why nothing does.
type Decision = Result<Vec<Happening>, Refusal>;

impl Queue {
    /// What happens if this command is done now.
    ///
    /// # Errors
    /// A [`Refusal`]: the command would change nothing.
    pub fn decide(&self, now: Now, command: &Command) -> Result<Vec<Event>, Refusal> {
        let happenings = match command {
            Command::Take {
                errands,
                class,
                channel,
                holder,
            } => self.take(now, errands, class, (*channel, *holder)),
            Command::Book {
                appointment,
                service,
                class,
                slot,
            } => self.book(now, appointment, (service, class), *slot),
            Command::CheckIn {
                appointment,
                service,
                class,
                slot_wall_ms,
                channel,
            } => self.check_in(
                now,
                appointment,
                (service, class),
                (*slot_wall_ms, *channel),
            ),
            Command::Printed { ticket, copies } => self.printed(*ticket, *copies),
            Command::NotPrinted(ticket, why) => self.not_printed(*ticket, *why),
            Command::Reprint(ticket) => self.reprint(*ticket),
            Command::Cancel(ticket, why) => self.cancel(*ticket, *why),
            Command::Return(ticket) => self.come_back(now, *ticket),
            Command::SetClass {
                ticket,
                class,
                verified,
            } => self.set_class(*ticket, class, *verified),
            Command::SignIn { counter, clerk } => self.sign_in(*counter, clerk),
            Command::SignOut(counter) => self.sign_out(*counter),
            Command::Pause { counter, reason } => self.pause(*counter, reason),
            Command::Resume(counter) => self.resume(*counter),
            Command::BeginRoll { first } => self.begin_roll(*first),
            Command::EndRoll => self.end_roll(),
            Command::CallNext(counter) => self.call_next(now, *counter),
            Command::CallChosen(counter, ticket) => self.call_chosen(now, *counter, *ticket),
            Command::AwaitNext(counter) => self.await_next(now, *counter),
            Command::StopAwaiting(counter) => self.stop_awaiting(*counter),
            Command::ServeWithout {
                counter,
                service,
                class,
            } => self.serve_without(now, *counter, service, class),
            Command::Recall(counter) => self.recall(now, *counter),
            Command::Arrive(counter) => self.arrive(*counter),
            Command::NoShow(counter) => self.no_show(*counter),
            Command::UndoNoShow(counter, ticket) => self.undo_no_show(*counter, *ticket),
            Command::Finish { counter, outcome } => self.finish(now, *counter, outcome.as_ref()),
            Command::Hold {
                counter,
                reason,
                for_ms,
            } => self.hold(now, *counter, reason, *for_ms),
            Command::ResumeHeld(counter, ticket) => self.resume_held(*counter, *ticket),
            Command::PutBack(counter, place) => self.put_back(now, *counter, *place),
            Command::Transfer {
                counter,
                to,
                note,
                keep_time,
                come_back,
            } => self.transfer(now, *counter, to, (note.clone(), *keep_time, *come_back)),
        }?;
        Ok(stamp(now, happenings))
    }

    /// The open day, or the one that the calendar shows.
    fn date(&self, now: Now) -> Date {
        self.day.date.unwrap_or(now.today)
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

    /// A counter with nobody in hand.
    fn free(&self, number: CounterNumber) -> Result<&Counter, Refusal> {
        let counter = self.open(number)?;
        match self.day.in_hand(number) {
            Some(ticket) => Err(Refusal::StillInHand(ticket.number.clone())),
            None => Ok(counter),
        }
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
