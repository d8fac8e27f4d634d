//! Inputs that are nearly right: pieces of a corpus, changed by a seed. Tests of several packages take
//! this file in by its path, so it needs nothing.
#![allow(dead_code)]

/// What readers stumble over, whatever they read.
const WORDS: [&str; 20] = [
    "0",
    "-1",
    "1e999",
    "18446744073709551616",
    "-9223372036854775809",
    "4294967296",
    "65536",
    "0.1",
    "NaN",
    "null",
    "true",
    "\"\"",
    "[]",
    "{}",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "\u{202e}",
    "号",
    "99999999999999999999999999",
];

/// Makes inputs out of a corpus.
#[derive(Debug)]
pub struct Mutator<'a> {
    corpus: &'a [Vec<u8>],
    random: u64,
}

impl<'a> Mutator<'a> {
    /// The same seed gives the same input.
    pub fn new(corpus: &'a [Vec<u8>], seed: u64) -> Self {
        let random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self { corpus, random }
    }

    /// One input: something of the corpus after a few changes, and now and then after none.
    pub fn input(&mut self) -> Vec<u8> {
        let mut bytes = self.piece();
        for _ in 0..self.below(6) {
            self.change(&mut bytes);
        }
        bytes
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn piece(&mut self) -> Vec<u8> {
        let place = self.below(self.corpus.len());
        self.corpus.get(place).cloned().unwrap_or_default()
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let end = (at + self.below(12)).min(bytes.len());
        match self.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = self.next() as u8,
            2 => drop(bytes.drain(at..end)),
            3 => bytes.truncate(at),
            4 => {
                let again = bytes[at..end].repeat(1 + self.below(40));
                bytes.splice(at..at, again);
            }
            5 => {
                let word = WORDS[self.below(WORDS.len())];
                bytes.splice(at..end, word.bytes());
            }
            6 => self.put_a_word_for_a_value(bytes),
            _ => {
                let other = self.piece();
                let from = self.below(other.len() + 1);
                let until = (from + self.below(60)).min(other.len());
                bytes.splice(at..end, other[from..until].iter().copied());
            }
        }
    }

    /// The value behind a colon or an equals sign becomes another one.
    fn put_a_word_for_a_value(&mut self, bytes: &mut Vec<u8>) {
        let signs = (0..bytes.len()).filter(|at| matches!(bytes[*at], b':' | b'='));
        let signs: Vec<usize> = signs.collect();
        if signs.is_empty() {
            return;
        }
        let start = signs[self.below(signs.len())] + 1;
        let rest = bytes[start..].iter();
        let length = rest.take_while(|byte| !b",}\n]".contains(byte)).count();
        let word = WORDS[self.below(WORDS.len())];
        bytes.splice(start..start + length, word.bytes());
    }
}
