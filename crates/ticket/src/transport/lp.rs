//! The kernel's USB printer device, `/dev/usb/lp*`. The driver lets one process in at a time.

use std::path::Path;

use rustix::fs::OFlags;

use super::LinkFault;
use super::wire::{WhenEmpty, Wire};

/// Opens the device for both directions. It must be there: a file is never made in its place.
pub(super) fn open(path: &Path) -> Result<Wire, LinkFault> {
    Wire::open(path, OFlags::RDWR, WhenEmpty::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Transport;
    use std::time::Duration;

    #[test]
    fn a_device_that_is_not_there_is_unreachable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lp0");
        assert_eq!(open(&path).unwrap_err(), LinkFault::Unreachable);
        assert!(!path.exists(), "no file was made in its place");
    }

    #[test]
    fn a_device_has_one_owner_and_empty_packets_are_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lp0");
        std::fs::write(&path, "").unwrap();
        let mut one = open(&path).unwrap();
        assert_eq!(open(&path).unwrap_err(), LinkFault::Unreachable);
        // A read at the end of a file gives no byte, as an empty packet does.
        let nothing = one.receive(&mut [0; 8], Duration::from_millis(20));
        assert_eq!(nothing, Ok(0));
        one.send(b"slip", Duration::from_secs(1)).unwrap();
        drop(one);
        assert_eq!(std::fs::read(&path).unwrap(), b"slip");
        open(&path).unwrap();
    }
}
