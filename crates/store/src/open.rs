//! Opening the file: folder, pragmas, schema, the end of the journal.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OptionalExtension};

use crate::chain::{GENESIS, Hash};
use crate::{FILE_NAME, Head, Store};

/// Changes of the schema, oldest first. `user_version` says how many a file has had. Only ever
/// add to the end.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE journal (
        seq       INTEGER PRIMARY KEY,
        steady_ms INTEGER NOT NULL,
        wall_ms   INTEGER NOT NULL,
        actor     TEXT NOT NULL,
        body      TEXT NOT NULL,
        hash      BLOB NOT NULL
    ) STRICT;
    CREATE TABLE request (
        id      BLOB PRIMARY KEY,
        act     BLOB NOT NULL,
        outcome TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE open_day (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        seq INTEGER NOT NULL
    ) STRICT;
    INSERT INTO open_day VALUES (1, 1);
"];

/// The most that the write-ahead file keeps after a checkpoint, in bytes.
const WAL_KEPT_BYTES: i64 = 16 * 1024 * 1024;

/// Why a hall's memory cannot be opened. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("the data folder {} cannot be made: {source}. Name another with --data, or mend its rights.", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("the data folder {} cannot be written: {reason}. Name another with --data, or mend its rights.", folder.display())]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another program holds the file.
    #[error("{} is in use: another hall runs on this data folder. Stop it first.", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A newer hall wrote the file.
    #[error("{} was written by a newer version of the hall (schema {found}, this one knows {known}). Install that version.", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: usize,
        /// The last schema that this version knows.
        known: usize,
    },
    /// The file is no hall's, or broken.
    #[error("{} cannot be read: {reason}. Restore it from a backup.", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
}

impl Store {
    /// Opens the hall's memory in a folder, making both if they are not there.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
            folder: folder.to_owned(),
            source,
        })?;
        let path = folder.join(FILE_NAME);
        let mut connection = Connection::open(&path).map_err(|error| explain(error, &path))?;
        set_up(&connection).map_err(|error| explain(error, &path))?;
        migrate(&mut connection, &path)?;
        let head = read_head(&connection).map_err(|error| explain(error, &path))?;
        Ok(Self {
            connection,
            path,
            head,
        })
    }
}

/// Every pragma stands here. FULL, for NORMAL loses confirmed commits when the power goes;
/// EXCLUSIVE, so that a second hall on the same folder is refused at once.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "journal_size_limit", WAL_KEPT_BYTES)?;
    connection.set_prepared_statement_cache_capacity(16);
    // Takes the lock now and not at the first ticket.
    connection.execute_batch("BEGIN IMMEDIATE; COMMIT")
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let found: usize = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| explain(error, path))?;
    if found > MIGRATIONS.len() {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found,
            known: MIGRATIONS.len(),
        });
    }
    apply(connection, found).map_err(|error| explain(error, path))
}

fn apply(connection: &mut Connection, found: usize) -> rusqlite::Result<()> {
    for (place, migration) in MIGRATIONS.iter().enumerate().skip(found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", place + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

pub(crate) fn read_head(connection: &Connection) -> rusqlite::Result<Head> {
    let last = "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1";
    let head = connection
        .query_row(last, [], |row| {
            Ok(Head {
                seq: row.get(0)?,
                hash: row.get::<_, Hash>(1)?,
            })
        })
        .optional()?;
    Ok(head.unwrap_or(Head {
        seq: 0,
        hash: GENESIS,
    }))
}

fn explain(error: rusqlite::Error, path: &Path) -> OpenError {
    let folder = path.parent().unwrap_or(path).to_owned();
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse {
            path: path.to_owned(),
        },
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::DiskFull,
        ) => OpenError::NotWritable { folder, reason },
        _ => OpenError::Broken {
            path: path.to_owned(),
            reason,
        },
    }
}
