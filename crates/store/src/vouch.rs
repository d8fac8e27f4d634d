//! What the journal vouches for beside itself: whom the hall knows. The entry that says that a device was
//! paired or a person got a PIN holds a hash of the row that it changed and one of all rows as they are
//! then, so that a row that was edited quietly is found, and a device does not become a supervisor's.

use queue::Moment;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::append::write_record;
use crate::chain::Hash;
use crate::open::read_head;
use crate::record::{Record, TrustedRecord};
use crate::replay::record_of;
use crate::request::hex;
use crate::trusted::{self, Change, Device, Person};
use crate::{Head, ReplayError};

/// A device or person as it stands in its table.
pub(crate) struct Row {
    /// What and who it is, such as `device kiosk-1`.
    pub(crate) key: String,
    sum: Hash,
    /// The entry that says so.
    seq: u64,
}

impl Row {
    pub(crate) fn of_device(device: &Device, seq: u64) -> Self {
        let counter = device.counter.map_or(String::new(), |it| it.to_string());
        let texts = [&device.name, &device.role, &counter];
        let paired = device.paired_wall_ms.to_le_bytes();
        Self {
            key: device_key(&device.name),
            sum: sum("device", &texts, &[&device.key_sum, &paired]),
            seq,
        }
    }

    pub(crate) fn of_person(person: &Person, seq: u64) -> Self {
        let texts = [&person.name, &person.role, &person.pin];
        let numbers = [
            &person.failures.to_le_bytes()[..],
            &person.locks.to_le_bytes(),
            &person.locked_until_ms.to_le_bytes(),
            &person.created_wall_ms.to_le_bytes(),
        ];
        Self {
            key: person_key(&person.name),
            sum: sum("person", &texts, &numbers),
            seq,
        }
    }

    /// Whether the entry that it names says so.
    pub(crate) fn is_vouched_for(&self, connection: &Connection) -> bool {
        let record = record_of(connection, self.seq).ok();
        let trusted = record.as_ref().and_then(trusted_of);
        trusted.is_some_and(|it| it.rows.get(&self.key) == Some(&Some(hex(&self.sum))))
    }
}

fn device_key(name: &str) -> String {
    format!("device {name}")
}

fn person_key(name: &str) -> String {
    format!("person {name}")
}

/// Lengths stand before texts, so that no two rows hash the same bytes.
fn sum(what: &str, texts: &[&String], numbers: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new_with_prefix(what);
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    numbers.iter().for_each(|number| hash.update(number));
    hash.finalize().into()
}

fn sum_of_all(rows: &[Row]) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update((row.key.len() as u64).to_le_bytes());
        hash.update(&row.key);
        hash.update(row.sum);
    }
    hex(&hash.finalize())
}

fn trusted_of(record: &Record) -> Option<&TrustedRecord> {
    match record {
        Record::Noted { trusted, .. } => trusted.as_ref(),
        _ => None,
    }
}

/// Whether an entry vouches for whom the hall knows.
pub(crate) fn vouches(record: &Record) -> bool {
    trusted_of(record).is_some()
}

/// Writes changes into their tables, and gives what entry `seq` has to say of them.
pub(crate) fn take(
    connection: &Connection,
    changes: &[Change],
    seq: u64,
) -> rusqlite::Result<TrustedRecord> {
    let mut record = TrustedRecord::default();
    for change in changes {
        change.write(connection, seq)?;
        let (key, sum) = match change {
            Change::PutDevice(device) => {
                let row = Row::of_device(device, seq);
                (row.key, Some(hex(&row.sum)))
            }
            Change::PutPerson(person) => {
                let row = Row::of_person(person, seq);
                (row.key, Some(hex(&row.sum)))
            }
            Change::RemoveDevice(name) => (device_key(name), None),
            Change::RemovePerson(name) => (person_key(name), None),
        };
        record.rows.insert(key, sum);
    }
    record.all = sum_of_all(&trusted::rows(connection)?);
    Ok(record)
}

/// Vouches in an entry of its own for those who were known before the journal said so.
pub(crate) fn for_all(connection: &Connection) -> rusqlite::Result<()> {
    let head = read_head(connection)?;
    let rows = trusted::rows(connection)?;
    if !rows.is_empty() {
        let at = crate::backup::last_moment(connection)?.unwrap_or_default();
        vouch(connection, head, at, &rows)?.mark(connection)?;
    }
    Ok(())
}

/// The entry that vouches for `rows`, which are all.
pub(crate) fn vouch(
    connection: &Connection,
    head: Head,
    at: Moment,
    rows: &[Row],
) -> rusqlite::Result<Head> {
    let seq = head.seq + 1;
    connection.execute("UPDATE device SET seq = ?1", [seq])?;
    connection.execute("UPDATE person SET seq = ?1", [seq])?;
    let devices = rows.iter().filter(|row| row.key.starts_with("device "));
    let devices = devices.count();
    let people = rows.len() - devices;
    let note = format!(r#"{{"kind":"vouched","devices":{devices},"people":{people}}}"#);
    let by_key = rows
        .iter()
        .map(|row| (row.key.clone(), Some(hex(&row.sum))));
    let trusted = Some(TrustedRecord {
        rows: by_key.collect(),
        all: sum_of_all(rows),
    });
    let head = write_record(
        connection,
        head,
        ("hall", at),
        &Record::Noted { note, trusted },
    )?;
    let trusted_seq = head.seq;
    Ok(Head {
        trusted_seq,
        ..head
    })
}

/// Takes those out for whom no entry up to `last` vouches, gives who they were, and vouches for the rest
/// if the last entry that did says something else.
pub(crate) fn take_out_unproved(
    connection: &Connection,
    mut head: Head,
    at: Moment,
) -> rusqlite::Result<(Head, Vec<String>)> {
    let mut lost = Vec::new();
    for row in trusted::rows(connection)? {
        if row.seq > head.seq || !row.is_vouched_for(connection) {
            let (what, name) = row.key.split_once(' ').unwrap_or_default();
            let table = if what == "device" { "device" } else { "person" };
            connection.execute(
                &format!("DELETE FROM {table} WHERE name = ?1"),
                params![name],
            )?;
            lost.push(row.key);
        }
    }
    let rows = trusted::rows(connection)?;
    let last = record_of(connection, head.trusted_seq).ok();
    let said = last.as_ref().and_then(trusted_of);
    let is_empty = rows.is_empty() && head.trusted_seq == 0;
    if !is_empty && said.is_none_or(|said| said.all != sum_of_all(&rows)) {
        head = vouch(connection, head, at, &rows)?;
    }
    Ok((head, lost))
}

/// What is wrong with whom the hall knows, in words.
pub(crate) fn faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let seq = read_head(connection)?.trusted_seq;
    let rows = trusted::rows(connection)?;
    if seq == 0 {
        let unknown = rows
            .iter()
            .map(|row| format!("no entry says that the hall knows the {}", row.key));
        return Ok(unknown.collect());
    }
    let record = match record_of(connection, seq) {
        Ok(record) => record,
        Err(error) => {
            return Ok(vec![format!(
                "whom the hall knows cannot be proved: {}",
                reason(error)
            )]);
        }
    };
    match trusted_of(&record) {
        Some(trusted) if trusted.all == sum_of_all(&rows) => return Ok(Vec::new()),
        Some(_) => {}
        None => {
            return Ok(vec![format!(
                "by its mark entry {seq} says whom the hall knows, and it does not"
            )]);
        }
    }
    let edited = rows.iter().filter(|row| !row.is_vouched_for(connection));
    let mut faults: Vec<String> = edited
        .map(|row| format!("the {} is not what entry {} says of it", row.key, row.seq))
        .collect();
    if faults.is_empty() {
        faults.push(format!(
            "of the devices and people that the hall knew since entry {seq} one is missing, or one is back that was let in no more"
        ));
    }
    Ok(faults)
}

fn reason(error: ReplayError) -> String {
    match error {
        ReplayError::Damaged { seq, why } => format!("entry {seq} is damaged: {why}"),
        ReplayError::Unreadable(why) | ReplayError::Broken(why) | ReplayError::Beside(why) => why,
    }
}
