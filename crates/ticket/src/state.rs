//! The state of a printer, read from its real-time status bytes by their masks.
//!
//! Source of every bit: `DLE EOT n` in Epson's ESC/POS command reference, which makers of
//! compatible printers follow; bit 7 of n = 1 is an addition of some kiosk printers.

/// What a printer said about itself, or that it said nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterState {
    /// It prints.
    Ready,
    /// It prints, and the roll will be used up soon: tell staff.
    NearEnd,
    /// It cannot print now.
    Trouble(Trouble),
}

impl PrinterState {
    /// True when a ticket may be offered.
    pub fn can_print(self) -> bool {
        self.trouble().is_none()
    }

    /// The trouble, if there is one.
    pub fn trouble(self) -> Option<Trouble> {
        match self {
            Self::Ready | Self::NearEnd => None,
            Self::Trouble(trouble) => Some(trouble),
        }
    }
}

/// Why no paper comes, the most telling reason first where several hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nothing answers at the printer's address.
    #[error("the printer cannot be reached")]
    Unreachable,
    /// The connection stands and the printer does not answer in time.
    #[error("the printer does not answer")]
    Silent,
    /// The connection broke off.
    #[error("the connection to the printer broke off")]
    LinkBroken,
    /// The roll is used up.
    #[error("the printer is out of paper")]
    PaperOut,
    /// The cover is open.
    #[error("the printer's cover is open")]
    CoverOpen,
    /// The cutter is jammed.
    #[error("the printer's cutter is jammed")]
    Cutter,
    /// The head is too hot; it goes on by itself when it has cooled.
    #[error("the printer's head is too hot")]
    HeadHot,
    /// A fault that only a technician mends.
    #[error("the printer reports a fault that it cannot recover from")]
    Broken,
    /// The printer is offline for a reason it does not give.
    #[error("the printer is offline")]
    Offline,
    /// The slip holds something that cannot be put on paper, such as an overlong QR text.
    #[error("the slip holds something that cannot be printed")]
    Unprintable,
    /// The spool's disk refuses, so nothing may be sent.
    #[error("the print job cannot be written down")]
    Unrecorded,
    /// The program that prints was stopped meanwhile.
    #[error("the program stopped before the ticket was printed")]
    Stopped,
}

impl Trouble {
    /// Every one.
    pub const ALL: [Self; 12] = [
        Self::Unreachable,
        Self::Silent,
        Self::LinkBroken,
        Self::PaperOut,
        Self::CoverOpen,
        Self::Cutter,
        Self::HeadHot,
        Self::Broken,
        Self::Offline,
        Self::Unprintable,
        Self::Unrecorded,
        Self::Stopped,
    ];
}

/// The four answers to `DLE EOT 1..4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatusBytes {
    pub(crate) printer: u8,
    pub(crate) offline_cause: u8,
    pub(crate) error_cause: u8,
    pub(crate) paper: u8,
}

impl StatusBytes {
    /// Puts the four bytes into one word, a cause before its consequence: a printer without
    /// paper is offline too, and staff need to hear of the paper.
    pub(crate) fn state(self) -> PrinterState {
        let causes = [
            (self.offline_cause & 0x04, Trouble::CoverOpen),
            (
                self.offline_cause & 0x20 | self.paper & 0x60,
                Trouble::PaperOut,
            ),
            (self.error_cause & 0x08, Trouble::Cutter),
            (self.error_cause & 0x20, Trouble::Broken),
            (self.error_cause & 0x40, Trouble::HeadHot),
            (self.offline_cause & 0x40, Trouble::Broken),
            (self.printer & 0x08, Trouble::Offline),
        ];
        let trouble = causes.iter().find(|(bits, _)| *bits != 0);
        match trouble {
            Some((_, trouble)) => PrinterState::Trouble(*trouble),
            None if self.paper & 0x0c != 0 => PrinterState::NearEnd,
            None => PrinterState::Ready,
        }
    }

    /// The addition of kiosk printers: the last ticket has not been taken.
    pub(crate) fn ticket_hangs(self) -> bool {
        self.printer & 0x80 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: StatusBytes = StatusBytes {
        printer: 0x12,
        offline_cause: 0x12,
        error_cause: 0x12,
        paper: 0x12,
    };

    #[test]
    fn each_bit_has_its_word() {
        let with = |change: fn(&mut StatusBytes)| {
            let mut bytes = CALM;
            change(&mut bytes);
            bytes.state()
        };
        assert_eq!(CALM.state(), PrinterState::Ready);
        assert_eq!(with(|s| s.paper = 0x1e), PrinterState::NearEnd);
        let trouble = |change| with(change).trouble();
        assert_eq!(trouble(|s| s.printer = 0x1a), Some(Trouble::Offline));
        assert_eq!(
            trouble(|s| s.offline_cause = 0x16),
            Some(Trouble::CoverOpen)
        );
        assert_eq!(trouble(|s| s.offline_cause = 0x32), Some(Trouble::PaperOut));
        assert_eq!(trouble(|s| s.paper = 0x7e), Some(Trouble::PaperOut));
        assert_eq!(trouble(|s| s.error_cause = 0x1a), Some(Trouble::Cutter));
        assert_eq!(trouble(|s| s.error_cause = 0x32), Some(Trouble::Broken));
        assert_eq!(trouble(|s| s.error_cause = 0x52), Some(Trouble::HeadHot));
    }

    #[test]
    fn a_cause_goes_before_its_consequence() {
        let bytes = StatusBytes {
            printer: 0x1a,
            offline_cause: 0x32,
            paper: 0x7e,
            ..CALM
        };
        assert_eq!(bytes.state(), PrinterState::Trouble(Trouble::PaperOut));
    }
}
