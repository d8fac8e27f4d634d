use std::collections::BTreeMap;

use super::*;
use crate::mock::APPOINTMENT;
use crate::view::Asks;

impl Kiosk {
    /// Types the one code that the made-up hall knows, or a number.
    fn type_what_is_asked(&mut self) {
        if let PageView::Keypad(keypad) = self.page()
            && keypad.typed.is_empty()
        {
            self.type_in(match keypad.asks {
                Asks::Code => APPOINTMENT,
                _ => "A012",
            });
        }
    }
}

/// A plain generator of pseudo-random numbers (Knuth's constants), so that a seed tells the whole story.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What a hall knows of its tickets after a wild day at one kiosk.
#[derive(Default)]
struct Ledger {
    waiting: Vec<(Uuid, Act)>,
    /// Outcome by request id: the same id gets the same answer.
    outcomes: BTreeMap<Uuid, Outcome>,
    printed: BTreeMap<u64, u32>,
    voided: BTreeMap<u64, u32>,
    /// Tickets of appointments that staff were told of.
    kept: BTreeMap<u64, u32>,
}

impl Ledger {
    fn note(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask { id, act } => {
                    match act {
                        Act::Void { ticket } => *self.voided.entry(ticket).or_default() += 1,
                        Act::NotPrinted { ticket, .. } => {
                            *self.kept.entry(ticket).or_default() += 1;
                        }
                        _ => {}
                    }
                    if self.waiting.iter().all(|(waiting, _)| *waiting != id) {
                        self.waiting.push((id, act));
                    }
                }
                Effect::Print { ticket, .. } => *self.printed.entry(ticket).or_default() += 1,
                Effect::Told { .. } => {}
            }
        }
    }

    fn answer_one(&mut self, kiosk: &mut Kiosk, dice: &mut Dice) {
        if self.waiting.is_empty() {
            return;
        }
        let place = dice.roll(self.waiting.len() as u64) as usize;
        let (id, act) = self.waiting.swap_remove(place);
        let outcome = self
            .outcomes
            .entry(id)
            .or_insert_with(|| kiosk.hall.answer(&act))
            .clone();
        let effects = kiosk.happen(Event::Answer { id, outcome });
        self.note(effects);
    }
}

fn any_touch(dice: &mut Dice) -> Touch {
    match dice.roll(16) {
        0 | 1 => Touch::Service("A".into()),
        2 => Touch::Service("B".into()),
        3 | 4 => Touch::TakeOrdinary,
        5 => Touch::TakeAs("elderly".into()),
        6 => Touch::TryAgain,
        7 => Touch::Back,
        8 => Touch::Appointment,
        9 => Touch::MissedCall,
        10 => Touch::Errands,
        11 => Touch::Errand("F".into()),
        12 => Touch::ErrandsChosen,
        13 | 14 => Touch::Enter,
        _ => Touch::Finish,
    }
}

fn wild() -> Ways {
    Ways {
        appointments: true,
        returns: true,
        ..Ways::default()
    }
}

/// Whatever is pressed and however late the hall answers: each ticket that the hall issued is given to a
/// customer once or taken back once, and a number on the screen was in an answer.
#[test]
fn every_ticket_is_given_once_or_voided_once() {
    for seed in 0..300 {
        let (mut kiosk, mut ledger, mut dice) = (Kiosk::of(wild()), Ledger::default(), Dice(seed));
        for _ in 0..400 {
            let effects = match dice.roll(10) {
                0..5 => {
                    let touch = any_touch(&mut dice);
                    kiosk.type_what_is_asked();
                    kiosk.happen(Event::Touch(touch))
                }
                5..8 => {
                    let ms = dice.roll(6_000);
                    kiosk.wait(ms)
                }
                _ => {
                    ledger.answer_one(&mut kiosk, &mut dice);
                    Vec::new()
                }
            };
            ledger.note(effects);
            if let PageView::Number(shown) = kiosk.page() {
                let said = format!("{:?}", ledger.outcomes);
                assert!(
                    said.contains(&shown.number),
                    "seed {seed}: {}",
                    shown.number
                );
            }
        }
        ledger.note(kiosk.wait(120_000));
        while !ledger.waiting.is_empty() {
            ledger.answer_one(&mut kiosk, &mut dice);
        }
        for outcome in ledger.outcomes.values() {
            if let Outcome::Done(Done::Issued(issued)) = outcome {
                let count = |of: &BTreeMap<u64, u32>| of.get(&issued.ticket).copied().unwrap_or(0);
                let (printed, voided) = (count(&ledger.printed), count(&ledger.voided));
                let kept = count(&ledger.kept);
                assert_eq!(printed + voided + kept, 1, "seed {seed}: {}", issued.number);
            }
        }
    }
}
