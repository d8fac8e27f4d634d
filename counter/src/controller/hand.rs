//! Who is in hand, and what may be done with them.

use protocol::{Act, CallState, CounterRow, CounterState, InHand, Refusal};

use super::{Controller, Primary};

impl Controller {
    pub(super) fn primary_act(&self, counter: u16) -> Act {
        match self.primary() {
            Primary::CallNext | Primary::FinishAndCallNext => Act::CallNext { counter },
            Primary::Arrived => Act::Arrive { counter },
            Primary::Finish => Act::finish(counter),
            Primary::Resume => Act::Resume { counter },
        }
    }

    /// What the large button does now.
    pub(crate) fn primary(&self) -> Primary {
        let state = self.in_hand().map(|in_hand| in_hand.state);
        match (state, self.is_paused()) {
            (Some(CallState::Called), _) => Primary::Arrived,
            (Some(CallState::Serving), true) => Primary::Finish,
            (Some(CallState::Serving), false) => Primary::FinishAndCallNext,
            // A counter has nobody in hand who is done or did not come.
            (Some(CallState::Finished | CallState::NoShow | CallState::Left) | None, true) => {
                Primary::Resume
            }
            (Some(CallState::Finished | CallState::NoShow | CallState::Left) | None, false) => {
                Primary::CallNext
            }
        }
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

    pub(super) fn somebody(&self) -> Result<&InHand, Refusal> {
        self.in_hand().ok_or(Refusal::NothingInHand)
    }

    pub(super) fn nobody(&self) -> Result<(), Refusal> {
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

    /// Who is in hand there.
    pub(crate) fn in_hand(&self) -> Option<&InHand> {
        self.own_counter()?.desk.as_ref()?.in_hand.as_ref()
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.own_counter()
            .is_some_and(|row| row.state == CounterState::Paused)
    }
}
