//! What is chance, and what is not.

/// The days are dealt into so many heaps in the order in which they were invented. A 95th of 100 of
/// a heap of fifty days is steady, and twenty heaps tell how much it moves by chance.
pub(super) const HEAPS: u32 = 20;

/// Student's t for heaps less one, so that chance goes beyond it to either side in 1 of 1,000: a
/// study looks at dozens of figures, and one in twenty of them would be named for nothing by the
/// usual 5 of 100.
const T_1_IN_1000: [f64; 19] = [
    636.619, 31.599, 12.924, 8.610, 6.869, 5.959, 5.408, 5.041, 4.781, 4.587, 4.437, 4.318, 4.221,
    4.140, 4.073, 4.015, 3.965, 3.922, 3.883,
];

/// A figure under the current and the new settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) current: f64,
    pub(super) new: f64,
    /// Whether the difference of the heaps is beyond chance.
    is_real: bool,
}

impl Change {
    /// From the figures of all days, and those of each heap, under the current and the new settings.
    pub(super) fn new([current, new]: [f64; 2], heaps: &[[f64; 2]]) -> Self {
        let differences: Vec<f64> = heaps.iter().map(|[current, new]| new - current).collect();
        Self {
            current,
            new,
            is_real: is_beyond_chance(&differences),
        }
    }

    /// How much it grows, if that is beyond chance and at least this much.
    pub(super) fn growth(self, least: f64) -> Option<f64> {
        let growth = self.new - self.current;
        (self.is_real && growth >= least).then_some(growth)
    }

    /// The same in another unit.
    pub(super) fn times(self, factor: f64) -> Self {
        Self {
            current: self.current * factor,
            new: self.new * factor,
            ..self
        }
    }

    /// The same the other way round, for what was better before.
    pub(super) fn swapped(self) -> Self {
        Self {
            current: self.new,
            new: self.current,
            ..self
        }
    }
}

/// Whether the mean of the differences is further from nothing than chance would bring it: a paired
/// t test.
fn is_beyond_chance(differences: &[f64]) -> bool {
    let Some(t) = differences
        .len()
        .checked_sub(2)
        .map(|place| T_1_IN_1000[place.min(18)])
    else {
        return false;
    };
    let count = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / count;
    let squares: f64 = differences
        .iter()
        .map(|one| (one - mean) * (one - mean))
        .sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    mean.abs() > t * error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(current: f64, new: f64, differences: &[f64]) -> Change {
        let heaps: Vec<[f64; 2]> = differences.iter().map(|one| [5.0, 5.0 + one]).collect();
        Change::new([current, new], &heaps)
    }

    #[test]
    fn what_moves_to_and_fro_is_chance() {
        let to_and_fro = [3.0, -2.0, 4.0, -3.0, 2.0, -1.0];
        assert_eq!(change(5.0, 6.0, &to_and_fro).growth(0.5), None);
    }

    #[test]
    fn what_always_moves_the_same_way_is_not() {
        let always = [1.0, 1.1, 0.9, 1.0, 1.05, 0.95];
        assert_eq!(change(5.0, 6.0, &always).growth(0.5), Some(1.0));
        assert_eq!(change(5.0, 6.0, &always).growth(1.5), None);
        assert_eq!(change(5.0, 6.0, &always).swapped().growth(0.5), None);
    }

    #[test]
    fn what_does_not_move_and_what_was_seen_once_is_nothing() {
        assert_eq!(change(5.0, 5.0, &[0.0; 20]).growth(0.0), None);
        assert_eq!(change(5.0, 9.0, &[4.0]).growth(0.5), None);
    }
}
