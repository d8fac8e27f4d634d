//! Old days, written fast and past the store. Their hashes are no chain: a start does not look at them.

use std::fs::File;
use std::path::Path;

use rusqlite::{Connection, params};
use store::{FILE_NAME, Store};

use crate::Result;

/// Entries of a day.
const DAY_ENTRIES: u64 = 5_000;

/// Writes a file with so many entries before any open day, and gives its size in bytes.
pub fn write(folder: &Path, entries: u64) -> Result<u64> {
    drop(Store::open(folder)?);
    let path = folder.join(FILE_NAME);
    let mut connection = Connection::open(&path)?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    insert(&mut connection, entries)?;
    drop(connection);
    let file = File::open(&path)?;
    // Or the disk would still be busy with it while starts are measured.
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

fn insert(connection: &mut Connection, entries: u64) -> Result<()> {
    let transaction = connection.transaction()?;
    let insert = "INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = transaction.prepare(insert)?;
    let mut hash = [7; 32];
    for seq in 1..=entries {
        let (date, place) = (date(seq), (seq - 1) % DAY_ENTRIES);
        if place == 0 {
            transaction.execute("INSERT INTO day VALUES (?1, ?2)", [date, seq])?;
        }
        hash[..8].copy_from_slice(&seq.to_le_bytes());
        let (actor, body) = entry(date, place);
        statement.execute(params![
            seq,
            seq * 1_000,
            seq * 1_000,
            actor,
            body,
            &hash[..]
        ])?;
    }
    drop(statement);
    let mark = "UPDATE mark SET day_seq = ?1, head_seq = ?2, head_hash = ?3";
    transaction.execute(mark, params![entries + 1 - DAY_ENTRIES, entries, &hash[..]])?;
    Ok(transaction.commit()?)
}

/// Months of 28 days, from 2001 on.
fn date(seq: u64) -> u64 {
    let day = (seq - 1) / DAY_ENTRIES;
    (2001 + day / 336) * 10_000 + (day / 28 % 12 + 1) * 100 + day % 28 + 1
}

/// The five entries of a customer's visit.
fn entry(date: u64, place: u64) -> (&'static str, String) {
    let ticket = date * 1_000_000 + place / 5 + 1;
    match place % 5 {
        _ if place == 0 => (
            "hall",
            format!(r#"{{"event":"day_opened","day":{date},"turns_at_steady_ms":1}}"#),
        ),
        0 => (
            "kiosk:kiosk-1",
            format!(
                r#"{{"event":"issued","ticket":{ticket},"number":1,"service":"A","class":"ordinary"}}"#
            ),
        ),
        1 => (
            "kiosk:kiosk-1",
            format!(r#"{{"event":"printed","ticket":{ticket}}}"#),
        ),
        2 => (
            "counter:desk-3",
            format!(
                r#"{{"event":"called","call":{ticket},"ticket":{ticket},"counter":3,"reason":{{"waited_ms":61000,"head_start_ms":0,"target_ms":1200000,"overtook":0,"passed_over":[]}}}}"#
            ),
        ),
        3 => (
            "counter:desk-3",
            format!(r#"{{"event":"arrived","ticket":{ticket},"counter":3}}"#),
        ),
        _ => (
            "counter:desk-3",
            format!(r#"{{"event":"finished","ticket":{ticket},"counter":3}}"#),
        ),
    }
}
