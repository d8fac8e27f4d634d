//! One file as a disk has it: what a reader sees, and what is left when the power goes.

use std::ops::Range;

use super::Chance;

/// What a disk writes whole or not at all, and a bad one not even that.
const SECTOR_BYTES: usize = 512;

#[derive(Clone, Debug, Default)]
pub(super) struct Medium {
    now: Vec<u8>,
    /// What is safe; `None` before the file's name is.
    safe: Option<Vec<u8>>,
    /// What came after that, in order.
    unsynced: Vec<Change>,
    /// The bytes of those writes, one behind the other.
    written: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Change {
    /// Where it goes, and which of the written bytes it is.
    Write {
        at: usize,
        bytes: Range<usize>,
    },
    Length(usize),
}

impl Medium {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.now
    }

    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) {
        put(&mut self.now, at, bytes);
        let begin = self.written.len();
        self.written.extend_from_slice(bytes);
        let bytes = begin..self.written.len();
        self.unsynced.push(Change::Write { at, bytes });
    }

    pub(super) fn set_length(&mut self, length: usize) {
        self.now.resize(length, 0);
        self.unsynced.push(Change::Length(length));
    }

    pub(super) fn sync(&mut self) {
        let safe = self.safe.get_or_insert_default();
        self.unsynced.drain(..).for_each(|change| match change {
            Change::Write { at, bytes } => put(safe, at, &self.written[bytes]),
            Change::Length(length) => safe.resize(length, 0),
        });
        self.written.clear();
    }

    /// A sync that fails: the system believes some of the pages to be clean now, and never
    /// writes them (as Linux does after an error).
    pub(super) fn fail_to_sync(&mut self, chance: &mut Chance) {
        self.unsynced.retain(|_| chance.percent(50));
    }

    /// What is there when the power is back, if the file is. Of each sector that was not synced
    /// either the old or the new is there, or half of the new.
    pub(super) fn after_power_cut(&self, chance: &mut Chance) -> Option<Self> {
        let mut left = match &self.safe {
            Some(safe) => safe.clone(),
            None if chance.percent(50) => Vec::new(),
            None => return None,
        };
        let reaches_disk = *chance.one_of(&[0, 10, 50, 90, 100]);
        let torn = *chance.one_of(&[0, 0, 20]);
        for change in &self.unsynced {
            match change {
                Change::Write { at, bytes } => {
                    for (at, sector) in sectors(*at, &self.written[bytes.clone()]) {
                        if !chance.percent(reaches_disk) {
                            continue;
                        }
                        let whole = !chance.percent(torn);
                        let end = if whole {
                            sector.len()
                        } else {
                            chance.below(sector.len() as u64) as usize
                        };
                        put(&mut left, at, &sector[..end]);
                    }
                }
                Change::Length(length) if chance.percent(reaches_disk) => left.resize(*length, 0),
                Change::Length(_) => {}
            }
        }
        Some(Self::of_safe(left))
    }

    pub(super) fn flip_bit(&mut self, at: usize, bit: u8) {
        if let Some(byte) = self.now.get_mut(at) {
            *byte ^= 1 << bit;
        }
        let flipped = self.safe.as_mut().and_then(|safe| safe.get_mut(at));
        flipped.into_iter().for_each(|byte| *byte ^= 1 << bit);
    }

    pub(super) fn of_safe(bytes: Vec<u8>) -> Self {
        Self {
            now: bytes.clone(),
            safe: Some(bytes),
            unsynced: Vec::new(),
            written: Vec::new(),
        }
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}

/// A write, cut where the sectors of the disk end.
fn sectors(at: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let start = at + done;
        let left = bytes.len() - done;
        let length = left.min(SECTOR_BYTES - start % SECTOR_BYTES);
        let sector = (start, &bytes[done..done + length]);
        done += length;
        (length > 0).then_some(sector)
    })
}
