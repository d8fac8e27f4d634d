//! Events for the tests of this crate, and a look into the file that is not the store's.
#![allow(dead_code)]

use std::path::Path;

use queue::{
    CallId, ClassCode, CounterNumber, Date, Event, Happening, Moment, NoPaper, Number, Reason,
    ServiceCode, TicketId,
};
use rusqlite::Connection;
use store::{Answered, Entry, FILE_NAME, Store};

pub const DAY: u32 = 20_261_122;

/// Every kind of event once, in an order that may happen.
pub fn one_of_each() -> Vec<Happening> {
    let day = Date::from_yyyymmdd(DAY);
    let (ticket, second) = (TicketId::of_day(day, 1), TicketId::of_day(day, 2));
    let counter = CounterNumber(3);
    vec![
        day_opened(DAY),
        issued(1, "A", 12, "elderly"),
        issued(2, "B", 1, "ordinary"),
        Happening::Printed { ticket },
        Happening::NotPrinted {
            ticket: second,
            why: NoPaper::PaperOut,
        },
        Happening::SignedIn {
            counter,
            clerk: "王芳".to_owned(),
        },
        Happening::Called {
            call: CallId::of_day(day, 1),
            ticket: second,
            counter,
            reason: Reason {
                waited_ms: 61_000,
                head_start_ms: 1_000,
                target_ms: 300_000,
                overtook: 1,
                passed_over: vec![ticket],
            },
        },
        Happening::Recalled {
            ticket: second,
            counter,
        },
        Happening::Arrived {
            ticket: second,
            counter,
        },
        Happening::Paused {
            counter,
            reason: "\"午餐\" \\ lunch".to_owned(),
        },
        Happening::Resumed { counter },
        Happening::Finished {
            ticket: second,
            counter,
        },
        Happening::NoShow { ticket, counter },
        Happening::Cancelled { ticket },
        Happening::Expired { ticket },
        Happening::SignedOut { counter },
        Happening::DayClosed { day },
    ]
}

pub fn day_opened(yyyymmdd: u32) -> Happening {
    Happening::DayOpened {
        day: Date::from_yyyymmdd(yyyymmdd),
        turns_at_steady_ms: 86_400_000,
    }
}

pub fn issued(serial: u32, service: &str, value: u32, class: &str) -> Happening {
    Happening::Issued {
        ticket: TicketId::of_day(Date::from_yyyymmdd(DAY), serial),
        number: Number {
            series: ServiceCode::new(service),
            value,
        },
        service: ServiceCode::new(service),
        class: ClassCode::new(class),
    }
}

pub fn event(what: Happening) -> Event {
    Event {
        at: Moment {
            steady_ms: 1_000,
            wall_ms: 1_795_312_800_000,
        },
        what,
    }
}

/// An entry of the hall itself.
pub fn entry(events: Vec<Event>) -> Entry {
    Entry {
        actor: "hall".to_owned(),
        events,
        request: None,
    }
}

/// A request that was answered, with what it led to.
pub fn request(id: u8, events: Vec<Event>) -> Entry {
    Entry {
        actor: "kiosk:kiosk-1".to_owned(),
        events,
        request: Some(Answered {
            id: [id; 16],
            act: vec![id, 0, 255],
            outcome: format!("outcome {id}"),
        }),
    }
}

pub fn replayed(store: &Store) -> Vec<Event> {
    let mut events = Vec::new();
    store
        .replay(|event| events.push(event))
        .expect("the journal can be believed");
    events
}

/// The closed file, opened by another hand.
pub fn behind_the_back(folder: &Path) -> Connection {
    Connection::open(folder.join(FILE_NAME)).expect("a database")
}
