//! A kiosk on a stage: the real controller and the real window, a made-up hall, and a clock that
//! the test turns.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use client::{Language, Theme};
use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
};
use kiosk::controller::Controller;
use kiosk::event::{Effect, Event, Key, Looks, PaperNews, Touch};
use kiosk::generated::Main;
use kiosk::mock::{MOCK_TIME, MockHall, Ways};
use kiosk::screen::ScreenSettings;
use kiosk::window::KioskWindow;
use protocol::{Act, Done, Outcome, Refusal};
use slint::platform::PointerEventButton;
use slint::{ComponentHandle, PhysicalSize};
use uuid::Uuid;

/// A screen: what its settings say, and its pixels.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
    pub settings: ScreenSettings,
}

/// A 27 inch screen, upright.
pub const UPRIGHT: Screen = screen(1080, 1920, 598.0);
/// The same, lying.
pub const WIDE: Screen = screen(1920, 1080, 598.0);

pub const fn screen(width: u32, height: u32, long_side_mm: f32) -> Screen {
    let settings = ScreenSettings {
        long_side_mm,
        distance_mm: 600.0,
    };
    Screen {
        width,
        height,
        settings,
    }
}

/// How the start page looks, unless a test wants otherwise.
pub const CHINESE: Looks = Looks {
    language: Language::Zh,
    theme: Theme::Light,
    large_text: false,
};
pub const ENGLISH: Looks = Looks {
    language: Language::En,
    ..CHINESE
};

pub struct Stage {
    pub window: Rc<KioskWindow>,
    pub hall: MockHall,
    plot: Rc<Plot>,
}

/// What the touches of the window and the test itself share.
struct Plot {
    controller: RefCell<Controller>,
    window: Rc<KioskWindow>,
    now: Cell<Instant>,
    effects: RefCell<Vec<Effect>>,
}

impl Stage {
    /// A kiosk that has heard nothing yet.
    pub fn dark(screen: Screen, looks: Looks) -> Self {
        start_backend();
        let window = Rc::new(KioskWindow::new(screen.settings).expect("a window"));
        let size = PhysicalSize::new(screen.width, screen.height);
        window.main().window().set_size(size);
        window.fit(screen.width as f32, screen.height as f32);
        window.main().show().expect("a shown window");
        let now = Instant::now();
        let mut ids = 0;
        let next_id = move || {
            ids += 1;
            Uuid::from_u128(ids)
        };
        let plot = Rc::new(Plot {
            controller: RefCell::new(Controller::new(looks, now, next_id)),
            window: window.clone(),
            now: Cell::new(now),
            effects: RefCell::default(),
        });
        let touched = plot.clone();
        window.on_touch(move |touch| touched.take(Event::Touch(touch)));
        let stage = Self {
            window,
            hall: MockHall::default(),
            plot,
        };
        stage.event(Event::Tick);
        stage
    }

    /// A kiosk whose hall is there.
    pub fn open(screen: Screen, looks: Looks) -> Self {
        Self::of(Ways::default(), screen, looks)
    }

    /// A kiosk of a hall with these ways.
    pub fn of(ways: Ways, screen: Screen, looks: Looks) -> Self {
        let mut stage = Self::dark(screen, looks);
        stage.hall = MockHall::with_ways(ways);
        let rows = stage.hall.rows();
        stage.event(Event::Rows(rows));
        stage.event(Event::LinkUp(MOCK_TIME));
        stage.wait(Duration::from_secs(1));
        stage
    }

    /// The hall takes up other ways.
    pub fn turn(&mut self, ways: Ways) {
        self.hall.ways = ways;
        let rows = self.hall.rows();
        self.event(Event::Rows(rows));
    }

    pub fn event(&self, event: Event) {
        self.plot.take(event);
    }

    /// A touch that no button of the present page stands for.
    pub fn touch(&self, touch: Touch) {
        self.event(Event::Touch(touch));
    }

    /// Lets time pass, in steps of half a second.
    pub fn wait(&self, time: Duration) {
        let step = Duration::from_millis(500);
        let end = self.plot.now.get() + time;
        while self.plot.now.get() < end {
            self.plot.now.set(self.plot.now.get() + step);
            i_slint_backend_testing::mock_elapsed_time(step);
            self.event(Event::Tick);
        }
    }

    /// What was to be done since this was asked last.
    pub fn effects(&self) -> Vec<Effect> {
        self.plot.effects.take()
    }

    /// What was asked of the hall since [`Stage::effects`] was asked last.
    pub fn asked(&self) -> Vec<(Uuid, Act)> {
        let asked = |effect| match effect {
            Effect::Ask { id, act } => Some((id, act)),
            Effect::Print { .. } | Effect::Told { .. } => None,
        };
        self.effects().into_iter().filter_map(asked).collect()
    }

    /// Lets the hall answer everything that it was asked, and gives the last number issued.
    pub fn answer(&mut self) -> Option<u64> {
        let mut ticket = None;
        for (id, act) in self.asked() {
            let outcome = self.hall.answer(&act);
            if let Outcome::Done(Done::Issued(issued)) = &outcome {
                ticket = Some(issued.ticket);
            }
            self.event(Event::Answer { id, outcome });
        }
        ticket
    }

    /// Types on the keypad without looking for its keys.
    pub fn type_in(&self, keys: &str) {
        for key in keys.chars() {
            self.touch(Touch::Key(Key::Type(key.into())));
            self.wait(Duration::from_millis(500));
        }
    }

    /// The hall refuses what it was asked.
    pub fn refuse(&self, refusal: Refusal) {
        let (id, _) = self.asked().remove(0);
        let outcome = Outcome::Refused(refusal);
        self.event(Event::Answer { id, outcome });
        self.wait(Duration::from_secs(1));
    }

    pub fn paper(&self, ticket: u64, news: PaperNews) {
        self.event(Event::Paper { ticket, news });
    }

    /// Presses and lifts a finger on the button with this label, and waits as long as a person
    /// takes at least for the next.
    pub fn press(&self, label: &str) {
        let button = self.button(label).unwrap_or_else(|| {
            panic!("no button {label:?} among {:?}", self.labels());
        });
        button.mock_single_click(PointerEventButton::Left);
        self.wait(Duration::from_secs(1));
    }

    pub fn button(&self, label: &str) -> Option<ElementHandle> {
        let named = |element: &ElementHandle| element.accessible_label().as_deref() == Some(label);
        self.buttons().into_iter().find(named)
    }

    pub fn buttons(&self) -> Vec<ElementHandle> {
        ElementQuery::from_root(self.main())
            .match_descendants()
            .match_accessible_role(AccessibleRole::Button)
            .find_all()
    }

    /// Everything that a screen reader would meet.
    pub fn accessible(&self) -> Vec<ElementHandle> {
        ElementQuery::from_root(self.main())
            .match_descendants()
            .match_predicate(|element| element.accessible_role().is_some())
            .find_all()
    }

    /// The labels and texts on the screen.
    pub fn labels(&self) -> Vec<String> {
        let label = |element: ElementHandle| element.accessible_label().map(String::from);
        self.accessible().into_iter().filter_map(label).collect()
    }

    pub fn says(&self, text: &str) -> bool {
        self.labels().iter().any(|label| label.contains(text))
    }

    pub fn main(&self) -> &Main {
        self.window.main()
    }
}

impl Plot {
    fn take(&self, event: Event) {
        let now = self.now.get();
        let effects = self.controller.borrow_mut().update(now, event);
        self.effects.borrow_mut().extend(effects);
        let view = self.controller.borrow().view(now);
        self.window.show(&view);
    }
}

fn start_backend() {
    let options = TestingBackendOptions {
        mock_time: true,
        threading: false,
        renderer_name: Some("software".into()),
    };
    // A thread has one platform; a second stage on the same thread keeps the first one.
    let _ = slint::platform::set_platform(Box::new(TestingBackend::new(options)));
}
