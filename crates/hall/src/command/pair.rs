//! Devices: let one in, look at all, shut one out.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use hall::admin::{Answer, Ask, DeviceShown, call};
use hall::wording;
use jiff::tz::TimeZone;
use protocol::Role;

/// Where the running hall is found.
#[derive(Debug, Args)]
pub(super) struct RunningHall {
    /// The folder in which the running hall keeps its memory
    #[arg(long, default_value = "paihao-data")]
    data: PathBuf,
}

impl RunningHall {
    pub(super) fn ask(&self, ask: &Ask) -> anyhow::Result<Answer> {
        Ok(call(&self.data, ask)?)
    }
}

/// Print a code with which a device is let in.
#[derive(Debug, Args)]
pub(super) struct Pair {
    /// The device's name, such as kiosk-1
    name: String,
    /// What the device is
    #[arg(long)]
    role: DeviceRole,
    /// The counter at which it stands, for which alone it may act
    #[arg(long)]
    counter: Option<u16>,
    #[command(flatten)]
    hall: RunningHall,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DeviceRole {
    Kiosk,
    Counter,
    Wall,
    Guide,
    Supervisor,
}

impl DeviceRole {
    fn role(self) -> (Role, &'static str) {
        match self {
            Self::Kiosk => (Role::Kiosk, "kiosk"),
            Self::Counter => (Role::Counter, "counter"),
            Self::Wall => (Role::Wall, "display"),
            Self::Guide => (Role::Guide, "counter"),
            Self::Supervisor => (Role::Supervisor, "counter"),
        }
    }
}

impl Pair {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (role, program) = self.role.role();
        let answer = self.hall.ask(&Ask::Pair {
            device: self.name.clone(),
            role,
            counter: self.counter,
        })?;
        let Answer::Code { code, minutes } = answer else {
            return super::unexpected();
        };
        let (code, name) = (code.reveal(), &self.name);
        super::answer(&format!(
            "{code}\n\nWithin {minutes} minutes start {program} --pair - on {name}, and type it there.\nIt works once.\n"
        ))
    }
}

/// List the devices that the hall lets in.
#[derive(Debug, Args)]
pub(super) struct Devices {
    #[command(flatten)]
    hall: RunningHall,
}

impl Devices {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Answer::Devices { devices } = self.hall.ask(&Ask::Devices {})? else {
            return super::unexpected();
        };
        if devices.is_empty() {
            return super::answer(
                "No device is paired. hall pair NAME --role ROLE prints a code for one.\n",
            );
        }
        super::answer(&devices.iter().map(line).collect::<String>())
    }
}

fn line(device: &DeviceShown) -> String {
    let DeviceShown {
        name,
        role,
        counter,
        paired_wall_ms,
        address,
        person,
    } = device;
    let place = counter.map(|number| format!(" of counter {number}"));
    let now = match address {
        Some(address) => format!("connected from {}", address.to_canonical()),
        None => "not connected".to_owned(),
    };
    let person = person.as_ref().map(|person| format!(", held by {person}"));
    format!(
        "{name}: {role}{}, paired {}, {now}{}\n",
        place.unwrap_or_default(),
        wording::date_and_time(&TimeZone::system(), *paired_wall_ms),
        person.unwrap_or_default()
    )
}

/// Let a device in no more, from this moment on.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The device's name
    name: String,
    #[command(flatten)]
    hall: RunningHall,
}

impl Revoke {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let device = self.name.clone();
        self.hall.ask(&Ask::Revoke { device })?;
        super::answer(&format!(
            "{} is shut out. hall pair lets it in again.\n",
            self.name
        ))
    }
}
