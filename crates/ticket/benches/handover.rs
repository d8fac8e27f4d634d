//! How long a customer waits for the last byte of the ticket to be handed over, besides the wire's own
//! time and the hall's: a line on disk before the hall is asked and one when it has answered, laying out,
//! drawing, two lines on disk for the print job, four questions, one write. The limit is measured in
//! the same run: the same questions, the same disk and the same bytes with nothing of ours in between. A
//! promise that is missed is an error, unless the machine is too busy to keep it with nothing of ours.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ticket::spool::{Disk, FileDisk, LineFile, Patience, Spool, Spooler};
use ticket::{
    Address, LinkFault, Method, Printer, PrinterSettings, SendFault, Slip, Transport, Way,
};

const ROUNDS: u64 = 201;
const LINE_BYTES: usize = 48;

fn main() -> ExitCode {
    println!("Touch to last byte, {ROUNDS} tickets each, milliseconds.\n");
    println!(
        "{:8}{:>9}{:>9}{:>9}{:>12}{:>12}{:>9}{:>9}",
        "", "p50", "p99", "most", "limit p50", "limit p99", "ratio", "promise"
    );
    let holds = [
        compare(Method::Native, Duration::from_millis(60)),
        compare(Method::Raster, Duration::from_millis(120)),
    ];
    match holds.contains(&false) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

fn compare(method: Method, promise: Duration) -> bool {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let address = listen();
    let mut settings = PrinterSettings::network(&address);
    settings.method = method;
    let handed_over = Arc::new(Mutex::new(Instant::now()));
    let way = Timed {
        address: address.parse().expect("an address"),
        handed_over: handed_over.clone(),
    };
    let printer = Printer::over(settings, Box::new(way)).expect("Noto Sans CJK is installed");
    let bytes = printer.bytes(&Slip::example(), 0).expect("a slip").len();
    let spool = Spool::open(&folder.path().join("jobs")).expect("a new spool");
    let mut spooler = Spooler::new(printer, spool, Patience::default());
    let orders = FileDisk::open(&folder.path().join("orders")).expect("a new file");
    let (mut orders, _) = LineFile::over(Box::new(orders)).expect("an empty file");
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for ticket in 0..ROUNDS {
        let begun = Instant::now();
        orders
            .append("asked, as a kiosk does")
            .expect("room on the disk");
        orders
            .append("issued, as a hall does")
            .expect("room on the disk");
        let outcome = spooler.print(ticket, &Slip::example());
        assert_eq!(outcome, ticket::PrintOutcome::Printed);
        let last_byte = *handed_over.lock().expect("one printer");
        ours.push(last_byte - begun);
        spooler.told(ticket);
        limit.push(
            bare(&address, bytes, &folder.path().join("bare")).expect("the printer is there"),
        );
    }
    show(method, &mut ours, &mut limit, promise)
}

fn show(method: Method, ours: &mut [Duration], limit: &mut [Duration], promise: Duration) -> bool {
    ours.sort_unstable();
    limit.sort_unstable();
    let ms = |times: &[Duration], percent: usize| {
        times[(times.len() - 1) * percent / 100].as_secs_f64() * 1_000.0
    };
    let promise_ms = promise.as_secs_f64() * 1_000.0;
    let holds = ms(ours, 99) <= promise_ms;
    // Where the disk alone takes half of the time, nobody can tell what is ours.
    let is_busy = ms(limit, 99) > promise_ms / 2.0;
    println!(
        "{:8}{:9.2}{:9.2}{:9.2}{:12.2}{:12.2}{:9.1}{:>9}",
        format!("{method:?}"),
        ms(ours, 50),
        ms(ours, 99),
        ms(ours, 100),
        ms(limit, 50),
        ms(limit, 99),
        ms(ours, 50) / ms(limit, 50),
        match (holds, is_busy) {
            (true, _) => "held",
            (false, true) => "too busy",
            (false, false) => "missed",
        },
    );
    holds || is_busy
}

/// What the machine needs for the same: four lines on disk, a connection, four questions, the bytes.
fn bare(address: &str, bytes: usize, file: &Path) -> io::Result<Duration> {
    let mut disk = FileDisk::open(file)?;
    let begun = Instant::now();
    for _ in 0..3 {
        disk.append(&[b'.'; LINE_BYTES])?;
    }
    let mut link = TcpStream::connect(address)?;
    link.set_nodelay(true)?;
    for n in 1..=4 {
        link.write_all(&[0x10, 0x04, n])?;
        link.read_exact(&mut [0])?;
    }
    disk.append(&[b'.'; LINE_BYTES])?;
    link.write_all(&vec![0; bytes])?;
    Ok(begun.elapsed())
}

/// A way that remembers when the last byte of a job had been taken.
struct Timed {
    address: Address,
    handed_over: Arc<Mutex<Instant>>,
}

struct TimedLink {
    link: Box<dyn Transport>,
    handed_over: Arc<Mutex<Instant>>,
}

impl Way for Timed {
    fn open(&mut self, within: Duration) -> Result<Box<dyn Transport>, LinkFault> {
        Ok(Box::new(TimedLink {
            link: self.address.open(within)?,
            handed_over: self.handed_over.clone(),
        }))
    }
}

impl Transport for TimedLink {
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), SendFault> {
        let sent = self.link.send(bytes, within);
        *self.handed_over.lock().expect("one printer") = Instant::now();
        sent
    }

    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> Result<usize, LinkFault> {
        self.link.receive(buffer, within)
    }
}

/// A printer that is always ready and takes everything at once.
fn listen() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        for link in listener.incoming().flatten() {
            // A connection that ends is no end of the printer.
            let _ = answer(link);
        }
    });
    address
}

fn answer(mut link: TcpStream) -> io::Result<()> {
    link.set_nodelay(true)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = link.read(&mut buffer)?;
        match &buffer[..count] {
            [] => return Ok(()),
            [0x10, 0x04, _] => link.write_all(&[0x12])?,
            [.., 0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30, a, b, c, d] => {
                link.write_all(&[0x37, 0x22, *a, *b, *c, *d, 0])?;
            }
            _ => {}
        }
    }
}
