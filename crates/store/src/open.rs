//! Opening the file: folder, lock, pragmas, schema, the end of the journal.

use std::cell::Cell;
use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use crate::lock::own;
use crate::{FILE_NAME, Head, Store, before, lock, schema, watch};

/// The most that the write-ahead file keeps after a checkpoint, in bytes.
const WAL_KEPT_BYTES: i64 = 16 * 1024 * 1024;

/// The only one who can be in the way of the owner is a reader who opens or closes the file at the
/// same instant.
const WAIT_FOR_READERS: Duration = Duration::from_secs(1);

/// Why a hall's memory cannot be opened. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("the data folder {} cannot be made: {reason}. Name another with --data, or mend its rights.", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: io::Error,
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
    /// An older hall wrote the file, and it cannot be copied before it is changed.
    #[error("{} was written by an older version of the hall (schema {found}, this one writes {known}). Before it is changed a copy of it is made beside it, and that failed: {reason}. Free room there, or install the older version again: nothing was changed.", path.display())]
    NotKept {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: usize,
        /// The schema that this version writes.
        known: usize,
        /// Why there is no copy.
        reason: String,
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
        make(folder).map_err(|reason| OpenError::Folder {
            folder: folder.to_owned(),
            reason,
        })?;
        let path = folder.join(FILE_NAME);
        let lock = own(folder).map_err(|error| refuse(error, &path))?;
        let mut connection = Connection::open(&path).map_err(|error| explain(error, &path))?;
        set_up(&connection).map_err(|error| explain(error, &path))?;
        migrate(&mut connection, &path)?;
        let head = marked_head(&connection).map_err(|error| explain(error, &path))?;
        note_open(&lock, folder).map_err(|reason| OpenError::NotWritable {
            folder: folder.to_owned(),
            reason: reason.to_string(),
        })?;
        Ok(Self {
            connection,
            path,
            head: Cell::new(head),
            lock,
        })
    }
}

/// After a stop that was none, what was checked before is not believed any more: a disk can have lied about
/// what it wrote, and the next look at the record begins with the first entry.
fn note_open(lock: &File, folder: &Path) -> io::Result<()> {
    if lock::mark_open(lock, folder)? == lock::Left::Open {
        watch::forget(folder)?;
    }
    Ok(())
}

impl Drop for Store {
    fn drop(&mut self) {
        // If it cannot be noted all is looked at once more than is needed.
        let _ = lock::mark_closed(&self.lock);
    }
}

/// Makes the folder, for nobody else to look into.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let mut new = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut new, 0o700);
    new.recursive(true).create(folder)
}

/// Every pragma stands here. FULL, for NORMAL loses confirmed commits when the power goes;
/// `secure_delete`, for a deleted key must not stay behind in a free page. Readers are let in: the
/// lock beside the file keeps a second hall out.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(WAIT_FOR_READERS)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "journal_size_limit", WAL_KEPT_BYTES)?;
    connection.set_prepared_statement_cache_capacity(16);
    // A file that cannot be written is found now and not at the first ticket.
    connection.execute_batch("BEGIN IMMEDIATE; COMMIT")
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let found = schema::found(connection).map_err(|error| explain(error, path))?;
    if found > schema::KNOWN {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found,
            known: schema::KNOWN,
        });
    }
    if (1..schema::KNOWN).contains(&found) {
        before::keep(connection, path, found).map_err(|reason| OpenError::NotKept {
            path: path.to_owned(),
            found,
            known: schema::KNOWN,
            reason,
        })?;
    }
    schema::migrate(connection, found).map_err(|error| explain(error, path))
}

/// Where the journal must end. It is kept beside the journal, for a chain of hashes alone does not
/// show that its last links are missing.
pub(crate) fn read_head(connection: &Connection) -> rusqlite::Result<Head> {
    connection.query_row(
        "SELECT head_seq, head_hash, requests, day_requests, trusted_seq FROM mark",
        [],
        |row| {
            Ok(Head {
                seq: row.get(0)?,
                hash: row.get(1)?,
                requests: row.get(2)?,
                day_requests: row.get(3)?,
                trusted_seq: row.get(4)?,
            })
        },
    )
}

/// [`read_head`], or [`Head::UNKNOWN`] where a damaged mark does not say. The journal before it can
/// still be read then, and its replay says that its end is not proved.
pub(crate) fn marked_head(connection: &Connection) -> rusqlite::Result<Head> {
    match read_head(connection) {
        Err(error) if is_damage(&error) => Ok(Head::UNKNOWN),
        read => read,
    }
}

/// Whether an error says that what stands in the file is wrong, and not that it cannot be reached
/// just now.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    let passing = matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::OperationInterrupted
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::DiskFull
        )
    );
    !passing
}

fn refuse(error: TryLockError, path: &Path) -> OpenError {
    match error {
        TryLockError::WouldBlock => OpenError::InUse {
            path: path.to_owned(),
        },
        TryLockError::Error(error) => OpenError::NotWritable {
            folder: path.parent().unwrap_or(path).to_owned(),
            reason: error.to_string(),
        },
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_confirmed_is_on_disk_and_what_is_deleted_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let pragma = |name: &str| -> String {
            let text = |row: &rusqlite::Row<'_>| {
                let value: rusqlite::types::Value = row.get(0)?;
                Ok(format!("{value:?}"))
            };
            store
                .connection
                .pragma_query_value(None, name, text)
                .unwrap()
        };
        assert_eq!(pragma("journal_mode"), r#"Text("wal")"#);
        assert_eq!(pragma("synchronous"), "Integer(2)", "2 is FULL");
        assert_eq!(pragma("locking_mode"), r#"Text("normal")"#, "for readers");
        assert_eq!(pragma("secure_delete"), "Integer(1)");
        assert_eq!(pragma("cell_size_check"), "Integer(1)");
        assert_eq!(pragma("journal_size_limit"), "Integer(16777216)");
    }

    #[test]
    fn a_mark_that_is_damaged_proves_no_end_and_one_that_is_out_of_reach_is_asked_again() {
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(folder.path()).unwrap());
        let path = folder.path().join(crate::FILE_NAME);
        let (reader, other) = (
            Connection::open(&path).unwrap(),
            Connection::open(&path).unwrap(),
        );
        reader.busy_timeout(std::time::Duration::ZERO).unwrap();
        reader
            .pragma_update(None, "journal_mode", "DELETE")
            .unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let held = marked_head(&reader).unwrap_err();
        let code = held.sqlite_error_code();
        assert_eq!(code, Some(ErrorCode::DatabaseBusy), "{held}");
        other.execute_batch("DELETE FROM mark; COMMIT").unwrap();
        assert_eq!(marked_head(&reader).unwrap(), Head::UNKNOWN);
    }

    #[test]
    fn a_disk_that_is_full_or_a_file_that_is_held_is_no_damage() {
        use rusqlite::ffi;
        for (code, damage) in [
            (ffi::SQLITE_CORRUPT, true),
            (ffi::SQLITE_NOTADB, true),
            (ffi::SQLITE_BUSY, false),
            (ffi::SQLITE_FULL, false),
            (ffi::SQLITE_IOERR, false),
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            assert_eq!(is_damage(&error), damage, "{error}");
        }
    }
}
