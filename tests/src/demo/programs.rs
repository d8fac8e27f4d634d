//! The programs of a hall, started as a customer of Paihao would start them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use link::Address;

use super::Folder;
use super::process::{Process, programs_folder, wait_for};
use crate::printer::PrinterSimulator;

/// How long the hall may take until it answers.
const HALL_LIMIT: Duration = Duration::from_secs(30);

/// The hall, its printer, and how to start what connects to them.
pub struct Programs {
    /// Where the hall listens.
    pub hall: Address,
    /// The printer beside the kiosk.
    pub printer: PrinterSimulator,
    /// The daemon.
    pub daemon: Process,
    bin: PathBuf,
    state: PathBuf,
    logs: PathBuf,
    announcements: PathBuf,
}

impl Programs {
    /// Starts the hall with the default settings and an empty journal, and the printer, each on a
    /// free port.
    ///
    /// # Errors
    /// If a program was not built or does not come up.
    pub fn start(folder: &Folder) -> Result<Self> {
        let bin = programs_folder()?;
        let mut serve = Command::new(bin.join("hall"));
        serve
            .args([
                "serve",
                "--trial",
                "--listen",
                "127.0.0.1:0",
                "--print-address",
                "--data",
            ])
            .arg(folder.hall());
        let mut daemon = Process::start("hall", &mut serve, &folder.logs())?;
        let hall = wait_for("the hall to say where it listens", HALL_LIMIT, || {
            daemon.still_runs()?;
            address_in(&daemon.printed()?)
        })?;
        Ok(Self {
            hall,
            printer: PrinterSimulator::start().context("start the printer simulator")?,
            daemon,
            bin,
            state: folder.hall(),
            logs: folder.logs(),
            announcements: folder.announcements(),
        })
    }

    /// The kiosk's command line, with the printer beside it.
    #[must_use]
    pub fn kiosk(&self) -> Command {
        let mut kiosk = self.program("kiosk", "kiosk-1");
        kiosk.args(["--printer", &self.printer.address()]);
        kiosk.arg("--jobs").arg(self.state.join("kiosk-1.jobs"));
        kiosk
    }

    /// A counter's command line: the clerk finds counter and name filled in.
    #[must_use]
    pub fn counter(&self, number: u16, clerk: &str) -> Command {
        let name = format!("counter-{number}");
        let mut counter = self.program("counter", &name);
        counter
            .args(["--counter", &number.to_string(), "--clerk", clerk])
            .arg("--memory")
            .arg(self.state.join(format!("{name}.toml")));
        counter
    }

    /// The wall's command line; what it says is kept.
    #[must_use]
    pub fn wall(&self) -> Command {
        let mut wall = self.program("display", "wall-1");
        wall.arg("--announcements").arg(&self.announcements);
        wall
    }

    /// Starts one of these.
    ///
    /// # Errors
    /// If it was not built.
    pub fn launch(&self, name: &str, command: &mut Command) -> Result<Process> {
        Process::start(name, command, &self.logs)
    }

    fn program(&self, program: &str, device: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command
            .arg("--hall")
            .arg(format!("ws://{}:{}", self.hall.host(), self.hall.port()))
            .args(["--device", device]);
        command
    }
}

/// A sound card for those who must not be heard: what is played goes nowhere.
///
/// # Errors
/// If its settings cannot be written.
pub fn mute(command: &mut Command, folder: &Folder) -> Result<()> {
    let settings = folder.hall().join("silence.conf");
    fs::write(
        &settings,
        "pcm.default { type null }\nctl.default { type null }\n",
    )?;
    command.env("ALSA_CONFIG_PATH", settings);
    Ok(())
}

/// The address on a whole line of its own.
fn address_in(printed: &str) -> Result<Option<Address>> {
    let whole = printed.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let line = whole.lines().find(|line| line.starts_with("ws://"));
    Ok(line.map(str::parse).transpose()?)
}
