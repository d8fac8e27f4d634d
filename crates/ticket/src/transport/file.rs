//! A file or a pipe: for looking at bytes, and for printers behind a program of their own. Nothing
//! answers there.

use std::path::Path;

use rustix::fs::OFlags;

use super::LinkFault;
use super::wire::{WhenEmpty, Wire};

/// Opens the file to add to its end, and makes it when it is not there.
pub(super) fn open(path: &Path) -> Result<Wire, LinkFault> {
    let how = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND;
    Wire::open(path, how, WhenEmpty::Mute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{SendFault, Transport};
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use std::io::Read;
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    #[test]
    fn bytes_are_added_to_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tickets.bin");
        for bytes in [b"one", b"two"] {
            open(&path).unwrap().send(bytes, Duration::ZERO).unwrap();
        }
        assert_eq!(std::fs::read(&path).unwrap(), b"onetwo");
        let nothing = open(&path).unwrap().receive(&mut [0; 8], Duration::ZERO);
        assert_eq!(nothing, Ok(0));
    }

    fn pipe(folder: &tempfile::TempDir) -> PathBuf {
        let path = folder.path().join("pipe");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        path
    }

    #[test]
    fn a_pipe_without_a_reader_is_unreachable() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(open(&pipe(&folder)).unwrap_err(), LinkFault::Unreachable);
    }

    /// Takes bytes and then nothing, as a device does whose buffer is full.
    #[test]
    fn a_pipe_that_nobody_empties_meets_the_deadline() {
        let folder = tempfile::tempdir().unwrap();
        let path = pipe(&folder);
        let mut reader = std::fs::OpenOptions::new();
        let mut reader = reader.read(true).write(true).open(&path).unwrap();
        let mut wire = open(&path).unwrap();
        let begun = Instant::now();
        let within = Duration::from_millis(150);
        let SendFault { sent, fault } = wire.send(&vec![7; 1 << 20], within).unwrap_err();
        assert!(begun.elapsed() >= within);
        assert_eq!(fault, LinkFault::Late);
        let mut taken = vec![0; sent];
        reader.read_exact(&mut taken).unwrap();
        assert!(sent > 0 && taken.iter().all(|byte| *byte == 7));
    }
}
