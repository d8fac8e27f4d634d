//! Prints one ticket through a spool, as a kiosk does, and says what became of it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use ticket::spool::{Patience, Spool, Spooler};
use ticket::{Printer, PrinterSettings, Slip};

#[derive(Parser)]
#[command(about = "Prints one ticket through a spool")]
struct Arguments {
    /// The printer, such as 192.168.1.20:9100 or /dev/usb/lp0.
    #[arg(long)]
    printer: String,
    /// The file of the print jobs.
    #[arg(long)]
    jobs: PathBuf,
    /// The ticket's id.
    #[arg(long, default_value_t = 1)]
    ticket: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let printer = Printer::new(PrinterSettings::network(arguments.printer))?;
    let patience = Patience {
        copies_within: Duration::ZERO,
        ..Patience::default()
    };
    let mut spooler = Spooler::new(printer, Spool::open(&arguments.jobs)?, patience);
    let outcome = spooler.print(arguments.ticket, &Slip::example());
    println!("{outcome:?}");
    Ok(())
}
