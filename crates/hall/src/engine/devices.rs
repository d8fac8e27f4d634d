//! The programs that are or were connected since the hall started.

use std::collections::BTreeMap;

use protocol::{DeviceRow, Hello};
use queue::Moment;

use super::message::SessionId;

/// Devices that the hall remembers. A hall has dozens; the limit keeps a stranger from filling
/// its memory with names.
const MAX_DEVICES: usize = 4_096;

#[derive(Debug, Default)]
pub(super) struct Devices {
    by_name: BTreeMap<String, Device>,
}

#[derive(Debug)]
struct Device {
    session: SessionId,
    row: DeviceRow,
}

/// What comes of a hello.
pub(super) enum Joined {
    /// The device is there; an older connection of it has to go.
    Welcome { replaced: Option<SessionId> },
    /// The hall remembers as many devices as it can.
    Full,
}

impl Devices {
    pub(super) fn join(&mut self, session: SessionId, hello: &Hello, now: Moment) -> Joined {
        if !self.by_name.contains_key(&hello.device) && self.by_name.len() >= MAX_DEVICES {
            return Joined::Full;
        }
        let row = DeviceRow {
            name: hello.device.clone(),
            role: hello.role,
            connected: true,
            since_ms: now.wall_ms,
        };
        let before = self
            .by_name
            .insert(hello.device.clone(), Device { session, row });
        let replaced = before
            .filter(|before| before.row.connected)
            .map(|before| before.session);
        Joined::Welcome { replaced }
    }

    /// A connection ended; one that was replaced says nothing about its device any more.
    pub(super) fn leave(&mut self, session: SessionId, device: &str, now: Moment) {
        let known = self.by_name.get_mut(device);
        if let Some(device) = known.filter(|device| device.session == session) {
            device.row.connected = false;
            device.row.since_ms = now.wall_ms;
        }
    }

    pub(super) fn rows(&self) -> Vec<DeviceRow> {
        self.by_name
            .values()
            .map(|device| device.row.clone())
            .collect()
    }
}
