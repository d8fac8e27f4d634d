//! How much a device may ask: so many requests at once, and so many a second for long.

/// A bucket that drips full. A request takes a thousand drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    drops: u64,
    filled_at_ms: u64,
}

const A_REQUEST: u64 = 1_000;

impl Bucket {
    pub(super) fn full(at_once: u32, now_ms: u64) -> Self {
        Self {
            drops: u64::from(at_once) * A_REQUEST,
            filled_at_ms: now_ms,
        }
    }

    /// Whether there is enough for a request, which is taken out.
    pub(super) fn take(&mut self, (at_once, per_second): (u32, u32), now_ms: u64) -> bool {
        let passed_ms = now_ms.saturating_sub(self.filled_at_ms);
        let dripped = passed_ms.saturating_mul(u64::from(per_second));
        let most = u64::from(at_once) * A_REQUEST;
        self.drops = self.drops.saturating_add(dripped).min(most);
        self.filled_at_ms = now_ms;
        let enough = self.drops >= A_REQUEST;
        if enough {
            self.drops -= A_REQUEST;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_then_so_many_a_second() {
        let limits = (3, 2);
        let mut bucket = Bucket::full(3, 0);
        let taken =
            |bucket: &mut Bucket, now_ms| (0..10).filter(|_| bucket.take(limits, now_ms)).count();
        assert_eq!(taken(&mut bucket, 0), 3);
        assert_eq!(taken(&mut bucket, 499), 0);
        assert_eq!(taken(&mut bucket, 500), 1);
        assert_eq!(taken(&mut bucket, 2_000), 3);
        assert_eq!(
            taken(&mut bucket, 60_000),
            3,
            "more than full it does not get"
        );
    }
}
