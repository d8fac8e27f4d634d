//! Where a printer is, in one line of a settings file.

use std::path::PathBuf;
use std::str::FromStr;

/// Where a printer is.
///
/// | written | means |
/// |---|---|
/// | `192.168.1.20:9100`, `tcp:printer:9100` | a network printer |
/// | `usb:04b8:0e15`, `usb:04b8:0e15:SERIAL` | USB vendor and product in hexadecimal, where two are alike with the serial number |
/// | `/dev/usb/lp0`, `lp:/dev/printer` | the kernel's USB printer device |
/// | `/dev/ttyS0`, `serial:/dev/ttyUSB0@9600` | a serial line, 8 data bits, no parity, 115,200 baud unless said |
/// | `file:/tmp/tickets.bin` | a file or pipe, which cannot answer |
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A network printer.
    Tcp {
        /// `HOST:PORT`; network printers listen on 9100.
        address: String,
    },
    /// A USB printer, spoken to directly.
    Usb(UsbId),
    /// The kernel's device of a USB printer.
    Lp {
        /// As a rule `/dev/usb/lp0`.
        path: PathBuf,
    },
    /// A serial line.
    Serial {
        /// As a rule `/dev/ttyS0` or `/dev/ttyUSB0`.
        path: PathBuf,
        /// Bits per second.
        baud: u32,
    },
    /// A file that bytes are added to.
    File {
        /// Where it is; a pipe must have a reader.
        path: PathBuf,
    },
}

/// Which USB device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbId {
    /// The maker's number.
    pub vendor: u16,
    /// The model's number.
    pub product: u16,
    /// The device's own serial number; `None` takes the first of the model.
    pub serial: Option<String>,
}

/// A line that names no printer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{written:?} is no printer; write HOST:9100, usb:04b8:0e15, /dev/usb/lp0, serial:/dev/ttyS0@115200 or file:/tmp/tickets.bin"
)]
pub struct AddressError {
    written: String,
}

const BAUD: u32 = 115_200;

impl Address {
    /// Whether a printer can answer on this way. Where none can, a ticket is sent and never confirmed.
    pub fn has_answers(&self) -> bool {
        !matches!(self, Self::File { .. })
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(written: &str) -> Result<Self, AddressError> {
        let address = match written.split_once(':') {
            Some(("tcp", address)) => tcp(address),
            Some(("usb", id)) => usb(id),
            Some(("lp", path)) => path_of(path).map(|path| Self::Lp { path }),
            Some(("serial", line)) => serial(line),
            Some(("file", path)) => path_of(path).map(|path| Self::File { path }),
            _ if written.starts_with("/dev/tty") => serial(written),
            _ if written.starts_with("/dev/") => path_of(written).map(|path| Self::Lp { path }),
            _ => tcp(written),
        };
        address.ok_or_else(|| AddressError {
            written: written.into(),
        })
    }
}

fn tcp(address: &str) -> Option<Address> {
    let (host, port) = address.rsplit_once(':')?;
    let is_whole = !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok();
    is_whole.then(|| Address::Tcp {
        address: address.into(),
    })
}

fn usb(id: &str) -> Option<Address> {
    let mut parts = id.splitn(3, ':');
    let mut number = || u16::from_str_radix(parts.next()?, 16).ok();
    let (vendor, product) = (number()?, number()?);
    let serial = parts.next().map(str::to_owned);
    Some(Address::Usb(UsbId {
        vendor,
        product,
        serial,
    }))
}

fn serial(line: &str) -> Option<Address> {
    let (path, baud) = match line.rsplit_once('@') {
        Some((path, baud)) => (path, baud.parse().ok().filter(|baud| *baud > 0)?),
        None => (line, BAUD),
    };
    path_of(path).map(|path| Address::Serial { path, baud })
}

fn path_of(path: &str) -> Option<PathBuf> {
    path.starts_with('/').then(|| path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read() {
        let usb = |serial: Option<&str>| {
            Address::Usb(UsbId {
                vendor: 0x04b8,
                product: 0x0e15,
                serial: serial.map(str::to_owned),
            })
        };
        let tcp = |address: &str| Address::Tcp {
            address: address.into(),
        };
        let serial = |path: &str, baud| Address::Serial {
            path: path.into(),
            baud,
        };
        let lp = |path: &str| Address::Lp { path: path.into() };
        let table = [
            ("192.168.1.20:9100", tcp("192.168.1.20:9100")),
            ("[fe80::1]:9100", tcp("[fe80::1]:9100")),
            ("tcp:printer:9100", tcp("printer:9100")),
            ("usb:04b8:0E15", usb(None)),
            ("usb:04b8:0e15:J:7", usb(Some("J:7"))),
            ("/dev/usb/lp0", lp("/dev/usb/lp0")),
            ("lp:/tmp/pty", lp("/tmp/pty")),
            ("/dev/ttyS0", serial("/dev/ttyS0", 115_200)),
            ("serial:/dev/ttyUSB0@9600", serial("/dev/ttyUSB0", 9_600)),
            (
                "file:/tmp/tickets.bin",
                Address::File {
                    path: "/tmp/tickets.bin".into(),
                },
            ),
        ];
        for (written, address) in table {
            assert_eq!(written.parse(), Ok(address), "{written}");
        }
    }

    #[test]
    fn what_names_no_printer_gets_advice() {
        for written in [
            "",
            "printer",
            "printer:",
            ":9100",
            "printer:99999",
            "usb:04b8",
            "usb:04b8:zz",
            "serial:/dev/ttyS0@fast",
            "serial:/dev/ttyS0@0",
            "lp:lp0",
            "file:",
        ] {
            let error = written.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains("usb:04b8:0e15"), "{written}: {error}");
        }
    }
}
