//! The wall's settings (TOML) and command line.

use std::path::PathBuf;

use client::{Language, Options, SettingsError, Station, read_settings};
use serde::Deserialize;

use crate::distance::Room;
use crate::player::Player;
use crate::studio::Studio;
use crate::voice::Voice;

/// The settings file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the wall stands; its language is the one that leads.
    pub station: Station,
    /// The screen and the room.
    pub room: RoomSettings,
    /// What is heard.
    pub sound: SoundSettings,
}

/// The table `[room]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoomSettings {
    /// Height of the screen's picture, in millimetres.
    pub screen_height_mm: f64,
    /// From the screen to the furthest seat, in metres.
    pub furthest_seat_m: f64,
}

impl Default for RoomSettings {
    fn default() -> Self {
        let room = Room::default();
        Self {
            screen_height_mm: room.screen_height_mm,
            furthest_seat_m: room.furthest_seat_m,
        }
    }
}

impl RoomSettings {
    /// The room, with nonsense such as a screen without height put right.
    #[must_use]
    pub fn room(&self) -> Room {
        let usual = Room::default();
        let or_usual = |value: f64, usual: f64| if value > 0.0 { value } else { usual };
        Room {
            screen_height_mm: or_usual(self.screen_height_mm, usual.screen_height_mm),
            furthest_seat_m: or_usual(self.furthest_seat_m, usual.furthest_seat_m),
        }
    }
}

/// The table `[sound]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SoundSettings {
    /// The languages of the voice, in the order in which they are spoken.
    pub languages: Vec<Language>,
    /// A folder with the hall's own recordings (`zh/*.wav`, `en/*.wav`).
    pub recordings: Option<PathBuf>,
    /// The synthesiser, for sentences that are not recorded.
    pub synthesiser: String,
    /// Words per minute of the synthesiser.
    pub speed: u16,
    /// The player and its options; the file comes behind them. Empty: no sound at all.
    pub player: Vec<String>,
    /// Where sounds are kept while they are needed. Absent: the user's cache folder.
    pub cache: Option<PathBuf>,
}

impl Default for SoundSettings {
    fn default() -> Self {
        Self {
            languages: Language::ALL.to_vec(),
            recordings: None,
            synthesiser: "espeak-ng".to_owned(),
            speed: 160,
            player: vec!["aplay".to_owned(), "-q".to_owned()],
            cache: None,
        }
    }
}

impl SoundSettings {
    /// Where announcements become sound. With `announcements` all sounds are kept there.
    #[must_use]
    pub fn studio(&self, announcements: Option<PathBuf>) -> Studio {
        let keep_all = announcements.is_some();
        let cache = || self.cache.clone().unwrap_or_else(cache_folder);
        Studio {
            voice: Voice {
                recordings: self.recordings.clone(),
                synthesiser: self.synthesiser.clone(),
                speed: self.speed,
            },
            languages: self.languages.clone(),
            folder: announcements.unwrap_or_else(cache),
            keep_all,
        }
    }

    /// How it is played.
    #[must_use]
    pub fn player(&self) -> Player {
        Player {
            command: self.player.clone(),
        }
    }
}

/// `paihao/display` in the user's cache folder (XDG Base Directory Specification).
fn cache_folder() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = set("XDG_CACHE_HOME").map(PathBuf::from);
    let in_home = || set("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let base = cache.or_else(in_home).unwrap_or_else(std::env::temp_dir);
    base.join("paihao").join("display")
}

/// The display on the wall of a Paihao hall: shows and speaks the calls
#[derive(Clone, Debug, Default, clap::Parser)]
#[command(version)]
pub struct Args {
    /// What every program has.
    #[command(flatten)]
    pub options: Options,
    /// Show a made-up hall, without connecting to one
    #[arg(long)]
    pub mock: bool,
    /// Keep every announcement in this folder: NNNN.wav and a line in announcements.jsonl
    #[arg(long, value_name = "DIR")]
    pub announcements: Option<PathBuf>,
    /// Height of the screen's picture, in millimetres
    #[arg(long, value_name = "MM")]
    pub screen_height_mm: Option<f64>,
    /// Distance to the furthest seat, in metres
    #[arg(long, value_name = "METRES")]
    pub furthest_seat_m: Option<f64>,
}

impl Args {
    /// The settings with these options put over them.
    ///
    /// # Errors
    /// When the settings file cannot be read or has a mistake.
    pub fn settings(&self) -> Result<Settings, SettingsError> {
        let mut settings: Settings = read_settings(self.options.settings.as_deref())?;
        self.options.over(&mut settings.station);
        let room = &mut settings.room;
        room.screen_height_mm = self.screen_height_mm.unwrap_or(room.screen_height_mm);
        room.furthest_seat_m = self.furthest_seat_m.unwrap_or(room.furthest_seat_m);
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn options_go_before_the_file_and_the_file_before_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("display.toml");
        let text = "[room]\nscreen_height_mm = 900\nfurthest_seat_m = 12\n[sound]\nlanguages = ['en']\nplayer = []\n";
        std::fs::write(&file, text).unwrap();
        let line = ["display", "--furthest-seat-m", "6", "--settings"];
        let line = line
            .into_iter()
            .map(Into::into)
            .chain([file.into_os_string()]);
        let settings = Args::parse_from(line).settings().unwrap();
        assert_eq!(settings.room.room().screen_height_mm, 900.0);
        assert_eq!(settings.room.room().furthest_seat_m, 6.0);
        assert_eq!(settings.sound.languages, [Language::En]);
        assert!(settings.sound.player().command.is_empty());
        assert_eq!(settings.sound.synthesiser, "espeak-ng");
    }

    #[test]
    fn a_screen_without_height_gets_the_usual_one() {
        let room = RoomSettings {
            screen_height_mm: 0.0,
            furthest_seat_m: f64::NAN,
        };
        assert_eq!(room.room(), Room::default());
    }
}
