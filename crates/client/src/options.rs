use std::path::PathBuf;

use link::Address;

use crate::{Code, Geometry, Language, Station, Theme};

/// The command line that every program has: `#[command(flatten)]` it. An option goes before the
/// settings file.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Settings file (TOML). Without one every setting has its default
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// The hall, such as wss://192.168.1.10:7410
    #[arg(long, value_name = "ADDRESS")]
    pub hall: Option<Address>,
    /// This device's name in the hall, such as kiosk-1
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Language of the screen: zh or en
    #[arg(long)]
    pub language: Option<Language>,
    /// Colours: light or high-contrast
    #[arg(long)]
    pub theme: Option<Theme>,
    /// A window in place of the whole screen, in pixels, such as 1080x1920+0+0
    #[arg(long, value_name = "SIZE")]
    pub window: Option<Geometry>,
    /// Pair this device with the hall, once, by the code that `hall pair` shows there. `-` reads the code from
    /// the standard input, so that it stands in no list of processes
    #[arg(long, value_name = "CODE")]
    pub pair: Option<Code>,
    /// Where the pairing is kept. Without it: in the user's state folder, under the device's name
    #[arg(long, value_name = "FILE")]
    pub paired: Option<PathBuf>,
    /// Keep the log in this file too
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

impl Options {
    /// Puts the options that were given over the settings.
    pub fn over(&self, station: &mut Station) {
        fn put<T: Clone>(option: &Option<T>, setting: &mut T) {
            if let Some(value) = option {
                *setting = value.clone();
            }
        }
        put(&self.hall, &mut station.hall);
        put(&self.language, &mut station.language);
        put(&self.theme, &mut station.theme);
        station.device = self.device.clone().or(station.device.take());
        station.window = self.window.or(station.window);
        station.log = self.log.clone().or(station.log.take());
        station.paired = self.paired.clone().or(station.paired.take());
        station.pair = self.pair.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn an_option_goes_before_the_settings() {
        let line = ["program", "--hall", "ws://hall", "--window", "5x6"];
        let mut station = Station {
            language: Language::En,
            device: Some("kiosk-7".into()),
            ..Station::default()
        };
        Program::parse_from(line).options.over(&mut station);
        assert_eq!(station.hall, Address::new("hall", protocol::DEFAULT_PORT));
        assert_eq!(station.window, "5x6".parse().ok());
        assert_eq!(station.language, Language::En);
        assert_eq!(station.device.as_deref(), Some("kiosk-7"));
    }

    #[test]
    fn a_mistake_on_the_command_line_says_what_to_write() {
        for (option, value, part) in [
            ("--hall", "http://hall", "wss://HOST:PORT"),
            ("--language", "fr", "write zh or en"),
            ("--theme", "dark", "write light or high-contrast"),
        ] {
            let error = Program::try_parse_from(["program", option, value]).err();
            let message = error.expect("a mistake").to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}
