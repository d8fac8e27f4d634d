//! What the journal says of who was let in or shut out, and by whom. It stands in the same chain as what
//! happens to tickets; the rules of the queue do not look at it.

use protocol::Role;
use queue::{Event, Happening, Moment};
use serde::{Deserialize, Serialize};

use super::rights::PersonRole;

/// Something about devices or people that is to be found again. A secret is in none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// A code was made with which a device may be paired.
    CodeMade {
        /// The device.
        device: String,
        /// What it will be.
        role: Role,
        /// The counter at which it will stand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counter: Option<u16>,
    },
    /// A code is void after too many wrong proofs.
    CodeVoid {
        /// The device.
        device: String,
    },
    /// A device was let in for the first time, or again.
    Paired {
        /// The device.
        device: String,
        /// What it is.
        role: Role,
    },
    /// A device is let in no more.
    Revoked {
        /// The device.
        device: String,
    },
    /// A person may sign in.
    PersonAdded {
        /// The name.
        person: String,
        /// What the person may do.
        role: PersonRole,
    },
    /// A person may sign in no more.
    PersonRemoved {
        /// The name.
        person: String,
    },
    /// A person got a new PIN.
    PinSet {
        /// The name.
        person: String,
    },
    /// A person may try again.
    Unlocked {
        /// The name.
        person: String,
    },
    /// A wrong PIN was typed.
    WrongPin {
        /// The name that was typed.
        person: String,
    },
    /// Too many wrong PINs for a name.
    PersonLocked {
        /// The name.
        person: String,
        /// For how long.
        minutes: u32,
    },
    /// Too many wrong PINs on a device, for whatever names.
    DeviceLocked {
        /// The device.
        device: String,
        /// For how long.
        minutes: u32,
    },
    /// A person took a device in hand, or sat down again where nothing else changed.
    Identified {
        /// The name.
        person: String,
        /// The device.
        device: String,
    },
    /// A person gave a device back.
    Left {
        /// The name.
        person: String,
        /// The device.
        device: String,
    },
}

impl Note {
    /// The entry of the journal.
    #[must_use]
    pub fn event(&self, at: Moment) -> Event {
        let note = serde_json::to_string(self).expect("a note is made of texts and numbers");
        Event {
            at,
            what: Happening::Noted { note },
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::CodeMade {
                device,
                role,
                counter,
            } => {
                let place = counter.map(|number| format!(" of counter {number}"));
                format!(
                    "a code was made to pair {device} as {}{}",
                    super::devices::word(*role),
                    place.unwrap_or_default()
                )
            }
            Self::CodeVoid { device } => {
                format!("the code of {device} is void: too many wrong tries")
            }
            Self::Paired { device, role } => {
                format!("{device} was paired as {}", super::devices::word(*role))
            }
            Self::Revoked { device } => format!("{device} was revoked"),
            Self::PersonAdded { person, role } => {
                format!("{person} may sign in as {}", role.word())
            }
            Self::PersonRemoved { person } => format!("{person} may not sign in any more"),
            Self::PinSet { person } => format!("{person} got a new PIN"),
            Self::Unlocked { person } => format!("{person} may try the PIN again"),
            Self::WrongPin { person } => format!("a wrong PIN was typed for {person}"),
            Self::PersonLocked { person, minutes } => {
                format!("{person} is locked for {minutes} min: too many wrong PINs")
            }
            Self::DeviceLocked { device, minutes } => {
                format!("{device} takes no PIN for {minutes} min: too many wrong ones")
            }
            Self::Identified { person, device } => format!("{person} signed in on {device}"),
            Self::Left { person, device } => format!("{person} signed out of {device}"),
        }
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence())
    }
}

/// A note in plain words; one of a later hall as it stands.
#[must_use]
pub fn worded(note: &str) -> String {
    let read = serde_json::from_str::<Note>(note);
    read.map_or_else(|_| note.to_owned(), |note| note.sentence())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written_and_one_of_a_later_hall_as_it_stands() {
        let note = Note::CodeMade {
            device: "counter-3".to_owned(),
            role: Role::Counter,
            counter: Some(3),
        };
        let Happening::Noted { note } = note.event(Moment::default()).what else {
            panic!("a note");
        };
        assert_eq!(
            note,
            r#"{"kind":"code_made","device":"counter-3","role":"counter","counter":3}"#
        );
        let said = "a code was made to pair counter-3 as counter of counter 3";
        assert_eq!(worded(&note), said);
        assert_eq!(worded(r#"{"kind":"later"}"#), r#"{"kind":"later"}"#);
    }
}
