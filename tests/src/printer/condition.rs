//! What state a printer is in, how it says so, and how it may misbehave.

use std::str::FromStr;
use std::time::Duration;

/// The state of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It prints.
    Ready,
    /// It prints and says that the roll ends soon.
    NearEnd,
    /// The roll is used up.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// The cutter is jammed.
    CutterJam,
    /// Somebody pressed the button that takes it offline.
    Offline,
}

impl Condition {
    pub(crate) fn prints(self) -> bool {
        matches!(self, Self::Ready | Self::NearEnd)
    }

    /// The answer to `DLE EOT n`.
    pub(crate) fn real_time(self, n: u8) -> Option<u8> {
        let bits = match (n, self) {
            (1, condition) if !condition.prints() => 0x08,
            (2, Self::CoverOpen) => 0x04,
            (2, Self::PaperOut) => 0x20,
            (2, Self::CutterJam) => 0x40,
            (3, Self::CutterJam) => 0x08,
            (4, Self::NearEnd) => 0x0c,
            (4, Self::PaperOut) => 0x6c,
            (1..=4, _) => 0,
            _ => return None,
        };
        Some(0x12 | bits)
    }

    /// The report that a printer makes by itself after `GS a`.
    pub(crate) fn report(self) -> [u8; 4] {
        let offline = if self.prints() { 0 } else { 0x08 };
        let (cover, error, paper) = match self {
            Self::Ready | Self::Offline => (0, 0, 0),
            Self::NearEnd => (0, 0, 0x03),
            Self::PaperOut => (0, 0, 0x0f),
            Self::CoverOpen => (0x20, 0, 0),
            Self::CutterJam => (0, 0x08, 0),
        };
        [0x10 | offline | cover, error, paper, 0x0f]
    }

    /// The answer to `GS r 1`.
    pub(crate) fn paper_sensor(self) -> u8 {
        match self {
            Self::NearEnd => 0x03,
            Self::PaperOut => 0x0f,
            _ => 0,
        }
    }
}

/// The words that the program `printer-simulator` takes.
impl FromStr for Condition {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "ready" => Ok(Self::Ready),
            "near-end" => Ok(Self::NearEnd),
            "paper-out" => Ok(Self::PaperOut),
            "cover-open" => Ok(Self::CoverOpen),
            "cutter-jam" => Ok(Self::CutterJam),
            "offline" => Ok(Self::Offline),
            _ => Err(format!(
                "{word:?} is no condition; try ready, near-end, paper-out, cover-open, cutter-jam or offline"
            )),
        }
    }
}

/// How the printer or its wire misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It takes everything and answers nothing.
    Silent,
    /// Every answer comes this much later.
    AnswersLate(Duration),
    /// It takes this many bytes a second.
    Slow {
        /// 11,520 is a serial line of 115,200 baud.
        bytes_per_second: u32,
    },
    /// The link breaks after this many bytes of a connection.
    CutLinkAfter {
        /// Bytes received, questions included.
        bytes: usize,
    },
    /// The roll ends after this many bytes of a connection.
    PaperOutAfter {
        /// Bytes received, questions included.
        bytes: usize,
    },
}
