//! The hall as a program of its own, with limits and a log.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::hall_file;

/// A folder with settings and a hall's memory.
pub struct Place {
    folder: TempDir,
    data: PathBuf,
}

impl Place {
    pub fn new(counters: u16) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("hall.toml"), hall_file::text(counters)).expect("room");
        let data = folder.path().join("data");
        Self { folder, data }
    }

    /// The same with its memory elsewhere.
    pub fn with_data(self, data: PathBuf) -> Self {
        Self { data, ..self }
    }

    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    pub fn settings(&self) -> PathBuf {
        self.folder.path().join("hall.toml")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Starts a hall over it, at a free port.
    pub fn start(&self) -> Process {
        self.start_with(&[], "127.0.0.1:0")
    }

    /// Starts it by a program that stands before it, such as one that sets limits.
    pub fn start_with(&self, before: &[&str], listen: &str) -> Process {
        let hall = [env!("CARGO_BIN_EXE_hall")];
        let mut words = before.iter().chain(&hall);
        let mut child = Command::new(words.next().expect("the hall itself"))
            .args(words)
            .args([
                "serve",
                "--trial",
                "--print-address",
                "--listen",
                listen,
                "--data",
            ])
            .arg(self.data())
            .arg("--settings")
            .arg(self.settings())
            .env("PAIHAO_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(self.append_to_log())
            .spawn()
            .expect("the hall is built");
        let output = child.stdout.take().expect("its output");
        let mut url = String::new();
        BufReader::new(output)
            .read_line(&mut url)
            .expect("its output");
        let url = url.trim().to_owned();
        Process { child, url }
    }

    fn append_to_log(&self) -> File {
        let log = File::options().create(true).append(true).open(self.log());
        log.expect("room")
    }

    /// All that the halls over this place have logged.
    pub fn logged(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Nothing panicked in any of them.
    pub fn nothing_panicked(&self) {
        let log = self.logged();
        let line = log.lines().find(|line| line.contains("panicked"));
        assert_eq!(line, None);
    }
}

/// A running hall, which is killed when this is dropped.
pub struct Process {
    child: Child,
    /// Where it serves; empty if it ended before it said so.
    pub url: String,
}

impl Process {
    pub fn address(&self) -> SocketAddr {
        let address = self.url.trim_start_matches("ws://").split('/').next();
        address
            .and_then(|address| address.parse().ok())
            .expect("it serves")
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("our own child").is_some()
    }

    /// SIGKILL, which leaves it no time for anything.
    pub fn kill(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        self.child.wait().expect("our own child");
    }

    /// SIGTERM, as an upgrade does it.
    pub fn ask_to_stop(&self) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("kill is there").success());
    }

    pub fn wait_until_ended(&mut self) {
        self.child.wait().expect("our own child");
    }

    /// Files and sockets that it has open.
    pub fn open_files(&self) -> usize {
        let files = Path::new("/proc").join(self.id().to_string()).join("fd");
        fs::read_dir(files).map_or(0, Iterator::count)
    }

    /// Memory that it has for itself and uses, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        let status = Path::new("/proc")
            .join(self.id().to_string())
            .join("status");
        let status = fs::read_to_string(status).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kilobytes.unwrap_or_default() * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
