//! The page that stands.

use protocol::{Issued, Refusal};

use super::taking::Request;

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

/// The page that stands; [`Controller::is_away`] hides the first two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Start { tiles: usize },
    Service { code: String },
    Taking(Request),
    NoAnswer(Request),
    Number(Shown),
    Refused(Refusal),
}
