//! A connection that says whatever it likes, byte by byte.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use protocol::{ClientFrame, Hello, Role};

pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;

/// The bit of a frame that says that it is the last of its message.
pub const LAST: u8 = 0x80;

/// The request for a WebSocket, as RFC 6455 has it.
pub const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: hall\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

pub struct Raw {
    stream: TcpStream,
}

/// How a connection ended, as seen from outside.
#[derive(Debug)]
pub struct Ended {
    /// What came before the end.
    pub heard: Vec<u8>,
    /// After how long; `None` if it did not end.
    pub after: Option<Duration>,
}

impl Raw {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// A connection for which the system keeps as little as it can of what comes.
    pub fn connect_narrow(address: SocketAddr) -> io::Result<Self> {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(2_048)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()?;
        let stream = runtime.block_on(socket.connect(address))?.into_std()?;
        stream.set_nonblocking(false)?;
        Ok(Self { stream })
    }

    /// A WebSocket that has said nothing yet.
    pub fn upgraded(address: SocketAddr) -> io::Result<Self> {
        Self::connect(address)?.upgrade()
    }

    fn upgrade(mut self) -> io::Result<Self> {
        let raw = &mut self;
        raw.say(UPGRADE.as_bytes())?;
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            raw.stream.read_exact(&mut byte)?;
            head.extend(byte);
        }
        Ok(self)
    }

    /// A WebSocket that has said hello.
    pub fn joined(address: SocketAddr, role: Role, device: &str) -> io::Result<Self> {
        Self::connect(address)?.join(role, device)
    }

    /// Says hello over a connection.
    pub fn join(self, role: Role, device: &str) -> io::Result<Self> {
        let mut raw = self.upgrade()?;
        raw.say(&text(&hello(role, device)))?;
        Ok(raw)
    }

    pub fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Says that nothing more will be said, and goes on listening.
    pub fn say_no_more(&mut self) {
        // Who was let go already has nobody to say it to.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// One byte, if one comes.
    pub fn hear_a_byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.stream.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    /// Listens until the other side ends it, or patience does.
    pub fn until_ended(&mut self, patience: Duration) -> Ended {
        self.until(patience, |_| false)
    }

    /// Listens until enough was heard, the other side ends it, or patience does.
    pub fn until(&mut self, patience: Duration, enough: impl Fn(&[u8]) -> bool) -> Ended {
        let begin = Instant::now();
        let mut heard = Vec::new();
        let mut chunk = [0; 4_096];
        loop {
            let left = patience.saturating_sub(begin.elapsed());
            if left.is_zero() || enough(&heard) {
                return Ended { heard, after: None };
            }
            let timed = self.stream.set_read_timeout(Some(left));
            timed.expect("a socket has a timeout");
            match self.stream.read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => heard.extend(&chunk[..length]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
        }
        let after = Some(begin.elapsed());
        Ended { heard, after }
    }
}

impl Ended {
    /// The code with which the WebSocket was closed.
    pub fn close_code(&self) -> Option<u16> {
        let close = frames(&self.heard)
            .into_iter()
            .find(|(opcode, _)| *opcode == CLOSE);
        let (_, payload) = close?;
        Some(u16::from_be_bytes([*payload.first()?, *payload.get(1)?]))
    }
}

pub fn hello(role: Role, device: &str) -> String {
    let hello = ClientFrame::Hello(Hello {
        device: device.to_owned(),
        ..plain_hello(role)
    });
    serde_json::to_string(&hello).expect("a frame")
}

fn plain_hello(role: Role) -> Hello {
    let text = serde_json::json!({ "protocol": protocol::VERSION, "role": role, "device": "raw", "app": "raw" });
    serde_json::from_value(text).expect("a hello")
}

/// A whole text message.
pub fn text(payload: &str) -> Vec<u8> {
    frame(LAST | TEXT, payload.as_bytes())
}

/// A frame as a client sends it, masked with zeros.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = head(first, payload.len() as u64);
    frame.extend(payload);
    frame
}

/// The head of a frame that promises so many bytes.
pub fn head(first: u8, length: u64) -> Vec<u8> {
    const MASKED: u8 = 0x80;
    let mut head = vec![first];
    match length {
        0..=125 => head.push(MASKED | length as u8),
        126..=0xffff => {
            head.push(MASKED | 126);
            head.extend((length as u16).to_be_bytes());
        }
        _ => {
            head.push(MASKED | 127);
            head.extend(length.to_be_bytes());
        }
    }
    head.extend([0; 4]);
    head
}

/// The whole frames in what a server sent.
pub fn frames(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut frames = Vec::new();
    while let Some((frame, rest)) = first_frame(bytes) {
        frames.push(frame);
        bytes = rest;
    }
    frames
}

type Parsed<'a> = ((u8, &'a [u8]), &'a [u8]);

fn first_frame(bytes: &[u8]) -> Option<Parsed<'_>> {
    let opcode = bytes.first()? & 0x0f;
    let (length, start): (usize, usize) = match *bytes.get(1)? {
        126 => (
            usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
            4,
        ),
        127 => (
            u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize,
            10,
        ),
        short => (usize::from(short), 2),
    };
    let payload = bytes.get(start..start.checked_add(length)?)?;
    Some(((opcode, payload), &bytes[start + length..]))
}
