//! What is wrong with the hall's memory, as staff are told of it.

use std::collections::BTreeMap;

use protocol::{AlarmKind, AlarmRow, DoorState, Doors, Key, Row};

/// What a look at the memory found. It comes from outside, for the loop itself reads no old days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Memory {
    /// The chain was looked at: what is bad before the open day or beside it, in words.
    Looked {
        /// Nothing, if all is good.
        bad: Option<String>,
    },
    /// An entry of the open day is bad: what comes next would stand on it.
    DamagedToday {
        /// Which, and what is wrong with it.
        bad: String,
    },
    /// A backup was made, or failed.
    BackedUp {
        /// Why it failed.
        failed: Option<String>,
    },
    /// The room on the disk was looked at.
    Room {
        /// Whether there is less than a hall should have.
        short: bool,
    },
}

/// What stands.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    /// Since when, in milliseconds since 1970; not yet known of what was found before there was a
    /// clock.
    since: BTreeMap<AlarmKind, Option<i64>>,
}

impl Troubles {
    pub(super) fn set(&mut self, kind: AlarmKind, stands: bool) {
        if stands {
            self.since.entry(kind).or_default();
        } else {
            self.since.remove(&kind);
        }
    }

    pub(super) fn stands(&self, kind: AlarmKind) -> bool {
        self.since.contains_key(&kind)
    }

    /// Those that stand, as rows for staff.
    pub(super) fn rows(&mut self, wall_ms: i64) -> Vec<Row> {
        let stands = self.since.iter_mut();
        let row = |(alarm, since): (&AlarmKind, &mut Option<i64>)| {
            Row::Alarm(AlarmRow {
                alarm: *alarm,
                service: None,
                level: 0,
                since_ms: *since.get_or_insert(wall_ms),
            })
        };
        stands.map(row).collect()
    }
}

/// Says that no numbers are given out, since nothing can be recorded. Without that each customer would
/// press in vain.
pub(super) fn shut(row: &mut Row) {
    let doors = match row {
        Row::Hall(hall) => &mut hall.doors,
        Row::Service(service) => &mut service.doors,
        _ => return,
    };
    *doors = Doors {
        state: DoorState::ReadOnly,
        ..Doors::default()
    };
}

/// Whether a row tells of the memory, and not of the queue.
pub(super) fn is_of_memory(key: &Key) -> bool {
    matches!(
        key,
        Key::Alarm {
            alarm: AlarmKind::ReadOnly
                | AlarmKind::RecordDamaged
                | AlarmKind::NotStored
                | AlarmKind::RoomShort
                | AlarmKind::NoBackup,
            ..
        }
    )
}
