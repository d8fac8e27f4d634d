//! A page's own values, from the view to the window's global.

use client::Language;
use protocol::{DoorState, Doors, WaitRange};
use slint::{ModelRc, SharedString, VecModel};

use super::refusal;
use crate::generated::{self as ui, Api};
use crate::view::{
    Asks, ErrandsView, KeypadView, NumberView, PageView, PaperView, ServiceView, Wish,
};

pub(super) fn show_page(api: &Api<'_>, page: &PageView, language: Language) {
    match page {
        PageView::Connecting => api.set_page(ui::Page::Connecting),
        PageView::Away { since } => {
            api.set_away_since(since.as_deref().unwrap_or_default().into());
            api.set_page(ui::Page::Away);
        }
        PageView::Start { tiles } => {
            api.set_tile_page(i32::try_from(*tiles).unwrap_or(0));
            api.set_page(ui::Page::Start);
        }
        PageView::Closed { doors: why } => {
            api.set_doors(doors(why));
            api.set_page(ui::Page::Closed);
        }
        PageView::Service {
            service: chosen,
            papers,
            list,
            claims,
            offers_errands,
            chosen_errands,
        } => {
            api.set_offers_errands(*offers_errands);
            api.set_errands_chosen(i32::try_from(*chosen_errands).unwrap_or(0));
            api.set_service(service(chosen));
            api.set_offers_list(list.is_some());
            api.set_list_wanted(*list == Some(true));
            api.set_papers_in_one(in_one(papers, language));
            api.set_papers(model(papers.iter().map(SharedString::from)));
            api.set_claims(model(claims.iter().map(|(class, text)| ui::Claim {
                class: class.into(),
                text: text.into(),
            })));
            api.set_page(ui::Page::Service);
        }
        PageView::Errands(errands) => show_errands(api, errands),
        PageView::Keypad(keypad) => show_keypad(api, keypad),
        PageView::Taking(wish) => {
            api.set_returning(*wish == Wish::Return);
            api.set_page(ui::Page::Taking);
        }
        PageView::NoAnswer(wish) => {
            api.set_returning(*wish == Wish::Return);
            api.set_page(ui::Page::NoAnswer);
        }
        PageView::Number(number) => show_number(api, number, language),
        PageView::Returned {
            number,
            after_calls,
        } => {
            api.set_ticket(ui::Ticket {
                number: number.into(),
                ..Default::default()
            });
            api.set_after_calls(count(*after_calls));
            api.set_page(ui::Page::Returned);
        }
        PageView::Refused {
            refusal,
            can_retype,
        } => {
            api.set_refusal(refusal::reason(refusal));
            api.set_refusal_detail(refusal::detail(refusal).into());
            api.set_can_retype(*can_retype);
            api.set_page(ui::Page::Refused);
        }
    }
}

fn show_errands(api: &Api<'_>, view: &ErrandsView) {
    let errand = |(service, chosen): &(ServiceView, bool)| ui::Errand {
        code: service.code.as_str().into(),
        name: service.name.as_str().into(),
        chosen: *chosen,
    };
    api.set_errands(model(view.errands.iter().map(errand)));
    api.set_errands_full(view.is_full);
    api.set_tile_page(i32::try_from(view.tiles).unwrap_or(0));
    api.set_page(ui::Page::Errands);
}

fn show_keypad(api: &Api<'_>, view: &KeypadView) {
    api.set_asks(match view.asks {
        Asks::Number => ui::Asks::Number,
        Asks::Code => ui::Asks::Code,
        Asks::Phone => ui::Asks::Phone,
    });
    api.set_typed(view.typed.as_str().into());
    api.set_typed_whole(view.is_whole);
    api.set_example(view.example.as_str().into());
    api.set_letters(model(view.letters.iter().map(SharedString::from)));
    api.set_page(ui::Page::Keypad);
}

fn show_number(api: &Api<'_>, view: &NumberView, language: Language) {
    api.set_service(service(&view.service));
    api.set_then_in_one(in_one(&view.then, language));
    api.set_ticket(ui::Ticket {
        number: view.number.as_str().into(),
        serial: view.serial.as_str().into(),
        favoured: view.favoured,
        ahead: count(view.ahead),
        wait: wait(view.wait),
        slot: view.slot.as_deref().unwrap_or_default().into(),
    });
    api.set_paper(match view.paper {
        PaperView::Printing => ui::Paper::Printing,
        PaperView::Printed => ui::Paper::Printed,
        PaperView::Missing => ui::Paper::Missing,
    });
    api.set_page(ui::Page::Number);
}

pub(super) fn service(view: &ServiceView) -> ui::Service {
    ui::Service {
        code: view.code.as_str().into(),
        name: view.name.as_str().into(),
        zone: view.zone.as_str().into(),
        counters: view.counters.as_str().into(),
        counter_count: i32::try_from(view.counter_count).unwrap_or(i32::MAX),
        open_counters: count(view.open_counters),
        waiting: count(view.waiting),
        wait: wait(view.wait),
        doors: doors(&view.doors),
    }
}

fn doors(doors: &Doors) -> ui::Doors {
    let time = |time: &Option<String>| time.as_deref().unwrap_or_default().into();
    ui::Doors {
        state: match doors.state {
            DoorState::Open => ui::DoorState::Open,
            DoorState::CutOff => ui::DoorState::CutOff,
            DoorState::Closed => ui::DoorState::Closed,
            DoorState::QuotaUsedUp => ui::DoorState::UsedUp,
            DoorState::Roll => ui::DoorState::Roll,
            DoorState::ReadOnly => ui::DoorState::ReadOnly,
        },
        opens_at: time(&doors.opens_at),
        closes_at: time(&doors.closes_at),
    }
}

fn wait(wait: Option<WaitRange>) -> ui::Wait {
    ui::Wait {
        known: wait.is_some(),
        low_min: wait.map_or(0, |wait| count(wait.low_min)),
        high_min: wait.map_or(0, |wait| count(wait.high_min)),
    }
}

/// Papers or services in one line of text: parted by semicolons, for one may have commas of its own.
fn in_one(texts: &[String], language: Language) -> SharedString {
    let between = match language {
        Language::Zh => "；",
        Language::En => "; ",
    };
    texts.join(between).into()
}

fn model<T: Clone + 'static>(rows: impl Iterator<Item = T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from(rows.collect::<Vec<_>>()))
}

pub(super) fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
