use std::time::Duration;

/// The first wait before a new attempt, in milliseconds.
const FIRST_MS: u64 = 100;

/// The longest wait between attempts, in milliseconds: after a hall's restart every screen is
/// back within a few seconds.
const LONGEST_MS: u64 = 2_000;

/// The wait after a goodbye that a quick return would only earn again, in milliseconds.
const REFUSED_MS: u64 = 10_000;

/// How long to wait before the next attempt: twice as long each time, and by a different amount for
/// each client, so that a hall that starts is not stormed by all of them in the same instant.
#[derive(Debug)]
pub(crate) struct Backoff {
    attempts: u32,
    random: u64,
}

impl Backoff {
    /// `seed` should differ between clients.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            attempts: 0,
            random: seed | 1,
        }
    }

    /// The link works: the next loss starts from the shortest wait.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }

    /// The wait after one more failure: between half of the step and all of it.
    pub(crate) fn next(&mut self) -> Duration {
        let step_ms = LONGEST_MS.min(FIRST_MS << self.attempts.min(16));
        self.attempts = self.attempts.saturating_add(1);
        Duration::from_millis(step_ms / 2 + self.random() % (step_ms / 2 + 1))
    }

    /// The wait after a goodbye which coming back soon does not mend.
    pub(crate) fn refused(&mut self) -> Duration {
        Duration::from_millis(REFUSED_MS / 2 + self.random() % (REFUSED_MS / 2 + 1))
    }

    /// Xorshift64 (Marsaglia 2003): spread is all that is asked of it.
    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_start_again() {
        let mut backoff = Backoff::new(7);
        for step_ms in [100, 200, 400, 800, 1_600, 2_000, 2_000] {
            let wait_ms = u64::try_from(backoff.next().as_millis()).unwrap();
            assert!(
                (step_ms / 2..=step_ms).contains(&wait_ms),
                "{wait_ms} of {step_ms}"
            );
        }
        backoff.reset();
        assert!(backoff.next() <= Duration::from_millis(100));
    }

    #[test]
    fn clients_do_not_come_back_in_the_same_instant() {
        let waits: std::collections::BTreeSet<_> = (0..100)
            .map(|seed| {
                let mut backoff = Backoff::new(seed * 7_919);
                (0..6).map(|_| backoff.next()).sum::<Duration>()
            })
            .collect();
        assert!(waits.len() > 50, "only {} different waits", waits.len());
    }
}
