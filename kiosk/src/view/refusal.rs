//! Why the hall gave nothing, as far as it matters to a customer.

use protocol::{Act, Refusal};

/// Why the hall gave no number, or no place in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalView {
    /// All numbers of today are used up.
    UsedUp,
    /// Too many wait.
    HallFull,
    /// It could not be written down.
    NotStored,
    /// The service or class is not offered any more.
    Gone,
    /// No numbers are given at this hour.
    NotOpen {
        /// From when on they are, `13:30`; `None` if not today.
        opens_at: Option<String>,
    },
    /// No numbers are given any more before closing time.
    CutOff,
    /// Those of this part of the day are used up.
    QuotaUsedUp,
    /// Numbers are torn off a roll at the guide desk.
    RollInUse,
    /// The hall can record nothing until its record was brought back.
    ReadOnly,
    /// A telephone number is needed, and what was given is none.
    BadPhone,
    /// This telephone number has a ticket already.
    PhoneHasTicket {
        /// Its number.
        number: String,
    },
    /// No such appointment.
    UnknownAppointment,
    /// The customer of this appointment has checked in already.
    AppointmentUsed,
    /// It is too early for the appointment.
    TooEarly {
        /// From when on it is not, `09:45`.
        from: String,
    },
    /// It is too late for the appointment.
    TooLate,
    /// No such number was given out today.
    UnknownNumber {
        /// What was typed.
        number: String,
    },
    /// This number missed no call.
    NotMissed {
        /// The number.
        number: String,
    },
    /// The call was missed too long ago.
    TooLateToReturn,
    /// Too many calls were missed.
    MissedTooOften,
    /// The ticket is over.
    TicketEnded,
    /// A customer could not be put back in the queue, or checked in: for anything else.
    NotDone,
    /// No number was given: for anything else.
    Other,
}

/// How a customer is told of this refusal of this act.
pub(super) fn refusal_view(act: &Act, refusal: &Refusal) -> RefusalView {
    match refusal {
        Refusal::NumbersUsedUp => RefusalView::UsedUp,
        Refusal::HallFull => RefusalView::HallFull,
        Refusal::UnknownService | Refusal::UnknownClass => RefusalView::Gone,
        Refusal::NotOpen { opens_at } => RefusalView::NotOpen {
            opens_at: opens_at.clone(),
        },
        Refusal::CutOff => RefusalView::CutOff,
        Refusal::QuotaUsedUp => RefusalView::QuotaUsedUp,
        Refusal::RollInUse => RefusalView::RollInUse,
        Refusal::ReadOnly => RefusalView::ReadOnly,
        Refusal::UnknownAppointment => RefusalView::UnknownAppointment,
        Refusal::AppointmentUsed => RefusalView::AppointmentUsed,
        Refusal::TooEarly { from } => RefusalView::TooEarly { from: from.clone() },
        Refusal::TooLate => RefusalView::TooLate,
        Refusal::TooLateToReturn => RefusalView::TooLateToReturn,
        Refusal::MissedTooOften => RefusalView::MissedTooOften,
        Refusal::TicketEnded => RefusalView::TicketEnded,
        Refusal::PhoneHasTicket { number } => RefusalView::PhoneHasTicket {
            number: number.clone(),
        },
        _ => by_act(act, refusal),
    }
}

/// Refusals that mean one thing to who takes a number and another to who has one.
fn by_act(act: &Act, refusal: &Refusal) -> RefusalView {
    match (act, refusal) {
        (Act::Return { number, .. }, Refusal::UnknownTicket | Refusal::BadText { .. }) => {
            RefusalView::UnknownNumber {
                number: number.clone(),
            }
        }
        (Act::Return { number, .. }, Refusal::NotNoShow | Refusal::NotWaiting) => {
            RefusalView::NotMissed {
                number: number.clone(),
            }
        }
        (Act::CheckIn { .. }, Refusal::BadText { .. }) => RefusalView::UnknownAppointment,
        (Act::Return { .. } | Act::CheckIn { .. }, _) => RefusalView::NotDone,
        (_, Refusal::PhoneNeeded | Refusal::BadText { .. }) => RefusalView::BadPhone,
        (_, Refusal::NotStored | Refusal::TooManyRequests) => RefusalView::NotStored,
        _ => RefusalView::Other,
    }
}
