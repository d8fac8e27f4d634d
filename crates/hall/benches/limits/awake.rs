//! Keeps the processors from sleeping. A virtual machine with nothing to do sees the end of a write
//! up to 4 ms late, so a bare loop that only waits for the disk would look slower than a hall that
//! does more.

use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result};

/// Runs only while nobody else wants to, and ends with the bench.
const SPIN: &str = "while kill -0 $PPID 2>/dev/null; do :; done";

/// One idle loop for each processor, until this is dropped.
pub struct Awake {
    loops: Vec<Child>,
}

impl Awake {
    pub fn stay() -> Result<Self> {
        let mut awake = Self { loops: Vec::new() };
        for _ in 0..thread::available_parallelism()?.get() {
            let child = Command::new("chrt")
                .args(["--idle", "0", "sh", "-c", SPIN])
                .stdin(Stdio::null())
                .spawn()
                .context("chrt, of the package util-linux, could not be started")?;
            awake.loops.push(child);
        }
        Ok(awake)
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for child in &mut self.loops {
            // One that has ended by itself is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
