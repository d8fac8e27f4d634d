//! Between the controller and the window: a [`ViewModel`] in, events out.

use std::cell::RefCell;
use std::rc::Rc;

use client::{Language, Theme};
use protocol::{Limit, Secret};
use slint::{ComponentHandle, Model, ModelRc, PlatformError, SharedString, VecModel};

use crate::generated::{self as ui, Api, Main, Tokens};
use crate::view::{
    Button, Buttons, ChoiceView, Class, CounterChoice, FieldView, Hand, HandState, Header,
    LimitView, Link, NextLine, Page, SheetView, ViewModel, WaitingLine,
};
use crate::{Command, Event};

/// The clerk's window.
pub struct CounterWindow {
    main: Main,
    models: Models,
    shown: RefCell<Option<ViewModel>>,
}

/// The lists of the window. They live as long as it does and are changed in place.
#[derive(Default)]
struct Models {
    choices: Rc<VecModel<ui::ChoiceView>>,
    counters: Rc<VecModel<ui::CounterChoice>>,
    next: Rc<VecModel<ui::NextLine>>,
    waiting: Rc<VecModel<ui::WaitingLine>>,
}

impl CounterWindow {
    /// A window that is not shown yet. Choose a backend first.
    ///
    /// # Errors
    /// When there is no display.
    pub fn new() -> Result<Self, PlatformError> {
        let main = Main::new()?;
        let models = Models::default();
        let api = main.global::<Api>();
        api.set_choices(ModelRc::from(models.choices.clone()));
        api.set_counters(ModelRc::from(models.counters.clone()));
        api.set_next(ModelRc::from(models.next.clone()));
        api.set_waiting(ModelRc::from(models.waiting.clone()));
        Ok(Self {
            main,
            models,
            shown: RefCell::default(),
        })
    }

    /// The Slint component, to show, run or test it.
    #[must_use]
    pub fn main(&self) -> &Main {
        &self.main
    }

    /// Keeps the window over the others.
    pub fn stay_on_top(&self) {
        self.main.global::<Api>().set_on_top(true);
    }

    /// Where what the clerk does goes.
    pub fn on_event(&self, send: impl Fn(Event) + Clone + 'static) {
        let api = self.main.global::<Api>();
        let to = send.clone();
        api.on_press(move |command| to(Event::Press(command.into())));
        let to = send.clone();
        api.on_choose_counter(move |number| {
            // A counter's number comes from a row, so it fits.
            if let Ok(number) = u16::try_from(number) {
                to(Event::ChooseCounter(number));
            }
        });
        let to = send.clone();
        api.on_step_counter(move |by| to(Event::StepCounter(by)));
        let to = send.clone();
        api.on_type_clerk(move |name| to(Event::TypeClerk(name.into())));
        let to = send.clone();
        api.on_type_pin(move |pin| to(Event::TypePin(Secret::new(pin))));
        let to = send.clone();
        api.on_key(move |key| to(Event::Key(key.into())));
        let to = send.clone();
        api.on_choose(move |place| {
            // The place of a line is its index, so it fits.
            if let Ok(place) = usize::try_from(place) {
                to(Event::Choose(place));
            }
        });
        let to = send.clone();
        api.on_type_text(move |text| to(Event::TypeText(text.into())));
        api.on_enter(move || send(Event::Enter));
    }

    /// Shows what is to be seen; what is the same as before is left alone.
    pub fn show(&self, view: &ViewModel) {
        let mut shown = self.shown.borrow_mut();
        if shown.as_ref() == Some(view) {
            return;
        }
        let before = shown.replace(view.clone());
        if before.map(|before| before.language) != Some(view.language) {
            select_language(view.language);
        }
        let high_contrast = view.theme == Theme::HighContrast;
        self.main
            .global::<Tokens>()
            .set_high_contrast(high_contrast);
        self.fill(view);
    }

    fn fill(&self, view: &ViewModel) {
        let api = self.main.global::<Api>();
        api.set_header(header(&view.header));
        api.set_stale(view.stale.as_str().into());
        api.set_note(view.note.as_str().into());
        api.set_note_refuses(view.note_refuses);
        api.set_notices(view.notices.as_str().into());
        api.set_roll(view.roll.as_str().into());
        let chosen = view
            .sign_in
            .counters
            .iter()
            .position(|choice| choice.chosen);
        api.set_chosen_place(chosen.unwrap_or(0) as i32);
        api.set_clerk(view.sign_in.clerk.as_str().into());
        api.set_asks_pin(view.sign_in.asks_pin);
        api.set_pin(view.sign_in.pin.as_str().into());
        // After the text, for the field takes it when this changes.
        api.set_pin_turn(whole(view.sign_in.pin_turn));
        api.set_sign_in(button(&view.sign_in.button));
        api.set_hand(hand(&view.hand));
        api.set_buttons(buttons(&view.buttons));
        api.set_waiting_in_all(whole(view.waiting_in_all));
        let models = &self.models;
        let choices = view.sheet.iter().flat_map(|sheet| &sheet.choices);
        fill(&models.choices, choices.map(choice_view));
        fill(&models.counters, view.sign_in.counters.iter().map(choice));
        fill(&models.next, view.next.iter().map(next_line));
        fill(&models.waiting, view.waiting.iter().map(waiting_line));
        api.set_sheet(view.sheet.as_ref().map(sheet).unwrap_or_default());
        api.set_page(match view.page {
            Page::SignIn => ui::Page::SignIn,
            Page::Work => ui::Page::Work,
        });
    }
}

fn select_language(language: Language) {
    if let Err(error) = slint::select_bundled_translation(language.locale()) {
        tracing::error!(%error, "the translation is not part of this program");
    }
}

/// Makes a list say this, and touches only the lines that change.
fn fill<T: Clone + PartialEq + 'static>(model: &VecModel<T>, lines: impl Iterator<Item = T>) {
    let mut count = 0;
    for (place, line) in lines.enumerate() {
        match model.row_data(place) {
            Some(old) if old == line => {}
            Some(_) => model.set_row_data(place, line),
            None => model.push(line),
        }
        count = place + 1;
    }
    while model.row_count() > count {
        model.remove(model.row_count() - 1);
    }
}

impl From<ui::Command> for Command {
    fn from(command: ui::Command) -> Self {
        match command {
            ui::Command::SignIn => Self::SignIn,
            ui::Command::Primary => Self::Primary,
            ui::Command::Recall => Self::Recall,
            ui::Command::NoShow => Self::NoShow,
            ui::Command::Finish => Self::Finish,
            ui::Command::Pause => Self::Pause,
            ui::Command::SignOut => Self::SignOut,
            ui::Command::StopAwaiting => Self::StopAwaiting,
            ui::Command::More => Self::More,
            ui::Command::About => Self::About,
            ui::Command::Aside => Self::Aside,
            ui::Command::Language => Self::Language,
            ui::Command::Contrast => Self::Contrast,
            ui::Command::Back => Self::Back,
        }
    }
}

fn header(header: &Header) -> ui::HeaderView {
    ui::HeaderView {
        counter: header.counter.as_str().into(),
        name: header.name.as_str().into(),
        clerk: header.clerk.as_str().into(),
        clock: header.clock.as_str().into(),
        link: match header.link {
            Link::Connecting => ui::Link::Connecting,
            Link::Up => ui::Link::Up,
            Link::Stale => ui::Link::Stale,
        },
        finished: whole(header.finished),
    }
}

fn button(button: &Button) -> ui::ButtonView {
    ui::ButtonView {
        text: button.text.as_str().into(),
        enabled: button.enabled,
        waiting: button.waiting,
    }
}

fn buttons(buttons: &Buttons) -> ui::ButtonsView {
    ui::ButtonsView {
        primary: button(&buttons.primary),
        recall: button(&buttons.recall),
        no_show: button(&buttons.no_show),
        finish: button(&buttons.finish),
        pause: button(&buttons.pause),
        more: button(&buttons.more),
        aside: button(&buttons.aside),
        stop_awaiting: button(&buttons.stop_awaiting),
        sign_out: button(&buttons.sign_out),
    }
}

fn class(class: &Class) -> ui::ClassView {
    ui::ClassView {
        label: class.label.as_str().into(),
        favoured: class.favoured,
    }
}

fn hand(hand: &Hand) -> ui::HandView {
    ui::HandView {
        state: match hand.state {
            HandState::Free => ui::HandState::Free,
            HandState::Awaiting => ui::HandState::Awaiting,
            HandState::Paused => ui::HandState::Paused,
            HandState::Called => ui::HandState::Called,
            HandState::Serving => ui::HandState::Serving,
        },
        number: hand.number.as_str().into(),
        service: hand.service.as_str().into(),
        class: class(&hand.class),
        timer: hand.timer.as_str().into(),
        waited: hand.waited.as_str().into(),
        called_at: hand.called_at.as_str().into(),
        recalls: whole(hand.recalls),
        reason: hand.reason.as_str().into(),
        known: hand.known.as_str().into(),
        limit: limit(&hand.limit),
        pause_reason: hand.pause_reason.as_str().into(),
        waiting_here: whole(hand.waiting_here),
    }
}

fn limit(limit: &LimitView) -> ui::LimitView {
    ui::LimitView {
        limit: match limit.limit {
            Limit::Within => ui::Limit::Within,
            Limit::Near => ui::Limit::Near,
            Limit::Over => ui::Limit::Over,
        },
        text: limit.text.as_str().into(),
    }
}

fn sheet(sheet: &SheetView) -> ui::SheetView {
    let field = sheet.field.as_ref();
    let text = |of: fn(&FieldView) -> &String| {
        field.map_or_else(SharedString::new, |field| of(field).into())
    };
    ui::SheetView {
        open: true,
        place: whole(sheet.place),
        title: sheet.title.as_str().into(),
        lines: sheet.lines.as_str().into(),
        note: sheet.note.as_str().into(),
        has_field: field.is_some(),
        field_first: field.is_some_and(|field| field.first),
        label: text(|field| &field.label),
        hint: text(|field| &field.hint),
        text: text(|field| &field.text),
        button: text(|field| &field.button),
    }
}

fn choice_view(choice: &ChoiceView) -> ui::ChoiceView {
    ui::ChoiceView {
        key: choice.key.as_str().into(),
        text: choice.text.as_str().into(),
        detail: choice.detail.as_str().into(),
        enabled: choice.enabled,
        switch: choice.on.is_some(),
        on: choice.on == Some(true),
    }
}

fn choice(choice: &CounterChoice) -> ui::CounterChoice {
    ui::CounterChoice {
        number: choice.number.into(),
        name: choice.name.as_str().into(),
        services: choice.services.as_str().into(),
        clerk: choice.clerk.as_str().into(),
        chosen: choice.chosen,
    }
}

fn next_line(line: &NextLine) -> ui::NextLine {
    ui::NextLine {
        number: line.number.as_str().into(),
        service: line.service.as_str().into(),
        class: class(&line.class),
        waited: line.waited.as_str().into(),
        limit: limit(&line.limit),
    }
}

fn waiting_line(line: &WaitingLine) -> ui::WaitingLine {
    ui::WaitingLine {
        code: line.code.as_str().into(),
        name: line.name.as_str().into(),
        waiting: whole(line.waiting),
        own: line.own,
    }
}

/// A count as the window knows it.
fn whole(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
