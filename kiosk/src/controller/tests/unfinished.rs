use super::*;

const NOTHING: Act = Act::Void { ticket: 0 };

fn left(act: Act) -> (Kiosk, Vec<Effect>) {
    let mut kiosk = Kiosk::open();
    let id = Uuid::from_u128(1_000);
    let asked = kiosk.happen(Event::Unfinished { id, act });
    assert_eq!(the_ask(&asked), (id, NOTHING));
    (kiosk, asked)
}

fn answer(kiosk: &mut Kiosk, asked: &[Effect], outcome: Outcome) -> Vec<Effect> {
    let (id, _) = the_ask(asked);
    kiosk.happen(Event::Answer { id, outcome })
}

#[test]
fn a_request_that_never_reached_the_hall_comes_to_nothing() {
    let (mut kiosk, asked) = left(Act::take("A", "ordinary"));
    let unknown = Outcome::Refused(Refusal::UnknownTicket);
    assert_eq!(answer(&mut kiosk, &asked, unknown), []);
    assert!(kiosk.is_at_start());
}

#[test]
fn a_number_that_the_hall_gave_is_given_back() {
    let act = Act::take("A", "ordinary");
    let (mut kiosk, asked) = left(act.clone());
    let known = Outcome::Refused(Refusal::IdUsedOtherwise);
    let again = answer(&mut kiosk, &asked, known);
    assert_eq!(the_ask(&again), (the_ask(&asked).0, act.clone()));
    let outcome = kiosk.hall.answer(&act);
    let Outcome::Done(Done::Issued(issued)) = &outcome else {
        panic!("a number");
    };
    let ticket = issued.ticket;
    let given_back = answer(&mut kiosk, &again, outcome);
    assert_eq!(the_ask(&given_back).1, Act::Void { ticket });
    assert!(kiosk.is_at_start(), "nobody is to see it");
    let told = answer(&mut kiosk, &given_back, Outcome::Done(Done::Done));
    assert_eq!(told, [Effect::Told { ticket }]);
}

#[test]
fn a_hall_that_cannot_write_is_asked_again() {
    let (mut kiosk, asked) = left(Act::take("A", "ordinary"));
    for _ in 0..2 {
        let full = Outcome::Refused(Refusal::NotStored);
        assert_eq!(answer(&mut kiosk, &asked, full), []);
        assert_eq!(kiosk.wait(4_000), []);
        assert_eq!(kiosk.wait(2_000), asked);
    }
}

#[test]
fn a_number_that_was_for_nobody_before_the_stop_is_given_back_again() {
    let mut kiosk = Kiosk::open();
    let ticket = 20_261_122_000_007;
    let effects = kiosk.happen(Event::Unwanted { ticket });
    assert_eq!(the_ask(&effects).1, Act::Void { ticket });
}
