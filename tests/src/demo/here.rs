//! The demo for somebody who sits before this machine: every program in a window of its own.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};

use super::{Folder, Process, Programs};

/// Sizes that fit together on a usual screen, in the proportions of the real ones.
const KIOSK: &str = "540x960";
const WALL: &str = "1280x720";

/// Opens a hall on this machine and waits until somebody ends it with Ctrl-C or closes its windows.
///
/// # Errors
/// If a program was not built or ends by itself with an error.
pub fn open_here(folder: &Path) -> Result<()> {
    let folder = Folder::fresh(folder)?;
    let mut programs = Programs::start(&folder)?;
    let mut windows = vec![
        launch(&programs, "kiosk", programs.kiosk(), Some(KIOSK))?,
        launch(&programs, "wall", programs.wall(), Some(WALL))?,
        launch(&programs, "counter-1", programs.counter(1, "王芳"), None)?,
        launch(&programs, "counter-2", programs.counter(2, "李强"), None)?,
    ];
    tell(&programs, &folder);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            asked = tokio::signal::ctrl_c() => asked.context("listen for Ctrl-C"),
            _ = terminate.recv() => Ok(()),
            ended = until_all_are_closed(&mut programs, &mut windows) => ended,
        }
    })?;
    println!("\nClosing the hall.");
    Ok(())
}

fn launch(
    programs: &Programs,
    name: &str,
    mut command: Command,
    window: Option<&str>,
) -> Result<Process> {
    if let Some(size) = window {
        command.args(["--window", size]);
    }
    programs.launch(name, &mut command)
}

fn tell(programs: &Programs, folder: &Folder) {
    println!(
        "A hall is open on this machine.

  kiosk      touch or click a service, then take a number
  counter-1  sign in, then call the next with the space bar
  counter-2  the same; there are six counters in all
  wall       shows and speaks the calls
  hall       listens at {}
  printer    is simulated; it listens at {}

What they keep and print goes to {}.
Ctrl-C here ends them all.",
        programs.hall,
        programs.printer.address(),
        folder.root().display()
    );
}

/// Comes back when the last window was closed. The hall stays open as long as there is one.
async fn until_all_are_closed(programs: &mut Programs, windows: &mut Vec<Process>) -> Result<()> {
    while !windows.is_empty() {
        programs.daemon.still_runs()?;
        let mut open = Vec::new();
        for mut window in windows.drain(..) {
            if !window.was_closed()? {
                open.push(window);
            }
        }
        *windows = open;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
