//! What happened, in English.

use queue::{
    Alarm, CancelWhy, Channel, CounterNumber, Desk, Happening, Issued, Place, Requeue, Then,
    TicketId,
};

use super::Act;
use crate::picture::no_paper;
use crate::trust;
use crate::wording::{class, counter, date_and_time, service, span, time};

impl Act<'_> {
    fn who(&self) -> String {
        let clerk = self.clerk().map(str::to_owned);
        clerk.unwrap_or_else(|| "somebody".to_owned())
    }

    fn place(&self, number: CounterNumber) -> String {
        format!("counter {}", counter(self.settings, number))
    }

    fn of(&self, service: Option<&queue::ServiceCode>) -> String {
        service.map_or_else(
            || "the hall".to_owned(),
            |code| self::service(self.settings, code),
        )
    }

    /// What happened.
    pub(super) fn english(&self) -> String {
        use Happening as H;
        let who = self.who();
        let no = |ticket: &TicketId| self.numbered(*ticket);
        let at = |counter: &CounterNumber| self.place(*counter);
        match &self.event.what {
            H::DayOpened { day, .. } => format!("the business day {day} began"),
            H::DayClosed { day } => format!("the business day {day} ended"),
            H::Issued(issued) => self.issued(issued),
            H::Booked {
                service: code,
                class: who_for,
                slot_wall_ms,
                ..
            } => format!(
                "an appointment for {} ({}) was made on {}",
                service(self.settings, code),
                class(self.settings, who_for),
                date_and_time(&self.settings.time_zone, *slot_wall_ms)
            ),
            H::Printed { ticket, copies: 0 } => format!("the slip of {} was printed", no(ticket)),
            H::Printed { ticket, copies } => format!(
                "the slip of {} was printed, with copies up to {copies}",
                no(ticket)
            ),
            H::RollBegun { next } => {
                format!("numbers came from the pre-printed roll, from {next} on")
            }
            H::RollEnded => "numbers came from printers again".to_owned(),
            H::NotPrinted { ticket, why } => {
                format!(
                    "the slip of {} was not printed: {}",
                    no(ticket),
                    no_paper(*why)
                )
            }
            H::Reprinted { ticket } => {
                format!("the slip of {} was to be printed again", no(ticket))
            }
            H::Cancelled { ticket, why } => {
                format!("{} was cancelled: {}", no(ticket), cancelled(*why))
            }
            H::Expired { ticket } => format!("{} was left over at the end of the day", no(ticket)),
            H::ClassSet {
                ticket,
                class: code,
                verified,
            } => {
                let proof = if *verified {
                    "was seen"
                } else {
                    "was not seen"
                };
                let class = class(self.settings, code);
                format!(
                    "{} was put in the class {class}; the proof {proof}",
                    no(ticket)
                )
            }
            H::SignedIn { counter, clerk } => format!("{clerk} sat down at {}", at(counter)),
            H::SignedOut { counter } => format!("{who} left {}, which is closed", at(counter)),
            H::Awaiting { counter } => {
                format!("{who} at {} waits for whoever comes next", at(counter))
            }
            H::StoppedAwaiting { counter } => {
                format!("{who} at {} waits for nobody any more", at(counter))
            }
            H::Called {
                ticket,
                counter,
                reason,
                ..
            } => {
                let (number, place, waited) = (no(ticket), at(counter), span(reason.waited_ms));
                format!(
                    "{who} called {number} to {place}, after a wait of {waited}{}",
                    overtook(reason.overtook)
                )
            }
            H::ServedWithout {
                number,
                service: code,
                counter,
                ..
            } => {
                let service = service(self.settings, code);
                format!(
                    "{who} at {} serves somebody without a ticket for {service}: {number} for the record",
                    at(counter)
                )
            }
            H::Recalled { ticket, counter } => {
                format!("{who} called {} to {} once more", no(ticket), at(counter))
            }
            H::Arrived { ticket, counter } => {
                format!("{} came to {who} at {}", no(ticket), at(counter))
            }
            H::Finished {
                ticket,
                counter,
                outcome,
                then,
            } => {
                let outcome = outcome
                    .as_ref()
                    .map(|code| self.outcome(code))
                    .unwrap_or_default();
                format!(
                    "{who} at {} finished with {}{outcome}{}",
                    at(counter),
                    no(ticket),
                    self.then(*ticket, *then)
                )
            }
            H::NoShow { ticket, counter } => {
                format!("{} did not come to {who} at {}", no(ticket), at(counter))
            }
            H::NoShowUndone { ticket, counter } => {
                format!("{} came to {who} at {} after all", no(ticket), at(counter))
            }
            H::Held {
                ticket,
                counter,
                reason,
                until,
            } => {
                let until = until.map(|until| {
                    format!(", until {}", time(&self.settings.time_zone, until.wall_ms))
                });
                format!(
                    "{who} at {} put {} aside: {reason}{}",
                    at(counter),
                    no(ticket),
                    until.unwrap_or_default()
                )
            }
            H::HoldResumed { ticket, counter } => {
                format!("{who} at {} went on with {}", at(counter), no(ticket))
            }
            H::Requeued {
                ticket, why, place, ..
            } => format!("{}, {}", self.requeued(*ticket, *why), stands(*place)),
            H::Transferred {
                ticket,
                counter,
                to,
                come_back,
                ..
            } => {
                let back = if *come_back {
                    ", to come back afterwards"
                } else {
                    ""
                };
                format!(
                    "{who} at {} handed {} over to {}{back}",
                    at(counter),
                    no(ticket),
                    self.desk(to)
                )
            }
            H::Paused { counter, reason } => format!("{who} paused {}: {reason}", at(counter)),
            H::Resumed { counter } => format!("{who} at {} calls again", at(counter)),
            H::WaitNear { ticket } => {
                format!("the wait of {} came close to its target", no(ticket))
            }
            H::WaitOver { ticket } => format!("the wait of {} went past its target", no(ticket)),
            H::HandlingNear { ticket } => format!(
                "{} had nearly been served for as long as is usual at most",
                no(ticket)
            ),
            H::HandlingOver { ticket } => format!(
                "{} had been served for longer than is usual at most",
                no(ticket)
            ),
            H::AlarmRaised { alarm, level } => {
                format!("alarm: {}", self.alarm(alarm, Some(*level)))
            }
            H::Noted { note } => trust::worded(note),
            H::AlarmCleared { alarm } => format!("alarm over: {}", self.alarm(alarm, None)),
        }
    }

    fn issued(&self, issued: &Issued) -> String {
        let errands = issued.errands.iter();
        let errands: Vec<String> = errands.map(|code| service(self.settings, code)).collect();
        let appointment = if issued.appointment.is_some() {
            " for an appointment"
        } else {
            ""
        };
        format!(
            "{} was taken {}{appointment}: {} ({})",
            issued.number,
            taken(issued.channel),
            errands.join(", then "),
            class(self.settings, &issued.class)
        )
    }

    fn outcome(&self, code: &queue::OutcomeCode) -> String {
        let mut outcomes = self.settings.outcomes.iter();
        let known = outcomes.find(|outcome| outcome.code == *code);
        let label = known.map_or_else(|| code.to_string(), |known| known.label.zh.clone());
        format!(" ({label})")
    }

    fn then(&self, ticket: TicketId, then: Then) -> String {
        match then {
            Then::Done => String::new(),
            Then::InLine { .. } => ", who waits for the next errand".to_owned(),
            Then::Here(errand) => {
                let known = self.day.ticket(ticket);
                let next = known.and_then(|ticket| ticket.errands.get(errand));
                let next = next.map(|errand| service(self.settings, &errand.service));
                format!(
                    ", and goes on with {}",
                    next.unwrap_or_else(|| "the next errand".to_owned())
                )
            }
        }
    }

    fn requeued(&self, ticket: TicketId, why: Requeue) -> String {
        let number = self.numbered(ticket);
        match why {
            Requeue::PutBack => format!("{} sent {number} back in line", self.who()),
            Requeue::HoldOver => format!("the time aside of {number} was over: in line again"),
            Requeue::Returned => format!("{number} had missed a call and came back: in line again"),
        }
    }

    fn desk(&self, desk: &Desk) -> String {
        match desk {
            Desk::Service(code) => service(self.settings, code),
            Desk::Counter(number) => self.place(*number),
            Desk::Clerk(clerk) => clerk.clone(),
        }
    }

    fn alarm(&self, alarm: &Alarm, level: Option<u64>) -> String {
        match (alarm, level) {
            (Alarm::People(of), Some(level)) => {
                format!("{level} people or more wait for {}", self.of(of.as_ref()))
            }
            (Alarm::People(of), None) => {
                format!("so many people wait for {}", self.of(of.as_ref()))
            }
            (Alarm::LongestWait(of), Some(level)) => {
                format!(
                    "somebody has waited for {} for {}",
                    self.of(of.as_ref()),
                    span(level)
                )
            }
            (Alarm::LongestWait(of), None) => {
                format!("somebody waits so long for {}", self.of(of.as_ref()))
            }
        }
    }
}

fn overtook(people: u32) -> String {
    match people {
        0 => String::new(),
        1 => ", before 1 who had waited longer".to_owned(),
        more => format!(", before {more} who had waited longer"),
    }
}

fn taken(channel: Channel) -> &'static str {
    match channel {
        Channel::Kiosk => "at a kiosk",
        Channel::Guide => "from a guide",
        Channel::Phone => "by telephone",
        Channel::WalkIn => "at a counter",
        Channel::Roll => "from the pre-printed roll",
    }
}

fn cancelled(why: CancelWhy) -> &'static str {
    match why {
        CancelWhy::HeldByNobody => "its slip reached nobody",
        CancelWhy::Customer => "the customer gave it up",
        CancelWhy::Staff => "staff did so",
    }
}

fn stands(place: Place) -> String {
    match place {
        Place::First { .. } => "before everybody".to_owned(),
        Place::ByScore => "in its turn".to_owned(),
        Place::AfterCalls(calls) => format!("after call {calls} of its service"),
    }
}
