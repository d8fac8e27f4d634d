//! Each act of a day in plain words, for a reader who is no engineer.

mod actor;
mod chinese;
mod english;

use queue::{CounterNumber, Date, Day, Event, Happening, Number, Queue, Requeue, TicketId};
use store::Recorded;

pub use actor::Places;

use crate::columns::Columns;
use crate::settings::HallSettings;
use crate::wording::time;

/// In which an answer is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, simplified.
    Chinese,
}

/// Which acts are shown; without a wish all.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those of this number alone.
    pub number: Option<Number>,
    /// Those at the counter of this clerk alone.
    pub clerk: Option<String>,
    /// From this moment on, in milliseconds since 1970.
    pub from_wall_ms: Option<i64>,
    /// Up to this moment.
    pub until_wall_ms: Option<i64>,
}

/// A day that is lived through once more, and the acts of it that were asked for.
pub struct Audit<'a> {
    day: Date,
    settings: &'a HallSettings,
    wanted: Wanted,
    places: Places,
    language: Language,
    queue: Queue,
    acts: Columns,
    entries: u64,
    shown: u64,
}

impl<'a> Audit<'a> {
    /// A day of which nothing is known yet. The settings and `places` give it names.
    #[must_use]
    pub fn new(
        day: Date,
        settings: &'a HallSettings,
        wanted: Wanted,
        places: Places,
        language: Language,
    ) -> Self {
        let heads = match language {
            Language::English => ["When", "Entry", "Who, and from where", "What"],
            Language::Chinese => ["时间", "记录号", "操作人和位置", "事项"],
        };
        Self {
            day,
            settings,
            wanted,
            places,
            language,
            queue: Queue::new(settings.rules()),
            acts: Columns::new(&heads),
            entries: 0,
            shown: 0,
        }
    }

    /// Takes in the next entry of the day.
    pub fn take(&mut self, recorded: &Recorded) {
        self.entries += 1;
        let act = Act {
            settings: self.settings,
            day: self.queue.day(),
            event: &recorded.event,
        };
        if self.wants(&act) {
            self.shown += 1;
            let when = time(&self.settings.time_zone, recorded.event.at.wall_ms);
            let (seq, at) = (recorded.seq.to_string(), act.counter());
            let language = self.language;
            let who = actor::worded(&recorded.actor, at, &self.places, self.settings, language);
            let what = match language {
                Language::English => act.english(),
                Language::Chinese => act.chinese(),
            };
            self.acts.row([when, seq, who, what]);
        }
        self.queue.evolve(&recorded.event);
    }

    fn wants(&self, act: &Act<'_>) -> bool {
        let Wanted {
            number,
            clerk,
            from_wall_ms,
            until_wall_ms,
        } = &self.wanted;
        let at = act.event.at.wall_ms;
        number
            .as_ref()
            .is_none_or(|one| act.number().as_ref() == Some(one))
            && clerk.as_ref().is_none_or(|one| act.clerk() == Some(one))
            && from_wall_ms.is_none_or(|from| from <= at)
            && until_wall_ms.is_none_or(|until| at <= until)
    }

    /// The acts under each other, and how many they are.
    #[must_use]
    pub fn text(&self) -> String {
        let day = self.day;
        let HallSettings { name, .. } = self.settings;
        let (shown, entries) = (self.shown, self.entries);
        let (head, nothing) = match self.language {
            Language::English => (
                format!(
                    "{} ({}), business day {day}\n{shown} of {entries} entries of the day",
                    name.zh, name.en
                ),
                ": nothing that was asked for.",
            ),
            Language::Chinese => (
                format!(
                    "{} 营业日 {day}\n当日 {entries} 条记录中的 {shown} 条",
                    name.zh
                ),
                "：没有符合条件的记录。",
            ),
        };
        if self.acts.is_empty() {
            return format!("{head}{nothing}\n");
        }
        format!("{head}\n\n{}", self.acts)
    }
}

/// An event, and the hall just before it.
struct Act<'a> {
    settings: &'a HallSettings,
    day: &'a Day,
    event: &'a Event,
}

impl Act<'_> {
    /// The ticket that it is about.
    fn ticket(&self) -> Option<TicketId> {
        use Happening as H;
        match &self.event.what {
            H::Issued(issued) => Some(issued.ticket),
            H::Printed { ticket, .. }
            | H::NotPrinted { ticket, .. }
            | H::Reprinted { ticket }
            | H::Cancelled { ticket, .. }
            | H::Expired { ticket }
            | H::ClassSet { ticket, .. }
            | H::Called { ticket, .. }
            | H::ServedWithout { ticket, .. }
            | H::Recalled { ticket, .. }
            | H::Arrived { ticket, .. }
            | H::Finished { ticket, .. }
            | H::NoShow { ticket, .. }
            | H::NoShowUndone { ticket, .. }
            | H::Held { ticket, .. }
            | H::HoldResumed { ticket, .. }
            | H::Requeued { ticket, .. }
            | H::Transferred { ticket, .. }
            | H::WaitNear { ticket }
            | H::WaitOver { ticket }
            | H::HandlingNear { ticket }
            | H::HandlingOver { ticket } => Some(*ticket),
            H::DayOpened { .. }
            | H::DayClosed { .. }
            | H::Booked { .. }
            | H::SignedIn { .. }
            | H::SignedOut { .. }
            | H::Awaiting { .. }
            | H::StoppedAwaiting { .. }
            | H::Paused { .. }
            | H::Resumed { .. }
            | H::RollBegun { .. }
            | H::RollEnded
            | H::Noted { .. }
            | H::AlarmRaised { .. }
            | H::AlarmCleared { .. } => None,
        }
    }

    /// The counter at which it happened.
    fn counter(&self) -> Option<CounterNumber> {
        use Happening as H;
        match &self.event.what {
            H::SignedIn { counter, .. }
            | H::SignedOut { counter }
            | H::Awaiting { counter }
            | H::StoppedAwaiting { counter }
            | H::Called { counter, .. }
            | H::ServedWithout { counter, .. }
            | H::Recalled { counter, .. }
            | H::Arrived { counter, .. }
            | H::Finished { counter, .. }
            | H::NoShow { counter, .. }
            | H::NoShowUndone { counter, .. }
            | H::Held { counter, .. }
            | H::HoldResumed { counter, .. }
            | H::Transferred { counter, .. }
            | H::Paused { counter, .. }
            | H::Resumed { counter } => Some(*counter),
            // At the counter that has, or had, the customer.
            H::Requeued {
                ticket,
                why: Requeue::PutBack,
                ..
            }
            | H::HandlingNear { ticket }
            | H::HandlingOver { ticket } => {
                let call = self.day.ticket(*ticket)?.call.as_ref()?;
                Some(call.counter)
            }
            H::DayOpened { .. }
            | H::DayClosed { .. }
            | H::Issued(_)
            | H::Booked { .. }
            | H::Printed { .. }
            | H::NotPrinted { .. }
            | H::Reprinted { .. }
            | H::Cancelled { .. }
            | H::Expired { .. }
            | H::ClassSet { .. }
            | H::Requeued { .. }
            | H::WaitNear { .. }
            | H::WaitOver { .. }
            | H::RollBegun { .. }
            | H::RollEnded
            | H::Noted { .. }
            | H::AlarmRaised { .. }
            | H::AlarmCleared { .. } => None,
        }
    }

    /// Who sat there.
    fn clerk(&self) -> Option<&str> {
        if let Happening::SignedIn { clerk, .. } = &self.event.what {
            return Some(clerk);
        }
        let seat = self.day.counter(self.counter()?)?;
        Some(&seat.clerk)
    }

    fn number(&self) -> Option<Number> {
        match &self.event.what {
            Happening::Issued(issued) => Some(issued.number.clone()),
            Happening::ServedWithout { number, .. } => Some(number.clone()),
            _ => Some(self.day.ticket(self.ticket()?)?.number.clone()),
        }
    }

    /// What the customer holds, or the id of the ticket if the hall does not know it.
    fn numbered(&self, ticket: TicketId) -> String {
        let known = self.day.ticket(ticket);
        known.map_or_else(|| ticket.to_string(), |known| known.number.to_string())
    }
}
