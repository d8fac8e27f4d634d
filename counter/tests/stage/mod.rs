//! The program without its link: window, controller and a pretended hall, one step at a time.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use client::{Language, LinkEvent, Lost, Theme};
use counter::generated::Main;
use counter::mock::MockHall;
use counter::window::CounterWindow;
use counter::{Beginning, Command, Controller, Effect, Event};
use i_slint_backend_testing::{TestingBackend, TestingBackendOptions, mock_elapsed_time};
use protocol::{Act, Time};
use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, PhysicalSize, SharedString};
use uuid::Uuid;

/// 22 November 2026, 10:42 in China.
const MORNING: Time = Time {
    unix_ms: 1_795_315_320_000,
    offset_min: 480,
};

pub struct Stage {
    window: CounterWindow,
    controller: Controller,
    pub hall: MockHall,
    events: Rc<RefCell<Vec<Event>>>,
    unanswered: Vec<(Uuid, Act)>,
    pub asked: Vec<Act>,
    /// What was handed to the printer.
    pub printed: Vec<Effect>,
    linked: bool,
    now: Instant,
    passed: Duration,
}

impl Stage {
    pub fn new(language: Language, theme: Theme, (width, height): (u32, u32)) -> Self {
        let options = TestingBackendOptions {
            mock_time: true,
            threading: false,
            renderer_name: Some("software".into()),
        };
        // A second stage on the same thread finds the platform set.
        let _ = slint::platform::set_platform(Box::new(TestingBackend::new(options)));
        let window = CounterWindow::new().expect("the testing backend gives windows");
        let events = Rc::new(RefCell::new(Vec::new()));
        let into = Rc::clone(&events);
        window.on_event(move |event| into.borrow_mut().push(event));
        let beginning = Beginning {
            hall: "ws://127.0.0.1:7410/ws".into(),
            language,
            theme,
            counter: None,
            clerk: String::new(),
            printer: true,
        };
        let now = Instant::now();
        let mut stage = Self {
            window,
            controller: Controller::new(beginning, Uuid::now_v7, now),
            hall: MockHall::new(MORNING.unix_ms),
            events,
            unanswered: Vec::new(),
            asked: Vec::new(),
            printed: Vec::new(),
            linked: false,
            now,
            passed: Duration::ZERO,
        };
        stage.happen(Event::Tick);
        stage
            .window
            .main()
            .show()
            .expect("the testing backend shows");
        stage.resize(width, height);
        stage
    }

    pub fn main(&self) -> &Main {
        self.window.main()
    }

    pub fn resize(&mut self, width: u32, height: u32) {
        let size = PhysicalSize::new(width, height);
        self.main().window().set_size(size);
        self.settle();
    }

    /// The hall is there; what was asked meanwhile is answered.
    pub fn link_up(&mut self) {
        self.linked = true;
        self.rows();
        let time = self.hall_time();
        self.happen(Event::Hall(LinkEvent::Up { time }));
        for (id, act) in std::mem::take(&mut self.unanswered) {
            self.answer(id, &act);
        }
    }

    pub fn link_down(&mut self, why: Lost) {
        self.linked = false;
        let since = Some(self.hall_time());
        self.happen(Event::Hall(LinkEvent::Down { since, why }));
    }

    /// The hall's rows as they are now.
    pub fn rows(&mut self) {
        let rows = self.hall.rows(self.hall_ms());
        self.happen(Event::Hall(LinkEvent::Rows(rows)));
    }

    pub fn hall_ms(&self) -> i64 {
        self.hall_time().unix_ms
    }

    fn hall_time(&self) -> Time {
        Time {
            unix_ms: MORNING.unix_ms + self.passed.as_millis() as i64,
            ..MORNING
        }
    }

    /// Time goes on.
    pub fn pass(&mut self, time: Duration) {
        self.passed += time;
        self.now += time;
        if self.linked {
            let time = self.hall_time();
            self.happen(Event::Hall(LinkEvent::Beat { time }));
        }
        self.happen(Event::Tick);
    }

    /// A key goes down and up, as long after the last one as a person needs.
    pub fn key(&mut self, key: impl Into<SharedString>) {
        self.pass(Duration::from_millis(600));
        let text = key.into();
        self.send(WindowEvent::KeyPressed { text: text.clone() });
        self.send(WindowEvent::KeyReleased { text });
    }

    pub fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            self.key(letter);
        }
    }

    pub fn send(&mut self, event: WindowEvent) {
        self.main().window().dispatch_event(event);
        self.settle();
    }

    /// Sign in at a counter by the keyboard.
    pub fn sign_in(&mut self, counter: u16, clerk: &str) {
        self.happen(Event::ChooseCounter(counter));
        self.type_text(clerk);
        self.key(Key::Return);
    }

    pub fn press(&mut self, command: Command) {
        self.pass(Duration::from_millis(600));
        self.happen(Event::Press(command));
    }

    pub fn happen(&mut self, event: Event) {
        for effect in self.controller.update(self.now, event) {
            match effect {
                Effect::Ask { id, act } => {
                    self.asked.push(act.clone());
                    self.unanswered.push((id, act));
                }
                Effect::Forget { id } => self.unanswered.retain(|(kept, _)| *kept != id),
                Effect::Remember(_) | Effect::Told { .. } => {}
                Effect::Print { .. } | Effect::PrintOther { .. } => self.printed.push(effect),
            }
        }
        self.window.show(&self.controller.view());
        self.settle();
        if self.linked
            && let Some((id, act)) = self.unanswered.pop()
        {
            self.answer(id, &act);
        }
    }

    fn answer(&mut self, id: Uuid, act: &Act) {
        let outcome = self.hall.ask(act, self.hall_ms());
        self.happen(Event::Hall(LinkEvent::Answer { id, outcome }));
        self.rows();
    }

    /// Lets the window run its own handlers, then hands on what it said.
    fn settle(&mut self) {
        mock_elapsed_time(Duration::from_millis(20));
        loop {
            let events = std::mem::take(&mut *self.events.borrow_mut());
            if events.is_empty() {
                return;
            }
            for event in events {
                self.happen(event);
            }
        }
    }
}
