//! What a person reads who asks the journal for a past moment or for the reason of a call.

mod morning;

use std::fs;

use morning::{Running, complaint, said, write_a_morning};
use store::FILE_NAME;
use tempfile::TempDir;

const REPLAY: [&str; 3] = ["replay", "--day", "2020-11-20"];

const AT_10_42: &str = "\
城东供电营业厅 (Chengdong Power Service Hall)
Business day 2020-11-20, as it was on 2020-11-20 10:42:00
After journal entry 13, written at 10:35:00
5 tickets: 3 waiting, 1 called, 1 serving, 0 on hold, 0 finished, 0 no-show, 0 cancelled, 0 expired

Waiting
  Service     Class     Number  Since     Waited
  A 电费缴纳  普通客户  A001    10:02:00  40 min 00 s
  A 电费缴纳  普通客户  A002    10:20:00  22 min 00 s
  D 咨询查询  孕妇      D001    10:30:00  12 min 00 s

Counters
  Counter     Clerk  Is       Number  Class     Called    Came
  1 缴费             closed
  2 缴费      王芳   serving  A003    老年人    10:31:00  10:32:00
  3 综合业务         closed
  4 用电业务  Li     called   B001    普通客户  10:33:00
  5 用电业务         closed
  6 大客户           closed

Last calls
  Call            Number  Counter     Called    Recalls  Is
  20201120000002  B001    4 用电业务  10:33:00  1        called
  20201120000001  A003    2 缴费      10:31:00  0        serving

On no paper
  Number  Is       Why
  A002    waiting  no paper
";

#[test]
fn a_past_moment_is_printed_as_it_was() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    let picture = said(
        &["replay", "--day", "2020-11-20", "--at", "10:42"],
        folder.path(),
    );
    assert_eq!(picture, AT_10_42);
    let again = said(
        &["replay", "--day", "2020-11-20", "--at", "10:42"],
        folder.path(),
    );
    assert_eq!(again, picture, "byte for byte");
}

#[test]
fn without_a_time_it_is_the_last_entry_of_the_day() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    let picture = said(&REPLAY, folder.path());
    assert!(
        picture.contains("as it was on 2020-11-20 10:50:00\n"),
        "{picture}"
    );
    assert!(
        picture.contains("2 waiting, 2 called, 0 serving, 0 on hold, 1 finished"),
        "{picture}"
    );
}

#[test]
fn a_time_before_the_turn_of_the_day_is_in_the_night_after_it() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    let picture = said(&[&REPLAY[..], &["--at", "02:59"]].concat(), folder.path());
    let night = "as it was on 2020-11-21 02:59:00\nAfter journal entry 15, written at 10:50:00\n";
    assert!(picture.contains(night), "{picture}");
    assert!(picture.contains("10:02:00  16 h 57 min"), "{picture}");
}

#[test]
fn the_past_is_the_same_while_a_hall_runs_and_a_killed_one_is_in_nobodys_way() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    let moment = ["replay", "--day", "2020-11-20", "--at", "10:50"];
    let before = said(&moment, folder.path());
    for _ in 0..2 {
        let running = Running::start(folder.path());
        assert_eq!(said(&moment, folder.path()), before);
        drop(running);
        assert_eq!(said(&moment, folder.path()), before);
    }
}

#[test]
fn a_call_is_explained_by_its_id_and_by_the_number() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    let by_id = said(&["explain", "20201120000001"], folder.path());
    assert_eq!(
        by_id,
        "Call 20201120000001: on 2020-11-20 10:31:00 王芳 at counter 2 缴费 called A003 (A 电费缴纳, 老年人). \
         The customer had waited 10 min 00 s, against a target of 5 min 00 s: a score of 2.000. No score was greater at that moment of all whom the counter serves. \
         Passed over, although they had waited longer: A001 (普通客户, 29 min 00 s of 20 min 00 s, score 1.450), A002 (普通客户, 11 min 00 s of 20 min 00 s, score 0.550).\n"
    );
    for number in ["A003", "a003"] {
        assert_eq!(
            said(&["explain", number, "--day", "2020-11-20"], folder.path()),
            by_id
        );
    }
    let second = said(&["explain", "20201120000002"], folder.path());
    assert!(
        second.contains("Li at counter 4 用电业务 called B001"),
        "{second}"
    );
}

#[test]
fn what_cannot_be_answered_is_said_plainly() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    let day = ["--day", "2020-11-20"];
    for (arguments, expected) in [
        (
            vec!["replay", "--day", "2020-11-19"],
            "the journal has no day 2020-11-19. It has one, 2020-11-20.",
        ),
        (
            [&["replay", "--at", "09:59"], &day[..]].concat(),
            "the day 2020-11-20 began on 2020-11-20 10:00:00: there is nothing before it",
        ),
        (
            vec!["explain", "20201120000009"],
            "the day 2020-11-20 has no call 20201120000009; it had 3",
        ),
        (
            vec!["explain", "20201121000001"],
            "the journal has no day 2020-11-21. It has one, 2020-11-20.",
        ),
        (
            [&["explain", "C001"], &day[..]].concat(),
            "nobody took the number C001 on 2020-11-20",
        ),
        (
            [&["explain", "A002"], &day[..]].concat(),
            "A002 was taken on 2020-11-20 10:20:00 and not called: it is waiting",
        ),
    ] {
        assert_eq!(complaint(&arguments, folder.path()), expected);
    }
    let today = complaint(&["explain", "A003"], folder.path());
    assert!(today.starts_with("the journal has no day 20"), "{today}");
    let said = complaint(&["explain", "17"], folder.path());
    assert!(said.starts_with("17 is no id of a call"), "{said}");
}

#[test]
fn a_folder_that_cannot_be_read_says_what_to_do() {
    let folder = TempDir::new().expect("a folder");
    let nowhere = complaint(&REPLAY, &folder.path().join("elsewhere"));
    assert!(
        nowhere.contains("there is no hall's memory in"),
        "{nowhere}"
    );
    assert!(
        nowhere.ends_with("Name the data folder with --data."),
        "{nowhere}"
    );
    assert!(
        !folder.path().join("elsewhere").exists(),
        "a reader makes nothing"
    );

    write_a_morning(folder.path());
    let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("the file");
    file.pragma_update(None, "user_version", 99).expect("room");
    drop(file);
    let newer = complaint(&REPLAY, folder.path());
    assert!(
        newer.contains("a newer version of the hall (schema 99"),
        "{newer}"
    );
    fs::write(folder.path().join(FILE_NAME), "床前明月光").expect("room");
    let broken = complaint(&REPLAY, folder.path());
    assert!(broken.ends_with("Restore it from a backup."), "{broken}");
}
