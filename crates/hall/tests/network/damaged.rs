//! The real program on a damaged record: read-only, until a restore.

use std::fs;
use std::process::Command;

use protocol::{Act, Done, Outcome, Refusal, Role};
use store::FILE_NAME;
use tempfile::TempDir;

use super::client::{Client, take};
use super::hall_file;
use super::killed::Process;

async fn ask(url: &str, act: Act) -> Outcome {
    let client = Client::join(url, Role::Kiosk, "kiosk-1").await;
    let mut client = client.expect("the hall listens");
    client.press(act).await.expect("it reads");
    client.answer().await.expect("it answers").outcome
}

fn number(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done(Done::Issued(issued)) => issued.number,
        other => panic!("no ticket: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_day_is_served_read_only_until_it_was_brought_back() {
    let place = TempDir::new().expect("a folder");
    let settings = place.path().join("hall.toml");
    fs::write(&settings, hall_file::text(2)).expect("room");
    let data = place.path().join("data");
    let hall = Process::start(&data, &settings);
    for expected in ["A001", "A002", "A003"] {
        assert_eq!(
            number(ask(&hall.url, take("A", "ordinary")).await),
            expected
        );
    }
    drop(hall);
    // As a killed hall leaves it: what came last is in the write-ahead file. A hall that stops in
    // peace moves it.
    drop(store::Store::open(&data).expect("nobody runs"));
    let file = data.join(FILE_NAME);
    let mut bytes = fs::read(&file).expect("the file");
    let text = br#"000002,"number":2,"#;
    let mut places = bytes.windows(text.len());
    let place_of_text = places.position(|window| window == text);
    bytes[place_of_text.expect("the second ticket") + 5] ^= 1;
    fs::write(&file, bytes).expect("room");

    let hall = Process::start(&data, &settings);
    let refused = ask(&hall.url, take("A", "ordinary")).await;
    assert_eq!(refused, Outcome::Refused(Refusal::ReadOnly));
    drop(hall);

    let back = place.path().join("back");
    let restored = Command::new(env!("CARGO_BIN_EXE_hall"))
        .args(["restore", "--from"])
        .arg(&file)
        .arg("--data")
        .arg(&back)
        .output()
        .expect("the hall is built");
    let said = String::from_utf8(restored.stdout).expect("text");
    assert!(
        said.contains("its hash is not that of what it says"),
        "{said}"
    );
    assert!(said.contains("Not brought back:"), "{said}");
    let hall = Process::start(&back, &settings);
    assert_eq!(number(ask(&hall.url, take("A", "ordinary")).await), "A002");
}
