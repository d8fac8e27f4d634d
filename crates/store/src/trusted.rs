//! Who the hall knows: devices that were paired, and people who sign in. No secret is here: of a device's
//! key its hash, of a PIN what argon2id made of it.

use rusqlite::{Connection, Row, params};

use crate::append::not_stored;
use crate::{AppendError, Store, vouch};

/// A device that was paired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its name, such as `kiosk-1`.
    pub name: String,
    /// The word for what it is, such as `kiosk`.
    pub role: String,
    /// The counter at which it stands, if it belongs to one.
    pub counter: Option<u16>,
    /// SHA-256 of its key.
    pub key_sum: [u8; 32],
    /// When it was paired, in milliseconds since 1970.
    pub paired_wall_ms: i64,
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name that is typed.
    pub name: String,
    /// The word for what the person may do, such as `clerk`.
    pub role: String,
    /// What argon2id made of the PIN, as a PHC string.
    pub pin: String,
    /// Wrong PINs since the last right one, or since the last lock.
    pub failures: u32,
    /// Locks since the last right PIN: each is longer than the one before.
    pub locks: u32,
    /// Until when no PIN is taken, by the steady clock, in milliseconds.
    pub locked_until_ms: u64,
    /// When the person was added, in milliseconds since 1970.
    pub created_wall_ms: i64,
}

/// Everybody whom the hall knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusted {
    /// By name.
    pub devices: Vec<Device>,
    /// By name.
    pub people: Vec<Person>,
}

/// A change of whom the hall knows. It is on disk together with the entry that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A device is let in, with this key and no other.
    PutDevice(Device),
    /// A device is let in no more.
    RemoveDevice(String),
    /// A person may sign in, or something about the person has changed.
    PutPerson(Person),
    /// A person may sign in no more.
    RemovePerson(String),
}

impl Store {
    /// Everybody whom the hall knows.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn trusted(&self) -> Result<Trusted, AppendError> {
        read(&self.connection).map_err(not_stored)
    }
}

const DEVICES: &str =
    "SELECT name, role, counter, key_sum, paired_wall_ms, seq FROM device ORDER BY name";
const PEOPLE: &str = "SELECT name, role, pin, failures, locks, locked_until_ms, created_wall_ms, seq FROM person ORDER BY name";

/// Everybody, as the journal vouches for them.
pub(crate) fn rows(connection: &Connection) -> rusqlite::Result<Vec<vouch::Row>> {
    let mut devices = connection.prepare_cached(DEVICES)?;
    let devices = devices.query_map([], |row| {
        Ok(vouch::Row::of_device(&device(row)?, row.get(5)?))
    })?;
    let mut people = connection.prepare_cached(PEOPLE)?;
    let people = people.query_map([], |row| {
        Ok(vouch::Row::of_person(&person(row)?, row.get(7)?))
    })?;
    devices.chain(people).collect()
}

/// The oldest entry that vouches for somebody who is known; the last that there can be if nobody is.
pub(crate) fn oldest_seq(connection: &Connection) -> rusqlite::Result<u64> {
    let select = "SELECT min(seq) FROM (SELECT seq FROM device UNION ALL SELECT seq FROM person)";
    let oldest: Option<u64> = connection.query_row(select, [], |row| row.get(0))?;
    Ok(oldest.unwrap_or(u64::MAX))
}

pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Trusted> {
    Ok(Trusted {
        devices: connection
            .prepare_cached(DEVICES)?
            .query_map([], device)?
            .collect::<Result<_, _>>()?,
        people: connection
            .prepare_cached(PEOPLE)?
            .query_map([], person)?
            .collect::<Result<_, _>>()?,
    })
}

fn device(row: &Row<'_>) -> rusqlite::Result<Device> {
    Ok(Device {
        name: row.get(0)?,
        role: row.get(1)?,
        counter: row.get(2)?,
        key_sum: row.get(3)?,
        paired_wall_ms: row.get(4)?,
    })
}

fn person(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        name: row.get(0)?,
        role: row.get(1)?,
        pin: row.get(2)?,
        failures: row.get(3)?,
        locks: row.get(4)?,
        locked_until_ms: row.get(5)?,
        created_wall_ms: row.get(6)?,
    })
}

impl Change {
    /// Entry `seq` says so.
    pub(crate) fn write(&self, connection: &Connection, seq: u64) -> rusqlite::Result<()> {
        match self {
            Self::PutDevice(device) => put_device(connection, device, seq),
            Self::PutPerson(person) => put_person(connection, person, seq),
            Self::RemoveDevice(name) => remove(connection, "device", name),
            Self::RemovePerson(name) => remove(connection, "person", name),
        }
    }
}

fn put_device(connection: &Connection, device: &Device, seq: u64) -> rusqlite::Result<()> {
    let put = "INSERT OR REPLACE INTO device (name, role, counter, key_sum, paired_wall_ms, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(put)?.execute(params![
        device.name,
        device.role,
        device.counter,
        device.key_sum,
        device.paired_wall_ms,
        seq
    ])?;
    Ok(())
}

fn put_person(connection: &Connection, person: &Person, seq: u64) -> rusqlite::Result<()> {
    let put = "INSERT OR REPLACE INTO person (name, role, pin, failures, locks, locked_until_ms, created_wall_ms, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(put)?.execute(params![
        person.name,
        person.role,
        person.pin,
        person.failures,
        person.locks,
        person.locked_until_ms,
        person.created_wall_ms,
        seq
    ])?;
    Ok(())
}

fn remove(connection: &Connection, table: &str, name: &str) -> rusqlite::Result<()> {
    connection.execute(&format!("DELETE FROM {table} WHERE name = ?1"), [name])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entry;
    use queue::{Event, Happening, Moment};

    fn kiosk() -> Device {
        Device {
            name: "kiosk-1".to_owned(),
            role: "kiosk".to_owned(),
            counter: None,
            key_sum: [7; 32],
            paired_wall_ms: 5,
        }
    }

    fn wang() -> Person {
        Person {
            name: "王芳".to_owned(),
            role: "clerk".to_owned(),
            pin: "$argon2id$".to_owned(),
            failures: 2,
            locks: 1,
            locked_until_ms: 300_000,
            created_wall_ms: 5,
        }
    }

    fn entry(changes: Vec<Change>) -> Entry {
        let what = Happening::Noted {
            note: "a change".to_owned(),
        };
        let at = Moment {
            steady_ms: 1,
            wall_ms: 1,
        };
        Entry {
            actor: "admin".to_owned(),
            events: vec![Event { at, what }],
            changes,
            request: None,
        }
    }

    #[test]
    fn who_is_known_is_on_disk_with_the_entry_that_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        assert_eq!(store.trusted().unwrap(), Trusted::default());
        let known = vec![Change::PutDevice(kiosk()), Change::PutPerson(wang())];
        store.append(0, &[entry(known)]).unwrap();
        drop(store);
        let mut store = Store::open(folder.path()).unwrap();
        let both = Trusted {
            devices: vec![kiosk()],
            people: vec![wang()],
        };
        assert_eq!(store.trusted().unwrap(), both);

        let counter = Device {
            role: "counter".to_owned(),
            counter: Some(3),
            ..kiosk()
        };
        let gone = vec![
            Change::PutDevice(counter.clone()),
            Change::RemovePerson("王芳".to_owned()),
        ];
        store.append(1, &[entry(gone)]).unwrap();
        let left = store.trusted().unwrap();
        assert_eq!((left.devices, left.people), (vec![counter], vec![]));
    }
}
