//! What only some halls use, as a customer meets it: hours, further errands, returns, appointments,
//! telephone numbers.

#[allow(dead_code)]
mod stage;

use std::time::Duration;

use kiosk::event::Touch;
use kiosk::mock::{APPOINTMENT, Show, Ways};
use protocol::Refusal;
use stage::{CHINESE, ENGLISH, Stage, UPRIGHT, WIDE};

/// Each refusal with what a customer reads, in both languages.
#[test]
fn every_refusal_is_worded_for_the_customer() {
    let number = || "A015".to_owned();
    let opens_at = Some("13:30".to_owned());
    let refusals = [
        (
            Refusal::NotOpen { opens_at },
            "13:30",
            "Numbers are given from 13:30",
        ),
        (
            Refusal::NotOpen { opens_at: None },
            "今日不再取号",
            "No more numbers today",
        ),
        (
            Refusal::CutOff,
            "已停止取号",
            "Numbers are not given any more",
        ),
        (
            Refusal::QuotaUsedUp,
            "上午号已取完",
            "This morning's numbers",
        ),
        (
            Refusal::PhoneHasTicket { number: number() },
            "A015",
            "has the ticket A015",
        ),
        (Refusal::PhoneNeeded, "电话号码", "telephone number"),
        (
            Refusal::UnknownAppointment,
            "没有查到",
            "no such appointment",
        ),
        (Refusal::AppointmentUsed, "已取过", "checked in already"),
        (
            Refusal::TooEarly {
                from: "09:45".into(),
            },
            "09:45",
            "from 09:45",
        ),
        (
            Refusal::TooLate,
            "已过预约",
            "too late for your appointment",
        ),
        (Refusal::TooLateToReturn, "过号时间", "too long ago"),
        (Refusal::MissedTooOften, "次数太多", "too many calls"),
        (Refusal::TicketEnded, "已结束", "is over"),
    ];
    for (refusal, zh, en) in refusals {
        for (looks, said) in [(CHINESE, zh), (ENGLISH, en)] {
            let stage = Stage::open(UPRIGHT, looks);
            stage.touch(Touch::Service("B".into()));
            stage.wait(Duration::from_secs(1));
            stage.touch(Touch::TakeOrdinary);
            stage.wait(Duration::from_secs(1));
            stage.refuse(refusal.clone());
            assert!(stage.says(said), "{refusal:?}: {:?}", stage.labels());
        }
    }
}

#[test]
fn who_missed_a_call_is_back_by_a_few_keys() {
    let mut stage = Stage::of(Ways::of(Show::Full), UPRIGHT, ENGLISH);
    stage.press("I missed my call");
    for key in ["B", "0", "1", "2"] {
        stage.press(key);
    }
    stage.press("Delete");
    stage.press("3");
    stage.press("I am back");
    assert!(stage.says("You are put back in the queue"));
    stage.answer();
    stage.wait(Duration::from_secs(1));
    assert!(
        stage.says("B013") && stage.says("3 more, then you"),
        "{:?}",
        stage.labels()
    );
    stage.press("Done");
    assert!(stage.button("I missed my call").is_some());
}

#[test]
fn an_appointment_is_one_code_away_from_its_number() {
    let mut stage = Stage::of(Ways::of(Show::Full), WIDE, CHINESE);
    stage.press("预约取号");
    for key in APPOINTMENT.chars() {
        stage.press(&key.to_string());
    }
    stage.press("取号");
    stage.answer().expect("a number");
    assert!(
        stage.says("C012") && stage.says("预约时间 10:30"),
        "{:?}",
        stage.labels()
    );
}

#[test]
fn a_telephone_number_is_asked_after_the_choice_and_not_read_aloud() {
    let mut stage = Stage::of(Ways::of(Show::Phone), UPRIGHT, ENGLISH);
    stage.press("Report a fault");
    stage.press("Take a number");
    for key in "13800138000".chars() {
        stage.press(&key.to_string());
    }
    assert!(stage.labels().iter().all(|label| !label.contains("138")));
    stage.press("Take a number");
    stage.answer().expect("a number");
    assert!(stage.says("E012"));
}

#[test]
fn a_second_errand_is_beside_the_way_of_who_has_one() {
    let mut stage = Stage::open(UPRIGHT, ENGLISH);
    stage.press("Report a fault");
    stage.press("I have another errand");
    stage.press("Print an invoice");
    let chosen = stage.button("Print an invoice").unwrap();
    assert_eq!(chosen.accessible_checked(), Some(true));
    stage.press("Go on");
    assert!(
        stage.button("And 1 other errand").is_some(),
        "{:?}",
        stage.labels()
    );
    stage.press("Take a number");
    stage.answer().expect("a number");
    assert!(stage.says("Then: Print an invoice"), "{:?}", stage.labels());
}

#[test]
fn a_service_that_takes_nobody_says_why_and_leads_back() {
    let stage = Stage::of(Ways::of(Show::Full), WIDE, ENGLISH);
    stage.press("New connection, more capacity");
    assert!(stage.says("Numbers are given from 13:30"));
    assert!(stage.button("Take a number").is_none());
    assert!(stage.button("I have another errand").is_none());
    stage.press("Choose another service");
    assert!(stage.button("Report a fault").is_some());
}

#[test]
fn a_closed_hall_has_no_tiles_and_says_when_it_opens() {
    let stage = Stage::of(Ways::of(Show::Closed), UPRIGHT, CHINESE);
    assert!(stage.says("13:30开始取号"), "{:?}", stage.labels());
    assert!(stage.button("电费缴纳").is_none());
    assert!(stage.button("过号报到").is_some());
}
