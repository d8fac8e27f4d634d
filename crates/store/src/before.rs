//! The memory as it was before a newer hall changed its form. If the new version does not please, the
//! old one goes on with this file.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::Connection;

use crate::backup::Part;
use crate::file::with_suffix;
use crate::{FILE_NAME, archive, restore};

/// Between these the name of a copy says its schema and when it was made.
const BEFORE: &str = ".schema-";

const CHUNK_BYTES: usize = 1_048_576;

/// Copies the file, which has schema `found`, to one beside it that is named after schema and time:
/// byte by byte, for also what is damaged is to stay as it was. The copy is read again and held
/// against the file before it gets its name.
pub(crate) fn keep(connection: &Connection, path: &Path, found: usize) -> Result<PathBuf, String> {
    let text = |error: rusqlite::Error| error.to_string();
    let busy: bool = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(text)?;
    if busy {
        return Err("another program reads it just now".to_owned());
    }
    let select = "SELECT strftime('%Y-%m-%dT%H%M%SZ', 'now')";
    let now: String = connection
        .query_row(select, [], |row| row.get(0))
        .map_err(text)?;
    let file = with_suffix(path, &format!("{BEFORE}{found}.{now}"));
    copy(path, &file).map_err(|error| error.to_string())?;
    let (_, schema) = archive::open_alone(&file).map_err(text)?;
    if schema == found {
        return Ok(file);
    }
    Err(format!("the copy has schema {schema}, and not {found}"))
}

fn copy(path: &Path, file: &Path) -> io::Result<()> {
    let part = Part::claim(file)?;
    fs::copy(path, &part.path)?;
    if !are_same(path, &part.path)? {
        let why = "what was written is not what is read again: the disk is not to be trusted";
        return Err(io::Error::other(why));
    }
    part.finish(file).map(|_| ())
}

fn are_same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let (mut left, mut right) = (vec![0; CHUNK_BYTES], vec![0; CHUNK_BYTES]);
    loop {
        let read = one.read(&mut left)?;
        if read == 0 {
            return Ok(other.read(&mut right)? == 0);
        }
        match other.read_exact(&mut right[..read]) {
            Ok(()) if left[..read] == right[..read] => {}
            Ok(()) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

/// Deletes the memories that were put aside in a data folder longer than `age` ago, before an upgrade or a
/// restore: they hold texts that are to be deleted. Gives those that are gone.
///
/// # Errors
/// If the folder cannot be read or a file not be deleted.
pub fn delete_put_aside(folder: &Path, age: Duration) -> io::Result<Vec<PathBuf>> {
    let names = [BEFORE, restore::BEFORE].map(|before| format!("{FILE_NAME}{before}"));
    let mut gone = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ours = names.iter().any(|begin| name.starts_with(begin));
        if ours && since_put_there(&entry.metadata()?) > age {
            fs::remove_file(entry.path())?;
            gone.push(entry.path());
        }
    }
    Ok(gone)
}

/// A restore gives the memory another name: that changes the file's status, and not the time of its content.
fn since_put_there(file: &Metadata) -> Duration {
    let put = Duration::new(
        file.ctime().try_into().unwrap_or(0),
        file.ctime_nsec().try_into().unwrap_or(0),
    );
    let put = SystemTime::UNIX_EPOCH + put;
    SystemTime::now().duration_since(put).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than what is read at a time, so that the end is compared as well.
    const LENGTH: usize = CHUNK_BYTES + 7;

    #[test]
    fn a_copy_is_the_same_to_its_last_byte_or_it_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let mut bytes = vec![5; LENGTH];
        let one = write("one", &bytes);
        assert!(are_same(&one, &write("same", &bytes)).unwrap());
        assert!(!are_same(&one, &write("shorter", &bytes[1..])).unwrap());
        bytes.push(5);
        assert!(!are_same(&one, &write("longer", &bytes)).unwrap());
        bytes.pop();
        for place in [0, CHUNK_BYTES - 1, CHUNK_BYTES, LENGTH - 1] {
            bytes[place] = 6;
            assert!(!are_same(&one, &write("other", &bytes)).unwrap(), "{place}");
            bytes[place] = 5;
        }
    }

    /// A disk that does not give the copy has not said that it differs.
    #[test]
    fn a_copy_that_cannot_be_read_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let one = folder.path().join("one");
        fs::write(&one, [5; LENGTH]).unwrap();
        let failed = are_same(&one, folder.path()).unwrap_err();
        assert_ne!(failed.kind(), io::ErrorKind::UnexpectedEof, "{failed}");
    }
}
