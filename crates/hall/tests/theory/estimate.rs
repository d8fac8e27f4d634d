//! A mean of independent days, and how far chance may have moved it.

use std::fmt;

/// In standard errors. With 40 days chance alone goes beyond in 3 of 10,000 trials (Student's t).
const TOLERANCE: f64 = 4.0;

/// A standard error of more than this share of the value would prove too little.
const WIDEST: f64 = 0.01;

#[derive(Clone, Copy)]
pub struct Estimate {
    pub mean: f64,
    error: f64,
}

impl Estimate {
    /// From one figure of each day.
    pub fn of(days: &[f64]) -> Self {
        let squares: f64 = deviations(days)
            .map(|deviation| deviation * deviation)
            .sum();
        let count = days.len() as f64;
        Self {
            mean: mean(days),
            error: (squares / (count - 1.0) / count).sqrt(),
        }
    }

    /// The same, less what chance made of these days: `control` is another figure of the same days,
    /// whose mean is known. What of a day's deviation goes with the control's is taken out (control
    /// variates, Lavenberg and Welch 1981).
    pub fn controlled(days: &[f64], control: &[f64], known: f64) -> Self {
        let both: f64 = deviations(days)
            .zip(deviations(control))
            .map(|(a, b)| a * b)
            .sum();
        let slope = both / deviations(control).map(|b| b * b).sum::<f64>();
        let pairs = days.iter().zip(control);
        let cleared: Vec<f64> = pairs
            .map(|(day, control)| day - slope * (control - known))
            .collect();
        Self::of(&cleared)
    }

    #[track_caller]
    pub fn agrees_with(self, formula: f64) {
        assert!(
            self.error <= WIDEST * formula.abs(),
            "{self} is too wide to say anything about {formula:.3}"
        );
        let apart = (self.mean - formula).abs();
        assert!(
            apart <= TOLERANCE * self.error,
            "{self} is not {formula:.3}"
        );
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4} ± {:.4}", self.mean, self.error)
    }
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviations(values: &[f64]) -> impl Iterator<Item = f64> {
    let mean = mean(values);
    values.iter().map(move |value| value - mean)
}
