//! Every act that there is, with values that often fit a small hall and sometimes do not.

use proptest::prelude::*;
use protocol::{Act, NotPrintedReason, PlaceInLine, TransferTo};

use super::desk::{START_WALL_MS, sign_in};

/// An act of the first day, at counters 1 to 3.
pub fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        5 => taking(),
        3 => (1..4u16, 1..4u8).prop_map(|(counter, clerk)| sign_in(counter, &format!("clerk {clerk}"))),
        8 => at_a_counter(),
        4 => with_a_number(),
        2 => paper(),
        2 => handing_over(),
    ]
}

fn taking() -> impl Strategy<Value = Act> {
    let service = || prop::sample::select(vec!["A", "B", "F", "X"]).prop_map(str::to_owned);
    let class = || prop::sample::select(vec!["ordinary", "elderly"]).prop_map(str::to_owned);
    let phone = prop::option::of(prop::sample::select(vec![
        "13800138000",
        "13900139000",
        "?",
    ]));
    let take = (
        service(),
        class(),
        prop::collection::vec(service(), 0..3),
        phone,
    )
        .prop_map(|(service, class, then, phone)| Act::Take {
            service,
            class,
            then,
            phone: phone.map(str::to_owned),
        });
    let book =
        (service(), class(), 0..3_600_000i64).prop_map(|(service, class, ahead_ms)| Act::Book {
            service,
            class,
            slot: (START_WALL_MS + ahead_ms).to_string(),
        });
    let check_in = (0..1_000_000u32).prop_map(|code| Act::CheckIn {
        code: format!("{code:06}"),
    });
    prop_oneof![6 => take, 1 => book, 1 => check_in]
}

fn at_a_counter() -> impl Strategy<Value = Act> {
    let kinds: Vec<fn(u16) -> Act> = vec![
        |counter| Act::CallNext { counter },
        |counter| Act::CallNext { counter },
        |counter| Act::Arrive { counter },
        |counter| Act::Arrive { counter },
        Act::finish,
        |counter| Act::Finish {
            counter,
            outcome: Some("papers_missing".to_owned()),
        },
        |counter| Act::NoShow { counter },
        |counter| Act::Recall { counter },
        |counter| Act::AwaitNext { counter },
        |counter| Act::StopAwaiting { counter },
        |counter| Act::SignOut { counter },
        |counter| Act::Resume { counter },
        |counter| Act::Pause {
            counter,
            reason: "午餐".to_owned(),
        },
        |counter| Act::ServeWithout {
            counter,
            service: "A".to_owned(),
            class: "ordinary".to_owned(),
        },
        |counter| Act::Hold {
            counter,
            reason: "复印".to_owned(),
            minutes: Some(5),
        },
        |counter| Act::Hold {
            counter,
            reason: "复印".to_owned(),
            minutes: None,
        },
        |counter| Act::PutBack {
            counter,
            place: PlaceInLine::First,
        },
        |counter| Act::PutBack {
            counter,
            place: PlaceInLine::Last,
        },
    ];
    (prop::sample::select(kinds), 1..4u16).prop_map(|(act, counter)| act(counter))
}

fn with_a_number() -> impl Strategy<Value = Act> {
    let kinds: Vec<fn(u16, String) -> Act> = vec![
        |_, number| Act::Reprint { number },
        |_, number| Act::cancel(number),
        |_, number| Act::comes_back(number),
        |_, number| Act::SetClass {
            number,
            class: "elderly".to_owned(),
            verified: true,
        },
        |counter, number| Act::CallNumber { counter, number },
        |counter, number| Act::UndoNoShow { counter, number },
        |counter, number| Act::ResumeHeld { counter, number },
    ];
    let number = (prop::sample::select(vec!["A", "F", "W"]), 1..9u32)
        .prop_map(|(letter, value)| format!("{letter}{value:03}"));
    (prop::sample::select(kinds), 1..4u16, number)
        .prop_map(|(act, counter, number)| act(counter, number))
}

fn paper() -> impl Strategy<Value = Act> {
    let ticket = (1..20u64).prop_map(|serial| 20_261_101_000_000 + serial);
    prop_oneof![
        ticket
            .clone()
            .prop_map(|ticket| Act::Printed { ticket, copies: 0 }),
        ticket.clone().prop_map(|ticket| Act::Void { ticket }),
        (1..9u32).prop_map(|first| Act::BeginRoll { first }),
        Just(Act::EndRoll {}),
        Just(Act::EndRoll {}),
        Just(Act::Report {}),
        ticket.prop_map(|ticket| Act::NotPrinted {
            ticket,
            reason: NotPrintedReason::CoverOpen,
        }),
    ]
}

fn handing_over() -> impl Strategy<Value = Act> {
    let to = prop_oneof![
        Just(TransferTo::Service {
            service: "B".to_owned()
        }),
        (1..5u16).prop_map(|number| TransferTo::Counter { number }),
        (1..5u8).prop_map(|clerk| TransferTo::Clerk {
            clerk: format!("clerk {clerk}")
        }),
    ];
    (1..4u16, to, any::<bool>(), any::<bool>()).prop_map(|(counter, to, keep_time, come_back)| {
        Act::Transfer {
            counter,
            to,
            note: "要复印件".to_owned(),
            keep_time,
            come_back,
        }
    })
}
