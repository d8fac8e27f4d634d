//! The hall as a program of its own, so that its memory is its own too.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

/// A running hall, which ends when this is dropped.
pub struct Hall {
    child: Child,
    pub url: String,
}

/// What a program has in memory, in MiB.
pub struct Memory {
    pub now_mib: f64,
    pub most_mib: f64,
}

impl Hall {
    pub fn start(data: &Path, settings: &Path) -> Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hall"))
            .args([
                "serve",
                "--trial",
                "--print-address",
                "--listen",
                "127.0.0.1:0",
            ])
            .arg("--data")
            .arg(data)
            .arg("--settings")
            .arg(settings)
            .env("PAIHAO_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .context("the hall is built by cargo")?;
        let mut url = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut url)?;
        }
        let url = url.trim().to_owned();
        let hall = Self { child, url };
        ensure!(!hall.url.is_empty(), "the hall did not start");
        Ok(hall)
    }

    pub fn memory(&self) -> Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let mib = |name: &str| -> Result<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|rest| rest.split_whitespace().next());
            Ok(kib.context("the memory of the hall")?.parse::<f64>()? / 1024.0)
        };
        Ok(Memory {
            now_mib: mib("VmRSS:")?,
            most_mib: mib("VmHWM:")?,
        })
    }
}

impl Drop for Hall {
    fn drop(&mut self) {
        // What was confirmed is on disk, and nobody asks for more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
