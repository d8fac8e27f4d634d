use std::fmt;

use protocol::{Bye, Outcome, Rows, Time};
use uuid::Uuid;

/// What a link tells its program, in the order in which it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// The hall is there and the rows are as it has them: nothing is stale from here on.
    /// The [`LinkEvent::Rows`] that made them so came just before.
    Up {
        /// The hall's time.
        time: Time,
    },
    /// The hall is not there. Told when the link is lost or the first attempt fails, and again when the
    /// reason changes; until the next [`LinkEvent::Up`] all rows are stale.
    Down {
        /// The hall's time when it was last heard: the rows are as of then. `None` if it never was.
        since: Option<Time>,
        /// What is wrong.
        why: Lost,
    },
    /// Rows changed: for [`crate::Table::apply`].
    Rows(Rows),
    /// A request has its one outcome, and is forgotten by the link.
    Answer {
        /// The request's id.
        id: Uuid,
        /// What came of it.
        outcome: Outcome,
    },
    /// The hall's time, about once a second.
    Beat {
        /// The hall's time.
        time: Time,
    },
    /// The hall closed the connection and said why; [`LinkEvent::Down`] follows.
    Refused(Bye),
}

/// Why there is no link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Nothing accepts connections at the hall's address.
    Unreachable(String),
    /// Something answers at the address that does not speak as a hall does.
    NotAHall(String),
    /// The connection was closed or broke.
    Closed,
    /// Nothing was heard for [`protocol::SILENCE_MS`].
    Silent,
    /// The hall serves only paired devices from here, and this one was not paired.
    NotPaired,
    /// Somebody answers who is not the hall that this device was paired with.
    OtherHall,
    /// The hall said goodbye.
    Refused(protocol::ByeCode),
}

impl Lost {
    /// What a technician can do about it.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => {
                "Look whether the hall's machine is on and runs `hall serve`, whether the address is right, and whether cables and switches work."
            }
            Self::NotAHall(_) => {
                "Look at the address in the settings, and whether both programs are of one release."
            }
            Self::Closed => "It is tried again by itself.",
            Self::Silent => {
                "It is tried again by itself. If it happens often, look at the network and at how busy the hall's machine is."
            }
            Self::NotPaired => {
                "Run `hall pair NAME --role ROLE` on the hall's machine, and start this program once with --pair -, which asks for the code."
            }
            Self::OtherHall => {
                "Find out who answers at this address before anything else: somebody may be listening. If the hall was given a new certificate, pair this device anew."
            }
            Self::Refused(_) => "The hall has said why.",
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(reason) => write!(f, "the hall cannot be reached: {reason}"),
            Self::NotAHall(reason) => write!(f, "no hall answers at this address: {reason}"),
            Self::Closed => f.write_str("the connection was closed"),
            Self::Silent => f.write_str("the hall fell silent"),
            Self::NotPaired => f.write_str("this device is not paired with the hall"),
            Self::OtherHall => f.write_str("this is not the hall that this device was paired with"),
            Self::Refused(code) => write!(f, "the hall closed the connection: {code:?}"),
        }
    }
}
