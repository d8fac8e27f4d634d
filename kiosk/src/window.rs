//! Between the controller and the window: a [`ViewModel`] in, touches out.

use std::cell::RefCell;
use std::rc::Rc;

use client::{Language, hold};
use slint::{ComponentHandle, Model, ModelRc, PlatformError, VecModel};

use self::page::{count, service, show_page};
use crate::event::{Key, Touch};
use crate::generated::{self as ui, Api, Main, Tokens};
use crate::screen::{ScreenSettings, unit_px};
use crate::view::{PrinterTrouble, ServiceView, ViewModel};

mod page;
mod refusal;

/// Reading text is this much larger in large-text mode.
const LARGE_TEXT: f32 = 1.3;

/// The kiosk's window.
pub struct KioskWindow {
    main: Main,
    screen: ScreenSettings,
    services: Rc<VecModel<ui::Service>>,
    shown: RefCell<Option<ViewModel>>,
}

impl KioskWindow {
    /// A window that is not shown yet, and that nothing a customer can press will close. Choose a backend first.
    ///
    /// # Errors
    /// When there is no display.
    pub fn new(screen: ScreenSettings) -> Result<Self, PlatformError> {
        let main = Main::new()?;
        hold(main.window());
        let services = Rc::new(VecModel::default());
        let api = main.global::<Api>();
        api.set_services(ModelRc::from(services.clone()));
        main.global::<Tokens>().set_touch(true);
        let weak = main.as_weak();
        api.on_resized(move |width, height| {
            if let Some(main) = weak.upgrade() {
                fit(&main, &screen, width, height);
            }
        });
        Ok(Self {
            main,
            screen,
            services,
            shown: RefCell::default(),
        })
    }

    /// The Slint component, to show, run or test it.
    #[must_use]
    pub fn main(&self) -> &Main {
        &self.main
    }

    /// Takes the sizes from a window of so many logical pixels. The window does so by itself once it runs.
    pub fn fit(&self, width: f32, height: f32) {
        fit(&self.main, &self.screen, width, height);
    }

    /// Where touches go.
    pub fn on_touch(&self, touch: impl Fn(Touch) + Clone + 'static) {
        let api = self.main.global::<Api>();
        macro_rules! pass {
            ($on:ident, $to:expr) => {{
                let touch = touch.clone();
                api.$on(move || touch($to));
            }};
            ($on:ident, $argument:ident, $to:expr) => {{
                let touch = touch.clone();
                api.$on(move |$argument| touch($to));
            }};
        }
        pass!(on_touched, Touch::Anywhere);
        pass!(on_choose_service, code, Touch::Service(code.into()));
        pass!(on_take_ordinary, Touch::TakeOrdinary);
        pass!(on_take_as, class, Touch::TakeAs(class.into()));
        pass!(on_go_back, Touch::Back);
        pass!(
            on_show_tiles,
            tiles,
            Touch::Tiles(usize::try_from(tiles).unwrap_or(0))
        );
        pass!(
            on_choose_language,
            language,
            Touch::Language(language_of(language))
        );
        pass!(on_toggle_large_text, Touch::LargeText);
        pass!(on_toggle_high_contrast, Touch::HighContrast);
        pass!(on_choose_list, Touch::Papers);
        pass!(on_missed_call, Touch::MissedCall);
        pass!(on_appointment, Touch::Appointment);
        pass!(on_choose_errands, Touch::Errands);
        pass!(on_mark_errand, code, Touch::Errand(code.into()));
        pass!(on_keep_errands, Touch::ErrandsChosen);
        pass!(on_press_key, text, Touch::Key(Key::Type(text.into())));
        pass!(on_erase_key, Touch::Key(Key::Erase));
        pass!(on_clear_keys, Touch::Key(Key::Clear));
        pass!(on_enter, Touch::Enter);
        pass!(on_try_again, Touch::TryAgain);
        pass!(on_finish, Touch::Finish);
    }

    /// Shows a view. What is as before is not touched, so that an idle kiosk draws nothing.
    pub fn show(&self, view: &ViewModel) {
        let before = self.shown.replace(Some(view.clone()));
        if before.as_ref() == Some(view) {
            return;
        }
        self.show_looks(view);
        self.show_services(&view.services);
        let api = self.main.global::<Api>();
        api.set_hall_name(view.hall_name.as_str().into());
        api.set_clock(view.clock.as_str().into());
        api.set_morning(view.is_morning);
        api.set_offers_returns(view.offers_returns);
        api.set_offers_appointments(view.offers_appointments);
        api.set_notice(view.notice.as_str().into());
        api.set_printer_trouble(printer_trouble(view.printer_trouble));
        api.set_technician(view.technician.as_str().into());
        api.set_countdown_s(view.countdown_s.map_or(0, count));
        if before.map(|before| before.page).as_ref() != Some(&view.page) {
            show_page(&api, &view.page, view.looks.language);
        }
    }

    fn show_looks(&self, view: &ViewModel) {
        let language = view.looks.language;
        let (api, tokens) = (self.main.global::<Api>(), self.main.global::<Tokens>());
        if let Err(error) = slint::select_bundled_translation(language.locale()) {
            tracing::error!(%error, "no texts in this language");
        }
        api.set_language(match language {
            Language::Zh => ui::Language::Chinese,
            Language::En => ui::Language::English,
        });
        let large = view.looks.large_text;
        api.set_large_text(large);
        tokens.set_text_scale(if large { LARGE_TEXT } else { 1.0 });
        tokens.set_high_contrast(view.is_high_contrast());
    }

    /// Changes the one model in place, row by row.
    fn show_services(&self, services: &[ServiceView]) {
        let longest = services.iter().map(|service| ems(&service.name));
        let api = self.main.global::<Api>();
        api.set_longest_name(longest.fold(0.0, f32::max));
        let rows: Vec<ui::Service> = services.iter().map(service).collect();
        if rows.len() != self.services.row_count() {
            self.services.set_vec(rows);
            return;
        }
        for (place, row) in rows.into_iter().enumerate() {
            if self.services.row_data(place).as_ref() != Some(&row) {
                self.services.set_row_data(place, row);
            }
        }
    }
}

fn fit(main: &Main, screen: &ScreenSettings, width: f32, height: f32) {
    main.global::<Tokens>()
        .set_unit(unit_px(screen, width, height));
}

fn printer_trouble(trouble: Option<PrinterTrouble>) -> ui::PrinterTrouble {
    match trouble {
        None => ui::PrinterTrouble::None,
        Some(PrinterTrouble::NoPaper) => ui::PrinterTrouble::NoPaper,
        Some(PrinterTrouble::CoverOpen) => ui::PrinterTrouble::CoverOpen,
        Some(PrinterTrouble::Other) => ui::PrinterTrouble::Other,
    }
}

/// About how wide a text is in bold letters, in ems: Chinese letters are square.
fn ems(text: &str) -> f32 {
    let em = |letter: char| if letter.is_ascii() { 0.53 } else { 1.0 };
    text.chars().map(em).sum()
}

fn language_of(language: ui::Language) -> Language {
    match language {
        ui::Language::Chinese => Language::Zh,
        ui::Language::English => Language::En,
    }
}
