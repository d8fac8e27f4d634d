//! One printer: ask its state, print a slip, and know what became of it.
//!
//! A job is one buffer and one write. The printer is asked before, so that nothing is sent to one
//! that cannot print, and confirms after the cut, so that "printed" is what the printer said and not
//! what we hope. When the link breaks between the two, the outcome is unknown and stays so: whoever
//! calls offers the same number again as a copy, never blindly.

use std::path::PathBuf;
use std::time::Duration;

use self::session::{Awaited, Session};
use crate::commands::{CommandError, PARTIAL_CUT};
use crate::layout::Document;
use crate::native::{self, Charset, PrinterFont};
use crate::paper::Paper;
use crate::profile::Profile;
use crate::raster;
use crate::state::{PrinterState, Trouble};
use crate::transport::{Address, AddressError, Way};
use crate::typeface::{Typeface, TypefaceError};

mod session;

/// How to reach a printer and how to speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterSettings {
    /// Where it is, written as [`Address`] reads it; network printers listen on 9100.
    pub address: String,
    /// Dots across the paper: 576 on 80 mm, 384 on 58 mm.
    pub dots: u32,
    /// Dots an inch.
    pub dpi: u32,
    /// What the printer's own font has; what it lacks is sent as an image.
    pub charset: Charset,
    /// The commands that end a slip, its cut as a rule.
    pub end: Vec<u8>,
    /// Whose letters are printed.
    pub method: Method,
    /// The font file for [`Method::Raster`]; `None` looks for Noto Sans CJK where systems keep it.
    pub font: Option<PathBuf>,
    /// How the printer tells that a ticket is done.
    pub completion: Completion,
    /// How long connecting may take.
    pub connect_within: Duration,
    /// How long one answer about the state may take.
    pub answer_within: Duration,
    /// How long a ticket may take from the first byte to the confirmation.
    pub print_within: Duration,
}

impl PrinterSettings {
    /// An 80 mm network printer with a Chinese font, with deadlines that suit a waiting customer.
    pub fn network(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            dots: Paper::WIDE.dots,
            dpi: Paper::WIDE.dpi,
            charset: Charset::Gb2312,
            end: PARTIAL_CUT.to_vec(),
            method: Method::Native,
            font: None,
            completion: Completion::ProcessId,
            connect_within: Duration::from_secs(2),
            answer_within: Duration::from_secs(1),
            print_within: Duration::from_secs(10),
        }
    }
}

impl PrinterSettings {
    /// A printer of a certain model.
    pub fn of_model(address: impl Into<String>, profile: &Profile) -> Self {
        Self {
            dots: profile.paper.dots,
            dpi: profile.paper.dpi,
            charset: profile.charset.unwrap_or(Charset::Gb2312),
            end: profile.end.clone(),
            method: match profile.charset {
                Some(_) => Method::Native,
                None => Method::Raster,
            },
            completion: profile.completion,
            ..Self::network(address)
        }
    }
}

/// Whose letters are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The printer's own Chinese font, text in GB18030: about 1.5 kB a ticket.
    Native,
    /// Our font, sent as an image: exact, 30 to 80 kB a ticket, never over a serial line.
    Raster,
}

/// How a printer tells that everything before a point has been printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// `GS ( H` function 48: the printer sends the job's id back when it has printed.
    ProcessId,
    /// `GS r 1`, for printers without it: the answer means that the data were consumed.
    PaperSensor,
    /// It says nothing at all, neither its state nor this: a ticket is sent, and nobody knows more.
    Nothing,
}

/// What became of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintOutcome {
    /// The printer confirmed it after the cut.
    Printed,
    /// All bytes were handed over, to a printer that cannot answer.
    Sent,
    /// Not one byte reached the printer: there is no paper with this number from this job.
    NotPrinted(Trouble),
    /// Bytes were sent and no confirmation came: there may be a paper, a part of one, or none.
    Unknown(Trouble),
}

/// A printer that cannot be used as it is set.
#[derive(Debug, thiserror::Error)]
pub enum PrinterError {
    /// The raster method needs a font.
    #[error(transparent)]
    Typeface(#[from] TypefaceError),
    /// The address names no printer.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Layouts exist between these widths.
    #[error("{dots} dots is no paper width; 80 mm paper has 576 dots, 58 mm paper has 384")]
    Dots {
        /// The width asked for.
        dots: u32,
    },
}

/// One printer and its only writer.
pub struct Printer {
    settings: PrinterSettings,
    typeface: Option<Typeface>,
    way: Box<dyn Way>,
    /// The last job broke off, so the printer may still wait for the rest of a command.
    interrupted: bool,
    /// Marks the attempts at one job apart: the answer to the first must not confirm the second.
    attempt: u8,
    ticket_hangs: bool,
}

/// More than the largest piece of an image, see [`raster::STRIPE_BYTES_MAX`].
const FLUSH_BYTES: usize = 16 * 1024;

const _: () = assert!(FLUSH_BYTES > raster::STRIPE_BYTES_MAX);

/// How many attempts differ in their confirmations.
const ATTEMPTS: u8 = 95;

/// Paper widths that the layout is made for, in dots.
pub const PAPER_DOTS: std::ops::RangeInclusive<u32> = 360..=640;

impl Printer {
    /// A printer by its settings. Loads the font for [`Method::Raster`]; does not connect yet.
    pub fn new(settings: PrinterSettings) -> Result<Self, PrinterError> {
        let address: Address = settings.address.parse()?;
        let completion = match address.has_answers() {
            true => settings.completion,
            false => Completion::Nothing,
        };
        let settings = PrinterSettings {
            completion,
            ..settings
        };
        Self::over(settings, Box::new(address))
    }

    /// A printer on a way of the caller's own; the address of the settings is not looked at.
    pub fn over(settings: PrinterSettings, way: Box<dyn Way>) -> Result<Self, PrinterError> {
        if !PAPER_DOTS.contains(&settings.dots) {
            let dots = settings.dots;
            return Err(PrinterError::Dots { dots });
        }
        let typeface = match settings.method {
            // Without a font a character that the printer lacks is 〓: no reason to print nothing.
            Method::Native => Typeface::load(settings.font.as_deref()).ok(),
            Method::Raster => Some(Typeface::load(settings.font.as_deref())?),
        };
        Ok(Self {
            settings,
            typeface,
            way,
            interrupted: false,
            attempt: 0,
            ticket_hangs: false,
        })
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &PrinterSettings {
        &self.settings
    }

    /// Asks the printer how it is. Never fails: that nobody answers is a state too.
    ///
    /// Blocks for `connect_within` and eight times `answer_within` at most.
    pub fn state(&mut self) -> PrinterState {
        self.open()
            .and_then(|mut session| self.state_of(&mut session))
            .unwrap_or_else(PrinterState::Trouble)
    }

    /// Whether a ticket hung out of the printer when it was last asked. Only printers with a presenter
    /// say so.
    pub fn ticket_hangs(&self) -> bool {
        self.ticket_hangs
    }

    /// Something was sent before this program began, and nobody knows how it ended.
    pub fn assume_interrupted(&mut self) {
        self.interrupted = true;
    }

    /// Prints one slip and waits until the printer has confirmed it.
    ///
    /// `job` marks the printer's confirmation, so that a late one of another job counts for nothing.
    /// Blocks for the state's time and `print_within` at most, after a job that broke off for twice that.
    pub fn print(&mut self, slip: &dyn Document, job: u32) -> PrintOutcome {
        match self.prepare(slip, job) {
            Ok(prepared) => prepared.send(),
            Err(trouble) => PrintOutcome::NotPrinted(trouble),
        }
    }

    /// Does everything before the first byte of the slip: its bytes, the way, the end of a job that broke
    /// off, and the question whether the printer prints. After an error nothing of the slip has left.
    pub fn prepare(&mut self, slip: &dyn Document, job: u32) -> Result<Prepared<'_>, Trouble> {
        self.next_attempt();
        let mut bytes = self.slip_bytes(slip).map_err(|_| Trouble::Unprintable)?;
        let mut session = self.open()?;
        self.expect_ready(&mut session)?;
        if self.interrupted {
            self.flush(&mut session, job)?;
            self.expect_ready(&mut session)?;
        }
        let awaited = self.awaited(job);
        bytes.extend(awaited.request());
        Ok(Prepared {
            printer: self,
            session,
            bytes,
            awaited,
        })
    }

    /// The bytes of a job as [`Printer::print`] sends them.
    pub fn bytes(&self, slip: &dyn Document, job: u32) -> Result<Vec<u8>, CommandError> {
        let mut bytes = self.slip_bytes(slip)?;
        bytes.extend(self.awaited(job).request());
        Ok(bytes)
    }

    fn slip_bytes(&self, slip: &dyn Document) -> Result<Vec<u8>, CommandError> {
        let PrinterSettings { dots, dpi, end, .. } = &self.settings;
        let (dots, dpi) = (*dots, *dpi);
        let paper = Paper { dots, dpi };
        match (self.settings.method, &self.typeface) {
            (Method::Raster, Some(typeface)) => raster::slip_bytes(slip, paper, typeface, end),
            (_, stand_in) => {
                let font = PrinterFont {
                    charset: self.settings.charset,
                    stand_in: stand_in.as_ref(),
                };
                native::slip_bytes(slip, paper, &font, end)
            }
        }
    }

    fn awaited(&self, job: u32) -> Awaited {
        Awaited::of(self.settings.completion, job, self.attempt)
    }

    fn next_attempt(&mut self) {
        self.attempt = (self.attempt + 1) % ATTEMPTS;
    }

    /// Ends what a broken-off job left unfinished, on a sheet of its own: zeros fill up an image that
    /// still waits for dots and mean nothing elsewhere. The printer confirms that it is through with
    /// it, for a state alone is told even from inside of an image.
    fn flush(&mut self, session: &mut Session, job: u32) -> Result<(), Trouble> {
        let awaited = self.awaited(job);
        let end = [&[0x1b, 0x40], &self.settings.end[..]].concat();
        let bytes = [&[0; FLUSH_BYTES][..], &end, &awaited.request()].concat();
        match session.print(&bytes, awaited, &self.settings) {
            PrintOutcome::Printed | PrintOutcome::Sent => {
                self.interrupted = false;
                self.next_attempt();
                Ok(())
            }
            PrintOutcome::NotPrinted(trouble) | PrintOutcome::Unknown(trouble) => Err(trouble),
        }
    }

    fn expect_ready(&mut self, session: &mut Session) -> Result<(), Trouble> {
        match self.state_of(session)?.trouble() {
            None => Ok(()),
            Some(trouble) => Err(trouble),
        }
    }

    fn state_of(&mut self, session: &mut Session) -> Result<PrinterState, Trouble> {
        if self.settings.completion == Completion::Nothing {
            return Ok(PrinterState::Ready);
        }
        let state = session.state(self.settings.answer_within)?;
        self.ticket_hangs = session.ticket_hangs;
        Ok(state)
    }

    fn open(&mut self) -> Result<Session, Trouble> {
        let transport = self.way.open(self.settings.connect_within)?;
        Ok(Session::new(transport))
    }
}

/// A slip that is ready to go to a printer that is ready for it. Dropping it sends nothing.
#[must_use = "nothing of the slip has been sent yet"]
pub struct Prepared<'a> {
    printer: &'a mut Printer,
    session: Session,
    bytes: Vec<u8>,
    awaited: Awaited,
}

impl Prepared<'_> {
    /// Sends the slip in one piece and waits until the printer has confirmed it. Blocks for
    /// `print_within` at most.
    pub fn send(mut self) -> PrintOutcome {
        let settings = &self.printer.settings;
        let outcome = self.session.print(&self.bytes, self.awaited, settings);
        self.printer.interrupted = matches!(outcome, PrintOutcome::Unknown(_));
        outcome
    }
}
