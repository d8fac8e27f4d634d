//! The programs of a hall, started as a customer of Paihao would start them.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use link::Address;
use protocol::Role;

use super::process::{Process, programs_folder, wait_for};
use super::{Folder, Watcher};
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
    /// free port; waits until the hall answers.
    ///
    /// # Errors
    /// If a program was not built or does not come up.
    pub fn start(folder: &Folder) -> Result<Self> {
        let bin = programs_folder()?;
        let hall = Address::new(Ipv4Addr::LOCALHOST.to_string(), free_port()?);
        let mut serve = Command::new(bin.join("hall"));
        serve
            .arg("serve")
            .arg(default_hall())
            .arg("--data")
            .arg(folder.hall())
            .arg("--listen")
            .arg(format!("{}:{}", hall.host(), hall.port()));
        let mut daemon = Process::start("hall", &mut serve, &folder.logs())?;
        let mut watcher = Watcher::new(hall.clone(), Role::Wall, "demo-start")?;
        wait_for("the hall to answer", HALL_LIMIT, || {
            daemon.still_runs()?;
            Ok(watcher.look()?.map(drop))
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

fn default_hall() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/hall.toml")
}

/// A port that nobody has at the moment. Whoever takes it before us makes the hall say so.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
