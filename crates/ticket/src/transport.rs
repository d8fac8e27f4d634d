//! The way to a printer: bytes there, bytes back, and a deadline that holds.

use std::time::Duration;

pub use self::address::{Address, AddressError};

mod address;
mod file;
mod lp;
mod serial;
mod tcp;
mod usb;
mod wire;

/// An open way to one printer. Who holds it is the printer's only writer.
pub trait Transport {
    /// Hands over all bytes, or says how many were taken before the link failed or time was up.
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), SendFault>;

    /// Reads what is there, waiting `within` for the first byte. `Ok(0)` means that nothing came.
    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> Result<usize, LinkFault>;
}

/// Opens the way to one printer, again for every question and every job: a printer that was
/// switched off in between is found again, and nothing of an old connection is left over.
pub trait Way: Send {
    /// A way that nobody else writes to while it is open.
    fn open(&mut self, within: Duration) -> Result<Box<dyn Transport>, LinkFault>;
}

impl Way for Address {
    fn open(&mut self, within: Duration) -> Result<Box<dyn Transport>, LinkFault> {
        Ok(match self {
            Self::Tcp { address } => Box::new(tcp::connect(address, within)?),
            Self::Usb(id) => Box::new(usb::Usb::open(id)?),
            Self::Lp { path } => Box::new(lp::open(path)?),
            Self::Serial { path, baud } => Box::new(serial::Serial::open(path, *baud)?),
            Self::File { path } => Box::new(file::open(path)?),
        })
    }
}

/// Bytes did not all get out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{sent} bytes sent, then: {fault}")]
pub struct SendFault {
    /// How many bytes had been taken: 0 means that the printer cannot have printed any of them.
    pub sent: usize,
    /// What happened then.
    pub fault: LinkFault,
}

/// What can go wrong with the way itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// Nothing answers at the address.
    #[error("nothing answers there")]
    Unreachable,
    /// The other side closed or reset the connection.
    #[error("the connection broke off")]
    Broken,
    /// The other side took nothing until the deadline.
    #[error("the deadline passed")]
    Late,
}
