//! Between the rules and the wire, with no wildcard arm: what is added on one side is missing
//! here until it is thought about.

use protocol::{
    Act, CallState, MAX_NAME_CHARS, MAX_REASON_CHARS, NotPrintedReason, Refusal, WaitRange,
};
use queue::{ClassCode, Command, CounterNumber, NoPaper, ServiceCode, State, TicketId, Wait};

const MINUTE_MS: u64 = 60_000;

/// Longer waits are said in steps of five minutes: nobody believes "between 31 and 47".
const FINE_BELOW_MIN: u64 = 10;

/// An act as a command of the rules.
///
/// # Errors
/// If a text is empty or too long.
pub(crate) fn command(act: &Act) -> Result<Command, Refusal> {
    Ok(match act {
        Act::Take { service, class, .. } => Command::Take {
            service: ServiceCode::new(service),
            class: ClassCode::new(class),
        },
        Act::Printed { ticket } => Command::Printed(TicketId(*ticket)),
        Act::NotPrinted { ticket, reason } => {
            Command::NotPrinted(TicketId(*ticket), no_paper(*reason))
        }
        Act::Void { ticket } => Command::Void(TicketId(*ticket)),
        Act::SignIn { counter, clerk } => {
            let clerk = text("clerk", clerk, MAX_NAME_CHARS)?;
            Command::SignIn {
                counter: CounterNumber(*counter),
                clerk,
            }
        }
        Act::SignOut { counter } => Command::SignOut(CounterNumber(*counter)),
        Act::CallNext { counter } => Command::CallNext(CounterNumber(*counter)),
        Act::Recall { counter } => Command::Recall(CounterNumber(*counter)),
        Act::Arrive { counter } => Command::Arrive(CounterNumber(*counter)),
        Act::Finish { counter, .. } => Command::Finish(CounterNumber(*counter)),
        Act::NoShow { counter } => Command::NoShow(CounterNumber(*counter)),
        Act::Pause { counter, reason } => {
            let reason = text("reason", reason, MAX_REASON_CHARS)?;
            Command::Pause {
                counter: CounterNumber(*counter),
                reason,
            }
        }
        Act::Resume { counter } => Command::Resume(CounterNumber(*counter)),
        Act::Book { .. }
        | Act::CheckIn { .. }
        | Act::Reprint { .. }
        | Act::Cancel { .. }
        | Act::Return { .. }
        | Act::SetClass { .. }
        | Act::CallNumber { .. }
        | Act::AwaitNext { .. }
        | Act::StopAwaiting { .. }
        | Act::ServeWithout { .. }
        | Act::UndoNoShow { .. }
        | Act::Hold { .. }
        | Act::ResumeHeld { .. }
        | Act::PutBack { .. }
        | Act::Transfer { .. } => return Err(Refusal::NotAllowed),
    })
}

fn text(field: &str, text: &str, max_chars: usize) -> Result<String, Refusal> {
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

pub(crate) fn refusal(refusal: queue::Refusal) -> Refusal {
    match refusal {
        queue::Refusal::UnknownService => Refusal::UnknownService,
        queue::Refusal::UnknownClass => Refusal::UnknownClass,
        queue::Refusal::UnknownCounter => Refusal::UnknownCounter,
        queue::Refusal::UnknownTicket => Refusal::UnknownTicket,
        queue::Refusal::NumbersUsedUp => Refusal::NumbersUsedUp,
        queue::Refusal::HallFull => Refusal::HallFull,
        queue::Refusal::NobodyWaits => Refusal::NobodyWaits,
        queue::Refusal::CounterClosed => Refusal::CounterClosed,
        queue::Refusal::CounterPaused => Refusal::CounterPaused,
        queue::Refusal::CounterNotPaused => Refusal::CounterNotPaused,
        queue::Refusal::CounterTaken(clerk) => Refusal::CounterTaken { clerk },
        queue::Refusal::ClerkElsewhere(counter) => Refusal::ClerkElsewhere { counter: counter.0 },
        queue::Refusal::StillCalled(number) => Refusal::StillCalled {
            number: number.to_string(),
        },
        queue::Refusal::StillInHand(number) => Refusal::StillInHand {
            number: number.to_string(),
        },
        queue::Refusal::NothingInHand => Refusal::NothingInHand,
        queue::Refusal::AlreadyArrived => Refusal::AlreadyArrived,
        queue::Refusal::NotWaiting => Refusal::NotWaiting,
        queue::Refusal::AlreadyPrinted => Refusal::AlreadyPrinted,
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
        State::Waiting | State::Cancelled | State::Expired => None,
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
        assert_eq!(range(13, 31), (10, 35));
        assert_eq!(range(0, 11), (0, 15));
    }

    #[test]
    fn a_name_is_trimmed_and_must_be_short() {
        let sign_in = |clerk: &str| {
            command(&Act::SignIn {
                counter: 1,
                clerk: clerk.to_owned(),
            })
        };
        let signed_in = Command::SignIn {
            counter: CounterNumber(1),
            clerk: "王芳".to_owned(),
        };
        assert_eq!(sign_in(" 王芳 "), Ok(signed_in));
        for bad in ["", "  ", "a\nb", &"王".repeat(MAX_NAME_CHARS + 1)] {
            assert_eq!(
                sign_in(bad),
                Err(Refusal::BadText {
                    field: "clerk".to_owned()
                })
            );
        }
    }
}
