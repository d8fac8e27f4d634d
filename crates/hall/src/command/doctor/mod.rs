//! Looks at all that a hall stands on, and says what to do about what is not well.

mod devices;
mod memory;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use hall::HallSettings;
use hall::server::Certificate;
use store::FILE_NAME;

/// Below so much room a hall stands still soon, and below the other somebody should look after it.
const ROOM_BAD_BYTES: u64 = 100_000_000;
const ROOM_WARN_BYTES: u64 = 1_000_000_000;

/// Of the disk's answers so many are timed.
const SYNCS: usize = 15;

/// Everybody waits for the disk at every press: slower than this is felt.
const SYNC_WARN: Duration = Duration::from_millis(50);

/// How long a hall may take to say that it is well.
const HEALTH_DEADLINE: Duration = Duration::from_secs(5);

/// File systems that lose everything at a power cut, or on which SQLite's write-ahead file does
/// not work, by the numbers of statfs(2).
const UNFIT: [(u64, &str); 6] = [
    (
        0x0102_1994,
        "memory (tmpfs), which is empty after a power cut",
    ),
    (
        0x8584_58f6,
        "memory (ramfs), which is empty after a power cut",
    ),
    (
        0x6969,
        "another machine (NFS), which cannot be shared safely",
    ),
    (
        0xff53_4d42,
        "another machine (CIFS), which cannot be shared safely",
    ),
    (
        0xfe53_4d42,
        "another machine (SMB), which cannot be shared safely",
    ),
    (
        0x0102_1997,
        "another machine (9p), which cannot be shared safely",
    ),
];

/// Look whether the hall is well: disk, memory, clock, settings, port, rights, certificate, devices. Exit code 1 if somebody should look after something, 2 if something is broken.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// The folder in which the hall keeps its memory
    #[arg(long, default_value = "paihao-data")]
    data: PathBuf,
    /// The hall's settings, in TOML; without it the default hall
    #[arg(long)]
    settings: Option<PathBuf>,
    /// The folder of the backups, to see how old the newest is
    #[arg(long)]
    backups: Option<PathBuf>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    Good,
    Look,
    Broken,
}

/// One thing that was looked at.
struct Finding {
    grade: Grade,
    of: &'static str,
    what: String,
    /// What to do; nothing if it is good.
    mend: String,
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut found = Findings::default();
        found.good("version", versions());
        let settings = found.settings(self.settings.as_deref());
        let settings = settings.unwrap_or_else(HallSettings::default_hall);
        if found.folder(&self.data) {
            found.disk(&self.data);
            found.memory(&self.data, &settings);
            found.chain(&self.data, &settings);
            found.reserve(&self.data);
            found.certificate(&self.data);
            if store::is_in_use(&self.data) {
                found.devices(&self.data);
            }
        }
        let made_here = settings.backup.as_ref().map(|backup| &backup.folder);
        if let Some(backups) = self.backups.as_ref().or(made_here) {
            found.backups(backups);
        }
        found.last_backup(&self.data, &settings);
        found.port(settings.listen, store::is_in_use(&self.data));
        super::answer(&found.text())?;
        Ok(ExitCode::from(found.worst() as u8))
    }
}

fn versions() -> String {
    format!(
        "hall {}, protocol {}, schema {}, SQLite {}",
        env!("CARGO_PKG_VERSION"),
        protocol::VERSION,
        store::SCHEMA,
        store::sqlite_version()
    )
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn good(&mut self, of: &'static str, what: String) {
        let (grade, mend) = (Grade::Good, String::new());
        self.0.push(Finding {
            grade,
            of,
            what,
            mend,
        });
    }

    fn look(&mut self, of: &'static str, what: String, mend: &str) {
        self.add(Grade::Look, of, what, mend);
    }

    fn broken(&mut self, of: &'static str, what: String, mend: &str) {
        self.add(Grade::Broken, of, what, mend);
    }

    fn add(&mut self, grade: Grade, of: &'static str, what: String, mend: &str) {
        let mend = mend.to_owned();
        self.0.push(Finding {
            grade,
            of,
            what,
            mend,
        });
    }

    fn worst(&self) -> Grade {
        let grades = self.0.iter().map(|finding| finding.grade);
        grades.max().unwrap_or(Grade::Good)
    }

    fn certificate(&mut self, data: &Path) {
        match Certificate::find(data) {
            Ok(Some(certificate)) => {
                self.good(
                    "certificate",
                    format!("SHA-256 {}", certificate.fingerprint()),
                );
            }
            Ok(None) => self.good(
                "certificate",
                "none yet; the hall makes it at its start".to_owned(),
            ),
            Err(error) => {
                let mend = "Bring the folder tls back from a copy. Without it every device must be paired anew.";
                self.broken("certificate", error.to_string(), mend);
            }
        }
    }

    fn settings(&mut self, file: Option<&Path>) -> Option<HallSettings> {
        match super::read_settings(file) {
            Ok(settings) => {
                let file = file.map_or("the default hall".to_owned(), |file| {
                    file.display().to_string()
                });
                self.good("settings", format!("{file} holds together"));
                Some(settings)
            }
            Err(error) => {
                let mend = "Mend the places named; hall check FILE says when it holds together.";
                self.broken("settings", error.to_string(), mend);
                None
            }
        }
    }

    /// Whether there is a memory to look at.
    fn folder(&mut self, data: &Path) -> bool {
        let file = data.join(FILE_NAME);
        if !matches!(file.try_exists(), Ok(true)) {
            let what = format!(
                "there is no hall's memory in {}, or this user may not look",
                data.display()
            );
            let mend = "Name the data folder with --data, and do this as the user that the hall runs as. A hall that never ran has none yet.";
            self.broken("folder", what, mend);
            return false;
        }
        let open_to_all = |path: &Path| {
            let rights = fs::metadata(path).map(|about| about.permissions().mode());
            rights.is_ok_and(|mode| mode & 0o007 != 0)
        };
        if open_to_all(data) && open_to_all(&file) {
            let what = format!(
                "every user of this machine may look into {}",
                data.display()
            );
            self.look(
                "rights",
                what,
                &format!("Say chmod 700 {}.", data.display()),
            );
        } else {
            self.good(
                "rights",
                format!("only its user and group look into {}", data.display()),
            );
        }
        true
    }

    fn disk(&mut self, data: &Path) {
        match rustix::fs::statfs(data) {
            Ok(disk) => {
                let free = disk.f_bavail.saturating_mul(disk.f_bsize as u64);
                let room = format!("{} MB free in {}", free / 1_000_000, data.display());
                let mend = "Free room on this disk, or move the data folder to another while the hall is stopped.";
                match free {
                    0..ROOM_BAD_BYTES => self.broken("room", room, mend),
                    ROOM_BAD_BYTES..ROOM_WARN_BYTES => self.look("room", room, mend),
                    _ => self.good("room", room),
                }
                let kind = disk.f_type as u64 & 0xffff_ffff;
                if let Some((_, what)) = UNFIT.iter().find(|(number, _)| *number == kind) {
                    let what = format!("{} is on {what}", data.display());
                    self.broken(
                        "disk",
                        what,
                        "Move the data folder to a disk of this machine.",
                    );
                }
            }
            Err(error) => self.look("room", format!("nobody can say: {error}"), "Look with df."),
        }
        match sync_time(data) {
            Ok(time) if time > SYNC_WARN => self.look(
                "disk",
                format!("it takes {} ms to write something down, and everybody who presses waits for it", time.as_millis()),
                "Look what else writes to this disk; a disk with its own battery or an SSD is faster.",
            ),
            Ok(time) => self.good("disk", format!("it takes {:.1} ms to write something down", time.as_secs_f64() * 1e3)),
            Err(error) => self.broken(
                "disk",
                format!("{} cannot be written: {error}", data.display()),
                "Free room, mend the rights of the folder, or do this as the user that the hall runs as.",
            ),
        }
    }

    /// Whether a hall runs on the folder and answers, or could start.
    fn port(&mut self, address: SocketAddr, runs: bool) {
        if runs {
            match health(address) {
                Ok(answer) if answer.contains(" 200 ") => {
                    self.good("hall", format!("it runs, and answers on {address}"));
                }
                // From an address in the network the hall's own machine is a machine like others.
                Ok(answer) if answer.contains(" 426 ") => {
                    self.good("hall", format!("it runs, and asks for TLS on {address}"));
                }
                Ok(answer) => self.broken(
                    "hall",
                    format!("it runs, and says on {address}: {}", answer.lines().next().unwrap_or("nothing")),
                    "Start it again: what was confirmed is on disk.",
                ),
                Err(error) => self.look(
                    "hall",
                    format!("it runs, and nothing answers on {address}: {error}"),
                    "If it listens elsewhere (--listen) or by TLS, that is why. If not, look into its log and start it again.",
                ),
            }
            return;
        }
        match TcpListener::bind(address) {
            Ok(_) => self.good("hall", format!("it does not run; {address} is free for it")),
            Err(error) => self.broken(
                "hall",
                format!("it does not run, and cannot listen on {address}: {error}"),
                "Find out who has the port with ss -ltnp and stop that program, or choose another port.",
            ),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for Finding {
            grade,
            of,
            what,
            mend,
        } in &self.0
        {
            let grade = match grade {
                Grade::Good => "good",
                Grade::Look => "LOOK",
                Grade::Broken => "BROKEN",
            };
            let what = what.replace('\n', &format!("\n{:TEXT_AT$}", ""));
            // Nothing can fail that is written into a text.
            let _ = writeln!(text, "{grade:8}{of:12}{what}");
            if !mend.is_empty() {
                let _ = writeln!(text, "{:TEXT_AT$}What to do: {mend}", "");
            }
        }
        text + match self.worst() {
            Grade::Good => "\nThe hall is well.\n",
            Grade::Look => "\nThe hall works. Somebody should look after what is marked LOOK.\n",
            Grade::Broken => {
                "\nThe hall does not work, or not for long. Mend what is marked BROKEN first.\n"
            }
        }
    }
}

/// Behind the grade and the longest name, `certificate`, stands what was found.
const TEXT_AT: usize = 20;

/// The median time until a page is on disk.
fn sync_time(data: &Path) -> io::Result<Duration> {
    let mut file = tempfile::tempfile_in(data)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let started = Instant::now();
        write_page(&mut file)?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times[SYNCS / 2])
}

fn write_page(file: &mut File) -> io::Result<()> {
    file.write_all(&[0x5a; 4_096])?;
    file.sync_data()
}

fn health(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, HEALTH_DEADLINE)?;
    stream.set_read_timeout(Some(HEALTH_DEADLINE))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: hall\r\nConnection: close\r\n\r\n")?;
    let mut answer = vec![0; 256];
    let length = stream.read(&mut answer)?;
    answer.truncate(length);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
