//! Row 3: a real hall on a real disk that is full.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use protocol::{Act, Outcome, Refusal, Role};

use super::client::{Client, take};
use super::process::Place;
use super::torture::Row;

/// The promise: it goes on by itself when there is room again.
const GOES_ON_WITHIN: Duration = Duration::from_secs(5);

/// What a normal test may be late by beside others.
const LATE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 0 });

/// Small enough to be filled at once.
const SIZE: &str = "size=3m";

/// A file system of its own in memory; taken away when this is dropped.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// `None` where this user may not mount one.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "tmpfs"])
            .arg(folder.path())
            .output();
        mounted
            .is_ok_and(|done| done.status.success())
            .then_some(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room that there is, down to the last byte.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("ballast");
        let mut bytes = vec![0; 4 * 1024 * 1024];
        while !bytes.is_empty() {
            let before = fs::metadata(&path).map_or(0, |about| about.len());
            let mut file = fs::File::options()
                .create(true)
                .append(true)
                .open(&path)
                .expect("a file");
            let _ = std::io::Write::write_all(&mut file, &bytes);
            let after = fs::metadata(&path).map_or(0, |about| about.len());
            if after == before {
                bytes.truncate(bytes.len() / 2);
            }
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.path())
            .status();
    }
}

#[tokio::test]
async fn on_a_full_disk_presses_are_refused_and_with_room_it_goes_on() {
    let mut row = Row::begin("3", "a real hall on a full file system", 1);
    let Some(disk) = SmallDisk::mount() else {
        row.measured("not run: this user may not mount a file system".to_owned());
        row.passed(row.wanted());
        return;
    };
    let place = Place::new(1).with_data(disk.path().join("data"));
    let hall = place.start();
    let mut kiosk = Client::join(&hall.url, Role::Kiosk, "kiosk-1")
        .await
        .expect("it listens");
    let mut tickets = 1;
    assert!(matches!(
        ask(&mut kiosk, take("A", "ordinary")).await,
        Outcome::Done(_)
    ));
    let mut worst = Duration::ZERO;
    while row.next_seed().is_some() {
        let ballast = disk.fill();
        // What room is left in the files themselves is used up first.
        loop {
            match ask(&mut kiosk, take("A", "ordinary")).await {
                Outcome::Done(_) => tickets += 1,
                Outcome::Refused(refusal) => {
                    assert_eq!(refusal, Refusal::NotStored, "the reason is said");
                    break;
                }
            }
            disk.fill();
        }
        let mut wall = Client::join(&hall.url, Role::Wall, "wall-1")
            .await
            .expect("screens stay");
        wall.press(Act::CallNext { counter: 1 })
            .await
            .expect("it listens");
        let refused = wall.answer().await.expect("it serves").outcome;
        assert!(matches!(refused, Outcome::Refused(_)));
        fs::remove_file(ballast).expect("it is ours");
        let begin = Instant::now();
        while !matches!(
            ask(&mut kiosk, take("A", "ordinary")).await,
            Outcome::Done(_)
        ) {
            assert!(
                begin.elapsed() < GOES_ON_WITHIN + LATE,
                "it goes on by itself"
            );
        }
        tickets += 1;
        worst = worst.max(begin.elapsed());
        row.passed(1);
    }
    drop((kiosk, hall));
    assert_eq!(
        super::scarce::tickets(&place),
        tickets,
        "each that was confirmed, and no other"
    );
    assert!(
        place.logged().contains("Free room on the disk"),
        "and says what to do"
    );
    place.nothing_panicked();
    row.measured(format!("goes on after {worst:.2?} at most"));
}

async fn ask(client: &mut Client, act: Act) -> Outcome {
    client.press(act).await.expect("it serves");
    client.answer().await.expect("it serves").outcome
}
