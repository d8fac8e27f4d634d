//! Tells systemd that the hall serves, and that its writer still answers: a hall that hangs is started again
//! (sd_notify(3)). Where nobody wants to know, nothing is said.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process;
use std::time::Duration;

use hall::server::Pulse;
use tokio::time;

/// Who waits for word from the hall.
#[derive(Debug, Default)]
pub(super) struct Notify {
    socket: Option<UnixDatagram>,
    /// So often somebody wants to hear that the hall lives.
    every: Option<Duration>,
}

impl Notify {
    /// Whoever started the hall, if it left an address.
    pub(super) fn from_environment() -> Self {
        let Some(address) = env::var_os("NOTIFY_SOCKET") else {
            return Self::default();
        };
        let socket = connect(&address);
        if let Err(error) = &socket {
            tracing::warn!(
                "systemd cannot be told that the hall serves: {error}. It will take it for one that does not start."
            );
        }
        Self {
            socket: socket.ok(),
            every: watchdog(),
        }
    }

    /// The hall serves.
    pub(super) fn ready(&self, what: &str) {
        self.say(&format!("READY=1\nSTATUS={what}"));
    }

    /// The hall ends, and what was asked is still answered.
    pub(super) fn stopping(&self) {
        self.say("STOPPING=1");
    }

    /// Says for ever that the hall lives, as long as its writer answers.
    pub(super) async fn watch(&self, pulse: Pulse) {
        let Some(every) = self.every else {
            return std::future::pending().await;
        };
        let mut ticks = time::interval(every);
        loop {
            ticks.tick().await;
            if pulse.beats().await {
                self.say("WATCHDOG=1");
            }
        }
    }

    fn say(&self, what: &str) {
        // Who does not listen any more starts the hall again, and can be told nothing about it.
        let _ = self.socket.as_ref().map(|it| it.send(what.as_bytes()));
    }
}

/// A path, or behind an `@` a name without a file.
fn connect(address: &OsString) -> io::Result<UnixDatagram> {
    let address = match address.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(address)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    Ok(socket)
}

/// Half of the time after which a silent hall is ended (sd_watchdog_enabled(3)).
fn watchdog() -> Option<Duration> {
    let number = |name| env::var(name).ok()?.parse::<u64>().ok();
    let is_ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(process::id()));
    let within_us = number("WATCHDOG_USEC").filter(|it| *it > 1 && is_ours)?;
    Some(Duration::from_micros(within_us / 2))
}
