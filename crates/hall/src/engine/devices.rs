//! The programs that are or were connected since the hall started.

use std::collections::BTreeMap;

use protocol::{DeviceRow, Hello, Role};
use queue::Moment;

use super::message::SessionId;

/// Devices that the hall remembers. A hall has dozens; the limit keeps programs of a hall on trial from
/// filling its memory with names.
const MAX_DEVICES: usize = 4_096;

/// Telephones that are there at the same time: everybody in the largest hall. They have whatever name
/// they say, so that they are counted apart, and none of them takes the place of a device.
const MAX_PHONES: usize = 2_048;

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
        if !self.by_name.contains_key(&hello.device) && !self.has_room_for(hello.role) {
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

    fn has_room_for(&self, role: Role) -> bool {
        let is_phone = |device: &&Device| device.row.role == Role::Phone;
        let phones = self.by_name.values().filter(is_phone).count();
        match role {
            Role::Phone => phones < MAX_PHONES,
            _ => self.by_name.len() - phones < MAX_DEVICES,
        }
    }

    /// A connection ended; one that was replaced says nothing about its device any more. Nobody looks
    /// for a telephone that has gone.
    pub(super) fn leave(&mut self, session: SessionId, name: &str, now: Moment) {
        let known = self.by_name.get_mut(name);
        if let Some(device) = known.filter(|device| device.session == session) {
            device.row.connected = false;
            device.row.since_ms = now.wall_ms;
            if device.row.role == Role::Phone {
                self.by_name.remove(name);
            }
        }
    }

    pub(super) fn rows(&self) -> Vec<DeviceRow> {
        self.by_name
            .values()
            .map(|device| device.row.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(device: &str, role: Role) -> Hello {
        Hello {
            protocol: protocol::VERSION,
            role,
            device: device.to_owned(),
            app: String::new(),
            resume: None,
            key: None,
        }
    }

    #[test]
    fn telephones_take_no_device_its_place_and_are_forgotten_when_they_go() {
        let (mut devices, now) = (Devices::default(), Moment::default());
        let joins = |devices: &mut Devices, session: usize, name: &str, role| {
            let joined = devices.join(session as SessionId, &hello(name, role), now);
            matches!(joined, Joined::Welcome { .. })
        };
        for place in 0..3 * MAX_DEVICES {
            let name = format!("phone-{place}");
            assert!(joins(&mut devices, place, &name, Role::Phone), "{name}");
            devices.leave(place as SessionId, &name, now);
        }
        assert_eq!(devices.rows(), []);
        for place in 0..MAX_PHONES {
            let name = format!("phone-{place}");
            assert!(joins(&mut devices, place, &name, Role::Phone), "{name}");
        }
        assert!(!joins(&mut devices, 9_999, "one-more", Role::Phone));
        for place in 0..MAX_DEVICES {
            let name = format!("device-{place}");
            assert!(joins(&mut devices, place, &name, Role::Wall), "{name}");
        }
        assert!(!joins(&mut devices, 9_999, "one-more", Role::Wall));
    }

    fn at(wall_ms: i64) -> Moment {
        let steady_ms = wall_ms as u64;
        Moment { steady_ms, wall_ms }
    }

    fn joins(devices: &mut Devices, session: SessionId, device: &str) -> Option<Option<SessionId>> {
        match devices.join(session, &hello(device, Role::Kiosk), at(7)) {
            Joined::Welcome { replaced } => Some(replaced),
            Joined::Full => None,
        }
    }

    #[test]
    fn a_device_is_there_once_and_its_newer_connection_takes_the_place_of_the_older() {
        let mut devices = Devices::default();
        let seen = |devices: &Devices| {
            let rows = devices.rows();
            (rows.len(), rows[0].connected, rows[0].since_ms)
        };
        assert_eq!(joins(&mut devices, 1, "kiosk-1"), Some(None));
        assert_eq!(joins(&mut devices, 2, "kiosk-1"), Some(Some(1)));
        devices.leave(1, "kiosk-1", at(8));
        assert_eq!(seen(&devices), (1, true, 7), "it says nothing any more");
        devices.leave(2, "kiosk-1", at(9));
        assert_eq!(seen(&devices), (1, false, 9));
        assert_eq!(joins(&mut devices, 3, "kiosk-1"), Some(None));
    }

    #[test]
    fn a_stranger_cannot_fill_the_memory_with_names_and_whoever_is_known_comes_back() {
        let mut devices = Devices::default();
        for place in 0..MAX_DEVICES {
            let joined = joins(&mut devices, 1, &format!("device {place}"));
            assert_eq!(joined, Some(None));
        }
        assert_eq!(joins(&mut devices, 2, "one more"), None);
        assert_eq!(joins(&mut devices, 2, "device 7"), Some(Some(1)));
        assert_eq!(devices.rows().len(), MAX_DEVICES);
    }
}
