//! Events to records.

use queue::{Alarm, Desk, Event, Happening, Issued, Moment, Passed, Place, Reason, Then};

use super::{
    AlarmRecord, DeskRecord, MomentRecord, PassedRecord, PlaceRecord, ReasonRecord, Record,
    TextRecord, ThenRecord,
};

impl From<&Event> for Record {
    fn from(event: &Event) -> Self {
        match &event.what {
            Happening::DayOpened {
                day,
                turns_at_steady_ms,
            } => Self::DayOpened {
                day: day.yyyymmdd(),
                turns_at_steady_ms: *turns_at_steady_ms,
            },
            Happening::DayClosed { day } => Self::DayClosed {
                day: day.yyyymmdd(),
            },
            Happening::Issued(issued) => issue(issued, event.at),
            Happening::Booked {
                appointment,
                service,
                class,
                slot_wall_ms,
            } => Self::Booked {
                appointment: appointment.to_string(),
                service: service.to_string(),
                class: class.to_string(),
                slot_wall_ms: *slot_wall_ms,
            },
            Happening::NotPrinted { ticket, why } => Self::NotPrinted {
                ticket: ticket.0,
                why: (*why).into(),
            },
            Happening::Cancelled { ticket, why } => Self::Cancelled {
                ticket: ticket.0,
                why: (*why).into(),
            },
            Happening::ClassSet {
                ticket,
                class,
                verified,
            } => Self::ClassSet {
                ticket: ticket.0,
                class: class.to_string(),
                verified: *verified,
            },
            Happening::SignedIn { counter, clerk } => Self::SignedIn {
                counter: counter.0,
                clerk: clerk.clone(),
            },
            Happening::Paused { counter, reason } => Self::Paused {
                counter: counter.0,
                reason: TextRecord::Plain(reason.clone()),
            },
            Happening::Called {
                call,
                ticket,
                errand,
                counter,
                reason,
            } => Self::Called {
                call: call.0,
                ticket: ticket.0,
                errand: *errand,
                counter: counter.0,
                reason: reason.into(),
            },
            Happening::ServedWithout {
                call,
                ticket,
                number,
                service,
                class,
                counter,
            } => Self::ServedWithout {
                call: call.0,
                ticket: ticket.0,
                series: number.series.to_string(),
                number: number.value,
                service: service.to_string(),
                class: class.to_string(),
                counter: counter.0,
            },
            Happening::Finished {
                ticket,
                counter,
                outcome,
                then,
            } => Self::Finished {
                ticket: ticket.0,
                counter: counter.0,
                outcome: outcome.as_ref().map(ToString::to_string),
                then: (*then).into(),
            },
            Happening::Held {
                ticket,
                counter,
                reason,
                until,
            } => Self::Held {
                ticket: ticket.0,
                counter: counter.0,
                reason: TextRecord::Plain(reason.clone()),
                until: until.map(Into::into),
            },
            Happening::Requeued {
                ticket,
                why,
                place,
                waits_from_ms,
            } => Self::Requeued {
                ticket: ticket.0,
                why: (*why).into(),
                place: (*place).into(),
                waits_from_ms: *waits_from_ms,
            },
            Happening::Transferred {
                ticket,
                counter,
                to,
                note,
                waits_from_ms,
                come_back,
            } => Self::Transferred {
                ticket: ticket.0,
                counter: counter.0,
                to: to.into(),
                note: note.clone().map(TextRecord::Plain),
                waits_from_ms: *waits_from_ms,
                come_back: *come_back,
            },
            Happening::AlarmRaised { alarm, level } => Self::AlarmRaised {
                alarm: alarm.into(),
                level: *level,
            },
            Happening::Noted { note } => Self::Noted {
                note: note.clone(),
                trusted: None,
            },
            Happening::AlarmCleared { alarm } => Self::AlarmCleared {
                alarm: alarm.into(),
            },
            Happening::Printed { ticket, copies } => Self::Printed {
                ticket: ticket.0,
                copies: *copies,
            },
            Happening::RollBegun { next } => Self::RollBegun { next: *next },
            Happening::RollEnded => Self::RollEnded {},
            Happening::Reprinted { ticket } => Self::Reprinted { ticket: ticket.0 },
            Happening::Expired { ticket } => Self::Expired { ticket: ticket.0 },
            Happening::WaitNear { ticket } => Self::WaitNear { ticket: ticket.0 },
            Happening::WaitOver { ticket } => Self::WaitOver { ticket: ticket.0 },
            Happening::HandlingNear { ticket } => Self::HandlingNear { ticket: ticket.0 },
            Happening::HandlingOver { ticket } => Self::HandlingOver { ticket: ticket.0 },
            Happening::SignedOut { counter } => Self::SignedOut { counter: counter.0 },
            Happening::Awaiting { counter } => Self::Awaiting { counter: counter.0 },
            Happening::StoppedAwaiting { counter } => Self::StoppedAwaiting { counter: counter.0 },
            Happening::Resumed { counter } => Self::Resumed { counter: counter.0 },
            Happening::Recalled { ticket, counter } => Self::Recalled {
                ticket: ticket.0,
                counter: counter.0,
            },
            Happening::Arrived { ticket, counter } => Self::Arrived {
                ticket: ticket.0,
                counter: counter.0,
            },
            Happening::NoShow { ticket, counter } => Self::NoShow {
                ticket: ticket.0,
                counter: counter.0,
            },
            Happening::NoShowUndone { ticket, counter } => Self::NoShowUndone {
                ticket: ticket.0,
                counter: counter.0,
            },
            Happening::HoldResumed { ticket, counter } => Self::HoldResumed {
                ticket: ticket.0,
                counter: counter.0,
            },
        }
    }
}

fn issue(issued: &Issued, at: Moment) -> Record {
    let mut errands = issued.errands.iter().map(ToString::to_string);
    let service = errands.next().unwrap_or_default();
    let series = issued.number.series.to_string();
    Record::Issued {
        ticket: issued.ticket.0,
        number: issued.number.value,
        series: (series != service).then_some(series),
        service,
        class: issued.class.to_string(),
        then: errands.collect(),
        in_order: issued.in_order,
        channel: issued.channel.into(),
        holder: issued.holder.map(|holder| holder.0),
        appointment: issued.appointment.as_ref().map(ToString::to_string),
        waits_from_ms: (issued.waits_from_ms != at.steady_ms).then_some(issued.waits_from_ms),
        minute: issued.minute,
    }
}

impl From<&Reason> for ReasonRecord {
    fn from(reason: &Reason) -> Self {
        Self {
            why: reason.why.into(),
            waited_ms: reason.waited_ms,
            head_start_ms: reason.head_start_ms,
            target_ms: reason.target_ms,
            overtook: reason.overtook,
            passed_over: Vec::new(),
            passed: reason.passed_over.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Passed> for PassedRecord {
    fn from(passed: &Passed) -> Self {
        Self {
            ticket: passed.ticket.0,
            waited_ms: passed.waited_ms,
            head_start_ms: passed.head_start_ms,
            target_ms: passed.target_ms,
        }
    }
}

impl From<Moment> for MomentRecord {
    fn from(moment: Moment) -> Self {
        Self {
            steady_ms: moment.steady_ms,
            wall_ms: moment.wall_ms,
        }
    }
}

impl From<Then> for ThenRecord {
    fn from(then: Then) -> Self {
        match then {
            Then::Done => Self::Done,
            Then::Here(errand) => Self::Here { errand },
            Then::InLine { waits_from_ms } => Self::InLine { waits_from_ms },
        }
    }
}

impl From<Place> for PlaceRecord {
    fn from(place: Place) -> Self {
        match place {
            Place::First { since_ms } => Self::First { since_ms },
            Place::ByScore => Self::ByScore,
            Place::AfterCalls(calls) => Self::AfterCalls { calls },
        }
    }
}

impl From<&Desk> for DeskRecord {
    fn from(desk: &Desk) -> Self {
        match desk {
            Desk::Service(service) => Self::Service(service.to_string()),
            Desk::Counter(number) => Self::Counter(number.0),
            Desk::Clerk(clerk) => Self::Clerk(clerk.clone()),
        }
    }
}

impl From<&Alarm> for AlarmRecord {
    fn from(alarm: &Alarm) -> Self {
        match alarm {
            Alarm::People(service) => Self::People(service.as_ref().map(ToString::to_string)),
            Alarm::LongestWait(service) => {
                Self::LongestWait(service.as_ref().map(ToString::to_string))
            }
        }
    }
}
