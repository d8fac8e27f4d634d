//! The tickets that lie under the printer, kept as bytes and as pictures.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use ticket::Typeface;

use crate::printer::{PrintedTicket, picture};

/// Dots across a roll of 80 mm.
const DOTS: u32 = 576;

/// The number on a ticket, out of those that it could be: the printer's own letters are bytes of
/// GB18030, in which a number is plain ASCII.
#[must_use]
pub fn number_on(ticket: &PrintedTicket, numbers: &[String]) -> Option<String> {
    let holds = |number: &&String| {
        ticket
            .bytes
            .windows(number.len())
            .any(|part| part == number.as_bytes())
    };
    numbers.iter().find(holds).cloned()
}

/// Keeps a ticket: `<name>.bin` as the printer got it, `<name>.png` as a person sees it.
///
/// # Errors
/// If it cannot be drawn or written.
pub fn keep(ticket: &PrintedTicket, name: &str, folder: &Path) -> Result<()> {
    let typeface = Typeface::load(None).context("find a Chinese font (package fonts-noto-cjk)")?;
    let png = picture::png(&ticket.bytes, DOTS, &typeface)
        .with_context(|| format!("draw the ticket {name}"))?;
    fs::write(folder.join(format!("{name}.bin")), &ticket.bytes)?;
    fs::write(folder.join(format!("{name}.png")), png)?;
    Ok(())
}
