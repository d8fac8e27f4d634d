//! One opened way, from the first question to the confirmation.

use std::time::{Duration, Instant};

use super::{Completion, PrintOutcome, PrinterSettings};
use crate::reply::{Reply, ReplyReader};
use crate::state::{PrinterState, StatusBytes, Trouble};
use crate::transport::{LinkFault, Transport};

/// While a ticket prints the state is asked this often, so that an empty roll is told at once
/// and not only when all time is up.
const STATE_EVERY: Duration = Duration::from_millis(500);

/// `DLE DC4 8`, clear the buffers: obeyed at once, also by a printer that has stopped. What it had not
/// printed when its paper ended must not come out when somebody else stands there.
const CLEAR: [u8; 10] = [0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8];

pub(super) struct Session {
    transport: Box<dyn Transport>,
    replies: ReplyReader,
    /// What counts as the confirmation, while one is awaited.
    awaited: Option<Awaited>,
    confirmed: bool,
    /// Bytes came that no printer says.
    garbled: bool,
    /// A kiosk printer's word that a ticket hangs out of it.
    pub(super) ticket_hangs: bool,
}

/// The confirmation that a piece of work ends with.
#[derive(Clone, Copy)]
pub(super) enum Awaited {
    ProcessId([u8; 4]),
    PaperSensor,
    Nothing,
}

impl Awaited {
    /// The confirmation of this attempt at this job.
    pub(super) fn of(completion: Completion, job: u32, attempt: u8) -> Self {
        match completion {
            Completion::ProcessId => Self::ProcessId(process_id(job, attempt)),
            Completion::PaperSensor => Self::PaperSensor,
            Completion::Nothing => Self::Nothing,
        }
    }

    /// Stands after the cut, so that the answer says that the cut is done too.
    pub(super) fn request(self) -> Vec<u8> {
        match self {
            Self::ProcessId([a, b, c, d]) => {
                vec![0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30, a, b, c, d]
            }
            Self::PaperSensor => vec![0x1d, 0x72, 1],
            Self::Nothing => Vec::new(),
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

impl Session {
    pub(super) fn new(transport: Box<dyn Transport>) -> Self {
        Self {
            transport,
            replies: ReplyReader::default(),
            awaited: None,
            confirmed: false,
            garbled: false,
            ticket_hangs: false,
        }
    }

    /// Asks for the state, once more when noise was among the answers; a line that says nothing but
    /// noise is as good as silent.
    pub(super) fn state(&mut self, answer_within: Duration) -> Result<PrinterState, Trouble> {
        for _ in 0..2 {
            let state = self.state_once(answer_within)?;
            if !self.garbled {
                return Ok(state);
            }
        }
        Err(Trouble::Silent)
    }

    /// Asks all four status bytes, each only after the one before was answered: by themselves they
    /// do not say to which question they belong.
    fn state_once(&mut self, answer_within: Duration) -> Result<PrinterState, Trouble> {
        self.drain()?;
        self.garbled = false;
        let bytes = StatusBytes {
            printer: self.ask(1, answer_within)?,
            offline_cause: self.ask(2, answer_within)?,
            error_cause: self.ask(3, answer_within)?,
            paper: self.ask(4, answer_within)?,
        };
        self.drain()?;
        self.ticket_hangs = bytes.ticket_hangs();
        Ok(bytes.state())
    }

    /// Sends all in one piece and waits until the printer has confirmed it.
    pub(super) fn print(
        &mut self,
        bytes: &[u8],
        awaited: Awaited,
        settings: &PrinterSettings,
    ) -> PrintOutcome {
        let deadline = Instant::now() + settings.print_within;
        (self.awaited, self.confirmed) = (Some(awaited), false);
        if let Err(failed) = self.transport.send(bytes, settings.print_within) {
            let trouble = failed.fault.into();
            return match failed.sent {
                0 => PrintOutcome::NotPrinted(trouble),
                _ => PrintOutcome::Unknown(trouble),
            };
        }
        if matches!(awaited, Awaited::Nothing) {
            return PrintOutcome::Sent;
        }
        match self.await_confirmation(settings.answer_within, deadline) {
            Ok(()) => PrintOutcome::Printed,
            Err(trouble) => {
                self.clear(trouble, settings.answer_within);
                PrintOutcome::Unknown(trouble)
            }
        }
    }

    /// What is still in the printer stays there for ever. One that does not know the command, or is
    /// not reached any more, prints it later, which is why the outcome is unknown.
    fn clear(&mut self, trouble: Trouble, within: Duration) {
        if trouble != Trouble::LinkBroken {
            let _ = self.transport.send(&CLEAR, within);
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
            if self.confirmed && self.is_distinct() {
                return Ok(());
            }
            let state = self.state(answer_within);
            match state {
                // The confirmation may have come in between the answers, and an answer of one bit
                // pattern counts only from a printer that makes sense otherwise.
                _ if self.confirmed && self.is_distinct() => return Ok(()),
                Ok(_) if self.confirmed => return Ok(()),
                Ok(PrinterState::Trouble(trouble)) => return Err(trouble),
                // Some printers are deaf while they print.
                Ok(_) | Err(Trouble::Silent) => self.confirmed = false,
                Err(trouble) => return Err(trouble),
            }
        }
        Err(Trouble::Silent)
    }

    /// Whether the confirmation is one that noise cannot spell.
    fn is_distinct(&self) -> bool {
        matches!(self.awaited, Some(Awaited::ProcessId(_)))
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
            let mut buffer = [0; 1024];
            let left = deadline.saturating_duration_since(Instant::now());
            let count = self.transport.receive(&mut buffer, left)?;
            if count == 0 {
                return Ok(None);
            }
            self.replies.push(&buffer[..count]);
        }
    }

    fn note(&mut self, reply: Reply) {
        self.garbled |= matches!(reply, Reply::Noise(_));
        self.confirmed |= match (self.awaited, reply) {
            (Some(Awaited::ProcessId(id)), Reply::ProcessId(got)) => got == id,
            (Some(Awaited::PaperSensor), Reply::Sensor(_)) => true,
            _ => false,
        };
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

    fn session(said: &[&[u8]]) -> Session {
        let script = said.iter().map(|bytes| bytes.to_vec()).collect();
        Session::new(Box::new(Script(script)))
    }

    fn outcome(said: &[&[u8]], awaited: Awaited) -> PrintOutcome {
        let mut settings = PrinterSettings::network("script:9100");
        settings.print_within = Duration::from_millis(20);
        session(said).print(&[0x0a], awaited, &settings)
    }

    fn confirmation(job: u32, attempt: u8) -> Vec<u8> {
        [&[0x37, 0x22], &process_id(job, attempt)[..], &[0]].concat()
    }

    const SILENT: PrintOutcome = PrintOutcome::Unknown(Trouble::Silent);

    #[test]
    fn only_the_confirmation_of_this_attempt_counts() {
        let (first, second) = (confirmation(8, 1), confirmation(8, 2));
        let awaited = Awaited::ProcessId(process_id(8, 2));
        assert_eq!(outcome(&[&first], awaited), SILENT);
        assert_eq!(outcome(&[&first, &second], awaited), PrintOutcome::Printed);
    }

    #[test]
    fn a_confirmation_in_pieces_and_among_reports_counts() {
        let whole = confirmation(8, 2);
        let report = [0x10, 0x00, 0x00, 0x0f];
        let said: [&[u8]; 3] = [&report, &whole[..3], &whole[3..]];
        let awaited = Awaited::ProcessId(process_id(8, 2));
        assert_eq!(outcome(&said, awaited), PrintOutcome::Printed);
    }

    /// One bit pattern out of sixteen is easily met by noise, so the printer must make sense too.
    #[test]
    fn a_sensor_answer_counts_only_from_a_printer_that_makes_sense() {
        let calm: [&[u8]; 9] = [&[0], &[], &[0x12], &[0x12], &[0x12], &[0x12], &[], &[], &[]];
        assert_eq!(outcome(&calm, Awaited::PaperSensor), PrintOutcome::Printed);
        let noise: Vec<&[u8]> = std::iter::repeat_n(&[0_u8, 0xff, 0x12, 0x81][..], 64).collect();
        assert_eq!(outcome(&noise, Awaited::PaperSensor), SILENT);
    }

    #[test]
    fn a_state_among_noise_is_no_state() {
        let clean: [&[u8]; 5] = [&[], &[0x92], &[0x12], &[0x12], &[0x1e]];
        let mut calm = session(&clean);
        let within = Duration::from_millis(5);
        assert_eq!(calm.state(within), Ok(PrinterState::NearEnd));
        assert!(calm.ticket_hangs);
        let noisy: Vec<&[u8]> = std::iter::repeat_n(&[0x12_u8, 0xc1][..], 20).collect();
        assert_eq!(session(&noisy).state(within), Err(Trouble::Silent));
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
