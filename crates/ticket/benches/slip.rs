//! What a slip costs on its way to paper: `cargo bench -p ticket`.
//!
//! The limits are those of the product: layout and raster of a slip in 5 ms, and 30 MB of memory
//! for the font. A limit that is missed is an error, unless copying finished dots for as long takes half of
//! it too on this machine in this run.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ticket::{Method, Paper, Printer, PrinterSettings, Slip, Typeface, render_preview};

const SLIP_LIMIT: Duration = Duration::from_millis(5);
const FONT_LIMIT_KB: u64 = 30 * 1024;
const ROUNDS: usize = 300;

/// About as long as a slip.
const COPIES: usize = 300;

fn main() {
    let before_kb = resident_kb();
    let typeface = Typeface::load(None).expect("Noto Sans CJK is installed");
    let slip = Slip::example();
    let cold = Typeface::load(None).expect("Noto Sans CJK is installed");
    println!(
        "the first slip, with every letter new: {:.2?}",
        time(&slip, Paper::WIDE, &cold)
    );
    let mut within = true;
    for paper in [Paper::WIDE, Paper::NARROW] {
        for rehearsed in slip.rehearsals() {
            render_preview(&rehearsed, paper, &typeface);
        }
    }
    let first = time(&the_first(&slip), Paper::WIDE, &typeface);
    println!("the first slip of a kiosk that has rehearsed: {first:.2?}, limit {SLIP_LIMIT:.2?}");
    within &= first <= SLIP_LIMIT;
    for (name, paper) in [("80 mm", Paper::WIDE), ("58 mm", Paper::NARROW)] {
        within &= slip_times(name, paper, &slip, &typeface);
    }
    jobs(&slip);
    let used_kb = resident_kb().saturating_sub(before_kb);
    within &= used_kb <= FONT_LIMIT_KB;
    println!("font and all letters drawn: {used_kb} kB of memory, limit {FONT_LIMIT_KB} kB");
    assert!(within, "over a limit");
}

/// One that was not among the rehearsals.
fn the_first(slip: &Slip) -> Slip {
    Slip {
        number: "A307".into(),
        people_ahead: Some(24),
        issued_at: "2026-11-22 10:58".into(),
        serial: "20261122-000307".into(),
        ..slip.clone()
    }
}

fn time(slip: &Slip, paper: Paper, typeface: &Typeface) -> Duration {
    let started = Instant::now();
    black_box(render_preview(slip, paper, typeface));
    started.elapsed()
}

/// Numbers change from slip to slip, so every round has another one. Beside each slip the same time is
/// spent on nothing but copying its dots: what that takes at worst is the machine's and not ours.
fn slip_times(name: &str, paper: Paper, slip: &Slip, typeface: &Typeface) -> bool {
    let mut slip = slip.clone();
    let bitmap = render_preview(&slip, paper, typeface);
    let (mut ours, mut copies) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        slip.number = format!("A{:03}", round * 7 % 1_000);
        slip.people_ahead = Some(round as u32 % 40);
        ours.push(time(&slip, paper, typeface));
        let started = Instant::now();
        for _ in 0..COPIES {
            black_box(bitmap.clone());
        }
        copies.push(started.elapsed());
    }
    ours.sort_unstable();
    copies.sort_unstable();
    let percent = |times: &[Duration], percent: usize| times[(ROUNDS - 1) * percent / 100];
    let most = percent(&ours, 99);
    println!(
        "{name}: layout and raster p50 {:.2?}, p99 {most:.2?}, limit {SLIP_LIMIT:.2?}; \
         its dots copied {COPIES} times p50 {:.2?}, p99 {:.2?}",
        percent(&ours, 50),
        percent(&copies, 50),
        percent(&copies, 99),
    );
    let is_busy = percent(&copies, 99) > SLIP_LIMIT / 2;
    most <= SLIP_LIMIT || is_busy
}

fn jobs(slip: &Slip) {
    for method in [Method::Native, Method::Raster] {
        let mut settings = PrinterSettings::network("127.0.0.1:9100");
        settings.method = method;
        let printer = Printer::new(settings).expect("a printer");
        let bytes = printer.bytes(slip, 1).expect("a slip");
        let started = Instant::now();
        for job in 0..ROUNDS as u32 {
            black_box(printer.bytes(slip, job)).expect("a slip");
        }
        let each = started.elapsed() / ROUNDS as u32;
        println!("{method:?}: {} bytes, made in {each:.2?}", bytes.len());
    }
}

/// The memory of this process, as the kernel counts it.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().next());
    figure.and_then(|figure| figure.parse().ok()).unwrap_or(0)
}
