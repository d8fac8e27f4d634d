//! The studio: an announcement becomes one WAV file, chime first, then each language.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use client::Language;

use crate::announcer::{Announcement, Produced};
use crate::chime::chime;
use crate::phrase::Phrase;
use crate::voice::Voice;
use crate::wav::{self, samples_in};

const AFTER_CHIME_MS: u64 = 120;
const BETWEEN_LANGUAGES_MS: u64 = 450;
/// Some devices swallow the end of what they play.
const TAIL_MS: u64 = 200;

/// Files that are left in a folder that nobody reads.
const KEPT_UNASKED: u64 = 16;

/// Where announcements become sound.
#[derive(Clone, Debug)]
pub struct Studio {
    /// Who speaks.
    pub voice: Voice,
    /// What is spoken, in this order.
    pub languages: Vec<Language>,
    /// Where the files go.
    pub folder: PathBuf,
    /// Whether all of them are kept.
    pub keep_all: bool,
}

impl Studio {
    /// Makes the file of an announcement. A language that cannot be said is left out and told.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn produce(&self, announcement: &Announcement) -> io::Result<Produced> {
        fs::create_dir_all(&self.folder)?;
        let mut sound = chime(announcement.length);
        let mut missing = Vec::new();
        let mut voiced = false;
        for &language in &self.languages {
            let phrase = phrase_of(announcement, language);
            match self.voice.say(&phrase, &self.folder) {
                Ok(speech) => {
                    let gap = if voiced {
                        BETWEEN_LANGUAGES_MS
                    } else {
                        AFTER_CHIME_MS
                    };
                    sound.resize(sound.len() + samples_in(gap), 0);
                    sound.extend(speech);
                    voiced = true;
                }
                Err(mute) => missing.push(format!("{}: {mute}", language)),
            }
        }
        sound.resize(sound.len() + samples_in(TAIL_MS), 0);
        wav::write(&self.file_of(announcement.id), &sound)?;
        Ok(Produced {
            duration_ms: wav::duration_ms(sound.len()),
            voiced,
            missing: (!missing.is_empty()).then(|| missing.join("; ")),
        })
    }

    /// The file of an announcement.
    #[must_use]
    pub fn file_of(&self, id: u64) -> PathBuf {
        let number = if self.keep_all { id } else { id % KEPT_UNASKED };
        self.folder.join(wav_name(number))
    }

    /// A file in the same folder for what a player complains about.
    #[must_use]
    pub fn complaints(&self) -> PathBuf {
        Path::new(&self.folder).join("player.log")
    }
}

/// The file name of the announcement with this id.
#[must_use]
pub fn wav_name(id: u64) -> String {
    format!("{id:04}.wav")
}

/// What an announcement says in a language.
#[must_use]
pub fn phrase_of(announcement: &Announcement, language: Language) -> Phrase {
    let call = &announcement.call;
    Phrase::of_call(language, announcement.length, &call.number, call.counter)
}
