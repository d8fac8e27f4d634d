//! The printer behind TCP, one connection at a time as network printers have it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::condition::{Condition, Fault};
use super::device::{Device, Mishap, is_question};
use super::mechanism::{Mechanism, PrintedTicket};

/// A running printer and the handle to it. It stops when the handle is dropped.
pub struct PrinterSimulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: Option<JoinHandle<()>>,
}

/// Where the printer stops listening and answering, until it is told to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Before the next question about its state.
    AtQuestion,
    /// Once so many bytes of a job have come, questions not counted.
    AfterBytes(usize),
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    device: Device,
    fault: Option<Fault>,
    pause: Option<Pause>,
    is_pausing: bool,
    loses_the_rest: bool,
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
        let replies = state.device.mechanism.set(condition);
        state.reply(&replies);
        self.shared.changed.notify_all();
    }

    /// Makes it misbehave from now on, or behave again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.shared.lock().fault = fault;
    }

    /// Makes it another model.
    pub fn replace(&self, mechanism: Mechanism) {
        self.shared.lock().device.mechanism = mechanism;
    }

    /// Sets one mishap up at a byte of a job, and after how many further links it is mended, if ever. A
    /// printer that is off hangs up on whoever connects.
    pub fn arm(&self, after_bytes: usize, mishap: Mishap, mended_after: Option<usize>) {
        let mut state = self.shared.lock();
        state.device.arm(after_bytes, mishap, mended_after);
    }

    /// Whether the mishap has happened.
    pub fn has_happened(&self) -> bool {
        self.shared.lock().device.has_happened()
    }

    /// Somebody has come and mended everything.
    pub fn mend(&self) {
        self.shared.lock().device.mend();
    }

    /// Stops there once.
    pub fn pause(&self, pause: Pause) {
        self.shared.lock().pause = Some(pause);
    }

    /// Waits until it has stopped; false when time is up.
    pub fn wait_for_pause(&self, within: Duration) -> bool {
        let goes_on = |state: &mut State| !state.is_pausing;
        let waited = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), within, goes_on);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Lets it go on with what has come meanwhile.
    pub fn go_on(&self) {
        self.shared.lock().go_on(false);
        self.shared.changed.notify_all();
    }

    /// Lets it go on, and what has come meanwhile over this link is lost.
    pub fn lose_the_rest(&self) {
        self.shared.lock().go_on(true);
        self.shared.changed.notify_all();
    }

    /// The tickets cut so far.
    pub fn tickets(&self) -> Vec<PrintedTicket> {
        self.shared.lock().device.tickets().to_vec()
    }

    /// Waits until so many tickets have been cut, and gives them; `None` when time is up.
    pub fn wait_for_tickets(&self, count: usize, within: Duration) -> Option<Vec<PrintedTicket>> {
        let too_few = |state: &mut State| state.device.tickets().len() < count;
        let waited = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), within, too_few);
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        (!timeout.timed_out()).then(|| state.device.tickets().to_vec())
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
        {
            let mut state = self.lock();
            if !state.device.begin_link() {
                return stream.shutdown(Shutdown::Both);
            }
            state.connection = Some(stream.try_clone()?);
            // What it could not say over the link before.
            let replies = std::mem::take(&mut state.device.replies);
            state.reply(&replies);
        }
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
        let (now, later) = self.lock().before_pause(bytes);
        let mut replies = self.lock().receive(now, received_before);
        self.changed.notify_all();
        if let Some(later) = later {
            self.wait_to_go_on();
            if std::mem::take(&mut self.lock().loses_the_rest) {
                return self.lock().hang_up();
            }
            let before = received_before + now.len();
            replies.extend(self.lock().receive(later, before));
            self.changed.notify_all();
        }
        if let Some(Fault::AnswersLate(by)) = fault {
            self.pause(by);
        }
        self.lock().reply(&replies);
    }

    fn wait_to_go_on(&self) {
        let pausing = |state: &mut State| state.is_pausing && !state.stopping;
        drop(self.changed.wait_while(self.lock(), pausing));
    }

    /// Lets time pass, but not the end of the simulator.
    fn pause(&self, time: Duration) {
        let going_on = |state: &mut State| !state.stopping;
        drop(self.changed.wait_timeout_while(self.lock(), time, going_on));
    }
}

impl State {
    /// The bytes that are heard before it stops listening, and those after, if it does.
    fn before_pause<'a>(&mut self, bytes: &'a [u8]) -> (&'a [u8], Option<&'a [u8]>) {
        let count = match self.pause {
            Some(Pause::AtQuestion) if is_question(bytes) => 0,
            Some(Pause::AfterBytes(left)) if !is_question(bytes) && left <= bytes.len() => left,
            Some(Pause::AfterBytes(left)) if !is_question(bytes) => {
                self.pause = Some(Pause::AfterBytes(left - bytes.len()));
                return (bytes, None);
            }
            _ => return (bytes, None),
        };
        (self.pause, self.is_pausing) = (None, true);
        let (now, later) = bytes.split_at(count);
        (now, Some(later))
    }

    fn receive(&mut self, bytes: &[u8], received_before: usize) -> Vec<u8> {
        let until = |limit: usize| limit.saturating_sub(received_before).min(bytes.len());
        let replies = match self.fault {
            Some(Fault::CutLinkAfter { bytes: limit })
                if received_before + bytes.len() >= limit =>
            {
                self.device.mechanism.receive(&bytes[..until(limit)]);
                self.hang_up();
                Vec::new()
            }
            Some(Fault::PaperOutAfter { bytes: limit }) => {
                let (before, after) = bytes.split_at(until(limit));
                let mut replies = self.device.mechanism.receive(before);
                if received_before + bytes.len() >= limit {
                    replies.extend(self.device.mechanism.set(Condition::PaperOut));
                }
                replies.extend(self.device.mechanism.receive(after));
                replies
            }
            _ => self.hear(bytes),
        };
        match self.fault {
            Some(Fault::Silent) => Vec::new(),
            _ => replies,
        }
    }

    fn go_on(&mut self, loses_the_rest: bool) {
        self.loses_the_rest = loses_the_rest && self.is_pausing;
        (self.pause, self.is_pausing) = (None, false);
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.device.hear(bytes);
        if self.device.is_broken {
            self.hang_up();
        }
        std::mem::take(&mut self.device.replies)
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
