//! A PIN, a code and a key are in no log, in no list of processes, and nowhere in the hall's memory.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use protocol::{Act, Done, HallFrame, Outcome, Refusal, Role};
use tempfile::TempDir;

use super::hall_of_ours::{PIN, pair_frame, sit_down};
use super::process::{Process, files};

const WRONG_PIN: &str = "739154";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_in_a_log_in_a_list_of_processes_or_on_disk() {
    let folder = TempDir::new().expect("a folder");
    let hall = Process::start(folder.path());
    let mode = |path: &Path| {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&hall.data), 0o700);
    assert_eq!(mode(&hall.data.join("hall.sock")), 0o600);

    let told = hall.command(&["pair", "counter-1", "--role", "counter"], "");
    let code = told.lines().next().expect("the code").to_owned();
    let add = [
        "people",
        "add",
        "王芳",
        "--role",
        "clerk",
        "--pin-from-stdin",
    ];
    hall.command(&add, &format!("{PIN}\n"));
    let mut client = hall.connect().await;
    client.send(&pair_frame("counter-1", &code, &[])).await;
    let Some(HallFrame::Paired(paired)) = client.frame().await else {
        panic!("it is paired");
    };
    let hello = Some(paired.key.clone());
    client.hello("counter-1", Role::Counter, hello).await;
    let wrong = client.ask(sit_down(1, "王芳", WRONG_PIN)).await;
    assert_eq!(wrong, Outcome::Refused(Refusal::WrongPin));
    let right = client.ask(sit_down(1, "王芳", PIN)).await;
    assert_eq!(right, Outcome::Done(Done::Done));
    // A client with a fault, and a stranger who knows how the hall words its complaints.
    for frame in [
        format!(r#"{{"type":"{WRONG_PIN}"}}"#),
        format!(
            r#"{{"type":"hello","protocol":1,"role":"kiosk","device":"k","app":"a","key":{WRONG_PIN}}}"#
        ),
        format!(r#"{{"type":"hello","{PIN}":1}}"#),
    ] {
        let mut faulty = hall.connect().await;
        faulty.say(frame).await;
        let told = faulty.refused().await.message;
        assert!(told.contains(WRONG_PIN) || told.contains(PIN), "{told}");
    }
    let report = client.ask(Act::Report {}).await;
    assert!(
        matches!(report, Outcome::Done(Done::Report(_))),
        "{report:?}"
    );

    let mut places = vec![("its command line".to_owned(), hall.command_line())];
    let said = hall.command(&["audit", "show"], "");
    for sentence in [
        "a code was made to pair counter-1 as counter",
        "counter-1 was paired as counter",
        "王芳 may sign in as clerk",
        "a wrong PIN was typed for 王芳",
        "王芳 sat down at counter",
        "(counter-1), 王芳, 127.0.0.1",
        "administrator (user ",
    ] {
        assert!(said.contains(sentence), "{sentence} is not in:\n{said}");
    }
    places.push(("hall audit show".to_owned(), said.into_bytes()));
    for file in files(folder.path()) {
        let bytes = fs::read(&file).expect("readable");
        places.push((file.display().to_string(), bytes));
    }
    let everything: Vec<u8> = places.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    for here in [
        "counter-1",
        "王芳",
        "$argon2id$",
        "counter-1 was paired from 127.0.0.1",
    ] {
        assert!(
            holds(&everything, here),
            "{here} is looked for in the right places"
        );
    }
    let plain = code.replace('-', "");
    for secret in [PIN, WRONG_PIN, &code, &plain, paired.key.reveal()] {
        for (place, bytes) in &places {
            assert!(!holds(bytes, secret), "{secret} is in {place}");
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn without_a_running_hall_the_commands_say_so() {
    let folder = TempDir::new().expect("a folder");
    for words in [
        &["devices"][..],
        &["revoke", "kiosk-1"],
        &["pair", "kiosk-1", "--role", "kiosk"],
        &["people", "list"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_hall"))
            .args(words)
            .arg("--data")
            .arg(folder.path())
            .output()
            .expect("the hall is built");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(
            !output.status.success() && said.contains("no hall runs on"),
            "{said}"
        );
    }
}
