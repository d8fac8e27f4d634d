use anyhow::{bail, ensure};
use clap::Args;
use hall::explain::{CallMade, sentence};
use hall::{HallSettings, wording};
use queue::{CallId, Date, Happening, Queue, TicketId};
use store::Recorded;

use super::record::Record;

/// Digits of a call's id: its day as yyyymmdd, then six digits of serial number.
const CALL_DIGITS: usize = 14;
const CALLS_PER_DAY: u64 = 1_000_000;

/// Say in words why a customer was called and no other.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The id of a call, such as 20261122000017, or a number as on the ticket, such as A012
    call: String,
    /// The business day of the number, such as 2026-11-22; without it today
    #[arg(long)]
    day: Option<jiff::civil::Date>,
    #[command(flatten)]
    record: Record,
}

/// Which calls are meant.
enum Wanted {
    Call(CallId),
    Number(String),
}

impl Explain {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (settings, archive) = self.record.open()?;
        let (wanted, day) = self.wanted(&settings)?;
        let mut past = Past::new(&settings, &wanted);
        archive.replay_day(day, None, |recorded| past.take(&recorded))?;
        ensure!(!past.sentences.is_empty(), past.nothing(day));
        super::answer(&(past.sentences.join("\n\n") + "\n"))
    }

    fn wanted(&self, settings: &HallSettings) -> anyhow::Result<(Wanted, Date)> {
        let day = self.day.map(super::business_day);
        if !self.call.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = Wanted::Number(self.call.to_ascii_uppercase());
            return Ok((number, day.unwrap_or_else(|| super::today(settings))));
        }
        let id: u64 = self.call.parse().unwrap_or(0);
        if self.call.len() != CALL_DIGITS {
            bail!(
                "{} is no id of a call: that is the day and six digits, such as 20261122000017. A number as on the ticket, such as A012, is also understood.",
                self.call
            );
        }
        let called = Date::from_yyyymmdd((id / CALLS_PER_DAY) as u32);
        ensure!(
            day.is_none_or(|day| day == called),
            "the call {id} is of {called}: leave --day away"
        );
        Ok((Wanted::Call(CallId(id)), called))
    }
}

/// A day that is lived through once more, with an eye on some calls.
struct Past<'a> {
    settings: &'a HallSettings,
    wanted: &'a Wanted,
    queue: Queue,
    calls: usize,
    sentences: Vec<String>,
}

impl<'a> Past<'a> {
    fn new(settings: &'a HallSettings, wanted: &'a Wanted) -> Self {
        Self {
            settings,
            wanted,
            queue: Queue::new(settings.rules()),
            calls: 0,
            sentences: Vec::new(),
        }
    }

    fn take(&mut self, recorded: &Recorded) {
        if let Happening::Called {
            call,
            ticket,
            errand,
            counter,
            reason,
        } = &recorded.event.what
        {
            self.calls += 1;
            if self.is_wanted(*call, *ticket) {
                self.sentences.push(sentence(&CallMade {
                    settings: self.settings,
                    before: &self.queue,
                    at: recorded.event.at,
                    call: *call,
                    ticket: *ticket,
                    errand: *errand,
                    counter: *counter,
                    reason,
                }));
            }
        }
        self.queue.evolve(&recorded.event);
    }

    fn is_wanted(&self, call: CallId, ticket: TicketId) -> bool {
        match self.wanted {
            Wanted::Call(wanted) => call == *wanted,
            Wanted::Number(wanted) => {
                let ticket = self.queue.day().ticket(ticket);
                ticket.is_some_and(|ticket| ticket.number.to_string() == *wanted)
            }
        }
    }

    /// Why there is nothing to explain.
    fn nothing(&self, day: Date) -> String {
        let number = match self.wanted {
            Wanted::Call(call) => {
                return format!("the day {day} has no call {call}; it had {}", self.calls);
            }
            Wanted::Number(number) => number,
        };
        let mut tickets = self.queue.day().tickets().iter();
        match tickets.find(|ticket| ticket.number.to_string() == *number) {
            None => format!("nobody took the number {number} on {day}"),
            Some(ticket) => format!(
                "{number} was taken on {} and not called: it is {}",
                wording::date_and_time(&self.settings.time_zone, ticket.issued.wall_ms),
                wording::state(ticket.state)
            ),
        }
    }
}
