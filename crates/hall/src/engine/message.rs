//! What reaches the loop, and what it says.

use std::net::IpAddr;

use protocol::{Act, Audience, ByeCode, Hello, Outcome, Pair, Paired, Role, Rows};
use store::{AppendError, ReplayError};
use uuid::Uuid;

use super::Memory;
use crate::admin::{Answer, Order};
use crate::trust::PinSeen;

/// A connection, numbered by the server.
pub type SessionId = u64;

/// What reaches the loop.
#[derive(Clone, Debug)]
pub enum Input {
    /// A program said hello.
    Join {
        /// Its connection.
        session: SessionId,
        /// What it said.
        hello: Hello,
        /// From where it comes; `None` of what has no connection.
        address: Option<IpAddr>,
    },
    /// A program wants to be let in with a code.
    Pair {
        /// Its connection.
        session: SessionId,
        /// What it said.
        pair: Pair,
        /// SHA-256 of the certificate that the hall showed; empty without TLS.
        fingerprint: Vec<u8>,
        /// Random bytes for the key that it will have.
        random: [u8; 32],
        /// From where it comes.
        address: Option<IpAddr>,
    },
    /// The administrator wants something.
    Order {
        /// By which the answer is found.
        order: u64,
        /// Who, such as `admin`.
        actor: String,
        /// What.
        what: Order,
    },
    /// A connection fell behind and asks for what it missed.
    CatchUp {
        /// The connection.
        session: SessionId,
        /// What it is.
        role: Role,
        /// How far it got.
        since: u64,
    },
    /// A connection ended.
    Leave {
        /// The connection.
        session: SessionId,
        /// Its device.
        device: String,
    },
    /// A request.
    Request {
        /// The connection.
        session: SessionId,
        /// What it is.
        role: Role,
        /// Its device.
        device: String,
        /// The request's id.
        id: Uuid,
        /// What is asked.
        act: Act,
        /// What was found out about its PIN.
        pin: PinSeen,
    },
    /// Somebody looked at the hall's memory.
    Memory(Memory),
}

/// What the loop says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The outcome of a request. It is on disk.
    Answer {
        /// To whom.
        session: SessionId,
        /// The request's id.
        id: Uuid,
        /// What came of it.
        outcome: Outcome,
    },
    /// Changed rows, to every connection that sees them.
    Changed {
        /// To whom.
        audience: Audience,
        /// The rows.
        rows: Rows,
    },
    /// Rows to one connection: what it missed, or everything.
    Rows {
        /// To whom.
        session: SessionId,
        /// The rows.
        rows: Rows,
    },
    /// A program is let in from now on. It is on disk.
    Paired {
        /// To whom.
        session: SessionId,
        /// Its key.
        paired: Paired,
    },
    /// What the administrator is told. If it says that something is done, that is on disk.
    Told {
        /// The order.
        order: u64,
        /// The answer.
        answer: Answer,
    },
    /// End a connection.
    Bye {
        /// Which.
        session: SessionId,
        /// Why.
        code: ByeCode,
    },
}

/// Why the hall must stop before it says anything false.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The disk does not give the journal when the hall starts.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Whom the hall knows cannot be read.
    #[error("devices and people cannot be read: {0}. Restore the hall's memory from a backup.")]
    Trusted(AppendError),
    /// Somebody else writes to the journal.
    #[error("another program wrote to the hall's journal: {0}. Stop it, and start the hall again.")]
    Conflict(AppendError),
}
