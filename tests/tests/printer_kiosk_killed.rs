//! The real kiosk with its window, a real hall and a printer, killed by SIGKILL at every step of a
//! number's way: written down, asked, answered, each part of the paper, confirmed, told, and where the
//! number came too late. Afterwards the hall knows of every number what became of its paper, and that is the
//! truth. Run with `--nocapture` for the table.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::demo::{Folder, Programs, Reader, Screen, wait_for};
use e2e::printer::{Pause, PrintedTicket};
use e2e::proxy::Proxy;
use link::Address;
use queue::{CancelWhy, Happening, NoPaper};
use store::Archive;
use tokio::runtime::Runtime;

const LIMIT: Duration = Duration::from_secs(30);

/// A customer's two touches.
const PAY_A_BILL: &str = "电费缴纳";
const TAKE: &str = "取号";
const TO_THE_START: &str = "返回首页";

/// What the hall knows of the paper of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Nothing,
    Printed,
    Missing(NoPaper),
    Void,
}

/// How a step is brought about, and the kiosk killed in it.
type Step = fn(&mut Bench) -> Result<()>;

struct Bench {
    // What listens ends before what it listens to.
    kiosk: Screen,
    reader: Reader,
    proxy: Proxy,
    programs: Programs,
    runtime: Runtime,
    folder: Folder,
    /// The bytes of a whole job: a sheet, and the request for its confirmation.
    job_bytes: usize,
}

/// `GS ( H`, behind the cut.
const CONFIRMATION_BYTES: usize = 11;

/// What ends a job that broke off, before the next: zeros, `ESC @`, a cut and its confirmation.
const FLUSH_BYTES: usize = 16 * 1024 + 2 + 4 + CONFIRMATION_BYTES;

#[test]
fn a_killed_kiosk_leaves_every_number_known() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let told = kill_at_every_step(Folder::fresh(root.path()).expect("a folder"));
    told.unwrap_or_else(|error| panic!("{error:#}"));
}

fn kill_at_every_step(folder: Folder) -> Result<()> {
    let steps: [(&str, Step); 14] = [
        ("asked, and not on its way", |it| {
            it.proxy.stall();
            let before = it.orders().len();
            it.take_a_number()?;
            it.wait_for_line(before, " asked ")
        }),
        ("asked, and the answer is lost", |it| {
            it.proxy.mute();
            let before = it.numbers()?.len();
            it.take_a_number()?;
            it.wait_for("the hall to issue", |it| Ok(it.numbers()?.len() > before))
        }),
        ("answered, before the printer is asked", |it| {
            it.programs.printer.pause(Pause::AtQuestion);
            let before = it.orders().len();
            it.take_a_number()?;
            it.wait_for_line(before, " issued ")?;
            it.wait_for_pause()
        }),
        ("at the first byte of the paper", |it| it.stop_at(|_| 1)),
        ("at a third of the paper", |it| it.stop_at(|job| job / 3)),
        ("at a third, and the rest is lost", |it| {
            it.lose_at(|job| job / 3)
        }),
        ("at two thirds of the paper", |it| {
            it.stop_at(|job| job * 2 / 3)
        }),
        ("at two thirds, and the rest is lost", |it| {
            it.lose_at(|job| job * 2 / 3)
        }),
        ("before the cut", |it| {
            it.stop_at(|job| job - CONFIRMATION_BYTES - 4)
        }),
        ("after the cut", |it| {
            it.stop_at(|job| job - CONFIRMATION_BYTES)
        }),
        ("before the confirmation is heard", |it| {
            it.stop_at(|job| job)
        }),
        ("confirmed, and the hall not told", |it| {
            it.stop_at(|job| job)?;
            it.proxy.deafen();
            let before = it.jobs().len();
            it.programs.printer.go_on();
            it.wait_for("the job to end", |it| {
                Ok(it.jobs()[before..].contains(" ended "))
            })
        }),
        ("told, and the answer is lost", |it| {
            it.stop_at(|job| job)?;
            it.proxy.mute();
            it.programs.printer.go_on();
            it.wait_for("the hall to know", |it| {
                Ok(it.last_number()? == Known::Printed)
            })
        }),
        ("the number came for nobody, and is given back", |it| {
            it.proxy.mute();
            let (issued, before) = (it.numbers()?.len(), it.orders().len());
            it.take_a_number()?;
            it.wait_for("the hall to issue", |it| Ok(it.numbers()?.len() > issued))?;
            it.kiosk.touch(&mut it.reader, TO_THE_START)?;
            // Until then whoever reads the apology gets the number that came late.
            it.kiosk.lose(&mut it.reader, TO_THE_START)?;
            it.proxy.restore();
            it.wait_for_line(before, " unwanted ")
        }),
    ];
    let mut bench = Bench::open(folder)?;
    let mut rows = Vec::new();
    for (name, step) in steps {
        let before = bench.numbers()?.len();
        step(&mut bench).with_context(|| name.to_owned())?;
        bench
            .kill_and_start_again()
            .with_context(|| name.to_owned())?;
        let numbers = bench.numbers()?;
        ensure!(numbers.len() <= before + 1, "{name}: one number at most");
        let known = numbers.values().nth(before).map(|(_, known)| *known);
        rows.push((name, known));
    }
    // Everybody after that gets a paper, and what was half sent comes out before it.
    bench.take_a_number()?;
    bench.wait_for(
        "a whole paper",
        |it| Ok(it.last_number()? == Known::Printed),
    )?;
    bench.compare(&rows)
}

impl Bench {
    fn open(folder: Folder) -> Result<Self> {
        let mut programs = Programs::start(&folder)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let hall = format!("{}:{}", programs.hall.host(), programs.hall.port());
        let proxy = runtime.block_on(Proxy::open(hall.parse()?))?;
        programs.hall = Address::new("127.0.0.1", proxy.address().port());
        let reader = Reader::new()?;
        let kiosk = Screen::open("kiosk", (540, 960), &programs, programs.kiosk(), &reader)?;
        let mut bench = Self {
            kiosk,
            reader,
            proxy,
            programs,
            runtime,
            folder,
            job_bytes: 0,
        };
        bench.take_a_number()?;
        let printed = bench.programs.printer.wait_for_tickets(1, LIMIT);
        let first = &printed.context("the first ticket is printed")?[0];
        bench.job_bytes = first.bytes.len() + CONFIRMATION_BYTES;
        bench.settle()?;
        bench.kiosk.touch(&mut bench.reader, "完成")?;
        Ok(bench)
    }

    fn take_a_number(&mut self) -> Result<()> {
        self.kiosk.touch(&mut self.reader, PAY_A_BILL)?;
        self.kiosk.touch(&mut self.reader, TAKE)
    }

    /// The printer takes so much of the job, and no more.
    fn stop_at(&mut self, place: fn(usize) -> usize) -> Result<()> {
        let jobs = self.jobs();
        let begin = jobs.lines().rfind(|line| line.contains(" begin "));
        let flush = match begin.is_some_and(|line| line.ends_with("true")) {
            true => FLUSH_BYTES,
            false => 0,
        };
        let pause = Pause::AfterBytes(flush + place(self.job_bytes));
        self.programs.printer.pause(pause);
        self.take_a_number()?;
        self.wait_for_pause()
    }

    /// The same, and the printer's link breaks there with the kiosk.
    fn lose_at(&mut self, place: fn(usize) -> usize) -> Result<()> {
        self.stop_at(place)?;
        self.kiosk.kill()?;
        self.programs.printer.lose_the_rest();
        Ok(())
    }

    fn wait_for_pause(&self) -> Result<()> {
        ensure!(self.programs.printer.wait_for_pause(LIMIT), "no job came");
        Ok(())
    }

    fn wait_for_line(&mut self, before: usize, word: &str) -> Result<()> {
        let is_there = |it: &Self| Ok(it.orders()[before..].contains(word));
        self.wait_for(word, is_there)
    }

    fn wait_for(&mut self, what: &str, is_so: impl Fn(&Self) -> Result<bool>) -> Result<()> {
        wait_for(what, LIMIT, || Ok(is_so(self)?.then_some(())))
    }

    fn kill_and_start_again(&mut self) -> Result<()> {
        self.kiosk.kill()?;
        self.proxy.restore();
        self.programs.printer.go_on();
        self.kiosk
            .start_again(&self.programs, self.programs.kiosk(), &self.reader)?;
        self.kiosk.find(&mut self.reader, PAY_A_BILL)?;
        self.settle()
    }

    /// Until the kiosk has nothing to tell the hall any more.
    fn settle(&mut self) -> Result<()> {
        self.wait_for("every number to be settled", |it| {
            let (orders, jobs) = (it.orders(), it.jobs());
            let count = |text: &str, word: &str| text.matches(word).count();
            Ok(count(&orders, " asked ") == count(&orders, " closed ")
                && count(&jobs, " queued ") == count(&jobs, " told "))
        })
    }

    fn orders(&self) -> String {
        self.file("kiosk-1.orders")
    }

    fn jobs(&self) -> String {
        self.file("kiosk-1.jobs")
    }

    fn file(&self, name: &str) -> String {
        let path: PathBuf = self.folder.hall().join(name);
        fs::read_to_string(path).unwrap_or_default()
    }

    /// Every number that the hall has issued, and what it knows of its paper.
    fn numbers(&self) -> Result<BTreeMap<u64, (String, Known)>> {
        let archive = Archive::open(&self.folder.hall())?;
        let mut numbers = BTreeMap::new();
        for day in archive.days()? {
            archive.replay_day(day, None, |recorded| match recorded.event.what {
                Happening::Issued(issued) => {
                    let number = issued.number.to_string();
                    numbers.insert(issued.ticket.0, (number, Known::Nothing));
                }
                Happening::Printed { ticket, .. } => {
                    set(&mut numbers, ticket.0, Known::Printed);
                }
                Happening::NotPrinted { ticket, why } => {
                    set(&mut numbers, ticket.0, Known::Missing(why));
                }
                Happening::Cancelled {
                    ticket,
                    why: CancelWhy::HeldByNobody,
                } => set(&mut numbers, ticket.0, Known::Void),
                _ => {}
            })?;
        }
        Ok(numbers)
    }

    fn last_number(&self) -> Result<Known> {
        let numbers = self.numbers()?;
        let last = numbers.last_key_value().context("no number yet")?;
        Ok(last.1.1)
    }

    /// Holds what the hall knows against the paper.
    fn compare(&self, rows: &[(&str, Option<Known>)]) -> Result<()> {
        println!("\n{:52}the hall knows", "the kiosk is killed");
        for (name, known) in rows {
            let known = known.map_or("no number".into(), |known| format!("{known:?}"));
            println!("{name:52}{known}");
        }
        let sheets = self.programs.printer.tickets();
        for (number, known) in self.numbers()?.values() {
            let with_number = sheets.iter().filter(|sheet| holds(sheet, number));
            let first_papers = with_number.clone().filter(|sheet| !holds(sheet, "REPRINT"));
            let (all, first) = (with_number.count(), first_papers.count());
            let is_true = match known {
                Known::Nothing => false,
                Known::Printed => all >= 1 && first <= 1,
                Known::Missing(NoPaper::Unknown) => first <= 1,
                Known::Missing(_) | Known::Void => all == 0,
            };
            ensure!(
                is_true,
                "{number} is {known:?}, on {all} sheets, {first} of them first"
            );
        }
        let of = |wanted: &[Option<Known>]| {
            let found = rows.iter().filter(|(_, known)| wanted.contains(known));
            found.count()
        };
        // Whether a request that was on the wire still arrives after the kill is the wire's business;
        // if it does, its number is given back.
        ensure!(
            of(&[None, Some(Known::Void)]) >= 3,
            "three requests whose customers are gone"
        );
        ensure!(
            of(&[Some(Known::Missing(NoPaper::Unknown))]) >= 6,
            "in the paper"
        );
        ensure!(of(&[Some(Known::Printed)]) >= 2, "confirmed papers");
        Ok(())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // The printer must not hold the kiosk's end up.
        self.programs.printer.go_on();
        let _guard = self.runtime.enter();
    }
}

fn set(numbers: &mut BTreeMap<u64, (String, Known)>, ticket: u64, news: Known) {
    if let Some((_, known)) = numbers.get_mut(&ticket) {
        *known = news;
    }
}

fn holds(sheet: &PrintedTicket, text: &str) -> bool {
    let mut windows = sheet.bytes.windows(text.len());
    windows.any(|part| part == text.as_bytes())
}
