//! What the hall's own machine has of it: files, a log, and systemd, which starts it and watches it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use protocol::{Outcome, Role};
use tempfile::TempDir;

use super::hall_of_ours::sit_down;
use super::process::{Process, files};

/// So long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn nobody_else_may_read_a_file_of_the_hall_whatever_the_umask_is() {
    let folder = TempDir::new().expect("a folder");
    let hall = Process::start(folder.path());
    let backups = folder.path().join("backups");
    let to = backups.to_str().expect("text");
    hall.command(&["backup", "--to", to], "");
    let mut found = files(&hall.data);
    assert!(found.len() > 5, "{found:?}");
    found.extend(files(&backups));
    found.extend([hall.data.clone(), hall.data.join("hall.sock"), backups]);
    for path in found {
        // A file that is being made may have its last name by now.
        let Ok(about) = fs::metadata(&path) else {
            continue;
        };
        let mode = about.permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{} has {mode:o}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_writes_no_line_of_the_log() {
    let folder = TempDir::new().expect("a folder");
    let hall = Process::start_with(folder.path(), |_, _| {});
    for text in [
        r#"{"type":"hello","\n2026-11-22T10:00:00Z  WARN the hall was sold\u001b[2J":1}"#,
        r#"{"type":"\n<2>the hall was sold"}"#,
        r#"{"type":"hello","protocol":1,"role":"kiosk","device":"\nthe hall was sold","app":"a"}"#,
        r#"{"type":"hello","protocol":1,"role":"kiosk","device":"k","app":"\nthe hall was sold"}"#,
    ] {
        let mut stranger = hall.connect().await;
        stranger.say(text.to_owned()).await;
        stranger.refused().await;
    }
    let log = hall.stop();
    assert!(log.matches("was refused").count() >= 4, "{log}");
    assert!(!log.contains("was sold"), "{log}");
    assert!(!log.contains('\u{1b}'), "a file has no colours: {log}");
}

#[test]
fn systemd_hears_that_the_hall_serves_lives_and_stops() {
    let folder = TempDir::new().expect("a folder");
    let address = folder.path().join("notify");
    let systemd = UnixDatagram::bind(&address).expect("a socket");
    systemd.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let hall = Process::start_with(folder.path(), |_, hall| {
        hall.env("NOTIFY_SOCKET", &address)
            .env("WATCHDOG_USEC", "100000");
    });
    let said = || {
        let mut said = [0; 4_096];
        let length = systemd.recv(&mut said).expect("the hall says something");
        String::from_utf8_lossy(&said[..length]).into_owned()
    };
    let ready = said();
    assert!(
        ready.starts_with("READY=1\nSTATUS=ws://127.0.0.1:"),
        "{ready}"
    );
    for _ in 0..3 {
        assert_eq!(said(), "WATCHDOG=1\n");
    }
    hall.stop();
    let last = std::iter::repeat_with(said).find(|said| said != "WATCHDOG=1\n");
    assert_eq!(last.as_deref(), Some("STOPPING=1\n"));
}

/// `journalctl -p warning` shows what calls for somebody, and nothing else.
#[test]
fn the_journal_is_told_how_bad_a_line_is() {
    let folder = TempDir::new().expect("a folder");
    let hall = Process::start_with(folder.path(), |log, hall| {
        let log = log.metadata().expect("a file");
        hall.env("JOURNAL_STREAM", format!("{}:{}", log.dev(), log.ino()))
            .arg("--trial");
    });
    let log = hall.stop();
    let bad = |line: &&str| !line.starts_with("<6>") && !line.starts_with("<4>");
    assert_eq!(log.lines().find(bad), None, "{log}");
    let warns = |line: &str| line.starts_with("<4>ON TRIAL: ");
    assert!(log.lines().any(warns), "{log}");
}

#[test]
fn the_doctor_names_devices_that_are_dark_and_people_who_are_locked() {
    let folder = TempDir::new().expect("a folder");
    let hall = Process::start_with(folder.path(), |_, _| {});
    let doctor = || {
        let output = Command::new(env!("CARGO_BIN_EXE_hall"))
            .args(["doctor", "--data"])
            .arg(&hall.data)
            .output()
            .expect("the hall is built");
        String::from_utf8(output.stdout).expect("text")
    };
    let told = doctor();
    assert!(told.contains("0 devices paired, none of which"), "{told}");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let mut counter = runtime.block_on(hall.pair("counter-1", Role::Counter));
    hall.command(
        &[
            "people",
            "add",
            "王芳",
            "--role",
            "clerk",
            "--pin-from-stdin",
        ],
        "480261\n",
    );
    let told = doctor();
    assert!(told.contains("not connected: counter-1"), "{told}");
    assert!(
        told.contains("1 may sign in, and nobody is locked"),
        "{told}"
    );
    runtime.block_on(async {
        counter.say_hello().await;
        for _ in 0..5 {
            let outcome = counter.client.ask(sit_down(1, "王芳", "999333")).await;
            assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
        }
    });
    let told = doctor();
    assert!(told.contains("1 device paired, none of which"), "{told}");
    assert!(told.contains("locked after wrong PINs: 王芳"), "{told}");
}

/// Devices know the hall by its certificate alone. Without it they take it for another, and somebody has to know.
#[test]
fn a_lost_certificate_is_not_made_anew_in_silence() {
    let folder = TempDir::new().expect("a folder");
    let hall = Process::start_with(folder.path(), |_, _| {});
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(hall.pair("kiosk-1", Role::Kiosk));
    let tls = hall.data.join("tls");
    let said = "take it for another hall";
    let log = hall.stop();
    assert!(!log.contains(said), "{log}");
    fs::remove_dir_all(tls).expect("it is there");
    let log = Process::start_with(folder.path(), |_, _| {}).stop();
    assert!(log.contains(said) && log.contains("1 device"), "{log}");
}
