//! The hall at one moment of the past, as text. The same journal gives the same bytes.

use std::collections::BTreeSet;
use std::fmt;

use queue::{Alarm, CounterNumber, Day, Moment, NoPaper, Paper, Queue, State, Ticket};
use store::Recorded;

use crate::columns::Columns;
use crate::settings::HallSettings;
use crate::wording::{class, counter, date_and_time, service, span, state, time};

/// Calls that are shown, the newest first.
const LAST_CALLS: usize = 10;

/// In the order of a ticket's life.
const STATES: [State; 8] = [
    State::Waiting,
    State::Called,
    State::Serving,
    State::Held,
    State::Finished,
    State::NoShow,
    State::Cancelled,
    State::Expired,
];

/// A hall that is made again from its journal.
pub struct Picture<'a> {
    settings: &'a HallSettings,
    queue: Queue,
    /// Counters at which somebody sat, for some may have left the settings since.
    counters: BTreeSet<CounterNumber>,
    last: Option<Last>,
    now: Moment,
}

/// The last entry of the journal that was taken in.
struct Last {
    seq: u64,
    at: Moment,
}

impl<'a> Picture<'a> {
    /// A hall of which nothing is known yet. The settings give it names.
    #[must_use]
    pub fn new(settings: &'a HallSettings) -> Self {
        Self {
            settings,
            queue: Queue::new(settings.rules()),
            counters: settings.counters.keys().copied().collect(),
            last: None,
            now: Moment::default(),
        }
    }

    /// Takes in the next entry of the day.
    pub fn take(&mut self, recorded: &Recorded) {
        self.queue.evolve(&recorded.event);
        if let queue::Happening::SignedIn { counter, .. } = recorded.event.what {
            self.counters.insert(counter);
        }
        let (seq, at) = (recorded.seq, recorded.event.at);
        self.last = Some(Last { seq, at });
        self.now = at;
    }

    /// Whether no entry was taken in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.last.is_none()
    }

    /// Lets the clock on the wall go on to `wall_ms`, in which nothing happens. It does not go back.
    pub fn wait_until(&mut self, wall_ms: i64) {
        let passed_ms = u64::try_from(wall_ms.saturating_sub(self.now.wall_ms)).unwrap_or(0);
        self.now.steady_ms += passed_ms;
        self.now.wall_ms += passed_ms as i64;
    }

    fn day(&self) -> &Day {
        self.queue.day()
    }

    fn time(&self, moment: Moment) -> String {
        time(&self.settings.time_zone, moment.wall_ms)
    }

    fn counts(&self) -> String {
        let in_state = |one: &State| format!("{} {}", self.day().count(*one), state(*one));
        let states: Vec<String> = STATES.iter().map(in_state).collect();
        format!(
            "{} tickets: {}",
            self.day().tickets().len(),
            states.join(", ")
        )
    }

    fn waiting(&self) -> Columns {
        let mut waiting: Vec<&Ticket> = self.in_state(State::Waiting).collect();
        waiting.sort_by_cached_key(|ticket| self.place(ticket));
        let mut columns = Columns::new(&["Service", "Class", "Number", "Since", "Waited"]);
        for ticket in waiting {
            columns.row([
                service(self.settings, ticket.service()),
                class(self.settings, &ticket.class),
                ticket.number.to_string(),
                self.time(ticket.issued),
                span(ticket.waited_ms(self.now)),
            ]);
        }
        columns
    }

    /// By service and class as they stand in the settings, then by arrival. What has left the
    /// settings stands last, by its code.
    fn place(&self, ticket: &Ticket) -> impl Ord + use<> {
        let HallSettings {
            services, classes, ..
        } = self.settings;
        let service = services
            .iter()
            .position(|one| one.code == *ticket.service());
        let class = classes.iter().position(|one| one.code == ticket.class);
        let line = (service.unwrap_or(usize::MAX), class.unwrap_or(usize::MAX));
        (
            line,
            ticket.service().clone(),
            ticket.class.clone(),
            ticket.waits_from_ms,
            ticket.id,
        )
    }

    fn in_state(&self, wanted: State) -> impl Iterator<Item = &Ticket> {
        self.day()
            .tickets()
            .iter()
            .filter(move |ticket| ticket.state == wanted)
    }

    fn counters(&self) -> Columns {
        let mut columns = Columns::new(&[
            "Counter", "Clerk", "Is", "Number", "Class", "Called", "Came",
        ]);
        for number in &self.counters {
            columns.row(self.counter(*number));
        }
        columns
    }

    fn counter(&self, number: CounterNumber) -> [String; 7] {
        let clerk = self.day().counter(number).map(|seat| seat.clerk.clone());
        let in_hand = self.day().in_hand(number);
        let call = in_hand.and_then(|ticket| ticket.call.as_ref());
        let called = call.map(|call| self.time(call.first));
        let came = call.and_then(|call| call.arrived).map(|at| self.time(at));
        [
            counter(self.settings, number),
            clerk.unwrap_or_default(),
            self.occupation(number),
            in_hand
                .map(|ticket| ticket.number.to_string())
                .unwrap_or_default(),
            in_hand
                .map(|ticket| class(self.settings, &ticket.class))
                .unwrap_or_default(),
            called.unwrap_or_default(),
            came.unwrap_or_default(),
        ]
    }

    /// What a counter is about.
    fn occupation(&self, number: CounterNumber) -> String {
        let seat = self.day().counter(number);
        match (seat.map(|seat| &seat.paused), self.day().in_hand(number)) {
            (None, _) => "closed".to_owned(),
            (Some(_), Some(ticket)) => state(ticket.state).to_owned(),
            (Some(Some(reason)), None) => format!("paused: {reason}"),
            (Some(None), None) => "free".to_owned(),
        }
    }

    fn last_calls(&self) -> Columns {
        let mut columns = Columns::new(&["Call", "Number", "Counter", "Called", "Recalls", "Is"]);
        let calls = self.day().last_calls().take(LAST_CALLS);
        for (ticket, call) in calls.filter_map(|ticket| Some((ticket, ticket.call.as_ref()?))) {
            columns.row([
                call.id.to_string(),
                ticket.number.to_string(),
                counter(self.settings, call.counter),
                self.time(call.first),
                call.recalls.to_string(),
                state(ticket.state).to_owned(),
            ]);
        }
        columns
    }

    fn on_hold(&self) -> Columns {
        let mut columns = Columns::new(&["Number", "Service", "Counter", "Why", "Until"]);
        for ticket in self.in_state(State::Held) {
            let (Some(hold), Some(call)) = (&ticket.hold, &ticket.call) else {
                continue;
            };
            columns.row([
                ticket.number.to_string(),
                service(self.settings, ticket.service()),
                counter(self.settings, call.counter),
                hold.reason.clone(),
                hold.until.map(|until| self.time(until)).unwrap_or_default(),
            ]);
        }
        columns
    }

    fn alarms(&self) -> Columns {
        let mut columns = Columns::new(&["Alarm", "Of", "Level", "Since"]);
        for (alarm, raised) in self.day().alarms() {
            let (what, of, level) = match alarm {
                Alarm::People(of) => ("people waiting", of, raised.level.to_string()),
                Alarm::LongestWait(of) => ("longest wait", of, span(raised.level)),
            };
            let of = of.as_ref().map(|code| service(self.settings, code));
            columns.row([
                what.to_owned(),
                of.unwrap_or_else(|| "the hall".to_owned()),
                level,
                self.time(raised.at),
            ]);
        }
        columns
    }

    fn on_no_paper(&self) -> Columns {
        let mut columns = Columns::new(&["Number", "Is", "Why"]);
        for ticket in self.day().on_no_paper() {
            let why = match ticket.paper {
                Paper::Missing(why) => no_paper(why),
                Paper::Unknown | Paper::Printed => "",
            };
            columns.row([
                ticket.number.to_string(),
                state(ticket.state).to_owned(),
                why.to_owned(),
            ]);
        }
        columns
    }
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = &self.settings.time_zone;
        let name = &self.settings.name;
        writeln!(f, "{} ({})", name.zh, name.en)?;
        if let (Some(date), Some(last)) = (self.day().date(), &self.last) {
            let when = date_and_time(zone, self.now.wall_ms);
            let written = self.time(last.at);
            writeln!(f, "Business day {date}, as it was on {when}")?;
            writeln!(f, "After journal entry {}, written at {written}", last.seq)?;
        }
        writeln!(f, "{}", self.counts())?;
        for (title, columns) in [
            ("Waiting", self.waiting()),
            ("On hold", self.on_hold()),
            ("Counters", self.counters()),
            ("Last calls", self.last_calls()),
            ("On no paper", self.on_no_paper()),
            ("Alarms", self.alarms()),
        ] {
            if !columns.is_empty() {
                write!(f, "\n{title}\n{columns}")?;
            }
        }
        Ok(())
    }
}

pub(crate) fn no_paper(why: NoPaper) -> &'static str {
    match why {
        NoPaper::PaperOut => "no paper",
        NoPaper::CoverOpen => "cover open",
        NoPaper::CutterJam => "cutter jammed",
        NoPaper::PrinterFault => "printer fault",
        NoPaper::Unreachable => "printer not reached",
        NoPaper::Unknown => "link broken while printing",
        NoPaper::NoPrinter => "no printer",
    }
}
