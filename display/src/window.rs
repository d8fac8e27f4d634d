//! Between the view and the window: plain data in, nothing out, since a wall is only looked at.

use std::cell::RefCell;
use std::rc::Rc;

use client::{Language, Theme, hold};
use slint::{ComponentHandle, Model, ModelRc, PlatformError, VecModel};

use crate::distance::Room;
use crate::generated::{self as ui, Api, Main, Tokens};
use crate::view::{Listed, Newest, Service, View};
use crate::words::Both;

/// The wall's window.
pub struct WallWindow {
    main: Main,
    last: Rc<VecModel<ui::Listed>>,
    services: Rc<VecModel<ui::Service>>,
    shown: RefCell<Option<View>>,
}

impl WallWindow {
    /// A window that is not shown yet. Choose a backend first.
    ///
    /// # Errors
    /// When there is no display.
    pub fn new(leading: Language, theme: Theme, room: Room) -> Result<Self, PlatformError> {
        let main = Main::new()?;
        hold(main.window());
        slint::select_bundled_translation(leading.locale()).map_err(|error| error.to_string())?;
        let window = Self {
            last: Rc::new(VecModel::default()),
            services: Rc::new(VecModel::default()),
            shown: RefCell::default(),
            main,
        };
        let tokens = window.main.global::<Tokens>();
        tokens.set_high_contrast(theme == Theme::HighContrast);
        let api = window.main.global::<Api>();
        api.set_last(ModelRc::from(window.last.clone()));
        api.set_services(ModelRc::from(window.services.clone()));
        api.set_digit_share(room.digit_share() as f32);
        api.set_labels(labels(leading));
        window.show(&View::default());
        Ok(window)
    }

    /// The Slint component, to show, run or test it.
    #[must_use]
    pub fn main(&self) -> &Main {
        &self.main
    }

    /// Takes the sizes from a window of this height in logical pixels. The window does so by
    /// itself once it runs.
    pub fn fit(&self, height: f32) {
        self.main.global::<Tokens>().set_unit(height / UNITS);
    }

    /// Shows a view. What is as before is not touched, so that an idle wall draws nothing.
    pub fn show(&self, view: &View) {
        let before = self.shown.replace(Some(view.clone()));
        if before.as_ref() == Some(view) {
            return;
        }
        let api = self.main.global::<Api>();
        api.set_seeking(!view.ready);
        api.set_hall(both(&view.hall));
        api.set_clock(view.clock.as_str().into());
        api.set_date(both(&view.date));
        api.set_stale(both_or_none(view.stale.as_ref()));
        api.set_sound(both_or_none(view.sound.as_ref()));
        api.set_notice(both_or_none(view.notice.as_ref()));
        api.set_any_call(view.newest.is_some());
        if let Some(call) = &view.newest {
            api.set_newest(newest(call));
        }
        refill(&self.last, view.last.iter().map(listed));
        refill(&self.services, view.services.iter().map(service));
    }
}

/// Units in the height of the wall.
const UNITS: f32 = 135.0;

/// Changes a model in place, row by row.
fn refill<T: Clone + PartialEq + 'static>(model: &VecModel<T>, rows: impl Iterator<Item = T>) {
    let mut count = 0;
    for (at, row) in rows.enumerate() {
        match model.row_data(at) {
            None => model.push(row),
            Some(old) if old != row => model.set_row_data(at, row),
            Some(_) => {}
        }
        count = at + 1;
    }
    while model.row_count() > count {
        model.remove(count);
    }
}

fn both(text: &Both) -> ui::Both {
    ui::Both {
        first: text.first.as_str().into(),
        second: text.second.as_str().into(),
    }
}

fn both_or_none(text: Option<&Both>) -> ui::Both {
    text.map(both).unwrap_or_default()
}

fn newest(call: &Newest) -> ui::Newest {
    ui::Newest {
        number: call.number.as_str().into(),
        counter: call.counter.as_str().into(),
        place: both(&call.place),
        service: both(&call.service),
        expected: call.expected,
        lit: call.lit,
    }
}

fn listed(call: &Listed) -> ui::Listed {
    ui::Listed {
        number: call.number.as_str().into(),
        counter: call.counter.as_str().into(),
        time: call.time.as_str().into(),
        expected: call.expected,
    }
}

fn service(service: &Service) -> ui::Service {
    ui::Service {
        code: service.code.as_str().into(),
        name: both(&service.name),
        waiting: i32::try_from(service.waiting).unwrap_or(i32::MAX),
        open: service.open,
    }
}

fn labels(leading: Language) -> ui::Labels {
    let label = |zh, en| both(&Both::words(zh, en, leading));
    ui::Labels {
        please_go: label("请到窗口办理", "Please go to the counter"),
        called_last: label("最近叫号", "Last call"),
        number: label("号码", "Number"),
        counter: label("窗口", "Counter"),
        people_waiting: label("等候人数", "People waiting"),
        closed: label("暂停", "Closed"),
        notice: label("公告", "Notice"),
        no_call: label("请取号等候", "Please take a number"),
        no_calls_yet: label("暂无叫号", "No calls yet"),
        seeking: label("正在连接叫号系统", "Connecting to the hall"),
    }
}
