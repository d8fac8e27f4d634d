use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::printer::{Printer, PrinterSettings};
use crate::slip::Slip;
use crate::transport::{LinkFault, SendFault, Transport, Way};

const TICKET: u64 = 20_261_122_000_012;

/// A disk in memory. Each operation may fail, by what is counted down.
#[derive(Clone, Default)]
struct Memory {
    bytes: Arc<Mutex<Vec<u8>>>,
    fails_at: Arc<Mutex<Option<usize>>>,
}

impl Memory {
    fn fails_now(&self) -> io::Result<()> {
        let mut left = self.fails_at.lock().unwrap();
        *left = left.map(|left| left.saturating_sub(1));
        match *left {
            Some(0) => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }
}

impl Disk for Memory {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.bytes.lock().unwrap().clone())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut kept = self.bytes.lock().unwrap();
        if let Err(full) = self.fails_now() {
            kept.extend(&bytes[..bytes.len() / 2]);
            return Err(full);
        }
        kept.extend(bytes);
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.fails_now()?;
        *self.bytes.lock().unwrap() = bytes.to_vec();
        Ok(())
    }
}

/// A printer that is always ready, keeps what it is sent, and confirms it or does not.
#[derive(Clone)]
struct Paper {
    taken: Arc<Mutex<Vec<u8>>>,
    answers: Vec<u8>,
    confirms: bool,
    /// The answer to the first question about the state.
    status: Arc<AtomicU8>,
}

impl Paper {
    fn new(confirms: bool) -> Self {
        Self {
            taken: Arc::default(),
            answers: Vec::new(),
            confirms,
            status: Arc::new(AtomicU8::new(0x12)),
        }
    }

    fn sheets(&self) -> usize {
        let taken = self.taken.lock().unwrap();
        taken
            .windows(3)
            .filter(|at| *at == [0x1d, 0x56, 66])
            .count()
    }
}

impl Way for Paper {
    fn open(&mut self, _within: Duration) -> Result<Box<dyn Transport>, LinkFault> {
        Ok(Box::new(self.clone()))
    }
}

impl Transport for Paper {
    fn send(&mut self, bytes: &[u8], _within: Duration) -> Result<(), SendFault> {
        if bytes.starts_with(&[0x10, 0x04]) {
            let status = self.status.load(Ordering::Relaxed);
            self.answers.push(if bytes[2] == 1 { status } else { 0x12 });
            return Ok(());
        }
        self.taken.lock().unwrap().extend(bytes);
        if let (true, [.., 0x30, 0x30, a, b, c, d]) = (self.confirms, bytes) {
            self.answers.extend([0x37, 0x22, *a, *b, *c, *d, 0]);
        }
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], _within: Duration) -> Result<usize, LinkFault> {
        let count = self.answers.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.answers[..count]);
        self.answers.drain(..count);
        Ok(count)
    }
}

fn spooler(disk: &Memory, paper: &Paper) -> Spooler {
    let mut settings = PrinterSettings::network("memory:9100");
    settings.print_within = Duration::from_millis(1);
    let printer = Printer::over(settings, Box::new(paper.clone())).unwrap();
    let spool = Spool::over(Box::new(disk.clone())).unwrap();
    let patience = Patience {
        copies_within: Duration::from_millis(100),
        ask_again_after: Duration::from_millis(1),
    };
    Spooler::new(printer, spool, patience)
}

fn after_stop(bytes: &[u8]) -> Vec<(u64, PrintOutcome)> {
    let disk = Memory::default();
    *disk.bytes.lock().unwrap() = bytes.to_vec();
    Spool::over(Box::new(disk)).unwrap().untold()
}

/// The file of one job from queued to told.
fn life_of_a_job(confirms: bool) -> Vec<u8> {
    let (disk, paper) = (Memory::default(), Paper::new(confirms));
    let mut spooler = spooler(&disk, &paper);
    spooler.print(TICKET, &Slip::example());
    spooler.told(TICKET);
    let bytes = disk.bytes.lock().unwrap();
    bytes.clone()
}

#[test]
fn a_job_is_printed_told_and_forgotten() {
    let (disk, paper) = (Memory::default(), Paper::new(true));
    let mut first = spooler(&disk, &paper);
    assert_eq!(first.print(TICKET, &Slip::example()), PrintOutcome::Printed);
    assert_eq!(first.untold(), [(TICKET, PrintOutcome::Printed)]);
    let mut second = spooler(&disk, &paper);
    assert_eq!(second.untold(), [(TICKET, PrintOutcome::Printed)]);
    second.told(TICKET);
    assert_eq!(spooler(&disk, &paper).untold(), []);
    assert_eq!(paper.sheets(), 1);
}

#[test]
fn what_nobody_confirms_comes_again_with_the_bar_and_not_for_ever() {
    let (disk, paper) = (Memory::default(), Paper::new(false));
    let mut spooler = spooler(&disk, &paper);
    let outcome = spooler.print(TICKET, &Slip::example());
    assert_eq!(outcome, PrintOutcome::Unknown(Trouble::Silent));
    let taken = paper.taken.lock().unwrap();
    let is_copy = taken.windows(7).any(|at| at == b"REPRINT");
    assert!(!is_copy, "the printer is not through with the first");
    drop(taken);
    assert!(spooler.spool().is_interrupted());
}

/// Wherever the program is stopped, what is said afterwards is no more than what is known.
#[test]
fn a_file_cut_at_any_byte_tells_the_truth() {
    let bytes = life_of_a_job(true);
    let ends: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').collect();
    let [.., queued, sending, ended, told] = ends[..] else {
        panic!("queued, sending, ended, told: {ends:?}");
    };
    for cut in 0..=bytes.len() {
        // A line counts when all of it is there, with or without its end.
        let expected = match cut {
            cut if cut < queued => vec![],
            cut if cut < sending => vec![PrintOutcome::NotPrinted(Trouble::Stopped)],
            cut if cut < ended => vec![PrintOutcome::Unknown(Trouble::Stopped)],
            cut if cut < told => vec![PrintOutcome::Printed],
            _ => vec![],
        };
        let said: Vec<PrintOutcome> = after_stop(&bytes[..cut]).iter().map(|one| one.1).collect();
        assert_eq!(said, expected, "cut at {cut}");
    }
}

/// Bytes had left, so whatever the disk spoils, nobody may say that there is no paper.
#[test]
fn a_flipped_bit_never_makes_a_paper_unsaid() {
    let bytes = life_of_a_job(false);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let sending = text.find("sending").unwrap();
    let upto = sending + text[sending..].find('\n').unwrap() + 1;
    for bit in 0..upto * 8 {
        let mut spoiled = bytes[..upto].to_vec();
        spoiled[bit / 8] ^= 1 << (bit % 8);
        for (ticket, outcome) in after_stop(&spoiled) {
            assert_eq!(ticket, TICKET);
            let unknown = PrintOutcome::Unknown(Trouble::Stopped);
            assert_eq!(outcome, unknown, "bit {bit}");
        }
    }
}

/// The disk is full from some operation on: what cannot be written down is not sent, and what was
/// printed is not denied.
#[test]
fn a_full_disk_stops_paper_and_never_the_truth() {
    for fails_at in 1..6 {
        let (disk, paper) = (Memory::default(), Paper::new(true));
        let mut spooler = spooler(&disk, &paper);
        *disk.fails_at.lock().unwrap() = Some(fails_at);
        let outcome = spooler.print(TICKET, &Slip::example());
        let expected = match fails_at {
            1 | 2 => PrintOutcome::NotPrinted(Trouble::Unrecorded),
            _ => PrintOutcome::Printed,
        };
        assert_eq!(outcome, expected, "fails at {fails_at}");
        assert_eq!(
            paper.sheets(),
            usize::from(outcome == PrintOutcome::Printed)
        );
        let bytes = disk.bytes.lock().unwrap().clone();
        for (_, said) in after_stop(&bytes) {
            let unknown = matches!(said, PrintOutcome::Unknown(_));
            let none = matches!(said, PrintOutcome::NotPrinted(_)) && paper.sheets() == 0;
            assert!(said == outcome || unknown || none, "fails at {fails_at}");
        }
        // Room again: the next ticket is a job of its own, behind whatever half line there is.
        *disk.fails_at.lock().unwrap() = None;
        assert_eq!(
            spooler.print(TICKET + 1, &Slip::example()),
            PrintOutcome::Printed
        );
        let bytes = disk.bytes.lock().unwrap().clone();
        assert!(after_stop(&bytes).contains(&(TICKET + 1, PrintOutcome::Printed)));
    }
}

#[test]
fn a_ticket_that_hung_out_and_is_gone_was_taken() {
    let (disk, paper) = (Memory::default(), Paper::new(true));
    paper.status.store(0x92, Ordering::Relaxed);
    let mut spooler = spooler(&disk, &paper);
    spooler.print(TICKET, &Slip::example());
    spooler.state();
    assert_eq!(spooler.spool().job(0).unwrap().state, JobState::Printed);
    paper.status.store(0x12, Ordering::Relaxed);
    spooler.state();
    assert_eq!(spooler.spool().job(0).unwrap().state, JobState::Taken);
}

/// It is once on paper at most, and nobody hears of it after a stop; but a stop within it leaves word
/// that the printer may wait for its rest.
#[test]
fn what_is_no_ticket_is_printed_once_and_forgotten() {
    for confirms in [true, false] {
        let (disk, paper) = (Memory::default(), Paper::new(confirms));
        let outcome = spooler(&disk, &paper).print_other("report", &Slip::example());
        let expected = match confirms {
            true => PrintOutcome::Printed,
            false => PrintOutcome::Unknown(Trouble::Silent),
        };
        assert_eq!((outcome, paper.sheets()), (expected, 1));
        let next = spooler(&disk, &paper);
        assert_eq!(next.untold(), []);
        assert_eq!(next.spool().is_interrupted(), !confirms);
    }
}

#[test]
fn the_file_does_not_grow_for_ever() {
    let (disk, paper) = (Memory::default(), Paper::new(true));
    let mut spooler = spooler(&disk, &paper);
    let mut slip = Slip::example();
    slip.large_print = true;
    for ticket in 0..1_500 {
        spooler.print(ticket, &slip);
        spooler.told(ticket);
    }
    let bytes = disk.bytes.lock().unwrap().len();
    assert!(bytes < LINES_MAX * 64, "{bytes} bytes");
    assert_eq!(
        spooler.spool().job(1_499).map(|job| job.is_told),
        Some(true)
    );
}

fn any_outcome() -> impl Strategy<Value = PrintOutcome> {
    prop_oneof![
        Just(PrintOutcome::Printed),
        Just(PrintOutcome::Sent),
        Just(PrintOutcome::NotPrinted(Trouble::PaperOut)),
        Just(PrintOutcome::Unknown(Trouble::LinkBroken)),
    ]
}

proptest! {
    /// Of a job the paper without the bar is sent once; after it each copy has a higher number. What
    /// may be on paper is never called not printed. The shortened file says the same as the long one.
    #[test]
    fn no_sequence_of_outcomes_doubles_or_denies_a_paper(
        outcomes in prop::collection::vec(any_outcome(), 0..8),
        stops_while_sending: bool,
    ) {
        let mut jobs = Jobs::default();
        let number = String::from("A012");
        jobs.evolve(&Note::Queued { job: 0, ticket: TICKET, copy: 0, number });
        let (mut bars, mut may_be_paper) = (Vec::new(), false);
        for outcome in outcomes {
            let Step::Send { copy } = jobs.job(0).unwrap().step(true) else { break };
            jobs.evolve(&Note::Sending { job: 0, ticket: TICKET, copy });
            if stops_while_sending && matches!(outcome, PrintOutcome::Unknown(_)) {
                bars.push(copy);
                may_be_paper = true;
                jobs.after_stop(false).iter().for_each(|note| jobs.evolve(note));
                break;
            }
            jobs.evolve(&Note::Ended { job: 0, ticket: TICKET, outcome });
            if !matches!(outcome, PrintOutcome::NotPrinted(_)) {
                bars.push(copy);
                may_be_paper = true;
            }
        }
        prop_assert!(bars.windows(2).all(|two| two[0] < two[1]), "{:?}", bars);
        prop_assert!(bars.len() <= 3);
        let denied = matches!(jobs.job(0).unwrap().state, JobState::NotPrinted(_));
        prop_assert!(!(denied && may_be_paper));
        let mut again = Jobs::default();
        jobs.notes().iter().for_each(|note| again.evolve(note));
        prop_assert_eq!(again, jobs);
    }
}
