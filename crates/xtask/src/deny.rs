//! cargo-deny: licences, banned and doubled crates, where they come from, and their known holes.

use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Newest version that was tried with deny.toml.
const VERSION: &str = "0.20.2";

/// Building it takes one to three minutes on two cores. Past this it is given up, so that the
/// whole test stays within its hour.
const INSTALL_LIMIT: Duration = Duration::from_secs(10 * 60);

/// The program, installed into target/tools if it is not on the machine yet.
pub fn program() -> Result<PathBuf> {
    if Command::new("cargo-deny").arg("--version").output().is_ok() {
        return Ok(PathBuf::from("cargo-deny"));
    }
    let tools = workspace::output("tools");
    let program = tools.join("bin/cargo-deny");
    if !program.is_file() {
        let mut install = workspace::cargo(["install", "cargo-deny", "--locked", "--debug"]);
        install
            .args(["--version", VERSION])
            .arg("--root")
            .arg(&tools);
        let child = install.spawn().context("cargo could not be started")?;
        within(INSTALL_LIMIT, child).context("cargo-deny cannot be installed here")?;
    }
    Ok(program)
}

/// Checks the workspace. Known holes are another command's: their list needs the open Internet, and
/// a hole that was found yesterday is no fault of today's change.
pub fn check(program: PathBuf) -> Result<()> {
    deny(program, &["licenses", "bans", "sources"])
}

/// Compares the workspace with the list of known holes (RustSec), as it is today.
pub fn advisories() -> Result<()> {
    deny(program()?, &["advisories"])
}

fn deny(program: PathBuf, checks: &[&str]) -> Result<()> {
    let mut deny = Command::new(program);
    deny.current_dir(workspace::root())
        .args(["--workspace", "check"])
        .args(checks);
    workspace::run(&mut deny)
}

/// Waits for a child, and ends it when its time is over.
fn within(limit: Duration, mut child: Child) -> Result<()> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            if status.success() {
                return Ok(());
            }
            bail!("it ended with {status}");
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            bail!("it was not ready after {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(200));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Child {
        Command::new("/bin/sh")
            .args(["-c", script])
            .spawn()
            .unwrap()
    }

    #[test]
    fn a_child_that_takes_too_long_is_ended() {
        let error = within(Duration::ZERO, shell("exec sleep 600")).unwrap_err();
        assert_eq!(error.to_string(), "it was not ready after 0 s");
    }

    #[test]
    fn the_end_of_a_child_is_its_result() {
        assert!(within(Duration::from_secs(60), shell("exit 0")).is_ok());
        assert!(within(Duration::from_secs(60), shell("exit 4")).is_err());
    }
}
