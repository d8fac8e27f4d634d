//! The program around the controller: window, link and timer, all events through one mailbox.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use client::{
    Bridge, LinkEvent, LinkSettings, Post, choose_backend, mailbox, place, read_settings, start_log,
};
use protocol::{Act, Role, Time};
use slint::{ComponentHandle, Timer, TimerMode};
use ticket::spool::{Patience, Spool, Spooler};
use ticket::{PrintNews, PrintOutcome, Printer, Printing, PrintingEnded, Trouble};
use uuid::Uuid;

use crate::mock::MockHall;
use crate::settings::{CommandLine, Settings};
use crate::window::CounterWindow;
use crate::{Controller, Effect, Event, Memory};

/// How often the clocks on the screen are looked after: fine enough that seconds do not limp.
const TICK: Duration = Duration::from_millis(250);

/// Staying over the others is heeded under X11 only some time after the window was shown.
const ON_TOP_AFTER: Duration = Duration::from_millis(300);

/// The printer's thread is gone, which happens only when it panicked.
const NOT_HANDED_OVER: PrintOutcome = PrintOutcome::NotPrinted(Trouble::Stopped);

/// The pretended hall's local time, in minutes: that of China.
const MOCK_OFFSET_MIN: i32 = 480;

/// Runs the program until its window is closed.
///
/// # Errors
/// When the settings have a mistake, or there is no display or no thread for the link.
pub fn run(line: &CommandLine) -> anyhow::Result<()> {
    let mut settings: Settings = read_settings(line.options.settings.as_deref())?;
    line.over(&mut settings);
    start_log(settings.station.log.as_deref()).context("the log cannot be written")?;
    let way = Way::of(line.mock, &settings)?;
    choose_backend()?;
    let memory_file = settings.memory_file();
    let memory = memory_file.as_deref().map(Memory::read).unwrap_or_default();
    let (post, letters) = mailbox::<Event>();
    let window = Rc::new(CounterWindow::new()?);
    let mut program = Program {
        controller: Controller::new(
            settings.beginning(line, memory),
            Uuid::now_v7,
            Instant::now(),
        ),
        window: Rc::clone(&window),
        hall: Hall::open(way, &post)?,
        printing: start_printing(&settings, line.mock, &post)?,
        memory_file,
        post: post.clone(),
    };
    let presses = post.clone();
    window.on_event(move |event| presses.send(event));
    program.take(Event::Tick);
    letters.deliver(move |event| program.take(event))?;
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, TICK, move || post.send(Event::Tick));
    show(&window, &settings)?;
    slint::run_event_loop()?;
    Ok(())
}

fn show(window: &Rc<CounterWindow>, settings: &Settings) -> anyhow::Result<()> {
    place(window.main().window(), Some(settings.window()));
    window.main().show()?;
    if settings.counter.on_top {
        let window = Rc::clone(window);
        Timer::single_shot(ON_TOP_AFTER, move || window.stay_on_top());
    }
    Ok(())
}

struct Program {
    controller: Controller,
    window: Rc<CounterWindow>,
    hall: Hall,
    /// Absent where this counter has no printer.
    printing: Option<Printing>,
    memory_file: Option<PathBuf>,
    post: Post<Event>,
}

impl Program {
    fn take(&mut self, event: Event) {
        log(&event);
        if event == Event::Tick {
            self.hall.tick(&self.post);
        }
        for effect in self.controller.update(Instant::now(), event) {
            match effect {
                Effect::Ask { id, act } => self.hall.ask(id, act, &self.post),
                Effect::Forget { id } => self.hall.forget(id),
                Effect::Remember(memory) => self.remember(&memory),
                Effect::Print { ticket, slip } => {
                    let outcome = NOT_HANDED_OVER;
                    let news = PrintNews::Slip {
                        ticket,
                        outcome,
                        copies: 0,
                    };
                    self.hand_over(news, |printing| printing.print(ticket, slip));
                }
                Effect::PrintOther { id, paper } => {
                    let outcome = NOT_HANDED_OVER;
                    let news = PrintNews::Other { id, outcome };
                    let name = paper.name();
                    self.hand_over(news, |printing| {
                        printing.print_other(id, name, paper.document())
                    });
                }
                Effect::Told { ticket } => {
                    if let Some(Err(error)) = self.printing.as_ref().map(|one| one.told(ticket)) {
                        tracing::error!(ticket, %error, "it is not noted that the hall knows");
                    }
                }
            }
        }
        self.window.show(&self.controller.view());
    }

    /// Gives something to the printer; `missing` is what is told if there is nobody to take it.
    fn hand_over(
        &self,
        missing: PrintNews,
        give: impl FnOnce(&Printing) -> Result<(), PrintingEnded>,
    ) {
        if !matches!(self.printing.as_ref().map(give), Some(Ok(()))) {
            tracing::error!(?missing, "nobody prints");
            self.post.send(Event::Printer(missing));
        }
    }

    fn remember(&self, memory: &Memory) {
        let written = self.memory_file.as_deref().map(|file| memory.write(file));
        if let Some(Err(error)) = written {
            tracing::warn!(%error, "the sign-in is not remembered");
        }
    }
}

fn log(event: &Event) {
    match event {
        Event::Hall(LinkEvent::Answer { id, outcome }) => tracing::info!(%id, ?outcome, "answered"),
        Event::Press(command) => tracing::info!(?command, "pressed"),
        Event::Printer(news) => tracing::info!(?news, "the printer"),
        // The link logs how it is; the rest is of no interest afterwards.
        Event::Hall(_)
        | Event::NotAsked { .. }
        | Event::ChooseCounter(_)
        | Event::StepCounter(_)
        | Event::TypeClerk(_)
        | Event::TypePin(_)
        | Event::Key(_)
        | Event::Choose(_)
        | Event::TypeText(_)
        | Event::Enter
        | Event::Tick => {}
    }
}

/// How the hall is reached.
enum Way {
    Link(LinkSettings),
    Mock,
}

impl Way {
    /// A device that is given a code is paired here, before there is a window.
    fn of(mock: bool, settings: &Settings) -> anyhow::Result<Self> {
        if mock {
            return Ok(Self::Mock);
        }
        let version = env!("CARGO_PKG_VERSION");
        let station = &settings.station;
        let link = station.link_settings(Role::Counter, "counter", version)?;
        Ok(Self::Link(link))
    }
}

/// The hall, or the pretended one.
enum Hall {
    Real(Bridge),
    Mock(MockHall),
}

impl Hall {
    fn open(way: Way, post: &Post<Event>) -> anyhow::Result<Self> {
        let Way::Link(link) = way else {
            let time = mock_time();
            let mut hall = MockHall::new(time.unix_ms);
            post.send(Event::Hall(LinkEvent::Rows(hall.rows(time.unix_ms))));
            post.send(Event::Hall(LinkEvent::Up { time }));
            return Ok(Self::Mock(hall));
        };
        let post = post.clone();
        let bridge = Bridge::start(link, move |event| post.send(Event::Hall(event)))
            .context("the link cannot be started")?;
        Ok(Self::Real(bridge))
    }

    fn ask(&mut self, id: Uuid, act: Act, post: &Post<Event>) {
        tracing::info!(%id, ?act, "asked");
        match self {
            Self::Real(bridge) => {
                if let Err(error) = bridge.handle().request_with_id(id, act) {
                    tracing::error!(%id, %error, "not asked");
                    post.send(Event::NotAsked { id });
                }
            }
            Self::Mock(hall) => {
                let now_ms = mock_time().unix_ms;
                let outcome = hall.ask(&act, now_ms);
                post.send(Event::Hall(LinkEvent::Answer { id, outcome }));
                post.send(Event::Hall(LinkEvent::Rows(hall.rows(now_ms))));
            }
        }
    }

    /// A pretended hall's limits run out with time, as the real one's do, which says so by itself.
    fn tick(&mut self, post: &Post<Event>) {
        if let Self::Mock(hall) = self {
            let rows = hall.rows(mock_time().unix_ms);
            post.send(Event::Hall(LinkEvent::Rows(rows)));
        }
    }

    fn forget(&self, id: Uuid) {
        match self {
            Self::Real(bridge) => bridge.handle().forget(id),
            // It has answered already.
            Self::Mock(_) => {}
        }
    }
}

fn start_printing(
    settings: &Settings,
    is_made_up: bool,
    post: &Post<Event>,
) -> anyhow::Result<Option<Printing>> {
    let Some(printer) = settings.printer.printer()? else {
        return Ok(None);
    };
    let usual = settings.jobs_file().filter(|_| !is_made_up);
    let file = usual.unwrap_or_else(made_up_jobs);
    let spool = Spool::open(&file)
        .with_context(|| format!("the print jobs cannot be kept in {}", file.display()))?;
    if spool.damaged_lines() > 0 {
        let lines = spool.damaged_lines();
        tracing::error!(lines, file = %file.display(), "the disk has spoiled print jobs");
    }
    let spooler = Spooler::new(Printer::new(printer)?, spool, Patience::default());
    let post = post.clone();
    let tell = move |news| post.send(Event::Printer(news));
    Ok(Some(Printing::start(spooler, tell)?))
}

/// Numbers that are valid nowhere must not be told to a hall later.
fn made_up_jobs() -> PathBuf {
    let name = format!("paihao-counter-{}.jobs", std::process::id());
    std::env::temp_dir().join(name)
}

/// A pretended hall has this machine's time.
fn mock_time() -> Time {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let unix_ms = since_1970.map_or(0, |since| since.as_millis() as i64);
    Time {
        unix_ms,
        offset_min: MOCK_OFFSET_MIN,
    }
}
