//! A wall on a stage: the real controller and the real window, a made-up hall, and a clock that
//! the test turns.

pub mod scenes;

use std::time::{Duration, Instant};

use client::{Language, LinkEvent, Lost, Theme};
use display::announcer::Produced;
use display::controller::{Controller, Effect, Event};
use display::distance::Room;
use display::generated::Main;
use display::mock::MockHall;
use display::speaker::{Order, Told};
use display::window::WallWindow;
use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
use slint::{ComponentHandle, PhysicalSize};

/// How a wall looks.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    pub width: u32,
    pub height: u32,
    pub leading: Language,
    pub theme: Theme,
    pub furthest_seat_m: f64,
}

pub const CHINESE: Looks = Looks {
    width: 1920,
    height: 1080,
    leading: Language::Zh,
    theme: Theme::Light,
    furthest_seat_m: 8.0,
};
pub const ENGLISH: Looks = Looks {
    leading: Language::En,
    ..CHINESE
};

pub const fn large(looks: Looks) -> Looks {
    Looks {
        width: 3840,
        height: 2160,
        ..looks
    }
}

pub struct Stage {
    pub window: WallWindow,
    pub hall: MockHall,
    /// What every player of this wall says at its end.
    pub outcome: Result<(), String>,
    controller: Controller,
    looks: Looks,
    now: Instant,
    due: Vec<(Instant, Told)>,
}

const SOUND_MS: u64 = 6_000;

impl Stage {
    /// A wall that has heard nothing yet.
    pub fn dark(looks: Looks, hall: MockHall) -> Self {
        start_backend();
        let room = Room {
            furthest_seat_m: looks.furthest_seat_m,
            ..Room::default()
        };
        let window = WallWindow::new(looks.leading, looks.theme, room).unwrap();
        let size = PhysicalSize::new(looks.width, looks.height);
        window.main().window().set_size(size);
        window.fit(looks.height as f32);
        window.main().show().unwrap();
        let now = Instant::now();
        Self {
            window,
            hall,
            outcome: Ok(()),
            controller: Controller::new(now, 0),
            looks,
            now,
            due: Vec::new(),
        }
    }

    /// A wall whose hall is there.
    pub fn open(looks: Looks, hall: MockHall) -> Self {
        let mut stage = Self::dark(looks, hall);
        let events = stage.hall.open();
        stage.hear(events);
        stage
    }

    pub fn hear(&mut self, events: Vec<LinkEvent>) {
        for event in events {
            self.take(Event::Link(event));
        }
    }

    /// Somebody is called, which is only just being announced.
    pub fn call(&mut self) {
        let events = self.hall.call_next();
        self.hear(events);
    }

    /// So many calls, each announced to its end.
    pub fn calls(&mut self, count: usize) {
        for _ in 0..count {
            self.call();
            self.wait(9_000);
        }
    }

    pub fn lose(&mut self, why: Lost) {
        let since = Some(self.hall.time());
        self.take(Event::Link(LinkEvent::Down { since, why }));
    }

    pub fn wait(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        while self.now < until {
            self.now += Duration::from_millis(250);
            let (ripe, rest): (Vec<_>, Vec<_>) =
                self.due.drain(..).partition(|(at, _)| *at <= self.now);
            self.due = rest;
            for (_, told) in ripe {
                self.take(Event::Sound(told));
            }
            self.take(Event::Tick);
        }
    }

    pub fn take(&mut self, event: Event) {
        for effect in self.controller.update(event, self.now) {
            if let Effect::Sound(order) = effect {
                self.order(order);
            }
        }
        let view = self.controller.view(self.now, self.looks.leading);
        self.window.show(&view);
    }

    pub fn main(&self) -> &Main {
        self.window.main()
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Produce(announcement) => {
                let sound = Ok(Produced {
                    duration_ms: SOUND_MS,
                    voiced: true,
                    missing: None,
                });
                let id = announcement.id;
                self.due.push((self.now, Told::Produced { id, sound }));
            }
            Order::Play { id } => {
                let end = self.now + Duration::from_millis(SOUND_MS);
                let outcome = self.outcome.clone();
                self.due.push((end, Told::Ended { id, outcome }));
            }
            Order::Stop { .. } => {}
        }
    }
}

fn start_backend() {
    let backend = TestingBackend::new(TestingBackendOptions {
        mock_time: true,
        threading: false,
        renderer_name: Some("software".into()),
    });
    // A thread's second stage finds the backend of its first.
    let _ = slint::platform::set_platform(Box::new(backend));
}
