use crate::TicketId;

/// Why this ticket was called and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// By which rule.
    pub why: Why,
    /// How long it had waited, in milliseconds.
    pub waited_ms: u64,
    /// The head start of its class, in milliseconds.
    pub head_start_ms: u64,
    /// The target of its class at its service, in milliseconds.
    pub target_ms: u64,
    /// How many who came earlier, and whom the counter serves, it went before; counted up to 50.
    pub overtook: u32,
    /// The first eight of those.
    pub passed_over: Vec<Passed>,
}

/// By which rule a ticket was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It had the greatest score, and on a tie it came earlier.
    Score,
    /// The counter serves its class before others.
    Reserved,
    /// It is of a service, or was handed over, that the counter takes before others.
    Rank,
    /// It had been put first.
    PutFirst,
    /// Its customer missed a call and came back, and the calls in between had been made.
    Returned,
    /// Nobody else waited, except who missed a call and was not due yet.
    Alone,
    /// The clerk chose it.
    Chosen,
}

/// Somebody who came earlier and was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The ticket.
    pub ticket: TicketId,
    /// How long it had waited, in milliseconds.
    pub waited_ms: u64,
    /// The head start of its class, in milliseconds.
    pub head_start_ms: u64,
    /// Its target, in milliseconds.
    pub target_ms: u64,
}

impl Reason {
    /// The score by which it won, `(waited + head start) / target`, in thousandths.
    #[must_use]
    pub fn score_milli(&self) -> u64 {
        score_milli(self.waited_ms, self.head_start_ms, self.target_ms)
    }
}

impl Passed {
    /// The score with which it lost, in thousandths.
    #[must_use]
    pub fn score_milli(&self) -> u64 {
        score_milli(self.waited_ms, self.head_start_ms, self.target_ms)
    }
}

fn score_milli(waited_ms: u64, head_start_ms: u64, target_ms: u64) -> u64 {
    let credit_ms = u128::from(waited_ms) + u128::from(head_start_ms);
    u64::try_from(credit_ms * 1_000 / u128::from(target_ms.max(1))).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_what_was_waited_and_given_against_the_target_in_thousandths() {
        let passed = Passed {
            ticket: TicketId(1),
            waited_ms: 30_000,
            head_start_ms: 6_000,
            target_ms: 24_000,
        };
        assert_eq!(passed.score_milli(), 1_500);
        let reason = Reason {
            why: Why::Score,
            waited_ms: 300,
            head_start_ms: 200,
            target_ms: 0,
            overtook: 0,
            passed_over: Vec::new(),
        };
        assert_eq!(
            reason.score_milli(),
            500_000,
            "a target is at least a millisecond"
        );
    }
}
