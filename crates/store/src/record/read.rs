//! Records to events.

use queue::{
    Alarm, AppointmentCode, CallId, ClassCode, CounterNumber, Date, Desk, Event, Happening, Holder,
    Issued, Moment, Number, OutcomeCode, Passed, Place, Reason, SeriesCode, ServiceCode, Then,
    TicketId,
};

use crate::lost::note_of_lost;

use super::{
    AlarmRecord, DeskRecord, MomentRecord, PassedRecord, PlaceRecord, ReasonRecord, Record,
    TextRecord, ThenRecord,
};

impl Record {
    /// The event that was written down at a moment.
    pub(crate) fn into_event(self, at: Moment) -> Event {
        Event {
            at,
            what: self.into_happening(at),
        }
    }

    fn into_happening(self, at: Moment) -> Happening {
        match self {
            Self::DayOpened {
                day,
                turns_at_steady_ms,
            } => Happening::DayOpened {
                day: Date::from_yyyymmdd(day),
                turns_at_steady_ms,
            },
            Self::DayClosed { day } => Happening::DayClosed {
                day: Date::from_yyyymmdd(day),
            },
            Self::Issued {
                ticket,
                number,
                series,
                service,
                class,
                then,
                in_order,
                channel,
                holder,
                appointment,
                waits_from_ms,
                minute,
            } => Happening::Issued(Box::new(Issued {
                ticket: TicketId(ticket),
                number: Number {
                    series: SeriesCode::new(series.as_ref().unwrap_or(&service)),
                    value: number,
                },
                errands: std::iter::once(&service)
                    .chain(&then)
                    .map(|code| ServiceCode::new(code))
                    .collect(),
                in_order,
                class: ClassCode::new(&class),
                channel: channel.into(),
                holder: holder.map(Holder),
                appointment: appointment.map(|code| AppointmentCode::new(&code)),
                waits_from_ms: waits_from_ms.unwrap_or(at.steady_ms),
                minute,
            })),
            Self::Booked {
                appointment,
                service,
                class,
                slot_wall_ms,
            } => Happening::Booked {
                appointment: AppointmentCode::new(&appointment),
                service: ServiceCode::new(&service),
                class: ClassCode::new(&class),
                slot_wall_ms,
            },
            Self::NotPrinted { ticket, why } => Happening::NotPrinted {
                ticket: TicketId(ticket),
                why: why.into(),
            },
            Self::Cancelled { ticket, why } => Happening::Cancelled {
                ticket: TicketId(ticket),
                why: why.into(),
            },
            Self::ClassSet {
                ticket,
                class,
                verified,
            } => Happening::ClassSet {
                ticket: TicketId(ticket),
                class: ClassCode::new(&class),
                verified,
            },
            Self::SignedIn { counter, clerk } => Happening::SignedIn {
                counter: CounterNumber(counter),
                clerk,
            },
            Self::Paused { counter, reason } => Happening::Paused {
                counter: CounterNumber(counter),
                reason: reason.into_plain(),
            },
            Self::Called {
                call,
                ticket,
                errand,
                counter,
                reason,
            } => Happening::Called {
                call: CallId(call),
                ticket: TicketId(ticket),
                errand,
                counter: CounterNumber(counter),
                reason: reason.into(),
            },
            Self::ServedWithout {
                call,
                ticket,
                series,
                number,
                service,
                class,
                counter,
            } => Happening::ServedWithout {
                call: CallId(call),
                ticket: TicketId(ticket),
                number: Number {
                    series: SeriesCode::new(&series),
                    value: number,
                },
                service: ServiceCode::new(&service),
                class: ClassCode::new(&class),
                counter: CounterNumber(counter),
            },
            Self::Finished {
                ticket,
                counter,
                outcome,
                then,
            } => Happening::Finished {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
                outcome: outcome.map(|code| OutcomeCode::new(&code)),
                then: then.into(),
            },
            Self::Held {
                ticket,
                counter,
                reason,
                until,
            } => Happening::Held {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
                reason: reason.into_plain(),
                until: until.map(Into::into),
            },
            Self::Requeued {
                ticket,
                why,
                place,
                waits_from_ms,
            } => Happening::Requeued {
                ticket: TicketId(ticket),
                why: why.into(),
                place: place.into(),
                waits_from_ms,
            },
            Self::Transferred {
                ticket,
                counter,
                to,
                note,
                waits_from_ms,
                come_back,
            } => Happening::Transferred {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
                to: to.into(),
                note: note.map(TextRecord::into_plain),
                waits_from_ms,
                come_back,
            },
            Self::AlarmRaised { alarm, level } => Happening::AlarmRaised {
                alarm: alarm.into(),
                level,
            },
            Self::Noted { note, .. } => Happening::Noted { note },
            Self::DaysDeleted(deleted) => Happening::Noted {
                note: deleted.to_note(),
            },
            Self::Lost { by } => Happening::Noted {
                note: note_of_lost(by),
            },
            Self::Loss(loss) => Happening::Noted {
                note: loss.to_note(),
            },
            Self::AlarmCleared { alarm } => Happening::AlarmCleared {
                alarm: alarm.into(),
            },
            Self::Printed { ticket, copies } => Happening::Printed {
                ticket: TicketId(ticket),
                copies,
            },
            Self::RollBegun { next } => Happening::RollBegun { next },
            Self::RollEnded {} => Happening::RollEnded,
            Self::Reprinted { ticket } => Happening::Reprinted {
                ticket: TicketId(ticket),
            },
            Self::Expired { ticket } => Happening::Expired {
                ticket: TicketId(ticket),
            },
            Self::WaitNear { ticket } => Happening::WaitNear {
                ticket: TicketId(ticket),
            },
            Self::WaitOver { ticket } => Happening::WaitOver {
                ticket: TicketId(ticket),
            },
            Self::HandlingNear { ticket } => Happening::HandlingNear {
                ticket: TicketId(ticket),
            },
            Self::HandlingOver { ticket } => Happening::HandlingOver {
                ticket: TicketId(ticket),
            },
            Self::SignedOut { counter } => Happening::SignedOut {
                counter: CounterNumber(counter),
            },
            Self::Awaiting { counter } => Happening::Awaiting {
                counter: CounterNumber(counter),
            },
            Self::StoppedAwaiting { counter } => Happening::StoppedAwaiting {
                counter: CounterNumber(counter),
            },
            Self::Resumed { counter } => Happening::Resumed {
                counter: CounterNumber(counter),
            },
            Self::Recalled { ticket, counter } => Happening::Recalled {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
            },
            Self::Arrived { ticket, counter } => Happening::Arrived {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
            },
            Self::NoShow { ticket, counter } => Happening::NoShow {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
            },
            Self::NoShowUndone { ticket, counter } => Happening::NoShowUndone {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
            },
            Self::HoldResumed { ticket, counter } => Happening::HoldResumed {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
            },
        }
    }
}

impl From<ReasonRecord> for Reason {
    fn from(record: ReasonRecord) -> Self {
        let ids = record.passed_over.into_iter().map(|ticket| PassedRecord {
            ticket,
            waited_ms: 0,
            head_start_ms: 0,
            target_ms: 0,
        });
        Self {
            why: record.why.into(),
            waited_ms: record.waited_ms,
            head_start_ms: record.head_start_ms,
            target_ms: record.target_ms,
            overtook: record.overtook,
            passed_over: ids.chain(record.passed).map(Into::into).collect(),
        }
    }
}

impl From<PassedRecord> for Passed {
    fn from(record: PassedRecord) -> Self {
        Self {
            ticket: TicketId(record.ticket),
            waited_ms: record.waited_ms,
            head_start_ms: record.head_start_ms,
            target_ms: record.target_ms,
        }
    }
}

impl From<MomentRecord> for Moment {
    fn from(record: MomentRecord) -> Self {
        Self {
            steady_ms: record.steady_ms,
            wall_ms: record.wall_ms,
        }
    }
}

impl From<ThenRecord> for Then {
    fn from(record: ThenRecord) -> Self {
        match record {
            ThenRecord::Done => Self::Done,
            ThenRecord::Here { errand } => Self::Here(errand),
            ThenRecord::InLine { waits_from_ms } => Self::InLine { waits_from_ms },
        }
    }
}

impl From<PlaceRecord> for Place {
    fn from(record: PlaceRecord) -> Self {
        match record {
            PlaceRecord::First { since_ms } => Self::First { since_ms },
            PlaceRecord::ByScore => Self::ByScore,
            PlaceRecord::AfterCalls { calls } => Self::AfterCalls(calls),
        }
    }
}

impl From<DeskRecord> for Desk {
    fn from(record: DeskRecord) -> Self {
        match record {
            DeskRecord::Service(service) => Self::Service(ServiceCode::new(&service)),
            DeskRecord::Counter(number) => Self::Counter(CounterNumber(number)),
            DeskRecord::Clerk(clerk) => Self::Clerk(clerk),
        }
    }
}

impl From<AlarmRecord> for Alarm {
    fn from(record: AlarmRecord) -> Self {
        let code = |service: Option<String>| service.map(|code| ServiceCode::new(&code));
        match record {
            AlarmRecord::People(service) => Self::People(code(service)),
            AlarmRecord::LongestWait(service) => Self::LongestWait(code(service)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::{CancelWhy, Why};

    const AT: Moment = Moment {
        steady_ms: 1_000,
        wall_ms: 5,
    };

    fn read(json: &str) -> Happening {
        Record::from_json(json).unwrap().into_event(AT).what
    }

    #[test]
    fn what_the_first_version_wrote_means_what_it_meant() {
        let called = r#"{"event":"called","call":1,"ticket":2,"counter":3,"reason":{"waited_ms":61000,"head_start_ms":1000,"target_ms":300000,"overtook":1,"passed_over":[7]}}"#;
        let Happening::Called { errand, reason, .. } = read(called) else {
            panic!("a call");
        };
        assert_eq!((errand, reason.why, reason.overtook), (0, Why::Score, 1));
        assert_eq!(reason.passed_over[0].ticket, TicketId(7));

        let issued = r#"{"event":"issued","ticket":2,"number":12,"service":"A","class":"elderly"}"#;
        let Happening::Issued(issued) = read(issued) else {
            panic!("a ticket");
        };
        assert_eq!(issued.number.to_string(), "A012");
        assert_eq!(issued.errands, [ServiceCode::new("A")]);
        assert_eq!((issued.waits_from_ms, issued.holder), (1_000, None));

        let finished = read(r#"{"event":"finished","ticket":2,"counter":3}"#);
        let done = Happening::Finished {
            ticket: TicketId(2),
            counter: CounterNumber(3),
            outcome: None,
            then: Then::Done,
        };
        assert_eq!(finished, done);
        let cancelled = read(r#"{"event":"cancelled","ticket":2}"#);
        let nobody = Happening::Cancelled {
            ticket: TicketId(2),
            why: CancelWhy::HeldByNobody,
        };
        assert_eq!(cancelled, nobody);
    }
}
