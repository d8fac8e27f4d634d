//! Settings and recorded days that are nearly right: the hall says yes, or says what is wrong and where.

use hall::HallSettings;
use hall::rehearsal::recorded;
use jiff::civil::Date;
use queue::Queue;
use tempfile::TempDir;

use super::hall_file;
use super::mutate::Mutator;
use super::torture::Row;

#[test]
fn settings_that_are_nearly_right_are_read_or_their_mistakes_are_named() {
    let mut row = Row::begin("fuzz", "settings (TOML)", 400);
    let corpus = [
        include_bytes!("../../../../assets/hall.toml").to_vec(),
        hall_file::text(3).into_bytes(),
    ];
    let mut read = 0;
    while let Some(seed) = row.next_seed() {
        let input = Mutator::new(&corpus, seed).input();
        match HallSettings::parse("hall.toml", &String::from_utf8_lossy(&input)) {
            Ok(settings) => {
                Queue::new(settings.rules())
                    .check()
                    .expect("an empty hall is a sound one");
                read += 1;
            }
            Err(error) => assert!(error.to_string().contains("hall.toml"), "{error}"),
        }
        row.passed(1);
    }
    row.measured(format!("{read} of them were settings"));
}

/// Two queues of an office, as the public files have them.
const DAY: &str = "office,date,time,queue_id,letter,queue,open_counters,waiting,calls,arrivals
X,2020-01-13,08:00,1,A,A: Kasa,2,3,0,3
X,2020-01-13,08:05,1,A,A: Kasa,2,1,4,2
X,2020-01-13,08:05,2,B,\"B: Odpisy, inne\",1,0,1,1
Y,2020-01-13,08:00,1,A,A: Kasa,1,9,0,9
";

/// What earlier runs stumbled over: a number that nobody can have counted filled the memory, or ran over.
const FOUND: [&str; 4] = [
    "X,2020-01-13,08:00,1,A,A,2,3,0,4294967295\n",
    "X,2020-01-13,08:00,1,A,A,4294967295,3,1,1\n",
    "X,2020-01-13,08:00,1,A,A,4294967295,3,1,1\nX,2020-01-13,08:05,1,A,A,4294967295,3,4294967295,1\n",
    "X,2020-01-13,08:00,1,A,A,70000,3,1,1\n",
];

#[test]
fn recorded_days_that_are_nearly_right_are_read_or_refused() {
    let mut row = Row::begin("fuzz", "recorded days (CSV)", 400);
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("day.csv");
    let head = DAY.lines().next().unwrap_or_default();
    let found = FOUND.map(|rows| format!("{head}\n{rows}").into_bytes());
    let corpus: Vec<Vec<u8>> = std::iter::repeat_n(DAY.as_bytes().to_vec(), 8)
        .chain(found)
        .collect();
    let mut read = 0;
    while let Some(seed) = row.next_seed() {
        let input = Mutator::new(&corpus, seed).input();
        std::fs::write(&path, input).expect("room");
        let date = Date::constant(2020, 1, 13);
        match recorded(&path, "X", date, seed) {
            Ok(day) => {
                Queue::new(day.settings.rules())
                    .check()
                    .expect("an empty hall is a sound one");
                assert!(day.customers.len() < 1_000_000);
                read += 1;
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        row.passed(1);
    }
    row.measured(format!("{read} of them were days"));
}
