use protocol::Issued;

use super::*;

fn with_phone() -> Act {
    Act::Take {
        service: "A".into(),
        class: "ordinary".into(),
        then: vec!["F".into()],
        phone: Some("13800138000".into()),
    }
}

fn issued(ticket: u64) -> Outcome {
    Outcome::Done(Done::Issued(Issued {
        ticket,
        ..Issued::default()
    }))
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

#[test]
fn what_a_stop_leaves_is_told_by_how_far_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk-1.orders");
    let mut orders = Orders::open(&path).unwrap();
    for number in 1..=5 {
        orders.ask(id(number), &Act::take("A", "ordinary")).unwrap();
    }
    for number in 2..=4 {
        orders.answered(id(number), &issued(number as u64));
    }
    orders.unwanted(3);
    orders.told(4);
    orders.answered(id(5), &Outcome::Refused(Refusal::UnknownService));
    // Twice, for what is written anew says the same.
    for _ in 0..2 {
        drop(orders);
        orders = Orders::open(&path).unwrap();
        let act = Act::take("A", "ordinary");
        let expected = [
            Leftover::Asked { id: id(1), act },
            Leftover::Issued { ticket: 2 },
            Leftover::Unwanted { ticket: 3 },
        ];
        assert_eq!(orders.leftovers(), expected);
    }
}

#[test]
fn only_a_final_answer_ends_a_request() {
    let folder = tempfile::tempdir().unwrap();
    let mut orders = Orders::open(&folder.path().join("orders")).unwrap();
    orders.ask(id(1), &with_phone()).unwrap();
    for passing in [
        Refusal::NotStored,
        Refusal::ReadOnly,
        Refusal::TooManyRequests,
        Refusal::IdUsedOtherwise,
    ] {
        orders.answered(id(1), &Outcome::Refused(passing));
    }
    assert_eq!(orders.leftovers().len(), 1);
    orders.answered(id(1), &issued(7));
    // A second answer to the same id is none to this.
    orders.answered(id(1), &Outcome::Refused(Refusal::UnknownService));
    assert_eq!(orders.leftovers(), [Leftover::Issued { ticket: 7 }]);
}

#[test]
fn no_telephone_number_stays_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders");
    let mut orders = Orders::open(&path).unwrap();
    orders.ask(id(1), &with_phone()).unwrap();
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept.contains("ordinary") && !kept.contains("138"), "{kept}");
}
