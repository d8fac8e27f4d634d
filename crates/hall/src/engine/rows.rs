//! What each audience sees of the hall, as rows.

use protocol::{
    Audience, CallRow, ClassRow, CounterRow, CounterState, Desk, DeviceRow, HallRow, InHand,
    LAST_CALLS, NextInLine, NoticeRow, Row, ServiceRow, TicketRow,
};
use queue::{CounterNumber, Moment, Paper, Queue, State, Ticket, Workload};

use super::translate::{call_state, not_printed, wait_range};
use crate::settings::{CounterSettings, HallSettings, ServiceSettings};

/// Those who come next that a clerk sees (办一、按二、招呼三).
const NEXT_SHOWN: usize = 3;

/// Tickets on no paper that staff see. More of them is one trouble, and not many.
const ON_NO_PAPER_SHOWN: usize = 100;

/// Everything that rows are made of.
pub(crate) struct View<'a> {
    pub(crate) settings: &'a HallSettings,
    pub(crate) queue: &'a Queue,
    pub(crate) devices: &'a [DeviceRow],
    pub(crate) now: Moment,
}

impl View<'_> {
    /// The rows of every audience, in the order of [`Audience::ALL`].
    pub(crate) fn rows_by_audience(&self) -> [Vec<Row>; 3] {
        let hall = Row::Hall(self.hall());
        let workload = self.queue.workload(self.now);
        let services: Vec<Row> = self
            .settings
            .services
            .iter()
            .map(|service| Row::Service(self.service(service, &workload)))
            .collect();
        let mut by_audience = Audience::ALL.map(|_| {
            let mut rows = vec![hall.clone()];
            rows.extend(services.iter().cloned());
            rows
        });
        for (audience, rows) in Audience::ALL.into_iter().zip(&mut by_audience) {
            rows.extend(self.rows_of(audience));
        }
        by_audience
    }

    fn rows_of(&self, audience: Audience) -> Vec<Row> {
        match audience {
            Audience::Customers => self.notices().collect(),
            Audience::Staff => {
                let counters = self.counters().map(Row::Counter);
                counters
                    .chain(self.tickets())
                    .chain(self.devices())
                    .collect()
            }
            Audience::Walls => {
                let public = |row: CounterRow| Row::Counter(CounterRow { desk: None, ..row });
                self.counters()
                    .map(public)
                    .chain(self.calls())
                    .chain(self.notices())
                    .collect()
            }
        }
    }

    fn hall(&self) -> HallRow {
        let day = self.queue.day();
        HallRow {
            name: self.settings.name.clone(),
            day: day.date().map(|date| date.to_string()).unwrap_or_default(),
            classes: self.settings.classes.iter().map(class).collect(),
            missed_call_rule: self.settings.missed_call_rule.clone(),
            issued: day.tickets().len() as u32,
            waiting: day.waiting(),
            ..Default::default()
        }
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
            ..Default::default()
        }
    }

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
            services: settings.services.iter().map(ToString::to_string).collect(),
            state: self.state_of(number),
            desk: Some(self.desk(number)),
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
            in_hand: day.in_hand(number).and_then(in_hand),
            next: self
                .queue
                .preview(number, self.now, shown)
                .into_iter()
                .map(next_in_line)
                .collect(),
            finished: day.finished_at(number),
            ..Default::default()
        }
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
        ..Default::default()
    }
}

fn in_hand(ticket: &Ticket) -> Option<InHand> {
    let call = ticket.call.as_ref()?;
    Some(InHand {
        ticket: ticket.id.0,
        number: ticket.number.to_string(),
        service: ticket.service.to_string(),
        class: ticket.class.to_string(),
        state: call_state(ticket.state)?,
        called_at_ms: call.first.wall_ms,
        arrived_at_ms: call.arrived.map(|arrived| arrived.wall_ms),
        waited_ms: call.reason.waited_ms,
        recalls: call.recalls,
        score_milli: call.reason.score_milli(),
        overtook: call.reason.overtook,
        ..Default::default()
    })
}

fn next_in_line(ticket: &Ticket) -> NextInLine {
    NextInLine {
        ticket: ticket.id.0,
        number: ticket.number.to_string(),
        service: ticket.service.to_string(),
        class: ticket.class.to_string(),
        issued_at_ms: ticket.issued.wall_ms,
        ..Default::default()
    }
}

fn call(ticket: &Ticket) -> Option<CallRow> {
    let call = ticket.call.as_ref()?;
    Some(CallRow {
        call: call.id.0,
        number: ticket.number.to_string(),
        counter: call.counter.0,
        service: ticket.service.to_string(),
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
        service: ticket.service.to_string(),
        not_printed: not_printed(why),
    })
}
