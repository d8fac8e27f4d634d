//! The hall on its open day: who waits where, who is in whose hand.

use std::collections::{BTreeMap, BTreeSet};

use crate::index::Index;
use crate::{
    Alarm, AppointmentCode, CallId, CounterNumber, Date, Desk, Holder, Moment, Number, Refusal,
    SeriesCode, ServiceCode, Settings, State, Ticket, TicketId,
};

/// Everything that the rules remember. Changed by `evolve` alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
    pub(crate) date: Option<Date>,
    pub(crate) turns_at_steady_ms: Option<u64>,
    /// All tickets of the day; a ticket's serial number is its place, counted from 1.
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) index: Index,
    pub(crate) by_number: BTreeMap<Number, TicketId>,
    /// The last number given in each series.
    pub(crate) last_numbers: BTreeMap<SeriesCode, u32>,
    /// How many tickets were issued for a service in a minute of the day.
    pub(crate) issued_in: BTreeMap<(ServiceCode, u16), u32>,
    /// Appointments whose customers have checked in.
    pub(crate) checked_in: BTreeSet<AppointmentCode>,
    pub(crate) counters: BTreeMap<CounterNumber, Counter>,
    /// Each call and its ticket, in order; a call's serial number is its place, counted from 1.
    pub(crate) called: Vec<(CallId, TicketId)>,
    /// How many calls each service has had.
    pub(crate) calls_for: BTreeMap<ServiceCode, u32>,
    /// How many errands each counter finished, under any clerk.
    pub(crate) finished: BTreeMap<CounterNumber, u32>,
    /// A running mean of handling times, in milliseconds, by service.
    pub(crate) handling_ms: BTreeMap<ServiceCode, u64>,
    /// The alarms that stand.
    pub(crate) alarms: BTreeMap<Alarm, Raised>,
    /// The next number of the pre-printed roll, while it stands in.
    pub(crate) roll: Option<u32>,
}

/// A counter of the open day at which somebody has signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Counter {
    /// Who sits there.
    pub clerk: String,
    /// Why it is paused, if it is.
    pub paused: Option<String>,
    /// Since when it calls whoever comes, if it does.
    pub awaiting: Option<Moment>,
}

/// An alarm that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The level that was passed: people, or milliseconds.
    pub level: u64,
    /// When.
    pub at: Moment,
}

impl Day {
    /// The date, once a day was opened.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// Every ticket of the day, in the order of issue.
    #[must_use]
    pub fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }

    /// A ticket by its id, if it is of this day.
    #[must_use]
    pub fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.get(self.place_of(id)?)
    }

    /// A ticket by its number.
    #[must_use]
    pub fn numbered(&self, number: &Number) -> Option<&Ticket> {
        self.by_number.get(number).and_then(|id| self.ticket(*id))
    }

    /// A counter at which somebody has signed in.
    #[must_use]
    pub fn counter(&self, number: CounterNumber) -> Option<&Counter> {
        self.counters.get(&number)
    }

    /// The counter at which a clerk has signed in.
    #[must_use]
    pub fn seat_of(&self, clerk: &str) -> Option<CounterNumber> {
        let sits = |(_, counter): &(&CounterNumber, &Counter)| counter.clerk == clerk;
        self.counters.iter().find(sits).map(|(number, _)| *number)
    }

    /// The ticket that a counter has in hand.
    #[must_use]
    pub fn in_hand(&self, number: CounterNumber) -> Option<&Ticket> {
        self.index
            .hands
            .get(&number)
            .and_then(|id| self.ticket(*id))
    }

    /// The tickets that a counter has put aside.
    pub fn held_at(&self, number: CounterNumber) -> impl Iterator<Item = &Ticket> {
        self.of_counter(&self.index.held, number)
    }

    /// The tickets whose customers missed a counter's call and are not back.
    pub fn missed_at(&self, number: CounterNumber) -> impl Iterator<Item = &Ticket> {
        self.of_counter(&self.index.missed, number)
    }

    /// How many errands a counter finished today, under any clerk.
    #[must_use]
    pub fn finished_at(&self, number: CounterNumber) -> u32 {
        self.finished.get(&number).copied().unwrap_or(0)
    }

    /// The next number of the pre-printed roll, while it stands in for the printers.
    #[must_use]
    pub fn roll(&self) -> Option<u32> {
        self.roll
    }

    /// How many wait in all.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        self.index.waiting
    }

    /// How many wait for a service, without those who were handed over to one counter or clerk.
    #[must_use]
    pub fn waiting_for(&self, service: &ServiceCode) -> u32 {
        let line = self.index.lines.get(&Desk::Service(service.clone()));
        line.map_or(0, |line| line.len() as u32)
    }

    /// The last calls, the newest first. Of a ticket that was called several times, the last one.
    pub fn last_calls(&self) -> impl Iterator<Item = &Ticket> {
        let calls = self.called.iter().rev();
        calls.filter_map(|(call, ticket)| {
            let ticket = self.ticket(*ticket)?;
            let last = ticket.call.as_ref().filter(|last| last.id == *call)?;
            last.reason.is_some().then_some(ticket)
        })
    }

    /// How many calls a service has had.
    #[must_use]
    pub fn calls_for(&self, service: &ServiceCode) -> u32 {
        self.calls_for.get(service).copied().unwrap_or(0)
    }

    /// Open tickets whose slip is known to be on no paper.
    pub fn on_no_paper(&self) -> impl Iterator<Item = &Ticket> {
        self.index
            .on_no_paper
            .iter()
            .filter_map(|id| self.ticket(*id))
    }

    /// The open tickets of a telephone number.
    pub fn tickets_of(&self, holder: Holder) -> impl Iterator<Item = &Ticket> {
        let of_holder = (holder, TicketId(0))..=(holder, TicketId(u64::MAX));
        let ids = self.index.holders.range(of_holder).map(|(_, id)| *id);
        ids.filter_map(|id| self.ticket(id))
    }

    /// The alarms that stand.
    pub fn alarms(&self) -> impl Iterator<Item = (&Alarm, &Raised)> {
        self.alarms.iter()
    }

    /// How many tickets were issued for a service between two minutes of the day; the second is
    /// outside.
    #[must_use]
    pub fn issued_between(&self, service: &ServiceCode, from: u16, to: u16) -> u32 {
        if from >= to {
            return 0;
        }
        let minutes = (service.clone(), from)..(service.clone(), to);
        self.issued_in.range(minutes).map(|(_, count)| count).sum()
    }

    /// How many tickets are in a state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.tickets
            .iter()
            .filter(|ticket| ticket.state == state)
            .count()
    }

    /// # Errors
    /// If the day's serial numbers do not reach for one ticket more.
    pub(crate) fn next_ticket(&self, date: Date) -> Result<TicketId, Refusal> {
        TicketId::after(date, self.tickets.len()).ok_or(Refusal::NumbersUsedUp)
    }

    pub(crate) fn next_call(&self, date: Date) -> CallId {
        CallId::of_day(date, self.called.len() as u32 + 1)
    }

    /// Takes in a new ticket.
    pub(crate) fn join(&mut self, settings: &Settings, ticket: Ticket) {
        let number = ticket.number.clone();
        self.last_numbers
            .insert(number.series.clone(), number.value);
        self.by_number.insert(number, ticket.id);
        self.index.enter(settings, &ticket);
        self.tickets.push(ticket);
    }

    /// Changes a ticket and whatever is looked up by it.
    pub(crate) fn change(
        &mut self,
        settings: &Settings,
        id: TicketId,
        change: impl FnOnce(&mut Ticket),
    ) {
        let Some(place) = self.place_of(id) else {
            return;
        };
        let ticket = &mut self.tickets[place];
        self.index.leave(settings, ticket);
        change(ticket);
        self.index.enter(settings, ticket);
    }

    /// Whether nobody sits there any more.
    pub(crate) fn is_away(&self, desk: &Desk) -> bool {
        match desk {
            Desk::Service(_) => false,
            Desk::Counter(number) => self.counter(*number).is_none(),
            Desk::Clerk(clerk) => self.seat_of(clerk).is_none(),
        }
    }

    fn place_of(&self, id: TicketId) -> Option<usize> {
        let place = (id.serial() as usize).checked_sub(1)?;
        let known = self.tickets.get(place);
        if known.is_some_and(|known| known.id == id) {
            return Some(place);
        }
        // On a day of which an entry is lost those behind it have moved up.
        let places = self.tickets.binary_search_by_key(&id, |ticket| ticket.id);
        places.ok()
    }

    fn of_counter(
        &self,
        set: &BTreeSet<(CounterNumber, TicketId)>,
        number: CounterNumber,
    ) -> impl Iterator<Item = &Ticket> {
        let of_counter = (number, TicketId(0))..=(number, TicketId(u64::MAX));
        let ids: Vec<TicketId> = set.range(of_counter).map(|(_, id)| *id).collect();
        ids.into_iter().filter_map(|id| self.ticket(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, MINUTE_MS, ONE, THREE, TWO, service, settings};
    use crate::{Command, MissedRule, PutBack, Queue};

    /// A ticket that was called twice stands where its last call stands, and who was served without a
    /// ticket stands nowhere.
    #[test]
    fn the_last_calls_are_told_from_the_newest_back() {
        let mut hall = Hall::staffed(settings());
        let again = hall.take("A", "ordinary");
        let other = hall.take("A", "ordinary");
        hall.wait(MINUTE_MS);
        hall.serve(ONE);
        hall.act(&Command::PutBack(ONE, PutBack::Last));
        hall.call(TWO);
        hall.wait(MINUTE_MS);
        assert_eq!(hall.call(ONE), again);
        hall.act(&Command::ServeWithout {
            counter: THREE,
            service: service("B"),
            class: crate::invariants::sample::class("ordinary"),
        });
        let calls = hall.queue.day().last_calls();
        let calls: Vec<_> = calls
            .map(|ticket| (ticket.id, ticket.call.as_ref().map(|call| call.id.serial())))
            .collect();
        assert_eq!(calls, [(again, Some(3)), (other, Some(2))]);
    }

    /// Whoever reads a day that is over, of which a restore could not bring everything back.
    #[test]
    fn a_day_of_which_an_entry_is_lost_says_of_others_what_it_says_else() {
        let mut hall = Hall::staffed(settings());
        let ids: Vec<TicketId> = (0..4).map(|_| hall.take("A", "ordinary")).collect();
        for _ in 0..3 {
            hall.wait(MINUTE_MS);
            hall.serve(ONE);
        }
        let whole = hall.queue.day();
        for lost in 0..hall.journal.len() {
            let mut queue = Queue::new(settings());
            let rest = hall.journal.iter().enumerate();
            let rest = rest.filter(|(place, _)| *place != lost);
            rest.for_each(|(_, event)| queue.evolve(event));
            let (day, of_first) = (queue.day(), format!("{:?}", hall.journal[lost].what));
            for id in &ids {
                if !of_first.contains(&format!("{id:?}")) && !of_first.contains("Signed") {
                    assert_eq!(day.ticket(*id), whole.ticket(*id), "without {of_first}");
                }
            }
            let calls = |day: &Day| day.last_calls().map(|ticket| ticket.id).collect::<Vec<_>>();
            let mut expected = calls(whole);
            if of_first.starts_with("Called") || of_first.starts_with("Issued") {
                expected.retain(|id| !of_first.contains(&format!("{id:?}")));
            }
            assert_eq!(calls(day), expected, "without {of_first}");
        }
    }

    #[test]
    fn what_is_asked_about_a_day_is_what_was_done_on_it() {
        let mut hall = Hall::staffed(settings());
        let day = |hall: &Hall| hall.queue.day().clone();
        assert_eq!(day(&hall).date(), Some(Date::new(2026, 11, 1)));
        assert_eq!((day(&hall).finished_at(ONE), day(&hall).roll()), (0, None));
        let first = hall.take("A", "ordinary");
        hall.take("A", "ordinary");
        for _ in 0..2 {
            hall.serve(ONE);
            hall.finish(ONE);
        }
        hall.take("A", "ordinary");
        assert_eq!(day(&hall).finished_at(ONE), 2);
        let states = [State::Finished, State::Waiting, State::Expired];
        assert_eq!(states.map(|state| day(&hall).count(state)), [2, 1, 0]);
        let number = hall.ticket(first).number.clone();
        let numbered = |value| {
            let number = Number {
                value,
                ..number.clone()
            };
            day(&hall).numbered(&number).map(|ticket| ticket.id)
        };
        assert_eq!((numbered(1), numbered(9)), (Some(first), None));
        assert_eq!(hall.queue.settings(), &settings());
    }

    /// One was put first, one is back after a missed call, and two wait by their score.
    #[test]
    fn everybody_in_a_line_is_counted_however_he_stands_in_it() {
        let mut hall = Hall::staffed(Settings {
            missed: Some(MissedRule {
                within_ms: None,
                within_calls: None,
                back_after_calls: 9,
                most: 9,
            }),
            ..settings()
        });
        let missed = hall.take("A", "ordinary");
        hall.call(ONE);
        hall.act(&Command::NoShow(ONE));
        hall.act(&Command::Return(missed));
        hall.take("A", "ordinary");
        hall.serve(ONE);
        hall.act(&Command::PutBack(ONE, PutBack::First));
        hall.take("A", "ordinary");
        hall.take("A", "elderly");
        assert_eq!(hall.queue.day().waiting_for(&service("A")), 4);
        assert_eq!(hall.queue.day().waiting_for(&service("B")), 0);
    }
}
