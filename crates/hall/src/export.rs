//! The tickets of a day, one row each, for a spreadsheet. Nothing in it names a customer: no holder,
//! no appointment, no note.

use std::collections::BTreeMap;

use queue::{
    Channel, CounterNumber, Day, Event, Happening, Moment, OutcomeCode, Queue, Requeue, Then,
    Ticket, TicketId,
};
use store::Recorded;

use crate::settings::HallSettings;
use crate::wording::{class, counter, date_and_time, service, state};

/// The heads of the columns.
pub const HEADS: [&str; 18] = [
    "number",
    "service",
    "class",
    "channel",
    "issued",
    "called",
    "arrived",
    "finished",
    "waited_s",
    "handling_s",
    "calls",
    "recalls",
    "counter",
    "clerk",
    "outcome",
    "overtook",
    "missed",
    "state",
];

/// A day that is lived through once more, with an eye on each ticket.
pub struct Export<'a> {
    settings: &'a HallSettings,
    queue: Queue,
    courses: BTreeMap<TicketId, Course>,
}

/// What happened to a ticket.
#[derive(Default)]
struct Course {
    called: Option<Moment>,
    arrived: Option<Moment>,
    finished: Option<Moment>,
    /// Until the first call.
    waited_ms: Option<u64>,
    handling_ms: u64,
    serving_since: Option<Moment>,
    calls: u32,
    recalls: u32,
    missed: u32,
    overtook: u32,
    /// Where it was last, and who sat there.
    at: Option<(CounterNumber, String)>,
    outcomes: Vec<OutcomeCode>,
}

impl Course {
    fn begin(&mut self, at: Moment) {
        self.arrived.get_or_insert(at);
        self.serving_since = Some(at);
    }

    fn end(&mut self, at: Moment) {
        if let Some(since) = self.serving_since.take() {
            self.handling_ms += at.since_ms(since);
        }
    }
}

impl<'a> Export<'a> {
    /// A day of which nothing is known yet. The settings give it names.
    #[must_use]
    pub fn new(settings: &'a HallSettings) -> Self {
        Self {
            settings,
            queue: Queue::new(settings.rules()),
            courses: BTreeMap::new(),
        }
    }

    /// Takes in the next entry of the day.
    pub fn take(&mut self, recorded: &Recorded) {
        self.follow(&recorded.event);
        self.queue.evolve(&recorded.event);
    }

    fn follow(&mut self, event: &Event) {
        let (at, day) = (event.at, self.queue.day());
        let courses = &mut self.courses;
        match &event.what {
            Happening::Called {
                ticket,
                counter,
                reason,
                ..
            } => {
                let course = of(courses, ticket);
                course.called.get_or_insert(at);
                course.waited_ms.get_or_insert(reason.waited_ms);
                course.calls += 1;
                course.overtook += reason.overtook;
                course.at = seat(day, *counter);
            }
            Happening::ServedWithout {
                ticket, counter, ..
            } => {
                let course = of(courses, ticket);
                course.at = seat(day, *counter);
                course.begin(at);
            }
            Happening::Recalled { ticket, .. } => of(courses, ticket).recalls += 1,
            Happening::Arrived { ticket, .. } => of(courses, ticket).begin(at),
            Happening::HoldResumed { ticket, counter } => {
                let course = of(courses, ticket);
                course.at = seat(day, *counter);
                course.begin(at);
            }
            Happening::Finished {
                ticket,
                outcome,
                then,
                ..
            } => {
                let course = of(courses, ticket);
                course.end(at);
                course.outcomes.extend(outcome.clone());
                match then {
                    Then::Done => course.finished = Some(at),
                    Then::Here(_) => course.begin(at),
                    Then::InLine { .. } => {}
                }
            }
            Happening::NoShow { ticket, .. } => of(courses, ticket).missed += 1,
            Happening::NoShowUndone { ticket, .. } => {
                let course = of(courses, ticket);
                course.missed = course.missed.saturating_sub(1);
            }
            Happening::Held { ticket, .. }
            | Happening::Transferred { ticket, .. }
            | Happening::Expired { ticket }
            | Happening::Cancelled { ticket, .. }
            | Happening::Requeued {
                ticket,
                why: Requeue::PutBack,
                ..
            } => of(courses, ticket).end(at),
            _ => {}
        }
    }

    /// A row for each ticket, in the order of issue. Times are the hall's; a ticket that is at a
    /// counter has no handling time yet.
    #[must_use]
    pub fn rows(&self) -> Vec<[String; HEADS.len()]> {
        let tickets = self.queue.day().tickets().iter();
        let none = Course::default();
        tickets
            .map(|ticket| self.row(ticket, self.courses.get(&ticket.id).unwrap_or(&none)))
            .collect()
    }

    fn row(&self, ticket: &Ticket, course: &Course) -> [String; HEADS.len()] {
        let settings = self.settings;
        let moment = |at: Option<Moment>| {
            at.map(|at| date_and_time(&settings.time_zone, at.wall_ms))
                .unwrap_or_default()
        };
        let errands = ticket.errands.iter();
        let errands: Vec<String> = errands
            .map(|errand| service(settings, &errand.service))
            .collect();
        let outcomes = course.outcomes.iter();
        let outcomes: Vec<String> = outcomes.map(|code| self.outcome(code)).collect();
        let (place, clerk) = course
            .at
            .as_ref()
            .map_or_else(Default::default, |(at, clerk)| {
                (counter(settings, *at), clerk.clone())
            });
        let waited = course.waited_ms.map(|ms| (ms / 1_000).to_string());
        let served = course.arrived.is_some() && course.serving_since.is_none();
        let handling = served.then(|| (course.handling_ms / 1_000).to_string());
        [
            ticket.number.to_string(),
            errands.join("; "),
            class(settings, &ticket.class),
            channel(ticket.channel).to_owned(),
            moment(Some(ticket.issued)),
            moment(course.called),
            moment(course.arrived),
            moment(course.finished),
            waited.unwrap_or_default(),
            handling.unwrap_or_default(),
            course.calls.to_string(),
            course.recalls.to_string(),
            place,
            clerk,
            outcomes.join("; "),
            course.overtook.to_string(),
            course.missed.to_string(),
            state(ticket.state).to_owned(),
        ]
        .map(harmless)
    }

    fn outcome(&self, code: &OutcomeCode) -> String {
        let mut known = self.settings.outcomes.iter();
        let known = known.find(|outcome| outcome.code == *code);
        known.map_or_else(|| code.to_string(), |known| known.label.zh.clone())
    }
}

fn of<'a>(courses: &'a mut BTreeMap<TicketId, Course>, ticket: &TicketId) -> &'a mut Course {
    courses.entry(*ticket).or_default()
}

fn seat(day: &Day, number: CounterNumber) -> Option<(CounterNumber, String)> {
    let clerk = day.counter(number).map(|seat| seat.clerk.clone());
    Some((number, clerk.unwrap_or_default()))
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Kiosk => "kiosk",
        Channel::Guide => "guide",
        Channel::Phone => "phone",
        Channel::WalkIn => "no ticket",
        Channel::Roll => "roll",
    }
}

/// A spreadsheet would run a cell that begins like a formula (OWASP, "CSV Injection").
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(harmless("=1+1".to_owned()), "'=1+1");
        assert_eq!(harmless("@SUM(A1)".to_owned()), "'@SUM(A1)");
        assert_eq!(harmless("王芳 = 1".to_owned()), "王芳 = 1");
    }
}
