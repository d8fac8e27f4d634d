//! What the standard library leaves to be said about a file: its name beside another, its name on disk, and
//! that it need not be there.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A name is on disk when its folder is.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

pub(crate) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What was done with a file; `None` if it is not there.
pub(crate) fn if_there<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the fsync itself only a power cut tells, see tests/faults.
    #[test]
    fn a_file_is_named_in_its_folder_or_in_the_present_one() {
        let folder = tempfile::tempdir().unwrap();
        sync_folder(&folder.path().join("backup")).unwrap();
        sync_folder(Path::new("backup")).unwrap();
        let nowhere = folder.path().join("no such folder").join("backup");
        let failed = sync_folder(&nowhere).unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn only_a_file_that_is_not_there_is_none() {
        let failed = |kind: io::ErrorKind| if_there::<()>(Err(kind.into()));
        assert_eq!(if_there(Ok(7)).unwrap(), Some(7));
        assert_eq!(failed(io::ErrorKind::NotFound).unwrap(), None);
        let refused = failed(io::ErrorKind::PermissionDenied).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    }
}
