//! Who is in hand, and what may be done with them.

use protocol::{CallState, CounterRow, CounterState, Desk, InHand, Refusal};

use super::{Controller, Primary};

impl Controller {
    /// What the large button does now.
    pub(crate) fn primary(&self) -> Primary {
        let state = self.in_hand().map(|in_hand| in_hand.state);
        match state {
            Some(CallState::Called) => Primary::Arrived,
            Some(CallState::Serving) if self.is_paused() => Primary::Finish,
            // Calling on would be refused, and the customer would stay in hand.
            Some(CallState::Serving) if self.nobody_waits() => Primary::FinishAndAwait,
            Some(CallState::Serving) => Primary::FinishAndCallNext,
            // A counter has nobody in hand who is done or did not come.
            Some(CallState::Finished | CallState::NoShow | CallState::Left) | None => self.idle(),
        }
    }

    fn idle(&self) -> Primary {
        if self.is_paused() {
            Primary::Resume
        } else if self.is_awaiting() {
            Primary::Awaiting
        } else if self.nobody_waits() {
            Primary::AwaitNext
        } else {
            Primary::CallNext
        }
    }

    /// Who is in hand and how far, to see whether the hall changed it.
    pub(super) fn hand_state(&self) -> Option<(u64, CallState)> {
        self.in_hand()
            .map(|in_hand| (in_hand.ticket, in_hand.state))
    }

    pub(super) fn called(&self) -> Result<&InHand, Refusal> {
        let in_hand = self.somebody()?;
        match in_hand.state {
            CallState::Called => Ok(in_hand),
            CallState::Serving => Err(Refusal::AlreadyArrived),
            CallState::Finished | CallState::NoShow | CallState::Left => {
                Err(Refusal::NothingInHand)
            }
        }
    }

    pub(crate) fn somebody(&self) -> Result<&InHand, Refusal> {
        self.in_hand().ok_or(Refusal::NothingInHand)
    }

    pub(crate) fn nobody(&self) -> Result<(), Refusal> {
        match self.in_hand() {
            None => Ok(()),
            Some(in_hand) => Err(Refusal::StillInHand {
                number: in_hand.number.clone(),
            }),
        }
    }

    /// The row of the counter at which this clerk sits.
    pub(crate) fn own_counter(&self) -> Option<&CounterRow> {
        self.table.counter(self.seat.as_ref()?.counter)
    }

    /// The clerk's side of it.
    pub(crate) fn desk(&self) -> Option<&Desk> {
        self.own_counter()?.desk.as_ref()
    }

    /// Who is in hand there.
    pub(crate) fn in_hand(&self) -> Option<&InHand> {
        self.desk()?.in_hand.as_ref()
    }

    /// Whether whoever comes is called by itself.
    pub(crate) fn is_awaiting(&self) -> bool {
        self.desk().is_some_and(|desk| desk.awaiting)
    }

    /// The hall does not see who has torn a number off the roll, so there may always be somebody.
    fn nobody_waits(&self) -> bool {
        self.roll_next().is_none() && self.desk().is_none_or(|desk| desk.next.is_empty())
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.own_counter()
            .is_some_and(|row| row.state == CounterState::Paused)
    }
}
