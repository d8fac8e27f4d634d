//! The pre-printed paper roll, which stands in when no printer works: the hall does not see who tears
//! a number off, so each one comes about when it is called.

use super::Decision;
use crate::{
    Channel, CounterNumber, Event, Happening, Issued, Now, Number, Queue, Refusal, RollRule,
    ServiceCode,
};

impl Queue {
    /// The roll stands in from this number on. Another one may be put in at any time; numbers that
    /// were called today are not called again, for two customers would hold the same.
    pub(super) fn begin_roll(&self, first: u32) -> Decision {
        let rule = self.settings.roll.as_ref().ok_or(Refusal::NoRoll)?;
        let series = self.settings.series.get(&rule.series);
        let series = series.ok_or(Refusal::NoRoll)?;
        let used_up_to = self.day.last_numbers.get(&rule.series).copied();
        let from = used_up_to.map_or(series.first, |last| last + 1);
        if !(from..=series.last).contains(&first) {
            return Err(Refusal::NotOnRoll {
                first: from,
                last: series.last,
            });
        }
        let news = self.day.roll != Some(first);
        Ok(Vec::from_iter(
            news.then_some(Happening::RollBegun { next: first }),
        ))
    }

    pub(super) fn end_roll(&self) -> Decision {
        match self.day.roll {
            Some(_) => Ok(vec![Happening::RollEnded]),
            None => Err(Refusal::RollNotInUse),
        }
    }

    /// While the roll stands, whoever comes holds a number of it, and would wait behind everybody
    /// who still gets another one.
    pub(super) fn roll_is_not_in_use(&self) -> Result<(), Refusal> {
        match self.day.roll {
            Some(_) => Err(Refusal::RollInUse),
            None => Ok(()),
        }
    }

    /// The next number of the roll is issued and called in one breath.
    ///
    /// # Errors
    /// [`Refusal::NobodyWaits`] if no roll stands in, or the counter serves nobody of it;
    /// [`Refusal::NumbersUsedUp`] at its end.
    pub(super) fn call_from_roll(
        &self,
        now: Now,
        counter: CounterNumber,
        mut before: Vec<Happening>,
    ) -> Decision {
        let issued = Happening::Issued(Box::new(self.next_on_roll(now, counter)?));
        let mut then = self.clone();
        then.evolve(&Event {
            at: now.at,
            what: issued.clone(),
        });
        let pick = then.next_for(counter, now.at).ok_or(Refusal::NobodyWaits)?;
        before.push(issued);
        Ok(self.and_call(now, counter, before, pick))
    }

    fn next_on_roll(&self, now: Now, counter: CounterNumber) -> Result<Issued, Refusal> {
        let next = self.day.roll.ok_or(Refusal::NobodyWaits)?;
        let rule = self.settings.roll.as_ref().ok_or(Refusal::NobodyWaits)?;
        let service = self.first_service_for_roll(counter, rule)?;
        let last = self.settings.series.get(&rule.series).map(|one| one.last);
        if last.is_none_or(|last| next > last) {
            return Err(Refusal::NumbersUsedUp);
        }
        Ok(Issued {
            ticket: self.day.next_ticket(self.date(now))?,
            number: Number {
                series: rule.series.clone(),
                value: next,
            },
            errands: vec![service.clone()],
            in_order: false,
            class: rule.class.clone(),
            channel: Channel::Roll,
            holder: None,
            appointment: None,
            waits_from_ms: now.at.steady_ms,
            minute: now.minute(),
        })
    }

    /// Nobody knows what the holder of a torn-off number wants until he stands there: until then it
    /// is the first service that the counter takes and its clerk knows.
    fn first_service_for_roll(
        &self,
        counter: CounterNumber,
        rule: &RollRule,
    ) -> Result<&ServiceCode, Refusal> {
        let clerk = &self.open(counter)?.clerk;
        let plan = self.settings.counters.get(&counter);
        let plan = plan.filter(|plan| plan.reserved.allows(&rule.class));
        let mut services = plan.into_iter().flat_map(|plan| plan.services());
        services
            .find(|service| self.settings.knows(clerk, service))
            .ok_or(Refusal::NobodyWaits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, ONE, THREE, TWO, class, settings, take};
    use crate::{ClassCode, Command, Paper, Reserved, Series, SeriesCode, Settings, State, Why};

    fn with_roll() -> Settings {
        let mut settings = settings();
        let series = SeriesCode::new("R");
        let numbers = Series {
            first: 1,
            last: 20,
            then: None,
        };
        settings.series.insert(series.clone(), numbers);
        settings.roll = Some(RollRule {
            series,
            class: ClassCode::new("ordinary"),
        });
        settings
    }

    fn in_hand(hall: &Hall, counter: CounterNumber) -> String {
        let ticket = hall.queue.day().in_hand(counter);
        ticket.map_or_else(String::new, |ticket| ticket.number.to_string())
    }

    #[test]
    fn next_calls_the_next_number_of_the_roll_once_nobody_else_waits() {
        let mut hall = Hall::staffed(with_roll());
        hall.take("A", "ordinary");
        hall.act(&Command::BeginRoll { first: 7 });
        assert_eq!(hall.queue.day().roll(), Some(7));
        hall.call(ONE);
        assert_eq!(in_hand(&hall, ONE), "A001", "who came before goes first");
        hall.call(TWO);
        assert_eq!(in_hand(&hall, TWO), "R007");
        hall.finish(ONE);
        hall.act(&Command::AwaitNext(ONE));
        assert_eq!(in_hand(&hall, ONE), "R008");
        let ticket = hall.queue.day().in_hand(TWO).expect("R007");
        assert_eq!(
            (ticket.state, ticket.paper),
            (State::Called, Paper::Printed)
        );
        let reason = ticket.call.as_ref().and_then(|call| call.reason.clone());
        assert_eq!(reason.map(|reason| reason.why), Some(Why::Alone));
        hall.finish(TWO);
        assert_eq!(hall.queue.day().finished_at(TWO), 1, "the figures count");
    }

    #[test]
    fn nobody_gets_another_number_while_the_roll_stands_in() {
        let mut hall = Hall::staffed(with_roll());
        assert_eq!(hall.refusal(&Command::EndRoll), Some(Refusal::RollNotInUse));
        hall.act(&Command::BeginRoll { first: 1 });
        let newcomer = take(&["A"], "ordinary");
        assert_eq!(hall.refusal(&newcomer), Some(Refusal::RollInUse));
        hall.act(&Command::EndRoll);
        assert_eq!(hall.refusal(&newcomer), None);
        assert_eq!(
            hall.refusal(&Command::CallNext(ONE)),
            Some(Refusal::NobodyWaits)
        );
    }

    #[test]
    fn no_number_of_a_roll_is_called_twice_on_a_day() {
        let mut hall = Hall::staffed(with_roll());
        hall.act(&Command::BeginRoll { first: 19 });
        hall.serve(ONE);
        let begin = |first| Command::BeginRoll { first };
        let not_on_roll = Some(Refusal::NotOnRoll {
            first: 20,
            last: 20,
        });
        assert_eq!(hall.refusal(&begin(19)), not_on_roll);
        assert_eq!(hall.refusal(&begin(21)), not_on_roll);
        hall.act(&begin(20));
        hall.serve(ONE);
        assert_eq!(
            hall.refusal(&Command::CallNext(ONE)),
            Some(Refusal::NumbersUsedUp)
        );
    }

    #[test]
    fn who_has_not_come_to_the_roll_yet_is_sent_back_and_called_next_again() {
        let mut hall = Hall::staffed(with_roll());
        hall.act(&Command::BeginRoll { first: 1 });
        hall.call(ONE);
        hall.act(&Command::PutBack(ONE, crate::PutBack::First));
        hall.call(ONE);
        assert_eq!(in_hand(&hall, ONE), "R001");
    }

    #[test]
    fn a_counter_for_others_and_a_hall_without_a_roll_call_nobody_from_it() {
        let mut hall = Hall::staffed(with_roll());
        hall.act(&Command::BeginRoll { first: 1 });
        let plan = hall.queue.settings.counters.get_mut(&THREE);
        plan.expect("counter 3").reserved = Reserved::Only([class("elderly")].into());
        assert_eq!(
            hall.refusal(&Command::CallNext(THREE)),
            Some(Refusal::NobodyWaits)
        );
        let hall = Hall::staffed(settings());
        let begin = Command::BeginRoll { first: 1 };
        assert_eq!(hall.refusal(&begin), Some(Refusal::NoRoll));
    }
}
