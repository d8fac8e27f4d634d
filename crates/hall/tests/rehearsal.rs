//! A short recorded morning, played through a running hall from end to end.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use hall::rehearsal::{Day, made_up, play, recorded};
use hall::{Clock, Server};
use store::Store;

const SPEED: u32 = 600;

/// Two queues in four snapshots: 47 customers in twenty minutes, which two seconds play.
fn morning() -> Day {
    let mut rows =
        "office,date,time,queue_id,letter,queue,open_counters,waiting,calls,arrivals\n".to_owned();
    for (minute, arrivals) in [(0, 12), (5, 9), (10, 7), (15, 5)] {
        let calls = arrivals - 1;
        writeln!(
            rows,
            "X,2020-01-13,08:{minute:02},1,A,A: Kasa,3,1,{calls},{arrivals}"
        )
        .expect("a text");
    }
    writeln!(rows, "X,2020-01-13,08:10,2,B,B: Odpisy,2,0,14,14").expect("a text");
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(rows.as_bytes()).expect("room for the file");
    recorded(file.path(), "X", jiff::civil::date(2020, 1, 13), 1).expect("a day")
}

async fn start(day: &Day, folder: &tempfile::TempDir) -> Server {
    let mut settings = day.settings.clone();
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.trust.trial = true;
    settings.trust.requests_at_once = u32::MAX;
    settings.day_turns_at = day.opens.time();
    let opens = day
        .opens
        .to_zoned(settings.time_zone.clone())
        .expect("a time of day");
    let start_ms = opens.timestamp().as_millisecond();
    let clock = Clock::fast(
        settings.time_zone.clone(),
        settings.day_turns_at,
        start_ms,
        SPEED,
    );
    let store = Store::open(folder.path()).expect("the folder can be written");
    Server::start(settings, store, clock)
        .await
        .expect("the hall starts")
}

#[tokio::test]
async fn a_morning_runs_through_with_nothing_lost_or_doubled() {
    let (day, folder) = (morning(), tempfile::tempdir().expect("a folder"));
    let server = start(&day, &folder).await;
    let report = play(day, &server.url(), SPEED, SPEED, |_| {})
        .await
        .expect("the day is played");
    assert!(report.is_clean(), "{report}");
    assert_eq!(
        (
            report.issued,
            report.by_service["A"].count(),
            report.by_service["B"].count()
        ),
        (47, 33, 14)
    );
    server.stop().await.expect("a clean end");
}

#[tokio::test]
async fn on_a_hall_that_is_not_of_the_day_the_rehearsal_says_so() {
    let (day, folder) = (morning(), tempfile::tempdir().expect("a folder"));
    let mut other = day.clone();
    other
        .settings
        .services
        .retain(|service| service.code.as_str() == "A");
    let server = start(&other, &folder).await;
    let error = play(day, &server.url(), SPEED, SPEED, |_| {})
        .await
        .expect_err("B is unknown there");
    assert!(
        error.to_string().contains("UnknownService")
            && error.to_string().contains("Is it the hall of this day")
    );
    server.stop().await.expect("a clean end");
}

/// The main job on real input. The recorded days stand beside the repository and not in it; where
/// they are not, a made-up day goes through.
#[tokio::test(flavor = "multi_thread")]
async fn a_whole_day_runs_through_at_600_times_its_speed() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/warsaw_halls.csv.gz");
    let day = if file.exists() {
        recorded(&file, "UD_Targowek", jiff::civil::date(2020, 1, 13), 1)
            .expect("the day is in the file")
    } else {
        made_up(1)
    };
    let (customers, folder) = (day.customers.len(), tempfile::tempdir().expect("a folder"));
    println!("{}", day.title);
    let server = start(&day, &folder).await;
    let report = play(day, &server.url(), SPEED, SPEED, |_| {})
        .await
        .expect("the day is played");
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.called, customers);
    println!("{report}");
    server.stop().await.expect("a clean end");
}
