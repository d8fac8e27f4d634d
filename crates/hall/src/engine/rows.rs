//! What each audience sees of the hall, as rows.

use std::iter;

use protocol::{
    AlarmKind, AlarmRow, AsksPhone, Audience, CallRow, ClassRow, CounterRow, CounterState, Desk,
    DeviceRow, DoorState, Doors, HallRow, HeldTicket, InHand, LAST_CALLS, MissedTicket, NextInLine,
    NoticeRow, OutcomeRow, RollRow, Row, ServiceRow, SlipRow, TicketRow,
};
use queue::{CounterNumber, Now, Paper, Queue, ServiceCode, State, Ticket, Workload};

use super::translate::{alarm, call_reason, call_state, doors, limit, not_printed, wait_range};
use crate::settings::{CounterSettings, HallSettings, ServiceSettings};
use crate::trust::Trust;

/// Those who come next that a clerk sees (办一、按二、招呼三).
const NEXT_SHOWN: usize = 3;

/// Those who missed a call that a clerk sees: the last ones, who may still come.
const MISSED_SHOWN: usize = 8;

/// Tickets on no paper that staff see. More of them is one trouble, and not many.
const ON_NO_PAPER_SHOWN: usize = 100;

/// Everything that rows are made of.
pub(crate) struct View<'a> {
    pub(crate) settings: &'a HallSettings,
    pub(crate) queue: &'a Queue,
    pub(crate) devices: &'a [DeviceRow],
    pub(crate) slip: Option<&'a SlipRow>,
    pub(crate) trust: &'a Trust,
    pub(crate) now: Now,
}

/// Rows, before it is known which of them are new.
pub(crate) struct Sheets {
    /// What all see.
    pub(crate) shared: Vec<Row>,
    /// What one audience sees besides, in the order of [`Audience::ALL`].
    pub(crate) own: [Vec<Row>; 3],
}

impl View<'_> {
    /// What every audience sees.
    pub(crate) fn sheets(&self) -> Sheets {
        let workload = self.queue.workload(self.now.at);
        let services = self.settings.services.iter();
        let services = services.map(|service| Row::Service(self.service(service, &workload)));
        Sheets {
            shared: iter::once(Row::Hall(self.hall())).chain(services).collect(),
            own: Audience::ALL.map(|audience| self.rows_of(audience)),
        }
    }

    fn rows_of(&self, audience: Audience) -> Vec<Row> {
        match audience {
            Audience::Customers => self.notices().chain(self.slip()).collect(),
            Audience::Staff => {
                let counters = self.counters().map(|row| {
                    let desk = Some(self.desk(CounterNumber(row.number)));
                    Row::Counter(CounterRow { desk, ..row })
                });
                counters
                    .chain(self.tickets())
                    .chain(self.alarms())
                    .chain(self.devices())
                    .chain(self.slip())
                    .collect()
            }
            Audience::Walls => {
                let counters = self.counters().map(Row::Counter);
                counters.chain(self.calls()).chain(self.notices()).collect()
            }
        }
    }

    fn hall(&self) -> HallRow {
        let day = self.queue.day();
        let rules = self.queue.settings();
        HallRow {
            name: self.settings.name.clone(),
            day: day.date().map(|date| date.to_string()).unwrap_or_default(),
            classes: self.settings.classes.iter().map(class).collect(),
            missed_call_rule: self.settings.missed_call_rule.clone(),
            issued: day.tickets().len() as u32,
            waiting: day.waiting(),
            doors: self.doors(None),
            outcomes: self.settings.outcomes.iter().map(outcome).collect(),
            may_choose: rules.may_choose,
            asks_phone: if rules.one_ticket_per_phone {
                AsksPhone::Always
            } else {
                AsksPhone::No
            },
            appointments: self.settings.appointments,
            returns: rules.missed.is_some(),
            prefixes: rules
                .series
                .keys()
                .filter(|code| rules.walk_in_series.as_ref() != Some(code))
                .map(ToString::to_string)
                .collect(),
            roll: rules.roll.as_ref().map(|roll| RollRow {
                prefix: roll.series.to_string(),
                next: day.roll(),
            }),
            trial: self.trust.is_trial(),
            asks_pin: self.trust.asks_pin(),
        }
    }

    fn slip(&self) -> impl Iterator<Item = Row> {
        let slip = self.slip.cloned();
        slip.into_iter().map(|slip| Row::Slip(Box::new(slip)))
    }

    fn service(&self, service: &ServiceSettings, workload: &Workload<'_>) -> ServiceRow {
        let counters: Vec<CounterNumber> =
            self.queue.settings().counters_for(&service.code).collect();
        let open = |number: &&CounterNumber| self.state_of(**number) == CounterState::Open;
        let ordinary = self.settings.classes.first().map(|class| &class.code);
        let wait = ordinary.and_then(|class| workload.outlook(&service.code, class).1);
        ServiceRow {
            code: service.code.to_string(),
            name: service.name.clone(),
            zone: service.zone.clone(),
            papers: service.papers.clone(),
            open_counters: counters.iter().filter(open).count() as u32,
            counters: counters.into_iter().map(|number| number.0).collect(),
            at_kiosk: service.at_kiosk,
            waiting: self.queue.day().waiting_for(&service.code),
            wait: wait.map(wait_range),
            doors: self.doors(Some(&service.code)),
            limit_min: limit_min(service),
        }
    }

    /// The counters as everybody may see them: what a clerk has before him is not in them.
    fn counters(&self) -> impl Iterator<Item = CounterRow> {
        self.settings
            .counters
            .iter()
            .map(|(number, settings)| self.counter(*number, settings))
    }

    fn counter(&self, number: CounterNumber, settings: &CounterSettings) -> CounterRow {
        CounterRow {
            number: number.0,
            name: settings.name.clone(),
            services: settings.rule.services().map(ToString::to_string).collect(),
            state: self.state_of(number),
            desk: None,
        }
    }

    fn state_of(&self, number: CounterNumber) -> CounterState {
        match self.queue.day().counter(number) {
            None => CounterState::Closed,
            Some(counter) if counter.paused.is_some() => CounterState::Paused,
            Some(_) => CounterState::Open,
        }
    }

    fn desk(&self, number: CounterNumber) -> Desk {
        let day = self.queue.day();
        let counter = day.counter(number);
        let shown = if counter.is_some() { NEXT_SHOWN } else { 0 };
        Desk {
            clerk: counter.map(|counter| counter.clerk.clone()),
            pause_reason: counter.and_then(|counter| counter.paused.clone()),
            in_hand: day.in_hand(number).and_then(|ticket| self.in_hand(ticket)),
            next: self
                .queue
                .preview(number, self.now.at, shown)
                .into_iter()
                .map(next_in_line)
                .collect(),
            finished: day.finished_at(number),
            awaiting: counter.is_some_and(|counter| counter.awaiting.is_some()),
            held: day.held_at(number).filter_map(held).collect(),
            missed: self.missed(number),
        }
    }

    fn in_hand(&self, ticket: &Ticket) -> Option<InHand> {
        let call = ticket.call.as_ref()?;
        let reason = call.reason.as_ref();
        let services = &self.queue.settings().services;
        let handling_limit = services.get(ticket.service())?.handling_limit;
        let limit_at_ms = call
            .arrived
            .zip(handling_limit)
            .map(|(arrived, limit)| arrived.wall_ms.saturating_add_unsigned(limit.limit_ms));
        let others = ticket
            .open_errands()
            .filter(|(errand, _)| *errand != ticket.current);
        Some(InHand {
            ticket: ticket.id.0,
            number: ticket.number.to_string(),
            service: ticket.service().to_string(),
            class: ticket.class.to_string(),
            state: call_state(ticket.state)?,
            called_at_ms: call.first.wall_ms,
            arrived_at_ms: call.arrived.map(|arrived| arrived.wall_ms),
            waited_ms: reason.map_or(0, |reason| reason.waited_ms),
            recalls: call.recalls,
            score_milli: reason.map_or(0, queue::Reason::score_milli),
            overtook: reason.map_or(0, |reason| reason.overtook),
            reason: reason.map(|reason| call_reason(reason, self.queue.day())),
            verified: ticket.verified,
            then: others
                .map(|(_, errand)| errand.service.to_string())
                .collect(),
            note: ticket.note.clone(),
            limit: limit(call.handling_told),
            limit_at_ms,
        })
    }

    /// The last who missed a counter's call, the newest first.
    fn missed(&self, number: CounterNumber) -> Vec<MissedTicket> {
        let mut missed: Vec<&Ticket> = self.queue.day().missed_at(number).collect();
        missed.sort_by_key(|ticket| std::cmp::Reverse(ticket.missed.at.steady_ms));
        missed
            .into_iter()
            .take(MISSED_SHOWN)
            .map(self::missed)
            .collect()
    }

    /// The last calls, and those further back whose customer is still expected.
    fn calls(&self) -> impl Iterator<Item = Row> {
        let recent: Vec<&Ticket> = self.queue.day().last_calls().take(LAST_CALLS).collect();
        let in_hand = self
            .settings
            .counters
            .keys()
            .filter_map(|number| self.queue.day().in_hand(*number));
        let older: Vec<&Ticket> = in_hand
            .filter(|ticket| {
                ticket.state == State::Called && !recent.iter().any(|known| known.id == ticket.id)
            })
            .collect();
        recent
            .into_iter()
            .chain(older)
            .filter_map(call)
            .map(Row::Call)
    }

    fn tickets(&self) -> impl Iterator<Item = Row> {
        self.queue
            .day()
            .on_no_paper()
            .take(ON_NO_PAPER_SHOWN)
            .filter_map(ticket)
            .map(Row::Ticket)
    }

    fn alarms(&self) -> impl Iterator<Item = Row> {
        let alarms = self.queue.day().alarms();
        let locked = self.trust.locks(self.now.at).map(|locks| AlarmRow {
            alarm: AlarmKind::PinsLocked,
            service: None,
            level: locks.names_and_devices,
            since_ms: locks.since_wall_ms,
        });
        alarms
            .map(|(of, raised)| alarm(of, raised))
            .chain(locked)
            .map(Row::Alarm)
    }

    /// Whether numbers are given out now, in the hall or for a service.
    fn doors(&self, service: Option<&ServiceCode>) -> Doors {
        if self.queue.day().roll().is_some() {
            return Doors {
                state: DoorState::Roll,
                ..Doors::default()
            };
        }
        let (date, time) = (self.now.today, self.now.time_of_day_ms);
        let date = self.queue.day().date().unwrap_or(date);
        let by_hours = doors(self.queue.settings().doors(service, date, time));
        let left = service.and_then(|service| self.queue.quota_left(service, time));
        if by_hours.state == DoorState::Open && left == Some(0) {
            return Doors {
                state: DoorState::QuotaUsedUp,
                ..by_hours
            };
        }
        by_hours
    }

    fn notices(&self) -> impl Iterator<Item = Row> {
        let row = |(place, text): (usize, &protocol::Text)| NoticeRow {
            notice: place as u32,
            text: text.clone(),
        };
        self.settings
            .notices
            .iter()
            .enumerate()
            .map(row)
            .map(Row::Notice)
    }

    fn devices(&self) -> impl Iterator<Item = Row> {
        self.devices.iter().cloned().map(Row::Device)
    }
}

fn class(class: &crate::settings::ClassSettings) -> ClassRow {
    ClassRow {
        code: class.code.to_string(),
        label: class.label.clone(),
        claim: class.claim.clone(),
        favoured: class.favoured,
        at_kiosk: class.at_kiosk,
        proof: class.proof.clone(),
    }
}

fn outcome(outcome: &crate::settings::OutcomeSettings) -> OutcomeRow {
    OutcomeRow {
        code: outcome.code.to_string(),
        label: outcome.label.clone(),
    }
}

fn limit_min(service: &ServiceSettings) -> Option<u32> {
    let limit = service.rule.handling_limit?;
    u32::try_from(limit.limit_ms / 60_000).ok()
}

fn next_in_line(ticket: &Ticket) -> NextInLine {
    NextInLine {
        ticket: ticket.id.0,
        number: ticket.number.to_string(),
        service: ticket.service().to_string(),
        class: ticket.class.to_string(),
        issued_at_ms: ticket.issued.wall_ms,
        limit: limit(ticket.wait_told),
    }
}

fn held(ticket: &Ticket) -> Option<HeldTicket> {
    let hold = ticket.hold.as_ref()?;
    Some(HeldTicket {
        ticket: ticket.id.0,
        number: ticket.number.to_string(),
        service: ticket.service().to_string(),
        reason: hold.reason.clone(),
        until_ms: hold.until.map(|until| until.wall_ms),
    })
}

fn missed(ticket: &Ticket) -> MissedTicket {
    MissedTicket {
        ticket: ticket.id.0,
        number: ticket.number.to_string(),
        service: ticket.service().to_string(),
        missed_at_ms: ticket.missed.at.wall_ms,
    }
}

fn call(ticket: &Ticket) -> Option<CallRow> {
    let call = ticket.call.as_ref()?;
    Some(CallRow {
        call: call.id.0,
        number: ticket.number.to_string(),
        counter: call.counter.0,
        service: ticket.service().to_string(),
        state: call_state(ticket.state)?,
        recalls: call.recalls,
        called_at_ms: call.last.wall_ms,
    })
}

fn ticket(ticket: &Ticket) -> Option<TicketRow> {
    let Paper::Missing(why) = ticket.paper else {
        return None;
    };
    Some(TicketRow {
        ticket: ticket.id.0,
        number: ticket.number.to_string(),
        service: ticket.service().to_string(),
        not_printed: not_printed(why),
    })
}
