//! What happens by itself: the turn of the day, times that run out, a counter that takes whoever
//! comes, alarms.

use super::stamp;
use crate::line::Line;
use crate::timer::Timer;
use crate::{
    Alarm, AlarmLevels, CounterNumber, Date, Desk, Event, Happening, Now, Place, Queue, Requeue,
    ServiceCode, TicketId,
};

/// An alarm that stands is cleared when what it is of has fallen to this part of its level, in
/// percent, so that it does not come and go with every ticket.
const CLEARED_AT_PERCENT: u64 = 90;

/// A year, as dates are written: the longest that a hall was shut while its clock stood.
const MOST_AHEAD: u32 = 1_00_00;

impl Queue {
    /// The next thing that happens by itself, if anything does now. To be asked again after its
    /// events were taken in, until there are none: each answer changes what is due.
    ///
    /// A day turns once: when the calendar goes back, the open day stays open. A calendar that is
    /// years ahead is a clock that was set wrong until the steady one has seen the day out: nobody who
    /// waits is sent away for it.
    #[must_use]
    pub fn decide_due(&self, now: Now) -> Vec<Event> {
        let happenings = self.turn_day(now);
        let happenings = happenings
            .or_else(|| self.time_out(now))
            .or_else(|| self.take_whoever_came(now))
            .or_else(|| self.alarm(now));
        stamp(now, happenings.unwrap_or_default())
    }

    /// When [`Queue::decide_due`] has something to do next, by the steady clock, in milliseconds.
    /// `None` before the first day.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        let turn = self.day.turns_at_steady_ms;
        let timer = self.day.index.timers.first().map(|(due_ms, _)| *due_ms);
        let alarm = self.alarm_levels().filter_map(|(service, levels)| {
            let standing = Alarm::LongestWait(service.cloned());
            let level_ms = levels.longest_wait_ms?;
            let raised = self.day.alarms.contains_key(&standing);
            let since_ms = self.longest_waits_from(service)?;
            (!raised).then_some(since_ms.saturating_add(level_ms.max(1)))
        });
        turn.into_iter().chain(timer).chain(alarm).min()
    }

    fn turn_day(&self, now: Now) -> Option<Vec<Happening>> {
        let opened = Happening::DayOpened {
            day: now.today,
            turns_at_steady_ms: now.tomorrow_steady_ms,
        };
        match self.day.date {
            None => Some(vec![opened]),
            Some(day) if now.today > day && self.may_be(now) => {
                let mut happenings = self.close_day();
                happenings.extend([Happening::DayClosed { day }, opened]);
                Some(happenings)
            }
            Some(_) => None,
        }
    }

    /// Whether the calendar can be right.
    fn may_be(&self, now: Now) -> bool {
        let day = self.day.date.map_or(0, Date::yyyymmdd);
        let ahead = now.today.yyyymmdd().saturating_sub(day);
        let over = self.day.turns_at_steady_ms <= Some(now.at.steady_ms);
        ahead < MOST_AHEAD || over
    }

    /// What is left over expires, and whoever still sits at a counter is signed out.
    fn close_day(&self) -> Vec<Happening> {
        let left = self
            .day
            .tickets
            .iter()
            .filter(|ticket| ticket.state.is_open());
        let expired = left.map(|ticket| Happening::Expired { ticket: ticket.id });
        let signed_out = self
            .day
            .counters
            .keys()
            .map(|counter| Happening::SignedOut { counter: *counter });
        expired.chain(signed_out).collect()
    }

    fn time_out(&self, now: Now) -> Option<Vec<Happening>> {
        let (due_ms, timer) = *self.day.index.timers.first()?;
        if due_ms > now.at.steady_ms {
            return None;
        }
        let happening = match timer {
            Timer::WaitNear(ticket) => Happening::WaitNear { ticket },
            Timer::WaitOver(ticket) => Happening::WaitOver { ticket },
            Timer::HandlingNear(ticket) => Happening::HandlingNear { ticket },
            Timer::HandlingOver(ticket) => Happening::HandlingOver { ticket },
            Timer::NoShow(ticket) => self.give_up(ticket)?,
            Timer::HoldOver(ticket) => self.hold_over(now, ticket)?,
        };
        Some(vec![happening])
    }

    fn give_up(&self, id: TicketId) -> Option<Happening> {
        let counter = self.day.ticket(id)?.call.as_ref()?.counter;
        Some(Happening::NoShow {
            ticket: id,
            counter,
        })
    }

    fn hold_over(&self, now: Now, id: TicketId) -> Option<Happening> {
        let ticket = self.day.ticket(id)?;
        Some(Happening::Requeued {
            ticket: id,
            why: Requeue::HoldOver,
            place: Place::ByScore,
            waits_from_ms: ticket.keeps_time_from_ms(now.at),
        })
    }

    /// Of the counters that take whoever comes, the one that has waited longest calls first.
    fn take_whoever_came(&self, now: Now) -> Option<Vec<Happening>> {
        if self.day.waiting() == 0 {
            return None;
        }
        let counters = self.day.counters.iter();
        let mut awaiting: Vec<(u64, CounterNumber)> = counters
            .filter_map(|(number, counter)| Some((counter.awaiting?.steady_ms, *number)))
            .collect();
        awaiting.sort_unstable();
        awaiting.into_iter().find_map(|(_, counter)| {
            let pick = self.next_for(counter, now.at)?;
            Some(self.and_call(now, counter, Vec::new(), pick))
        })
    }

    fn alarm(&self, now: Now) -> Option<Vec<Happening>> {
        self.alarm_levels().find_map(|(service, levels)| {
            let people = || match service {
                Some(service) => u64::from(self.day.waiting_for(service)),
                None => u64::from(self.day.waiting()),
            };
            let longest_ms = || {
                self.longest_waits_from(service)
                    .map_or(0, |since_ms| now.at.steady_ms.saturating_sub(since_ms))
            };
            let of_people = || {
                let alarm = Alarm::People(service.cloned());
                self.compare(alarm, levels.people.map(u64::from), people)
            };
            let of_wait = || {
                let alarm = Alarm::LongestWait(service.cloned());
                self.compare(alarm, levels.longest_wait_ms, longest_ms)
            };
            of_people()
                .or_else(of_wait)
                .map(|happening| vec![happening])
        })
    }

    /// Raises an alarm whose level is reached, and clears one that is well below.
    fn compare(
        &self,
        alarm: Alarm,
        level: Option<u64>,
        measure: impl FnOnce() -> u64,
    ) -> Option<Happening> {
        let raised = self.day.alarms.contains_key(&alarm);
        match (level, raised) {
            (None, false) => None,
            (None, true) => Some(Happening::AlarmCleared { alarm }),
            (Some(level), false) => {
                (measure() >= level.max(1)).then_some(Happening::AlarmRaised { alarm, level })
            }
            (Some(level), true) => (measure() * 100 < level.max(1) * CLEARED_AT_PERCENT)
                .then_some(Happening::AlarmCleared { alarm }),
        }
    }

    /// The levels of the hall and of its services.
    fn alarm_levels(&self) -> impl Iterator<Item = (Option<&ServiceCode>, AlarmLevels)> {
        let services = self.settings.services.iter();
        let of_services = services.map(|(code, service)| (Some(code), service.alarms));
        std::iter::once((None, self.settings.alarms)).chain(of_services)
    }

    /// From when on whoever has waited longest waits, in the hall or for a service.
    fn longest_waits_from(&self, service: Option<&ServiceCode>) -> Option<u64> {
        let lines = self.day.index.lines.iter();
        let of_service = |desk: &Desk| match (service, desk) {
            (Some(service), Desk::Service(of_line)) => service == of_line,
            (Some(_), Desk::Counter(_) | Desk::Clerk(_)) => false,
            (None, _) => true,
        };
        let lines = lines.filter(|(desk, _)| of_service(desk));
        lines.filter_map(|(_, line)| self.longest_in(line)).min()
    }

    fn longest_in(&self, line: &Line) -> Option<u64> {
        let heads = line.by_score.values().filter_map(|spots| spots.first());
        let by_score = heads.map(|(waits_from_ms, _)| *waits_from_ms);
        let others = line.out_of_turn().filter_map(|id| self.day.ticket(id));
        by_score
            .chain(others.map(|ticket| ticket.waits_from_ms))
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, MINUTE_MS, ONE, TWO, service, settings};
    use crate::{Command, HandlingLimit, PutBack, Settings, State};

    #[test]
    fn a_wait_is_near_its_target_at_the_part_that_is_set_and_over_at_the_target() {
        let mut hall = Hall::staffed(settings());
        let ticket = hall.take("A", "ordinary");
        let told = |hall: &Hall| {
            (
                hall.ticket(ticket).wait_told.near,
                hall.ticket(ticket).wait_told.over,
            )
        };
        hall.wait(16 * MINUTE_MS - 1);
        assert_eq!(told(&hall), (false, false));
        hall.wait(1);
        assert_eq!(told(&hall), (true, false));
        hall.wait(4 * MINUTE_MS - 1);
        assert_eq!(
            (told(&hall), hall.queue.next_deadline()),
            ((true, false), Some(1_201_000))
        );
        hall.wait(1);
        assert_eq!(told(&hall), (true, true));
    }

    #[test]
    fn handling_is_warned_of_before_its_limit_and_is_over_at_it() {
        let mut settings = settings();
        settings
            .services
            .get_mut(&service("A"))
            .unwrap()
            .handling_limit = Some(HandlingLimit {
            limit_ms: 10 * MINUTE_MS,
            warning_ms: 2 * MINUTE_MS,
        });
        let mut hall = Hall::staffed(settings);
        let ticket = hall.take("A", "ordinary");
        hall.call(ONE);
        hall.wait(30 * MINUTE_MS);
        hall.act(&Command::Arrive(ONE));
        hall.wait(8 * MINUTE_MS);
        assert_eq!(hall.last(), &Happening::HandlingNear { ticket });
        hall.wait(2 * MINUTE_MS - 1);
        assert_eq!(hall.last(), &Happening::HandlingNear { ticket });
        hall.wait(1);
        assert_eq!(hall.last(), &Happening::HandlingOver { ticket });
    }

    fn alarmed(hall: &Hall) -> Vec<Alarm> {
        hall.queue
            .day()
            .alarms()
            .map(|(alarm, _)| alarm.clone())
            .collect()
    }

    #[test]
    fn an_alarm_stands_from_its_level_until_well_below_it() {
        let mut settings = settings();
        settings.alarms.people = Some(10);
        settings
            .services
            .get_mut(&service("A"))
            .unwrap()
            .alarms
            .people = Some(20);
        let mut hall = Hall::staffed(settings);
        let tickets: Vec<_> = (0..10).map(|_| hall.take("A", "ordinary")).collect();
        let of_hall = Alarm::People(None);
        assert_eq!(
            hall.last(),
            &Happening::AlarmRaised {
                alarm: of_hall.clone(),
                level: 10
            }
        );
        hall.serve(ONE);
        assert_eq!(alarmed(&hall), [of_hall], "nine of ten wait");
        hall.serve(ONE);
        assert_eq!(alarmed(&hall), [], "eight of ten wait");
        assert_eq!(hall.state(tickets[1]), State::Serving);
    }

    #[test]
    fn somebody_who_waits_long_raises_an_alarm_then_also_out_of_turn() {
        let mut settings = settings();
        settings.alarms.longest_wait_ms = Some(10 * MINUTE_MS);
        let mut hall = Hall::staffed(Settings { ..settings });
        hall.take("A", "ordinary");
        hall.wait(4 * MINUTE_MS);
        hall.serve(ONE);
        hall.act(&Command::PutBack(ONE, PutBack::First));
        hall.wait(6 * MINUTE_MS - 1);
        assert_eq!(alarmed(&hall), []);
        hall.wait(1);
        assert_eq!(alarmed(&hall), [Alarm::LongestWait(None)]);
        hall.serve(ONE);
        assert_eq!(alarmed(&hall), []);
    }

    #[test]
    fn the_end_of_the_day_expires_whoever_is_left_on_the_record_and_closes_the_counters() {
        let mut hall = Hall::staffed(settings());
        let served = hall.take("A", "ordinary");
        let waits = hall.take("A", "ordinary");
        let missed = hall.take("B", "ordinary");
        hall.call(TWO);
        hall.serve(ONE);
        hall.act(&Command::NoShow(TWO));
        assert_eq!(
            (hall.state(served), hall.state(missed)),
            (State::NoShow, State::Waiting)
        );
        let before = hall.journal.len();
        hall.wait(24 * 60 * MINUTE_MS);
        let end: Vec<_> = hall.journal[before..]
            .iter()
            .map(|event| &event.what)
            .collect();
        let expired: Vec<_> = end
            .iter()
            .filter_map(|what| match what {
                Happening::Expired { ticket } => Some(*ticket),
                _ => None,
            })
            .collect();
        assert_eq!(expired, [waits, missed]);
        let last_four = &end[end.len() - 5..];
        assert!(matches!(last_four[0], Happening::SignedOut { .. }));
        assert!(matches!(last_four[3], Happening::DayClosed { .. }));
        assert!(matches!(last_four[4], Happening::DayOpened { .. }));
        assert!(hall.queue.day().tickets().is_empty());
    }

    #[test]
    fn a_service_alarms_for_its_own_who_wait_long() {
        let mut settings = settings();
        let of_b = settings.services.get_mut(&service("B")).unwrap();
        of_b.alarms.longest_wait_ms = Some(10 * MINUTE_MS);
        let mut hall = Hall::staffed(settings);
        hall.take("A", "ordinary");
        hall.wait(11 * MINUTE_MS);
        assert_eq!(alarmed(&hall), [], "it is not one of B who waits");
        hall.take("B", "ordinary");
        hall.wait(10 * MINUTE_MS);
        assert_eq!(alarmed(&hall), [Alarm::LongestWait(Some(service("B")))]);
        let due_ms = hall.queue.next_deadline();
        assert!(
            due_ms > Some(hall.now().at.steady_ms),
            "what was said is not due"
        );
    }

    #[test]
    fn a_hall_in_which_nothing_goes_on_wakes_for_the_turn_of_the_day() {
        let hall = Hall::open();
        let midnight_ms = 24 * 60 * MINUTE_MS;
        assert_eq!(hall.queue.next_deadline(), Some(midnight_ms));
    }

    /// The calendar shows this day at a moment of the first one, or of the next.
    fn turns(to: Date, after_ms: u64) -> bool {
        let hall = Hall::open();
        let mut now = hall.now();
        now.at.steady_ms += after_ms;
        now.today = to;
        !hall.queue.decide_due(now).is_empty()
    }

    #[test]
    fn a_calendar_that_leaps_a_year_is_believed_when_the_day_is_over_by_the_steady_clock() {
        let day_ms = 24 * 60 * MINUTE_MS;
        assert!(
            turns(Date::new(2026, 11, 2), 0),
            "somebody set it to tomorrow"
        );
        assert!(turns(Date::new(2027, 10, 31), 0), "nearly a year");
        assert!(!turns(Date::new(2027, 11, 1), 0));
        assert!(!turns(Date::new(2031, 1, 1), 0));
        assert!(!turns(Date::new(2031, 1, 1), day_ms - 1_001));
        assert!(turns(Date::new(2031, 1, 1), day_ms - 1_000));
        assert!(
            !turns(Date::new(2026, 10, 31), day_ms),
            "it never goes back"
        );
    }
}
