//! What strangers did, in the log: so many lines a minute, and then how many more there were. Whoever floods the
//! hall is not to drown what else it has to say, nor to fill the disk.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Enough to see who it is and what is tried.
const TOLD_A_MINUTE: u32 = 30;

const MINUTE: Duration = Duration::from_secs(60);

/// Shared by all connections.
#[derive(Clone, Debug)]
pub(super) struct Complaints(Arc<Mutex<Minute>>);

#[derive(Clone, Copy, Debug)]
struct Minute {
    began: Instant,
    told: u32,
    untold: u64,
}

impl Default for Complaints {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Minute::new(Instant::now()))))
    }
}

impl Complaints {
    /// Says something about a stranger, unless enough was said this minute.
    pub(super) fn say(&self, what: fmt::Arguments<'_>) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(untold) = minute.tells(Instant::now()) else {
            return;
        };
        drop(minute);
        if untold > 0 {
            tracing::warn!(
                "{untold} more connections were refused since then, of which nothing is said here. Look for the machine that makes so many."
            );
        }
        tracing::warn!("{what}");
    }
}

impl Minute {
    fn new(began: Instant) -> Self {
        let (told, untold) = (0, 0);
        Self {
            began,
            told,
            untold,
        }
    }

    /// Whether one more is told, and how many before it were not.
    fn tells(&mut self, now: Instant) -> Option<u64> {
        let mut untold = 0;
        if now.duration_since(self.began) >= MINUTE {
            untold = self.untold;
            *self = Self::new(now);
        }
        if self.told >= TOLD_A_MINUTE {
            self.untold += 1;
            return None;
        }
        self.told += 1;
        Some(untold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_so_many_lines_a_minute_and_then_a_number() {
        let began = Instant::now();
        let mut minute = Minute::new(began);
        let flood = |minute: &mut Minute, now| (0..1_000).filter_map(|_| minute.tells(now)).count();
        assert_eq!(flood(&mut minute, began), 30);
        assert_eq!(flood(&mut minute, began + MINUTE / 2), 0);
        assert_eq!(minute.tells(began + MINUTE), Some(1_970));
        assert_eq!(flood(&mut minute, began + MINUTE), 29);
        assert_eq!(minute.tells(began + 2 * MINUTE), Some(971));
        assert_eq!(minute.tells(began + 4 * MINUTE), Some(0));
    }
}
