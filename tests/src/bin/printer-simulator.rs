//! A printer for demonstrations: keeps each ticket as bytes and as a picture.
//!
//! Lines on standard input change its state: `ready`, `near-end`, `paper-out`, `cover-open`,
//! `cutter-jam`, `offline`.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use e2e::printer::{Condition, PrintedTicket, PrinterSimulator, picture};
use ticket::Typeface;

#[derive(Parser)]
#[command(about = "A printer that answers, prints to files and runs out of paper when told to")]
struct Arguments {
    /// Where to listen.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9100")]
    listen: String,
    /// Where tickets are kept, as NNN.bin and NNN.png.
    #[arg(long, value_name = "FOLDER")]
    keep: PathBuf,
    /// Dots across the paper: 576 on 80 mm, 384 on 58 mm.
    #[arg(long, default_value_t = 576)]
    dots: u32,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    std::fs::create_dir_all(&arguments.keep)
        .with_context(|| format!("cannot make the folder {}", arguments.keep.display()))?;
    let typeface = Typeface::load(None)?;
    let simulator = PrinterSimulator::listen(&arguments.listen)
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let simulator = Arc::new(simulator);
    println!("listening on {}", simulator.address());
    let obeying = simulator.clone();
    std::thread::spawn(move || obey_lines(&obeying));
    keep_tickets(&simulator, &arguments, &typeface)
}

/// The end of the input changes nothing: a demonstration may have none.
fn obey_lines(simulator: &PrinterSimulator) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match line.trim().parse::<Condition>() {
            Ok(condition) => simulator.set(condition),
            Err(advice) => eprintln!("{advice}"),
        }
    }
}

fn keep_tickets(
    simulator: &PrinterSimulator,
    arguments: &Arguments,
    typeface: &Typeface,
) -> anyhow::Result<()> {
    const A_DAY: Duration = Duration::from_secs(86_400);
    let mut kept = 0;
    loop {
        for ticket in simulator
            .wait_for_tickets(kept + 1, A_DAY)
            .unwrap_or_default()
            .iter()
            .skip(kept)
        {
            kept += 1;
            keep(ticket, kept, arguments, typeface)?;
        }
    }
}

fn keep(
    ticket: &PrintedTicket,
    number: usize,
    arguments: &Arguments,
    typeface: &Typeface,
) -> anyhow::Result<()> {
    let path = |ending| arguments.keep.join(format!("{number:03}.{ending}"));
    std::fs::write(path("bin"), &ticket.bytes)?;
    // A sheet of which only the end was cut off cannot be shown; its bytes are kept all the same.
    match picture::png(&ticket.bytes, arguments.dots, typeface) {
        Ok(png) => write_whole(&path("png"), &png)?,
        Err(error) => eprintln!("no picture of ticket {number:03}: {error}"),
    }
    println!("ticket {number:03}");
    Ok(())
}

/// Whoever waits for the file finds all of it or nothing.
fn write_whole(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let unfinished = path.with_extension("part");
    std::fs::write(&unfinished, content)?;
    Ok(std::fs::rename(unfinished, path)?)
}
