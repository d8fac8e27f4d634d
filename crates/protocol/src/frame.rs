//! The frames of both directions. One WebSocket text message holds one frame.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Act, Key, Outcome, Role, Secret, Stamped};

/// The life of a hall's table of rows: sequence numbers of one life mean nothing in another.
/// Made anew at each start of the hall.
pub type Epoch = Uuid;

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// The first frame of a connection.
    Hello(Hello),
    /// Instead of a hello, of a device that the hall does not know yet. The hello comes behind the answer.
    Pair(Pair),
    /// An act. May be sent again with the same id, on any connection, until it is answered.
    Request {
        /// Made by the client, UUID version 7.
        id: Uuid,
        /// What is asked.
        act: Act,
    },
}

/// Who is there, and from where it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// [`crate::VERSION`].
    pub protocol: u32,
    /// What the program is.
    pub role: Role,
    /// The device's name, such as `kiosk-1`. One name, one connection: a newer one ends the older.
    pub device: String,
    /// Program and version, for the technician.
    pub app: String,
    /// What the client already has. Absent: send everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
    /// The device's key, from [`Paired`]. Absent: the device was never paired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Secret>,
}

/// Who wants to be let in with the code that the hall's administrator was shown. The code itself
/// does not travel: `PROTOCOL.md`, "Pairing", says how the proofs are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// [`crate::VERSION`].
    pub protocol: u32,
    /// The device's name, the one for which the code was made.
    pub device: String,
    /// Program and version, for the technician.
    pub app: String,
    /// [`crate::PAIR_NONCE_BYTES`] random bytes, base64url without padding.
    pub nonce: String,
    /// That the client knows the code, 32 bytes as base64url without padding.
    pub proof: String,
}

/// Up to where a client's table goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// The table's life, from the last [`Welcome`].
    pub epoch: Epoch,
    /// The sequence number of the last [`Rows`] that was applied.
    pub seq: u64,
}

/// What the hall sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HallFrame {
    /// The answer to a hello. The first [`HallFrame::Rows`] follows at once.
    Welcome(Welcome),
    /// Rows that changed, or the whole table.
    Rows(Rows),
    /// The outcome of a request. What it says was on disk before it was sent.
    Answer {
        /// The request's id.
        id: Uuid,
        /// What came of it.
        outcome: Outcome,
    },
    /// Sent every [`crate::BEAT_MS`]. A client that hears nothing for [`crate::SILENCE_MS`] takes
    /// the link for dead.
    Beat {
        /// The hall's time.
        time: Time,
    },
    /// The answer to a [`Pair`]: the device is let in from now on.
    Paired(Paired),
    /// The last frame before the hall closes the connection.
    Bye(Bye),
}

/// The hall's first frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Welcome {
    /// The protocol's version that both speak.
    pub protocol: u32,
    /// The life of the table.
    pub epoch: Epoch,
    /// The hall's time.
    pub time: Time,
    /// Program and version of the hall.
    pub app: String,
}

/// What a device keeps for ever, once it has held [`Paired::proof`] against its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Paired {
    /// What the device says in each [`Hello`] from now on: 32 random bytes, base64url without padding.
    pub key: Secret,
    /// What it was paired as.
    pub role: Role,
    /// That the hall knows the code, too, 32 bytes as base64url without padding. If it is wrong, this is
    /// not the hall: the key is worthless, and somebody stands in between.
    pub proof: String,
}

/// The hall's clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Time {
    /// Milliseconds since 1970, UTC.
    pub unix_ms: i64,
    /// What to add for local time, in minutes.
    pub offset_min: i32,
}

/// Changed rows, in no particular order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rows {
    /// The table as of this sequence number: the client's new place.
    pub seq: u64,
    /// Whether this is everything: the client forgets what it had.
    pub whole: bool,
    /// Rows to put in the place of those with the same key.
    pub rows: Vec<Stamped>,
    /// Keys of rows that are no more.
    pub gone: Vec<Key>,
}

/// Why the hall closes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bye {
    /// For a program.
    pub code: ByeCode,
    /// For a technician: what was wrong and what to do.
    pub message: String,
}

/// Why the hall closes, for a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ByeCode {
    /// The client speaks another version of the protocol: update it.
    Version,
    /// A frame could not be understood: the client has a fault.
    Malformed,
    /// A frame was larger than [`crate::MAX_FRAME_FROM_CLIENT_BYTES`].
    TooLarge,
    /// No hello came within [`crate::HELLO_DEADLINE_MS`].
    Silent,
    /// A newer connection of the same device took its place.
    Replaced,
    /// The hall has as many sessions as it takes: come again later.
    Full,
    /// The hall is stopping: come again soon.
    Stopping,
    /// The hall does not know this device, or not with this key: pair it.
    NotPaired,
    /// The device was paired and is not let in any more.
    Revoked,
    /// There is no such code, it is too old, or the proof does not fit: get a new code.
    PairingFailed,
    /// The device was paired as something else than what its hello says.
    Role,
}

impl ByeCode {
    /// The WebSocket close code that goes with it (RFC 6455 section 7.4; 4000-4999 are private).
    #[must_use]
    pub fn close_code(self) -> u16 {
        match self {
            Self::Version => 4001,
            Self::Malformed => 4002,
            Self::TooLarge => 1009,
            Self::Silent => 4003,
            Self::Replaced => 4004,
            Self::Full => 1013,
            Self::Stopping => 1001,
            Self::NotPaired => 4005,
            Self::Revoked => 4006,
            Self::PairingFailed => 4007,
            Self::Role => 4008,
        }
    }
}
