use jiff::civil::DateTime;
use queue::{ClassCode, ServiceCode};
use rand::RngExt;
use rand::rngs::StdRng;

use crate::settings::HallSettings;

/// From the call to standing at the counter, in milliseconds.
pub(crate) const WALK_MS: u64 = 20_000;

/// A day to play: a hall and everybody who comes.
#[derive(Clone, Debug)]
pub struct Day {
    /// What day it is, in words.
    pub title: String,
    /// The hall that it was recorded in, or made up for.
    pub settings: HallSettings,
    /// When the doors open, local time.
    pub opens: DateTime,
    /// Who comes, in the order of arrival.
    pub customers: Vec<Customer>,
}

/// Somebody who comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// When, in milliseconds after opening.
    pub comes_ms: u64,
    /// What for.
    pub service: ServiceCode,
    /// Of which class.
    pub class: ClassCode,
    /// How long the business takes, in milliseconds.
    pub handling_ms: u64,
    /// After this wait the customer leaves, in milliseconds.
    pub patience_ms: u64,
}

/// A handling time in milliseconds, exponential with this mean and cut at four times the mean.
pub(super) fn handling_ms(random: &mut StdRng, mean_ms: f64) -> u64 {
    let drawn = -(1.0 - random.random::<f64>()).ln() * mean_ms;
    drawn.clamp(1_000.0, mean_ms * 4.0) as u64
}

/// A class: each named one with its share of 100, the rest `otherwise`.
pub(super) fn class(
    random: &mut StdRng,
    shares: &[(ClassCode, f64)],
    otherwise: &ClassCode,
) -> ClassCode {
    let mut left = random.random::<f64>() * 100.0;
    for (class, share) in shares {
        left -= share;
        if left < 0.0 {
            return class.clone();
        }
    }
    otherwise.clone()
}
