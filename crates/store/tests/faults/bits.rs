//! Row 4: one bit of the file is another. It is found before what it says is used, or it does no
//! harm; and a restore brings back what is good.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use queue::Date;
use store::{Archive, FILE_NAME, Recorded, Store, restore};
use tempfile::TempDir;

use super::disk::Chance;
use super::sample::{DAY, all_that_is_back, day_opened, entry, event, issued, request, three_days};
use super::torture::Row;

/// A restore of a busy hall's year is to take no longer.
const RESTORE_WITHIN: Duration = Duration::from_secs(60);

const TICKETS_OF_A_DAY: u32 = 40;

#[test]
fn a_flipped_bit_is_found_before_it_is_used_or_does_no_harm() {
    let mut row = Row::begin("4", "one flipped bit anywhere in the file", 50);
    let sound = TempDir::new().expect("a folder");
    three_days(sound.path(), TICKETS_OF_A_DAY);
    let written = all_that_is_back(sound.path());
    let file = fs::read(sound.path().join(FILE_NAME)).expect("the file");
    let (mut at_start, mut when_read, mut harmless) = (0, 0, 0);
    while let Some(seed) = row.next_seed() {
        let mut chance = Chance::new(seed);
        let mut damaged = file.clone();
        let byte = chance.below(file.len() as u64) as usize;
        damaged[byte] ^= 1 << chance.below(8);
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join(FILE_NAME), damaged).expect("room");
        let start = started(folder.path(), &written);
        let days = days_read(folder.path(), &written);
        match (start, days) {
            (Err(_), _) => at_start += 1,
            (Ok(()), Err(_)) => when_read += 1,
            (Ok(()), Ok(())) => harmless += 1,
        }
        the_good_comes_back(folder.path(), &written);
        row.passed(1);
    }
    row.measured(format!(
        "{at_start} found at start, {when_read} when it was read, {harmless} harmless"
    ));
}

/// What a hall that starts takes for true, of the open day and of every request.
fn started(folder: &Path, written: &[Recorded]) -> Result<(), String> {
    let store = Store::open(folder).map_err(|error| error.to_string())?;
    let mut open_day = Vec::new();
    store
        .replay(|event| open_day.push(event))
        .map_err(|error| error.to_string())?;
    let expected = &written[written.len() - open_day.len()..];
    assert!(
        expected
            .iter()
            .map(|recorded| &recorded.event)
            .eq(&open_day)
    );
    assert_eq!(open_day.len(), TICKETS_OF_A_DAY as usize + 1);
    for id in 1..=3 * TICKETS_OF_A_DAY {
        let found = store
            .answered(&[id as u8; 16])
            .map_err(|error| error.to_string())?;
        let outcome = found.map(|found| found.outcome);
        if outcome.is_none() {
            return looked_through(folder);
        }
        assert_eq!(
            outcome,
            Some(format!("outcome {id}")),
            "no other outcome is given out"
        );
    }
    Ok(())
}

/// An outcome that is not there at all is seen by who looks through all of it.
fn looked_through(folder: &Path) -> Result<(), String> {
    let archive = Archive::open(folder).map_err(|error| error.to_string())?;
    let verdict = archive.verify(|_| {}).map_err(|error| error.to_string())?;
    assert!(!verdict.is_good(), "a missing outcome is seen");
    Err("an outcome is missing".to_owned())
}

/// What somebody who looks up the days is told.
fn days_read(folder: &Path, written: &[Recorded]) -> Result<(), String> {
    let archive = Archive::open(folder).map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    for day in 0..3 {
        let date = Date::from_yyyymmdd(DAY + day);
        archive
            .replay_day(date, None, |recorded| all.push(recorded))
            .map_err(|error| error.to_string())?;
    }
    assert_eq!(all, written);
    Ok(())
}

fn the_good_comes_back(folder: &Path, written: &[Recorded]) {
    let new = TempDir::new().expect("a folder");
    if let Ok(restored) = restore(&folder.join(FILE_NAME), new.path(), None) {
        let back = all_that_is_back(new.path());
        assert_eq!(back.len() as u64, restored.entries);
        let is_lost = |seq| restored.lost.iter().any(|lost| lost.has(seq));
        let good: Vec<_> = written
            .iter()
            .filter(|it| !is_lost(it.seq))
            .cloned()
            .collect();
        assert_eq!(back, good, "what was written, and all that is not named");
        let lost = restored
            .lost
            .iter()
            .map(|lost| lost.last_seq - lost.first_seq + 1);
        assert!(
            restored.entries + lost.sum::<u64>() >= written.len() as u64,
            "what is lost is named"
        );
    }
}

#[test]
fn a_damaged_hall_is_back_within_a_minute() {
    let mut row = Row::begin("4", "tickets brought back from a damaged file", 10_000);
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a new file");
    for day in 0..row.wanted().div_ceil(10_000) as u32 {
        let mut batch = vec![entry(vec![event(day_opened(DAY - 10 + day))])];
        batch.extend((1..=10_000).map(|serial| {
            let mut taken = request(0, vec![event(issued(serial, "A", serial, "ordinary"))]);
            let id = u128::from(day) << 32 | u128::from(serial);
            taken
                .request
                .iter_mut()
                .for_each(|request| request.id = id.to_be_bytes());
            taken
        }));
        store.append(store.seq(), &batch).expect("room");
    }
    drop(store);
    let path = folder.path().join(FILE_NAME);
    let sound = fs::read(&path).expect("the file");
    // In a day that is over, where each entry is looked at, and at the end, where pages are copied.
    let told = [sound.len() / 3, sound.len() - 10_000].map(|place| {
        let mut file = sound.clone();
        file[place] ^= 4;
        fs::write(&path, file).expect("room");
        let started = Instant::now();
        let new = TempDir::new().expect("a folder");
        let restored = restore(&path, new.path(), None).expect("a backup");
        let took = started.elapsed();
        assert!(took < RESTORE_WITHIN, "{took:?}");
        format!("{} in {:.1} s", restored.entries, took.as_secs_f64())
    });
    row.measured(format!("entries back: {}", told.join(", ")));
    row.passed(row.wanted());
}
