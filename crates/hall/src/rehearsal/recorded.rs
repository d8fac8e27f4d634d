//! A recorded day of public offices in Warsaw: a row for each office, queue and five-minute
//! snapshot, with how many came and how many were called.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use protocol::Text;
use queue::{ClassCode, CounterNumber, CounterPlan, Series, SeriesCode, Service, ServiceCode};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

use super::day::{Customer, Day, WALK_MS, class, handling_ms};
use crate::settings::{CounterSettings, HallSettings, ServiceSettings};

/// The snapshots are five minutes apart.
const SNAPSHOT_MS: u64 = 5 * 60_000;

const MINUTE_MS: u64 = 60_000;

/// No business is quicker than this, whatever the record says.
const LEAST_HANDLING_MS: u64 = 20_000;

/// The files do not say who was favoured. So many of 100 are taken to be, by class.
const FAVOURED_OF_100: [(&str, f64); 3] = [("elderly", 10.0), ("disabled", 3.0), ("pregnant", 2.0)];

/// Nor do they say who lost patience: it is drawn between these, in minutes.
const PATIENCE_MIN: std::ops::Range<u64> = 90..240;

/// Arrivals, calls or counters of one queue within five minutes. A file that says more is none of
/// an office, and would take all memory.
const MOST_IN_A_SNAPSHOT: u32 = 1_000;

/// The numbers of each queue.
const SERIES: Series = Series {
    first: 1,
    last: 9_999,
    then: None,
};

/// Why a day cannot be played. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DayError {
    /// The file cannot be opened.
    #[error(
        "{file} cannot be read: {reason}. Name a recorded day, or leave --day away for a made-up one."
    )]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: io::Error,
    },
    /// The file is not of this form.
    #[error("{file} is not a file of recorded days: {reason}")]
    Malformed {
        /// The file.
        file: String,
        /// Where and what.
        reason: csv::Error,
    },
    /// The file says what nobody can have counted.
    #[error(
        "{file} is not a file of recorded days: row {row} has more than {MOST_IN_A_SNAPSHOT} arrivals, calls or counters within five minutes"
    )]
    Impossible {
        /// The file.
        file: String,
        /// The row, counted from 1 behind the head.
        row: usize,
    },
    /// The file has no such day.
    #[error("{file} has no {office} on {date}. {there}")]
    NoSuchDay {
        /// The file.
        file: String,
        /// The office asked for.
        office: String,
        /// The date asked for.
        date: Date,
        /// What there is instead.
        there: String,
    },
}

#[derive(Deserialize)]
struct Snapshot {
    office: String,
    date: Date,
    time: String,
    queue_id: u32,
    letter: String,
    queue: String,
    open_counters: u32,
    calls: u32,
    arrivals: u32,
}

impl Snapshot {
    fn is_possible(&self) -> bool {
        let counted = [self.arrivals, self.calls, self.open_counters];
        counted
            .into_iter()
            .all(|number| number <= MOST_IN_A_SNAPSHOT)
    }
}

/// Reads one day of one office from a CSV file, which may be packed by gzip. What the record
/// does not hold (classes, patience, each handling time around its queue's mean) is drawn; the same seed
/// draws the same.
///
/// # Errors
/// See [`DayError`].
pub fn recorded(path: &Path, office: &str, date: Date, seed: u64) -> Result<Day, DayError> {
    let file = path.display().to_string();
    let unreadable = |reason| DayError::Unreadable {
        file: file.clone(),
        reason,
    };
    let open = File::open(path).map_err(unreadable)?;
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    let text: Box<dyn Read> = if packed {
        Box::new(GzDecoder::new(open))
    } else {
        Box::new(open)
    };
    let (mut snapshots, mut days) = (Vec::new(), BTreeSet::new());
    for (place, snapshot) in csv::Reader::from_reader(text)
        .deserialize::<Snapshot>()
        .enumerate()
    {
        let snapshot = snapshot.map_err(|reason| DayError::Malformed {
            file: file.clone(),
            reason,
        })?;
        if !snapshot.is_possible() {
            let row = place + 1;
            return Err(DayError::Impossible { file, row });
        }
        if snapshot.office == office && snapshot.date == date {
            snapshots.push(snapshot);
        } else {
            days.insert((snapshot.office, snapshot.date));
        }
    }
    if snapshots.is_empty() {
        let there = what_there_is(&days, office);
        return Err(DayError::NoSuchDay {
            file,
            office: office.to_owned(),
            date,
            there,
        });
    }
    Ok(day(office, date, &snapshots, seed))
}

fn what_there_is(days: &BTreeSet<(String, Date)>, office: &str) -> String {
    let dates: Vec<String> = days
        .iter()
        .filter(|day| day.0 == office)
        .map(|day| day.1.to_string())
        .collect();
    if dates.is_empty() {
        let offices: BTreeSet<&str> = days.iter().map(|day| day.0.as_str()).collect();
        format!(
            "It has the offices {}.",
            offices.into_iter().collect::<Vec<_>>().join(", ")
        )
    } else {
        format!("It has that office on {}.", dates.join(", "))
    }
}

fn day(office: &str, date: Date, snapshots: &[Snapshot], seed: u64) -> Day {
    let mut queues: BTreeMap<u32, Vec<&Snapshot>> = BTreeMap::new();
    for snapshot in snapshots {
        queues.entry(snapshot.queue_id).or_default().push(snapshot);
    }
    let queues: Vec<Queue> = queues.into_values().map(Queue::new).collect();
    let first = snapshots
        .iter()
        .filter_map(|snapshot| snapshot.time.parse::<Time>().ok())
        .min();
    let opens = date.to_datetime(first.unwrap_or(Time::midnight()));
    let mut random = StdRng::seed_from_u64(seed);
    let mut customers: Vec<Customer> = queues
        .iter()
        .flat_map(|queue| queue.customers(opens, &mut random))
        .collect();
    customers.sort_by_key(|customer| customer.comes_ms);
    let title = format!(
        "{office} on {date}: {} customers, {} queues",
        customers.len(),
        queues.len()
    );
    Day {
        title,
        settings: hall(office, &queues),
        opens,
        customers,
    }
}

/// A queue of the record, with its own counters.
struct Queue<'a> {
    code: ServiceCode,
    name: &'a str,
    snapshots: Vec<&'a Snapshot>,
    counters: u32,
    handling_ms: u64,
}

impl<'a> Queue<'a> {
    /// Handling time is what the open counters had for each call while they called, less the walk.
    fn new(snapshots: Vec<&'a Snapshot>) -> Self {
        let busy = || snapshots.iter().filter(|snapshot| snapshot.calls > 0);
        let open: u32 = busy().map(|snapshot| snapshot.open_counters.max(1)).sum();
        let calls: u32 = busy().map(|snapshot| snapshot.calls).sum();
        let counters = open.div_ceil(busy().count().max(1) as u32).max(1);
        let handling_ms = u64::from(open) * SNAPSHOT_MS / u64::from(calls.max(1));
        let (letter, name) = (&snapshots[0].letter, snapshots[0].queue.as_str());
        let code = ServiceCode::new(letter);
        Self {
            code,
            name,
            counters,
            handling_ms: handling_ms.saturating_sub(WALK_MS).max(LEAST_HANDLING_MS),
            snapshots,
        }
    }

    /// Those who came between two snapshots are spread evenly over the time between.
    fn customers(&self, opens: DateTime, random: &mut StdRng) -> Vec<Customer> {
        let shares = FAVOURED_OF_100.map(|(class, share)| (ClassCode::new(class), share));
        let ordinary = ClassCode::new("ordinary");
        let mut customers = Vec::new();
        for snapshot in &self.snapshots {
            let after_ms = after_opening_ms(opens, &snapshot.time);
            for place in 0..u64::from(snapshot.arrivals) {
                let before_ms = SNAPSHOT_MS * (place + 1) / (u64::from(snapshot.arrivals) + 1);
                customers.push(Customer {
                    comes_ms: (after_ms + SNAPSHOT_MS).saturating_sub(before_ms),
                    service: self.code.clone(),
                    class: class(random, &shares, &ordinary),
                    handling_ms: handling_ms(random, self.handling_ms as f64),
                    patience_ms: random.random_range(PATIENCE_MIN) * MINUTE_MS,
                });
            }
        }
        customers
    }
}

fn after_opening_ms(opens: DateTime, time: &str) -> u64 {
    let at = time.parse::<Time>().unwrap_or(opens.time());
    u64::try_from(opens.time().duration_until(at).as_millis()).unwrap_or(0)
}

/// The default hall with the office's queues and counters in the place of its own.
fn hall(office: &str, queues: &[Queue<'_>]) -> HallSettings {
    let mut settings = HallSettings::default_hall();
    settings.name = Text::new(office, office);
    settings.time_zone = TimeZone::get("Europe/Warsaw").unwrap_or(TimeZone::UTC);
    settings.house.max_waiting = u32::MAX;
    settings.services = queues.iter().map(service).collect();
    let services = settings.services.iter();
    settings.house.series = services
        .map(|service| (service.rule.series.clone(), SERIES))
        .collect();
    let chairs = queues
        .iter()
        .flat_map(|queue| (0..queue.counters).map(move |_| queue));
    settings.counters = chairs
        .enumerate()
        .map(|(place, queue)| {
            let counter = CounterSettings {
                name: Text::new(queue.name, queue.name),
                rule: CounterPlan::new(vec![queue.code.clone()]),
            };
            (CounterNumber(place as u16 + 1), counter)
        })
        .collect();
    settings
}

fn service(queue: &Queue<'_>) -> ServiceSettings {
    ServiceSettings {
        code: queue.code.clone(),
        name: Text::new(queue.name, queue.name),
        zone: Text::default(),
        papers: Vec::new(),
        at_kiosk: true,
        rule: Service::new(SeriesCode::new(queue.code.as_str()), queue.handling_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const HEAD: &str =
        "office,date,time,queue_id,letter,queue,open_counters,waiting,calls,arrivals\n";

    fn file(rows: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(format!("{HEAD}{rows}").as_bytes()).unwrap();
        file
    }

    #[test]
    fn a_day_has_everybody_who_came_and_the_counters_that_were_open() {
        let rows = "X,2020-01-13,08:00,1,A,A: Kasa,2,3,0,3\nX,2020-01-13,08:05,1,A,A: Kasa,2,1,4,2\n\
                    X,2020-01-13,08:05,2,B,B: Odpisy,1,0,1,1\nY,2020-01-13,08:00,1,A,A: Kasa,1,9,0,9\n";
        let day = recorded(file(rows).path(), "X", jiff::civil::date(2020, 1, 13), 1).unwrap();
        assert_eq!(day.customers.len(), 6);
        assert_eq!(
            (day.settings.services.len(), day.settings.counters.len()),
            (2, 3)
        );
        assert_eq!(
            day.settings.services[0].rule.typical_handling_ms,
            2 * SNAPSHOT_MS / 4 - WALK_MS
        );
    }

    #[test]
    fn a_day_that_is_not_there_says_which_ones_are() {
        let rows = "X,2020-01-13,08:00,1,A,A: Kasa,2,3,0,3\n";
        let other = |office, day| {
            recorded(
                file(rows).path(),
                office,
                jiff::civil::date(2020, 1, day),
                1,
            )
            .unwrap_err()
            .to_string()
        };
        assert!(
            other("X", 14).contains("has no X on 2020-01-14. It has that office on 2020-01-13.")
        );
        assert!(other("Y", 13).contains("It has the offices X."));
    }

    #[test]
    fn a_file_of_another_kind_is_named_with_its_line() {
        let said = recorded(
            file("X,2020-13-13,,1\n").path(),
            "X",
            jiff::civil::date(2020, 1, 13),
            1,
        );
        assert!(
            said.unwrap_err().to_string().contains("line"),
            "the place is named"
        );
    }
}
