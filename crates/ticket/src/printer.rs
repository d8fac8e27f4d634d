//! One printer: ask its state, print a slip, and know what became of it.
//!
//! A job is one buffer and one write. The printer is asked before, so that nothing is sent to one
//! that cannot print, and confirms after the cut, so that "printed" is what the printer said and not
//! what we hope. When the link breaks between the two, the outcome is unknown and stays so: whoever
//! calls offers the same number again as a copy, never blindly.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::commands::{CommandError, PARTIAL_CUT};
use crate::native::{self, Charset, PrinterFont};
use crate::paper::Paper;
use crate::profile::Profile;
use crate::raster;
use crate::reply::{Reply, ReplyReader};
use crate::slip::Slip;
use crate::state::{PrinterState, StatusBytes, Trouble};
use crate::transport::{LinkFault, Tcp, Transport};
use crate::typeface::{Typeface, TypefaceError};

/// How to reach a printer and how to speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterSettings {
    /// `HOST:PORT`; network printers listen on 9100.
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
}

/// What became of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintOutcome {
    /// The printer confirmed it after the cut.
    Printed,
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
    /// The last job broke off, so the printer may still wait for the rest of a command.
    interrupted: bool,
    /// Marks the attempts at one job apart: the answer to the first must not confirm the second.
    attempt: u8,
}

/// While a ticket prints the state is asked this often, so that an empty roll is told at once
/// and not only when all time is up.
const STATE_EVERY: Duration = Duration::from_millis(500);

/// More than the largest piece of an image, see [`raster::STRIPE_BYTES_MAX`].
const FLUSH_BYTES: usize = 16 * 1024;

const _: () = assert!(FLUSH_BYTES > raster::STRIPE_BYTES_MAX);

/// Paper widths that the layout is made for, in dots.
pub const PAPER_DOTS: std::ops::RangeInclusive<u32> = 360..=640;

impl Printer {
    /// A printer by its settings. Loads the font for [`Method::Raster`]; does not connect yet.
    pub fn new(settings: PrinterSettings) -> Result<Self, PrinterError> {
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
            interrupted: false,
            attempt: 0,
        })
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &PrinterSettings {
        &self.settings
    }

    /// Asks the printer how it is. Never fails: that nobody answers is a state too.
    ///
    /// Blocks for `connect_within` and four times `answer_within` at most.
    pub fn state(&mut self) -> PrinterState {
        self.open()
            .and_then(|mut session| session.state(self.settings.answer_within))
            .unwrap_or_else(PrinterState::Trouble)
    }

    /// Prints one slip and waits until the printer has confirmed it.
    ///
    /// `job` marks the printer's confirmation, so that a late one of another job counts for nothing.
    /// Blocks for the state's time and `print_within` at most.
    pub fn print(&mut self, slip: &Slip, job: u32) -> PrintOutcome {
        self.attempt = (self.attempt + 1) % 95;
        let Ok(bytes) = self.bytes(slip, job) else {
            return PrintOutcome::NotPrinted(Trouble::Unprintable);
        };
        let outcome = match self.open_ready() {
            Ok(mut session) => {
                let awaited = self.awaited(job);
                let bytes = [self.flush(), bytes].concat();
                session.print(&bytes, awaited, &self.settings)
            }
            Err(trouble) => PrintOutcome::NotPrinted(trouble),
        };
        self.interrupted = match outcome {
            PrintOutcome::Printed => false,
            PrintOutcome::NotPrinted(_) => self.interrupted,
            PrintOutcome::Unknown(_) => true,
        };
        outcome
    }

    /// The bytes of a job as [`Printer::print`] sends them.
    pub fn bytes(&self, slip: &Slip, job: u32) -> Result<Vec<u8>, CommandError> {
        let PrinterSettings { dots, dpi, end, .. } = &self.settings;
        let (dots, dpi) = (*dots, *dpi);
        let paper = Paper { dots, dpi };
        let mut bytes = match (self.settings.method, &self.typeface) {
            (Method::Raster, Some(typeface)) => raster::slip_bytes(slip, paper, typeface, end)?,
            (_, stand_in) => {
                let font = PrinterFont {
                    charset: self.settings.charset,
                    stand_in: stand_in.as_ref(),
                };
                native::slip_bytes(slip, paper, &font, end)?
            }
        };
        bytes.extend(self.awaited(job).request());
        Ok(bytes)
    }

    fn awaited(&self, job: u32) -> Awaited {
        match self.settings.completion {
            Completion::ProcessId => Awaited::ProcessId(process_id(job, self.attempt)),
            Completion::PaperSensor => Awaited::PaperSensor,
        }
    }

    /// Ends what a broken-off job left unfinished, on a sheet of its own: zeros fill up an image that
    /// still waits for dots and mean nothing elsewhere.
    fn flush(&self) -> Vec<u8> {
        match self.interrupted {
            true => [&vec![0; FLUSH_BYTES][..], &[0x1b, 0x40, 0x1d, 0x56, 66, 0]].concat(),
            false => Vec::new(),
        }
    }

    fn open_ready(&self) -> Result<Session<Tcp>, Trouble> {
        let mut session = self.open()?;
        match session.state(self.settings.answer_within)?.trouble() {
            None => Ok(session),
            Some(trouble) => Err(trouble),
        }
    }

    fn open(&self) -> Result<Session<Tcp>, Trouble> {
        let tcp = Tcp::connect(&self.settings.address, self.settings.connect_within)?;
        Ok(Session::new(tcp))
    }
}

impl From<LinkFault> for Trouble {
    fn from(fault: LinkFault) -> Self {
        match fault {
            LinkFault::Unreachable => Self::Unreachable,
            LinkFault::Broken => Self::LinkBroken,
            LinkFault::Late => Self::Silent,
        }
    }
}

/// Job and attempt in four bytes between 20h and 7Eh, as `GS ( H` wants them.
fn process_id(job: u32, attempt: u8) -> [u8; 4] {
    let digit = |number: u32| 0x20 + (number % 95) as u8;
    [
        digit(job / 95 / 95),
        digit(job / 95),
        digit(job),
        digit(attempt.into()),
    ]
}

/// One connection, from the first question to the confirmation.
struct Session<T: Transport> {
    transport: T,
    replies: ReplyReader,
    /// What counts as the confirmation, while one is awaited.
    awaited: Option<Awaited>,
    confirmed: bool,
}

#[derive(Clone, Copy)]
enum Awaited {
    ProcessId([u8; 4]),
    PaperSensor,
}

impl Awaited {
    /// Stands after the cut, so that the answer says that the cut is done too.
    fn request(self) -> Vec<u8> {
        match self {
            Self::ProcessId([a, b, c, d]) => {
                vec![0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30, a, b, c, d]
            }
            Self::PaperSensor => vec![0x1d, 0x72, 1],
        }
    }
}

impl<T: Transport> Session<T> {
    fn new(transport: T) -> Self {
        Self {
            transport,
            replies: ReplyReader::default(),
            awaited: None,
            confirmed: false,
        }
    }

    /// Asks all four status bytes, each only after the one before was answered: by themselves they
    /// do not say to which question they belong.
    fn state(&mut self, answer_within: Duration) -> Result<PrinterState, Trouble> {
        self.drain()?;
        let bytes = StatusBytes {
            printer: self.ask(1, answer_within)?,
            offline_cause: self.ask(2, answer_within)?,
            error_cause: self.ask(3, answer_within)?,
            paper: self.ask(4, answer_within)?,
        };
        Ok(bytes.state())
    }

    fn print(
        &mut self,
        bytes: &[u8],
        awaited: Awaited,
        settings: &PrinterSettings,
    ) -> PrintOutcome {
        let deadline = Instant::now() + settings.print_within;
        self.awaited = Some(awaited);
        if let Err(failed) = self.transport.send(bytes, settings.print_within) {
            let trouble = failed.fault.into();
            return match failed.sent {
                0 => PrintOutcome::NotPrinted(trouble),
                _ => PrintOutcome::Unknown(trouble),
            };
        }
        match self.await_confirmation(settings.answer_within, deadline) {
            Ok(()) => PrintOutcome::Printed,
            Err(trouble) => PrintOutcome::Unknown(trouble),
        }
    }

    /// Waits for the confirmation and asks for the state in between.
    fn await_confirmation(
        &mut self,
        answer_within: Duration,
        deadline: Instant,
    ) -> Result<(), Trouble> {
        while Instant::now() < deadline {
            let ask_at = deadline.min(Instant::now() + STATE_EVERY);
            while !self.confirmed && self.reply_before(ask_at)?.is_some() {}
            if self.confirmed {
                return Ok(());
            }
            let state = self.state(answer_within);
            match state {
                // The confirmation may have come in between the answers.
                _ if self.confirmed => return Ok(()),
                Ok(PrinterState::Trouble(trouble)) => return Err(trouble),
                // Some printers are deaf while they print.
                Ok(_) | Err(Trouble::Silent) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Err(Trouble::Silent)
    }

    fn ask(&mut self, n: u8, within: Duration) -> Result<u8, Trouble> {
        let deadline = Instant::now() + within;
        self.transport
            .send(&[0x10, 0x04, n], within)
            .map_err(|failed| failed.fault)?;
        while let Some(reply) = self.reply_before(deadline)? {
            if let Reply::RealTime(byte) = reply {
                return Ok(byte);
            }
        }
        Err(Trouble::Silent)
    }

    /// Takes in what came unasked, so that an old answer is not taken for a new one.
    fn drain(&mut self) -> Result<(), Trouble> {
        while self.reply_before(Instant::now())?.is_some() {}
        Ok(())
    }

    /// The next reply before the deadline. What is already there is always read.
    fn reply_before(&mut self, deadline: Instant) -> Result<Option<Reply>, Trouble> {
        loop {
            if let Some(reply) = self.replies.next_reply() {
                self.note(reply);
                return Ok(Some(reply));
            }
            let mut buffer = [0; 256];
            let left = deadline.saturating_duration_since(Instant::now());
            let count = self.transport.receive(&mut buffer, left)?;
            if count == 0 {
                return Ok(None);
            }
            self.replies.push(&buffer[..count]);
        }
    }

    fn note(&mut self, reply: Reply) {
        self.confirmed |= match (self.awaited, reply) {
            (Some(Awaited::ProcessId(id)), Reply::ProcessId(got)) => got == id,
            (Some(Awaited::PaperSensor), Reply::Sensor(_)) => true,
            _ => false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::SendFault;

    /// A printer that says these things, one for each time it is listened to, and then nothing.
    struct Script(Vec<Vec<u8>>);

    impl Transport for Script {
        fn send(&mut self, _bytes: &[u8], _within: Duration) -> Result<(), SendFault> {
            Ok(())
        }

        fn receive(&mut self, buffer: &mut [u8], _within: Duration) -> Result<usize, LinkFault> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let said = self.0.remove(0);
            buffer[..said.len()].copy_from_slice(&said);
            Ok(said.len())
        }
    }

    fn outcome(said: &[&[u8]], job: u32, attempt: u8) -> PrintOutcome {
        let mut settings = PrinterSettings::network("script");
        settings.print_within = Duration::from_millis(20);
        let script = said.iter().map(|bytes| bytes.to_vec()).collect();
        let awaited = Awaited::ProcessId(process_id(job, attempt));
        Session::new(Script(script)).print(&[0x0a], awaited, &settings)
    }

    fn confirmation(job: u32, attempt: u8) -> Vec<u8> {
        [&[0x37, 0x22], &process_id(job, attempt)[..], &[0]].concat()
    }

    #[test]
    fn only_the_confirmation_of_this_attempt_counts() {
        let (first, second) = (confirmation(8, 1), confirmation(8, 2));
        let silent = PrintOutcome::Unknown(Trouble::Silent);
        assert_eq!(outcome(&[&first], 8, 2), silent);
        assert_eq!(outcome(&[&first, &second], 8, 2), PrintOutcome::Printed);
    }

    #[test]
    fn a_confirmation_in_pieces_and_among_reports_counts() {
        let whole = confirmation(8, 2);
        let report = [0x10, 0x00, 0x00, 0x0f];
        let said: [&[u8]; 3] = [&report, &whole[..3], &whole[3..]];
        assert_eq!(outcome(&said, 8, 2), PrintOutcome::Printed);
    }

    #[test]
    fn ids_are_printable_and_differ() {
        let mut ids: Vec<_> = (0..2_000).map(|job| process_id(job * 7, 94)).collect();
        assert!(
            ids.iter()
                .flatten()
                .all(|byte| (0x20..=0x7e).contains(byte))
        );
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 2_000);
    }
}
