//! What reaches the loop, and what it says.

use protocol::{Act, Audience, ByeCode, Hello, Outcome, Role, Rows};
use store::{AppendError, ReplayError};
use uuid::Uuid;

use super::Memory;

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
    /// Somebody else writes to the journal.
    #[error("another program wrote to the hall's journal: {0}. Stop it, and start the hall again.")]
    Conflict(AppendError),
}
