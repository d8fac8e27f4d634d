//! How a ticket comes about: by taking, by booking and checking in.

use std::collections::BTreeSet;

use super::Decision;
use crate::{
    AppointmentCode, Channel, ClassCode, Date, Doors, Happening, Holder, Issued, Now, Number,
    Queue, Refusal, SeriesCode, ServiceCode, Slot,
};

impl Queue {
    pub(super) fn take(
        &self,
        now: Now,
        errands: &[ServiceCode],
        class: &ClassCode,
        (channel, holder): (Channel, Option<Holder>),
    ) -> Decision {
        let different: BTreeSet<&ServiceCode> = errands.iter().collect();
        if errands.is_empty() || different.len() < errands.len() {
            return Err(Refusal::BadErrands);
        }
        self.roll_is_not_in_use()?;
        for service in errands {
            self.known_business(service, class)?;
            self.doors_are_open(service, self.date(now), now.time_of_day_ms)?;
            self.quota_is_left(now, service)?;
        }
        self.phone_has_no_ticket(holder)?;
        let issued = Issued {
            errands: errands.to_vec(),
            channel,
            holder,
            ..self.blank(now, &errands[0], class)?
        };
        Ok(vec![Happening::Issued(Box::new(issued))])
    }

    pub(super) fn book(
        &self,
        now: Now,
        appointment: &AppointmentCode,
        (service, class): (&ServiceCode, &ClassCode),
        slot: Slot,
    ) -> Decision {
        self.known_business(service, class)?;
        if slot.wall_ms < now.at.wall_ms {
            return Err(Refusal::TooLate);
        }
        self.doors_are_open(service, slot.date, slot.time_of_day_ms)?;
        Ok(vec![Happening::Booked {
            appointment: appointment.clone(),
            service: service.clone(),
            class: class.clone(),
            slot_wall_ms: slot.wall_ms,
        }])
    }

    /// The ticket of an appointment waits from the time of its slot.
    pub(super) fn check_in(
        &self,
        now: Now,
        appointment: &AppointmentCode,
        (service, class): (&ServiceCode, &ClassCode),
        (slot_wall_ms, channel): (i64, Channel),
    ) -> Decision {
        self.known_business(service, class)?;
        self.roll_is_not_in_use()?;
        if self.day.checked_in.contains(appointment) {
            return Err(Refusal::AppointmentUsed);
        }
        let rule = self.settings.appointments;
        let from_wall_ms = slot_wall_ms.saturating_sub_unsigned(rule.early_ms);
        if now.at.wall_ms < from_wall_ms {
            return Err(Refusal::TooEarly { from_wall_ms });
        }
        if now.at.wall_ms > slot_wall_ms.saturating_add_unsigned(rule.late_ms) {
            return Err(Refusal::TooLate);
        }
        let issued = Issued {
            channel,
            appointment: Some(appointment.clone()),
            waits_from_ms: now.steady_at(slot_wall_ms),
            ..self.blank(now, service, class)?
        };
        Ok(vec![Happening::Issued(Box::new(issued))])
    }

    fn blank(&self, now: Now, service: &ServiceCode, class: &ClassCode) -> Result<Issued, Refusal> {
        if self.day.waiting() >= self.settings.max_waiting {
            return Err(Refusal::HallFull);
        }
        Ok(Issued {
            ticket: self.day.next_ticket(self.date(now))?,
            number: self.next_number_for(service, class)?,
            errands: vec![service.clone()],
            in_order: self.settings.errands_in_order,
            class: class.clone(),
            channel: Channel::Kiosk,
            holder: None,
            appointment: None,
            waits_from_ms: now.at.steady_ms,
            minute: now.minute(),
        })
    }

    pub(super) fn known_business(
        &self,
        service: &ServiceCode,
        class: &ClassCode,
    ) -> Result<(), Refusal> {
        if !self.settings.services.contains_key(service) {
            return Err(Refusal::UnknownService);
        }
        if !self.settings.classes.contains_key(class) {
            return Err(Refusal::UnknownClass);
        }
        Ok(())
    }

    fn doors_are_open(
        &self,
        service: &ServiceCode,
        date: Date,
        time_of_day_ms: u32,
    ) -> Result<(), Refusal> {
        match self.settings.doors(Some(service), date, time_of_day_ms) {
            Doors::Open { .. } => Ok(()),
            Doors::CutOff { .. } => Err(Refusal::CutOff),
            Doors::Closed { opens_ms } => Err(Refusal::NotOpen { opens_ms }),
        }
    }

    fn quota_is_left(&self, now: Now, service: &ServiceCode) -> Result<(), Refusal> {
        match self.quota_left(service, now.time_of_day_ms) {
            Some(0) => Err(Refusal::QuotaUsedUp),
            _ => Ok(()),
        }
    }

    fn phone_has_no_ticket(&self, holder: Option<Holder>) -> Result<(), Refusal> {
        if !self.settings.one_ticket_per_phone {
            return Ok(());
        }
        let holder = holder.ok_or(Refusal::PhoneNeeded)?;
        match self.day.tickets_of(holder).next() {
            Some(ticket) => Err(Refusal::PhoneHasTicket(ticket.number.clone())),
            None => Ok(()),
        }
    }

    fn next_number_for(&self, service: &ServiceCode, class: &ClassCode) -> Result<Number, Refusal> {
        let of_class = self.settings.classes.get(class);
        let of_class = of_class.and_then(|class| class.series.as_ref());
        let of_service = self.settings.services.get(service);
        let of_service = of_service.map(|service| &service.series);
        let series = of_class.or(of_service).ok_or(Refusal::UnknownService)?;
        self.next_number(series)
    }

    /// The next number of a series, or of the one that goes on when it is used up.
    pub(super) fn next_number(&self, series: &SeriesCode) -> Result<Number, Refusal> {
        let mut series = series;
        // Settings that send a series round in a circle lead to an end all the same.
        for _ in 0..=self.settings.series.len() {
            let known = self.settings.series.get(series);
            let known = known.ok_or(Refusal::NumbersUsedUp)?;
            let last = self.day.last_numbers.get(series);
            let value = last.map_or(known.first, |last| last + 1).max(known.first);
            if value <= known.last {
                let series = series.clone();
                return Ok(Number { series, value });
            }
            series = known.then.as_ref().ok_or(Refusal::NumbersUsedUp)?;
        }
        Err(Refusal::NumbersUsedUp)
    }
}

impl Queue {
    /// How many numbers are left for a service in the part of the day in which this time lies;
    /// `None` without a quota.
    #[must_use]
    pub fn quota_left(&self, service: &ServiceCode, time_of_day_ms: u32) -> Option<u32> {
        let quotas = &self.settings.services.get(service)?.quotas;
        let present = quotas
            .iter()
            .filter(|quota| quota.period.contains(time_of_day_ms));
        let left = present.map(|quota| {
            let minute = |ms: u32| (ms / 60_000).min(u32::from(u16::MAX)) as u16;
            let (from, to) = (minute(quota.period.from_ms), minute(quota.period.to_ms));
            let issued = self.day.issued_between(service, from, to);
            quota.most.saturating_sub(issued)
        });
        left.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::sample::{Hall, MINUTE_MS, ONE, class, service, settings, take};
    use crate::{AppointmentRule, Command, Hours, Period, Quota, Series, Settings};

    const HOUR_MS: u32 = 60 * MINUTE_MS as u32;

    /// From one o'clock to two, by the sample's clock, which begins at midnight.
    const PERIOD: Period = Period {
        from_ms: HOUR_MS,
        to_ms: 2 * HOUR_MS,
    };

    fn numbers(hall: &Hall) -> Vec<String> {
        let tickets = hall.queue.day().tickets().iter();
        tickets.map(|ticket| ticket.number.to_string()).collect()
    }

    #[test]
    fn a_ticket_is_for_something_known_and_for_nothing_twice() {
        let hall = Hall::open();
        for (services, code, refusal) in [
            (&[][..], "ordinary", Refusal::BadErrands),
            (&["A", "A"], "ordinary", Refusal::BadErrands),
            (&["A", "X"], "ordinary", Refusal::UnknownService),
            (&["A"], "unknown", Refusal::UnknownClass),
        ] {
            assert_eq!(hall.refusal(&take(services, code)), Some(refusal));
        }
    }

    #[test]
    fn as_many_wait_as_may_wait() {
        let mut hall = Hall::staffed(Settings {
            max_waiting: 2,
            ..settings()
        });
        hall.take("A", "ordinary");
        hall.take("B", "ordinary");
        let more = take(&["A"], "ordinary");
        assert_eq!(hall.refusal(&more), Some(Refusal::HallFull));
        hall.call(ONE);
        assert_eq!(hall.refusal(&more), None);
    }

    #[test]
    fn no_number_is_given_before_the_doors_open_nor_shortly_before_they_close() {
        let mut hall = Hall::open();
        let hours = Hours {
            weekly: std::array::from_fn(|_| vec![PERIOD]),
            cut_off_ms: 15 * MINUTE_MS as u32,
            ..Hours::default()
        };
        hall.queue
            .settings
            .services
            .get_mut(&service("A"))
            .unwrap()
            .hours = Some(hours);
        let of_a = take(&["B", "A"], "ordinary");
        let opens_ms = Some(HOUR_MS);
        assert_eq!(hall.refusal(&of_a), Some(Refusal::NotOpen { opens_ms }));
        assert_eq!(
            hall.refusal(&take(&["B"], "ordinary")),
            None,
            "hours of another service"
        );
        hall.wait(104 * MINUTE_MS);
        hall.take("A", "ordinary");
        hall.wait(MINUTE_MS);
        assert_eq!(hall.refusal(&of_a), Some(Refusal::CutOff));
        hall.wait(16 * MINUTE_MS);
        assert_eq!(
            hall.refusal(&of_a),
            Some(Refusal::NotOpen { opens_ms: None })
        );
        hall.sit(1, "王芳");
        hall.call(ONE);
    }

    #[test]
    fn a_part_of_the_day_has_so_many_numbers_of_a_service() {
        let mut hall = Hall::open();
        let quota = Quota {
            period: PERIOD,
            most: 2,
        };
        hall.queue
            .settings
            .services
            .get_mut(&service("A"))
            .unwrap()
            .quotas = vec![quota];
        for _ in 0..3 {
            hall.take("A", "ordinary");
        }
        hall.wait(HOUR_MS.into());
        hall.take("A", "ordinary");
        assert_eq!(hall.queue.quota_left(&service("A"), HOUR_MS), Some(1));
        hall.take_all(&["B", "A"], "ordinary");
        let more = take(&["A"], "ordinary");
        assert_eq!(hall.refusal(&more), Some(Refusal::QuotaUsedUp));
        hall.wait(HOUR_MS.into());
        assert_eq!(hall.refusal(&more), None, "another part of the day");
    }

    #[test]
    fn a_telephone_number_has_one_open_ticket_where_the_hall_wants_it() {
        let mut hall = Hall::staffed(settings());
        let of = |holder| Command::Take {
            errands: vec![service("A")],
            class: class("ordinary"),
            channel: Channel::Phone,
            holder,
        };
        hall.act(&of(Some(Holder(1))));
        hall.act(&of(Some(Holder(1))));
        assert_eq!(
            hall.queue.day().tickets_of(Holder(1)).count(),
            2,
            "the hall does not mind"
        );
        hall.queue.settings.one_ticket_per_phone = true;
        assert_eq!(hall.refusal(&of(None)), Some(Refusal::PhoneNeeded));
        hall.act(&of(Some(Holder(2))));
        let refusal = hall.refusal(&of(Some(Holder(2))));
        assert!(matches!(refusal, Some(Refusal::PhoneHasTicket(number)) if number.value == 3));
        for _ in 0..3 {
            hall.serve(ONE);
        }
        hall.finish(ONE);
        hall.act(&of(Some(Holder(2))));
    }

    #[test]
    fn a_series_ends_or_goes_on_in_another_whose_numbers_stay_different() {
        let mut hall = Hall::open();
        for _ in 0..3 {
            hall.take("B", "ordinary");
        }
        let more = take(&["B"], "ordinary");
        assert_eq!(hall.refusal(&more), Some(Refusal::NumbersUsedUp));
        let (a, b) = (SeriesCode::new("A"), SeriesCode::new("B"));
        hall.queue.settings.series.get_mut(&b).unwrap().then = Some(a.clone());
        hall.take("A", "ordinary");
        hall.take("B", "ordinary");
        hall.take("A", "ordinary");
        assert_eq!(numbers(&hall)[2..], ["B003", "A001", "A002", "A003"]);
        let round = Series {
            first: 1,
            last: 3,
            then: Some(b),
        };
        hall.queue.settings.series.insert(a, round);
        assert_eq!(
            hall.refusal(&more),
            Some(Refusal::NumbersUsedUp),
            "round in a circle"
        );
    }

    #[test]
    fn a_class_may_have_numbers_of_its_own() {
        let mut hall = Hall::open();
        let elderly = hall
            .queue
            .settings
            .classes
            .get_mut(&class("elderly"))
            .unwrap();
        elderly.series = Some(SeriesCode::new("W"));
        hall.take("A", "elderly");
        hall.take("A", "ordinary");
        hall.take("B", "elderly");
        assert_eq!(numbers(&hall), ["W001", "A001", "W002"]);
    }

    fn check_in(slot_min: i64) -> Command {
        Command::CheckIn {
            appointment: AppointmentCode::new("4711"),
            service: service("A"),
            class: class("ordinary"),
            slot_wall_ms: slot_min * MINUTE_MS as i64,
            channel: Channel::Kiosk,
        }
    }

    fn by_appointment() -> Hall {
        Hall::staffed(Settings {
            appointments: AppointmentRule {
                early_ms: 30 * MINUTE_MS,
                late_ms: 10 * MINUTE_MS,
            },
            ..settings()
        })
    }

    #[test]
    fn an_appointment_is_checked_in_once_and_neither_too_early_nor_too_late() {
        let mut hall = by_appointment();
        let from_wall_ms = 10 * MINUTE_MS as i64;
        let refusal = hall.refusal(&check_in(40));
        assert_eq!(refusal, Some(Refusal::TooEarly { from_wall_ms }));
        let at = |hall: &mut Hall, minute: u64, ms: u64| {
            let now_ms = hall.now().at.steady_ms;
            hall.wait(minute * MINUTE_MS + ms - now_ms);
            hall.refusal(&check_in(40))
        };
        let early = at(&mut hall, 9, MINUTE_MS - 1);
        assert_eq!(early, Some(Refusal::TooEarly { from_wall_ms }));
        assert_eq!(at(&mut hall, 10, 0), None, "from half an hour before");
        assert_eq!(at(&mut hall, 50, 0), None, "until ten minutes after");
        assert_eq!(at(&mut hall, 50, 1), Some(Refusal::TooLate));
        hall.act(&check_in(60));
        assert_eq!(hall.refusal(&check_in(60)), Some(Refusal::AppointmentUsed));
    }

    #[test]
    fn an_appointment_waits_from_its_slot_on() {
        let mut hall = by_appointment();
        hall.act(&check_in(20));
        hall.wait(10 * MINUTE_MS);
        let ordinary = hall.take("A", "ordinary");
        hall.wait(15 * MINUTE_MS);
        let waited_ms = hall.queue.day().tickets()[0].waited_ms(hall.now().at);
        assert_eq!(
            waited_ms,
            5 * MINUTE_MS + 1_000,
            "the sample began a second after midnight"
        );
        assert_eq!(hall.call(ONE), ordinary, "who has waited for 15 minutes");
    }

    #[test]
    fn an_appointment_is_made_for_a_time_to_come_within_the_hours() {
        let mut hall = by_appointment();
        hall.wait(MINUTE_MS);
        let book = |wall_ms| Command::Book {
            appointment: AppointmentCode::new("4711"),
            service: service("A"),
            class: class("ordinary"),
            slot: Slot {
                wall_ms,
                date: Date::new(2026, 11, 1),
                time_of_day_ms: wall_ms as u32,
            },
        };
        let now_ms = hall.now().at.wall_ms;
        assert_eq!(hall.refusal(&book(now_ms - 1)), Some(Refusal::TooLate));
        assert_eq!(hall.refusal(&book(now_ms)), None, "the present is no past");
        assert_eq!(hall.refusal(&book(i64::from(HOUR_MS))), None);
        hall.queue.settings.hours = Some(Hours::default());
        let closed = Refusal::NotOpen { opens_ms: None };
        assert_eq!(hall.refusal(&book(i64::from(HOUR_MS))), Some(closed));
    }

    #[test]
    fn a_ticket_says_how_it_came_about_and_of_which_appointment_it_is() {
        let mut hall = by_appointment();
        hall.act(&Command::Take {
            errands: vec![service("A")],
            class: class("ordinary"),
            channel: Channel::Guide,
            holder: None,
        });
        let Command::CheckIn {
            appointment,
            service,
            class,
            slot_wall_ms,
            ..
        } = check_in(20)
        else {
            unreachable!("it is one");
        };
        hall.act(&Command::CheckIn {
            appointment: appointment.clone(),
            service: service.clone(),
            class: class.clone(),
            slot_wall_ms,
            channel: Channel::Phone,
        });
        hall.act(&Command::ServeWithout {
            counter: ONE,
            service,
            class,
        });
        let tickets = hall.queue.day().tickets();
        let told: Vec<_> = tickets
            .iter()
            .map(|ticket| (ticket.channel, ticket.appointment.as_ref()))
            .collect();
        assert_eq!(
            told,
            [
                (Channel::Guide, None),
                (Channel::Phone, Some(&appointment)),
                (Channel::WalkIn, None)
            ]
        );
        let arrived = tickets[2].call.as_ref().and_then(|call| call.arrived);
        assert_eq!(arrived, Some(hall.now().at), "who needs no call is there");
    }
}
