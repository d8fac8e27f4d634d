//! The way to a printer: bytes there, bytes back, and a deadline that holds.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// An open way to one printer. Who holds it is the printer's only writer.
pub trait Transport {
    /// Hands over all bytes, or says how many were taken before the link failed or time was up.
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), SendFault>;

    /// Reads what is there, waiting `within` for the first byte. `Ok(0)` means that nothing came.
    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> Result<usize, LinkFault>;
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

/// TCP, as a rule port 9100.
#[derive(Debug)]
pub struct Tcp {
    stream: TcpStream,
}

/// A socket's timeout must not be zero, so a deadline that has passed is given this long.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

impl Tcp {
    /// Connects to `HOST:PORT`, trying every address of the name within the deadline.
    pub fn connect(address: &str, within: Duration) -> Result<Self, LinkFault> {
        let deadline = Instant::now() + within;
        let addresses = address
            .to_socket_addrs()
            .map_err(|_| LinkFault::Unreachable)?;
        for address in addresses {
            if let Ok(tcp) = Self::connect_one(&address, remaining(deadline)) {
                return Ok(tcp);
            }
        }
        Err(LinkFault::Unreachable)
    }

    fn connect_one(address: &SocketAddr, within: Duration) -> std::io::Result<Self> {
        let stream = TcpStream::connect_timeout(address, within)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }
}

impl Transport for Tcp {
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), SendFault> {
        let deadline = Instant::now() + within;
        let mut sent = 0;
        while sent < bytes.len() {
            match write_some(&mut self.stream, &bytes[sent..], deadline) {
                Ok(count) => sent += count,
                Err(fault) => return Err(SendFault { sent, fault }),
            }
        }
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> Result<usize, LinkFault> {
        let deadline = Instant::now() + within;
        loop {
            let wait = remaining(deadline);
            let read = self
                .stream
                .set_read_timeout(Some(wait))
                .and_then(|()| self.stream.read(buffer));
            match read {
                Ok(0) => return Err(LinkFault::Broken),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => return Ok(0),
                Err(_) => return Err(LinkFault::Broken),
            }
        }
    }
}

fn write_some(stream: &mut TcpStream, bytes: &[u8], deadline: Instant) -> Result<usize, LinkFault> {
    loop {
        if Instant::now() >= deadline {
            return Err(LinkFault::Late);
        }
        let written = stream
            .set_write_timeout(Some(remaining(deadline)))
            .and_then(|()| stream.write(bytes));
        match written {
            Ok(0) => return Err(LinkFault::Broken),
            Ok(count) => return Ok(count),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if is_timeout(&error) => return Err(LinkFault::Late),
            Err(_) => return Err(LinkFault::Broken),
        }
    }
}

fn remaining(deadline: Instant) -> Duration {
    deadline
        .saturating_duration_since(Instant::now())
        .max(SHORTEST_WAIT)
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_peer_that_never_reads_meets_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut tcp = Tcp::connect(&address, Duration::from_secs(5)).unwrap();
        let more_than_any_buffer = vec![0; 64 << 20];
        let fault = tcp
            .send(&more_than_any_buffer, Duration::from_millis(200))
            .unwrap_err();
        assert_eq!(fault.fault, LinkFault::Late);
        assert!(fault.sent > 0 && fault.sent < more_than_any_buffer.len());
    }

    #[test]
    fn a_closed_port_is_unreachable() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let fault = Tcp::connect(&address, Duration::from_secs(5)).unwrap_err();
        assert_eq!(fault, LinkFault::Unreachable);
    }
}
