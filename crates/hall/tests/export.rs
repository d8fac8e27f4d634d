//! A day for a spreadsheet.

mod morning;

use std::fs;
use std::path::Path;

use morning::{Morning, complaint, said};
use queue::{
    Channel, ClassCode, Command as Act, CounterNumber, Desk, Holder, OutcomeCode, ServiceCode,
};
use tempfile::TempDir;

/// One customer is served in two pieces, one is called in vain, one waits.
fn write_a_day(data: &Path) {
    let mut morning = Morning::begin(data);
    let counter = CounterNumber(2);
    let sign_in = |counter, clerk: &str| Act::SignIn {
        counter: CounterNumber(counter),
        clerk: clerk.to_owned(),
    };
    morning.at(1, &sign_in(2, "=王芳"));
    morning.at(1, &sign_in(4, "Li"));
    let take = Act::Take {
        errands: vec![ServiceCode::new("A")],
        class: ClassCode::new("ordinary"),
        channel: Channel::Guide,
        holder: Some(Holder(424_242)),
    };
    morning.at(2, &take);
    morning.take(3, "A", "ordinary");
    morning.take(4, "B", "elderly");
    let first = morning.queue.day().tickets()[0].id;
    let hold = Act::Hold {
        counter,
        reason: "copies".to_owned(),
        for_ms: None,
    };
    let finish = Act::Finish {
        counter,
        outcome: Some(OutcomeCode::new("done")),
    };
    let transfer = Act::Transfer {
        counter: CounterNumber(4),
        to: Desk::Counter(counter),
        note: Some("a note, \"quoted\"".to_owned()),
        keep_time: true,
        come_back: false,
    };
    for (minute, act) in [
        (5, Act::CallNext(counter)),
        (6, Act::Recall(counter)),
        (7, Act::Arrive(counter)),
        (9, hold),
        (10, Act::CallNext(counter)),
        (12, Act::NoShow(counter)),
        (13, Act::ResumeHeld(counter, first)),
        (16, finish),
        (17, Act::CallNext(CounterNumber(4))),
        (18, Act::Arrive(CounterNumber(4))),
        (20, transfer),
    ] {
        morning.at(minute, &act);
    }
}

const DAY: &str = "\
\u{feff}number,service,class,channel,issued,called,arrived,finished,waited_s,handling_s,calls,recalls,counter,clerk,outcome,overtook,missed,state
A001,A 电费缴纳,普通客户,guide,2020-11-20 10:02:00,2020-11-20 10:05:00,2020-11-20 10:07:00,2020-11-20 10:16:00,180,300,1,1,2 缴费,'=王芳,办结,0,0,finished
A002,A 电费缴纳,普通客户,kiosk,2020-11-20 10:03:00,2020-11-20 10:10:00,,,420,,1,0,2 缴费,'=王芳,,0,1,no-show
";

#[test]
fn each_ticket_of_a_day_is_a_row_that_names_no_customer() {
    let folder = TempDir::new().expect("a folder");
    write_a_day(folder.path());
    let file = folder.path().join("day.csv");
    let name = file.to_str().expect("text");
    let export = ["export", "--day", "2020-11-20", "--csv", name];
    let text = said(&export, folder.path());
    assert!(
        text.ends_with("has the 3 tickets of 2020-11-20.\n"),
        "{text}"
    );
    let table = fs::read_to_string(&file).expect("the file");
    assert!(table.starts_with(DAY), "{table}");
    let last = table.lines().last().expect("a row");
    assert!(
        last.starts_with("B001,") && last.contains(",120,1,0,") && last.ends_with(",waiting"),
        "{last}"
    );
    assert!(
        !table.contains("424242") && !table.contains("note"),
        "{table}"
    );
    said(&export, folder.path());
    assert_eq!(
        fs::read_to_string(&file).expect("the file"),
        table,
        "it is replaced"
    );
    let nowhere = folder.path().join("nowhere/day.csv");
    let export = [
        "export",
        "--day",
        "2020-11-20",
        "--csv",
        nowhere.to_str().expect("text"),
    ];
    let refused = complaint(&export, folder.path());
    assert!(refused.contains("--csv"), "{refused}");
}
