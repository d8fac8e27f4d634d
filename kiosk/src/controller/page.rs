//! The page that stands.

use protocol::{Act, Issued, Refusal, Returned};

use super::keypad::Keypad;
use super::taking::Request;

/// The page that stands. Without the hall, `Controller::is_away` hides those on which something
/// is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Start {
        tiles: usize,
    },
    Service(Visit),
    /// Further errands are chosen; `before` is what stands if nothing is.
    Errands {
        visit: Visit,
        before: Vec<String>,
        tiles: usize,
    },
    Keypad(Keypad),
    Taking(Request),
    NoAnswer(Request),
    Number(Shown),
    Returned(Returned),
    Refused {
        act: Act,
        refusal: Refusal,
    },
}

/// What a customer came for: a service, and the further ones of the same visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) service: String,
    pub(crate) then: Vec<String>,
}

/// A number that is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) issued: Issued,
    pub(crate) paper: Paper,
}

/// What a customer is told about the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paper {
    Printing,
    Printed,
    Missing,
}

impl Page {
    /// Whether something is chosen or typed here, which is in vain while there is no hall.
    pub(crate) fn is_choosing(&self) -> bool {
        matches!(
            self,
            Self::Service(_) | Self::Errands { .. } | Self::Keypad(_)
        )
    }
}
