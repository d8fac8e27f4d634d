//! The chime before a call: two soft tones, a falling third, made by arithmetic alone.

use std::f64::consts::TAU;

use crate::phrase::Length;
use crate::wav::{RATE, samples_in};

/// E5 and C5: a falling major third, which says "listen" and not "alarm".
const TONES_HZ: [f64; 2] = [659.26, 523.25];

/// The second tone begins while the first still rings.
const SECOND_AFTER_MS: u64 = 380;

const RING_MS: u64 = 900;

/// A click would be heard if a tone began at once.
const RISE_MS: f64 = 8.0;

/// The loudest sample stays 8 dB under full scale, so that the voice after it is the louder one.
const PEAK: f64 = 0.4 * i16::MAX as f64;

/// Overtones and how strong they are: a bar struck by a soft mallet.
const OVERTONES: [(f64, f64); 3] = [(1.0, 1.0), (2.0, 0.22), (3.0, 0.07)];

/// The chime. The short one is a single tone, for when calls pile up.
#[must_use]
pub fn chime(length: Length) -> Vec<i16> {
    let starts: &[(f64, u64)] = match length {
        Length::Full => &[(TONES_HZ[0], 0), (TONES_HZ[1], SECOND_AFTER_MS)],
        Length::Short => &[(TONES_HZ[0], 0)],
    };
    let last_start = starts.last().map_or(0, |&(_, start)| start);
    let mut sum = vec![0.0; samples_in(last_start + RING_MS)];
    for &(hz, start) in starts {
        let place = samples_in(start);
        for (at, sample) in tone(hz).into_iter().enumerate() {
            sum[place + at] += sample;
        }
    }
    let loudest = sum
        .iter()
        .fold(f64::EPSILON, |most, s| f64::max(most, s.abs()));
    sum.iter().map(|s| (s / loudest * PEAK) as i16).collect()
}

fn tone(hz: f64) -> Vec<f64> {
    let length = samples_in(RING_MS);
    (0..length)
        .map(|at| {
            let ms = at as f64 * 1000.0 / f64::from(RATE);
            let rise = (ms / RISE_MS).min(1.0);
            let left = 1.0 - at as f64 / length as f64;
            OVERTONES
                .iter()
                .map(|&(multiple, strength)| {
                    let fade = (-ms / 220.0 * multiple.sqrt()).exp();
                    strength * fade * (TAU * hz * multiple * ms / 1000.0).sin()
                })
                .sum::<f64>()
                * rise
                * left.sqrt()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wav::duration_ms;

    #[test]
    fn it_is_short_soft_and_ends_in_silence() {
        for (length, ms) in [(Length::Full, 1280), (Length::Short, 900)] {
            let samples = chime(length);
            assert!(duration_ms(samples.len()).abs_diff(ms) <= 1);
            let loudest = samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
            assert!((12_000..14_000).contains(&loudest), "{loudest}");
            let tail = &samples[samples.len() - 20..];
            assert!(
                tail.iter().all(|s| s.unsigned_abs() < 60),
                "a click at the end"
            );
            assert!(
                samples[..4].iter().all(|s| s.unsigned_abs() < 400),
                "a click at the start"
            );
        }
    }

    #[test]
    fn its_first_tone_is_the_higher_one() {
        let samples = chime(Length::Full);
        let loud = |from_ms, hz| strength(&samples[samples_in(from_ms)..][..samples_in(200)], hz);
        assert!(loud(50, TONES_HZ[0]) > 10.0 * loud(50, TONES_HZ[1]));
        assert!(loud(600, TONES_HZ[1]) > loud(600, TONES_HZ[0]));
    }

    /// How much of one frequency there is (one bin of a Fourier transform).
    fn strength(samples: &[i16], hz: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (at, &sample) in samples.iter().enumerate() {
            let angle = TAU * hz * at as f64 / f64::from(RATE);
            re += f64::from(sample) * angle.cos();
            im += f64::from(sample) * angle.sin();
        }
        re.hypot(im)
    }
}
