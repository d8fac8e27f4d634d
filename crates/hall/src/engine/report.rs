//! The report of the day: what the rules counted, in the words of the protocol.

use protocol::{ClerkFigures, CounterFigures, DayReport, Figures, ServiceFigures, Spread};
use queue::{Now, Settings, Tally};
use store::ReplayError;

use super::{Calendar, Journal};

/// Counts the open day as it stands on disk.
///
/// # Errors
/// If the journal cannot be read.
pub(super) fn report(
    settings: Settings,
    journal: &impl Journal,
    (now, calendar): (Now, &dyn Calendar),
) -> Result<DayReport, ReplayError> {
    let mut counted = queue::Figures::new(settings);
    journal.replay(&mut |event| counted.take(&event))?;
    Ok(DayReport {
        day: counted
            .queue()
            .day()
            .date()
            .map(|date| date.to_string())
            .unwrap_or_default(),
        until: calendar.local_text(now.at.wall_ms),
        hall: figures(counted.total()),
        services: counted
            .services()
            .iter()
            .map(|(service, tally)| ServiceFigures {
                service: service.to_string(),
                figures: figures(tally),
            })
            .collect(),
        counters: counted
            .counters()
            .iter()
            .map(|(counter, tally)| CounterFigures {
                counter: counter.0,
                figures: figures(tally),
            })
            .collect(),
        clerks: counted
            .clerks()
            .iter()
            .map(|(clerk, tally)| ClerkFigures {
                clerk: clerk.clone(),
                figures: figures(tally),
            })
            .collect(),
    })
}

fn figures(tally: &Tally) -> Figures {
    Figures {
        issued: tally.issued,
        served: tally.served,
        no_shows: tally.no_shows,
        cancelled: tally.cancelled,
        expired: tally.expired,
        waits_over_target: tally.waits_over_target,
        handled_over_limit: tally.handled_over_limit,
        on_no_paper: tally.on_no_paper,
        waits: spread(&tally.waits),
        handling: spread(&tally.handling),
    }
}

fn spread(spread: &queue::Spread) -> Spread {
    Spread {
        count: u32::try_from(spread.count()).unwrap_or(u32::MAX),
        mean_s: seconds(spread.mean_ms()),
        ninth_tenth_s: seconds(spread.ninth_tenth_ms()),
        longest_s: seconds(spread.longest_ms()),
    }
}

/// To the nearest second.
fn seconds(ms: u64) -> u32 {
    u32::try_from((ms + 500) / 1_000).unwrap_or(u32::MAX)
}
