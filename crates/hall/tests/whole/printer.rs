//! A kiosk's printer and the file of its print jobs: the real spool and the real printer's driver, over
//! a wire, a roll of paper and a disk that are only bytes.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ticket::spool::{Disk, Patience, Spool, Spooler};
use ticket::{LinkFault, PrintOutcome, Printer, PrinterSettings, SendFault, Slip, Transport, Way};

/// What confirms a job, before its four characters (GS ( H, Epson's ESC/POS reference).
const CONFIRM: [u8; 7] = [0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30];

/// How the printer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    #[default]
    Good,
    PaperOut,
    CoverOpen,
    SwitchedOff,
}

/// A paper that somebody can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub number: String,
    /// Whether it has the bar 补打 REPRINT.
    pub has_bar: bool,
}

#[derive(Default)]
struct Machine {
    condition: Condition,
    /// The link breaks, or the kiosk is killed, after so many bytes of the next job.
    breaks_after: Option<usize>,
    kills: bool,
    /// The program is dead: nothing is sent or written any more.
    dead: bool,
    expected: String,
    replies: Vec<u8>,
    sheets: Vec<Sheet>,
    file: Vec<u8>,
}

/// A kiosk's printing, which outlives the kiosk's program.
pub struct Printing {
    machine: Arc<Mutex<Machine>>,
    spooler: Option<Spooler>,
}

impl Printing {
    pub fn new() -> Self {
        let mut printing = Self {
            machine: Arc::default(),
            spooler: None,
        };
        printing.start();
        printing
    }

    /// The program starts, over what the last one left.
    pub fn start(&mut self) {
        self.machine().dead = false;
        let settings = PrinterSettings {
            // No font: what is not in the printer's own is left out, and nothing is looked for.
            font: Some(PathBuf::from("/no/font")),
            print_within: Duration::from_millis(50),
            ..PrinterSettings::network("printer:9100")
        };
        let way = Wire(Arc::clone(&self.machine));
        let printer = Printer::over(settings, Box::new(way)).expect("a usual width");
        let disk = SpoolDisk(Arc::clone(&self.machine));
        let spool = Spool::over(Box::new(disk)).expect("a disk that is there");
        // A customer who waits for a copy is another matter: one attempt, and then it is known.
        let patience = Patience {
            copies_within: Duration::ZERO,
            ask_again_after: Duration::ZERO,
        };
        self.spooler = Some(Spooler::new(printer, spool, patience));
    }

    pub fn is_running(&self) -> bool {
        self.spooler.is_some()
    }

    pub fn set(&self, condition: Condition) {
        self.machine().condition = condition;
    }

    /// The next job breaks off after so many bytes, by the cable or with the program.
    pub fn break_after(&self, bytes: usize, kills: bool) {
        let mut machine = self.machine();
        (machine.breaks_after, machine.kills) = (Some(bytes), kills);
    }

    /// Prints a slip. `None` if the program died of it.
    pub fn print(&mut self, ticket: u64, number: &str, copy: u32) -> Option<PrintOutcome> {
        self.machine().expected = number.to_owned();
        let slip = Slip {
            number: number.to_owned(),
            serial: ticket.to_string(),
            copy,
            ..Slip::default()
        };
        let outcome = self.spooler.as_mut()?.print(ticket, &slip);
        if self.machine().dead {
            self.spooler = None;
            return None;
        }
        Some(outcome)
    }

    /// What the hall was not told yet.
    pub fn untold(&self) -> Vec<(u64, PrintOutcome)> {
        self.spooler
            .as_ref()
            .map(Spooler::untold)
            .unwrap_or_default()
    }

    pub fn told(&mut self, ticket: u64) {
        if let Some(spooler) = &mut self.spooler {
            spooler.told(ticket);
        }
    }

    /// A paper is pushed out without any job.
    pub fn push_out(&self, number: &str) {
        let sheet = Sheet {
            number: number.to_owned(),
            has_bar: false,
        };
        self.machine().sheets.push(sheet);
    }

    /// The papers that came out since somebody looked.
    pub fn take_sheets(&self) -> Vec<Sheet> {
        std::mem::take(&mut self.machine().sheets)
    }

    fn machine(&self) -> MutexGuard<'_, Machine> {
        lock(&self.machine)
    }
}

fn lock(machine: &Mutex<Machine>) -> MutexGuard<'_, Machine> {
    machine.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Machine {
    fn receive(&mut self, bytes: &[u8]) -> Result<(), SendFault> {
        if self.dead {
            return Err(SendFault {
                sent: 0,
                fault: LinkFault::Broken,
            });
        }
        if let [0x10, 0x04, question] = bytes {
            self.replies.push(self.status(*question));
            return Ok(());
        }
        let Some(confirm) = find(bytes, &CONFIRM) else {
            return Ok(());
        };
        let breaks_after = self
            .breaks_after
            .take()
            .filter(|after| *after < bytes.len());
        let got = breaks_after.unwrap_or(bytes.len());
        // The cut is the last thing before the confirmation.
        if got >= confirm && find(bytes, self.expected.as_bytes()).is_some() {
            let has_bar = find(bytes, b"REPRINT").is_some();
            self.sheets.push(Sheet {
                number: self.expected.clone(),
                has_bar,
            });
        }
        if breaks_after.is_some() {
            self.dead = self.kills;
            return Err(SendFault {
                sent: got,
                fault: LinkFault::Broken,
            });
        }
        let id = &bytes[confirm + CONFIRM.len()..];
        self.replies.extend(
            [0x37, 0x22]
                .into_iter()
                .chain(id.iter().copied().take(4))
                .chain([0]),
        );
        Ok(())
    }

    /// Real-time status (DLE EOT n): bits 1 and 4 are always set.
    fn status(&self, question: u8) -> u8 {
        let calm = 0x12;
        match (question, self.condition) {
            (1, Condition::PaperOut | Condition::CoverOpen) => calm | 0x08,
            (2, Condition::PaperOut) => calm | 0x20,
            (2, Condition::CoverOpen) => calm | 0x04,
            (4, Condition::PaperOut) => calm | 0x60,
            _ => calm,
        }
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

struct Wire(Arc<Mutex<Machine>>);

impl Way for Wire {
    fn open(&mut self, _: Duration) -> Result<Box<dyn Transport>, LinkFault> {
        let mut machine = lock(&self.0);
        machine.replies.clear();
        if machine.condition == Condition::SwitchedOff || machine.dead {
            return Err(LinkFault::Unreachable);
        }
        Ok(Box::new(Wire(Arc::clone(&self.0))))
    }
}

impl Transport for Wire {
    fn send(&mut self, bytes: &[u8], _: Duration) -> Result<(), SendFault> {
        lock(&self.0).receive(bytes)
    }

    fn receive(&mut self, buffer: &mut [u8], _: Duration) -> Result<usize, LinkFault> {
        let mut machine = lock(&self.0);
        let count = machine.replies.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(machine.replies.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }
}

/// Keeps what a line leaves of it when the program dies in the middle.
struct SpoolDisk(Arc<Mutex<Machine>>);

impl Disk for SpoolDisk {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(lock(&self.0).file.clone())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut machine = lock(&self.0);
        if machine.dead {
            return Err(io::Error::other("the program is dead"));
        }
        machine.file.extend(bytes);
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        lock(&self.0).file = bytes.to_vec();
        Ok(())
    }
}
