//! What an administrator asks of a running hall: over a socket in its data folder, which nobody else
//! may open. A line of JSON each way.

mod call;
mod listen;

use std::net::IpAddr;

use protocol::{Role, Secret};
use serde::{Deserialize, Serialize};

pub use call::{CallError, call};
pub(crate) use listen::{Admin, Refused, listen};

use crate::trust::PersonRole;
use crate::trust::pairing::PairingKey;

/// The socket in the data folder.
pub const SOCKET: &str = "hall.sock";

/// Longest line that either side reads, in bytes.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

/// What is asked, as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// A code to pair a device with.
    Pair {
        /// The device.
        device: String,
        /// What it will be.
        role: Role,
        /// The counter at which it stands.
        counter: Option<u16>,
    },
    /// Every device.
    Devices {},
    /// To let a device in no more.
    Revoke {
        /// The device.
        device: String,
    },
    /// Everybody who may sign in.
    People {},
    /// To let a person sign in.
    AddPerson {
        /// The name.
        person: String,
        /// What the person may do.
        role: PersonRole,
        /// The PIN.
        pin: Secret,
    },
    /// To give a person a new PIN.
    SetPin {
        /// The name.
        person: String,
        /// The PIN.
        pin: Secret,
    },
    /// To let a person sign in no more.
    RemovePerson {
        /// The name.
        person: String,
    },
    /// To let a person try again.
    Unlock {
        /// The name.
        person: String,
    },
}

/// What reaches the hall's loop: the same, with what takes chance or long worked out before.
#[derive(Clone, Debug)]
pub enum Order {
    /// Take a code in.
    Pair {
        /// The device.
        device: String,
        /// What it will be.
        role: Role,
        /// The counter at which it stands.
        counter: Option<u16>,
        /// What was made of the code.
        key: PairingKey,
    },
    /// Tell every device.
    Devices,
    /// Let a device in no more.
    Revoke {
        /// The device.
        device: String,
    },
    /// Tell everybody who may sign in.
    People,
    /// Let a person sign in.
    AddPerson {
        /// The name.
        person: String,
        /// What the person may do.
        role: PersonRole,
        /// What argon2id made of the PIN.
        pin: String,
    },
    /// Give a person a new PIN.
    SetPin {
        /// The name.
        person: String,
        /// What argon2id made of the PIN.
        pin: String,
    },
    /// Let a person sign in no more.
    RemovePerson {
        /// The name.
        person: String,
    },
    /// Let a person try again.
    Unlock {
        /// The name.
        person: String,
    },
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It is done, and on disk.
    Done {},
    /// The code, for whoever stands at the device.
    Code {
        /// Such as `K7QM-3XPD`.
        code: Secret,
        /// How long it is good.
        minutes: u64,
    },
    /// Every device.
    Devices {
        /// By name.
        devices: Vec<DeviceShown>,
    },
    /// Everybody who may sign in.
    People {
        /// By name.
        people: Vec<PersonShown>,
    },
    /// It is not done.
    Refused {
        /// Why, and what to do.
        why: String,
    },
}

/// A device, as the administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceShown {
    /// The name.
    pub name: String,
    /// What it is.
    pub role: String,
    /// The counter at which it stands.
    pub counter: Option<u16>,
    /// When it was paired, in milliseconds since 1970.
    pub paired_wall_ms: i64,
    /// From where it is connected now.
    pub address: Option<IpAddr>,
    /// Who has it in hand.
    pub person: Option<String>,
}

/// A person, as the administrator sees one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonShown {
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: String,
    /// For how many minutes the person takes no PIN.
    pub locked_min: Option<u32>,
    /// When the person was added, in milliseconds since 1970.
    pub created_wall_ms: i64,
}

impl Answer {
    /// Says why something is not done.
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused { why: why.into() }
    }
}
