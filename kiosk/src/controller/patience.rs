//! How long a page may stand: for an answer, for a paper, and for a customer who walked away.

use std::time::{Duration, Instant};

use super::Controller;
use super::page::{Page, Paper};

/// How long a customer is asked to wait for the hall's answer.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How long a slip may take before the customer is told to remember the number.
pub const PAPER_WITHIN: Duration = Duration::from_secs(20);
/// Nobody has touched a page for so long that somebody else may stand there.
pub const QUIET: Duration = Duration::from_secs(40);
/// The warning before the screen goes back to the start (WCAG 2.2.1).
pub const WARNING: Duration = Duration::from_secs(20);

impl Controller {
    /// When the screen goes back to the start, once the warning has begun.
    pub(crate) fn home_at(&self, now: Instant) -> Option<Instant> {
        let home_at = self.quiet_since()? + WARNING;
        (now + WARNING >= home_at).then_some(home_at)
    }

    /// The page's own deadline: an answer, a paper, or the way back to the start.
    pub(super) fn page_due(&self) -> Option<Instant> {
        match &self.page {
            Page::Taking(_) => Some(self.page_since + ANSWER_WITHIN),
            Page::Number(shown) if shown.paper == Paper::Printing => {
                Some(self.page_since + PAPER_WITHIN)
            }
            _ => self.quiet_since().map(|since| since + WARNING),
        }
    }

    /// When the warning begins. `None` where there is nothing to fall back from, or where the
    /// customer waits for us.
    fn quiet_since(&self) -> Option<Instant> {
        let patience = match &self.page {
            Page::Start { tiles: 0 } if self.looks == self.usual => return None,
            Page::Taking(_) => return None,
            Page::Number(shown) => match shown.paper {
                Paper::Printing => return None,
                // The next customer waits: the warning begins with the paper.
                Paper::Printed => Duration::ZERO,
                Paper::Missing => QUIET,
            },
            _ => QUIET,
        };
        Some(self.touched_at.max(self.page_since) + patience)
    }

    pub(super) fn next_second_of_warning(&self, now: Instant) -> Option<Instant> {
        let begins = self.quiet_since()?;
        let passed = now.saturating_duration_since(begins);
        if now < begins {
            return Some(begins);
        }
        Some(begins + Duration::from_secs(passed.as_secs() + 1))
    }

    /// The clock on the screen turns even when the hall is not heard.
    pub(super) fn next_minute(&self, now: Instant) -> Option<Instant> {
        let time = self.clock.time(now)?;
        let left_ms = 60_000 - time.unix_ms.rem_euclid(60_000);
        Some(now + Duration::from_millis(left_ms.unsigned_abs()))
    }

    pub(super) fn end_patience(&mut self, now: Instant) {
        match &mut self.page {
            Page::Taking(request) => {
                let request = request.clone();
                self.go(now, Page::NoAnswer(request));
            }
            Page::Number(shown) if shown.paper == Paper::Printing => {
                shown.paper = Paper::Missing;
                self.page_since = now;
            }
            _ => self.go_home(now),
        }
    }
}
