//! USB without the kernel's printer driver, by nusb. No printer is at hand where the tests run, so what
//! touches a device is thin (finding it, claiming it, its two endpoints), and what is decided about
//! transfers stands before a trait that the tests play.

use std::time::{Duration, Instant};

use nusb::descriptors::TransferType;
use nusb::transfer::{Buffer, Bulk, Direction, In, Out};
use nusb::{Device, Endpoint, Interface, MaybeFuture};

use super::address::UsbId;
use super::{LinkFault, SendFault, Transport};

/// The class of printers in the USB standard.
const PRINTER_CLASS: u8 = 7;

/// So much is handed over at once, and the count of what was taken is as fine.
const TRANSFER_BYTES: usize = 16 * 1024;

/// A transfer that was called off says within this how many of its bytes had been taken.
const CANCEL_WITHIN: Duration = Duration::from_millis(200);

/// A transfer that is over.
pub(super) struct Done {
    /// How many bytes of it passed.
    bytes: usize,
    fault: Option<LinkFault>,
}

/// The way to a printer.
pub(super) trait Outward {
    fn submit(&mut self, bytes: &[u8]);

    /// The end of the transfer, if it comes within this time.
    fn completion(&mut self, within: Duration) -> Option<Done>;

    /// Calls off what is under way; its end still comes.
    fn cancel(&mut self);
}

/// The way back. A read that had no answer in time stays under way and brings the next one.
pub(super) trait Inward {
    fn read(&mut self, buffer: &mut [u8], within: Duration) -> Result<usize, LinkFault>;
}

/// A claimed printer.
pub(super) struct Usb<O = Endpoint<Bulk, Out>, I = Endpoint<Bulk, In>> {
    out: O,
    /// Printers of the one-way protocol have no way back.
    back: Option<I>,
}

impl Usb {
    /// Claims the printer for this process alone; the kernel's driver gives it up.
    pub(super) fn open(id: &UsbId) -> Result<Self, LinkFault> {
        let unreachable = |_| LinkFault::Unreachable;
        let mut devices = nusb::list_devices().wait().map_err(unreachable)?;
        let wanted = devices.find(|device| {
            let same_model = (device.vendor_id(), device.product_id()) == (id.vendor, id.product);
            same_model && (id.serial.is_none() || device.serial_number() == id.serial.as_deref())
        });
        let device = wanted.ok_or(LinkFault::Unreachable)?;
        let device = device.open().wait().map_err(unreachable)?;
        let number = printer_interface(&device).ok_or(LinkFault::Unreachable)?;
        let interface = device.detach_and_claim_interface(number).wait();
        Self::over(&interface.map_err(unreachable)?)
    }

    fn over(interface: &Interface) -> Result<Self, LinkFault> {
        let address = |direction| {
            let descriptor = interface.descriptor()?;
            let mut endpoints = descriptor.endpoints();
            let found = endpoints.find(|end| {
                end.transfer_type() == TransferType::Bulk && end.direction() == direction
            })?;
            Some(found.address())
        };
        let out = address(Direction::Out).and_then(|out| interface.endpoint(out).ok());
        Ok(Self {
            out: out.ok_or(LinkFault::Unreachable)?,
            back: address(Direction::In).and_then(|back| interface.endpoint(back).ok()),
        })
    }
}

fn printer_interface(device: &Device) -> Option<u8> {
    let configuration = device.active_configuration().ok()?;
    let mut interfaces = configuration.interfaces();
    let printer = interfaces.find(|one| one.first_alt_setting().class() == PRINTER_CLASS)?;
    Some(printer.interface_number())
}

impl Outward for Endpoint<Bulk, Out> {
    fn submit(&mut self, bytes: &[u8]) {
        Self::submit(self, bytes.to_vec().into());
    }

    fn completion(&mut self, within: Duration) -> Option<Done> {
        let done = self.wait_next_complete(within)?;
        Some(Done {
            bytes: done.actual_len,
            fault: done.status.err().map(|_| LinkFault::Broken),
        })
    }

    fn cancel(&mut self) {
        self.cancel_all();
    }
}

impl Inward for Endpoint<Bulk, In> {
    fn read(&mut self, buffer: &mut [u8], within: Duration) -> Result<usize, LinkFault> {
        if self.pending() == 0 {
            self.submit(Buffer::new(self.max_packet_size()));
        }
        let Some(read) = self.wait_next_complete(within) else {
            return Ok(0);
        };
        read.status.map_err(|_| LinkFault::Broken)?;
        let count = read.actual_len.min(buffer.len());
        buffer[..count].copy_from_slice(&read.buffer[..count]);
        Ok(count)
    }
}

impl<O: Outward, I> Usb<O, I> {
    /// Hands over one transfer, and says how many bytes were taken and what went wrong.
    fn transfer(&mut self, bytes: &[u8], deadline: Instant) -> (usize, Option<LinkFault>) {
        self.out.submit(bytes);
        let left = deadline.saturating_duration_since(Instant::now());
        if let Some(done) = self.out.completion(left) {
            return (done.bytes, done.fault);
        }
        self.out.cancel();
        let taken = match self.out.completion(CANCEL_WITHIN) {
            Some(done) => done.bytes,
            // Nobody knows; a job of which nothing was taken must not be claimed.
            None => 1,
        };
        (taken, Some(LinkFault::Late))
    }
}

impl<O: Outward, I: Inward> Transport for Usb<O, I> {
    /// A transfer of which only a part was taken is broken off: a printer that stalls does so, and
    /// the rest would come out of the next job.
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), SendFault> {
        let deadline = Instant::now() + within;
        let mut sent = 0;
        for portion in bytes.chunks(TRANSFER_BYTES) {
            let (taken, fault) = self.transfer(portion, deadline);
            sent += taken;
            match fault {
                Some(fault) => return Err(SendFault { sent, fault }),
                None if taken < portion.len() => {
                    let fault = LinkFault::Broken;
                    return Err(SendFault { sent, fault });
                }
                None => {}
            }
        }
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> Result<usize, LinkFault> {
        match &mut self.back {
            Some(back) => back.read(buffer, within),
            None => Ok(0),
        }
    }
}

#[cfg(test)]
mod tests;
