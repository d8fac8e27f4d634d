//! Whatever happens at whatever byte, every number is printed once, or known as not printed, or printed
//! again with the bar; none is silently lost, none silently doubled. Run with `--nocapture` for the
//! table of all cases, and with `PAIHAO_EVERY_BYTE=1` for a broken link and a stop at every single byte of
//! an image too.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use e2e::printer::{
    Condition, DirectPrinter, Found, Killed, Mechanism, Mishap, TALLY_HEADS, Tally,
};
use ticket::spool::{Disk, FileDisk, Patience, Spool, Spooler};
use ticket::{Method, PrintOutcome, Printer, PrinterSettings, Slip};

const TICKET: u64 = 20_261_122_000_012;
const NEXT_TICKET: u64 = TICKET + 1;

/// A printer without a wire answers at once or never; a machine that does other things too gives its
/// answer to the next customer's job later.
const ANSWERS_WITHIN: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn every_number_is_on_paper_once_or_known_not_to_be() {
    let (native, raster) = std::thread::scope(|scope| {
        let native = scope.spawn(|| table_of(Method::Native));
        let raster = scope.spawn(|| table_of(Method::Raster));
        (native.join(), raster.join())
    });
    let rows =
        [native, raster].map(|rows| rows.unwrap_or_else(|why| std::panic::resume_unwind(why)));
    println!(
        "\n{:56}{TALLY_HEADS}",
        "mishap, at so many places of a ticket"
    );
    let mut all = Tally::default();
    for (name, row) in rows.concat() {
        println!("{name:56}{row}");
        all.add(&row);
    }
    println!("{:56}{all}", "all");
    assert_eq!(all.bad(), 0);
    assert!(all.cases > 4_000, "{} cases", all.cases);
}

fn every_byte() -> bool {
    std::env::var_os("PAIHAO_EVERY_BYTE").is_some_and(|value| value == "1")
}

type Table = Vec<(String, Tally)>;

fn table_of(method: Method) -> Table {
    let bench = Bench::new(method);
    let end = bench.jobs[0].len();
    let every = |native: usize, raster: usize| match method {
        Method::Native => (0..=end).step_by(native).collect::<Vec<_>>(),
        Method::Raster => (0..=end).step_by(raster).chain([end]).collect(),
    };
    // Every byte of a native ticket; an image is forty times as long, and its stripes are all alike.
    let each = |native: usize, raster: usize| match every_byte() {
        true => every(1, 1),
        false => every(native, raster),
    };
    let becomes = Mishap::Becomes;
    let clears = Mechanism::default;
    let keeps = Mechanism::without_clear;
    let mut rows = Vec::new();
    let mut row = |name: &str, row: Tally| rows.push((format!("{method:?}: {name}"), row));
    row(
        "the link breaks",
        bench.suffer(&each(1, 101), Mishap::LinkBreaks, Some(0), clears),
    );
    row(
        "the link breaks, nobody waits",
        bench.suffer(&each(3, 401), Mishap::LinkBreaks, None, clears),
    );
    for (name, mishap) in [
        ("the roll ends", becomes(Condition::PaperOut)),
        ("the cover is opened", becomes(Condition::CoverOpen)),
        ("the cutter jams", becomes(Condition::CutterJam)),
        ("switched off and on", Mishap::SwitchedOff),
    ] {
        row(
            &format!("{name}, mended soon"),
            bench.suffer(&every(16, 1_009), mishap, Some(2), clears),
        );
        row(
            &format!("{name}, mended late"),
            bench.suffer(&every(16, 1_009), mishap, None, clears),
        );
        row(
            &format!("{name}, mended soon, no clear"),
            bench.suffer(&every(16, 1_009), mishap, Some(2), keeps),
        );
        row(
            &format!("{name}, mended late, no clear"),
            bench.suffer(&every(16, 1_009), mishap, None, keeps),
        );
    }
    for (name, mishap) in [
        ("answers nothing", Mishap::Silent),
        ("answers noise", Mishap::Garbage),
        ("answers late", Mishap::Late),
    ] {
        row(
            &format!("{name}, then well"),
            bench.suffer(&every(64, 16_001), mishap, Some(3), clears),
        );
        row(
            &format!("{name} for ever"),
            bench.suffer(&every(64, 16_001), mishap, None, clears),
        );
    }
    row(
        "the program is killed at a byte",
        bench.kill_at(&each(3, 401)),
    );
    row("the program is killed at the disk", bench.kill_at_disk());
    rows
}

/// One ticket, again and again.
struct Bench {
    method: Method,
    slip: Slip,
    /// The whole job as first paper, and as each copy.
    jobs: Vec<Vec<u8>>,
    /// What the next customer takes, and that job.
    next: Slip,
    next_job: Vec<u8>,
}

impl Bench {
    fn new(method: Method) -> Self {
        let mut slip = Slip::example();
        slip.large_print = method == Method::Raster;
        let printer = printer(method, &DirectPrinter::default(), PATIENCE);
        let job = |copy| printer.bytes(&slip.clone().copy(copy), 0);
        let jobs = (0..=3).map(|copy| job(copy).expect("the slip can be printed"));
        let mut next = slip.clone();
        next.number = "B345".into();
        let next_job = printer.bytes(&next, 0).expect("the slip can be printed");
        Self {
            method,
            jobs: jobs.collect(),
            slip,
            next,
            next_job,
        }
    }

    fn suffer(
        &self,
        places: &[usize],
        mishap: Mishap,
        mended_after: Option<usize>,
        make: fn() -> Mechanism,
    ) -> Tally {
        let mut row = Tally::default();
        for place in places {
            let device = DirectPrinter::new(make());
            let print_within = match mishap {
                Mishap::Silent | Mishap::Garbage | Mishap::Late => ANSWERS_WITHIN,
                _ => PATIENCE,
            };
            let copies_within = mended_after.map_or(Duration::ZERO, |_| PATIENCE);
            let printer = printer(self.method, &device, print_within);
            let spool = Spool::over(Box::new(Memory::default())).expect("a new spool");
            let mut spooler = spooler(printer, spool, copies_within);
            device.arm(*place, mishap, mended_after);
            let outcome = spooler.print(TICKET, &self.slip);
            assert!(device.has_happened(), "{mishap:?} at {place}");
            device.mend();
            self.expect_next_is_well(&mut spooler, &device);
            row.count(Some(outcome), &self.papers(&device));
        }
        row
    }

    /// Stopped by a signal at a byte of a job, and started again.
    fn kill_at(&self, places: &[usize]) -> Tally {
        let mut row = Tally::default();
        for place in places {
            let (device, disk) = (DirectPrinter::default(), Memory::default());
            device.arm(*place, Mishap::Killed, None);
            assert!(
                self.is_killed(&device, Box::new(disk.clone())),
                "at {place}"
            );
            device.mend();
            self.start_again(Box::new(disk), &device, &mut row);
        }
        row
    }

    /// Stopped before, within and after every operation of the disk.
    fn kill_at_disk(&self) -> Tally {
        let mut row = Tally::default();
        for operation in 0.. {
            let mut killed = false;
            for part in [0, 1, 2] {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let file = folder.path().join("jobs");
                let device = DirectPrinter::default();
                let disk = KillingDisk {
                    disk: FileDisk::open(&file).expect("a new file"),
                    operation,
                    part,
                };
                if self.is_killed(&device, Box::new(disk)) {
                    killed = true;
                    let disk = FileDisk::open(&file).expect("the file is still there");
                    self.start_again(Box::new(disk), &device, &mut row);
                }
            }
            if !killed {
                break;
            }
        }
        assert!(row.cases >= 12, "replace, queued, sending, ended");
        row
    }

    fn is_killed(&self, device: &DirectPrinter, disk: Box<dyn Disk>) -> bool {
        let print = || {
            let printer = printer(self.method, device, PATIENCE);
            let spool = Spool::over(disk).expect("a new spool");
            spooler(printer, spool, PATIENCE).print(TICKET, &self.slip)
        };
        match catch_unwind(AssertUnwindSafe(print)) {
            Ok(_) => false,
            Err(why) if why.is::<Killed>() => true,
            Err(why) => std::panic::resume_unwind(why),
        }
    }

    fn start_again(&self, disk: Box<dyn Disk>, device: &DirectPrinter, row: &mut Tally) {
        let printer = printer(self.method, device, PATIENCE);
        let spool = Spool::over(disk).expect("the spool is read again");
        let mut spooler = spooler(printer, spool, Duration::ZERO);
        let said = spooler.untold();
        let papers_before = self.papers(device).len();
        self.expect_next_is_well(&mut spooler, device);
        let papers = self.papers(device);
        assert!(
            papers.len() <= papers_before + 1,
            "the rest of one paper at most"
        );
        // Killed before the job was written down: nothing was promised, and nothing is on paper.
        let nothing = said.is_empty() && papers.is_empty();
        let outcome = match said[..] {
            [] if nothing => Some(PrintOutcome::NotPrinted(ticket::Trouble::Stopped)),
            [(TICKET, outcome)] => Some(outcome),
            _ => None,
        };
        row.count(outcome, &papers);
    }

    /// The next customer gets a paper, whole and on a sheet of its own.
    fn expect_next_is_well(&self, spooler: &mut Spooler, device: &DirectPrinter) {
        let outcome = spooler.print(NEXT_TICKET, &self.next);
        assert_eq!(outcome, PrintOutcome::Printed);
        let tickets = device.tickets();
        let last = &tickets.last().expect("a paper").bytes;
        assert!(is_whole(last, &self.next_job), "nothing of another on it");
    }

    /// The sheets with the number on them. What is before the number and the bar tells nothing.
    fn papers(&self, device: &DirectPrinter) -> Vec<Found> {
        let found = |sheet: &[u8]| {
            let shared = self.jobs.iter().map(|job| shared_bytes(sheet, job));
            let shared: Vec<usize> = shared.collect();
            let most = *shared.iter().max()?;
            let mut best = shared
                .iter()
                .enumerate()
                .filter(|(_, bytes)| **bytes == most);
            let (copy, _) = best.next()?;
            best.next().is_none().then(|| Found {
                copy: copy as u32,
                is_whole: is_whole(sheet, &self.jobs[copy]),
            })
        };
        let tickets = device.tickets();
        let sheets = tickets.iter().map(|ticket| &ticket.bytes[..]);
        let ours = sheets.filter(|sheet| !is_whole(sheet, &self.next_job));
        ours.filter_map(found).collect()
    }
}

fn shared_bytes(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// The question for the confirmation stands after the cut and leaves no ink.
fn is_whole(sheet: &[u8], job: &[u8]) -> bool {
    const CONFIRMATION_BYTES: usize = 11;
    sheet == &job[..job.len() - CONFIRMATION_BYTES]
}

fn printer(method: Method, device: &DirectPrinter, print_within: Duration) -> Printer {
    let mut settings = PrinterSettings::network("direct:9100");
    settings.method = method;
    settings.print_within = print_within;
    Printer::over(settings, Box::new(device.clone())).expect("Noto Sans CJK is installed")
}

fn spooler(printer: Printer, spool: Spool, copies_within: Duration) -> Spooler {
    let patience = Patience {
        copies_within,
        ask_again_after: Duration::from_millis(1),
    };
    Spooler::new(printer, spool, patience)
}

/// A disk that outlives the program, without the time that a real one takes.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Disk for Memory {
    fn read(&mut self) -> std::io::Result<Vec<u8>> {
        Ok(self.0.lock().expect("one user").clone())
    }

    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.lock().expect("one user").extend(bytes);
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        *self.0.lock().expect("one user") = bytes.to_vec();
        Ok(())
    }
}

/// Kills the program before, within or after its nth operation.
struct KillingDisk {
    disk: FileDisk,
    operation: usize,
    part: usize,
}

impl KillingDisk {
    fn kill(&mut self, part: usize) {
        if self.operation == 0 && self.part == part {
            std::panic::resume_unwind(Box::new(Killed));
        }
    }

    fn done(&mut self) {
        self.kill(2);
        self.operation = self.operation.wrapping_sub(1);
    }
}

impl Disk for KillingDisk {
    fn read(&mut self) -> std::io::Result<Vec<u8>> {
        self.disk.read()
    }

    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.kill(0);
        let (half, rest) = bytes.split_at(bytes.len() / 2);
        self.disk.append(half)?;
        self.kill(1);
        self.disk.append(rest)?;
        self.done();
        Ok(())
    }

    /// A rename is done or not, so there is no half.
    fn replace(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.kill(0);
        self.kill(1);
        self.disk.replace(bytes)?;
        self.done();
        Ok(())
    }
}

/// The same with a real process, a real signal and a real socket.
#[test]
fn a_killed_process_leaves_the_truth_on_disk() {
    let bench = Bench::new(Method::Native);
    let questions = 12;
    let end = questions + bench.jobs[0].len();
    let mut row = Tally::default();
    for place in (0..end).step_by(end / 40) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("jobs");
        let mechanism = kill_after(place, &file);
        let device = DirectPrinter::new(mechanism);
        let disk = FileDisk::open(&file).expect("the lock went with the process");
        bench.start_again(Box::new(disk), &device, &mut row);
    }
    println!(
        "\n{:56}{TALLY_HEADS}\n{:56}{row}",
        "", "Native: the process is killed by SIGKILL"
    );
    assert_eq!(row.bad(), 0);
    assert!(row.cases >= 40 && row.not_printed > 0 && row.unknown > 30);
}

/// Lets a process print and kills it once so many bytes have come; gives the printer as it is then.
fn kill_after(bytes: usize, file: &Path) -> Mechanism {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let mut process = Command::new(env!("CARGO_BIN_EXE_print-job"))
        .args(["--printer", &address, "--jobs"])
        .arg(file)
        .args(["--ticket", &TICKET.to_string()])
        .stdout(Stdio::null())
        .spawn()
        .expect("print-job starts");
    let (mut link, _) = listener.accept().expect("print-job connects");
    let mut mechanism = Mechanism::default();
    let mut byte = [0];
    for _ in 0..bytes {
        link.read_exact(&mut byte).expect("print-job sends more");
        let replies = mechanism.receive(&byte);
        link.write_all(&replies).expect("print-job listens");
    }
    process.kill().expect("print-job still runs");
    process.wait().expect("print-job ends");
    mechanism
}
