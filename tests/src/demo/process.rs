//! Programs that the demo starts, owns and ends.

use std::env;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// How long a program may take to end after it was asked to.
const END_LIMIT: Duration = Duration::from_secs(5);

/// Between two looks at something that is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A program that ends with this value. What it prints goes to a file.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program. Its output goes to `<name>.log` in the folder.
    ///
    /// # Errors
    /// If it cannot be started or the folder cannot be written.
    pub fn start(name: &str, command: &mut Command, logs: &Path) -> Result<Self> {
        let log = logs.join(format!("{name}.log"));
        let output = File::create(&log).with_context(|| format!("write {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("start {}", command.get_program().display()))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log,
        })
    }

    /// The name it was started under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed so far.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub fn printed(&self) -> Result<String> {
        let mut text = String::new();
        let mut log = File::open(&self.log)?;
        log.rewind()?;
        log.read_to_string(&mut text)?;
        Ok(text)
    }

    /// An error with the end of its log, if it has ended by itself.
    ///
    /// # Errors
    /// If it is not running any more.
    pub fn still_runs(&mut self) -> Result<()> {
        let Some(status) = self.child.try_wait()? else {
            return Ok(());
        };
        bail!("{}", self.obituary(status))
    }

    /// Whether somebody closed it.
    ///
    /// # Errors
    /// If it ended with an error.
    pub fn was_closed(&mut self) -> Result<bool> {
        match self.child.try_wait()? {
            None => Ok(false),
            Some(status) if status.success() => Ok(true),
            Some(status) => bail!("{}", self.obituary(status)),
        }
    }

    /// Asks it to end, and ends it when it does not.
    ///
    /// # Errors
    /// If it had to be killed or could not be waited for.
    pub fn end(mut self) -> Result<()> {
        self.ask_to_end()?;
        ensure!(
            self.has_ended_within(END_LIMIT)?,
            "{} did not end within {} s of being asked to",
            self.name,
            END_LIMIT.as_secs()
        );
        Ok(())
    }

    /// Ends it at once, as a power cut does: SIGKILL.
    ///
    /// # Errors
    /// If it could not be waited for.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn ask_to_end(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_none() {
            terminate(self.child.id())?;
        }
        Ok(())
    }

    fn has_ended_within(&mut self, limit: Duration) -> Result<bool> {
        let deadline = Instant::now() + limit;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Ok(false);
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(true)
    }

    fn obituary(&self, status: ExitStatus) -> String {
        let printed = self.printed().unwrap_or_default();
        let lines: Vec<&str> = printed.lines().collect();
        let last = lines[lines.len().saturating_sub(12)..].join("\n  ");
        format!(
            "{} ended by itself ({status}); its last words, from {}:\n  {last}",
            self.name,
            self.log.display()
        )
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nobody is left to tell of an error here.
        let _ = self.ask_to_end();
        if !self.has_ended_within(END_LIMIT).unwrap_or(false) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Sends SIGTERM, which `std` cannot; every shell can.
pub(super) fn terminate(process: u32) -> Result<()> {
    Command::new("/bin/sh")
        .args(["-c", &format!("kill -TERM {process}")])
        .status()
        .context("run /bin/sh")?;
    Ok(())
}

/// The folder with the programs of this build: that of the running program, or the one above it
/// for a test.
///
/// # Errors
/// If the running program cannot be found.
pub fn programs_folder() -> Result<PathBuf> {
    let this = env::current_exe().context("find the running program")?;
    let folder = this.parent().context("a program lies in a folder")?;
    let above = folder.parent().filter(|_| folder.ends_with("deps"));
    Ok(above.unwrap_or(folder).to_owned())
}

/// Looks again and again until there is something to see.
///
/// # Errors
/// What `look` fails with, or the name of what did not come within the limit.
pub fn wait_for<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(seen) = look().with_context(|| format!("waiting for {what}"))? {
            return Ok(seen);
        }
        ensure!(
            Instant::now() < deadline,
            "waited {} s in vain for {what}",
            limit.as_secs()
        );
        thread::sleep(LOOK_EVERY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, logs: &Path) -> Process {
        Process::start("shell", Command::new("/bin/sh").args(["-c", script]), logs).unwrap()
    }

    #[test]
    fn a_program_that_ends_by_itself_is_told_with_its_last_words() {
        let logs = tempfile::tempdir().unwrap();
        let mut process = shell("echo no such hall; exit 3", logs.path());
        let error = wait_for("its end", Duration::from_secs(10), || {
            Ok(process.still_runs().err())
        });
        let message = error.unwrap().to_string();
        assert!(message.contains("no such hall"), "{message}");
        assert!(message.contains("exit status: 3"), "{message}");
    }

    #[test]
    fn a_program_is_gone_when_its_value_is() {
        let logs = tempfile::tempdir().unwrap();
        let process = shell("echo ready; exec sleep 600", logs.path());
        let id = process.id();
        wait_for("its first word", Duration::from_secs(10), || {
            Ok(process.printed()?.contains("ready").then_some(()))
        })
        .unwrap();
        process.end().unwrap();
        assert!(!Path::new(&format!("/proc/{id}/exe")).exists());
    }

    #[test]
    fn what_does_not_come_is_named() {
        let none = wait_for("a miracle", Duration::ZERO, || Ok(None::<()>));
        let message = none.unwrap_err().to_string();
        assert_eq!(message, "waited 0 s in vain for a miracle");
    }
}
