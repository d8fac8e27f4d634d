//! How a ticket comes about: by taking, by booking and checking in.

use std::collections::BTreeSet;

use super::Decision;
use crate::name::MAX_SERIAL;
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
            ticket: self.day.next_ticket(self.date(now)),
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
        match self.day.ticket_of(holder) {
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
            if value <= known.last && self.day.tickets.len() < MAX_SERIAL as usize {
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
