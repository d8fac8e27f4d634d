//! A disk that is full.

use protocol::{Act, Outcome, Refusal, Role};
use tempfile::TempDir;
use uuid::Uuid;

use super::desk::{Desk, Fault, answers, changed, number, request, sign_in, take};

const NOT_STORED: Outcome = Outcome::Refused(Refusal::NotStored);

#[test]
fn everybody_in_the_batch_is_told_and_nothing_has_happened() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(sign_in(1, "王芳"));
    desk.ask(take("A", "ordinary"));
    let (before, seq) = (desk.engine.queue().clone(), desk.engine.journal_seq());

    desk.fault.set(Fault::Full);
    let pressed: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    let outputs = desk.handle(vec![
        request(pressed[0], take("A", "elderly")),
        request(pressed[1], Act::CallNext { counter: 1 }),
        request(pressed[2], Act::Arrive { counter: 1 }),
    ]);
    let told = pressed.iter().map(|id| (*id, NOT_STORED));
    assert!(told.eq(answers(outputs.clone())));
    assert_eq!(
        changed(&outputs, Role::Wall),
        None,
        "no screen shows anything of it"
    );
    assert_eq!(desk.engine.queue(), &before);
    assert_eq!(desk.engine.journal_seq(), seq);
}

#[test]
fn with_room_it_goes_on_and_the_same_press_gives_one_ticket() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.ask(take("A", "ordinary"));
    let pressed = Uuid::now_v7();
    desk.fault.set(Fault::Full);
    assert_eq!(desk.ask_as(pressed, take("A", "ordinary")), NOT_STORED);
    assert_eq!(desk.engine.refuses_until_ms(), desk.steady_ms + 1_000);
    desk.fault.set(Fault::None);
    assert_eq!(
        desk.ask_as(pressed, take("A", "ordinary")),
        NOT_STORED,
        "it is not tried again for every press"
    );
    desk.wait(5_000);
    let done = desk.ask_as(pressed, take("A", "ordinary"));
    assert_eq!(number(&done), "A002");
    assert_eq!(desk.ask_as(pressed, take("A", "ordinary")), done);
    assert_eq!(desk.engine.queue().day().tickets().len(), 2);
}

#[test]
fn what_was_confirmed_stays_confirmed_on_a_full_disk() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let (known, new) = (Uuid::now_v7(), Uuid::now_v7());
    let done = desk.ask_as(known, take("A", "ordinary"));
    desk.fault.set(Fault::Full);
    let both = || {
        vec![
            request(known, take("A", "ordinary")),
            request(new, take("A", "ordinary")),
        ]
    };
    let expected = vec![(known, done), (new, NOT_STORED)];
    assert_eq!(
        answers(desk.handle(both())),
        expected,
        "in the batch that fails"
    );
    assert_eq!(
        answers(desk.handle(both())),
        expected,
        "and while the disk is left alone"
    );
}

#[test]
fn the_same_press_twice_in_one_batch_is_one_ticket() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    let id = Uuid::now_v7();
    let told = answers(desk.handle(vec![
        request(id, take("A", "ordinary")),
        request(id, take("A", "ordinary")),
        request(id, take("B", "ordinary")),
    ]));
    assert_eq!((number(&told[0].1), &told[1].1), ("A001", &told[0].1));
    assert_eq!(told[2].1, Outcome::Refused(Refusal::IdUsedOtherwise));
    assert_eq!(desk.engine.queue().day().tickets().len(), 1);
}

#[test]
fn a_day_that_cannot_be_opened_is_opened_when_there_is_room() {
    let folder = TempDir::new().expect("a folder");
    let mut desk = Desk::open(folder.path());
    desk.fault.set(Fault::Full);
    assert_eq!(desk.ask(take("A", "ordinary")), NOT_STORED);
    assert_eq!(desk.engine.queue().day().date(), None);
    desk.fault.set(Fault::None);
    desk.wait(5_000);
    assert_eq!(number(&desk.ask(take("A", "ordinary"))), "A001");
    assert_eq!(desk.engine.queue().day().date(), Some(desk.now().today));
}
