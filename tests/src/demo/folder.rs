//! The folder that a demo leaves behind.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What a demo makes: nothing else in its folder is touched.
const PARTS: [&str; 5] = ["announcements", "hall", "logs", "pictures", "tickets"];

/// The file with counts and ids.
pub const SUMMARY: &str = "summary.json";

/// Pictures, tickets, announcements, logs, the hall's own files, and the summary.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Makes the folder anew: what an earlier demo left there is taken away.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn fresh(root: &Path) -> Result<Self> {
        let told = || format!("make {} anew", root.display());
        for part in PARTS {
            let path = root.join(part);
            if path.exists() {
                fs::remove_dir_all(&path).with_context(told)?;
            }
            fs::create_dir_all(&path).with_context(told)?;
        }
        let summary = root.join(SUMMARY);
        if summary.exists() {
            fs::remove_file(summary).with_context(told)?;
        }
        Ok(Self {
            root: root.canonicalize()?,
        })
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Every announcement of the wall: its sound, and a line in `announcements.jsonl`.
    #[must_use]
    pub fn announcements(&self) -> PathBuf {
        self.root.join("announcements")
    }

    /// What the hall keeps.
    #[must_use]
    pub fn hall(&self) -> PathBuf {
        self.root.join("hall")
    }

    /// What each program printed.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Every screen at every step.
    #[must_use]
    pub fn pictures(&self) -> PathBuf {
        self.root.join("pictures")
    }

    /// Every ticket, as bytes and as a picture.
    #[must_use]
    pub fn tickets(&self) -> PathBuf {
        self.root.join("tickets")
    }

    /// Counts and ids.
    #[must_use]
    pub fn summary(&self) -> PathBuf {
        self.root.join(SUMMARY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_folder_keeps_what_is_not_a_demos() {
        let root = tempfile::tempdir().unwrap();
        let old = Folder::fresh(root.path()).unwrap();
        fs::write(old.tickets().join("A001.bin"), "old").unwrap();
        fs::write(old.summary(), "{}").unwrap();
        fs::write(root.path().join("letter.txt"), "mine").unwrap();
        let new = Folder::fresh(root.path()).unwrap();
        assert!(!new.tickets().join("A001.bin").exists());
        assert!(!new.summary().exists());
        assert!(root.path().join("letter.txt").exists());
    }
}
