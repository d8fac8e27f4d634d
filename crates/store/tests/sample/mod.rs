//! Events for the tests of this crate, and a look into the file that is not the store's.
#![allow(dead_code)]

use std::path::Path;

use queue::{
    Alarm, AppointmentCode, CallId, CancelWhy, Channel, ClassCode, CounterNumber, Date, Desk,
    Event, Happening, Holder, Issued, Moment, NoPaper, Number, OutcomeCode, Passed, Place, Reason,
    Requeue, SeriesCode, ServiceCode, Then, TicketId, Why,
};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use store::{Answered, Archive, Device, Entry, FILE_NAME, Person, Recorded, Store};

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
        Happening::Printed { ticket, copies: 0 },
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
            errand: 0,
            counter,
            reason: Reason {
                why: Why::Score,
                waited_ms: 61_000,
                head_start_ms: 1_000,
                target_ms: 300_000,
                overtook: 1,
                passed_over: vec![Passed {
                    ticket,
                    waited_ms: 62_000,
                    head_start_ms: 0,
                    target_ms: 1_200_000,
                }],
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
            outcome: None,
            then: Then::Done,
        },
        Happening::NoShow { ticket, counter },
        Happening::Cancelled {
            ticket,
            why: CancelWhy::HeldByNobody,
        },
        Happening::Expired { ticket },
        Happening::SignedOut { counter },
        Happening::DayClosed { day },
    ]
}

/// Every kind of event that came with the whole life of a ticket, and every variant in them.
pub fn one_of_each_that_came_later() -> Vec<Happening> {
    let day = Date::from_yyyymmdd(DAY);
    let (ticket, counter, call) = (
        TicketId::of_day(day, 1),
        CounterNumber(3),
        CallId::of_day(day, 2),
    );
    let (service, class) = (ServiceCode::new("B"), ClassCode::new("elderly"));
    let number = |series, value| Number {
        series: SeriesCode::new(series),
        value,
    };
    let finished = |then| Happening::Finished {
        ticket,
        counter,
        outcome: Some(OutcomeCode::new("papers_missing")),
        then,
    };
    let requeued = |why, place| Happening::Requeued {
        ticket,
        why,
        place,
        waits_from_ms: 900,
    };
    let transferred = |to, note, come_back| Happening::Transferred {
        ticket,
        counter,
        to,
        note,
        waits_from_ms: 900,
        come_back,
    };
    let held = |until| Happening::Held {
        ticket,
        counter,
        reason: "复印".to_owned(),
        until,
    };
    vec![
        Happening::Issued(Box::new(Issued {
            ticket,
            number: number("P", 1),
            errands: vec![ServiceCode::new("A"), service.clone()],
            in_order: true,
            class: class.clone(),
            channel: Channel::Phone,
            holder: Some(Holder(u64::MAX)),
            appointment: Some(AppointmentCode::new("4711")),
            waits_from_ms: 2_000,
            minute: 642,
        })),
        Happening::Booked {
            appointment: AppointmentCode::new("4711"),
            service: service.clone(),
            class: class.clone(),
            slot_wall_ms: 1_795_312_800_000,
        },
        Happening::Reprinted { ticket },
        Happening::Cancelled {
            ticket,
            why: CancelWhy::Customer,
        },
        Happening::Cancelled {
            ticket,
            why: CancelWhy::Staff,
        },
        Happening::ClassSet {
            ticket,
            class: class.clone(),
            verified: true,
        },
        Happening::Awaiting { counter },
        Happening::StoppedAwaiting { counter },
        Happening::ServedWithout {
            call,
            ticket,
            number: number("W", 1),
            service: service.clone(),
            class,
            counter,
        },
        finished(Then::Here(1)),
        finished(Then::InLine { waits_from_ms: 900 }),
        Happening::NoShowUndone { ticket, counter },
        held(None),
        held(Some(Moment {
            steady_ms: 5_000,
            wall_ms: -1,
        })),
        Happening::HoldResumed { ticket, counter },
        requeued(Requeue::PutBack, Place::First { since_ms: 1_000 }),
        requeued(Requeue::HoldOver, Place::ByScore),
        requeued(Requeue::Returned, Place::AfterCalls(7)),
        transferred(Desk::Service(service.clone()), None, false),
        transferred(Desk::Counter(counter), Some("要复印件".to_owned()), true),
        transferred(Desk::Clerk("王芳".to_owned()), None, true),
        Happening::WaitNear { ticket },
        Happening::WaitOver { ticket },
        Happening::HandlingNear { ticket },
        Happening::HandlingOver { ticket },
        Happening::AlarmRaised {
            alarm: Alarm::People(None),
            level: 50,
        },
        Happening::AlarmRaised {
            alarm: Alarm::LongestWait(Some(service)),
            level: 1_800_000,
        },
        Happening::Noted {
            note: r#"{"kind":"revoked","device":"kiosk-1"}"#.to_owned(),
        },
        Happening::AlarmCleared {
            alarm: Alarm::People(None),
        },
        Happening::RollBegun { next: 17 },
        Happening::RollEnded,
    ]
}

pub fn day_opened(yyyymmdd: u32) -> Happening {
    Happening::DayOpened {
        day: Date::from_yyyymmdd(yyyymmdd),
        turns_at_steady_ms: 86_400_000,
    }
}

pub fn issued(serial: u32, service: &str, value: u32, class: &str) -> Happening {
    Happening::Issued(Box::new(Issued {
        ticket: TicketId::of_day(Date::from_yyyymmdd(DAY), serial),
        number: Number {
            series: SeriesCode::new(service),
            value,
        },
        errands: vec![ServiceCode::new(service)],
        in_order: false,
        class: ClassCode::new(class),
        channel: Channel::Kiosk,
        holder: None,
        appointment: None,
        waits_from_ms: 1_000,
        minute: 0,
    }))
}

/// A customer who is put aside, and why.
pub fn held(serial: u32, reason: &str) -> Happening {
    Happening::Held {
        ticket: TicketId::of_day(Date::from_yyyymmdd(DAY), serial),
        counter: CounterNumber(3),
        reason: reason.to_owned(),
        until: None,
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
        changes: Vec::new(),
        request: None,
    }
}

/// A request that was answered, with what it led to.
pub fn request(id: u8, events: Vec<Event>) -> Entry {
    Entry {
        actor: "kiosk:kiosk-1".to_owned(),
        events,
        changes: Vec::new(),
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

/// Writes an entry behind the one with the hash `before`, as a hall does it. Gives its hash.
pub fn write_entry(file: &Connection, seq: i64, body: &str, before: [u8; 32]) -> [u8; 32] {
    let actor = "hall";
    let hash: [u8; 32] = Sha256::new()
        .chain_update(before)
        .chain_update(seq.to_le_bytes())
        .chain_update(1_000u64.to_le_bytes())
        .chain_update(2_000i64.to_le_bytes())
        .chain_update((actor.len() as u64).to_le_bytes())
        .chain_update(actor)
        .chain_update((body.len() as u64).to_le_bytes())
        .chain_update(body)
        .finalize()
        .into();
    let insert = "INSERT INTO journal VALUES (?1, 1000, 2000, ?2, ?3, ?4)";
    file.execute(insert, params![seq, actor, body, hash])
        .expect("room");
    hash
}

/// A closed journal of three days with so many tickets on each, every ticket a request.
pub fn three_days(folder: &Path, tickets: u32) {
    let mut store = Store::open(folder).expect("a new file");
    for day in 0..3 {
        let opened = entry(vec![event(day_opened(DAY + day))]);
        store.append(store.seq(), &[opened]).expect("room");
        for serial in 1..=tickets {
            let id = (day * tickets + serial) as u8;
            let taken = request(id, vec![event(issued(serial, "A", serial, "ordinary"))]);
            store.append(store.seq(), &[taken]).expect("room");
        }
    }
}

/// A device that was paired.
pub fn device(name: &str, role: &str) -> Device {
    Device {
        name: name.to_owned(),
        role: role.to_owned(),
        counter: None,
        key_sum: [7; 32],
        paired_wall_ms: 5,
    }
}

/// Somebody who may sign in.
pub fn wang() -> Person {
    Person {
        name: "王芳".to_owned(),
        role: "clerk".to_owned(),
        pin: "$argon2id$".to_owned(),
        failures: 0,
        locks: 0,
        locked_until_ms: 0,
        created_wall_ms: 5,
    }
}

/// The same without what a restore said of entries that it could not bring back.
pub fn all_that_is_back(folder: &Path) -> Vec<Recorded> {
    let mut all = all_days(folder);
    all.retain(|recorded| match &recorded.event.what {
        Happening::Noted { note } => !note.contains("_lost\""),
        _ => true,
    });
    all
}

/// Everything that the three days of a journal say.
pub fn all_days(folder: &Path) -> Vec<Recorded> {
    let archive = Archive::open(folder).expect("readable");
    let mut all = Vec::new();
    for day in archive.days().expect("readable") {
        archive
            .replay_day(day, None, |recorded| all.push(recorded))
            .expect("the day can be believed");
    }
    all
}
