//! What stands on disk, and that it means the same when it is read back.

use proptest::prelude::*;
use queue::{
    CallId, CounterNumber, Date, Event, Happening, Moment, NoPaper, Passed, Reason, TicketId, Why,
};
use store::Store;
use tempfile::TempDir;

use crate::sample::{
    self, behind_the_back, entry, event, issued, one_of_each, one_of_each_that_came_later, replayed,
};

/// The form on disk of each record is for ever: a journal of today is read by every later hall.
const ON_DISK: &[&str] = &[
    r#"{"event":"day_opened","day":20261122,"turns_at_steady_ms":86400000}"#,
    r#"{"event":"issued","ticket":20261122000001,"number":12,"service":"A","class":"elderly"}"#,
    r#"{"event":"issued","ticket":20261122000002,"number":1,"service":"B","class":"ordinary"}"#,
    r#"{"event":"printed","ticket":20261122000001}"#,
    r#"{"event":"not_printed","ticket":20261122000002,"why":"paper_out"}"#,
    r#"{"event":"signed_in","counter":3,"clerk":"王芳"}"#,
    r#"{"event":"called","call":20261122000001,"ticket":20261122000002,"counter":3,"reason":{"waited_ms":61000,"head_start_ms":1000,"target_ms":300000,"overtook":1,"passed":[{"ticket":20261122000001,"waited_ms":62000,"head_start_ms":0,"target_ms":1200000}]}}"#,
    r#"{"event":"recalled","ticket":20261122000002,"counter":3}"#,
    r#"{"event":"arrived","ticket":20261122000002,"counter":3}"#,
    r#"{"event":"paused","counter":3,"reason":{"sealed":"*"}}"#,
    r#"{"event":"resumed","counter":3}"#,
    r#"{"event":"finished","ticket":20261122000002,"counter":3}"#,
    r#"{"event":"no_show","ticket":20261122000001,"counter":3}"#,
    r#"{"event":"cancelled","ticket":20261122000001}"#,
    r#"{"event":"expired","ticket":20261122000001}"#,
    r#"{"event":"signed_out","counter":3}"#,
    r#"{"event":"day_closed","day":20261122}"#,
];

/// What came with the whole life of a ticket.
const ON_DISK_LATER: &[&str] = &[
    r#"{"event":"issued","ticket":20261122000001,"number":1,"series":"P","service":"A","class":"elderly","then":["B"],"in_order":true,"channel":"phone","holder":18446744073709551615,"appointment":"4711","waits_from_ms":2000,"minute":642}"#,
    r#"{"event":"booked","appointment":"4711","service":"B","class":"elderly","slot_wall_ms":1795312800000}"#,
    r#"{"event":"reprinted","ticket":20261122000001}"#,
    r#"{"event":"cancelled","ticket":20261122000001,"why":"customer"}"#,
    r#"{"event":"cancelled","ticket":20261122000001,"why":"staff"}"#,
    r#"{"event":"class_set","ticket":20261122000001,"class":"elderly","verified":true}"#,
    r#"{"event":"awaiting","counter":3}"#,
    r#"{"event":"stopped_awaiting","counter":3}"#,
    r#"{"event":"served_without","call":20261122000002,"ticket":20261122000001,"series":"W","number":1,"service":"B","class":"elderly","counter":3}"#,
    r#"{"event":"finished","ticket":20261122000001,"counter":3,"outcome":"papers_missing","then":{"here":{"errand":1}}}"#,
    r#"{"event":"finished","ticket":20261122000001,"counter":3,"outcome":"papers_missing","then":{"in_line":{"waits_from_ms":900}}}"#,
    r#"{"event":"no_show_undone","ticket":20261122000001,"counter":3}"#,
    r#"{"event":"held","ticket":20261122000001,"counter":3,"reason":{"sealed":"*"}}"#,
    r#"{"event":"held","ticket":20261122000001,"counter":3,"reason":{"sealed":"*"},"until":{"steady_ms":5000,"wall_ms":-1}}"#,
    r#"{"event":"hold_resumed","ticket":20261122000001,"counter":3}"#,
    r#"{"event":"requeued","ticket":20261122000001,"why":"put_back","place":{"first":{"since_ms":1000}},"waits_from_ms":900}"#,
    r#"{"event":"requeued","ticket":20261122000001,"why":"hold_over","place":"by_score","waits_from_ms":900}"#,
    r#"{"event":"requeued","ticket":20261122000001,"why":"returned","place":{"after_calls":{"calls":7}},"waits_from_ms":900}"#,
    r#"{"event":"transferred","ticket":20261122000001,"counter":3,"to":{"service":"B"},"waits_from_ms":900,"come_back":false}"#,
    r#"{"event":"transferred","ticket":20261122000001,"counter":3,"to":{"counter":3},"note":{"sealed":"*"},"waits_from_ms":900,"come_back":true}"#,
    r#"{"event":"transferred","ticket":20261122000001,"counter":3,"to":{"clerk":"王芳"},"waits_from_ms":900,"come_back":true}"#,
    r#"{"event":"wait_near","ticket":20261122000001}"#,
    r#"{"event":"wait_over","ticket":20261122000001}"#,
    r#"{"event":"handling_near","ticket":20261122000001}"#,
    r#"{"event":"handling_over","ticket":20261122000001}"#,
    r#"{"event":"alarm_raised","alarm":{"people":null},"level":50}"#,
    r#"{"event":"alarm_raised","alarm":{"longest_wait":"B"},"level":1800000}"#,
    r#"{"event":"noted","note":"{\"kind\":\"revoked\",\"device\":\"kiosk-1\"}"}"#,
    r#"{"event":"alarm_cleared","alarm":{"people":null}}"#,
    r#"{"event":"roll_begun","next":17}"#,
    r#"{"event":"roll_ended"}"#,
];

#[test]
fn the_form_on_disk_does_not_change() {
    assert_eq!(on_disk(one_of_each()), ON_DISK);
    assert_eq!(on_disk(one_of_each_that_came_later()), ON_DISK_LATER);
}

fn on_disk(happenings: Vec<Happening>) -> Vec<String> {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let events = happenings.into_iter().map(event).collect();
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
    bodies.into_iter().map(starred).collect()
}

/// A commitment is another one each time, for each text has a salt of its own.
fn starred(body: String) -> String {
    const BEGIN: &str = r#""sealed":""#;
    let Some(place) = body.find(BEGIN) else {
        return body;
    };
    let commitment = place + BEGIN.len()..place + BEGIN.len() + 64;
    let digits = body[commitment.clone()].chars();
    assert!(
        digits.into_iter().all(|digit| digit.is_ascii_hexdigit()),
        "{body}"
    );
    format!("{}*{}", &body[..commitment.start], &body[commitment.end..])
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

/// One of each kind, and those with texts and lists with any of them.
fn any_happening() -> impl Strategy<Value = Happening> {
    let known: Vec<Happening> = one_of_each()
        .into_iter()
        .chain(one_of_each_that_came_later())
        .filter(|what| !matches!(what, Happening::DayOpened { .. }))
        .collect();
    let counter = any::<u16>().prop_map(CounterNumber);
    let text = ".{0,60}";
    prop_oneof![
        8 => prop::sample::select(known),
        1 => any::<u32>().prop_map(|day| Happening::DayClosed {
            day: Date::from_yyyymmdd(day)
        }),
        1 => (any::<u32>(), text, text).prop_map(|(value, service, class)| issued(1, &service, value, &class)),
        1 => (any::<u64>().prop_map(TicketId), no_paper())
            .prop_map(|(ticket, why)| Happening::NotPrinted { ticket, why }),
        1 => (counter.clone(), text).prop_map(|(counter, clerk)| Happening::SignedIn { counter, clerk }),
        1 => called(),
        1 => (counter, text).prop_map(|(counter, reason)| Happening::Paused { counter, reason }),
    ]
}

fn called() -> impl Strategy<Value = Happening> {
    let passed = (any::<u64>(), any::<u64>()).prop_map(|(ticket, waited_ms)| Passed {
        ticket: TicketId(ticket),
        waited_ms,
        head_start_ms: 0,
        target_ms: 1,
    });
    let reason = (
        prop::sample::select(WHYS.to_vec()),
        any::<(u64, u64, u64, u32)>(),
        prop::collection::vec(passed, 0..8),
    );
    let reason = reason.prop_map(|(why, numbers, passed_over)| Reason {
        why,
        waited_ms: numbers.0,
        head_start_ms: numbers.1,
        target_ms: numbers.2,
        overtook: numbers.3,
        passed_over,
    });
    (any::<u64>(), any::<u64>(), any::<u16>(), reason).prop_map(
        |(call, ticket, counter, reason)| Happening::Called {
            call: CallId(call),
            ticket: TicketId(ticket),
            errand: 0,
            counter: CounterNumber(counter),
            reason,
        },
    )
}

const WHYS: [Why; 7] = [
    Why::Score,
    Why::Reserved,
    Why::Rank,
    Why::PutFirst,
    Why::Returned,
    Why::Alone,
    Why::Chosen,
];

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
