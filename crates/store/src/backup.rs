//! A copy of the memory while the hall runs. Under its final name stands a whole copy or none.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use queue::Moment;

use crate::archive::Archive;
use crate::copy::{Copied, copy};
use crate::open::read_head;
use crate::schema;

/// A backup that was made and looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// Journal entries.
    pub entries: u64,
    /// Days.
    pub days: u64,
    /// Outcomes of requests.
    pub requests: u64,
    /// When the last entry was written.
    pub last: Option<Moment>,
    /// The size of the file.
    pub bytes: u64,
}

/// Why there is no new backup. Older ones are as they were.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// What is to be copied is damaged.
    #[error(
        "no backup was made, for the hall's memory is damaged: {0} Say hall audit verify to see all of it; the backups that there are stay."
    )]
    Damaged(String),
    /// Another backup is on its way to the same file.
    #[error("another backup is just being written to {}. Wait until it is done.", .0.display())]
    InProgress(PathBuf),
    /// It cannot be written, or is not what was written when it is read again.
    #[error("the backup {} cannot be written: {reason}. Free room there, mend its rights, or name another place with --to.", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl Archive {
    /// Copies the memory as it is now to a file, and reads the copy through before the file gets
    /// its name. A file of that name is replaced. The keys of the days stay behind.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn back_up(&self, file: &Path) -> Result<BackedUp, BackupError> {
        let not_written = |reason: String| {
            let path = file.to_owned();
            BackupError::NotWritten { path, reason }
        };
        let part = Part::claim(file).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => BackupError::InProgress(file.to_owned()),
            _ => not_written(error.to_string()),
        })?;
        let copied = self
            .copy_to(&part.path)
            .map_err(|error| not_written(error.to_string()))?;
        if let Some(why) = copied.why_not_whole() {
            return Err(BackupError::Damaged(why));
        }
        part.check(&copied).map_err(not_written)?;
        let bytes = part
            .finish(file)
            .map_err(|error| not_written(error.to_string()))?;
        Ok(BackedUp {
            entries: copied.head.seq,
            days: copied.days,
            requests: copied.requests,
            last: copied.last,
            bytes,
        })
    }

    fn copy_to(&self, part: &Path) -> rusqlite::Result<Copied> {
        let snapshot = self.connection().unchecked_transaction()?;
        let head = read_head(&snapshot)?;
        copy(&snapshot, (schema::KNOWN, head), part)
    }
}

impl Copied {
    fn why_not_whole(&self) -> Option<String> {
        if let Some(error) = &self.stopped {
            return Some(error.to_string());
        }
        if let Some(error) = &self.requests_stopped {
            return Some(format!("the outcomes of requests cannot be read: {error}."));
        }
        let lost = self.requests_lost;
        (lost > 0).then(|| format!("{lost} outcomes of requests are damaged."))
    }
}

/// A file on its way. What is not finished is taken away; what a killed program left behind is
/// written over by the next one.
pub(crate) struct Part {
    pub(crate) path: PathBuf,
    /// Locked, so that two programs do not write the same.
    file: File,
    finished: bool,
}

impl Part {
    /// The empty file beside `file` which is to become it.
    pub(crate) fn claim(file: &Path) -> io::Result<Self> {
        let path = with_suffix(file, ".part");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        file.try_lock().map_err(io::Error::from)?;
        file.set_len(0)?;
        let finished = false;
        Ok(Self {
            path,
            file,
            finished,
        })
    }

    /// Reads it through, and holds it against what was to be written.
    pub(crate) fn check(&self, copied: &Copied) -> Result<(), String> {
        let copy = Archive::open_file(&self.path).map_err(|error| error.to_string())?;
        let verdict = copy.verify(|_| {}).map_err(|error| error.to_string())?;
        let requests = verdict.requests + verdict.requests_unknown;
        if verdict.is_good() && (verdict.entries, requests) == (copied.head.seq, copied.requests) {
            return Ok(());
        }
        let why = verdict.bad.first().map(|bad| bad.what.as_str());
        Err(format!(
            "what was written is not what is read again ({}): the disk is not to be trusted",
            why.unwrap_or("there is less of it")
        ))
    }

    /// Gives it its name once it is on disk, and says its size.
    pub(crate) fn finish(mut self, file: &Path) -> io::Result<u64> {
        self.file.sync_all()?;
        let bytes = self.file.metadata()?.len();
        fs::rename(&self.path, file)?;
        self.finished = true;
        sync_folder(file)?;
        Ok(bytes)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            // It is written over the next time anyway.
            let _ = fs::remove_file(&self.path);
        }
    }
}

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
