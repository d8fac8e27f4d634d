//! Lines of text on a disk, each with a checksum that finds a spoiled one, only ever added to:
//!
//! ```text
//! 3f1c09a2b4d5e6f7 queued 12 20261122000012 0 A012
//! 77ab01c2d3e4f506 sending 12 20261122000012 0
//! ```

use std::io;

use sha2::{Digest, Sha256};

use super::disk::Disk;

/// A file of checked lines, and its only writer.
pub struct LineFile {
    disk: Box<dyn Disk>,
    /// Lines in the file, so that it need not grow for ever.
    count: usize,
    /// The last addition failed and may have left half a line.
    is_torn: bool,
    damaged: usize,
}

impl LineFile {
    /// Takes a disk over and reads every line that is whole; each stands for itself.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn over(mut disk: Box<dyn Disk>) -> io::Result<(Self, Vec<String>)> {
        let Lines { texts, damaged } = read(&disk.read()?);
        let file = Self {
            disk,
            count: texts.len(),
            is_torn: false,
            damaged,
        };
        Ok((file, texts))
    }

    /// How many lines the disk had spoiled when the file was opened. Half a line at the end is none of
    /// them: it was being written when the program stopped, and nothing had been done on its strength.
    pub fn damaged(&self) -> usize {
        self.damaged
    }

    /// How many lines it has.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds a line. Once this returns it is on the disk. Control characters become spaces.
    ///
    /// # Errors
    /// When it is not on the disk, or only a part of it.
    pub fn append(&mut self, text: &str) -> io::Result<()> {
        let start = if self.is_torn { "\n" } else { "" };
        let added = self
            .disk
            .append((start.to_owned() + &line(text)).as_bytes());
        self.is_torn = added.is_err();
        self.count += 1;
        added
    }

    /// Puts these lines in the place of all: after a stop all of the old are there or all of the new.
    ///
    /// # Errors
    /// When the old are still there.
    pub fn replace(&mut self, texts: &[String]) -> io::Result<()> {
        let bytes: String = texts.iter().map(|text| line(text)).collect();
        self.disk.replace(bytes.as_bytes())?;
        (self.count, self.is_torn) = (texts.len(), false);
        Ok(())
    }
}

struct Lines {
    texts: Vec<String>,
    damaged: usize,
}

fn read(bytes: &[u8]) -> Lines {
    let (mut texts, mut damaged) = (Vec::new(), 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let is_whole = line.ends_with(b"\n");
        // Half a line may lack no more than its end, or have a spoiled one.
        let found = checked(line).or_else(|| checked(line.split_last()?.1));
        match found {
            Some(text) => texts.push(text.to_owned()),
            None if is_whole && line.len() > 1 => damaged += 1,
            None => {}
        }
    }
    Lines { texts, damaged }
}

fn checked(line: &[u8]) -> Option<&str> {
    let (sum, text) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    (sum == checksum(text)).then_some(text)
}

fn line(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    format!("{} {text}\n", checksum(&text))
}

fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_as_it_was_written() {
        let written = ["queued 1", "a\nb\u{0}", "", "号 A 012 "];
        let bytes: String = written.iter().map(|text| line(text)).collect();
        let lines = read(bytes.as_bytes());
        assert_eq!(lines.texts, ["queued 1", "a b ", "", "号 A 012 "]);
        assert_eq!(lines.damaged, 0);
    }

    #[test]
    fn a_flipped_bit_spoils_its_own_line_alone() {
        let written = ["begin 12 true", "queued 12 20 1 A 012 ", "sending 12 20 2"];
        let text: String = written.iter().map(|text| line(text)).collect();
        for bit in 0..text.len() * 8 {
            let mut bytes = text.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let lines = read(&bytes);
            // A bit of an end of line joins two lines, or parts one.
            assert!((1..=3).contains(&lines.texts.len()));
            assert!(lines.texts.iter().all(|text| written.contains(&&text[..])));
            let is_last_end = bit / 8 == text.len() - 1;
            assert_eq!(lines.damaged > 0, !is_last_end, "bit {bit}");
        }
    }

    #[test]
    fn half_a_line_at_the_end_hides_no_other() {
        let (first, second) = (line("asked 1"), line("issued 1 7"));
        let whole = first.clone() + &second;
        for end in 0..whole.len() {
            let lines = read(&whole.as_bytes()[..end]);
            let has_first = end + 1 >= first.len();
            let has_second = end + 1 >= whole.len();
            assert_eq!(lines.damaged, 0, "at {end}");
            let expected = usize::from(has_first) + usize::from(has_second);
            assert_eq!(lines.texts.len(), expected, "at {end}");
        }
    }
}
