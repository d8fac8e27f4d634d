//! ESC/POS commands as bytes: the `escpos` crate where it is sound, and the ways round it here.
//!
//! `commands/upstream.rs` holds what is gone round in escpos 0.20.1, each with a test that fails once
//! upstream is mended, so that the way round can go.

use std::cell::RefCell;
use std::rc::Rc;

use escpos::driver::Driver;
use escpos::errors::PrinterError;
use escpos::printer::Printer;
use escpos::utils::{
    Encoder, JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption,
};

/// A command was given a value that ESC/POS cannot express.
#[derive(Debug, thiserror::Error)]
#[error("this cannot be said in ESC/POS: {0}")]
pub struct CommandError(#[from] PrinterError);

/// Feeds to the cutter and cuts, leaving a bridge so that the ticket does not fall.
pub(crate) const PARTIAL_CUT: [u8; 4] = [0x1d, 0x56, 66, 0];

/// Collects commands; [`Commands::finish`] gives the bytes.
pub(crate) struct Commands {
    printer: Printer<Collector>,
    collected: Rc<RefCell<Vec<u8>>>,
}

type Done = Result<(), CommandError>;

impl Commands {
    /// Starts with `ESC @`. Dots are the unit of every feed (`GS P`): printers differ in what
    /// they take by themselves, 1/360 inch among them. No head has more than 255 dots an inch here.
    pub(crate) fn new(dpi: u32) -> Result<Self, CommandError> {
        let dpi = u8::try_from(dpi).unwrap_or(u8::MAX);
        let collected = Rc::<RefCell<Vec<u8>>>::default();
        let protocol = Protocol::new(Encoder::new(encoding_rs::GB18030));
        let mut printer = Printer::new(Collector(collected.clone()), protocol, None);
        printer.init()?.custom(&[0x1d, 0x50, dpi, dpi])?;
        Ok(Self { printer, collected })
    }

    /// Text in GB18030 in the present style, without an end of line.
    pub(crate) fn text(&mut self, text: &str) -> Done {
        self.printer.write(text)?;
        Ok(())
    }

    pub(crate) fn end_of_line(&mut self) -> Done {
        self.custom(&[0x0a])
    }

    pub(crate) fn chinese(&mut self, on: bool) -> Done {
        self.custom(if on { &[0x1c, 0x26] } else { &[0x1c, 0x2e] })
    }

    pub(crate) fn size(&mut self, width: u8, height: u8) -> Done {
        self.printer.size(width, height)?;
        Ok(())
    }

    pub(crate) fn bold(&mut self, on: bool) -> Done {
        self.printer.bold(on)?;
        Ok(())
    }

    pub(crate) fn inverse(&mut self, on: bool) -> Done {
        self.printer.reverse(on)?;
        Ok(())
    }

    pub(crate) fn centred(&mut self, on: bool) -> Done {
        let mode = if on {
            JustifyMode::CENTER
        } else {
            JustifyMode::LEFT
        };
        self.printer.justify(mode)?;
        Ok(())
    }

    /// A QR code of its own line, made by the printer.
    pub(crate) fn qr(&mut self, text: &str, module_dots: u8) -> Done {
        let option = QRCodeOption::new(QRCodeModel::Model2, module_dots, QRCodeCorrectionLevel::M);
        self.printer.qrcode_option(text, option)?;
        Ok(())
    }

    /// Blank paper of this many dots, as empty lines of that height: some printers ignore `ESC J`
    /// and an end of line that directly follows an image.
    pub(crate) fn feed_dots(&mut self, dots: u32) -> Done {
        let mut left = dots;
        while left > 0 {
            let step = left.min(255) as u8;
            self.custom(&[0x1b, 0x33, step, 0x0a])?;
            left -= u32::from(step);
        }
        self.custom(&[0x1b, 0x32])
    }

    /// A stripe of an image as wide as its rows (`GS v 0`).
    pub(crate) fn image(&mut self, row_bytes: usize, data: &[u8]) -> Done {
        let rows = data.len() / row_bytes;
        let [width_low, width_high] = (row_bytes as u16).to_le_bytes();
        let [rows_low, rows_high] = (rows as u16).to_le_bytes();
        let head = [
            0x1d, 0x76, 0x30, 0, width_low, width_high, rows_low, rows_high,
        ];
        self.custom(&[&head, data].concat())
    }

    /// The commands of this printer that end a slip, its cut as a rule.
    pub(crate) fn end(&mut self, commands: &[u8]) -> Done {
        self.custom(commands)
    }

    pub(crate) fn finish(mut self) -> Result<Vec<u8>, CommandError> {
        self.printer.print()?;
        Ok(self.collected.take())
    }

    fn custom(&mut self, bytes: &[u8]) -> Done {
        self.printer.custom(bytes)?;
        Ok(())
    }
}

/// A driver that keeps the bytes.
struct Collector(Rc<RefCell<Vec<u8>>>);

impl Driver for Collector {
    fn name(&self) -> String {
        "collector".into()
    }

    fn write(&self, data: &[u8]) -> escpos::errors::Result<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buffer: &mut [u8]) -> escpos::errors::Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> escpos::errors::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod upstream;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_cuts_partially_and_writes_chinese() {
        let mut commands = Commands::new(203).unwrap();
        commands.chinese(true).unwrap();
        commands.text("号").unwrap();
        commands.end(&PARTIAL_CUT).unwrap();
        let bytes = commands.finish().unwrap();
        assert_eq!(bytes[6..], [0x1c, 0x26, 0xba, 0xc5, 0x1d, 0x56, 66, 0]);
    }
}
