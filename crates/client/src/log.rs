use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, fmt};

/// Largest log file, in bytes. One older file of the same size is kept beside it.
const MAX_LOG_BYTES: u64 = 8 * 1024 * 1024;

/// Starts the log: to the error output and, if asked, to a file as well. The variable PAIHAO_LOG
/// chooses what is logged; without it that is `info` and above. What travels is logged in no case.
///
/// # Errors
/// When the file cannot be opened, or a log has been started already.
pub fn start_log(file: Option<&Path>) -> io::Result<()> {
    let filter = EnvFilter::try_from_env("PAIHAO_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // Asked for everything, it would write every frame down, and with it keys and PINs.
    let filter = ["tungstenite=info", "tokio_tungstenite=info"]
        .into_iter()
        .filter_map(|quiet| quiet.parse().ok())
        .fold(filter, EnvFilter::add_directive);
    let file = file.map(LogFile::open).transpose()?;
    let to_file = file.map(|file| fmt::layer().with_ansi(false).with_writer(Mutex::new(file)));
    tracing_subscriber::registry()
        .with(filter)
        .with(
            fmt::layer()
                // In a file or the journal colours would be signs that nobody can read.
                .with_ansi(io::stderr().is_terminal())
                .with_writer(io::stderr),
        )
        .with(to_file)
        .try_init()
        .map_err(|error: TryInitError| io::Error::other(error))
}

/// A log file that cannot fill the disk: when it is full it becomes `NAME.old`, and a new one is begun.
struct LogFile {
    path: PathBuf,
    file: File,
    bytes: u64,
    limit_bytes: u64,
}

impl LogFile {
    fn open(path: &Path) -> io::Result<Self> {
        Self::with_limit(path, MAX_LOG_BYTES)
    }

    fn with_limit(path: &Path, limit_bytes: u64) -> io::Result<Self> {
        let named = |error: io::Error| {
            let message = format!("cannot write the log file {}: {error}", path.display());
            io::Error::new(error.kind(), message)
        };
        let file = append_to(path).map_err(named)?;
        Ok(Self {
            path: path.to_owned(),
            bytes: file.metadata()?.len(),
            file,
            limit_bytes,
        })
    }

    fn begin_anew(&mut self) -> io::Result<()> {
        let mut old = self.path.clone().into_os_string();
        old.push(".old");
        std::fs::rename(&self.path, old)?;
        self.file = append_to(&self.path)?;
        self.bytes = 0;
        Ok(())
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.bytes + line.len() as u64 > self.limit_bytes {
            self.begin_anew()?;
        }
        let written = self.file.write(line)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_file_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kiosk.log");
        std::fs::write(&path, "from the last run\n").unwrap();
        let mut log = LogFile::with_limit(&path, 40).unwrap();
        for line in ["first line here\n", "second line here\n"] {
            log.write_all(line.as_bytes()).unwrap();
        }
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(
            read("kiosk.log.old"),
            "from the last run\nfirst line here\n"
        );
        assert_eq!(read("kiosk.log"), "second line here\n");
    }

    #[test]
    fn a_log_file_that_cannot_be_opened_is_named() {
        let error = LogFile::open(Path::new("/nowhere/kiosk.log"))
            .err()
            .unwrap();
        assert!(error.to_string().contains("/nowhere/kiosk.log"));
    }
}
