//! The kiosk's settings: a TOML file, and over it the command line.

use std::path::PathBuf;

use client::{Options, SettingsError, Station, read_settings};
use serde::Deserialize;
use ticket::{Completion, Method, PrinterSettings, Profile, ProfileError};

use crate::event::Looks;
use crate::mock::Show;
use crate::screen::ScreenSettings;

/// The command line. An option goes before the settings file.
#[derive(Clone, Debug, Default, clap::Parser)]
#[command(name = "kiosk", version, about = "The touch kiosk that prints tickets")]
pub struct Args {
    /// What every program of the hall understands.
    #[command(flatten)]
    pub options: Options,
    /// The printer, such as 192.168.1.20:9100, usb:04b8:0e15, /dev/usb/lp0 or serial:/dev/ttyS0@115200
    #[arg(long, value_name = "ADDRESS")]
    pub printer: Option<String>,
    /// The printer's model: generic-80, or another profile by its name or file
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Where the print jobs are kept, so that a stop loses none
    #[arg(long, value_name = "FILE")]
    pub jobs: Option<PathBuf>,
    /// Whose letters are printed: native (the printer's own Chinese font) or raster
    #[arg(long, value_name = "METHOD")]
    pub print: Option<Letters>,
    /// Length of the longer side of the screen, in millimetres
    #[arg(long, value_name = "MM")]
    pub screen_mm: Option<f32>,
    /// From the customer's eye to the screen, in millimetres
    #[arg(long, value_name = "MM")]
    pub distance_mm: Option<f32>,
    /// Without a hall: numbers are made up and valid nowhere
    #[arg(long, value_name = "HALL", num_args = 0..=1, require_equals = true, default_missing_value = "plain")]
    pub mock: Option<Show>,
}

/// What the settings file holds. Everything has a default.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the kiosk stands: hall, name, language, colours.
    pub station: Station,
    /// The printer.
    pub printer: PrinterPart,
    /// The screen.
    pub screen: ScreenSettings,
}

/// The printer. Without an address numbers are only shown. What its model tells (width and resolution of the
/// head, font, cut, completion) need not be said again; what is said here goes before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrinterPart {
    /// `HOST:9100`, `usb:04b8:0e15`, `/dev/usb/lp0`, `serial:/dev/ttyS0@115200` or `file:/tmp/tickets.bin`.
    pub address: Option<String>,
    /// Its model, by the name of a profile or by a file of that form; absent: `generic-80`.
    pub profile: Option<String>,
    /// Where the print jobs are kept; absent: in the user's state folder, under the device's name.
    pub jobs: Option<PathBuf>,
    /// Whose letters are printed; absent: the printer's own, where it has Chinese ones.
    pub letters: Option<Letters>,
    /// The font file for `raster`; absent: Noto Sans CJK where systems keep it.
    pub font: Option<PathBuf>,
    /// Width of the roll; absent: as the model has it.
    pub paper: Option<PaperWidth>,
    /// How the printer tells that a ticket is done; absent: as the model does.
    pub completion: Option<CompletionPart>,
}

/// Whose letters are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Letters {
    /// The printer's own Chinese font.
    Native,
    /// Ours, as an image: for printers without a Chinese font, over USB and network only.
    Raster,
}

/// Width of the roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum PaperWidth {
    /// 80 mm, 576 dots.
    #[serde(rename = "80mm")]
    Wide,
    /// 58 mm, 384 dots.
    #[serde(rename = "58mm")]
    Narrow,
}

/// How the printer tells that a ticket is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompletionPart {
    /// `GS ( H`: most printers of this century.
    ProcessId,
    /// `GS r 1`, for those without.
    PaperSensor,
    /// It answers nothing: what was handed over counts as printed, for nobody can know more.
    Nothing,
}

impl Args {
    /// The settings file with the options over it.
    ///
    /// # Errors
    /// When the file cannot be read or has a mistake; the message says where and what to write.
    pub fn settings(&self) -> Result<Settings, SettingsError> {
        let mut settings: Settings = read_settings(self.options.settings.as_deref())?;
        self.options.over(&mut settings.station);
        let printer = &mut settings.printer;
        printer.address = self.printer.clone().or(printer.address.take());
        printer.jobs = self.jobs.clone().or(printer.jobs.take());
        printer.profile = self.profile.clone().or(printer.profile.take());
        printer.letters = self.print.or(printer.letters);
        let screen = &mut settings.screen;
        screen.long_side_mm = self.screen_mm.unwrap_or(screen.long_side_mm);
        screen.distance_mm = self.distance_mm.unwrap_or(screen.distance_mm);
        Ok(settings)
    }
}

impl Settings {
    /// What the start page looks like.
    #[must_use]
    pub fn looks(&self) -> Looks {
        Looks {
            language: self.station.language,
            theme: self.station.theme,
            large_text: false,
        }
    }

    /// The file of the print jobs.
    #[must_use]
    pub fn jobs_file(&self) -> PathBuf {
        let device = self.station.device.as_deref().unwrap_or("kiosk-1");
        // Beside the program where a user has no folder of their own.
        let folder = || client::state_folder().unwrap_or_default();
        let usual = || folder().join(format!("{device}.jobs"));
        self.printer.jobs.clone().unwrap_or_else(usual)
    }

    /// The file of the requests for numbers, beside that of the print jobs.
    #[must_use]
    pub fn orders_file(&self) -> PathBuf {
        self.jobs_file().with_extension("orders")
    }
}

impl PrinterPart {
    /// What the printer's thread needs. `None`: there is no printer.
    ///
    /// # Errors
    /// When there is no such profile, or it has a mistake; the message names those that there are.
    pub fn printer(&self) -> Result<Option<PrinterSettings>, ProfileError> {
        let Some(address) = self.address.clone() else {
            return Ok(None);
        };
        let profile = Profile::named(self.profile.as_deref().unwrap_or(USUAL_PROFILE))?;
        let model = PrinterSettings::of_model(address, &profile);
        Ok(Some(PrinterSettings {
            dots: self.paper.map_or(model.dots, PaperWidth::dots),
            method: self.letters.map_or(model.method, Letters::method),
            completion: self
                .completion
                .map_or(model.completion, CompletionPart::completion),
            font: self.font.clone(),
            ..model
        }))
    }
}

/// What most printers that are sold for halls are like.
const USUAL_PROFILE: &str = "generic-80";

impl PaperWidth {
    fn dots(self) -> u32 {
        match self {
            Self::Wide => 576,
            Self::Narrow => 384,
        }
    }
}

impl Letters {
    fn method(self) -> Method {
        match self {
            Self::Native => Method::Native,
            Self::Raster => Method::Raster,
        }
    }
}

impl CompletionPart {
    fn completion(self) -> Completion {
        match self {
            Self::ProcessId => Completion::ProcessId,
            Self::PaperSensor => Completion::PaperSensor,
            Self::Nothing => Completion::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn settings(file: &str, options: &[&str]) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kiosk.toml");
        std::fs::write(&path, file).unwrap();
        let line = ["kiosk", "--settings", path.to_str().unwrap()];
        Args::parse_from(line.iter().chain(options)).settings()
    }

    #[test]
    fn a_file_is_read_and_an_option_goes_before_it() {
        let file = "
            [station]
            hall = 'ws://hall:7410'
            language = 'en'
            [printer]
            address = '10.0.0.9:9100'
            paper = '58mm'
            completion = 'paper-sensor'
            [screen]
            distance_mm = 710.0
        ";
        let read = settings(file, &["--print", "raster", "--screen-mm", "480"]).unwrap();
        let printer = read.printer.printer().unwrap().unwrap();
        assert_eq!(printer.address, "10.0.0.9:9100");
        assert_eq!((printer.dots, printer.method), (384, Method::Raster));
        assert_eq!(printer.completion, Completion::PaperSensor);
        assert_eq!(
            (read.screen.long_side_mm, read.screen.distance_mm),
            (480.0, 710.0)
        );
        assert_eq!(read.looks().language, client::Language::En);
    }

    #[test]
    fn without_an_address_there_is_no_printer() {
        let printer = |options: &[&str]| settings("", options).unwrap().printer.printer();
        assert_eq!(printer(&[]).unwrap(), None);
        let given = printer(&["--printer", "p:9100"]).unwrap().unwrap();
        assert_eq!((given.dots, given.method), (576, Method::Native));
    }

    #[test]
    fn a_model_says_what_need_not_be_said_and_what_is_said_goes_before_it() {
        let file =
            "[printer]\naddress = 'p:9100'\nprofile = 'epson-tm-t88v'\ncompletion = 'nothing'";
        let printer = settings(file, &[]).unwrap().printer.printer();
        let printer = printer.unwrap().unwrap();
        assert_eq!((printer.dots, printer.dpi), (512, 180));
        assert_eq!(printer.method, Method::Raster, "it has no Chinese font");
        assert_eq!(printer.completion, Completion::Nothing);
        let other = settings(file, &["--profile", "pyramid-reliance"]).unwrap();
        let other = other.printer.printer().unwrap().unwrap();
        assert!(other.end.ends_with(&[0x1d, 0x65, 3, 9]), "it presents");
    }

    #[test]
    fn an_unknown_model_names_those_that_there_are() {
        let given = settings("", &["--printer", "p:9100", "--profile", "lp0"]).unwrap();
        let said = given.printer.printer().unwrap_err().to_string();
        assert!(
            said.contains("\"lp0\"") && said.contains("generic-58"),
            "{said}"
        );
    }

    #[test]
    fn the_print_jobs_have_a_file_of_their_own() {
        let given = settings("", &["--jobs", "/var/lib/paihao/jobs"]).unwrap();
        assert_eq!(given.jobs_file(), PathBuf::from("/var/lib/paihao/jobs"));
        let usual = settings("", &["--device", "kiosk-7"]).unwrap();
        assert!(usual.jobs_file().ends_with("paihao/kiosk-7.jobs"));
    }

    #[test]
    fn a_made_up_hall_is_plain_unless_said_otherwise() {
        let mock = |options: &[&str]| Args::parse_from(["kiosk"].iter().chain(options)).mock;
        assert_eq!(mock(&[]), None);
        assert_eq!(mock(&["--mock"]), Some(Show::Plain));
        assert_eq!(mock(&["--mock=full"]), Some(Show::Full));
    }

    #[test]
    fn a_mistake_says_where_and_what_to_write() {
        let mistake = settings("[printer]\npaper = '90mm'", &[])
            .unwrap_err()
            .to_string();
        assert!(
            mistake.contains("kiosk.toml:2:9") && mistake.contains("80mm"),
            "{mistake}"
        );
    }
}
