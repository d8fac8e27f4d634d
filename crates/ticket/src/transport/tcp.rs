//! TCP, as a rule port 9100.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::LinkFault;
use super::wire::{WhenEmpty, Wire};

/// A connection must not be given no time at all.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// Connects to `HOST:PORT`, trying every address of the name within the deadline.
pub(super) fn connect(address: &str, within: Duration) -> Result<Wire, LinkFault> {
    let deadline = Instant::now() + within;
    let addresses = address
        .to_socket_addrs()
        .map_err(|_| LinkFault::Unreachable)?;
    for address in addresses {
        let left = deadline.saturating_duration_since(Instant::now());
        if let Ok(stream) = connect_one(&address, left.max(SHORTEST_WAIT)) {
            return Ok(Wire::new(stream.into(), WhenEmpty::Gone));
        }
    }
    Err(LinkFault::Unreachable)
}

fn connect_one(address: &SocketAddr, within: Duration) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(address, within)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Transport;
    use std::net::TcpListener;

    #[test]
    fn a_peer_that_never_reads_meets_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut tcp = connect(&address, Duration::from_secs(5)).unwrap();
        let more_than_any_buffer = vec![0; 64 << 20];
        let begun = Instant::now();
        let fault = tcp
            .send(&more_than_any_buffer, Duration::from_millis(200))
            .unwrap_err();
        assert_eq!(fault.fault, LinkFault::Late);
        assert!(begun.elapsed() >= Duration::from_millis(200));
        assert!(fault.sent > 0 && fault.sent < more_than_any_buffer.len());
    }

    #[test]
    fn a_closed_port_is_unreachable() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let fault = connect(&address, Duration::from_secs(5)).unwrap_err();
        assert_eq!(fault, LinkFault::Unreachable);
    }

    #[test]
    fn a_peer_that_hangs_up_breaks_the_link() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut tcp = connect(&address, Duration::from_secs(5)).unwrap();
        drop(listener.accept().unwrap());
        let fault = tcp.receive(&mut [0; 8], Duration::from_secs(5));
        assert_eq!(fault, Err(LinkFault::Broken));
    }
}
