//! The printer behind TCP, one connection at a time as network printers have it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::condition::{Condition, Fault};
use super::mechanism::{Mechanism, PrintedTicket};

/// A running printer and the handle to it. It stops when the handle is dropped.
pub struct PrinterSimulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    mechanism: Mechanism,
    fault: Option<Fault>,
    connection: Option<TcpStream>,
    stopping: bool,
}

impl PrinterSimulator {
    /// Listens on a free port of this machine.
    pub fn start() -> io::Result<Self> {
        Self::listen("127.0.0.1:0")
    }

    /// Listens on the given `HOST:PORT`.
    pub fn listen(address: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::<Shared>::default();
        let served = shared.clone();
        let server = std::thread::spawn(move || served.serve(&listener));
        Ok(Self {
            address,
            shared,
            server: Some(server),
        })
    }

    /// Where it listens, as `HOST:PORT`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Changes the state of the device; whoever asked for reports is told.
    pub fn set(&self, condition: Condition) {
        let mut state = self.shared.lock();
        let replies = state.mechanism.set(condition);
        state.reply(&replies);
        self.shared.changed.notify_all();
    }

    /// Makes it misbehave from now on, or behave again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.shared.lock().fault = fault;
    }

    /// The tickets cut so far.
    pub fn tickets(&self) -> Vec<PrintedTicket> {
        self.shared.lock().mechanism.tickets().to_vec()
    }

    /// Waits until so many tickets have been cut, and gives them; `None` when time is up.
    pub fn wait_for_tickets(&self, count: usize, within: Duration) -> Option<Vec<PrintedTicket>> {
        let too_few = |state: &mut State| state.mechanism.tickets().len() < count;
        let waited = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), within, too_few);
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        (!timeout.timed_out()).then(|| state.mechanism.tickets().to_vec())
    }
}

impl Drop for PrinterSimulator {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.stopping = true;
        state.hang_up();
        drop(state);
        self.shared.changed.notify_all();
        // Wakes the server from waiting for a caller; if it is gone already, so much the better.
        let _ = TcpStream::connect(self.address);
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}

impl Shared {
    /// A test that failed while it held the lock says so itself; the printer goes on.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, listener: &TcpListener) {
        for stream in listener.incoming().flatten() {
            if self.lock().stopping {
                return;
            }
            // A caller that breaks the link ends its own connection and nothing else.
            let _ = self.talk(stream);
            self.lock().connection = None;
        }
    }

    fn talk(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        self.lock().connection = Some(stream.try_clone()?);
        let mut received = 0;
        let mut buffer = [0; 1024];
        loop {
            let count = stream.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            self.take(&buffer[..count], received);
            received += count;
            // What the system had taken in before the link broke is lost with it.
            if self.lock().connection.is_none() {
                return Ok(());
            }
        }
    }

    fn take(&self, bytes: &[u8], received_before: usize) {
        let fault = self.lock().fault;
        self.pause(match fault {
            Some(Fault::Slow { bytes_per_second }) => {
                Duration::from_secs(1) * bytes.len() as u32 / bytes_per_second
            }
            _ => Duration::ZERO,
        });
        let replies = self.lock().receive(bytes, received_before);
        self.changed.notify_all();
        if let Some(Fault::AnswersLate(by)) = fault {
            self.pause(by);
        }
        self.lock().reply(&replies);
    }

    /// Lets time pass, but not the end of the simulator.
    fn pause(&self, time: Duration) {
        let going_on = |state: &mut State| !state.stopping;
        drop(self.changed.wait_timeout_while(self.lock(), time, going_on));
    }
}

impl State {
    fn receive(&mut self, bytes: &[u8], received_before: usize) -> Vec<u8> {
        let until = |limit: usize| limit.saturating_sub(received_before).min(bytes.len());
        let replies = match self.fault {
            Some(Fault::CutLinkAfter { bytes: limit })
                if received_before + bytes.len() >= limit =>
            {
                self.mechanism.receive(&bytes[..until(limit)]);
                self.hang_up();
                Vec::new()
            }
            Some(Fault::PaperOutAfter { bytes: limit }) => {
                let (before, after) = bytes.split_at(until(limit));
                let mut replies = self.mechanism.receive(before);
                if received_before + bytes.len() >= limit {
                    replies.extend(self.mechanism.set(Condition::PaperOut));
                }
                replies.extend(self.mechanism.receive(after));
                replies
            }
            _ => self.mechanism.receive(bytes),
        };
        match self.fault {
            Some(Fault::Silent) => Vec::new(),
            _ => replies,
        }
    }

    fn reply(&mut self, replies: &[u8]) {
        if let Some(connection) = &mut self.connection {
            // Nobody listens any more: the next read ends the connection.
            let _ = connection.write_all(replies);
        }
    }

    fn hang_up(&mut self) {
        if let Some(connection) = self.connection.take() {
            // It may be closed from the other side already.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}
