//! The program around the wall: window, link, speaker and timer, all events through one mailbox.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Context;
use client::{Bridge, LinkEvent, LinkSettings, Post, choose_backend, mailbox, place, start_log};
use protocol::Role;
use slint::{ComponentHandle, Timer, TimerMode};

use crate::controller::Event;
use crate::mock::MockHall;
use crate::settings::{Args, Settings};
use crate::wall::Wall;
use crate::window::WallWindow;

/// Clock, blinking and deadlines need no finer time than this.
const TICK: Duration = Duration::from_millis(250);

/// The made-up hall calls somebody this often.
const MOCK_CALL: Duration = Duration::from_secs(9);

/// Runs the wall until the process is ended.
///
/// # Errors
/// When the settings have a mistake, or there is no display, no thread, no folder to write.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let settings = args.settings()?;
    start_log(settings.station.log.as_deref()).context("the log cannot be written")?;
    warn_of_a_small_screen(&settings);
    let way = Way::of(args.mock, &settings)?;
    choose_backend()?;
    let (post, letters) = mailbox::<Event>();
    let station = &settings.station;
    let window = Rc::new(WallWindow::new(
        station.language,
        station.theme,
        settings.room.room(),
    )?);
    let told = post.clone();
    let mut wall = Wall::start(
        &settings.sound,
        args.announcements.clone(),
        station.language,
        move |it| told.send(Event::Sound(it)),
    )
    .context("the announcements cannot be kept")?;
    let _hall = Hall::open(way, &post)?;
    let _ticks = every(TICK, move || post.send(Event::Tick));
    show(&window, &settings)?;
    letters.deliver(move |event| {
        wall.take(event);
        window.show(&wall.view());
    })?;
    slint::run_event_loop()?;
    Ok(())
}

fn warn_of_a_small_screen(settings: &Settings) {
    if let Some(readable_m) = settings.room.room().too_far_m() {
        tracing::warn!(
            "the screen is too small for this room: numbers can be read from {readable_m:.1} m, \
             the furthest seat is {} m away",
            settings.room.furthest_seat_m
        );
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
        let link = settings
            .station
            .link_settings(Role::Wall, "wall", version)?;
        Ok(Self::Link(link))
    }
}

/// The hall, or the made-up one: held to the end of the program, since dropping it ends it.
struct Hall {
    _bridge: Option<Bridge>,
    _made_up: Option<Timer>,
}

impl Hall {
    fn open(way: Way, post: &Post<Event>) -> anyhow::Result<Self> {
        let post = post.clone();
        let Way::Link(link) = way else {
            let mut hall = MockHall::default();
            let tell = move |events: Vec<LinkEvent>| {
                events.into_iter().for_each(|it| post.send(Event::Link(it)));
            };
            tell(hall.open());
            return Ok(Self {
                _bridge: None,
                _made_up: Some(every(MOCK_CALL, move || tell(hall.call_next()))),
            });
        };
        let bridge = Bridge::start(link, move |event| post.send(Event::Link(event)))?;
        Ok(Self {
            _bridge: Some(bridge),
            _made_up: None,
        })
    }
}

fn every(interval: Duration, what: impl FnMut() + 'static) -> Timer {
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, interval, what);
    timer
}

/// Full screen, unless the settings give it a place.
fn show(window: &WallWindow, settings: &Settings) -> anyhow::Result<()> {
    let slint_window = window.main().window();
    place(slint_window, settings.station.window);
    window.main().show()?;
    let size = slint_window.size().to_logical(slint_window.scale_factor());
    window.fit(size.height);
    Ok(())
}
