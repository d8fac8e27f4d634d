//! An event as it stands on disk. The rules know no serde, so their types are mirrored here;
//! what a record once meant it means for ever.

use queue::{
    CallId, ClassCode, CounterNumber, Date, Happening, NoPaper, Number, Reason, ServiceCode,
    TicketId,
};
use serde::{Deserialize, Serialize};

/// [`Happening`] on disk.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Record {
    DayOpened {
        day: u32,
        turns_at_steady_ms: u64,
    },
    DayClosed {
        day: u32,
    },
    Issued {
        ticket: u64,
        number: u32,
        service: String,
        class: String,
    },
    Printed {
        ticket: u64,
    },
    NotPrinted {
        ticket: u64,
        why: WhyRecord,
    },
    Cancelled {
        ticket: u64,
    },
    Expired {
        ticket: u64,
    },
    SignedIn {
        counter: u16,
        clerk: String,
    },
    SignedOut {
        counter: u16,
    },
    Called {
        call: u64,
        ticket: u64,
        counter: u16,
        reason: ReasonRecord,
    },
    Recalled {
        ticket: u64,
        counter: u16,
    },
    Arrived {
        ticket: u64,
        counter: u16,
    },
    Finished {
        ticket: u64,
        counter: u16,
    },
    NoShow {
        ticket: u64,
        counter: u16,
    },
    Paused {
        counter: u16,
        reason: String,
    },
    Resumed {
        counter: u16,
    },
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonRecord {
    waited_ms: u64,
    head_start_ms: u64,
    target_ms: u64,
    overtook: u32,
    passed_over: Vec<u64>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WhyRecord {
    PaperOut,
    CoverOpen,
    CutterJam,
    PrinterFault,
    Unreachable,
    Unknown,
    NoPrinter,
}

impl Record {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a record is made of numbers and texts")
    }

    pub(crate) fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }
}

impl From<&Happening> for Record {
    fn from(happening: &Happening) -> Self {
        match happening {
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
            Happening::Issued {
                ticket,
                number,
                service,
                class,
            } => Self::Issued {
                ticket: ticket.0,
                number: number.value,
                service: service.to_string(),
                class: class.to_string(),
            },
            Happening::Printed { ticket } => Self::Printed { ticket: ticket.0 },
            Happening::NotPrinted { ticket, why } => Self::NotPrinted {
                ticket: ticket.0,
                why: (*why).into(),
            },
            Happening::Cancelled { ticket } => Self::Cancelled { ticket: ticket.0 },
            Happening::Expired { ticket } => Self::Expired { ticket: ticket.0 },
            Happening::SignedIn { counter, clerk } => Self::SignedIn {
                counter: counter.0,
                clerk: clerk.clone(),
            },
            Happening::SignedOut { counter } => Self::SignedOut { counter: counter.0 },
            Happening::Called {
                call,
                ticket,
                counter,
                reason,
            } => Self::Called {
                call: call.0,
                ticket: ticket.0,
                counter: counter.0,
                reason: reason.into(),
            },
            Happening::Recalled { ticket, counter } => Self::Recalled {
                ticket: ticket.0,
                counter: counter.0,
            },
            Happening::Arrived { ticket, counter } => Self::Arrived {
                ticket: ticket.0,
                counter: counter.0,
            },
            Happening::Finished { ticket, counter } => Self::Finished {
                ticket: ticket.0,
                counter: counter.0,
            },
            Happening::NoShow { ticket, counter } => Self::NoShow {
                ticket: ticket.0,
                counter: counter.0,
            },
            Happening::Paused { counter, reason } => Self::Paused {
                counter: counter.0,
                reason: reason.clone(),
            },
            Happening::Resumed { counter } => Self::Resumed { counter: counter.0 },
        }
    }
}

impl From<Record> for Happening {
    fn from(record: Record) -> Self {
        match record {
            Record::DayOpened {
                day,
                turns_at_steady_ms,
            } => Self::DayOpened {
                day: Date::from_yyyymmdd(day),
                turns_at_steady_ms,
            },
            Record::DayClosed { day } => Self::DayClosed {
                day: Date::from_yyyymmdd(day),
            },
            Record::Issued {
                ticket,
                number,
                service,
                class,
            } => Self::Issued {
                ticket: TicketId(ticket),
                number: Number {
                    series: ServiceCode::new(&service),
                    value: number,
                },
                service: ServiceCode::new(&service),
                class: ClassCode::new(&class),
            },
            Record::Printed { ticket } => Self::Printed {
                ticket: TicketId(ticket),
            },
            Record::NotPrinted { ticket, why } => Self::NotPrinted {
                ticket: TicketId(ticket),
                why: why.into(),
            },
            Record::Cancelled { ticket } => Self::Cancelled {
                ticket: TicketId(ticket),
            },
            Record::Expired { ticket } => Self::Expired {
                ticket: TicketId(ticket),
            },
            Record::SignedIn { counter, clerk } => Self::SignedIn {
                counter: CounterNumber(counter),
                clerk,
            },
            Record::SignedOut { counter } => Self::SignedOut {
                counter: CounterNumber(counter),
            },
            Record::Called {
                call,
                ticket,
                counter,
                reason,
            } => Self::Called {
                call: CallId(call),
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
                reason: reason.into(),
            },
            Record::Recalled { ticket, counter } => Self::Recalled {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
            },
            Record::Arrived { ticket, counter } => Self::Arrived {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
            },
            Record::Finished { ticket, counter } => Self::Finished {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
            },
            Record::NoShow { ticket, counter } => Self::NoShow {
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
            },
            Record::Paused { counter, reason } => Self::Paused {
                counter: CounterNumber(counter),
                reason,
            },
            Record::Resumed { counter } => Self::Resumed {
                counter: CounterNumber(counter),
            },
        }
    }
}

impl From<&Reason> for ReasonRecord {
    fn from(reason: &Reason) -> Self {
        Self {
            waited_ms: reason.waited_ms,
            head_start_ms: reason.head_start_ms,
            target_ms: reason.target_ms,
            overtook: reason.overtook,
            passed_over: reason.passed_over.iter().map(|ticket| ticket.0).collect(),
        }
    }
}

impl From<ReasonRecord> for Reason {
    fn from(record: ReasonRecord) -> Self {
        Self {
            waited_ms: record.waited_ms,
            head_start_ms: record.head_start_ms,
            target_ms: record.target_ms,
            overtook: record.overtook,
            passed_over: record.passed_over.into_iter().map(TicketId).collect(),
        }
    }
}

impl From<NoPaper> for WhyRecord {
    fn from(why: NoPaper) -> Self {
        match why {
            NoPaper::PaperOut => Self::PaperOut,
            NoPaper::CoverOpen => Self::CoverOpen,
            NoPaper::CutterJam => Self::CutterJam,
            NoPaper::PrinterFault => Self::PrinterFault,
            NoPaper::Unreachable => Self::Unreachable,
            NoPaper::Unknown => Self::Unknown,
            NoPaper::NoPrinter => Self::NoPrinter,
        }
    }
}

impl From<WhyRecord> for NoPaper {
    fn from(why: WhyRecord) -> Self {
        match why {
            WhyRecord::PaperOut => Self::PaperOut,
            WhyRecord::CoverOpen => Self::CoverOpen,
            WhyRecord::CutterJam => Self::CutterJam,
            WhyRecord::PrinterFault => Self::PrinterFault,
            WhyRecord::Unreachable => Self::Unreachable,
            WhyRecord::Unknown => Self::Unknown,
            WhyRecord::NoPrinter => Self::NoPrinter,
        }
    }
}
