//! How long it takes to look a journal through, to back it up and to bring it back. Printed as a
//! table for a million entries; `cargo bench -p store --bench copies -- 10` does it for ten.

use std::error::Error;
use std::time::Instant;

use queue::{
    Channel, ClassCode, CounterNumber, Date, Event, Happening, Issued, Moment, Number, SeriesCode,
    ServiceCode, TicketId,
};
use store::{Answered, Archive, Entry, FILE_NAME, Store, restore};

/// Customers of a day. Each has five entries, three of them asked for by a request.
const CUSTOMERS: u32 = 1_000;

/// A damaged hall is to be back within so many seconds.
const BACK_WITHIN_S: f64 = 60.0;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let millions: u32 = numbers.next().unwrap_or(1);
    // Not in /tmp, which may be memory.
    let place = || tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"));
    let (folder, backups, back) = (place()?, place()?, place()?);
    let mut store = Store::open(folder.path())?;
    for day in 0..millions * 200 {
        write(&mut store, day)?;
    }
    drop(store);
    let file = folder.path().join(FILE_NAME);
    let backup = backups.path().join("backup.sqlite");
    let archive = Archive::open(folder.path())?;
    let entries = archive.extent()?.entries;
    let bytes = file.metadata()?.len();
    println!("{entries} entries, {} MB\n", bytes / 1_000_000);
    timed("look through, by one processor", entries, || {
        Ok(archive.verify(|_| {}).map(drop)?)
    })?;
    timed("look through, by two", entries, || {
        Ok(archive.verify_by_two(|_| {}).map(drop)?)
    })?;
    timed("back up, and read it through", entries, || {
        Ok(archive.back_up(&backup).map(drop)?)
    })?;
    let whole_s = timed("bring back a good one", entries, || {
        Ok(restore(&backup, back.path(), None).map(drop)?)
    })?;
    damage(&backup)?;
    let part_s = timed("bring back what is good of a bad one", entries, || {
        Ok(restore(&backup, back.path(), Some("old")).map(drop)?)
    })?;
    for (what, seconds) in [("good", whole_s), ("bad", part_s)] {
        let most = entries as f64 / seconds * BACK_WITHIN_S / 1e6;
        println!("a {what} one of {most:.0} million entries is back within {BACK_WITHIN_S} s");
    }
    Ok(())
}

fn timed(what: &str, entries: u64, work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let started = Instant::now();
    work()?;
    let seconds = started.elapsed().as_secs_f64();
    let per_million = seconds / (entries as f64 / 1e6);
    println!("{what:40}{seconds:8.1} s{per_million:8.2} s per million");
    Ok(seconds)
}

/// The last entry is another one.
fn damage(file: &std::path::Path) -> Result<()> {
    let file = rusqlite::Connection::open(file)?;
    let update = "UPDATE journal SET wall_ms = 0 WHERE seq = (SELECT max(seq) FROM journal)";
    file.execute(update, [])?;
    Ok(())
}

/// Months of 28 days, from 2001 on.
fn date(day: u32) -> Date {
    Date::from_yyyymmdd((2001 + day / 336) * 10_000 + (day / 28 % 12 + 1) * 100 + day % 28 + 1)
}

fn write(store: &mut Store, day: u32) -> Result<()> {
    let date = date(day);
    let at = Moment {
        steady_ms: u64::from(day) * 86_400_000,
        wall_ms: 978_307_200_000 + i64::from(day) * 86_400_000,
    };
    let event = |what| Event { at, what };
    let opened = event(Happening::DayOpened {
        day: date,
        turns_at_steady_ms: at.steady_ms + 86_400_000,
    });
    let mut entries = vec![entry(None, opened)];
    for serial in 1..=CUSTOMERS {
        let visit = visit(date, serial).into_iter().enumerate();
        entries.extend(visit.map(|(step, what)| {
            let asked = (step % 2 == 0).then_some((day, serial * 8 + step as u32));
            entry(asked, event(what))
        }));
    }
    store.append(store.seq(), &entries)?;
    Ok(())
}

fn visit(date: Date, serial: u32) -> [Happening; 5] {
    let ticket = TicketId::of_day(date, serial);
    let counter = CounterNumber(3);
    let number = Number {
        series: SeriesCode::new("A"),
        value: serial,
    };
    let reason = "复印身份证".to_owned();
    [
        Happening::Issued(Box::new(Issued {
            ticket,
            number,
            errands: vec![ServiceCode::new("A")],
            in_order: false,
            class: ClassCode::new("ordinary"),
            channel: Channel::Kiosk,
            holder: None,
            appointment: None,
            waits_from_ms: 1_000,
            minute: 642,
        })),
        Happening::WaitNear { ticket },
        Happening::Arrived { ticket, counter },
        if serial.is_multiple_of(20) {
            let until = None;
            Happening::Held {
                ticket,
                counter,
                reason,
                until,
            }
        } else {
            Happening::HandlingNear { ticket }
        },
        Happening::Recalled { ticket, counter },
    ]
}

fn entry(asked: Option<(u32, u32)>, event: Event) -> Entry {
    let request = asked.map(|(day, place)| {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&day.to_be_bytes());
        id[4..8].copy_from_slice(&place.to_be_bytes());
        Answered {
            id,
            act: br#"{"type":"take","service":"A","class":"ordinary"}"#.to_vec(),
            outcome: format!(r#"{{"done":{{"type":"issued","ticket":{place},"number":"A012","service":"A","class":"ordinary","favoured":false,"ahead":3,"issued_at":"2026-11-22 10:42"}}}}"#),
        }
    });
    Entry {
        actor: "kiosk:kiosk-1".to_owned(),
        events: vec![event],
        changes: Vec::new(),
        request,
    }
}
