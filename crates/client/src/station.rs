use std::path::PathBuf;
use std::str::FromStr;

use link::Address;
use protocol::Role;
use serde::{Deserialize, Deserializer};

use crate::paired::{self, Code, PairingError};
use crate::{Geometry, Language, state_folder};

/// Where a program stands: its hall, its name, its screen. The table `[station]` of every
/// program's settings; each entry has a default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Station {
    /// The hall, `ws://HOST:PORT`.
    #[serde(deserialize_with = "from_text")]
    pub hall: Address,
    /// The device's name in the hall. Absent: the program's own name and `-1`.
    pub device: Option<String>,
    /// The language of the screen, or the one it starts in.
    pub language: Language,
    /// The colours.
    pub theme: Theme,
    /// A window in place of the whole screen, `1080x1920+0+0` in pixels.
    #[serde(deserialize_with = "from_optional_text")]
    pub window: Option<Geometry>,
    /// Where the log is kept besides the error output.
    pub log: Option<PathBuf>,
    /// Where the pairing with the hall is kept; absent: in the user's state folder, under the device's name.
    pub paired: Option<PathBuf>,
    /// The code by which the device is to be paired now: from the command line alone, for it works once.
    #[serde(skip)]
    pub pair: Option<Code>,
}

/// The colours of a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// The most contrast that the screen can show.
    HighContrast,
}

impl FromStr for Theme {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "light" => Ok(Self::Light),
            "high-contrast" => Ok(Self::HighContrast),
            _ => Err(format!(
                "`{text}` is no theme: write light or high-contrast"
            )),
        }
    }
}

impl Station {
    /// What the link needs, with what the pairing left. If a code was given, the device is paired first, which
    /// takes a moment. `program` and `version` are the program's own.
    ///
    /// # Errors
    /// If the pairing failed, or the one that was kept cannot be read.
    pub fn link_settings(
        &self,
        role: Role,
        program: &str,
        version: &str,
    ) -> Result<link::Settings, PairingError> {
        let usual = || format!("{program}-1");
        let mut settings = link::Settings {
            address: self.hall.clone(),
            role,
            device: self.device.clone().unwrap_or_else(usual),
            app: format!("{program} {version}"),
            paired: None,
        };
        let file = self.paired_file(&settings.device);
        settings.paired = match &self.pair {
            Some(code) => Some(paired::pair(&settings, &code.read()?, &file)?),
            None => paired::read(&file)?,
        };
        Ok(settings)
    }

    fn paired_file(&self, device: &str) -> PathBuf {
        let usual = || {
            let folder = state_folder().unwrap_or_default();
            folder.join(format!("{device}.paired.toml"))
        };
        self.paired.clone().unwrap_or_else(usual)
    }
}

fn from_text<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: std::fmt::Display>,
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

fn from_optional_text<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: std::fmt::Display>,
    D: Deserializer<'de>,
{
    from_text(deserializer).map(Some)
}
