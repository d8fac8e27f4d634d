//! The only source of chance: one seed, one history.

use std::ops::Range;

use uuid::Uuid;

/// SplitMix64 (Steele, Lea and Flood 2014): small, even, and the same on every machine.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut chance = Self(seed ^ 0x5eed_0fa1_1a11_c0de);
        chance.bits();
        chance
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn of(&mut self, range: Range<u64>) -> u64 {
        range.start + self.bits() % (range.end - range.start).max(1)
    }

    pub fn index(&mut self, length: usize) -> usize {
        self.of(0..length as u64) as usize
    }

    /// True this often in a thousand.
    pub fn permille(&mut self, often: u64) -> bool {
        self.of(0..1_000) < often
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.index(of.len())]
    }

    /// Something that mostly is short and sometimes long, around this mean.
    pub fn about(&mut self, mean: u64) -> u64 {
        let fine = self.of(1..10_000) as f64 / 10_000.0;
        (-fine.ln() * mean as f64) as u64 + 1
    }

    /// A UUID that looks as one of version 7 does.
    pub fn uuid(&mut self, unix_ms: i64) -> Uuid {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(
            &((unix_ms as u64) << 16 | self.bits() & 0xfff | 0x7000).to_be_bytes(),
        );
        bytes[8..].copy_from_slice(&(self.bits() >> 2 | 1 << 63).to_be_bytes());
        Uuid::from_bytes(bytes)
    }
}
