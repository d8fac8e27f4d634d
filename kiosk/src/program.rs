//! The program around the controller: window, link, printer and timer, all events through one mailbox.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use anyhow::Context;
use client::{
    LinkEvent, LinkSettings, Post, choose_backend, for_the_technician, mailbox, place, start_log,
};
use protocol::{Act, Role};
use slint::{ComponentHandle, Timer, TimerMode};
use ticket::Printer;
use ticket::spool::{Patience, Spool, Spooler};
use uuid::Uuid;

use crate::asking::{Asking, Told};
use crate::controller::Controller;
use crate::event::{Effect, Event};
use crate::leftovers::leftover_events;
use crate::mock::{MOCK_TIME, MockHall, Show, Ways};
use crate::orders::Orders;
use crate::printing::Printing;
use crate::rehearsal::rehearsal;
use crate::screen::smallest_capital_mm;
use crate::settings::{Args, Settings};
use crate::window::KioskWindow;

/// Runs the kiosk until the process is ended.
///
/// # Errors
/// When the settings have a mistake, or there is no display, no font for the printer, no thread.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let settings = args.settings()?;
    start_log(settings.station.log.as_deref()).context("the log cannot be written")?;
    let way = Way::of(args.mock, &settings)?;
    choose_backend()?;
    let (post, letters) = mailbox::<Event>();
    let window = Rc::new(KioskWindow::new(settings.screen)?);
    let (printing, hall) = open(&settings, way, &post)?;
    let mut program = Program {
        controller: Controller::new(settings.looks(), Instant::now(), Uuid::now_v7),
        printing,
        hall,
        window: window.clone(),
        timer: Timer::default(),
        post: post.clone(),
        has_rehearsed: false,
    };
    window.on_touch(move |touch| post.send(Event::Touch(touch)));
    show(&window, &settings)?;
    program.take(Event::Tick);
    letters.deliver(move |event| program.take(event))?;
    slint::run_event_loop()?;
    Ok(())
}

struct Program {
    controller: Controller,
    window: Rc<KioskWindow>,
    // The hall's threads tell the printer's, so they end first.
    hall: Hall,
    printing: Printing,
    timer: Timer,
    post: Post<Event>,
    has_rehearsed: bool,
}

impl Program {
    fn take(&mut self, event: Event) {
        let now = Instant::now();
        for effect in self.controller.update(now, event) {
            match effect {
                Effect::Ask { id, act } => self.hall.ask(id, act, &self.post),
                Effect::Print { ticket, slip } => self.printing.print(ticket, slip),
                Effect::Told { ticket } => self.hall.close(ticket, &self.printing),
            }
        }
        self.window.show(&self.controller.view(now));
        self.set_timer(now);
        if !self.has_rehearsed
            && let Some(slips) = rehearsal(&self.controller.table)
        {
            self.printing.rehearse(slips);
            self.has_rehearsed = true;
        }
    }

    fn set_timer(&self, now: Instant) {
        let Some(at) = self.controller.wake_at(now) else {
            self.timer.stop();
            return;
        };
        let post = self.post.clone();
        let left = at.saturating_duration_since(now);
        self.timer
            .start(TimerMode::SingleShot, left, move || post.send(Event::Tick));
    }
}

/// How the hall is reached.
enum Way {
    Link(LinkSettings),
    Mock(Show),
}

impl Way {
    /// A device that is given a code is paired here, before there is a window: a technician who sits
    /// elsewhere has none.
    fn of(mock: Option<Show>, settings: &Settings) -> anyhow::Result<Self> {
        if let Some(show) = mock {
            return Ok(Self::Mock(show));
        }
        let version = env!("CARGO_PKG_VERSION");
        let link = settings
            .station
            .link_settings(Role::Kiosk, "kiosk", version)?;
        Ok(Self::Link(link))
    }
}

/// The hall, or the made-up one.
enum Hall {
    Real(Asking),
    Mock(MockHall),
}

impl Hall {
    fn ask(&mut self, id: Uuid, act: Act, post: &Post<Event>) {
        tracing::info!(%id, act = ?for_the_log(&act), "asked");
        match self {
            Self::Real(asking) => asking.ask(id, act),
            Self::Mock(hall) => {
                let outcome = hall.answer(&act);
                post.send(Event::Answer { id, outcome });
            }
        }
    }

    /// The request is forgotten before the print job is.
    fn close(&self, ticket: u64, printing: &Printing) {
        match self {
            Self::Real(asking) => asking.close(ticket),
            Self::Mock(_) => printing.told(ticket),
        }
    }
}

/// Opens what outlives a stop, tells what the last one left behind, and starts the threads.
fn open(settings: &Settings, way: Way, post: &Post<Event>) -> anyhow::Result<(Printing, Hall)> {
    let spooler = spooler(settings, matches!(way, Way::Mock(_)))?;
    let tell_paper = post.clone();
    let start = |spooler| Printing::start(spooler, move |event| tell_paper.send(event));
    let link = match way {
        Way::Link(link) => link,
        Way::Mock(show) => {
            let mut hall = MockHall::with_ways(Ways::of(show));
            post.send(Event::Rows(hall.rows()));
            post.send(Event::LinkUp(MOCK_TIME));
            return Ok((start(spooler)?, Hall::Mock(hall)));
        }
    };
    let file = settings.orders_file();
    let orders = Orders::open(&file)
        .with_context(|| format!("requests for numbers cannot be kept in {}", file.display()))?;
    let spool = spooler.as_ref().map(Spooler::spool);
    leftover_events(&orders, spool).for_each(|event| post.send(event));
    let printing = start(spooler)?;
    let (post, forget) = (post.clone(), printing.told_elsewhere());
    let asking = Asking::start(orders, link, move |told| match told {
        Told::Link(event) => tell(&post, *event),
        Told::Closed { ticket } => forget(ticket),
    })?;
    Ok((printing, Hall::Real(asking)))
}

/// An act without what could name a person.
fn for_the_log(act: &Act) -> Act {
    let mut act = act.clone();
    if let Act::Take { phone, .. } = &mut act {
        *phone = phone.take().map(|_| "***".into());
    }
    act
}

/// The link logs how it is.
fn tell(post: &Post<Event>, event: LinkEvent) {
    post.send(match event {
        LinkEvent::Up { time } => Event::LinkUp(time),
        LinkEvent::Down { since, why } => {
            post.send(Event::Technician(for_the_technician(&why)));
            Event::LinkDown(since)
        }
        LinkEvent::Rows(rows) => Event::Rows(rows),
        LinkEvent::Answer { id, outcome } => {
            tracing::info!(%id, ?outcome, "answered");
            Event::Answer { id, outcome }
        }
        LinkEvent::Beat { time } => Event::Beat(time),
        // Why comes again with the link going down.
        LinkEvent::Refused(_) => return,
    });
}

fn spooler(settings: &Settings, is_made_up: bool) -> anyhow::Result<Option<Spooler>> {
    let Some(printer) = settings.printer.printer()? else {
        return Ok(None);
    };
    let file = match is_made_up {
        true => made_up_jobs(),
        false => settings.jobs_file(),
    };
    let spool = Spool::open(&file)
        .with_context(|| format!("the print jobs cannot be kept in {}", file.display()))?;
    if spool.damaged_lines() > 0 {
        let lines = spool.damaged_lines();
        tracing::error!(lines, file = %file.display(), "the disk has spoiled print jobs");
    }
    let printer = Printer::new(printer)?;
    Ok(Some(Spooler::new(printer, spool, Patience::default())))
}

/// Numbers that are valid nowhere must not be told to a hall later.
fn made_up_jobs() -> PathBuf {
    let name = format!("paihao-made-up-{}.jobs", std::process::id());
    std::env::temp_dir().join(name)
}

/// Full screen, unless the settings give it a place.
fn show(window: &KioskWindow, settings: &Settings) -> anyhow::Result<()> {
    let slint_window = window.main().window();
    place(slint_window, settings.station.window);
    window.main().show()?;
    let size = slint_window.size().to_logical(slint_window.scale_factor());
    window.fit(size.width, size.height);
    let (is, asked) = smallest_capital_mm(&settings.screen, size.width, size.height);
    if is + 0.05 < asked {
        tracing::warn!(
            "the smallest text is {is:.1} mm high and should have {asked:.1} mm: the screen is small for its distance"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_stays_out_of_the_log() {
        let act = Act::Take {
            service: "A".into(),
            class: "ordinary".into(),
            then: Vec::new(),
            phone: Some("13800138000".into()),
        };
        let line = format!("{:?}", for_the_log(&act));
        assert!(line.contains("ordinary") && line.contains("***"), "{line}");
        assert!(!line.contains("138"), "{line}");
        let act = Act::take("A", "ordinary");
        assert_eq!(for_the_log(&act), act);
    }
}
