//! Programs of others that run on Node.js, from the folder `tests/npm`.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

/// Runs a script of `tests/npm` and gives what it wrote to standard output.
pub fn run(script: &str, argument: impl AsRef<OsStr>) -> anyhow::Result<String> {
    install()?;
    let output = Command::new("node")
        .arg(folder().join(script))
        .arg(argument)
        .output()
        .context("node does not start; install Node.js 20 or newer (Debian: nodejs npm)")?;
    ensure!(
        output.status.success(),
        "{script} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// Fetches what the lock file names, once: every test is a process of its own, and the first one
/// holds the lock while the others wait.
fn install() -> anyhow::Result<()> {
    let folder = folder();
    let lock = File::open(folder.join("package.json"))?;
    lock.lock()?;
    // npm writes this file last.
    if folder.join("node_modules/.package-lock.json").is_file() {
        return Ok(());
    }
    let npm = Command::new("npm").arg("ci").current_dir(&folder).output();
    let output = npm.context("npm does not start; install it (Debian: nodejs npm)")?;
    if !output.status.success() {
        bail!(
            "npm ci failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("npm")
}
