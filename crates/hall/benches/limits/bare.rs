//! The disk's limit: the rows of a take in the hall's own tables, appended by a bare loop.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use rusqlite::{Connection, Statement, TransactionBehavior, params};
use uuid::Uuid;

use crate::sample::{Latencies, Sample, nanoseconds};

/// What the hall once wrote for a take.
pub struct Rows {
    schema: String,
    steady_ms: u64,
    wall_ms: i64,
    actor: String,
    body: String,
    hash: Vec<u8>,
    act: Vec<u8>,
    outcome: String,
}

impl Rows {
    /// The tables of a hall's file, and its last ticket.
    pub fn of(file: &Path) -> Result<Self> {
        let hall = Connection::open(file)?;
        let mut tables = hall.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
        let tables: rusqlite::Result<Vec<String>> =
            tables.query_map([], |row| row.get(0))?.collect();
        let last = "SELECT steady_ms, wall_ms, actor, body, hash, act, outcome
            FROM journal, request WHERE body LIKE '%issued%' ORDER BY seq DESC LIMIT 1";
        let rows = hall.query_row(last, [], |row| {
            Ok(Self {
                schema: String::new(),
                steady_ms: row.get(0)?,
                wall_ms: row.get(1)?,
                actor: row.get(2)?,
                body: row.get(3)?,
                hash: row.get(4)?,
                act: row.get(5)?,
                outcome: row.get(6)?,
            })
        })?;
        let schema = tables?.join(";\n");
        Ok(Self { schema, ..rows })
    }
}

/// A file like a hall's, with nothing behind it.
pub struct Bare<'a> {
    connection: Connection,
    rows: &'a Rows,
    seq: u64,
}

impl<'a> Bare<'a> {
    /// A new file, as durable as the hall's.
    pub fn open(file: &Path, rows: &'a Rows) -> Result<Self> {
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(&rows.schema)?;
        Ok(Self {
            connection,
            rows,
            seq: 0,
        })
    }

    /// Appends takes for so long, `group` of them in each transaction.
    pub fn append(&mut self, group: usize, time: Duration) -> Result<Sample> {
        let started = Instant::now();
        let mut latencies = Latencies::new();
        while started.elapsed() < time {
            let begun = Instant::now();
            self.transaction(group)?;
            latencies.push(nanoseconds(begun.elapsed()));
        }
        let appended = latencies.len() * group;
        Ok(Sample::new(&latencies, appended, started.elapsed()))
    }

    fn transaction(&mut self, group: usize) -> Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut journal = transaction
                .prepare_cached("INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
            let mut request = transaction
                .prepare_cached("INSERT INTO request (id, act, outcome) VALUES (?1, ?2, ?3)")?;
            for _ in 0..group {
                self.seq += 1;
                insert(self.rows, self.seq, &mut journal, &mut request)?;
            }
        }
        Ok(transaction.commit()?)
    }
}

fn insert(
    rows: &Rows,
    seq: u64,
    journal: &mut Statement<'_>,
    request: &mut Statement<'_>,
) -> Result<()> {
    journal.execute(params![
        seq,
        rows.steady_ms,
        rows.wall_ms,
        rows.actor,
        rows.body,
        rows.hash
    ])?;
    let id = Uuid::now_v7().into_bytes();
    request.execute(params![&id[..], rows.act, rows.outcome])?;
    Ok(())
}
