//! The line that tells the clerk what came of a press.

use std::time::{Duration, Instant};

use protocol::Refusal;

use super::Controller;

/// How long a piece of good news stays. What was refused stays until the next press.
pub(super) const NEWS: Duration = Duration::from_secs(6);

/// A line for the clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The hall, or this program before asking it, refused.
    Refused(Refusal),
    /// Something else was pressed and is not answered yet.
    OneAtATime,
    /// The request was given up, and the hall may have done it nevertheless.
    TakenBack,
    /// The link did not take the request.
    NotAsked,
    /// The counter was closed from elsewhere.
    SignedOut { counter: u16 },
    /// The number in hand was finished or did not come.
    News { what: News, at: Instant },
}

/// Good news, which goes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    Finished { number: String },
    NoShow { number: String },
    Recalled { number: String },
}

impl Controller {
    pub(super) fn tell(&mut self, what: News) {
        self.note = Some(Note::News { what, at: self.now });
    }

    pub(super) fn let_news_go(&mut self) {
        if let Some(Note::News { at, .. }) = self.note
            && self.now >= at + NEWS
        {
            self.note = None;
        }
    }
}
