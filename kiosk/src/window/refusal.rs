//! Why the hall gave nothing, as the window's texts name it.

use crate::generated::RefusalReason;
use crate::view::RefusalView;

/// The reason's name.
pub(super) fn reason(refusal: &RefusalView) -> RefusalReason {
    match refusal {
        RefusalView::UsedUp => RefusalReason::UsedUp,
        RefusalView::HallFull => RefusalReason::HallFull,
        RefusalView::NotStored => RefusalReason::NotStored,
        RefusalView::Gone => RefusalReason::Gone,
        RefusalView::NotOpen { .. } => RefusalReason::NotOpen,
        RefusalView::CutOff => RefusalReason::CutOff,
        RefusalView::QuotaUsedUp => RefusalReason::QuotaUsedUp,
        RefusalView::RollInUse => RefusalReason::RollInUse,
        RefusalView::ReadOnly => RefusalReason::ReadOnly,
        RefusalView::BadPhone => RefusalReason::BadPhone,
        RefusalView::PhoneHasTicket { .. } => RefusalReason::PhoneHasTicket,
        RefusalView::UnknownAppointment => RefusalReason::UnknownAppointment,
        RefusalView::AppointmentUsed => RefusalReason::AppointmentUsed,
        RefusalView::TooEarly { .. } => RefusalReason::TooEarly,
        RefusalView::TooLate => RefusalReason::TooLate,
        RefusalView::UnknownNumber { .. } => RefusalReason::UnknownNumber,
        RefusalView::NotMissed { .. } => RefusalReason::NotMissed,
        RefusalView::TooLateToReturn => RefusalReason::TooLateToReturn,
        RefusalView::MissedTooOften => RefusalReason::MissedTooOften,
        RefusalView::TicketEnded => RefusalReason::TicketEnded,
        RefusalView::NotDone => RefusalReason::NotDone,
        RefusalView::Other => RefusalReason::Other,
    }
}

/// The number or time that its text names, if it does.
pub(super) fn detail(refusal: &RefusalView) -> &str {
    match refusal {
        RefusalView::NotOpen { opens_at } => opens_at.as_deref().unwrap_or_default(),
        RefusalView::TooEarly { from } => from,
        RefusalView::PhoneHasTicket { number }
        | RefusalView::UnknownNumber { number }
        | RefusalView::NotMissed { number } => number,
        _ => "",
    }
}
