//! What stands on disk, and that it means the same when it is read back.

mod sample;

use proptest::prelude::*;
use queue::{
    CallId, ClassCode, CounterNumber, Date, Event, Happening, Moment, NoPaper, Number, Reason,
    ServiceCode, TicketId,
};
use sample::{behind_the_back, entry, event, one_of_each, replayed};
use store::Store;
use tempfile::TempDir;

/// The form on disk of each record is for ever: a journal of today is read by every later hall.
const ON_DISK: &[&str] = &[
    r#"{"event":"day_opened","day":20261122,"turns_at_steady_ms":86400000}"#,
    r#"{"event":"issued","ticket":20261122000001,"number":12,"service":"A","class":"elderly"}"#,
    r#"{"event":"issued","ticket":20261122000002,"number":1,"service":"B","class":"ordinary"}"#,
    r#"{"event":"printed","ticket":20261122000001}"#,
    r#"{"event":"not_printed","ticket":20261122000002,"why":"paper_out"}"#,
    r#"{"event":"signed_in","counter":3,"clerk":"王芳"}"#,
    r#"{"event":"called","call":20261122000001,"ticket":20261122000002,"counter":3,"reason":{"waited_ms":61000,"head_start_ms":1000,"target_ms":300000,"overtook":1,"passed_over":[20261122000001]}}"#,
    r#"{"event":"recalled","ticket":20261122000002,"counter":3}"#,
    r#"{"event":"arrived","ticket":20261122000002,"counter":3}"#,
    r#"{"event":"paused","counter":3,"reason":"\"午餐\" \\ lunch"}"#,
    r#"{"event":"resumed","counter":3}"#,
    r#"{"event":"finished","ticket":20261122000002,"counter":3}"#,
    r#"{"event":"no_show","ticket":20261122000001,"counter":3}"#,
    r#"{"event":"cancelled","ticket":20261122000001}"#,
    r#"{"event":"expired","ticket":20261122000001}"#,
    r#"{"event":"signed_out","counter":3}"#,
    r#"{"event":"day_closed","day":20261122}"#,
];

#[test]
fn the_form_on_disk_does_not_change() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let events = one_of_each().into_iter().map(event).collect();
    store.append(0, &[entry(events)]).expect("room on the disk");
    drop(store);
    let file = behind_the_back(folder.path());
    let mut select = file
        .prepare("SELECT body FROM journal ORDER BY seq")
        .expect("the table");
    let bodies: Vec<String> = select
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("texts");
    assert_eq!(bodies, ON_DISK);
}

#[test]
fn every_reason_for_no_paper_has_its_word_on_disk() {
    let words = [
        (NoPaper::PaperOut, "paper_out"),
        (NoPaper::CoverOpen, "cover_open"),
        (NoPaper::CutterJam, "cutter_jam"),
        (NoPaper::PrinterFault, "printer_fault"),
        (NoPaper::Unreachable, "unreachable"),
        (NoPaper::Unknown, "unknown"),
        (NoPaper::NoPrinter, "no_printer"),
    ];
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let not_printed = words.map(|(why, _)| {
        event(Happening::NotPrinted {
            ticket: TicketId(7),
            why,
        })
    });
    store
        .append(0, &[entry(not_printed.to_vec())])
        .expect("room on the disk");
    drop(store);
    let file = behind_the_back(folder.path());
    for (place, (_, word)) in words.iter().enumerate() {
        let select = "SELECT body FROM journal WHERE seq = ?1";
        let body: String = file
            .query_row(select, [place as i64 + 1], |row| row.get(0))
            .expect("the entry");
        let expected = format!(r#"{{"event":"not_printed","ticket":7,"why":"{word}"}}"#);
        assert_eq!(body, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_was_appended_is_replayed(batches in prop::collection::vec(prop::collection::vec(any_event(), 1..12), 1..8)) {
        let folder = TempDir::new().expect("a folder");
        let mut store = Store::open(folder.path()).expect("a new file");
        let opened = event(sample::day_opened(sample::DAY));
        store.append(0, &[entry(vec![opened.clone()])]).expect("room on the disk");
        let mut expected = vec![opened];
        for batch in batches {
            let entries: Vec<_> = batch.chunks(3).map(|events| entry(events.to_vec())).collect();
            let seq = store.append(store.seq(), &entries).expect("room on the disk");
            expected.extend(batch);
            prop_assert_eq!(seq, expected.len() as u64);
        }
        prop_assert_eq!(&replayed(&store), &expected, "from the open file");
        drop(store);
        let store = Store::open(folder.path()).expect("the same file");
        prop_assert_eq!(replayed(&store), expected, "and after it was opened again");
    }
}

/// Any event but the opening of a day, which would let a replay start there.
fn any_event() -> impl Strategy<Value = Event> {
    // SQLite's integers are 64 bits with a sign; the steady clock needs 292 million years for them.
    (0..=i64::MAX as u64, any::<i64>(), any_happening()).prop_map(|(steady_ms, wall_ms, what)| {
        Event {
            at: Moment { steady_ms, wall_ms },
            what,
        }
    })
}

fn any_happening() -> impl Strategy<Value = Happening> {
    let ticket = any::<u64>().prop_map(TicketId);
    let counter = any::<u16>().prop_map(CounterNumber);
    let both = (ticket.clone(), counter.clone());
    let text = ".{0,60}";
    prop_oneof![
        any::<u32>().prop_map(|day| Happening::DayClosed {
            day: Date::from_yyyymmdd(day)
        }),
        (any::<u64>(), any::<u32>(), text, text).prop_map(|(ticket, value, service, class)| {
            Happening::Issued {
                ticket: TicketId(ticket),
                number: Number {
                    series: ServiceCode::new(&service),
                    value,
                },
                service: ServiceCode::new(&service),
                class: ClassCode::new(&class),
            }
        }),
        ticket
            .clone()
            .prop_map(|ticket| Happening::Printed { ticket }),
        (ticket.clone(), no_paper())
            .prop_map(|(ticket, why)| Happening::NotPrinted { ticket, why }),
        ticket
            .clone()
            .prop_map(|ticket| Happening::Cancelled { ticket }),
        ticket.prop_map(|ticket| Happening::Expired { ticket }),
        (counter.clone(), text).prop_map(|(counter, clerk)| Happening::SignedIn { counter, clerk }),
        counter
            .clone()
            .prop_map(|counter| Happening::SignedOut { counter }),
        called(),
        both.clone()
            .prop_map(|(ticket, counter)| Happening::Recalled { ticket, counter }),
        both.clone()
            .prop_map(|(ticket, counter)| Happening::Arrived { ticket, counter }),
        both.clone()
            .prop_map(|(ticket, counter)| Happening::Finished { ticket, counter }),
        both.prop_map(|(ticket, counter)| Happening::NoShow { ticket, counter }),
        (counter.clone(), text).prop_map(|(counter, reason)| Happening::Paused { counter, reason }),
        counter.prop_map(|counter| Happening::Resumed { counter }),
    ]
}

fn called() -> impl Strategy<Value = Happening> {
    let reason = (
        any::<u64>(),
        any::<u64>(),
        any::<u64>(),
        any::<u32>(),
        prop::collection::vec(any::<u64>().prop_map(TicketId), 0..8),
    );
    (any::<u64>(), any::<u64>(), any::<u16>(), reason).prop_map(
        |(call, ticket, counter, reason)| {
            let (waited_ms, head_start_ms, target_ms, overtook, passed_over) = reason;
            Happening::Called {
                call: CallId(call),
                ticket: TicketId(ticket),
                counter: CounterNumber(counter),
                reason: Reason {
                    waited_ms,
                    head_start_ms,
                    target_ms,
                    overtook,
                    passed_over,
                },
            }
        },
    )
}

fn no_paper() -> impl Strategy<Value = NoPaper> {
    prop::sample::select(vec![
        NoPaper::PaperOut,
        NoPaper::CoverOpen,
        NoPaper::CutterJam,
        NoPaper::PrinterFault,
        NoPaper::Unreachable,
        NoPaper::Unknown,
        NoPaper::NoPrinter,
    ])
}
