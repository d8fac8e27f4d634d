//! The program around the controller: window, link, printer and timer, all events through one mailbox.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use anyhow::Context;
use client::{Bridge, LinkEvent, Post, choose_backend, mailbox, place, start_log};
use protocol::{Act, Outcome, Refusal, Role};
use slint::{CloseRequestResponse, ComponentHandle, Timer, TimerMode};
use ticket::Printer;
use ticket::spool::{Patience, Spool, Spooler};
use uuid::Uuid;

use crate::controller::Controller;
use crate::event::{Effect, Event};
use crate::mock::{MOCK_TIME, MockHall, Show, Ways};
use crate::printing::Printing;
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
    choose_backend()?;
    let (post, letters) = mailbox::<Event>();
    let window = Rc::new(KioskWindow::new(settings.screen)?);
    let mut program = Program {
        controller: Controller::new(settings.looks(), Instant::now(), Uuid::now_v7),
        printing: start_printing(&settings, args.mock.is_some(), post.clone())?,
        hall: Hall::open(&settings, args.mock, &post)?,
        window: window.clone(),
        timer: Timer::default(),
        post: post.clone(),
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
    printing: Printing,
    hall: Hall,
    timer: Timer,
    post: Post<Event>,
}

impl Program {
    fn take(&mut self, event: Event) {
        let now = Instant::now();
        for effect in self.controller.update(now, event) {
            match effect {
                Effect::Ask { id, act } => self.hall.ask(id, act, &self.post),
                Effect::Print { ticket, slip } => self.printing.print(ticket, slip),
                Effect::Told { ticket } => self.printing.told(ticket),
            }
        }
        self.window.show(&self.controller.view(now));
        self.set_timer(now);
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

/// The hall, or the made-up one.
enum Hall {
    Real(Bridge),
    Mock(MockHall),
}

impl Hall {
    fn open(settings: &Settings, mock: Option<Show>, post: &Post<Event>) -> anyhow::Result<Self> {
        if let Some(show) = mock {
            let mut hall = MockHall::with_ways(Ways::of(show));
            post.send(Event::Rows(hall.rows()));
            post.send(Event::LinkUp(MOCK_TIME));
            return Ok(Self::Mock(hall));
        }
        let link = settings
            .station
            .link_settings(Role::Kiosk, "kiosk", env!("CARGO_PKG_VERSION"));
        let post = post.clone();
        let bridge = Bridge::start(link, move |event| tell(&post, event))?;
        Ok(Self::Real(bridge))
    }

    fn ask(&mut self, id: Uuid, act: Act, post: &Post<Event>) {
        tracing::info!(%id, act = ?for_the_log(&act), "asked");
        let outcome = match self {
            Self::Mock(hall) => hall.answer(&act),
            Self::Real(bridge) => match bridge.handle().request_with_id(id, act) {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(%id, %error, "not asked");
                    Outcome::Refused(Refusal::TooManyRequests)
                }
            },
        };
        post.send(Event::Answer { id, outcome });
    }
}

/// An act without what could name a person.
fn for_the_log(act: &Act) -> Act {
    let mut act = act.clone();
    if let Act::Take { phone, .. } = &mut act {
        *phone = phone.take().map(|_| "***".into());
    }
    act
}

fn tell(post: &Post<Event>, event: LinkEvent) {
    post.send(match event {
        LinkEvent::Up { time } => {
            tracing::info!("the hall is there");
            Event::LinkUp(time)
        }
        LinkEvent::Down { since, why } => {
            tracing::warn!(%why, "no hall");
            Event::LinkDown(since)
        }
        LinkEvent::Rows(rows) => Event::Rows(rows),
        LinkEvent::Answer { id, outcome } => {
            tracing::info!(%id, ?outcome, "answered");
            Event::Answer { id, outcome }
        }
        LinkEvent::Beat { time } => Event::Beat(time),
        LinkEvent::Refused(bye) => {
            tracing::warn!(code = ?bye.code, message = bye.message, "the hall closed the link");
            return;
        }
    });
}

fn start_printing(
    settings: &Settings,
    is_made_up: bool,
    post: Post<Event>,
) -> anyhow::Result<Printing> {
    let printer = settings.printer.printer().map(Printer::new).transpose()?;
    let spooler = printer.map(|printer| {
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
        anyhow::Ok(Spooler::new(printer, spool, Patience::default()))
    });
    let spooler = spooler.transpose()?;
    Ok(Printing::start(spooler, move |event| post.send(event))?)
}

/// Numbers that are valid nowhere must not be told to a hall later.
fn made_up_jobs() -> PathBuf {
    let name = format!("paihao-made-up-{}.jobs", std::process::id());
    std::env::temp_dir().join(name)
}

/// Full screen, and nothing that a customer can press ends it.
fn show(window: &KioskWindow, settings: &Settings) -> anyhow::Result<()> {
    let slint_window = window.main().window();
    slint_window.on_close_requested(|| CloseRequestResponse::KeepWindowShown);
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
