//! Which Debian and Ubuntu packages a command needs, which of them are missing, and their installation.
//!
//! The names hold for Debian 12 and Ubuntu 24.04. Building needs none of them: only running does.

use std::collections::BTreeSet;
use std::env;
use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A package, and why a command needs it.
pub struct Package {
    name: &'static str,
    why: &'static str,
    /// A program that serves as well if it is there, however it came onto the machine.
    program: Option<&'static str>,
}

/// What a window needs to open on an X display, and to draw Chinese.
pub const WINDOWS: &[Package] = &[
    library("libfontconfig1", "finds fonts"),
    library("fonts-noto-cjk", "Chinese letters on screens and tickets"),
    library("libx11-6", "opens windows"),
    library("libx11-xcb1", "opens windows"),
    library("libxcursor1", "mouse pointer"),
    library("libxi6", "touches and clicks"),
    library("libxkbcommon-x11-0", "keyboard"),
];

/// What the wall speaks with.
pub const SOUND: &[Package] = &[
    program("alsa-utils", "plays chime and voice", "aplay"),
    program("espeak-ng", "speaks Mandarin and English", "espeak-ng"),
];

/// A display that exists in memory alone, with a touch screen, and the bus over which a screen
/// reader would see its windows.
pub const VIRTUAL_DISPLAY: &[Package] = &[
    library("xserver-xorg-core", "virtual display with a touch screen"),
    library("xserver-xorg-video-dummy", "virtual display without a card"),
    program(
        "dbus-daemon",
        "finds buttons as a screen reader does",
        "dbus-daemon",
    ),
];

/// What the tests that check us with programs by others need.
pub const FOREIGN_CHECKS: &[Package] = &[
    program("nodejs", "runs printer clients by others", "node"),
    program("npm", "fetches printer clients by others", "npm"),
];

const fn library(name: &'static str, why: &'static str) -> Package {
    Package {
        name,
        why,
        program: None,
    }
}

const fn program(name: &'static str, why: &'static str, program: &'static str) -> Package {
    Package {
        name,
        why,
        program: Some(program),
    }
}

/// Makes sure that the packages are there. What is missing is named with its reason, then
/// installed: after a question on a terminal, without one when `yes` is set or in CI. With
/// neither, nothing is changed and the error says what to type.
pub fn ensure(groups: &[&[Package]], yes: bool) -> Result<()> {
    let Some(installed) = installed(groups)? else {
        println!("This is no Debian or Ubuntu: the packages that are needed are not looked for.");
        return Ok(());
    };
    let missing: Vec<&Package> = groups
        .iter()
        .flat_map(|group| group.iter())
        .filter(|package| !package.is_there(&installed))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("These packages are missing:");
    for package in &missing {
        println!("  {:26} {}", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    allowed(&names, yes)?;
    install(&names)
}

impl Package {
    fn is_there(&self, installed: &BTreeSet<String>) -> bool {
        installed.contains(self.name) || self.program.is_some_and(on_path)
    }
}

/// The names among these packages that dpkg holds for installed. `None` where there is no dpkg.
fn installed(groups: &[&[Package]]) -> Result<Option<BTreeSet<String>>> {
    let names = groups
        .iter()
        .flat_map(|group| group.iter())
        .map(|package| package.name);
    let answer = Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status} ${Package}\\n"])
        .args(names)
        .stderr(Stdio::null())
        .output();
    match answer {
        // An exit code other than zero only says that it does not know some of the names.
        Ok(output) => Ok(Some(names_of_installed(&String::from_utf8_lossy(
            &output.stdout,
        )))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("dpkg-query could not be started"),
    }
}

/// Reads lines of status and name. A package of which only the settings are left does not count.
fn names_of_installed(answer: &str) -> BTreeSet<String> {
    answer
        .lines()
        .filter_map(|line| line.strip_prefix("installed "))
        .map(str::to_owned)
        .collect()
}

fn on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether the packages may be installed: said beforehand, asked now, or an error that says what to type.
fn allowed(names: &[&str], yes: bool) -> Result<()> {
    if yes || env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false") {
        return Ok(());
    }
    let by_hand = format!("sudo apt-get install {}", names.join(" "));
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        bail!("packages are missing. Install them, or give --yes to have it done:\n  {by_hand}");
    }
    print!("Install them now with apt-get? [Y/n] ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim() {
        "" | "y" | "Y" | "yes" => Ok(()),
        _ => bail!("nothing was installed. To do it by hand:\n  {by_hand}"),
    }
}

fn install(names: &[&str]) -> Result<()> {
    // A fresh machine or container has no lists, and with old lists a download can fail.
    workspace::run(apt_get()?.arg("update").arg("--quiet"))?;
    workspace::run(
        apt_get()?
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(names),
    )
    .with_context(|| {
        format!(
            "the packages could not be installed. By hand:\n  sudo apt-get install {}",
            names.join(" ")
        )
    })
}

/// apt-get with the rights that it needs and without questions of its own.
fn apt_get() -> Result<Command> {
    let is_root = std::fs::metadata("/proc/self")?.uid() == 0;
    let mut command = if is_root {
        Command::new("env")
    } else if on_path("sudo") {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    } else {
        bail!("installing packages needs root or sudo, and neither is here");
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wholly_installed_counts() {
        let names =
            names_of_installed("installed libxi6\nconfig-files espeak-ng\nnot-installed npm\n");
        assert_eq!(names, BTreeSet::from(["libxi6".to_owned()]));
    }

    #[test]
    fn a_program_from_elsewhere_stands_in_for_its_package() {
        let none = BTreeSet::new();
        assert!(program("no-such-package", "", "sh").is_there(&none));
        assert!(!program("no-such-package", "", "no-such-program").is_there(&none));
        assert!(!library("no-such-package", "").is_there(&none));
    }

    #[test]
    fn every_package_stands_once_and_says_why() {
        let mut seen = BTreeSet::new();
        for package in [WINDOWS, SOUND, VIRTUAL_DISPLAY, FOREIGN_CHECKS]
            .into_iter()
            .flatten()
        {
            assert!(seen.insert(package.name), "{} stands twice", package.name);
            assert!(!package.why.is_empty());
        }
    }
}
