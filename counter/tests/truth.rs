//! The counter without its window, against a real hall and a printer that answers as printers do.

// A test that cannot go on panics.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use client::{Address, Bridge, LinkEvent};
use counter::view::{Page, ViewModel};
use counter::{Beginning, Command, Controller, Effect, Event};
use e2e::printer::{Condition, PrintedTicket, PrinterSimulator};
use hall::{Clock, HallSettings, Server};
use protocol::{Act, Done, NotPrintedReason, Outcome, Refusal, Role};
use store::Store;
use tempfile::TempDir;
use ticket::spool::{Patience, Spool, Spooler};
use ticket::{Printer, PrinterSettings, Printing};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// What has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A hall that runs while this lives.
struct RunningHall {
    runtime: Runtime,
    server: Option<Server>,
    _folder: TempDir,
}

impl RunningHall {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let mut settings = HallSettings::default_hall();
        settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        settings.trust.trial = true;
        let store = Store::open(folder.path()).unwrap();
        let last = store.last_moment().unwrap();
        let clock = Clock::new(settings.time_zone.clone(), settings.day_turns_at, last);
        let server = runtime.block_on(Server::start(settings, store, clock));
        Self {
            runtime,
            server: Some(server.unwrap()),
            _folder: folder,
        }
    }

    fn link(&self, role: Role, device: &str) -> link::Settings {
        let address = self.server.as_ref().unwrap().address();
        link::Settings {
            address: Address::new(address.ip().to_string(), address.port()),
            role,
            device: device.into(),
            app: "test".into(),
            paired: None,
        }
    }
}

impl Drop for RunningHall {
    fn drop(&mut self) {
        let server = self.server.take().unwrap();
        self.runtime.block_on(server.stop()).unwrap();
    }
}

/// A kiosk of which only its requests matter.
struct Kiosk {
    bridge: Bridge,
    answers: Receiver<(Uuid, Outcome)>,
}

impl Kiosk {
    fn join(hall: &RunningHall) -> Self {
        let (tell, answers) = mpsc::channel();
        let sink = move |event| {
            if let LinkEvent::Answer { id, outcome } = event {
                // At the end of the test nobody listens any more.
                let _ = tell.send((id, outcome));
            }
        };
        let bridge = Bridge::start(hall.link(Role::Kiosk, "kiosk-1"), sink).unwrap();
        Self { bridge, answers }
    }

    fn ask(&self, act: Act) -> Outcome {
        let asked = Uuid::now_v7();
        self.bridge.handle().request_with_id(asked, act).unwrap();
        let (id, outcome) = self.answers.recv_timeout(PATIENCE).unwrap();
        assert_eq!(id, asked);
        outcome
    }

    fn take(&self) -> u64 {
        match self.ask(Act::take("B", "ordinary")) {
            Outcome::Done(Done::Issued(issued)) => issued.ticket,
            other => panic!("no ticket: {other:?}"),
        }
    }
}

/// The program as `program.rs` ties it together, without its window.
struct Desk {
    controller: Controller,
    bridge: Bridge,
    printing: Printing,
    events: Receiver<Event>,
    now: Instant,
    _folder: TempDir,
}

impl Desk {
    fn open(hall: &RunningHall, printer: &PrinterSimulator) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (post, events) = mpsc::channel();
        let from_printer = post.clone();
        let tell = move |event| {
            // At the end of the test nobody listens any more.
            let _ = post.send(Event::Hall(event));
        };
        let bridge = Bridge::start(hall.link(Role::Counter, "counter-4"), tell).unwrap();
        let settings = PrinterSettings::network(printer.address());
        let spool = Spool::open(&folder.path().join("jobs")).unwrap();
        let spooler = Spooler::new(Printer::new(settings).unwrap(), spool, Patience::default());
        let tell = move |news| {
            let _ = from_printer.send(Event::Printer(news));
        };
        let beginning = Beginning {
            printer: true,
            ..Beginning::default()
        };
        let now = Instant::now();
        Self {
            controller: Controller::new(beginning, Uuid::now_v7, now),
            bridge,
            printing: Printing::start(spooler, tell).unwrap(),
            events,
            now,
            _folder: folder,
        }
    }

    fn happen(&mut self, event: Event) {
        for effect in self.controller.update(self.now, event) {
            match effect {
                Effect::Ask { id, act } => {
                    self.bridge.handle().request_with_id(id, act).unwrap();
                }
                Effect::Print { ticket, slip } => self.printing.print(ticket, slip).unwrap(),
                Effect::PrintOther { id, paper } => {
                    let name = paper.name();
                    self.printing
                        .print_other(id, name, paper.document())
                        .unwrap();
                }
                Effect::Told { ticket } => self.printing.told(ticket).unwrap(),
                Effect::Forget { .. } | Effect::Remember(_) => {}
            }
        }
    }

    /// What a person does, some time after the last thing.
    fn act(&mut self, event: Event) {
        self.now += Duration::from_secs(1);
        self.happen(event);
    }

    fn keys(&mut self, keys: &[&str]) {
        for key in keys {
            self.act(Event::Key((*key).to_owned()));
        }
    }

    fn enter(&mut self, text: &str) {
        self.act(Event::TypeText(text.to_owned()));
        self.act(Event::Enter);
    }

    /// Waits until the screen shows it.
    fn until(&mut self, what: &str, shows: impl Fn(&ViewModel) -> bool) {
        while !shows(&self.controller.view()) {
            let event = self.events.recv_timeout(PATIENCE);
            let event = event.unwrap_or_else(|_| panic!("never: {what}"));
            self.happen(event);
        }
    }

    /// Presses the large key, and waits until this number is in hand as it should be.
    fn primary(&mut self, number: &str, timer: &str) {
        self.act(Event::Press(Command::Primary));
        let (number, timer) = (number.to_owned(), timer.to_owned());
        let what = format!("{number} {timer}");
        self.until(&what, move |view| {
            view.hand.number == number && format!("{:?}", view.hand.state) == timer
        });
    }
}

fn sign_in(desk: &mut Desk) {
    desk.until("counters", |view| !view.sign_in.counters.is_empty());
    let counters = desk.controller.view().sign_in.counters;
    let of_service = |services: &str| services.split(' ').next() == Some("B");
    let counter = counters.iter().find(|row| of_service(&row.services));
    desk.act(Event::ChooseCounter(counter.unwrap().number));
    desk.act(Event::TypeClerk("王芳".into()));
    desk.act(Event::Press(Command::SignIn));
    desk.until("signed in", |view| view.page == Page::Work);
}

fn says(paper: &PrintedTicket, text: &str) -> bool {
    let (encoded, _, _) = encoding_rs::GB18030.encode(text);
    let mut windows = paper.bytes.windows(encoded.len());
    windows.any(|window| window == &*encoded)
}

fn nth_paper(printer: &PrinterSimulator, count: usize) -> PrintedTicket {
    let mut papers = printer.wait_for_tickets(count, PATIENCE).expect("a paper");
    assert_eq!(papers.len(), count);
    papers.remove(count - 1)
}

#[test]
fn a_clerk_prints_every_paper_and_the_roll_stands_in() {
    let hall = RunningHall::open();
    let kiosk = Kiosk::join(&hall);
    let printer = PrinterSimulator::start().unwrap();
    let mut desk = Desk::open(&hall, &printer);
    let ticket = kiosk.take();
    let reason = NotPrintedReason::PaperOut;
    kiosk.ask(Act::NotPrinted { ticket, reason });
    sign_in(&mut desk);
    desk.until("on no paper", |view| view.notices.contains("B001 未打印"));
    desk.primary("B001", "Called");
    desk.primary("B001", "Serving");

    desk.keys(&["a", "1"]);
    desk.until("told", |view| view.note.contains("B001 的号票已打印"));
    let slip = nth_paper(&printer, 1);
    for text in ["B001", "补打 REPRINT 1", "新装增容", "城东供电营业厅"] {
        assert!(says(&slip, text), "{text}");
    }
    desk.until("the hall knows", |view| view.notices.is_empty());

    desk.keys(&["m", "1", "3"]);
    desk.enter("清单需盖章");
    desk.until("told", |view| view.note.contains("缺件通知单已打印"));
    let slip = nth_paper(&printer, 2);
    for text in [
        "缺件通知单",
        "B001",
        "□ 身份证",
        "□ 用电设备清单",
        "□ 清单需盖章",
        "下次仍请带来",
        "□ 房产证明",
        "王芳",
    ] {
        assert!(says(&slip, text), "{text}");
    }

    desk.act(Event::Press(Command::Finish));
    desk.until("finished", |view| view.header.finished == 1);
    the_roll_stands_in(&mut desk, &kiosk);
    the_printer_runs_out(&mut desk, &printer);

    desk.keys(&["d", "1"]);
    desk.until("told", |view| view.note.contains("当日报表已打印"));
    let report = nth_paper(&printer, 3);
    for text in ["当日报表", "B 新装增容", "王芳", "办结", "柜员"] {
        assert!(says(&report, text), "{text}");
    }
}

fn the_roll_stands_in(desk: &mut Desk, kiosk: &Kiosk) {
    desk.keys(&["l"]);
    desk.enter("17");
    desk.until("the mark", |view| view.roll.contains("R017"));
    let refused = kiosk.ask(Act::take("B", "ordinary"));
    assert_eq!(refused, Outcome::Refused(Refusal::RollInUse));
    desk.primary("R017", "Called");
    desk.primary("R017", "Serving");
    desk.until("the next", |view| view.roll.contains("R018"));
    desk.primary("R018", "Called");
    desk.act(Event::Press(Command::Finish));
    desk.until("they count", |view| view.header.finished == 3);
    desk.keys(&["l", "1"]);
    desk.until("the end", |view| view.roll.is_empty());
    kiosk.take();
}

/// Nothing comes out late when there is paper again.
fn the_printer_runs_out(desk: &mut Desk, printer: &PrinterSimulator) {
    printer.set(Condition::PaperOut);
    desk.until("no paper", |view| view.notices.contains("缺纸"));
    desk.keys(&["d", "1"]);
    let sheet = desk.controller.view().sheet.unwrap();
    assert!(sheet.note.contains("请换纸卷"), "{}", sheet.note);
    desk.act(Event::Press(Command::Back));
    printer.set(Condition::Ready);
    desk.until("paper again", |view| !view.notices.contains("缺纸"));
    assert_eq!(printer.tickets().len(), 2);
}
