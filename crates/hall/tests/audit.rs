//! What a reader sees who is no engineer: whether the record is sound, and who did what.

mod morning;

use std::path::Path;

use hall::trust::Note;
use morning::{Morning, Running, complaint, hall, said, write_a_morning};
use protocol::Role;
use queue::{CancelWhy, ClassCode, Command as Act, CounterNumber, Desk, OutcomeCode, ServiceCode};
use rusqlite::Connection;
use store::{Change, Device, Entry, FILE_NAME};
use tempfile::TempDir;

const SHOW: [&str; 4] = ["audit", "show", "--day", "2020-11-20"];

fn change(data: &Path, statement: &str) {
    let file = Connection::open(data.join(FILE_NAME)).expect("the file");
    file.execute_batch(statement).expect("a change");
}

#[test]
fn a_sound_journal_says_how_much_is_good_also_while_the_hall_runs() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    let good = "Good: 15 entries of 1 day, 2020-11-20, and 0 outcomes of requests. Checked in ";
    let text = said(&["audit", "verify"], folder.path());
    assert!(text.starts_with(good), "{text}");
    let running = Running::start(folder.path());
    let text = said(&["audit", "verify"], folder.path());
    assert!(
        text.starts_with("Good: 1") || text.starts_with("Good: 2"),
        "{text}"
    );
    drop(running);
}

#[test]
fn every_bad_entry_is_named_with_the_mend_and_the_exit_code_says_so() {
    let folder = TempDir::new().expect("a folder");
    write_a_morning(folder.path());
    change(
        folder.path(),
        "UPDATE journal SET actor = 'x' WHERE seq IN (3, 9); DELETE FROM journal WHERE seq = 15",
    );
    let output = hall(&["audit", "verify"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    let expected = "\nBad:
  entry 3 of 2020-11-20: its hash is not that of what it says
  entry 9 of 2020-11-20: its hash is not that of what it says
  entry 15 of 2020-11-20: it is missing\n";
    assert!(
        text.starts_with("Good: 12 entries") && text.ends_with(expected),
        "{text}"
    );
    let mend = String::from_utf8(output.stderr).expect("text");
    assert!(mend.contains("hall.sqlite --with BACKUP --data"), "{mend}");
}

/// A morning in which nearly everything happens that can.
fn write_a_full_morning(data: &Path) {
    let mut morning = Morning::begin(data);
    let counter = CounterNumber(2);
    morning.actor = "counter:desk-2";
    let sign_in = |counter, clerk: &str| Act::SignIn {
        counter: CounterNumber(counter),
        clerk: clerk.to_owned(),
    };
    morning.at(1, &sign_in(2, "王芳"));
    morning.at(1, &sign_in(4, "Li"));
    morning.actor = "kiosk:kiosk-1";
    for minute in [2, 3, 4] {
        morning.take(minute, "A", "ordinary");
    }
    let ids: Vec<_> = morning
        .queue
        .day()
        .tickets()
        .iter()
        .map(|ticket| ticket.id)
        .collect();
    morning.at(
        4,
        &Act::Printed {
            ticket: ids[0],
            copies: 0,
        },
    );
    let finish = Act::Finish {
        counter,
        outcome: Some(OutcomeCode::new("papers_missing")),
    };
    let class = Act::SetClass {
        ticket: ids[0],
        class: ClassCode::new("elderly"),
        verified: true,
    };
    let hold = Act::Hold {
        counter,
        reason: "复印".to_owned(),
        for_ms: Some(1_800_000),
    };
    let transfer = Act::Transfer {
        counter,
        to: Desk::Counter(CounterNumber(4)),
        note: Some("13800138000".to_owned()),
        keep_time: true,
        come_back: true,
    };
    let without = Act::ServeWithout {
        counter,
        service: ServiceCode::new("A"),
        class: ClassCode::new("ordinary"),
    };
    let pause = Act::Pause {
        counter,
        reason: "午餐".to_owned(),
    };
    morning.actor = "counter:desk-2";
    for (minute, act) in [
        (5, Act::CallNext(counter)),
        (6, Act::Recall(counter)),
        (7, Act::Arrive(counter)),
        (8, class),
        (9, hold),
        (10, Act::CallNext(counter)),
        (11, Act::NoShow(counter)),
        (12, Act::ResumeHeld(counter, ids[0])),
        (13, finish.clone()),
        (14, Act::CallNext(counter)),
        (15, Act::Arrive(counter)),
        (16, transfer),
        (17, Act::Cancel(ids[1], CancelWhy::Staff)),
        (18, without),
        (19, pause),
        (20, Act::Resume(counter)),
        (21, finish),
        (22, Act::SignOut(counter)),
    ] {
        morning.at(minute, &act);
    }
    pair_the_desk(&mut morning);
}

/// What the record says of a device is where it stands.
fn pair_the_desk(morning: &mut Morning) {
    let note = Note::Paired {
        device: "desk-2".to_owned(),
        role: Role::Counter,
    };
    let at = morning.now().at;
    let device = Device {
        name: "desk-2".to_owned(),
        role: "counter".to_owned(),
        counter: Some(2),
        key_sum: [7; 32],
        paired_wall_ms: at.wall_ms,
    };
    let paired = Entry {
        actor: "admin:uid-990".to_owned(),
        events: vec![note.event(at)],
        changes: vec![Change::PutDevice(device)],
        request: None,
    };
    let seq = morning.store.seq();
    morning.store.append(seq, &[paired]).expect("room");
}

const FULL_MORNING: &str = "\
城东供电营业厅 (Chengdong Power Service Hall), business day 2020-11-20
26 of 26 entries of the day

  When      Entry  Who, and from where                             What
  10:00:00  1      the hall itself                                 the business day 2020-11-20 began
  10:01:00  2      counter 2 缴费 (desk-2)                         王芳 sat down at counter 2 缴费
  10:01:00  3      counter 2 缴费 (desk-2)                         Li sat down at counter 4 用电业务
  10:02:00  4      ticket machine kiosk-1                          A001 was taken at a kiosk: A 电费缴纳 (普通客户)
  10:03:00  5      ticket machine kiosk-1                          A002 was taken at a kiosk: A 电费缴纳 (普通客户)
  10:04:00  6      ticket machine kiosk-1                          A003 was taken at a kiosk: A 电费缴纳 (普通客户)
  10:04:00  7      ticket machine kiosk-1                          the slip of A001 was printed
  10:05:00  8      counter 2 缴费 (desk-2)                         王芳 called A001 to counter 2 缴费, after a wait of 3 min 00 s
  10:06:00  9      counter 2 缴费 (desk-2)                         王芳 called A001 to counter 2 缴费 once more
  10:07:00  10     counter 2 缴费 (desk-2)                         A001 came to 王芳 at counter 2 缴费
  10:08:00  11     counter 2 缴费 (desk-2)                         A001 was put in the class 老年人; the proof was seen
  10:09:00  12     counter 2 缴费 (desk-2)                         王芳 at counter 2 缴费 put A001 aside: 复印, until 10:39:00
  10:10:00  13     counter 2 缴费 (desk-2)                         王芳 called A002 to counter 2 缴费, after a wait of 7 min 00 s
  10:11:00  14     counter 2 缴费 (desk-2)                         A002 did not come to 王芳 at counter 2 缴费
  10:12:00  15     counter 2 缴费 (desk-2)                         王芳 at counter 2 缴费 went on with A001
  10:13:00  16     counter 2 缴费 (desk-2)                         王芳 at counter 2 缴费 finished with A001 (缺件)
  10:14:00  17     counter 2 缴费 (desk-2)                         王芳 called A003 to counter 2 缴费, after a wait of 10 min 00 s
  10:15:00  18     counter 2 缴费 (desk-2)                         A003 came to 王芳 at counter 2 缴费
  10:16:00  19     counter 2 缴费 (desk-2)                         王芳 at counter 2 缴费 handed A003 over to counter 4 用电业务, to come back afterwards
  10:17:00  20     counter 2 缴费 (desk-2)                         A002 was cancelled: staff did so
  10:18:00  21     counter 2 缴费 (desk-2)                         王芳 at counter 2 缴费 serves somebody without a ticket for A 电费缴纳: W001 for the record
  10:19:00  22     counter 2 缴费 (desk-2)                         王芳 paused counter 2 缴费: 午餐
  10:20:00  23     counter 2 缴费 (desk-2)                         王芳 at counter 2 缴费 calls again
  10:21:00  24     counter 2 缴费 (desk-2)                         王芳 at counter 2 缴费 finished with W001 (缺件)
  10:22:00  25     counter 2 缴费 (desk-2)                         王芳 left counter 2 缴费, which is closed
  10:22:00  26     administrator (user 990 of the hall's machine)  desk-2 was paired as counter
";

#[test]
fn each_act_is_said_in_plain_words() {
    let folder = TempDir::new().expect("a folder");
    write_a_full_morning(folder.path());
    let text = said(&SHOW, folder.path());
    assert_eq!(text, FULL_MORNING);
    // What a clerk writes to a colleague may name a person.
    assert!(!text.contains("138"), "{text}");
}

#[test]
fn each_act_is_said_in_chinese_too() {
    let folder = TempDir::new().expect("a folder");
    write_a_full_morning(folder.path());
    let text = said(&[&SHOW[..], &["--language", "zh"]].concat(), folder.path());
    println!("{text}");
    let head = "城东供电营业厅 营业日 2020-11-20\n当日 26 条记录中的 26 条\n";
    assert!(text.starts_with(head), "{text}");
    for line in [
        "系统自动",
        "取号机 kiosk-1",
        "2号窗口（缴费） desk-2",
        "在取号机取号 A001：A 电费缴纳（普通客户）",
        "王芳 呼叫 A001 到2号窗口（缴费），客户已等候 3分00秒",
        "王芳 在2号窗口（缴费）挂起 A001：复印，至 10:39:00",
        "王芳 在2号窗口（缴费）把 A003 转办到 4号窗口（用电业务），办后转回",
        "王芳 在2号窗口（缴费）办结 A001（缺件）",
        "窗口设备 desk-2 配对成功",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let english = text
        .lines()
        .skip(4)
        .filter(|line| line.contains(" the "))
        .count();
    assert_eq!(english, 0, "{text}");
}

#[test]
fn a_number_a_clerk_and_a_time_can_be_asked_for() {
    let folder = TempDir::new().expect("a folder");
    write_a_full_morning(folder.path());
    let entries = |more: &[&str]| -> Vec<u64> {
        let text = said(&[&SHOW[..], more].concat(), folder.path());
        let line = |line: &str| {
            line.split_whitespace()
                .nth(1)
                .and_then(|seq| seq.parse().ok())
        };
        text.lines().skip(4).filter_map(line).collect()
    };
    assert_eq!(entries(&["--number", "a2"]), [5, 13, 14, 20]);
    assert_eq!(entries(&["--clerk", "Li"]), [3]);
    assert_eq!(entries(&["--from", "10:19", "--to", "10:21"]), [22, 23, 24]);
    assert_eq!(
        entries(&["--number", "A001", "--clerk", "王芳", "--to", "10:06"]),
        [8, 9]
    );
    let nothing = said(&[&SHOW[..], &["--number", "B001"]].concat(), folder.path());
    assert!(
        nothing.contains("0 of 26 entries of the day: nothing that was asked for."),
        "{nothing}"
    );
    let wrong = complaint(&[&SHOW[..], &["--number", "12"]].concat(), folder.path());
    assert!(wrong.contains("12 is no number of a ticket"), "{wrong}");
}
