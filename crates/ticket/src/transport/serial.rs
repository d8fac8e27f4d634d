//! A serial line: raw, 8 data bits, no parity, one stop bit; the printer holds us by XON and XOFF.

use std::path::Path;
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::termios::{
    ControlModes, InputModes, OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr,
};

use super::wire::{WhenEmpty, Wire};
use super::{LinkFault, SendFault, Transport};

/// An open line. After a job that did not get out, what the kernel still holds is thrown away: a
/// close would wait for it for half a minute, and nothing may come out later.
#[derive(Debug)]
pub(super) struct Serial {
    wire: Wire,
    failed: bool,
}

impl Serial {
    /// Opens and sets the line. Something that is no serial line is unreachable.
    pub(super) fn open(path: &Path, baud: u32) -> Result<Self, LinkFault> {
        let wire = Wire::open(path, OFlags::RDWR, WhenEmpty::Gone)?;
        set(&wire, baud).map_err(|_| LinkFault::Unreachable)?;
        let failed = false;
        Ok(Self { wire, failed })
    }
}

fn set(wire: &Wire, baud: u32) -> rustix::io::Result<()> {
    let mut line = tcgetattr(wire)?;
    line.make_raw();
    line.input_modes |= InputModes::IXON;
    line.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
    // Without HUPCL the line stays up when it is closed: some printers start anew when it falls.
    line.control_modes -=
        ControlModes::HUPCL | ControlModes::CSTOPB | ControlModes::PARENB | ControlModes::CRTSCTS;
    line.set_speed(baud)?;
    tcsetattr(wire, OptionalActions::Now, &line)?;
    tcflush(wire, QueueSelector::IFlush)
}

impl Transport for Serial {
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), SendFault> {
        let sent = self.wire.send(bytes, within);
        self.failed |= sent.is_err();
        sent
    }

    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> Result<usize, LinkFault> {
        self.wire.receive(buffer, within)
    }
}

impl Drop for Serial {
    fn drop(&mut self) {
        if self.failed {
            // The device may be gone; then there is nothing to throw away.
            let _ = tcflush(&self.wire, QueueSelector::OFlush);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::LocalModes;
    use std::fs::File;
    use std::io::{Read, Write};
    use std::path::PathBuf;
    use std::time::Instant;

    /// The printer's end of a line, and the path of ours.
    fn line() -> (File, PathBuf) {
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&end).unwrap();
        unlockpt(&end).unwrap();
        let path = ptsname(&end, Vec::new()).unwrap().into_string().unwrap();
        (end.into(), path.into())
    }

    #[test]
    fn every_byte_passes_unchanged_both_ways() {
        let (mut printer, path) = line();
        let mut serial = Serial::open(&path, 9_600).unwrap();
        let every: Vec<u8> = (0..=255).collect();
        serial.send(&every, Duration::from_secs(5)).unwrap();
        let mut taken = [0; 256];
        printer.read_exact(&mut taken).unwrap();
        assert_eq!(taken[..], every);
        // All but XON and XOFF, by which the printer holds us.
        printer.write_all(&[0x12, 0x0d, 0x03, 0x00, 0xff]).unwrap();
        let mut buffer = [0; 8];
        let mut said = Vec::<u8>::new();
        while said.len() < 5 {
            let count = serial.receive(&mut buffer, Duration::from_secs(5)).unwrap();
            assert!(count > 0, "the answer is late");
            said.extend(&buffer[..count]);
        }
        assert_eq!(said, [0x12, 0x0d, 0x03, 0x00, 0xff]);
        let line = tcgetattr(&serial.wire).unwrap();
        assert_eq!(line.output_speed(), 9_600);
        assert!(!line.local_modes.contains(LocalModes::ECHO));
    }

    #[test]
    fn a_printer_that_takes_bytes_and_then_nothing_meets_the_deadline() {
        let (_printer, path) = line();
        let mut serial = Serial::open(&path, 115_200).unwrap();
        let begun = Instant::now();
        let within = Duration::from_millis(150);
        let fault = serial.send(&vec![7; 1 << 20], within).unwrap_err();
        assert_eq!(fault.fault, LinkFault::Late);
        assert!(fault.sent > 0 && begun.elapsed() >= within);
        drop(serial);
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "no close that waits"
        );
    }

    #[test]
    fn a_line_that_is_pulled_out_breaks_and_a_file_is_no_line() {
        let (printer, path) = line();
        let mut serial = Serial::open(&path, 115_200).unwrap();
        drop(printer);
        let fault = serial.receive(&mut [0; 8], Duration::from_secs(5));
        assert_eq!(fault, Err(LinkFault::Broken));
        let file = tempfile::NamedTempFile::new().unwrap();
        let fault = Serial::open(file.path(), 115_200).unwrap_err();
        assert_eq!(fault, LinkFault::Unreachable);
    }
}
