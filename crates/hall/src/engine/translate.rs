//! Between the rules and the wire, with no wildcard arm: what is added on one side is missing
//! here until it is thought about.

use protocol::{
    Act, AlarmKind, AlarmRow, CallReason, CallState, CallWhy, DoorState, Doors, Limit, MAX_ERRANDS,
    MAX_HOLD_MIN, MAX_NAME_CHARS, MAX_REASON_CHARS, NotPrintedReason, PassedOver, PlaceInLine,
    Refusal, Role, TransferTo, WaitRange,
};
use queue::{
    Alarm, CancelWhy, Channel, ClassCode, Command, CounterNumber, Day, Desk, NoPaper, Number,
    OutcomeCode, PutBack, Raised, Reason, ServiceCode, State, TicketId, Told, Wait, Why,
};

use super::Calendar;
use super::known::Known;

const MINUTE_MS: u64 = 60_000;

/// Longer waits are said in steps of five minutes: nobody believes "between 31 and 47".
const FINE_BELOW_MIN: u64 = 10;

/// An act as a command of the rules.
///
/// # Errors
/// If a text is empty or too long, or a number is none of today.
pub(crate) fn command(act: &Act, role: Role, day: &Day, known: &Known) -> Result<Command, Refusal> {
    let ticket = |number: &str| numbered(day, number);
    let counter = |counter: &u16| CounterNumber(*counter);
    Ok(match act {
        Act::Take {
            service,
            class,
            then,
            ..
        } => Command::Take {
            errands: errands(service, then)?,
            class: ClassCode::new(class),
            channel: channel(role),
            holder: known.holder,
        },
        Act::Book { service, class, .. } => Command::Book {
            appointment: known.free_code.clone().ok_or(Refusal::NumbersUsedUp)?,
            service: ServiceCode::new(service),
            class: ClassCode::new(class),
            slot: known.slot.ok_or(Refusal::TooLate)?,
        },
        Act::CheckIn { .. } => {
            let known = known.appointment.as_ref();
            let appointment = known.ok_or(Refusal::UnknownAppointment)?;
            Command::CheckIn {
                appointment: queue::AppointmentCode::new(&appointment.code),
                service: appointment.service.clone(),
                class: appointment.class.clone(),
                slot_wall_ms: appointment.slot_wall_ms,
                channel: channel(role),
            }
        }
        Act::Printed { ticket, copies } => Command::Printed {
            ticket: TicketId(*ticket),
            copies: *copies,
        },
        Act::NotPrinted { ticket, reason } => {
            Command::NotPrinted(TicketId(*ticket), no_paper(*reason))
        }
        Act::Reprint { number } => Command::Reprint(ticket(number)?),
        Act::Void { ticket } => Command::Cancel(TicketId(*ticket), CancelWhy::HeldByNobody),
        Act::Cancel { number, .. } => Command::Cancel(ticket(number)?, canceller(role)),
        Act::Return { number, .. } => Command::Return(ticket(number)?),
        Act::SetClass {
            number,
            class,
            verified,
        } => Command::SetClass {
            ticket: ticket(number)?,
            class: ClassCode::new(class),
            verified: *verified,
        },
        Act::SignIn {
            counter: at, clerk, ..
        } => Command::SignIn {
            counter: counter(at),
            clerk: text("clerk", clerk, MAX_NAME_CHARS)?,
        },
        // Nothing of the queue changes: who holds a device is not known here.
        Act::Identify { .. } | Act::Leave {} => return Err(Refusal::NotAllowed),
        Act::SignOut { counter: at } => Command::SignOut(counter(at)),
        Act::CallNext { counter: at } => Command::CallNext(counter(at)),
        Act::CallNumber {
            counter: at,
            number,
        } => Command::CallChosen(counter(at), ticket(number)?),
        Act::AwaitNext { counter: at } => Command::AwaitNext(counter(at)),
        Act::StopAwaiting { counter: at } => Command::StopAwaiting(counter(at)),
        Act::ServeWithout {
            counter: at,
            service,
            class,
        } => Command::ServeWithout {
            counter: counter(at),
            service: ServiceCode::new(service),
            class: ClassCode::new(class),
        },
        Act::Recall { counter: at } => Command::Recall(counter(at)),
        Act::Arrive { counter: at } => Command::Arrive(counter(at)),
        Act::Finish {
            counter: at,
            outcome,
        } => Command::Finish {
            counter: counter(at),
            outcome: outcome.as_deref().map(OutcomeCode::new),
        },
        Act::NoShow { counter: at } => Command::NoShow(counter(at)),
        Act::UndoNoShow {
            counter: at,
            number,
        } => Command::UndoNoShow(counter(at), ticket(number)?),
        Act::Hold {
            counter: at,
            reason,
            minutes,
        } => Command::Hold {
            counter: counter(at),
            reason: text("reason", reason, MAX_REASON_CHARS)?,
            for_ms: minutes.map(hold_ms).transpose()?,
        },
        Act::ResumeHeld {
            counter: at,
            number,
        } => Command::ResumeHeld(counter(at), ticket(number)?),
        Act::PutBack { counter: at, place } => Command::PutBack(counter(at), put_back(*place)),
        Act::Transfer {
            counter: at,
            to,
            note,
            keep_time,
            come_back,
        } => Command::Transfer {
            counter: counter(at),
            to: desk(to),
            note: optional_text("note", note, MAX_REASON_CHARS)?,
            keep_time: *keep_time,
            come_back: *come_back,
        },
        Act::Pause {
            counter: at,
            reason,
        } => Command::Pause {
            counter: counter(at),
            reason: text("reason", reason, MAX_REASON_CHARS)?,
        },
        Act::Resume { counter: at } => Command::Resume(counter(at)),
        Act::BeginRoll { first } => Command::BeginRoll { first: *first },
        Act::EndRoll {} => Command::EndRoll,
        // It changes nothing, and is answered before the rules are asked.
        Act::Report {} => return Err(Refusal::NotAllowed),
    })
}

fn errands(service: &str, then: &[String]) -> Result<Vec<ServiceCode>, Refusal> {
    if then.len() >= MAX_ERRANDS {
        return Err(Refusal::BadErrands);
    }
    let all = std::iter::once(service).chain(then.iter().map(String::as_str));
    Ok(all.map(ServiceCode::new).collect())
}

fn numbered(day: &Day, number: &str) -> Result<TicketId, Refusal> {
    let number = Number::parse(number).ok_or(Refusal::UnknownTicket)?;
    let ticket = day.numbered(&number).ok_or(Refusal::UnknownTicket)?;
    Ok(ticket.id)
}

fn channel(role: Role) -> Channel {
    match role {
        Role::Kiosk | Role::Wall => Channel::Kiosk,
        Role::Guide | Role::Supervisor | Role::Counter => Channel::Guide,
        Role::Phone => Channel::Phone,
    }
}

fn canceller(role: Role) -> CancelWhy {
    match role {
        Role::Kiosk | Role::Phone => CancelWhy::Customer,
        Role::Guide | Role::Supervisor | Role::Counter | Role::Wall => CancelWhy::Staff,
    }
}

fn put_back(place: PlaceInLine) -> PutBack {
    match place {
        PlaceInLine::First => PutBack::First,
        PlaceInLine::ByTime => PutBack::ByTime,
        PlaceInLine::Last => PutBack::Last,
    }
}

fn desk(to: &TransferTo) -> Desk {
    match to {
        TransferTo::Service { service } => Desk::Service(ServiceCode::new(service)),
        TransferTo::Counter { number } => Desk::Counter(CounterNumber(*number)),
        TransferTo::Clerk { clerk } => Desk::Clerk(clerk.trim().to_owned()),
    }
}

fn hold_ms(minutes: u32) -> Result<u64, Refusal> {
    if !(1..=MAX_HOLD_MIN).contains(&minutes) {
        return Err(Refusal::BadText {
            field: "minutes".to_owned(),
        });
    }
    Ok(u64::from(minutes) * MINUTE_MS)
}

fn optional_text(field: &str, content: &str, max_chars: usize) -> Result<Option<String>, Refusal> {
    if content.trim().is_empty() {
        return Ok(None);
    }
    text(field, content, max_chars).map(Some)
}

pub(super) fn text(field: &str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    let trimmed = text.trim();
    let fits = !trimmed.is_empty()
        && trimmed.chars().count() <= max_chars
        && !trimmed.contains(char::is_control);
    if fits {
        Ok(trimmed.to_owned())
    } else {
        Err(Refusal::BadText {
            field: field.to_owned(),
        })
    }
}

pub(crate) fn refusal(refusal: queue::Refusal, calendar: &dyn Calendar) -> Refusal {
    match refusal {
        queue::Refusal::UnknownService => Refusal::UnknownService,
        queue::Refusal::UnknownClass => Refusal::UnknownClass,
        queue::Refusal::UnknownCounter => Refusal::UnknownCounter,
        queue::Refusal::UnknownTicket => Refusal::UnknownTicket,
        queue::Refusal::UnknownOutcome => Refusal::UnknownOutcome,
        queue::Refusal::BadErrands => Refusal::BadErrands,
        queue::Refusal::NumbersUsedUp => Refusal::NumbersUsedUp,
        queue::Refusal::QuotaUsedUp => Refusal::QuotaUsedUp,
        queue::Refusal::HallFull => Refusal::HallFull,
        queue::Refusal::NotOpen { opens_ms } => Refusal::NotOpen {
            opens_at: opens_ms.map(time_of_day),
        },
        queue::Refusal::CutOff => Refusal::CutOff,
        queue::Refusal::PhoneNeeded => Refusal::PhoneNeeded,
        queue::Refusal::PhoneHasTicket(number) => Refusal::PhoneHasTicket {
            number: number.to_string(),
        },
        queue::Refusal::AppointmentUsed => Refusal::AppointmentUsed,
        queue::Refusal::TooEarly { from_wall_ms } => Refusal::TooEarly {
            from: calendar.local_text(from_wall_ms),
        },
        queue::Refusal::TooLate => Refusal::TooLate,
        queue::Refusal::NobodyWaits => Refusal::NobodyWaits,
        queue::Refusal::MayNotChoose => Refusal::MayNotChoose,
        queue::Refusal::NotServedHere => Refusal::NotServedHere,
        queue::Refusal::CounterClosed => Refusal::CounterClosed,
        queue::Refusal::CounterPaused => Refusal::CounterPaused,
        queue::Refusal::CounterNotPaused => Refusal::CounterNotPaused,
        queue::Refusal::CounterTaken(clerk) => Refusal::CounterTaken { clerk },
        queue::Refusal::ClerkElsewhere(counter) => Refusal::ClerkElsewhere { counter: counter.0 },
        queue::Refusal::ClerkAway => Refusal::ClerkAway,
        queue::Refusal::AlreadyThere => Refusal::AlreadyThere,
        queue::Refusal::StillCalled(number) => Refusal::StillCalled {
            number: number.to_string(),
        },
        queue::Refusal::StillInHand(number) => Refusal::StillInHand {
            number: number.to_string(),
        },
        queue::Refusal::NothingInHand => Refusal::NothingInHand,
        queue::Refusal::AlreadyArrived => Refusal::AlreadyArrived,
        queue::Refusal::RecallsUsedUp => Refusal::RecallsUsedUp,
        queue::Refusal::RecallTooSoon { wait_ms } => Refusal::RecallTooSoon { wait_ms },
        queue::Refusal::NotWaiting => Refusal::NotWaiting,
        queue::Refusal::NotOnHold => Refusal::NotOnHold,
        queue::Refusal::NotNoShow => Refusal::NotNoShow,
        queue::Refusal::TooLateToReturn => Refusal::TooLateToReturn,
        queue::Refusal::MissedTooOften => Refusal::MissedTooOften,
        queue::Refusal::TicketEnded => Refusal::TicketEnded,
        queue::Refusal::AlreadyPrinted => Refusal::AlreadyPrinted,
        queue::Refusal::NoRoll => Refusal::NoRoll,
        queue::Refusal::RollInUse => Refusal::RollInUse,
        queue::Refusal::RollNotInUse => Refusal::RollNotInUse,
        queue::Refusal::NotOnRoll { first, last } => Refusal::NotOnRoll { first, last },
    }
}

/// A time of day as people write it, `13:30`.
fn time_of_day(ms: u32) -> String {
    let minutes = u64::from(ms) / MINUTE_MS;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

pub(crate) fn doors(doors: queue::Doors) -> Doors {
    let (state, opens_ms, closes_ms) = match doors {
        queue::Doors::Open { closes_ms } => (DoorState::Open, None, closes_ms),
        queue::Doors::CutOff { closes_ms } => (DoorState::CutOff, None, Some(closes_ms)),
        queue::Doors::Closed { opens_ms } => (DoorState::Closed, opens_ms, None),
    };
    Doors {
        state,
        opens_at: opens_ms.map(time_of_day),
        closes_at: closes_ms.map(time_of_day),
    }
}

pub(crate) fn limit(told: Told) -> Limit {
    match told {
        Told { over: true, .. } => Limit::Over,
        Told { near: true, .. } => Limit::Near,
        Told { .. } => Limit::Within,
    }
}

pub(crate) fn call_reason(reason: &Reason, day: &Day) -> CallReason {
    let passed = reason.passed_over.iter().filter_map(|passed| {
        Some(PassedOver {
            ticket: passed.ticket.0,
            number: day.ticket(passed.ticket)?.number.to_string(),
            waited_ms: passed.waited_ms,
            target_ms: passed.target_ms,
        })
    });
    CallReason {
        why: match reason.why {
            Why::Score => CallWhy::Score,
            Why::Reserved => CallWhy::Reserved,
            Why::Rank => CallWhy::Rank,
            Why::PutFirst => CallWhy::PutFirst,
            Why::Returned => CallWhy::Returned,
            Why::Alone => CallWhy::Alone,
            Why::Chosen => CallWhy::Chosen,
        },
        target_ms: reason.target_ms,
        head_start_ms: reason.head_start_ms,
        passed_over: passed.collect(),
    }
}

pub(crate) fn alarm(alarm: &Alarm, raised: &Raised) -> AlarmRow {
    let (kind, service, level) = match alarm {
        Alarm::People(service) => (AlarmKind::PeopleWaiting, service, raised.level),
        Alarm::LongestWait(service) => (AlarmKind::LongestWait, service, raised.level / MINUTE_MS),
    };
    AlarmRow {
        alarm: kind,
        service: service.as_ref().map(ToString::to_string),
        level: u32::try_from(level).unwrap_or(u32::MAX),
        since_ms: raised.at.wall_ms,
    }
}

fn no_paper(reason: NotPrintedReason) -> NoPaper {
    match reason {
        NotPrintedReason::PaperOut => NoPaper::PaperOut,
        NotPrintedReason::CoverOpen => NoPaper::CoverOpen,
        NotPrintedReason::CutterJam => NoPaper::CutterJam,
        NotPrintedReason::PrinterFault => NoPaper::PrinterFault,
        NotPrintedReason::Unreachable => NoPaper::Unreachable,
        NotPrintedReason::Unknown => NoPaper::Unknown,
        NotPrintedReason::NoPrinter => NoPaper::NoPrinter,
    }
}

pub(crate) fn not_printed(why: NoPaper) -> NotPrintedReason {
    match why {
        NoPaper::PaperOut => NotPrintedReason::PaperOut,
        NoPaper::CoverOpen => NotPrintedReason::CoverOpen,
        NoPaper::CutterJam => NotPrintedReason::CutterJam,
        NoPaper::PrinterFault => NotPrintedReason::PrinterFault,
        NoPaper::Unreachable => NotPrintedReason::Unreachable,
        NoPaper::Unknown => NotPrintedReason::Unknown,
        NoPaper::NoPrinter => NotPrintedReason::NoPrinter,
    }
}

/// What became of a call; `None` of a ticket that was not called, or whose day is over.
pub(crate) fn call_state(state: State) -> Option<CallState> {
    match state {
        State::Called => Some(CallState::Called),
        State::Serving => Some(CallState::Serving),
        State::Finished => Some(CallState::Finished),
        State::NoShow => Some(CallState::NoShow),
        State::Waiting | State::Held => Some(CallState::Left),
        State::Cancelled | State::Expired => None,
    }
}

/// A wait in whole minutes; above ten minutes, in steps of five.
pub(crate) fn wait_range(wait: Wait) -> WaitRange {
    let low_min = wait.low_ms / MINUTE_MS;
    let high_min = wait.high_ms.div_ceil(MINUTE_MS);
    let (low_min, high_min) = if high_min > FINE_BELOW_MIN {
        (low_min / 5 * 5, high_min.div_ceil(5) * 5)
    } else {
        (low_min, high_min)
    };
    WaitRange {
        low_min: low_min as u32,
        high_min: high_min as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_wait_is_said_in_steps_of_five_minutes_that_hold_it() {
        let range = |low_min: u64, high_min: u64| {
            let range = wait_range(Wait {
                low_ms: low_min * MINUTE_MS,
                high_ms: high_min * MINUTE_MS - 1,
            });
            (range.low_min, range.high_min)
        };
        assert_eq!(range(3, 7), (3, 7));
        assert_eq!(range(3, 10), (3, 10));
        assert_eq!(range(13, 31), (10, 35));
        assert_eq!(range(0, 11), (0, 15));
    }

    #[test]
    fn a_name_is_trimmed_and_must_be_short() {
        let sign_in = |clerk: &str| {
            let act = Act::sign_in(1, clerk);
            command(&act, Role::Counter, &Day::default(), &Known::default())
        };
        let signed_in = Command::SignIn {
            counter: CounterNumber(1),
            clerk: "王芳".to_owned(),
        };
        assert_eq!(sign_in(" 王芳 "), Ok(signed_in));
        let too_long = "王".repeat(MAX_NAME_CHARS + 1);
        for bad in ["", "  ", "a\nb", &too_long, &format!("a\n{too_long}")] {
            assert_eq!(
                sign_in(bad),
                Err(Refusal::BadText {
                    field: "clerk".to_owned()
                })
            );
        }
    }
}
