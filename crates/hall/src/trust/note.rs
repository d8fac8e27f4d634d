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
    /// The record vouches anew for whom the hall knows: after an upgrade or a restore, and where the
    /// entries that did were deleted. The memory writes it.
    Vouched {
        /// Devices.
        devices: u64,
        /// People.
        people: u64,
    },
    /// Whole old days were deleted. The memory writes it.
    DaysDeleted {
        /// The first of them.
        first: String,
        /// The last.
        last: String,
        /// How many they were.
        days: u64,
        /// Their entries.
        entries: u64,
        /// The rule: so many years are kept.
        years: u32,
        /// The last entry that is gone.
        up_to_seq: u64,
    },
    /// Stands in the place of an entry that a restore could not bring back. The memory writes it.
    EntryLost {
        /// The entry that says so.
        by: u64,
    },
    /// Says which entries a restore could not bring back. The memory writes it.
    EntriesLost {
        /// The first of them.
        first_seq: u64,
        /// The last.
        last_seq: u64,
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
            Self::Vouched { devices, people } => {
                format!("the record vouches anew for {devices} devices and {people} people")
            }
            Self::DaysDeleted {
                first,
                last,
                days,
                entries,
                years,
                up_to_seq,
            } => format!(
                "{days} days from {first} to {last} were deleted with their {entries} entries, for {years} years are kept; the record begins behind entry {up_to_seq}"
            ),
            Self::EntryLost { by } => {
                format!("what stood here was damaged and is lost; entry {by} says so")
            }
            Self::EntriesLost {
                first_seq,
                last_seq,
            } if first_seq == last_seq => {
                format!("the record was restored, and entry {first_seq} was damaged and is lost")
            }
            Self::EntriesLost {
                first_seq,
                last_seq,
            } => format!(
                "the record was restored, and entries {first_seq} to {last_seq} were damaged and are lost"
            ),
        }
    }

    fn chinese(&self) -> String {
        use super::wording::{device_role, person_role};
        match self {
            Self::CodeMade {
                device,
                role,
                counter,
            } => {
                let place = counter.map(|number| format!("（窗口 {number}）"));
                let (role, place) = (device_role(*role), place.unwrap_or_default());
                format!("为{role} {device}{place}生成配对码")
            }
            Self::CodeVoid { device } => format!("{device} 的配对码多次输错，已作废"),
            Self::Paired { device, role } => format!("{} {device} 配对成功", device_role(*role)),
            Self::Revoked { device } => format!("{device} 已被吊销，不能再接入"),
            Self::PersonAdded { person, role } => {
                format!("新增人员 {person}（{}）", person_role(*role))
            }
            Self::PersonRemoved { person } => format!("删除人员 {person}"),
            Self::PinSet { person } => format!("{person} 的密码已重设"),
            Self::Unlocked { person } => format!("{person} 已解锁"),
            Self::WrongPin { person } => format!("{person} 的密码输错一次"),
            Self::PersonLocked { person, minutes } => {
                format!("{person} 密码多次输错，锁定 {minutes} 分钟")
            }
            Self::DeviceLocked { device, minutes } => {
                format!("{device} 上密码多次输错，{minutes} 分钟内不能登录")
            }
            Self::Identified { person, device } => format!("{person} 在 {device} 登录"),
            Self::Left { person, device } => format!("{person} 在 {device} 退出"),
            Self::Vouched { devices, people } => {
                format!("重新登记已知的 {devices} 台设备和 {people} 名人员")
            }
            Self::DaysDeleted {
                first,
                last,
                days,
                entries,
                years,
                up_to_seq,
            } => format!(
                "按保存 {years} 年的规定删除 {first} 至 {last} 共 {days} 天的 {entries} 条记录；记录从第 {up_to_seq} 条之后开始"
            ),
            Self::EntryLost { by } => format!("此处的记录已损坏，未能恢复（见第 {by} 条）"),
            Self::EntriesLost {
                first_seq,
                last_seq,
            } if first_seq == last_seq => {
                format!("记录已恢复，其中第 {first_seq} 条已损坏，未能恢复")
            }
            Self::EntriesLost {
                first_seq,
                last_seq,
            } => format!("记录已恢复，其中第 {first_seq} 至 {last_seq} 条已损坏，未能恢复"),
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

/// The same in Chinese.
#[must_use]
pub fn worded_in_chinese(note: &str) -> String {
    let read = serde_json::from_str::<Note>(note);
    read.map_or_else(|_| note.to_owned(), |note| note.chinese())
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
