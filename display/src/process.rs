//! A program run with an end: by itself, by a deadline, or because it is not wanted any more.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(10);

/// A killed program that is stuck in the kernel is left alone after this time.
const KILL_GRACE: Duration = Duration::from_millis(1_500);

/// Why a program did not do its work.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is not there.
    NotInstalled,
    /// It could not be started, or ended with an error: what it said.
    Failed(String),
    /// It was ended by force.
    Stopped,
}

/// Runs a command until it ends or `unwanted` says so. What it complains about goes to the file
/// `complaints` and not through a pipe, which a grandchild could hold open for ever.
///
/// # Errors
/// [`Failure`], in the words of the program itself where it had any.
pub fn run(
    command: &mut Command,
    complaints: &Path,
    mut unwanted: impl FnMut() -> bool,
) -> Result<(), Failure> {
    let stderr = File::create(complaints).map_err(|error| Failure::Failed(error.to_string()))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .map_err(not_started)?;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return judge(status, complaints),
            Ok(None) if unwanted() => return Err(kill(&mut child)),
            Ok(None) => thread::sleep(POLL),
            Err(error) => return Err(Failure::Failed(error.to_string())),
        }
    }
}

/// A condition for [`run`]: true once the time is over.
pub fn after(limit: Duration) -> impl FnMut() -> bool {
    let end = Instant::now() + limit;
    move || Instant::now() >= end
}

fn not_started(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => Failure::NotInstalled,
        _ => Failure::Failed(error.to_string()),
    }
}

fn judge(status: ExitStatus, complaints: &Path) -> Result<(), Failure> {
    if status.success() {
        return Ok(());
    }
    let said = fs::read_to_string(complaints).unwrap_or_default();
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    Err(Failure::Failed(
        last.map_or_else(|| status.to_string(), str::to_owned),
    ))
}

fn kill(child: &mut Child) -> Failure {
    // It may have ended a moment ago; then there is nothing to kill.
    let _ = child.kill();
    let mut over = after(KILL_GRACE);
    while matches!(child.try_wait(), Ok(None)) && !over() {
        thread::sleep(POLL);
    }
    Failure::Stopped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit_ms: u64) -> Result<(), Failure> {
        let folder = tempfile::tempdir().unwrap();
        run(
            Command::new("sh").args(["-c", script]),
            &folder.path().join("complaints"),
            after(Duration::from_millis(limit_ms)),
        )
    }

    #[test]
    fn the_words_of_a_program_that_fails_are_kept() {
        assert_eq!(shell("exit 0", 5_000), Ok(()));
        let failed = shell("echo one >&2; echo no device >&2; exit 1", 5_000);
        assert_eq!(failed, Err(Failure::Failed("no device".to_owned())));
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        assert_eq!(shell("exec sleep 600", 50), Err(Failure::Stopped));
        assert_eq!(shell("sleep 600 & wait", 50), Err(Failure::Stopped));
    }

    #[test]
    fn a_program_that_is_not_there_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let missing = run(
            &mut Command::new("paihao-no-such-program"),
            &folder.path().join("complaints"),
            || false,
        );
        assert_eq!(missing, Err(Failure::NotInstalled));
    }
}
