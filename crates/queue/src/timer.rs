//! What comes due for a ticket by itself, as long as nothing else happens to it.

use crate::{Settings, State, Ticket, TicketId};

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The wait is close to its target.
    WaitNear(TicketId),
    /// The wait is past its target.
    WaitOver(TicketId),
    /// The last call is given up.
    NoShow(TicketId),
    /// The time on hold is over.
    HoldOver(TicketId),
    /// The handling is close to its limit.
    HandlingNear(TicketId),
    /// The handling is past its limit.
    HandlingOver(TicketId),
}

/// When what is due, by the steady clock, in milliseconds.
pub(crate) type Due = (u64, Timer);

/// What is due for a ticket as it stands: at most two things.
pub(crate) fn timers(settings: &Settings, ticket: &Ticket) -> [Option<Due>; 2] {
    match ticket.state {
        State::Waiting => of_waiting(settings, ticket),
        State::Called => [give_up(settings, ticket), None],
        State::Serving => of_serving(settings, ticket),
        State::Held => [hold_over(ticket), None],
        State::Finished | State::NoShow | State::Cancelled | State::Expired => [None, None],
    }
}

fn of_waiting(settings: &Settings, ticket: &Ticket) -> [Option<Due>; 2] {
    let target_ms = settings.target_wait_ms(ticket.service(), &ticket.class);
    let near_ms = target_ms.saturating_mul(u64::from(settings.near_percent.min(100))) / 100;
    let (near, over) = (Timer::WaitNear(ticket.id), Timer::WaitOver(ticket.id));
    [
        (!ticket.wait_told.near).then_some((ticket.waits_from_ms.saturating_add(near_ms), near)),
        (!ticket.wait_told.over).then_some((ticket.waits_from_ms.saturating_add(target_ms), over)),
    ]
}

fn give_up(settings: &Settings, ticket: &Ticket) -> Option<Due> {
    let call = ticket.call.as_ref()?;
    let after_ms = settings.recall.no_show_after_ms?;
    let last = call.recalls >= settings.recall.most;
    last.then(|| (call.last.steady_ms + after_ms, Timer::NoShow(ticket.id)))
}

fn of_serving(settings: &Settings, ticket: &Ticket) -> [Option<Due>; 2] {
    let limit = settings
        .services
        .get(ticket.service())
        .and_then(|service| service.handling_limit);
    let arrived = ticket
        .call
        .as_ref()
        .and_then(|call| Some((call.arrived?, call.handling_told)));
    let (Some(limit), Some((arrived, told))) = (limit, arrived) else {
        return [None, None];
    };
    let over_ms = arrived.steady_ms + limit.limit_ms;
    let near_ms = over_ms.saturating_sub(limit.warning_ms);
    [
        (!told.near).then_some((near_ms, Timer::HandlingNear(ticket.id))),
        (!told.over).then_some((over_ms, Timer::HandlingOver(ticket.id))),
    ]
}

fn hold_over(ticket: &Ticket) -> Option<Due> {
    let until = ticket.hold.as_ref()?.until?;
    Some((until.steady_ms, Timer::HoldOver(ticket.id)))
}
