//! Where the spool's lines are kept.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// Keeps bytes. A call that returns without an error has them on the disk itself.
pub trait Disk: Send {
    /// Everything that is kept.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&mut self) -> io::Result<Vec<u8>>;

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// When they are not on the disk, or only a part of them.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Puts bytes in the place of everything: after a stop all of the old is there or all of the new.
    ///
    /// # Errors
    /// When the old is still there.
    fn replace(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// A file, and beside it one that keeps a second process out.
#[derive(Debug)]
pub struct FileDisk {
    path: PathBuf,
    file: File,
    _lock: File,
}

impl FileDisk {
    /// Opens the file or makes it, with its folder.
    ///
    /// # Errors
    /// When that cannot be done, or another process has it open.
    pub fn open(path: &Path) -> io::Result<Self> {
        let folder = folder_of(path);
        std::fs::create_dir_all(folder)?;
        let lock = File::create(beside(path, ".lock"))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        let file = open(path)?;
        File::open(folder)?.sync_all()?;
        Ok(Self {
            path: path.to_owned(),
            file,
            _lock: lock,
        })
    }
}

impl Disk for FileDisk {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let unfinished = beside(&self.path, ".new");
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &self.path)?;
        self.file = open(&self.path)?;
        File::open(folder_of(&self.path))?.sync_all()
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.create(true).read(true).append(true).open(path)
}

/// The same name with something after it: two files that differ in their endings have each their own.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_or_replaced_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kiosk").join("print-jobs");
        let mut disk = FileDisk::open(&path).unwrap();
        disk.append(b"one\n").unwrap();
        disk.append(b"two\n").unwrap();
        assert!(FileDisk::open(&path).is_err(), "one owner");
        drop(disk);
        let mut disk = FileDisk::open(&path).unwrap();
        assert_eq!(disk.read().unwrap(), b"one\ntwo\n");
        disk.replace(b"three\n").unwrap();
        disk.append(b"four\n").unwrap();
        drop(disk);
        let read = FileDisk::open(&path).unwrap().read().unwrap();
        assert_eq!(read, b"three\nfour\n");
    }
}
