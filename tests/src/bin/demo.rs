//! The demo, as `cargo xtask demo` starts it: a hall on this machine.

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use e2e::demo;

/// A hall on this machine: hall, printer, kiosk, two counters and the wall
#[derive(Parser)]
struct Arguments {
    /// Walk two customers through on virtual displays
    #[arg(long)]
    headless: bool,
    /// Where pictures, tickets, logs and the summary go
    #[arg(long, value_name = "FOLDER", default_value = "target/demo")]
    into: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if !arguments.headless {
        return demo::open_here(&arguments.into);
    }
    println!("Walking two customers through a hall on virtual displays.");
    let summary = demo::tell(&arguments.into)?;
    println!(
        "issued {}, printed {}, called {}, shown {}, spoken {}, finished {}: they match.\n\
         Pictures, tickets, announcements and summary.json are in {}.",
        summary.issued.count,
        summary.printed.count,
        summary.called.count,
        summary.shown.count,
        summary.spoken.count,
        summary.finished.count,
        arguments.into.display()
    );
    Ok(())
}
