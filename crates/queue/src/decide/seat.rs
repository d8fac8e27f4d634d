//! Who sits where: opening, pausing and closing a counter.

use super::Decision;
use crate::{CounterNumber, Happening, Queue, Refusal};

impl Queue {
    pub(super) fn sign_in(&self, number: CounterNumber, clerk: &str) -> Decision {
        if !self.settings.counters.contains_key(&number) {
            return Err(Refusal::UnknownCounter);
        }
        match (self.day.counter(number), self.day.seat_of(clerk)) {
            (Some(counter), _) if counter.clerk == clerk => Ok(Vec::new()),
            (Some(counter), _) => Err(Refusal::CounterTaken(counter.clerk.clone())),
            (None, Some(elsewhere)) => Err(Refusal::ClerkElsewhere(elsewhere)),
            (None, None) => Ok(vec![Happening::SignedIn {
                counter: number,
                clerk: clerk.to_owned(),
            }]),
        }
    }

    pub(super) fn sign_out(&self, counter: CounterNumber) -> Decision {
        self.free(counter)?;
        Ok(vec![Happening::SignedOut { counter }])
    }

    pub(super) fn pause(&self, counter: CounterNumber, reason: &str) -> Decision {
        match &self.open(counter)?.paused {
            Some(known) if known == reason => Ok(Vec::new()),
            _ => Ok(vec![Happening::Paused {
                counter,
                reason: reason.to_owned(),
            }]),
        }
    }

    pub(super) fn resume(&self, counter: CounterNumber) -> Decision {
        match self.open(counter)?.paused {
            Some(_) => Ok(vec![Happening::Resumed { counter }]),
            None => Err(Refusal::CounterNotPaused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;
    use crate::invariants::sample::{Hall, ONE, TWO};

    fn sign_in(number: u16, clerk: &str) -> Command {
        Command::SignIn {
            counter: CounterNumber(number),
            clerk: clerk.to_owned(),
        }
    }

    #[test]
    fn a_counter_has_one_clerk_and_a_clerk_one_counter() {
        let mut hall = Hall::open();
        hall.act(&sign_in(1, "王芳"));
        hall.act(&sign_in(1, "王芳"));
        let taken = Refusal::CounterTaken("王芳".to_owned());
        assert_eq!(hall.refusal(&sign_in(1, "李强")), Some(taken));
        assert_eq!(
            hall.refusal(&sign_in(2, "王芳")),
            Some(Refusal::ClerkElsewhere(ONE))
        );
        assert_eq!(
            hall.refusal(&sign_in(9, "李强")),
            Some(Refusal::UnknownCounter)
        );
        hall.act(&Command::SignOut(ONE));
        hall.act(&sign_in(2, "王芳"));
    }

    #[test]
    fn nobody_leaves_with_a_customer_in_hand() {
        let mut hall = Hall::open();
        hall.act(&sign_in(1, "王芳"));
        hall.take("A", "ordinary");
        hall.serve(ONE);
        let refusal = hall.refusal(&Command::SignOut(ONE));
        assert!(matches!(refusal, Some(Refusal::StillInHand(_))));
        assert_eq!(
            hall.refusal(&Command::SignOut(TWO)),
            Some(Refusal::CounterClosed)
        );
    }

    #[test]
    fn a_pause_has_a_reason_and_an_end() {
        let mut hall = Hall::open();
        hall.act(&sign_in(1, "王芳"));
        assert_eq!(
            hall.refusal(&Command::Resume(ONE)),
            Some(Refusal::CounterNotPaused)
        );
        for reason in ["午餐", "午餐", "培训"] {
            let (counter, reason) = (ONE, reason.to_owned());
            hall.act(&Command::Pause { counter, reason });
        }
        let paused = |event: &&crate::Event| matches!(event.what, Happening::Paused { .. });
        assert_eq!(hall.journal.iter().filter(paused).count(), 2, "each once");
        let paused = &hall.queue.day().counter(ONE).unwrap().paused;
        assert_eq!(paused.as_deref(), Some("培训"));
        hall.act(&Command::Resume(ONE));
        assert_eq!(hall.queue.day().counter(ONE).unwrap().paused, None);
    }
}
