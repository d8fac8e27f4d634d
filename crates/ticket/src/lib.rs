//! A slip of paper: what it says, its lines, its ESC/POS bytes, a printer and its state.
//!
//! ```no_run
//! use ticket::{PrintOutcome, Printer, PrinterSettings, Slip};
//!
//! let mut printer = Printer::new(PrinterSettings::network("192.0.2.7:9100"))?;
//! if printer.state().can_print() {
//!     match printer.print(&Slip::example(), 1) {
//!         PrintOutcome::Printed => println!("on paper"),
//!         PrintOutcome::Sent => println!("sent, and nobody knows more"),
//!         PrintOutcome::NotPrinted(trouble) => println!("no paper: {trouble}"),
//!         PrintOutcome::Unknown(trouble) => println!("offer a copy: {trouble}"),
//!     }
//! }
//! # Ok::<(), ticket::PrinterError>(())
//! ```
//!
//! The way of a slip: [`Slip`] (what it says) -> [`layout`] (lines that fit the paper) -> bytes, either
//! in the printer's own Chinese font or as an image in ours -> [`Printer`] (one job, confirmed), which a
//! kiosk gives to a [`spool::Spooler`] (every job on disk before its first byte leaves).
//! Whatever else a hall prints is a [`Document`] too: [`MissingPapers`], [`Report`].
//! Everything blocks; a program keeps its printer on a thread of its own, which is [`Printing`].

mod bitmap;
mod commands;
pub mod layout;
mod logo;
mod missing_papers;
mod native;
mod paper;
mod printer;
mod printing;
mod profile;
mod raster;
mod reply;
mod report;
mod slip;
pub mod spool;
mod state;
mod template;
mod transport;
mod typeface;
mod wrap;

pub use bitmap::Bitmap;
pub use commands::CommandError;
pub use layout::Document;
pub use logo::{LogoError, read_logo};
pub use missing_papers::MissingPapers;
pub use native::Charset;
pub use paper::Paper;
pub use printer::{
    Completion, Method, PAPER_DOTS, Prepared, PrintOutcome, Printer, PrinterError, PrinterSettings,
};
pub use printing::{PrintNews, Printing, PrintingEnded};
pub use profile::{Profile, ProfileError};
pub use raster::render_preview;
pub use report::{DayFigures, Report, ReportLine};
pub use slip::{Bilingual, QR_TEXT_BYTES_MAX, Slip, WaitInterval, number_ranges};
pub use state::{PrinterState, Trouble};
pub use template::{Label, Languages, Part, Template};
pub use transport::{Address, AddressError, LinkFault, SendFault, Transport, Way};
pub use typeface::{Lettering, Typeface, TypefaceError};

/// The examples of the README, which must compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
