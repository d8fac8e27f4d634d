//! The same mishaps as without a wire, over TCP: a printer that hangs up, is switched off and on, runs out
//! of paper at every stripe of an image, opens its cover, jams its cutter, answers nothing, noise, or late.
//! Run with `--nocapture` for the table.

use std::time::Duration;

use e2e::printer::{
    Condition, Found, Mechanism, Mishap, PrintedTicket, PrinterSimulator, TALLY_HEADS, Tally,
};
use ticket::spool::{Patience, Spool, Spooler};
use ticket::{Method, PrintOutcome, Printer, PrinterSettings, Slip};

const TICKET: u64 = 20_261_122_000_012;

/// A customer who goes on waiting.
const PATIENCE: Duration = Duration::from_secs(20);

/// `GS ( H`, behind the cut.
const CONFIRMATION_BYTES: usize = 11;

#[test]
fn over_a_wire_too_no_number_is_lost_or_doubled() {
    let tables = std::thread::scope(|scope| {
        let table = |method| scope.spawn(move || table_of(method));
        [table(Method::Native), table(Method::Raster)].map(|table| table.join())
    });
    println!(
        "\n{:56}{TALLY_HEADS}",
        "mishap, at so many places of a ticket"
    );
    let mut all = Tally::default();
    for table in tables {
        let rows = table.unwrap_or_else(|why| std::panic::resume_unwind(why));
        for (name, row) in rows {
            println!("{name:56}{row}");
            all.add(&row);
        }
    }
    println!("{:56}{all}", "all");
    assert_eq!(all.bad(), 0);
    assert!(
        all.cases >= 150 && all.with_bar > 20 && all.once > 5,
        "{all:?}"
    );
}

fn table_of(method: Method) -> Vec<(String, Tally)> {
    let bench = Bench::new(method);
    let few = bench.places(4);
    let mut places = bench.stripes();
    places.extend(bench.places(8));
    let becomes = Mishap::Becomes;
    let kinds = [
        ("the link breaks", Mishap::LinkBreaks, &places),
        ("the roll ends", becomes(Condition::PaperOut), &places),
        ("the cover is opened", becomes(Condition::CoverOpen), &few),
        ("the cutter jams", becomes(Condition::CutterJam), &few),
        ("switched off and on", Mishap::SwitchedOff, &few),
        ("answers nothing", Mishap::Silent, &few),
        ("answers noise", Mishap::Garbage, &few),
        ("answers late", Mishap::Late, &few),
    ];
    let mut rows = Vec::new();
    for (name, mishap, places) in kinds {
        for (when, mended_after) in [("mended soon", Some(1)), ("mended late", None)] {
            let name = format!("{method:?}: {name}, {when}");
            rows.push((name, bench.suffer(places, mishap, mended_after)));
        }
    }
    rows
}

/// One ticket, again and again, and the next customer's.
struct Bench {
    method: Method,
    slip: Slip,
    /// The whole sheet as first paper, and as each copy.
    sheets: Vec<Vec<u8>>,
    next: Slip,
    next_sheet: Vec<u8>,
}

impl Bench {
    fn new(method: Method) -> Self {
        let mut slip = Slip::example();
        slip.large_print = method == Method::Raster;
        let printer = printer("127.0.0.1:9100".into(), method, Mishap::LinkBreaks);
        let sheet = |slip: &Slip| {
            let mut job = printer.bytes(slip, 0).expect("the slip can be printed");
            job.truncate(job.len() - CONFIRMATION_BYTES);
            job
        };
        let copies = (0..=3).map(|copy| sheet(&slip.clone().copy(copy)));
        let next = Slip {
            number: "B345".into(),
            ..slip.clone()
        };
        Self {
            method,
            sheets: copies.collect(),
            next_sheet: sheet(&next),
            slip,
            next,
        }
    }

    /// So many places, the first and the last byte among them.
    fn places(&self, count: usize) -> Vec<usize> {
        let end = self.sheets[0].len() + CONFIRMATION_BYTES;
        (0..count).map(|at| at * end / (count - 1)).collect()
    }

    /// The middle of every stripe of an image.
    fn stripes(&self) -> Vec<usize> {
        let job = &self.sheets[0];
        let heads = job.windows(4).enumerate();
        let heads = heads.filter(|(_, head)| *head == [0x1d, 0x76, 0x30, 0]);
        let at = |byte: usize| usize::from(job[byte]) + 256 * usize::from(job[byte + 1]);
        let middle = |(head, _): (usize, _)| head + 8 + at(head + 4) * at(head + 6) / 2;
        heads.map(middle).collect()
    }

    fn suffer(&self, places: &[usize], mishap: Mishap, mended_after: Option<usize>) -> Tally {
        let mut row = Tally::default();
        for place in places {
            let simulator = PrinterSimulator::start().expect("a free port");
            let folder = tempfile::tempdir().expect("a temporary folder");
            let spool = Spool::open(&folder.path().join("jobs")).expect("a new spool");
            let patience = Patience {
                copies_within: mended_after.map_or(Duration::ZERO, |_| PATIENCE),
                ask_again_after: Duration::from_millis(20),
            };
            let printer = printer(simulator.address(), self.method, mishap);
            let mut spooler = Spooler::new(printer, spool, patience);
            simulator.arm(*place, mishap, mended_after);
            let outcome = spooler.print(TICKET, &self.slip);
            assert!(simulator.has_happened(), "{mishap:?} at {place}");
            simulator.mend();
            self.expect_next_is_well(&mut spooler, &simulator);
            row.count(Some(outcome), &self.papers(&simulator.tickets()));
        }
        row
    }

    /// The next customer gets a paper, whole and on a sheet of its own.
    fn expect_next_is_well(&self, spooler: &mut Spooler, simulator: &PrinterSimulator) {
        let outcome = spooler.print(TICKET + 1, &self.next);
        assert_eq!(outcome, PrintOutcome::Printed);
        let tickets = simulator.tickets();
        let last = &tickets.last().expect("a paper").bytes;
        assert!(*last == self.next_sheet, "nothing of another on it");
    }

    /// The sheets with the number on them. What is before the number and the bar tells nothing.
    fn papers(&self, tickets: &[PrintedTicket]) -> Vec<Found> {
        let ours = tickets
            .iter()
            .filter(|sheet| sheet.bytes != self.next_sheet);
        ours.filter_map(|sheet| self.found(&sheet.bytes)).collect()
    }

    fn found(&self, sheet: &[u8]) -> Option<Found> {
        let shared = |whole: &Vec<u8>| sheet.iter().zip(whole).take_while(|(a, b)| a == b).count();
        let shared: Vec<usize> = self.sheets.iter().map(shared).collect();
        let most = *shared.iter().max()?;
        let mut best = (0..shared.len()).filter(|copy| shared[*copy] == most);
        let copy = best.next()?;
        best.next().is_none().then(|| Found {
            copy: copy as u32,
            is_whole: sheet == self.sheets[copy],
        })
    }
}

/// Whoever waits for a printer that says nothing should not wait long.
fn printer(address: String, method: Method, mishap: Mishap) -> Printer {
    let mut settings = PrinterSettings::network(address);
    settings.method = method;
    if matches!(mishap, Mishap::Silent | Mishap::Garbage | Mishap::Late) {
        settings.answer_within = Duration::from_millis(250);
        settings.print_within = Duration::from_millis(1_500);
    }
    Printer::new(settings).expect("Noto Sans CJK is installed")
}

/// The models that know no way to forget their backlog print it once the paper is back; it is known
/// as unknown then, and never comes twice without the bar.
#[test]
fn a_backlog_that_comes_out_later_is_not_a_second_first_paper() {
    let bench = Bench::new(Method::Native);
    let simulator = PrinterSimulator::start().expect("a free port");
    simulator.replace(Mechanism::without_clear());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let spool = Spool::open(&folder.path().join("jobs")).expect("a new spool");
    let patience = Patience {
        copies_within: Duration::ZERO,
        ..Patience::default()
    };
    let printer = printer(simulator.address(), Method::Native, Mishap::LinkBreaks);
    let mut spooler = Spooler::new(printer, spool, patience);
    simulator.arm(700, Mishap::Becomes(Condition::PaperOut), None);
    let outcome = spooler.print(TICKET, &bench.slip);
    simulator.mend();
    bench.expect_next_is_well(&mut spooler, &simulator);
    let mut tally = Tally::default();
    tally.count(Some(outcome), &bench.papers(&simulator.tickets()));
    assert_eq!((tally.bad(), tally.unknown), (0, 1));
}
