//! The record of announcements: a line of JSON for each, beside its sound, for whoever wants to
//! check what the wall said.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use client::Language;
use serde::{Deserialize, Serialize};

use crate::announcer::{Announcement, Verdict};
use crate::studio::{phrase_of, wav_name};

/// The name of the file in its folder.
pub const FILE_NAME: &str = "announcements.jsonl";

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Call id.
    pub call: u64,
    /// The number called.
    pub number: String,
    /// The counter.
    pub counter: u16,
    /// How often it was called again.
    pub recalls: u32,
    /// What is said in Mandarin, as written.
    pub text_zh: String,
    /// What is said in English, as written.
    pub text_en: String,
    /// The sound in the same folder, if one was made.
    pub wav: Option<String>,
    /// When it began to stand large on the wall, in milliseconds since 1970 by the hall's clock.
    pub shown_at_ms: i64,
    /// Whether the voice was heard to its end.
    pub spoken: bool,
    /// Why not, or what was missing.
    pub why: Option<String>,
}

/// The open record.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    file: File,
}

impl Recorder {
    /// Opens the record in a folder, which is made if need be. Lines are added at its end.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(FILE_NAME);
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self {
            folder: folder.to_owned(),
            file,
        })
    }

    /// The highest number of a sound that an earlier run left in the folder: ids go on behind it.
    #[must_use]
    pub fn last_id(&self) -> u64 {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        files
            .filter_map(|file| {
                file.file_name()
                    .to_str()?
                    .strip_suffix(".wav")?
                    .parse()
                    .ok()
            })
            .max()
            .unwrap_or(0)
    }

    /// Adds a line in one write.
    ///
    /// # Errors
    /// What the file system says.
    pub fn add(
        &mut self,
        announcement: &Announcement,
        verdict: &Verdict,
        shown_at_ms: i64,
    ) -> io::Result<()> {
        let wav = wav_name(announcement.id);
        let line = Line {
            call: announcement.call.call,
            number: announcement.call.number.clone(),
            counter: announcement.call.counter,
            recalls: announcement.call.recalls,
            text_zh: phrase_of(announcement, Language::Zh).written(),
            text_en: phrase_of(announcement, Language::En).written(),
            wav: self.folder.join(&wav).exists().then_some(wav),
            shown_at_ms,
            spoken: verdict.is_spoken(),
            why: verdict.why.clone(),
        };
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)
    }
}
