//! The chain looked after while the hall runs.

use queue::Date;
use store::{Archive, Checked, Looked, Store};
use tempfile::TempDir;

use crate::sample::{DAY, behind_the_back, day_opened, entry, event, issued, three_days};

const TICKETS: u32 = 20;
const ENTRIES: u64 = 3 * (TICKETS as u64 + 1);

fn look(folder: &TempDir, last: Option<&Checked>) -> Looked {
    let archive = Archive::open(folder.path()).expect("readable");
    let looked = archive.look(last, 5, || true).expect("it says something");
    looked.expect("nobody stopped it")
}

fn written() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    three_days(folder.path(), TICKETS);
    folder
}

fn change(folder: &TempDir, change: &str) {
    behind_the_back(folder.path())
        .execute_batch(change)
        .expect("a change");
}

#[test]
fn a_look_goes_on_where_the_last_one_ended() {
    let folder = written();
    let first = look(&folder, None);
    assert!(first.whole && first.verdict.is_good(), "{first:?}");
    assert_eq!(
        (first.verdict.entries, first.checked.seq),
        (ENTRIES, ENTRIES)
    );
    assert_eq!(first.verdict.requests, 60);
    first.checked.write(folder.path()).expect("room");
    let kept = Checked::read(folder.path()).expect("it was written");
    assert_eq!(kept, first.checked);

    let mut store = Store::open(folder.path()).expect("the file");
    let more = [day_opened(DAY + 3), issued(1, "A", 1, "ordinary")].map(event);
    store
        .append(ENTRIES, &[entry(more.to_vec())])
        .expect("room");
    let second = look(&folder, Some(&kept));
    assert!(!second.whole && second.verdict.is_good(), "{second:?}");
    assert_eq!(
        (second.verdict.entries, second.checked.seq),
        (2, ENTRIES + 2)
    );
    let third = look(&folder, Some(&second.checked));
    assert_eq!((third.verdict.entries, third.checked.seq), (0, ENTRIES + 2));
    assert!(third.verdict.is_good(), "{third:?}");
}

/// Milliseconds since 1970, for a look that comes after the others, which are at 5.
const LATER: i64 = 86_400_000;

#[test]
fn what_only_a_whole_look_can_tell_stays_until_the_next() {
    let folder = written();
    let mut whole = look(&folder, None).checked;
    assert_eq!((whole.at_wall_ms, whole.whole_at_wall_ms), (5, 5));
    assert_eq!(whole.texts_in_entries, 0);
    // As if there were texts of an older hall.
    whole.texts_in_entries = 7;
    let archive = Archive::open(folder.path()).expect("readable");
    let looked = |last: Option<&Checked>| {
        let looked = archive.look(last, LATER, || true).expect("readable");
        let checked = looked.expect("nobody stopped it").checked;
        (
            checked.at_wall_ms,
            checked.whole_at_wall_ms,
            checked.texts_in_entries,
        )
    };
    assert_eq!(looked(Some(&whole)), (LATER, 5, 7));
    assert_eq!(looked(None), (LATER, LATER, 0));
    // It begins with the first entry where the last one does not fit.
    change(&folder, "UPDATE journal SET wall_ms = 0 WHERE seq = 63");
    assert_eq!(looked(Some(&whole)), (LATER, LATER, 0));
}

#[test]
fn a_look_may_end_where_a_day_has_just_begun() {
    let folder = written();
    let mut store = Store::open(folder.path()).expect("the file");
    let mut last = None;
    for what in [day_opened(DAY + 3), issued(1, "A", 1, "ordinary")] {
        store
            .append(store.seq(), &[entry(vec![event(what)])])
            .expect("room");
        let looked = look(&folder, last.as_ref());
        assert!(looked.verdict.is_good(), "{:?}", looked.verdict.bad);
        assert_eq!(looked.whole, last.is_none());
        last = Some(looked.checked);
    }
}

#[test]
fn where_the_last_look_does_not_fit_any_more_all_is_looked_at() {
    let folder = written();
    let first = look(&folder, None).checked;
    // Another entry stands where it ended, as after a restore, or that one was changed.
    change(&folder, "UPDATE journal SET wall_ms = 0 WHERE seq = 63");
    let again = look(&folder, Some(&first));
    assert!(again.whole, "{again:?}");
    assert_eq!(again.verdict.bad[0].entries, Some((63, 63)));
    assert_eq!((again.checked.seq, again.checked.bad.len()), (0, 1));
    assert!(
        look(&folder, Some(&again.checked)).whole,
        "behind something bad nothing is trusted"
    );
}

#[test]
fn damage_in_the_open_day_is_told_from_damage_before_it() {
    for (bad, day, in_open_day) in [
        ("UPDATE journal SET wall_ms = 0 WHERE seq = 30", 1, false),
        ("UPDATE journal SET wall_ms = 0 WHERE seq = 43", 2, true),
        ("UPDATE journal SET wall_ms = 0 WHERE seq = 50", 2, true),
        // Whatever the list of days says.
        (
            "UPDATE journal SET wall_ms = 0 WHERE seq = 50; INSERT INTO day VALUES (20990101, 60)",
            2,
            true,
        ),
        ("DELETE FROM journal WHERE seq = 63", 2, true),
        ("UPDATE mark SET head_hash = zeroblob(32)", 2, true),
    ] {
        let folder = written();
        change(&folder, bad);
        let looked = look(&folder, None);
        let found = looked.verdict.bad.first().expect("it is found");
        assert_eq!(found.day, Some(Date::from_yyyymmdd(DAY + day)), "{bad}");
        let named = looked.verdict.in_open_day.is_some();
        assert_eq!(named, in_open_day, "{bad}");
        assert_eq!(looked.checked.bad[0], found.to_string(), "{bad}");
    }
    for beside in [
        "UPDATE request SET outcome = 'done' WHERE outcome = 'outcome 7'",
        "DELETE FROM day WHERE first_seq = 22",
    ] {
        let folder = written();
        change(&folder, beside);
        let verdict = look(&folder, None).verdict;
        assert!(
            !verdict.is_good() && verdict.in_open_day.is_none(),
            "{beside}"
        );
    }
}

#[test]
fn a_long_journal_is_read_in_pieces_and_the_hall_writes_in_between() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    let taken = (1..=9_000).map(|serial| event(issued(serial, "A", serial, "ordinary")));
    let events = [event(day_opened(DAY))].into_iter().chain(taken).collect();
    store.append(0, &[entry(events)]).expect("room");
    let archive = Archive::open(folder.path()).expect("readable");
    let mut rests = 0;
    let looked = archive.look(None, 5, || {
        rests += 1;
        let more = entry(vec![event(issued(
            9_000 + rests,
            "A",
            9_000 + rests,
            "ordinary",
        ))]);
        store.append(store.seq(), &[more]).expect("room");
        true
    });
    let looked = looked.expect("readable").expect("nobody stopped it");
    assert!(looked.verdict.is_good(), "{:?}", looked.verdict.bad);
    assert_eq!(
        (rests, looked.checked.seq),
        (2, 9_003),
        "with what came meanwhile"
    );
    let stopped = archive.look(None, 5, || false).expect("readable");
    assert!(stopped.is_none());
}
